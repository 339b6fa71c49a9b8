"""Days as officers type them, and as replies name them.

Used by inserts and queries alike. It is told what day it is and knows no clock
and no time zone.
"""

from __future__ import annotations

__all__ = [
    "DAY_WORDS",
    "Typed",
    "is_day",
    "looks_like_day",
    "spelled",
    "take_day",
    "written",
]

import datetime
import re
from collections.abc import Sequence
from typing import Final

from attrs import frozen

_CENTURY = 2000

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "JANUARI JAN JANUARY",
            "FEBRUARI FEB PEBRUARI PEB FEBRUARY",
            "MARET MAR MRT MARCH",
            "APRIL APR",
            "MEI MAY",
            "JUNI JUN JUNE",
            "JULI JUL JULY",
            "AGUSTUS AGT AGS AGU AGUST AUG AUGUST",
            "SEPTEMBER SEP SEPT",
            "OKTOBER OKT OCT OCTOBER",
            "NOVEMBER NOV NOPEMBER NOP",
            "DESEMBER DES DEC DECEMBER",
        ),
        1,
    )
    for name in names.split()
}

_AHEAD: Final = {
    **dict.fromkeys(("HARIINI", "HRINI", "HRIINI", "SEKARANG"), 0),
    **dict.fromkeys(("SKRG", "SKRNG", "SKR"), 0),
    **dict.fromkeys(("KEMARIN", "KEMAREN", "KMRN", "KMARIN", "KMRIN", "KMREN"), -1),
    "KMAREN": -1,
    **dict.fromkeys(("HARIKEMARIN", "HRKMRN", "HARIKMRN"), -1),
    **dict.fromkeys(("BESOK", "BESUK", "BSK", "ESOK"), 1),
    "LUSA": 2,
}
"""What is said of a day near today, with how many days ahead it is."""

_UNCLEAR_WORDS = """
SENIN SELASA RABU KAMIS JUMAT JUM'AT SABTU MINGGU AHAD SNN SLS RBU KMS JMT SBT
SEMALAM SMLM SEMLM TADIMALAM KEMARINLUSA KEMARINDULU KMRNLUSA KMRNDULU
MINGGULALU
"""
_UNCLEAR: Final = frozenset(_UNCLEAR_WORDS.split())
"""What is said of a day that nobody can tell for certain, or of none there is."""

_DAY = "HARI"
_LABELS: Final = frozenset(("TGL", "TANGGAL", "TGGL", "TG"))

DAY_WORDS: Final = frozenset(
    [
        *_MONTHS,
        *_AHEAD,
        *_UNCLEAR,
        *_LABELS,
        _DAY,
        "HR",
        "INI",
        "TADI",
        "TD",
        "DULU",
        "LALU",
        "SEHARI",
    ]
)
"""The words that speak of a day: no signature has them."""

_WRITTEN = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2((?:[0-9]{2}){1,2})", re.ASCII)
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})", re.ASCII)
_NAMED = re.compile(
    rf"([0-9]{{1,2}})[-/. ]?({'|'.join(_MONTHS)})[-/. ]?((?:[0-9]{{2}}){{0,2}})",
    re.ASCII,
)
_MOST_WORDS = 3


@frozen
class Typed:
    """The day at the end of a command.

    ``day`` is None where ``word`` has the form of a day but there is no such
    day, or not a single one; ``length`` is the number of words it took.
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


def looks_like_day(word: str) -> bool:
    """Tell whether six or eight digits were meant for a day, though there be none.

    A day that its month has not, or the month before the day.
    """
    if len(word) not in (6, 8) or not (word.isdigit() and word.isascii()):
        return False
    if len(word) == 8 and word[4:6] != "20":
        return False
    first, second = sorted((int(word[:2]), int(word[2:4])))
    return 1 <= first <= 12 and second <= 31


def spelled(word: str) -> Typed | None:
    """The day that a word with two dashes, slashes or dots stands for."""
    found = _WRITTEN.fullmatch(word)
    if found is not None:
        return Typed(word, _day(found[1], found[3], found[4]))
    found = _YEAR_FIRST.fullmatch(word)
    if found is not None:
        return Typed(word, _day(found[4], found[3], found[1]))
    return None


def take_day(words: Sequence[str], today: datetime.date) -> Typed | None:
    """The day that the last words name beyond doubt, or cannot name.

    Bare digits are left to the caller, for whom they can be a figure; but not
    behind a word that says they are a day.
    """
    if not words:
        return None
    last = words[-1]
    labelled = len(words) > 1 and words[-2] in _LABELS
    if last.isdigit() and len(last) not in (2, 4) and not labelled:
        # Bare digits that are not the year behind a month.
        return None
    typed = _named(words, today) or spelled(last)
    if typed is None and labelled:
        typed = Typed(last, is_day(last))
    if typed is None:
        return None
    before = words[: -typed.length]
    if before and before[-1] in _LABELS:
        return Typed(typed.word, typed.day, typed.length + 1)
    return typed


def _named(words: Sequence[str], today: datetime.date) -> Typed | None:
    """The day that the last words name with at least one name."""
    for length in range(min(_MOST_WORDS, len(words)), 0, -1):
        word = "".join(words[-length:])
        ahead = _AHEAD.get(word)
        if ahead is not None:
            return Typed(word, today + datetime.timedelta(ahead), length)
        if word.removeprefix(_DAY) in _UNCLEAR:
            return Typed(word, None, length)
        found = _NAMED.fullmatch(" ".join(words[-length:]))
        if found is not None:
            month = f"{_MONTHS[found[2]]:02}"
            return Typed(word, _day(found[1], month, found[3]), length)
    return None


def _day(day: str, month: str, year: str) -> datetime.date | None:
    """A day of this century, None if there is none."""
    if not year:
        return None
    number = int(year) if len(year) == 4 else _CENTURY + int(year)
    if number // 100 != _CENTURY // 100:
        return None
    try:
        return datetime.date(number, int(month), int(day))
    except ValueError:
        return None
