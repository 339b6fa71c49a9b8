"""The sums of days that are over, kept in memory.

A year of the whole country is three quarters of a million figures: a second of work
for what hardly ever changes. A kept day is used only while the units are the same and
``late_changes`` has nothing new about it, so what pages show is what the store holds.
"""

from __future__ import annotations

__all__ = ["SettledDays"]

import datetime
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from threading import Lock

from attrs import frozen
from sqlalchemy import Connection, Date, bindparam, func, select

from smscentre.store.courses import Days, Span, day_sums
from smscentre.store.effects import settles_at
from smscentre.store.figures import CountedForm, Place, Sum
from smscentre.store.tables import late_changes, units

_MOST_DAYS = 2000
"""How many days of forms are kept: some seven kilobytes each in a large country."""

_SLACK_S = 86400.0
"""So much later than by the writers' clocks a day is taken for settled."""

_FEW = 2
"""The sums of so many provinces are read faster than they are worth keeping."""

_ONE_READ = datetime.timedelta(31)

_CHANGES = (
    select(late_changes.c.day, func.count())
    .where(
        late_changes.c.form == bindparam("form"),
        late_changes.c.day >= bindparam("first", type_=Date),
        late_changes.c.day <= bindparam("last", type_=Date),
    )
    .group_by(late_changes.c.day)
)

_UNITS = select(
    units.c.code,
    units.c.province,
    units.c.kinds,
    units.c.valid_from,
    units.c.valid_until,
).order_by(units.c.code)


@frozen
class _Kept:
    """The sums of one day by province, and how often it had been changed late."""

    sums: dict[str, Sum]
    changes: int


class SettledDays:
    """Reads sums by day, those of settled days once. Safe in several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._units = 0
        self._kept: OrderedDict[tuple[str, datetime.date], _Kept] = OrderedDict()

    def sums(
        self,
        connection: Connection,
        form: CountedForm,
        place: Place,
        span: Span,
        now: float,
    ) -> Days:
        """What `courses.day_sums` finds; ``now`` is in seconds since 1970."""
        provinces = place.provinces
        few = provinces is not None and len(provinces) <= _FEW
        if form.lasts or few or place.unit is not None:
            return day_sums(connection, form, place, span)
        return {
            day: within
            for day, sums in self._country(connection, form, span, now).items()
            if (within := _within(sums, provinces))
        }

    def _country(
        self, connection: Connection, form: CountedForm, span: Span, now: float
    ) -> Days:
        # Read before the figures: who changes them meanwhile is noticed next time.
        changes = _changes(connection, form, span)
        version = hash(tuple(map(tuple, connection.execute(_UNITS))))
        self._forget_other(version)
        found = self._find(form, span, changes)
        missing = [day for day in span if day not in found]
        for part in _stretches(missing):
            read = day_sums(connection, form, Place(), part)
            found |= {day: read.get(day, {}) for day in part}
        settled = {
            (form.id, day): _Kept(found[day], changes.get(day, 0))
            for day in missing
            if settles_at(day) + _SLACK_S < now
        }
        self._keep(version, settled)
        return found

    def _forget_other(self, version: int) -> None:
        """Begin anew where the units are not those of which the sums are."""
        with self._lock:
            if version != self._units:
                self._kept.clear()
                self._units = version

    def _find(
        self, form: CountedForm, span: Span, changes: dict[datetime.date, int]
    ) -> Days:
        found: Days = {}
        with self._lock:
            for day in span:
                kept = self._kept.get((form.id, day))
                if kept is not None and kept.changes == changes.get(day, 0):
                    self._kept.move_to_end((form.id, day))
                    found[day] = kept.sums
        return found

    def _keep(self, version: int, days: dict[tuple[str, datetime.date], _Kept]) -> None:
        with self._lock:
            if version != self._units:
                return
            self._kept.update(days)
            while len(self._kept) > _MOST_DAYS:
                self._kept.popitem(last=False)


def _changes(
    connection: Connection, form: CountedForm, span: Span
) -> dict[datetime.date, int]:
    parameters = span.parameters | {"form": form.id}
    rows = connection.execute(_CHANGES, parameters)
    return {row[0]: row[1] for row in rows}


def _within(sums: dict[str, Sum], provinces: Sequence[str] | None) -> dict[str, Sum]:
    if provinces is None:
        return sums
    return {key: sums[key] for key in provinces if key in sums}


def _stretches(days: Sequence[datetime.date]) -> Iterator[Span]:
    """Days in order as spans without a gap, none too long."""
    first = last = None
    for day in days:
        if first is None or last is None:
            first = last = day
        elif day == last + datetime.timedelta(1) and day - first < _ONE_READ:
            last = day
        else:
            yield Span(first, last)
            first = last = day
    if first is not None and last is not None:
        yield Span(first, last)
