"""Tests for `smscentre.commands.dates`."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.commands.dates import (
    Typed,
    is_day,
    looks_like_day,
    spelled,
    take_day,
    written,
)

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
    ("2008-02-29", _LEAP),
    ("2008/2/30", None),
)
_NOT_SPELLED = ("290208", "29-02.08", "29-02-008", "208-02-29", "1.203", "29-02-", "")

_TAKEN: tuple[tuple[list[str], Typed | None], ...] = (
    (["1", "HARI", "INI"], Typed("HARIINI", _TODAY, 2)),
    (["1", "HARIINI"], Typed("HARIINI", _TODAY)),
    (["KEMARIN"], Typed("KEMARIN", _LEAP)),
    (["1", "29-02-08"], Typed("29-02-08", _LEAP)),
    (["1", "31-02-08"], Typed("31-02-08", None)),
    (["1", "290208"], None),
    (["HARI"], None),
    (["1", "HR", "INI"], Typed("HRINI", _TODAY, 2)),
    (["1", "SKRG"], Typed("SKRG", _TODAY)),
    (["1", "KMRN"], Typed("KMRN", _LEAP)),
    (["1", "KMAREN"], Typed("KMAREN", _LEAP)),
    (["1", "BESOK"], Typed("BESOK", datetime.date(2008, 3, 2))),
    (["1", "LUSA"], Typed("LUSA", datetime.date(2008, 3, 3))),
    (["1", "KEMARIN", "LUSA"], Typed("KEMARINLUSA", None, 2)),
    (["1", "HARI", "JUMAT"], Typed("HARIJUMAT", None, 2)),
    (["1", "SENIN"], Typed("SENIN", None)),
    (["1", "29", "PEBRUARI", "2008"], Typed("29PEBRUARI2008", _LEAP, 3)),
    (["1", "29", "FEB", "08"], Typed("29FEB08", _LEAP, 3)),
    (["1", "29", "FEB08"], Typed("29FEB08", _LEAP, 2)),
    (["1", "29FEB", "2008"], Typed("29FEB2008", _LEAP, 2)),
    (["1", "29FEB08"], Typed("29FEB08", _LEAP)),
    (["2", "9FEB08"], Typed("9FEB08", datetime.date(2008, 2, 9))),
    (["1", "29-FEB-2008"], Typed("29-FEB-2008", _LEAP)),
    (["1", "30", "FEB", "2008"], Typed("30FEB2008", None, 3)),
    (["1", "29", "FEB"], Typed("29FEB", None, 2)),
    (["1", "TGL", "290208"], Typed("290208", _LEAP, 2)),
    (["1", "TANGGAL", "29", "FEB", "2008"], Typed("29FEB2008", _LEAP, 4)),
    (["1", "TGL", "29"], Typed("29", None, 2)),
    (["KEMARIN", "1"], None),
    ([], None),
)


_MONTHS = (
    "JANUARI JAN",
    "FEBRUARI PEBRUARI FEB PEB",
    "MARET MAR",
    "APRIL APR",
    "MEI",
    "JUNI JUN",
    "JULI JUL",
    "AGUSTUS AGT AGS",
    "SEPTEMBER SEP SEPT",
    "OKTOBER OKT",
    "NOVEMBER NOPEMBER NOV NOP",
    "DESEMBER DES",
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

    def test_months(self) -> None:
        """Every month goes by its Indonesian names and its short ones."""
        for month, pair in enumerate(_MONTHS, 1):
            for name in pair.split():
                typed = take_day(["5", name, "2007"], _TODAY)
                self.assertEqual(typed and typed.day, datetime.date(2007, month, 5))

    def test_meant_for_a_day(self) -> None:
        """A day that is not there, or the month first, but no count of goods."""
        for word in ("310208", "042708", "290208", "31022008"):
            self.assertTrue(looks_like_day(word), word)
        for word in ("450000", "150000", "000408", "320108", "1234567", "12345678"):
            self.assertFalse(looks_like_day(word), word)

    @given(st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)))
    def test_round_trip(self, day: datetime.date) -> None:
        """A day that a reply names can be typed."""
        self.assertEqual(is_day(written(day)), day)
