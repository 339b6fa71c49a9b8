"""Text and data_coding: what the octets of a message say, and how to write one.

Stands between a message and the alphabets of `gsm`; knows no header of the user
data and no length of a part.

Source: SMPP 3.4 §5.2.19 (data_coding); 3GPP TS 23.038 §4 (coding groups).
"""

from __future__ import annotations

__all__ = [
    "DefaultAlphabet",
    "decode_part",
    "decode_text",
    "encode_text",
    "encode_with_losses",
    "is_writable",
]

from typing import Final, Literal

from smscentre.gsm import alphabet as gsm7
from smscentre.gsm import ucs2
from smscentre.gsm.coding import read_coding
from smscentre.gsm.seams import keep_escape, keep_halves
from smscentre.messages import Alphabet
from smscentre.smpp.codes import Coding

DefaultAlphabet = Literal["gsm7", "latin1", "ascii"]
"""What data_coding 0 means on a link; GSM 7-bit is unpacked, one septet an octet."""

# Asked for of every text, and members of an enumeration are not found quickly.
_DEFAULT: Final = Coding.DEFAULT
_GSM7: Final = Alphabet.GSM7

_UCS2 = "utf-16-be"
"""The name of UCS-2 among codecs; `smscentre.gsm.ucs2` reads and writes it."""

_CODECS: dict[int, str] = {
    Coding.ASCII: "ascii",
    Coding.LATIN1: "latin-1",
    Coding.CYRILLIC: "iso8859-5",
    Coding.HEBREW: "iso8859-8",
    Coding.UCS2: _UCS2,
}

_BINARY = "latin-1"
"""How octets without an alphabet are shown: each as one character."""

_COMPRESSED = 0x20
"""Of the general groups: the text is compressed, which no phone does.

Source: 3GPP TS 23.038 §4; 3GPP TS 23.042.
"""

_DEFAULT_CODECS = {"latin1": "latin-1", "ascii": "ascii"}


def decode_text(
    body: bytes,
    data_coding: int,
    default_alphabet: DefaultAlphabet = "gsm7",
    table: gsm7.Table = gsm7.DEFAULT,
) -> str:
    """Read the octets of a message; whatever cannot be read becomes U+FFFD.

    GSM 7-bit is read by ``table``. UCS-2 is read as UTF-16, since phones send
    surrogate pairs in it, in the order of a byte order mark. NULs at the end are
    padding, but for GSM 7-bit, where they are the letter @.
    """
    codec = _codec(data_coding, default_alphabet)
    if codec is None:
        return gsm7.decode(body, table)
    if codec is _UCS2:
        return ucs2.decode(body)
    return str(body, codec, "replace").rstrip("\0")


def decode_part(
    body: bytes,
    data_coding: int,
    default_alphabet: DefaultAlphabet = "gsm7",
    table: gsm7.Table = gsm7.DEFAULT,
) -> str:
    """Read a part of a long message: half a character at an end is kept.

    The halves find each other in `smscentre.gsm.seams.join_parts`.
    """
    text = decode_text(body, data_coding, default_alphabet, table)
    codec = _codec(data_coding, default_alphabet)
    if codec is _UCS2:
        return keep_halves(text, body)
    if codec is None and table is gsm7.DEFAULT:
        return keep_escape(text, body)
    return text


def is_writable(text: str, default_alphabet: Literal["latin1", "ascii"]) -> bool:
    """Tell whether a link's data_coding 0, not GSM 7-bit, can write a text."""
    try:
        text.encode(_DEFAULT_CODECS[default_alphabet])
    except UnicodeEncodeError:
        return False
    return True


def encode_text(
    text: str, alphabet: Alphabet, default_alphabet: DefaultAlphabet = "gsm7"
) -> tuple[int, bytes]:
    """Write a text; gives its data_coding and octets.

    Where a link's data_coding 0 is not GSM 7-bit and lacks a character, UCS-2
    takes its place: what carriers make of Latin-1 (3) differs.

    :raises UnencodableError: GSM 7-bit was asked for and lacks a character.
    """
    if alphabet is _GSM7:
        if default_alphabet == "gsm7":
            return _DEFAULT, gsm7.encode(text)
        try:
            return _DEFAULT, text.encode(_DEFAULT_CODECS[default_alphabet])
        except UnicodeEncodeError:
            pass
    return Coding.UCS2, ucs2.encode(text)


def encode_with_losses(text: str, default_alphabet: DefaultAlphabet) -> bytes:
    """Write a text in a link's data_coding 0, with ``?`` for what that lacks.

    :raises UnencodableError: data_coding 0 is GSM 7-bit and lacks a character.
    """
    codec = _DEFAULT_CODECS.get(default_alphabet)
    return text.encode(codec, "replace") if codec else gsm7.encode(text)


def _codec(data_coding: int, default_alphabet: DefaultAlphabet) -> str | None:
    """Name the codec of a data_coding; None stands for GSM 7-bit.

    Values above 0x0F are those of GSM: some carriers hand the data coding scheme
    of the phone through, as in 0x18, UCS-2 for immediate display.
    """
    if data_coding == _DEFAULT or 0x80 <= data_coding < 0xC0:
        return _DEFAULT_CODECS.get(default_alphabet)
    if data_coding < 0x10:
        return _CODECS.get(data_coding, _BINARY)
    if data_coding < 0x80 and data_coding & _COMPRESSED:
        return _BINARY
    match read_coding(data_coding).alphabet:
        case Alphabet.GSM7:
            return None
        case Alphabet.UCS2:
            return _UCS2
        case _:
            return _BINARY
