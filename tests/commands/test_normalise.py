"""Tests for `smscentre.commands.normalise` and `smscentre.commands.characters`."""

from __future__ import annotations

import re
import string
import time

from hypothesis import example, given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.commands.characters import level, words_of
from smscentre.commands.normalise import commands_of, normalise

_WORDS: tuple[tuple[str, list[str]], ...] = (
    ("", []),
    ("A;B C", ["A", "B", "C"]),
    ("A.B C. D,", ["A.B", "C", "D"]),
    ("A , B . C!", ["A", "B", "C"]),
    ("PB=1 CB:2", ["PB", "1", "CB", "2"]),
    ("PB = 1 CB : 2", ["PB", "1", "CB", "2"]),
    ("P 1,W 2/P 3", ["P", "1", "W", "2", "P", "3"]),
    ("1:2 1=2 1 = 2", ["1:2", "1=2", "1", "=", "2"]),
    ("1,2/3", ["1,2/3"]),
    ("1,5O,3", ["1,5O,3"]),
    ("\x00RUTAN 1\x1a", ["RUTAN", "1"]),
    ("RUTAN 1\x002", ["RUTAN", "1\x002"]),
    ("1 .... 2", ["1", "...", "2"]),
)

_REPAIRED: tuple[tuple[str, str], ...] = (
    ("", ""),
    (" \t\r\n", ""),
    ("rutan  1\n2\t3 4", "RUTAN 1 2 3 4"),
    ("\ufeffRU\u200bTAN\u00a01\u20032", "RUTAN 1 2"),
    ("\uff32\uff35\uff34\uff21\uff2e \uff18\uff12", "RUTAN 82"),
    ("BAPA\u017f 1", "BAPAS 1"),
    ("RUTAN 1 \u2013 Budi", "RUTAN 1 - BUDI"),
    ("RUTAN 27\u201304\u221208", "RUTAN 27-04-08"),
    ("RUTAN 8\u00b2 \u0668 \u00bd \u2460", "RUTAN 8\u00b2 \u0668 \u00bd \u2460"),
    ("RUTAN \u202e82", "RUTAN \u202e82"),
    ("RUTAN <82> (54) [36] {39}", "RUTAN 82 54 36 39"),
    ("RUTAN<82><54>", "RUTAN 82 54"),
    ("<RUTAN 1>", "RUTAN 1"),
    ("\u201cRUTAN 1\nBAPAS 2\u201d", "RUTAN 1\nBAPAS 2"),
    ("RUTAN 8(2) (5)4 >6 '7", "RUTAN 8(2) (5)4 >6 '7"),
    ("RUTAN82 54", "RUTAN 82 54"),
    ("RUTANPEG82 54", "RUTAN PEG 82 54"),
    ("RUPBASAN BASAN82,1", "RUPBASAN BASAN 82,1"),
    ("RUTAN GET UPT 1203", "RUTAN GETUPT 1203"),
    ("RUTAN GETUPT1203", "RUTAN GETUPT 1203"),
    ("BAPAS GETPROPINSI DKI", "BAPAS GETPROV DKI"),
    ("RUPBASAN BARAN GET SEMUA", "RUPBASAN BARAN GETALL"),
    ("rutangetsemua", "RUTAN GETALL"),
    ("YA4827", "YA 4827"),
    ("UPT1203", "UPT 1203"),
    ("RUTANO 82", "RUTANO 82"),
    ("Yth. Lapor: RUTAN 1 terima kasih", "RUTAN 1"),
    ("Lapor\nRUTAN 1\nTrims ya pak", "RUTAN 1"),
    ("BATAL makasih", "BATAL"),
    ("terima kasih", "TERIMA KASIH"),
    ("selamat pagi pak", "SELAMAT PAGI PAK"),
    ("RUTAN 1,nihil,NOL,4", "RUTAN 1,0,0,4"),
    ("RUTAN 1 orang, 2org 3 ORANG", "RUTAN 1 2 3"),
    ("UPT NOL", "UPT NOL"),
    ("RUTAN 1 ... 3 ...", "RUTAN 1 ... 3"),
    ("RUTAN 1 2 3 4\nBAPAS 5", "RUTAN 1 2 3 4\nBAPAS 5"),
    ("RUTAN 1 2 3 4\nBAPSS 5 6", "RUTAN 1 2 3 4\nBAPSS 5 6"),
    ("RUTAN 1 2 3 4\nRutan Salemba", "RUTAN 1 2 3 4 RUTAN SALEMBA"),
    ("RUTAN\nPEG 1\n2", "RUTAN PEG 1 2"),
    ("RUTAN\nGETUPT\nUPT1203\n270408", "RUTAN GETUPT UPT 1203 270408"),
)

