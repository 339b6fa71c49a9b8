"""Logging in and out, one's own password, and what ends a session."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from attrs import evolve
from sqlalchemy import select
from twisted.internet.defer import fail
from twisted.trial.unittest import SynchronousTestCase

from smscentre.passwords import Busy, Passwords, password_hash
from smscentre.sections import WebConfig
from smscentre.store.changes import Signature
from smscentre.store.engine import StoreError, reading_engine
from smscentre.store.tables import audit, web_sessions
from smscentre.store.users import account_named, change_user, set_hash
from smscentre.store.websessions import IDLE_S, LONGEST_S, TOUCH_S
from smscentre.users import Role, User
from smscentre.web.login import is_ours
from smscentre.web.site import site
from smscentre.web.tries import WINDOW_S
from tests.prepared import make_store
from tests.web.support import (
    NOW,
    PASSWORD,
    TOKENS,
    Browser,
    FakeChanger,
    FakeLogins,
    FakeReader,
    add_users,
    means_of,
    words_of,
)

OTHER = "kata sandi lain sekali"


class LoginTestCase(SynchronousTestCase):
    """A site over a store of its own, with a user of each role."""

    config = WebConfig()

    def setUp(self) -> None:
        folder = Path(mkdtemp(prefix="smscentre-"))
        self.addCleanup(rmtree, folder)
        self.url = self.new_database(folder)
        make_store(self.url)
        add_users(self.url)
        self.engine = reading_engine(self.url)
        self.addCleanup(self.engine.dispose)
        self.reader = FakeReader(self.engine)
        self.now = NOW
        self.means = means_of(
            self.url, self.reader, wall_clock=lambda: self.now, config=self.config
        )
        self.site = site(self.means)
        self.browser = Browser(self.site)

    def new_database(self, folder: Path) -> str:
        """The URL of a database that is not there yet, or empty."""
        return f"sqlite:///{folder}/smscentre.db"

    @property
    def outcomes(self) -> list[str]:
        """How logins ended."""
        assert isinstance(self.means.logins, FakeLogins)
        return self.means.logins.outcomes

    def audited(self) -> list[tuple[str, str, str]]:
        """Actor, action and subject of every row of the audit log."""
        query = select(audit.c.actor, audit.c.action, audit.c.subject)
        with self.engine.begin() as connection:
            return [
                tuple(row) for row in connection.execute(query.order_by(audit.c.id))
            ]

    def in_as(self, browser: Browser) -> bool:
        """Whether a browser may see what needs a login."""
        return browser.get("/akun").status == 200

    def change(self, user: User) -> None:
        """Change a user as an operator at the shell does."""
        FakeChanger(self.url).perform(
            lambda store: change_user(store, user, Signature("test", "", self.now))
        )


class LoginTests(LoginTestCase):
    """The login form."""

    def test_right(self) -> None:
        """Name and password open what needs a login."""
        self.assertFalse(self.in_as(self.browser))
        answer = self.browser.log_in("viewer")
        self.assertEqual((answer.status, answer.headers["location"]), (303, "/"))
        self.assertTrue(self.in_as(self.browser))
        self.assertEqual(self.outcomes, ["right"])

    def test_notice(self) -> None:
        """The next page says that it worked, and the one after no more."""
        self.browser.log_in("viewer")
        self.assertIn("Anda sudah masuk.", self.browser.words("/"))
        self.assertNotIn("Anda sudah masuk.", self.browser.words("/"))

    def test_capital_letters(self) -> None:
        """Telephones begin a name with one."""
        self.browser.log_in(" Viewer ")
        self.assertTrue(self.in_as(self.browser))

    def test_wrong(self) -> None:
        """A wrong password and an unknown name read the same."""
        said = set()
        for name in ("viewer", "nobody", "", "x' OR 1=1", "viewer" * 10):
            answer = self.browser.log_in(name, "salah salah salah")
            self.assertEqual(answer.status, 403)
            said.add(words_of(answer))
        self.assertEqual(len(said), 1)
        self.assertIn("Nama atau kata sandi salah.", said.pop())
        self.assertFalse(self.in_as(self.browser))

    def test_not_active(self) -> None:
        """Who was deactivated is as unknown."""
        self.change(User("viewer", Role.VIEWER, active=False))
        self.assertEqual(self.browser.log_in("viewer").status, 403)
        self.assertFalse(self.in_as(self.browser))

    def test_going_on(self) -> None:
        """Who was sent to the login goes on to where he wanted."""
        sent = self.browser.get("/gateway").headers["location"]
        self.assertEqual(sent, "/masuk?ke=/gateway")
        self.assertIn('name="ke" value="/gateway"', self.browser.get(sent).text)
        answer = self.browser.log_in("operator", to="/gateway")
        self.assertEqual(answer.headers["location"], "/gateway")

    def test_going_on_to_what_was_asked_for(self) -> None:
        """With all its fields, unless they are too many to be handed on."""
        wanted = "/laporan/rutan?tanggal=2024-05-13&cari=a+%26+b"
        sent = self.browser.get(wanted).headers["location"]
        form = unescape(self.browser.get(sent).text)
        self.assertIn(f'name="ke" value="{wanted}"', form)
        answer = self.browser.log_in("viewer", to=wanted)
        self.assertEqual(answer.headers["location"], wanted)
        long = f"/laporan/rutan?cari={'a' * 2000}"
        sent = Browser(self.site).get(long).headers["location"]
        self.assertEqual(sent, "/masuk?ke=/laporan/rutan")

    def test_going_elsewhere(self) -> None:
        """Nobody is sent to another site."""
        for path in ("//evil.example", "/\\evil", "https://evil.example", "/a\r\nb"):
            self.assertFalse(is_ours(path), path)
            answer = Browser(self.site).log_in("viewer", to=path)
            self.assertEqual(answer.headers["location"], "/")

    def test_audited(self) -> None:
        """Logins, failures of known names and logouts stand in the audit log."""
        before = len(self.audited())
        self.browser.log_in("viewer", "salah salah salah")
        self.browser.log_in("nobody")
        self.browser.log_in("viewer")
        self.browser.submit("/akun", {}, to="/keluar")
        self.assertEqual(
            self.audited()[before:],
            [
                ("web:viewer", "login.failed", "viewer"),
                ("web:viewer", "login", "viewer"),
                ("web:viewer", "logout", "viewer"),
            ],
        )

    def test_without_the_database(self) -> None:
        """Nobody is told that a password is wrong which cannot be read."""
        form = {"csrf": self.browser.csrf("/masuk"), "nama": "viewer", "sandi": "x"}
        self.reader.error = StoreError("away")
        self.assertEqual(self.browser.post("/masuk", form).status, 503)


class LimitTests(LoginTestCase):
    """Guessing is slow."""

    def guess(self, name: str, times: int) -> list[int]:
        """Try wrong passwords; gives the statuses."""
        return [self.browser.log_in(name, "salah" * 3).status for _ in range(times)]

    def test_by_name(self) -> None:
        """After ten failures even the right password has to wait."""
        self.assertEqual(self.guess("viewer", 11), [403] * 10 + [429])
        answer = self.browser.log_in("viewer")
        self.assertEqual(answer.status, 429)
        self.assertIn("Terlalu banyak percobaan masuk", answer.text)
        self.assertIn("15 menit", answer.text)
        self.assertEqual(self.outcomes[-1], "limited")
        self.now += WINDOW_S
        self.assertEqual(self.browser.log_in("viewer").status, 303)

    def test_unknown_names_have_it_too(self) -> None:
        """Or the limit would tell which names exist."""
        self.assertEqual(self.guess("nobody", 11)[-1], 429)

    def test_long_names(self) -> None:
        """What is typed for a name is counted, and so kept: no more than a name."""
        answer = self.browser.log_in("n" * 60_000)
        self.assertEqual(answer.status, 403)
        self.assertLess(len(answer.text), 5_000)

    def test_by_address(self) -> None:
        """Many names from one address are one guesser."""
        statuses = [self.guess(f"name{number}", 1)[0] for number in range(31)]
        self.assertEqual(statuses, [403] * 30 + [429])

    def test_success_forgets(self) -> None:
        """Who knows his password is not limited by what he mistyped before."""
        self.guess("viewer", 9)
        self.assertEqual(self.browser.log_in("viewer").status, 303)
        self.browser = Browser(self.site)
        self.assertEqual(self.guess("viewer", 2), [403, 403])


class SessionTests(LoginTestCase):
    """How a session begins and ends."""

    def setUp(self) -> None:
        super().setUp()
        self.browser.log_in("viewer")

    def test_only_a_hash_is_stored(self) -> None:
        """Who reads the database cannot use what he finds."""
        token = self.browser.cookies["sesi"]
        with self.engine.begin() as connection:
            rows = connection.execute(select(web_sessions)).all()
        self.assertNotIn(token, str(rows))

    def test_fixed_before(self) -> None:
        """The token from before the login opens nothing: a new one is given."""
        other = Browser(self.site)
        other.get("/masuk")
        before = other.cookies["sesi"]
        other.log_in("viewer")
        self.assertNotEqual(other.cookies["sesi"], before)
        thief = Browser(self.site)
        thief.cookies["sesi"] = before
        self.assertFalse(self.in_as(thief))

    def test_another_login_ends_the_one_before(self) -> None:
        """In the same browser."""
        before = self.browser.cookies["sesi"]
        form = {"csrf": self.browser.csrf("/akun"), "nama": "data", "sandi": PASSWORD}
        self.browser.post("/masuk", form)
        self.assertNotEqual(self.browser.cookies["sesi"], before)
        self.browser.cookies["sesi"] = before
        self.assertFalse(self.in_as(self.browser))

    def test_idle(self) -> None:
        """Two hours without a page end it; a page in between does not."""
        for _ in range(3):
            self.now += IDLE_S - TOUCH_S
            self.assertTrue(self.in_as(self.browser))
        self.now += IDLE_S
        self.assertFalse(self.in_as(self.browser))

    def test_longest(self) -> None:
        """Twelve hours end it however often it is used."""
        while self.now < NOW + LONGEST_S - 3600:
            self.now += 3600
            self.assertTrue(self.in_as(self.browser), self.now - NOW)
        self.now = NOW + LONGEST_S
        self.assertFalse(self.in_as(self.browser))

    def test_logout(self) -> None:
        """The token is worth nothing afterwards, and the browser forgets it."""
        token = self.browser.cookies["sesi"]
        answer = self.browser.submit("/akun", {}, to="/keluar")
        self.assertEqual((answer.status, answer.headers["location"]), (303, "/masuk"))
        self.assertNotIn("sesi", self.browser.cookies)
        self.assertIn("Anda sudah keluar.", self.browser.words("/masuk"))
        self.browser.cookies["sesi"] = token
        self.assertFalse(self.in_as(self.browser))

    def test_deactivation(self) -> None:
        """It ends every session at once."""
        self.change(User("viewer", Role.VIEWER, active=False))
        self.assertFalse(self.in_as(self.browser))

    def test_another_role(self) -> None:
        """It holds from the next page on."""
        self.assertEqual(self.browser.get("/gateway").status, 403)
        self.change(User("viewer", Role.OPERATOR))
        self.assertEqual(self.browser.get("/gateway").status, 200)

    def test_another_password(self) -> None:
        """One that an administrator set ends every session."""
        kept = password_hash(OTHER)
        FakeChanger(self.url).perform(
            lambda store: set_hash(store, "viewer", kept, Signature("test", "", NOW))
        )
        self.assertFalse(self.in_as(self.browser))

    def test_any_node(self) -> None:
        """Another node knows the session."""
        other = Browser(site(means_of(self.url, self.reader)))
        other.cookies = dict(self.browser.cookies)
        self.assertTrue(self.in_as(other))

    def test_what_ended_is_removed(self) -> None:
        """With the next login."""
        self.now += LONGEST_S
        Browser(self.site).log_in("data")
        with self.engine.begin() as connection:
            rows = connection.execute(select(web_sessions.c.name)).all()
        self.assertEqual([row.name for row in rows], ["data"])


class CookieTests(LoginTestCase):
    """What the cookie says to the browser."""

    def test_flags(self) -> None:
        """No script reads it, and other sites' forms do not bring it."""
        (cookie,) = self.browser.get("/masuk").cookies
        self.assertTrue(cookie.startswith("sesi="))
        for flag in ("Path=/", "HttpOnly", "SameSite=lax"):
            self.assertIn(flag, cookie)
        for flag in ("Domain", "Expires", "Max-Age"):
            self.assertNotIn(flag, cookie)

    def test_none_without_need(self) -> None:
        """Pages without a form give strangers none."""
        self.assertEqual(self.browser.get("/nothing").cookies, ())
        self.assertEqual(self.browser.get("/static/style.css").cookies, ())

    def test_odd_ones_are_ignored(self) -> None:
        """What is no token is as none."""
        for value in ("", "x", "x" * 44, "a b", "\u00e4" * 43, "../../x"):
            self.browser.cookies["sesi"] = value
            self.assertFalse(self.in_as(self.browser), value)


