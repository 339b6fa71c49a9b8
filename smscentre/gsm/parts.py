"""Long texts: which alphabet they need and where they are cut into parts.

Used when a reply is born, before any link is known. It counts as the air
interface does and knows nothing of references, headers' contents or links.

Source: 3GPP TS 23.038 §4 (alphabets); 3GPP TS 23.040 §9.2.3.16 (length) and
§9.2.3.24.1, §9.2.3.24.8 (the header that each part of several carries).
"""

from __future__ import annotations

__all__ = ["TooLongError", "alphabet_for", "split"]

import re
import unicodedata

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

_JOINER = "\N{ZERO WIDTH JOINER}"

_JOINED = re.compile("[\u200c\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
"""Beside marks, the characters that change the one before them."""

_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]")


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
    number of bits of the reference (8 or 16) that the parts will carry. What is
    seen as one character stays together if a part has room for it: a letter and
    its accents, an emoji of several.

    :raises UnencodableError: when the text is not of the GSM alphabet.
    :raises TooLongError: when more than ``max_parts`` are needed.
    """
    if alphabet is Alphabet.GSM7:
        length = gsm7.septets(text)
    else:
        length = len(text) + len(_DOUBLE[alphabet].findall(text))
    if length <= _room(alphabet, 0):
        return [text]
    parts = _cut(text, _room(alphabet, _HEADERS[width]), _DOUBLE[alphabet])
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
    start = 0
    while start < len(text):
        end = _end(text, start, room, double)
        border = end
        while start < border < len(text) and _belongs_to_the_former(text, border):
            border -= 1
        end = border if border > start else end
        parts.append(text[start:end])
        start = end
    return parts


def _end(text: str, start: int, room: int, double: re.Pattern[str]) -> int:
    """Where the characters end that fit a part which begins at ``start``."""
    end = start + room
    if not double.search(text, start, end):
        return min(end, len(text))
    used = 0
    for at in range(start, min(end, len(text))):
        used += 2 if double.match(text, at) else 1
        if used > room:
            return at
    return min(end, len(text))


def _belongs_to_the_former(text: str, at: int) -> bool:
    """Whether a character is seen as one with that before it.

    The common rules of Unicode's grapheme clusters: marks, joiners, modifiers of
    emoji, tags, flags (pairs of regional indicators) and the end of a line.

    Source: Unicode Standard Annex #29 §3.1.1.
    """
    before, character = text[at - 1], text[at]
    if character.isascii():
        return before == "\r" and character == "\n"
    if _REGIONAL.match(character):
        first = at
        while first and _REGIONAL.match(text, first - 1):
            first -= 1
        return (at - first) % 2 == 1
    return (
        unicodedata.category(character)[0] == "M"
        or before == _JOINER
        or _JOINED.match(character) is not None
    )
