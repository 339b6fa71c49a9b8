"""The audit log: changes made by people, each row sealed by the one before it.

Rows are only ever added. A row's hash covers the hash before it, so that a row
changed, removed or put in between later breaks the chain; rows cut from the end
show only against a hash kept elsewhere.
"""

from __future__ import annotations

__all__ = ["record", "verify"]

import hashlib
import json
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text

from smscentre.store.tables import audit
from smscentre.store.transaction import Transaction

_LAST = select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)
_ALL = select(audit).order_by(audit.c.id)

# Two nodes would both continue the same row. On SQLite there is one writer.
_LOCK = text("LOCK TABLE audit IN EXCLUSIVE MODE")


def record(
    transaction: Transaction,
    actor: str,
    action: str,
    subject: str,
    detail: str,
    at: float,
) -> None:
    """Add a row: who did what to whom, in seconds since 1970.

    Row numbers are the log's own, without gaps, in the order of the chain.
    """
    if transaction.dialect == "postgresql":
        transaction.execute(_LOCK)
    last = transaction.first(_LAST)
    number, before = (last.id + 1, last.hash) if last else (1, "")
    values = {
        "id": number,
        "at": at,
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": detail,
    }
    # At once: the next row of this transaction continues this one.
    transaction.execute(insert(audit), {**values, "hash": _hash(before, values)})


def verify(connection: Connection) -> int | None:
    """Find the first row number at which the chain breaks; None when it is whole."""
    before = ""
    for number, row in enumerate(connection.execute(_ALL), 1):
        if row.id != number or row.hash != _hash(before, _values(row)):
            return number
        before = row.hash
    return None


def _values(row: Row[Any]) -> dict[str, Any]:
    values = dict(row._mapping)
    del values["hash"]
    return values


def _hash(before: str, values: dict[str, Any]) -> str:
    """SHA-256 over the hash before and the row as JSON with sorted keys."""
    content = json.dumps(
        values, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    return hashlib.sha256((before + content).encode()).hexdigest()
