"""The status report: what the service centre says of a message from us.

The part of `tpdu` that reads and writes SMS-STATUS-REPORT; knows no other type and
not which message a reference names.

Source: 3GPP TS 23.040 §9.2.2.3.
"""

from __future__ import annotations

__all__ = ["read_report", "write_report"]

from smscentre.gsm.address import read_address, write_address
from smscentre.gsm.coding import GSM7, read_coding
from smscentre.gsm.timestamp import read_timestamp, write_timestamp
from smscentre.gsm.tpdu_data import read_data, write_data
from smscentre.gsm.tpdu_octets import Reader, TPDUError, write_octets
from smscentre.gsm.tpdu_values import StatusReport
from smscentre.gsm.udh import UserData

_STATUS_REPORT = 2
_NO_MORE = 0x04
_LOOP_PREVENTION = 0x08
_OF_COMMAND = 0x20
_HEADER = 0x40

_PROTOCOL_FOLLOWS = 0x01
_CODING_FOLLOWS = 0x02
_DATA_FOLLOWS = 0x04
_MORE_INDICATORS = 0x80
"""TP-PI.

Source: 3GPP TS 23.040 §9.2.3.27.
"""

_DATA_OCTETS = 131
"""What TP-UD may have: the standard promises no more room in a report."""


def read_report(reader: Reader, first: int) -> StatusReport:
    """Read what follows the first octet, which is given.

    :raises TPDUError: octets up to TP-ST are missing, or an address is overlong.
    """
    reference = reader.octet("TP-MR")
    recipient = read_address(reader)
    sent = read_timestamp(reader, "TP-SCTS")
    discharged = read_timestamp(reader, "TP-DT")
    status = reader.octet("TP-ST")
    protocol, coding, data, missing = _read_optional(reader, bool(first & _HEADER))
    return StatusReport(
        reference,
        recipient,
        sent,
        discharged,
        status,
        more_to_come=not first & _NO_MORE,
        loop_prevention=bool(first & _LOOP_PREVENTION),
        of_command=bool(first & _OF_COMMAND),
        protocol=protocol,
        coding=coding,
        data=data,
        missing=missing,
    )


_Optional = tuple[int | None, int | None, UserData | None, int]


def _read_optional(reader: Reader, has_header: bool) -> _Optional:
    """What may follow TP-ST; nothing if it cannot be read.

    What is needed of a report stands before it, and some modems fill a report up
    with 0xFF, which would promise every field. Without TP-DCS the text is GSM 7-bit.

    Source: 3GPP TS 23.040 §9.2.3.27 (TP-PI).
    """
    try:
        found = follows = reader.octet("TP-PI")
        while follows & _MORE_INDICATORS:
            follows = reader.octet("TP-PI")
        protocol = reader.octet("TP-PID") if found & _PROTOCOL_FOLLOWS else None
        coding = reader.octet("TP-DCS") if found & _CODING_FOLLOWS else None
        if not found & _DATA_FOLLOWS:
            return protocol, coding, None, 0
        scheme = read_coding(GSM7 if coding is None else coding)
        return protocol, coding, *read_data(reader, scheme, has_header)
    except TPDUError:
        return None, None, None, 0


def write_report(tpdu: StatusReport) -> bytes:
    """Write the whole TPDU.

    :raises ValueError: a field that does not fit.
    """
    data = tpdu.data
    first = (
        _STATUS_REPORT
        | (not tpdu.more_to_come) * _NO_MORE
        | tpdu.loop_prevention * _LOOP_PREVENTION
        | tpdu.of_command * _OF_COMMAND
        | bool(data and data.header) * _HEADER
    )
    return (
        write_octets(first, tpdu.reference)
        + write_address(tpdu.recipient)
        + write_timestamp(tpdu.sent)
        + write_timestamp(tpdu.discharged)
        + write_octets(tpdu.status)
        + _write_optional(tpdu)
    )


def _write_optional(tpdu: StatusReport) -> bytes:
    follows = 0
    octets = b""
    if tpdu.protocol is not None:
        follows |= _PROTOCOL_FOLLOWS
        octets += write_octets(tpdu.protocol)
    if tpdu.coding is not None:
        follows |= _CODING_FOLLOWS
        octets += write_octets(tpdu.coding)
    if tpdu.data is not None:
        follows |= _DATA_FOLLOWS
        scheme = read_coding(GSM7 if tpdu.coding is None else tpdu.coding)
        octets += write_data(tpdu.data, scheme, _DATA_OCTETS)
    return write_octets(follows) + octets if follows else b""
