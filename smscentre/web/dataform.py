"""The form in which a unit's figures for a day are entered: its values and its page.

Beneath `datapages`, which reads and stores.
"""

from __future__ import annotations

__all__ = [
    "ENTRY",
    "NO_UNIT",
    "REFUSED",
    "Asked",
    "Filled",
    "Known",
    "entry_page",
    "reason_faults",
    "seen_by",
    "units_like",
]

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from attrs import frozen

from smscentre.corrections import HIGHEST, Ruling, Verdict
from smscentre.csvfile import is_one_line
from smscentre.directory import Directory, Unit, fold
from smscentre.interfaces import SubmissionKey
from smscentre.messages import Submission
from smscentre.store.audit import LONGEST_REASON
from smscentre.store.revisions import Change
from smscentre.web import figurewords, wording
from smscentre.web.faults import TEXTS
from smscentre.web.reports import Report
from smscentre.web.revisionwords import sender, spelled
from smscentre.web.routes import INVALID, Page, Values, row_id

ENTRY: Final = "/admin/data/isi"
NO_UNIT: Final = "UPT itu tidak ada, atau di luar wilayah Anda."

_OVERTAKEN: Final = 409
_DIGITS: Final = 7
_SHORTEST_NAME: Final = 3

REFUSED: Final = {
    Ruling.SAME: "Angka itu sudah berlaku. Tidak ada yang disimpan.",
    Ruling.OVERTAKEN: "Laporan hari itu berubah sejak halaman ini dibuka. Isian Anda "
    "masih ada; bandingkan dengan riwayat, lalu simpan sekali lagi.",
    Ruling.CLOSED: "Bulan itu sudah ditutup. Admin dapat membukanya kembali.",
    Ruling.NO_UNIT: NO_UNIT,
    Ruling.KIND: "UPT ini tidak melapor formulir itu.",
    Ruling.FUTURE: "Hari itu belum tiba di UPT ini.",
    Ruling.NOT_COUNTED: "Pada hari itu UPT ini belum atau tidak lagi berlaku.",
}
"""Why nothing was stored."""


def units_like(words: str, units: Iterable[Unit]) -> list[Unit]:
    """The units in whose names all of some words stand, in whatever order."""
    sought = [fold(word) for word in words.split()]
    if len("".join(sought)) < _SHORTEST_NAME:
        return []
    return [
        unit
        for unit in units
        if all(word in fold(f"{unit.name} {unit.title}") for word in sought)
    ]


@frozen
class Asked:
    """What is to be entered: a report of a unit for a day."""

    unit: Unit
    report: Report
    day: datetime.date

    @property
    def key(self) -> SubmissionKey:
        """The same as the history has it."""
        return self.unit.code, self.report.form.id, self.day

    @property
    def address(self) -> str:
        """Where its form is."""
        fields = {
            "upt": self.unit.code,
            "formulir": self.report.slug,
            "tanggal": self.day.isoformat(),
        }
        return f"{ENTRY}?{urlencode(fields)}"


@frozen
class Known:
    """What the store knows of it: what holds, and all that was sent."""

    held: Submission | None
    history: Sequence[Change]
    directory: Directory


@frozen
class Filled:
    """The form as it was sent: figures by their fields, and the reason."""

    figures: Mapping[str, str]
    reason: str = ""
    sure: bool = False

    @classmethod
    def sent(cls, form: Values, report: Report) -> Filled:
        """What a form holds."""
        figures = {name: form.get(name) for name in report.form.fields}
        return cls(figures, form.get("alasan"), form.get("yakin") == "ya")

    @classmethod
    def of(cls, report: Report, held: Submission | None) -> Filled:
        """What the form shows of what holds."""
        values = held.values if held else ()
        return cls(dict(zip(report.form.fields, map(str, values), strict=False)))

    def faults(self) -> dict[str, str]:
        """What is wrong, by the field."""
        found = {}
        for name, text in self.figures.items():
            if not text:
                found[name] = TEXTS["empty"]
            elif not (text.isascii() and text.isdigit()):
                found[name] = "Isi angka saja, tanpa titik, koma atau tanda."
            elif len(text) > _DIGITS:
                found[name] = f"Paling besar {wording.figure(HIGHEST)}."
        return found | reason_faults(self.reason)

    @property
    def values(self) -> tuple[int, ...]:
        """The figures; ask only where nothing is wrong."""
        return tuple(map(int, self.figures.values()))


def reason_faults(reason: str) -> dict[str, str]:
    """What is wrong with a reason."""
    if not reason:
        return {"alasan": "Tulis alasannya; ia tersimpan di dalam riwayat."}
    if len(reason) > LONGEST_REASON or not is_one_line(reason):
        return {"alasan": f"Satu baris, paling panjang {LONGEST_REASON} karakter."}
    return {}


def entry_page(
    asked: Asked,
    known: Known,
    filled: Filled,
    faults: Mapping[str, str] | None = None,
    **more: Any,
) -> Page:
    """The form; ``more`` may hold a verdict, a reason to take back, what was seen."""
    faults = faults or {}
    held, report = known.held, asked.report
    verdict: Verdict | None = more.get("verdict")
    zone = known.directory.provinces[asked.unit.province].timezone
    values = {
        "asked": asked,
        "report": report,
        "filled": filled,
        "faults": faults,
        "slip": verdict.slip if verdict else None,
        "slip_field": _field_words(report, verdict) if verdict else "",
        "seen": more.get("seen", held.id if held else None) or "",
        "held": held,
        "spelled": lambda values: spelled(report, values) or "kosong",
        "history": known.history,
        "taking_back": more.get("taking_back", ""),
        "closed": known.directory.is_closed(asked.day),
        "counted": asked.unit.valid_on(asked.day),
        "hour": lambda at: figurewords.hour(at, zone, asked.day),
        "sender": lambda number: sender(number, known.directory),
    }
    status = 200
    if faults or verdict:
        status = _OVERTAKEN if faults.get("") == REFUSED[Ruling.OVERTAKEN] else INVALID
    return Page("admin_entry.html", values, status)


def _field_words(report: Report, verdict: Verdict) -> str:
    """What looks like a slip."""
    slip = verdict.slip
    if slip is None or slip.at is None:
        return "Jumlahnya"
    field = report.form.fields[slip.at]
    for group in report.groups:
        if field in group.fields:
            sex = {"p": " pria", "w": " wanita"}.get(field.rpartition("_")[2], "")
            return f"{group.label}{'' if group.single else sex}"
    return field


def seen_by(form: Values) -> int | None:
    """The submission that a form says was seen."""
    return row_id(form.get("jejak"))
