"""Lists of units and officers brought into the store, one transaction each.

For the command line and the pages: a running service, this one or another node,
notices by the directory's version. Reading files and showing what would change is
the caller's business.
"""

from __future__ import annotations

__all__ = [
    "Signature",
    "bring_officers",
    "bring_units",
    "import_officers",
    "import_units",
    "stored_directory",
]

import datetime
from collections.abc import Callable, Sequence
from typing import TypeVar

from attrs import frozen

from smscentre.directory import Directory, Officer, Unit
from smscentre.plans import Plan, plan_officers, plan_units
from smscentre.store import audit
from smscentre.store.beside import change_store
from smscentre.store.people import (
    directory_to_change,
    load_directory,
    put_officers,
    put_units,
)
from smscentre.store.transaction import Transaction

Entry = TypeVar("Entry")


@frozen
class Signature:
    """Who makes a change, from which file if any, and when in seconds since 1970."""

    actor: str
    source: str
    at: float


class _Undone(Exception):
    """Takes a transaction back on purpose, once its work is known to succeed."""


def stored_directory(url: str) -> Directory:
    """Provinces, units and officers as they are stored now.

    :raises StoreError: the database cannot be used
    """
    return change_store(url, load_directory)


def bring_units(
    transaction: Transaction, plan: Plan[Unit], action: str, signature: Signature
) -> None:
    """Write what a plan says, and who did it, as an action by its name."""
    if plan.entries:
        put_units(transaction, plan.entries)
    _sign(transaction, plan, action, signature)


def bring_officers(
    transaction: Transaction, plan: Plan[Officer], action: str, signature: Signature
) -> None:
    """Write what a plan says, and who did it, as an action by its name."""
    if plan.entries:
        put_officers(transaction, plan.entries)
    _sign(transaction, plan, action, signature)


def import_units(
    url: str,
    units: Sequence[Unit],
    signature: Signature,
    *,
    close_absent_on: datetime.date | None = None,
    dry_run: bool = False,
) -> Plan[Unit]:
    """Add and update units; with a day, close those absent: it is their last.

    A dry run does everything and takes it back.

    :raises StoreError: the database cannot be used
    """

    def plan(before: Directory) -> Plan[Unit]:
        return plan_units(units, before.units, close_absent_on)

    def write(transaction: Transaction, planned: Plan[Unit]) -> None:
        bring_units(transaction, planned, "units.import", signature)

    return _import(url, plan, write, dry_run)


def import_officers(
    url: str,
    officers: Sequence[Officer],
    signature: Signature,
    *,
    replace: bool = False,
    dry_run: bool = False,
) -> Plan[Officer]:
    """Add and update officers; with ``replace``, deactivate those absent.

    A dry run does everything and takes it back.

    :raises StoreError: the database cannot be used
    """

    def plan(before: Directory) -> Plan[Officer]:
        return plan_officers(officers, before.officers, replace)

    def write(transaction: Transaction, planned: Plan[Officer]) -> None:
        bring_officers(transaction, planned, "officers.import", signature)

    return _import(url, plan, write, dry_run)


def _import(
    url: str,
    plan: Callable[[Directory], Plan[Entry]],
    write: Callable[[Transaction, Plan[Entry]], None],
    dry_run: bool,
) -> Plan[Entry]:
    planned: list[Plan[Entry]] = []

    def work(transaction: Transaction) -> None:
        planned.append(plan(directory_to_change(transaction)))
        write(transaction, planned[-1])
        if dry_run:
            transaction.flush()
            raise _Undone

    try:
        change_store(url, work)
    except _Undone:
        pass
    return planned[-1]


def _sign(
    transaction: Transaction, plan: Plan[Entry], action: str, signature: Signature
) -> None:
    """Write into the audit log: of a file how much, of one entry each cell."""
    if signature.source:
        subject, detail = signature.source, str(plan)
        if plan.closed:
            detail += ": " + " ".join(plan.closed)
    else:
        subject = " ".join(step.key for step in plan.steps)
        detail = "; ".join(map(str, plan.steps))
    audit.record(transaction, signature.actor, action, subject, detail, signature.at)
