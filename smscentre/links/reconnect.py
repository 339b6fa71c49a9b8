"""One connection at a time, made again with patience when it ends.

Serves TCP and serial lines alike. Twisted's ClientService forgets its back-off as
soon as TCP connects, so a peer that accepts and then refuses the bind would be
hammered; here only a session that stood for a while earns a quick return.
"""

from __future__ import annotations

__all__ = ["Backoff", "Dial", "Ending", "Reconnecting", "Session", "dialler"]

from collections.abc import Callable
from typing import Any, Protocol

from attrs import frozen
from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IReactorTime,
    IStreamClientEndpoint,
)
from twisted.internet.protocol import Factory
from twisted.logger import Logger
from twisted.python.failure import Failure

FIRST_DELAY_S = 1.0
LONGEST_DELAY_S = 60.0
JITTER = 0.1
STOOD_S = 30.0
"""A session that stood this long ends the back-off."""

_log = Logger(namespace="smscentre.links.reconnect")


@frozen
class Ending:
    """How a connection ended: why, since when its session stood, how long to wait.

    ``stood_since`` is None where no session came about; ``wait_s`` is the least
    time before the next attempt.
    """

    reason: str
    stood_since: float | None = None
    wait_s: float = 0.0


class Session(Protocol):
    """A protocol that says when it is over."""

    ended: Deferred[Ending]

    def finish(self) -> None:
        """Take leave of the peer and close; `ended` fires."""


Dial = Callable[[], Deferred[Session]]
"""One attempt; cancelling it gives it up."""


class _Single(Factory):
    """Builds the protocol of the one connection."""

    noisy = False

    def __init__(self, build: Callable[[], Session]) -> None:
        self._build = build

    def buildProtocol(self, addr: IAddress | None) -> Any:
        return self._build()


def dialler(endpoint: IStreamClientEndpoint, build: Callable[[], Session]) -> Dial:
    """Attempts to reach an endpoint, each with a session of its own."""

    def dial() -> Deferred[Any]:
        return endpoint.connect(_Single(build))

    return dial


class Backoff:
    """The delays between attempts: doubling, with a tenth of jitter."""

    def __init__(
        self, random: Callable[[], float], longest_s: float = LONGEST_DELAY_S
    ) -> None:
        self._random = random
        self._longest_s = longest_s
        self._delay = 0.0

    def next(self, ending: Ending, now: float) -> float:
        """How many seconds to wait after a connection, or an attempt, ended."""
        stood = ending.stood_since
        if stood is not None and now - stood >= STOOD_S:
            self._delay = 0.0
        self._delay = min(self._delay * 2 or FIRST_DELAY_S, self._longest_s)
        delay = max(self._delay, ending.wait_s)
        return delay * (1 + JITTER * self._random())


class Reconnecting(Service):
    """Keeps one session with a peer; never two at once."""

    def __init__(
        self,
        name: str,
        dial: Dial,
        clock: IReactorTime,
        random: Callable[[], float],
        longest_s: float = LONGEST_DELAY_S,
        failed: Callable[[str], None] = lambda reason: None,
    ) -> None:
        """:param longest_s: the longest delay between attempts, but for jitter and for
        what the last session asked for
        :param failed: hears why an attempt failed"""
        self.name = name
        self._failed = failed
        self._dial = dial
        self._clock = clock
        self._backoff = Backoff(random, longest_s)
        self._session: Session | None = None
        self._connecting: Deferred[Session] | None = None
        self._waiting: IDelayedCall | None = None

    def startService(self) -> None:
        """Make the first attempt."""
        super().startService()
        self._connect()

    def stopService(self) -> Deferred[None]:
        """End attempt and connection; fires when both are gone."""
        super().stopService()
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        if self._connecting is not None:
            self._connecting.cancel()
        session = self._session
        if session is None:
            return succeed(None)
        gone: Deferred[None] = Deferred()

        def ended(ending: Ending) -> Ending:
            gone.callback(None)
            return ending

        session.ended.addCallback(ended)
        session.finish()
        # Who gives up waiting cancels; the session ends all the same.
        gone.addErrback(lambda failure: failure.trap(CancelledError) and None)
        return gone

    def _connect(self) -> None:
        self._waiting = None
        self._connecting = self._dial()
        self._connecting.addCallbacks(self._connected, self._not_connected)

    def _connected(self, protocol: Session) -> None:
        self._connecting = None
        self._session = protocol
        protocol.ended.addCallback(self._ended)
        if not self.running:
            # An endpoint may succeed although its attempt was cancelled.
            protocol.finish()

    def _not_connected(self, failure: Failure) -> None:
        self._connecting = None
        if self.running:
            reason = failure.getErrorMessage()
            self._failed(reason)
            self._retry(Ending(reason))
        elif not isinstance(failure.value, CancelledError):
            _log.debug("attempt ended after the stop: {failure}", failure=failure)

    def _ended(self, ending: Ending) -> Ending:
        self._session = None
        if self.running:
            self._retry(ending)
        return ending

    def _retry(self, ending: Ending) -> None:
        delay = self._backoff.next(ending, self._clock.seconds())
        _log.warn(
            "{link}: not connected ({reason}); next attempt in {delay:.1f} s",
            link=self.name,
            reason=ending.reason,
            delay=delay,
        )
        self._waiting = self._clock.callLater(delay, self._connect)
