"""Reports that wait for their sender's word, kept so that a restart forgets none.

Beneath the ledger. A row is written with the reply that asks, and settled once, by
the message that says yes or takes the report back.
"""

from __future__ import annotations

__all__ = ["add_pending", "new_code", "pending_of", "settle"]

import secrets
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from smscentre.interfaces import Pending, Report, Request, Settlement
from smscentre.store.prepared import Overtaken
from smscentre.store.tables import confirmations
from smscentre.store.transaction import Transaction

_CODES = 10_000

_OF_NUMBER = (
    select(confirmations)
    .where(
        confirmations.c.number == bindparam("number"),
        confirmations.c.asked_at > bindparam("since"),
    )
    .order_by(confirmations.c.asked_at.desc(), confirmations.c.id.desc())
)

_SETTLE = (
    update(confirmations)
    .where(
        confirmations.c.id == bindparam("pending"),
        confirmations.c.settled_at.is_(None),
    )
    .values(
        settled_at=bindparam("at"),
        settled_by=bindparam("by"),
        confirmed=bindparam("yes"),
    )
)


def pending_of(transaction: Transaction, number: str, since: float) -> list[Pending]:
    """What a number was asked since a moment, the newest first."""
    rows = transaction.all(_OF_NUMBER, {"number": number, "since": since})
    return [_pending(row) for row in rows]


def new_code(transaction: Transaction, number: str, since: float) -> str:
    """Four digits at random which none of the number's pending reports has."""
    taken = {pending.code for pending in pending_of(transaction, number, since)}
    while (code := f"{secrets.randbelow(_CODES):04}") in taken:
        pass
    return code


def add_pending(
    transaction: Transaction, pending: Pending, request: Request, inbox_id: int
) -> None:
    """Keep a report until its sender confirms it."""
    report = pending.report
    transaction.execute(
        insert(confirmations),
        {
            "id": transaction.new_id(),
            "number": request.number,
            "code": pending.code,
            "inbox_id": inbox_id,
            "text": report.text or request.text,
            "unit": report.unit,
            "form": report.form,
            "day": report.day,
            "new_values": " ".join(map(str, report.values)),
            "named": pending.named,
            "flags": " ".join(report.flags),
            "asked_at": pending.asked_at,
            "confirmed": False,
        },
    )


def settle(
    transaction: Transaction, settlement: Settlement, request: Request, inbox_id: int
) -> None:
    """Close what was pending.

    :raises Overtaken: another node has closed it meanwhile
    """
    parameters = {
        "pending": settlement.pending.id,
        "at": request.arrived_at,
        "by": inbox_id,
        "yes": settlement.confirmed,
    }
    if not transaction.execute(_SETTLE, parameters).rowcount:
        raise Overtaken(f"{settlement.pending.report.form} was settled a moment ago")


def _pending(row: Any) -> Pending:
    report = Report(
        row.unit,
        row.form,
        row.day,
        tuple(map(int, row.new_values.split())),
        flags=tuple(row.flags.split()),
        text=row.text,
    )
    return Pending(
        row.code,
        report,
        row.named,
        row.asked_at,
        row.id,
        row.settled_at,
        row.confirmed,
    )
