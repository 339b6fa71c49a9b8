"""What stands around an SMPP link in its tests: a centre, an observer, a carrier."""

from __future__ import annotations

from collections.abc import Callable, Collection

__all__ = [
    "NOW",
    "NUMBER",
    "FakeDeliveries",
    "FakeEndpoint",
    "Observer",
    "SmppLinkTestCase",
    "Wire",
    "outgoing",
]

from typing import Any, ClassVar

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectError, ConnectionDone
from twisted.internet.interfaces import (
    IProtocol,
    IProtocolFactory,
    IStreamClientEndpoint,
    ITCPTransport,
)
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from smscentre.interfaces import Link
from smscentre.links.reconnect import Ending
from smscentre.links.smpp import SmppLink, SmppOptions
from smscentre.messages import (
    Address,
    Alphabet,
    Incoming,
    Outgoing,
    Part,
    Priority,
    SubmitOutcome,
)
from smscentre.smpp import codec, pdus
from smscentre.smpp.framing import Framer
from smscentre.smpp.message import SubmitStyle
from smscentre.smpp.options import SessionOptions
from smscentre.smpp.pdus import Pdu

NUMBER = "+628111203001"
NOW = 1_209_268_800.0

_PEER = IPv4Address("TCP", "127.0.0.1", 2775)


class FakeDeliveries:
    """Hears a link as the centre does; the test decides what becomes of arrivals."""

    def __init__(self) -> None:
        self.binds: list[str] = []
        self.lost_binds: list[tuple[str, str]] = []
        self.arrivals: list[tuple[Incoming, Deferred[bool]]] = []
        self.acknowledgements: list[str] = []
        self.emptied_shelves: list[tuple[str, frozenset[int]]] = []
        self.outcomes: list[tuple[int, SubmitOutcome]] = []
        self.order: list[str] = []

    def bound(self, link: Link, bind: str) -> None:
        self.binds.append(bind)

    def lost(self, link: Link, bind: str, reason: str) -> None:
        self.order.append("lost")
        self.lost_binds.append((bind, reason))

    def arrived(
        self, link: Link, incoming: Incoming, settle: Callable[[bool], None]
    ) -> None:
        settled: Deferred[bool] = Deferred()
        settled.addCallback(settle)
        self.arrivals.append((incoming, settled))

    def acknowledged(self, link: Link, arrival_id: str) -> None:
        self.acknowledgements.append(arrival_id)

    def emptied(self, link: Link, shelf: str, taken: Collection[int]) -> None:
        self.emptied_shelves.append((shelf, frozenset(taken)))

    def settled(self, link: Link, row: int, outcome: SubmitOutcome) -> None:
        self.order.append("settled")
        self.outcomes.append((row, outcome))


class Observer:
    """Remembers what happened on the link."""

    def __init__(self) -> None:
        self.refused_binds: list[str] = []
        self.faults: list[str] = []

    def bind_refused(self, link: str, reason: str) -> None:
        self.refused_binds.append(reason)

    def pdu_error(self, link: str, reason: str) -> None:
        self.faults.append(reason)


@implementer(ITCPTransport)
class Wire(StringTransport):
    """A TCP connection in memory that counts its writes."""

    def __init__(self) -> None:
        super().__init__(peerAddress=_PEER)
        self.writes: list[bytes] = []
        self.tuned: list[str] = []

    def write(self, data: bytes) -> None:
        self.writes.append(data)
        super().write(data)

    def setTcpNoDelay(self, enabled: bool) -> None:
        self.tuned.append(f"no delay {enabled}")

    def setTcpKeepAlive(self, enabled: bool) -> None:
        self.tuned.append(f"keep alive {enabled}")

    def getHandle(self) -> Any:
        """There is no socket."""

    def getTcpNoDelay(self) -> bool:
        return True

    def getTcpKeepAlive(self) -> bool:
        return True

    def loseWriteConnection(self) -> None:
        raise AssertionError("no link closes half a connection")


