"""How figures went from day to day: the sums of a place, the totals of each unit.

Beside the path, for pages, with the rules of `figures`: counts hold for their day
only, staff until the unit's next report, and units count while they are valid.
"""

from __future__ import annotations

__all__ = ["Days", "Span", "UnitDays", "day_sums", "unit_days"]

import datetime
from calendar import monthrange
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    select,
)

from smscentre.store.figures import (
    CountedForm,
    Place,
    Sum,
    is_in,
    is_of_kind,
    is_valid_on,
)
from smscentre.store.tables import reports, units
from smscentre.values import frozen

Days = dict[datetime.date, dict[str, Sum]]
"""The sums of each day by province; without a report there is neither."""

UnitDays = dict[str, dict[datetime.date, int]]
"""The total of each unit on each day that it has one."""

_FIRST = bindparam("first", type_=Date)
_LAST = bindparam("last", type_=Date)
_DAY = datetime.timedelta(1)
_PAIR, _EACH = ":", " "


@frozen
class Span:
    """Days from a first one to a last one."""

    first: datetime.date
    last: datetime.date

    @classmethod
    def month_of(cls, day: datetime.date) -> Span:
        """The whole month of a day."""
        _, days = monthrange(day.year, day.month)
        return cls(day.replace(day=1), day.replace(day=days))

    def __iter__(self) -> Iterator[datetime.date]:
        """The days in order."""
        day = self.first
        while day <= self.last:
            yield day
            day += _DAY

    def __len__(self) -> int:
        """How many days."""
        return max(0, (self.last - self.first).days + 1)

    @property
    def parameters(self) -> dict[str, Any]:
        """What the statements call it."""
        return {"first": self.first, "last": self.last}


@frozen
class _Held:
    """What a staff report says of a unit, and from when until when it holds."""

    unit: str
    province: str
    values: tuple[int | None, ...]
    since: datetime.date
    until: datetime.date


def day_sums(
    connection: Connection, form: CountedForm, place: Place, span: Span
) -> Days:
    """The sums of a place by day and province."""
    if form.lasts:
        return _staff_sums(connection, form, place, span)
    found: Days = {}
    query = _summed(form, frozenset(place.parameters))
    for row in connection.execute(query, place.parameters | span.parameters):
        day, province, reported, *values = row
        if day is not None:
            found.setdefault(day, {})[province] = Sum(tuple(values), reported)
    return found


def unit_days(
    connection: Connection,
    form: CountedForm,
    fields: Collection[str],
    place: Place,
    span: Span,
) -> UnitDays:
    """The totals of some fields for each unit of a place, by day."""
    if form.lasts:
        wanted = [form.fields.index(field) for field in fields]
        return _staff_days(connection, form, wanted, place, span)
    query = _totals(form, frozenset(place.parameters))
    parameters = place.parameters | span.parameters | {"fields": list(fields)}
    return {
        code: dict(map(_pair, pairs.split(_EACH)))
        for code, pairs in connection.execute(query, parameters)
        if pairs is not None
    }


def _pair(text: str) -> tuple[datetime.date, int]:
    day, _, total = text.partition(_PAIR)
    return datetime.date.fromisoformat(day), int(total)


def _staff_sums(
    connection: Connection, form: CountedForm, place: Place, span: Span
) -> Days:
    """The sums of what holds on each day, from what changes on it."""
    changes: dict[datetime.date, list[tuple[int, _Held]]] = {}
    for held in _held(connection, form, place, span):
        changes.setdefault(held.since, []).append((1, held))
        changes.setdefault(held.until + _DAY, []).append((-1, held))
    found: Days = {}
    running: dict[str, _Running] = {}
    now: dict[str, Sum] = {}
    for day in span:
        touched = set()
        for sign, held in changes.get(day, ()):
            sums = running.setdefault(held.province, _Running(len(form.fields)))
            sums.add(sign, held.values)
            touched.add(held.province)
        if touched:
            # On most days nothing changes: then the day has the very same sums.
            now = now | {key: running[key].sum for key in touched}
            now = {key: each for key, each in now.items() if each.reported}
        if now:
            found[day] = now
    return found


class _Running:
    """Sums that reports enter and leave."""

    def __init__(self, size: int) -> None:
        self.units = 0
        self._values = [0] * size
        self._counts = [0] * size

    def add(self, sign: int, values: Sequence[int | None]) -> None:
        """Let the values of a report in, or out again."""
        self.units += sign
        for index, value in enumerate(values):
            if value is not None:
                self._values[index] += sign * value
                self._counts[index] += sign

    @property
    def sum(self) -> Sum:
        """What is in it now."""
        pairs = zip(self._values, self._counts, strict=True)
        return Sum(
            tuple(value if count else None for value, count in pairs), self.units
        )


