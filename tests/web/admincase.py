"""Pages of administration over a small country: units, officers, users with scopes."""

from __future__ import annotations

__all__ = [
    "AMBON",
    "ANI",
    "BUDI",
    "CIPINANG",
    "SALEMBA",
    "AdminCase",
    "Pairs",
    "hidden_of",
    "multipart",
]

import re
from collections.abc import Callable, Iterable, Sequence
from html import unescape
from typing import TypeVar
from urllib.parse import urlencode

from sqlalchemy import select

from smscentre.directory import Directory, Officer, Right, Unit
from smscentre.store.changes import Signature
from smscentre.store.people import load_directory, put_officers, put_units
from smscentre.store.tables import audit
from smscentre.store.transaction import Numbers, Transaction
from smscentre.store.users import add_user
from smscentre.store.websessions import begin_session
from smscentre.users import Role, User
from smscentre.web.sessions import key_of
from tests.web.support import NOW, Answer, Browser, FakeChanger
from tests.web.test_login import LoginTestCase

T = TypeVar("T")

Pairs = Sequence[tuple[str, str]]

_RUTAN = frozenset({"RUTAN"})

CIPINANG = Unit(
    "1203", "LP_CIPINANG2", "Lapas Cipinang", "DKI", _RUTAN | {"BAPAS"}, 880
)
SALEMBA = Unit("1204", "LP_SALEMBA", "Lapas Salemba", "DKI", _RUTAN)
AMBON = Unit("8101", "RT_AMBON", "Rutan Ambon", "MALUKU", _RUTAN)

ANI = Officer("+628111203001", "Ani", "1203", rights=frozenset(Right))
BUDI = Officer("+628118101001", "Budi", "8101", rights=frozenset(Right))

_BOUNDARY = "grens"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


class AdminCase(LoginTestCase):
    """Units and officers of two provinces, and an administrator of the country."""

    def setUp(self) -> None:
        super().setUp()
        self.change_store(lambda t: put_units(t, [CIPINANG, SALEMBA, AMBON]))
        self.change_store(lambda t: put_officers(t, [ANI, BUDI]))
        self.browser = Browser(self.site, Role.ADMIN)

    def change_store(self, action: Callable[[Transaction], T]) -> T:
        """Change the store as another program does."""
        return self.successResultOf(FakeChanger(self.url).perform(action))

    @property
    def directory(self) -> Directory:
        """What is stored now."""
        with self.engine.begin() as connection:
            return load_directory(Transaction(connection, Numbers()))

    def browser_of(self, user: User) -> Browser:
        """A browser in which a user with a scope has logged in."""
        token = f"{user.name:x<43}"

        def add(transaction: Transaction) -> None:
            add_user(transaction, user, "x", Signature("test", "", NOW))
            begin_session(transaction, key_of(token), user.name, NOW)

        self.change_store(add)
        browser = Browser(self.site)
        browser.cookies["sesi"] = token
        return browser

    def in_jakarta(self, role: Role = Role.ADMIN) -> Browser:
        """The browser of somebody who is for Jakarta only."""
        return self.browser_of(User(f"dki-{role.value}", role, provinces=("DKI",)))

    def fill(
        self, page: str, pairs: Pairs, to: str = "", browser: Browser | None = None
    ) -> Answer:
        """Send a form of a page with all its hidden fields; a name may come twice."""
        browser = browser or self.browser
        hidden = hidden_of(browser.get(page))
        given = {name for name, _ in pairs}
        rest = [pair for pair in hidden if pair[0] not in given]
        body = urlencode([*rest, *pairs]).encode()
        return browser.send(to or page, body, "application/x-www-form-urlencoded")

    def upload(
        self,
        page: str,
        content: bytes,
        pairs: Pairs = (),
        browser: Browser | None = None,
    ) -> Answer:
        """Send a file by a form of a page."""
        browser = browser or self.browser
        body = multipart([("csrf", browser.csrf(page)), *pairs], content)
        return browser.send(page, body, f"multipart/form-data; boundary={_BOUNDARY}")

    def details(self, action: str) -> list[str]:
        """What the audit log says of all actions of a name."""
        query = select(audit.c.detail).where(audit.c.action == action)
        with self.engine.begin() as connection:
            return [*connection.execute(query.order_by(audit.c.id)).scalars()]


def hidden_of(page: Answer) -> list[tuple[str, str]]:
    """The hidden fields of a page, each once."""
    found = dict(_HIDDEN.findall(page.text))
    return [(name, unescape(value)) for name, value in found.items()]


def multipart(pairs: Iterable[tuple[str, str]], content: bytes) -> bytes:
    """The body of a form with a file."""
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in pairs
    ]
    head = (
        'Content-Disposition: form-data; name="berkas"; filename="daftar.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    )
    parts.append(head.encode() + content)
    lines = [b"--" + _BOUNDARY.encode() + b"\r\n" + part + b"\r\n" for part in parts]
    return b"".join([*lines, b"--" + _BOUNDARY.encode() + b"--\r\n"])
