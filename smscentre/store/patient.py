"""Changes that people wait for: done within some seconds, or taken back.

Before the writer, for the pages. Messages have a patience of their own, which knows
how carriers ask again; a person is told, and decides.
"""

from __future__ import annotations

__all__ = ["PatientWriter", "UncertainError"]

from collections.abc import Callable
from typing import Any, Final, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from smscentre.store.engine import StoreError
from smscentre.store.transaction import Transaction
from smscentre.store.work import Job
from smscentre.store.writer import Writer
from smscentre.tasks import hand_on

T = TypeVar("T")

_WAIT_S: Final = 10.0


class UncertainError(StoreError):
    """A change was begun and did not end: it may be stored, now or later."""


class PatientWriter:
    """Runs changes as the writer does, but not whenever it can. Reactor's thread."""

    def __init__(
        self, writer: Writer, clock: IReactorTime, wait_s: float = _WAIT_S
    ) -> None:
        self._writer = writer
        self._clock = clock
        self._wait_s = wait_s

    def perform(self, action: Callable[[Transaction], T]) -> Deferred[T]:
        """Run a function in a transaction; fires with its result.

        :raises StoreError: by the Deferred: it waited too long, nothing was done
        :raises UncertainError: by the Deferred: it was begun, and nobody knows
        """
        job = Job(action)
        result: Deferred[T] = Deferred()
        limit = self._clock.callLater(self._wait_s, self._give_up, job, result)
        job.outcome.addBoth(_settle, result, limit)
        self._writer.put(job)
        return result

    def _give_up(self, job: Job[Any], result: Deferred[Any]) -> None:
        withdrawn = self._writer.withdraw(job)
        if result.called:
            # Whoever asked has gone.
            return
        if withdrawn:
            result.errback(StoreError("a change waited too long and was taken back"))
        else:
            result.errback(UncertainError("a change was begun and has not ended"))


def _settle(outcome: Any, result: Deferred[Any], limit: IDelayedCall) -> None:
    if limit.active():
        limit.cancel()
    hand_on(outcome, result)
