"""What operators do to one message: send its reply once more, stop what still waits.

Jobs of the writer. A reply that ended badly stays as it ended, for final states are
final: the copy is new rows, born as any others, and no reply has two. What is stopped
takes a step that every queued part may take.
"""

from __future__ import annotations

__all__ = [
    "CANCELLED",
    "Order",
    "Resending",
    "Result",
    "cancel",
    "copies",
    "may_resend",
    "resend",
]

from collections.abc import Collection, Sequence
from enum import Enum
from typing import Any, Final, Protocol, TypeVar

from attrs import frozen
from sqlalchemy import insert, select, update

from smscentre.messages import Alphabet, Priority
from smscentre.store import audit
from smscentre.store.outgoing import Draft, add_outgoing
from smscentre.store.steps import ENDED_BADLY, STEPS, OutboxState
from smscentre.store.tables import outbox, resends
from smscentre.store.transaction import Transaction

CANCELLED: Final = "cancelled by "
"""How the error of a part begins that an operator stopped; who and why follow."""

_OPEN: Final = frozenset(
    {
        OutboxState.QUEUED.value,
        OutboxState.CLAIMED.value,
        OutboxState.IN_DOUBT.value,
    }
)

_NARROW: Final = 8


class _Part(Protocol):
    """What is asked of a part."""

    @property
    def id(self) -> int: ...

    @property
    def state(self) -> str: ...

    @property
    def part_number(self) -> int: ...


P = TypeVar("P", bound=_Part)


@frozen
class Order:
    """Who wants something done, why, and when in seconds since 1970."""

    actor: str
    reason: str
    at: float


class Resending(Enum):
    """What became of the wish to send a reply once more."""

    DONE = "done"
    GONE = "gone"
    """There is no such reply."""

    COPIED = "copied"
    """It has been sent once more already."""

    OPEN = "open"
    """It is on its way still."""

    FINE = "fine"
    """It did not end badly."""


@frozen
class Result:
    """The same, with how many parts now wait for which link."""

    became: Resending
    link: str = ""
    parts: int = 0


def copies(parts: Sequence[P]) -> list[list[P]]:
    """The parts of a message's replies, in order, each copy by itself."""
    found: list[list[P]] = []
    for part in parts:
        if part.part_number == 1 or not found:
            found.append([])
        found[-1].append(part)
    return found


def may_resend(copy: Sequence[P]) -> Resending:
    """Whether a copy, the last one, may have another; DONE if so."""
    states = {part.state for part in copy}
    if states & _OPEN:
        return Resending.OPEN
    return Resending.DONE if states & ENDED_BADLY else Resending.FINE


def resend(
    transaction: Transaction,
    inbox_id: int,
    of_row: int,
    order: Order,
    expires_at: float,
) -> Result:
    """Put the reply to a message into the outbox once more, whole.

    ``of_row`` is the first part of the copy that was seen to have ended badly: asked
    for twice, it is sent once.
    """
    replies = outbox.c.inbox_id == inbox_id
    # Another node may be about it, too; what that adds is seen by the second query.
    transaction.all(select(outbox.c.id).where(replies).with_for_update())
    rows = transaction.all(select(outbox).where(replies).order_by(outbox.c.id))
    all_copies = copies(rows)
    if not any(copy[0].id == of_row for copy in all_copies):
        return Result(Resending.GONE)
    last = all_copies[-1]
    if last[0].id != of_row:
        return Result(Resending.COPIED)
    became = may_resend(last)
    if became is not Resending.DONE:
        return Result(became)
    added = add_outgoing(transaction, _draft(last, expires_at), now=order.at)
    transaction.execute(
        insert(resends),
        {
            "first_row": added[0].row,
            "of_row": of_row,
            "actor": order.actor,
            "reason": order.reason,
            "at": order.at,
        },
    )
    detail = f"{len(added)} SMS by {last[0].link}: {order.reason}"
    _note(transaction, "reply.resend", inbox_id, detail, order)
    return Result(Resending.DONE, last[0].link, len(added))


def cancel(
    transaction: Transaction, subject: int, rows: Collection[int], order: Order
) -> int:
    """Stop those of some parts that are still queued; how many they were.

    ``subject`` is the message that they belong to.
    """
    assert OutboxState.FAILED in STEPS[OutboxState.QUEUED]
    result = transaction.execute(
        update(outbox)
        .where(outbox.c.id.in_(rows), outbox.c.state == OutboxState.QUEUED.value)
        .values(
            state=OutboxState.FAILED.value,
            final_at=order.at,
            error=f"{CANCELLED}{order.actor}: {order.reason}",
        )
    )
    count = int(result.rowcount)
    if count:
        detail = f"{count} SMS: {order.reason}"
        _note(transaction, "message.cancel", subject, detail, order)
    return count


def _draft(copy: Sequence[Any], expires_at: float) -> Draft:
    """The same texts once more, with a reference of their own."""
    first = copy[0]
    return Draft(
        first.link,
        first.number,
        [part.text for part in copy],
        Alphabet(first.alphabet),
        Priority.REPLY,
        first.part_width or _NARROW,
        expires_at,
        first.inbox_id,
    )


def _note(
    transaction: Transaction, action: str, subject: int, detail: str, order: Order
) -> None:
    audit.record(transaction, order.actor, action, str(subject), detail, order.at)