_TYPED = """
RUTAN BAPAS RUPBASAN PEG BASAN GET GETUPT GETSEMUA UPT PROV YA YTH LAPOR PAGI PAK
TRIMS TERIMA KASIH NIHIL NOL ORANG ORG 1 82 5,6 ... . , : = ; ( ) < > [ ] { } ' "
HELP BATAL RUTN A \u00e9 \u2013 \u201c \u00b2 \uff11
"""
_PIECES = st.sampled_from(_TYPED.split())
_JOINS = st.sampled_from(["", " ", "\n", "  ", "\t", "\x00", "\u200b", "\u2028"])


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """Pieces of commands, glued, spaced and broken at will."""
    pieces = draw(st.lists(st.tuples(_PIECES, _JOINS), max_size=14))
    return "".join(piece + join for piece, join in pieces)


class CharacterTests(SynchronousTestCase):
    """From a line to its words."""

    def test_words(self) -> None:
        """Only what cannot change a meaning is left out."""
        for line, words in _WORDS:
            self.assertEqual(words_of(line), words, ascii(line))

    @given(st.text())
    def test_no_figure_appears(self, text: str) -> None:
        """Digits keep their order; none comes from another script but full width."""
        wide = {0xFF10 + digit: str(digit) for digit in range(10)}
        typed = [each for each in text.translate(wide) if each in string.digits]
        read = [each for each in level(text) if each in string.digits]
        self.assertEqual(read, typed)


class NormaliseTests(SynchronousTestCase):
    """Repairs, each of them certain."""

    def test_table(self) -> None:
        """A text is repaired as far as its meaning is certain."""
        for text, repaired in _REPAIRED:
            self.assertEqual(normalise(text), repaired, ascii(text))

    @given(_texts() | st.text())
    @example("RUTAN\nSalemba\nRUTAN\nX")
    @example("RUTAN 1\nRUTAN\nX")
    def test_idempotent(self, text: str) -> None:
        """What is repaired needs no repair."""
        once = normalise(text)
        self.assertEqual(normalise(once), once)

    @given(_texts() | st.text())
    def test_words_are_whole(self, text: str) -> None:
        """No word is empty or has a space in it."""
        for words in commands_of(text):
            self.assertTrue(words)
            for word in words:
                self.assertEqual(word.split(), [word])

    @given(_texts())
    def test_figures_as_typed(self, text: str) -> None:
        """Figures keep their order and their digits, but for those of nothing."""
        wide = text.translate({0xFF11: "1"})
        spelled = re.sub("[\u200b]", "", wide).upper()
        typed = re.sub(r"(?<![A-Z0-9])(NIHIL|NOL)(?![A-Z0-9])", "0", spelled)
        found = [each for each in normalise(text) if each in string.digits]
        possible = iter(each for each in typed if each in string.digits)
        self.assertTrue(all(each in possible for each in found), found)

    def test_long_texts_are_quick(self) -> None:
        """No text makes the marks look twice at the same character."""
        for text in (
            "," * 50_000,
            "A:" * 25_000,
            "1," * 25_000 + "A",
            "(" * 25_000 + ")" * 25_000,
            "'" * 50_000,
            "TRIMS " * 10_000,
            "NOL" * 20_000,
            "RUTAN\n" * 5_000,
        ):
            before = time.perf_counter()
            normalise(text)
            self.assertLess(time.perf_counter() - before, 3.0, text[:10])
