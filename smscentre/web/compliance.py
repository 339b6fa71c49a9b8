"""The sheets of who has reported: of a day by deadline, of a month as a grid.

From values that were read to a `Sheet`.
"""

from __future__ import annotations

__all__ = [
    "Counted",
    "Query",
    "State",
    "day_sheet",
    "province_grid",
    "reported_days",
    "unit_grid",
]

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo

from attrs import frozen

from smscentre.directory import ZONES, Directory, Officer, Right, Unit
from smscentre.numbers import masked
from smscentre.store.courses import Days, Span
from smscentre.store.figures import Place, Sum, UnitFigures
from smscentre.store.revisions import StoredTimes
from smscentre.web import figurewords, wording
from smscentre.web.amounts import in_order
from smscentre.web.asked import Per
from smscentre.web.daily import label_columns, unit_cell, unit_cells
from smscentre.web.expecting import expected_by_day, units_in
from smscentre.web.punctual import Deadlines, Mark, Standing
from smscentre.web.reports import Report
from smscentre.web.sheet import Cell, Column, Kind, Line, Sheet, Tone

_NO_ZONE: Final = "WIB"


class State(Enum):
    """How a unit stands, and what a list is narrowed down to."""

    MISSING = "belum"
    LATE = "terlambat"
    REPORTED = "sudah"


@frozen
class Query:
    """What a list of who has reported is about, and from when it is looked at."""

    report: Report
    directory: Directory
    deadlines: Deadlines
    place: Place
    words: str
    now: float
    zone: ZoneInfo

    @property
    def is_narrow(self) -> bool:
        """Whether all units lie in one province."""
        return self.place.unit is not None or len(self.place.provinces or ()) == 1

    def units_on(self, day: datetime.date) -> list[Unit]:
        """The units that are expected to report for a day, by code."""
        units = units_in(self.directory, self.report.form.kind, self.place)
        found = [unit for unit in units if unit.valid_on(day)]
        return sorted(found, key=lambda unit: unit.code)

    def zone_of(self, unit: Unit) -> str:
        """The name of a unit's clock."""
        province = self.directory.provinces.get(unit.province)
        return province.zone if province else _NO_ZONE

    def standings(
        self, unit: Unit, day: datetime.date, times: StoredTimes
    ) -> list[Standing]:
        """How a unit's report for a day stands to its deadlines."""
        came = times.get((unit.code, self.report.form.id, day), ())
        return self.deadlines.standings(self.zone_of(unit), day, came, self.now)


@frozen
class Counted:
    """How many units stand how."""

    expected: int
    reported: int
    late: int
    missing: int

    @property
    def share(self) -> int:
        """How many per cent have reported."""
        return figurewords.share(self.reported, self.expected)


def state_of(standings: Sequence[Standing]) -> State:
    """How a unit stands, by all of a day's deadlines that have come."""
    if any(each.mark is Mark.MISSING for each in standings):
        return State.MISSING
    if all(each.mark is Mark.AWAITED for each in standings):
        return State.MISSING
    if any(each.mark is Mark.LATE for each in standings):
        return State.LATE
    return State.REPORTED


def day_sheet(
    query: Query,
    day: datetime.date,
    times: StoredTimes,
    last: Mapping[str, UnitFigures],
) -> tuple[Sheet, list[State], Counted]:
    """A line for each unit; its state by line; how many are in each.

    ``last`` are the last reports of units up to the day.
    """
    units = query.units_on(day)
    found = [query.standings(unit, day, times) for unit in units]
    deadlines = sorted({each.time for row in found for each in row if each.time})
    officers = _officers_by_unit(query.directory)
    lines = [
        _unit_line(query, day, unit, row, deadlines, last.get(unit.code), officers)
        for unit, row in zip(units, found, strict=True)
    ]
    states = [state_of(row) for row in found]
    there = sum(any(each.at is not None for each in row) for row in found)
    counted = Counted(
        len(units),
        there,
        sum(state is State.LATE for state in states),
        len(units) - there,
    )
    columns = (
        *label_columns(Per.UNIT, wide=not query.is_narrow),
        *_deadline_columns(deadlines),
        Column("Laporan terakhir", Kind.TEXT, key="terakhir"),
        Column("Petugas", Kind.TEXT),
    )
    sheet = Sheet(
        f"kepatuhan-{query.report.slug}-{day.isoformat()}",
        f"Kepatuhan: {query.report.label}",
        columns,
        tuple(lines),
        (),
        (f"{wording.long_date(day)}, {query.words}", _as_of(query)),
        (_clock_note(deadlines),),
    )
    return sheet, states, counted


