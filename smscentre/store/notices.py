"""Rows of what is sent by the clock: rounds that were done, whom they told.

Both have keys that make a second time impossible, whichever process tries it.
"""

from __future__ import annotations

__all__ = [
    "RoundKey",
    "Notice",
    "WaitingNotice",
    "add_notice",
    "begin_round",
    "forward",
    "next_to_leave",
    "open_notices",
    "recall",
]

import datetime
from typing import Any

from attrs import frozen
from sqlalchemy import and_, bindparam, insert, select, update
from sqlalchemy import text as sql

from smscentre.messages import Priority
from smscentre.store.steps import OutboxState, is_due
from smscentre.store.tables import OPEN, notices, outbox, rounds
from smscentre.store.transaction import Statement, Transaction, insert_of

RoundKey = tuple[str, str, str, str]
"""Purpose, zone, day (ISO) and time of a round."""

_ADD = Statement(
    insert(notices),
    ("purpose", "zone", "day", "time", "place", "number", "forms", "outbox_id"),
)

_OPEN = (
    select(notices.c.place, outbox.c.id)
    .join(outbox, outbox.c.id == notices.c.outbox_id)
    .where(
        notices.c.purpose == bindparam("purpose"),
        notices.c.zone == bindparam("zone"),
        notices.c.day == bindparam("day"),
        notices.c.time == bindparam("time"),
        sql(OPEN),
    )
)

_NEXT = (
    select(outbox.c.id, outbox.c.number, outbox.c.part_reference)
    .where(
        outbox.c.link == bindparam("link"),
        sql(OPEN),
        outbox.c.state == OutboxState.QUEUED.value,
        outbox.c.priority == int(Priority.REMINDER),
        # The parts behind it share its fate.
        outbox.c.part_number == 1,
        # What is put off is passed over by a claim, and must hide nothing behind it.
        is_due(),
    )
    .order_by(outbox.c.id)
    .limit(bindparam("room"))
)


@frozen
class Notice:
    """What one officer is told in a round.

    ``place`` is the unit it is about, or empty; ``forms`` are those that the unit
    lacks; ``outbox_id`` is the row of its first part.
    """

    place: str
    number: str
    forms: tuple[str, ...]
    outbox_id: int


@frozen
class WaitingNotice:
    """A notice that no bind has in its hands: it can be taken back."""

    outbox_id: int
    number: str
    reference: int | None


def begin_round(transaction: Transaction, key: RoundKey, now: float) -> bool:
    """Take a round for this transaction; False where it is done already.

    Of two nodes that try at once one waits here for the other's commit.
    """
    row = insert_of(transaction.dialect, rounds).values(begun_at=now, **_columns(key))
    taken = row.on_conflict_do_nothing().returning(rounds.c.begun_at)
    return transaction.execute(taken).first() is not None


def add_notice(transaction: Transaction, key: RoundKey, notice: Notice) -> None:
    """Store whom a round tells."""
    forms = "|".join(notice.forms)
    row = (*key, notice.place, notice.number, forms, notice.outbox_id)
    transaction.add(_ADD, row)


def open_notices(transaction: Transaction, key: RoundKey) -> dict[int, str]:
    """What of a round has not come to an end: the places, by the outbox's rows."""
    return {row.id: row.place for row in transaction.all(_OPEN, _columns(key))}


def next_to_leave(
    transaction: Transaction, link: str, room: int, now: float
) -> list[WaitingNotice]:
    """The notices among the next ``room`` that a claim for a link could take."""
    rows = transaction.all(_NEXT, {"link": link, "room": room, "now": now})
    return [WaitingNotice(row.id, row.number, row.part_reference) for row in rows]


def recall(
    transaction: Transaction, notice: WaitingNotice, reason: str, now: float
) -> int:
    """End unsent what waits of a notice; how many parts that were."""
    same = outbox.c.id == notice.outbox_id
    if notice.reference is not None:
        same = and_(
            outbox.c.number == notice.number,
            outbox.c.part_reference == notice.reference,
            outbox.c.priority == int(Priority.REMINDER),
        )
    result: Any = transaction.execute(
        update(outbox)
        .where(same, sql(OPEN), outbox.c.state == OutboxState.QUEUED.value)
        .values(state=OutboxState.EXPIRED.value, error=reason, final_at=now)
    )
    return int(result.rowcount)


def forward(transaction: Transaction, old: str, new: str) -> None:
    """Let the notices of a number that no bind has in its hands go to another one."""
    transaction.execute(
        update(outbox)
        .where(
            outbox.c.number == old,
            sql(OPEN),
            outbox.c.state == OutboxState.QUEUED.value,
            outbox.c.priority == int(Priority.REMINDER),
        )
        .values(number=new)
    )


def _columns(key: RoundKey) -> dict[str, Any]:
    """The columns of a round's key, its day as SQLAlchemy takes it."""
    purpose, zone, day, time = key
    date = datetime.date.fromisoformat(day)
    return {"purpose": purpose, "zone": zone, "day": date, "time": time}
