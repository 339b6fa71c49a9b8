"""The steps that a row of the outbox may take, and the marks that take them.

A row moves only along `STEPS`: each statement names the state it leaves, and the
bind whose claim it ends, so a step that is not legal changes nothing.
"""

from __future__ import annotations

__all__ = [
    "ABANDONED",
    "ENDED_BADLY",
    "EXPIRED",
    "FAILED",
    "IN_DOUBT",
    "REFUSED",
    "REQUEUED",
    "SENT",
    "STEPS",
    "OutboxState",
    "Step",
    "is_due",
]

from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, bindparam, or_, update
from sqlalchemy import text as sql

from smscentre.store.prepared import Statement
from smscentre.store.tables import OPEN, outbox


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
    # Of a broadcast only, once, and only if the operator says so.
    OutboxState.UNCERTAIN: frozenset({OutboxState.QUEUED}),
    OutboxState.UNKNOWN: frozenset(),
}
"""Legal steps in the life of a part."""


ENDED_BADLY = frozenset(
    {
        OutboxState.FAILED.value,
        OutboxState.EXPIRED.value,
        OutboxState.UNCERTAIN.value,
        OutboxState.UNKNOWN.value,
    }
)
"""The states in which a part has ended, and its receiver may be without it."""


_PUT_OFF_MOST_S: Final = 900.0
"""Longer than any part is ever put off: what waits for later was put out by a clock
that has been set back since."""


def is_due() -> ColumnElement[bool]:
    """The condition of rows of the outbox that may go at the moment ``now``."""
    due_at: ColumnElement[float] = outbox.c.due_at
    now: ColumnElement[float] = bindparam("now")
    return or_(due_at <= now, due_at > now + _PUT_OFF_MOST_S)


Step = Statement
"""A mark that moves a row on: gives the row, the bind whose claim ends, and values."""


def _leave_claimed(state: OutboxState, *columns: str) -> Step:
    """A mark that moves on a row claimed by a bind, and fills columns of it."""
    assert state in STEPS[OutboxState.CLAIMED]
    return Statement(
        update(outbox)
        .where(
            outbox.c.id == bindparam("row"),
            outbox.c.state == OutboxState.CLAIMED.value,
            outbox.c.bind == bindparam("b_bind"),
        )
        .values(
            state=state.value, **{name: bindparam(f"b_{name}") for name in columns}
        ),
        ("row", "b_bind", *(f"b_{name}" for name in columns)),
    )


_OCTETS = ("submit_pdu", "answer_pdu")

SENT = _leave_claimed(OutboxState.SENT, "sent_at", "smsc_id", "smsc_key", *_OCTETS)
FAILED = _leave_claimed(OutboxState.FAILED, "final_at", "error", *_OCTETS)
IN_DOUBT = _leave_claimed(OutboxState.IN_DOUBT, "error", *_OCTETS)

REFUSED = _leave_claimed(OutboxState.QUEUED, "due_at", "error", *_OCTETS)
"""Back into the queue: the carrier may take it later."""

REQUEUED = _leave_claimed(OutboxState.QUEUED, "due_at", "error")
"""Back into the queue without having been written."""

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

ABANDONED = (
    update(outbox)
    .where(
        sql(OPEN),
        outbox.c.state == OutboxState.IN_DOUBT.value,
        outbox.c.expires_at <= bindparam("now"),
    )
    .values(state=OutboxState.UNCERTAIN.value, final_at=bindparam("now"))
)
"""What was in doubt past its time, for links that do not come back."""
