"""A period as a sheet: a line for each unit or province, a column for each day.

Behind the days stand the last figure, the average and the highest. A long period
shows months on the page, each by its last figure; a file always has all days.
"""

from __future__ import annotations

__all__ = ["Recap", "points_of", "read_recap"]

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from smscentre.directory import Unit
from smscentre.store.courses import Days, Span, unit_days
from smscentre.store.figures import Sum
from smscentre.store.pages import ReadConnection
from smscentre.store.settled import SettledDays
from smscentre.web import figurewords
from smscentre.web.amounts import in_order, total_of, value_of
from smscentre.web.asked import Asked, Per
from smscentre.web.charts import Point
from smscentre.web.daily import View, label_columns, unit_cells
from smscentre.web.expecting import expected_by_day, units_in
from smscentre.web.reports import Shown
from smscentre.web.sheet import Cell, Column, Line, Sheet

DAYS_ON_PAGE: Final = 31
"""More days than these are months on the page."""

LINES_ON_PAGE: Final = 80
"""More lines than these have no days on the page: it would be too heavy."""

_Course = Mapping[datetime.date, int]

_NOTES: Final = (
    "Rata-rata dan tertinggi dihitung dari hari yang ada laporannya.",
    "Tanda - berarti tidak ada laporan untuk hari itu, bukan nol.",
)
_TOO_MANY: Final = (
    "Kolom harian untuk semua UPT ada di berkas CSV dan XLSX, atau pilih satu provinsi."
)
_BY_MONTH: Final = "Kolom bulan berisi angka terakhir bulan itu."


@frozen
class Recap:
    """A period: its sheet, and the course of all of it together.

    ``left_out`` says what a page does not show and where it is.
    """

    sheet: Sheet
    points: tuple[Point, ...]
    left_out: str = ""


@frozen
class _Row:
    """The cells that name a line, and its figures by day."""

    cells: tuple[Cell, ...]
    course: _Course


@frozen
class _Step:
    """A column, and the days of which it shows the last figure."""

    column: Column
    days: tuple[datetime.date, ...]


@frozen
class _Table:
    """What a sheet is made of."""

    rows: Sequence[_Row]
    points: Sequence[Point]
    steps: Sequence[_Step]
    notes: tuple[str, ...]


def read_recap(
    connection: ReadConnection,
    settled: SettledDays,
    view: View,
    asked: Asked,
    *,
    for_page: bool,
) -> Recap:
    """Read a period, with all days or with what a page shows of it."""
    span = asked.span
    assert span is not None, "a recap is of a period"
    form = view.report.form
    days = settled.sums(connection, form, view.place, span, view.now)
    points = points_of(view, asked.figure, days, span)
    if asked.per is Per.UNIT:
        fields = asked.figure.fields
        found = unit_days(connection, form, fields, view.place, span)
        rows = [
            _unit_row(unit, found.get(unit.code, {}))
            for unit in units_in(view.directory, form.kind, view.place)
            if unit.code in found or _is_valid_within(unit, span)
        ]
    else:
        rows = list(_place_rows(view, asked, days))
    table = _Table(rows, points, *_steps(span, len(rows), for_page=for_page))
    left_out = "" if table.steps else _TOO_MANY
    return Recap(_sheet(view, asked, table), tuple(points), left_out)


def points_of(view: View, figure: Shown, days: Days, span: Span) -> list[Point]:
    """The course of a figure over a place, with how complete each day is."""
    kind = view.report.form.kind
    expected = expected_by_day(view.directory, kind, view.place, span)
    points, before, found = [], None, total_of(view.report, ())
    for day in span:
        sums = days.get(day, {})
        # Days on which nothing changed have the very same sums.
        if sums is not before:
            before, found = sums, total_of(view.report, sums.values())
        value = value_of(figure, view.report, found.values)
        points.append(Point(day, value, found.reported, expected[day]))
    return points


def _is_valid_within(unit: Unit, span: Span) -> bool:
    """Whether a unit counts on some day of a period."""
    begun = unit.valid_from is None or unit.valid_from <= span.last
    return begun and (unit.valid_until is None or unit.valid_until >= span.first)


def _unit_row(unit: Unit, course: _Course) -> _Row:
    return _Row(unit_cells(unit.code, unit), course)


