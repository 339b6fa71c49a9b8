"""Tests for `smscentre.inbox.limits`: when a reply is one too many."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from attrs import frozen
from twisted.trial.unittest import SynchronousTestCase

from smscentre.inbox.limits import (
    RepeatedTexts,
    ReplyLimiter,
    ReplyLimits,
    without_figures,
)

_NOON = 12 * 3600.0
_ONE, _OTHER = "+628111", "+628222"


@frozen
class Case:
    """A limit of one reply, and for how long whom it holds back."""

    limits: ReplyLimits
    reason: str
    seconds: float
    """From noon to where the count begins anew."""
    holds_others: bool = False


CASES = (
    Case(ReplyLimits(sender_per_minute=1), "sender_limit", 60),
    Case(ReplyLimits(sender_per_day=1), "sender_limit", 12 * 3600),
    Case(ReplyLimits(destination_per_hour=1), "destination_limit", 3600),
    Case(ReplyLimits(centre_per_day=1), "centre_limit", 12 * 3600, True),
)


class WithoutFiguresTests(SynchronousTestCase):
    """Texts that count their replies are one."""

    def test_table(self) -> None:
        """Digits, cases and signs do not matter, letters do."""
        for text, other, same in (
            ("Saya rapat (1)", "saya rapat (12)", True),
            ("Auto 08.15: rapat", "Auto 10.30: rapat", True),
            ("Saya rapat", "Saya cuti", False),
        ):
            equal = without_figures(text) == without_figures(other)
            self.assertEqual(equal, same, text)


class ReplyLimiterTests(SynchronousTestCase):
    """The replies of a minute, an hour and a day."""

    def test_table(self) -> None:
        """The first reply goes out, the next waits for the end of its window."""
        for case in CASES:
            limiter = ReplyLimiter(case.limits)
            self.assertEqual(limiter.reason_to_hold(_ONE, _NOON), "")
            limiter.count(_ONE, _NOON)
            end = _NOON + case.seconds
            self.assertEqual(limiter.reason_to_hold(_ONE, end - 1), case.reason)
            others = limiter.reason_to_hold(_OTHER, end - 1)
            self.assertEqual(others, case.reason if case.holds_others else "")
            self.assertEqual(limiter.reason_to_hold(_ONE, end), "")

    def test_arrived_before_the_window(self) -> None:
        """What waited behind others counts with them and begins no new count."""
        for case in CASES:
            limiter = ReplyLimiter(case.limits)
            end = _NOON + case.seconds
            limiter.count(_ONE, end)
            self.assertEqual(limiter.reason_to_hold(_ONE, end - 1), case.reason)
            self.assertEqual(limiter.reason_to_hold(_ONE, end), case.reason)

    def test_clock_set_back(self) -> None:
        """By more than the window it begins anew: nobody is held back for so long."""
        for case in CASES:
            limiter = ReplyLimiter(case.limits)
            limiter.count(_ONE, _NOON)
            before = _NOON - 2 * 86_400
            self.assertEqual(limiter.reason_to_hold(_ONE, before), "")

    def test_taken_back(self) -> None:
        """A reply that was not stored after all leaves its place."""
        for case in CASES:
            limiter = ReplyLimiter(case.limits)
            limiter.count(_ONE, _NOON)
            limiter.count(_ONE, _NOON, -1)
            self.assertEqual(limiter.reason_to_hold(_ONE, _NOON), "")

    def test_earlier_replies(self) -> None:
        """Those of an earlier run count for the day and not for the hour."""
        reasons = []
        for case in CASES:
            limiter = ReplyLimiter(case.limits)
            limiter.count_earlier(_ONE, _NOON, 1)
            reasons.append(limiter.reason_to_hold(_ONE, _NOON))
        self.assertEqual(reasons, ["", "sender_limit", "", "centre_limit"])

    def test_day_of_the_centre(self) -> None:
        """It begins at midnight in the centre's zone, seven hours before UTC's."""
        limiter = ReplyLimiter(ReplyLimits(centre_per_day=2), ZoneInfo("Asia/Jakarta"))
        midnight = 17 * 3600.0
        self.assertEqual(limiter.day_began(midnight - 1), -7 * 3600)
        limiter.count(_ONE, midnight - 1)
        self.assertEqual(limiter.in_all(midnight - 1), 1)
        limiter.count(_ONE, midnight)
        self.assertEqual(limiter.in_all(midnight), 1)
        self.assertEqual(limiter.in_all(midnight + 86400), 0)

    def test_text_of_a_wrong_clock(self) -> None:
        """One that came while the clock was days ahead keeps no other in mind."""
        repeated = RepeatedTexts()
        repeated.add(_OTHER, "pagi", _NOON + 2 * 86_400)
        for hour in range(4):
            now = _NOON + hour * 3600
            self.assertFalse(repeated.is_third(_ONE, "pagi", now))
            repeated.add(_ONE, "pagi", now)

    def test_taken_back_after_a_leap(self) -> None:
        """What a leap of the clock has made old is gone; nobody else's is."""
        repeated = RepeatedTexts()
        later = _NOON + 86_400
        repeated.add(_ONE, "pagi", _NOON)
        self.assertFalse(repeated.is_third(_OTHER, "siang", later))
        repeated.add(_OTHER, "siang", later)
        repeated.add(_OTHER, "siang", later)
        repeated.take_back(_ONE, "pagi", _NOON)
        self.assertTrue(repeated.is_third(_OTHER, "siang", later))
        repeated.take_back(_OTHER, "siang", later)
        self.assertFalse(repeated.is_third(_OTHER, "siang", later))

    def test_no_limit(self) -> None:
        """Limits of 0 hold nothing and count nothing."""
        limiter = ReplyLimiter(ReplyLimits(unknown_replies_per_day=1))
        self.assertFalse(limiter.limited)
        limiter.count(_ONE, _NOON, 1000)
        self.assertEqual(limiter.reason_to_hold(_ONE, _NOON), "")
        self.assertIsNone(limiter.in_all(_NOON))
