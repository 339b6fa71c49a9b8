"""Commits whose answer was lost with the connection: what became of them.

Beneath the writer. PostgreSQL knows its transactions by number and remembers how each
one ended. SQLite is in this process and always answers.
"""

from __future__ import annotations

__all__ = ["Attempt", "known_arrivals", "number_of", "outcome_of"]

from collections.abc import Sequence

from attrs import define
from sqlalchemy import Connection, String, cast, func, select, text

from smscentre.store import tables
from smscentre.store.engine import StoreError
from smscentre.store.transaction import Transaction
from smscentre.store.work import Work

_NUMBER = select(cast(func.pg_current_xact_id_if_assigned(), String))

_OUTCOME = text("SELECT pg_xact_status(CAST(:number AS xid8))")

_COMMITTED = {"committed": True, "aborted": False}


@define
class Attempt:
    """A transaction with the works that are done in it, and the marks of a batch.

    ``number`` is the database's, known once its commit is ``asked`` for.
    """

    transaction: Transaction
    works: Sequence[Work]
    marks: Sequence[object] = ()
    number: str = ""
    asked: bool = False


def number_of(transaction: Transaction) -> str:
    """The database's number of a transaction, by which its end can be asked for.

    Empty where nothing was written, and on SQLite.
    """
    if transaction.dialect != "postgresql":
        return ""
    return transaction.first(_NUMBER)[0] or ""


def outcome_of(connection: Connection, number: str) -> bool | None:
    """Whether a transaction was committed; None where the database has forgotten.

    :raises StoreError: it has not ended yet
    """
    with connection.begin():
        status = connection.execute(_OUTCOME, {"number": number}).scalar_one()
    if status == "in progress":
        raise StoreError("the database is still at a commit whose answer was lost")
    return _COMMITTED.get(status)


def known_arrivals(transaction: Transaction, batch: Sequence[Work]) -> set[str]:
    """The arrivals that an earlier commit of unknown outcome did store."""
    doubtful = [work.arrival_id for work in batch if work.unknown and work.arrival_id]
    if not doubtful:
        return set()
    column = tables.inbox.c.arrival_id
    return {
        row[0] for row in transaction.all(select(column).where(column.in_(doubtful)))
    }
