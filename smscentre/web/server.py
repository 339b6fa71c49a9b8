"""The HTTP server under pages and monitoring: its limits, headers and log.

Twisted's own server would date its access log by the reactor's clock, which is
monotonic here; this one is given a wall clock. It knows no page.
"""

from __future__ import annotations

__all__ = [
    "EACH_MOST",
    "MAX_BODY_OCTETS",
    "OPEN_MOST",
    "BodyLimit",
    "Site",
    "TooLarge",
    "host_of",
]

from collections import Counter
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

from attrs import frozen
from twisted.internet.interfaces import IAddress, IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web import server
from twisted.web.http import HTTPChannel
from twisted.web.http import Request as PlainRequest
from twisted.web.resource import IResource

MAX_BODY_OCTETS = 64 * 1024
"""The longest request body, where nothing else is said of its address."""

BodyLimit = Callable[[bytes, bytes], int]
"""The longest body by method and path; a longer one is refused."""

_IDLE_S = 60
"""How long a connection may take over a request, or stay without one, or take over
reading the answer ..."""

_SLOWEST = 8192
"""... and one second more for each of so many octets of a body or an answer."""

OPEN_MOST = 300
"""Connections at once; more would take the files that links need."""

EACH_MOST = 100
"""Of these from one address: enough for an office behind it, and not all there are."""

_UNHEARD_OCTETS = 64 * 1024 * 1024
"""So much of a body that is refused is thrown away; a longer one is cut off."""

_HSTS = "max-age=31536000"

