"""The shell of a session with a modem: octets and time in, events out, nothing else.

What is said in one turn of the reactor leaves in one write.
"""

from __future__ import annotations

__all__ = ["ModemEventTaker", "ModemProtocol"]

from collections.abc import Iterable
from typing import Any, Protocol

from twisted.internet import protocol
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.python.failure import Failure

from smscentre.at.session import Session, State
from smscentre.at.session_events import Closed, Event, Place
from smscentre.links.reconnect import Ending
from smscentre.links.waking import Waker

_LEAVING_S = 2.5
"""How long a modem may take to let go of what is safe, when we leave."""


class ModemEventTaker(Protocol):
    """Who hears the events of a session with a modem."""

    def take(self, wire: ModemProtocol, event: Event) -> None:
        """Act on an event of the session."""

    def gone(self, wire: ModemProtocol, reason: str) -> Ending:
        """Hear that the line is closed; say how the session fared."""


class ModemProtocol(protocol.Protocol):
    """Moves octets between a serial line and a session core."""

    def __init__(
        self, session: Session, clock: IReactorTime, taker: ModemEventTaker
    ) -> None:
        self.ended: Deferred[Ending] = Deferred()
        self._session = session
        self._clock = clock
        self._taker = taker
        self._waker = Waker(clock, self._expire)
        self._flushing: IDelayedCall | None = None
        self._leaving: IDelayedCall | None = None
        self._losing: IDelayedCall | None = None
        self._reason = ""

    def connectionMade(self) -> None:
        """Ask whether a modem is there."""
        self._session.connect(self._clock.seconds())
        self._flush()

    def dataReceived(self, data: bytes) -> None:
        """Let the core read; write what it says to it at once."""
        self._handle(self._session.receive(data, self._clock.seconds()))
        self._flush()

    def connectionLost(self, reason: Failure = protocol.connectionDone) -> None:
        """Settle all that was open and report the end."""
        text = self._reason or "the line was closed at its other end"
        self._handle(self._session.close(text))
        self._waker.cancel()
        for call in (self._flushing, self._leaving, self._losing):
            if call is not None and call.active():
                call.cancel()
        self.ended.callback(self._taker.gone(self, self._reason or text))

    # What the link says.

    @property
    def is_locked(self) -> bool:
        """Whether the SIM waits for its PIN."""
        return self._session.state is State.LOCKED

    def room(self) -> int:
        """How many messages may be submitted now."""
        return self._session.room()

    def submit(self, tpdu: bytes, centre: bytes) -> int:
        """Send an SMS-SUBMIT; the token of its outcome."""
        token = self._session.submit(tpdu, centre, self._clock.seconds())
        self._flush_soon()
        return token

    def settle(self, place: Place, accepted: bool) -> None:
        """Say that a message is safe and may go, or that it has to stay."""
        self._handle(self._session.settle(place, accepted, self._clock.seconds()))
        self._flush_soon()

    def look(self) -> None:
        """List the messages soon."""
        self._session.look(self._clock.seconds())
        self._flush_soon()

    def give_pin(self, pin: str) -> None:
        """Give the SIM the PIN that it wants, unless the session is over."""
        if self.is_locked:
            self._handle(self._session.give_pin(pin, self._clock.seconds()))
            self._flush_soon()

    def finish(self) -> None:
        """Take leave; to ask again changes nothing."""
        if self._leaving is None and self._session.state is not State.CLOSED:
            self._leaving = self._clock.callLater(_LEAVING_S, self.drop, "stopped")
            self._handle(self._session.leave(self._clock.seconds()))
            self._flush()

    def restart(self) -> None:
        """Restart the modem, which ends the session."""
        self._handle(self._session.restart())
        self._flush()

    def drop(self, reason: str) -> None:
        """End the session at once."""
        self._handle(self._session.close(reason))
        self._flush()

    def _handle(self, happened: Iterable[Event]) -> None:
        for event in happened:
            if isinstance(event, Closed):
                self._reason = event.reason
                # Once the last octets are written.
                self._losing = self._clock.callLater(0, self._lose)
            self._taker.take(self, event)

    def _lose(self) -> None:
        if self.transport is not None:
            self.transport.loseConnection()

    def _flush_soon(self) -> None:
        if self._flushing is None:
            self._flushing = self._clock.callLater(0, self._flush_now)

    def _flush_now(self) -> None:
        self._flushing = None
        self._flush()

    def _flush(self) -> None:
        data = self._session.data_to_send()
        if data and self._writing is not None:
            self._writing.write(data)
        self._waker.arm(self._session.deadline())

    @property
    def _writing(self) -> Any:
        return self.transport

    def _expire(self) -> None:
        self._handle(self._session.expire(self._clock.seconds()))
        self._flush()
