"""The officers' guide as values: a page for each kind of unit, whoever prints it.

Made by `guidebook`, written as a document by `docs.panduan` and shown by the
pages. Sentences are Indonesian, with ``**``, ``*`` and double backquotes as marks.
"""

from __future__ import annotations

__all__ = ["Exchange", "GuidePage", "Insert", "Mark", "Mistake", "Question", "spans"]

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final

from attrs import frozen


class Mark(Enum):
    """How a piece of a sentence is printed."""

    PLAIN = "plain"
    STRONG = "strong"
    EMPHASIS = "emphasis"
    CODE = "code"
    """What is typed, letter by letter."""


@frozen
class Exchange:
    """A text, and what the centre answers."""

    text: str
    reply: str


@frozen
class Insert:
    """How one form is filled in: what it holds, its figures in order, an example."""

    form: str
    contents: str
    figures: tuple[tuple[str, int], ...]
    exchange: Exchange


@frozen
class Question:
    """How one report is asked for: of a unit, of a province and of the country."""

    exchange: Exchange
    province: str
    country: str


@frozen
class Mistake:
    """Something that goes wrong, and what the sender is advised."""

    text: str
    advice: str


@frozen
class GuidePage:
    """All that an officer of one kind of unit needs.

    ``wrong`` is the first of the ``mistakes``, with its answer; ``meanings`` explain
    replies.
    """

    kind: str
    title: str
    rules: tuple[str, ...]
    inserts: tuple[Insert, ...]
    days: str
    corrections: tuple[str, ...]
    questions: tuple[Question, ...]
    asking: str
    caution: str
    wrong: Exchange
    mistakes: tuple[Mistake, ...]
    meanings: tuple[tuple[str, str], ...]
    forgotten: str


_MARKED: Final = re.compile(
    r"``(?P<code>.+?)``|\*\*(?P<strong>.+?)\*\*|\*(?P<em>.+?)\*"
)
_MARKS: Final = {"code": Mark.CODE, "strong": Mark.STRONG, "em": Mark.EMPHASIS}


def spans(sentence: str) -> Iterator[tuple[Mark, str]]:
    """The pieces of a sentence with how each is printed."""
    at = 0
    for found in _MARKED.finditer(sentence):
        if found.start() > at:
            yield Mark.PLAIN, sentence[at : found.start()]
        kind = found.lastgroup or ""
        yield _MARKS[kind], found[kind]
        at = found.end()
    if at < len(sentence):
        yield Mark.PLAIN, sentence[at:]
