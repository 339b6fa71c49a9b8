"""Rows of binds: when each session of a link began, was last alive, and ended."""

from __future__ import annotations

__all__ = ["beat", "begin_bind", "end_bind", "end_left_open"]

from collections.abc import Collection

from sqlalchemy import insert, update

from smscentre.store.tables import binds
from smscentre.store.transaction import Statement, Transaction

_BEGUN = Statement(insert(binds), ("id", "link", "node", "began_at", "heartbeat_at"))


def begin_bind(
    transaction: Transaction, bind: str, link: str, node: str, now: float
) -> None:
    """Write that a session stands."""
    transaction.add(_BEGUN, (bind, link, node, now, now))


def end_bind(transaction: Transaction, bind: str, now: float) -> None:
    """Write that a session has ended."""
    transaction.execute(
        update(binds)
        .where(binds.c.id == bind, binds.c.ended_at.is_(None))
        .values(ended_at=now)
    )


def beat(transaction: Transaction, ids: Collection[str], now: float) -> int:
    """Write that binds are alive; how many of them somebody else had ended."""
    alive = update(binds).where(binds.c.id.in_(ids))
    revived = transaction.execute(
        alive.where(binds.c.ended_at.is_not(None)).values(ended_at=None)
    )
    transaction.execute(alive.values(heartbeat_at=now))
    return int(revived.rowcount)


def end_left_open(transaction: Transaction, node: str) -> None:
    """Close what a crash left open: such a bind ended at its last heartbeat."""
    transaction.execute(
        update(binds)
        .where(binds.c.node == node, binds.c.ended_at.is_(None))
        .values(ended_at=binds.c.heartbeat_at)
    )
