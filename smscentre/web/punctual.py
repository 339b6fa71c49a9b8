"""How a unit's reports stand to the deadlines of a day: in time, late, missing.

Pure: when reports came is given, and so is the moment from which it is looked at.
"""

from __future__ import annotations

__all__ = ["Deadlines", "Due", "Mark", "Standing", "mark"]

import datetime
from collections.abc import Sequence
from enum import Enum

from attrs import field, frozen

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


@frozen
class Due:
    """A deadline of one form: its time of day, its moment, and since when it runs."""

    time: datetime.time
    at: float
    since: float


@frozen
class Deadlines:
    """The deadlines of one form, each day's worked out once."""

    schedule: Schedule
    form: str
    _known: dict[tuple[str, datetime.date], tuple[Due, ...]] = field(
        factory=dict, eq=False, repr=False
    )

    def on(self, zone: str, day: datetime.date) -> tuple[Due, ...]:
        """Those of a day by the clock of a zone, the first one first."""
        found = self._known.get((zone, day))
        if found is None:
            found = tuple(
                Due(deadline.time, deadline.at, due.since)
                for deadline in self.schedule.on(zone, day)
                for due in deadline.forms
                if due.form == self.form
            )
            self._known[zone, day] = found
        return found

    def standings(
        self, zone: str, day: datetime.date, times: Sequence[float], now: float
    ) -> list[Standing]:
        """How reports for a day stand to each of its deadlines.

        One without a time where there are none.
        """
        due = self.on(zone, day)
        if due:
            return [
                Standing(each.time, *mark(times, each.since, each.at, now))
                for each in due
            ]
        first = times[0] if times else None
        return [Standing(None, Mark.AWAITED if first is None else Mark.THERE, first)]
