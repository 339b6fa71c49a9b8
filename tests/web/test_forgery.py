"""What keeps other sites from sending our forms."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.web.forgery import Sender, csrf_of, is_own, read_signed, signed
from tests.web.support import Browser, words_of
from tests.web.test_login import LoginTestCase

HOST = "sms.example:8080"


class SenderTests(SynchronousTestCase):
    """From where a browser says that a form comes."""

    def test_own(self) -> None:
        """The same host, whoever took TLS off; or nothing said at all."""
        for origin, site in (
            (f"http://{HOST}", "same-origin"),
            (f"https://{HOST}", "none"),
            (f"HTTP://{HOST.upper()}", ""),
            ("", "same-origin"),
            ("", ""),
        ):
            self.assertTrue(is_own(Sender(origin, site, HOST), ""), (origin, site))

    def test_foreign(self) -> None:
        """Another host, port or nobody; or what the browser calls another site."""
        for origin, site in (
            ("http://evil.example", ""),
            ("http://sms.example", ""),
            ("http://sms.example:8080.evil.example", ""),
            (f"http://evil@{HOST}", ""),
            ("null", ""),
            ("http://[", ""),
            (f"http://{HOST}", "cross-site"),
            (f"http://{HOST}", "same-site"),
            ("", "cross-site"),
        ):
            self.assertFalse(is_own(Sender(origin, site, HOST), ""), (origin, site))

    def test_public_url(self) -> None:
        """Where it is given, only that counts."""
        url = "https://sms.example"
        self.assertTrue(is_own(Sender("https://sms.example", "", "inner:8080"), url))
        for origin in ("http://sms.example", "http://inner:8080", "null"):
            self.assertFalse(is_own(Sender(origin, "", "inner:8080"), url), origin)


class SignedTests(SynchronousTestCase):
    """Notices in a cookie."""

    def test_round_trip(self) -> None:
        """Any text comes back."""
        for text in ("x", "Sudah disimpan: <b>\u00fc\u20ac</b>", "a" * 300):
            self.assertEqual(read_signed(signed(text, "token"), "token"), text)

    def test_made_up(self) -> None:
        """Nobody else can have a page say something."""
        value = signed("Sudah disimpan", "token")
        for other in ("", ".", "x", value[:-1], "A" + value, signed("y", "z")):
            self.assertEqual(read_signed(other, "token"), "", other)
        self.assertEqual(read_signed(value, "another"), "")

    def test_tokens_are_not_exchanged(self) -> None:
        """The token of forms does not tell that of the session."""
        self.assertNotIn("secret", csrf_of("secret"))
        self.assertNotEqual(csrf_of("a"), csrf_of("b"))


class FormTests(LoginTestCase):
    """The door, with a form that needs a login and one that does not."""

    def setUp(self) -> None:
        super().setUp()
        self.browser.log_in("viewer")

    def leave(self, **headers: str) -> int:
        """Send the form to log out, with headers of a browser's own."""
        form = {"csrf": self.browser.csrf("/akun")}
        return self.browser.post("/keluar", form, **headers).status

    def test_token_missing_or_wrong(self) -> None:
        """The form is refused and does nothing."""
        other = Browser(self.site)
        other.log_in("data")
        for token in (
            "",
            "x",
            "\u00e4",
            other.csrf("/akun"),
            self.browser.cookies["sesi"],
        ):
            answer = self.browser.post("/keluar", {"csrf": token} if token else {})
            self.assertEqual(answer.status, 403)
            self.assertIn("Formulir sudah tidak berlaku", words_of(answer))
        self.assertTrue(self.in_as(self.browser))

    def test_token_in_the_address(self) -> None:
        """It counts in the form only."""
        token = self.browser.csrf("/akun")
        answer = self.browser.post(f"/keluar?csrf={token}", {})
        self.assertEqual(answer.status, 403)

    def test_foreign_pages(self) -> None:
        """Even with the right token a form of another site is refused."""
        for headers in (
            {"Origin": "https://evil.example", "Sec-Fetch-Site": ""},
            {"Origin": "null", "Sec-Fetch-Site": ""},
            {"Origin": "", "Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ):
            self.assertEqual(self.leave(**headers), 403, headers)
        self.assertTrue(self.in_as(self.browser))

    def test_old_browsers(self) -> None:
        """What says nothing of its origin has the token to go by."""
        self.assertEqual(self.leave(**{"Origin": "", "Sec-Fetch-Site": ""}), 303)

    def test_login_too(self) -> None:
        """Nobody is logged in as somebody else by another site."""
        stranger = Browser(self.site)
        form = {"nama": "data", "sandi": "kata-sandi-panjang"}
        self.assertEqual(stranger.post("/masuk", form).status, 403)
        self.assertEqual(stranger.post("/masuk", {"csrf": "", **form}).status, 403)
        stranger.get("/masuk")
        self.assertEqual(stranger.post("/masuk", {"csrf": "x", **form}).status, 403)

    def test_by_get(self) -> None:
        """A form's address cannot be followed as a link."""
        answer = self.browser.get("/keluar")
        self.assertEqual((answer.status, answer.headers["allow"]), (405, "POST"))
        self.assertTrue(self.in_as(self.browser))

    def test_other_methods(self) -> None:
        """Nothing else reaches a handler."""
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
            answer = self.browser.get("/akun", method=method)
            self.assertIn(answer.status, (405, 501), method)
