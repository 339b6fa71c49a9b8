"""Tests for `smscentre.smpp.text`."""

from __future__ import annotations

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm.alphabet import UnencodableError
from smscentre.gsm.seams import join_parts
from smscentre.messages import Alphabet
from smscentre.smpp.text import (
    DefaultAlphabet,
    decode_part,
    decode_text,
    encode_text,
    encode_with_losses,
    is_writable,
)

ALPHABETS: tuple[DefaultAlphabet, ...] = ("gsm7", "latin1", "ascii")


@frozen
class Case:
    """Octets in hex, how they are coded, and the text."""

    octets: str
    coding: int
    default: DefaultAlphabet
    text: str


CASES = (
    Case("52555400", 0, "gsm7", "RUT@"),
    Case("1b65 11", 0, "gsm7", "€_"),
    Case("52e9", 0, "latin1", "Ré"),
    Case("52e9", 0, "ascii", "R\ufffd"),
    Case("52e9", 0, "gsm7", "R\ufffd"),
    Case("52e9", 1, "gsm7", "R\ufffd"),
    Case("0040", 1, "gsm7", "\0@"),
    Case("52e9", 3, "gsm7", "Ré"),
    Case("52ff", 2, "gsm7", "Rÿ"),
    Case("52ff", 4, "gsm7", "Rÿ"),
    Case("b0", 6, "gsm7", "А"),
    Case("e0", 8, "gsm7", "\ufffd"),
    Case("e0", 7, "gsm7", "א"),
    Case("005220ac", 8, "gsm7", "R€"),
    Case("d83dde00", 8, "gsm7", "😀"),
    Case("0052d83d", 8, "gsm7", "R\ufffd"),
    Case("d83d0052", 8, "gsm7", "\ufffdR"),
    Case("005253", 8, "gsm7", "R\ufffd"),
    Case("005200", 8, "gsm7", "R"),
    Case("00520000", 8, "gsm7", "R"),
    Case("00000052", 8, "gsm7", "\0R"),
    Case("feff0052", 8, "gsm7", "R"),
    Case("fffe5200", 8, "gsm7", "R"),
    Case("fffe3dd800de", 8, "gsm7", "😀"),
    Case("feff", 8, "gsm7", ""),
    Case("0052feff", 8, "gsm7", "R\ufeff"),
    Case("525500", 0, "gsm7", "RU@"),
    Case("525500", 0, "latin1", "RU"),
    Case("525500", 0, "ascii", "RU"),
    Case("52550000", 1, "gsm7", "RU"),
    Case("52005500", 3, "gsm7", "R\0U"),
    Case("52e9", 9, "gsm7", "Ré"),
    Case("00", 0x10, "latin1", "@"),
    Case("0052", 0x18, "gsm7", "R"),
    Case("52e9", 0x15, "gsm7", "Ré"),
    Case("0052", 0x08 | 0x40, "gsm7", "R"),
    Case("52", 0x20, "gsm7", "R"),
    Case("005200", 0x28, "gsm7", "\0R"),
    Case("0052", 0x1B, "gsm7", "R"),
    Case("0052", 0xE8, "gsm7", "R"),
    Case("d431", 0xF2, "gsm7", "\ufffd1"),
    Case("52e9", 0x90, "latin1", "Ré"),
    Case("00", 0xC8, "gsm7", "@"),
    Case("00", 0xD0, "gsm7", "@"),
    Case("0052", 0xE0, "gsm7", "R"),
    Case("00", 0xF0, "latin1", "@"),
    Case("00", 0xF1, "gsm7", "@"),
    Case("e9", 0xF4, "gsm7", "é"),
    Case("e9", 0xF5, "gsm7", "é"),
    Case("", 8, "gsm7", ""),
)


class DecodeTests(SynchronousTestCase):
    """What octets say."""

    def test_cases(self) -> None:
        """Each row reads as its text."""
        for case in CASES:
            octets = bytes.fromhex(case.octets)
            found = decode_text(octets, case.coding, case.default)
            self.assertEqual((case, found), (case, case.text))

    @given(st.binary(max_size=40), st.integers(0, 255), st.sampled_from(ALPHABETS))
    def test_total(self, body: bytes, coding: int, default: DefaultAlphabet) -> None:
        """Any octets in any coding have a reading that can be stored as UTF-8."""
        decode_text(body, coding, default).encode()


