"""From a deliver_sm to a text with its place, and from a text to a submit_sm.

The link calls it between the session and the values of `messages`. It joins
header, segmentation and coding; it splits nothing and joins no parts.

Source: SMPP 3.4 §4.4.1, §5.2.12 (esm_class), §5.3.2.22 to §5.3.2.24 (SAR),
§5.3.2.32 (message_payload), §7.1.1 (time format).
"""

from __future__ import annotations

__all__ = [
    "LongMessages",
    "ReadMessage",
    "SubmitStyle",
    "is_plain",
    "read_message",
    "relative_time",
    "write_message",
]

from functools import lru_cache
from typing import Literal

from smscentre.gsm import udh
from smscentre.gsm.alphabet import DEFAULT, septets
from smscentre.gsm.national import table_for
from smscentre.messages import Address, Alphabet, Part
from smscentre.smpp.codes import ESM_TYPE_MASK, ESM_UDHI, Coding, Tag
from smscentre.smpp.errors import LocalProtocolError
from smscentre.smpp.fields import integer_tlv
from smscentre.smpp.pdus import ShortMessage
from smscentre.smpp.text import (
    DefaultAlphabet,
    decode_part,
    decode_text,
    encode_text,
    encode_with_losses,
)
from smscentre.values import frozen

LongMessages = Literal["udh", "sar", "payload"]
"""How a long text travels: in parts by header or by TLVs, or whole."""

_RECEIPT_WANTED = 1
"""registered_delivery: a receipt of the final outcome, good or bad."""

_OCTETS = 140
_SEPTETS = 160
"""What fits into one short message."""

_DAY_S = 86_400


@frozen
class ReadMessage:
    """A message taken apart: header, body, text, and its place if it is a part.

    ``udh`` includes its length octet and is empty without a header. A part of 1 is
    none; ``fragment`` says that this is one of several and nobody knows which.
    """

    udh: bytes
    body: bytes
    text: str
    part: Part | None
    coding: int
    fragment: bool = False


@frozen
class SubmitStyle:
    """What all messages of one link have in common."""

    source: Address
    long_messages: LongMessages = "udh"
    default_alphabet: DefaultAlphabet = "gsm7"
    receipts: bool = True


def is_plain(sm: ShortMessage) -> bool:
    """Whether a deliver_sm is a message from a person.

    Acknowledgements by user or handset and the end of a dialogue are none.

    Source: SMPP 3.4 §5.2.12 (esm_class, message type).
    """
    return not sm.esm_class & ESM_TYPE_MASK


def read_message(
    sm: ShortMessage, default_alphabet: DefaultAlphabet = "gsm7"
) -> ReadMessage:
    """Take a deliver_sm apart; never fails, as the message is already received.

    A header that contradicts its own lengths is left in the body. Where a header
    and SAR TLVs both name a place the header counts: it is the phone's own and the
    same by every way, while the TLVs are what some carrier made of it. The only
    part of one is a message of its own.
    """
    body = sm.short_message or sm.tlvs.get(Tag.MESSAGE_PAYLOAD, b"")
    header, part, fragment, table = b"", None, False, DEFAULT
    if sm.esm_class & ESM_UDHI:
        try:
            parsed = udh.parse(body)
        except udh.UserDataError:
            pass
        else:
            header, body, part = parsed.header, parsed.body, parsed.part
            fragment = parsed.fragment
            if parsed.locking or parsed.single:
                table = table_for(parsed.locking, parsed.single)
    if part is None and sm.tlvs:
        part = _sar_part(sm)
        total = integer_tlv(sm.tlvs, Tag.SAR_TOTAL_SEGMENTS, 1)
        fragment = fragment or (total is not None and total > 1)
    if part is None or part.total == 1:
        text = decode_text(body, sm.data_coding, default_alphabet, table)
        lost = fragment and part is None
        return ReadMessage(header, body, text, None, sm.data_coding, lost)
    text = decode_part(body, sm.data_coding, default_alphabet, table)
    return ReadMessage(header, body, text, part, sm.data_coding)


