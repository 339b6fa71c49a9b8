"""Who has reported for a deadline, who has not, and whom that concerns."""

from __future__ import annotations

__all__ = [
    "Digest",
    "Reminder",
    "Reported",
    "Standing",
    "digests",
    "may_ask",
    "may_report",
    "reminders",
]

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import field, frozen

from smscentre.deadlines.schedule import Deadline
from smscentre.directory import Directory, Officer, Right, Unit

Reported = Mapping[tuple[str, str], float]
"""When the figures that hold for a unit and form on a day were stored."""


@frozen
class Standing:
    """How the units of one zone stand at a deadline.

    ``missing`` gives the forms that a unit lacks, by its code; units that lack none
    are not in it.
    """

    deadline: Deadline
    expected: tuple[Unit, ...]
    missing: dict[str, tuple[str, ...]] = field(factory=dict)

    @classmethod
    def of(
        cls, deadline: Deadline, directory: Directory, reported: Reported
    ) -> Standing:
        """Compare what the units of a zone must have sent with what they have."""
        expected, missing = [], {}
        for unit in _units(deadline, directory):
            due = [due for due in deadline.forms if due.kind in unit.kinds]
            if not due:
                continue
            expected.append(unit)
            lacking = tuple(
                each.form
                for each in due
                if reported.get((unit.code, each.form), 0.0) <= each.since
            )
            if lacking:
                missing[unit.code] = lacking
        return cls(deadline, tuple(expected), missing)

    def within(self, provinces: Sequence[str]) -> Standing:
        """The same of the units in some provinces."""
        expected = tuple(unit for unit in self.expected if unit.province in provinces)
        codes = {unit.code for unit in expected}
        missing = {code: self.missing[code] for code in self.missing if code in codes}
        return Standing(self.deadline, expected, missing)


@frozen
class Reminder:
    """One SMS to one officer: the forms that the officer's unit lacks."""

    officer: Officer
    unit: Unit
    forms: tuple[str, ...]


@frozen
class Digest:
    """One SMS to one officer: how many units have reported, which have not.

    ``provinces`` is empty where it is about the country.
    """

    officer: Officer
    provinces: tuple[str, ...]
    reported: int
    expected: int
    missing: tuple[Unit, ...]


def may_report(officer: Officer) -> bool:
    """Whether an officer reports for a unit, and may."""
    return officer.active and bool(officer.unit) and Right.INSERT in officer.rights


def may_ask(officer: Officer) -> bool:
    """Whether an officer may know how units stand."""
    return officer.active and Right.QUERY in officer.rights


def reminders(standing: Standing, directory: Directory) -> list[Reminder]:
    """Whom to remind: active officers who may report for a unit that lacks forms."""
    by_unit: dict[str, list[Officer]] = {}
    for officer in directory.officers.values():
        if officer.unit and may_report(officer):
            by_unit.setdefault(officer.unit, []).append(officer)
    return [
        Reminder(officer, directory.units[code], forms)
        for code, forms in standing.missing.items()
        for officer in by_unit.get(code, ())
    ]


def digests(
    deadline: Deadline,
    standings: Sequence[Standing],
    directory: Directory,
    national_role: str,
) -> list[Digest]:
    """Whom to tell when a deadline has come in its zone.

    ``standings`` are those of the same time in all zones, the latest moment last: the
    country's is told once that has come. Officers of provinces are told of theirs.
    """
    present = next(each for each in standings if each.deadline == deadline)
    counted = [standing for standing in standings if standing.expected]
    is_last = bool(counted) and counted[-1] is present
    found: list[Digest] = []
    for officer in directory.officers.values():
        if not may_ask(officer):
            continue
        if officer.provinces:
            found += _digest(officer, [present.within(officer.provinces)])
        elif is_last and not officer.unit and national_role in officer.roles:
            found += _digest(officer, counted)
    return found


def _digest(officer: Officer, standings: Sequence[Standing]) -> Iterator[Digest]:
    """What an officer is told, unless nothing was expected."""
    expected = [unit for standing in standings for unit in standing.expected]
    if not expected:
        return
    missing = tuple(
        unit
        for standing in standings
        for unit in standing.expected
        if unit.code in standing.missing
    )
    there = {unit.province for unit in expected}
    provinces = tuple(key for key in officer.provinces if key in there)
    reported = len(expected) - len(missing)
    yield Digest(officer, provinces, reported, len(expected), missing)


def _units(deadline: Deadline, directory: Directory) -> Iterable[Unit]:
    """The units of a deadline's zone that are counted on its day, by code."""
    for code in sorted(directory.units):
        unit = directory.units[code]
        province = directory.provinces.get(unit.province)
        here = province is not None and province.zone == deadline.zone
        if here and unit.valid_on(deadline.day):
            yield unit
