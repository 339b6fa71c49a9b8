"""What an attacker tries: odd paths, odd headers, answers that tell too much."""

from __future__ import annotations

from twisted.logger import LogLevel, capturedLogs

from smscentre.sections import WebConfig
from smscentre.store.engine import StoreError
from smscentre.users import Role
from smscentre.web.site import site
from tests.web.support import TOKENS, Browser, FakeChanger, ask, get, words_of
from tests.web.support import Answer as Reply
from tests.web.test_login import LoginTestCase

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "server": "smscentre",
}

TRICKS = (
    "//evil.example/",
    "/\\evil.example/",
    "/./",
    "/../etc/passwd",
    "/%2e%2e/etc/passwd",
    "/static/../../site.py",
    "/static/%2e%2e/site.py",
    "/static/..%2fsite.py",
    "/static//etc/passwd",
    "/static/style.css%00",
    "/gateway%00",
    "/gateway/",
    "/GATEWAY",
    "/gateway;x=1",
    "/%67ateway/.",
    "/admin/../gateway",
    "/%ff%fe",
    "/" + "a" * 4000,
    "/a" * 1000,
)
"""Paths that lead nowhere, to whoever."""


class HeaderTests(LoginTestCase):
    """What every answer carries, whatever went wrong."""

    def answers(self) -> dict[int, Reply]:
        """One answer of each status that the site can give."""
        admin = Browser(self.site, Role.ADMIN)
        form = {"csrf": admin.csrf("/akun")}
        large = self.browser.send("/masuk", b"x" * 70_000, "text/plain")
        found = [
            self.browser.get("/masuk"),
            self.browser.get("/"),
            admin.get("/static/style.css", If_None_Match=self.tag()),
            self.browser.get("/masuk?x=%ff"),
            Browser(self.site, Role.VIEWER).get("/gateway"),
            self.browser.get("/nothing"),
            self.browser.get("/keluar"),
            large,
            admin.post("/akun", form),
            *[self.browser.log_in("viewer", "x" * 10) for _ in range(11)][-1:],
        ]
        self.reader.error = ZeroDivisionError("secret")
        found.append(admin.get("/"))
        self.flushLoggedErrors(ZeroDivisionError)
        self.reader.error = StoreError("secret")
        found.append(Browser(self.site, Role.DATA).get("/"))
        return {answer.status: answer for answer in found}

    def tag(self) -> str:
        """The tag of the style sheet."""
        return self.browser.get("/static/style.css").headers["etag"]

    def test_all_statuses(self) -> None:
        """They are there with each status, and nothing of why is told."""
        answers = self.answers()
        expected = {200, 303, 304, 400, 403, 404, 405, 413, 422, 429, 500, 503}
        self.assertEqual(set(answers), expected)
        for status, answer in answers.items():
            for name, value in HEADERS.items():
                self.assertEqual(answer.headers.get(name), value, (status, name))
            policy = answer.headers["content-security-policy"]
            self.assertIn("default-src 'none'", policy)
            for word in ("secret", "Traceback", "twisted", "klein", "werkzeug"):
                self.assertNotIn(word, answer.text, status)

    def test_problems_are_pages(self) -> None:
        """Whoever is told of a problem can go on from there."""
        for status, answer in self.answers().items():
            if status >= 400:
                self.assertIn('<html lang="id">', answer.text, status)
                self.assertEqual(
                    answer.headers["content-type"], "text/html; charset=utf-8"
                )

    def test_not_kept(self) -> None:
        """No page stays in a browser's memory; files of the site do."""
        for path in ("/masuk", "/nothing", "/gateway"):
            answer = self.browser.get(path)
            self.assertEqual(answer.headers["cache-control"], "no-store", path)

    def test_without_tls(self) -> None:
        """Nobody is told to come by TLS where there is none."""
        self.assertNotIn(
            "strict-transport-security", self.browser.get("/masuk").headers
        )


class TLSTests(LoginTestCase):
    """Where browsers come by TLS."""

    config = WebConfig(public_url="https://sms.example")

    def test_hsts(self) -> None:
        """They are told to go on so."""
        for path in ("/masuk", "/nothing", "/static/style.css"):
            answer = self.browser.get(path)
            self.assertIn("strict-transport-security", answer.headers, path)


