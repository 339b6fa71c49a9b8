"""From a TPDU of a modem to an arrival's values, and from a part to a TPDU. Pure.

Between `modem`, which knows places and binds, and the codec in `gsm`. What cannot be
read is an arrival all the same: it is kept raw, and its place is cleared.

Source: 3GPP TS 23.040 §9.2.2.1 (SMS-DELIVER), §9.2.2.2 (SMS-SUBMIT), §9.2.2.3
(SMS-STATUS-REPORT), §9.2.3.9 (TP-PID).
"""

from __future__ import annotations

__all__ = ["Reading", "centre_octets", "read", "write"]

from attrs import evolve, field, frozen

from smscentre.gsm.address import write_smsc
from smscentre.gsm.coding import read_coding
from smscentre.gsm.coding_text import read_text, write_text
from smscentre.gsm.timestamp import LONGEST_VALIDITY_S, validity_for
from smscentre.gsm.tpdu import decode_with_smsc, encode
from smscentre.gsm.tpdu_octets import TPDUError
from smscentre.gsm.tpdu_values import Deliver, StatusReport, Submit
from smscentre.messages import (
    Address,
    IncomingKind,
    Outgoing,
    Part,
    Receipt,
)

_INTERNATIONAL = 1
_E164_PLAN = 1

_TYPE_0 = 0x40
"""A message that no phone shows (TS 23.040 §9.2.3.9)."""

_SHORTEST_VALIDITY_S = 300.0

_NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"
"""For NUL, which PostgreSQL refuses in a text; the raw octets keep it."""


@frozen
class Reading:
    """What a PDU says. ``stamp`` are the octets of the SMSC's time, empty if invalid.

    ``reason`` says why it is corrupt, or why a message is not to be answered.
    """

    kind: IncomingKind
    source: Address = field(factory=lambda: Address(""))
    coding: int = 0
    udh: bytes = b""
    body: bytes = b""
    text: str = ""
    part: Part | None = None
    stamp: bytes = b""
    sent_at: float | None = None
    receipt: Receipt | None = None
    reason: str = ""


def read(octets: bytes) -> Reading:
    """Read a PDU, the service centre's address first; never fails.

    One that ends before its length is corrupt: half a message must not run.
    """
    try:
        _, tpdu = decode_with_smsc(octets)
    except TPDUError as error:
        return Reading(IncomingKind.CORRUPT, body=octets, reason=str(error))
    match tpdu:
        case Deliver() if tpdu.missing:
            reason = f"{tpdu.missing} of its septets or octets are missing"
            return Reading(
                IncomingKind.CORRUPT, tpdu.source, body=octets, reason=reason
            )
        case Deliver():
            return _message(tpdu)
        case StatusReport():
            return _report(tpdu, octets)
        case Submit():
            reason = "an SMS-SUBMIT among the messages received"
            return Reading(IncomingKind.CORRUPT, body=octets, reason=reason)


def write(outgoing: Outgoing, remaining_s: float, *, receipt: bool) -> bytes:
    """Write the SMS-SUBMIT of a whole text or one part.

    ``remaining_s`` is how long the service centre may try, at least five minutes.

    :raises ValueError: the alphabet lacks a character, or the text does not fit.
    """
    coding, data = write_text(outgoing.text, outgoing.alphabet, outgoing.part)
    validity = min(max(remaining_s, _SHORTEST_VALIDITY_S), LONGEST_VALIDITY_S)
    destination = Address(outgoing.number.removeprefix("+"), _INTERNATIONAL, _E164_PLAN)
    return encode(
        Submit(
            destination,
            data,
            coding,
            validity=validity_for(validity),
            report_requested=receipt,
        )
    )


def centre_octets(number: str) -> bytes:
    """The service centre's address before a TPDU; an empty number is the SIM's own.

    :raises ValueError: it is no number.
    """
    digits = number.removeprefix("+")
    return write_smsc(Address(digits, _INTERNATIONAL, _E164_PLAN) if digits else None)


def _message(tpdu: Deliver) -> Reading:
    coding = read_coding(tpdu.coding)
    data = tpdu.data
    if data.part is not None and data.part.total == 1:
        # The only part of one is a message of its own.
        data = evolve(data, part=None)
    lost = data.fragment and data.part is None
    reason = ""
    if coding.waiting or coding.compressed or tpdu.protocol == _TYPE_0:
        reason = "not_a_message"
    elif lost:
        reason = "fragment"
    return Reading(
        IncomingKind.MESSAGE,
        tpdu.source,
        tpdu.coding,
        data.header,
        data.body,
        read_text(data, coding).replace("\0", _NO_CHARACTER),
        data.part,
        tpdu.sent.octets if tpdu.sent.moment is not None else b"",
        tpdu.sent.seconds,
        reason=reason,
    )


def _report(tpdu: StatusReport, octets: bytes) -> Reading:
    """A status report; its reference is what +CMGS gave."""
    detail = f"TP-ST {tpdu.status:#04x}"
    receipt = Receipt(str(tpdu.reference), tpdu.state, detail, tpdu.sent.seconds)
    stamp = tpdu.sent.octets + tpdu.discharged.octets
    return Reading(
        IncomingKind.RECEIPT,
        tpdu.recipient,
        body=octets,
        stamp=stamp if tpdu.discharged.moment is not None else b"",
        sent_at=tpdu.discharged.seconds,
        receipt=receipt,
    )
