"""Tests for `smscentre.links.endpoints`, with real handshakes on the loopback."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import frozen
from twisted.internet import reactor, ssl
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints import (
    SSL4ServerEndpoint,
    TCP4ServerEndpoint,
)
from twisted.internet.interfaces import IListeningPort, IStreamServerEndpoint
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.task import Clock, deferLater
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import LogEvent, capturedLogs, formatEvent
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase, TestCase

from smscentre.links.endpoints import UnreachedError, smpp_endpoint
from smscentre.links.reconnect import Reconnecting, dialler
from smscentre.links.smpp import SmppLink
from smscentre.links.trust import AuthorityError
from smscentre.links.wire import SmppProtocol
from smscentre.smpp import codec, pdus
from smscentre.smpp.framing import Framer
from tests.links.certificates import Authority, server_pem
from tests.links.fakes import NOW, FakeDeliveries, Observer, SmppLinkTestCase

OURS, OTHER = Authority(), Authority()


@frozen
class Peer:
    """A peer by its certificate, and the words in which it is refused; or none.

    ``trusted`` is what ca_file holds; None stands for the system's authorities.
    """

    name: str
    pem: bytes
    host: str = "localhost"
    trusted: bytes | None = OURS.pem
    words: str = ""


_MINE = server_pem("localhost", None)

PEERS = (
    Peer("by name", server_pem("localhost", OURS)),
    Peer("by address", server_pem("127.0.0.1", OURS), "127.0.0.1"),
    Peer("several authorities", server_pem("localhost", OURS),
         trusted=OTHER.pem + OURS.pem),
    Peer("another name", server_pem("other.example.net", OURS),
         words="not for the host"),
    Peer("another address", server_pem("127.0.0.2", OURS), "127.0.0.1",
         words="not for the host"),
    Peer("a name for an address", server_pem("localhost", OURS), "127.0.0.1",
         words="not for the host"),
    Peer("expired", server_pem("localhost", OURS, 366), words="has expired, is"),
    Peer("not yet valid", server_pem("localhost", OURS, -1), words="is not valid yet"),
    Peer("self-signed", server_pem("localhost", None), words="signed by nobody"),
    Peer("another authority", server_pem("localhost", OTHER),
         words="signed by nobody"),
    Peer("the system's authorities", server_pem("localhost", OURS), trusted=None,
         words="signed by nobody"),
    Peer("self-signed, the system's authorities", _MINE, trusted=None,
         words="signed by nobody"),
)  # fmt: skip


class Carrier(Protocol):
    """Accepts any bind; counts what it was told inside of TLS."""

    def __init__(self) -> None:
        self.octets = 0
        self.bound: Deferred[None] = Deferred()
        self.closed: Deferred[None] = Deferred()

    def dataReceived(self, data: bytes) -> None:
        self.octets += len(data)
        (request,) = map(codec.decode, Framer().feed(data))
        assert isinstance(request, pdus.Bind)
        assert self.transport is not None
        answer = pdus.BindResp(request.sequence, request.mode, 0, "smsc", 0x34)
        self.transport.write(codec.encode(answer))
        self.bound.callback(None)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.closed.callback(None)


class HandshakeTests(TestCase):
    """Whom we speak to: the link itself, under its service, in real time."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def tearDown(self) -> None:
        """Twisted's own way of handing certificates to pyOpenSSL is deprecated."""
        found = [str(warning["message"]) for warning in self.flushWarnings()]
        self.assertEqual([text for text in found if "pyOpenSSL" not in text], [])

    async def listen(self, pem: bytes) -> tuple[Carrier, IListeningPort]:
        """A peer, with a certificate unless that is empty."""
        carrier = Carrier()
        factory = Factory()
        factory.buildProtocol = lambda addr: carrier  # type: ignore[method-assign]
        endpoint: IStreamServerEndpoint
        if pem:
            options = ssl.PrivateCertificate.loadPEM(pem).options()
            endpoint = SSL4ServerEndpoint(reactor, 0, options, interface="127.0.0.1")
        else:
            endpoint = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
        port: IListeningPort = await endpoint.listen(factory)
        return carrier, port

    def service(self, peer: Peer, port: int) -> Reconnecting:
        """The link to a peer; only the carrier's clock stands still."""
        ca_file = None
        if peer.trusted is not None:
            ca_file = self.folder / "ca.pem"
            ca_file.write_bytes(peer.trusted)
        endpoint = smpp_endpoint(
            reactor,
            peer.host,
            port,
            timeout_s=5,
            tls=bool(peer.pem),
            ca_file=ca_file,
        )
        self.clock = Clock()
        link = SmppLink(
            "carrier",
            SmppLinkTestCase.session_options,
            SmppLinkTestCase.options,
            FakeDeliveries(),
            self.clock,
            lambda: NOW,
            Observer(),
        )

        def build() -> SmppProtocol:
            self.wire = link.build()
            return self.wire

        return Reconnecting(
            "carrier", dialler(endpoint, build), self.clock, lambda: 0.0
        )

    async def meet(self, peer: Peer) -> tuple[int, list[str]]:
        """Let the link try a peer once; octets of ours that it read, and the log."""
        carrier, port = await self.listen(peer.pem)
        address = port.getHost()
        service = self.service(peer, address.port)  # type: ignore[attr-defined]
        with capturedLogs() as logs:
            service.startService()
            await (carrier.closed if peer.words else carrier.bound)
            while peer.words and not any(
                "not connected" in line for line in _lines(logs)
            ):
                await deferLater(reactor, 0, lambda: None)
            if not peer.words:
                self.options = _socket_options(self.wire)
            stopped = service.stopService()
            self.clock.advance(0)
            self.clock.advance(5)
            self.clock.advance(0)
            await stopped
            await carrier.closed
        await maybeDeferred(port.stopListening)
        return carrier.octets, _lines(logs)

    async def test_peers(self) -> None:
        """Those that prove who they are are bound; others see not one octet of ours."""
        for peer in PEERS:
            with self.subTest(peer=peer.name):
                octets, log = await self.meet(peer)
                if peer.words:
                    self.assertEqual(octets, 0)
                    told = [line for line in log if "not connected" in line]
                    self.assertEqual(len(told), 1, log)
                    self.assertIn(peer.words, told[0])
                else:
                    self.assertGreater(octets, 0)

    async def test_nobody_listens(self) -> None:
        """The address is named, by which a wrong host or port is seen."""
        listening = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
        port = await listening.listen(Factory())
        number = port.getHost().port
        await maybeDeferred(port.stopListening)
        endpoint = smpp_endpoint(
            reactor, "127.0.0.1", number, timeout_s=5, tls=False, ca_file=None
        )
        with self.assertRaises(UnreachedError) as caught:
            await endpoint.connect(Factory())
        self.assertIn(f"127.0.0.1:{number}: ", str(caught.exception))

    async def test_sockets(self) -> None:
        """With TLS and without, small PDUs leave at once and a dead peer is noticed."""
        for pem in (PEERS[0].pem, b""):
            await self.meet(Peer("any", pem))
            self.assertEqual(self.options, (True, True, 30_000))


