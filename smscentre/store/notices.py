"""Rows of what is sent by the clock: rounds that were done, whom they told.

Both have keys that make a second time impossible, whichever process tries it.
"""

from __future__ import annotations

__all__ = [
    "RoundKey",
    "Notice",
    "OpenNotice",
    "add_notice",
    "begin_round",
    "open_notices",
    "recall",
]

import datetime
from typing import Any

from attrs import frozen
from sqlalchemy import bindparam, insert, select, update

from smscentre.store.steps import OutboxState
from smscentre.store.tables import notices, outbox, rounds
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
        outbox.c.state == OutboxState.QUEUED.value,
    )
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
class OpenNotice:
    """A notice that waits and was never tried."""

    place: str
    outbox_id: int


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


def open_notices(transaction: Transaction, key: RoundKey) -> list[OpenNotice]:
    """What of a round waits and was never tried."""
    return [
        OpenNotice(row.place, row.id) for row in transaction.all(_OPEN, _columns(key))
    ]


def recall(transaction: Transaction, outbox_id: int, reason: str, now: float) -> int:
    """End unsent what waits; how many parts that were."""
    result: Any = transaction.execute(
        update(outbox)
        .where(outbox.c.id == outbox_id, outbox.c.state == OutboxState.QUEUED.value)
        .values(state=OutboxState.EXPIRED.value, error=reason, final_at=now)
    )
    return int(result.rowcount)


def _columns(key: RoundKey) -> dict[str, Any]:
    """The columns of a round's key, its day as SQLAlchemy takes it."""
    purpose, zone, day, time = key
    date = datetime.date.fromisoformat(day)
    return {"purpose": purpose, "zone": zone, "day": date, "time": time}