def _staff_days(
    connection: Connection,
    form: CountedForm,
    wanted: Sequence[int],
    place: Place,
    span: Span,
) -> UnitDays:
    found: UnitDays = {}
    for held in _held(connection, form, place, span):
        there = [held.values[index] for index in wanted]
        known = [value for value in there if value is not None]
        if known:
            days = found.setdefault(held.unit, {})
            days |= dict.fromkeys(Span(held.since, held.until), sum(known))
    return found


def _held(
    connection: Connection, form: CountedForm, place: Place, span: Span
) -> Iterator[_Held]:
    """The staff reports that hold within some days, each for those it holds on."""
    query = _changes(form, frozenset(place.parameters))
    found = connection.execute(query, place.parameters | span.parameters)
    rows = [row for row in found if row.day is not None]
    for index, row in enumerate(rows):
        code, province, valid_from, valid_until, day, *values = row
        following = rows[index + 1] if index + 1 < len(rows) else None
        until = span.last
        if following is not None and following[0] == code:
            until = following[4] - _DAY
        since = max(day, span.first, valid_from or day)
        until = min(until, valid_until or until)
        if since <= until:
            yield _Held(code, province, tuple(values), since, until)


@cache
def _summed(form: CountedForm, place: frozenset[str]) -> Select[Any]:
    """The figures of each unit and day as one row, then those summed up."""
    held = (
        _of_units(form, place, reports.c.day >= _FIRST)
        .with_only_columns(reports.c.day, units.c.province, *_figures(form))
        .where(*is_valid_on(reports.c.day))
        .group_by(units.c.code, units.c.province, reports.c.day)
        .subquery("held")
    )
    values = [held.c[f"v{index}"] for index in range(len(form.fields))]
    return select(
        held.c.day, held.c.province, func.count(), *map(func.sum, values)
    ).group_by(held.c.day, held.c.province)


@cache
def _totals(form: CountedForm, place: frozenset[str]) -> Select[Any]:
    """One row a unit, its days in one text: a row a day would cost far more."""
    total = cast(func.sum(reports.c.value), Integer)
    wanted = reports.c.field.in_(bindparam("fields", expanding=True))
    held = (
        _of_units(form, place, and_(reports.c.day >= _FIRST, wanted))
        .with_only_columns(
            units.c.code,
            (cast(reports.c.day, Text) + _PAIR + cast(total, Text)).label("pair"),
        )
        .where(*is_valid_on(reports.c.day))
        .group_by(units.c.code, reports.c.day)
        .subquery("held")
    )
    return select(held.c.code, func.aggregate_strings(held.c.pair, _EACH)).group_by(
        held.c.code
    )


@cache
def _changes(form: CountedForm, place: frozenset[str]) -> Select[Any]:
    """All reports of the days, and before them the last one of each unit."""
    earlier = reports.alias("earlier")
    begins = (
        select(func.max(earlier.c.day))
        .where(
            earlier.c.unit == units.c.code,
            earlier.c.form == form.id,
            earlier.c.day <= _FIRST,
        )
        .scalar_subquery()
    )
    since = reports.c.day >= func.coalesce(begins, _FIRST)
    limits = (units.c.province, units.c.valid_from, units.c.valid_until)
    return (
        _of_units(form, place, since)
        .with_only_columns(units.c.code, *limits, reports.c.day, *_figures(form))
        .group_by(units.c.code, *limits, reports.c.day)
        .order_by(units.c.code, reports.c.day)
    )


def _of_units(
    form: CountedForm, place: frozenset[str], since: ColumnElement[bool]
) -> Select[Any]:
    """Units with their figures up to the last day; what is selected comes later."""
    # An outer join for the reason that `figures` gives.
    on = and_(
        reports.c.unit == units.c.code,
        reports.c.form == form.id,
        since,
        reports.c.day <= _LAST,
    )
    return (
        select(units.c.code)
        .select_from(units)
        .outerjoin(reports, on)
        .where(is_of_kind(form.kind), *is_in(place))
    )


def _figures(form: CountedForm) -> list[ColumnElement[Any]]:
    return [
        func.max(case((reports.c.field == field, reports.c.value))).label(f"v{index}")
        for index, field in enumerate(form.fields)
    ]
