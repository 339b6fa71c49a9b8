"""The site that people see: every route of every area, behind one door.

Who may is decided here, for all alike, before a handler hears of a visit: the
session, the role, and whether a form is one of ours.
"""

from __future__ import annotations

__all__ = ["Doors", "site", "site_of"]

import math
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve
from klein import Klein, KleinRenderable
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest
from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from smscentre.passwords import Busy
from smscentre.store.engine import is_outage
from smscentre.store.patient import UncertainError
from smscentre.web.api.faults import Fault, fault_of, problem_content
from smscentre.web.areas import areas
from smscentre.web.assets import Assets
from smscentre.web.changing import NoLongerError
from smscentre.web.forgery import csrf_of, is_own, same
from smscentre.web.forms import UnreadableError
from smscentre.web.listing import address_with
from smscentre.web.login import login_address
from smscentre.web.longreads import LongReader
from smscentre.web.means import Means
from smscentre.web.pace import Crowded, Pace, PacedReader, charged
from smscentre.web.pages import Pages
from smscentre.web.problems import Problem
from smscentre.web.routes import (
    FORM_OCTETS,
    Answer,
    Content,
    Download,
    Need,
    Page,
    Redirect,
    Route,
    Stream,
    Trouble,
    Visit,
)
from smscentre.web.server import Site, TooLarge
from smscentre.web.serving import HTML, Visitor, attend
from smscentre.web.sessions import Sessions
from smscentre.web.streaming import Streams

_STATIC = Path(__file__).parent / "static"
_RETRY_S = "15"
_READING = ("GET", "HEAD")
_PROGRAMS = "/api/"

_log = Logger(namespace="smscentre.web.site")


def site(means: Means, pace: Pace | None = None) -> Site:
    """The site with all areas; without a pace every page is made at once."""
    pace = pace or Pace(means.clock, saved_s=math.inf)
    means = evolve(
        means,
        reader=PacedReader(means.reader, pace.spent),
        long_reader=LongReader(means.reader, pace.alike(), pace.noticed),
        search_reader=LongReader(means.reader, pace.alike(), pace.noticed),
    )
    sessions = Sessions(means)
    routes = [route for area in areas(means, sessions) for route in area.routes()]
    return site_of(means, sessions, routes, pace)


def site_of(
    means: Means,
    sessions: Sessions,
    routes: Sequence[Route],
    pace: Pace | None = None,
) -> Site:
    """A site with some routes."""
    doors = Doors(means, sessions, pace or Pace(means.clock, saved_s=math.inf), routes)
    return Site(
        _Readable(doors),
        means.clock,
        means.wall_clock,
        TooLarge(doors.most_octets, doors.too_large),
        secure=means.config.public_url.startswith("https:"),
        proxy=means.config.proxy,
    )


