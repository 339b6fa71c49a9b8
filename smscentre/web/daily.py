"""The sheets of one day: a line for each unit, each province, or the country.

From values that were read to a `Sheet`. It knows neither the store's tables nor
HTML.
"""

from __future__ import annotations

__all__ = [
    "View",
    "group_sheet",
    "label_columns",
    "read_sheet",
    "unit_cell",
    "unit_cells",
    "unit_sheet",
]

import datetime
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from smscentre.directory import Directory, Unit
from smscentre.store.figures import (
    Group,
    Place,
    Sum,
    UnitFigures,
    figures_of_units,
    sums,
)
from smscentre.store.pages import ReadConnection
from smscentre.web import figurewords, wording
from smscentre.web.amounts import (
    coverage,
    in_order,
    occupancy,
    sum_of_unit,
    total_of,
    value_of,
)
from smscentre.web.asked import Per
from smscentre.web.reports import Report, figures_of
from smscentre.web.sheet import Cell, Column, Kind, Line, Sheet, Tone

NOT_REPORTED = "belum lapor"
_HELD_NOTE = (
    "Hunian dihitung dari UPT yang sudah lapor dan diketahui kapasitasnya: "
    "merah melebihi kapasitas, kuning tepat penuh, hijau masih ada tempat."
)
_NOTHING_NOTE = "Tanda - berarti belum dilaporkan, bukan nol."
_LASTS_NOTE = "Data pegawai berlaku sampai laporan berikutnya dari UPT yang sama."


@frozen
class View:
    """How a report is looked at: of which place and day, when, by whom.

    ``words`` name the place; ``wide`` says that it holds several provinces.
    ``names`` says whether the reader may see who reported. Moments are seconds since
    1970 and shown by the clock of ``zone``.
    """

    report: Report
    directory: Directory
    day: datetime.date
    place: Place
    words: str
    wide: bool
    now: float
    zone: ZoneInfo
    names: bool

    @property
    def zone_name(self) -> str:
        """What that clock is called: WIB."""
        there = datetime.datetime.fromtimestamp(self.now, self.zone)
        return there.tzname() or ""

    @property
    def as_of(self) -> str:
        """When it was looked at: ``Data per 10.05 WIB``."""
        return f"Data per {figurewords.hour(self.now, self.zone)} {self.zone_name}"

    def province(self, key: str) -> str:
        """The name of a province."""
        found = self.directory.provinces.get(key)
        return found.name if found else key

    def report_address(self, **query: str) -> str:
        """Where a report of the same day is found."""
        asked = {"tanggal": self.day.isoformat()} | query
        return f"/laporan/{self.report.slug}?{urlencode(asked)}"


def read_sheet(connection: ReadConnection, view: View, per: Per) -> tuple[Sheet, Sum]:
    """Read what a view shows of its day, and all of it added up."""
    form = view.report.form
    if per is Per.UNIT:
        figures = figures_of_units(connection, form, view.place, view.day)
        each = [sum_of_unit(one, view.directory) for one in figures]
        return unit_sheet(view, figures), total_of(view.report, each)
    country = per is Per.COUNTRY
    group = Group.COUNTRY if country else Group.PROVINCE
    found = sums(connection, form, view.place, view.day, group)
    sheet = group_sheet(view, found, country=country)
    return sheet, total_of(view.report, found.values())


def unit_sheet(view: View, figures: Sequence[UnitFigures]) -> Sheet:
    """A line for each unit; the sums of all below, and of each province."""
    each = [(one.unit, sum_of_unit(one, view.directory)) for one in figures]
    bottom = total_of(view.report, [one for _, one in each])
    sheet = _sheet(
        view,
        "upt",
        _unit_columns(view),
        [_unit_line(view, one) for one in figures],
        bottom,
        _sum_line(view, "Jumlah", "", bottom),
    )
    if not view.wide:
        return sheet
    return evolve(sheet, sub_at=_PROVINCE, subs=_provinces(view, each))


_PROVINCE = 3
"""The place of the column with the province, among those of units."""


def _provinces(view: View, each: Iterable[tuple[str, Sum]]) -> dict[str, Line]:
    """The sums of each province, below its units."""
    members: dict[str, list[Sum]] = {}
    for code, one in each:
        unit = view.directory.units.get(code)
        members.setdefault(unit.province if unit else "", []).append(one)
    return {
        key: _sum_line(
            view, f"Jumlah {view.province(key)}", key, total_of(view.report, found)
        )
        for key, found in members.items()
    }


def _sum_line(view: View, label: str, province: str, found: Sum) -> Line:
    """A sum among the lines of units."""
    return (
        *[Cell(label), Cell(), Cell(), Cell(province)],
        *_figure_cells(view.report, found),
        *[Cell(coverage(found)), Cell()],
    )


def group_sheet(view: View, found: Mapping[str, Sum], *, country: bool) -> Sheet:
    """A line for each province, or a single one for the country."""
    bottom = total_of(view.report, found.values())
    lines = [
        _group_line(view, key, each, country=country)
        for key, each in in_order(view.directory, found)
    ]
    per = Per.COUNTRY if country else Per.PROVINCE
    columns = (
        *label_columns(per, wide=view.wide),
        *_figure_columns(view.report),
        Column("UPT lapor", on_page=False),
        Column("UPT wajib lapor", on_page=False),
        Column("Lapor", Kind.TEXT, key="lapor", in_file=False),
    )
    words = (Cell("Jumlah"), *_figure_cells(view.report, bottom), *_covered(bottom))
    kind = "indonesia" if country else "provinsi"
    return _sheet(view, kind, columns, lines, None if country else bottom, words)


