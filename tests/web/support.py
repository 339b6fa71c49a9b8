"""A browser without a network: raw requests into a site, parsed answers out."""

from __future__ import annotations

__all__ = [
    "NOW",
    "OWN_NUMBER",
    "PASSWORD",
    "TOKENS",
    "WIB",
    "Answer",
    "Browser",
    "FakeChanger",
    "FakeLogins",
    "FakeReader",
    "FakeStatus",
    "add_session",
    "add_users",
    "Wire",
    "ask",
    "get",
    "means_of",
    "peer",
    "post_of",
    "words_of",
]

import re
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from typing import Any, TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from attrs import define, field, frozen
from sqlalchemy import Connection, Engine
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import connectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.web.server import Site

from smscentre.commands.asker import Rules
from smscentre.commands.forms import FIELDS, KIND_OF
from smscentre.composing import PartStyle
from smscentre.desk import Desk
from smscentre.passwords import Passwords, password_hash
from smscentre.posting import Post
from smscentre.sections import WebConfig
from smscentre.store.changes import Signature
from smscentre.store.engine import writing_engine
from smscentre.store.ledger import StoreLedger
from smscentre.store.people import load_directory
from smscentre.store.transaction import Numbers, Transaction
from smscentre.store.users import add_user
from smscentre.store.websessions import begin_session
from smscentre.users import Role, User
from smscentre.web.means import Means, Programs
from smscentre.web.sessions import key_of
from smscentre.web.status import LimitStatus, LinkStatus, WriterStatus

T = TypeVar("T")

WIB = ZoneInfo("Asia/Jakarta")

NOW = 1715649330.0
"""Tuesday 14 May 2024, 08.15.30 WIB; an hour past midnight UTC."""

_HOST = "127.0.0.1"


def peer(host: str = _HOST) -> IAddress:
    """The address of a browser's end of a connection."""
    return IPv4Address("TCP", host, 50000)


@frozen
class Answer:
    """One answer as a browser would read it. Names of headers are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    closed: bool
    cookies: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Wire:
    """One connection to a site, on which octets may come in any pieces."""

    def __init__(self, site: Site, host: str = _HOST) -> None:
        address = peer(host)
        self.transport = StringTransport(peerAddress=address)
        self._protocol: Any = site.buildProtocol(address)
        self._protocol.makeConnection(self.transport)

    def send(self, octets: bytes) -> None:
        """Send some octets."""
        self._protocol.dataReceived(octets)

    def answer(self) -> Answer:
        """The answer that has come."""
        return _parse(self.transport)

    def close(self) -> None:
        """End the connection, so that no time limit and no stream is left."""
        self._protocol.connectionLost(connectionDone)


def ask(site: Site, request: bytes) -> Answer:
    """Send the octets of a request and read the answer."""
    wire = Wire(site)
    wire.send(request)
    answer = wire.answer()
    wire.close()
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
    cookies: list[str] = []
    for line in lines:
        name, _, text = line.partition(":")
        if name.lower() == "set-cookie":
            cookies.append(text.strip())
            continue
        assert name.lower() not in headers, f"header {name} came twice"
        headers[name.lower()] = text.strip()
    if headers.get("transfer-encoding") == "chunked":
        body = _joined(body)
    status = int(first.split()[1])
    return Answer(status, headers, body, transport.disconnecting, tuple(cookies))


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


@define
class FakeChanger:
    """Runs changes at once in transactions of their own, or fails them all."""

    url: str
    error: Exception | None = None

    def perform(self, action: Callable[[Transaction], T]) -> Deferred[T]:
        """Run a change."""
        if self.error is not None:
            return fail(self.error)
        engine = writing_engine(self.url)
        try:
            with engine.begin() as connection:
                transaction = Transaction(connection, Numbers())
                result = action(transaction)
                transaction.flush()
            return succeed(result)
        except Exception as error:
            return fail(error)
        finally:
            engine.dispose()


@define
class FakeLogins:
    """Remembers how logins ended."""

    outcomes: list[str] = field(factory=list)

    def login(self, outcome: str) -> None:
        """Note one."""
        self.outcomes.append(outcome)


OWN_NUMBER = "+622170252704"
"""That of the centre."""

PASSWORD = "kata-sandi-panjang"
"""The password of every user that `add_users` makes."""

_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

_HASH = password_hash(PASSWORD, _CHEAP)

TOKENS = {role: f"{role.value:x<43}" for role in Role}
"""The token of the session that each role's user has."""


def add_users(url: str, at: float = NOW) -> None:
    """Store a user for each role, by its name, who has logged in by its token."""

    def add(transaction: Transaction) -> None:
        for role in Role:
            user = User(role.value, role)
            add_user(transaction, user, _HASH, Signature("test", "", at))
            begin_session(transaction, key_of(TOKENS[role]), user.name, at)

    FakeChanger(url).perform(add).addErrback(lambda failure: failure.raiseException())


