"""Tests for `smscentre.gsm.coding` and `smscentre.gsm.coding_text`."""

from __future__ import annotations

from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm import coding, parts, udh
from smscentre.gsm.alphabet import UnencodableError
from smscentre.gsm.coding import DataCoding, Waiting, read_coding
from smscentre.gsm.coding_text import read_text, write_text
from smscentre.gsm.seams import join_parts
from smscentre.gsm.tpdu_data import NO_HEADER
from smscentre.gsm.udh import UserData
from smscentre.messages import Alphabet, Part

GSM7, UCS2 = Alphabet.GSM7, Alphabet.UCS2

# Source: 3GPP TS 23.038 §4.
CASES = (
    (0x00, DataCoding(), "the default"),
    (0x03, DataCoding(), "reserved bits without a class"),
    (0x04, DataCoding(None), "octets"),
    (0x08, DataCoding(UCS2), "UCS-2"),
    (0x0C, DataCoding(), "reserved alphabet"),
    (0x10, DataCoding(message_class=0), "for immediate display"),
    (0x15, DataCoding(None, message_class=1), "octets for the phone"),
    (0x1A, DataCoding(UCS2, message_class=2), "UCS-2 for the SIM"),
    (0x13, DataCoding(message_class=3), "for the terminal"),
    (0x20, DataCoding(compressed=True), "compressed"),
    (0x28, DataCoding(UCS2, compressed=True), "compressed UCS-2"),
    (0x3F, DataCoding(), "reserved alphabet, compressed with a class"),
    (0x40, DataCoding(discard=True), "to be deleted"),
    (0x59, DataCoding(UCS2, message_class=1, discard=True), "UCS-2, to be deleted"),
    (0x80, DataCoding(), "the first reserved group"),
    (0xBF, DataCoding(), "the last reserved group"),
    (0xC8, DataCoding(discard=True, waiting=Waiting.VOICEMAIL, active=True), "voice"),
    (0xC1, DataCoding(discard=True, waiting=Waiting.FAX), "no more fax"),
    (0xDA, DataCoding(waiting=Waiting.EMAIL, active=True), "a mail, to be stored"),
    (0xD7, DataCoding(waiting=Waiting.OTHER), "another, with the reserved bit"),
    (0xE8, DataCoding(UCS2, waiting=Waiting.VOICEMAIL, active=True), "voice in UCS-2"),
    (0xEF, DataCoding(UCS2, waiting=Waiting.OTHER, active=True), "the last of these"),
    (0xF0, DataCoding(message_class=0), "a class"),
    (0xF6, DataCoding(None, message_class=2), "octets for the SIM"),
    (0xFD, DataCoding(None, message_class=1), "with the reserved bit"),
)


class CodingTests(SynchronousTestCase):
    """TP-DCS."""

    def test_table(self) -> None:
        """A value of each group is what the standard says."""
        for octet, expected, meaning in CASES:
            self.assertEqual(read_coding(octet), expected, f"{octet:02x}: {meaning}")

    def test_total(self) -> None:
        """Each of the 256 has a meaning, and only GSM 7-bit is in septets."""
        for octet in range(256):
            found = read_coding(octet)
            plain = found.alphabet is GSM7 and not found.compressed
            self.assertEqual(found.in_septets, plain)

    def test_constants(self) -> None:
        """The three plain schemes."""
        for octet, alphabet in (
            (coding.GSM7, GSM7),
            (coding.OCTETS, None),
            (coding.UCS2, UCS2),
        ):
            self.assertEqual(read_coding(octet), DataCoding(alphabet))


@frozen
class TextCase:
    """User data, its scheme, the text and why."""

    data: UserData
    coding: int
    text: str
    meaning: str


def plain(body: bytes) -> UserData:
    """User data without a header."""
    return evolve(NO_HEADER, body=body)


def part_of(body: bytes) -> UserData:
    """The first of two parts."""
    return evolve(udh.parse(b"\5\0\3\1\2\1"), body=body)


TEXTS = (
    TextCase(plain(b"RUTAN\x00\x1be"), 0x00, "RUTAN@€", "the default table"),
    TextCase(plain(b"ab\x1b"), 0x00, "ab ", "a lone escape"),
    TextCase(part_of(b"ab\x1b"), 0x00, "ab\U0010001b", "one that waits for its end"),
    TextCase(UserData(b"", b"\x1bc", None, False, 0, 1), 0x00, "ç", "Turkish"),
    TextCase(UserData(b"", b"\x07", None, False, 1, 0), 0x00, "ı", "Turkish, locked"),
    TextCase(
        UserData(b"", b"\x07", None, False, 1, 0), 0x08, "\ufffd", "not of septets"
    ),
    TextCase(plain(b"\x00\xff\x80"), 0x04, "\0\xff\x80", "octets"),
    TextCase(plain(b"\x00\xff"), 0x20, "\0\xff", "compressed"),
    TextCase(plain(b"\x00A"), 0x28, "\0A", "compressed UCS-2"),
    TextCase(plain(b"\0A\xd8\x3d\xde\x00"), 0x08, "A😀", "UCS-2 with surrogates"),
    TextCase(plain(b"\0A\xd8\x3d"), 0x08, "A\ufffd", "half a pair"),
    TextCase(part_of(b"\0A\xd8\x3d"), 0x08, "A\U0010d83d", "half a pair that waits"),
    TextCase(plain(b"\xfe\xff\0A"), 0x08, "A", "a byte order mark"),
    TextCase(plain(b"\xff\xfeA\0"), 0x08, "A", "the other byte order"),
    TextCase(plain(b"\0A\0"), 0x08, "A", "half a NUL at the end"),
    TextCase(plain(b"\0A\0\0"), 0x08, "A", "a NUL at the end"),
    TextCase(plain(b"\0A\x42"), 0x08, "A\ufffd", "half a unit"),
    TextCase(plain(b"\0A"), 0xE8, "A", "UCS-2 of a waiting indication"),
)


class TextTests(SynchronousTestCase):
    """From user data to text and back."""

    def test_reading(self) -> None:
        """Each alphabet, and what is left open."""
        for case in TEXTS:
            found = read_text(case.data, read_coding(case.coding))
            self.assertEqual(found, case.text, case.meaning)

    @given(st.binary(), st.integers(0, 255), st.integers(0, 14), st.integers(0, 14))
    def test_total(self, body: bytes, octet: int, locking: int, single: int) -> None:
        """Any user data in any scheme has a text."""
        data = UserData(b"", body, None, False, locking, single)
        self.assertLessEqual(len(read_text(data, read_coding(octet))), len(body))

    @given(st.text(st.characters(exclude_categories=["Cs", "Co"]), max_size=600))
    def test_long(self, text: str) -> None:
        """A text in parts comes out of them whole."""
        # NULs at the end of UCS-2 are padding, and characters for private use halves.
        text = text.replace("\0", "").replace("\ufeff", "").replace("\ufffe", "")
        alphabet = parts.alphabet_for(text)
        cut = parts.split(text, alphabet, 8, 20)
        texts = []
        for number, piece in enumerate(cut, 1):
            place = Part(7, 8, len(cut), number) if len(cut) > 1 else None
            octet, data = write_text(piece, alphabet, place)
            self.assertEqual(data.part, place)
            texts.append(read_text(data, read_coding(octet)))
        self.assertEqual(join_parts(texts), text)

    def test_refused(self) -> None:
        """A character that is not there and a part that cannot be."""
        self.assertRaises(UnencodableError, write_text, "Ж", GSM7)
        self.assertRaises(ValueError, write_text, "A", GSM7, Part(1, 8, 2, 3))
