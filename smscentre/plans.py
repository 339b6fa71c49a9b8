"""What a list of units or officers would change, entry by entry and cell by cell.

Beside the path, pure: made of what is there and of what is given, shown before
anything is written, and written as it is. The cells are those of the CSV files.
"""

from __future__ import annotations

__all__ = [
    "Cell",
    "Plan",
    "Step",
    "StepKind",
    "plan_officers",
    "plan_units",
    "trace_of",
]

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from hashlib import sha256
from typing import Generic, TypeVar

from attrs import evolve, frozen

from smscentre.directory import Officer, Unit
from smscentre.imports import officer_cells, unit_cells

Entry = TypeVar("Entry")


class StepKind(Enum):
    """What happens to an entry."""

    ADDED = "added"
    UPDATED = "updated"
    CLOSED = "closed"


@frozen
class Cell:
    """A cell that changes."""

    column: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.column}: {self.old!r} -> {self.new!r}"


@frozen
class Step:
    """What happens to one entry: of a new one every cell that is not empty."""

    kind: StepKind
    key: str
    name: str
    cells: tuple[Cell, ...]

    def __str__(self) -> str:
        return ", ".join(map(str, self.cells))


@frozen
class Plan(Generic[Entry]):
    """What would change, and the entries that are written for it.

    ``unchanged`` are the keys of those that were given as they are.
    """

    steps: tuple[Step, ...]
    entries: tuple[Entry, ...]
    unchanged: tuple[str, ...]

    @property
    def added(self) -> tuple[str, ...]:
        """The keys of what is new."""
        return self._keys(StepKind.ADDED)

    @property
    def updated(self) -> tuple[str, ...]:
        """The keys of what changes."""
        return self._keys(StepKind.UPDATED)

    @property
    def closed(self) -> tuple[str, ...]:
        """The keys of what is absent and is deactivated for it."""
        return self._keys(StepKind.CLOSED)

    @property
    def digest(self) -> str:
        """The same for plans that do the same to the same."""
        return sha256(repr(self.steps).encode()).hexdigest()

    def __str__(self) -> str:
        return (
            f"{len(self.added)} added, {len(self.updated)} updated, "
            f"{len(self.unchanged)} unchanged, {len(self.closed)} deactivated"
        )

    def _keys(self, kind: StepKind) -> tuple[str, ...]:
        return tuple(step.key for step in self.steps if step.kind is kind)


def plan_units(
    units: Sequence[Unit],
    before: Mapping[str, Unit],
    close_absent_on: datetime.date | None = None,
    is_mine: Callable[[Unit], bool] = lambda unit: True,
) -> Plan[Unit]:
    """What a list of units does; with a day those absent close: it is their last.

    ``is_mine`` tells which of those there are can be absent.
    """
    closing: list[Unit] = []
    if close_absent_on is not None:
        given = {unit.code for unit in units}
        closing = [
            evolve(unit, valid_until=close_absent_on)
            for code, unit in before.items()
            if code not in given
            and is_mine(unit)
            and (unit.valid_until is None or unit.valid_until > close_absent_on)
        ]
    return _plan(units, closing, before, unit_cells)


def plan_officers(
    officers: Sequence[Officer],
    before: Mapping[str, Officer],
    replace: bool = False,
    is_mine: Callable[[Officer], bool] = lambda officer: True,
) -> Plan[Officer]:
    """What a list of officers does; with ``replace`` it deactivates those absent."""
    closing: list[Officer] = []
    if replace:
        given = {officer.number for officer in officers}
        closing = [
            evolve(officer, active=False)
            for number, officer in before.items()
            if number not in given and officer.active and is_mine(officer)
        ]
    return _plan(officers, closing, before, officer_cells)


def trace_of(entry: Entry | None, cells_of: Callable[[Entry], dict[str, str]]) -> str:
    """A digest of one entry: whoever changes it says by it which one he saw."""
    cells = cells_of(entry) if entry is not None else {}
    return sha256(repr(cells).encode()).hexdigest()


def _plan(
    given: Sequence[Entry],
    closing: Sequence[Entry],
    before: Mapping[str, Entry],
    cells_of: Callable[[Entry], dict[str, str]],
) -> Plan[Entry]:
    steps: list[Step] = []
    entries: list[Entry] = []
    unchanged: list[str] = []
    for entry in given:
        cells = cells_of(entry)
        key = next(iter(cells.values()))
        old = before.get(key)
        kind = StepKind.ADDED if old is None else StepKind.UPDATED
        step = _step(kind, key, cells_of(old) if old is not None else {}, cells)
        if step.cells:
            steps.append(step)
            entries.append(entry)
        else:
            unchanged.append(key)
    for entry in closing:
        cells = cells_of(entry)
        key = next(iter(cells.values()))
        steps.append(_step(StepKind.CLOSED, key, cells_of(before[key]), cells))
        entries.append(entry)
    return Plan(tuple(steps), tuple(entries), tuple(unchanged))


def _step(kind: StepKind, key: str, old: dict[str, str], new: dict[str, str]) -> Step:
    return Step(kind, key, new["name"], tuple(_changed(old, new.items())))


def _changed(old: dict[str, str], new: Iterable[tuple[str, str]]) -> Iterable[Cell]:
    for column, value in new:
        if value != old.get(column, ""):
            yield Cell(column, old.get(column, ""), value)
