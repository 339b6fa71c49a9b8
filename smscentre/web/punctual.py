"""How a unit's reports stand to the deadlines of a day: in time, late, missing.

Pure: when reports came is given, and so is the moment from which it is looked at.
"""

from __future__ import annotations

__all__ = ["Mark", "Standing", "mark", "marks_of"]

import datetime
from collections.abc import Sequence
from enum import Enum

from attrs import frozen

from smscentre.deadlines.schedule import Schedule


class Mark(Enum):
    """How a report stands to one deadline."""

    IN_TIME = "in time"
    LATE = "late"
    MISSING = "missing"
    AWAITED = "awaited"
    """It is not there, and need not be yet."""
    THERE = "there"
    """It is there, and there was no deadline for it."""


@frozen
class Standing:
    """A deadline of a form on a day, how a report stands to it, and when it came.

    ``time`` is None where the form has no deadline on the day.
    """

    time: datetime.time | None
    mark: Mark
    at: float | None = None


def mark(
    times: Sequence[float], since: float, deadline: float, now: float
) -> tuple[Mark, float | None]:
    """How reports stand to a deadline, of which those later than ``since`` count.

    All are in seconds since 1970; ``times`` are in order.
    """
    counted = [at for at in times if since < at <= now]
    if not counted:
        return (Mark.AWAITED if now < deadline else Mark.MISSING), None
    first = counted[0]
    return (Mark.IN_TIME if first <= deadline else Mark.LATE), first


def marks_of(
    schedule: Schedule,
    form: str,
    zone: str,
    day: datetime.date,
    times: Sequence[float],
    now: float,
) -> list[Standing]:
    """How a form stands to each of a day's deadlines in a unit's zone.

    One without a time where there are none.
    """
    found = [
        Standing(deadline.time, *mark(times, due.since, deadline.at, now))
        for deadline in schedule.on(zone, day)
        for due in deadline.forms
        if due.form == form
    ]
    if found:
        return found
    first = times[0] if times else None
    return [Standing(None, Mark.AWAITED if first is None else Mark.THERE, first)]
