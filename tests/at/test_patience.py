"""Tests for `smscentre.at.patience`."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.at.patience import Patience, Remedy


class PatienceTests(SynchronousTestCase):
    """Which remedy comes after how many failures."""

    def setUp(self) -> None:
        self.patience = Patience()

    def fail_at(self, *moments: float) -> list[Remedy | None]:
        """Let answers stay out at moments."""
        return [self.patience.failed(moment) for moment in moments]

    def test_remedies_come_in_order(self) -> None:
        """Opened anew at the third, restarted at the fifth, helped at the eighth."""
        self.assertEqual(
            self.fail_at(*range(8)),
            [None, None, Remedy.REOPEN, None, Remedy.RESTART, None, None, Remedy.HOOK],
        )

    def test_after_the_last_it_is_only_opened_anew(self) -> None:
        """A modem that boots must not be restarted again and again."""
        self.fail_at(*range(8))
        later = self.fail_at(*range(8, 200))
        self.assertEqual(set(later), {None, Remedy.REOPEN})
        self.assertEqual(later.count(Remedy.REOPEN), 64)

    def test_a_new_round_begins_five_minutes_after_the_last(self) -> None:
        """With all of its remedies."""
        self.fail_at(*range(8))
        later = [remedy for remedy in self.fail_at(*range(301, 311)) if remedy]
        self.assertEqual(
            later, [Remedy.REOPEN, Remedy.REOPEN, Remedy.RESTART, Remedy.HOOK]
        )

    def test_an_answer_ends_the_count(self) -> None:
        """It takes three more for the first remedy."""
        self.fail_at(0, 1)
        self.patience.answered()
        self.assertEqual(self.patience.failures, 0)
        self.assertEqual(self.fail_at(2, 3, 4), [None, None, Remedy.REOPEN])
