"""The words after an insert's keyword as figures and a day, or what is wrong.

Between the splitting of words and the insert. A word that is not plainly a
figure is never made one and never left out: the sender is asked. It knows
neither units nor replies.
"""

from __future__ import annotations

__all__ = ["Fault", "Figures", "read_figures"]

import datetime
import re
from collections.abc import Sequence

from smscentre.commands.characters import GAP
from smscentre.commands.dates import (
    Typed,
    is_day,
    looks_like_day,
    spelled,
    take_day,
)
from smscentre.commands.forms import MAXIMUM, Form
from smscentre.commands.labels import without_labels
from smscentre.commands.signature import without_signature
from smscentre.commands.words import is_digits
from smscentre.values import frozen

_SIGNED = re.compile(r"[+-]+[0-9]+", re.ASCII)
_PUNCTUATED = re.compile(r"[.,]*[0-9][0-9.,]*", re.ASCII)
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+", re.ASCII)
_POINTS = re.compile(r"[.,]+")
_LONGEST_PLAIN = 5
"""Up to so many digits are a figure and nothing else: no day, and within the range."""
_LONGEST_FIGURE = len(str(MAXIMUM))
_THOUSAND = "000"
"""No figure, but the end of one that was cut at its thousands."""
_NEAR_DAYS = 366
"""A figure that is a day no farther than this from today was meant for it."""


@frozen
class Figures:
    """What was typed: a figure for each field, and a day if there was one."""

    values: tuple[int, ...]
    day: datetime.date | None


@frozen
class Fault:
    """Why the words are no figures of the form.

    ``name`` is the reply's template; ``at`` counts the figures from 1; ``word``
    is what stands there and ``plain`` how it may have been meant. ``figures``
    are those typed so far, None in place of a bad one.
    """

    name: str
    figures: Sequence[str | None]
    at: int = 0
    word: str = ""
    plain: str = ""
    day: datetime.date | None = None


def read_figures(
    form: Form, words: Sequence[str], today: datetime.date
) -> Figures | Fault:
    """Read the words after a form's keyword."""
    if len(words) == form.size and _are_plain(words):
        return Figures(tuple(map(int, words)), None)
    typed: Typed | None = None
    bare = False
    if not all(map(str.isdigit, words)):
        words, typed = _cut(form, words, today)
    if typed is None:
        words, typed = _cut_bare_day(form, words)
        bare = typed is not None
    fault = _first_fault(form, words, typed)
    if fault is not None:
        return fault
    if typed is not None and typed.day is None:
        return Fault("date", words, word=typed.word)
    day = typed.day if typed else None
    if len(words) != form.size:
        return Fault("count", words, day=day)
    if not bare and day is None and (at := _day_among(words, today)) is not None:
        figures = [*words[:at], None, *words[at + 1 :]]
        found = is_day(words[at])
        return Fault("date_as_count", figures, at + 1, words[at], day=found)
    return Figures(tuple(map(int, words)), day)


def _day_among(words: Sequence[str], today: datetime.date) -> int | None:
    """The place of a figure that is a day instead.

    The last one may be any day, and one that does not exist; the others only a day
    near today: goods are counted in hundreds of thousands.
    """
    if looks_like_day(words[-1]):
        return len(words) - 1
    for at, word in enumerate(words):
        day = is_day(word)
        if day is not None and abs((today - day).days) <= _NEAR_DAYS:
            return at
    return None


def _are_plain(words: Sequence[str]) -> bool:
    """Whether words are plain figures, as nearly all are, and none can be a day."""
    return (
        is_digits("".join(words))
        and max(map(len, words)) <= _LONGEST_PLAIN
        and _THOUSAND not in words
    )


