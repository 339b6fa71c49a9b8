"""Delivery receipts: told from messages, read, and their ids made comparable.

Takes a deliver_sm apart when its esm_class says that the SMSC itself speaks. It
knows no outbox: what a receipt belongs to is found elsewhere, by `id_forms`.

Source: SMPP 3.4 §5.2.12 (esm_class), §5.2.28 (message_state), Appendix B.
"""

from __future__ import annotations

__all__ = ["IdDialect", "id_forms", "id_key", "is_receipt", "parse_receipt"]

import re
from typing import Literal

from smscentre.messages import DeliveryState, Receipt
from smscentre.smpp.codes import ESM_RECEIPT, ESM_TYPE_MASK, Coding, Tag
from smscentre.smpp.fields import integer_tlv
from smscentre.smpp.pdus import ShortMessage

IdDialect = Literal["auto", "same", "hex-in-response", "hex-in-receipt"]
"""How a carrier writes one id in a submit_sm_resp and in a receipt."""

_STATES = {
    0: DeliveryState.ENROUTE,  # scheduled (SMPP 5.0)
    1: DeliveryState.ENROUTE,
    2: DeliveryState.DELIVERED,
    3: DeliveryState.FAILED,  # expired
    4: DeliveryState.FAILED,  # deleted
    5: DeliveryState.FAILED,  # undeliverable
    6: DeliveryState.ENROUTE,
    7: DeliveryState.UNKNOWN,
    8: DeliveryState.FAILED,  # rejected
    9: DeliveryState.FAILED,  # skipped (SMPP 5.0)
}
"""message_state to our states.

ACCEPTED (6) is final in the standard, but carriers send it for "taken by the
network" and the true outcome after it, so it must not end the matter.
"""

_WORDS = {
    "DELIV": DeliveryState.DELIVERED,
    "EXPIR": DeliveryState.FAILED,
    "DELET": DeliveryState.FAILED,
    "UNDEL": DeliveryState.FAILED,
    "REJEC": DeliveryState.FAILED,
    "UNKNO": DeliveryState.UNKNOWN,
}
"""The first five letters of ``stat:``, which is where carriers still agree.

Any other word leaves the state open: only a known end may end the matter.
"""

_FIELD = re.compile(r"(?:^|(?<=[\s;,]))(id|stat|err):\s*([^\s:;,]+)(?![^\s;,])", re.I)
_TEXT = re.compile(r"(?:^|(?<=[\s;,]))text:", re.I)
_DECIMAL = re.compile(r"[0-9]+", re.ASCII)
_HEX = re.compile(r"[0-9A-F]+")

_MAX_DETAIL = 200
"""Characters of an unreadable receipt that are kept beside its raw octets."""


def is_receipt(sm: ShortMessage) -> bool:
    """Tell whether the SMSC itself speaks: a receipt or intermediate notification."""
    return sm.esm_class & ESM_TYPE_MASK in ESM_RECEIPT


def parse_receipt(sm: ShortMessage) -> Receipt | None:
    """Read a deliver_sm that is marked as a receipt; None when it is not.

    TLVs count before the text. A receipt without an id has an empty
    ``smsc_id``, and its detail says why: it is still no message.
    """
    if not is_receipt(sm):
        return None
    words = _read_words(sm)
    smsc_id = _id_of_tlv(sm) or words.get("id", "")
    state_number = integer_tlv(sm.tlvs, Tag.MESSAGE_STATE, 1)
    if state_number in _STATES:
        state = _STATES[state_number]
    else:
        state = _WORDS.get(words.get("stat", "")[:5].upper(), DeliveryState.ENROUTE)
    details = [f"{name}:{words[name]}" for name in ("stat", "err") if name in words]
    if state_number is not None:
        details.append(f"message_state:{state_number}")
    error = sm.tlvs.get(Tag.NETWORK_ERROR_CODE)
    if error is not None:
        details.append(f"network_error_code:{error.hex()}")
    detail = " ".join(details)
    if not smsc_id:
        unreadable = f"no id in the receipt: {detail} {_text(sm)!r}"
        return Receipt("", DeliveryState.UNKNOWN, unreadable[:_MAX_DETAIL])
    return Receipt(smsc_id, state, detail[:_MAX_DETAIL])


def id_key(smsc_id: str) -> str:
    """Give the form of an id to store: letters' case and leading zeros dropped.

    Only hexadecimal ids lose zeros: in any other they may be part of a name.
    """
    key = smsc_id.strip().upper()
    return key.lstrip("0") or "0" if _HEX.fullmatch(key) else key


def id_forms(smsc_id: str, dialect: IdDialect = "auto") -> tuple[str, ...]:
    """Give the `id_key` values that a receipt's id may mean, the likeliest first.

    Carriers write an id in hexadecimal here and in decimal there; ``auto``
    allows for both ways, so a match has to be unique and its address to agree.
    """
    key = id_key(smsc_id)
    hex_key = f"{int(key):X}" if _DECIMAL.fullmatch(key) else key
    decimal_key = str(int(key, 16)) if _HEX.fullmatch(key) else key
    match dialect:
        case "same":
            return (key,)
        case "hex-in-response":
            return (hex_key,)
        case "hex-in-receipt":
            return (decimal_key,)
        case "auto":
            return tuple(dict.fromkeys((key, hex_key, decimal_key)))


def _read_words(sm: ShortMessage) -> dict[str, str]:
    """Find ``id:``, ``stat:`` and ``err:`` in any order; the first of each counts.

    What follows ``text:`` is the beginning of our own message, so it is read
    only for what is missing before it.
    """
    words: dict[str, str] = {}
    for piece in _TEXT.split(_text(sm), maxsplit=1):
        for name, value in _FIELD.findall(piece):
            words.setdefault(name.lower(), value)
    return words


def _text(sm: ShortMessage) -> str:
    body = sm.short_message or sm.tlvs.get(Tag.MESSAGE_PAYLOAD, b"")
    if sm.data_coding == Coding.UCS2:
        return str(body, "utf-16-be", "replace")
    return str(body, "latin-1")


def _id_of_tlv(sm: ShortMessage) -> str:
    """Read receipted_message_id, whose NUL some carriers leave out."""
    value = sm.tlvs.get(Tag.RECEIPTED_MESSAGE_ID, b"")
    return str(value.partition(b"\0")[0], "latin-1")
