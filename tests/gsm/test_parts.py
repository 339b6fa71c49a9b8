"""Tests for `smscentre.gsm.parts`."""

from __future__ import annotations

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm import alphabet as gsm7
from smscentre.gsm import udh
from smscentre.gsm.parts import TooLongError, alphabet_for, split
from smscentre.messages import Alphabet, Part

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1ee\U0001f1e9"
TEXTS = st.one_of(
    st.text(alphabet=gsm7.DEFAULT.characters.replace("\x1b", ""), max_size=700),
    st.text(alphabet="ab€[]", max_size=700),
    st.text(max_size=300),
    st.text(alphabet="aŁ\U0001f600", max_size=300),
    st.text(alphabet="Ł\u0301\u200d\r\n" + FLAG, max_size=300),
)
WIDTHS = st.sampled_from((8, 16))


@frozen
class Case:
    """A text and how many characters each of its parts has."""

    text: str
    width: int
    sizes: tuple[int, ...]
    meaning: str


CASES = (
    Case("", 8, (0,), "nothing is one part"),
    Case("a" * 160, 8, (160,), "the most that fits one SMS"),
    Case("a" * 161, 8, (153, 8), "one septet more"),
    Case("a" * 161, 16, (152, 9), "a wider reference leaves a septet less"),
    Case("a" * 306, 8, (153, 153), "two full parts"),
    Case("a" * 307, 8, (153, 153, 1), "one septet more than two"),
    Case("a" * 158 + "€", 8, (159,), "an extension character counts twice"),
    Case("a" * 159 + "€", 8, (153, 7), "and can be the one too many"),
    Case("a" * 152 + "€" * 5, 8, (152, 5), "a pair is not cut"),
    Case("a" * 151 + "€" * 5, 8, (152, 4), "a pair ends a part"),
    Case("Ł" * 70, 8, (70,), "the most of UCS-2 that fits one SMS"),
    Case("Ł" * 71, 8, (67, 4), "one unit more"),
    Case("Ł" * 71, 16, (66, 5), "with a wider reference"),
    Case("Ł" * 66 + "\U0001f600" * 3, 8, (66, 3), "surrogates stay together"),
    Case("\U0001f600" * 35, 8, (35,), "two units each"),
    Case("\U0001f600" * 36, 8, (33, 3), "and an odd unit stays empty"),
    Case("Ł" * 66 + "e\u0301" * 3, 8, (66, 6), "a letter keeps its accent"),
    Case("Ł" * 66 + "\u0915\u093f" * 3, 8, (66, 6), "and its vowel sign"),
    Case("Ł" * 64 + FAMILY, 8, (64, 5), "an emoji of several stays whole"),
    Case("Ł" * 65 + "\U0001f44d\U0001f3fd" * 2, 8, (65, 4), "with its colour"),
    Case("Ł" * 64 + FLAG * 3, 8, (64, 6), "a flag is two characters"),
    Case(FLAG * 30, 8, (32, 28), "many flags in a row are cut between two"),
    Case("Ł" * 66 + "\r\nŁŁŁŁ", 8, (66, 6), "an end of line is one"),
    Case("Ł" + "\u0301" * 99, 8, (67, 33), "more accents than a part has room for"),
    Case("Ł" * 67 + "\u0301" * 66 + "ŁŁ", 8, (66, 67, 2), "and just as many"),
)


def octets_of(text: str, alphabet: Alphabet) -> int:
    """The octets that a part's text takes on the air."""
    if alphabet is Alphabet.GSM7:
        return len(gsm7.pack(gsm7.encode(text)))
    return len(text.encode("utf-16-be"))


class AlphabetForTests(SynchronousTestCase):
    """The choice of an alphabet."""

    def test_choice(self) -> None:
        """One character outside the GSM alphabet makes the text UCS-2."""
        for text, alphabet in (
            ("", Alphabet.GSM7),
            ("Data RUTAN [82] €", Alphabet.GSM7),
            ("Data `RUTAN`", Alphabet.UCS2),
            ("\U0001f600", Alphabet.UCS2),
        ):
            self.assertIs(alphabet_for(text), alphabet, text)


class SplitTests(SynchronousTestCase):
    """Where texts are cut."""

    def test_table(self) -> None:
        """The sizes of the parts are those of the air interface."""
        for case in CASES:
            parts = split(case.text, alphabet_for(case.text), case.width)
            self.assertEqual(tuple(map(len, parts)), case.sizes, case.meaning)
            self.assertEqual("".join(parts), case.text)

    @given(TEXTS, WIDTHS)
    def test_round_trip(self, text: str, width: int) -> None:
        """The parts join to the text, and each fits beside its header."""
        alphabet = alphabet_for(text)
        parts = split(text, alphabet, width, max_parts=255)
        self.assertEqual("".join(parts), text)
        header = len(udh.concatenation(Part(0, width, 1, 1))) if parts[1:] else 0
        for part in parts:
            self.assertLessEqual(header + octets_of(part, alphabet), 140)
            self.assertTrue(part or not text)

    @given(TEXTS)
    def test_no_pair_is_cut(self, text: str) -> None:
        """No part ends within an escape pair: each reads well alone."""
        if not gsm7.is_gsm7(text):
            return
        parts = split(text, Alphabet.GSM7, max_parts=255)
        coded = [gsm7.encode(part) for part in parts]
        self.assertFalse([part for part in coded if part.endswith(b"\x1b")])
        self.assertEqual(b"".join(coded), gsm7.encode(text))

    def test_ucs2_on_request(self) -> None:
        """A text of the GSM alphabet may be split as UCS-2 all the same."""
        parts = split("a" * 71, Alphabet.UCS2)
        self.assertEqual([len(part) for part in parts], [67, 4])

    def test_not_gsm(self) -> None:
        """UCS-2 text is refused as GSM 7-bit."""
        self.assertRaises(gsm7.UnencodableError, split, "Ł", Alphabet.GSM7)

    def test_too_long(self) -> None:
        """The error says how many parts were needed."""
        for text in ("a" * 307, "€" * 153):
            error = self.assertRaises(TooLongError, split, text, Alphabet.GSM7, 8, 2)
            self.assertEqual((error.needed, error.allowed), (3, 2))
