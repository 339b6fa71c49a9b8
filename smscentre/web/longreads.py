"""Reads that take seconds: one at a time, and at a pace of their own.

A year of all units takes a thread for seconds and a hundred megabytes. A few of them at
once would leave no thread to who opens a page, and their cost, on the pages' account,
would keep everybody waiting until it is paid.
"""

from __future__ import annotations

__all__ = ["LongReader", "Turns"]

from collections.abc import Callable
from typing import Any, Final, TypeVar

from twisted.internet.defer import Deferred, DeferredLock, maybeDeferred

from smscentre.store.pages import ReadConnection
from smscentre.tasks import shield
from smscentre.web.means import Reader
from smscentre.web.pace import Crowded, Pace, charged

T = TypeVar("T")

_MOST_WAITING: Final = 10


class Turns:
    """Has one work done after the other. Reactor's thread."""

    def __init__(self) -> None:
        self._lock = DeferredLock()

    async def run(self, work: Callable[[], Deferred[T]]) -> T:
        """Begin a work when the one before has ended; its result.

        The turn lasts as long as the work, whoever has gone meanwhile: a read goes on
        in its thread.

        :raises Crowded: too many wait already
        """
        if len(self._lock.waiting) >= _MOST_WAITING:
            raise Crowded("too many wait for what takes long")
        await self._lock.acquire()
        return await shield(maybeDeferred(work).addBoth(self._ended))

    def _ended(self, outcome: Any) -> Any:
        self._lock.release()
        return outcome


class LongReader:
    """Reads of the store that take seconds. Reactor's thread.

    :param own: the pace of such reads, by which the next one waits for what the last
        one took
    :param noticed: hears what each takes, in its thread
    """

    def __init__(
        self, reader: Reader, own: Pace, noticed: Callable[[float], None]
    ) -> None:
        self._reader = reader
        self._own = own
        self._noticed = noticed
        self._turns = Turns()

    def read(self, action: Callable[[ReadConnection], T]) -> Deferred[T]:
        """Run a function on a connection that only reads.

        :raises Crowded: by the Deferred, where too many wait
        """
        return Deferred.fromCoroutine(
            self._turns.run(lambda: Deferred.fromCoroutine(self._read(action)))
        )

    async def _read(self, action: Callable[[ReadConnection], T]) -> T:
        await self._own.turn()
        try:
            return await self._reader.read(
                lambda connection: charged(lambda: action(connection), self._heard)
            )
        finally:
            self._own.ended()

    def _heard(self, seconds: float) -> None:
        self._own.spent(seconds)
        self._noticed(seconds)
