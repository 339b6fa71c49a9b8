"""What pages read of messages: queues, today's arrivals, the last messages.

Beside the path: plain functions over a connection that cannot write, run by
`Readers` in threads of their own. No text of a message and no whole number
leaves this module.
"""

from __future__ import annotations

__all__ = [
    "ArrivalCount",
    "LastMessage",
    "Queue",
    "ReadConnection",
    "Readers",
    "arrival_counts",
    "ended_badly",
    "held_back",
    "last_messages",
    "queues",
]

from collections.abc import Callable
from typing import Any, TypeVar

from attrs import frozen
from sqlalchemy import Connection, Engine, bindparam, func, select
from sqlalchemy import text as sql
from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import IReactorFromThreads
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

from smscentre.numbers import masked
from smscentre.store.engine import StoreError
from smscentre.store.steps import ENDED_BADLY
from smscentre.store.tables import OPEN, inbox, outbox
from smscentre.tasks import shield
from smscentre.threads import DaemonPool

T = TypeVar("T")

ReadConnection = Connection
"""What a read is given: a connection in a transaction that cannot write."""

_THREADS = 3

_QUEUES = (
    select(
        outbox.c.link,
        outbox.c.priority,
        outbox.c.state,
        func.count(),
        func.min(outbox.c.created_at),
    )
    .where(sql(OPEN))
    .group_by(outbox.c.link, outbox.c.priority, outbox.c.state)
    .order_by(outbox.c.link, outbox.c.priority, outbox.c.state)
)

_ENDED_BADLY = (
    select(outbox.c.state, func.count())
    .where(
        outbox.c.created_at >= bindparam("since"),
        outbox.c.state.in_(sorted(ENDED_BADLY)),
    )
    .group_by(outbox.c.state)
)

_ARRIVALS = (
    select(inbox.c.state, inbox.c.outcome, func.count())
    .where(inbox.c.arrived_at >= bindparam("since"))
    .group_by(inbox.c.state, inbox.c.outcome)
)

_HELD = (
    select(inbox.c.reason, func.count())
    .where(
        inbox.c.arrived_at >= bindparam("since"),
        # Of what failed or is corrupt it is no silence.
        inbox.c.state.in_(["done", "silent"]),
        inbox.c.reason != "",
    )
    .group_by(inbox.c.reason)
)

_LAST = (
    select(
        inbox.c.id,
        inbox.c.arrived_at,
        inbox.c.link,
        inbox.c.number,
        inbox.c.source,
        inbox.c.state,
        inbox.c.outcome,
    )
    .where(inbox.c.state != "receipt")
    # Row numbers follow time on one node, and need no index of their own.
    .order_by(inbox.c.id.desc())
    .limit(bindparam("count"))
)


@frozen
class Queue:
    """The parts of one link that wait in one open state, of one priority.

    ``oldest_at`` is in seconds since 1970.
    """

    link: str
    priority: int
    state: str
    count: int
    oldest_at: float


@frozen
class ArrivalCount:
    """How many arrivals ended in a state with an outcome."""

    state: str
    outcome: str
    count: int


@frozen
class LastMessage:
    """One arrival as anybody may see it: its sender masked, its text left out."""

    id: int
    arrived_at: float
    link: str
    sender: str
    state: str
    outcome: str


def queues(connection: Connection) -> list[Queue]:
    """What waits to go out, by link, priority and state."""
    return [Queue(*row) for row in connection.execute(_QUEUES)]


def ended_badly(connection: Connection, since: float) -> dict[str, int]:
    """How many parts that were put out since a moment ended badly, by the state."""
    rows = connection.execute(_ENDED_BADLY, {"since": since})
    return {row[0]: row[1] for row in rows}


def arrival_counts(connection: Connection, since: float) -> list[ArrivalCount]:
    """The arrivals since a moment by state and outcome, the most frequent first."""
    counts = [
        ArrivalCount(*row) for row in connection.execute(_ARRIVALS, {"since": since})
    ]
    return sorted(counts, key=lambda one: (-one.count, one.state, one.outcome))


def held_back(connection: Connection, since: float) -> dict[str, int]:
    """How many messages since a moment got no reply, by the reason."""
    rows = connection.execute(_HELD, {"since": since})
    return {row[0]: row[1] for row in rows}


def last_messages(connection: Connection, count: int = 20) -> list[LastMessage]:
    """The newest arrivals but receipts, newest first."""
    return [
        LastMessage(
            row.id,
            row.arrived_at,
            row.link,
            masked(row.number or row.source),
            row.state,
            row.outcome,
        )
        for row in connection.execute(_LAST, {"count": count})
    ]


class Readers:
    """Runs reads in threads of their own, never in the reactor's.

    ``pool`` is by default one of as many threads as the engine has connections.
    Reactor's thread.
    """

    def __init__(
        self,
        engine: Engine,
        reactor: IReactorFromThreads,
        pool: ThreadPool | None = None,
    ) -> None:
        self._engine = engine
        self._reactor = reactor
        self._pool = pool or DaemonPool(0, _THREADS, "smscentre-readers")
        self._busy = 0
        self._idle: Deferred[None] | None = None

    def start(self) -> None:
        """Begin to take reads."""
        self._pool.start()

    def read(self, action: Callable[[Connection], T]) -> Deferred[T]:
        """Run a function on a connection that only reads; fires with its result.

        Who cancels only stops waiting: a thread cannot be stopped.

        :raises StoreError: by the Deferred, when the readers are stopping
        """
        if self._idle is not None:
            return fail(StoreError("the readers are stopping"))
        self._busy += 1
        ran = deferToThreadPool(self._reactor, self._pool, self._run, action)
        return shield(ran.addBoth(self._ended))

    async def stop(self) -> None:
        """Refuse new reads, wait for those that run, end the threads."""
        self._idle = Deferred()
        if self._busy:
            await self._idle
        self._pool.stop()
        self._engine.dispose()

    def _ended(self, outcome: Any) -> Any:
        self._busy -= 1
        if self._idle is not None and not self._busy:
            self._idle.callback(None)
        return outcome

    def _run(self, action: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            return action(connection)
