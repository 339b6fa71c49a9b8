"""Rows of the inbox: what came, what became of it, what may come again."""

from __future__ import annotations

__all__ = [
    "ACKNOWLEDGED",
    "Suspect",
    "add_arrival",
    "mark_matched",
    "REDELIVERY_HORIZON_S",
    "suspects",
    "unknown_told",
]

from collections.abc import Sequence

from attrs import frozen
from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy import text as sql

from smscentre.messages import Incoming
from smscentre.store.tables import UNKNOWN, binds, inbox
from smscentre.store.transaction import Statement, Transaction

REDELIVERY_HORIZON_S = 24 * 3600
"""How long after an arrival its redelivery is still recognised."""

ACKNOWLEDGEMENT_DOUBT_S = 60
"""An acknowledgement written this shortly before its bind's end may be lost."""

_SETTLED_S = 3600
"""No arrival of a bind that stands waits this long for its acknowledgement."""

_ADD = Statement(
    insert(inbox),
    (
        "id",
        "arrival_id",
        "link",
        "bind",
        "source",
        "number",
        "destination",
        "text",
        "raw",
        "state",
        "outcome",
        "reason",
        "fingerprint",
        "arrived_at",
        "sent_at",
        "redelivery_of",
        "matched",
    ),
)

ACKNOWLEDGED = Statement(
    update(inbox)
    .where(inbox.c.id == bindparam("row"))
    .values(acked_at=bindparam("at")),
    ("row", "at"),
)
"""A mark: the positive acknowledgement of an arrival was written."""

_MATCHED = Statement(
    update(inbox).where(inbox.c.id == bindparam("row")).values(matched=True), ("row",)
)

_SUSPECTS = (
    select(inbox.c.id, inbox.c.fingerprint, inbox.c.redelivery_of, inbox.c.arrived_at)
    .join(binds, binds.c.id == inbox.c.bind)
    .where(
        binds.c.link.in_(bindparam("links", expanding=True)),
        binds.c.ended_at > bindparam("horizon"),
        inbox.c.matched.is_(False),
        inbox.c.arrived_at > bindparam("horizon"),
        inbox.c.arrived_at > binds.c.ended_at - _SETTLED_S,
        # After a crash the end is that of the last heartbeat.
        inbox.c.arrived_at < binds.c.ended_at + _SETTLED_S,
        or_(
            inbox.c.acked_at.is_(None),
            binds.c.ended_at - inbox.c.acked_at <= ACKNOWLEDGEMENT_DOUBT_S,
        ),
    )
    .order_by(inbox.c.id)
)

_TOLD = (
    select(inbox.c.number, func.count())
    .where(sql(UNKNOWN), inbox.c.arrived_at >= bindparam("since"))
    .group_by(inbox.c.number)
)


@frozen
class Suspect:
    """An earlier delivery whose acknowledgement may not have reached the peer.

    ``original`` is the inbox row of the message that took effect; ``at`` is when
    the delivery arrived.
    """

    row: int
    original: int
    at: float


def add_arrival(
    transaction: Transaction,
    incoming: Incoming,
    *,
    row: int,
    fingerprint: bytes,
    number: str | None,
    state: str,
    outcome: str = "",
    reason: str = "",
    redelivery_of: int | None = None,
) -> None:
    """Keep an arrival, whatever became of it."""
    transaction.add(
        _ADD,
        (
            row,
            incoming.arrival_id,
            incoming.link,
            incoming.bind,
            incoming.source.digits,
            number,
            incoming.destination.digits,
            incoming.text,
            incoming.raw,
            state,
            outcome,
            reason,
            fingerprint,
            incoming.arrived_at,
            incoming.sent_at,
            redelivery_of,
            False,
        ),
    )


def suspects(
    transaction: Transaction, links: Sequence[str], now: float
) -> dict[bytes, list[Suspect]]:
    """The deliveries of links' ended binds that may come again, oldest first (D4)."""
    found: dict[bytes, list[Suspect]] = {}
    horizon = now - REDELIVERY_HORIZON_S
    for row in transaction.all(_SUSPECTS, {"links": list(links), "horizon": horizon}):
        suspect = Suspect(row.id, row.redelivery_of or row.id, row.arrived_at)
        found.setdefault(bytes(row.fingerprint), []).append(suspect)
    return found


def mark_matched(transaction: Transaction, row: int) -> None:
    """Write that a delivery was followed by its redelivery."""
    transaction.add(_MATCHED, (row,))


def unknown_told(transaction: Transaction, since: float) -> dict[str, int]:
    """How often each unknown number got its refusal since a moment."""
    return {
        number: count
        for number, count in transaction.all(_TOLD, {"since": since})
        if number
    }
