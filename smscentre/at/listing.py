"""What a list and a message by itself show: slots, octets, and what is neither.

Between the readers of `answers`, which refuse one thing at a time, and the session,
for which a bad entry must hide no other.

Source: 3GPP TS 27.005 §3.4.1 (+CMT, +CDS), §4.1 (+CMGL).
"""

from __future__ import annotations

__all__ = ["brought", "is_text_mode", "octets_of", "read_entries", "read_one"]

import re

from smscentre.at.answers import Slot, read_slot
from smscentre.at.errors import RemoteProtocolError
from smscentre.at.unsolicited import fits, is_hex

_RECEIVED = (0, 1)
"""States of a slot with a message to us, unread and read."""

_TEXT_MODE = re.compile(r'\+CMGL:\s*[0-9]+\s*,\s*"')


def read_entries(entries: list[tuple[str, str]]) -> tuple[list[Slot], list[str]]:
    """Read the slots with messages to us; beside them the headers that say nothing."""
    slots, unread = [], []
    for entry in entries:
        try:
            slot = read_slot(entry)
        except RemoteProtocolError:
            unread.append(entry[0])
            continue
        if slot.status in _RECEIVED:
            slots.append(slot)
    return slots, unread


def read_one(lines: tuple[str, ...]) -> str:
    """The PDU's line of +CMGR, empty if what came is no PDU of its length.

    Source: 3GPP TS 27.005 §4.2 (+CMGR).
    """
    if len(lines) < 2 or not fits(lines[0], lines[1]):
        return ""
    return lines[1]


def is_text_mode(header: str) -> bool:
    """Tell whether a header is that of text mode, in which we never listed."""
    return _TEXT_MODE.match(header) is not None


def octets_of(slot: Slot) -> bytes | None:
    """The PDU of a slot, its service centre first; None if it is none."""
    try:
        return slot.octets()
    except RemoteProtocolError:
        return None


def brought(header: str, line: str) -> bytes | None:
    """The PDU of a message that was not stored; None if it is none."""
    return bytes.fromhex(line) if is_hex(line) and fits(header, line) else None
