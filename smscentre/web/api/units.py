"""``/units`` and ``/provinces``: who reports, as far as a token may see."""

from __future__ import annotations

__all__ = ["Units"]

from collections.abc import Sequence
from typing import Annotated

from attrs import frozen
from msgspec import Meta

from smscentre.directory import Directory, Province, Unit
from smscentre.tokens import TokenScope
from smscentre.web.api.cursors import Cursor, cursor_of, position
from smscentre.web.api.faults import Fault, Refused
from smscentre.web.api.operations import Call, Caller, NothingAsked, Operation, Reply
from smscentre.web.api.shapes import Code, Day, Keyword, Kind, Limit, NextCursor
from smscentre.web.means import Means

Words = Annotated[
    str,
    Meta(
        pattern="^[^\\u0000-\\u001f\\u007f]{1,50}$",
        description="What code, name, title, city or an alias holds, capitals or not.",
    ),
]


@frozen
class UnitShown:
    """A unit that reports."""

    code: str
    name: Annotated[str, Meta(description="The short name that officers type.")]
    title: str
    province: str
    kinds: Annotated[list[str], Meta(description="What it reports for.")]
    capacity: int | None
    city: str
    aliases: list[str]
    valid_from: Annotated[
        Day | None, Meta(description="The first day on which it is counted.")
    ]
    valid_until: Annotated[Day | None, Meta(description="The last such day.")]


@frozen
class UnitList:
    """Units by code."""

    items: list[UnitShown]
    next_cursor: NextCursor


@frozen
class ProvinceShown:
    """A province."""

    keyword: str
    name: str
    zone: Annotated[str, Meta(description="WIB, WITA or WIT.")]
    units: Annotated[
        int, Meta(description="How many units it has today that the token may see.")
    ]


@frozen
class ProvinceList:
    """The provinces of which a token tells, by keyword."""

    items: list[ProvinceShown]


@frozen
class _UnitsAsked:
    province: Keyword | None = None
    kind: Kind | None = None
    valid_on: Annotated[
        Day | None, Meta(description="Only units that are counted on this day.")
    ] = None
    search: Words | None = None
    limit: Limit = 100
    cursor: Cursor | None = None


@frozen
class _UnitAsked:
    code: Code


class Units:
    """``/units`` and ``/provinces``."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def operations(self) -> Sequence[Operation]:
        """What can be asked."""
        scope = TokenScope.UNITS
        return [
            Operation(
                "listUnits",
                "/units",
                scope,
                "Units, by code",
                _UnitsAsked,
                UnitList,
                self.units,
                tagged=True,
            ),
            Operation(
                "getUnit",
                "/units/<code>",
                scope,
                "One unit",
                _UnitAsked,
                UnitShown,
                self.unit,
                tagged=True,
            ),
            Operation(
                "listProvinces",
                "/provinces",
                scope,
                "Provinces, by keyword",
                NothingAsked,
                ProvinceList,
                self.provinces,
                tagged=True,
            ),
        ]

    async def units(self, call: Call[_UnitsAsked, None]) -> Reply:
        """Units that fit all that is asked."""
        asked = call.asked
        after = position(asked.cursor, str) or ""
        found = [
            unit
            for unit in _seen(await self._means.current_directory(), call.caller)
            if unit.code > after and _fits(unit, asked)
        ]
        page = found[: asked.limit]
        following = cursor_of(page[-1].code) if len(found) > len(page) else None
        return Reply(UnitList([_shown(unit) for unit in page], following))

    async def unit(self, call: Call[_UnitAsked, None]) -> Reply:
        """One unit."""
        directory = await self._means.current_directory()
        unit = directory.units.get(call.asked.code)
        if unit is None or not call.caller.token.covers(unit):
            raise Refused(Fault.NOT_FOUND, f"tidak ada UPT {call.asked.code}")
        return Reply(_shown(unit))

    async def provinces(self, call: Call[NothingAsked, None]) -> Reply:
        """The provinces, with how many units each has."""
        directory = await self._means.current_directory()
        today = self._means.now().date()
        counts = dict.fromkeys(_provinces(directory, call.caller), 0)
        for unit in _seen(directory, call.caller):
            counts[unit.province] += unit.valid_on(today)
        items = [
            _shown_province(directory.provinces[keyword], counts[keyword])
            for keyword in sorted(counts)
        ]
        return Reply(ProvinceList(items))


def _seen(directory: Directory, caller: Caller) -> list[Unit]:
    """The units that a token may see, by code."""
    seen = [unit for unit in directory.units.values() if caller.token.covers(unit)]
    return sorted(seen, key=lambda unit: unit.code)


def _provinces(directory: Directory, caller: Caller) -> Sequence[str]:
    """The provinces of which a token tells."""
    if caller.token.unit is not None:
        return [unit.province for unit in _seen(directory, caller)]
    return caller.token.provinces or list(directory.provinces)


def _fits(unit: Unit, asked: _UnitsAsked) -> bool:
    return (
        (asked.province is None or unit.province == asked.province)
        and (asked.kind is None or asked.kind in unit.kinds)
        and (asked.valid_on is None or unit.valid_on(asked.valid_on))
        and (asked.search is None or _holds(unit, asked.search))
    )


def _holds(unit: Unit, words: str) -> bool:
    texts = (unit.code, unit.name, unit.title, unit.city, *unit.aliases)
    return any(words.casefold() in text.casefold() for text in texts)


def _shown(unit: Unit) -> UnitShown:
    return UnitShown(
        unit.code,
        unit.name,
        unit.title,
        unit.province,
        sorted(unit.kinds),
        unit.capacity,
        unit.city,
        list(unit.aliases),
        unit.valid_from,
        unit.valid_until,
    )


def _shown_province(province: Province, units: int) -> ProvinceShown:
    return ProvinceShown(province.keyword, province.name, province.zone, units)
