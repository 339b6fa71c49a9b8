"""The network behind a modem: makes its messages, takes what it sends.

Between texts and TPDUs, above `receiving`. It knows no store and no command; what is
wrong with a message that a test hands in as octets is the test's affair.

Source: 3GPP TS 23.040 §9.2.2 (SMS-DELIVER, SMS-SUBMIT, SMS-STATUS-REPORT).
"""

from __future__ import annotations

__all__ = ["hand_in", "local_time", "person_or_name", "submit", "written"]

from datetime import datetime, timedelta, timezone

from smscentre.gsm.coding import read_coding
from smscentre.gsm.coding_text import read_text, write_text
from smscentre.gsm.parts import alphabet_for, split
from smscentre.gsm.timestamp import Timestamp
from smscentre.gsm.tpdu import encode_with_smsc
from smscentre.gsm.tpdu_values import Deliver, StatusReport, Submit
from smscentre.messages import Address, Part
from smscentre.sim.modem.record import Delivery, Event, Submitted
from smscentre.sim.modem.state import AtError, Family, ModemState

_INTERNATIONAL, _NAME, _ISDN = 1, 5, 1
_ZONE = timezone(timedelta(hours=7))
_PARTS_MOST = 255
_WIDTH = 8
_NO_NETWORK = 331


def person_or_name(number: str) -> Address:
    """The address of a number as people write it, or of a name."""
    digits = number.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return Address(number, _NAME)
    ton = _INTERNATIONAL if number.startswith("+") else 0
    return Address(digits, ton, _ISDN)


def written(
    state: ModemState, number: str, text: str, sent: Timestamp | None = None
) -> list[bytes]:
    """A text from a number or a name, in as many parts as a phone would send.

    :raises TooLongError: more parts than a message can have.
    """
    alphabet = alphabet_for(text)
    texts = split(text, alphabet, _WIDTH, _PARTS_MOST)
    reference = len(state.record.deliveries) % 256
    centre = person_or_name(state.options.centre)
    found = []
    for at, piece in enumerate(texts, 1):
        part = Part(reference, _WIDTH, len(texts), at) if len(texts) > 1 else None
        coding, data = write_text(piece, alphabet, part)
        tpdu = Deliver(person_or_name(number), sent or _moment(state), data, coding)
        found.append(encode_with_smsc(tpdu, centre))
    return found


def hand_in(state: ModemState, octets: bytes, is_report: bool = False) -> Delivery:
    """Hand in octets as they are, with a service centre's address before them."""
    delivery = Delivery(len(state.record.deliveries), octets, is_report)
    delivery.history.append((state.now, Event.HANDED_IN))
    state.record.deliveries.append(delivery)
    state.waiting.append(delivery)
    return delivery


def submit(state: ModemState, tpdu: Submit, octets: bytes) -> int:
    """Take a message for its destination; its reference (TP-MR).

    :raises AtError: there is no network.
    """
    if not state.is_on_air:
        raise AtError(Family.CMS, _NO_NETWORK)
    state.last_reference = (state.last_reference + 1) % 256
    reference = state.last_reference
    to = tpdu.destination
    plus = "+" if to.ton == _INTERNATIONAL else ""
    state.record.submits.append(
        Submitted(
            state.now,
            plus + to.digits,
            read_text(tpdu.data, read_coding(tpdu.coding)),
            tpdu.data.part,
            reference,
            tpdu.report_requested,
            octets,
        )
    )
    status = state.options.report_status
    if tpdu.report_requested and status is not None:
        moment = _moment(state)
        report = StatusReport(reference, to, moment, moment, status)
        centre = person_or_name(state.options.centre)
        delivery = hand_in(state, encode_with_smsc(report, centre), is_report=True)
        delivery.due_at = state.now + state.options.report_s
    return reference


def local_time(state: ModemState) -> datetime:
    """What the network's clock shows, to the second."""
    return datetime.fromtimestamp(int(state.wall_clock()), _ZONE)


def _moment(state: ModemState) -> Timestamp:
    return Timestamp.of(local_time(state))
