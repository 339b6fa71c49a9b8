"""Days as files, addresses and forms have them: ``2024-05-14``.

Other ways in which ISO 8601 writes a day are none: what is compared as text has to
sort as days do. How officers type one is known by `commands.dates`.
"""

from __future__ import annotations

__all__ = ["begins_at", "parse_day"]

import datetime
import re

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_day(text: str) -> datetime.date | None:
    """The day that a text names; None for what names none."""
    try:
        return datetime.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def begins_at(
    day: datetime.date, zone: datetime.tzinfo, days_later: int = 0
) -> float | None:
    """When a day, or one some days later, begins by a clock, in seconds since 1970.

    None for a day that no clock can have.
    """
    try:
        day += datetime.timedelta(days_later)
        return datetime.datetime.combine(day, datetime.time(), zone).timestamp()
    except (ValueError, OverflowError):
        return None
