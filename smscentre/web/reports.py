"""The seven reports as one table of data: titles, groups of figures, abbreviations.

Source: the manual of 2008, "Tampilan Web" and "Singkatan-singkatan".
"""

from __future__ import annotations

__all__ = ["BY_FORM", "BY_SLUG", "REPORTS", "Group", "Report", "Shown", "figures_of"]

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

from smscentre.store.figures import CountedForm

_SEXES = (("p", "P"), ("w", "W"))


@frozen
class Group:
    """Figures that stand together: men and women with their sum, or a single one.

    ``short`` is the manual's abbreviation, empty where it has none.
    """

    key: str
    label: str
    short: str = ""
    single: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the form, in its order."""
        if self.single:
            return (self.key,)
        return tuple(f"{self.key}_{sex}" for sex, _ in _SEXES)


@frozen
class Report:
    """One report: what its page is called and shows.

    ``total`` names the sum of all; ``held`` says that units have room for so many.
    ``word`` is what the sum counts, within a sentence.
    """

    slug: str
    form: CountedForm
    title: str
    label: str
    groups: tuple[Group, ...]
    total: str = "Jumlah"
    held: bool = False
    word: str = "orang"

    @property
    def terms(self) -> tuple[tuple[str, str], ...]:
        """The abbreviations on its page."""
        pairs = () if self.groups[0].single else _PAIR_TERMS
        return pairs + tuple(
            (each.short, each.label) for each in self.groups if each.short
        )


@frozen
class Shown:
    """One figure that a page shows: the fields that it adds up."""

    key: str
    label: str
    group: str
    fields: tuple[str, ...]
    meaning: str = ""

    @property
    def words(self) -> str:
        """What it counts, for whoever does not see the columns: ``Tahanan pria``."""
        sex = _SEX_WORDS.get(self.label, "") if self.group else ""
        return self.meaning or f"{self.group or self.label} {sex}".rstrip()


_SEX_WORDS = {"P": "pria", "W": "wanita"}
_PAIR_TERMS = (("P", "Pria"), ("W", "Wanita"), ("T", "Total"))
_PAM = Group("pam", "Pengamanan", "Pam")
_STAFF = Group("staf", "Staf")
_GOODS = (
    Group("um", "Umum", "UM", single=True),
    Group("bhg", "Berharga", "BHG", single=True),
    Group("bhy", "Berbahaya", "BHY", single=True),
    Group("tbk", "Terbuka", "TBK", single=True),
    Group("hwtbh", "Hewan dan Tumbuhan", "HWTBH", single=True),
)


def _form(form: str, groups: Sequence[Group]) -> CountedForm:
    fields = tuple(name for group in groups for name in group.fields)
    return CountedForm(form, form.split()[0], fields, form.endswith("PEG"))


def _report(
    slug: str, form: str, title: str, label: str, groups: tuple[Group, ...]
) -> Report:
    return Report(slug, _form(form, groups), title, label, groups)


_CLIENTS = (
    Group("pb", "Pembebasan Bersyarat", "PB", single=True),
    Group("cmb", "Cuti Menjelang Bebas", "CMB", single=True),
    Group("cb", "Cuti Bersyarat", "CB", single=True),
    Group("pib", "Pidana Bersyarat", "PIB", single=True),
)
_PRISONERS = (Group("tahanan", "Tahanan"), Group("napi", "Narapidana"))

REPORTS: Final = (
    Report(
        "rutan",
        _form("RUTAN", _PRISONERS),
        "Jumlah Tahanan dan Narapidana LP",
        "Tahanan dan napi",
        _PRISONERS,
        "Penghuni",
        held=True,
    ),
    _report(
        "rutan-peg",
        "RUTAN PEG",
        "Jumlah Pengaman dan Staff LP",
        "Pegawai LP",
        (_PAM, _STAFF),
    ),
    Report(
        "bapas",
        _form("BAPAS", _CLIENTS),
        "Jumlah Klien Bapas",
        "Klien Bapas",
        _CLIENTS,
        "Klien",
    ),
    _report(
        "bapas-peg",
        "BAPAS PEG",
        "Jumlah Pegawai Bapas",
        "Pegawai Bapas",
        (Group("pk", "Pembimbing Kemasyarakatan", "PK"), _STAFF),
    ),
    Report(
        "basan",
        _form("RUPBASAN BASAN", _GOODS),
        "Jumlah Benda Sitaan Negara (Basan)",
        "Basan",
        _GOODS,
        word="barang",
    ),
    Report(
        "baran",
        _form("RUPBASAN BARAN", _GOODS),
        "Jumlah Barang Rampasan Negara (Baran)",
        "Baran",
        _GOODS,
        word="barang",
    ),
    _report(
        "rupbasan-peg",
        "RUPBASAN PEG",
        "Jumlah Pegawai Rupbasan",
        "Pegawai Rupbasan",
        (
            _PAM,
            _STAFF,
            Group("pnl", "Peneliti/Penilai", "Pnl"),
            Group("pml", "Pemelihara", "Pml"),
        ),
    ),
)
"""In the order in which they are listed."""

BY_SLUG: Final = {report.slug: report for report in REPORTS}
BY_FORM: Final = {report.form.id: report for report in REPORTS}


def figures_of(report: Report) -> Iterator[Shown]:
    """The figures of a report from left to right, the sum of all last."""
    for group in report.groups:
        if group.single:
            label = group.short
            yield Shown(group.key, label, "", group.fields, group.label)
            continue
        for sex, label in _SEXES:
            fields = (f"{group.key}_{sex}",)
            yield Shown(fields[0], label, group.label, fields)
        yield Shown(f"{group.key}_t", "T", group.label, group.fields)
    yield Shown("jumlah", report.total, "", report.form.fields)
