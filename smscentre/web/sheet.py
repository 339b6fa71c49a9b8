"""A table of figures as a value: what the page, CSV and XLSX are all made of.

It knows columns, lines and what a cell means, neither HTML nor files.
"""

from __future__ import annotations

__all__ = ["Cell", "Column", "Kind", "Line", "Sheet", "Tone"]

import datetime
from collections.abc import Iterator, Mapping
from enum import Enum

from attrs import field

from smscentre.values import frozen

Value = str | int | None


class Kind(Enum):
    """What the cells of a column hold."""

    TEXT = "text"
    FIGURE = "figure"
    SHARE = "share"
    """Per cent, in whole numbers."""
    CHANGE = "change"
    """A difference, with its sign."""
    MARK = "mark"
    """A letter, of which the whole cell has the colour."""


class Tone(Enum):
    """What a cell's colour says; its words say the same."""

    PLAIN = ""
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@frozen
class Column:
    """One column: its words, those of the group that it stands in, what it holds.

    ``key`` names it in addresses; one without cannot be sorted by. ``meaning``
    explains an abbreviation. What is not ``on_page`` or not ``in_file`` is only in the
    other. ``day`` is the one that a column is of.
    """

    label: str
    kind: Kind = Kind.FIGURE
    group: str = ""
    key: str = ""
    meaning: str = ""
    on_page: bool = True
    in_file: bool = True
    file_label: str = ""
    day: datetime.date | None = None

    @property
    def is_part(self) -> bool:
        """Whether it stands beside the sum of its group: one of both sexes."""
        return bool(self.group) and self.key.endswith(("_p", "_w"))

    @property
    def full_label(self) -> str:
        """Its words in a file, where there is no group above them."""
        grouped = f"{self.group} {self.label}" if self.group else self.label
        return self.file_label or grouped


@frozen
class Cell:
    """One cell. None was not reported, which is not zero.

    ``word`` stands behind the value and says what its tone means; ``note`` stands
    below it. ``rank`` is what it is sorted by, if not by its value.
    """

    value: Value = None
    href: str = ""
    tone: Tone = Tone.PLAIN
    word: str = ""
    note: str = ""
    rank: float | None = None


Line = tuple[Cell, ...]
"""The cells of all columns."""


@frozen
class Sheet:
    """A table with its title and what must be said of it.

    ``about`` stands under the title, ``notes`` below the table. ``bottom`` are the
    sums. ``terms`` explains abbreviations. ``name`` is that of a file of it. ``subs``
    are sums of lines that follow each other, by what stands in their column ``sub_at``;
    they are for pages, since whoever adds up a file would count them twice.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    bottom: tuple[Line, ...] = ()
    about: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    sub_at: int = 0
    subs: Mapping[str, Line] = field(factory=dict)
    _index: dict[str, int] = field(init=False, eq=False, repr=False)

    @_index.default
    def _by_key(self) -> dict[str, int]:
        return {each.key: at for at, each in enumerate(self.columns) if each.key}

    def sorted_by(self, key: str, descending: bool) -> tuple[Line, ...]:
        """The lines in the order of a column; what was not reported comes last.

        A key that no column has leaves them as they are.
        """
        if key not in self._index:
            return self.lines
        at = self._index[key]
        there = [line for line in self.lines if _rank(line[at]) is not None]
        missing = [line for line in self.lines if _rank(line[at]) is None]
        there.sort(key=lambda line: _rank(line[at]) or (0, ""), reverse=descending)
        return (*there, *missing)

    def matching(self, text: str) -> tuple[Line, ...]:
        """The lines of which some words hold a text, capitals or not."""
        sought = text.casefold()
        words = [at for at, each in enumerate(self.columns) if each.kind is Kind.TEXT]
        return tuple(
            line
            for line in self.lines
            if any(sought in _words(line[at]).casefold() for at in words)
        )

    def in_file(self) -> Iterator[tuple[int, Column]]:
        """The columns of a file, with their places."""
        return (found for found in enumerate(self.columns) if found[1].in_file)

    @property
    def has_parts(self) -> bool:
        """Whether some columns may be left out where there is little room."""
        return any(column.is_part for _, column in self.on_page())

    def on_page(self) -> list[tuple[int, Column]]:
        """The columns of a page, with their places."""
        return [found for found in enumerate(self.columns) if found[1].on_page]


def _rank(cell: Cell) -> tuple[float, str] | None:
    if cell.rank is not None:
        return cell.rank, ""
    match cell.value:
        case None | "":
            return None
        case str(text):
            return 0.0, text.casefold()
        case number:
            return float(number), ""


def _words(cell: Cell) -> str:
    return f"{cell.value or ''} {cell.note}"
