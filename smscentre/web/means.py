"""What the areas of the site work with, handed to each of them as one value."""

from __future__ import annotations

__all__ = ["Changer", "Desk", "Means", "Programs", "Reader", "unless_away"]

import datetime
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from attrs import Factory, field, frozen
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from smscentre.corrections import Correction, TakingBack, Verdict
from smscentre.deadlines.schedule import Schedule
from smscentre.directory import Directory
from smscentre.moments import TraceStyle
from smscentre.passwords import Passwords, Run
from smscentre.posting import Post
from smscentre.sections import WebConfig
from smscentre.store.engine import is_outage
from smscentre.store.pages import ReadConnection
from smscentre.store.people import DirectoryReader
from smscentre.store.transaction import Transaction
from smscentre.web.service import Service
from smscentre.web.status import StatusSource

T = TypeVar("T")


class Reader(Protocol):
    """Runs reads of the store away from the reactor's thread."""

    def read(self, action: Callable[[ReadConnection], T]) -> Deferred[T]:
        """Run a function on a connection that only reads."""


class Changer(Protocol):
    """Runs changes of the store in the writer's thread."""

    def perform(self, action: Callable[[Transaction], T]) -> Deferred[T]:
        """Run a function in a transaction; fires once it is committed."""


class Desk(Protocol):
    """Does in the writer's thread what users of the pages wish of figures."""

    def correct(
        self, transaction: Transaction, correction: Correction, now: float
    ) -> Verdict:
        """Have figures hold, unless something speaks against it."""

    def take_back(
        self, transaction: Transaction, wish: TakingBack, now: float
    ) -> Verdict:
        """Have hold what held before, unless something speaks against it."""


class LoginCounter(Protocol):
    """Hears how logins end."""

    def login(self, outcome: str) -> None:
        """A login was ``right``, ``wrong`` or ``limited``."""


@frozen
class Programs:
    """What programs may do: requests a minute of a token (0: no limit), and sending."""

    requests_per_minute: int = 120
    post: Post = field(factory=Post)


@frozen
class Means:
    """What a site is made of. ``zone`` is the centre's; moments are since 1970.

    ``long_reader`` is for reports that take seconds, ``search_reader`` for searches
    of messages: one read at a time of each, and few that wait.
    ``make`` runs in a thread what would keep the reactor waiting, as long pages do;
    ``directory`` gives units and officers to who reads in a reader's thread. By
    ``country`` national numbers are read; ``own_numbers`` are the centre's.
    """

    status: StatusSource
    reader: Reader
    changer: Changer
    passwords: Passwords
    make: Run
    logins: LoginCounter
    zone: ZoneInfo
    clock: IReactorTime
    wall_clock: Callable[[], float]
    config: WebConfig
    desk: Desk
    country: str = "ID"
    own_numbers: frozenset[str] = frozenset()
    schedule: Schedule = field(factory=lambda: Schedule({}))
    directory: DirectoryReader = field(factory=DirectoryReader)
    service: Service = field(
        default=Factory(lambda self: Service(TraceStyle(self.zone)), takes_self=True)
    )
    programs: Programs = field(factory=Programs)
    long_reader: Reader = field(
        default=Factory(lambda self: self.reader, takes_self=True)
    )
    search_reader: Reader = field(
        default=Factory(lambda self: self.reader, takes_self=True)
    )

    def now(self) -> datetime.datetime:
        """The moment on the centre's clocks. Any thread."""
        return datetime.datetime.fromtimestamp(self.wall_clock(), self.zone)

    async def current_directory(self) -> Directory:
        """Units and officers as they are stored now, where nothing else is read."""
        return await self.reader.read(self.directory.current)


async def unless_away(result: Awaitable[T]) -> T | None:
    """What was read, None while the database cannot be used."""
    try:
        return await result
    except Exception as error:
        if not is_outage(error):
            raise
        return None