def _cut(
    form: Form, words: Sequence[str], today: datetime.date
) -> tuple[list[str], Typed | None]:
    """Take signature and day from the end, and cut the rest at commas and slashes."""
    words = without_signature(words, form.kind)
    typed = take_day(words, today)
    day_at = form.size + 1
    if typed and typed.day is None and "/" in typed.word and len(words) != day_at:
        # Three figures with slashes: not all the others are there already.
        typed = None
    if typed is None and len(words) > 1 and (day := is_day(words[-1])) is not None:
        # A name, or the last label's figure, can stand before a day of bare digits.
        figures = _separated(form, without_signature(words[:-1], form.kind))
        if len(figures) == form.size and all(map(is_digits, figures)):
            return figures, Typed(words[-1], day)
    elif typed is not None:
        words = without_signature(words[: -typed.length], form.kind)
    return _separated(form, words), typed


def _separated(form: Form, words: Sequence[str]) -> list[str]:
    """The figures apart from each other, and without their labels."""
    return without_labels(form, _at_slashes(_at_commas(list(words))))


def _at_commas(words: list[str]) -> list[str]:
    """Cut at commas where they separate all figures there are."""
    if words and "," in words[0]:
        pieces = words[0].split(",")
        alone = len(words) == 1 or (len(words) == 2 and is_day(words[1]) is not None)
        if alone and all(pieces):
            return pieces + words[1:]
    return words


def _at_slashes(words: list[str]) -> list[str]:
    """Cut at slashes, but not within a day."""
    pieces = []
    for word in words:
        day = spelled(word) if "/" in word else None
        if "/" not in word or (day is not None and day.day is not None):
            pieces.append(word)
        else:
            pieces.extend(filter(None, word.split("/")))
    return pieces


def _cut_bare_day(
    form: Form, words: Sequence[str]
) -> tuple[Sequence[str], Typed | None]:
    """Take six or eight digits from the end, where a day can stand."""
    if len(words) == form.size or len(words) < 2:
        return words, None
    last = words[-1]
    if len(last) not in (6, 8) or not is_digits(last):
        return words, None
    day = is_day(last)
    if day is None and len(words) != form.size + 1:
        return words, None
    return words[:-1], Typed(last, day)


def _first_fault(form: Form, words: Sequence[str], typed: Typed | None) -> Fault | None:
    """The first word that is no figure."""
    bad = {at: name for at, word in enumerate(words) if (name := _fault_of(word))}
    if not bad:
        return None
    at, name = next(iter(bad.items()))
    day = typed.day if typed else None
    last = form.size - 1
    if name == "range" and at == last == len(words) - 1 and not typed:
        # Eight digits are beyond the range, but they can be a day.
        day = is_day(words[at])
        name = "date_as_count" if day else name
    plain = _plain(form, words, at) if name == "dot" else ""
    figures = [None if place in bad else word for place, word in enumerate(words)]
    if at >= form.size and all(map(str.isalpha, words[at:])):
        # All figures are there; what follows is no figure that was mistyped.
        del figures[at:]
    elif plain:
        # One word can stand for several figures, all to be typed again.
        figures[at : at + 1] = [None] * len(plain.split())
    return Fault(name, figures, at + 1, words[at], plain, day)


def _fault_of(word: str) -> str:
    """What is wrong with a word as a figure; empty if nothing is."""
    if is_digits(word):
        beyond = len(word.lstrip("0")) > _LONGEST_FIGURE
        return "range" if beyond or word == _THOUSAND else ""
    if _SIGNED.fullmatch(word):
        return "range"
    day = spelled(word)
    if day is not None and day.day is not None:
        return "date_as_count"
    if word == GAP:
        return "count"
    return "dot" if _PUNCTUATED.fullmatch(word) else "letter"


def _plain(form: Form, words: Sequence[str], at: int) -> str:
    """How a word with dots and commas may have been meant; empty if unclear.

    As one figure with its thousands marked, or as the figures it separates.
    """
    pieces = [list(filter(None, _POINTS.split(word))) for word in words]
    own = pieces[at]
    separates = len(own) > 1 and sum(map(len, pieces)) == form.size
    thousands = _THOUSANDS.fullmatch(words[at]) is not None
    if separates == thousands:
        return ""
    figures = ["".join(own)] if thousands else own
    fitting = all(len(figure) <= _LONGEST_FIGURE for figure in figures)
    return " ".join(figures) if fitting else ""
