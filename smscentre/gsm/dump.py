"""A TPDU field by field, in words, for whoever looks at one at night.

Beside the codec, whose values it shows: what that refuses is told with its reason,
and the octets are shown by whoever has them. It knows no modem and no store.

Source: 3GPP TS 23.040 §9.2.2 (types of TPDU), §9.2.3 (their parameters).
"""

from __future__ import annotations

__all__ = ["Field", "dump", "header_words", "type_of"]

from typing import Final, assert_never

from attrs import frozen

from smscentre.gsm.coding import read_coding
from smscentre.gsm.coding_text import read_text
from smscentre.gsm.national import LANGUAGES
from smscentre.gsm.timestamp import Timestamp, validity_s
from smscentre.gsm.tpdu import decode_with_smsc
from smscentre.gsm.tpdu_octets import TPDUError
from smscentre.gsm.tpdu_values import TPDU, Deliver, StatusReport, Submit, Validity
from smscentre.gsm.udh import UserData
from smscentre.messages import Address, Alphabet

_TYPES: Final = {
    Deliver: "SMS-DELIVER",
    Submit: "SMS-SUBMIT",
    StatusReport: "SMS-STATUS-REPORT",
}
_TON: Final = (
    "unknown",
    "international",
    "national",
    "network specific",
    "subscriber number",
    "alphanumeric",
    "abbreviated",
    "reserved",
)
"""Source: 3GPP TS 23.040 §9.1.2.5."""

_NPI: Final = {
    0: "unknown",
    1: "ISDN (E.164)",
    3: "data (X.121)",
    4: "telex",
    8: "national",
    9: "private",
    10: "ERMES",
}
_ALPHABETS: Final = {
    Alphabet.GSM7: "GSM 7-bit",
    Alphabet.UCS2: "UCS-2",
    None: "octets",
}


@frozen
class Field:
    """One line of a dump: the standard's name of a field, and what it holds."""

    name: str
    value: str


def type_of(octets: bytes) -> str:
    """The name of the type of a TPDU after its service centre; empty if it is none."""
    try:
        _, tpdu = decode_with_smsc(octets)
    except TPDUError:
        return ""
    return _TYPES[type(tpdu)]


def dump(octets: bytes) -> list[Field]:
    """Take a service centre's address and a TPDU apart; never fails."""
    try:
        centre, tpdu = decode_with_smsc(octets)
    except TPDUError as error:
        return [Field("not readable", str(error))]
    fields = [
        Field(
            "service centre", "the SIM's own" if centre is None else _address(centre)
        ),
        Field("TP-MTI", ", ".join([_TYPES[type(tpdu)], *_flags(tpdu)])),
    ]
    match tpdu:
        case Deliver():
            fields += [
                Field("TP-OA", _address(tpdu.source)),
                *_kind(tpdu),
                Field("TP-SCTS", _moment(tpdu.sent)),
                *_data(tpdu.data, tpdu.coding),
            ]
        case Submit():
            fields += [
                Field("TP-MR", f"{tpdu.reference}, replaced by the modem's"),
                Field("TP-DA", _address(tpdu.destination)),
                *_kind(tpdu),
                Field("TP-VP", _validity(tpdu.validity)),
                *_data(tpdu.data, tpdu.coding),
            ]
        case StatusReport():
            fields += _report(tpdu)
        case _:
            assert_never(tpdu)
    if tpdu.missing:
        fields.append(Field("missing", f"{tpdu.missing} septets or octets at the end"))
    return fields


def header_words(data: UserData) -> str:
    """What a user data header says: the place of a part, and languages."""
    part = data.part
    words = [f"header {data.header.hex(' ')}"]
    if part is not None:
        place = f"part {part.number} of {part.total}"
        words = [place, f"reference {part.reference} of {part.width} bits"]
    if data.locking:
        words.append(f"locking shift {_language(data.locking)}")
    if data.single:
        words.append(f"single shift {_language(data.single)}")
    return ", ".join(words)


def _report(tpdu: StatusReport) -> list[Field]:
    state = f"0x{tpdu.status:02X} {tpdu.state.value}"
    return [
        Field("TP-MR", str(tpdu.reference)),
        Field("TP-RA", _address(tpdu.recipient)),
        Field("TP-SCTS", _moment(tpdu.sent)),
        Field("TP-DT", _moment(tpdu.discharged)),
        Field("TP-ST", state),
    ]


def _kind(tpdu: Deliver | Submit) -> list[Field]:
    coding = read_coding(tpdu.coding)
    words = [_ALPHABETS[coding.alphabet]]
    if coding.compressed:
        words.append("compressed")
    if coding.message_class is not None:
        words.append(f"class {coding.message_class}")
    if coding.waiting is not None:
        words.append(f"{coding.waiting.name.lower()} waits")
    if coding.discard:
        words.append("to be thrown away after reading")
    return [
        Field("TP-PID", f"0x{tpdu.protocol:02X}"),
        Field("TP-DCS", f"0x{tpdu.coding:02X} {', '.join(words)}"),
    ]


def _data(data: UserData, coding: int) -> list[Field]:
    """Header and text; septets stand one in an octet, as they were unpacked."""
    fields = [Field("TP-UD", data.body.hex(" ") or "(empty)")]
    if data.header:
        fields.append(Field("  user data header", header_words(data)))
    if data.body:
        fields.append(Field("  text", repr(read_text(data, read_coding(coding)))))
    return fields


def _flags(tpdu: TPDU) -> list[str]:
    """The bits of the first octet that are set, in words.

    Source: 3GPP TS 23.040 §9.2.3.2 to §9.2.3.6, §9.2.3.17, §9.2.3.23 and §9.2.3.28.
    """
    named = {
        "more_to_come": "more messages wait",
        "loop_prevention": "forwarded",
        "report_indicated": "report indicated",
        "report_requested": "report requested",
        "reject_duplicates": "duplicates rejected",
        "reply_path": "reply path",
        "of_command": "about a command",
    }
    return [words for name, words in named.items() if getattr(tpdu, name, False)]


def _address(address: Address) -> str:
    npi = _NPI.get(address.npi, f"plan {address.npi}")
    ton = _TON[address.ton] if address.ton < len(_TON) else f"type {address.ton}"
    plan = "" if address.is_name else f", {npi}"
    return f"{address.digits!r} {ton}{plan}"


def _moment(stamp: Timestamp) -> str:
    moment = stamp.moment
    if moment is None:
        return f"{stamp.octets.hex(' ')}: no time"
    return moment.isoformat(sep=" ")


def _validity(validity: Validity | None) -> str:
    match validity:
        case None:
            return "(none)"
        case int():
            return f"0x{validity:02X} {validity_s(validity) / 3600:g} h"
        case Timestamp():
            return _moment(validity)
        case bytes():
            return f"{validity.hex(' ')} (enhanced)"
        case _:
            assert_never(validity)


def _language(identifier: int) -> str:
    return LANGUAGES.get(identifier, str(identifier))
