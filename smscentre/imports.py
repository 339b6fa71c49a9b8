"""Units and officers from CSV files, and back.

Beside the path: the command line and the web hand it a file's content and get
values, or every bad cell at once. It opens no file and stores nothing; what is
already in the store is given as mappings.
"""

from __future__ import annotations

__all__ = ["read_officers", "read_units", "write_officers", "write_units"]

import re
from collections.abc import Iterable, Mapping, Sequence

from smscentre.csvfile import SEPARATOR, Columns, Row, Seen, nearest, read, write
from smscentre.directory import Directory, Officer, Province, Right, Unit
from smscentre.errors import DirectoryError, Problem
from smscentre.numbers import NumberError, parse_number

_KINDS = ("RUTAN", "BAPAS", "RUPBASAN")
_EVERYWHERE = "ALL"
_YES = frozenset({"", "1", "ya", "yes", "true"})
_NO = frozenset({"0", "tidak", "no", "false"})

_CODE = re.compile(r"[A-Z0-9]{1,12}")
_NAME = re.compile(r"[A-Z0-9_]{1,15}")
_CAPACITY = re.compile(r"[0-9]{1,7}")

_UNITS = Columns(
    ("code", "name", "title", "province", "kinds"),
    ("capacity", "city", "aliases", "valid_from", "valid_until"),
)
_OFFICERS = Columns(("number", "name", "unit", "rights"), ("roles", "active"))


def read_units(
    content: bytes | str,
    provinces: Mapping[str, Province],
    source: str = "units.csv",
) -> list[Unit]:
    """Read a file of units, in its order.

    ``provinces`` are those that exist, by keyword; ``source`` names the file
    in the error.

    :raises DirectoryError: when anything is wrong; it carries every problem.
    """
    problems: list[Problem] = []
    known = Directory.of(provinces.values())
    codes, names = Seen("code"), Seen("name")
    units = []
    for row in read(content, _UNITS, problems):
        unit = _unit(row, known)
        codes.check(row, unit.code)
        names.check(row, unit.name)
        units.append(unit)
    _finish(source, problems, units)
    return units


def read_officers(
    content: bytes | str,
    units: Mapping[str, Unit],
    provinces: Mapping[str, Province],
    country: str,
    source: str = "officers.csv",
) -> list[Officer]:
    """Read a file of officers, in its order.

    ``units`` (by code) and ``provinces`` (by keyword) are those that exist;
    ``country`` (``ID``) reads national numbers.

    :raises DirectoryError: when anything is wrong; it carries every problem.
    """
    problems: list[Problem] = []
    known = Directory.of(provinces.values(), units.values())
    numbers = Seen("number")
    officers = []
    for row in read(content, _OFFICERS, problems):
        officer = _officer(row, known, country)
        numbers.check(row, officer.number)
        officers.append(officer)
    _finish(source, problems, officers)
    return officers


def write_units(units: Iterable[Unit]) -> str:
    """Write units as a file that `read_units` reads back the same."""
    return write(_UNITS, (_unit_cells(unit) for unit in units))


def write_officers(officers: Iterable[Officer]) -> str:
    """Write officers as a file that `read_officers` reads back the same.

    A number, like each cell that a spreadsheet would take for a formula, goes
    with an apostrophe before it. That also keeps its digits whole there.
    """
    return write(_OFFICERS, (_officer_cells(officer) for officer in officers))


def _unit(row: Row, known: Directory) -> Unit:
    capacity = row.text("capacity")
    if capacity and not _CAPACITY.fullmatch(capacity):
        row.bad("capacity", "must be a whole number or empty")
        capacity = ""
    valid_from, valid_until = row.day("valid_from"), row.day("valid_until")
    if valid_from and valid_until and valid_until < valid_from:
        row.bad("valid_until", "must not be before valid_from")
    return Unit(
        code=row.matching("code", _CODE, "must be 1 to 12 letters and digits"),
        name=row.matching("name", _NAME, "must be 1 to 15 of A-Z, 0-9 and _"),
        title=row.title("title"),
        province=_province(row, known),
        kinds=_kinds(row),
        capacity=int(capacity) if capacity else None,
        city=row.text("city"),
        aliases=row.items("aliases"),
        valid_from=valid_from,
        valid_until=valid_until,
    )


def _province(row: Row, known: Directory) -> str:
    word = row.text("province")
    province = known.province_named(word)
    if province is None:
        near = nearest(word.upper(), known.provinces)
        row.bad("province", "must be a known province" + near)
        return ""
    return province.keyword


def _kinds(row: Row) -> frozenset[str]:
    kinds = frozenset(kind.upper() for kind in row.items("kinds"))
    if not kinds or not kinds.issubset(_KINDS):
        row.bad("kinds", f"must be of {SEPARATOR.join(_KINDS)}")
    return kinds


def _officer(row: Row, known: Directory, country: str) -> Officer:
    unit, provinces = _place(row, known)
    return Officer(
        number=_number(row, country),
        name=row.title("name"),
        unit=unit,
        provinces=provinces,
        rights=_rights(row),
        roles=frozenset(role.lower() for role in row.items("roles")),
        active=_active(row),
    )


def _number(row: Row, country: str) -> str:
    try:
        return parse_number(row.text("number"), country)
    except NumberError as error:
        row.bad("number", error.rule)
        return ""


def _place(row: Row, known: Directory) -> tuple[str | None, tuple[str, ...]]:
    """The unit or the provinces of an officer, neither for the country."""
    word = row.text("unit").upper()
    if word == _EVERYWHERE:
        return None, ()
    if word in known.units:
        return word, ()
    provinces = [known.province_named(item) for item in row.items("unit")]
    keywords = [province.keyword for province in provinces if province]
    if not keywords or len(keywords) < len(provinces):
        candidates = (_EVERYWHERE, *known.units, *known.provinces)
        rule = "must be a known unit code, province keywords or ALL"
        row.bad("unit", rule + nearest(word, candidates))
    return None, tuple(dict.fromkeys(keywords))


def _rights(row: Row) -> frozenset[Right]:
    try:
        return frozenset(Right(right.lower()) for right in row.items("rights"))
    except ValueError:
        known = SEPARATOR.join(right.value for right in Right)
        row.bad("rights", f"must be of {known}, or empty")
        return frozenset()


def _active(row: Row) -> bool:
    word = row.text("active").lower()
    if word not in _YES and word not in _NO:
        row.bad("active", "must be 1 or 0, ya or tidak, yes or no")
    return word in _YES


def _finish(source: str, problems: list[Problem], values: Sequence[object]) -> None:
    if not problems and not values:
        problems.append(Problem("line 2", "", "there is no row below the header"))
    if problems:
        raise DirectoryError(source, problems)


def _unit_cells(unit: Unit) -> list[str]:
    return [
        unit.code,
        unit.name,
        unit.title,
        unit.province,
        SEPARATOR.join(kind for kind in _KINDS if kind in unit.kinds),
        "" if unit.capacity is None else str(unit.capacity),
        unit.city,
        SEPARATOR.join(unit.aliases),
        unit.valid_from.isoformat() if unit.valid_from else "",
        unit.valid_until.isoformat() if unit.valid_until else "",
    ]


def _officer_cells(officer: Officer) -> list[str]:
    return [
        officer.number,
        officer.name,
        officer.unit or SEPARATOR.join(officer.provinces) or _EVERYWHERE,
        SEPARATOR.join(right.value for right in Right if right in officer.rights),
        SEPARATOR.join(sorted(officer.roles)),
        "1" if officer.active else "0",
    ]
