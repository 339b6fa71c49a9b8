"""Tests for `smscentre.gsm.alphabet`."""

from __future__ import annotations

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from smpplib.gsm import gsm_encode
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm import alphabet

EXTENSION = "\f^{}\\[~]|€"
BASIC = alphabet.DEFAULT.characters.replace("\x1b", "")
GSM_TEXT = st.text(alphabet=BASIC + EXTENSION)


def smpplib_octets(character: str) -> bytes | None:
    """What smpplib makes of a character, None if it lacks it."""
    try:
        octets: bytes = gsm_encode(character)
    except UnicodeError:
        return None
    return octets


SEPTETS = st.lists(st.integers(0, 0x7F)).map(bytes)


@frozen
class Case:
    """A text, its septets, and where they are from."""

    text: str
    coded: str
    source: str


CASES = (
    Case("@", "00", "TS 23.038 §6.2.1: the first code"),
    Case("Ç", "09", "TS 23.038 §6.2.1: the capital letter, not the small one"),
    Case("_", "11", "TS 23.038 §6.2.1"),
    Case("¤", "24", "TS 23.038 §6.2.1: not the dollar"),
    Case("$", "02", "TS 23.038 §6.2.1"),
    Case("¡", "40", "TS 23.038 §6.2.1: where ASCII has @"),
    Case("§", "5f", "TS 23.038 §6.2.1: where ASCII has _"),
    Case("à", "7f", "TS 23.038 §6.2.1: the last code"),
    Case("€", "1b65", "TS 23.038 §6.2.1.1"),
    Case("\f", "1b0a", "TS 23.038 §6.2.1.1: page break"),
    Case("^{}\\[~]|", "1b141b281b291b2f1b3c1b3d1b3e1b40", "TS 23.038 §6.2.1.1"),
    Case("RUTAN 82", "525554414e203832", "letters and digits are as in ASCII"),
)


class EncodingTests(SynchronousTestCase):
    """Text to septets."""

    def test_table(self) -> None:
        """The vectors hold in both directions."""
        for case in CASES:
            coded = bytes.fromhex(case.coded)
            self.assertEqual(alphabet.encode(case.text), coded, case.source)
            self.assertEqual(alphabet.decode(coded), case.text, case.source)

    def test_every_code_point(self) -> None:
        """All 128 codes and the 10 of the extension survive the way back."""
        codes = [bytes([code]) for code in range(128) if code != 0x1B]
        pairs = [alphabet.encode(character) for character in EXTENSION]
        for code in codes + pairs:
            self.assertEqual(alphabet.encode(alphabet.decode(code)), code)
        self.assertEqual(len({alphabet.decode(code) for code in codes + pairs}), 137)
        # The 128th code is the escape, which is no character of its own.
        self.assertRaises(alphabet.UnencodableError, alphabet.encode, "\x1b")

    @given(GSM_TEXT)
    def test_round_trip(self, text: str) -> None:
        """Any text of the alphabet is read back as it was."""
        self.assertEqual(alphabet.decode(alphabet.encode(text)), text)

    def test_unencodable(self) -> None:
        """The error names the character and its place in the text."""
        for text, character, position in (
            ("a€`b", "`", 2),
            ("ç", "ç", 0),
            ("ok \U0001f600", "\U0001f600", 3),
            ("kutip \u2019", "\u2019", 6),
            ("\ud83d", "\ud83d", 0),
        ):
            error = self.assertRaises(alphabet.UnencodableError, alphabet.encode, text)
            self.assertEqual((error.character, error.position), (character, position))

    @given(st.text())
    def test_predicates_agree(self, text: str) -> None:
        """What `is_gsm7` accepts is exactly what `encode` can code."""
        try:
            length = len(alphabet.encode(text))
        except alphabet.UnencodableError:
            self.assertFalse(alphabet.is_gsm7(text))
        else:
            self.assertTrue(alphabet.is_gsm7(text))
            self.assertEqual(alphabet.septets(text), length)

    def test_septets(self) -> None:
        """An extension character counts twice."""
        self.assertEqual(alphabet.septets("[82]"), 6)


