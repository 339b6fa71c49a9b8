"""The independent count of a morning: what must hold, by what officers were told.

Follows the words of the rules for officers and shares no code with the centre. It
changes when a reply has come; deadlines ask it how things stand at their moment.
"""

from __future__ import annotations

__all__ = ["Count", "Version"]

import re
from collections.abc import Iterable, Iterator, Sequence

from attrs import define, field, frozen

from tests.system.centre import Unit
from tests.system.morning_plan import (
    DAY,
    FIELDS,
    ZONES,
    Act,
    Deadlines,
    Deed,
    count_forms,
    local,
)

_REPEATED_S, _UNDO_S = 600.0, 900.0
_TOO_NEAR_S = 120.0
"""So near to a limit of time nobody can tell from outside what will happen."""

_Key = tuple[str, str]
"""A unit's code and a form."""

_Figure = int | None
_NOBODY = "-"

_PEG = {
    "RUTAN": "RUTAN PEG",
    "BAPAS": "BAPAS PEG",
    "RUPBASAN BASAN": "RUPBASAN PEG",
    "RUPBASAN BARAN": "RUPBASAN PEG",
}
"""The staff form that a query joins to a count form."""


@define(eq=False)
class Version:
    """One report as it was stored."""

    key: _Key
    number: str
    values: tuple[int, ...]
    at: float
    replaces: Version | None
    undone: bool = False


@frozen
class _Action:
    """What a number did last, and when; and the reply with which it was taken back."""

    version: Version
    at: float
    undone_with: str = ""


