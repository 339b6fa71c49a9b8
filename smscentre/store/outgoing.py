"""Rows of the outbox and the steps they may take.

The table is the queue. A row moves only along `STEPS`: each statement names the
state it leaves, so a step that is not legal changes nothing.
"""

from __future__ import annotations

__all__ = [
    "EXPIRED",
    "FAILED",
    "IN_DOUBT",
    "REQUEUED",
    "SENT",
    "STEPS",
    "Claim",
    "Draft",
    "OutboxState",
    "add_outgoing",
    "claim",
    "claimed_for",
    "leave_in_doubt",
    "postpone_number",
    "reroute",
    "return_claims",
]

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Any

from attrs import frozen
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy import text as sql

from smscentre.messages import Alphabet, Outgoing, Part, Priority
from smscentre.store.tables import OPEN, outbox, part_references
from smscentre.store.transaction import Transaction, insert_of


class OutboxState(StrEnum):
    """Where a part is on its way out (D7)."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    IN_DOUBT = "in_doubt"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    UNCERTAIN = "uncertain"
    UNKNOWN = "unknown"


STEPS: dict[OutboxState, frozenset[OutboxState]] = {
    OutboxState.QUEUED: frozenset(
        {OutboxState.CLAIMED, OutboxState.EXPIRED, OutboxState.FAILED}
    ),
    OutboxState.CLAIMED: frozenset(
        {
            OutboxState.SENT,
            OutboxState.QUEUED,
            OutboxState.FAILED,
            OutboxState.IN_DOUBT,
        }
    ),
    OutboxState.IN_DOUBT: frozenset({OutboxState.CLAIMED, OutboxState.UNCERTAIN}),
    OutboxState.SENT: frozenset(
        {OutboxState.DELIVERED, OutboxState.FAILED, OutboxState.UNKNOWN}
    ),
    OutboxState.DELIVERED: frozenset(),
    OutboxState.FAILED: frozenset(),
    OutboxState.EXPIRED: frozenset(),
    OutboxState.UNCERTAIN: frozenset(),
    OutboxState.UNKNOWN: frozenset(),
}
"""Legal steps in the life of a part."""


@frozen
class Draft:
    """A text to be sent, already cut into the parts that a link will carry."""

    link: str
    number: str
    parts: Sequence[str]
    alphabet: Alphabet
    priority: Priority
    reference_width: int
    expires_at: float
    inbox_id: int | None = None


@frozen
class Claim:
    """What `claim` gives: parts to be written now, and when to look again.

    ``next_due`` is in seconds since 1970, None where nothing waits for a time.
    """

    parts: list[Outgoing]
    next_due: float | None
    expired: int = 0
    uncertain: int = 0


def _leave_claimed(state: OutboxState, *columns: str) -> Any:
    """A mark that moves a claimed row on and fills columns from its parameters."""
    assert state in STEPS[OutboxState.CLAIMED]
    return (
        update(outbox)
        .where(
            outbox.c.id == bindparam("row"), outbox.c.state == OutboxState.CLAIMED.value
        )
        .values(state=state.value, **{name: bindparam(f"b_{name}") for name in columns})
    )


SENT = _leave_claimed(OutboxState.SENT, "sent_at", "smsc_id", "smsc_key")
REQUEUED = _leave_claimed(OutboxState.QUEUED, "due_at", "error")
FAILED = _leave_claimed(OutboxState.FAILED, "final_at", "error")
IN_DOUBT = _leave_claimed(OutboxState.IN_DOUBT, "error")

_ADD = insert(outbox)

_WAITING = (
    select(outbox)
    .where(
        outbox.c.link == bindparam("link"),
        sql(OPEN),
        outbox.c.state != OutboxState.CLAIMED.value,
    )
    .order_by(outbox.c.priority, outbox.c.id)
)

_DUE = (
    _WAITING.where(outbox.c.due_at <= bindparam("now"))
    .limit(bindparam("room"))
    .with_for_update(skip_locked=True)
)

_NEXT_DUE = select(func.min(outbox.c.due_at)).where(
    outbox.c.link == bindparam("link"),
    sql(OPEN),
    outbox.c.state != OutboxState.CLAIMED.value,
)

_TAKE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(
        state=OutboxState.CLAIMED.value,
        bind=bindparam("b_bind"),
        resent=bindparam("b_resent"),
        attempts=outbox.c.attempts + 1,
    )
)

_END = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(state=bindparam("b_state"), final_at=bindparam("b_final_at"))
)

EXPIRED = (
    update(outbox)
    .where(
        sql(OPEN),
        outbox.c.state == OutboxState.QUEUED.value,
        outbox.c.expires_at <= bindparam("now"),
    )
    .values(state=OutboxState.EXPIRED.value, final_at=bindparam("now"))
)
"""What waited past its time; also for links that are down."""


def add_outgoing(
    transaction: Transaction, draft: Draft, *, now: float, bind: str = ""
) -> list[Outgoing]:
    """Put a text into the outbox, one row a part.

    With a ``bind`` the rows are born claimed by it, else they are queued.
    """
    total = len(draft.parts)
    reference = _next_reference(transaction, draft) if total > 1 else None
    state = OutboxState.CLAIMED if bind else OutboxState.QUEUED
    result = []
    for number, text in enumerate(draft.parts, 1):
        part = (
            None
            if reference is None
            else Part(reference, draft.reference_width, total, number)
        )
        row = transaction.new_id()
        transaction.add(
            _ADD,
            {
                "id": row,
                "inbox_id": draft.inbox_id,
                "link": draft.link,
                "number": draft.number,
                "text": text,
                "alphabet": draft.alphabet.value,
                "part_reference": reference,
                "part_width": draft.reference_width if part else None,
                "part_total": total,
                "part_number": number,
                "priority": int(draft.priority),
                "state": state.value,
                "resent": False,
                "attempts": 1 if bind else 0,
                "bind": bind or None,
                "created_at": now,
                "due_at": now,
                "expires_at": draft.expires_at,
            },
        )
        result.append(
            Outgoing(
                row,
                draft.link,
                draft.number,
                text,
                draft.alphabet,
                part,
                draft.priority,
                draft.expires_at,
            )
        )
    return result


def claim(
    transaction: Transaction, link: str, bind: str, room: int, now: float
) -> Claim:
    """Claim for a bind the first parts that are due, at most ``room``.

    What has expired ends here. What is in doubt is claimed once more if it is a
    reply; a second doubt, or a broadcast in doubt, ends as uncertain.
    """
    rows = transaction.all(_DUE, {"link": link, "now": now, "room": room})
    parts: list[Outgoing] = []
    ended = {OutboxState.EXPIRED: 0, OutboxState.UNCERTAIN: 0}
    for row in rows:
        end = _end_of(row, now)
        if end is not None:
            ended[end] += 1
            transaction.add(
                _END, {"row": row.id, "b_state": end.value, "b_final_at": now}
            )
            continue
        resent = row.resent or row.state == OutboxState.IN_DOUBT.value
        transaction.add(_TAKE, {"row": row.id, "b_bind": bind, "b_resent": resent})
        parts.append(_outgoing(row, resent))
    next_due = None
    if len(rows) < room:
        next_due = transaction.first(_NEXT_DUE, {"link": link})[0]
    elif rows:
        next_due = now
    return Claim(
        parts,
        next_due,
        expired=ended[OutboxState.EXPIRED],
        uncertain=ended[OutboxState.UNCERTAIN],
    )


def claimed_for(transaction: Transaction, inbox_id: int) -> list[Outgoing]:
    """The parts that were born claimed with an arrival."""
    rows = transaction.all(
        select(outbox).where(
            sql(OPEN),
            outbox.c.inbox_id == inbox_id,
            outbox.c.state == OutboxState.CLAIMED.value,
        )
    )
    return [_outgoing(row, row.resent) for row in rows]


def leave_in_doubt(
    transaction: Transaction, links: Collection[str], reason: str
) -> int:
    """Put in doubt all that a crash left claimed for these links."""
    result = transaction.execute(
        update(outbox)
        .where(
            sql(OPEN),
            outbox.c.state == OutboxState.CLAIMED.value,
            outbox.c.link.in_(links),
        )
        .values(state=OutboxState.IN_DOUBT.value, error=reason)
    )
    return int(result.rowcount)


def return_claims(
    transaction: Transaction, bind: str, link: str, but: Collection[int]
) -> int:
    """Queue again what a bind claimed and certainly never wrote."""
    result = transaction.execute(
        update(outbox)
        .where(
            sql(OPEN),
            outbox.c.link == link,
            outbox.c.state == OutboxState.CLAIMED.value,
            outbox.c.bind == bind,
            outbox.c.id.not_in(but),
        )
        .values(state=OutboxState.QUEUED.value)
    )
    return int(result.rowcount)


def postpone_number(
    transaction: Transaction, link: str, number: str, until: float
) -> None:
    """Let everything that waits for one destination wait longer."""
    transaction.execute(
        update(outbox)
        .where(
            sql(OPEN),
            outbox.c.link == link,
            outbox.c.state == OutboxState.QUEUED.value,
            outbox.c.number == number,
            outbox.c.due_at < until,
        )
        .values(due_at=until)
    )


def reroute(transaction: Transaction, link: str, other: str, priority: Priority) -> int:
    """Hand what waits for one link to another; in doubt stays in doubt."""
    result = transaction.execute(
        update(outbox)
        .where(
            sql(OPEN),
            outbox.c.link == link,
            outbox.c.state != OutboxState.CLAIMED.value,
            outbox.c.priority == int(priority),
        )
        .values(link=other)
    )
    return int(result.rowcount)


def _end_of(row: Any, now: float) -> OutboxState | None:
    """The state in which a waiting row ends unsent, if it does."""
    if row.state == OutboxState.IN_DOUBT.value:
        if row.resent or row.priority == Priority.BROADCAST:
            return OutboxState.UNCERTAIN
        return OutboxState.UNCERTAIN if row.expires_at <= now else None
    return OutboxState.EXPIRED if row.expires_at <= now else None


def _next_reference(transaction: Transaction, draft: Draft) -> int:
    """The next reference to a destination: equal ones must not meet there."""
    statement = insert_of(transaction.dialect, part_references).values(
        number=draft.number, value=1
    )
    following = statement.on_conflict_do_update(
        index_elements=[part_references.c.number],
        set_={"value": part_references.c.value + 1},
    ).returning(part_references.c.value)
    value: int = transaction.execute(following).scalar_one()
    return value % (1 << draft.reference_width)


def _outgoing(row: Any, resent: bool) -> Outgoing:
    part = None
    if row.part_reference is not None:
        part = Part(row.part_reference, row.part_width, row.part_total, row.part_number)
    return Outgoing(
        row.id,
        row.link,
        row.number,
        row.text,
        Alphabet(row.alphabet),
        part,
        Priority(row.priority),
        row.expires_at,
        resent,
    )
