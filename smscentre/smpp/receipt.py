"""Delivery receipts: told from messages, read, and their ids made comparable.

Takes a deliver_sm apart when the SMSC itself speaks: its esm_class says so, or what
only an SMSC writes stands in it. It knows no outbox: what a receipt belongs to is
found elsewhere, by `id_forms`.

Source: SMPP 3.4 §5.2.12 (esm_class), §5.2.28 (message_state), Appendix B.
"""

from __future__ import annotations

__all__ = ["IdDialect", "id_forms", "id_key", "is_receipt", "parse_receipt"]

import re
from typing import Literal

from smscentre.messages import DeliveryState, Receipt
from smscentre.smpp.codes import (
    ESM_INTERMEDIATE,
    ESM_RECEIPT,
    ESM_TYPE_MASK,
    Coding,
    Tag,
)
from smscentre.smpp.fields import integer_tlv
from smscentre.smpp.message import is_plain, read_message
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

_DELIVERED = re.compile(r"DE?LI?VE?R?E?D?")
"""DELIVRD as carriers abbreviate it; DELIVERY and DELIVERING are no end."""

_WORDS = {
    "EXPIR": DeliveryState.FAILED,
    "EXPRD": DeliveryState.FAILED,
    "DELET": DeliveryState.FAILED,
    "UNDEL": DeliveryState.FAILED,
    "UNDLV": DeliveryState.FAILED,
    "REJEC": DeliveryState.FAILED,
    "REJCT": DeliveryState.FAILED,
    "FAILE": DeliveryState.FAILED,
    "SKIPP": DeliveryState.FAILED,
    "UNKNO": DeliveryState.UNKNOWN,
}
"""The first five letters of ``stat:``, which is where carriers still agree.

Any other word leaves the state open: only a known end may end the matter.
"""

_LABEL = re.compile(
    r"(?:^|(?<=[\s;,]))"
    r"(id|sub|dlvrd|submit[ _]?date|done[ _]?date|stat|err|text)\s*:",
    re.I,
)
_FOREIGN_LABEL = re.compile(r"[\s;,]\w+:")
_EDGES = " \t\r\n\0:\"'"
"""What may stand around a value without being part of it."""

_UNMISTAKABLE = frozenset({"id", "sub", "dlvrd", "stat"})
"""Labels that no person writes together, and no command begins with."""

_DECIMAL = re.compile(r"[0-9]+", re.ASCII)
_HEX = re.compile(r"[0-9A-F]+")
_GUID = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}")
_LONGEST_NUMBER = 64
"""Characters of the longest id (SMPP 3.4 §5.2.23); a longer one is no number."""

_MAX_DETAIL = 200
"""Characters of an unreadable receipt that are kept beside its raw octets."""


def is_receipt(sm: ShortMessage) -> bool:
    """Tell whether the SMSC itself speaks: a receipt or intermediate notification.

    Some carriers leave esm_class at 0. Then it takes both TLVs of a receipt, which
    no telephone can set, or the text of one, which is no command either: answered
    as a message, the answer would bring the next receipt.
    """
    if not is_plain(sm):
        return sm.esm_class & ESM_TYPE_MASK in ESM_RECEIPT
    if Tag.RECEIPTED_MESSAGE_ID in sm.tlvs and Tag.MESSAGE_STATE in sm.tlvs:
        return True
    beginning = sm.short_message[:4] or sm.tlvs.get(Tag.MESSAGE_PAYLOAD, b"")[:4]
    if not beginning.replace(b"\0", b"").lower().startswith(b"id"):
        return False
    labels = [label[1].lower() for label in _LABEL.finditer(_text(sm))]
    return labels[:1] == ["id"] and _UNMISTAKABLE.issubset(labels)


