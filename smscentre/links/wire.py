"""The shell of an SMPP session: octets and time in, events out, nothing else.

Answers that are produced in one turn of the reactor leave in one write.
"""

from __future__ import annotations

__all__ = ["Connection", "EventTaker", "SmppProtocol"]

import socket
from collections.abc import Iterable
from typing import Any, Protocol

from twisted.internet import protocol
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IDelayedCall,
    IPushProducer,
    IReactorTime,
    ITCPTransport,
)
from twisted.python.failure import Failure
from zope.interface import implementer

from smscentre import failpoints
from smscentre.links.reconnect import Ending
from smscentre.links.trust import reason_of
from smscentre.links.waking import Waker
from smscentre.smpp.events import UNREAD, Closed, Event, Fault
from smscentre.smpp.pdus import ShortMessage
from smscentre.smpp.session import Session, State
from smscentre.smpp.states import CLOSED

_USER_TIMEOUT_MS = 30_000
"""How long written octets may stay unacknowledged by the peer's TCP."""

_CLOSING_S = 5.0
"""How long a peer may take to read our last octets."""

_UNREAD_S = 20.0
"""How long a peer may leave unread more than the transport likes to keep."""


class Connection(Protocol):
    """What a link says: over one socket, or over the two of a pair."""

    @property
    def congested(self) -> bool:
        """Whether the peer leaves unread what was written."""

    def room(self) -> int:
        """How many submit_sm may be written now."""

    def submit(self, message: ShortMessage) -> int:
        """Write a submit_sm; its sequence number."""

    @property
    def submitted(self) -> bytes:
        """The octets of the last submit_sm."""

    def acknowledge(self, sequence: int, status: int, arrival_id: str) -> None:
        """Answer a deliver_sm, unless the session is over."""

    def drop(self, reason: str) -> None:
        """End the session without the peer's consent."""


class EventTaker(Protocol):
    """Who hears the events of a connection."""

    def take(self, wire: Connection, event: Event) -> None:
        """Act on an event of the session."""

    def written(self, wire: Connection, arrival_ids: list[str]) -> None:
        """Hear that positive acknowledgements were handed to TCP."""

    def gone(self, wire: Connection, reason: str) -> Ending:
        """Hear that the connection is over; say how the session fared."""


