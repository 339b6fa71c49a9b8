"""``/laporan``: the seven reports for a day, for a period, or compared by day.

Reads and lays out in a reader's thread, since both are work; what is asked for is
understood by `asked`, and what stands in the tables is decided by `daily`, `recap`
and `comparing`.
"""

from __future__ import annotations

__all__ = ["Reports"]

import datetime
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from attrs import evolve, frozen

from smscentre.store.courses import Span
from smscentre.store.figures import Sum
from smscentre.store.pages import ReadConnection
from smscentre.store.revisions import changes
from smscentre.store.settled import SettledDays
from smscentre.web import wording
from smscentre.web.amounts import occupancy, value_of
from smscentre.web.asked import Asked, Misasked, Per, place_for, provinces_for
from smscentre.web.charts import course
from smscentre.web.comparing import read_comparison
from smscentre.web.daily import View, read_sheet
from smscentre.web.exports import ENDINGS, file_of
from smscentre.web.listing import address_with, listing, ordered
from smscentre.web.means import Means
from smscentre.web.problems import Problem
from smscentre.web.recap import points_of, read_recap
from smscentre.web.reports import BY_SLUG, REPORTS, figures_of
from smscentre.web.revisionwords import tell
from smscentre.web.routes import (
    Answer,
    Need,
    Page,
    Redirect,
    Route,
    Trouble,
    Visit,
)
from smscentre.web.sheet import Tone

_CHART_DAYS: Final = 31
_CORRECTIONS: Final = 30
_ONE = datetime.timedelta(1)


@frozen
class Tile:
    """One great figure, with what must be said of it and where there is more."""

    label: str
    value: str
    note: str = ""
    tone: str = ""
    more: str = ""
    to: str = ""


class Reports:
    """The addresses below ``/laporan``."""

    def __init__(self, means: Means, settled: SettledDays) -> None:
        self._means = means
        self._settled = settled

    def routes(self) -> Sequence[Route]:
        """A page and two files of each report."""
        get, need = ("GET",), Need.REPORTS
        return [
            Route("/laporan", get, need, self.first),
            Route("/laporan/<report>", get, need, self.page),
            *[
                Route(f"/laporan/<report>{ending}", get, need, self._file(ending))
                for ending in ENDINGS
            ],
        ]

    async def first(self, visit: Visit) -> Answer:
        """Go on to the first report."""
        return Redirect(f"/laporan/{REPORTS[0].slug}")

    async def page(self, visit: Visit) -> Answer:
        """The page of a report."""
        return await self._answer(visit, self._page)

    def _file(self, ending: str) -> Callable[[Visit], Any]:
        async def file(visit: Visit) -> Answer:
            return await self._answer(visit, partial(self._download, ending))

        return file

    async def _answer(self, visit: Visit, make: Callable[..., Answer]) -> Answer:
        """Understand what is asked for, and have it read and made."""
        report = BY_SLUG.get(visit.arguments["report"])
        if report is None:
            return Trouble(Problem.NO_PAGE)
        try:
            zone = self._means.zone
            asked = Asked.of(report, visit.query, visit.now, visit.user, zone)
            # A year of all units takes seconds.
            reader = self._means.long_reader if asked.span else self._means.reader
            return await reader.read(partial(make, visit, asked))
        except Misasked as error:
            return Trouble(Problem.BAD_REQUEST, str(error))

    # In a reader's thread.

    def _page(self, visit: Visit, asked: Asked, connection: ReadConnection) -> Answer:
        view = self._view(visit, asked, connection)
        values = self._shown(connection, view, asked, visit)
        return Page("report.html", _common(view, asked, visit) | values)

    def _download(
        self, ending: str, visit: Visit, asked: Asked, connection: ReadConnection
    ) -> Answer:
        view = self._view(visit, asked, connection)
        if asked.span is not None:
            recap = read_recap(connection, self._settled, view, asked, for_page=False)
            sheet = recap.sheet
        elif asked.other is not None:
            sheet = read_comparison(connection, view, asked).sheet
        else:
            sheet, _ = read_sheet(connection, view, asked.per)
        return file_of(ordered(sheet, visit), ending)

    def _view(self, visit: Visit, asked: Asked, connection: ReadConnection) -> View:
        """How the reader looks at a report.

        :raises Misasked: at a place that is none or not the reader's
        """
        directory = self._means.directory.current(connection)
        place, words = place_for(visit.user, asked.province, directory)
        provinces = place.provinces
        wide = place.unit is None and (provinces is None or len(provinces) > 1)
        return View(
            asked.report,
            directory,
            asked.day,
            place,
            words,
            wide,
            visit.now,
            self._means.zone,
            visit.user is not None,
        )

    def _shown(
        self, connection: ReadConnection, view: View, asked: Asked, visit: Visit
    ) -> dict[str, Any]:
        if asked.span is not None:
            return self._period(connection, view, asked, visit)
        if asked.other is not None:
            comparison = read_comparison(connection, view, asked)
            return {
                **listing(comparison.sheet, visit),
                **_corrections(connection, view),
                "mode": "banding",
                "comparison": comparison,
            }
        sheet, total = read_sheet(connection, view, asked.per)
        return {
            **listing(sheet, visit),
            **self._course(connection, view, asked),
            "mode": "hari",
            "tiles": _tiles(view, asked, total),
            "total": total,
        }

    def _period(
        self, connection: ReadConnection, view: View, asked: Asked, visit: Visit
    ) -> dict[str, Any]:
        recap = read_recap(connection, self._settled, view, asked, for_page=True)
        what = f"{view.report.title}, {view.words}"
        return {
            **listing(recap.sheet, visit),
            "mode": "rentang",
            "chart": course("grafik", what, recap.points),
            "points": (),
            "figures": [(each.key, each.words) for each in figures_of(view.report)],
            "left_out": recap.left_out,
        }

    def _course(
        self, connection: ReadConnection, view: View, asked: Asked
    ) -> dict[str, Any]:
        """The month up to the day."""
        span = Span(view.day - _ONE * (_CHART_DAYS - 1), view.day)
        form, place = view.report.form, view.place
        days = self._settled.sums(connection, form, place, span, view.now)
        points = points_of(view, asked.figure, days, span)
        what = f"{view.report.title}, {view.words}, {_CHART_DAYS} hari terakhir"
        return {"chart": course("grafik", what, points), "points": points}


