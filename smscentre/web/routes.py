"""Routes as data: an address, who may ask for it, and what answers.

What areas of the site are written in: each gives a list of `Route`, whose
handlers take a `Visit` and return an `Answer`. No request of the server is in
reach here.
"""

from __future__ import annotations

__all__ = [
    "FORM_OCTETS",
    "IMPORT_OCTETS",
    "INVALID",
    "Answer",
    "Area",
    "Content",
    "Download",
    "Event",
    "Handler",
    "Need",
    "Page",
    "Redirect",
    "Route",
    "Stream",
    "Trouble",
    "Upload",
    "Values",
    "Visit",
    "row_id",
]

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Final, Protocol

from attrs import field, frozen

from smscentre.actors import web_actor
from smscentre.store.changes import Signature
from smscentre.users import Role, User
from smscentre.web.problems import Problem

FORM_OCTETS: Final = 64 * 1024
"""The longest body of a request, ..."""

IMPORT_OCTETS: Final = 5 * 1024 * 1024
"""... and that of one with a file to import."""

INVALID: Final = 422
"""The status of a form that is shown again, with what is wrong in it."""

_ID_DIGITS: Final = 18


class Need(Enum):
    """Who may ask for an address."""

    PUBLIC = "public"
    """Everybody."""

    REPORTS = "reports"
    """Whoever has logged in; everybody where ``web.public_reports`` says so."""

    VIEWER = "viewer"
    """Whoever has logged in."""

    DATA = "data"
    """Who corrects figures, and administrators."""

    OPERATOR = "operator"
    """Who runs the gateway and sees messages, and administrators."""

    STAFF = "staff"
    """Whoever does more than read reports."""

    ADMIN = "admin"
    """Administrators only."""

    TOKEN = "token"
    """A program. The handler checks `Visit.authorization` itself: there is neither
    a login nor a cookie, and so no form to be forged. Beneath ``/api/`` only."""

    def admits(self, role: Role | None, public_reports: bool) -> bool:
        """Whether a role may, None standing for who has not logged in."""
        if self in (Need.PUBLIC, Need.TOKEN):
            return True
        if self is Need.REPORTS and public_reports:
            return True
        if role is None:
            return False
        if self in (Need.REPORTS, Need.VIEWER):
            return True
        if self is Need.STAFF:
            return role is not Role.VIEWER
        return role in (Role.ADMIN, Role(self.value))


@frozen
class Values:
    """Fields of a query or a form, each with all that was given for it."""

    given: Mapping[str, tuple[str, ...]] = field(factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """The first value of a field, without spaces around it."""
        found = self.given.get(name)
        return found[0].strip() if found else default

    def exact(self, name: str) -> str:
        """The first value of a field as it was given, empty without one."""
        return self.given.get(name, ("",))[0]

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a field, as of boxes that were ticked."""
        return self.given.get(name, ())


def row_id(text: str) -> int | None:
    """The row that a field names by its id; None for what is none of any database."""
    is_id = text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS
    return int(text) if is_id else None


@frozen
class Upload:
    """A file that came with a form."""

    filename: str
    content: bytes = field(repr=False)


@frozen
class Visit:
    """What somebody asks for: all that a handler knows of a request.

    ``arguments`` are the parts of the path that a route names, ``now`` is in
    seconds since 1970. ``user`` is None for who has not logged in. ``address`` is
    that of the client. ``body``, ``content_type``, ``authorization`` and ``headers``,
    by names in small letters, are there for programs (`Need.TOKEN`),
    ``last_event_id`` is for streams.
    """

    path: str
    now: float
    method: str = "GET"
    arguments: Mapping[str, str] = field(factory=dict)
    query: Values = field(factory=Values)
    form: Values = field(factory=Values)
    files: Mapping[str, Upload] = field(factory=dict, repr=False)
    user: User | None = None
    csrf: str = field(default="", repr=False)
    session: str = field(default="", repr=False)
    address: str = ""
    notice: str = ""
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    authorization: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    last_event_id: str = ""

    @property
    def someone(self) -> User:
        """The user, where the route needs one."""
        assert self.user is not None, f"{self.path} needs no login"
        return self.user

    @property
    def signature(self) -> Signature:
        """Who makes a change by it, and when; where the route needs a user."""
        return Signature(web_actor(self.someone.name), "", self.now)


@frozen
class Page:
    """A page: a template and what it shows.

    ``refresh_s`` is how often it loads itself again, 0 for never.
    """

    template: str
    values: Mapping[str, Any] = field(factory=dict)
    status: int = 200
    refresh_s: int = 0


@frozen
class Redirect:
    """Go on to another address of ours (303), which shows a notice.

    ``session`` is the token that the browser has from now on: empty takes it away,
    None leaves it.
    """

    to: str
    notice: str = ""
    session: str | None = field(default=None, repr=False)


@frozen
class Download:
    """A file to keep."""

    content: bytes = field(repr=False)
    content_type: str
    filename: str


@frozen
class Content:
    """What is neither a page nor to be kept, as an answer to a program.

    ``headers`` are further ones, as ``Retry-After``.
    """

    content: bytes = field(repr=False)
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = field(factory=dict)


@frozen
class Event:
    """One server-sent event; ``data`` may have several lines."""

    data: str
    name: str = ""
    id: str = ""


@frozen
class Stream:
    """Server-sent events for as long as the browser listens.

    The generator is closed when it stops; its ``finally`` may clean up. After a few
    minutes the stream ends by itself, and the browser asks again.
    """

    events: AsyncGenerator[Event, None]


@frozen
class Trouble:
    """Something is wrong; ``advice`` may say it better than the problem's own."""

    problem: Problem
    advice: str = ""


Answer = Page | Redirect | Download | Content | Stream | Trouble

Handler = Callable[[Visit], Awaitable[Answer]]


@frozen
class Route:
    """An address, by which methods it is asked, who may, and what answers.

    ``path`` may name parts, as in ``/upt/<code>``; they hold no slash. HEAD goes
    where GET goes. ``most_octets`` is the longest body.
    """

    path: str
    methods: tuple[str, ...]
    need: Need
    handler: Handler
    most_octets: int = FORM_OCTETS

    @property
    def has_form(self) -> bool:
        """Whether a form is sent here."""
        return "POST" in self.methods and self.need is not Need.TOKEN


class Area(Protocol):
    """A part of the site."""

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
