"""One read for all who ask at the same time, its result good for a moment.

However many people watch a page, the database is asked by one of them.
"""

from __future__ import annotations

__all__ = ["Shared", "SharedByKey"]

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from attrs import frozen
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

_MOST_KEYS = 64
"""More different results are not kept at a time: the oldest are read anew."""


@frozen
class _Kept(Generic[T]):
    value: T
    until: float


class Shared(Generic[T]):
    """A result that is read again when it is older than ``good_for_s``."""

    def __init__(
        self, read: Callable[[], Deferred[T]], clock: IReactorTime, good_for_s: float
    ) -> None:
        self._read = read
        self._clock = clock
        self._good_for_s = good_for_s
        self._kept: _Kept[T] | None = None
        self._waiters: list[Deferred[T]] = []

    def get(self) -> Deferred[T]:
        """The result, read now or a moment ago; a failure is not kept.

        Who cancels only stops waiting: the others still want the result.
        """
        kept = self._kept
        if kept is not None and self._clock.seconds() < kept.until:
            return succeed(kept.value)
        waiter: Deferred[T] = Deferred()
        self._waiters.append(waiter)
        if len(self._waiters) == 1:
            # No coroutine: its border would have to catch every failure.
            self._read().addBoth(self._settle)
        return waiter

    def _settle(self, result: T | Failure) -> None:
        if not isinstance(result, Failure):
            self._kept = _Kept(result, self._clock.seconds() + self._good_for_s)
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if isinstance(result, Failure):
                waiter.errback(result)
            else:
                waiter.callback(result)


class SharedByKey(Generic[K, T]):
    """The same for results of which there is one for each key."""

    def __init__(
        self,
        read: Callable[[K], Deferred[T]],
        clock: IReactorTime,
        good_for_s: float,
    ) -> None:
        self._read = read
        self._clock = clock
        self._good_for_s = good_for_s
        self._known: OrderedDict[K, Shared[T]] = OrderedDict()

    def get(self, key: K) -> Deferred[T]:
        """The result of a key, read now or a moment ago."""
        shared = self._known.get(key)
        if shared is None:
            shared = Shared(lambda: self._read(key), self._clock, self._good_for_s)
            self._known[key] = shared
            if len(self._known) > _MOST_KEYS:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return shared.get()