class _Refused(Exception):
    """A visit that goes no further; what is answered instead."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__()


class Doors:
    """Leads each request to its route, or says why not. Reactor's thread."""

    def __init__(
        self,
        means: Means,
        sessions: Sessions,
        pace: Pace,
        routes: Sequence[Route],
    ) -> None:
        self._means = means
        self._pace = pace
        self._sessions = sessions
        self._assets = Assets(_STATIC)
        self._pages = Pages(means, self._assets.address)
        self._streams = Streams(means.clock)
        self._routes: dict[str, Route] = {}
        self._forms = {route.path for route in routes if route.has_form}
        self.app = self._klein(routes)

    def most_octets(self, method: bytes, path: bytes) -> int:
        """The longest body that an address takes."""
        adapter = self.app.url_map.bind("localhost")
        try:
            endpoint, _ = adapter.match(path.decode(), method.decode())
        except (HTTPException, UnicodeDecodeError):
            return FORM_OCTETS
        route = self._routes.get(endpoint)
        return route.most_octets if route else FORM_OCTETS

    def too_large(self, path: bytes) -> tuple[str, bytes]:
        """What says that a body is too long, to nobody in particular."""
        if path.startswith(_PROGRAMS.encode()):
            content = problem_content(Fault.TOO_LARGE)
            return content.content_type, content.content
        visit = Visit("", self._means.wall_clock())
        return HTML, self._pages.trouble(Trouble(Problem.TOO_LARGE), visit)

    def no_page(self, request: Request) -> bytes:
        """Answer for an address that is no text."""
        path = request.path.decode("utf-8", "replace")
        visitor = attend(request, self._means.config.public_url)
        visit = Visit(path, self._means.wall_clock())
        return self._trouble(visitor, visit, Trouble(Problem.NO_PAGE))

    # The table of routes, as Klein has it.

    def _klein(self, routes: Sequence[Route]) -> Klein:
        app = Klein()
        # Else a doubled slash would redirect to an absolute address.
        app.url_map.merge_slashes = False
        for route in routes:
            name = f"{' '.join(route.methods)} {route.path}"
            assert name not in self._routes, f"two routes are {name}"
            self._routes[name] = route
            app.route(route.path, methods=[*route.methods], endpoint=name)(
                self._door(route)
            )
        app.route("/static/", methods=["GET"], branch=True)(self._static)
        app.handle_errors(Exception)(self._failed)
        return app

    def _door(self, route: Route) -> Callable[..., Coroutine[Any, Any, bytes]]:
        async def door(request: Request, **arguments: str) -> bytes:
            visitor = attend(request, self._means.config.public_url)
            visit = visitor.visit(self._means, arguments)
            return await self._lead(visitor, visit, route)

        return door

    def _static(self, request: Request) -> IResource:
        """Style sheet, script and icon."""
        return self._assets

    # One visit.

    async def _lead(self, visitor: Visitor, visit: Visit, route: Route) -> bytes:
        """Let a visit in, or not, and give the answer."""
        await self._pace.turn(visit.address)
        try:
            visit, answer = await self._answered(visitor, visit, route)
            if not isinstance(answer, Stream):
                return await self._give(visitor, visit, answer, route)
        finally:
            self._pace.ended()
        # It may last for minutes, and pays for each of its reads.
        return await self._stream(visitor, visit, answer)

    async def _answered(
        self, visitor: Visitor, visit: Visit, route: Route
    ) -> tuple[Visit, Answer]:
        """What a handler answers, or the door, and to whom."""
        try:
            visit = await self._admitted(visitor, visit, route)
            return visit, await route.handler(visit)
        except _Refused as refused:
            return visit, refused.answer

    async def _admitted(self, visitor: Visitor, visit: Visit, route: Route) -> Visit:
        """The visit with its user and its form.

        :raises _Refused: it may not
        """
        visit = await self._recognised(visitor, visit, route)
        role = visit.user.role if visit.user else None
        if not route.need.admits(role, self._means.config.public_reports):
            raise _Refused(_not_admitted(visit))
        if route.need is Need.TOKEN:
            return visitor.by_program(visit)
        if visit.method in _READING:
            return evolve(visit, last_event_id=visitor.header("Last-Event-ID"))
        if not is_own(visitor.sender, self._means.config.public_url):
            raise _Refused(Trouble(Problem.FORGED))
        visit = visitor.filled(visit)
        if not self._has_our_token(visit):
            raise _Refused(Trouble(Problem.FORGED))
        return visit

    async def _recognised(self, visitor: Visitor, visit: Visit, route: Route) -> Visit:
        """The visit with whose it is."""
        if not visitor.token or route.need is Need.TOKEN:
            return visit
        reading = visit.method in _READING
        user = await self._sessions.user(visitor.token, reading)
        return evolve(visit, user=user)

    def _has_our_token(self, visit: Visit) -> bool:
        return bool(visit.session) and same(visit.form.exact("csrf"), visit.csrf)

    async def _give(
        self,
        visitor: Visitor,
        visit: Visit,
        answer: Page | Redirect | Download | Content | Trouble,
        route: Route,
    ) -> bytes:
        match answer:
            case Page():
                if route.path in self._forms:
                    visit = visitor.with_form(visit)
                visit = visitor.with_notice(visit)
                return visitor.page(await self._made(answer, visit), answer.status)
            case Redirect():
                return visitor.redirect(answer)
            case Download(content, content_type, filename):
                return visitor.give_file(content, content_type, filename)
            case Content():
                return visitor.give_content(answer)
            case Trouble():
                return self._trouble(visitor, visit, answer)

    async def _stream(self, visitor: Visitor, visit: Visit, stream: Stream) -> bytes:
        if self._streams.full:
            return self._trouble(visitor, visit, Trouble(Problem.BUSY))
        return await self._streams.run(stream, visitor.request)

    async def _made(self, page: Page, visit: Visit) -> bytes:
        """Make a page in another thread: a long one takes tens of milliseconds."""
        made: bytes = await self._means.make(
            lambda: charged(lambda: self._pages.page(page, visit), self._pace.spent)
        )
        return made

    def _trouble(self, visitor: Visitor, visit: Visit, trouble: Trouble) -> bytes:
        if visit.path.startswith(_PROGRAMS):
            content = problem_content(fault_of(trouble.problem))
            return visitor.give_content(content)
        status = trouble.problem.status
        if status == 503:
            visitor.request.setHeader("Retry-After", _RETRY_S)
        return visitor.page(self._pages.trouble(trouble, visit), status)

    # What went wrong.

    def _failed(self, request: IRequest, failure: Failure) -> bytes:
        """Say what is wrong with a request; why stands in the log only."""
        assert isinstance(request, Request), "Klein hands on what the server made"
        visitor = attend(request, self._means.config.public_url)
        visit = Visit(request.path.decode("utf-8", "replace"), self._means.wall_clock())
        problem = self._problem(request, failure)
        if visitor.token:
            # Not asked anew: what has failed may be the very asking.
            user = self._sessions.remembered(visitor.token)
            visit = evolve(visit, user=user, csrf=csrf_of(visitor.token))
        return self._trouble(visitor, visit, Trouble(problem))

    def _problem(self, request: Request, failure: Failure) -> Problem:
        error = failure.value
        match error:
            case MethodNotAllowed(valid_methods=methods):
                request.setHeader("Allow", ", ".join(sorted(methods or ())))
                return Problem.METHOD
            case HTTPException():
                return Problem.NO_PAGE
            case UnreadableError():
                return Problem.BAD_REQUEST
            case Crowded() | Busy():
                return Problem.BUSY
            case NoLongerError():
                return Problem.FORGED
            case Exception() if is_outage(error):
                _log.warn("{path}: {error}", path=request.path, error=error)
                return _away(request, error)
        _log.failure("{path} failed", failure, path=request.path)
        return Problem.BROKEN


def _away(request: Request, error: Exception) -> Problem:
    """What it means for a reader that the database is away."""
    if isinstance(error, UncertainError):
        return Problem.UNCERTAIN
    reading = request.method in (b"GET", b"HEAD")
    return Problem.NO_DATABASE if reading else Problem.NOT_STORED


def _not_admitted(visit: Visit) -> Answer:
    """What is answered to who may not: where to log in, or that it is not for them."""
    if visit.user is not None:
        return Trouble(Problem.NO_RIGHT)
    if visit.method in _READING:
        return Redirect(login_address(address_with(visit)))
    return Trouble(Problem.NO_LOGIN)


class _Readable(Resource):
    """Keeps from the routes what is no text: they and the store could only log it."""

    isLeaf = True

    def __init__(self, doors: Doors) -> None:
        super().__init__()
        self._doors = doors
        self._routes = doors.app.resource()

    def render(self, request: Request) -> KleinRenderable:
        """Answer a request."""
        path = b"/".join(request.postpath or ())
        try:
            path.decode()
        except UnicodeDecodeError:
            return self._doors.no_page(request)
        # Not every database can be asked for a text with a NUL.
        if b"\0" in path:
            return self._doors.no_page(request)
        return self._routes.render(request)
