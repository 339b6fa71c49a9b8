"""Days as officers type them, and as replies name them.

Used by inserts and queries alike. It is told what day it is and knows no clock
and no time zone.
"""

from __future__ import annotations

__all__ = ["Typed", "is_day", "spelled", "take_day", "written"]

import datetime
import re
from collections.abc import Sequence

from attrs import frozen

_CENTURY = 2000
_DAYS_AGO = {
    "HARI INI": 0,
    "HARIINI": 0,
    "KEMARIN": 1,
}
_WRITTEN = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2((?:[0-9]{2}){1,2})", re.ASCII)


@frozen
class Typed:
    """The day at the end of a command.

    ``day`` is None where ``word`` has the form of a day but there is no such
    day; ``length`` is the number of words it took.
    """

    word: str
    day: datetime.date | None
    length: int = 1


def written(day: datetime.date) -> str:
    """A day as replies name it: ddmmyy."""
    return f"{day.day:02}{day.month:02}{day.year % 100:02}"


def is_day(word: str) -> datetime.date | None:
    """The day that six or eight digits stand for, None if there is none."""
    if len(word) not in (6, 8) or not (word.isdigit() and word.isascii()):
        return None
    return _day(word[:2], word[2:4], word[4:])


def spelled(word: str) -> Typed | None:
    """The day that a word with two dashes, slashes or dots stands for."""
    found = _WRITTEN.fullmatch(word)
    if found is None:
        return None
    return Typed(word, _day(found[1], found[3], found[4]))


def take_day(words: Sequence[str], today: datetime.date) -> Typed | None:
    """The day that the last words name beyond doubt.

    Bare digits are left to the caller, for whom they can be a figure.
    """
    for length in (2, 1):
        ago = _DAYS_AGO.get(" ".join(words[-length:]))
        if ago is not None and length <= len(words):
            day = today - datetime.timedelta(ago)
            return Typed("".join(words[-length:]), day, length)
    return spelled(words[-1]) if words else None


def _day(day: str, month: str, year: str) -> datetime.date | None:
    """A day of this century, None if there is none."""
    number = int(year) if len(year) == 4 else _CENTURY + int(year)
    if number // 100 != _CENTURY // 100:
        return None
    try:
        return datetime.date(number, int(month), int(day))
    except ValueError:
        return None
