"""Rows of the outbox that wait for a link which does not send them.

Beside `outgoing`, which puts them in and claims them.
"""

from __future__ import annotations

__all__ = ["is_retired", "reroute", "reroute_others", "waiting_for_others"]

from collections import Counter
from collections.abc import Callable, Collection

from sqlalchemy import and_, bindparam, exists, func, not_, select, update
from sqlalchemy import text as sql

from smscentre.messages import Priority
from smscentre.store.steps import OutboxState
from smscentre.store.tables import OPEN, binds, outbox
from smscentre.store.transaction import Statement, Transaction

_ALIVE_S = 60.0
"""A bind that is open beats far more often."""

_MOVE = Statement(
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(link=bindparam("b_link")),
    ("row", "b_link"),
)


_PART = outbox.alias()

# The parts of a text have their numbers in one go.
_IS_BEGUN = and_(
    outbox.c.part_total > 1,
    exists().where(
        _PART.c.id > outbox.c.id - outbox.c.part_number,
        _PART.c.id <= outbox.c.id - outbox.c.part_number + outbox.c.part_total,
        _PART.c.number == outbox.c.number,
        _PART.c.part_reference == outbox.c.part_reference,
        _PART.c.link == outbox.c.link,
        _PART.c.state.in_(
            [
                OutboxState.CLAIMED.value,
                OutboxState.SENT.value,
                OutboxState.DELIVERED.value,
                OutboxState.UNKNOWN.value,
            ]
        ),
    ),
)
"""Whether another part of a row's text has left by its link, or is about to."""


def waiting_for_others(
    transaction: Transaction, links: Collection[str]
) -> dict[str, int]:
    """How many parts wait for each link that is none of these."""
    rows = transaction.all(
        select(outbox.c.link, func.count())
        .where(sql(OPEN), outbox.c.link.not_in(links))
        .group_by(outbox.c.link)
    )
    return dict(rows)


def is_retired(transaction: Transaction, link: str, node: str, now: float) -> bool:
    """Whether a link that a node has not configured was its own: nobody has it now.

    With a database of its own that is every one; else the node that bound it last
    may have it still, and so may a second host of this name, where its bind is alive.
    """
    if transaction.dialect == "sqlite":
        return True
    last = (
        select(binds.c.node, binds.c.heartbeat_at, binds.c.ended_at)
        .where(binds.c.link == link)
        .order_by(binds.c.began_at.desc())
        .limit(1)
    )
    row = transaction.first(last)
    if row is None or row.node != node:
        return False
    return row.ended_at is not None or row.heartbeat_at < now - _ALIVE_S


def reroute(
    transaction: Transaction,
    link: str,
    other: str,
    priority: Priority,
    *,
    one_number: bool,
) -> int:
    """Hand what waits for one link to another; in doubt stays in doubt.

    The rest of a text that was begun goes only where both are of ``one_number``: no
    phone joins parts of two senders.
    """
    moved = (
        update(outbox)
        .where(
            sql(OPEN),
            outbox.c.link == link,
            outbox.c.state != OutboxState.CLAIMED.value,
            outbox.c.priority == int(priority),
        )
        .values(link=other)
    )
    result = transaction.execute(moved if one_number else moved.where(not_(_IS_BEGUN)))
    return int(result.rowcount)


def reroute_others(
    transaction: Transaction,
    link: str,
    choose: Callable[[str], str | None],
    is_one_number: Callable[[str], bool],
) -> Counter[str]:
    """Hand what is no reply and waits for one link to others, by destination.

    Returns how many parts now wait for each of them.

    :param is_one_number: whether another link may have the rest of a text
    """
    waiting = transaction.all(
        select(outbox.c.id, outbox.c.number, _IS_BEGUN.label("begun")).where(
            sql(OPEN),
            outbox.c.link == link,
            outbox.c.state != OutboxState.CLAIMED.value,
            outbox.c.priority > int(Priority.REPLY),
        )
    )
    moved: Counter[str] = Counter()
    for row in waiting:
        other = choose(row.number)
        if other is not None and (not row.begun or is_one_number(other)):
            transaction.add(_MOVE, (row.id, other))
            moved[other] += 1
    return moved
