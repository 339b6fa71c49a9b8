"""Characters that were cut in two between the parts of a long message.

A part is stored as text, by itself and before its neighbours come, so half a
character has to wait in it until the parts are joined. Such a half is kept as a
character for private use, which in a part can mean nothing else; it knows nothing of
links and codings but that.

Source: 3GPP TS 23.040 §9.2.3.24.1 forbids such cuts; phones that count in UCS-2
units cut surrogate pairs all the same, and gateways that count septets cut escapes.
"""

from __future__ import annotations

__all__ = ["join_parts", "keep_escape", "keep_halves"]

import re
from collections.abc import Iterable

from smscentre.gsm.alphabet import DEFAULT

_NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"

_PRIVATE = 0x100000
"""What is added to a surrogate, or to the escape, to keep it."""

_KEPT_ESCAPE = chr(_PRIVATE + 0x1B)

_SEAM = re.compile(
    "([\U0010d800-\U0010dbff])([\U0010dc00-\U0010dfff])"
    "|[\U0010d800-\U0010dfff]"
    f"|{_KEPT_ESCAPE}(.?)",
    re.DOTALL,
)


def keep_halves(text: str, octets: bytes) -> str:
    """Keep half a surrogate pair at either end of a part, read from UCS-2.

    ``text`` is what was read, with U+FFFD in the place of each half.
    """
    if text.startswith(_NO_CHARACTER):
        text = _kept(octets[:2], 0xDC00) + text[1:]
    if text.endswith(_NO_CHARACTER) and len(octets) % 2 == 0:
        text = text[:-1] + _kept(octets[-2:], 0xD800)
    return text


def keep_escape(text: str, septets: bytes) -> str:
    """Keep a lone escape at the end of a part, which was read as a space."""
    escapes = len(septets) - len(septets.rstrip(b"\x1b"))
    return text[:-1] + _KEPT_ESCAPE if escapes % 2 else text


def join_parts(texts: Iterable[str]) -> str:
    """Join the texts of all parts, and the halves of characters between them.

    A half that stays alone reads as it does in a message of one part.
    """
    return _SEAM.sub(_whole, "".join(texts))


def _kept(unit: bytes, first: int) -> str:
    """A unit's keeper if it is one of the 1024 surrogates from ``first`` on."""
    point = int.from_bytes(unit, "big")
    return chr(_PRIVATE + point) if first <= point < first + 0x400 else _NO_CHARACTER


def _whole(found: re.Match[str]) -> str:
    high, low, escaped = found.groups()
    if escaped is not None:
        code = DEFAULT.characters.find(escaped) if escaped else -1
        return DEFAULT.escaped.get(code, escaped or " ")
    if high is None:
        return _NO_CHARACTER
    units = (ord(high) - _PRIVATE, ord(low) - _PRIVATE)
    return chr(0x10000 + (units[0] - 0xD800 << 10) + units[1] - 0xDC00)
