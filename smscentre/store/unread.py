"""The arrivals that no command understood, kept for a person to read.

Written by acceptance beside the arrival, worked off by an operator at the command
line, counted by pages. What is on the list is decided by acceptance.
"""

from __future__ import annotations

__all__ = [
    "NotOnTheList",
    "Unread",
    "Unrecognised",
    "add_unread",
    "count_unread",
    "find_unrecognised",
    "mark_done",
    "numbers_of",
]

from collections.abc import Collection, Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, func, insert, select, update
from sqlalchemy import text as sql

from smscentre.errors import SMSCentreError
from smscentre.store import audit
from smscentre.store.tables import UNREAD, inbox, outbox, unrecognised
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


@frozen
class Unrecognised:
    """One message for a person, with what the centre answered, empty if nothing.

    ``number`` is None where the sender is no subscriber. Of one that is done
    ``done_by`` did ``note``. Moments are in seconds since 1970.
    """

    id: int
    arrived_at: float
    link: str
    source: str
    number: str | None
    text: str
    outcome: str
    reason: str
    reply: str
    done_at: float | None
    done_by: str
    note: str


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


def find_unrecognised(
    connection: Connection,
    done: bool,
    numbers: Collection[str] | None,
    offset: int,
    limit: int,
) -> tuple[int, list[Unrecognised]]:
    """How many wait, or are done, and some of them.

    Those that wait longest come first, of those that are done the last. Only those of
    some ``numbers``, unless that is None.
    """
    conditions = [unrecognised.c.done_at.is_not(None) if done else sql(UNREAD)]
    if numbers is not None:
        conditions.append(inbox.c.number.in_(numbers))
    joined = unrecognised.join(inbox, inbox.c.id == unrecognised.c.inbox_id)
    count = select(func.count()).select_from(joined).where(*conditions)
    order: list[ColumnElement[Any]] = [unrecognised.c.inbox_id]
    if done:
        order = [unrecognised.c.done_at.desc(), unrecognised.c.inbox_id.desc()]
    query = (
        select(
            inbox.c.id,
            inbox.c.arrived_at,
            inbox.c.link,
            inbox.c.source,
            inbox.c.number,
            inbox.c.text,
            inbox.c.outcome,
            inbox.c.reason,
            unrecognised.c.done_at,
            unrecognised.c.done_by,
            unrecognised.c.note,
        )
        .select_from(joined)
        .where(*conditions)
        .order_by(*order)
        .offset(offset)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    replies = _replies(connection, [row.id for row in rows])
    found = [
        Unrecognised(
            *row[:8],
            replies.get(row.id, ""),
            row.done_at,
            row.done_by or "",
            row.note or "",
        )
        for row in rows
    ]
    return connection.execute(count).scalar_one(), found


def numbers_of(connection: Connection, rows: Collection[int]) -> dict[int, str | None]:
    """The senders of some messages that are or were on the list."""
    query = (
        select(inbox.c.id, inbox.c.number)
        .join(unrecognised, unrecognised.c.inbox_id == inbox.c.id)
        .where(inbox.c.id.in_(rows))
    )
    return {row.id: row.number for row in connection.execute(query)}


def _replies(connection: Connection, rows: Sequence[int]) -> dict[int, str]:
    """What was answered to some messages, the parts of one text together."""
    if not rows:
        return {}
    query = (
        select(outbox.c.inbox_id, outbox.c.text)
        # A reply is numbered after what it answers.
        .where(outbox.c.inbox_id.in_(rows), outbox.c.id > min(rows))
        .order_by(outbox.c.id)
    )
    found: dict[int, str] = {}
    for row in connection.execute(query):
        found[row.inbox_id] = found.get(row.inbox_id, "") + row.text
    return found


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
