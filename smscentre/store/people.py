"""Rows of provinces, units and officers, and the snapshot made of them."""

from __future__ import annotations

__all__ = [
    "DirectoryCache",
    "DirectoryReader",
    "changed",
    "described",
    "directory_to_change",
    "load_directory",
    "named",
    "put_officers",
    "put_provinces",
    "put_units",
    "register",
]

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, update

from smscentre.directory import Directory, Officer, Province, Right, Unit
from smscentre.store import audit, registration
from smscentre.store.tables import (
    closed_months,
    counters,
    officers,
    provinces,
    units,
)
from smscentre.store.transaction import (
    Numbers,
    Statement,
    Transaction,
    insert_of,
)

_VERSION = Statement(
    select(counters.c.value).where(counters.c.name == bindparam("name")), ("name",)
)

_CHANGED = (
    update(counters)
    .where(counters.c.name == "directory")
    .values(value=counters.c.value + 1)
)


_HELD = select(counters.c.value).where(counters.c.name == "directory").with_for_update()
"""Every change of the directory ends with an update of this row."""


class DirectoryCache:
    """The snapshot in use, loaded again when the stored directory has changed."""

    def __init__(self) -> None:
        self._version = -1
        self._directory = Directory.of(())

    def current(self, transaction: Transaction) -> Directory:
        """The directory as this transaction sees it. Writer's thread."""
        version = transaction.row(_VERSION, ("directory",))[0]
        if version == self._version:
            return self._directory
        directory = load_directory(transaction)

        def keep() -> None:
            self._version, self._directory = version, directory

        transaction.after_commit(keep)
        return directory


class DirectoryReader:
    """The same for those who only read. Any thread."""

    def __init__(self) -> None:
        self._kept: tuple[int, Directory] | None = None

    def current(self, connection: Connection) -> Directory:
        """The directory as this connection sees it."""
        transaction = Transaction(connection, Numbers())
        version = transaction.row(_VERSION, ("directory",))[0]
        # What two threads load at once is the same.
        kept = self._kept
        if kept is None or kept[0] != version:
            kept = self._kept = (version, load_directory(transaction))
        return kept[1]


def load_directory(transaction: Transaction) -> Directory:
    """Read all provinces, units and officers."""
    return Directory.of(
        (
            Province(row.keyword, row.name, row.zone, _split(row.aliases))
            for row in transaction.all(select(provinces))
        ),
        (_unit(row) for row in transaction.all(select(units).order_by(units.c.code))),
        (
            _officer(row)
            for row in transaction.all(select(officers).order_by(officers.c.number))
        ),
        registration.all_pins(transaction),
        (row.month for row in transaction.all(select(closed_months))),
    )


def directory_to_change(transaction: Transaction) -> Directory:
    """The same for a change that follows from it: no other node makes one meanwhile."""
    transaction.hold(_HELD)
    return load_directory(transaction)


def changed(transaction: Transaction) -> None:
    """Have every node read the directory anew."""
    transaction.execute(_CHANGED)


def put_provinces(transaction: Transaction, rows: Iterable[Province]) -> None:
    """Add and update provinces."""
    values = [
        {
            "keyword": province.keyword,
            "name": province.name,
            "zone": province.zone,
            "aliases": "|".join(province.aliases),
        }
        for province in rows
    ]
    _upsert(transaction, provinces, "keyword", values)
    transaction.execute(_CHANGED)


def put_units(transaction: Transaction, rows: Sequence[Unit]) -> None:
    """Add and update units."""
    values = [
        {
            "code": unit.code,
            "name": unit.name,
            "title": unit.title,
            "province": unit.province,
            "kinds": "|".join(sorted(unit.kinds)),
            "capacity": unit.capacity,
            "city": unit.city,
            "aliases": "|".join(unit.aliases),
            "valid_from": unit.valid_from,
            "valid_until": unit.valid_until,
        }
        for unit in rows
    ]
    _upsert(transaction, units, "code", values)
    transaction.execute(_CHANGED)


def put_officers(transaction: Transaction, rows: Sequence[Officer]) -> None:
    """Add and update officers."""
    values = [
        {
            "number": officer.number,
            "name": officer.name,
            "unit": officer.unit,
            "provinces": "|".join(officer.provinces),
            "rights": "|".join(sorted(right.value for right in officer.rights)),
            "roles": "|".join(sorted(officer.roles)),
            "active": officer.active,
        }
        for officer in rows
    ]
    _upsert(transaction, officers, "number", values)
    transaction.execute(_CHANGED)


def register(
    transaction: Transaction, invitation: int, officer: Officer, now: float
) -> None:
    """Add the officer whom an invitation was for, and use it up.

    :raises registration.Gone: another node was faster
    """
    registration.use_invitation(transaction, invitation, officer.number, now)
    put_officers(transaction, [officer])
    detail = f"invitation {invitation}: {described(officer)}"
    audit.record(
        transaction, officer.number, "officers.register", officer.number, detail, now
    )


def described(officer: Officer) -> str:
    """Name, place and rights of an officer, for the audit log."""
    place = officer.unit or "|".join(officer.provinces) or "ALL"
    return f"{officer.name!r} of {place}, rights {named(officer.rights)}"


def named(rights: Collection[Right]) -> str:
    """Rights in words, for the audit log."""
    return "|".join(right.value for right in Right if right in rights) or "none"


def _upsert(
    transaction: Transaction, table: Table, key: str, rows: Sequence[dict[str, Any]]
) -> None:
    if not rows:
        return
    statement = insert_of(transaction.dialect, table)
    columns = {name: statement.excluded[name] for name in rows[0] if name != key}
    transaction.execute(
        statement.on_conflict_do_update(index_elements=[table.c[key]], set_=columns),
        rows,
    )


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _unit(row: Any) -> Unit:
    return Unit(
        code=row.code,
        name=row.name,
        title=row.title,
        province=row.province,
        kinds=frozenset(_split(row.kinds)),
        capacity=row.capacity,
        city=row.city,
        aliases=_split(row.aliases),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def _officer(row: Any) -> Officer:
    return Officer(
        number=row.number,
        name=row.name,
        unit=row.unit,
        provinces=_split(row.provinces),
        rights=frozenset(Right(name) for name in _split(row.rights)),
        roles=frozenset(_split(row.roles)),
        active=row.active,
    )
