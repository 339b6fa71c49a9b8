"""What stands around the simulated carrier in its tests: an ESME, a link, a centre."""

from __future__ import annotations

__all__ = [
    "CENTRE",
    "NOW",
    "NUMBER",
    "OPTIONS",
    "Esme",
    "LinkTestCase",
    "SmscTestCase",
]

from collections.abc import Callable, Collection

from attrs import evolve
from twisted.internet.address import IPv4Address
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.test import iosim
from twisted.trial.unittest import SynchronousTestCase

from smscentre.assembly import smpp_link
from smscentre.interfaces import Link
from smscentre.links.smpp import SmppLink
from smscentre.messages import (
    Alphabet,
    Incoming,
    Outgoing,
    Part,
    Priority,
    SubmitOutcome,
)
from smscentre.metrics import Metrics
from smscentre.sections import SmppConfig
from smscentre.sim.smsc import Smsc, SmscOptions
from smscentre.sim.wire import SmscProtocol
from smscentre.smpp import codec, pdus
from smscentre.smpp.framing import Framer
from smscentre.smpp.pdus import BindMode, Pdu
from smscentre.structuring import Secret

NUMBER = "+628111203001"
CENTRE = "02170252704"
NOW = 1_209_268_800.0
PEER = IPv4Address("TCP", "127.0.0.1", 2775)
OPTIONS = SmscOptions("demo", "rahasia", CENTRE, 2, receipts=False)


class Esme:
    """A client written out by hand: PDUs in and out."""

    def __init__(self, smsc: Smsc) -> None:
        self.protocol: SmscProtocol = smsc.buildProtocol(None)
        self.transport = StringTransport()
        self.protocol.makeConnection(self.transport)

    def send(self, pdu: Pdu) -> list[Pdu]:
        """Send a PDU; what came back since the last question."""
        self.protocol.dataReceived(codec.encode(pdu))
        return self.received()

    def received(self) -> list[Pdu]:
        """What the carrier wrote since the last question."""
        data: bytes = self.transport.value()
        self.transport.clear()
        return [codec.decode(octets) for octets in Framer().feed(data)]

    def bind(
        self,
        mode: BindMode = BindMode.TRANSCEIVER,
        system_id: str = "demo",
        password: str = "rahasia",
    ) -> list[Pdu]:
        """Ask to be bound."""
        return self.send(pdus.Bind(1, mode, system_id, password))

    def vanish(self) -> None:
        """Lose the connection."""
        self.protocol.connectionLost()


class SmscTestCase(SynchronousTestCase):
    """A carrier with a window of two and what it shows."""

    options = OPTIONS

    def setUp(self) -> None:
        self.clock = Clock()
        self.shown: list[str] = []
        self.smsc = Smsc(self.options, self.clock, lambda: NOW, self.shown.append)

    def tearDown(self) -> None:
        self.smsc.close()
        self.assertEqual(self.clock.getDelayedCalls(), [])


class Centre:
    """Takes what a link tells; accepts all arrivals."""

    def __init__(self) -> None:
        self.arrivals: list[Incoming] = []
        self.outcomes: list[SubmitOutcome] = []

    def bound(self, link: Link, bind: str) -> None:
        """Nothing waits for a bind here."""

    def lost(self, link: Link, bind: str, reason: str) -> None:
        """Nothing is kept of a bind here."""

    def arrived(
        self, link: Link, incoming: Incoming, settle: Callable[[bool], None]
    ) -> None:
        self.arrivals.append(incoming)
        settle(True)

    def emptied(self, link: Link, shelf: str, taken: Collection[int]) -> None:
        raise AssertionError("a carrier has no shelf")

    def acknowledged(self, link: Link, arrival_id: str) -> None:
        """Nothing is kept of an arrival here."""

    def settled(self, link: Link, row: int, outcome: SubmitOutcome) -> None:
        self.outcomes.append(outcome)

    def room_made(self, link: Link) -> None:
        """Nothing waits for room here."""


class Transport(iosim.FakeTransport):
    """A transport in memory, which lacks a socket to be tuned."""

    def getHandle(self) -> None:
        """There is none."""


class LinkTestCase(SmscTestCase):
    """The carrier and our own link, joined in memory."""

    options = evolve(OPTIONS, receipts=True)

    def setUp(self) -> None:
        super().setUp()
        self.centre = Centre()
        section = SmppConfig("carrier", "127.0.0.1", "demo", Secret("rahasia"), CENTRE)
        metrics = Metrics("0", ["carrier"])
        self.link: SmppLink = smpp_link(
            section, self.centre, self.clock, lambda: NOW, metrics
        )
        client, server = self.link.build(), self.smsc.buildProtocol(None)
        self.pump = iosim.connect(
            server,
            Transport(server, True, peerAddress=PEER),
            client,
            Transport(client, False, peerAddress=PEER),
        )
        self.run_both()
        self.client = client

    def tearDown(self) -> None:
        self.client.finish()
        self.run_both()
        self.clock.advance(10)
        super().tearDown()

    def run_both(self) -> None:
        """Carry octets until neither side has anything more to say."""
        for _ in range(5):
            self.clock.advance(0)
            self.pump.flush()

    def send(self, text: str, part: Part | None = None) -> None:
        """Send a reply over the link."""
        self.link.send(
            Outgoing(
                1,
                "carrier",
                NUMBER,
                text,
                Alphabet.GSM7,
                part,
                Priority.REPLY,
                NOW + 60,
            )
        )
        self.run_both()
