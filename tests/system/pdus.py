"""The wire as the test carrier sees it: framing of its own, smpplib's codec.

Stands at the far end of the path and shares no line with `smscentre.smpp`, so a
mistake of the product's codec cannot hide behind the same mistake here. Knows
PDUs and texts; knows no socket, no session and no officer.
"""

from __future__ import annotations

__all__ = [
    "Concatenation",
    "Pdu",
    "bind_answer",
    "build",
    "decode_text",
    "encode_text",
    "header",
    "parse",
    "read_frame",
    "text_of",
]

import struct
from typing import Any, BinaryIO

from attrs import frozen
from smpplib import consts, smpp
from smpplib.command_codes import get_command_code
from smpplib.gsm import GSM_CHARACTER_TABLE, gsm_encode

Pdu = Any
"""A PDU object of smpplib, which has no types."""

_ESCAPE = 0x1B
_EXTENSION = 0x80
"""smpplib keeps the extension table in the upper half of its one table."""

_UDHI = 0x40

_DELIVERY = {"source_addr_ton": 1, "source_addr_npi": 1, "dest_addr_npi": 1}


class _Numbers:
    """What smpplib wants for a client: something that numbers PDUs."""

    sequence = 0

    def next_sequence(self) -> int:
        """The number of a PDU; always overwritten afterwards."""
        return 1


@frozen
class Concatenation:
    """The place of a part: its reference, how many there are, which it is."""

    reference: int
    total: int
    number: int


def read_frame(stream: BinaryIO) -> bytes | None:
    """Read one PDU; None when the far end closed, even in the middle of one."""
    start = stream.read(4)
    if len(start) < 4:
        return None
    length = int.from_bytes(start, "big")
    if not 16 <= length <= 65536:
        raise AssertionError(f"the centre sent a command_length of {length}")
    rest = stream.read(length - 4)
    return start + rest if len(rest) == length - 4 else None


def parse(frame: bytes) -> Pdu:
    """Decode a frame by smpplib."""
    return smpp.parse_pdu(frame, client=_Numbers(), allow_unknown_opt_params=True)


def build(command: str, sequence: int, status: int = 0, **fields: object) -> bytes:
    """Encode a PDU by smpplib; a deliver_sm is from an international number."""
    if command == "deliver_sm":
        fields = {**_DELIVERY, **fields}
    pdu = smpp.make_pdu(command, client=_Numbers(), status=status, **fields)
    # smpplib drops a sequence given as a keyword.
    pdu.sequence = sequence
    octets: bytes = pdu.generate()
    return octets


def bind_answer(request: Pdu, status: int) -> bytes:
    """The answer to a bind; without a body where the bind is refused."""
    command = f"{request.command}_resp"
    if status:
        code = get_command_code(command)
        return header(16, code, status, request.sequence)
    return build(command, request.sequence, system_id="peer")


def header(length: int, command: int, status: int, sequence: int) -> bytes:
    """Sixteen octets exactly as given, whether or not they make sense."""
    return struct.pack(">LLLL", length, command, status, sequence)


def encode_text(text: str, data_coding: int) -> bytes:
    """Encode a text as a carrier would: unpacked GSM 7-bit, Latin-1 or UCS-2."""
    if data_coding == consts.SMPP_ENCODING_ISO10646:
        return text.encode("utf-16-be")
    if data_coding == consts.SMPP_ENCODING_ISO88591:
        return text.encode("latin-1")
    octets: bytes = gsm_encode(text)
    return octets


def decode_text(octets: bytes, data_coding: int) -> str:
    """Decode what the centre sent."""
    if data_coding == consts.SMPP_ENCODING_ISO10646:
        return octets.decode("utf-16-be")
    if data_coding == consts.SMPP_ENCODING_ISO88591:
        return octets.decode("latin-1")
    text, shift = "", 0
    for octet in octets:
        if octet == _ESCAPE and not shift:
            shift = _EXTENSION
        else:
            text += GSM_CHARACTER_TABLE[octet + shift]
            shift = 0
    return text


def text_of(pdu: Pdu) -> tuple[str, Concatenation | None]:
    """The text of a submit_sm and its place in a long message, if it is part of one."""
    body = pdu.short_message or pdu.message_payload or b""
    part = None
    if pdu.esm_class & _UDHI:
        part = _concatenation(body[1 : body[0] + 1])
        body = body[body[0] + 1 :]
    elif pdu.sar_total_segments:
        part = Concatenation(
            pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum
        )
    return decode_text(body, pdu.data_coding), part


def _concatenation(elements: bytes) -> Concatenation | None:
    """Find the concatenation element among those of a user data header."""
    while elements:
        kind, length = elements[0], elements[1]
        value, elements = elements[2 : 2 + length], elements[2 + length :]
        if kind in (0x00, 0x08):
            return Concatenation(int.from_bytes(value[:-2], "big"), *value[-2:])
    return None
