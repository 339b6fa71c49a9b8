"""Threads for what would keep the reactor waiting."""

from __future__ import annotations

__all__ = ["DaemonPool", "Lane"]

from collections.abc import Callable
from threading import Thread
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorFromThreads
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

T = TypeVar("T")


class DaemonPool(ThreadPool):
    """A pool whose threads do not keep the process from ending."""

    @staticmethod
    def threadFactory(**arguments: Any) -> Thread:  # type: ignore[override]  # narrower
        """Make one thread."""
        return Thread(daemon=True, **arguments)


class Lane:
    """One thread in which functions run one after the other. Reactor's thread."""

    def __init__(self, reactor: IReactorFromThreads, name: str) -> None:
        self._reactor = reactor
        self._pool = DaemonPool(0, 1, name)

    def start(self) -> None:
        """Begin to run them."""
        self._pool.start()

    def run(self, action: Callable[[], T]) -> Deferred[T]:
        """Run a function; fires with its result."""
        return deferToThreadPool(self._reactor, self._pool, action)

    async def stop(self) -> None:
        """End the thread, once it has done what it was given.

        Who cancels leaves it to itself.
        """
        # The pool joins its thread in ours, which must not be kept waiting.
        await self.run(lambda: None)
        self._pool.stop()
