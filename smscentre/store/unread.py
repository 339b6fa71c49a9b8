"""The arrivals that no command understood, kept for a person to read.

Written by acceptance beside the arrival, worked off by an operator at the command
line, counted by pages. What is on the list is decided by acceptance.
"""

from __future__ import annotations

__all__ = ["NotOnTheList", "Unread", "add_unread", "count_unread", "mark_done"]

from collections.abc import Sequence

from attrs import frozen
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy import text as sql

from smscentre.errors import SMSCentreError
from smscentre.store import audit
from smscentre.store.tables import UNREAD, inbox, unrecognised
from smscentre.store.transaction import Statement, Transaction

_ADD = Statement(insert(unrecognised), ("inbox_id",))

_COUNT = (
    select(func.count(), func.min(inbox.c.arrived_at))
    .select_from(unrecognised)
    .join(inbox, inbox.c.id == unrecognised.c.inbox_id)
    .where(sql(UNREAD))
)


@frozen
class Unread:
    """How many messages wait for a person, and since when (seconds since 1970)."""

    count: int
    oldest_at: float | None


class NotOnTheList(SMSCentreError):
    """A message is not among those that wait for a person."""

    def __init__(self, rows: Sequence[int]) -> None:
        self.rows = rows
        ids = ", ".join(map(str, rows))
        super().__init__(
            f"not on the list of unrecognised messages: {ids}; nothing was marked"
        )


def add_unread(transaction: Transaction, row: int) -> None:
    """Keep an arrival for a person."""
    transaction.add(_ADD, (row,))


def count_unread(connection: Connection) -> Unread:
    """What is left on the list."""
    return Unread(*connection.execute(_COUNT).one())


def mark_done(
    transaction: Transaction,
    rows: Sequence[int],
    actor: str,
    at: float,
    note: str = "",
) -> None:
    """Take messages off the list, all or none, with a note of what was done.

    :raises NotOnTheList: one of them is not on it
    """
    known = transaction.all(
        select(unrecognised.c.inbox_id).where(
            unrecognised.c.inbox_id.in_(rows), sql(UNREAD)
        )
    )
    missing = sorted(set(rows) - {row.inbox_id for row in known})
    if missing:
        raise NotOnTheList(missing)
    transaction.execute(
        update(unrecognised)
        .where(unrecognised.c.inbox_id.in_(rows))
        .values(done_at=at, done_by=actor, note=note)
    )
    ids = " ".join(map(str, sorted(rows)))
    detail = f"{len(rows)} messages" + (f": {note}" if note else "")
    audit.record(transaction, actor, "messages.done", ids, detail, at)