class DecodePartTests(SynchronousTestCase):
    """Parts of a long message, whose cuts may go through a character."""

    def test_cases(self) -> None:
        """Halves are kept in the codings that have them, and join."""
        rows: tuple[tuple[tuple[str, str], int, DefaultAlphabet, str], ...] = (
            (("0052d83d", "de000053"), 8, "gsm7", "R😀S"),
            (("0052d83d", "de000053"), 0x18, "latin1", "R😀S"),
            (("521b", "6553"), 0, "gsm7", "R€S"),
            (("521b", "6553"), 0xF1, "latin1", "R€S"),
            (("521b", "6553"), 0, "latin1", "R\x1beS"),
            (("5220", "6553"), 0, "gsm7", "R eS"),
        )
        for parts, coding, default, text in rows:
            found = [decode_part(bytes.fromhex(p), coding, default) for p in parts]
            self.assertEqual(join_parts(found), text)

    @given(st.binary(max_size=40), st.integers(0, 255), st.sampled_from(ALPHABETS))
    def test_total(self, body: bytes, coding: int, default: DefaultAlphabet) -> None:
        """Any octets read as a message of their own if they stay alone."""
        found = decode_part(body, coding, default)
        found.encode()
        self.assertEqual(join_parts([found]), decode_text(body, coding, default))


class LossesTests(SynchronousTestCase):
    """A text of GSM 7-bit where a link's data_coding 0 is another alphabet."""

    def test_writable(self) -> None:
        """The link's alphabet decides."""
        self.assertTrue(is_writable("RUTAN @[é", "latin1"))
        self.assertFalse(is_writable("RUTAN €", "latin1"))
        self.assertFalse(is_writable("RUTAN é", "ascii"))

    def test_losses(self) -> None:
        """What is lacking becomes a question mark, and nothing else does."""
        self.assertEqual(encode_with_losses("R@ é€", "latin1"), b"R@ \xe9?")
        self.assertEqual(encode_with_losses("R@ é€", "ascii"), b"R@ ??")
        self.assertEqual(encode_with_losses("R@€", "gsm7"), b"R\0\x1be")


class EncodeTests(SynchronousTestCase):
    """How a text is written."""

    def test_cases(self) -> None:
        """A text takes data_coding 0 if that has its characters, else UCS-2."""
        rows: tuple[tuple[str, Alphabet, DefaultAlphabet, int, str], ...] = (
            ("R@", Alphabet.GSM7, "gsm7", 0, "5200"),
            ("€", Alphabet.GSM7, "gsm7", 0, "1b65"),
            ("é@", Alphabet.GSM7, "latin1", 0, "e940"),
            ("€", Alphabet.GSM7, "latin1", 8, "20ac"),
            ("R@", Alphabet.GSM7, "ascii", 0, "5240"),
            ("é", Alphabet.GSM7, "ascii", 8, "00e9"),
            ("Δ", Alphabet.GSM7, "ascii", 8, "0394"),
            ("R", Alphabet.UCS2, "gsm7", 8, "0052"),
            ("😀", Alphabet.UCS2, "ascii", 8, "d83dde00"),
        )
        for text, alphabet, default, coding, octets in rows:
            found = encode_text(text, alphabet, default)
            self.assertEqual(found, (coding, bytes.fromhex(octets)), text)

    def test_unencodable(self) -> None:
        """GSM 7-bit asked for in vain is the caller's error."""
        self.assertRaises(UnencodableError, encode_text, "😀", Alphabet.GSM7)

    @given(
        # A byte order mark and padding are no text.
        st.text(max_size=70).filter(lambda text: text == text.strip("\0\ufeff\ufffe")),
        st.sampled_from(ALPHABETS),
    )
    def test_round_trip(self, text: str, default: DefaultAlphabet) -> None:
        """What is written in UCS-2 is read again."""
        coding, octets = encode_text(text, Alphabet.UCS2, default)
        self.assertEqual(decode_text(octets, coding, default), text)

    @given(st.text("RUTAN 0123@£é_€{}", max_size=70), st.sampled_from(ALPHABETS))
    def test_gsm_round_trip(self, text: str, default: DefaultAlphabet) -> None:
        """What GSM 7-bit has is read again on every kind of link."""
        coding, octets = encode_text(text, Alphabet.GSM7, default)
        self.assertEqual(decode_text(octets, coding, default), text)
