"""Whole PDUs: from octets to values and back, by one table of commands.

The session hands in what the `Framer` cut out. The tables join each command_id
with its class and its body; nothing is kept between calls.

Source: SMPP 3.4 §4 (the commands), §5.1.2.1 (command_id).
"""

from __future__ import annotations

__all__ = [
    "Framer",
    "decode",
    "encode",
    "encode_deliver_sm_resp",
    "encode_header",
    "encode_short_message",
]

from collections.abc import Callable
from typing import Any

from smscentre.smpp import bodies, codes, pdus
from smscentre.smpp.codes import RESPONSE, Status
from smscentre.smpp.errors import RemoteProtocolError
from smscentre.smpp.framing import HEADER, MIN_PDU_OCTETS, Framer, bad_length, frame
from smscentre.smpp.pdus import BindMode, Pdu, ShortMessage

_Reader = Callable[[bytes, int, int], Pdu]
"""Takes a PDU's octets, command_status and sequence_number."""


def decode(octets: bytes) -> Pdu:
    """Read one whole PDU.

    :raises RemoteProtocolError: with the status to answer.
    """
    if len(octets) < MIN_PDU_OCTETS:
        raise bad_length(len(octets), octets)
    length, command, status, sequence = HEADER.unpack_from(octets)
    if length != len(octets):
        raise bad_length(length, octets)
    reader = _READERS.get(command)
    if reader is None:
        raise RemoteProtocolError(
            Status.RINVCMDID, f"unknown command_id 0x{command:08X}", octets
        )
    return reader(octets, status, sequence)


def encode(pdu: Pdu) -> bytes:
    """Write one whole PDU.

    :raises LocalProtocolError: when a field does not fit.
    """
    return _WRITERS[type(pdu)](pdu)


def encode_header(command: int, sequence: int, status: int = 0) -> bytes:
    """Write a PDU that is a header alone.

    :raises LocalProtocolError: a number beyond 32 bits.
    """
    return frame(command, sequence, status, b"")


def encode_deliver_sm_resp(sequence: int, status: int = 0) -> bytes:
    """Write a deliver_sm_resp, whose message_id is always empty.

    Source: SMPP 3.4 §4.6.2.
    """
    return frame(codes.DELIVER_SM_RESP, sequence, status, b"\0")


def encode_short_message(command: int, sequence: int, sm: ShortMessage) -> bytes:
    """Write a submit_sm or deliver_sm.

    :raises LocalProtocolError: when a field does not fit.
    """
    return frame(command, sequence, 0, bodies.write_short_message(sm))


def _bind_reader(mode: BindMode) -> _Reader:
    def read(octets: bytes, status: int, sequence: int) -> Pdu:
        return bodies.read_bind(octets, sequence, mode)

    return read


def _bind_resp_reader(mode: BindMode) -> _Reader:
    def read(octets: bytes, status: int, sequence: int) -> Pdu:
        system_id, version = bodies.read_bind_resp(octets)
        return pdus.BindResp(sequence, mode, status, system_id, version)

    return read


def _header_reader(build: Callable[[int], Pdu]) -> _Reader:
    """Read a request that is a header alone; a body is refused."""

    def read(octets: bytes, status: int, sequence: int) -> Pdu:
        if len(octets) != MIN_PDU_OCTETS:
            raise RemoteProtocolError(
                Status.RINVCMDLEN,
                f"expected a header alone, found {len(octets)} octets",
                octets,
            )
        return build(sequence)

    return read


def _answer_reader(build: Callable[[int, int], Pdu]) -> _Reader:
    """Read a response by its header alone; a body would add nothing."""

    def read(octets: bytes, status: int, sequence: int) -> Pdu:
        return build(sequence, status)

    return read


def _read_submit_sm_resp(octets: bytes, status: int, sequence: int) -> Pdu:
    return pdus.SubmitSmResp(sequence, status, bodies.read_message_id(octets))


