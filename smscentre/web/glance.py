"""A day at a glance: what is read for it, and what is worked out.

Great figures with their change and their course, the provinces by coverage and by
occupancy, what needs attention, and the sums of each report.
"""

from __future__ import annotations

__all__ = [
    "Attention",
    "Glance",
    "Headline",
    "Province",
    "Reading",
    "Table",
    "read_glance",
]

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import evolve, frozen

from smscentre.directory import Directory, Unit
from smscentre.store.courses import Span
from smscentre.store.figures import (
    Group,
    Place,
    Sum,
    UnitFigures,
    added,
    figures_of_units,
    sums,
)
from smscentre.store.pages import ReadConnection
from smscentre.store.settled import SettledDays
from smscentre.web.amounts import in_order, sum_of_unit, total_of, value_of
from smscentre.web.reports import BY_FORM, REPORTS, Report, Shown, figures_of

_ONE = datetime.timedelta(1)
_SPARK_DAYS: Final = 31
_SILENT_DAYS: Final = 3
_NAMED: Final = 5

_HEADLINES: Final = (
    ("Tahanan", (("RUTAN", "tahanan_t"),)),
    ("Narapidana", (("RUTAN", "napi_t"),)),
    ("Klien Bapas", (("BAPAS", "jumlah"),)),
    ("Basan dan Baran", (("RUPBASAN BASAN", "jumlah"), ("RUPBASAN BARAN", "jumlah"))),
)
"""The figures that everybody asks for first: the parts that each adds up."""

_COUNTS = tuple(report for report in REPORTS if not report.form.lasts)

_Part = tuple[Report, Shown]


@frozen
class Headline:
    """One great figure, with the key of its first part.

    ``change`` is against the day before, over the ``both`` units that reported for
    both; ``course`` holds the days before this one, which is not over.
    """

    label: str
    slug: str
    key: str
    value: int | None
    change: int | None
    both: int
    course: tuple[int | None, ...]


@frozen
class Province:
    """How one province stands: how many units have sent all, and how full it is."""

    key: str
    name: str
    reported: int
    expected: int
    held: int | None
    room: int | None


@frozen
class Table:
    """The sums of one report."""

    report: Report
    total: Sum


@frozen
class Silent:
    """A unit that has not reported for days; ``last`` is None if it never has."""

    unit: Unit
    report: Report
    last: datetime.date | None


@frozen
class Full:
    """A unit that holds more than it has room for."""

    unit: Unit
    held: int
    room: int


@frozen
class Attention:
    """What somebody should look at; lists hold the first few of so many.

    ``flagged`` sent figures that look like a slip; ``quiet`` provinces sent nothing.
    """

    silent: tuple[Silent, ...]
    silent_count: int
    flagged: tuple[tuple[Unit, Report], ...]
    flagged_count: int
    fullest: tuple[Full, ...]
    full_count: int
    quiet: tuple[Province, ...]


@frozen
class Glance:
    """A day of a place; ``reported`` of the ``expected`` units have sent all."""

    day: datetime.date
    headlines: tuple[Headline, ...]
    provinces: tuple[Province, ...]
    tables: tuple[Table, ...]
    attention: Attention
    reported: int
    expected: int


@frozen
class _Counts:
    """A count form's figures by unit, for the day and the day before."""

    report: Report
    now: Mapping[str, UnitFigures]
    then: Mapping[str, UnitFigures]


@frozen
class Reading:
    """What a glance is read with, and of which place and day; ``now`` since 1970."""

    connection: ReadConnection
    settled: SettledDays
    directory: Directory
    place: Place
    day: datetime.date
    now: float

    def figures(self, report: Report, day: datetime.date) -> dict[str, UnitFigures]:
        """Those of each unit, by code."""
        found = figures_of_units(self.connection, report.form, self.place, day)
        return {each.unit: each for each in found}


def read_glance(reading: Reading) -> Glance:
    """Read a day."""
    day = reading.day
    counts = {
        report.form.id: _Counts(
            report, reading.figures(report, day), reading.figures(report, day - _ONE)
        )
        for report in _COUNTS
    }
    provinces = tuple(_provinces(reading.directory, counts))
    return Glance(
        day,
        tuple(_headlines(reading, counts)),
        provinces,
        tuple(_tables(reading, counts)),
        _attention(reading, counts, provinces),
        sum(province.reported for province in provinces),
        sum(province.expected for province in provinces),
    )


# Great figures.


def _headlines(reading: Reading, counts: Mapping[str, _Counts]) -> Iterator[Headline]:
    courses = {form: _course_of(reading, each) for form, each in counts.items()}
    for label, names in _HEADLINES:
        parts = [
            (BY_FORM[form], shown)
            for form, key in names
            for shown in figures_of(BY_FORM[form])
            if shown.key == key
        ]
        changes = [
            change
            for report, shown in parts
            for change in _changes(counts[report.form.id], shown)
        ]
        yield Headline(
            label,
            parts[0][0].slug,
            parts[0][1].key,
            _value(parts, {form: each.now.values() for form, each in counts.items()}),
            sum(changes) if changes else None,
            len(changes) // len(parts),
            tuple(_added_up(parts, courses, day) for day in _spark_days(reading)),
        )


