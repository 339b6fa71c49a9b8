"""What a modem says by itself: a table from the beginning of a line to its kind.

Beside the dialogue, which asks it only about lines that the command in flight does
not claim; knows no command and no time.

Source: 3GPP TS 27.005 §3.4.1 (+CNMI and its result codes); TS 27.007 §7.2 (+CREG),
§7.15 (+CUSD), §6.11 (+CRING).
"""

from __future__ import annotations

__all__ = ["Kind", "fits", "has_pdu", "is_hex", "kind_of", "names_length"]

import re
from enum import Enum

_PREFIXED = re.compile(r"([+^$*%#&][A-Z][A-Z0-9_]*)(?:[:=?,]|$)", re.IGNORECASE)
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_LENGTH = re.compile(r"[:,]\s*(\d{1,3})\s*$")


class Kind(Enum):
    """What an unsolicited line is about."""

    MESSAGE = "message"
    MESSAGE_STORED = "message stored"
    REPORT = "report"
    REPORT_STORED = "report stored"
    BROADCAST = "broadcast"
    REGISTRATION = "registration"
    CALL = "call"
    USSD = "ussd"
    RESTARTED = "restarted"
    READY = "ready"
    OTHER = "other"


_BY_PREFIX = {
    "+CMT": Kind.MESSAGE,
    "+CMTI": Kind.MESSAGE_STORED,
    "+CDS": Kind.REPORT,
    "+CDSI": Kind.REPORT_STORED,
    "+CBM": Kind.BROADCAST,
    "+CBMI": Kind.BROADCAST,
    "+CREG": Kind.REGISTRATION,
    "+CGREG": Kind.REGISTRATION,
    "+CEREG": Kind.REGISTRATION,
    "+CRING": Kind.CALL,
    "+CLIP": Kind.CALL,
    "+CCWA": Kind.CALL,
    "+CUSD": Kind.USSD,
    "^SYSSTART": Kind.RESTARTED,
}
"""What is told apart; any other line with a prefix is `Kind.OTHER`."""

_BY_WORDS = {
    "RING": Kind.CALL,
    "NO CARRIER": Kind.CALL,
    "NO ANSWER": Kind.CALL,
    "NO DIALTONE": Kind.CALL,
    "BUSY": Kind.CALL,
    "RDY": Kind.RESTARTED,
    "APP RDY": Kind.RESTARTED,
    "NORMAL POWER DOWN": Kind.RESTARTED,
    "POWERED DOWN": Kind.RESTARTED,
    "UNDER-VOLTAGE POWER DOWN": Kind.RESTARTED,
    "CALL READY": Kind.READY,
    "SMS READY": Kind.READY,
    "SMS DONE": Kind.READY,
    "PB DONE": Kind.READY,
    "+QIND: SMS DONE": Kind.READY,
    "+QIND: PB DONE": Kind.READY,
    "UNDER-VOLTAGE WARNNING": Kind.OTHER,
    "OVER-VOLTAGE WARNNING": Kind.OTHER,
}
"""Whole lines, as SIMCom, Quectel and Cinterion have them, in upper case.

A modem that restarts has forgotten what it was told, PDU mode included. Two of
SIMCom's words have a letter too many.
"""

_WITH_PDU = ("+CMT", "+CDS", "+CBM")


def kind_of(line: str) -> Kind | None:
    """Tell what an unsolicited line is about; None if it is none."""
    kind = _BY_WORDS.get(line.upper())
    if kind is not None:
        return kind
    prefix = _PREFIXED.match(line)
    if prefix is None:
        return None
    return _BY_PREFIX.get(prefix[1].upper(), Kind.OTHER)


def has_pdu(header: str) -> bool:
    """Tell whether a PDU comes in the line after an unsolicited one."""
    return header.partition(":")[0].upper() in _WITH_PDU


def is_hex(line: str) -> bool:
    """Tell whether a line is octets in hexadecimal and nothing else."""
    return _HEX.fullmatch(line) is not None


def names_length(header: str) -> bool:
    """Tell whether a header ends with a length, as in PDU mode.

    After one of text mode the next line is a text, which may read as anything.
    """
    return _LENGTH.search(header) is not None


def fits(header: str, pdu: str) -> bool:
    """Tell whether a PDU has the length that its header names.

    The length is the last number of the header, without the address of the service
    centre, which may be there or not.

    Source: 3GPP TS 27.005 §4.1 (<length>), §3.1 (<pdu>).
    """
    length = _LENGTH.search(header)
    if length is None or not is_hex(pdu):
        return False
    octets = len(pdu) // 2
    return octets in (int(length[1]), int(length[1]) + 1 + int(pdu[:2], 16))
