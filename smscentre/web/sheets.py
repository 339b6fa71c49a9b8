"""The national figures as tables of a page: which forms, rows, columns and sums.

Data and arithmetic only; it knows neither where totals come from nor HTML.
"""

from __future__ import annotations

__all__ = [
    "FORMS",
    "HEADLINES",
    "SECTIONS",
    "Filled",
    "FilledRow",
    "Headline",
    "Row",
    "Section",
    "Sheet",
    "fill",
    "total",
]

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import frozen

from smscentre.store.pages import CountedForm, Total

_SEXES = ("Pria", "Wanita")


@frozen
class Row:
    """One line of a sheet: what it counts, and its fields by column."""

    label: str
    fields: tuple[str, ...]


@frozen
class Sheet:
    """One form as a table; each row and all rows together are summed.

    ``columns`` is empty where every row has a single field. ``note`` stands
    under the title.
    """

    form: CountedForm
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields of the form, in its order."""
        return tuple(field for row in self.rows for field in row.fields)


@frozen
class Section:
    """The sheets of one kind of unit."""

    id: str
    title: str
    sheets: tuple[Sheet, ...]


@frozen
class Headline:
    """One large figure at the top: the sum of some fields of some forms."""

    label: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]


@frozen
class FilledRow:
    """A row with its figures; None where no unit reported the field."""

    label: str
    figures: tuple[int | None, ...]
    total: int | None


@frozen
class Filled:
    """A sheet with its figures."""

    sheet: Sheet
    rows: tuple[FilledRow, ...]
    sum: FilledRow
    reported: int
    expected: int


def _staff(form: str, kind: str, *groups: tuple[str, str]) -> Sheet:
    """A sheet of men and women who work at the units of a kind."""
    return Sheet(
        CountedForm(form, kind, lasts=True),
        "Pegawai",
        _SEXES,
        _by_sex(*groups),
        "Laporan terakhir tiap UPT",
    )


def _by_sex(*groups: tuple[str, str]) -> tuple[Row, ...]:
    return tuple(Row(label, (f"{name}_p", f"{name}_w")) for name, label in groups)


def _goods(form: str, title: str) -> Sheet:
    return Sheet(
        CountedForm(form, "RUPBASAN", lasts=False),
        title,
        (),
        (
            Row("Umum", ("um",)),
            Row("Berharga", ("bhg",)),
            Row("Berbahaya", ("bhy",)),
            Row("Terbuka", ("tbk",)),
            Row("Hewan dan tumbuhan", ("hwtbh",)),
        ),
    )


_SECURITY = ("pam", "Pengamanan")
_OFFICE = ("staf", "Staf")

SECTIONS: Final = (
    Section(
        "rutan",
        "Rutan dan Lapas",
        (
            Sheet(
                CountedForm("RUTAN", "RUTAN", lasts=False),
                "Penghuni",
                _SEXES,
                _by_sex(("tahanan", "Tahanan"), ("napi", "Narapidana")),
            ),
            _staff("RUTAN PEG", "RUTAN", _SECURITY, _OFFICE),
        ),
    ),
    Section(
        "bapas",
        "Bapas",
        (
            Sheet(
                CountedForm("BAPAS", "BAPAS", lasts=False),
                "Klien",
                (),
                (
                    Row("Pembebasan bersyarat (PB)", ("pb",)),
                    Row("Cuti menjelang bebas (CMB)", ("cmb",)),
                    Row("Cuti bersyarat (CB)", ("cb",)),
                    Row("Pidana bersyarat (PIB)", ("pib",)),
                ),
            ),
            _staff("BAPAS PEG", "BAPAS", ("pk", "Pembimbing kemasyarakatan"), _OFFICE),
        ),
    ),
    Section(
        "rupbasan",
        "Rupbasan",
        (
            _goods("RUPBASAN BASAN", "Benda sitaan (basan)"),
            _goods("RUPBASAN BARAN", "Barang rampasan (baran)"),
            _staff(
                "RUPBASAN PEG",
                "RUPBASAN",
                _SECURITY,
                _OFFICE,
                ("pnl", "Peneliti/penilai"),
                ("pml", "Pemelihara"),
            ),
        ),
    ),
)
"""The page from top to bottom."""

_SHEETS = {sheet.form.id: sheet for section in SECTIONS for sheet in section.sheets}

HEADLINES: Final = (
    Headline("Tahanan", (("RUTAN", ("tahanan_p", "tahanan_w")),)),
    Headline("Narapidana", (("RUTAN", ("napi_p", "napi_w")),)),
    Headline("Klien Bapas", (("BAPAS", _SHEETS["BAPAS"].fields),)),
    Headline(
        "Basan dan baran",
        tuple(
            (form, _SHEETS[form].fields)
            for form in ("RUPBASAN BASAN", "RUPBASAN BARAN")
        ),
    ),
)
"""The figures that everybody asks for first."""

FORMS: Final = tuple(sheet.form for sheet in _SHEETS.values())
"""Every form that the page shows."""


def fill(sheet: Sheet, found: Total) -> Filled:
    """A sheet with the figures found."""
    values = found.values
    rows = tuple(_filled(row.label, row.fields, values) for row in sheet.rows)
    columns = tuple(
        _add(values.get(field) for field in fields)
        for fields in zip(*(row.fields for row in sheet.rows), strict=True)
    )
    bottom = FilledRow("Jumlah", columns, _add(row.total for row in rows))
    return Filled(sheet, rows, bottom, found.reported, found.expected)


def total(headline: Headline, totals: Mapping[str, Total]) -> int | None:
    """The figure of a headline; None where nothing of it was reported."""
    return _add(
        totals[form].values.get(field)
        for form, fields in headline.parts
        for field in fields
    )


def _filled(label: str, fields: Iterable[str], values: Mapping[str, int]) -> FilledRow:
    figures = tuple(values.get(field) for field in fields)
    return FilledRow(label, figures, _add(figures))


def _add(figures: Iterable[int | None]) -> int | None:
    """The sum of what is there: not reported is not zero."""
    there = [one for one in figures if one is not None]
    return sum(there) if there else None
