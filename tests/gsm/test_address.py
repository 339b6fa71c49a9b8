"""Tests for `smscentre.gsm.address`."""

from __future__ import annotations

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm.address import read_address, read_smsc, write_address, write_smsc
from smscentre.gsm.tpdu_octets import Reader, TPDUError
from smscentre.messages import Address
from tests.gsm.tpdus import addresses, names, numbers


@frozen
class Case:
    """An address in hex, what it is, and why."""

    octets: str
    address: Address
    meaning: str


# Source: 3GPP TS 23.040 §9.1.2.3 (semi-octets) and §9.1.2.5 (address fields).
CASES = (
    Case("0C91 261801000010", Address("628110000001", 1, 1), "an even number"),
    Case("0B91 1346610089F6", Address("31641600986", 1, 1), "an odd number"),
    Case("0AA1 2143658709", Address("1234567890", 2, 1), "national"),
    Case("03F1 21F3", Address("123", 7, 1), "the reserved type of number"),
    Case("1481 21436587092143658709", Address("1234567890" * 2, 0, 1), "the longest"),
    Case("0081", Address("", 0, 1), "no digit"),
    Case("0080", Address("", 0, 0), "no digit and no plan"),
    Case("06A1 A1B2C3", Address("1*2#3a", 2, 1), "star, square and a"),
    Case("0381 DEFC", Address("cba", 0, 1), "c, b and a"),
    Case("02D0 41", Address("A", 5, 0), "a name of 1 letter"),
    Case("0DD0 41E19058341E01", Address("ABCDEFG", 5, 0), "7 letters, 13 semi-octets"),
    Case("0ED0 41E19058341E91", Address("ABCDEFGH", 5, 0), "8 letters, 14 semi-octets"),
    Case("0DD0 49A7F109DA9401", Address("INFO €", 5, 0), "two septets for one letter"),
    Case("14D0 D0623338CD06A5C16510", Address("PEMASYARAKA", 5, 0), "the longest name"),
    Case("00D0", Address("", 5, 0), "a name without a letter"),
)

TOLERATED = (
    Case("0381 2143", Address("123", 0, 1), "a digit in the place of the filler"),
    Case("0481 21F3", Address("123", 0, 1), "a filler counted as a digit"),
    Case("0681 21F3FF", Address("123", 0, 1), "several of them"),
    Case("0281 FF", Address("", 0, 1), "nothing else"),
    Case("0481 F143", Address("1f34", 0, 1), "a filler between digits"),
    Case("0301 21F3", Address("123", 0, 1), "a type without its extension bit"),
    Case("04D1 41A1", Address("AB", 5, 1), "a name with a numbering plan"),
)

REFUSED = (
    Address("1" * 21),
    Address("+62811"),
    Address("1f2"),
    Address("A"),
    Address("1", 8),
    Address("1", -1),
    Address("1", 1, 16),
    Address("PEMASYARAKAT", 5),
    Address("€€€€€€", 5),
    Address("Ж", 5),
    Address("A", 5, 1),
)


class AddressTests(SynchronousTestCase):
    """TP-OA, TP-DA and TP-RA."""

    def test_reading(self) -> None:
        """Numbers and names are as the standard says."""
        for case in CASES:
            reader = Reader(bytes.fromhex(case.octets) + b"\x99")
            self.assertEqual(read_address(reader), case.address, case.meaning)
            self.assertEqual(reader.up_to(9), b"\x99", case.meaning)

    def test_writing(self) -> None:
        """And they are written the same way."""
        for case in CASES:
            octets = write_address(case.address)
            self.assertEqual(octets, bytes.fromhex(case.octets), case.meaning)

    def test_tolerance(self) -> None:
        """Fillers and types of others are read."""
        for case in TOLERATED:
            reader = Reader(bytes.fromhex(case.octets))
            self.assertEqual(read_address(reader), case.address, case.meaning)
            self.assertEqual(reader.up_to(1), b"", case.meaning)

    def test_a_filler_makes_no_other_number(self) -> None:
        """What stands between digits is kept, so that the number matches no other."""
        address = read_address(Reader(bytes.fromhex("0C91 2618010F0010")))
        self.assertEqual(address.digits, "628110f00001")

    def test_refused(self) -> None:
        """What an address field cannot hold is refused and never cut."""
        for address in REFUSED:
            self.assertRaises(ValueError, write_address, address)

    @given(addresses)
    def test_round_trip(self, address: Address) -> None:
        """Every valid address is what its octets say."""
        octets = write_address(address)
        self.assertEqual(read_address(Reader(octets)), address)
        self.assertLessEqual(len(octets), 12)

    @given(st.binary(max_size=14))
    def test_any_octets(self, octets: bytes) -> None:
        """Octets are an address or the declared error."""
        try:
            read_address(Reader(octets))
        except TPDUError:
            pass


class SMSCTests(SynchronousTestCase):
    """The address of the service centre before a TPDU."""

    def test_reading(self) -> None:
        """Its length counts octets; 0 stands for the one of the SIM."""
        for octets, address in (
            ("00", None),
            ("0791 1326040000F0", Address("31624000000", 1, 1)),
            ("0281 21", Address("12", 0, 1)),
            ("0191", Address("", 1, 1)),
            ("0391 21FF", Address("12", 1, 1)),
        ):
            found = read_smsc(Reader(bytes.fromhex(octets)))
            self.assertEqual(found, address, octets)

    def test_too_long(self) -> None:
        """More octets than its field has are refused before they are read."""
        error = self.assertRaises(TPDUError, read_smsc, Reader(b"\x0c" + bytes(12)))
        self.assertEqual(error.offset, 0)

    def test_refused(self) -> None:
        """Only a number is written."""
        for address in (*REFUSED, Address("", 1, 1), Address("RUTAN", 5)):
            self.assertRaises(ValueError, write_smsc, address)

    @given(numbers)
    def test_round_trip(self, address: Address) -> None:
        """Every number is what its octets say."""
        self.assertEqual(read_smsc(Reader(write_smsc(address))), address)


class NameTests(SynchronousTestCase):
    """Names, whose length is in semi-octets and whose letters are septets."""

    @given(names)
    def test_length(self, name: Address) -> None:
        """The length is that of the semi-octets in use, without the fill bits."""
        octets = write_address(name)
        self.assertEqual((octets[0] + 1) // 2, len(octets) - 2)