def add_session(url: str, user: User, at: float = NOW) -> str:
    """Store a user who has logged in; the token of the session."""
    token = f"{user.name:x<43}"

    def add(transaction: Transaction) -> None:
        add_user(transaction, user, _HASH, Signature("test", "", at))
        begin_session(transaction, key_of(token), user.name, at)

    FakeChanger(url).perform(add).addErrback(lambda failure: failure.raiseException())
    return token


def means_of(
    url: str,
    reader: FakeReader,
    status: FakeStatus | None = None,
    *,
    wall_clock: Callable[[], float] = lambda: NOW,
    config: WebConfig | None = None,
    programs: Programs | None = None,
) -> Means:
    """What a site needs, over a real store."""
    return Means(
        status or FakeStatus(),
        reader,
        FakeChanger(url),
        Passwords(lambda action: succeed(action()), _CHEAP),
        lambda action: succeed(action()),
        FakeLogins(),
        WIB,
        Clock(),
        wall_clock,
        config or WebConfig(),
        Desk(Rules(7, WIB, "flag"), new_ledger),
        programs=programs or Programs(0, post_of()),
        country="ID",
        own_numbers=frozenset({OWN_NUMBER}),
    )


def post_of(queued: Callable[[str, int], None] = lambda link, parts: None) -> Post:
    """How programs send, by one link that takes two parts at most."""
    return Post(
        lambda number: "carrier",
        {"carrier": PartStyle(max_parts=2)},
        queued,
        {"+622170252704"},
        3600.0,
    )


def new_ledger(transaction: Transaction) -> StoreLedger:
    """The ledger of a transaction in which no text arrives."""
    directory = load_directory(transaction)
    return StoreLedger(transaction, directory, FIELDS, KIND_OF, reads_before=True)


class Browser:
    """Keeps cookies, sends forms as a browser does, and follows nothing by itself."""

    def __init__(self, site: Site, role: Role | None = None) -> None:
        """:param role: as whom it has logged in already"""
        self.site = site
        self.cookies: dict[str, str] = {}
        if role is not None:
            self.cookies["sesi"] = TOKENS[role]

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Answer:
        """Ask for a path."""
        return self._keep(
            get(self.site, path, method=method, **self._cookie(), **headers)
        )

    def post(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        """Send a form as it is given, from a page of the site."""
        return self.send(
            path,
            urlencode(form).encode(),
            "application/x-www-form-urlencoded",
            **headers,
        )

    def send(self, path: str, body: bytes, kind: str, **headers: str) -> Answer:
        """Send a body from a page of the site."""
        given = {
            "Host": "localhost",
            "Origin": "http://localhost",
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **self._cookie(),
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        lines = [f"POST {path} HTTP/1.1"]
        lines += [f"{name}: {text}" for name, text in given.items() if text]
        head = "\r\n".join([*lines, "", ""]).encode()
        return self._keep(ask(self.site, head + body))

    def submit(self, page: str, form: Mapping[str, str], to: str = "") -> Answer:
        """Open a page and send a form of it, its token with it."""
        return self.post(to or page, {"csrf": self.csrf(page), **form})

    def agree(self, answer: Answer) -> Answer:
        """Say yes to the question that a page asks, with all that it holds."""
        _, _, form = answer.text.partition("<main")[2].partition("<form ")
        action = re.search(r'action="([^"]*)"', form)
        assert action is not None and "yakin" in form, "the page asks nothing"
        hidden = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form)
        body = urlencode([(name, unescape(value)) for name, value in hidden])
        kind = "application/x-www-form-urlencoded"
        return self.send(unescape(action[1]), body.encode(), kind)

    def csrf(self, page: str) -> str:
        """The token in the forms of a page."""
        found = re.search(r'name="csrf" value="([^"]*)"', self.get(page).text)
        assert found is not None, f"{page} has no form"
        return found[1]

    def log_in(self, name: str, password: str = PASSWORD, to: str = "") -> Answer:
        """Fill the login form in and send it."""
        return self.submit("/masuk", {"nama": name, "sandi": password, "ke": to})

    def words(self, path: str) -> str:
        """The text of a page as it is read, tags and line breaks gone."""
        return words_of(self.get(path))

    def _cookie(self) -> dict[str, str]:
        pairs = [f"{name}={value}" for name, value in self.cookies.items()]
        return {"Cookie": "; ".join(pairs)} if pairs else {}

    def _keep(self, answer: Answer) -> Answer:
        for cookie in answer.cookies:
            pair, *attributes = cookie.split("; ")
            name, _, value = pair.partition("=")
            if "Max-Age=0" in attributes:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer


def words_of(answer: Answer) -> str:
    """The text of a page as it is read."""
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.text).split()))
