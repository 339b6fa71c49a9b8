"""``/kepatuhan``: who has and has not reported, for a day or a month as a grid."""

from __future__ import annotations

__all__ = ["Compliance"]

import datetime
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from attrs import evolve

from smscentre.store.courses import Span
from smscentre.store.figures import figures_of_units
from smscentre.store.pages import ReadConnection
from smscentre.store.revisions import StoredTimes, stored_times
from smscentre.store.settled import SettledDays
from smscentre.web.asked import Misasked, latest_day, place_for, provinces_for, read_day
from smscentre.web.compliance import (
    Query,
    State,
    day_sheet,
    province_grid,
    reported_days,
    unit_grid,
)
from smscentre.web.exports import ENDINGS, file_of
from smscentre.web.listing import address_with, listing, ordered
from smscentre.web.means import Means
from smscentre.web.problems import Problem
from smscentre.web.punctual import Deadlines
from smscentre.web.reports import BY_SLUG, REPORTS, Report
from smscentre.web.routes import (
    Answer,
    Need,
    Page,
    Route,
    Trouble,
    Visit,
)
from smscentre.web.sheet import Sheet

_PATH: Final = "/kepatuhan"
_ONE = datetime.timedelta(1)
_MONTH: Final = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")

_COUNTS: Final = [report for report in REPORTS if not report.form.lasts]
"""The reports that are due each day; those of staff come when they change."""

_STATES: Final = (
    ("", "Semua UPT"),
    (State.MISSING.value, "Belum lapor"),
    (State.LATE.value, "Terlambat"),
    (State.REPORTED.value, "Sudah lapor"),
)


class Compliance:
    """The addresses at ``/kepatuhan``."""

    def __init__(self, means: Means, settled: SettledDays) -> None:
        self._means = means
        self._settled = settled

    def routes(self) -> Sequence[Route]:
        """A page and two files."""
        return [
            Route(_PATH, ("GET",), Need.VIEWER, self.page),
            *[
                Route(f"{_PATH}{ending}", ("GET",), Need.VIEWER, self._file(ending))
                for ending in ENDINGS
            ],
        ]

    async def page(self, visit: Visit) -> Answer:
        """The list of a day, or the grid of a month."""
        return await self._answer(visit, self._page)

    def _file(self, ending: str) -> Callable[[Visit], Any]:
        async def file(visit: Visit) -> Answer:
            return await self._answer(visit, partial(self._download, ending))

        return file

    async def _answer(self, visit: Visit, make: Callable[..., Answer]) -> Answer:
        report = BY_SLUG.get(visit.query.get("laporan") or REPORTS[0].slug)
        if report is None:
            return Trouble(Problem.NO_PAGE)
        try:
            return await self._means.reader.read(partial(make, visit, report))
        except Misasked as error:
            return Trouble(Problem.BAD_REQUEST, str(error))

    # In a reader's thread.

    def _page(self, visit: Visit, report: Report, connection: ReadConnection) -> Answer:
        query = self._query(visit, report, connection)
        month = _month_of(visit)
        values = _common(visit, query) | (
            self._grid(connection, visit, query, month)
            if month
            else self._day(connection, visit, query)
        )
        return Page("compliance.html", values)

    def _download(
        self, ending: str, visit: Visit, report: Report, connection: ReadConnection
    ) -> Answer:
        query = self._query(visit, report, connection)
        month = _month_of(visit)
        if month:
            sheet = self._grid_sheet(connection, query, month)
        else:
            day = self._day_of(visit)
            times = stored_times(connection, [report.form], query.place, Span(day, day))
            sheet, *_ = _day_sheet(connection, query, day, times)
        return file_of(ordered(sheet, visit), ending)

    def _query(self, visit: Visit, report: Report, connection: ReadConnection) -> Query:
        """:raises Misasked: the place is none, or not the reader's"""
        directory = self._means.directory.current(connection)
        province = visit.query.get("provinsi").upper()
        place, words = place_for(visit.user, province, directory)
        deadlines = Deadlines(self._means.schedule, report.form.id)
        return Query(
            report, directory, deadlines, place, words, visit.now, self._means.zone
        )

    def _day_of(self, visit: Visit) -> datetime.date:
        latest = latest_day(visit.now)
        return read_day(visit.query.get("tanggal"), latest) or self._means.now().date()

    def _day(
        self, connection: ReadConnection, visit: Visit, query: Query
    ) -> dict[str, Any]:
        day = self._day_of(visit)
        # Of the others it is only counted who lacks them.
        reports = dict.fromkeys([*_COUNTS, query.report])
        forms = [report.form for report in reports]
        times = stored_times(connection, forms, query.place, Span(day, day))
        sheet, states, counted = _day_sheet(connection, query, day, times)
        wanted = visit.query.get("keadaan")
        if wanted:
            pairs = zip(sheet.lines, states, strict=True)
            kept = tuple(line for line, state in pairs if state.value == wanted)
            sheet = evolve(sheet, lines=kept)
        today = self._means.now().date()
        return {
            **listing(sheet, visit),
            "mode": "hari",
            "day": day,
            "counted": counted,
            "missing": _missing(query, day, times)
            | {query.report.label: counted.missing},
            "state": wanted,
            "states": _STATES,
            "missing_address": address_with(visit, keadaan=State.MISSING.value, hal=""),
            "late_address": address_with(visit, keadaan=State.LATE.value, hal=""),
            "earlier": address_with(visit, tanggal=(day - _ONE).isoformat(), hal=""),
            "later": address_with(visit, tanggal=(day + _ONE).isoformat(), hal="")
            if day < today
            else "",
        }

    def _grid(
        self, connection: ReadConnection, visit: Visit, query: Query, month: Span
    ) -> dict[str, Any]:
        before = month.first - _ONE
        after = month.last + _ONE
        today = self._means.now().date()
        return {
            **listing(self._grid_sheet(connection, query, month), visit),
            "mode": "bulan",
            "missing": {},
            "day": min(month.last, today),
            "month": month.first,
            "earlier": address_with(visit, bulan=f"{before:%Y-%m}", hal=""),
            "later": address_with(visit, bulan=f"{after:%Y-%m}", hal="")
            if after <= today
            else "",
        }

    def _grid_sheet(
        self, connection: ReadConnection, query: Query, month: Span
    ) -> Sheet:
        span = Span(month.first, min(month.last, self._means.now().date()))
        form, place = query.report.form, query.place
        if query.is_narrow:
            # A letter for each day of each unit.
            times = stored_times(connection, [form], place, span)
            return unit_grid(query, span, times)
        if form.lasts:
            # Of staff the sums hold what lasts, and not what came for the day.
            times = stored_times(connection, [form], place, span)
            return province_grid(query, span, reported_days(query, times))
        sums = self._settled.sums(connection, form, place, span, query.now)
        return province_grid(query, span, sums)


