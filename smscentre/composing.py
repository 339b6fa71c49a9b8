"""How a text becomes the parts that a link will carry.

Shared by everyone who puts something into the outbox; it knows the links only by
their `PartStyle`.
"""

from __future__ import annotations

__all__ = ["PartStyle", "compose"]

from attrs import frozen

from smscentre.gsm.parts import TooLongError, alphabet_for, split
from smscentre.messages import Alphabet
from smscentre.smpp.text import DefaultAlphabet, is_writable

_CUT_SHORT = " ..."


@frozen
class PartStyle:
    """How a link carries long messages.

    ``reference_width`` is 8 or 16 bits; ``whole`` says that the link takes a long
    text in one piece; ``alphabet`` is what it writes short of UCS-2.
    """

    reference_width: int = 8
    max_parts: int = 10
    whole: bool = False
    alphabet: DefaultAlphabet = "gsm7"


def compose(text: str, style: PartStyle) -> tuple[Alphabet, list[str]]:
    """Choose the alphabet of a text and cut it into parts for a link.

    A text with a character that the link's alphabet lacks goes as UCS-2 from its
    first part to its last. One that needs more parts than the link may send ends
    in dots: a reply that is too long must not undo what it tells of.
    """
    alphabet = alphabet_for(text)
    if style.alphabet != "gsm7" and not is_writable(text, style.alphabet):
        alphabet = Alphabet.UCS2
    try:
        parts = split(text, alphabet, style.reference_width, style.max_parts)
    except TooLongError as error:
        parts = split(text, alphabet, style.reference_width, error.needed)
        del parts[style.max_parts :]
        # Each character that goes is at least as long as one that comes.
        parts[-1] = parts[-1][: -len(_CUT_SHORT)] + _CUT_SHORT
    return alphabet, ["".join(parts)] if style.whole else parts
