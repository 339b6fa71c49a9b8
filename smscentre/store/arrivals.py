"""Rows of the inbox: what came, what became of it, what may come again."""

from __future__ import annotations

__all__ = [
    "ACKNOWLEDGED",
    "ACKNOWLEDGED_LATE",
    "FILED_AT_ONCE",
    "KEY_HORIZON_S",
    "Suspect",
    "add_arrival",
    "file_arrivals",
    "mark_emptied",
    "mark_matched",
    "named_before",
    "refused_codes",
    "REDELIVERY_HORIZON_S",
    "suspects",
    "unknown_told",
]

from collections.abc import Collection, Sequence
from functools import cache

from attrs import frozen
from sqlalchemy import (
    bindparam,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy import text as sql

from smscentre.messages import Incoming
from smscentre.store.tables import (
    REFUSED_CODE,
    UNFILED,
    UNKNOWN,
    binds,
    inbox,
    keyed_arrivals,
)
from smscentre.store.transaction import Statement, Transaction

REDELIVERY_HORIZON_S = 24 * 3600
"""How long after an arrival its redelivery is still recognised."""

KEY_HORIZON_S = 7 * 24 * 3600
"""The same of an arrival with a key: a SIM may lie in a drawer for some days."""

ACKNOWLEDGEMENT_DOUBT_S = 60
"""An acknowledgement written this shortly before its bind's end may be lost."""

_SETTLED_S = 3600
"""No arrival of a bind that stands waits this long for its acknowledgement."""

_COLUMNS = (
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
)

_ADD_KEY = Statement(
    insert(keyed_arrivals), ("fingerprint", "inbox_id", "shelf", "slot")
)

ACKNOWLEDGED = Statement(
    update(inbox)
    .where(inbox.c.id == bindparam("row"))
    .values(acked_at=bindparam("at")),
    ("row", "at"),
)
"""A mark: the positive acknowledgement of an arrival was written."""

ACKNOWLEDGED_LATE = Statement(
    update(inbox)
    .where(inbox.c.arrival_id == bindparam("arrival"))
    .values(acked_at=bindparam("at")),
    ("arrival", "at"),
)
"""The same after its bind: then only its id is known."""

FILED_AT_ONCE = 2000
"""Arrivals whose filing keeps the writer for tens of milliseconds at most."""

_FILE = (
    update(inbox)
    .where(
        inbox.c.id.in_(
            select(inbox.c.id)
            .where(sql(UNFILED))
            .order_by(inbox.c.arrived_at)
            .limit(bindparam("most"))
        )
    )
    .values(filed=True)
)

_MATCHED = Statement(
    update(inbox).where(inbox.c.id == bindparam("row")).values(matched=True), ("row",)
)

_KEYED = (
    select(inbox.c.id, inbox.c.redelivery_of, inbox.c.arrived_at)
    .join(keyed_arrivals, keyed_arrivals.c.inbox_id == inbox.c.id)
    .where(keyed_arrivals.c.fingerprint == bindparam("key"))
)

# By time: the numbers of another node's rows may be higher and yet older.
_NAMED_LAST = Statement(
    _KEYED.where(inbox.c.arrived_at > bindparam("horizon"))
    .order_by(inbox.c.arrived_at.desc(), inbox.c.id.desc())
    .limit(1),
    ("key", "horizon"),
)

_DELETED = Statement(
    _KEYED.where(
        or_(
            inbox.c.id == bindparam("original"),
            inbox.c.redelivery_of == bindparam("original"),
        ),
        inbox.c.acked_at.is_not(None),
    ).limit(1),
    ("key", "original"),
)

_EMPTIED = (
    update(inbox)
    .where(
        inbox.c.acked_at.is_(None),
        inbox.c.id.in_(
            select(keyed_arrivals.c.inbox_id).where(
                keyed_arrivals.c.shelf == bindparam("shelf"),
                keyed_arrivals.c.slot.not_in(bindparam("taken", expanding=True)),
            )
        ),
    )
    .values(acked_at=bindparam("at"))
)

_HAS_KEY = exists().where(
    keyed_arrivals.c.fingerprint == inbox.c.fingerprint,
    keyed_arrivals.c.inbox_id == inbox.c.id,
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
        ~_HAS_KEY,
    )
    .order_by(inbox.c.id)
)