def parse_receipt(sm: ShortMessage) -> Receipt | None:
    """Read a deliver_sm that is a receipt; None when it is not.

    TLVs count before the text, but a known end in the text before a state that is
    open. A receipt without an id has an empty ``smsc_id``, and its detail says
    why: it is still no message.
    """
    if not is_receipt(sm):
        return None
    words = _read_words(sm)
    smsc_id = _id_of_tlv(sm) or words.get("id", "")
    state_number = integer_tlv(sm.tlvs, Tag.MESSAGE_STATE, 1)
    details = [f"{name}:{words[name]}" for name in ("stat", "err") if name in words]
    if state_number is not None:
        details.append(f"message_state:{state_number}")
    error = sm.tlvs.get(Tag.NETWORK_ERROR_CODE)
    if error is not None:
        details.append(f"network_error_code:{error.hex()}")
    if words.get("id", smsc_id) != smsc_id:
        details.append(f"id:{words['id']}")
    detail = " ".join(details)
    if not smsc_id:
        unreadable = f"no id in the receipt: {detail} {_text(sm)!r}"
        return Receipt("", DeliveryState.UNKNOWN, unreadable[:_MAX_DETAIL])
    state = _state(sm, state_number, words.get("stat", ""))
    return Receipt(smsc_id, state, detail[:_MAX_DETAIL])


def id_key(smsc_id: str) -> str:
    """Give the form of an id to store, in which equal ids are equal.

    Dropped are letters' case, white space, the dashes and braces of a GUID, ``0x``
    and, of hexadecimal ids only, leading zeros: in any other they may be part of
    a name.
    """
    if smsc_id.isascii() and smsc_id.isdigit():
        return smsc_id.lstrip("0") or "0"
    key = "".join(smsc_id.upper().split()).strip("{}")
    if _GUID.fullmatch(key):
        key = key.replace("-", "")
    key = key.removeprefix("0X")
    return key.lstrip("0") or "0" if _HEX.fullmatch(key) else key


def id_forms(smsc_id: str, dialect: IdDialect = "auto") -> tuple[str, ...]:
    """Give the `id_key` values that a receipt's id may mean, the likeliest first.

    Carriers write an id in hexadecimal here and in decimal there; ``auto``
    allows for both ways, so a match has to be unique and its address to agree.
    """
    key = id_key(smsc_id)
    if len(key) > _LONGEST_NUMBER:
        return (key,)
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


def _state(sm: ShortMessage, number: int | None, word: str) -> DeliveryState:
    """The state that TLV and text agree on, or the one of them that says an end.

    An intermediate notification tells of an attempt, after which others follow:
    it ends the matter only if that attempt succeeded.
    """
    state = DeliveryState.ENROUTE
    if number is not None:
        state = _STATES.get(number, state)
    if state is DeliveryState.ENROUTE:
        delivered = _DELIVERED.fullmatch(word.upper())
        state = (
            DeliveryState.DELIVERED
            if delivered
            else _WORDS.get(word[:5].upper(), state)
        )
    attempt = sm.esm_class & ESM_TYPE_MASK == ESM_INTERMEDIATE
    if attempt and state is not DeliveryState.DELIVERED:
        return DeliveryState.ENROUTE
    return state


def _read_words(sm: ShortMessage) -> dict[str, str]:
    """Find ``id:``, ``stat:`` and ``err:`` in any order; the first of each counts.

    What follows ``text:`` is the beginning of our own message, so it is read
    only for what is missing before it.
    """
    text = _text(sm)
    labels = list(_LABEL.finditer(text))
    words: dict[str, str] = {}
    for place, label in enumerate(labels):
        last = place + 1 == len(labels)
        end = len(text) if last else labels[place + 1].start()
        name = label[1].lower()
        value = _value(text[label.end() : end], spaced=name == "id" and not last)
        if value:
            words.setdefault(name, value)
    return words


def _value(text: str, *, spaced: bool) -> str:
    """A value out of what stands up to the next label.

    Only an id may have spaces in it, and only if a label shows where it ends.
    """
    value = _FOREIGN_LABEL.split(text.strip(_EDGES), maxsplit=1)[0]
    pieces = re.split(r"[;,]" if spaced else r"[\s;,]", value, maxsplit=1)
    return pieces[0].strip(_EDGES)


def _text(sm: ShortMessage) -> str:
    """The text; whatever data_coding says, carriers write it in ASCII or UCS-2."""
    body = read_message(sm).body
    codec = "utf-16-be" if sm.data_coding == Coding.UCS2 else "latin-1"
    # Some end it by a NUL, which PostgreSQL would refuse in a text.
    return str(body, codec, "replace").replace("\0", "")


def _id_of_tlv(sm: ShortMessage) -> str:
    """Read receipted_message_id, whose NUL some carriers leave out."""
    value = sm.tlvs.get(Tag.RECEIPTED_MESSAGE_ID, b"")
    return str(value.partition(b"\0")[0], "latin-1")
