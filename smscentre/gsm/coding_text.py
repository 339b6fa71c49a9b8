"""The text of a message: from user data and its coding scheme, and back.

Above `coding` and the alphabets, beside `tpdu`; it knows no octet of a TPDU.

Source: 3GPP TS 23.038 §4 (alphabets); 3GPP TS 23.040 §9.2.3.24 (TP-UD).
"""

from __future__ import annotations

__all__ = ["read_text", "write_text"]

from smscentre.gsm import alphabet as gsm7
from smscentre.gsm import ucs2, udh
from smscentre.gsm.coding import GSM7, UCS2, DataCoding
from smscentre.gsm.national import table_for
from smscentre.gsm.seams import keep_escape, keep_halves
from smscentre.messages import Alphabet, Part


def read_text(data: udh.UserData, coding: DataCoding) -> str:
    """Read a text; whatever cannot be read becomes U+FFFD.

    Data without an alphabet and compressed texts show each octet as one character.
    Half a character at an end of a part is kept for
    `smscentre.gsm.seams.join_parts`.
    """
    if coding.in_septets:
        table = table_for(data.locking, data.single)
        text = gsm7.decode(data.body, table)
        # Only of the default table can the parts' seam be read later.
        if data.part is not None and table is gsm7.DEFAULT:
            text = keep_escape(text, data.body)
        return text
    if coding.alphabet is not Alphabet.UCS2 or coding.compressed:
        return data.body.decode("latin-1")
    text = ucs2.decode(data.body)
    return text if data.part is None else keep_halves(text, data.body)


def write_text(
    text: str, alphabet: Alphabet, part: Part | None = None
) -> tuple[int, udh.UserData]:
    """Write a text, or that of a part with its header; also gives its TP-DCS.

    :raises UnencodableError: GSM 7-bit was asked for and lacks a character.
    :raises ValueError: when the part's fields do not fit.
    """
    header = b"" if part is None else udh.concatenation(part)
    if alphabet is Alphabet.GSM7:
        return GSM7, udh.UserData(header, gsm7.encode(text), part)
    return UCS2, udh.UserData(header, ucs2.encode(text), part)
