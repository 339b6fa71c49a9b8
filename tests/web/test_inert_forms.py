"""Texts from outside that want to be more than texts."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.web.inert import marked, visible

STEERING = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


def read(text: str) -> str:
    """What a reader sees of a text on a page."""
    return unescape(re.sub(r"<[^>]*>", "", visible(text)))


class VisibleTests(SynchronousTestCase):
    """On a page."""

    def test_plain(self) -> None:
        """It stands as it is, apart from what is around it."""
        self.assertEqual(visible("RUTAN 82 é 你"), "<bdi>RUTAN 82 é 你</bdi>")

    def test_markup(self) -> None:
        """It is text, beside what steers too."""
        for text in ("<script>alert(1)</script>", "<b\u202e>", "a&amp;'\""):
            self.assertNotRegex(visible(text), r"<(?!/?bdi>|span class=|/span>)")
        self.assertEqual(read("a&amp;<b>"), "a&amp;<b>")

    def test_directions(self) -> None:
        """Each sign that turns the writing is shown, with its name."""
        for (
            sign
        ) in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
            shown = visible(f"a{sign}b")
            self.assertNotIn(sign, shown)
            self.assertIn(f">U+{ord(sign):04X}</span>", shown)
            self.assertIn(unicodedata.name(sign), shown)

    def test_controls(self) -> None:
        """Escape, NUL, delete, and what has no width."""
        self.assertEqual(
            read("\x1b[31m\0\x7f\u200b\ufeff"), "U+001B[31mU+0000U+007FU+200BU+FEFF"
        )

    def test_lines(self) -> None:
        """An end is shown in one line, and kept where there is room."""
        for end in ("\n", "\r\n", "\r"):
            self.assertEqual(read(f"a{end}b"), "a\u21b5b")
            self.assertIn("</span><br>b", visible(f"a{end}b", lines=True))
        self.assertEqual(read("a\u2028b"), "aU+2028b")

    @given(st.text())
    def test_nothing_steers(self, text: str) -> None:
        """Whatever comes, no sign of it does anything."""
        for shown in (visible(text), visible(text, lines=True), marked(text)):
            self.assertFalse(STEERING & set(map(unicodedata.category, shown)))
        self.assertNotRegex(visible(text), r"<(?!/?bdi>|span class=|/span>)")


class MarkedTests(SynchronousTestCase):
    """In a file."""

    def test_codes(self) -> None:
        """In brackets, in one line."""
        self.assertEqual(marked("a\u202eb\nc\t"), "a[U+202E]b\u21b5c[U+0009]")
        self.assertEqual(marked("biasa <b>"), "biasa <b>")
