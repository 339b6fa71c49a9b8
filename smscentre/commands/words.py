"""Words as they are spelled: digits, near misses, and what a reply may repeat.

Used by all commands. It knows letters and slips and no command.
"""

from __future__ import annotations

__all__ = ["distance", "echo", "is_digits", "near", "nearest"]

import re
from collections.abc import Iterable

_ECHOED = 12
"""The most characters of a typed word that a reply repeats."""

_LONG_WORD = 8
"""From so many letters on two slips are near, before only one."""

_FOREIGN = re.compile(r"[^A-Z0-9]+")


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