_TOLD = (
    select(inbox.c.number, func.count())
    .where(
        sql(UNKNOWN),
        inbox.c.arrived_at >= bindparam("since"),
        inbox.c.link.not_in(bindparam("phones", expanding=True)),
    )
    .group_by(inbox.c.number)
)

_REFUSED = select(func.count()).where(
    sql(REFUSED_CODE),
    inbox.c.arrived_at >= bindparam("since"),
    inbox.c.link.not_in(bindparam("phones", expanding=True)),
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
        _add(transaction.dialect),
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
        ),
    )
    if incoming.key:
        shelf = incoming.shelf or None
        transaction.add(_ADD_KEY, (fingerprint, row, shelf, incoming.slot))


def file_arrivals(transaction: Transaction, most: int = FILED_AT_ONCE) -> int:
    """Let the oldest that are not yet be found by their numbers' index; how many were.

    On PostgreSQL all are from the first: there filing would write each of them anew.
    """
    if transaction.dialect != "sqlite":
        return 0
    return int(transaction.execute(_FILE, {"most": most}).rowcount)


def mark_emptied(
    transaction: Transaction, shelf: str, taken: Collection[int], now: float
) -> None:
    """Write that what lay in a shelf's other slots was deleted, whenever that was."""
    named = {"shelf": shelf, "taken": sorted(taken), "at": now}
    transaction.execute(_EMPTIED, named)


def named_before(
    transaction: Transaction, incoming: Incoming, fingerprint: bytes
) -> Suspect | None:
    """The last arrival with the key of this one; None where this one is new (D4).

    Whichever link or bind it came by, and acknowledged or not, unless the key holds
    only until then.
    """
    horizon = incoming.arrived_at - KEY_HORIZON_S
    last = transaction.row(_NAMED_LAST, (fingerprint, horizon))
    if last is None:
        return None
    row, redelivery_of, arrived_at = last
    original = redelivery_of or row
    # One slot's message may have been read several times before it was deleted.
    deleted = incoming.shelf and transaction.row(_DELETED, (fingerprint, original))
    return None if deleted else Suspect(row, original, arrived_at)


def suspects(
    transaction: Transaction, links: Sequence[str], now: float
) -> dict[bytes, list[Suspect]]:
    """The deliveries of links' ended binds that may come again, oldest first (D4).

    What has a key is told by it, and not by binds.
    """
    found: dict[bytes, list[Suspect]] = {}
    horizon = now - REDELIVERY_HORIZON_S
    for row in transaction.all(_SUSPECTS, {"links": list(links), "horizon": horizon}):
        suspect = Suspect(row.id, row.redelivery_of or row.id, row.arrived_at)
        found.setdefault(bytes(row.fingerprint), []).append(suspect)
    return found


def mark_matched(transaction: Transaction, row: int) -> None:
    """Write that a delivery was followed by its redelivery."""
    transaction.add(_MATCHED, (row,))


def unknown_told(
    transaction: Transaction, since: float, phones: Collection[str] = ()
) -> dict[str, int]:
    """How often each unknown number got its refusal since a moment.

    :param phones: the links by which nobody is told anything
    """
    named = {"since": since, "phones": sorted(phones)}
    return {number: count for number, count in transaction.all(_TOLD, named) if number}


def refused_codes(
    transaction: Transaction, since: float, phones: Collection[str] = ()
) -> int:
    """How many wrong registration codes were answered since a moment.

    :param phones: the links by which nobody is told anything
    """
    named = {"since": since, "phones": sorted(phones)}
    count: int = transaction.first(_REFUSED, named)[0]
    return count


@cache
def _add(dialect: str) -> Statement:
    """The insert of one arrival, one object a dialect so that its rows collect."""
    filed = false() if dialect == "sqlite" else true()
    return Statement(insert(inbox), _COLUMNS, {"matched": false(), "filed": filed})
