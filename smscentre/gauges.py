"""Tells the metrics, every few seconds, what nobody else tells of: how things stand.

Beside the path: it reads and counts, and acts on nothing.
"""

from __future__ import annotations

__all__ = ["LAG_S", "Gauges"]

from collections import Counter
from collections.abc import Callable
from typing import Protocol

from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from smscentre.metrics import Metrics
from smscentre.store.pages import Queue, ReadConnection, queues
from smscentre.store.unread import Unread, count_unread
from smscentre.web.status import StatusSource

LAG_S = 1.0
"""How often `Gauges.measure_lag` is due."""

_log = Logger(namespace="smscentre.gauges")


@frozen
class _Stored:
    """What waits in the store."""

    queues: list[Queue]
    unread: Unread


class _Reader(Protocol):
    """Runs a read of the store away from the reactor's thread."""

    def read(self, action: Callable[[ReadConnection], _Stored]) -> Deferred[_Stored]:
        """Run a function on a connection that only reads."""


class Gauges:
    """Reads how things stand. Reactor's thread."""

    def __init__(
        self,
        metrics: Metrics,
        status: StatusSource,
        reader: _Reader,
        clock: IReactorTime,
        wall_clock: Callable[[], float],
    ) -> None:
        self._metrics = metrics
        self._status = status
        self._reader = reader
        self._clock = clock
        self._wall_clock = wall_clock
        self._lag_due = 0.0
        self._reading = False

    def start(self) -> None:
        """Begin to measure: the first measurement of the lag is due from now."""
        self._lag_due = self._clock.seconds() + LAG_S

    def measure_lag(self) -> None:
        """Tell how late this call, due every second, is."""
        now = self._clock.seconds()
        self._metrics.reactor_lag(max(0.0, now - self._lag_due))
        self._lag_due = now + LAG_S

    def measure_store(self) -> None:
        """Tell what waits, and what is used of the limits; in a reader's thread."""
        self._metrics.waiting(self._status.writer().waiting)
        for limit in self._status.limits():
            if limit.reason == "centre_limit":
                self._metrics.replies(limit.used, limit.most[0][0])
        if self._reading:
            # Of a slow store, reads that pile up would leave pages no thread.
            return
        self._reading = True
        stored = self._reader.read(_read)
        stored.addBoth(self._ended)
        stored.addCallback(self._tell)
        stored.addErrback(self._log_failure)

    def _ended(self, outcome: _Stored | Failure) -> _Stored | Failure:
        self._reading = False
        return outcome

    def _tell(self, stored: _Stored) -> None:
        counts: Counter[str] = Counter()
        for queue in stored.queues:
            counts[queue.state] += queue.count
        oldest = min((queue.oldest_at for queue in stored.queues), default=None)
        age = 0.0 if oldest is None else self._wall_clock() - oldest
        self._metrics.outbox(counts, age)
        self._metrics.unread(stored.unread.count)

    def _log_failure(self, failure: Failure) -> None:
        _log.failure("reading of the queues failed", failure)


def _read(connection: ReadConnection) -> _Stored:
    return _Stored(queues(connection), count_unread(connection))
