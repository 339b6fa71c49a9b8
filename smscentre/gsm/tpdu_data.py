"""User data on the air: its length, its header, septets packed behind fill bits.

Between the octets of a TPDU and `smscentre.gsm.udh.UserData`; reads no text.

Source: 3GPP TS 23.040 §9.2.3.16 (TP-UDL), §9.2.3.24 (TP-UD).
"""

from __future__ import annotations

__all__ = ["NO_HEADER", "read_data", "write_data"]

from attrs import evolve

from smscentre.gsm import udh
from smscentre.gsm.alphabet import pack, unpack
from smscentre.gsm.coding import DataCoding
from smscentre.gsm.tpdu_octets import Reader, TPDUError
from smscentre.gsm.udh import UserData

NO_HEADER = UserData(b"", b"", None)


def read_data(
    reader: Reader, coding: DataCoding, has_header: bool
) -> tuple[UserData, int]:
    """Read TP-UDL and TP-UD; also gives how many units of it are missing.

    Octets after the user data stay unread: some modems add some.

    :raises TPDUError: no length, or a header that contradicts its own lengths.
    """
    promised = reader.octet("the length of user data")
    start = reader.offset
    octets, units = _what_is_there(reader, promised, coding)
    if not has_header:
        body = unpack(octets, units) if coding.in_septets else octets
        return UserData(b"", body, None), promised - units
    try:
        data = udh.parse(octets)
    except udh.UserDataError as error:
        raise TPDUError(
            f"a valid header ({error})", start + error.offset, reader.octets
        ) from error
    if coding.in_septets:
        before, fill_bits = _header_septets(data.header)
        body = unpack(data.body, units - before, fill_bits) if units > before else b""
        data = evolve(data, body=body)
    return data, promised - units


def write_data(data: UserData, coding: DataCoding, room: int) -> bytes:
    """Write TP-UDL and TP-UD, of at most ``room`` octets.

    :raises ValueError: too long, an octet above 0x7F among septets, or a header that
        is malformed or says something else than the other fields.
    """
    header = data.header
    try:
        described = udh.parse(header) if header else NO_HEADER
    except udh.UserDataError as error:
        raise ValueError(str(error)) from error
    if described != evolve(data, body=b""):
        raise ValueError(f"expected fields as in header {header.hex()}, found {data}")
    if coding.in_septets:
        before, fill_bits = _header_septets(header)
        units = before + len(data.body)
        octets = header + pack(data.body, fill_bits)
    else:
        octets = header + data.body
        units = len(octets)
    if len(octets) > room:
        raise ValueError(
            f"expected user data of at most {room} octets, found {len(octets)}"
        )
    return bytes((units,)) + octets


def _what_is_there(
    reader: Reader, promised: int, coding: DataCoding
) -> tuple[bytes, int]:
    """The octets of a length in septets or octets, and how many units they hold.

    The length may go past the end: some modems cut messages that they store, some
    SMSCs count the fill bits as one septet more.
    """
    if not coding.in_septets:
        octets = reader.up_to(promised)
        return octets, len(octets)
    octets = reader.up_to((7 * promised + 7) // 8)
    return octets, min(promised, 8 * len(octets) // 7)


def _header_septets(header: bytes) -> tuple[int, int]:
    """The septets that a header takes, and the fill bits that make them whole."""
    septets = (8 * len(header) + 6) // 7
    return septets, 7 * septets - 8 * len(header)
