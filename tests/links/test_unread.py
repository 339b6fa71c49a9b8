"""Tests of a peer that does not read: what `smscentre.links.wire` keeps for it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from twisted.internet import reactor, ssl
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints import SSL4ServerEndpoint, TCP4ServerEndpoint
from twisted.internet.interfaces import IListeningPort, IStreamServerEndpoint
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.task import Clock, deferLater
from twisted.python.failure import Failure
from twisted.trial.unittest import TestCase

from smscentre.links.endpoints import smpp_endpoint
from smscentre.links.reconnect import Ending
from smscentre.links.wire import Connection, SmppProtocol
from smscentre.messages import Unsent
from smscentre.smpp import codec, events, pdus
from smscentre.smpp.session import Session, State
from tests.links.certificates import Authority, server_pem
from tests.links.fakes import SmppLinkTestCase, outgoing
from tests.smpp.samples import ANSWER, MESSAGE, OPTIONS, header

UNREAD_S = 20
MOST_KEPT = 256 * 1024
"""Octets: what Twisted keeps, the answers to one read, and some air."""

FLOOD = 30_000_000
TURNS = 200
"""So many turns of the reactor without an octet read: both sides are full."""


class CongestionTests(SmppLinkTestCase):
    """What the link does while the transport is full."""

    def setUp(self) -> None:
        super().setUp()
        self.bind()
        self.protocol.pauseProducing()

    def test_nothing_is_claimed(self) -> None:
        """There is no room, a part comes back unsent, and soon it is looked again."""
        self.assertEqual(self.link.room(), 0)
        self.assertEqual(self.link.room_at(), self.clock.seconds() + 1)
        self.link.send(outgoing())
        ((_, outcome),) = self.deliveries.outcomes
        self.assertIsInstance(outcome, Unsent)

    def test_nothing_is_read(self) -> None:
        """What comes would only make more to write."""
        self.assertEqual(self.wire.producerState, "paused")

    def test_it_goes_on(self) -> None:
        """A peer that reads again finds all as it was, however often that happens."""
        for _ in range(3):
            self.clock.advance(UNREAD_S - 1)
            self.protocol.resumeProducing()
            self.assertEqual(self.wire.producerState, "producing")
            self.assertEqual(self.link.room(), 3)
            self.assertIsNone(self.link.room_at())
            self.carrier(pdus.EnquireLink(1))
            self.protocol.pauseProducing()
        self.assertEqual(self.observer.faults, [])

    def test_a_pause_is_no_silence(self) -> None:
        """What the peer sent is not read, so nothing is overdue: each wait is anew."""
        self.protocol.resumeProducing()
        self.link.send(outgoing())
        self.protocol.dataReceived(codec.encode(pdus.EnquireLink(2))[:9])
        options = self.session_options
        for _ in range(int(options.response_s / (UNREAD_S - 1)) + 2):
            self.protocol.pauseProducing()
            self.clock.advance(UNREAD_S - 1)
            self.assertIs(self.protocol.session.state, State.BOUND)
            self.protocol.resumeProducing()
        self.assertEqual(self.observer.faults, [])
        self.clock.advance(options.pdu_s)
        self.assertEqual(self.observer.faults, [events.SLOW_PDU])

    def test_an_unbind_is_not_kept_waiting(self) -> None:
        """A stop takes as long as with any peer that does not answer."""
        self.protocol.finish()
        self.clock.advance(self.session_options.unbind_s)
        self.assertIs(self.protocol.session.state, State.CLOSED)

    def test_it_ends(self) -> None:
        """After a while the bind ends at once, and the end says why."""
        self.clock.advance(UNREAD_S - 0.1)
        self.assertFalse(self.wire.disconnected)
        self.clock.advance(0.1)
        self.assertTrue(self.wire.disconnected)
        self.assertEqual(self.observer.faults, [events.UNREAD])
        self.assertIs(self.protocol.session.state, State.CLOSED)

    def test_it_does_not_go_on_after_the_end(self) -> None:
        """A transport that speaks up late changes nothing."""
        self.clock.advance(UNREAD_S)
        self.protocol.resumeProducing()
        self.lose()
        self.protocol.resumeProducing()
        self.assertEqual(self.link.room(), 0)

    def test_what_was_committed_is_still_answered(self) -> None:
        """An acknowledgement waits in the transport with the rest."""
        self.carrier(pdus.DeliverSm(9, MESSAGE))
        self.accept()
        self.assertEqual(self.received(), [pdus.DeliverSmResp(9)])

    def test_the_connection_can_close(self) -> None:
        """No transport closes while one who fills it is registered."""
        self.protocol.drop("on purpose")
        self.clock.advance(0)
        self.assertIsNone(self.wire.producer)
        self.assertTrue(self.wire.disconnecting)


class Deaf(Protocol):
    """A carrier that accepts the bind, sends a flood, and reads nothing any more."""

    def __init__(self, flood: bytes) -> None:
        self._flood = flood
        self.closed: Deferred[None] = Deferred()

    def dataReceived(self, data: bytes) -> None:
        transport: Any = self.transport
        transport.pauseProducing()
        transport.write(codec.encode(ANSWER))
        transport.write(self._flood)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.closed.callback(None)


class Watched(SmppProtocol):
    """Our side; counts what it read, and turns of the reactor without any."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(Session(OPTIONS), clock, self)
        self.faults: list[str] = []
        self.octets_read = 0
        self.quiet_turns = 0

    def dataReceived(self, data: bytes) -> None:
        self.octets_read += len(data)
        self.quiet_turns = 0
        super().dataReceived(data)

    def take(self, wire: Connection, event: events.Event) -> None:
        if isinstance(event, events.Fault):
            self.faults.append(event.reason)

    def written(self, wire: Connection, arrival_ids: list[str]) -> None:
        raise AssertionError("nothing is acknowledged here")

    def gone(self, wire: Connection, reason: str) -> Ending:
        return Ending(reason)

    def kept(self) -> int:
        """How many octets wait in the process to be written."""
        transport: Any = self.transport
        kept = sum(map(len, getattr(transport, "_appSendBuffer", ())))
        tcp = getattr(transport, "transport", transport)
        return int(kept + len(tcp.dataBuffer) + tcp._tempDataLen)


