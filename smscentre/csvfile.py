"""CSV files as people save them: rows by header, every problem with its place.

Beneath `imports`: it knows delimiters, encodings, headers and what a
spreadsheet does to a cell, and nothing of what the columns mean.
"""

from __future__ import annotations

__all__ = [
    "RULES",
    "SEPARATOR",
    "Columns",
    "Row",
    "Seen",
    "for_spreadsheets",
    "in_words",
    "is_one_line",
    "read",
    "write",
]

import csv
import datetime
import difflib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, takewhile
from typing import Final

from attrs import define, frozen

from smscentre.days import parse_day
from smscentre.errors import Fault, Problem

SEPARATOR = "|"
"""What separates the values in one cell."""

RULES: Final = {
    "empty": "must not be empty",
    "day": "must be a date as 2026-12-31",
    "control": "must be one line without control characters",
    "long": "must be at most {} characters",
    "twice": "is already on line {}",
    "no_file": "the file is empty",
    "no_row": "there is no row below the header",
    "encoding": "must be UTF-8; save the file as CSV UTF-8",
    "no_csv": "is not CSV: {}",
    "beyond": "is beyond the last header",
    "header": "header is not known",
    "header_twice": "header stands twice",
    "header_missing": "header {} is missing",
}
"""The rules of files as such, by name; ``{}`` stands for what they are about."""

_NEAR: Final = "; did you mean {}?"

_GUESSED = 200
"""So many faults get a guess at what was meant: each takes milliseconds."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What breaks a line, steers a terminal or turns the direction of writing about."""

_FORMULA = re.compile(r"[\s']*[=+\-@|%\uff1d\uff0b\uff0d\uff20]")
"""A cell that a spreadsheet would run, full-width signs included."""

_SHOWN_AS: Final = "\N{REPLACEMENT CHARACTER}"

_MARK: Final = "\ufeff"
"""By which spreadsheets know that a file is UTF-8."""


