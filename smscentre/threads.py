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

    def stop(self) -> Deferred[None]:
        """End the thread; fires once what it was given is done.

        The pool waits for that, so it is ended in yet another thread.
        """
        ended: Deferred[None] = Deferred()

        def end() -> None:
            self._pool.stop()
            self._reactor.callFromThread(ended.callback, None)

        Thread(target=end, daemon=True).start()
        return ended
