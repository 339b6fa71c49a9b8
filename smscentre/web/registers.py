"""The lists that administrators keep by pages and by files: units and officers.

What differs between the two, so that files are imported and shown by one code. Each
user has a say in the entries of his scope only.
"""

from __future__ import annotations

__all__ = ["Register", "is_own_officer", "officer_register", "unit_register"]

import datetime
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Generic, TypeVar

from attrs import frozen

from smscentre.csvfile import Columns
from smscentre.directory import Directory, Officer, Unit
from smscentre.imports import (
    OFFICER_COLUMNS,
    UNIT_COLUMNS,
    read_officers,
    read_units,
    write_officers,
    write_units,
)
from smscentre.plans import Plan, plan_officers, plan_units
from smscentre.store.changes import Signature, bring_officers, bring_units
from smscentre.store.transaction import Transaction
from smscentre.users import User

Entry = TypeVar("Entry")


@frozen
class Register(Generic[Entry]):
    """One kind of list, by its ``kind`` in the audit log and its ``path``.

    ``denied`` names the column for which an entry is not a user's to write, or is
    empty; ``own`` tells whether one that there is belongs to his scope.
    """

    kind: str
    path: str
    title: str
    words: str
    columns: Columns
    all: Callable[[Directory], Iterable[Entry]]
    own: Callable[[User, Directory, Entry], bool]
    denied: Callable[[User, Directory, Entry], str]
    read: Callable[[str | bytes, Directory, User, str], list[Entry]]
    plan: Callable[
        [Sequence[Entry], Directory, User, datetime.date | None], Plan[Entry]
    ]
    bring: Callable[[Transaction, Plan[Entry], str, Signature], None]
    write: Callable[[Iterable[Entry]], str]

    def own_of(self, user: User, directory: Directory) -> list[Entry]:
        """The entries of a user's scope."""
        entries = self.all(directory)
        return [entry for entry in entries if self.own(user, directory, entry)]


def unit_register() -> Register[Unit]:
    """The units."""
    return Register(
        "units",
        "/admin/upt",
        "UPT",
        "UPT",
        UNIT_COLUMNS,
        lambda directory: directory.units.values(),
        lambda user, directory, unit: user.covers(unit),
        _denied_unit,
        _read_units,
        _plan_units,
        bring_units,
        write_units,
    )


def officer_register(country: str) -> Register[Officer]:
    """The officers; by the country national numbers are read."""
    return Register(
        "officers",
        "/admin/petugas",
        "Petugas",
        "petugas",
        OFFICER_COLUMNS,
        lambda directory: directory.officers.values(),
        is_own_officer,
        _denied_officer,
        partial(_read_officers, country),
        _plan_officers,
        bring_officers,
        write_officers,
    )


def is_own_officer(user: User, directory: Directory, officer: Officer) -> bool:
    """Whether an officer's place is within a user's scope."""
    return user.holds(directory.unit_of(officer), officer.provinces)


def _denied_unit(user: User, directory: Directory, unit: Unit) -> str:
    before = directory.units.get(unit.code)
    if before is not None and not user.covers(before):
        return "code"
    return "" if user.covers(unit) else "province"


def _read_units(
    content: str | bytes, directory: Directory, user: User, source: str
) -> list[Unit]:
    denied = partial(_denied_unit, user, directory)
    return read_units(content, directory.provinces, source, denied, directory.units)


def _plan_units(
    units: Sequence[Unit], directory: Directory, user: User, day: datetime.date | None
) -> Plan[Unit]:
    return plan_units(units, directory.units, day, user.covers)


def _denied_officer(user: User, directory: Directory, officer: Officer) -> str:
    before = directory.officers.get(officer.number)
    if before is not None and not is_own_officer(user, directory, before):
        return "number"
    return "" if is_own_officer(user, directory, officer) else "unit"


def _read_officers(
    country: str, content: str | bytes, directory: Directory, user: User, source: str
) -> list[Officer]:
    denied = partial(_denied_officer, user, directory)
    return read_officers(content, directory, country, source, denied)


def _plan_officers(
    officers: Sequence[Officer],
    directory: Directory,
    user: User,
    day: datetime.date | None,
) -> Plan[Officer]:
    own = partial(is_own_officer, user, directory)
    return plan_officers(officers, directory.officers, day is not None, own)