@define
class Count:
    """The figures that hold, and what was done to them."""

    units: dict[str, Unit]
    deadlines: Deadlines
    holds: dict[_Key, Version] = field(factory=dict)
    steps: int = 0
    """Reports and undos that were stored."""
    _actions: dict[str, _Action] = field(factory=dict)
    _typed: dict[_Key, Version] = field(factory=dict)
    """What holds because it was typed so, and not because of an undo."""

    def is_plain(self, deed: Deed, now: float) -> bool:
        """Whether what will happen can be told from outside, times being near."""
        last = self._actions.get(deed.number)
        limit = {Act.UNDO: _UNDO_S, Act.AGAIN: _REPEATED_S}.get(deed.act)
        if last is None or limit is None:
            return True
        return abs(now - last.at - limit) > _TOO_NEAR_S

    def expect(self, deed: Deed, now: float) -> str:
        """A pattern of the reply that a deed must have, before it is counted."""
        if deed.act is Act.UNDO:
            return self._expect_undo(deed, now)
        if deed.act is Act.SLIP:
            return "Angka ke-2 tidak dikenal"
        if deed.act is Act.ASK:
            place = rf"UPT{deed.place}\b"
            return self.answer(deed.form, [self.units[deed.place]], place)
        held = self.holds.get((deed.place, deed.form))
        first = held is None or (self._repeats(deed, now) and held.replaces is None)
        figures = r"\D+".join(map(str, deed.values))
        verb = "Insert" if first else "Update"
        return rf"^{verb} Data .* berhasil,\D+{figures}\D*$"

    def done(self, deed: Deed, now: float, reply: str) -> None:
        """Count a deed whose reply has come."""
        if deed.act is Act.UNDO:
            self._undo(deed, now, reply)
        elif deed.act in (Act.REPORT, Act.AGAIN) and not self._repeats(deed, now):
            key = deed.place, deed.form
            held = self.holds.get(key)
            version = Version(key, deed.number, deed.values, now, held)
            self.holds[key] = self._typed[key] = version
            self._actions[deed.number] = _Action(version, now)
            self.steps += 1

    def lacking(self, zone: str, hour: int) -> dict[str, tuple[str, ...]]:
        """The forms that units of a zone lack for a deadline now, by their codes."""
        found = {}
        for code, unit in self.units.items():
            if unit.province in ZONES[zone][1]:
                lacking = [
                    form
                    for form, since in self._due(unit, zone, hour)
                    if self._stored_at(code, form) <= since
                ]
                if lacking:
                    found[code] = tuple(lacking)
        return found

    def expected(self, zone: str, hour: int) -> list[Unit]:
        """The units of a zone that have something due by a deadline."""
        return [
            unit
            for unit in self.units.values()
            if unit.province in ZONES[zone][1] and any(self._due(unit, zone, hour))
        ]

    def unreported(self, provinces: Iterable[str]) -> tuple[int, int]:
        """How many units of some provinces lack a form today, and of how many."""
        units = self.within(provinces)
        lacking = [
            unit
            for unit in units
            if any((unit.code, form) not in self.holds for form in count_forms(unit))
        ]
        return len(lacking), len(units)

    def within(self, provinces: Iterable[str]) -> list[Unit]:
        """The units of some provinces; of the country where there are none."""
        wanted = tuple(provinces)
        return [
            unit
            for unit in self.units.values()
            if not wanted or unit.province in wanted
        ]

    def answer(self, form: str, units: Sequence[Unit], place: str) -> str:
        """A pattern of the reply to a query about some units."""
        there = [unit for unit in units if form.partition(" ")[0] in unit.kinds]
        counted = [unit for unit in there if (unit.code, form) in self.holds]
        if not counted:
            return rf"Belum ada data \w+ .*{place}"
        figures = "".join(
            rf"[^=]*={figure}(?!\d)" for figure in self._figures(form, there)
        )
        partial = len(counted) < len(there)
        tail = rf" Lapor {len(counted)}/{len(there)} UPT\." if partial else ""
        return f"{place}{figures}{tail}$"

    def sums(self) -> dict[str, int]:
        """The sum of all figures of each form."""
        found: dict[str, int] = {}
        for (_, form), version in self.holds.items():
            found[form] = found.get(form, 0) + sum(version.values)
        return found

    def _figures(self, form: str, units: Sequence[Unit]) -> list[str]:
        """The figures of a query's reply in their order, with their totals."""
        counts, staff = self._columns(form, units), self._columns(_PEG[form], units)
        if form == "RUTAN":
            counts = _paired(counts)
        elif form == "BAPAS":
            counts = [*counts, _total(counts)]
        return [
            _NOBODY if figure is None else str(figure)
            for figure in (*counts, *_paired(staff))
        ]

    def _columns(self, form: str, units: Sequence[Unit]) -> list[_Figure]:
        """The sum of each figure of a form; None where nobody reported it."""
        rows = [
            self.holds[unit.code, form].values
            for unit in units
            if (unit.code, form) in self.holds
        ]
        if not rows:
            return [None] * FIELDS[form]
        return [sum(column) for column in zip(*rows, strict=True)]

    def _due(self, unit: Unit, zone: str, hour: int) -> Iterator[tuple[str, float]]:
        """The forms that are due by a deadline, and the deadline before it."""
        for form in count_forms(unit):
            hours = self.deadlines[form.partition(" ")[0]]
            if hour in hours:
                earlier = [each for each in hours if each < hour]
                yield form, local(zone, earlier[-1]) if earlier else 0.0

    def _stored_at(self, code: str, form: str) -> float:
        version = self.holds.get((code, form))
        return version.at if version else 0.0

    def _repeats(self, deed: Deed, now: float) -> bool:
        """Whether a text is the one that made what holds, a moment ago."""
        typed = self._typed.get((deed.place, deed.form))
        return (
            typed is not None
            and (typed.number, typed.values) == (deed.number, deed.values)
            and now - typed.at < _REPEATED_S
        )

    def _last(self, deed: Deed, now: float) -> _Action | None:
        action = self._actions.get(deed.number)
        return action if action and now - action.at < _UNDO_S else None

    def _expect_undo(self, deed: Deed, now: float) -> str:
        last = self._last(deed, now)
        if last is None:
            return "Tidak ada tindakan Anda dalam 15 menit terakhir"
        if last.undone_with:
            return re.escape(last.undone_with) + "$"
        version = last.version
        what = f"{version.key[1]} {DAY:%d%m%y}"
        if self.holds[version.key] is not version:
            return f"Laporan Anda {what}.* sudah diganti petugas lain"
        before = _before(version)
        if before is None:
            return f"Dibatalkan: {what}.* Belum ada laporan lain untuk hari itu"
        figures = " ".join(map(str, before.values))
        return rf"Dibatalkan: {what}.*( \(kini {figures}\))?\. Nilai sebelumnya"

    def _undo(self, deed: Deed, now: float, reply: str) -> None:
        last = self._last(deed, now)
        if last is None or last.undone_with:
            return
        version = last.version
        version.undone = True
        self.steps += 1
        self._actions[deed.number] = _Action(version, now, reply)
        if self.holds[version.key] is version:
            # The same text again would be a new report.
            del self.holds[version.key], self._typed[version.key]
            before = _before(version)
            if before is not None:
                self.holds[version.key] = before


def _before(version: Version) -> Version | None:
    """What held before a report and was not taken back."""
    before = version.replaces
    while before is not None and before.undone:
        before = before.replaces
    return before


def _paired(figures: Sequence[_Figure]) -> list[_Figure]:
    """Men, women and their total, again and again."""
    pairs = zip(figures[::2], figures[1::2], strict=True)
    return [figure for pair in pairs for figure in (*pair, _total(pair))]


def _total(figures: Sequence[_Figure]) -> _Figure:
    there = [figure for figure in figures if figure is not None]
    return sum(there) if there else None
