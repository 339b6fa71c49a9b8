"""Which forms are due by when, and what is to be done around each deadline.

A deadline belongs to a time zone, since it goes by the units' own clocks; the units
are found by `standing`. Moments are seconds since 1970.
"""

from __future__ import annotations

__all__ = ["Deadline", "DueForm", "Purpose", "Round", "Schedule"]

import datetime
from collections.abc import Iterator
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo

from attrs import field, frozen

from smscentre.deadlines.calendar import Calendar
from smscentre.directory import ZONES

DIGEST_OPEN_S: Final = 7200.0
"""How long after its deadline a digest is still worth sending."""

_DAY = datetime.timedelta(1)


@frozen
class DueForm:
    """A form that units of a kind must have sent by a deadline.

    A report counts when it was stored after ``since``: the deadline before it on the
    same day. Before a day's first deadline all reports for that day count.
    """

    form: str
    kind: str
    since: float = 0.0


@frozen
class Deadline:
    """A time of a day in a zone by which forms are due.

    ``at`` is that moment; ``remind_at`` is when units that lack a form are reminded.
    """

    zone: str
    day: datetime.date
    time: datetime.time
    forms: tuple[DueForm, ...]
    at: float
    remind_at: float


class Purpose(Enum):
    """What is done once for each deadline."""

    REMIND = "remind"
    DIGEST = "digest"


@frozen
class Round:
    """What is to be done once for a deadline, and from when until when it may be."""

    purpose: Purpose
    deadline: Deadline
    opens_at: float
    closes_at: float

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What no two rounds share: purpose, zone, day and time."""
        deadline = self.deadline
        time = deadline.time.isoformat("minutes")
        return self.purpose.value, deadline.zone, deadline.day.isoformat(), time

    def is_open(self, now: float) -> bool:
        """Whether it may be done now."""
        return self.opens_at <= now < self.closes_at


@frozen
class Schedule:
    """The deadlines of all forms, and the days on which they hold.

    ``times`` gives for each form its kind of unit and its times of day; ``lead_s`` is
    how long before a deadline units are reminded.
    """

    times: dict[str, tuple[str, tuple[datetime.time, ...]]]
    calendar: Calendar = field(factory=Calendar)
    lead_s: float = 1800.0
    digest: bool = True

    def on(self, zone: str, day: datetime.date) -> list[Deadline]:
        """The deadlines of a day in a zone, the first one first."""
        if not self.calendar.holds(day):
            return []
        clock = ZONES[zone]
        forms: dict[datetime.time, list[DueForm]] = {}
        for form, (kind, times) in self.times.items():
            since = 0.0
            for time in sorted(set(times)):
                forms.setdefault(time, []).append(DueForm(form, kind, since))
                since = _moment(day, time, clock)
        begins = _moment(day, datetime.time(), clock)
        found = []
        for time in sorted(forms):
            at = _moment(day, time, clock)
            due = tuple(forms[time])
            # A report for a day cannot come on the evening before it, and before the
            # last deadline it would not count for this one.
            counts = max(begins, *(each.since for each in due))
            remind_at = max(counts, at - self.lead_s)
            found.append(Deadline(zone, day, time, due, at, remind_at))
        return found

    def due(self, zone: str, after: float, until: float) -> list[Deadline]:
        """The deadlines of a zone later than one moment and up to another."""
        return [
            deadline
            for deadline in self._around(zone, after, until)
            if after < deadline.at <= until
        ]

    def elsewhere(self, deadline: Deadline) -> list[Deadline]:
        """The same time of the same day in every zone, the latest moment last."""
        found = [
            same
            for zone in ZONES
            for same in self.on(zone, deadline.day)
            if same.time == deadline.time
        ]
        return sorted(found, key=lambda same: same.at)

    def rounds(self, now: float) -> list[Round]:
        """The rounds that are open at a moment."""
        return [each for each in self._rounds_near(now) if each.is_open(now)]

    def next_opening(self, now: float) -> float | None:
        """When the next round opens; None where that is more than a day away."""
        later = (each.opens_at for each in self._rounds_near(now))
        return min((at for at in later if at > now), default=None)

    def _rounds_near(self, now: float) -> Iterator[Round]:
        for zone in ZONES:
            for deadline in self._around(zone, now, now):
                at = deadline.at
                # At midnight there is no time of the day left to remind in.
                if deadline.remind_at < at:
                    yield Round(Purpose.REMIND, deadline, deadline.remind_at, at)
                if self.digest:
                    yield Round(Purpose.DIGEST, deadline, at, at + DIGEST_OPEN_S)

    def _around(self, zone: str, start: float, end: float) -> Iterator[Deadline]:
        """The deadlines from the day before one moment to the day after another."""
        clock = ZONES[zone]
        day = datetime.datetime.fromtimestamp(start, clock).date() - _DAY
        last = datetime.datetime.fromtimestamp(end, clock).date() + _DAY
        while day <= last:
            yield from self.on(zone, day)
            day += _DAY


def _moment(day: datetime.date, time: datetime.time, zone: ZoneInfo) -> float:
    return datetime.datetime.combine(day, time, zone).timestamp()