def _place_rows(view: View, asked: Asked, days: Days) -> Iterator[_Row]:
    """A row for each province that has units of the kind, or one for all."""
    country = asked.per is Per.COUNTRY
    units = units_in(view.directory, view.report.form.kind, view.place)
    keys = {unit.province for unit in units} | {
        key for day in days.values() for key in day
    }
    for key, _ in () if country else in_order(view.directory, dict.fromkeys(keys)):
        to = asked.address(province=key, per=Per.UNIT)
        course = _course(view, asked.figure, days, key)
        yield _Row((Cell(view.province(key), to),), course)
    if country:
        to = asked.address(per=Per.PROVINCE)
        course = _course(view, asked.figure, days, None)
        yield _Row((Cell(view.words, to),), course)


def _course(view: View, figure: Shown, days: Days, key: str | None) -> _Course:
    """A figure day by day, of one province or of all."""
    found: dict[datetime.date, int] = {}
    before: Sum | None = None
    value: int | None = None
    for day, sums in days.items():
        one = total_of(view.report, sums.values()) if key is None else sums.get(key)
        # Days on which nothing changed have the very same sums.
        if one is not before:
            before = one
            value = value_of(figure, view.report, one.values) if one else None
        if value is not None:
            found[day] = value
    return found


def _sheet(view: View, asked: Asked, table: _Table) -> Sheet:
    span, per, report = asked.span, asked.per, view.report
    assert span is not None, "a recap is of a period"
    labels = label_columns(per, wide=view.wide)
    first, last = map(figurewords.short_date, (span.first, span.last))
    words = asked.figure.words
    what = "" if words in report.title else f": {words}"
    return Sheet(
        f"{report.slug}-{per.value}-{span.first.isoformat()}-{span.last.isoformat()}",
        f"{report.title}{what}",
        (
            *labels,
            *[step.column for step in table.steps],
            Column("Terakhir", key="terakhir"),
            Column("Rata-rata", key="rata"),
            Column("Tertinggi", key="tertinggi"),
        ),
        tuple((*row.cells, *_figures(row.course, table.steps)) for row in table.rows),
        tuple(_bottom(asked, table, len(labels))),
        (f"{first} sampai {last}, {view.words}", view.as_of),
        table.notes,
    )


def _steps(
    span: Span, rows: int, *, for_page: bool
) -> tuple[list[_Step], tuple[str, ...]]:
    """The columns of days or months, and what must be said of them."""
    if for_page and rows > LINES_ON_PAGE:
        return [], _NOTES
    if for_page and len(span) > DAYS_ON_PAGE:
        return _months(span), (_BY_MONTH, *_NOTES)
    return _days(span), _NOTES


def _days(span: Span) -> list[_Step]:
    """A column for each day."""
    return [
        _Step(
            Column(
                str(day.day),
                group=figurewords.month(day),
                file_label=day.isoformat(),
                day=day,
            ),
            (day,),
        )
        for day in span
    ]


def _months(span: Span) -> list[_Step]:
    """A column for each month."""
    months: dict[tuple[int, int], list[datetime.date]] = {}
    for day in span:
        months.setdefault((day.year, day.month), []).append(day)
    return [
        _Step(Column(figurewords.short_month(days[0])), tuple(days))
        for days in months.values()
    ]


def _figures(course: _Course, steps: Sequence[_Step]) -> Iterator[Cell]:
    """The last figure of each step, and what sums all days up."""
    for step in steps:
        there = (course[day] for day in reversed(step.days) if day in course)
        yield Cell(next(there, None))
    values = [course[day] for day in sorted(course)]
    yield Cell(values[-1] if values else None)
    yield Cell(_average(values))
    yield Cell(max(values, default=None))


def _average(values: Sequence[int]) -> int | None:
    """The mean, to the next whole number, halves up."""
    if not values:
        return None
    return (2 * sum(values) + len(values)) // (2 * len(values))


def _bottom(asked: Asked, table: _Table, labels: int) -> Iterator[Line]:
    """The sums of each day, and how many units are in them."""
    points = table.points
    totals = {each.day: each.value for each in points if each.value is not None}
    reported = {each.day: each.reported for each in points}
    expected = {each.day: each.expected for each in points}
    courses = [("UPT lapor", reported), ("UPT wajib lapor", expected)]
    if asked.per is not Per.COUNTRY:
        courses.insert(0, ("Jumlah", totals))
    for label, course in courses:
        empty = [Cell()] * (labels - 1)
        yield (Cell(label), *empty, *_figures(course, table.steps))
