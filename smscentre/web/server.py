"""The HTTP server under pages and monitoring: its limits, headers and log.

Twisted's own server would date its access log by the reactor's clock, which is
monotonic here; this one is given a wall clock. It knows no page.
"""

from __future__ import annotations

__all__ = ["MAX_BODY_OCTETS", "BodyLimit", "Site", "TooLarge"]

from collections.abc import Callable
from email.utils import formatdate
from typing import Any

from attrs import frozen
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.web import server
from twisted.web.http import Request as PlainRequest
from twisted.web.resource import IResource

MAX_BODY_OCTETS = 64 * 1024
"""The longest request body, where nothing else is said of its address."""

BodyLimit = Callable[[bytes, bytes], int]
"""The longest body by method and path; a longer one is refused."""

_IDLE_S = 60
"""How long a connection may take over a request, or stay without one."""

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


def _usual(method: bytes, path: bytes) -> int:
    return MAX_BODY_OCTETS


@frozen
class TooLarge:
    """What a site says of bodies: how long they may be, and the page if one is longer.

    Asked before the body comes, so that no more of it is kept.
    """

    most: BodyLimit = _usual
    page: Callable[[], bytes] = bytes


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
            super().requestReceived(command, path, version)

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
        page = self._bodies.page()
        headers = {
            **_HEADERS,
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(page)),
            "Connection": "close",
        }
        lines = [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join(["HTTP/1.1 413 Content Too Large", *lines, "", ""])
        return head.encode() + page

    @property
    def _bodies(self) -> TooLarge:
        # Its type does not say that whoever made it left this.
        channel: Any = self.channel
        bodies: TooLarge = channel.site.bodies
        return bodies


def _asked(channel: Any) -> tuple[bytes, bytes]:
    """Method and path of the request whose head a channel has just read.

    The request itself is told only when its body is there.
    """
    path: bytes = channel._path
    return channel._command, path.partition(b"?")[0]


class Site(server.Site):
    """Serves a tree of resources with our limits, headers and log."""

    def __init__(
        self,
        resource: IResource,
        reactor: IReactorTime,
        wall_clock: Callable[[], float],
        bodies: TooLarge | None = None,
        *,
        secure: bool = False,
    ) -> None:
        """:param secure: browsers come by TLS, which something in front takes off"""
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
