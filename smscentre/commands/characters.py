"""The characters of a text, levelled: what only looks different becomes equal.

The first half of normalising. It knows Unicode and punctuation and no command;
what could change a number (a dot, a sign, a strange digit, a bracket within a
word) is left in place, to be asked about.
"""

from __future__ import annotations

__all__ = ["GAP", "level", "unenclosed", "words_of"]

import re
import string
import unicodedata
from functools import lru_cache
from typing import Final

_VANISHING = frozenset(
    map(
        chr,
        (
            *(0x00AD, 0x034F, 0x061C, 0x180E, 0xFEFF),
            *range(0x200B, 0x2010),
            *(0x202A, 0x202C, 0x202D, 0x2066, 0x2068, 0x2069),
            *range(0x2060, 0x2065),
            *range(0xFE00, 0xFE10),
        ),
    )
)
"""What is not seen. Not the marks that turn a text round: figures behind them were
seen in another order."""

_FULL_WIDTH_DIGITS = range(0xFF10, 0xFF1A)
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\ufe58\ufe63"
_SINGLE_QUOTES = "`\u00b4\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb"

_LEVELS = {
    **{letter: letter.upper() for letter in string.ascii_lowercase},
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys(_SINGLE_QUOTES, "'"),
    **dict.fromkeys(_DOUBLE_QUOTES, '"'),
}

_CLOSING = {"<": ">", "(": ")", "[": "]", "{": "}"}
"""The brackets that open, each with the one that closes it."""
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}
_QUOTES = "\"'"
_ENCLOSING = re.compile(r"[<>()\[\]{}\"']")
_BESIDE = "<>()[]{}\"':=/;"
"""What may stand beside a bracket that encloses a word."""

_MARK = re.compile(r"(?<![A-Z0-9])([A-Z]+)[:=,/]+|(?<=[0-9])[,/]+(?=[A-Z])")
"""Marks that stand between a word and a figure, never between two figures."""

_CONTROLS = "".join(map(chr, range(32))) + "\x7f"
_ENDS = ".,!"
_LONE_MARKS = frozenset(":=")

GAP: Final = "..."
"""What our examples put for a figure that is to be typed."""

_GAP = re.compile(r"\.{2,}")


def level(text: str) -> str:
    """Capitals, plain quotes and dashes, no character that is not seen."""
    if text.isascii():
        return text.upper().replace("`", "'")
    return "".join(map(_levelled, text))


@lru_cache(4096)
def _levelled(character: str) -> str:
    """What one character stands for; itself where that could make a figure.

    The compatibility forms of Unicode would make 82 of a raised 8\u00b2, and a half
    of one and two.
    """
    if character in _VANISHING:
        return ""
    if ord(character) in _FULL_WIDTH_DIGITS:
        return unicodedata.normalize("NFKC", character)
    if character in _LEVELS:
        return _LEVELS[character]
    plain = unicodedata.normalize("NFKC", character)
    if plain == character or any(map(_is_numeric, character + plain)):
        return character
    if any(map(str.isspace, plain)) and not character.isspace():
        # An accent that stands alone would come apart into a space and a mark.
        return character
    return "".join(_LEVELS.get(each, each) for each in plain if each not in _VANISHING)


def _is_numeric(character: str) -> bool:
    return character.isnumeric() or character.isdigit()


def unenclosed(text: str) -> str:
    """Put spaces for brackets and quotes that stand in pairs around words.

    One alone is a sign of its own, as is one within a word.
    """
    if _ENCLOSING.search(text) is None:
        return text
    characters = list(text)
    opened: list[int] = []
    for found in _ENCLOSING.finditer(text):
        at, mark = found.start(), found[0]
        opening = _OPENING.get(mark, mark)
        innermost = bool(opened) and characters[opened[-1]] == opening
        if innermost and mark not in _CLOSING:
            if _can_close(text, at):
                characters[opened.pop()] = characters[at] = " "
        elif mark not in _OPENING and _can_open(text, at):
            opened.append(at)
    return "".join(characters)


def _can_open(text: str, at: int) -> bool:
    """Whether what is before is no part of a figure: 8(2) is no 8 and 2."""
    before = text[at - 1] if at else " "
    if before.isalpha():
        return text[at] not in _QUOTES and not _is_numeric(before)
    return before.isspace() or before in _BESIDE


def _can_close(text: str, at: int) -> bool:
    """Whether what is behind is no part of the same word."""
    after = text[at + 1] if at + 1 < len(text) else " "
    if after.isalpha():
        return text[at - 1].isalpha() and text[at] not in _QUOTES
    return after.isspace() or after in _BESIDE + ",.!"


def words_of(line: str) -> list[str]:
    """Cut a levelled line into words, without what only decorates them."""
    words: list[str] = []
    for word in _MARK.sub(r"\1 ", line.replace(";", " ")).split():
        bare = word.strip(_CONTROLS)
        bare = GAP if _GAP.fullmatch(bare) else bare.rstrip(_ENDS)
        labelled = bool(words) and words[-1].isalpha()
        if bare and not (bare in _LONE_MARKS and labelled):
            words.append(bare)
    return words