def _deadline_columns(deadlines: Sequence[datetime.time]) -> Iterator[Column]:
    if not deadlines:
        yield Column("Keadaan", Kind.TEXT, key="keadaan")
    for at, time in enumerate(deadlines):
        yield Column(f"Batas {time:%H.%M}", Kind.TEXT, key=f"batas{at}")


def _clock_note(deadlines: Sequence[datetime.time]) -> str:
    if deadlines:
        return "Batas waktu dan jam lapor menurut jam setempat UPT."
    return "Tidak ada batas waktu untuk laporan ini pada hari itu. Jam setempat UPT."


def _unit_line(
    query: Query,
    day: datetime.date,
    unit: Unit,
    standings: Sequence[Standing],
    deadlines: Sequence[datetime.time],
    last: UnitFigures | None,
    officers: Mapping[str, Sequence[Officer]],
) -> Line:
    zone = ZONES[query.zone_of(unit)]
    by_time = {each.time: each for each in standings}
    wanted: Sequence[datetime.time | None] = deadlines or (None,)
    return (
        *unit_cells(unit.code, unit),
        *[_mark_cell(by_time.get(time), zone, day) for time in wanted],
        _last_cell(last, day, zone),
        Cell(_named(officers.get(unit.code, ()))),
    )


_WORDS: Final = {
    Mark.IN_TIME: (Tone.GOOD, "tepat waktu", 3.0),
    Mark.THERE: (Tone.GOOD, "sudah lapor", 3.0),
    Mark.LATE: (Tone.WARN, "terlambat", 2.0),
    Mark.AWAITED: (Tone.PLAIN, "ditunggu", 1.0),
    Mark.MISSING: (Tone.BAD, "belum lapor", 0.0),
}


def _mark_cell(standing: Standing | None, zone: ZoneInfo, day: datetime.date) -> Cell:
    if standing is None:
        return Cell("")
    tone, words, rank = _WORDS[standing.mark]
    if standing.mark is Mark.AWAITED and standing.time is None:
        # Without a deadline nothing is waited for, and the filter says it so.
        words = "belum lapor"
    note = ""
    if standing.at is not None:
        note = f"pukul {figurewords.hour(standing.at, zone, day)}"
    return Cell(words, tone=tone, note=note, rank=rank)


def _last_cell(last: UnitFigures | None, day: datetime.date, zone: ZoneInfo) -> Cell:
    """When a unit reported last, and for which day."""
    if last is None or last.day is None:
        return Cell("belum pernah", rank=0.0)
    of_day = figurewords.short_date(last.day)
    note = "" if last.at is None else figurewords.hour(last.at, zone, last.day)
    behind = (day - last.day).days
    words = f"untuk {of_day}" + (f", {behind} hari lalu" if behind > 1 else "")
    return Cell(words, note=f"dikirim {note}" if note else "", rank=last.at)


def _officers_by_unit(directory: Directory) -> dict[str, list[Officer]]:
    """Those who may report for each unit."""
    found: dict[str, list[Officer]] = {}
    for officer in directory.officers.values():
        if officer.active and officer.unit and Right.INSERT in officer.rights:
            found.setdefault(officer.unit, []).append(officer)
    return found


def _named(officers: Iterable[Officer]) -> str:
    """Officers by name and masked number."""
    named = [f"{each.name} {masked(each.number)}" for each in officers]
    return "; ".join(named) or "belum ada petugas"


def _as_of(query: Query) -> str:
    there = datetime.datetime.fromtimestamp(query.now, query.zone)
    return f"Data per {there:%H.%M} {there.tzname()}"


# A month as a grid.