def write_message(
    style: SubmitStyle,
    destination: Address,
    text: str,
    alphabet: Alphabet,
    part: Part | None = None,
    validity_s: float | None = None,
) -> ShortMessage:
    """Build the submit_sm of a whole text or one part.

    With ``validity_s`` of None the carrier's own validity holds.

    :raises UnencodableError: the alphabet lacks a character.
    :raises LocalProtocolError: the text or its part does not fit.
    """
    coding, octets = encode_text(text, alphabet, style.default_alphabet)
    if coding and alphabet is Alphabet.GSM7:
        coding, octets = _fitting(style, text, part, octets)
    esm_class = 0
    tlvs: dict[int, bytes] = {}
    if part is None:
        if style.long_messages == "payload" and _is_long(text, alphabet, octets):
            tlvs[Tag.MESSAGE_PAYLOAD] = octets
            octets = b""
    elif style.long_messages == "sar":
        tlvs = _sar_tlvs(part)
    else:
        esm_class = ESM_UDHI
        octets = _header(part) + octets
    return ShortMessage(
        source=style.source,
        destination=destination,
        short_message=octets,
        data_coding=coding,
        esm_class=esm_class,
        registered_delivery=_RECEIPT_WANTED if style.receipts else 0,
        validity_period="" if validity_s is None else relative_time(int(validity_s)),
        tlvs=tlvs,
    )


@lru_cache(maxsize=4096)
def relative_time(seconds: int) -> str:
    """Write a duration as a relative time, at least one second.

    A month counts as 30 days and a year as twelve of those.

    :raises LocalProtocolError: a century or more.

    Source: SMPP 3.4 §7.1.1.2 (relative time format).
    """
    days, rest = divmod(max(seconds, 1), _DAY_S)
    months, days = divmod(days, 30)
    years, months = divmod(months, 12)
    if years > 99:
        raise LocalProtocolError(f"no relative time for {seconds} s")
    minutes, second = divmod(rest, 60)
    hour, minute = divmod(minutes, 60)
    return f"{years:02}{months:02}{days:02}{hour:02}{minute:02}{second:02}000R"


def _fitting(
    style: SubmitStyle, text: str, part: Part | None, octets: bytes
) -> tuple[int, bytes]:
    """Take UCS-2 octets if they fit, else the link's alphabet with losses.

    Only a text that was cut for another link comes here: on its own link one that
    data_coding 0 lacks is cut as UCS-2.
    """
    header = _header(part) if part else b""
    if len(header) + len(octets) <= _OCTETS or style.long_messages == "payload":
        return Coding.UCS2, octets
    return Coding.DEFAULT, encode_with_losses(text, style.default_alphabet)


def _is_long(text: str, alphabet: Alphabet, octets: bytes) -> bool:
    if alphabet is Alphabet.GSM7:
        return septets(text) > _SEPTETS
    return len(octets) > _OCTETS


def _header(part: Part) -> bytes:
    try:
        return udh.concatenation(part)
    except ValueError as error:
        raise LocalProtocolError(str(error)) from error


def _sar_part(sm: ShortMessage) -> Part | None:
    """Read the SAR TLVs; all three, of the right size, or they do not count."""
    reference = integer_tlv(sm.tlvs, Tag.SAR_MSG_REF_NUM, 2)
    total = integer_tlv(sm.tlvs, Tag.SAR_TOTAL_SEGMENTS, 1)
    number = integer_tlv(sm.tlvs, Tag.SAR_SEGMENT_SEQNUM, 1)
    if reference is None or total is None or number is None:
        return None
    return Part(reference, 16, total, number) if 1 <= number <= total else None


def _sar_tlvs(part: Part) -> dict[int, bytes]:
    if not (1 <= part.number <= part.total <= 255 and 0 <= part.reference <= 0xFFFF):
        raise LocalProtocolError(f"no SAR segment: {part}")
    return {
        Tag.SAR_MSG_REF_NUM: part.reference.to_bytes(2, "big"),
        Tag.SAR_TOTAL_SEGMENTS: bytes((part.total,)),
        Tag.SAR_SEGMENT_SEQNUM: bytes((part.number,)),
    }
