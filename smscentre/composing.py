"""How a text becomes the parts that a link will carry.

Shared by everyone who puts something into the outbox; it knows the links only by
their `PartStyle`.
"""

from __future__ import annotations

__all__ = ["PartStyle", "compose"]

from attrs import frozen

from smscentre.gsm.parts import alphabet_for, split
from smscentre.messages import Alphabet


@frozen
class PartStyle:
    """How a link carries long messages.

    ``reference_width`` is 8 or 16 bits; ``whole`` says that the link takes a long
    text in one piece.
    """

    reference_width: int = 8
    max_parts: int = 10
    whole: bool = False


def compose(text: str, style: PartStyle) -> tuple[Alphabet, list[str]]:
    """Choose the alphabet of a text and cut it into parts for a link.

    :raises TooLongError: the text needs more parts than the link may send
    """
    alphabet = alphabet_for(text)
    parts = split(text, alphabet, style.reference_width, style.max_parts)
    return alphabet, [text] if style.whole else parts
