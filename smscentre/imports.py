"""Units and officers from CSV files, and back.

Beside the path: the command line and the web hand it a file's content and get
values, or every bad cell at once. It opens no file and stores nothing; what is
already in the store is given as mappings.
"""

from __future__ import annotations

__all__ = [
    "KINDS",
    "OFFICER_COLUMNS",
    "OFFICER_LONGEST",
    "RULES",
    "UNIT_COLUMNS",
    "UNIT_LONGEST",
    "Allowed",
    "officer_cells",
    "officer_of",
    "read_officers",
    "read_units",
    "unit_cells",
    "unit_of",
    "write_officers",
    "write_units",
]

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeVar

from smscentre import csvfile
from smscentre.csvfile import (
    SEPARATOR,
    Columns,
    Row,
    Seen,
    in_words,
    read,
    write,
)
from smscentre.directory import Directory, Officer, Province, Right, Unit
from smscentre.errors import DirectoryError, Fault
from smscentre.numbers import NumberError, NumberFault, parse_number

KINDS: Final = ("RUTAN", "BAPAS", "RUPBASAN")
"""What a unit may report for."""

_EVERYWHERE = "ALL"
_YES = frozenset({"", "1", "ya", "yes", "true"})
_NO = frozenset({"0", "tidak", "no", "false"})

RULES: Final = {
    **csvfile.RULES,
    "code": "must be 1 to 12 letters and digits",
    "name": "must be 1 to 15 of A-Z, 0-9 and _",
    "name_taken": "is the name of unit {} already",
    "province": "must be a known province",
    "kinds": "must be of {}",
    "capacity": "must be a whole number or empty",
    "order": "must not be before {}",
    "place": "must be a known unit code, province keywords or ALL",
    "rights": "must be of {}, or empty",
    "active": "must be 1 or 0, ya or tidak, yes or no",
    "not_yours": "belongs to a place that is not yours",
    "own_number": "is the centre's own number",
    **{fault.name.lower(): fault.value for fault in NumberFault},
}
"""The rules, by name; ``{}`` stands for what they are about."""

Entry = TypeVar("Entry")

Allowed = Callable[[Entry], str]
"""Which column of an entry is not for whoever imports it; empty where all are."""

_CODE = re.compile(r"[A-Z0-9]{1,12}")
_NAME = re.compile(r"[A-Z0-9_]{1,15}")
_CAPACITY = re.compile(r"[0-9]{1,7}")

UNIT_COLUMNS: Final = Columns(
    ("code", "name", "title", "province", "kinds"),
    ("capacity", "city", "aliases", "valid_from", "valid_until"),
)
OFFICER_COLUMNS: Final = Columns(
    ("number", "name", "unit", "rights"), ("roles", "active")
)

UNIT_LONGEST: Final = {"title": 120, "city": 80, "aliases": 200}
OFFICER_LONGEST: Final = {"name": 80, "roles": 120}
"""The most characters of what is free text: pages show it, forms take no more."""


def read_units(
    content: bytes | str,
    provinces: Mapping[str, Province],
    source: str = "units.csv",
    allowed: Allowed[Unit] = lambda unit: "",
    stored: Mapping[str, Unit] = MappingProxyType({}),
) -> list[Unit]:
    """Read a file of units, in its order.

    ``provinces`` are those that exist, by keyword; ``source`` names the file
    in the error. No name may be that of a ``stored`` unit that the file leaves as it
    is: a code that lost its zeros in a spreadsheet would count its unit twice.

    :raises DirectoryError: when anything is wrong; it carries every problem.
    """
    faults: list[Fault] = []
    known = Directory.of(provinces.values())
    codes, names = Seen("code"), Seen("name")
    rows, units = [], []
    for row in read(content, UNIT_COLUMNS, faults):
        unit = _unit(row, known)
        codes.check(row, unit.code)
        names.check(row, unit.name)
        _check_place(row, allowed(unit))
        rows.append(row)
        units.append(unit)
    given = {unit.code for unit in units}
    taken = {one.name: one.code for one in stored.values() if one.code not in given}
    for row, unit in zip(rows, units, strict=True):
        if unit.name in taken:
            row.bad("name", "name_taken", taken[unit.name])
    _finish(source, faults, units)
    return units


def read_officers(
    content: bytes | str,
    known: Directory,
    country: str,
    source: str = "officers.csv",
    allowed: Allowed[Officer] = lambda officer: "",
) -> list[Officer]:
    """Read a file of officers, in its order.

    ``known`` holds the units and provinces that exist; ``country`` (``ID``) reads
    national numbers.

    :raises DirectoryError: when anything is wrong; it carries every problem.
    """
    faults: list[Fault] = []
    numbers = Seen("number")
    officers = []
    for row in read(content, OFFICER_COLUMNS, faults):
        officer = _officer(row, known, country)
        numbers.check(row, officer.number)
        _check_place(row, allowed(officer))
        officers.append(officer)
    _finish(source, faults, officers)
    return officers


