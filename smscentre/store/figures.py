"""The figures of one form on one day: of each unit, or summed up by place.

Beside the path, for pages: plain functions over a connection that cannot write. They
agree with what a query by SMS answers: counts hold for their day only, staff until
the unit's next report, and only units that are valid on the day are in a sum.
"""

from __future__ import annotations

__all__ = [
    "CountedForm",
    "Group",
    "Place",
    "Sum",
    "UnitFigures",
    "added",
    "figures_of_units",
    "is_in",
    "is_of_kind",
    "is_valid_on",
    "sums",
]

import datetime
from collections.abc import Collection, Iterable, Sequence
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from smscentre.store.tables import reports, submissions, units
from smscentre.values import frozen

_DAY = bindparam("day", type_=Date)


@frozen
class CountedForm:
    """A form, the kind of unit that reports it and its fields in order.

    ``lasts`` says that a report holds until the unit's next one, as staff do.
    """

    id: str
    kind: str
    fields: tuple[str, ...]
    lasts: bool


@frozen
class Place:
    """Which units a page is about: all, those of some provinces, or one."""

    provinces: tuple[str, ...] | None = None
    unit: str | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """What the conditions of `is_in` want to know."""
        named = {"provinces": self.provinces, "unit": self.unit}
        return {name: value for name, value in named.items() if value is not None}


class Group(Enum):
    """By what figures are summed up."""

    PROVINCE = "province"
    COUNTRY = "country"


@frozen
class UnitFigures:
    """What holds for one unit on a day; nothing is reported where ``at`` is None.

    ``values`` are in the order of the form's fields. ``day`` is the one that was
    reported for, an earlier one where staff last; ``number`` sent it ``at`` that
    moment, in seconds since 1970. ``flags`` say why it looks implausible.
    """

    unit: str
    values: tuple[int | None, ...]
    day: datetime.date | None = None
    at: float | None = None
    number: str = ""
    flags: tuple[str, ...] = ()

    @property
    def total(self) -> int | None:
        """The sum of what is there."""
        there = [value for value in self.values if value is not None]
        return sum(there) if there else None


@frozen
class Sum:
    """The figures of some units added up; None where none of them has the field.

    ``reported`` of the ``expected`` units are in it. ``capacity`` is that of all of
    them, as far as it is known. ``held`` people are in units that reported and have a
    known capacity, ``room`` in all.
    """

    values: tuple[int | None, ...]
    reported: int = 0
    expected: int = 0
    capacity: int | None = None
    room: int | None = None
    held: int | None = None

    @property
    def total(self) -> int | None:
        """The sum of what is there."""
        there = [value for value in self.values if value is not None]
        return sum(there) if there else None

    def __add__(self, other: Sum) -> Sum:
        """The sum over the units of both."""
        return Sum(
            tuple(map(added, self.values, other.values)),
            self.reported + other.reported,
            self.expected + other.expected,
            added(self.capacity, other.capacity),
            added(self.room, other.room),
            added(self.held, other.held),
        )


def added(one: int | None, other: int | None) -> int | None:
    """The sum of two figures; what was not reported is no zero."""
    if one is None:
        return other
    return one if other is None else one + other


def figures_of_units(
    connection: Connection, form: CountedForm, place: Place, day: datetime.date
) -> list[UnitFigures]:
    """What holds for each unit of a kind in a place on a day, by code."""
    query = _who_and_when(form, frozenset(place.parameters))
    rows = connection.execute(query, place.parameters | {"day": day})
    return [_figures(row, len(form.fields)) for row in rows]


def sums(
    connection: Connection,
    form: CountedForm,
    place: Place,
    day: datetime.date,
    group: Group,
) -> dict[str, Sum]:
    """The sums of a place on a day by province, or one with an empty key.

    Provinces without a unit of the kind are absent.
    """
    query = _summed(form, frozenset(place.parameters), group)
    rows = connection.execute(query, place.parameters | {"day": day})
    return {row[0]: Sum(tuple(row[6:]), *row[1:6]) for row in rows if row[2]}


