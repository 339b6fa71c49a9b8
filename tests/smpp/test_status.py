"""Tests for `smscentre.smpp.status`."""

from __future__ import annotations

from smpplib import consts
from twisted.trial.unittest import SynchronousTestCase

from smscentre.messages import Retry
from smscentre.smpp.status import STATUSES, BindRefusal, bind_refusal, refusal

LATER = (0x08, 0x14, 0x45, 0x58, 0x64, 0xFF, 0x400, 0x40A, 0x4FF)
AFTER_RECONNECT = (0x04, 0x05, 0x0D, 0x0E, 0x0F)
NEVER = (0x01, 0x02, 0x03, 0x0A, 0x0B, 0x43, 0x61, 0x62, 0x65, 0x66, 0xC0, 0xFE)
UNKNOWN = (0x100, 0x3FF, 0x500, 0x12345678)


class RefusalTests(SynchronousTestCase):
    """Every status says when to try again."""

    def test_retry(self) -> None:
        """Temporary ones later, the session's own after a new bind, others never."""
        rows = (
            (LATER, Retry.LATER),
            (AFTER_RECONNECT, Retry.AFTER_RECONNECT),
            (NEVER + UNKNOWN, Retry.NEVER),
        )
        for statuses, retry in rows:
            for status in statuses:
                self.assertIs(refusal(status).retry, retry, hex(status))

    def test_marks(self) -> None:
        """Only 0x58 spares the link, only 0x14 speaks of a full queue."""
        for status in (*STATUSES, *LATER, *UNKNOWN):
            rejected = refusal(status)
            self.assertEqual(rejected.code, status)
            self.assertEqual(rejected.throttled, status == 0x58)
            self.assertEqual(rejected.queue_full, status == 0x14)

    def test_whole_standard(self) -> None:
        """Every error that smpplib describes has a row with words of its own."""
        self.assertEqual(set(STATUSES), set(consts.DESCRIPTIONS) - {0})
        for row in STATUSES.values():
            self.assertTrue(row.name.startswith("ESME_"))
            self.assertNotIn("<", row.meaning)

    def test_words(self) -> None:
        """The meaning names the status as the standard and its readers do."""
        self.assertIn("ESME_RTHROTTLED", refusal(0x58).meaning)
        self.assertTrue(refusal(0x58).meaning.startswith("0x58 "))
        self.assertIn("0x40a", refusal(0x40A).meaning)

    def test_bind(self) -> None:
        """A bind's refusal is one of three kinds."""
        kinds = {
            0x0E: BindRefusal.WRONG_CREDENTIALS,
            0x0F: BindRefusal.WRONG_CREDENTIALS,
            0x05: BindRefusal.ALREADY_BOUND,
            0x0D: BindRefusal.OTHER,
            0x08: BindRefusal.OTHER,
            0x412: BindRefusal.OTHER,
        }
        for status, kind in kinds.items():
            self.assertIs(bind_refusal(status), kind)