@frozen
class Columns:
    """The columns of one kind of file, in the order of an export."""

    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All columns."""
        return self.required + self.optional


@define
class Row:
    """One line of a file: its cells by column, and where to report them."""

    line: int
    cells: dict[str, str]
    faults: list[Fault]

    def text(self, column: str) -> str:
        """The cell of a column, empty where the file has none."""
        return self.cells.get(column, "")

    def items(self, column: str) -> tuple[str, ...]:
        """The values in a cell, without the empty ones."""
        values = (item.strip() for item in self.text(column).split(SEPARATOR))
        return tuple(value for value in values if value)

    def bad(self, column: str, rule: str, about: str = "", near: str = "") -> None:
        """Report the cell of a column by the name of a rule."""
        value = self.text(column)
        self.faults.append(Fault(self.line, column, value, rule, about, near))

    def matching(self, column: str, pattern: re.Pattern[str]) -> str:
        """The cell in capitals, reported by its column unless it fits a pattern."""
        value = self.text(column).upper()
        if not pattern.fullmatch(value):
            self.bad(column, column)
        return value

    def title(self, column: str) -> str:
        """The cell of a text that may not be empty."""
        if not self.text(column):
            self.bad(column, "empty")
        return self.text(column)

    def check_lengths(self, longest: Mapping[str, int]) -> None:
        """Report the cells that are longer than their columns take."""
        for column, most in longest.items():
            if len(self.text(column)) > most:
                self.bad(column, "long", str(most))

    def day(self, column: str) -> datetime.date | None:
        """The date in a cell, None where it is empty."""
        value = self.text(column)
        day = parse_day(value)
        if value and day is None:
            self.bad(column, "day")
        return day

    @property
    def faulty(self) -> set[str]:
        """The columns of this line that were reported."""
        last = takewhile(lambda fault: fault.line == self.line, reversed(self.faults))
        return {fault.column for fault in last}

    def nearest(self, word: str, candidates: Iterable[str]) -> str:
        """The candidate that may be meant; of a file full of faults only the first."""
        return _nearest(word, candidates) if len(self.faults) < _GUESSED else ""

    def check_lines(self) -> None:
        """Report the cells that are not one plain line."""
        for column in self.cells:
            if not is_one_line(self.text(column)):
                self.bad(column, "control")


class Seen:
    """Values that may stand only once in a column."""

    def __init__(self, column: str) -> None:
        self._column = column
        self._lines: dict[str, int] = {}

    def check(self, row: Row, value: str) -> None:
        """Report a value that an earlier line has already; empty ones are not."""
        if not value:
            return
        first = self._lines.setdefault(value, row.line)
        if first != row.line:
            row.bad(self._column, "twice", str(first))


def is_one_line(text: str) -> bool:
    """Whether a text is one line without control characters."""
    return _CONTROL.search(text) is None


def in_words(fault: Fault, rule: str) -> Problem:
    """A fault as it is told in English, with the text of its rule."""
    near = _NEAR.format(fault.near) if fault.near else ""
    place = f", column {fault.column}" if fault.column else ""
    return Problem(
        f"line {fault.line}{place}", fault.value, rule.format(fault.about) + near
    )


def _nearest(word: str, candidates: Iterable[str]) -> str:
    """The candidate that may be meant, empty if none is near."""
    near = difflib.get_close_matches(word, list(candidates), 1)
    return near[0] if near else ""


def read(content: bytes | str, columns: Columns, faults: list[Fault]) -> Iterator[Row]:
    """Yield the rows that can be read; report everything else.

    Takes commas or semicolons, any line ends, and UTF-8 with or without its
    mark. ``faults`` receives what is wrong, that of the rows included.
    """
    text = _decoded(content, faults)
    if text is None:
        return
    lines = _lines(text, faults)
    header = next(lines, None)
    if header is None:
        if not faults:
            faults.append(Fault(1, "", "", "no_file"))
        return
    names = _header(*header, columns, faults)
    if names is None:
        return
    for line, cells in lines:
        row = Row(line, dict(zip(names, cells, strict=False)), faults)
        for at, extra in enumerate(cells[len(names) :], len(names) + 1):
            if extra:
                faults.append(Fault(line, str(at), extra, "beyond"))
        row.check_lines()
        yield row


def write(columns: Columns, rows: Iterable[Sequence[str]]) -> str:
    """A file with a header that `read` reads back as the same cells.

    What a spreadsheet would take for a formula goes behind an apostrophe. A sign that
    `read` would refuse stands as a replacement character.
    """
    cells = ([_CONTROL.sub(_SHOWN_AS, cell) for cell in row] for row in rows)
    return _written(chain([columns.names], cells))


def for_spreadsheets(rows: Iterable[Sequence[str | int]]) -> bytes:
    """A file to be opened, which a spreadsheet knows as UTF-8 and runs nothing of."""
    return (_MARK + _written(rows)).encode()


def _written(rows: Iterable[Sequence[str | int]]) -> str:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([_guarded(cell) for cell in row] for row in rows)
    return file.getvalue()


def _guarded(cell: str | int) -> str | int:
    """A cell that a spreadsheet shows and does not run; `_plain` takes the guard off.

    A figure that is negative is a number, and no formula.
    """
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def _decoded(content: bytes | str, faults: list[Fault]) -> str | None:
    if isinstance(content, str):
        return content.removeprefix(_MARK)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"0x{content[error.start]:02X}"
        faults.append(Fault(line, "", found, "encoding"))
        return None


def _lines(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """Yield the line number and the cells of each line that is not blank."""
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            stripped = [_plain(cell.strip()) for cell in cells]
            if any(stripped):
                yield start, stripped
            start = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(start, "", "", "no_csv", str(error)))


def _header(
    line: int, cells: Sequence[str], columns: Columns, faults: list[Fault]
) -> list[str] | None:
    """The names of the columns, None where rows would make no sense."""
    names = [cell.lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    before = len(faults)
    for at, name in enumerate(names):
        if name not in columns.names:
            near = _nearest(name, columns.names)
            faults.append(Fault(line, "", name, "header", near=near))
        elif name in names[:at]:
            faults.append(Fault(line, "", name, "header_twice"))
    for name in columns.required:
        if name not in names:
            faults.append(Fault(line, "", "", "header_missing", name))
    return names if len(faults) == before else None


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
