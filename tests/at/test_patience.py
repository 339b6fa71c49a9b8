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
            self.fail_at(0, 10, 20, 30, 40, 110, 120, 130),
            [None, None, Remedy.REOPEN, None, Remedy.RESTART, None, None, Remedy.HOOK],
        )

    def test_a_modem_that_boots_is_left_alone(self) -> None:
        """For a minute after each restart nothing counts."""
        self.fail_at(0, 10, 20, 30, 40)
        self.assertEqual(self.fail_at(*range(41, 99)), [None] * 58)
        self.assertEqual(self.patience.failures, 5)
        self.assertEqual(self.fail_at(100, 101, 102), [None, None, Remedy.HOOK])

    def test_after_the_last_it_is_only_opened_anew(self) -> None:
        """Until a new round begins, five minutes after the last, with all of them."""
        moments = [10.0 * n for n in range(120)]
        remedies = [remedy for remedy in self.fail_at(*moments) if remedy]
        first = [Remedy.REOPEN, Remedy.RESTART, Remedy.HOOK]
        self.assertEqual(remedies[:3], first)
        again = remedies.index(Remedy.RESTART, 3)
        self.assertEqual(set(remedies[3:again]), {Remedy.REOPEN})
        self.assertEqual(remedies[again + 1], Remedy.HOOK)

    def test_a_success_ends_the_count(self) -> None:
        """It takes three more for the first remedy."""
        self.fail_at(0, 1)
        self.patience.succeeded()
        self.assertEqual(self.patience.failures, 0)
        self.assertEqual(self.fail_at(2, 3, 4), [None, None, Remedy.REOPEN])
