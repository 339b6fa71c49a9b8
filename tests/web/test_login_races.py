"""What happens to a password while one is being checked, which takes a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve
from sqlalchemy import Connection
from twisted.internet.defer import Deferred, succeed

from smscentre.passwords import Passwords, password_hash
from smscentre.store.changes import Signature
from smscentre.store.users import account_named, set_hash
from smscentre.users import Role
from smscentre.web.sessions import Sessions
from smscentre.web.site import site
from tests.web.support import NOW, PASSWORD, Browser, FakeChanger, FakeReader, words_of
from tests.web.test_login import OTHER, LoginTestCase

_OTHER_HASH = password_hash(OTHER)


class OvertakenTests(LoginTestCase):
    """A password that is changed while another browser's is being checked."""

    def setUp(self) -> None:
        super().setUp()
        self.overtaken = False
        self.site = site(evolve(self.means, passwords=Passwords(self.run_slowly)))

    def run_slowly(self, action: Callable[[], Any]) -> Deferred[Any]:
        """Check a password; its owner changes it at this very moment."""
        result = action()
        if self.overtaken:
            signature = Signature("test", "", NOW)
            FakeChanger(self.url).perform(
                lambda store: set_hash(store, "viewer", _OTHER_HASH, signature)
            )
        return succeed(result)

    def test_login(self) -> None:
        """The old one opens nothing any more: its sessions have ended."""
        browser = Browser(self.site)
        csrf = browser.csrf("/masuk")
        self.overtaken = True
        form = {"csrf": csrf, "nama": "viewer", "sandi": PASSWORD}
        self.assertEqual(browser.post("/masuk", form).status, 403)
        self.assertFalse(self.in_as(browser))
        self.assertEqual(self.outcomes, ["wrong"])

    def test_another_change(self) -> None:
        """What was set meanwhile holds: who knows the old one cannot undo it."""
        browser = Browser(self.site, Role.VIEWER)
        form = {"lama": PASSWORD, "baru": "x" * 12, "ulang": "x" * 12}
        form["csrf"] = browser.csrf("/akun")
        self.overtaken = True
        self.assertIn("Kata sandi lama salah", words_of(browser.post("/akun", form)))
        with self.engine.begin() as connection:
            account = account_named(connection, "viewer")
        assert account is not None
        self.assertEqual(account.hash, _OTHER_HASH)


class SlowReader:
    """Reads at once what there is, and tells of it when the test says so."""

    def __init__(self, reader: FakeReader) -> None:
        self._reader = reader
        self._told: list[tuple[Deferred[Any], Deferred[Any]]] = []

    def read(self, action: Callable[[Connection], Any]) -> Deferred[Any]:
        """Run a read."""
        self._told.append((self._reader.read(action), Deferred()))
        return self._told[-1][1]

    def tell(self) -> None:
        """Tell what was read."""
        told, self._told = self._told, []
        for found, result in told:
            found.chainDeferred(result)


class LateReadTests(LoginTestCase):
    """A page that is asked for as its user logs out."""

    def test_who_has_logged_out_is_not_remembered(self) -> None:
        """Or he would be known while the database is away, for a quarter of an hour."""
        with self.engine.begin() as connection:
            account = account_named(connection, "viewer")
        assert account is not None
        reader = SlowReader(self.reader)
        sessions = Sessions(evolve(self.means, reader=reader))
        begun = Deferred.fromCoroutine(sessions.begin("viewer", account.hash, ""))
        token = self.successResultOf(begun)
        assert token is not None
        asked = Deferred.fromCoroutine(sessions.user(token, reading=True))
        self.successResultOf(Deferred.fromCoroutine(sessions.end(token)))
        reader.tell()
        self.successResultOf(asked)
        self.assertIsNone(sessions.remembered(token))
