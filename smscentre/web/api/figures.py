"""Rows of figures for a day, as programs get them.

Read by the functions that pages use, so that a program, a page and a query by SMS
get the same. Of a period each day is read as if it were asked for alone.
"""

from __future__ import annotations

__all__ = ["By", "Question", "Row", "RowReader", "Slug", "key_of", "place_of"]

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from attrs import field, frozen
from msgspec import Meta

from smscentre.directory import Directory
from smscentre.numbers import masked
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
from smscentre.web.api.cursors import cursor_of
from smscentre.web.api.faults import Fault, Refused
from smscentre.web.api.operations import Caller
from smscentre.web.api.shapes import Day, Moment, Number, moment
from smscentre.web.reports import Report, figures_of

_DAYS_A_PAGE: Final = 31
_ONE_DAY: Final = datetime.timedelta(1)

By = Literal["unit", "province", "country"]
Slug = Annotated[
    Literal[
        "rutan", "rutan-peg", "bapas", "bapas-peg", "basan", "baran", "rupbasan-peg"
    ],
    Meta(description="Which of the seven reports."),
]
Figures = Annotated[
    dict[str, int | None],
    Meta(
        description="By the keys that `/reports` lists, the sums of groups (`..._t`) "
        "and of all (`jumlah`) too. Null was not reported, which is not zero."
    ),
]


@frozen
class Row:
    """The figures of one day for a unit, a province or the country.

    A unit that has not reported is there, with nulls. ``reported`` of the
    ``expected`` units are in a sum.
    """

    date: Day
    unit: Annotated[str | None, Meta(description="Of rows by unit.")]
    province: Annotated[str | None, Meta(description="Of rows by unit or province.")]
    name: Annotated[str, Meta(description="Of the unit or province.")]
    figures: Figures
    reported: int
    expected: int
    reported_for: Annotated[
        Day | None,
        Meta(
            description="Of rows by unit: the day that the figures are of, an earlier "
            "one where they are carried forward."
        ),
    ] = None
    reported_at: Annotated[Moment | None, Meta(description="Of rows by unit.")] = None
    reported_by: Annotated[Number | None, Meta(description="Of rows by unit.")] = None
    flags: Annotated[
        list[str], Meta(description="Of rows by unit: why they look implausible.")
    ] = field(factory=list)


@frozen
class Question:
    """What is read for one day."""

    report: Report
    by: By
    place: Place
    whole_numbers: bool


class RowReader:
    """Reads rows of one question. A reader's thread."""

    def __init__(
        self,
        connection: ReadConnection,
        directory: Directory,
        question: Question,
        zone: ZoneInfo,
    ) -> None:
        """:param zone: in which moments are told"""
        self._zone = zone
        self._connection = connection
        self._directory = directory
        self._asked = question

    def page(
        self, first: Day, last: Day, after: str, limit: int
    ) -> tuple[list[Row], str | None]:
        """The rows from a day on that come after a key, and the cursor of the rest."""
        rows: list[Row] = []
        for day in _days(first, last):
            found = [
                row for row in self.rows(day) if day > first or key_of(row) > after
            ]
            room = limit - len(rows)
            rows += found[:room]
            if len(found) > room:
                return rows, cursor_of((day, key_of(rows[-1])))
            is_full = len(rows) == limit or (day - first).days + 1 == _DAYS_A_PAGE
            if is_full and day < last:
                return rows, cursor_of((day + _ONE_DAY, ""))
        return rows, None

    def rows(self, day: Day) -> list[Row]:
        """The rows of a day, by key."""
        if self._asked.by == "unit":
            found = figures_of_units(
                self._connection, self._asked.report.form, self._asked.place, day
            )
            rows = [self._row_of_unit(each, day) for each in found]
            # Not every database orders texts as Python does.
            return sorted(rows, key=key_of)
        if self._asked.by == "country":
            return [self.total(day)]
        by_province = self._sums(day, Group.PROVINCE)
        return [self._row(day, by_province[key], key) for key in sorted(by_province)]

    def total(self, day: Day) -> Row:
        """The sum of a day over all rows."""
        found = self._sums(day, Group.COUNTRY)
        nothing = Sum((None,) * len(self._asked.report.form.fields))
        return self._row(day, found.get("", nothing), None)

    def _sums(self, day: Day, group: Group) -> Mapping[str, Sum]:
        return sums(
            self._connection, self._asked.report.form, self._asked.place, day, group
        )

    def _row(self, day: Day, found: Sum, province: str | None) -> Row:
        known = self._directory.provinces.get(province or "")
        figures = _figures(self._asked.report, found.values)
        return Row(
            day,
            None,
            province,
            known.name if known else "",
            figures,
            found.reported,
            found.expected,
        )

    def _row_of_unit(self, found: UnitFigures, day: Day) -> Row:
        unit = self._directory.units.get(found.unit)
        number = found.number if self._asked.whole_numbers else masked(found.number)
        reported = found.at is not None
        return Row(
            day,
            found.unit,
            unit.province if unit else None,
            unit.title or unit.name if unit else "",
            _figures(self._asked.report, found.values),
            int(reported),
            1,
            found.day,
            moment(found.at, self._zone),
            number if reported else None,
            list(found.flags),
        )


def place_of(
    caller: Caller, province: str | None, unit: str | None, directory: Directory
) -> Place:
    """What a token may see of the place that it asks for.

    :raises Refused: it may see nothing of that name
    """
    own = caller.place
    if province is not None and not _holds(own, province, directory):
        raise Refused(Fault.NOT_FOUND, f"tidak ada provinsi {province}")
    if unit is not None:
        found = directory.units.get(unit)
        if found is None or not caller.token.covers(found):
            raise Refused(Fault.NOT_FOUND, f"tidak ada UPT {unit}")
    return Place((province,) if province else own.provinces, unit or own.unit)


def _holds(place: Place, province: str, directory: Directory) -> bool:
    """Whether some unit of a place is in a province, or may be."""
    if place.unit is not None:
        unit = directory.units.get(place.unit)
        return unit is not None and unit.province == province
    known = place.provinces or directory.provinces
    return province in known


def _figures(report: Report, values: Sequence[int | None]) -> dict[str, int | None]:
    by_field = dict(zip(report.form.fields, values, strict=True))
    result = {}
    for shown in figures_of(report):
        total: int | None = None
        for name in shown.fields:
            total = added(total, by_field[name])
        result[shown.key] = total
    return result


def key_of(row: Row) -> str:
    """By what the rows of a day are in order."""
    return row.unit or row.province or "-"


def _days(first: Day, last: Day) -> Iterator[Day]:
    for number in range(max(0, (last - first).days + 1)):
        yield first + datetime.timedelta(number)
