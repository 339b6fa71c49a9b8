"""The carrier's end of one connection: octets between a transport and a session.

Here faults of the wire come about: answers that are late or never come, a
connection that ends, octets that are none of SMPP's. Which and when is decided by
`faults`.
"""

from __future__ import annotations

__all__ = ["Carrier", "SmscProtocol"]

from collections.abc import Callable
from typing import Protocol

from twisted.internet import protocol
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.python.failure import Failure

from smscentre.sim.faults import Faults
from smscentre.sim.session import Ended, Event, SmscSession


class Carrier(Protocol):
    """Who hears of connections."""

    def opened(self, connection: SmscProtocol) -> None:
        """Hear of a new connection."""

    def closed(self, connection: SmscProtocol) -> None:
        """Hear that a connection ended."""

    def take(self, connection: SmscProtocol, event: Event) -> None:
        """Act on an event of a session."""

    def tell(self, fault: str) -> None:
        """Hear that a fault was made."""


class SmscProtocol(protocol.Protocol):
    """Moves octets between a transport and a session."""

    def __init__(
        self,
        carrier: Carrier,
        session: SmscSession,
        faults: Faults,
        clock: IReactorTime,
    ) -> None:
        self.session = session
        self._carrier = carrier
        self._faults = faults
        self._clock = clock
        self._calls: set[IDelayedCall] = set()
        self._written = 0
        self._over = False

    def connectionMade(self) -> None:
        """Make the connection known."""
        self._carrier.opened(self)
        every_s = self._faults.options.drop_every_s
        if every_s:
            self._later(every_s, lambda: self._fail(f"dropped after {every_s:g} s"))

    def dataReceived(self, data: bytes) -> None:
        """Let the session read; write what it answers."""
        if self._over:
            return
        happened = self.session.receive(data)
        for event in happened:
            self._carrier.take(self, event)
        self.flush()
        if any(isinstance(event, Ended) for event in happened):
            # Behind the last answer, which may be late.
            delay_s = self._faults.options.delay_s
            self._later(delay_s, self.drop) if delay_s else self.drop()

    def connectionLost(self, reason: Failure = protocol.connectionDone) -> None:
        """Give back what was not acknowledged."""
        self._end()
        self._carrier.closed(self)

    def flush(self) -> None:
        """Write what the session has to say, as far as faults let it."""
        for octets in self.session.to_send():
            if self._faults.is_muted(octets):
                continue
            if self._faults.is_late(octets):
                self._write_later(octets)
            else:
                self._write(octets)

    def drop(self) -> None:
        """Close the connection once all is written."""
        self._end()
        if self.transport is not None:
            self.transport.loseConnection()

    def _write(self, octets: bytes) -> None:
        if self._over or self.transport is None:
            return
        self.transport.write(octets)
        self._written += 1
        options = self._faults.options
        if self._written == options.garbage_after:
            self.transport.write(self._faults.garbage())
            self._carrier.tell(f"garbage after {self._written} PDUs")
        if self._written == options.drop_after:
            self._fail(f"dropped after {self._written} PDUs")

    def _write_later(self, octets: bytes) -> None:
        self._later(self._faults.options.delay_s, lambda: self._write(octets))

    def _fail(self, fault: str) -> None:
        self._carrier.tell(fault)
        self.drop()

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        def act() -> None:
            self._calls.discard(call)
            action()

        call = self._clock.callLater(seconds, act)
        self._calls.add(call)

    def _end(self) -> None:
        """Write nothing more."""
        self._over = True
        calls, self._calls = self._calls, set()
        for call in calls:
            call.cancel()
