"""A browser without a network: raw requests into a site, parsed answers out."""

from __future__ import annotations

__all__ = [
    "NOW",
    "WIB",
    "Answer",
    "FakeReader",
    "FakeStatus",
    "ask",
    "get",
]

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from attrs import define, field, frozen
from sqlalchemy import Connection, Engine
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IAddress
from twisted.internet.testing import StringTransport
from twisted.web.server import Site

from smscentre.web.status import LimitStatus, LinkStatus, WriterStatus

T = TypeVar("T")

WIB = ZoneInfo("Asia/Jakarta")

NOW = 1715649330.0
"""Tuesday 14 May 2024, 08.15.30 WIB; an hour past midnight UTC."""

_PEER: IAddress = IPv4Address("TCP", "127.0.0.1", 50000)


@frozen
class Answer:
    """One answer as a browser would read it. Names of headers are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    closed: bool

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


def ask(site: Site, request: bytes) -> Answer:
    """Send the octets of a request and read the answer."""
    transport = StringTransport(peerAddress=_PEER)
    protocol: Any = site.buildProtocol(_PEER)
    protocol.makeConnection(transport)
    protocol.dataReceived(request)
    answer = _parse(transport)
    # Cancels the time limits, so that a clock is left without calls.
    protocol.connectionLost(None)
    return answer


def get(site: Site, path: str, *, method: str = "GET", **headers: str) -> Answer:
    """Ask for a path; an underscore in a header's name stands for a hyphen."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    return ask(site, "\r\n".join([*lines, "", ""]).encode())


def _parse(transport: StringTransport) -> Answer:
    head, _, body = transport.value().partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, text = line.partition(":")
        assert name.lower() not in headers, f"header {name} came twice"
        headers[name.lower()] = text.strip()
    if headers.get("transfer-encoding") == "chunked":
        body = _joined(body)
    status = int(first.split()[1])
    return Answer(status, headers, body, transport.disconnecting)


def _joined(body: bytes) -> bytes:
    """The body out of its chunks."""
    result = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        result, body = result + rest[:length], rest[length + 2 :]
        if not length:
            break
    return result


@define
class FakeStatus:
    """A centre with the links and the writer that a test gives it."""

    version: str = "1.0"
    started_at: float = NOW - 7500
    known_links: Sequence[LinkStatus] = ()
    known_writer: WriterStatus = field(factory=lambda: WriterStatus(0, None))

    known_limits: Sequence[LimitStatus] = ()

    def links(self) -> Sequence[LinkStatus]:
        """All links."""
        return self.known_links

    def limits(self) -> Sequence[LimitStatus]:
        """All limits."""
        return self.known_limits

    def writer(self) -> WriterStatus:
        """The writer."""
        return self.known_writer


@define
class FakeReader:
    """Runs reads at once on an engine, or fails them all; counts them."""

    engine: Engine
    error: Exception | None = None
    count: int = 0

    def read(self, action: Callable[[Connection], T]) -> Deferred[T]:
        """Run a read."""
        self.count += 1
        if self.error is not None:
            return fail(self.error)
        with self.engine.begin() as connection:
            return succeed(action(connection))
