"""The audit log: changes made by people, each row sealed by the one before it.

Rows are only ever added. A row's hash covers the hash before it, so that a row
changed, removed or put in between later breaks the chain; rows cut from the end
show only against a hash kept elsewhere.
"""

from __future__ import annotations

__all__ = [
    "LONGEST_REASON",
    "AuditRow",
    "AuditSearch",
    "Found",
    "find",
    "record",
    "verify",
]

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, Row, func, insert, or_, select, text

from smscentre.store.tables import audit
from smscentre.store.transaction import Transaction

LONGEST_REASON: Final = 200
"""The characters, all in one line, in which people say why they changed something."""

_LAST = select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)
_ALL = select(audit).order_by(audit.c.id)
_BY_AND_BY: Final = {"yield_per": 1000}
"""Rows are read on as they are needed: a log may not fit into memory."""

_SEARCHED = (audit.c.actor, audit.c.action, audit.c.subject, audit.c.detail)

# Two nodes would both continue the same row.
_LOCK = text("LOCK TABLE audit IN EXCLUSIVE MODE")


@frozen
class AuditSearch:
    """Which rows are looked for: those that hold words, within a span of time.

    Capital letters do not matter. Moments are in seconds since 1970, ``until`` is
    no part of the span; None leaves an end open.
    """

    words: str = ""
    since: float | None = None
    until: float | None = None


@frozen
class AuditRow:
    """What stands in one row, but for its hash."""

    id: int
    at: float
    actor: str
    action: str
    subject: str
    detail: str


@frozen
class Found:
    """How many rows there are, and some of them, the newest first."""

    total: int
    rows: Sequence[AuditRow]


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
    transaction.hold(_LOCK)
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


def find(
    connection: Connection, search: AuditSearch, offset: int = 0, most: int = 50
) -> Found:
    """Look rows up, the newest first, after ``offset`` of them."""
    conditions = [*_conditions(search)]
    count = select(func.count()).select_from(audit).where(*conditions)
    query = (
        select(audit)
        .where(*conditions)
        .order_by(audit.c.id.desc())
        .limit(most)
        .offset(offset)
    )
    return Found(
        connection.execute(count).scalar_one(),
        [AuditRow(**_values(row)) for row in connection.execute(query)],
    )


def _conditions(search: AuditSearch) -> Iterator[ColumnElement[bool]]:
    if search.words:
        words = search.words.lower()
        yield or_(
            *(
                func.lower(column).contains(words, autoescape=True)
                for column in _SEARCHED
            )
        )
    if search.since is not None:
        yield audit.c.at >= search.since
    if search.until is not None:
        yield audit.c.at < search.until


def verify(connection: Connection) -> int | None:
    """Find the first row number at which the chain breaks; None when it is whole."""
    before = ""
    with connection.execute(_ALL, execution_options=_BY_AND_BY) as rows:
        for number, row in enumerate(rows, 1):
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
