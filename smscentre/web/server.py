"""The HTTP server under pages and monitoring: its limits, headers and log.

Twisted's own server would date its access log by the reactor's clock, which is
monotonic here; this one is given a wall clock. It knows no page.
"""

from __future__ import annotations

__all__ = ["MAX_BODY_OCTETS", "Site"]

from collections.abc import Callable
from email.utils import formatdate

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.web import server
from twisted.web.http import Request as PlainRequest
from twisted.web.resource import IResource

MAX_BODY_OCTETS = 64 * 1024
"""The longest request body; a longer one ends the connection."""

_IDLE_S = 60
"""How long a connection may take over a request, or stay without one."""

_HEADERS = {
    "Server": "smscentre",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""Sent with every answer; a resource may replace what it knows better."""

_TOO_LARGE = (
    b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
)

_log = Logger(namespace="smscentre.web.server")


class Request(server.Request):
    """A request whose body is cut off beyond `MAX_BODY_OCTETS`."""

    _received = 0
    _refused = False

    def getRequestHostname(self) -> bytes:
        """A fixed name: no page depends on what a client sends as Host."""
        return b"localhost"

    def gotLength(self, length: int | None) -> None:
        """Hear the announced length of the body, None when it comes in chunks."""
        super().gotLength(length)
        if length is not None and length > MAX_BODY_OCTETS:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:
        """Take a piece of the body."""
        if self._refused:
            return
        self._received += len(data)
        if self._received > MAX_BODY_OCTETS:
            self._refuse()
        else:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        """Answer the request, now that all of it is there.

        One request a connection: what a client sends ahead of our answers, and
        does not read, would pile up.
        """
        if not self._refused:
            self.channel.persistent = False
            self.setHeader(b"Connection", b"close")
            super().requestReceived(command, path, version)

    def _refuse(self) -> None:
        self._refused = True
        transport = self.channel.transport
        assert transport is not None, "only a connected channel hands over a body"
        transport.write(_TOO_LARGE)
        self.channel.loseConnection()


class Site(server.Site):
    """Serves a tree of resources with our limits, headers and log."""

    def __init__(
        self,
        resource: IResource,
        reactor: IReactorTime,
        wall_clock: Callable[[], float],
    ) -> None:
        super().__init__(
            resource,
            Request,
            parsePOSTFormSubmission=False,
            timeout=_IDLE_S,
            reactor=reactor,
        )
        self._wall_clock = wall_clock

    def startFactory(self) -> None:
        """Begin to serve: without the access log's clock, which is the reactor's."""

    def stopFactory(self) -> None:
        """End serving."""

    def getResourceFor(self, request: server.Request) -> IResource:
        """Find what answers a request; give the answer its common headers."""
        request.setHeader("Date", formatdate(self._wall_clock(), usegmt=True))
        for name, value in _HEADERS.items():
            request.setHeader(name, value)
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