FLOODS = {
    "questions": codec.encode(pdus.EnquireLink(7)),
    "unknown commands": header(0x10200, 7),
    "requests of an ESME": header(0x04, 7),
}


class DeafPeerTests(TestCase):
    """Over real sockets, with the time in our hands."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        authority = Authority()
        self.ca_file = Path(folder.name) / "ca.pem"
        self.ca_file.write_bytes(authority.pem)
        self.pem = server_pem("127.0.0.1", authority)

    def tearDown(self) -> None:
        """Twisted's own way of handing certificates to pyOpenSSL is deprecated."""
        found = [str(warning["message"]) for warning in self.flushWarnings()]
        self.assertEqual([text for text in found if "pyOpenSSL" not in text], [])

    def server(self, *, tls: bool) -> IStreamServerEndpoint:
        """Where the carrier listens."""
        if not tls:
            return TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
        options = ssl.PrivateCertificate.loadPEM(self.pem).options()
        return SSL4ServerEndpoint(reactor, 0, options, interface="127.0.0.1")

    async def assertBounded(self, pdu: bytes, *, tls: bool = False) -> None:
        """Let a deaf carrier send megabytes of one PDU; memory stays flat."""
        deaf = Deaf(pdu * (FLOOD // len(pdu)))
        factory = Factory()
        factory.buildProtocol = lambda addr: deaf  # type: ignore[method-assign]
        port: IListeningPort = await self.server(tls=tls).listen(factory)
        address: Any = port.getHost()
        clock = Clock()
        ours = Watched(clock)
        client = Factory()
        client.buildProtocol = lambda addr: ours  # type: ignore[method-assign]
        endpoint = smpp_endpoint(
            reactor,
            "127.0.0.1",
            address.port,
            timeout_s=5,
            tls=tls,
            ca_file=self.ca_file,
        )
        await endpoint.connect(client)
        while ours.quiet_turns < TURNS:
            await deferLater(reactor, 0, lambda: None)
            ours.quiet_turns += 1
            self.assertLess(ours.kept(), MOST_KEPT)
        self.assertTrue(ours.congested)
        self.assertLess(ours.octets_read, FLOOD)
        clock.advance(UNREAD_S)
        ending = await ours.ended
        await deaf.closed
        await maybeDeferred(port.stopListening)
        self.assertIn(events.UNREAD, ours.faults)
        self.assertIsNotNone(ending)
        self.assertEqual(clock.getDelayedCalls(), [])

    async def test_floods(self) -> None:
        """Whatever it is that asks for answers."""
        for name, pdu in FLOODS.items():
            with self.subTest(flood=name):
                await self.assertBounded(pdu)

    async def test_a_flood_inside_of_tls(self) -> None:
        """What TLS keeps counts as well."""
        await self.assertBounded(FLOODS["questions"], tls=True)
