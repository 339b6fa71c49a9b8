"""Tests for `smscentre.outbox.expiry`."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.outbox.expiry import LASTED_S, ExpiryTime

_DAY_S = 86_400.0


class ExpiryTimeTests(SynchronousTestCase):
    """A wall clock that is a thousand seconds before the steady one, and is set."""

    def setUp(self) -> None:
        self.time = ExpiryTime(0.0, 1000.0)

    def test_follows_the_wall_clock(self) -> None:
        """Corrected by a little, or not at all."""
        self.assertEqual(self.time.look(10.0, 1010.0), 1010.0)
        self.assertEqual(self.time.look(20.0, 1060.0), 1060.0)

    def test_leap_ahead_for_a_moment(self) -> None:
        """It is as if it had not been."""
        self.assertEqual(self.time.look(10.0, 1010.0 + _DAY_S), 1010.0)
        self.assertEqual(self.time.look(20.0, 1020.0), 1020.0)

    def test_leap_ahead_that_lasts(self) -> None:
        """It is believed after a while, and another one after its own."""
        at = 10.0
        self.time.look(at, 1000.0 + at + _DAY_S)
        self.time.look(at + 60, 1060.0 + at)
        at += 120
        self.time.look(at, 1000.0 + at + _DAY_S)
        at += LASTED_S - 1
        self.assertEqual(self.time.look(at, 1000.0 + at + _DAY_S), 1000.0 + at)
        at += 1
        self.assertEqual(self.time.look(at, 1000.0 + at + _DAY_S), 1000 + at + _DAY_S)

    def test_set_back(self) -> None:
        """It is followed at once: nothing ends by that."""
        self.assertEqual(self.time.look(10.0, 1010.0 - _DAY_S), 1010.0 - _DAY_S)