def unit_of(
    cells: Mapping[str, str],
    provinces: Mapping[str, Province],
    allowed: Allowed[Unit] = lambda unit: "",
) -> Unit:
    """One unit from its cells by column, as a form has them.

    :raises DirectoryError: when anything is wrong; it carries every problem.
    """
    row = Row(1, dict(cells), [])
    row.check_lines()
    unit = _unit(row, Directory.of(provinces.values()))
    _check_place(row, allowed(unit))
    _finish("", row.faults, [unit])
    return unit


def officer_of(
    cells: Mapping[str, str],
    known: Directory,
    country: str,
    allowed: Allowed[Officer] = lambda officer: "",
) -> Officer:
    """One officer from his cells by column, as a form has them.

    :raises DirectoryError: when anything is wrong; it carries every problem.
    """
    row = Row(1, dict(cells), [])
    row.check_lines()
    officer = _officer(row, known, country)
    _check_place(row, allowed(officer))
    _finish("", row.faults, [officer])
    return officer


def write_units(units: Iterable[Unit]) -> str:
    """Write units as a file that `read_units` reads back the same."""
    return write(UNIT_COLUMNS, ([*unit_cells(unit).values()] for unit in units))


def write_officers(officers: Iterable[Officer]) -> str:
    """Write officers as a file that `read_officers` reads back the same.

    A number, like each cell that a spreadsheet would take for a formula, goes
    with an apostrophe before it. That also keeps its digits whole there.
    """
    return write(OFFICER_COLUMNS, ([*officer_cells(one).values()] for one in officers))


def _unit(row: Row, known: Directory) -> Unit:
    row.check_lengths(UNIT_LONGEST)
    capacity = row.text("capacity")
    if capacity and not _CAPACITY.fullmatch(capacity):
        row.bad("capacity", "capacity")
        capacity = ""
    valid_from, valid_until = row.day("valid_from"), row.day("valid_until")
    if valid_from and valid_until and valid_until < valid_from:
        row.bad("valid_until", "order", "valid_from")
    return Unit(
        code=row.matching("code", _CODE),
        name=row.matching("name", _NAME),
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
        near = row.nearest(word.upper(), known.provinces)
        row.bad("province", "province", near=near)
        return ""
    return province.keyword


def _kinds(row: Row) -> frozenset[str]:
    kinds = frozenset(kind.upper() for kind in row.items("kinds"))
    if not kinds or not kinds.issubset(KINDS):
        row.bad("kinds", "kinds", SEPARATOR.join(KINDS))
    return kinds


def _officer(row: Row, known: Directory, country: str) -> Officer:
    row.check_lengths(OFFICER_LONGEST)
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
        row.bad("number", error.fault.name.lower())
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
        row.bad("unit", "place", near=row.nearest(word, candidates))
    return None, tuple(dict.fromkeys(keywords))


def _rights(row: Row) -> frozenset[Right]:
    try:
        return frozenset(Right(right.lower()) for right in row.items("rights"))
    except ValueError:
        row.bad("rights", "rights", SEPARATOR.join(right.value for right in Right))
        return frozenset()


def _active(row: Row) -> bool:
    word = row.text("active").lower()
    if word not in _YES and word not in _NO:
        row.bad("active", "active")
    return word in _YES


def _check_place(row: Row, column: str) -> None:
    """Report an entry that is of a place where its importer has no say."""
    # What is wrong with the cell itself goes before.
    if column and column not in row.faulty:
        row.bad(column, "not_yours")


def _finish(source: str, faults: list[Fault], values: Sequence[object]) -> None:
    if not faults and not values:
        faults.append(Fault(2, "", "", "no_row"))
    if faults:
        problems = [in_words(fault, RULES[fault.rule]) for fault in faults]
        raise DirectoryError(source, problems, faults)


def unit_cells(unit: Unit) -> dict[str, str]:
    """A unit as a row of a file has it, by column."""
    cells = [
        unit.code,
        unit.name,
        unit.title,
        unit.province,
        SEPARATOR.join(kind for kind in KINDS if kind in unit.kinds),
        "" if unit.capacity is None else str(unit.capacity),
        unit.city,
        SEPARATOR.join(unit.aliases),
        unit.valid_from.isoformat() if unit.valid_from else "",
        unit.valid_until.isoformat() if unit.valid_until else "",
    ]
    return dict(zip(UNIT_COLUMNS.names, cells, strict=True))


def officer_cells(officer: Officer) -> dict[str, str]:
    """An officer as a row of a file has him, by column."""
    cells = [
        officer.number,
        officer.name,
        officer.unit or SEPARATOR.join(officer.provinces) or _EVERYWHERE,
        SEPARATOR.join(right.value for right in Right if right in officer.rights),
        SEPARATOR.join(sorted(officer.roles)),
        "1" if officer.active else "0",
    ]
    return dict(zip(OFFICER_COLUMNS.names, cells, strict=True))
