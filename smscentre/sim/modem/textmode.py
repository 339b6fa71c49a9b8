"""Messages as text mode shows and takes them.

Beneath the commands about messages, which use PDU mode otherwise. It knows the
character sets that programs ask for, and no store.

Source: 3GPP TS 27.005 §3.1 (text mode parameters), §3.4 (+CMGL, +CMGR, +CMT, +CMGS);
TS 27.007 §5.5 (+CSCS).
"""

from __future__ import annotations

__all__ = [
    "STATUSES",
    "brought_as_text",
    "entry_as_text",
    "read_charset",
    "tpdu_of_text",
]

from smscentre.gsm import ucs2
from smscentre.gsm.coding import read_coding
from smscentre.gsm.coding_text import read_text, write_text
from smscentre.gsm.parts import alphabet_for
from smscentre.gsm.timestamp import Timestamp
from smscentre.gsm.tpdu import decode_with_smsc
from smscentre.gsm.tpdu_octets import TPDUError
from smscentre.gsm.tpdu_values import TPDU, Deliver, StatusReport, Submit
from smscentre.messages import Address
from smscentre.sim.modem.state import ModemState
from smscentre.sim.modem.stores import Slot

STATUSES = ("REC UNREAD", "REC READ", "STO UNSENT", "STO SENT", "ALL")
"""<stat> in text mode, by its number in PDU mode."""

_REPORT = 0x20


def entry_as_text(state: ModemState, slot: Slot) -> tuple[str, tuple[str, ...]]:
    """What stands for a slot after +CMGL's index or +CMGR, and the line after it."""
    try:
        _, tpdu = decode_with_smsc(slot.octets)
    except TPDUError:
        return f'"{STATUSES[slot.status]}","",,""', (slot.octets.hex().upper(),)
    status = STATUSES[slot.status]
    match tpdu:
        case Deliver():
            header = f'"{status}","{_number(state, tpdu.source)}",,"{_time(tpdu.sent)}"'
        case Submit():
            header = f'"{status}","{_number(state, tpdu.destination)}",'
        case StatusReport():
            return f'"{status}",{_report(state, tpdu)}', ()
    return header, (_text(state, tpdu),)


def brought_as_text(
    state: ModemState, indication: str, octets: bytes
) -> tuple[str, ...]:
    """The lines of +CMT or +CDS."""
    try:
        _, tpdu = decode_with_smsc(octets)
    except TPDUError:
        return f'{indication}: "",,""', octets.hex().upper()
    if isinstance(tpdu, StatusReport):
        return (f"{indication}: {_report(state, tpdu)}",)
    if isinstance(tpdu, Submit):
        return (f'{indication}: "",,""', _text(state, tpdu))
    source = _number(state, tpdu.source)
    return f'{indication}: "{source}",,"{_time(tpdu.sent)}"', _text(state, tpdu)


def tpdu_of_text(state: ModemState, destination: Address, body: bytes) -> Submit:
    """The message that a text makes.

    :raises ValueError: too long, or no text of the character set.
    """
    text = read_charset(state, body.decode("latin-1"))
    coding, data = write_text(text, alphabet_for(text))
    wanted = bool(state.settings.text_parameters[0] & _REPORT)
    return Submit(destination, data, coding, report_requested=wanted)


def read_charset(state: ModemState, said: str) -> str:
    """What was said, in the character set of +CSCS.

    :raises ValueError: it is not of that set.
    """
    if state.settings.charset == "UCS2":
        return ucs2.decode(bytes.fromhex(said))
    return said


def _write_charset(state: ModemState, text: str) -> str:
    if state.settings.charset == "UCS2":
        return ucs2.encode(text).hex().upper()
    return text.encode("latin-1", "replace").decode("latin-1")


def _number(state: ModemState, address: Address) -> str:
    plus = "+" if address.ton == 1 else ""
    return _write_charset(state, plus + address.digits)


def _text(state: ModemState, tpdu: TPDU) -> str:
    if tpdu.data is None:
        return ""
    coding = read_coding(tpdu.coding or 0)
    return _write_charset(state, read_text(tpdu.data, coding))


def _report(state: ModemState, report: StatusReport) -> str:
    kind = 145 if report.recipient.ton == 1 else 129
    recipient = _number(state, report.recipient)
    return (
        f'6,{report.reference},"{recipient}",{kind},"{_time(report.sent)}",'
        f'"{_time(report.discharged)}",{report.status}'
    )


def _time(timestamp: Timestamp) -> str:
    moment = timestamp.moment
    if moment is None:
        return "00/01/01,00:00:00+00"
    offset = moment.utcoffset()
    quarters = int(offset.total_seconds()) // 900 if offset else 0
    return f"{moment:%y/%m/%d,%H:%M:%S}{quarters:+03d}"
