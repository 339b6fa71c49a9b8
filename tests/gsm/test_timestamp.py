"""Tests for `smscentre.gsm.timestamp`."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm.timestamp import (
    LONGEST_VALIDITY_S,
    Timestamp,
    read_timestamp,
    validity_for,
    validity_s,
    write_timestamp,
)
from smscentre.gsm.tpdu_octets import Reader, TPDUError
from tests.gsm.tpdus import moments, stamps


def in_zone(quarters: int, *fields: int) -> datetime:
    """A time in a zone of so many quarters of an hour."""
    year, month, day, hour, minute, second = fields
    zone = timezone(timedelta(minutes=15 * quarters))
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


# Source: 3GPP TS 23.040 §9.2.3.11; the second is a published example.
VALID = (
    ("62112290300082", in_zone(28, 2026, 11, 22, 9, 3, 0), "WIB, UTC+7"),
    ("20806291731408", in_zone(0, 2002, 8, 26, 19, 37, 41), "minus zero"),
    ("62112290305223", in_zone(32, 2026, 11, 22, 9, 3, 25), "WITA, UTC+8"),
    ("62112290309563", in_zone(36, 2026, 11, 22, 9, 3, 59), "WIT, UTC+9"),
    ("6211229030008A", in_zone(-28, 2026, 11, 22, 9, 3, 0), "UTC-7"),
    ("62112290300004", in_zone(40, 2026, 11, 22, 9, 3, 0), "UTC+10"),
    ("62112290300032", in_zone(23, 2026, 11, 22, 9, 3, 0), "Nepal, UTC+5:45"),
    ("6211229030000C", in_zone(-40, 2026, 11, 22, 9, 3, 0), "UTC-10"),
    ("42209232959500", in_zone(0, 2024, 2, 29, 23, 59, 59), "a leap day"),
    ("00101000000097", in_zone(79, 2000, 1, 1, 0, 0, 0), "the largest zone"),
    ("9921133295959F", in_zone(-79, 2099, 12, 31, 23, 59, 59), "the last, smallest"),
)

INVALID = (
    ("00000000000000", "zeros"),
    ("FFFFFFFFFFFFFF", "ones"),
    ("62312290300082", "month 13"),
    ("62111390300082", "the 31st of November"),
    ("62209290300082", "the 29th of February 2026"),
    ("62112242300082", "hour 24"),
    ("62112290060082", "minute 60"),
    ("62112290300682", "second 60"),
    ("6A112290300082", "a year that is not decimal"),
    ("621122903000A2", "a zone that is not decimal"),
    ("62112290300A82", "a second that is not decimal"),
)


class TimestampTests(SynchronousTestCase):
    """TP-SCTS."""

    def test_valid(self) -> None:
        """The time, its zone and the octets belong together."""
        for octets, moment, meaning in VALID:
            stamp = Timestamp(bytes.fromhex(octets))
            self.assertEqual(stamp.moment, moment, meaning)
            assert stamp.moment is not None
            self.assertEqual(stamp.moment.utcoffset(), moment.utcoffset(), meaning)
            self.assertEqual(stamp.seconds, moment.timestamp(), meaning)
            if meaning != "minus zero":
                self.assertEqual(Timestamp.of(moment), stamp, meaning)

    def test_invalid(self) -> None:
        """Octets that are no time are kept, and say so."""
        for octets, meaning in INVALID:
            reader = Reader(bytes.fromhex(octets))
            stamp = read_timestamp(reader, "TP-SCTS")
            self.assertEqual(stamp.octets, bytes.fromhex(octets), meaning)
            self.assertIsNone(stamp.moment, meaning)
            self.assertIsNone(stamp.seconds, meaning)
            self.assertEqual(write_timestamp(stamp), stamp.octets)

    def test_other_lengths(self) -> None:
        """Fewer octets cannot be read, and none but seven are written."""
        error = self.assertRaises(TPDUError, read_timestamp, Reader(bytes(6)), "TP-DT")
        self.assertEqual(error.expected, "TP-DT")
        for octets in (b"", bytes(6), bytes(8)):
            self.assertIsNone(Timestamp(octets).moment)
            self.assertRaises(ValueError, write_timestamp, Timestamp(octets))

    def test_no_stamp(self) -> None:
        """Times that the octets cannot hold are refused."""
        for moment in (
            datetime(2026, 11, 22),  # noqa: DTZ001 - the zone is what is missing
            in_zone(0, 1999, 12, 31, 0, 0, 0),
            in_zone(0, 2100, 1, 1, 0, 0, 0),
            in_zone(80, 2026, 11, 22, 0, 0, 0),
            datetime(2026, 11, 22, tzinfo=timezone(timedelta(minutes=20))),
        ):
            self.assertRaises(ValueError, Timestamp.of, moment)

    @given(moments)
    def test_round_trip(self, moment: datetime) -> None:
        """Every second of the century in every zone."""
        found = Timestamp.of(moment).moment
        assert found is not None
        self.assertEqual((found, found.utcoffset()), (moment, moment.utcoffset()))

    @given(stamps)
    def test_any_octets(self, stamp: Timestamp) -> None:
        """Octets that say a time say only that one."""
        moment = stamp.moment
        if moment is not None and stamp.octets[-1] != 0x08:
            self.assertEqual(Timestamp.of(moment), stamp)


class ValidityTests(SynchronousTestCase):
    """The relative format of TP-VP."""

    def test_table(self) -> None:
        """Both ends of each of the four ranges.

        Source: 3GPP TS 23.040 §9.2.3.12.1.
        """
        hour, day = 3600, 86400
        for octet, seconds in (
            (0, 300),
            (143, 12 * hour),
            (144, 12 * hour + 1800),
            (167, day),
            (168, 2 * day),
            (0xAA, 4 * day),
            (196, 30 * day),
            (197, 5 * 7 * day),
            (255, 63 * 7 * day),
        ):
            self.assertEqual(validity_s(octet), seconds)
            self.assertEqual(validity_for(seconds), octet)

    @given(st.floats(0, LONGEST_VALIDITY_S, exclude_min=True))
    def test_shortest(self, seconds: float) -> None:
        """A message lives as long as it was to, and no step longer."""
        octet = validity_for(seconds)
        self.assertGreaterEqual(validity_s(octet), seconds)
        if octet:
            self.assertLess(validity_s(octet - 1), seconds)

    def test_out_of_range(self) -> None:
        """Nothing, less than that and more than 63 weeks have no octet."""
        for seconds in (0, -1, LONGEST_VALIDITY_S + 1, float("nan")):
            self.assertRaises(ValueError, validity_for, seconds)
