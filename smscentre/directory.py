"""Who and where: provinces, units and officers as one immutable snapshot.

A snapshot is loaded by the store, replaced as a whole when the directory
changes, and only read by everyone else. It knows no database and no clock.
"""

from __future__ import annotations

__all__ = [
    "ZONES",
    "Directory",
    "Officer",
    "Province",
    "Right",
    "Scope",
    "Unit",
    "fold",
]

import datetime
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cached_property
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

ZONES = {
    "WIB": ZoneInfo("Asia/Jakarta"),
    "WITA": ZoneInfo("Asia/Makassar"),
    "WIT": ZoneInfo("Asia/Jayapura"),
}

_UNFOLDED = re.compile(r"[^A-Z0-9]+")


def fold(word: str) -> str:
    """Reduce a name to the letters and digits by which names are compared."""
    return _UNFOLDED.sub("", word.upper())


@frozen
class Province:
    """A province: the keyword officers type, its name and its time zone."""

    keyword: str
    name: str
    zone: str
    aliases: tuple[str, ...] = ()

    @property
    def timezone(self) -> ZoneInfo:
        """The zone in which this province's days begin."""
        return ZONES[self.zone]


@frozen
class Unit:
    """A UPT: its code, short name, province and the kinds it reports for.

    ``valid_from`` and ``valid_until`` are the first and last day on which the
    unit is counted; None leaves that end open.
    """

    code: str
    name: str
    title: str
    province: str
    kinds: frozenset[str]
    capacity: int | None = None
    city: str = ""
    aliases: tuple[str, ...] = ()
    valid_from: datetime.date | None = None
    valid_until: datetime.date | None = None

    def __str__(self) -> str:
        """The unit as the manual writes it: code/name/province."""
        return f"{self.code}/{self.name}/{self.province}"

    def valid_on(self, day: datetime.date) -> bool:
        """Tell whether the unit is counted on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


class Right(Enum):
    """What an officer may do by SMS."""

    INSERT = "insert"
    QUERY = "query"


@frozen
class Officer:
    """A registered number: whose it is, where it belongs, what it may do.

    Exactly one of ``unit`` (a code), ``provinces`` (a region) and neither
    (the whole country) says where the officer belongs.
    """

    number: str
    name: str
    unit: str | None = None
    provinces: tuple[str, ...] = ()
    rights: frozenset[Right] = frozenset()
    roles: frozenset[str] = frozenset()
    active: bool = True


@frozen
class Scope:
    """What a query asks about: one unit, one province, or the country.

    ``province`` and ``unit`` are None where the scope is wider.
    """

    unit: str | None = None
    province: str | None = None


@define(slots=False)
class Directory:
    """All provinces, units and officers at one moment."""

    provinces: dict[str, Province]
    units: dict[str, Unit]
    officers: dict[str, Officer]
    pins: Mapping[tuple[str, Right], str] = field(factory=dict, repr=False)
    """Hashes of the PINs, by the number and the right that each keeps."""
    closed: frozenset[datetime.date] = frozenset()
    """The first days of the months of which no figure changes any more."""

    @classmethod
    def of(
        cls,
        provinces: Iterable[Province],
        units: Iterable[Unit] = (),
        officers: Iterable[Officer] = (),
        pins: Mapping[tuple[str, Right], str] | None = None,
        closed: Iterable[datetime.date] = (),
    ) -> Directory:
        """Build a snapshot from its members."""
        return cls(
            {province.keyword: province for province in provinces},
            {unit.code: unit for unit in units},
            {officer.number: officer for officer in officers},
            pins or {},
            frozenset(closed),
        )

    def with_officer(self, officer: Officer) -> Directory:
        """The same with one officer more, or another entry of his number."""
        officers = self.officers | {officer.number: officer}
        return Directory(self.provinces, self.units, officers, self.pins, self.closed)

    def is_closed(self, day: datetime.date) -> bool:
        """Whether no figure of a day changes any more."""
        return bool(self.closed) and day.replace(day=1) in self.closed

    def has_pin(self, number: str | None) -> bool:
        """Whether a PIN keeps a right of a number."""
        return bool(self.pins) and any((number, right) in self.pins for right in Right)

    def unit_of(self, officer: Officer) -> Unit | None:
        """The officer's own unit, or None for a region or the country."""
        return self.units.get(officer.unit) if officer.unit else None

    def units_named(self, word: str) -> tuple[Unit, ...]:
        """The units that a code, name, title, alias or all of it fits, by code."""
        return self._units_by_name.get(fold(word), ())

    def province_named(self, word: str) -> Province | None:
        """The province that a keyword, name or alias fits."""
        return self._provinces_by_name.get(fold(word))

    @property
    def province_names(self) -> Iterable[str]:
        """Every folded word by which some province goes."""
        return self._provinces_by_name.keys()

    def in_scope(self, scope: Scope, kind: str, day: datetime.date) -> tuple[Unit, ...]:
        """The units of a kind that a scope holds on a day."""
        if scope.unit is not None:
            unit = self.units.get(scope.unit)
            candidates: Iterable[Unit] = (unit,) if unit else ()
        else:
            candidates = self.units.values()
        return tuple(
            unit
            for unit in candidates
            if kind in unit.kinds
            and (scope.province is None or unit.province == scope.province)
            and unit.valid_on(day)
        )

    @cached_property
    def _units_by_name(self) -> dict[str, tuple[Unit, ...]]:
        names: dict[str, dict[str, Unit]] = {}
        for unit in self.units.values():
            for name in (unit.code, unit.name, unit.title, str(unit), *unit.aliases):
                names.setdefault(fold(name), {})[unit.code] = unit
        return {
            name: tuple(found[code] for code in sorted(found))
            for name, found in names.items()
            if name
        }

    @cached_property
    def _provinces_by_name(self) -> dict[str, Province]:
        return {
            fold(name): province
            for province in self.provinces.values()
            for name in (province.keyword, province.name, *province.aliases)
        }