def _lines(logs: Sequence[LogEvent]) -> list[str]:
    return [str(formatEvent(event)) for event in logs]


def _socket_options(wire: SmppProtocol) -> tuple[bool, bool, int]:
    """No delay, keep alive and user timeout in ms, as the system has them."""
    transport: Any = wire.transport
    handle = getattr(transport, "transport", transport).getHandle()
    tcp = socket.IPPROTO_TCP
    return (
        bool(handle.getsockopt(tcp, socket.TCP_NODELAY)),
        bool(handle.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)),
        handle.getsockopt(tcp, socket.TCP_USER_TIMEOUT),
    )


class EndpointTests(SynchronousTestCase):
    """What an endpoint is made of."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "ca.pem"

    def assertUnusable(self) -> str:
        with self.assertRaises(AuthorityError) as caught:
            smpp_endpoint(
                MemoryReactorClock(), "smsc.example.net", 2775,
                timeout_s=5, tls=True, ca_file=self.file,
            )  # fmt: skip
        return str(caught.exception)

    def test_a_file_without_a_certificate(self) -> None:
        """It would trust nobody, so it is refused at the start."""
        self.file.write_text("a key, perhaps")
        self.assertIn("holds no certificate", self.assertUnusable())

    def test_a_broken_certificate(self) -> None:
        """As well."""
        self.file.write_text(
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
        )
        self.assertIn("cannot be read", self.assertUnusable())
