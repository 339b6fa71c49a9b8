"""Tests for `smscentre.gsm.udh`."""

from __future__ import annotations

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm import udh
from smscentre.messages import Part


@frozen
class Case:
    """User data in hex, the part it is, and why."""

    header: str
    part: Part | None
    meaning: str
    fragment: bool = False


CASES = (
    Case("050003aa0201", Part(0xAA, 8, 2, 1), "8 bit, TS 23.040 §9.2.3.24.1"),
    Case("060804aabb0303", Part(0xAABB, 16, 3, 3), "16 bit, §9.2.3.24.8"),
    Case("00", None, "an empty header"),
    Case("0605041581158a", None, "ports only"),
    Case("0b0504158115820003070201", Part(7, 8, 2, 1), "after ports"),
    Case("0b0003070201050415811582", Part(7, 8, 2, 1), "before ports"),
    Case("050003aa0001", None, "total 0 is ignored"),
    Case("050003aa0200", None, "number 0 is ignored", True),
    Case("050003aa0203", None, "a number above total is ignored", True),
    Case("060804aabb0000", None, "total 0 of 16 bit is ignored"),
    Case("060804aabb0304", None, "a number above total of 16 bit is ignored", True),
    Case("050003aa0100", None, "of one part nothing is missing"),
    Case("040002aa02", None, "a wrong length is ignored"),
    Case("0a00030102010003020302", Part(2, 8, 3, 2), "the last of two counts"),
    Case("0b00030102010804000203 02", Part(2, 16, 3, 2), "of either width"),
    Case("0a00030102010003020002", Part(1, 8, 2, 1), "an ignored one changes nothing"),
    Case("027000", None, "an element without data"),
)

PARTS = st.builds(
    lambda width, reference, numbers: Part(
        reference % (1 << width), width, max(numbers), min(numbers)
    ),
    st.sampled_from((8, 16)),
    st.integers(0, 0xFFFF),
    st.tuples(st.integers(1, 255), st.integers(1, 255)),
)


@frozen
class LanguageCase:
    """A header in hex and the languages of its septets."""

    header: str
    locking: int
    single: int
    meaning: str


# Source: 3GPP TS 23.040 §9.2.3.24.15 (0x24) and §9.2.3.24.16 (0x25).
LANGUAGE_CASES = (
    LanguageCase("03240101", 0, 1, "single shift"),
    LanguageCase("03250101", 1, 0, "locking shift"),
    LanguageCase("06240103250103", 3, 3, "both"),
    LanguageCase("0b000307020125010d24010d", 13, 13, "after a concatenation"),
    LanguageCase("06240101240102", 0, 2, "the last of two counts"),
    LanguageCase("0424020101", 0, 0, "a wrong length is ignored"),
    LanguageCase("0324017f", 0, 0x7F, "an unknown language is passed on"),
)


class ParseTests(SynchronousTestCase):
    """User data taken apart."""

    def test_table(self) -> None:
        """Header, body and part are as the standard says."""
        for case in CASES:
            header = bytes.fromhex(case.header)
            expected = udh.UserData(header, b"RUTAN", case.part, case.fragment)
            self.assertEqual(udh.parse(header + b"RUTAN"), expected, case.meaning)

    def test_languages(self) -> None:
        """National languages are those of the last valid element of each kind."""
        for case in LANGUAGE_CASES:
            parsed = udh.parse(bytes.fromhex(case.header) + b"RUTAN")
            found = (parsed.body, parsed.locking, parsed.single)
            self.assertEqual(found, (b"RUTAN", case.locking, case.single), case.meaning)

    def test_lengths(self) -> None:
        """A length that points past its end is refused, with its place."""
        for user_data, offset in (
            ("", 0),
            ("05", 0),
            ("050003aa02", 0),
            ("0100", 1),
            ("050004aa0201", 1),
            ("0600 03aa0201 00", 6),
            ("0700 03aa0201 0801", 6),
        ):
            octets = bytes.fromhex(user_data)
            error = self.assertRaises(udh.UserDataError, udh.parse, octets)
            self.assertEqual((error.offset, error.user_data), (offset, octets))

    @given(st.binary())
    def test_any_octets(self, user_data: bytes) -> None:
        """Octets are refused or split without loss, and never anything else."""
        try:
            parsed = udh.parse(user_data)
        except udh.UserDataError:
            return
        self.assertEqual(parsed.header + parsed.body, user_data)
        self.assertEqual(len(parsed.header), user_data[0] + 1)
        if parsed.part is not None:
            self.assertTrue(1 <= parsed.part.number <= parsed.part.total)


class ConcatenationTests(SynchronousTestCase):
    """The header of a part."""

    @given(PARTS, st.binary())
    def test_round_trip(self, part: Part, body: bytes) -> None:
        """A built header is parsed back to its part."""
        header = udh.concatenation(part)
        self.assertEqual(udh.parse(header + body), udh.UserData(header, body, part))

    def test_octets(self) -> None:
        """The octets are those of the standard."""
        for part, header in (
            (Part(0xAA, 8, 2, 1), "050003aa0201"),
            (Part(0xAABB, 16, 3, 2), "060804aabb0302"),
        ):
            self.assertEqual(udh.concatenation(part).hex(), header)

    def test_refused(self) -> None:
        """Fields that do not fit their octets are refused."""
        for part in (
            Part(256, 8, 2, 1),
            Part(-1, 8, 2, 1),
            Part(0x10000, 16, 2, 1),
            Part(1, 7, 2, 1),
            Part(1, 8, 256, 1),
            Part(1, 8, 2, 3),
            Part(1, 8, 2, 0),
        ):
            self.assertRaises(ValueError, udh.concatenation, part)