def _sheet(
    view: View,
    kind: str,
    columns: Sequence[Column],
    lines: Sequence[Line],
    bottom: Sum | None,
    words: Line,
) -> Sheet:
    report = view.report
    notes = [_NOTHING_NOTE]
    if report.held:
        notes.append(_HELD_NOTE)
    if report.form.lasts:
        notes.append(_LASTS_NOTE)
    return Sheet(
        f"{report.slug}-{kind}-{view.day.isoformat()}",
        report.title,
        tuple(columns),
        tuple(lines),
        () if bottom is None else (words,),
        (f"{wording.long_date(view.day)}, {view.words}", view.as_of),
        tuple(notes),
        report.terms,
    )


def _group_line(view: View, key: str, found: Sum, *, country: bool) -> Line:
    if country:
        place = Cell(view.words, view.report_address(per="provinsi"))
    else:
        place = Cell(view.province(key), view.report_address(provinsi=key))
    return (place, *_figure_cells(view.report, found), *_covered(found))


def _covered(found: Sum) -> tuple[Cell, Cell, Cell]:
    """How many units stand behind a sum, in a file and on a page."""
    all_of_it = found.reported == found.expected
    words = Cell(
        coverage(found),
        tone=Tone.PLAIN if all_of_it else Tone.WARN,
        rank=found.reported / found.expected if found.expected else None,
    )
    return Cell(found.reported), Cell(found.expected), words


def _figure_columns(report: Report) -> list[Column]:
    """The columns of figures, and of how full it is."""
    columns = [
        Column(each.label, Kind.FIGURE, each.group, each.key, each.meaning)
        for each in figures_of(report)
    ]
    if report.held:
        columns += [
            Column("Kapasitas", key="kapasitas"),
            Column("Hunian", Kind.SHARE, key="hunian"),
            Column("Keadaan", Kind.TEXT, on_page=False),
        ]
    return columns


def _figure_cells(report: Report, found: Sum) -> list[Cell]:
    cells = [Cell(value_of(each, report, found.values)) for each in figures_of(report)]
    if report.held:
        full = occupancy(found.held, found.room)
        cells += [Cell(found.capacity), full, Cell(full.word)]
    return cells


def label_columns(per: Per, *, wide: bool) -> tuple[Column, ...]:
    """The columns that say what a line is of; ``wide`` lists name the province."""
    if per is not Per.UNIT:
        label = "Provinsi" if per is Per.PROVINCE else "Wilayah"
        return (Column(label, Kind.TEXT, key="provinsi"),)
    return (
        Column("UPT", Kind.TEXT, key="upt"),
        Column("Kode", Kind.TEXT, on_page=False),
        Column("Nama lengkap", Kind.TEXT, on_page=False),
        Column("Provinsi", Kind.TEXT, key="provinsi", on_page=wide),
    )


def unit_cells(code: str, unit: Unit | None, href: str = "") -> tuple[Cell, ...]:
    """The cells of these columns for a unit; ``href`` is its province's address."""
    return (
        unit_cell(code, unit),
        Cell(code),
        Cell(unit.title if unit else ""),
        Cell(unit.province if unit else "", href),
    )


def _unit_columns(view: View) -> list[Column]:
    return [
        *label_columns(Per.UNIT, wide=view.wide),
        *_figure_columns(view.report),
        Column(f"Lapor ({view.zone_name})", Kind.TEXT, key="lapor"),
        Column("Pelapor", Kind.TEXT, on_page=False, in_file=view.names),
    ]


def _unit_line(view: View, figures: UnitFigures) -> Line:
    unit = view.directory.units.get(figures.unit)
    code = figures.unit
    province = unit.province if unit else ""
    return (
        *unit_cells(code, unit, view.report_address(provinsi=province)),
        *_figure_cells(view.report, sum_of_unit(figures, view.directory)),
        _reported(view, figures),
        Cell(_who(view, figures)),
    )


def unit_cell(code: str, unit: Unit | None) -> Cell:
    """A unit by its name, with a link to its page and its full name below."""
    return Cell(unit.name if unit else code, f"/upt/{code}", note=_beside(code, unit))


def _beside(code: str, unit: Unit | None) -> str:
    """What stands below a unit's name."""
    return f"{code} · {unit.title}" if unit and unit.title else code


def _reported(view: View, figures: UnitFigures) -> Cell:
    """When a unit reported, and who did."""
    if figures.day is None:
        return Cell(NOT_REPORTED, tone=Tone.WARN)
    if figures.at is None:
        return Cell("sudah lapor")
    when = figurewords.hour(figures.at, view.zone, view.day)
    return Cell(when, note=_who(view, figures), rank=figures.at)


def _who(view: View, figures: UnitFigures) -> str:
    """Who reported: by name where the number is registered."""
    if not view.names or not figures.number:
        return ""
    officer = view.directory.officers.get(figures.number)
    return officer.name if officer else wording.author(figures.number)