@implementer(IStreamClientEndpoint)
class FakeEndpoint:
    """Keeps every attempt; none succeeds by itself."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.attempts: list[tuple[Deferred[IProtocol], IProtocolFactory]] = []
        self.times: list[float] = []
        self.cancelled = 0
        self.heeds_cancelling = True

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        attempt: Deferred[IProtocol] = Deferred(self._cancel)
        self.attempts.append((attempt, protocolFactory))
        self.times.append(self._clock.seconds())
        return attempt

    def _cancel(self, attempt: Deferred[IProtocol]) -> None:
        self.cancelled += 1
        if not self.heeds_cancelling:
            self.accept()

    def refuse(self) -> None:
        """Let the newest attempt fail."""
        self.attempts[-1][0].errback(Failure(ConnectError()))

    def accept(self) -> None:
        """Let the newest attempt succeed."""
        attempt, factory = self.attempts[-1]
        protocol = factory.buildProtocol(_PEER)
        assert protocol is not None
        self.connected(protocol)
        attempt.callback(protocol)

    def connected(self, protocol: IProtocol) -> None:
        """Give the protocol of the newest attempt a connection; here none."""


class SmppLinkTestCase(SynchronousTestCase):
    """A link whose carrier is the test."""

    session_options: ClassVar[SessionOptions] = SessionOptions(
        "centre", "secret", window=3
    )
    options: ClassVar[SmppOptions] = SmppOptions(
        SubmitStyle(Address("02170252704", 0, 1)), 1, 1, 86_400, 0x08, 0
    )

    def setUp(self) -> None:
        self.clock = Clock()
        self.deliveries = FakeDeliveries()
        self.observer = Observer()
        self.endings: list[Ending] = []
        self.link = SmppLink(
            "carrier",
            self.session_options,
            self.options,
            self.deliveries,
            self.clock,
            lambda: NOW + self.clock.seconds(),
            self.observer,
        )
        self.connect()

    def connect(self) -> None:
        """A new connection; its bind waits for an answer."""
        self.wire = Wire()
        self.protocol = self.link.build()
        self.protocol.ended.addCallback(self.endings.append)
        self.protocol.makeConnection(self.wire)

    def bind(self) -> None:
        """Accept the bind; forget what was written."""
        (request,) = self.received()
        assert isinstance(request, pdus.Bind)
        mode = self.session_options.mode
        self.carrier(pdus.BindResp(request.sequence, mode, 0, "smsc", 0x34))
        self.received()
        self.wire.writes.clear()

    def carrier(self, *sent: Pdu) -> None:
        """Let the carrier send, in one read."""
        self.protocol.dataReceived(b"".join(codec.encode(pdu) for pdu in sent))

    def received(self) -> list[Pdu]:
        """What the carrier got since the last question, at the end of this turn."""
        self.clock.advance(0)
        data: bytes = self.wire.value()
        self.wire.clear()
        return [codec.decode(octets) for octets in Framer().feed(data)]

    def accept(self, accepted: bool = True, index: int = -1) -> None:
        """Settle an arrival, the newest by default."""
        self.deliveries.arrivals[index][1].callback(accepted)

    def lose(self) -> None:
        """End the connection, once."""
        self.protocol.connectionLost(Failure(ConnectionDone()))

    def tearDown(self) -> None:
        if self.protocol.connected and not self.endings:
            self.lose()
        self.assertEqual(self.clock.getDelayedCalls(), [])


def outgoing(
    row: int = 1,
    text: str = "Insert Data",
    alphabet: Alphabet = Alphabet.GSM7,
    part: Part | None = None,
    expires_s: float = 60.0,
) -> Outgoing:
    """One row of the outbox."""
    return Outgoing(
        row, "carrier", NUMBER, text, alphabet, part, Priority.REPLY, NOW + expires_s
    )
