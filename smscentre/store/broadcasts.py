"""What operators send, to one number or to many: put out, looked at, sent once more.

Beside the path: the command line puts rows into the outbox, in one transaction with
the audit log, and the running service finds them there. Who gets a text is decided by
the caller.
"""

from __future__ import annotations

__all__ = [
    "Broadcast",
    "Sender",
    "UnknownBroadcast",
    "list_broadcasts",
    "put_broadcast",
    "resend_uncertain",
]

from collections import Counter
from collections.abc import Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from smscentre.errors import SMSCentreError
from smscentre.messages import Priority
from smscentre.store import audit
from smscentre.store.outgoing import Draft, add_outgoing
from smscentre.store.steps import OutboxState
from smscentre.store.tables import broadcasts, outbox
from smscentre.store.transaction import Transaction


@frozen
class Sender:
    """Who sends, when in seconds since 1970, and whom he chose in his own words."""

    actor: str
    at: float
    selection: str


@frozen
class Broadcast:
    """One broadcast, and how many of its parts are in each state."""

    id: int
    actor: str
    text: str
    selection: str
    numbers: int
    created_at: float
    states: dict[str, int]


class UnknownBroadcast(SMSCentreError):
    """No broadcast has the id that was given."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"no broadcast has the id {number}")


def put_broadcast(
    transaction: Transaction, text: str, drafts: Sequence[Draft], sender: Sender
) -> int:
    """Put a text into the outbox for each of its numbers; the id of the broadcast."""
    number = transaction.new_id()
    rows = [
        part.row
        for draft in drafts
        for part in add_outgoing(transaction, draft, now=sender.at)
    ]
    transaction.execute(
        insert(broadcasts),
        {
            "id": number,
            "actor": sender.actor,
            "text": text,
            "selection": sender.selection,
            "numbers": len(drafts),
            "last_row": max(rows),
            "created_at": sender.at,
        },
    )
    detail = f"{len(drafts)} numbers, {len(rows)} SMS: {sender.selection}"
    audit.record(transaction, sender.actor, "broadcast", str(number), detail, sender.at)
    return number


def resend_uncertain(
    transaction: Transaction, number: int, sender: Sender, expires_at: float
) -> int:
    """Queue the parts whose fate is not known once more; how many there were.

    A part that is uncertain after that has gone twice, which is the most (D7).

    :raises UnknownBroadcast: there is none of this id
    """
    query = select(broadcasts.c.last_row).where(broadcasts.c.id == number)
    found = transaction.first(query)
    if found is None:
        raise UnknownBroadcast(number)
    result = transaction.execute(
        update(outbox)
        .where(
            _parts(number, found.last_row),
            outbox.c.state == OutboxState.UNCERTAIN.value,
            outbox.c.resent.is_(False),
        )
        .values(
            state=OutboxState.QUEUED.value,
            resent=True,
            due_at=sender.at,
            expires_at=expires_at,
            final_at=None,
        )
    )
    count = int(result.rowcount)
    detail = f"{count} SMS sent once more"
    audit.record(
        transaction, sender.actor, "broadcast.resend", str(number), detail, sender.at
    )
    return count


def list_broadcasts(connection: Connection, limit: int = 20) -> list[Broadcast]:
    """The last broadcasts, the newest last."""
    query = select(broadcasts).order_by(broadcasts.c.id.desc()).limit(limit)
    rows = connection.execute(query).all()[::-1]
    counts = (
        select(broadcasts.c.id, outbox.c.state, func.count())
        .join(outbox, _parts(broadcasts.c.id, broadcasts.c.last_row))
        .where(broadcasts.c.id.in_([row.id for row in rows]))
        .group_by(broadcasts.c.id, outbox.c.state)
        .order_by(broadcasts.c.id, outbox.c.state)
    )
    states: dict[int, Counter[str]] = {row.id: Counter() for row in rows}
    for number, state, count in connection.execute(counts):
        states[number][state] = count
    return [
        Broadcast(
            row.id,
            row.actor,
            row.text,
            row.selection,
            row.numbers,
            row.created_at,
            dict(states[row.id]),
        )
        for row in rows
    ]


def _parts(number: Any, last_row: Any) -> ColumnElement[bool]:
    """The rows of a broadcast, a stretch of the outbox's key."""
    return and_(
        outbox.c.id > number,
        outbox.c.id <= last_row,
        outbox.c.priority == int(Priority.BROADCAST),
    )
