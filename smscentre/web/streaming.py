"""Server-sent events: an iterator's events on a connection, until either ends.

It knows no event's content. What a slow browser does not read is not made.
"""

from __future__ import annotations

__all__ = ["Streams"]

from collections.abc import AsyncGenerator
from typing import Final

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall, IPushProducer, IReactorTime
from twisted.web.server import Request
from zope.interface import implementer

from smscentre.web.routes import Event, Stream

_KEEP_ALIVE_S: Final = 15.0
"""How often a stream without events says something, or a proxy would cut it."""

_LONGEST_S: Final = 300.0
"""After that the browser asks again, and who may no longer is refused."""

_MOST: Final = 100
"""Streams at a time; each keeps a connection."""


class Streams:
    """The streams that are open. Reactor's thread."""

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._open = 0

    @property
    def full(self) -> bool:
        """Whether no more may begin."""
        return self._open >= _MOST

    async def run(self, stream: Stream, request: Request) -> bytes:
        """Send events until they end, the browser goes or the time is up."""
        _describe(request)
        if request.method == b"HEAD":
            await stream.events.aclose()
            return b""
        self._open += 1
        tap = _Tap(request, self._clock)
        # Before the first event, which may be there at once: headers come first.
        tap.start()
        sending = Deferred.fromCoroutine(_send(stream.events, tap))
        limit = self._clock.callLater(_LONGEST_S, sending.cancel)
        try:
            await sending
        except CancelledError:
            if limit.active():
                # The browser has gone.
                raise
        finally:
            self._open -= 1
            tap.stop()
            if limit.active():
                limit.cancel()
        return b""


def _describe(request: Request) -> None:
    request.setHeader("Content-Type", "text/event-stream; charset=utf-8")
    # Nginx would otherwise gather events.
    request.setHeader("X-Accel-Buffering", "no")


async def _send(events: AsyncGenerator[Event, None], tap: _Tap) -> None:
    try:
        async for event in events:
            await tap.flowing()
            tap.write(_octets(event))
    except CancelledError:
        # It may wait where it gave its last event, and have something to clean up.
        await events.aclose()
        raise


def _octets(event: Event) -> bytes:
    lines = [f"{key}: {value}" for key, value in _fields(event) if value]
    lines += [f"data: {line}" for line in event.data.splitlines() or [""]]
    return ("\n".join(lines) + "\n\n").encode()


def _fields(event: Event) -> tuple[tuple[str, str], ...]:
    return (("event", event.name), ("id", event.id))


@implementer(IPushProducer)
class _Tap:
    """The connection: whether it takes more now, and a sign of life."""

    def __init__(self, request: Request, clock: IReactorTime) -> None:
        self._request = request
        self._clock = clock
        self._waiting: Deferred[None] | None = None
        self._paused = False
        self._beat: IDelayedCall | None = None

    def start(self) -> None:
        """Begin, so that the browser knows it is connected."""
        self._request.registerProducer(self, True)
        self._say_alive()

    def stop(self) -> None:
        """End."""
        if self._beat is not None and self._beat.active():
            self._beat.cancel()
        if self._request.channel is not None:
            self._request.unregisterProducer()

    def write(self, octets: bytes) -> None:
        """Send octets."""
        self._request.write(octets)

    async def flowing(self) -> None:
        """Wait until the connection takes more."""
        if self._paused:
            self._waiting = Deferred()
            await self._waiting

    def pauseProducing(self) -> None:
        """Hear that the connection is full."""
        self._paused = True

    def resumeProducing(self) -> None:
        """Hear that it takes more."""
        self._paused = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.callback(None)

    def stopProducing(self) -> None:
        """Hear that it is gone; the request's own end stops us."""

    def _say_alive(self) -> None:
        if not self._paused:
            self.write(b":\n\n")
        self._beat = self._clock.callLater(_KEEP_ALIVE_S, self._say_alive)