class TLSCookieTests(LoginTestCase):
    """The cookie where browsers come by TLS."""

    config = WebConfig(public_url="https://sms.example")

    def test_flags(self) -> None:
        """It goes by TLS only, and nobody but this host can set it."""
        (cookie,) = self.browser.get("/masuk").cookies
        self.assertTrue(cookie.startswith("__Host-sesi="))
        self.assertIn("Secure", cookie.split("; "))

    def test_login(self) -> None:
        """It works as without."""
        form = {"csrf": self.browser.csrf("/masuk"), "nama": "data", "sandi": PASSWORD}
        self.browser.post("/masuk", form, Origin="https://sms.example")
        self.assertTrue(self.in_as(self.browser))


class AccountTests(LoginTestCase):
    """One's own password."""

    def setUp(self) -> None:
        super().setUp()
        self.browser.log_in("viewer")

    def give(self, old: str, new: str, again: str) -> str:
        """Send the form; the text of the answer."""
        form = {"lama": old, "baru": new, "ulang": again}
        return words_of(self.browser.submit("/akun", form))

    def test_changed(self) -> None:
        """The new one is right from then on, the old one wrong."""
        self.give(PASSWORD, OTHER, OTHER)
        self.assertIn("Kata sandi sudah diganti.", self.browser.words("/akun"))
        self.assertEqual(Browser(self.site).log_in("viewer").status, 403)
        self.assertEqual(Browser(self.site).log_in("viewer", OTHER).status, 303)

    def test_others_are_logged_out(self) -> None:
        """But not the browser that did it, which has a new token."""
        other = Browser(self.site, Role.VIEWER)
        before = self.browser.cookies["sesi"]
        self.assertTrue(self.in_as(other))
        self.give(PASSWORD, OTHER, OTHER)
        self.assertFalse(self.in_as(other))
        self.assertTrue(self.in_as(self.browser))
        self.assertNotEqual(self.browser.cookies["sesi"], before)

    def test_refused(self) -> None:
        """Each fault is said at its field."""
        cases = [
            ("salah", OTHER, OTHER, "Kata sandi lama salah."),
            (PASSWORD, "pendek", "pendek", "paling sedikit 10 karakter."),
            (PASSWORD, "viewer12345", "viewer12345", "tidak boleh hanya nama"),
            (PASSWORD, "x" * 201, "x" * 201, "paling banyak 200 karakter."),
            (PASSWORD, OTHER, OTHER + "x", "Kedua kata sandi baru tidak sama."),
        ]
        for old, new, again, fault in cases:
            self.assertIn(fault, self.give(old, new, again))
        with self.engine.begin() as connection:
            account = account_named(connection, "viewer")
        assert account is not None
        self.assertEqual(account.hash_set_at, NOW)
        self.assertEqual(Browser(self.site).log_in("viewer").status, 303)

    def test_the_old_one_cannot_be_guessed_here(self) -> None:
        """Failures count as at the login."""
        for _ in range(10):
            self.give("salah", OTHER, OTHER)
        self.assertIn("Terlalu banyak percobaan", self.give(PASSWORD, OTHER, OTHER))

    def test_a_flood(self) -> None:
        """While too many passwords wait, it is to be tried later."""
        flooded = Passwords(lambda action: fail(Busy("too many wait")))
        browser = Browser(site(evolve(self.means, passwords=flooded)), Role.VIEWER)
        form = {"lama": PASSWORD, "baru": OTHER, "ulang": OTHER}
        answer = browser.submit("/akun", form)
        self.assertEqual(answer.status, 503)
        self.assertEqual(answer.headers["retry-after"], "15")

    def test_who_one_is(self) -> None:
        """The page says name and role."""
        self.assertIn("viewer · pembaca laporan", self.browser.words("/akun"))

    def test_tokens_of_tests(self) -> None:
        """Sessions that tests begin are those of the roles."""
        self.assertEqual(len(set(TOKENS.values())), len(Role))
