"""A share of the processor for the pages, so that they never slow the links.

All threads of a Python process take turns, so a browser that loads pages as fast
as it can would take its half from the writer. Pages get what the others leave, and six
hundredths of a processor in any case; beyond that they wait for their turn. Addresses
take turns, each with its pages in order: who asks for one page has it soon, however
many somebody else has asked for.
"""

from __future__ import annotations

__all__ = ["Crowded", "Pace", "PacedReader", "charged"]

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from smscentre.errors import SMSCentreError
from smscentre.store.pages import ReadConnection
from smscentre.web.means import Reader

T = TypeVar("T")

_LEAST: Final = 0.06
_MOST: Final = 0.7
"""The share of one processor that pages get, however busy or idle the others are."""

_SAVED_S: Final = 0.3
"""So much of it can be saved up: a person who opens a few pages never waits."""

_FEARED_S: Final = 0.1
"""What a page is taken to cost until it is known: else all that are asked for at once
would be begun, and everybody would wait until the last of them is paid."""

_SAMPLE_S: Final = 0.25
"""How long is looked at what the others use."""

_MOST_WAITING: Final = 200
_MOST_OF_ONE: Final = 100
"""So many pages wait in all, and of one address."""


class Crowded(SMSCentreError):
    """Too many wait for their page."""


class Pace:
    """Says when the next page may be made. Reactor's thread.

    :param used_s: the processor time of the whole process so far
    :param saved_s: what may be saved up; without end, nobody ever waits
    """

    def __init__(
        self,
        clock: IReactorTime,
        used_s: Callable[[], float] = time.process_time,
        saved_s: float = _SAVED_S,
    ) -> None:
        self._clock = clock
        self._used_s = used_s
        self._waiting: OrderedDict[str, deque[Deferred[None]]] = OrderedDict()
        """Who waits, by address; the first one's turn is next."""
        self._call: IDelayedCall | None = None
        self._saved_s = self._left_s = saved_s
        self._rate = _MOST
        self._filled_at = self._sampled_at = clock.seconds()
        self._sampled_s = used_s()
        self._own_s = 0.0
        """What pages used since the last sample."""
        self._told_s: deque[tuple[float, float]] = deque()
        """What was used, and what is to be paid, heard from any thread and not counted
        yet."""

    async def turn(self, address: str = "") -> None:
        """Wait until an address may have a page made; say so by `ended` when it is.

        :raises Crowded: too many wait already
        """
        self._fill()
        if self._left_s > 0 and not self._waiting:
            self._left_s -= _FEARED_S
            return
        line = self._waiting.get(address, ())
        if len(line) >= _MOST_OF_ONE or self._count >= _MOST_WAITING:
            raise Crowded("too many pages are asked for")
        waiter: Deferred[None] = Deferred(lambda gone: self._forget(address, gone))
        self._waiting.setdefault(address, deque()).append(waiter)
        self._arm()
        await waiter

    def ended(self) -> None:
        """Hear that a page that had its turn is made, and has told what it took."""
        self._left_s += _FEARED_S
        if self._call is not None:
            self._call.cancel()
            self._let_in()

    def spent(self, seconds: float) -> None:
        """Hear what making a page, or a part of it, took. Any thread."""
        self._told_s.append((seconds, seconds))

    def noticed(self, seconds: float) -> None:
        """Hear what was used for pages and is paid elsewhere. Any thread.

        It is none of the others', so pages need not make room for it.
        """
        self._told_s.append((seconds, 0.0))

    def alike(self) -> Pace:
        """Another with the same share and an account of its own."""
        return Pace(self._clock, self._used_s, self._saved_s)

    def _fill(self) -> None:
        while self._told_s:
            used_s, owed_s = self._told_s.popleft()
            self._own_s += used_s
            self._left_s -= owed_s
        now = self._clock.seconds()
        since_s = now - self._sampled_at
        if since_s >= _SAMPLE_S:
            used_s = self._used_s()
            others = max(0.0, used_s - self._sampled_s - self._own_s) / since_s
            self._rate = max(_LEAST, _MOST - others)
            self._sampled_at, self._sampled_s, self._own_s = now, used_s, 0.0
        self._left_s += (now - self._filled_at) * self._rate
        self._left_s = min(self._left_s, self._saved_s)
        self._filled_at = now

    def _arm(self) -> None:
        if self._call is None:
            wait_s = max(0.0, -self._left_s) / self._rate
            self._call = self._clock.callLater(
                min(max(wait_s, 0.001), _SAMPLE_S), self._let_in
            )

    def _let_in(self) -> None:
        """Let the first in who waits, if there is something left, and look again."""
        self._call = None
        self._fill()
        if self._waiting and self._left_s > 0:
            self._left_s -= _FEARED_S
            self._next().callback(None)
        if self._waiting:
            self._arm()

    @property
    def _count(self) -> int:
        return sum(map(len, self._waiting.values()))

    def _next(self) -> Deferred[None]:
        """Whose turn it is; his address is behind all others then."""
        address, line = self._waiting.popitem(last=False)
        waiter = line.popleft()
        if line:
            self._waiting[address] = line
        return waiter

    def _forget(self, address: str, gone: Deferred[None]) -> None:
        """Take one who has gone out of his line."""
        self._waiting[address].remove(gone)
        if not self._waiting[address]:
            del self._waiting[address]


def charged(action: Callable[[], T], spent: Callable[[float], None]) -> T:
    """What a function gives; what it takes of its thread's processor time is told.

    In the thread itself and whatever comes of it: who has gone meanwhile, or asked for
    what there is not, has cost as much.
    """
    began = time.thread_time()
    try:
        return action()
    finally:
        spent(time.thread_time() - began)


class PacedReader:
    """Reads of the store whose cost the pace hears of."""

    def __init__(self, reader: Reader, spent: Callable[[float], None]) -> None:
        """:param spent: hears the seconds of each read, in its thread"""
        self._reader = reader
        self._spent = spent

    def read(self, action: Callable[[ReadConnection], T]) -> Deferred[T]:
        """Run a function on a connection that only reads."""
        return self._reader.read(
            lambda connection: charged(lambda: action(connection), self._spent)
        )
