"""Tests for `smscentre.composing`."""

from __future__ import annotations

from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.composing import PartStyle, compose
from smscentre.gsm.alphabet import encode, pack
from smscentre.gsm.seams import join_parts
from smscentre.messages import Address, Alphabet, Part
from smscentre.smpp.codes import Coding
from smscentre.smpp.message import (
    LongMessages,
    SubmitStyle,
    read_message,
    write_message,
)
from smscentre.smpp.text import DefaultAlphabet

_STYLE = PartStyle()


Link = tuple[LongMessages, DefaultAlphabet]

WAYS: tuple[LongMessages, ...] = ("udh", "sar", "payload")
ALPHABETS: tuple[DefaultAlphabet, ...] = ("gsm7", "latin1", "ascii")
LINKS: list[Link] = [(way, alphabet) for way in WAYS for alphabet in ALPHABETS]


def octets_on_air(text: str, alphabet: Alphabet) -> int:
    """The octets of a part beside its header, as a phone gets it."""
    if alphabet is Alphabet.GSM7:
        return len(pack(encode(text)))
    return len(text.encode("utf-16-be"))


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
    Case("é" * 160, Alphabet.GSM7, (160,), PartStyle(alphabet="latin1")),
    Case("é" * 161, Alphabet.GSM7, (153, 8), PartStyle(alphabet="latin1")),
    # The carrier makes two septets of each, whatever its SMPP says.
    Case("[" * 81, Alphabet.GSM7, (76, 5), PartStyle(alphabet="latin1")),
    Case("x" * 70 + "€", Alphabet.UCS2, (67, 4), PartStyle(alphabet="latin1")),
    Case("x" * 70 + "é", Alphabet.UCS2, (67, 4), PartStyle(alphabet="ascii")),
    Case("x" * 161, Alphabet.GSM7, (153, 8), PartStyle(alphabet="ascii")),
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


KEPT = "\U0010001b" + "".join(map(chr, range(0x10D800, 0x10E000)))
"""What `smscentre.gsm.seams` writes for half a character: no text has these itself."""


class WireTests(SynchronousTestCase):
    """From a text to what a carrier gets, and back."""

    @given(
        st.one_of(
            st.text("RUTAN 0123@[]€é", max_size=700),
            st.text(
                st.characters(codec="utf-16", exclude_characters="\0\ufeff" + KEPT),
                max_size=400,
            ),
            st.text("Ł😀\u0301\u200d", max_size=400),
        ),
        st.sampled_from(LINKS),
        st.sampled_from([8, 16]),
    )
    def test_every_link(self, text: str, link: Link, width: int) -> None:
        """Whatever the link, the text arrives, and each part fits one SMS."""
        long_messages, default = link
        whole = long_messages == "payload"
        alphabet, texts = compose(text, PartStyle(width, 255, whole, default))
        style = SubmitStyle(Address("02170252704"), long_messages, default)
        arrived = []
        for number, piece in enumerate(texts, 1):
            part = Part(200, width, len(texts), number) if texts[1:] else None
            sm = write_message(style, Address("628111203001"), piece, alphabet, part)
            read = read_message(sm, default)
            arrived.append(read.text)
            self.assertEqual(read.part and read.part.number, part and part.number)
            if not whole:
                header = {8: 6, 16: 7}[width] if part else 0
                self.assertLessEqual(octets_on_air(piece, alphabet), 140 - header)
            else:
                self.assertLessEqual(len(sm.short_message), 160)
        joined = join_parts(arrived) if texts[1:] else arrived[0]
        self.assertEqual(joined, text)
        codings = {Alphabet.GSM7: Coding.DEFAULT, Alphabet.UCS2: Coding.UCS2}
        self.assertEqual(sm.data_coding, codings[alphabet])
