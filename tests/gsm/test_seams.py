"""Tests for `smscentre.gsm.seams`."""

from __future__ import annotations

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm import alphabet
from smscentre.gsm.seams import join_parts, keep_escape, keep_halves


@frozen
class Case:
    """The octets of parts in hex, and the text that they are together."""

    parts: tuple[str, ...]
    text: str
    meaning: str


UCS2 = (
    Case(("0052d83d", "de000053"), "R😀S", "a pair cut in two"),
    Case(("d83d", "de00d83d", "de00"), "😀😀", "parts of nothing but halves"),
    Case(("0052d83d", "0053"), "R\ufffdS", "the second half is missing"),
    Case(("0052", "de000053"), "R\ufffdS", "the first half is missing"),
    Case(("d83d0052", "0053"), "\ufffdRS", "a half that is not at a seam"),
    Case(("0052fffd", "fffd"), "R\ufffd\ufffd", "no half but U+FFFD itself"),
    Case(("005200", "53"), "R\ufffd\ufffd", "an octet is no half that can be told"),
    Case(("", "0053"), "S", "an empty part"),
)

GSM7 = (
    Case(("521b", "6553"), "R€S", "an escape and its character"),
    Case(("521b", "4153"), "RAS", "a code without extension"),
    Case(("521b", ""), "R ", "nothing follows"),
    Case(("521b1b", "65"), "R e", "two escapes are one character"),
    Case(("521b1b1b", "65"), "R €", "three of them cut after the second"),
    Case(("5220", "65"), "R e", "a space is a space"),
    Case(("521b", "1b65"), "R€", "an escape before a whole pair adds nothing"),
)


class UCS2Tests(SynchronousTestCase):
    """Surrogate pairs."""

    def join(self, parts: list[bytes]) -> str:
        return join_parts(
            keep_halves(part.decode("utf-16-be", "replace"), part) for part in parts
        )

    def test_cases(self) -> None:
        """Halves meet; those that do not read as U+FFFD."""
        for case in UCS2:
            found = self.join([bytes.fromhex(part) for part in case.parts])
            self.assertEqual(found, case.text, case.meaning)

    @given(st.text("R😀\U0010ffff\ud7ff\ue000é", max_size=20), st.integers(1, 6))
    def test_any_cut(self, text: str, units: int) -> None:
        """Parts of any number of units join to their text."""
        octets = text.encode("utf-16-be")
        size = 2 * units
        parts = [octets[at : at + size] for at in range(0, len(octets), size)]
        self.assertEqual(self.join(parts), text)

    @given(st.lists(st.binary(max_size=9), max_size=4))
    def test_any_octets(self, parts: list[bytes]) -> None:
        """Whatever the octets, a part and the whole can be stored as UTF-8."""
        for part in parts:
            keep_halves(part.decode("utf-16-be", "replace"), part).encode()
        self.join(parts).encode()


class GSM7Tests(SynchronousTestCase):
    """Escapes."""

    def join(self, parts: list[bytes]) -> str:
        return join_parts(keep_escape(alphabet.decode(part), part) for part in parts)

    def test_cases(self) -> None:
        """A cut escape gives the character that it was meant for."""
        for case in GSM7:
            found = self.join([bytes.fromhex(part) for part in case.parts])
            self.assertEqual(found, case.text, case.meaning)

    @given(st.text("R@€[] ", max_size=30), st.integers(1, 7))
    def test_any_cut(self, text: str, size: int) -> None:
        """Parts of any number of septets join to their text."""
        octets = alphabet.encode(text)
        parts = [octets[at : at + size] for at in range(0, len(octets), size)]
        self.assertEqual(self.join(parts), text)
