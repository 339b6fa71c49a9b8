"""Tests for `smscentre.commands.dates`."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.commands.dates import Typed, is_day, spelled, take_day, written

_TODAY = datetime.date(2008, 3, 1)
_LEAP = datetime.date(2008, 2, 29)

_SPELLED = (
    ("29-02-08", _LEAP),
    ("29/02/2008", _LEAP),
    ("29.02.2008", _LEAP),
    ("29.2.08", _LEAP),
    ("30-02-08", None),
    ("02-29-08", None),
    ("29-02-1908", None),
)
_NOT_SPELLED = ("290208", "29-02.08", "29-02-008", "2008-02-29", "1.203", "29-02-", "")

_TAKEN: tuple[tuple[list[str], Typed | None], ...] = (
    (["1", "HARI", "INI"], Typed("HARIINI", _TODAY, 2)),
    (["1", "HARIINI"], Typed("HARIINI", _TODAY)),
    (["KEMARIN"], Typed("KEMARIN", _LEAP)),
    (["1", "29-02-08"], Typed("29-02-08", _LEAP)),
    (["1", "31-02-08"], Typed("31-02-08", None)),
    (["1", "290208"], None),
    (["HARI"], None),
    (["KEMARIN", "1"], None),
    ([], None),
)


class DateTests(SynchronousTestCase):
    """Days as they are typed."""

    def test_spelled(self) -> None:
        """The day comes first; a day that is not there is None."""
        for word, day in _SPELLED:
            self.assertEqual(spelled(word), Typed(word, day), word)

    def test_not_spelled(self) -> None:
        """Anything else is no day at all."""
        for word in _NOT_SPELLED:
            self.assertIsNone(spelled(word), word)

    def test_bare(self) -> None:
        """Six or eight digits of this century."""
        for word in ("290208", "29022008"):
            self.assertEqual(is_day(word), _LEAP, word)
        for word in ("300208", "29021908", "2902", "2902008", "\u0662" * 6, "00010100"):
            self.assertIsNone(is_day(word), word)

    def test_taken(self) -> None:
        """Only what is a day beyond doubt is taken from the end."""
        for words, typed in _TAKEN:
            self.assertEqual(take_day(words, _TODAY), typed, words)

    @given(st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)))
    def test_round_trip(self, day: datetime.date) -> None:
        """A day that a reply names can be typed."""
        self.assertEqual(is_day(written(day)), day)
