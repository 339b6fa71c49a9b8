"""A text as words: what cannot change its meaning is levelled, nothing else.

The first step of a command. It knows characters and spelling and no command;
what could change a number (a dot, a sign, a strange digit) is left to be asked
about.
"""

from __future__ import annotations

__all__ = ["distance", "echo", "is_digits", "near", "nearest", "split"]

import re
import string
from collections.abc import Iterable

_ECHOED = 12
"""The most characters of a typed word that a reply repeats."""

_LONG_WORD = 8
"""From so many letters on two slips are near, before only one."""

_VANISHING = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_FULL_WIDTH_OFFSET = 0xFEE0
_CONTROLS = "".join(map(chr, range(32))) + "\x7f"

_MARK = re.compile(r"(?<=[A-Z])[:=,/]+|(?<=[0-9])[,/]+(?=[A-Z])")
"""Marks that stand between a word and a figure, never between two figures."""

_FOREIGN = re.compile(r"[^A-Z0-9]+")
_ENDS = ".,"


def _levels() -> dict[int, str]:
    """Which characters of a text beyond ASCII stand for which.

    Not the compatibility forms of Unicode: they would make 82 of a raised 8².
    """
    levels = {ord(letter): letter.upper() for letter in string.ascii_lowercase}
    levels |= dict.fromkeys(map(ord, _DASHES), "-")
    for code in _FULL_WIDTH:
        levels[code] = chr(code - _FULL_WIDTH_OFFSET).upper()
    return levels


_LEVELS = _levels()
_VANISH = re.compile(f"[{_VANISHING}]+")


def split(text: str) -> list[str]:
    """Cut a text into words in capitals, without what only decorates them."""
    text = text.upper() if text.isascii() else _levelled(text)
    if text.isascii() and text.replace(" ", "").isalnum():
        # Nothing decorates it, as with nearly all commands.
        return text.split()
    text = _MARK.sub(" ", text.replace(";", " ").strip(_CONTROLS))
    words = [word.rstrip(_ENDS) for word in text.split()]
    return [word for word in words if word] if "" in words else words


def _levelled(text: str) -> str:
    """Capitals for the letters of ASCII only: other scripts have look-alikes."""
    return _VANISH.sub("", text).translate(_LEVELS)


def is_digits(word: str) -> bool:
    """Tell whether a word is digits only, and of ours only."""
    return word.isdigit() and word.isascii()


def echo(word: str) -> str:
    """What a reply may repeat of a typed word: a few letters and digits."""
    return _FOREIGN.sub("", word[: 10 * _ECHOED])[:_ECHOED]


def near(word: str, candidates: Iterable[str]) -> list[str]:
    """The candidates that are a slip away from a word, the nearest only.

    One slip, two from eight letters on.
    """
    allowed = 1 if len(word) < _LONG_WORD else 2
    letters = set(word)
    found: dict[int, list[str]] = {}
    for candidate in dict.fromkeys(candidates):
        # A slip changes two letters of the set at most; most names end here.
        if len(letters.symmetric_difference(candidate)) > 2 * allowed:
            continue
        slips = distance(word, candidate, allowed)
        if slips <= allowed:
            found.setdefault(slips, []).append(candidate)
    return found[min(found)] if found else []


def nearest(word: str, candidates: Iterable[str]) -> list[str]:
    """As `near`, also of a word with figures glued to its end."""
    return near(word.rstrip("0123456789?!-+.,") or word, candidates)


def distance(one: str, other: str, limit: int) -> int:
    """How many slips lead from one word to another; above the limit, any number.

    A slip is a letter too many, too few or wrong, or two neighbours swapped.
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, its in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]