def _corrections(connection: ReadConnection, view: View) -> dict[str, Any]:
    """What was changed after the first reports for the day, to who may see it."""
    if not view.names:
        return {}
    day = Span(view.day, view.day)
    found = [
        change
        for change in changes(connection, [view.report.form], view.place, day)
        if change.old or change.undone or change.undoes is not None
    ]
    told = [
        tell(change, view.directory, view.zone, view.day)
        for change in found[:_CORRECTIONS]
    ]
    return {"corrections": told, "corrections_count": len(found)}


def _common(view: View, asked: Asked, visit: Visit) -> dict[str, Any]:
    """What stands around the table, whatever it shows."""
    today = datetime.datetime.fromtimestamp(view.now, view.zone).date()
    month = Span(asked.day.replace(day=1), asked.day)
    year = Span(asked.day - 364 * _ONE, asked.day)
    day = evolve(asked, span=None, other=None)
    sort = visit.query.get("urut")
    sorting = f"&{urlencode({'urut': sort})}" if sort else ""
    return {
        "asked": asked,
        "view": view,
        "reports": [
            (each.label, evolve(asked, report=each, shown="jumlah").address(),
             each is view.report)
            for each in REPORTS
        ],
        "provinces": provinces_for(visit.user, view.directory),
        "pers": _PERS,
        **_neighbours(asked, visit, today),
        "links": [
            ("Harian", day.address(), asked.span is None and asked.other is None),
            ("Banding dengan hari sebelumnya",
             evolve(day, other=asked.day - _ONE).address(), asked.other is not None),
            ("Rekap bulan ini", evolve(day, span=month).address(), asked.span == month),
            ("Satu tahun", evolve(day, span=year).address(), asked.span == year),
        ],
        "csv": asked.address(".csv") + sorting,
        "xlsx": asked.address(".xlsx") + sorting,
    }  # fmt: skip


def _neighbours(asked: Asked, visit: Visit, today: datetime.date) -> dict[str, str]:
    """The day before and after, or the month where a whole one is shown."""
    if asked.span is None:
        earlier = address_with(visit, tanggal=(asked.day - _ONE).isoformat())
        later = address_with(visit, tanggal=(asked.day + _ONE).isoformat())
        return {"earlier": earlier, "later": later if asked.day < today else ""}
    month = Span.month_of(asked.span.first)
    if asked.span.first > month.first or asked.span.last > month.last:
        return {"earlier": "", "later": ""}
    before, after = Span.month_of(month.first - _ONE), Span.month_of(month.last + _ONE)
    to_now = Span(after.first, min(today, after.last))
    return {
        "earlier": _address_of(visit, before),
        "later": _address_of(visit, to_now) if after.first <= today else "",
    }


def _address_of(visit: Visit, span: Span) -> str:
    """Where the same is shown for other days."""
    return address_with(
        visit, dari=span.first.isoformat(), sampai=span.last.isoformat()
    )


_PERS: Final = (
    (Per.PROVINCE.value, "Per provinsi"),
    (Per.UNIT.value, "Per UPT"),
    (Per.COUNTRY.value, "Seluruhnya"),
)


def _tiles(view: View, asked: Asked, total: Sum) -> list[Tile]:
    """The great figures of a day."""
    tiles = []
    for each in figures_of(view.report):
        if len(each.fields) < 2 and each.group:
            continue
        value = value_of(each, view.report, total.values)
        label = each.meaning or each.group or each.label
        tiles.append(Tile(label, wording.figure(value)))
    if view.report.held:
        full = occupancy(total.held, total.room)
        if full.value is not None:
            words = f"{full.value} %"
            tiles.append(Tile("Hunian", words, full.word, full.tone.value))
    tiles.append(_reported(view, asked, total))
    return tiles


def _reported(view: View, asked: Asked, total: Sum) -> Tile:
    """How many units are in the sums, with a way to those that are not."""
    missing = total.expected - total.reported
    reported, expected = map(wording.figure, (total.reported, total.expected))
    tile = Tile(
        "UPT lapor",
        reported,
        f"dari {expected}",
        Tone.WARN.value if missing else Tone.GOOD.value,
    )
    # Staff are reported when they change, and lists of people need a login.
    if not missing or not view.names or view.report.form.lasts:
        return tile
    fields = {
        "laporan": view.report.slug,
        "tanggal": view.day.isoformat(),
        "provinsi": asked.province,
        "keadaan": "belum",
    }
    query = urlencode({name: text for name, text in fields.items() if text})
    more = f"{wording.figure(missing)} belum"
    return evolve(tile, more=more, to=f"/kepatuhan?{query}")