def _read_submit_sm(octets: bytes, status: int, sequence: int) -> Pdu:
    return pdus.SubmitSm(sequence, bodies.read_short_message(octets))


def _read_deliver_sm(octets: bytes, status: int, sequence: int) -> Pdu:
    return pdus.DeliverSm(sequence, bodies.read_short_message(octets))


def _read_outbind(octets: bytes, status: int, sequence: int) -> Pdu:
    return bodies.read_outbind(octets, sequence)


_READERS: dict[int, _Reader] = {
    **{mode.value: _bind_reader(mode) for mode in BindMode},
    **{mode.value | RESPONSE: _bind_resp_reader(mode) for mode in BindMode},
    codes.OUTBIND: _read_outbind,
    codes.SUBMIT_SM: _read_submit_sm,
    codes.SUBMIT_SM_RESP: _read_submit_sm_resp,
    codes.DELIVER_SM: _read_deliver_sm,
    codes.DELIVER_SM_RESP: _answer_reader(pdus.DeliverSmResp),
    codes.ENQUIRE_LINK: _header_reader(pdus.EnquireLink),
    codes.ENQUIRE_LINK_RESP: _answer_reader(pdus.EnquireLinkResp),
    codes.UNBIND: _header_reader(pdus.Unbind),
    codes.UNBIND_RESP: _answer_reader(pdus.UnbindResp),
    codes.GENERIC_NACK: _answer_reader(pdus.GenericNack),
}


def _write_bind(pdu: pdus.Bind) -> bytes:
    return frame(pdu.mode.value, pdu.sequence, 0, bodies.write_bind(pdu))


def _write_bind_resp(pdu: pdus.BindResp) -> bytes:
    command = pdu.mode.value | RESPONSE
    # A refusal has no body (SMPP 3.4 §4.1.2).
    body = b"" if pdu.status else bodies.write_bind_resp(pdu)
    return frame(command, pdu.sequence, pdu.status, body)


def _write_outbind(pdu: pdus.Outbind) -> bytes:
    return frame(codes.OUTBIND, pdu.sequence, 0, bodies.write_outbind(pdu))


def _write_submit_sm_resp(pdu: pdus.SubmitSmResp) -> bytes:
    body = b"" if pdu.status else bodies.write_message_id(pdu.message_id)
    return frame(codes.SUBMIT_SM_RESP, pdu.sequence, pdu.status, body)


def _message_writer(command: int) -> Callable[[Any], bytes]:
    return lambda pdu: encode_short_message(command, pdu.sequence, pdu.message)


def _header_writer(command: int) -> Callable[[Any], bytes]:
    return lambda pdu: encode_header(command, pdu.sequence)


def _answer_writer(command: int) -> Callable[[Any], bytes]:
    return lambda pdu: encode_header(command, pdu.sequence, pdu.status)


_WRITERS: dict[type[Pdu], Callable[[Any], bytes]] = {
    pdus.Bind: _write_bind,
    pdus.BindResp: _write_bind_resp,
    pdus.Outbind: _write_outbind,
    pdus.SubmitSm: _message_writer(codes.SUBMIT_SM),
    pdus.SubmitSmResp: _write_submit_sm_resp,
    pdus.DeliverSm: _message_writer(codes.DELIVER_SM),
    pdus.DeliverSmResp: lambda pdu: encode_deliver_sm_resp(pdu.sequence, pdu.status),
    pdus.EnquireLink: _header_writer(codes.ENQUIRE_LINK),
    pdus.EnquireLinkResp: _answer_writer(codes.ENQUIRE_LINK_RESP),
    pdus.Unbind: _header_writer(codes.UNBIND),
    pdus.UnbindResp: _answer_writer(codes.UNBIND_RESP),
    pdus.GenericNack: _answer_writer(codes.GENERIC_NACK),
}
"""Any stands for the class in the key, which the type system cannot follow."""
