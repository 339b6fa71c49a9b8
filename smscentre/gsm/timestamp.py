"""Times on the air: when the service centre had a message, how long it tries.

Between octets and `datetime`. It knows no clock: a time that cannot be is kept as
it came, and whoever needs one takes that of the arrival.

Source: 3GPP TS 23.040 §9.2.3.11 (TP-SCTS), §9.2.3.12.1 (relative TP-VP).
"""

from __future__ import annotations

__all__ = [
    "LONGEST_VALIDITY_S",
    "Timestamp",
    "read_timestamp",
    "validity_for",
    "validity_s",
    "write_timestamp",
]

from bisect import bisect_left
from datetime import UTC, datetime, timedelta, timezone

from attrs import frozen

from smscentre.gsm.tpdu_octets import Reader

_OCTETS = 7

_CENTURY = 2000

_MINUTE_S = 60
_HOUR_S = 60 * _MINUTE_S
_DAY_S = 24 * _HOUR_S


@frozen
class Timestamp:
    """The seven octets of a time, and the time if they say one.

    The octets are kept since not all SMSCs fill them: zeros, 0xFF and dates such as
    the 31st of February arrive, and such a message is a message all the same.
    """

    octets: bytes

    @classmethod
    def of(cls, moment: datetime) -> Timestamp:
        """The time stamp of a time with a zone, to the second.

        :raises ValueError: a year that is not of this century, no zone, or one that
            is not a multiple of a quarter of an hour or beyond 79 of them.
        """
        offset = moment.utcoffset()
        if offset is None:
            raise ValueError(f"expected a time with a zone, found {moment}")
        quarters, rest = divmod(abs(offset), timedelta(minutes=15))
        if rest or quarters > 79 or moment.year // 100 * 100 != _CENTURY:
            raise ValueError(f"expected a year 20xx, quarters of an hour: {moment}")
        fields = (
            moment.year - _CENTURY,
            moment.month,
            moment.day,
            moment.hour,
            moment.minute,
            moment.second,
            quarters,
        )
        octets = bytearray(value % 10 << 4 | value // 10 for value in fields)
        if offset < timedelta(0):
            octets[-1] |= 0x08
        return cls(bytes(octets))

    @property
    def moment(self) -> datetime | None:
        """The time with its zone; None where the octets are no time."""
        if len(self.octets) != _OCTETS:
            return None
        # The sign of the zone is the first bit of its first, the low, semi-octet.
        zone = self.octets[-1]
        fields = [_number(octet) for octet in (*self.octets[:-1], zone & 0xF7)]
        if None in fields:
            return None
        year, month, day, hour, minute, second, quarters = (n or 0 for n in fields)
        offset = timedelta(minutes=-15 * quarters if zone & 0x08 else 15 * quarters)
        try:
            return datetime(
                _CENTURY + year,
                month,
                day,
                hour,
                minute,
                second,
                tzinfo=timezone(offset) if offset else UTC,
            )
        except ValueError:
            return None

    @property
    def seconds(self) -> float | None:
        """The time in seconds since 1970; None where the octets are no time."""
        moment = self.moment
        return None if moment is None else moment.timestamp()


def read_timestamp(reader: Reader, what: str) -> Timestamp:
    """Read TP-SCTS, TP-DT or an absolute TP-VP, valid or not.

    :raises TPDUError: fewer than seven octets are left.
    """
    return Timestamp(reader.take(_OCTETS, what))


def write_timestamp(timestamp: Timestamp) -> bytes:
    """Write a time as it is kept.

    :raises ValueError: not seven octets.
    """
    if len(timestamp.octets) != _OCTETS:
        raise ValueError(f"expected 7 octets of a time, found {timestamp.octets.hex()}")
    return timestamp.octets


def validity_s(relative: int) -> int:
    """The seconds that an octet of relative validity stands for.

    Source: 3GPP TS 23.040 §9.2.3.12.1.
    """
    if relative <= 143:
        return (relative + 1) * 5 * _MINUTE_S
    if relative <= 167:
        return 12 * _HOUR_S + (relative - 143) * 30 * _MINUTE_S
    if relative <= 196:
        return (relative - 166) * _DAY_S
    return (relative - 192) * 7 * _DAY_S


LONGEST_VALIDITY_S = validity_s(255)
"""63 weeks."""


def validity_for(seconds: float) -> int:
    """The octet of the shortest relative validity that is not under so many seconds.

    :raises ValueError: not above 0, or more than 63 weeks.
    """
    if not 0 < seconds <= LONGEST_VALIDITY_S:
        raise ValueError(f"expected 1 to {LONGEST_VALIDITY_S} seconds, found {seconds}")
    return bisect_left(range(256), seconds, key=validity_s)


def _number(octet: int) -> int | None:
    """Two decimal semi-octets, the tens in the low one; None where they are not."""
    tens, ones = octet & 0x0F, octet >> 4
    return 10 * tens + ones if tens <= 9 and ones <= 9 else None
