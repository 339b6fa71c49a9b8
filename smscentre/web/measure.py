"""How much of an SMS a text takes: its alphabet, its length in that, its parts."""

from __future__ import annotations

__all__ = ["Measure", "measure"]

from attrs import frozen

from smscentre.composing import PartStyle, compose
from smscentre.gsm.alphabet import septets
from smscentre.messages import Alphabet

_UCS2_OCTETS = 2


@frozen
class Measure:
    """The alphabet, how many of its units the text has, and in how many SMS it goes."""

    alphabet: Alphabet
    units: int
    parts: int

    def __str__(self) -> str:
        if self.alphabet is Alphabet.GSM7:
            return f"GSM 7-bit, {self.units} septet, {self.parts} SMS"
        return f"UCS-2, {self.units} satuan, {self.parts} SMS"


def measure(text: str) -> Measure:
    """Measure a text as a link with the usual settings would send it."""
    alphabet, parts = compose(text, PartStyle(max_parts=255))
    if alphabet is Alphabet.GSM7:
        units = septets(text)
    else:
        units = len(text.encode("utf-16-be")) // _UCS2_OCTETS
    return Measure(alphabet, units, len(parts))
