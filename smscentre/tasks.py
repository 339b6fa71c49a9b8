"""The border where background work may fail without taking the service along.

`attempt` runs a plain function, `Tasks` owns coroutines: it names them, logs
what fails, and cancels and awaits them at the end. `shield` and `hand_on` are for work
that goes on whoever waits for it.
"""

from __future__ import annotations

__all__ = ["Tasks", "attempt", "hand_on", "shield"]

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from twisted.internet.defer import CancelledError, Deferred, DeferredList
from twisted.logger import Logger
from twisted.python.failure import Failure

P = ParamSpec("P")
T = TypeVar("T")

_log = Logger(namespace="smscentre.tasks")


def attempt(
    action: Callable[P, object], *args: P.args, **kwargs: P.kwargs
) -> Exception | None:
    """Run a function; return what it raised, or None."""
    try:
        action(*args, **kwargs)
    except Exception as error:
        return error
    return None


def hand_on(outcome: Any, result: Deferred[Any]) -> None:
    """Give a result or a failure to who waits for it, unless he has gone."""
    if result.called:
        return
    if isinstance(outcome, Failure):
        result.errback(outcome)
    else:
        result.callback(outcome)


def shield(work: Deferred[T]) -> Deferred[T]:
    """The result of work that goes on although who waits for it cancels."""
    result: Deferred[T] = Deferred()
    work.addBoth(hand_on, result)
    return result


class Tasks:
    """The coroutines that run in the background on behalf of one owner."""

    def __init__(self) -> None:
        self._running: dict[Deferred[Any], str] = {}

    def start(self, name: str, coroutine: Coroutine[Any, Any, object]) -> None:
        """Run a coroutine until it ends or `stop` cancels it."""
        task = Deferred.fromCoroutine(coroutine)
        self._running[task] = name
        task.addBoth(self._ended, task)

    async def stop(self) -> None:
        """Cancel everything that runs and wait until it has ended."""
        ending = list(self._running)
        for task in ending:
            task.cancel()
        await DeferredList(ending, consumeErrors=True)

    def _ended(self, result: object, task: Deferred[Any]) -> None:
        name = self._running.pop(task)
        if isinstance(result, Failure) and not isinstance(result.value, CancelledError):
            _log.failure("task {task} failed", result, task=name)
