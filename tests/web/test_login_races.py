"""What happens to a password while one is being checked, which takes a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve
from twisted.internet.defer import Deferred, succeed

from smscentre.passwords import Passwords, password_hash
from smscentre.store.changes import Signature
from smscentre.store.users import account_named, set_hash
from smscentre.users import Role
from smscentre.web.site import site
from tests.web.support import NOW, PASSWORD, Browser, FakeChanger, words_of
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


class CrowdedTests(LoginTestCase):
    """So many passwords are being checked that one more has to wait too long."""

    def setUp(self) -> None:
        super().setUp()
        passwords = Passwords(lambda action: Deferred())
        self.site = site(evolve(self.means, passwords=passwords))
        self.waiting = [
            Deferred.fromCoroutine(passwords.match("x", None)) for _ in range(20)
        ]

    def test_login(self) -> None:
        """It is to be tried again."""
        self.assertEqual(Browser(self.site).log_in("viewer").status, 503)

    def test_another_password(self) -> None:
        """That too, and nothing is broken."""
        browser = Browser(self.site, Role.VIEWER)
        form = {"lama": PASSWORD, "baru": "x" * 12, "ulang": "x" * 12}
        form["csrf"] = browser.csrf("/akun")
        answer = browser.post("/akun", form)
        self.assertEqual(answer.status, 503)
        self.assertIn("Sedang terlalu ramai", words_of(answer))
