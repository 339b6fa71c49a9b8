"""Tests for `smscentre.links.endpoints`, with real handshakes on the loopback."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL
from service_identity import VerificationError
from twisted.internet import ssl
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, SSL4ServerEndpoint
from twisted.internet.interfaces import IListeningPort, ITCPTransport
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase, TestCase

from smscentre.links.endpoints import AuthorityError, smpp_endpoint

_YEAR = datetime.timedelta(days=365)


def certificate(host: str) -> bytes:
    """A key and the certificate that it has signed for itself, in PEM form."""
    key = ec.generate_private_key(ec.SECP256R1())
    serial = x509.random_serial_number()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{serial:x}")])
    alternative: x509.GeneralName = x509.DNSName(host)
    if host[0].isdigit():
        alternative = x509.IPAddress(ipaddress.ip_address(host))
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now - _YEAR)
        .not_valid_after(now + _YEAR)
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + made.public_bytes(serialization.Encoding.PEM)


class Greeter(Protocol):
    """The peer, which says one word."""

    def connectionMade(self) -> None:
        assert self.transport is not None
        self.transport.write(b"hello")


class Hearer(Protocol):
    """Our side: what it heard, or why it ended."""

    def __init__(self) -> None:
        self.outcome: Deferred[bytes] = Deferred()
        self.closed: Deferred[None] = Deferred()
        self.is_tcp = False

    def connectionMade(self) -> None:
        self.is_tcp = ITCPTransport.providedBy(self.transport)

    def dataReceived(self, data: bytes) -> None:
        if not self.outcome.called:
            self.outcome.callback(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if not self.outcome.called:
            self.outcome.errback(reason)
        self.closed.callback(None)


class HandshakeTests(TestCase):
    """Whom we speak to."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def tearDown(self) -> None:
        """Twisted's own way of handing certificates to pyOpenSSL is deprecated."""
        found = [str(warning["message"]) for warning in self.flushWarnings()]
        self.assertEqual([text for text in found if "pyOpenSSL" not in text], [])

    async def listen(self, pem: bytes) -> int:
        """A peer with a certificate; its port."""
        from twisted.internet import reactor

        options = ssl.PrivateCertificate.loadPEM(pem).options()
        endpoint = SSL4ServerEndpoint(reactor, 0, options, interface="127.0.0.1")
        port: IListeningPort = await endpoint.listen(Factory.forProtocol(Greeter))
        self.addCleanup(port.stopListening)
        address = port.getHost()
        return int(address.port)  # type: ignore[attr-defined]  # an IPv4Address

    async def hear(self, host: str, port: int, ca: bytes | None) -> bytes:
        """What a peer says to us, over TLS.

        :raises Exception: whatever ended the connection
        """
        from twisted.internet import reactor

        ca_file = None
        if ca is not None:
            ca_file = self.folder / "ca.pem"
            ca_file.write_bytes(ca)
        endpoint = smpp_endpoint(
            reactor, host, port, timeout_s=5, tls=True, ca_file=ca_file
        )
        hearer = await endpoint.connect(Factory.forProtocol(Hearer))
        assert isinstance(hearer, Hearer)
        self.assertTrue(hearer.is_tcp)
        try:
            return await hearer.outcome
        finally:
            assert hearer.transport is not None
            hearer.transport.loseConnection()
            await hearer.closed

    async def assertRefused(self, host: str, port: int, ca: bytes | None) -> None:
        with self.assertRaises((SSL.Error, VerificationError)):
            await self.hear(host, port, ca)

    async def test_a_private_authority(self) -> None:
        """The certificate of its file is trusted, by name and by address."""
        for host in ("localhost", "127.0.0.1"):
            pem = certificate(host)
            port = await self.listen(pem)
            self.assertEqual(await self.hear(host, port, pem), b"hello")

    async def test_several_authorities(self) -> None:
        """A file may hold more than one."""
        pem, other = certificate("localhost"), certificate("localhost")
        port = await self.listen(pem)
        both = other.partition(b"-----BEGIN CERT")[2]
        found = await self.hear("localhost", port, b"-----BEGIN CERT" + both + pem)
        self.assertEqual(found, b"hello")

    async def test_another_authority(self) -> None:
        """A certificate that nobody we trust has signed ends the connection."""
        port = await self.listen(certificate("localhost"))
        await self.assertRefused("localhost", port, certificate("localhost"))

    async def test_the_systems_authorities(self) -> None:
        """Without a file they decide, and they know no such certificate."""
        port = await self.listen(certificate("localhost"))
        await self.assertRefused("localhost", port, None)

    async def test_another_host(self) -> None:
        """A good certificate of someone else ends it as well."""
        pem = certificate("other.example.net")
        port = await self.listen(pem)
        await self.assertRefused("localhost", port, pem)


class EndpointTests(SynchronousTestCase):
    """What an endpoint is made of."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "ca.pem"

    def test_without_tls(self) -> None:
        """Plain TCP."""
        endpoint = smpp_endpoint(
            MemoryReactorClock(), "smsc.example.net", 2775,
            timeout_s=5, tls=False, ca_file=None,
        )  # fmt: skip
        self.assertIsInstance(endpoint, HostnameEndpoint)

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
