"""The data coding scheme: which alphabet a message is in, and what it is for.

Gives every one of the 256 octets a meaning; reads no text itself.

Source: 3GPP TS 23.038 §4.
"""

from __future__ import annotations

__all__ = ["GSM7", "OCTETS", "UCS2", "DataCoding", "Waiting", "read_coding"]

from enum import Enum

from attrs import frozen

from smscentre.messages import Alphabet

GSM7 = 0x00
OCTETS = 0x04
UCS2 = 0x08
"""TP-DCS of messages without a class, one of each alphabet."""


class Waiting(Enum):
    """What kind of message waits elsewhere.

    Source: 3GPP TS 23.038 §4, group 1101.
    """

    VOICEMAIL = 0
    FAX = 1
    EMAIL = 2
    OTHER = 3


@frozen
class DataCoding:
    """What an octet of TP-DCS says.

    ``alphabet`` is None for data without one. ``message_class`` is 0 to 3 or None;
    ``waiting`` is what an indication is about, and ``active`` whether it is set.
    ``discard`` says that the text may be thrown away after it was seen.
    """

    alphabet: Alphabet | None = Alphabet.GSM7
    compressed: bool = False
    message_class: int | None = None
    discard: bool = False
    waiting: Waiting | None = None
    active: bool = False

    @property
    def in_septets(self) -> bool:
        """Whether user data is packed, and its length counted, in septets.

        Source: 3GPP TS 23.040 §9.2.3.16 (compressed data is counted in octets).
        """
        return self.alphabet is Alphabet.GSM7 and not self.compressed


_ALPHABETS = (Alphabet.GSM7, None, Alphabet.UCS2)
"""By bits 3 and 2 of the general groups; the fourth is reserved."""


def read_coding(octet: int) -> DataCoding:
    """What an octet of TP-DCS says; reserved ones read as the default alphabet.

    Source: 3GPP TS 23.038 §4.
    """
    if octet < 0x80:
        return _general(octet)
    if octet < 0xC0:
        return DataCoding()
    if octet < 0xF0:
        return DataCoding(
            Alphabet.UCS2 if octet >= 0xE0 else Alphabet.GSM7,
            discard=octet < 0xD0,
            waiting=Waiting(octet & 3),
            active=bool(octet & 8),
        )
    # Bit 3 is reserved and to be 0; it changes no meaning of the others.
    return DataCoding(
        None if octet & 4 else Alphabet.GSM7,
        message_class=octet & 3,
    )


def _general(octet: int) -> DataCoding:
    """Groups 00xx and 01xx; the latter are to be deleted after they were read."""
    kind = octet >> 2 & 3
    if kind == len(_ALPHABETS):
        return DataCoding()
    return DataCoding(
        _ALPHABETS[kind],
        compressed=bool(octet & 0x20),
        message_class=octet & 3 if octet & 0x10 else None,
        discard=octet >= 0x40,
    )
