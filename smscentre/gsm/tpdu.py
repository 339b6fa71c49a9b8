"""The codec of the air interface: octets to messages and back.

Under the modem link, which gives it the octets of AT commands in PDU mode, with the
address of the service centre before them. Reading is as tolerant as real modems and
SMSCs make it, each tolerance in a function of its own; writing is strict.

Source: 3GPP TS 23.040 §9.2.2 (types of TPDU), §9.2.3 (their parameters).
"""

from __future__ import annotations

__all__ = ["decode", "decode_with_smsc", "encode", "encode_with_smsc"]

from typing import assert_never

from smscentre.gsm.address import read_address, read_smsc, write_address, write_smsc
from smscentre.gsm.coding import read_coding
from smscentre.gsm.timestamp import Timestamp, read_timestamp, write_timestamp
from smscentre.gsm.tpdu_data import read_data, write_data
from smscentre.gsm.tpdu_octets import Reader, write_octets
from smscentre.gsm.tpdu_report import read_report, write_report
from smscentre.gsm.tpdu_values import TPDU, Deliver, StatusReport, Submit, Validity
from smscentre.messages import Address

_DELIVER, _SUBMIT = 0, 1
"""TP-MTI, bits 0 and 1 of the first octet.

Source: 3GPP TS 23.040 §9.2.3.1.
"""

_NO_MORE = 0x04
_REJECT_DUPLICATES = 0x04
_LOOP_PREVENTION = 0x08
_REPORT = 0x20
_HEADER = 0x40
_REPLY_PATH = 0x80

_ENHANCED, _RELATIVE, _ABSOLUTE = 1, 2, 3
"""TP-VPF, bits 3 and 4 of the first octet of an SMS-SUBMIT.

Source: 3GPP TS 23.040 §9.2.3.3.
"""

_VALIDITY_OCTETS = 7

_DATA_OCTETS = 140
"""What TP-UD may have."""


def decode(octets: bytes) -> TPDU:
    """Read a TPDU; what is stored or comes at a phone is of these three types.

    The fourth, reserved, type reads as an SMS-DELIVER, as the standard wants it.
    What follows the last field is ignored: some modems give all of a SIM's record.

    :raises TPDUError: octets are missing or contradict each other.

    Source: 3GPP TS 23.040 §9.2.3.1.
    """
    return _decode(Reader(octets))


def decode_with_smsc(octets: bytes) -> tuple[Address | None, TPDU]:
    """Read the address of the service centre and the TPDU after it.

    :raises TPDUError: octets are missing or contradict each other.

    Source: 3GPP TS 27.005 §3.1 (<pdu>).
    """
    reader = Reader(octets)
    return read_smsc(reader), _decode(reader)


def encode(tpdu: TPDU) -> bytes:
    """Write a TPDU; its length is the one that AT+CMGS wants.

    :raises ValueError: a field that does not fit or a message that is not whole.
    """
    if tpdu.missing:
        raise ValueError(f"expected a whole message, {tpdu.missing} units are missing")
    match tpdu:
        case Deliver():
            return _encode_deliver(tpdu)
        case Submit():
            return _encode_submit(tpdu)
        case StatusReport():
            return write_report(tpdu)
        case _:
            assert_never(tpdu)


def encode_with_smsc(tpdu: TPDU, smsc: Address | None = None) -> bytes:
    """Write the address of the service centre, if any, and a TPDU.

    :raises ValueError: a field that does not fit.
    """
    return write_smsc(smsc) + encode(tpdu)


def _decode(reader: Reader) -> TPDU:
    first = reader.octet("the first octet of a TPDU")
    match first & 3:
        case 1:
            return _decode_submit(reader, first)
        case 2:
            return read_report(reader, first)
        case _:
            return _decode_deliver(reader, first)


def _decode_deliver(reader: Reader, first: int) -> Deliver:
    source = read_address(reader)
    protocol = reader.octet("TP-PID")
    coding = reader.octet("TP-DCS")
    sent = read_timestamp(reader, "TP-SCTS")
    data, missing = read_data(reader, read_coding(coding), bool(first & _HEADER))
    return Deliver(
        source,
        sent,
        data,
        coding,
        protocol,
        more_to_come=not first & _NO_MORE,
        loop_prevention=bool(first & _LOOP_PREVENTION),
        report_indicated=bool(first & _REPORT),
        reply_path=bool(first & _REPLY_PATH),
        missing=missing,
    )


def _encode_deliver(tpdu: Deliver) -> bytes:
    first = (
        _DELIVER
        | (not tpdu.more_to_come) * _NO_MORE
        | tpdu.loop_prevention * _LOOP_PREVENTION
        | tpdu.report_indicated * _REPORT
        | bool(tpdu.data.header) * _HEADER
        | tpdu.reply_path * _REPLY_PATH
    )
    return (
        write_octets(first)
        + write_address(tpdu.source)
        + write_octets(tpdu.protocol, tpdu.coding)
        + write_timestamp(tpdu.sent)
        + write_data(tpdu.data, read_coding(tpdu.coding), _DATA_OCTETS)
    )


def _decode_submit(reader: Reader, first: int) -> Submit:
    reference = reader.octet("TP-MR")
    destination = read_address(reader)
    protocol = reader.octet("TP-PID")
    coding = reader.octet("TP-DCS")
    validity = _read_validity(reader, first >> 3 & 3)
    data, missing = read_data(reader, read_coding(coding), bool(first & _HEADER))
    return Submit(
        destination,
        data,
        coding,
        protocol,
        reference,
        validity,
        reject_duplicates=bool(first & _REJECT_DUPLICATES),
        report_requested=bool(first & _REPORT),
        reply_path=bool(first & _REPLY_PATH),
        missing=missing,
    )


def _encode_submit(tpdu: Submit) -> bytes:
    if not tpdu.destination.digits:
        raise ValueError("expected a destination, found none")
    validity_format, validity = _write_validity(tpdu.validity)
    first = (
        _SUBMIT
        | tpdu.reject_duplicates * _REJECT_DUPLICATES
        | validity_format << 3
        | tpdu.report_requested * _REPORT
        | bool(tpdu.data.header) * _HEADER
        | tpdu.reply_path * _REPLY_PATH
    )
    return (
        write_octets(first, tpdu.reference)
        + write_address(tpdu.destination)
        + write_octets(tpdu.protocol, tpdu.coding)
        + validity
        + write_data(tpdu.data, read_coding(tpdu.coding), _DATA_OCTETS)
    )


def _read_validity(reader: Reader, kind: int) -> Validity | None:
    match kind:
        case 0:
            return None
        case 1:
            return reader.take(_VALIDITY_OCTETS, "an enhanced TP-VP")
        case 2:
            return reader.octet("a relative TP-VP")
        case _:
            return read_timestamp(reader, "an absolute TP-VP")


def _write_validity(validity: Validity | None) -> tuple[int, bytes]:
    match validity:
        case None:
            return 0, b""
        case int():
            return _RELATIVE, write_octets(validity)
        case Timestamp():
            return _ABSOLUTE, write_timestamp(validity)
        case bytes():
            if len(validity) != _VALIDITY_OCTETS:
                raise ValueError(f"expected TP-VP of 7 octets, found {validity.hex()}")
            return _ENHANCED, validity
        case _:
            assert_never(validity)
