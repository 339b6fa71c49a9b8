"""What a carrier does with texts: cuts them, joins them, writes receipts.

Pure, beneath `smsc`: from what a person types to deliver_sm and from submit_sm
to what a phone shows. It knows no session and no clock.

Source: SMPP 3.4 Appendix B (text of a receipt).
"""

from __future__ import annotations

__all__ = [
    "Joiner",
    "ReceiptDialect",
    "ReceiptForm",
    "deliver_parts",
    "phone_number",
    "receipt_for",
]

import datetime
from typing import Literal

from attrs import frozen

from smscentre.gsm.parts import alphabet_for, split
from smscentre.gsm.seams import join_parts
from smscentre.messages import Address, Part
from smscentre.smpp.codes import Tag, Ton
from smscentre.smpp.message import SubmitStyle, read_message, write_message
from smscentre.smpp.pdus import ShortMessage

_ISDN = 1
_RECEIPT = 0x04
_MAX_PARTS = 255
_REFERENCE_BITS = 8
_DELIVERED = 2

ReceiptForm = Literal["text", "tlv", "both"]
"""Where a receipt says what it is about: in its text, in TLVs, or in both."""


@frozen
class ReceiptDialect:
    """How one carrier writes receipts, and when.

    ``id_form`` says where an id stands in hexadecimal, in the words of the link's
    option ``receipt_ids``. ``first`` sends the receipt before the response that
    names the id; else it comes ``after_s`` seconds after.
    """

    form: ReceiptForm = "text"
    id_form: Literal["same", "hex-in-response", "hex-in-receipt"] = "same"
    after_s: float = 0.0
    first: bool = False

    def ids(self, number: int) -> tuple[str, str]:
        """A message's id as the response has it, and as the receipt does."""
        hexadecimal, decimal = f"{number:X}", str(number)
        if self.id_form == "hex-in-response":
            return hexadecimal, decimal
        return decimal, hexadecimal if self.id_form == "hex-in-receipt" else decimal


def phone_number(address: Address) -> str:
    """A number as people write it."""
    plus = "+" if address.ton == Ton.INTERNATIONAL else ""
    return plus + address.digits.removeprefix("+")


def deliver_parts(
    number: str, centre: str, text: str, reference: int
) -> list[ShortMessage]:
    """The deliver_sm of a text, in as many parts as a phone would send."""
    ton = Ton.INTERNATIONAL if number.startswith("+") else Ton.UNKNOWN
    style = SubmitStyle(
        source=Address(number.removeprefix("+"), ton, _ISDN), receipts=False
    )
    alphabet = alphabet_for(text)
    texts = split(text, alphabet, _REFERENCE_BITS, _MAX_PARTS)
    return [
        write_message(
            style,
            Address(centre, Ton.UNKNOWN, _ISDN),
            piece,
            alphabet,
            Part(reference % 256, _REFERENCE_BITS, len(texts), at)
            if len(texts) > 1
            else None,
        )
        for at, piece in enumerate(texts, 1)
    ]


def receipt_for(
    message: ShortMessage,
    message_id: str,
    moment: datetime.datetime,
    form: ReceiptForm = "text",
) -> ShortMessage:
    """The receipt that says that a submitted message reached its phone."""
    when = f"{moment:%y%m%d%H%M}"
    text = (
        f"id:{message_id} sub:001 dlvrd:001 submit date:{when} done date:{when} "
        "stat:DELIVRD err:000 text:"
    )
    return ShortMessage(
        source=message.destination,
        destination=message.source,
        short_message=b"" if form == "tlv" else text.encode("ascii"),
        esm_class=_RECEIPT,
        tlvs={} if form == "text" else _receipt_tlvs(message_id),
    )


def _receipt_tlvs(message_id: str) -> dict[int, bytes]:
    """The same in TLVs (SMPP 3.4 §5.3.2.12, §5.3.2.35)."""
    return {
        Tag.RECEIPTED_MESSAGE_ID: message_id.encode("ascii") + b"\0",
        Tag.MESSAGE_STATE: bytes((_DELIVERED,)),
    }


class Joiner:
    """Puts the parts of long messages together, as a phone does."""

    def __init__(self) -> None:
        self._parts: dict[tuple[Address, Part], dict[int, str]] = {}

    def whole(self, message: ShortMessage) -> str | None:
        """The text of a message; None while parts of it are missing."""
        read = read_message(message)
        part = read.part
        if part is None:
            return read.text
        key = message.destination, Part(part.reference, part.width, part.total, 1)
        texts = self._parts.setdefault(key, {})
        texts[part.number] = read.text
        if len(texts) < part.total:
            return None
        del self._parts[key]
        return join_parts(texts[at] for at in sorted(texts))
