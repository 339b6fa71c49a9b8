"""Tests for `smscentre.composing`."""

from __future__ import annotations

from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.composing import PartStyle, compose
from smscentre.messages import Alphabet

_STYLE = PartStyle()


@frozen
class Case:
    """A text and the lengths of its parts."""

    text: str
    alphabet: Alphabet
    lengths: tuple[int, ...]
    style: PartStyle = _STYLE


# Source: 3GPP TS 23.040 §9.2.3.24.1: 153 septets or 67 characters beside a header.
CASES = (
    Case("Insert Data", Alphabet.GSM7, (11,)),
    Case("x" * 160, Alphabet.GSM7, (160,)),
    Case("x" * 161, Alphabet.GSM7, (153, 8)),
    Case("x" * 161, Alphabet.GSM7, (152, 9), PartStyle(reference_width=16)),
    Case("Я" * 70, Alphabet.UCS2, (70,)),
    Case("Я" * 71, Alphabet.UCS2, (67, 4)),
    Case("x" * 1000, Alphabet.GSM7, (1000,), PartStyle(whole=True)),
)


class ComposeTests(SynchronousTestCase):
    """Texts into parts."""

    def test_every_case(self) -> None:
        """Alphabet and parts."""
        for case in CASES:
            alphabet, parts = compose(case.text, case.style)
            self.assertIs(alphabet, case.alphabet)
            self.assertEqual(tuple(map(len, parts)), case.lengths)

    def test_too_long(self) -> None:
        """The text ends in dots after the most that the link may send.

        Also where the link would take it whole: the phone still gets parts.
        """
        rows = (
            ("x" * 307, ["x" * 153, "x" * 149 + " ..."]),
            ("€" * 160, ["€" * 76, "€" * 72 + " ..."]),
            ("Я" * 135, ["Я" * 67, "Я" * 63 + " ..."]),
        )
        for text, expected in rows:
            style = PartStyle(max_parts=2)
            self.assertEqual(compose(text, style)[1], expected)
            found = compose(text, evolve(style, whole=True))[1]
            self.assertEqual(found, ["".join(expected)])
        found = compose("x" * 161, PartStyle(max_parts=1))[1]
        self.assertEqual(found, ["x" * 149 + " ..."])

    @given(
        st.text(st.characters(codec="utf-16"), max_size=600), st.sampled_from([8, 16])
    )
    def test_nothing_is_lost(self, text: str, width: int) -> None:
        """The parts are the text."""
        _, parts = compose(text, PartStyle(width, max_parts=255))
        self.assertEqual("".join(parts), text)
