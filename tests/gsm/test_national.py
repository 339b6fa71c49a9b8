"""Tests for `smscentre.gsm.national`."""

from __future__ import annotations

import unicodedata

from attrs import frozen
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm import alphabet
from smscentre.gsm.national import LANGUAGES, table_for

SPANISH = 2
INDIAN = range(4, 13)
URDU = 13
SCRIPTS = {
    4: "BENGALI",
    5: "GUJARATI",
    6: "DEVANAGARI",
    7: "KANNADA",
    8: "MALAYALAM",
    9: "ORIYA",
    10: "GURMUKHI",
    11: "TAMIL",
    12: "TELUGU",
    13: "ARABIC",
}
"""How Unicode names the letters of each language."""


@frozen
class Case:
    """Septets in hex, the languages of their header, and what they say."""

    octets: str
    locking: int
    single: int
    text: str
    source: str


CASES = (
    Case("04070b0c1c1d4060", 1, 0, "€ıĞğŞşİç", "A.3.1 Turkish"),
    Case("1b471b491b531b631b671b691b731b65", 0, 1, "ĞİŞçğış€", "A.2.1 Turkish"),
    Case("1b091b411b491b4f1b551b611b691b6f1b75", 0, 2, "çÁÍÓÚáíóú", "A.2.2 Spanish"),
    Case("12151617181a40605d24", 3, 0, "ª∞^\\€|Í~Úº", "A.3.3 Portuguese"),
    Case("1b051b0b1b0e1b151b1f1b5b1b7b1b7f", 0, 3, "êÔÁΩÊÃãâ", "A.2.3 Portuguese"),
    Case("00162a7f1b191b24", 4, 4, "\u0981\u0996\u09a5\u09f1\u09e6\u09df", "Bengali"),
    Case("00162a7f1b191b25", 5, 5, "\u0a81\u0a96\u0aa5\u0af1\u0964\u0aef", "Gujarati"),
    Case("00162a7f1b1c1b30", 6, 6, "\u0901\u0916\u0925\u097f\u0966\u095b", "Hindi"),
    Case("0124257f1b2a1b3c", 7, 7, "\u0c82\u0ca1\u0ca2\u0ce3\u0cf2[", "Kannada"),
    Case("0124257f2e1b2e1b30", 8, 8, "\u0d02\u0d21\u0d22\u0d79.\u0d7a\u0d7b", "A.3.8"),
    Case("00162a7f1b261b2c", 9, 9, "\u0b01\u0b16\u0b25\u0b63\u0b5c\u0b71", "Oriya"),
    Case("00162a7f1b261b2d", 10, 10, "\u0a01\u0a16\u0a25\u0a74\u0a59\u0a75", "Punjabi"),
    Case("01152f7f1b241b25", 11, 11, "\u0b82\u0b95\u0ba8\u0bf9\u0bee\u0bef", "Tamil"),
    Case("00162a7f1b221b32", 12, 12, "\u0c01\u0c16\u0c25\u0c63\u0c6c\u0c7f", "Telugu"),
    Case("0001162a7f1b1c1b3f", 13, 13, "اآ\u0686\u0699\u0670۰۔", "A.3.13 Urdu"),
)


class TableTests(SynchronousTestCase):
    """What septets say in each language."""

    def test_cases(self) -> None:
        """The vectors hold."""
        for case in CASES:
            octets = bytes.fromhex(case.octets)
            table = table_for(case.locking, case.single)
            self.assertEqual(alphabet.decode(octets, table), case.text, case.source)

    def test_unknown_language(self) -> None:
        """A language that the standard does not have is read by the default table."""
        for locking, single in ((0, 0), (14, 0), (0, 255), (SPANISH, 0), (99, 99)):
            self.assertIs(table_for(locking, single), alphabet.DEFAULT)

    def test_half_known(self) -> None:
        """One unknown language does not take the other one away."""
        self.assertEqual(alphabet.decode(b"\x1bG\x07", table_for(99, 1)), "Ğì")
        self.assertEqual(alphabet.decode(b"\x1be\x07", table_for(1, 99)), "€ı")

    def test_every_character(self) -> None:
        """What a pair of tables reads it also writes, in one way."""
        for locking in (0, *LANGUAGES):
            for single in (0, *LANGUAGES):
                table = table_for(locking, single)
                for point, octets in table.encoding.items():
                    self.assertEqual(alphabet.decode(octets, table), chr(point))

    def test_latin(self) -> None:
        """Digits and small letters are where ASCII has them, in every language."""
        shared = b"0123456789abcdefghijklmnopqrstuvwxyz !,."
        for language in LANGUAGES:
            for single in (0, language):
                table = table_for(language, single)
                self.assertEqual(alphabet.decode(shared, table), shared.decode())

    def test_no_character_twice(self) -> None:
        """A locking shift table has each character at one code only."""
        for language in LANGUAGES:
            found = table_for(language, 0).characters.replace("\ufffd", "")
            self.assertEqual(len(set(found)), len(found), LANGUAGES[language])

    def test_code_without_character(self) -> None:
        """It reads as U+FFFD, and is not written for that."""
        table = table_for(7, 0)
        self.assertEqual(alphabet.decode(b"\0a", table), "\ufffda")
        self.assertFalse(alphabet.is_gsm7("\ufffd", table))

    def test_escape_before_code_without_extension(self) -> None:
        """It gives the locking table's character, also where codes have none."""
        table = table_for(7, 7)
        self.assertEqual(alphabet.decode(b"\x1b\x0c\x1b\x11\x1b0", table), "+=0")
        self.assertEqual(alphabet.decode(b"\x1b\x7f\x1b\x1b", table), "\u0ce3 ")


class ScriptTests(SynchronousTestCase):
    """Rules that the tables of the standard keep, as a net under their digits."""

    def own(self, characters: str) -> str:
        """What is in no Latin table."""
        return "".join(
            character
            for character in characters
            if character > "\u02ff" and character not in "€\ufffd।॥"
        )

    def test_script(self) -> None:
        """Each language has letters of its own script only."""
        for language, script in SCRIPTS.items():
            table = table_for(language, language)
            extension = "".join(table.escaped.values())
            for character in self.own(table.characters + extension):
                name = unicodedata.name(character)
                self.assertIn(script, name.replace("EXTENDED ", ""))

    def test_order(self) -> None:
        """The Indian locking shift tables follow the order of Unicode."""
        for language in INDIAN:
            found = self.own(table_for(language, 0).characters)
            self.assertEqual(list(found), sorted(found), LANGUAGES[language])

    def test_native_digits(self) -> None:
        """The Indian languages and Urdu have their ten digits after escapes."""
        for language in (*INDIAN, URDU):
            escaped = table_for(0, language).escaped
            digits = [
                unicodedata.digit(character)
                for code, character in sorted(escaped.items())
                if character > "\u02ff" and unicodedata.category(character) == "Nd"
            ]
            self.assertEqual(digits, list(range(10)), LANGUAGES[language])

    def test_capital_letters(self) -> None:
        """The Indian languages and Urdu have the capital letters after escapes."""
        for language in (*INDIAN, URDU):
            table = table_for(language, language)
            octets = b"".join(b"\x1b%c" % letter for letter in b"RUTAN[]@")
            octets = octets.replace(b"\x1b[", b"\x1b\x3c").replace(b"\x1b]", b"\x1b>")
            octets = octets.replace(b"\x1b@", b"\x1b\0")
            self.assertEqual(alphabet.decode(octets, table), "RUTAN[]@")
