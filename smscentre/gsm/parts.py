"""Long texts: which alphabet they need and where they are cut into parts.

Used when a reply is born, before any link is known. It counts as the air
interface does and knows nothing of references, headers' contents or links.

Source: 3GPP TS 23.038 §4 (alphabets); 3GPP TS 23.040 §9.2.3.16 (length) and
§9.2.3.24.1, §9.2.3.24.8 (the header that each part of several carries).
"""

from __future__ import annotations

__all__ = ["TooLongError", "alphabet_for", "split"]

import re

from smscentre.errors import SMSCentreError
from smscentre.gsm import alphabet as gsm7
from smscentre.messages import Alphabet

_OCTETS = 140
"""User data of one SMS, header included."""

_HEADERS = {8: 6, 16: 7}
"""Octets of a concatenation header by the width of its reference."""

_DOUBLE = {
    Alphabet.GSM7: re.compile(
        "["
        + "".join(
            re.escape(chr(point))
            for point, code in gsm7.DEFAULT.encoding.items()
            if len(code) == 2
        )
        + "]"
    ),
    Alphabet.UCS2: re.compile("[\U00010000-\U0010ffff]"),
}
"""Characters that take two septets or two UCS-2 units."""


class TooLongError(SMSCentreError):
    """A text needs more parts than allowed."""

    def __init__(self, needed: int, allowed: int) -> None:
        self.needed = needed
        self.allowed = allowed
        super().__init__(f"expected at most {allowed} parts, the text needs {needed}")


def alphabet_for(text: str) -> Alphabet:
    """Choose the shortest alphabet that has every character of a text."""
    return Alphabet.GSM7 if gsm7.is_gsm7(text) else Alphabet.UCS2


def split(
    text: str, alphabet: Alphabet, width: int = 8, max_parts: int = 10
) -> list[str]:
    """Cut a text into the texts of its parts, between characters.

    A text that fits one SMS is one part, an empty one too. ``width`` is the
    number of bits of the reference (8 or 16) that the parts will carry.

    :raises UnencodableError: when the text is not of the GSM alphabet.
    :raises TooLongError: when more than ``max_parts`` are needed.
    """
    if alphabet is Alphabet.GSM7:
        length = gsm7.septets(text)
    else:
        length = len(text) + len(_DOUBLE[alphabet].findall(text))
    if length <= _room(alphabet, 0):
        return [text]
    room = _room(alphabet, _HEADERS[width])
    if length == len(text):
        parts = [text[at : at + room] for at in range(0, length, room)]
    else:
        parts = _cut(text, room, _DOUBLE[alphabet])
    if len(parts) > max_parts:
        raise TooLongError(len(parts), max_parts)
    return parts


def _room(alphabet: Alphabet, header: int) -> int:
    """Septets or UCS-2 units beside a header of so many octets."""
    octets = _OCTETS - header
    return octets * 8 // 7 if alphabet is Alphabet.GSM7 else octets // 2


def _cut(text: str, room: int, double: re.Pattern[str]) -> list[str]:
    """Fill part after part; a double character never straddles two."""
    parts = []
    start = used = 0
    for at, character in enumerate(text):
        size = 2 if double.match(character) else 1
        if used + size > room:
            parts.append(text[start:at])
            start, used = at, 0
        used += size
    parts.append(text[start:])
    return parts
