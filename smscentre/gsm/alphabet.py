"""The GSM 7-bit alphabet: text to septets and back, and septets to octets.

The lowest layer under both links. It knows the default table of the standard and
nothing of messages; those of the national languages are in `national`.

Source: 3GPP TS 23.038 §6.1.2.1 (packing), §6.2.1 (tables).
"""

from __future__ import annotations

__all__ = [
    "DEFAULT",
    "Table",
    "UnencodableError",
    "decode",
    "encode",
    "is_gsm7",
    "pack",
    "septets",
    "unpack",
]

import codecs
import re
from collections.abc import Mapping

from attrs import frozen

from smscentre.errors import SMSCentreError

_ESCAPE = "\x1b"

_NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"
"""Stands in a table for a code that has no character."""

_OTHER = 0xFF
"""Stands in a table for a character that has not one septet."""


class UnencodableError(SMSCentreError):
    """A text holds a character that the alphabet does not have.

    ``position`` counts characters from 0.
    """

    def __init__(self, character: str, position: int) -> None:
        self.character = character
        self.position = position
        super().__init__(
            f"expected a character of the GSM 7-bit alphabet at position {position}, "
            f"found U+{ord(character):04X}"
        )


@frozen(eq=False)
class Table:
    """A locking shift table and its single shift table, ready for use.

    ``characters`` has one character for each of the 128 codes, with ESC for
    the code of the escape itself and U+FFFD for those without a character;
    ``encoding`` gives the septets of each character and ``escaped`` what a code
    means after an escape. ``ascii`` has the one septet of each octet of ASCII, and
    0xFF for the others.
    """

    characters: str
    encoding: Mapping[int, bytes]
    escaped: Mapping[int, str]
    ascii: bytes

    @classmethod
    def of(cls, characters: str, extension: Mapping[int, str]) -> Table:
        """Build a table from its 128 characters and its extension by code."""
        if len(characters) != 128 or characters.index(_ESCAPE) != 0x1B:
            raise ValueError("a table has 128 characters, with ESC at 0x1B")
        encoding: dict[int, bytes] = {}
        for code, character in enumerate(characters):
            if character not in (_ESCAPE, _NO_CHARACTER):
                encoding.setdefault(ord(character), bytes([code]))
        for code, character in extension.items():
            # A character of both tables keeps its one septet.
            encoding.setdefault(ord(character), bytes([0x1B, code]))
        octets = (encoding.get(code, b"") for code in range(128))
        one = bytes(octet[0] if len(octet) == 1 else _OTHER for octet in octets)
        return cls(characters, encoding, extension, one.ljust(256, bytes([_OTHER])))


DEFAULT = Table.of(
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà",
    {
        0x0A: "\f",
        0x14: "^",
        0x28: "{",
        0x29: "}",
        0x2F: "\\",
        0x3C: "[",
        0x3D: "~",
        0x3E: "]",
        0x40: "|",
        0x65: "€",
    },
)
"""The default alphabet with its extension table.

Source: 3GPP TS 23.038 §6.2.1 and §6.2.1.1.
"""

_ESCAPED = re.compile("\x1b(.?)", re.DOTALL)


def encode(text: str, table: Table = DEFAULT) -> bytes:
    """Code a text as one octet a septet, an extension character as two.

    :raises UnencodableError: when the table lacks a character.
    """
    if text.isascii():
        # Nearly all texts are, and none of their characters takes two septets.
        octets = text.encode("ascii").translate(table.ascii)
        if _OTHER not in octets:
            return octets
    try:
        return codecs.charmap_encode(text, "strict", table.encoding)[0]
    except UnicodeEncodeError as error:
        raise UnencodableError(text[error.start], error.start) from None


def decode(octets: bytes, table: Table = DEFAULT) -> str:
    """Read unpacked septets; every sequence of octets has a reading.

    An octet above 0x7F becomes U+FFFD. An escape before a code without
    extension gives that code's own character, a lone one at the end a space.

    Source: 3GPP TS 23.038 §6.2.1, notes 1 to 3, and §6.2.1.1.
    """
    text = codecs.charmap_decode(octets, "replace", table.characters)[0]
    return _unescape(text, octets, table) if _ESCAPE in text else text


def _unescape(text: str, octets: bytes, table: Table) -> str:
    """Give each pair that begins with an escape its meaning, found by its code."""

    def meaning(found: re.Match[str]) -> str:
        character = found[1]
        # An empty escape is the text's end; a double one is kept for tables to
        # come. The standard shows a space for both.
        if not character or character == _ESCAPE:
            return " "
        return table.escaped.get(octets[found.start(1)], character)

    return _ESCAPED.sub(meaning, text)


def is_gsm7(text: str, table: Table = DEFAULT) -> bool:
    """Tell whether the table has every character of a text."""
    try:
        encode(text, table)
    except UnencodableError:
        return False
    return True


def septets(text: str, table: Table = DEFAULT) -> int:
    """Count the septets of a text.

    :raises UnencodableError: when the table lacks a character.
    """
    return len(encode(text, table))


def pack(septets: bytes, fill_bits: int = 0) -> bytes:
    """Pack septets into octets, lowest bits first, after ``fill_bits`` zeros.

    :raises ValueError: when a septet is above 0x7F or fill_bits not 0 to 6.

    Source: 3GPP TS 23.038 §6.1.2.1.1; 3GPP TS 23.040 §9.2.3.24 (fill bits).
    """
    if septets and max(septets) > 0x7F:
        raise ValueError(f"expected septets, found 0x{max(septets):02X}")
    length = _octets_for(len(septets), fill_bits)
    bits = 0
    for septet in reversed(septets):
        bits = bits << 7 | septet
    return (bits << fill_bits).to_bytes(length, "little")


def unpack(octets: bytes, count: int, fill_bits: int = 0) -> bytes:
    """Read ``count`` septets from packed octets, after ``fill_bits``.

    :raises ValueError: when the octets hold fewer septets.

    Source: 3GPP TS 23.038 §6.1.2.1.1; 3GPP TS 23.040 §9.2.3.24 (fill bits).
    """
    length = _octets_for(count, fill_bits)
    if len(octets) < length:
        raise ValueError(
            f"expected {length} octets for {count} septets, found {len(octets)}"
        )
    bits = int.from_bytes(octets[:length], "little") >> fill_bits
    return bytes(bits >> shift & 0x7F for shift in range(0, 7 * count, 7))


def _octets_for(count: int, fill_bits: int) -> int:
    if count < 0 or not 0 <= fill_bits <= 6:
        raise ValueError(f"expected 0 to 6 fill bits, found {fill_bits}")
    return (7 * count + fill_bits + 7) // 8