class OracleTests(SynchronousTestCase):
    """The table against that of smpplib, made by other people."""

    def test_agreement(self) -> None:
        """They agree but for section sign and page break, which smpplib lacks."""
        differing = [
            character
            for character in BASIC + EXTENSION
            if smpplib_octets(character) != alphabet.encode(character)
        ]
        self.assertEqual("".join(differing), "§\f")


class DecodingTests(SynchronousTestCase):
    """Septets to text."""

    def test_tolerance(self) -> None:
        """What the tables leave open reads as the standard says."""
        for coded, text in (
            (b"\x1bA", "A"),
            (b"\x1b\x00", "@"),
            (b"\x1b\r", "\r"),
            (b"82\x1b", "82 "),
            (b"\x1b\x1b", " "),
            (b"\x1b\x1be", " e"),
            (b"\x1b\x1b\x1be", " €"),
            (b"a\x80\xff", "a\ufffd\ufffd"),
            (b"\x1b\xff", "\ufffd"),
            (b"", ""),
        ):
            self.assertEqual(alphabet.decode(coded), text, coded.hex())

    @given(st.binary())
    def test_total(self, octets: bytes) -> None:
        """Every sequence of octets has a reading, without an escape in it."""
        text = alphabet.decode(octets)
        self.assertNotIn("\x1b", text)
        self.assertLessEqual(len(text), len(octets))


class TableTests(SynchronousTestCase):
    """Tables beside the default one."""

    def test_national(self) -> None:
        """A table of one's own changes what is coded and what is read."""
        characters = alphabet.DEFAULT.characters.replace("Ç", "ç")
        table = alphabet.Table.of(characters, {0x65: "€", 0x47: "Ğ"})
        self.assertEqual(alphabet.encode("çĞ", table), b"\x09\x1bG")
        self.assertEqual(alphabet.decode(b"\x09\x1bG", table), "çĞ")
        self.assertFalse(alphabet.is_gsm7("Ç", table))
        self.assertEqual(alphabet.septets("Ğ", table), 2)

    def test_one_septet_first(self) -> None:
        """A character of both tables is coded by its one septet."""
        table = alphabet.Table.of(alphabet.DEFAULT.characters, {0x41: "B"})
        self.assertEqual(alphabet.encode("B", table), b"B")
        self.assertEqual(alphabet.decode(b"\x1bA", table), "B")

    def test_size(self) -> None:
        """A table of another size is refused."""
        self.assertRaises(ValueError, alphabet.Table.of, "abc\x1b", {})


class PackingTests(SynchronousTestCase):
    """Septets to octets."""

    def test_vectors(self) -> None:
        """Seven and eight septets both take seven octets."""
        for septets, fill_bits, packed in (
            (b"", 0, ""),
            (b"1", 0, "31"),
            (b"hellohello", 0, "e8329bfd4697d9ec37"),
            (b"1234567", 0, "31d98c56b3dd00"),
            (b"12345678", 0, "31d98c56b3dd70"),
            # After a header of six octets one fill bit leads to a septet border.
            (b"A", 1, "82"),
            (b"AB", 1, "8242"),
        ):
            octets = bytes.fromhex(packed)
            self.assertEqual(alphabet.pack(septets, fill_bits), octets)
            unpacked = alphabet.unpack(octets, len(septets), fill_bits)
            self.assertEqual(unpacked, septets)

    @given(SEPTETS, st.integers(0, 6))
    def test_round_trip(self, septets: bytes, fill_bits: int) -> None:
        """Packing is undone by unpacking for every number of fill bits."""
        packed = alphabet.pack(septets, fill_bits)
        self.assertEqual(alphabet.unpack(packed, len(septets), fill_bits), septets)
        self.assertEqual(len(packed), -(-(7 * len(septets) + fill_bits) // 8))

    def test_refused(self) -> None:
        """What cannot be packed or is too short to unpack is a ValueError."""
        self.assertRaises(ValueError, alphabet.pack, b"\x80")
        self.assertRaises(ValueError, alphabet.pack, b"a", 7)
        self.assertRaises(ValueError, alphabet.unpack, b"a", 2)
        self.assertRaises(ValueError, alphabet.unpack, b"a", -1)
