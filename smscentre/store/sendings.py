"""What programs send: put into the outbox once, found again by whoever sent it.

Beside the path. Each is known by its token and the key that the program gave it, for
as long as a program may try again; the parts are rows of the outbox.
"""

from __future__ import annotations

__all__ = [
    "KEY_HOLDS_S",
    "Full",
    "Order",
    "Reused",
    "Sending",
    "SentPart",
    "Share",
    "Withdrawn",
    "find_sending",
    "put_sending",
]

from collections.abc import Sequence
from typing import Any, Final

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from smscentre.numbers import masked
from smscentre.store import audit
from smscentre.store.outgoing import Draft, add_outgoing
from smscentre.store.tables import outbox, sendings
from smscentre.store.tokens import works
from smscentre.store.transaction import Transaction

KEY_HOLDS_S: Final = 86400.0
"""How long a key stands for what was sent under it."""

_DAY_S: Final = 86400.0
_HOUR_S: Final = 3600.0


@frozen
class Order:
    """Who sends, under which key, and what in short: ``digest`` is of all of it.

    ``at`` is in seconds since 1970.
    """

    token: int
    actor: str
    key: str
    digest: str
    at: float


@frozen
class Share:
    """How much may be sent; 0 is no limit.

    ``sms_per_day`` are parts of one token, ``per_number_hour`` what one number gets
    of all of them.
    """

    sms_per_day: int = 0
    per_number_hour: int = 0


@frozen
class SentPart:
    """One part, as the outbox has it."""

    number: int
    state: str
    sent_at: float | None
    final_at: float | None
    error: str | None


@frozen
class Sending:
    """What was sent, and what became of its parts."""

    id: int
    to: str
    link: str
    created_at: float
    expires_at: float
    parts: tuple[SentPart, ...]
    repeated: bool = False
    """Whether it was there before: nothing was sent by asking again."""


@frozen
class Reused:
    """The key stands for something else."""


@frozen
class Withdrawn:
    """The token does not work any more."""


@frozen
class Full:
    """A share is used up, for so many seconds at least."""

    wait_s: float


def put_sending(
    transaction: Transaction, draft: Draft, order: Order, share: Share
) -> Sending | Reused | Full | Withdrawn:
    """Put a text into the outbox, unless it is there or too much was sent.

    With a key that still holds, it is what was put under it, if it is the same. A
    token that was withdrawn while the text was on its way here sends nothing.
    """
    if not works(transaction.connection, order.token):
        return Withdrawn()
    known = _known(transaction, order)
    if known is not None:
        if known.digest != order.digest:
            return Reused()
        return _sending(transaction.connection, known, repeated=True)
    wait_s = _wait_s(transaction, draft, order, share)
    if wait_s is not None:
        return Full(wait_s)
    _forget_key(transaction, order)
    row = _put(transaction, draft, order)
    detail = f"{len(draft.parts)} SMS to {masked(draft.number)}"
    audit.record(transaction, order.actor, "send", str(row), detail, order.at)
    found = transaction.first(select(sendings).where(sendings.c.id == row))
    return _sending(transaction.connection, found)


def find_sending(connection: Connection, token: int, row: int) -> Sending | None:
    """What a token has sent, by its id."""
    query = select(sendings).where(sendings.c.id == row, sendings.c.token_id == token)
    found = connection.execute(query).first()
    return _sending(connection, found) if found else None


def _known(transaction: Transaction, order: Order) -> Any:
    return transaction.first(
        select(sendings).where(
            sendings.c.token_id == order.token,
            sendings.c.key == order.key,
            sendings.c.created_at > order.at - KEY_HOLDS_S,
        )
    )


def _forget_key(transaction: Transaction, order: Order) -> None:
    """Free a key that holds no longer."""
    transaction.execute(
        update(sendings)
        .where(sendings.c.token_id == order.token, sendings.c.key == order.key)
        .values(key=None)
    )


def _put(transaction: Transaction, draft: Draft, order: Order) -> int:
    row = transaction.new_id()
    parts = add_outgoing(transaction, draft, now=order.at)
    transaction.execute(
        insert(sendings),
        {
            "id": row,
            "token_id": order.token,
            "key": order.key,
            "digest": order.digest,
            "number": draft.number,
            "parts": len(parts),
            "last_row": parts[-1].row,
            "created_at": order.at,
        },
    )
    return row


def _wait_s(
    transaction: Transaction, draft: Draft, order: Order, share: Share
) -> float | None:
    """How long until a share has room, None where all have."""
    at = order.at
    if share.sms_per_day:
        whose = sendings.c.token_id == order.token, _around(at, _DAY_S)
        used, oldest = _used(transaction, whose, func.sum(sendings.c.parts))
        if used + len(draft.parts) > share.sms_per_day:
            return (oldest or at) + _DAY_S - at
    if share.per_number_hour:
        whose = sendings.c.number == draft.number, _around(at, _HOUR_S)
        used, oldest = _used(transaction, whose, func.count())
        if used >= share.per_number_hour:
            return (oldest or at) + _HOUR_S - at
    return None


def _around(at: float, seconds: float) -> ColumnElement[bool]:
    """What was sent in the time before a moment.

    A clock that was set back since may have been ahead; by more it is as if nothing
    had been sent.
    """
    created_at = sendings.c.created_at
    return and_(created_at > at - seconds, created_at < at + seconds)


def _used(
    transaction: Transaction, whose: Sequence[ColumnElement[bool]], amount: Any
) -> tuple[int, float | None]:
    """What was sent, and when the first of it."""
    query = select(func.coalesce(amount, 0), func.min(sendings.c.created_at))
    used, oldest = transaction.first(query.where(*whose))
    return int(used), oldest


def _sending(connection: Connection, row: Any, *, repeated: bool = False) -> Sending:
    parts = connection.execute(
        select(outbox)
        .where(
            outbox.c.id > row.id,
            outbox.c.id <= row.last_row,
            # Numbers are taken in blocks: others may have rows in between.
            outbox.c.number == row.number,
            outbox.c.created_at == row.created_at,
            outbox.c.inbox_id.is_(None),
        )
        .order_by(outbox.c.id)
    ).all()
    return Sending(
        row.id,
        row.number,
        parts[0].link,
        row.created_at,
        parts[0].expires_at,
        tuple(
            SentPart(
                part.part_number, part.state, part.sent_at, part.final_at, part.error
            )
            for part in parts
        ),
        repeated,
    )