def is_of_kind(kind: str) -> ColumnElement[bool]:
    """The condition that units report for a kind."""
    between = literal("|").concat(units.c.kinds).concat("|")
    return between.like(f"%|{kind}|%")


def is_in(names: Collection[str]) -> list[ColumnElement[bool]]:
    """The conditions that units are in a place, by the names of its parameters."""
    conditions = {
        "provinces": units.c.province.in_(bindparam("provinces", expanding=True)),
        "unit": units.c.code == bindparam("unit"),
    }
    return [conditions[name] for name in sorted(names)]


def is_valid_on(day: Any) -> list[ColumnElement[bool]]:
    """The conditions that units are counted on a day."""
    return [
        or_(units.c.valid_from.is_(None), units.c.valid_from <= day),
        or_(units.c.valid_until.is_(None), units.c.valid_until >= day),
    ]


def _figures(row: Sequence[Any], count: int) -> UnitFigures:
    code, day, at, number, flags = row[:5]
    marks = tuple(flags.split()) if flags else ()
    return UnitFigures(code, tuple(row[5 : 5 + count]), day, at, number or "", marks)


@cache
def _who_and_when(form: CountedForm, place: frozenset[str]) -> Select[Any]:
    held = _by_unit(form, place)
    # What an undo restored is of him who sent it, and of then.
    version = submissions.alias("version")
    return (
        select(
            held.c.code,
            held.c.day,
            func.coalesce(version.c.stored_at, submissions.c.stored_at),
            func.coalesce(version.c.number, submissions.c.number),
            submissions.c.flags,
            *_values(held, form),
        )
        .select_from(held)
        .outerjoin(submissions, submissions.c.id == held.c.submission_id)
        .outerjoin(version, version.c.id == submissions.c.restores)
        .order_by(held.c.code)
    )


@cache
def _summed(form: CountedForm, place: frozenset[str], group: Group) -> Select[Any]:
    held = _by_unit(form, place)
    by = held.c.province if group is Group.PROVINCE else literal("")
    query = select(
        by,
        func.count(held.c.submission_id),
        func.count(held.c.code),
        func.sum(held.c.capacity),
        func.sum(case((held.c.total.is_not(None), held.c.capacity))),
        func.sum(case((held.c.capacity.is_not(None), held.c.total))),
        *[func.sum(value) for value in _values(held, form)],
    )
    return query.group_by(held.c.province) if group is Group.PROVINCE else query


def _by_unit(form: CountedForm, place: frozenset[str]) -> Subquery:
    """One row a unit with its figures as columns, also of those without any."""
    of_unit = [reports.c.unit == units.c.code, reports.c.form == form.id]
    # An outer join, so that SQLite goes from the units to their reports by the
    # primary key; it would read every report there is to find their units.
    on = and_(*of_unit, reports.c.day == (_last(form) if form.lasts else _DAY))
    figures = [
        func.max(case((reports.c.field == field, reports.c.value))).label(f"v{index}")
        for index, field in enumerate(form.fields)
    ]
    return (
        select(
            units.c.code,
            units.c.province,
            units.c.capacity,
            func.max(reports.c.day).label("day"),
            func.max(reports.c.submission_id).label("submission_id"),
            # Sums of sums of integers would be decimals on PostgreSQL.
            cast(func.sum(reports.c.value), Integer).label("total"),
            *figures,
        )
        .select_from(units)
        .outerjoin(reports, on)
        .where(is_of_kind(form.kind), *is_valid_on(_DAY), *is_in(place))
        .group_by(units.c.code, units.c.province, units.c.capacity)
        .subquery("held")
    )


def _last(form: CountedForm) -> Any:
    """The day of a unit's last report up to the day."""
    earlier = reports.alias("earlier")
    return (
        select(func.max(earlier.c.day))
        .where(
            earlier.c.unit == units.c.code,
            earlier.c.form == form.id,
            earlier.c.day <= _DAY,
        )
        .scalar_subquery()
    )


def _values(held: Subquery, form: CountedForm) -> Iterable[ColumnElement[Any]]:
    return [held.c[f"v{index}"] for index in range(len(form.fields))]
