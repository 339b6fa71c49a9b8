"""What was sent, line by line: reports, corrections and undos in words."""

from __future__ import annotations

__all__ = ["Told", "sender", "spelled", "tell"]

import datetime
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from attrs import frozen

from smscentre.directory import Directory
from smscentre.store.revisions import Change
from smscentre.web import figurewords, wording
from smscentre.web.reports import BY_FORM, Report


@frozen
class Told:
    """One line: when it came, what it did to which figures, who sent which words.

    ``kind`` says how the deed is marked; ``before`` is empty where nothing held.
    """

    code: str
    name: str
    when: str
    report: str
    day: datetime.date
    what: str
    kind: str
    figures: str
    before: str
    sender: str
    text: str


def tell(
    change: Change, directory: Directory, zone: ZoneInfo, day: datetime.date
) -> Told:
    """A submission in words, its moment by a clock; only another day is named."""
    report = BY_FORM.get(change.form)
    what, kind = _deed(change)
    unit = directory.units.get(change.unit)
    return Told(
        change.unit,
        unit.name if unit else change.unit,
        figurewords.hour(change.at, zone, day),
        report.label if report else change.form,
        change.day,
        what,
        kind,
        spelled(report, change.new),
        spelled(report, change.old),
        sender(change.number, directory),
        change.text,
    )


def sender(number: str, directory: Directory) -> str:
    """Whose number it is, with its middle hidden; or the user of a page."""
    officer = directory.officers.get(number)
    hidden = wording.author(number)
    return f"{officer.name} {hidden}" if officer else hidden


def _deed(change: Change) -> tuple[str, str]:
    """What a submission did, and how that is marked."""
    if change.undoes is not None:
        return "pembatalan", "warn"
    if change.undone:
        return "dibatalkan", "bad"
    if change.old:
        return "perbaikan", "info"
    return "laporan pertama", "good"


def spelled(report: Report | None, values: Sequence[int]) -> str:
    """Figures with what they are: ``Tahanan P 82, W 54; Narapidana P 36, W 39``."""
    if not values:
        return ""
    if report is None or len(values) != len(report.form.fields):
        return " ".join(map(str, values))
    named = dict(zip(report.form.fields, map(wording.figure, values), strict=True))
    if report.groups[0].single:
        return ", ".join(f"{each.short} {named[each.key]}" for each in report.groups)
    return "; ".join(
        f"{each.label} P {named[each.fields[0]]}, W {named[each.fields[1]]}"
        for each in report.groups
    )
