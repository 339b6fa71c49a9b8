"""Rows of the parts of long messages, and their joining (D6).

The key is (source, destination, reference, its width, total), without a link:
carriers spread the parts of one message over their binds. A part that came before
belongs where it was then, so that a late copy never completes another text. Parts
of two texts that come mixed under one key cannot be told apart; the later text has
them.
"""

from __future__ import annotations

__all__ = ["Incomplete", "end_incomplete", "join"]

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from sqlalchemy import and_, bindparam, func, insert, or_, select, update
from sqlalchemy import text as sql

from smscentre.gsm.seams import join_parts
from smscentre.messages import Incoming
from smscentre.store.tables import OPEN_PART, inbox, long_messages
from smscentre.store.transaction import NODE_LOCKS, Statement, Transaction

COMPLETE_S = 24 * 3600
"""How long an equal part belongs to a set that was completed."""

WAIT_S = 30 * 60
"""How long a set waits for its missing parts."""

_APART_S = 60
"""How far the clocks of two nodes may be apart, and a part wait for the writer."""

KEPT_IN_MIND = 1024
"""How many parts of one key are looked at, the newest: a flood of them under one
reference costs each part no more. A set has 255 at most."""

_ADD = Statement(
    insert(long_messages),
    (
        "id",
        "source",
        "destination",
        "reference",
        "width",
        "total",
        "number",
        "set_id",
        "inbox_id",
        "fingerprint",
        "text",
        "state",
        "arrived_at",
    ),
)

_NEWEST = (
    select(long_messages)
    .where(
        long_messages.c.source == bindparam("source"),
        long_messages.c.destination == bindparam("destination"),
        long_messages.c.reference == bindparam("reference"),
        long_messages.c.width == bindparam("width"),
        long_messages.c.total == bindparam("total"),
        long_messages.c.arrived_at > bindparam("since"),
    )
    .order_by(long_messages.c.id.desc())
    .limit(KEPT_IN_MIND)
    .cte("newest")
)

_BEGAN = func.min(_NEWEST.c.arrived_at)

# By time: the numbers of another node's rows may be higher and yet older. What begins
# in a time to come is of a clock that was set back since, and older than all else.
_NEWEST_SET = (
    select(_NEWEST.c.set_id)
    .group_by(_NEWEST.c.set_id)
    .order_by(
        (bindparam("ahead") > _BEGAN).desc(), _BEGAN.desc(), _NEWEST.c.set_id.desc()
    )
    .limit(1)
    .scalar_subquery()
)

# What was given up does not count as the same: it begins anew.
_IS_SAME = and_(
    _NEWEST.c.number == bindparam("number"),
    _NEWEST.c.fingerprint == bindparam("fingerprint"),
    _NEWEST.c.state != "incomplete",
)

_CAME_BEFORE = (
    select(_NEWEST, _IS_SAME.label("same"))
    .where(or_(_IS_SAME, _NEWEST.c.set_id == _NEWEST_SET))
    .order_by(_NEWEST.c.id)
)
"""The parts of the set that began last, and what is the same part.

Chosen by the database: the one writer has no time to look at each row itself.
"""

_HOLD = select(func.pg_advisory_xact_lock(NODE_LOCKS, 2))
"""The lock, until the transaction ends, of a node that joins parts: two that came to
two nodes at once would not see each other. One for all texts: with one for each, two
nodes could wait for each other."""

_COMPLETED = Statement(
    update(long_messages)
    .where(long_messages.c.set_id == bindparam("b_set"))
    .values(state="complete"),
    ("b_set",),
)

_LATE = (
    select(long_messages)
    .where(
        sql(OPEN_PART),
        long_messages.c.set_id.in_(
            select(long_messages.c.set_id).where(
                sql(OPEN_PART), long_messages.c.arrived_at <= bindparam("before")
            )
        ),
    )
    .order_by(long_messages.c.id)
)


@frozen
class Incomplete:
    """A set that was given up: whom to tell, and the first part missing."""

    inbox_id: int
    link: str
    number: str | None
    missing: int
    total: int


def join(
    transaction: Transaction,
    incoming: Incoming,
    inbox_id: int,
    fingerprint: bytes,
    typed: Mapping[int, str],
) -> str | None:
    """Store a part; the whole text if it was the last one missing, else None.

    ``typed`` has the texts of parts, by their rows of the inbox, that differ from
    what is stored of them.
    """
    part = incoming.part
    assert part is not None
    transaction.hold(_HOLD)
    rows = transaction.all(
        _CAME_BEFORE,
        {
            "source": incoming.source.digits,
            "destination": incoming.destination.digits,
            "reference": part.reference,
            "width": part.width,
            "total": part.total,
            "since": incoming.arrived_at - COMPLETE_S,
            "ahead": incoming.arrived_at + _APART_S,
            "number": part.number,
            "fingerprint": fingerprint,
        },
    )
    if any(row.same for row in rows):
        return None
    current = {row.number: row for row in rows}
    new_set = part.number in current or not _is_open(current)
    set_id = inbox_id if new_set else next(iter(current.values())).set_id
    transaction.add(
        _ADD,
        (
            transaction.new_id(),
            incoming.source.digits,
            incoming.destination.digits,
            part.reference,
            part.width,
            part.total,
            part.number,
            set_id,
            inbox_id,
            fingerprint,
            incoming.text,
            "open",
            incoming.arrived_at,
        ),
    )
    texts = {part.number: typed.get(inbox_id, incoming.text)}
    if not new_set:
        for number, row in current.items():
            texts[number] = typed.get(row.inbox_id, row.text)
    if len(texts) < part.total:
        return None
    transaction.flush()
    transaction.add(_COMPLETED, (set_id,))
    return join_parts(texts[number] for number in sorted(texts))


def end_incomplete(transaction: Transaction, now: float) -> list[Incomplete]:
    """Give up the sets whose parts did not come in time; return them."""
    sets: dict[int, list[Any]] = {}
    for row in transaction.all(_LATE, {"before": now - WAIT_S}):
        sets.setdefault(row.set_id, []).append(row)
    given_up = []
    for set_id, rows in sets.items():
        present = {row.number for row in rows}
        total = rows[0].total
        ended = transaction.execute(
            update(long_messages)
            .where(long_messages.c.set_id == set_id, sql(OPEN_PART))
            .values(state="incomplete")
        )
        if not ended.rowcount:
            # Another node has just done it, or joined the text.
            continue
        first = transaction.first(select(inbox).where(inbox.c.id == rows[0].inbox_id))
        given_up.append(
            Incomplete(
                rows[0].inbox_id,
                first.link,
                first.number,
                min(set(range(1, total + 1)) - present),
                total,
            )
        )
    return given_up


def _is_open(parts: dict[int, Any]) -> bool:
    """Whether a set waits for parts: it is neither complete nor given up."""
    return any(row.state == "open" for row in parts.values())
