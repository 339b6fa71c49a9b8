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
from smscentre.store.pages import ReadConnection
from smscentre.store.settled import SettledDays
from smscentre.web import figurewords
from smscentre.web.asked import Asked, Per
from smscentre.web.charts import Point
from smscentre.web.daily import View, in_order, total_of, unit_cell, value_of
from smscentre.web.expecting import expected_by_day, units_in
from smscentre.web.reports import Shown
from smscentre.web.sheet import Cell, Column, Kind, Line, Sheet

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
    """A period: its sheet, and the course of all of it together."""

    sheet: Sheet
    points: tuple[Point, ...]


@frozen
class _Row:
    """The cells that name a line, and its figures by day."""

    cells: tuple[Cell, ...]
    course: _Course


def read_recap(
    connection: ReadConnection, settled: SettledDays, view: View, asked: Asked
) -> Recap:
    """Read a period."""
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
    return Recap(_sheet(view, asked, rows, points), tuple(points))


def points_of(view: View, figure: Shown, days: Days, span: Span) -> list[Point]:
    """The course of a figure over a place, with how complete each day is."""
    kind = view.report.form.kind
    expected = expected_by_day(view.directory, kind, view.place, span)
    points = []
    for day in span:
        found = total_of(view.report, days.get(day, {}).values())
        value = value_of(figure, view.report, found.values)
        points.append(Point(day, value, found.reported, expected[day]))
    return points


def _is_valid_within(unit: Unit, span: Span) -> bool:
    """Whether a unit counts on some day of a period."""
    begun = unit.valid_from is None or unit.valid_from <= span.last
    return begun and (unit.valid_until is None or unit.valid_until >= span.first)


def _unit_row(unit: Unit, course: _Course) -> _Row:
    cells = (
        unit_cell(unit.code, unit),
        Cell(unit.code),
        Cell(unit.title),
        Cell(unit.province),
    )
    return _Row(cells, course)


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
    found = {}
    for day, sums in days.items():
        wanted = sums.values() if key is None else [sums[key]] if key in sums else []
        total = total_of(view.report, wanted)
        value = value_of(figure, view.report, total.values)
        if value is not None:
            found[day] = value
    return found


def _sheet(
    view: View, asked: Asked, rows: Sequence[_Row], points: Sequence[Point]
) -> Sheet:
    span, per, report = asked.span, asked.per, view.report
    assert span is not None, "a recap is of a period"
    months = len(span) > DAYS_ON_PAGE
    days_shown = not months and len(rows) <= LINES_ON_PAGE
    columns = (
        *_labels(per, wide=view.wide),
        *_day_columns(span, shown=days_shown),
        *(_month_columns(span) if months and len(rows) <= LINES_ON_PAGE else ()),
        Column("Terakhir", key="terakhir"),
        Column("Rata-rata", key="rata"),
        Column("Tertinggi", key="tertinggi"),
    )
    has_months = any(not column.in_file for column in columns)
    lines = [(*row.cells, *_figures(row.course, span, has_months)) for row in rows]
    notes = [*_NOTES]
    if len(rows) > LINES_ON_PAGE:
        notes.insert(0, _TOO_MANY)
    if has_months:
        notes.insert(0, _BY_MONTH)
    first, last = map(figurewords.short_date, (span.first, span.last))
    what = "" if asked.shown == "jumlah" else f": {_named(asked.figure)}"
    return Sheet(
        f"{report.slug}-{per.value}-{span.first.isoformat()}-{span.last.isoformat()}",
        f"{report.title}{what}",
        columns,
        tuple(lines),
        tuple(_bottom(asked, points, len(rows[0].cells) if rows else 1, has_months)),
        (f"{first} sampai {last}, {view.words}", view.as_of),
        tuple(notes),
        report.terms,
    )


def _named(figure: Shown) -> str:
    """A figure in words: ``Tahanan T``."""
    return f"{figure.group} {figure.label}".strip()


def _labels(per: Per, *, wide: bool) -> tuple[Column, ...]:
    if per is not Per.UNIT:
        label = "Provinsi" if per is Per.PROVINCE else "Wilayah"
        return (Column(label, Kind.TEXT, key="provinsi"),)
    return (
        Column("UPT", Kind.TEXT, key="upt"),
        Column("Kode", Kind.TEXT, on_page=False),
        Column("Nama lengkap", Kind.TEXT, on_page=False),
        Column("Provinsi", Kind.TEXT, key="provinsi", on_page=wide),
    )


def _day_columns(span: Span, *, shown: bool) -> Iterator[Column]:
    for day in span:
        yield Column(
            str(day.day),
            group=figurewords.month(day),
            on_page=shown,
            file_label=day.isoformat(),
        )


def _month_columns(span: Span) -> Iterator[Column]:
    for day in _month_ends(span):
        label = figurewords.short_month(day)
        yield Column(label, in_file=False)


def _month_ends(span: Span) -> list[datetime.date]:
    """The last day of each month within a period."""
    one = datetime.timedelta(1)
    return [day for day in span if day == span.last or (day + one).month != day.month]


def _figures(course: _Course, span: Span, has_months: bool) -> Iterator[Cell]:
    """The cells of days, of months where there are any, and what sums them up."""
    for day in span:
        yield Cell(course.get(day))
    if has_months:
        months = {(day.year, day.month): course[day] for day in sorted(course)}
        for end in _month_ends(span):
            yield Cell(months.get((end.year, end.month)))
    values = [course[day] for day in sorted(course)]
    yield Cell(values[-1] if values else None)
    yield Cell(_average(values))
    yield Cell(max(values, default=None))


def _average(values: Sequence[int]) -> int | None:
    """The mean, to the next whole number, halves up."""
    if not values:
        return None
    return (2 * sum(values) + len(values)) // (2 * len(values))


def _bottom(
    asked: Asked, points: Sequence[Point], labels: int, has_months: bool
) -> Iterator[Line]:
    """The sums of each day, and how many units are in them."""
    span = asked.span
    assert span is not None, "a recap is of a period"
    totals = {each.day: each.value for each in points if each.value is not None}
    reported = {each.day: each.reported for each in points}
    expected = {each.day: each.expected for each in points}
    courses = [("UPT lapor", reported), ("UPT wajib lapor", expected)]
    if asked.per is not Per.COUNTRY:
        courses.insert(0, ("Jumlah", totals))
    for label, course in courses:
        empty = [Cell()] * (labels - 1)
        yield (Cell(label), *empty, *_figures(course, span, has_months))
