"""Whole lists of units and officers brought into the store, one transaction each.

For the command line: it works on the database beside a running service, which
notices by the directory's version. Reading files and showing the report is the
caller's business.
"""

from __future__ import annotations

__all__ = [
    "Change",
    "Signature",
    "import_officers",
    "import_units",
    "stored_directory",
]

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from attrs import frozen

from smscentre.directory import Directory, Officer, Unit
from smscentre.store import audit
from smscentre.store.beside import change_store
from smscentre.store.people import load_directory, put_officers, put_units
from smscentre.store.transaction import Transaction

Entry = TypeVar("Entry")


@frozen
class Change:
    """What an import did, by the units' codes or the officers' numbers.

    ``closed`` holds those that were absent and were deactivated.
    """

    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    closed: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{len(self.added)} added, {len(self.updated)} updated, "
            f"{len(self.unchanged)} unchanged, {len(self.closed)} deactivated"
        )


@frozen
class Signature:
    """Who makes a change, from which file, and when in seconds since 1970."""

    actor: str
    source: str
    at: float


class _Undone(Exception):
    """Takes a transaction back on purpose, once its work is known."""

    def __init__(self, change: Change) -> None:
        self.change = change
        super().__init__()


def stored_directory(url: str) -> Directory:
    """Provinces, units and officers as they are stored now.

    :raises StoreError: the database cannot be used
    """
    return change_store(url, load_directory)


def import_units(
    url: str,
    units: Sequence[Unit],
    signature: Signature,
    *,
    close_absent_on: datetime.date | None = None,
    dry_run: bool = False,
) -> Change:
    """Add and update units; with a day, close those absent: it is their last.

    A dry run does everything and takes it back.

    :raises StoreError: the database cannot be used
    """

    def work(transaction: Transaction) -> Change:
        before = load_directory(transaction).units
        closed = put_units(transaction, units, close_absent_on=close_absent_on)
        return _change({unit.code: unit for unit in units}, before, closed)

    return _import(url, "units.import", work, signature, dry_run)


def import_officers(
    url: str,
    officers: Sequence[Officer],
    signature: Signature,
    *,
    replace: bool = False,
    dry_run: bool = False,
) -> Change:
    """Add and update officers; with ``replace``, deactivate those absent.

    A dry run does everything and takes it back.

    :raises StoreError: the database cannot be used
    """

    def work(transaction: Transaction) -> Change:
        before = load_directory(transaction).officers
        closed = put_officers(transaction, officers, replace=replace)
        given = {officer.number: officer for officer in officers}
        return _change(given, before, closed)

    return _import(url, "officers.import", work, signature, dry_run)


def _import(
    url: str,
    action: str,
    work: Callable[[Transaction], Change],
    signature: Signature,
    dry_run: bool,
) -> Change:
    """Do the work and write it into the audit log, both or neither."""

    def signed(transaction: Transaction) -> Change:
        change = work(transaction)
        if dry_run:
            raise _Undone(change)
        detail = str(change)
        if change.closed:
            detail += ": " + " ".join(change.closed)
        audit.record(
            transaction,
            signature.actor,
            action,
            signature.source,
            detail,
            signature.at,
        )
        return change

    try:
        return change_store(url, signed)
    except _Undone as undone:
        return undone.change


def _change(
    given: Mapping[str, Entry], before: Mapping[str, Entry], closed: Sequence[str]
) -> Change:
    """Compare what was given with what was there."""
    known = [key for key in given if key in before]
    return Change(
        added=tuple(key for key in given if key not in before),
        updated=tuple(key for key in known if given[key] != before[key]),
        unchanged=tuple(key for key in known if given[key] == before[key]),
        closed=tuple(closed),
    )
