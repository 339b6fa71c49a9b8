"""``/``: today at a glance, for all that its reader may see."""

from __future__ import annotations

__all__ = ["Today"]

import datetime
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from attrs import frozen

from smscentre.store.figures import Place
from smscentre.store.pages import ReadConnection
from smscentre.store.settled import SettledDays
from smscentre.web import figurewords, wording
from smscentre.web.amounts import group_rows, occupancy
from smscentre.web.asked import place_of, place_title
from smscentre.web.charts import sparkline
from smscentre.web.glance import Glance, Province, Reading, Table, read_glance
from smscentre.web.means import Means
from smscentre.web.routes import Answer, Need, Page, Route, Visit
from smscentre.web.shared import SharedByKey
from smscentre.web.tilemap import Tile, tile_map

_GOOD_FOR_S: Final = 5.0
"""How long one read of the store serves everybody who sees the same units."""

_REFRESH_S: Final = 60
_OCCUPANCY: Final = "hunian"

_COVERAGE_LEVELS: Final = (
    (100, "level4"),
    (80, "level3"),
    (50, "level2"),
    (1, "level1"),
)
_OCCUPANCY_LEVELS: Final = (
    (200, "over3"),
    (150, "over2"),
    (101, "over1"),
    (100, "full"),
)


@frozen
class _Made:
    """What a page shows of a place, as far as it is the same for all who see it."""

    values: Mapping[str, Any]


class Today:
    """``/``."""

    def __init__(self, means: Means, settled: SettledDays) -> None:
        self._means = means
        self._settled = settled
        self._shared: SharedByKey[Place, _Made] = SharedByKey(
            lambda place: means.reader.read(partial(self._read, place)),
            means.clock,
            _GOOD_FOR_S,
        )

    def routes(self) -> Sequence[Route]:
        """Its address."""
        return [Route("/", ("GET",), Need.REPORTS, self.show)]

    async def show(self, visit: Visit) -> Answer:
        """Today at a glance."""
        made = await self._shared.get(place_of(visit.user))
        by_occupancy = visit.query.get("peta") == _OCCUPANCY
        values = {**made.values, "by_occupancy": by_occupancy}
        return Page("today.html", values, 200, _REFRESH_S)

    def _read(self, place: Place, connection: ReadConnection) -> _Made:
        """In a reader's thread."""
        now, directory = self._means.now(), self._means.directory.current(connection)
        reading = Reading(
            connection,
            self._settled,
            directory,
            place,
            now.date(),
            now.timestamp(),
        )
        return _Made(_values(read_glance(reading), place_title(place, directory)))


def _values(glance: Glance, words: str) -> dict[str, Any]:
    return {
        "glance": glance,
        "yesterday": glance.day - datetime.timedelta(1),
        "words": words,
        "share": figurewords.share(glance.reported, glance.expected),
        "headlines": [(each, sparkline(each.course)) for each in glance.headlines],
        "coverage_map": tile_map(
            "Provinsi menurut UPT yang sudah lapor",
            [_coverage_tile(each, glance.day) for each in glance.provinces],
        ),
        "occupancy_map": tile_map(
            "Provinsi menurut hunian",
            [_occupancy_tile(each, glance.day) for each in glance.provinces],
        ),
        # Staff are reported when they change.
        "missing": [
            each
            for each in glance.tables
            if not each.report.form.lasts and each.total.reported < each.total.expected
        ],
        "tables": [
            (each, list(group_rows(each.report, each.total.values)))
            # Those of the same shape beside each other.
            for each in sorted(glance.tables, key=_is_single)
        ],
    }


def _is_single(table: Table) -> bool:
    return table.report.groups[0].single


def _coverage_tile(province: Province, day: datetime.date) -> Tile:
    share = figurewords.share(province.reported, province.expected)
    level = next((name for least, name in _COVERAGE_LEVELS if share >= least), "level0")
    reported, expected = map(wording.figure, (province.reported, province.expected))
    words = f"{province.name}: {reported} dari {expected} UPT sudah lapor, {share} %"
    return Tile(province.key, _address(province, day), level, f"{share} %", words)


def _occupancy_tile(province: Province, day: datetime.date) -> Tile:
    full = occupancy(province.held, province.room)
    share = full.value
    if not isinstance(share, int):
        words = f"{province.name}: hunian belum diketahui"
        return Tile(province.key, _address(province, day), "level0", "-", words)
    level = next((name for least, name in _OCCUPANCY_LEVELS if share >= least), "room")
    words = f"{province.name}: hunian {share} %, {full.word}"
    return Tile(province.key, _address(province, day), level, f"{share} %", words)


def _address(province: Province, day: datetime.date) -> str:
    return f"/laporan/rutan?tanggal={day.isoformat()}&provinsi={province.key}"