_HEADERS = {
    "Server": "smscentre",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not "no-referrer", by which browsers hide where our own forms come from, too.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Sent with every answer; a resource may replace what it knows better."""

_log = Logger(namespace="smscentre.web.server")


def host_of(address: object) -> str:
    """The host of an address; empty where it has none, as a local socket's."""
    return str(getattr(address, "host", ""))


def _usual(method: bytes, path: bytes) -> int:
    return MAX_BODY_OCTETS


@frozen
class TooLarge:
    """What a site says of bodies: how long they may be, and what if one is longer.

    Asked before the body comes, so that no more of it is kept. ``page`` gives type and
    content for a path.
    """

    most: BodyLimit = _usual
    page: Callable[[bytes], tuple[str, bytes]] = lambda path: ("text/plain", b"")


class _Channel(HTTPChannel):
    """A connection with a limit on the time that it takes in all.

    Twisted's begins anew with every octet: one a minute would hold it for ever.
    """

    site: Site
    _answered = False
    _host = ""

    def connectionMade(self) -> None:
        """Begin to count."""
        assert self.transport is not None, "called by it"
        self._host = host_of(self.transport.getPeer())
        self.site.open[self._host] += 1
        super().connectionMade()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Count no more."""
        self.site.open -= Counter([self._host])
        super().connectionLost(reason)

    def resetTimeout(self) -> None:
        """Give no more time because something has come."""

    def allow(self, octets: int) -> None:
        """Give time from now on, for so many octets to come or to go."""
        self.setTimeout(_IDLE_S + octets / _SLOWEST)

    def requestDone(self, request: PlainRequest) -> None:
        """End the connection, once the answer was read or should have been."""
        super().requestDone(request)
        self._answered = True
        self.allow(request.sentLength)

    def timeoutConnection(self) -> None:
        """End a connection whose time is up, and do not wait where it was answered."""
        if self._answered:
            self.forceAbortClient()
        else:
            super().timeoutConnection()


class Request(server.Request):
    """A request of whose body no more is kept than its site allows."""

    _received = 0
    _refused = False
    _most = MAX_BODY_OCTETS

    def getRequestHostname(self) -> bytes:
        """A fixed name: no page depends on what a client sends as Host."""
        return b"localhost"

    def gotLength(self, length: int | None) -> None:
        """Hear the announced length of the body, None when it comes in chunks."""
        super().gotLength(length)
        self._most = self._bodies.most(*_asked(self.channel))
        if length is not None and length > self._most:
            self._refuse()
            if length > _UNHEARD_OCTETS:
                self.channel.loseConnection()
        expected = self._most if length is None else min(length, self._most)
        self._own.allow(expected)

    def handleContentChunk(self, data: bytes) -> None:
        """Take a piece of the body."""
        self._received += len(data)
        if self._refused:
            if self._received > _UNHEARD_OCTETS:
                self.channel.loseConnection()
        elif self._received > self._most:
            self._refuse()
        else:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        """Answer the request, now that all of it is there.

        One request a connection: what a client sends ahead of our answers, and
        does not read, would pile up.
        """
        if self._refused:
            self.channel.loseConnection()
        else:
            self.channel.persistent = False
            self.setHeader(b"Connection", b"close")
            # Twisted would answer for the whole server by itself, without our headers.
            super().requestReceived(command, b"/*" if path == b"*" else path, version)

    def _refuse(self) -> None:
        """Answer at once, but hear the body out.

        A browser reads no answer before it has sent all, and shows none where the
        connection is cut off below it.
        """
        self._refused = True
        transport = self.channel.transport
        assert transport is not None, "only a connected channel hands over a body"
        transport.write(self._refusal())

    def _refusal(self) -> bytes:
        _, path = _asked(self.channel)
        content_type, page = self._bodies.page(path)
        headers = {
            **_HEADERS,
            "Content-Type": content_type,
            "Content-Length": str(len(page)),
            "Connection": "close",
        }
        lines = [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join(["HTTP/1.1 413 Content Too Large", *lines, "", ""])
        return head.encode() + page

    @property
    def _own(self) -> _Channel:
        channel = self.channel
        assert isinstance(channel, _Channel), "our site makes no others"
        return channel

    @property
    def _bodies(self) -> TooLarge:
        return self._own.site.bodies


def _asked(channel: Any) -> tuple[bytes, bytes]:
    """Method and path of the request whose head a channel has just read.

    The request itself is told only when its body is there.
    """
    path: bytes = channel._path
    return channel._command, path.partition(b"?")[0]


class Site(server.Site):
    """Serves a tree of resources with our limits, headers and log.

    ``open`` counts the connections that there are, by address.
    """

    protocol: Any = _Channel

    def __init__(
        self,
        resource: IResource,
        reactor: IReactorTime,
        wall_clock: Callable[[], float],
        bodies: TooLarge | None = None,
        *,
        secure: bool = False,
        proxy: str = "",
    ) -> None:
        """:param secure: browsers come by TLS, which something in front takes off

        :param proxy: the address of what stands in front, and brings all others
        """
        super().__init__(
            resource,
            Request,
            parsePOSTFormSubmission=False,
            timeout=_IDLE_S,
            reactor=reactor,
        )
        self._wall_clock = wall_clock
        self.bodies = bodies or TooLarge()
        self._secure = secure
        self._proxy = proxy
        self.open: Counter[str] = Counter()

    def buildProtocol(self, addr: IAddress | None) -> Any:
        """Serve one more connection; None closes it, where there are too many."""
        host = host_of(addr)
        for_many = host in ("", self._proxy)
        if not for_many and self.open[host] >= EACH_MOST:
            return None
        return super().buildProtocol(addr) if self.open.total() < OPEN_MOST else None

    def acceptableProtocols(self) -> list[bytes]:
        """What is offered by TLS: nothing that only Twisted's own channel speaks."""
        return [b"http/1.1"]

    def startFactory(self) -> None:
        """Begin to serve: without the access log's clock, which is the reactor's."""

    def stopFactory(self) -> None:
        """End serving."""

    def getResourceFor(self, request: server.Request) -> IResource:
        """Find what answers a request; give the answer its common headers."""
        request.setHeader("Date", formatdate(self._wall_clock(), usegmt=True))
        for name, value in _HEADERS.items():
            request.setHeader(name, value)
        if self._secure or request.isSecure():
            request.setHeader("Strict-Transport-Security", _HSTS)
        resource: IResource = super().getResourceFor(request)
        return resource

    def log(self, request: PlainRequest) -> None:
        """Write that a request was answered; only seen at debug."""
        _log.debug(
            "{method} {path} {status}",
            method=request.method.decode("latin-1"),
            path=request.path.decode("latin-1"),
            status=request.code,
        )