def _spark_days(reading: Reading) -> Span:
    return Span(reading.day - _ONE * _SPARK_DAYS, reading.day - _ONE)


def _course_of(reading: Reading, counts: _Counts) -> dict[datetime.date, Sum]:
    """The sums of a month, by day."""
    report = counts.report
    days = reading.settled.sums(
        reading.connection,
        report.form,
        reading.place,
        _spark_days(reading),
        reading.now,
    )
    return {day: total_of(report, found.values()) for day, found in days.items()}


def _added_up(
    parts: Sequence[_Part],
    courses: Mapping[str, Mapping[datetime.date, Sum]],
    day: datetime.date,
) -> int | None:
    found = None
    for report, shown in parts:
        there = courses[report.form.id].get(day)
        if there is not None:
            found = added(found, value_of(shown, report, there.values))
    return found


def _value(
    parts: Sequence[_Part], figures: Mapping[str, Iterable[UnitFigures]]
) -> int | None:
    found = None
    for report, shown in parts:
        for each in figures[report.form.id]:
            found = added(found, value_of(shown, report, each.values))
    return found


def _changes(counts: _Counts, shown: Shown) -> Iterator[int]:
    """What a figure changed by, of each unit that has it for both days."""
    for code, figures in counts.now.items():
        before = counts.then.get(code)
        if before is None:
            continue
        now = value_of(shown, counts.report, figures.values)
        then = value_of(shown, counts.report, before.values)
        if now is not None and then is not None:
            yield now - then


# Provinces.


def _provinces(
    directory: Directory, counts: Mapping[str, _Counts]
) -> Iterator[Province]:
    """Those with units that are to report something, in the directory's order."""
    units: dict[str, list[bool]] = {}
    for each in counts.values():
        for code, figures in each.now.items():
            units.setdefault(code, []).append(figures.day is not None)
    members: dict[str, list[str]] = {}
    for code in units:
        unit = directory.units.get(code)
        members.setdefault(unit.province if unit else "", []).append(code)
    for key, codes in in_order(directory, members):
        complete = sum(all(units[code]) for code in codes)
        held, room = _occupied(directory, counts, codes)
        province = directory.provinces.get(key)
        name = province.name if province else key
        yield Province(key, name, complete, len(codes), held, room)


def _occupied(
    directory: Directory, counts: Mapping[str, _Counts], codes: Iterable[str]
) -> tuple[int | None, int | None]:
    """How many people units hold, and how many they have room for."""
    held: int | None = None
    room: int | None = None
    figures = counts["RUTAN"].now
    for code in codes:
        if code in figures:
            one = sum_of_unit(figures[code], directory)
            held, room = added(held, one.held), added(room, one.room)
    return held, room


# The sums of each report.


def _tables(reading: Reading, counts: Mapping[str, _Counts]) -> Iterator[Table]:
    for report in REPORTS:
        if report.form.id in counts:
            figures = counts[report.form.id].now.values()
            each = (sum_of_unit(one, reading.directory) for one in figures)
            yield Table(report, total_of(report, each))
            continue
        found = sums(
            reading.connection, report.form, reading.place, reading.day, Group.COUNTRY
        )
        yield Table(report, total_of(report, found.values()))


# What needs attention.


def _attention(
    reading: Reading, counts: Mapping[str, _Counts], provinces: Sequence[Province]
) -> Attention:
    silent = sorted(_silent(reading, counts), key=_how_long)
    flagged = [
        (unit, each.report)
        for each in counts.values()
        for unit, _ in _units(reading, each, lambda figures: bool(figures.flags))
    ]
    full = sorted(_crowded(reading, counts), key=lambda one: -one.held / one.room)
    quiet = [each for each in provinces if each.expected and not each.reported]
    return Attention(
        tuple(silent[:_NAMED]),
        len(silent),
        tuple(flagged[:_NAMED]),
        len(flagged),
        tuple(full[:_NAMED]),
        len(full),
        tuple(quiet),
    )


def _how_long(silent: Silent) -> tuple[datetime.date, str]:
    return silent.last or datetime.date.min, silent.unit.code


def _silent(reading: Reading, counts: Mapping[str, _Counts]) -> Iterator[Silent]:
    """Units that lack a form for today and the days before."""
    latest = reading.day - _ONE * _SILENT_DAYS
    for each in counts.values():
        # As if it lasted: each unit's last report, whatever form it is.
        report = evolve(each.report, form=evolve(each.report.form, lasts=True))
        last = reading.figures(report, reading.day)
        for code, figures in last.items():
            unit = reading.directory.units.get(code)
            if unit is not None and (figures.day is None or figures.day <= latest):
                yield Silent(unit, each.report, figures.day)


def _units(
    reading: Reading, counts: _Counts, wanted: Callable[[UnitFigures], bool]
) -> Iterator[tuple[Unit, UnitFigures]]:
    for code, figures in counts.now.items():
        unit = reading.directory.units.get(code)
        if unit is not None and wanted(figures):
            yield unit, figures


def _crowded(reading: Reading, counts: Mapping[str, _Counts]) -> Iterator[Full]:
    known = _units(reading, counts["RUTAN"], lambda figures: figures.total is not None)
    for unit, figures in known:
        total = figures.total
        if unit.capacity and total is not None and total > unit.capacity:
            yield Full(unit, total, unit.capacity)
