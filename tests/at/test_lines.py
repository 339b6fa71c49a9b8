"""Tests for `smscentre.at.lines`: octets to lines and prompts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.at.lines import Line, LineReader, Overlong, Prompt


def _read(
    pieces: list[bytes], *, prompted: bool = False, octets_most: int = 20
) -> list[Line | Prompt | Overlong]:
    reader = LineReader(octets_most)
    found = []
    for piece in pieces:
        reader.feed(piece)
        while (item := reader.take(prompted=prompted)) is not None:
            found.append(item)
    return found


class LineTests(SynchronousTestCase):
    """Ends of lines, noise, and limits."""

    def test_lines(self) -> None:
        """Blank lines, blanks around one, controls and early noise are no content."""
        cases: tuple[tuple[bytes, list[str]], ...] = (
            (b"\r\nOK\r\n", ["OK"]),
            (b"OK\rOK\nOK\r\n\n\rOK\r", ["OK"] * 4),
            (b"AT+CSQ\r\r\n+CSQ: 3,99 \r\n", ["AT+CSQ", "+CSQ: 3,99"]),
            (b"\0\0\xff\xfe \r\n\x80RDY\r\n", ["RDY"]),
            (b"\x1bAT\r\x11OK\x13\r", ["AT", "OK"]),
            (b'+COPS: 0,0,"\xd8\xe9"\r', ['+COPS: 0,0,"\xd8\xe9"']),
            (b"no end", []),
        )
        for octets, expected in cases:
            lines = [Line(text) for text in expected]
            self.assertEqual(_read([octets]), lines, octets)

    def test_prompt_that_is_due(self) -> None:
        """With its blank or without, it is given at once and only once."""
        for octets in (b"\r\n> ", b"\r\n>", b"\n> \r\n"):
            self.assertEqual(_read([octets], prompted=True), [Prompt()], octets)

    def test_prompt_that_is_not_due(self) -> None:
        """Only with its blank is it one; the line after it begins anew."""
        self.assertEqual(_read([b"\r\n> OK\r\n"]), [Prompt(), Line("OK")])
        self.assertEqual(_read([b"\r\n>OK\r\n"]), [Line(">OK")])
        self.assertEqual(_read([b"\r\n>"]), [])

    def test_greater_than_within_a_line(self) -> None:
        """A prompt stands at the beginning of a line."""
        self.assertEqual(_read([b"a > b\r"], prompted=True), [Line("a > b")])

    def test_overlong(self) -> None:
        """A line without an end is told once, and what follows its end is read."""
        expected = [Overlong("x" * 20), Line("+CSQ: 3,99"), Line("OK")]
        pieces = [b"x" * 21, b"x" * 50, b"\r+CSQ: 3,99\rOK\r"]
        self.assertEqual(_read(pieces), expected)
        self.assertEqual(_read([b"".join(pieces)]), expected)

    def test_longest(self) -> None:
        """A line of exactly the most octets is a line."""
        self.assertEqual(_read([b"x" * 20 + b"\r"]), [Line("x" * 20)])

    @given(st.binary(max_size=120), st.integers(1, 9), st.booleans())
    def test_any_octets(self, octets: bytes, size: int, prompted: bool) -> None:
        """Any octets give the same however they are cut."""
        pieces = [octets[at : at + size] for at in range(0, len(octets), size)]
        expected = _read([octets], prompted=prompted)
        self.assertEqual(_read(pieces, prompted=prompted), expected)
