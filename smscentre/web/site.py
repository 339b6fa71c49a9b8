"""The site that people see: which address reads what and shows which page.

Beside the path: it reads through the store's readers and changes nothing.
"""

from __future__ import annotations

__all__ = ["Reader", "site"]

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from klein import Klein, KleinRenderable
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest
from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from smscentre.store import pages as store
from smscentre.store.engine import is_outage
from smscentre.store.unread import count_unread
from smscentre.web import sheets
from smscentre.web.assets import Assets
from smscentre.web.pages import GatewayRead, Pages, Problem, TodayRead
from smscentre.web.server import Site
from smscentre.web.shared import Shared
from smscentre.web.status import StatusSource

T = TypeVar("T")

_STATIC = Path(__file__).parent / "static"

_GOOD_FOR_S = 2.0
"""How long one read of the store serves everybody who asks."""

_log = Logger(namespace="smscentre.web.site")


class Reader(Protocol):
    """Runs reads of the store away from the reactor's thread."""

    def read(self, action: Callable[[store.ReadConnection], T]) -> Deferred[T]:
        """Run a function on a connection that only reads."""


def site(
    status: StatusSource,
    reader: Reader,
    zone: ZoneInfo,
    reactor: IReactorTime,
    wall_clock: Callable[[], float],
) -> Site:
    """The site with the pages; ``zone`` is the centre's."""
    application = _Application(status, reader, zone, reactor, wall_clock)
    return Site(_Readable(application), reactor, wall_clock)


class _Application:
    """The pages by address."""

    app = Klein()
    # Else a doubled slash would redirect to an absolute address.
    app.url_map.merge_slashes = False

    def __init__(
        self,
        status: StatusSource,
        reader: Reader,
        zone: ZoneInfo,
        clock: IReactorTime,
        wall_clock: Callable[[], float],
    ) -> None:
        self._status = status
        self._zone = zone
        self._wall_clock = wall_clock
        self._assets = Assets(_STATIC)
        self._pages = Pages(zone, self._assets.address)
        self._today = Shared(lambda: reader.read(self._read_today), clock, _GOOD_FOR_S)
        self._gateway = Shared(
            lambda: reader.read(self._read_gateway), clock, _GOOD_FOR_S
        )

    @app.route("/", methods=["GET"])
    async def today(self, request: Request) -> bytes:
        """Today at a glance."""
        read = await self._today.get()
        page = self._pages.today(read, self._status, self._wall_clock())
        return _answer(request, page)

    @app.route("/gateway", methods=["GET"])
    async def gateway(self, request: Request) -> bytes:
        """The state of the gateway, also while the database is away."""
        try:
            read = await self._gateway.get()
        except Exception as error:
            if not is_outage(error):
                raise
            read = None
        page = self._pages.gateway(read, self._status, self._wall_clock())
        return _answer(request, page)

    @app.route("/static/", methods=["GET"], branch=True)
    def static(self, request: Request) -> IResource:
        """Style sheet, script and icon."""
        return self._assets

    @app.handle_errors(MethodNotAllowed)
    def wrong_method(self, request: IRequest, failure: Failure) -> bytes:
        """Refuse what does not read."""
        request.setHeader("Allow", "GET, HEAD")
        return self.problem(request, Problem.METHOD)

    @app.handle_errors(HTTPException)
    def no_page(self, request: IRequest, failure: Failure) -> bytes:
        """Say that there is no such page."""
        return self.problem(request, Problem.NO_PAGE)

    @app.handle_errors(Exception)
    def broken(self, request: IRequest, failure: Failure) -> bytes:
        """Say that a page failed; why stands in the log only."""
        error = failure.value
        if isinstance(error, Exception) and is_outage(error):
            _log.warn("{path}: {error}", path=request.path, error=error)
            request.setHeader("Retry-After", "15")
            return self.problem(request, Problem.NO_DATABASE)
        _log.failure("{path} failed", failure, path=request.path)
        return self.problem(request, Problem.BROKEN)

    def problem(self, request: IRequest, problem: Problem) -> bytes:
        """Answer with a page that says what is wrong."""
        request.setResponseCode(problem.status)
        page = self._pages.problem(problem, self._status.version, self._wall_clock())
        return _answer(request, page)

    # In a reader's thread.

    def _read_today(self, connection: store.ReadConnection) -> TodayRead:
        day = self._now().date()
        return TodayRead(day, store.national_totals(connection, sheets.FORMS, day))

    def _read_gateway(self, connection: store.ReadConnection) -> GatewayRead:
        midnight = self._now().replace(hour=0, minute=0, second=0, microsecond=0)
        return GatewayRead(
            store.queues(connection),
            store.arrival_counts(connection, midnight.timestamp()),
            store.last_messages(connection),
            store.held_back(connection, midnight.timestamp()),
            count_unread(connection),
        )

    def _now(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self._wall_clock(), self._zone)


class _Readable(Resource):
    """Keeps from the routes what is no text: they could only log it."""

    isLeaf = True

    def __init__(self, application: _Application) -> None:
        super().__init__()
        self._application = application
        self._routes = application.app.resource()

    def render(self, request: Request) -> KleinRenderable:
        """Answer a request."""
        try:
            b"/".join(request.postpath or ()).decode()
        except UnicodeDecodeError:
            return self._application.problem(request, Problem.NO_PAGE)
        return self._routes.render(request)


def _answer(request: IRequest, page: bytes) -> bytes:
    request.setHeader("Content-Type", "text/html; charset=utf-8")
    request.setHeader("Content-Length", str(len(page)))
    return page
