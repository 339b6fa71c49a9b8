"""A program that uses the API: tokens, requests and answers as values."""

from __future__ import annotations

__all__ = ["EVERYTHING", "ApiTestCase", "Program", "make_token"]

import atexit
import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from shutil import copy, rmtree
from tempfile import mkdtemp
from typing import Any, TypeVar

from attrs import evolve, frozen
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.server import Site

from smscentre.store.changes import Signature
from smscentre.store.engine import reading_engine
from smscentre.store.tokens import add_token
from smscentre.store.transaction import Transaction
from smscentre.store.users import add_user
from smscentre.tokens import ApiToken, TokenScope, new_token, token_hash
from smscentre.users import Role, User
from smscentre.web.api.faults import PREFIX
from smscentre.web.means import Means
from smscentre.web.site import site
from tests.prepared import make_store
from tests.texted import Texted, unit
from tests.web.support import NOW, Answer, FakeChanger, FakeReader, ask, means_of

T = TypeVar("T")

EVERYTHING = frozenset(TokenScope)

MAKER = User("pembuat", Role.ADMIN)

TOKEN = ApiToken(0, "uji", EVERYTHING, None, (), MAKER.name, NOW)


def make_token(
    url: str,
    scopes: Iterable[TokenScope] = EVERYTHING,
    *,
    unit: str | None = None,
    provinces: tuple[str, ...] = (),
) -> str:
    """Store a token, and give it in clear."""
    token = new_token()
    made = evolve(TOKEN, scopes=frozenset(scopes), unit=unit, provinces=provinces)
    signature = Signature("test", "", NOW)
    FakeChanger(url).perform(
        lambda transaction: add_token(transaction, made, token_hash(token), signature)
    )
    return token


@frozen
class Program:
    """Asks a site by a token, an empty one for none."""

    site: Site
    token: str

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for something beneath ``/api/v1``; a header's ``_`` stands for ``-``."""
        return self.ask("GET", path, headers=headers)

    def json(self, path: str) -> Any:
        """What is found there."""
        answer = self.get(path)
        assert answer.status == 200, f"{path}: {answer.status} {answer.text}"
        return json.loads(answer.body)

    def send(self, body: Any, key: str = "k1", **headers: str) -> Answer:
        """Send an SMS."""
        return self.post("/send", body, Idempotency_Key=key, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        """Send something as JSON, or octets as they are."""
        octets = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Content-Type": "application/json"} | headers
        return self.ask("POST", path, octets, given)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask by any method."""
        return ask(self.site, self.request(method, path, body, headers))

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """The octets of a request."""
        given = {"Host": "localhost"}
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        if body or method == "POST":
            given["Content-Length"] = str(len(body))
        given |= {
            name.replace("_", "-"): text for name, text in (headers or {}).items()
        }
        lines = [f"{method} {PREFIX}{path} HTTP/1.1"]
        lines += [f"{name}: {text}" for name, text in given.items() if text]
        return "\r\n".join([*lines, "", ""]).encode() + body


UNITS = (
    unit("1201", kinds="RUTAN", capacity=100),
    unit("1203", kinds="RUTAN BAPAS RUPBASAN", title="Lapas Cipinang"),
    unit("1301", "JABAR", kinds="RUTAN"),
)


@cache
def _template() -> Path:
    """A store with units, their officers and a maker of tokens, made once."""
    folder = Path(mkdtemp(prefix="smscentre-"))
    atexit.register(rmtree, folder)
    file = folder / "smscentre.db"
    url = f"sqlite:///{file}"
    make_store(url)
    Texted(url, UNITS).close()
    FakeChanger(url).perform(
        lambda transaction: add_user(
            transaction, MAKER, "-", Signature("test", "", NOW)
        )
    )
    return file


class ApiTestCase(SynchronousTestCase):
    """A site over a store with three units, two in the capital, and a token."""

    def setUp(self) -> None:
        folder = Path(mkdtemp(prefix="smscentre-"))
        self.addCleanup(rmtree, folder)
        self.url = f"sqlite:///{copy(_template(), folder)}"
        self.texted = Texted(self.url, ())
        self.addCleanup(self.texted.close)
        engine = reading_engine(self.url)
        self.addCleanup(engine.dispose)
        self.reader = FakeReader(engine)
        self.clock = Clock()
        self.use(evolve(means_of(self.url, self.reader), clock=self.clock))

    def use(self, means: Means) -> None:
        """Have a site made of other means."""
        self.means = means
        self.site = site(means)
        self.program = self.program_with()

    def program_with(
        self,
        scopes: Iterable[TokenScope] = EVERYTHING,
        *,
        unit: str | None = None,
        provinces: tuple[str, ...] = (),
    ) -> Program:
        """A program with a new token."""
        token = make_token(self.url, scopes, unit=unit, provinces=provinces)
        return Program(self.site, token)

    def change(self, action: Callable[[Transaction], T]) -> T:
        """Do something to the store."""
        return self.successResultOf(FakeChanger(self.url).perform(action))

    def problem(self, answer: Answer, status: int, slug: str) -> Any:
        """What an answer tells of a problem, which has to be this one."""
        self.assertEqual(answer.status, status, answer.text)
        kind = answer.headers["content-type"]
        self.assertEqual(kind, "application/problem+json")
        found = json.loads(answer.body)
        self.assertEqual(found["type"], f"{PREFIX}/problems/{slug}")
        self.assertEqual(found["status"], status)
        return found
