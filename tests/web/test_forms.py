"""Forms and queries from octets."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.web.forms import UnreadableError, read_form, read_query
from smscentre.web.routes import FORM_OCTETS, Values
from tests.web.test_login import LoginTestCase

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=xyz"


def part(name: str, content: bytes, filename: str = "") -> bytes:
    """One field of a form in parts."""
    more = f'; filename="{filename}"' if filename else ""
    head = f'--xyz\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def parts(*given: bytes) -> bytes:
    """A form in parts."""
    return b"".join(given) + b"--xyz--\r\n"


class QueryTests(SynchronousTestCase):
    """Fields of an address."""

    def test_fields(self) -> None:
        """First, all and none."""
        values = read_query(b"a=1&b=x+y%26&a=2&c=")
        self.assertEqual(values.get("a"), "1")
        self.assertEqual(values.all("a"), ("1", "2"))
        self.assertEqual(values.get("b"), "x y&")
        self.assertEqual((values.get("c", "-"), values.get("d", "-")), ("", "-"))

    def test_spaces(self) -> None:
        """They are cut off where a field is typed, but not off a password."""
        values = Values({"a": ("  x ",)})
        self.assertEqual((values.get("a"), values.exact("a")), ("x", "  x "))

    def test_unreadable(self) -> None:
        """No text, or endless."""
        for query in (b"a=%ff", b"a=\xff", b"a=%00", b"%00=1", b"a=1&" * 1001):
            self.assertRaises(UnreadableError, read_query, query)


class FormTests(SynchronousTestCase):
    """Bodies of both kinds."""

    def test_urlencoded(self) -> None:
        """Fields; no files."""
        values, files = read_form(f"{URLENCODED}; charset=utf-8", b"a=%C3%BC&b=1&b=2")
        self.assertEqual((values.get("a"), values.all("b")), ("\u00fc", ("1", "2")))
        self.assertEqual(files, {})

    def test_multipart(self) -> None:
        """Fields, and a file as it is."""
        body = parts(part("a", "\u00fc".encode()), part("f", b"\xff\0", "a b.csv"))
        values, files = read_form(MULTIPART, body)
        self.assertEqual(values.get("a"), "\u00fc")
        found = files["f"]
        self.assertEqual((found.filename, found.content), ("a b.csv", b"\xff\0"))

    def test_great_files(self) -> None:
        """A file may be greater than a form."""
        for line in (b"x", b"1203,LP_CIPINANG2,DKI\r\n", b"\r\n--xy"):
            content = line * (4_000_000 // len(line))
            _, files = read_form(MULTIPART, parts(part("f", content, "a.csv")))
            self.assertEqual(files["f"].content, content)

    def test_unreadable(self) -> None:
        """What is no form, or no text, or endless."""
        for kind, body in (
            ("application/json", b"{}"),
            ("", b"a=1"),
            ("text/plain", b"a=1"),
            (URLENCODED, b"a=%00"),
            (URLENCODED, b"\xff=1"),
            (MULTIPART, b"no parts"),
            ("multipart/form-data", parts(part("a", b"1"))),
            (MULTIPART, parts(part("a", b"\xff"))),
            (MULTIPART, parts(part("a", b"1", "a\0.csv"))),
            (MULTIPART, parts(part("a", b"x" * (4 * FORM_OCTETS + 1)))),
            (MULTIPART, parts(*[part("a", b"")] * 1001)),
            (MULTIPART, part("a", b"1")),
        ):
            with self.assertRaises(UnreadableError, msg=(kind, body[:80])):
                read_form(kind, body)


class RequestTests(LoginTestCase):
    """The same by requests."""

    def test_unreadable(self) -> None:
        """The answer is a page that says so, and nothing is logged as broken."""
        for path, body, kind in (
            ("/masuk", b"\xff", URLENCODED),
            ("/masuk", b"{}", "application/json"),
            ("/masuk", b"x", MULTIPART),
            ("/masuk?ke=%ff", b"a=1", URLENCODED),
        ):
            answer = self.browser.send(path, body, kind)
            self.assertEqual(answer.status, 400, (path, body))
            self.assertIn("Permintaan tidak dapat dibaca", answer.text)
        self.assertEqual(self.browser.get("/masuk?ke=%00").status, 400)
        self.assertEqual(self.browser.get("/masuk?x=%ff").status, 400)
