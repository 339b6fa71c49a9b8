"""``/upt/<code>``: one unit, its figures, their course, and all that it sent."""

from __future__ import annotations

__all__ = ["UnitPages"]

import datetime
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import frozen
from markupsafe import Markup

from smscentre.directory import Directory, Officer, Unit
from smscentre.numbers import masked
from smscentre.store.courses import Span, day_sums
from smscentre.store.figures import Place, UnitFigures, figures_of_units
from smscentre.store.pages import ReadConnection
from smscentre.store.revisions import changes
from smscentre.web import figurewords
from smscentre.web.amounts import group_rows, occupancy, sum_of_unit, value_of
from smscentre.web.asked import Misasked, latest_day, read_day
from smscentre.web.charts import Point, course
from smscentre.web.means import Means
from smscentre.web.problems import Problem
from smscentre.web.reports import REPORTS, Report, Shown, figures_of
from smscentre.web.revisionwords import tell
from smscentre.web.routes import Answer, Need, Page, Route, Trouble, Visit
from smscentre.web.sheet import Cell

_MONTH_DAYS: Final = 31
_YEAR_DAYS: Final = 365
_ONE = datetime.timedelta(1)
_NOT_THERE: Final = "UPT itu tidak ada, atau di luar wilayah Anda."


@frozen
class Held:
    """What holds of one report: its figures line by line, and since when.

    ``full`` says how full the unit is, where that is known.
    """

    report: Report
    rows: tuple[tuple[str, list[int | None]], ...]
    total: int | None
    day: datetime.date | None
    when: str
    is_of_day: bool
    full: Cell
    flags: tuple[str, ...]
    chart: Markup
    points: tuple[Point, ...]


class UnitPages:
    """The addresses below ``/upt``."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def routes(self) -> Sequence[Route]:
        """A page for each unit."""
        return [Route("/upt/<code>", ("GET",), Need.VIEWER, self.page)]

    async def page(self, visit: Visit) -> Answer:
        """One unit, on a day."""
        try:
            latest = latest_day(visit.now)
            day = read_day(visit.query.get("tanggal"), latest)
        except Misasked as error:
            return Trouble(Problem.BAD_REQUEST, str(error))
        return await self._means.reader.read(
            partial(self._page, visit, day or self._means.now().date())
        )

    # In a reader's thread.

    def _page(
        self, visit: Visit, day: datetime.date, connection: ReadConnection
    ) -> Answer:
        directory = self._means.directory.current(connection)
        unit = directory.units.get(visit.arguments["code"].upper())
        if unit is None or not visit.someone.covers(unit):
            return Trouble(Problem.NO_PAGE, _NOT_THERE)
        province = directory.provinces.get(unit.province)
        zone = province.timezone if province else self._means.zone
        year = visit.query.get("rentang") == "tahun"
        looked = _Looked(unit, directory, day, zone, year)
        today = self._means.now().date()
        month = Span(day - _ONE * (_MONTH_DAYS - 1), day)
        forms = [report.form for report in REPORTS if report.form.kind in unit.kinds]
        sent = changes(connection, forms, Place(unit=unit.code), month)
        values = {
            "unit": unit,
            "province": province.name if province else unit.province,
            "province_key": unit.province,
            "zone_name": province.zone if province else "",
            "officers": list(_officers(directory, unit)),
            "valid": unit.valid_on(day),
            "day": day,
            "first": month.first,
            "year": year,
            "held": [
                looked.held(connection, report)
                for report in REPORTS
                if report.form.kind in unit.kinds
            ],
            "history": [tell(each, directory, zone, day) for each in sent],
            "earlier": (day - _ONE).isoformat(),
            "later": (day + _ONE).isoformat() if day < today else "",
            "before": (month.first - _ONE).isoformat(),
        }
        return Page("unit.html", values)


@frozen
class _Looked:
    """A unit as it is looked at: on which day, by which clock, over which time."""

    unit: Unit
    directory: Directory
    day: datetime.date
    zone: ZoneInfo
    year: bool

    def held(self, connection: ReadConnection, report: Report) -> Held:
        """Read what holds of a report, and its course."""
        place = Place(unit=self.unit.code)
        (found,) = figures_of_units(connection, report.form, place, self.day) or [
            UnitFigures(self.unit.code, (None,) * len(report.form.fields))
        ]
        # Staff hardly change within a month.
        days = _YEAR_DAYS if self.year or report.form.lasts else _MONTH_DAYS
        span = Span(self.day - _ONE * (days - 1), self.day)
        sums = day_sums(connection, report.form, place, span)
        total = list(figures_of(report))[-1]
        points = tuple(
            Point(day, _value(sums.get(day, {}), total, report)) for day in span
        )
        one = sum_of_unit(found, self.directory)
        title = f"{report.title}, {self.unit.name}"
        return Held(
            report,
            tuple(group_rows(report, found.values)),
            found.total,
            found.day,
            "" if found.at is None else figurewords.hour(found.at, self.zone, self.day),
            found.day == self.day,
            occupancy(one.held, one.room) if report.held else Cell(),
            found.flags,
            course(f"grafik-{report.slug}", title, points),
            points if days == _MONTH_DAYS else (),
        )


def _value(sums: Mapping[str, Any], shown: Shown, report: Report) -> int | None:
    """A unit's figure among the sums of one day, which are its own."""
    for found in sums.values():
        return value_of(shown, report, found.values)
    return None


def _officers(directory: Directory, unit: Unit) -> Iterator[tuple[str, str]]:
    """The active officers of a unit, by name and masked number."""
    for officer in sorted(directory.officers.values(), key=_by_name):
        if officer.unit == unit.code and officer.active:
            yield officer.name, masked(officer.number)


def _by_name(officer: Officer) -> str:
    return officer.name