class PathTests(LoginTestCase):
    """Paths that look like others."""

    def test_tricks(self) -> None:
        """None leads anywhere, neither strangers nor administrators."""
        for browser in (self.browser, Browser(self.site, Role.ADMIN)):
            for path in TRICKS:
                answer = browser.get(path)
                self.assertEqual(answer.status, 404, path)
                self.assertNotIn("location", answer.headers)

    def test_spelt_otherwise(self) -> None:
        """The same page with some letters as numbers needs the same login."""
        viewer = Browser(self.site, Role.VIEWER)
        for path in ("/%67ateway", "/admin%2fpengguna"):
            self.assertEqual(self.browser.get(path).status, 303, path)
            self.assertEqual(viewer.get(path).status, 403, path)

    def test_other_methods_need_the_same(self) -> None:
        """HEAD tells a stranger no more than GET."""
        answer = self.browser.get("/gateway", method="HEAD")
        self.assertEqual((answer.status, answer.body), (303, b""))

    def test_method_by_header(self) -> None:
        """No header turns one method into another."""
        admin = Browser(self.site, Role.ADMIN)
        for name in ("X_HTTP_Method_Override", "X_HTTP_Method", "X_Method_Override"):
            self.assertEqual(admin.get("/keluar", **{name: "POST"}).status, 405)
        self.assertTrue(self.in_as(admin))

    def test_path_by_header(self) -> None:
        """Nor one path into another."""
        for name in ("X_Original_URL", "X_Rewrite_URL", "X_Forwarded_Prefix"):
            answer = self.browser.get("/masuk", **{name: "/gateway"})
            self.assertIn("<title>Masuk", answer.text)

    def test_whole_addresses(self) -> None:
        """A request as to a proxy is for no page of ours."""
        answer = get(self.site, "http://evil.example/gateway")
        self.assertEqual(answer.status, 404)

    def test_hosts(self) -> None:
        """No page has the name by which it was asked for."""
        for path in ("/masuk", "/", "/nothing"):
            answer = get(self.site, path, Host="evil.example")
            self.assertNotIn("evil.example", answer.text)
            self.assertNotIn("evil.example", str(answer.headers))


class CookieTests(LoginTestCase):
    """Cookies that somebody else made."""

    def test_two(self) -> None:
        """Two of one name are no two chances."""
        for first, second in (("x", TOKENS[Role.DATA]), (TOKENS[Role.DATA], "x")):
            request = (
                "GET /akun HTTP/1.1\r\nHost: localhost\r\n"
                f"Cookie: sesi={first}; sesi={second}\r\n\r\n"
            )
            self.assertIn(ask(self.site, request.encode()).status, (200, 303))

    def test_notice(self) -> None:
        """Nobody else can have a page say something."""
        browser = Browser(self.site, Role.VIEWER)
        for value in ("aGFsbG8", "aGFsbG8.", "aGFsbG8." + "0" * 32, "\u00fc.\u00fc"):
            browser.cookies["kabar"] = value
            self.assertNotIn("hallo", browser.get("/").text)


class TellingTests(LoginTestCase):
    """What answers and logs give away."""

    def test_names_and_passwords_are_not_logged(self) -> None:
        """Neither what was typed into a form nor a token."""
        with capturedLogs() as events:
            self.browser.log_in("rahasia-nama", "rahasia-sandi")
            self.browser.log_in("viewer")
            self.browser.get("/akun?rahasia-query=1")
            Browser(self.site, Role.VIEWER).get("/gateway")
        logged = str(events)
        for word in ("rahasia", self.browser.cookies["sesi"], TOKENS[Role.VIEWER]):
            self.assertNotIn(word, logged)

    def test_passwords_are_not_shown_again(self) -> None:
        """A form that comes back has the name and no password."""
        answer = self.browser.log_in("viewer", "rahasia-sandi")
        self.assertIn('value="viewer"', answer.text)
        self.assertNotIn("rahasia-sandi", answer.text)

    def test_broken_change(self) -> None:
        """What fails while storing is logged, and the page says nothing of it."""
        admin = Browser(self.site, Role.ADMIN)
        form = {"csrf": admin.csrf("/akun")}
        assert isinstance(self.means.changer, FakeChanger)
        self.means.changer.error = ZeroDivisionError("rahasia")
        with capturedLogs() as events:
            answer = admin.post("/keluar", form)
        self.assertEqual(answer.status, 500)
        self.assertNotIn("rahasia", answer.text)
        self.assertIn(LogLevel.critical, [event["log_level"] for event in events])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_who_is_logged_in_on_problem_pages(self) -> None:
        """A page that is not there still has one's own line at the top."""
        admin = Browser(self.site, Role.ADMIN)
        admin.get("/")
        words = words_of(admin.get("/nothing"))
        self.assertIn("Keluar", words)
        self.assertIn("Halaman tidak ada", words)
        self.assertIn("Masuk", words_of(self.browser.get("/nothing")))

    def test_logging_out_from_a_problem_page(self) -> None:
        """Its form works as any other."""
        admin = Browser(self.site, Role.ADMIN)
        admin.get("/")
        self.assertEqual(admin.submit("/nothing", {}, to="/keluar").status, 303)
        self.assertFalse(self.in_as(admin))


class SitesTests(LoginTestCase):
    """Two sites over one store, as two nodes are."""

    def test_logout_on_another_node(self) -> None:
        """It holds at once on every node."""
        browser = Browser(self.site, Role.VIEWER)
        other = Browser(site(self.means), Role.VIEWER)
        self.assertTrue(self.in_as(browser))
        other.submit("/akun", {}, to="/keluar")
        self.assertFalse(self.in_as(browser))