_LETTERS: Final = {
    Mark.IN_TIME: (Tone.GOOD, "T"),
    Mark.THERE: (Tone.GOOD, "L"),
    Mark.LATE: (Tone.WARN, "X"),
    Mark.MISSING: (Tone.BAD, "B"),
    Mark.AWAITED: (Tone.PLAIN, ""),
}
_GRID_TERMS: Final = (
    ("T", "tepat waktu"),
    ("X", "terlambat"),
    ("B", "belum lapor"),
    ("L", "lapor, tanpa batas waktu"),
)
_SHARE_NOTE: Final = "Persen UPT yang lapor untuk hari itu."
_GOOD_SHARE, _FAIR_SHARE = 95, 80


def unit_grid(query: Query, span: Span, times: StoredTimes) -> Sheet:
    """Some days with a letter for each unit and day."""
    return _grid(query, span, "UPT", _unit_lines(query, span, times), (), _GRID_TERMS)


def province_grid(query: Query, span: Span, days: Days) -> Sheet:
    """Some days with how many per cent of each province's units have reported."""
    lines = _province_lines(query, span, days)
    return _grid(query, span, "Provinsi", lines, (_SHARE_NOTE,), ())


def reported_days(query: Query, times: StoredTimes) -> Days:
    """How many units reported for each day by province, where no sums say so."""
    found: Days = {}
    for unit, _, day in times:
        known = query.directory.units.get(unit)
        if known is not None and known.valid_on(day):
            sums = found.setdefault(day, {})
            before = sums.get(known.province, Sum(()))
            sums[known.province] = before + Sum((), 1)
    return found


def _grid(
    query: Query,
    span: Span,
    label: str,
    lines: Iterable[Line],
    notes: tuple[str, ...],
    terms: tuple[tuple[str, str], ...],
) -> Sheet:
    return Sheet(
        f"kepatuhan-{query.report.slug}-{span.first:%Y-%m}",
        f"Kepatuhan: {query.report.label}",
        (
            Column(label, Kind.TEXT, key="nama"),
            *_grid_columns(span),
            Column("Lapor", key="lapor"),
            Column("Wajib", key="wajib"),
            Column("Persen", Kind.SHARE, key="persen"),
        ),
        tuple(lines),
        (),
        (f"{figurewords.month(span.first)}, {query.words}", _as_of(query)),
        notes,
        terms,
    )


def _grid_columns(span: Span) -> Iterator[Column]:
    for day in span:
        yield Column(
            str(day.day),
            Kind.MARK,
            figurewords.month(day),
            file_label=day.isoformat(),
            day=day,
        )


def _unit_lines(query: Query, span: Span, times: StoredTimes) -> Iterator[Line]:
    form, kind = query.report.form.id, query.report.form.kind
    for unit in units_in(query.directory, kind, query.place):
        cells, there, expected = [], 0, 0
        for day in span:
            if not unit.valid_on(day):
                cells.append(Cell())
                continue
            expected += 1
            there += (unit.code, form, day) in times
            first = query.standings(unit, day, times)[0]
            tone, letter = _LETTERS[first.mark]
            cells.append(Cell(letter, tone=tone))
        if expected:
            yield (unit_cell(unit.code, unit), *cells, *_shares(there, expected))


def _province_lines(query: Query, span: Span, days: Days) -> Iterator[Line]:
    directory, kind = query.directory, query.report.form.kind
    keys = {unit.province for unit in units_in(directory, kind, query.place)}
    for key, _ in in_order(directory, dict.fromkeys(keys)):
        place = Place(provinces=(key,))
        expected = expected_by_day(directory, kind, place, span)
        came = {
            day: days[day][key].reported if key in days.get(day, {}) else 0
            for day in span
        }
        cells = [_share_cell(came[day], expected[day]) for day in span]
        province = directory.provinces.get(key)
        href = f"?laporan={query.report.slug}&bulan={span.first:%Y-%m}&provinsi={key}"
        name = Cell(province.name if province else key, href)
        yield (name, *cells, *_shares(sum(came.values()), sum(expected.values())))


def _share_cell(part: int, whole: int) -> Cell:
    if not whole:
        return Cell()
    share = figurewords.share(part, whole)
    tone = (
        Tone.GOOD
        if share >= _GOOD_SHARE
        else Tone.WARN
        if share >= _FAIR_SHARE
        else Tone.BAD
    )
    return Cell(share, tone=tone)


def _shares(part: int, whole: int) -> tuple[Cell, Cell, Cell]:
    return Cell(part), Cell(whole), _share_cell(part, whole)