def _day_sheet(
    connection: ReadConnection, query: Query, day: datetime.date, times: StoredTimes
) -> Any:
    # As if it lasted: each unit's last report, whatever form it is.
    lasting = evolve(query.report.form, lasts=True)
    last = {
        each.unit: each
        for each in figures_of_units(connection, lasting, query.place, day)
    }
    return day_sheet(query, day, times, last)


def _missing(query: Query, day: datetime.date, times: StoredTimes) -> dict[str, int]:
    """How many units lack each report that is due, by the report's label."""
    return {
        report.label: sum(
            (unit.code, report.form.id, day) not in times
            for unit in evolve(query, report=report).units_on(day)
        )
        for report in _COUNTS
    }


def _month_of(visit: Visit) -> Span | None:
    """The month that is asked for.

    :raises Misasked: it is none, or lies ahead
    """
    text = visit.query.get("bulan")
    if not text:
        return None
    if not _MONTH.fullmatch(text):
        raise Misasked("Bulan ditulis seperti 2026-08: tahun, bulan.")
    first = datetime.date.fromisoformat(f"{text}-01")
    if first > latest_day(visit.now):
        raise Misasked("Bulan itu belum tiba.")
    return Span.month_of(first)


def _common(visit: Visit, query: Query) -> dict[str, Any]:
    asked = {
        name: text
        for name in ("tanggal", "bulan", "provinsi", "laporan", "urut")
        if (text := visit.query.get(name))
    }
    return {
        "report": query.report,
        "province": visit.query.get("provinsi").upper(),
        "provinces": provinces_for(visit.user, query.directory),
        "reports": [
            (each.label, address_with(visit, laporan=each.slug, hal="", urut=""),
             each is query.report)
            for each in REPORTS
        ],
        "csv": f"{_PATH}.csv?{urlencode(asked)}",
        "xlsx": f"{_PATH}.xlsx?{urlencode(asked)}",
    }  # fmt: skip
