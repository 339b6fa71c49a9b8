"""How pages of figures say days, hours, shares and differences in Indonesian.

Beside `wording`: plain functions over values, some of them filters of the templates.
"""

from __future__ import annotations

__all__ = [
    "FILTERS",
    "change",
    "day_and_month",
    "hour",
    "month",
    "share",
    "short_date",
    "short_month",
]

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from smscentre.web.wording import MONTHS, figure


def short_date(day: datetime.date) -> str:
    """A day in few characters: ``14 Mei 2024``."""
    return f"{day_and_month(day)} {day.year}"


def day_and_month(day: datetime.date) -> str:
    """A day of a year that is understood: ``14 Mei``."""
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def month(day: datetime.date) -> str:
    """The month of a day: ``Mei 2024``."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def short_month(day: datetime.date) -> str:
    """The month of a day in few characters; January with its year."""
    name = MONTHS[day.month - 1][:3]
    return f"{name} {day.year}" if day.month == 1 else name


def hour(at: float, zone: ZoneInfo, day: datetime.date | None = None) -> str:
    """A moment by the clock of a zone: ``08.15``, or ``13 Mei 08.15``.

    Only another day than the one that is understood is named.
    """
    there = datetime.datetime.fromtimestamp(at, zone)
    if day is None or there.date() == day:
        return there.strftime("%H.%M")
    named = day_and_month if there.year == day.year else short_date
    return f"{named(there.date())} {there:%H.%M}"


def change(value: int | None) -> str:
    """A difference with its sign; ``0`` where there is none, ``-`` if not known."""
    if not value:
        return figure(value)
    sign = "+" if value > 0 else "\N{MINUS SIGN}"
    return f"{sign}{figure(abs(value))}"


def share(part: int, whole: int) -> int:
    """How many per cent a part is: 100 only if it is all, 0 only if none."""
    if not whole:
        return 0
    rounded = round(100 * part / whole)
    if part > whole:
        return max(101, rounded)
    return min(99, max(1, rounded)) if 0 < part < whole else rounded


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "change": change,
    "day_and_month": day_and_month,
    "month": month,
    "short_date": short_date,
}
"""By the names by which templates call them."""
