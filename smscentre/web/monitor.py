"""What machines ask: the metrics, and whether the service lives and is ready.

Beside the path. Neither answer depends on a carrier: a link that is down is the
business of an alert, and restarting this service would not mend it.
"""

from __future__ import annotations

__all__ = ["Health", "Rendered", "monitor_site"]

import json
from collections.abc import Callable
from typing import Protocol

from prometheus_client import CONTENT_TYPE_LATEST
from twisted.internet.interfaces import IReactorTime
from twisted.web.http import NOT_ALLOWED, NOT_FOUND, SERVICE_UNAVAILABLE
from twisted.web.iweb import IRequest
from twisted.web.resource import Resource

from smscentre.web.server import Site

_TEXT = "text/plain; charset=utf-8"


class Health(Protocol):
    """Whether the service can do its work."""

    def ready(self) -> tuple[bool, dict[str, str]]:
        """Tell whether messages can be stored, and what each check found.

        Not ready while the writer has an outage or the service drains.
        """


class Rendered(Protocol):
    """Metrics that can be shown."""

    def render(self) -> bytes:
        """Everything in the Prometheus text format, as of now."""


def monitor_site(
    metrics: Rendered,
    health: Health,
    reactor: IReactorTime,
    wall_clock: Callable[[], float],
) -> Site:
    """The site with ``/metrics``, ``/livez`` and ``/readyz``."""
    root = _Nothing()
    root.putChild(b"metrics", _Metrics(metrics))
    root.putChild(b"livez", _Alive())
    root.putChild(b"readyz", _Ready(health))
    return Site(root, reactor, wall_clock)


class _Leaf(Resource):
    """An answer without anything below it."""

    isLeaf = True
    content_type = _TEXT

    def render(self, request: IRequest) -> bytes:
        """Answer GET and HEAD, for which the server drops the body."""
        if request.method not in (b"GET", b"HEAD"):
            request.setHeader(b"Content-Type", _TEXT.encode())
            request.setHeader(b"Allow", b"GET, HEAD")
            request.setResponseCode(NOT_ALLOWED)
            return b"only GET\n"
        request.setHeader(b"Content-Type", self.content_type.encode())
        return self.body(request)

    def body(self, request: IRequest) -> bytes:
        """The answer; may set its status."""
        raise NotImplementedError


class _Nothing(_Leaf):
    """What is not there."""

    isLeaf = False

    def getChild(self, path: bytes, request: IRequest) -> Resource:
        """Answer for every unknown path."""
        return self

    def body(self, request: IRequest) -> bytes:
        request.setResponseCode(NOT_FOUND)
        return b"not found\n"


class _Metrics(_Leaf):
    content_type = CONTENT_TYPE_LATEST

    def __init__(self, metrics: Rendered) -> None:
        super().__init__()
        self._metrics = metrics

    def body(self, request: IRequest) -> bytes:
        return self._metrics.render()


class _Alive(_Leaf):
    """Whoever reads this knows that the reactor answers."""

    def body(self, request: IRequest) -> bytes:
        return b"ok\n"


class _Ready(_Leaf):
    content_type = "application/json"

    def __init__(self, health: Health) -> None:
        super().__init__()
        self._health = health

    def body(self, request: IRequest) -> bytes:
        ready, reasons = self._health.ready()
        if not ready:
            request.setResponseCode(SERVICE_UNAVAILABLE)
        answer = {"ready": ready, "reasons": reasons}
        return json.dumps(answer, sort_keys=True).encode() + b"\n"