@implementer(IPushProducer)
class SmppProtocol(protocol.Protocol):
    """Moves octets between a transport and a session core.

    While the peer leaves unread what was written nothing more is read from it, so
    that it cannot make us keep more; if that lasts, the session ends.
    """

    def __init__(
        self, session: Session, clock: IReactorTime, taker: EventTaker
    ) -> None:
        self.session = session
        self.ended: Deferred[Ending] = Deferred()
        self._clock = clock
        self._taker = taker
        self._waker = Waker(clock, self._expire)
        self._flushing: IDelayedCall | None = None
        self._leaving: IDelayedCall | None = None
        self._closing: IDelayedCall | None = None
        self._unread: IDelayedCall | None = None
        self._acknowledged: list[str] = []
        self._submitted = False
        self._registered = False

    def connectionMade(self) -> None:
        """Set the socket up and ask for the bind."""
        if ITCPTransport.providedBy(self.transport):
            _tune(self.transport)
        self.session.connect(self._clock.seconds())
        self._flush()

    def dataReceived(self, data: bytes) -> None:
        """Let the core read; write what it answers at once."""
        if not self._registered:
            # Not before: TLS asks to pause until its handshake is over, for which
            # it has to read.
            self._registered = True
            self._reading.registerProducer(self, True)
        self._handle(self.session.receive(data, self._clock.seconds()))
        self._flush()

    def connectionLost(self, reason: Failure = protocol.connectionDone) -> None:
        """Settle all that was open and report the end."""
        text = reason_of(reason)
        self._handle(self.session.close(text))
        self._waker.cancel()
        for call in (
            self._flushing,
            self._leaving,
            self._closing,
            self._unread,
        ):
            if call is not None and call.active():
                call.cancel()
        self.ended.callback(self._taker.gone(self, text))

    # What the transport asks (IPushProducer): we are what fills its buffer.

    def pauseProducing(self) -> None:
        """Read nothing more until what was written is read."""
        if self._unread is None:
            self._unread = self._clock.callLater(_UNREAD_S, self._give_up)
            self._reading.pauseProducing()
            self._arm()

    def resumeProducing(self) -> None:
        """Read again."""
        unread = self._unread
        if unread is not None and unread.active():
            unread.cancel()
            self._unread = None
            self.session.resume(self._clock.seconds())
            self._reading.resumeProducing()
            self._arm()

    def stopProducing(self) -> None:
        """The transport is gone; `connectionLost` follows."""

    # What a link says (Connection).

    @property
    def congested(self) -> bool:
        """Whether the peer leaves unread what was written."""
        return self._unread is not None

    def room(self) -> int:
        """How many submit_sm may be written now."""
        return 0 if self._unread is not None else self.session.room()

    def submit(self, message: ShortMessage) -> int:
        """Write a submit_sm; its sequence number."""
        sequence = self.session.submit(message, self._clock.seconds())
        self._submitted = True
        self._flush_soon()
        return sequence

    @property
    def submitted(self) -> bytes:
        """The octets of the last submit_sm."""
        return self.session.submitted

    def acknowledge(self, sequence: int, status: int, arrival_id: str) -> None:
        """Answer a deliver_sm, unless the session is over; status 0 acknowledges."""
        if self.session.state is CLOSED:
            return
        self.session.acknowledge(sequence, status)
        if status == 0:
            self._acknowledged.append(arrival_id)
        self._flush_soon()

    def finish(self) -> None:
        """Unbind if bound, and close; to ask again changes nothing."""
        state = self.session.state
        if state is State.BOUND:
            self.session.unbind(self._clock.seconds())
            self._flush()
        elif state is not State.UNBINDING:
            self.drop("stopped")

    def drop(self, reason: str) -> None:
        """End the session without the peer's consent."""
        self._handle(self.session.close(reason))
        self._flush()
        self._lose()

    def _handle(self, happened: Iterable[Event]) -> None:
        for event in happened:
            if isinstance(event, Closed):
                self._lose()
            self._taker.take(self, event)

    def _lose(self) -> None:
        """Close once our last octets are read, or soon in any case."""
        if self._closing is None:
            self._closing = self._clock.callLater(_CLOSING_S, self._abort)
            self._leaving = self._clock.callLater(0, self._close_transport)

    def _close_transport(self) -> None:
        if self._registered:
            # It does not close while one who fills its buffer is registered.
            self._reading.unregisterProducer()
        if self.transport is not None:
            self.transport.loseConnection()

    def _give_up(self) -> None:
        """End the session with a peer that does not read; it would not read an end."""
        detail = f"not all that we wrote was read within {_UNREAD_S:g} s"
        self._handle([Fault(UNREAD, detail)])
        self.drop(detail)
        self._abort()

    @property
    def _reading(self) -> Any:
        """The transport, as what fills our own buffer."""
        return self.transport

    def _abort(self) -> None:
        transport = self.transport
        if ITCPTransport.providedBy(transport):
            transport.abortConnection()

    def _flush_soon(self) -> None:
        if self._flushing is None:
            self._flushing = self._clock.callLater(0, self._flush_now)

    def _flush_now(self) -> None:
        self._flushing = None
        self._flush()

    def _flush(self) -> None:
        """Write what the core has to say and arm the timer anew."""
        data = self.session.data_to_send()
        if data and self.transport is not None:
            acknowledged, self._acknowledged = self._acknowledged, []
            submitted, self._submitted = self._submitted, False
            if acknowledged:
                failpoints.hit("before-acknowledge")
            if submitted:
                failpoints.hit("before-write")
            self.transport.write(data)
            if acknowledged:
                self._taker.written(self, acknowledged)
                failpoints.hit_soon("after-acknowledge", self._clock.callLater)
            if submitted:
                failpoints.hit_soon("after-write", self._clock.callLater)
        self._arm()

    def _arm(self) -> None:
        """Wake at the core's deadline; an earlier wake-up looks again.

        While a bound session reads nothing there is none: what it waits for may
        have come. An unbind waits no longer for it.
        """
        deaf = self.congested and self.session.state is State.BOUND
        self._waker.arm(None if deaf else self.session.deadline())

    def _expire(self) -> None:
        self._handle(self.session.expire(self._clock.seconds()))
        self._flush()


def _tune(transport: Any) -> None:
    """Send small PDUs at once, and notice a peer that has vanished."""
    transport.setTcpNoDelay(True)
    transport.setTcpKeepAlive(True)
    # Beneath TLS there is another transport, which has the socket.
    handle = getattr(transport, "transport", transport).getHandle()
    if hasattr(socket, "TCP_USER_TIMEOUT") and isinstance(handle, socket.socket):
        handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _USER_TIMEOUT_MS)
