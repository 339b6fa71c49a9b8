"""The parts of a PDU's body: text ended by NUL, and TLVs after the fixed part.

Reads and writes single fields and checks every length on the way; knows no
command and does not know what a field means.

Source: SMPP 3.4 §3.1 (parameter types), §3.2.4 (optional parameters).
"""

from __future__ import annotations

__all__ = [
    "TextField",
    "integer_tlv",
    "read_text",
    "read_tlvs",
    "write_octets",
    "write_text",
    "write_tlvs",
]

import struct
from collections.abc import Mapping

from attrs import frozen

from smscentre.smpp.codes import Status
from smscentre.smpp.errors import LocalProtocolError, RemoteProtocolError

_TLV_HEADER = struct.Struct(">HH")


@frozen
class TextField:
    """A C-octet string: its name, its size with the NUL, the status if it is bad.

    A ``fixed`` field is empty or exactly that long, as the times of SMPP are.
    """

    name: str
    size: int
    status: int
    fixed: bool = False


def read_text(pdu: bytes, start: int, field: TextField) -> tuple[str, int]:
    """Read the text that begins at an offset; also gives the offset after its NUL.

    Octets above 0x7F are read as Latin-1: names of senders hold them, and a
    message is not worth losing for that.

    :raises RemoteProtocolError: no NUL within the field's size.
    """
    # Most fields of most messages are empty; reading them is a third of the work.
    if start < len(pdu) and not pdu[start]:
        return "", start + 1
    end = pdu.find(b"\0", start, start + field.size)
    if end < 0:
        raise RemoteProtocolError(
            field.status,
            f"expected {field.name} of at most {field.size} octets ended by NUL "
            f"at octet {start} of {len(pdu)}",
            pdu,
        )
    return pdu[start:end].decode("latin-1"), end + 1


def write_text(text: str, field: TextField) -> bytes:
    """Write a text with its NUL.

    :raises LocalProtocolError: too long, a NUL inside, or beyond Latin-1.
    """
    if not text:
        return b"\0"
    try:
        octets = text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise LocalProtocolError(f"{field.name} is beyond Latin-1") from error
    length = len(octets) + 1
    if length > field.size or (field.fixed and length != field.size):
        raise LocalProtocolError(
            f"{field.name} takes {field.size - 1} octets, not {len(octets)}"
        )
    if 0 in octets:
        raise LocalProtocolError(f"{field.name} holds a NUL")
    return octets + b"\0"


def write_octets(*values: int) -> bytes:
    """Write integers of one octet each.

    :raises LocalProtocolError: a value beyond 0 to 255.
    """
    try:
        return bytes(values)
    except ValueError as error:
        raise LocalProtocolError(f"not all octets: {values}") from error


def read_tlvs(pdu: bytes, start: int) -> dict[int, bytes]:
    """Read the TLVs from an offset to the end; unknown tags are kept.

    Values stay octets, so a wrong length of one never shifts the next. Of a
    repeated tag the last one counts.

    :raises RemoteProtocolError: a header or value goes past the end.
    """
    tlvs: dict[int, bytes] = {}
    size = len(pdu)
    while start < size:
        value = start + 4
        if value > size:
            raise _bad_tlv(pdu, start, "header")
        tag, length = _TLV_HEADER.unpack_from(pdu, start)
        start = value + length
        if start > size:
            raise _bad_tlv(pdu, value, f"value of {length} octets")
        tlvs[tag] = pdu[value:start]
    return tlvs


def write_tlvs(tlvs: Mapping[int, bytes]) -> bytes:
    """Write TLVs in the mapping's order.

    :raises LocalProtocolError: a tag or a length beyond 16 bits.
    """
    try:
        return b"".join(
            _TLV_HEADER.pack(tag, len(value)) + value for tag, value in tlvs.items()
        )
    except struct.error as error:
        raise LocalProtocolError(f"a TLV does not fit its header: {error}") from error


def integer_tlv(tlvs: Mapping[int, bytes], tag: int, size: int) -> int | None:
    """Read a TLV as an integer of ``size`` octets; None if it is not one."""
    value = tlvs.get(tag)
    if value is None or len(value) != size:
        return None
    return int.from_bytes(value, "big")


def _bad_tlv(pdu: bytes, offset: int, what: str) -> RemoteProtocolError:
    return RemoteProtocolError(
        Status.RINVTLVSTREAM,
        f"the {what} of a TLV at octet {offset} goes past the end at {len(pdu)}",
        pdu,
    )
