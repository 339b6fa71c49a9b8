"""Tests for `smscentre.days`."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from twisted.trial.unittest import SynchronousTestCase

from smscentre.days import begins_at, parse_day

WIB = ZoneInfo("Asia/Jakarta")


class DayTests(SynchronousTestCase):
    """Days from texts, and moments from days."""

    def test_a_day(self) -> None:
        """Year, month and day, nothing around them."""
        self.assertEqual(parse_day("2024-02-29"), datetime.date(2024, 2, 29))

    def test_no_day(self) -> None:
        """Days that no month has, and other ways to write one."""
        for text in (
            "",
            "2023-02-29",
            "0000-01-01",
            "2024-5-14",
            "20240514",
            "2024-W20-2",
            " 2024-05-14",
            "2024-05-14\n",
            "\u0662024-05-14",
        ):
            self.assertIsNone(parse_day(text), text)

    def test_begins_at(self) -> None:
        """The first moment of the day by the clock that is given."""
        day = datetime.date(2024, 5, 14)
        self.assertEqual(begins_at(day, datetime.UTC), 1715644800.0)
        self.assertEqual(begins_at(day, WIB), 1715644800.0 - 7 * 3600)
        self.assertEqual(begins_at(day, WIB, 1), 1715644800.0 + 17 * 3600)

    def test_no_clock_goes_so_far(self) -> None:
        """The last day there is has no day after it."""
        self.assertIsNone(begins_at(datetime.date.max, WIB, 1))
