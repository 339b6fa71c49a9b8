"""Tests for `smscentre.links.told`."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.links.told import EVERY_S, Told


class ToldTests(SynchronousTestCase):
    """Which lines are written."""

    def setUp(self) -> None:
        self.told = Told()

    def test_one_line_in_ten_seconds(self) -> None:
        """The first of each reason, and the first after the time."""
        moments = (0.0, 0.0, EVERY_S / 2, EVERY_S, EVERY_S + 1, 2 * EVERY_S)
        self.assertEqual(
            [self.told.may_tell("bad_tlv", now) for now in moments],
            [True, False, False, True, False, True],
        )

    def test_each_reason_has_its_own(self) -> None:
        """A flood of one hides no other."""
        self.assertTrue(self.told.may_tell("bad_tlv", 0.0))
        self.assertTrue(self.told.may_tell("bad_body", 0.0))

    def test_what_was_left_out_is_told_once(self) -> None:
        """By its reason; nothing is lost when the next line comes."""
        for _ in range(4):
            self.told.may_tell("bad_tlv", 0.0)
        self.assertEqual(self.told.left_out(), ["bad_tlv"])
        self.assertTrue(self.told.may_tell("bad_tlv", EVERY_S))
        self.assertEqual(self.told.take_left_out("bad_tlv"), 3)
        self.assertEqual(self.told.take_left_out("bad_tlv"), 0)
        self.assertEqual(self.told.left_out(), [])
