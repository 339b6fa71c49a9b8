"""CSV files as people save them: rows by header, every problem with its place.

Beneath `imports`: it knows delimiters, encodings, headers and what a
spreadsheet does to a cell, and nothing of what the columns mean.
"""

from __future__ import annotations

__all__ = ["SEPARATOR", "Columns", "Row", "Seen", "nearest", "read", "write"]

import csv
import datetime
import difflib
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from attrs import define, frozen

from smscentre.errors import Problem

SEPARATOR = "|"
"""What separates the values in one cell."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""A cell that a spreadsheet would run, with the apostrophes before it."""


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
    problems: list[Problem]

    def text(self, column: str) -> str:
        """The cell of a column, empty where the file has none."""
        return self.cells.get(column, "")

    def items(self, column: str) -> tuple[str, ...]:
        """The values in a cell, without the empty ones."""
        values = (item.strip() for item in self.text(column).split(SEPARATOR))
        return tuple(value for value in values if value)

    def bad(self, column: str, rule: str) -> None:
        """Report the cell of a column."""
        where = f"line {self.line}, column {column}"
        self.problems.append(Problem(where, self.text(column), rule))

    def matching(self, column: str, pattern: re.Pattern[str], rule: str) -> str:
        """The cell in capitals, reported unless all of it fits a pattern."""
        value = self.text(column).upper()
        if not pattern.fullmatch(value):
            self.bad(column, rule)
        return value

    def title(self, column: str) -> str:
        """The cell of a text that may not be empty."""
        if not self.text(column):
            self.bad(column, "must not be empty")
        return self.text(column)

    def day(self, column: str) -> datetime.date | None:
        """The date in a cell, None where it is empty."""
        value = self.text(column)
        if not value:
            return None
        if _DAY.fullmatch(value):
            try:
                return datetime.date.fromisoformat(value)
            except ValueError:
                pass
        self.bad(column, "must be a date as 2026-12-31")
        return None


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
            row.bad(self._column, f"is already on line {first}")


def nearest(word: str, candidates: Iterable[str]) -> str:
    """The question that ends a rule: is one of the candidates meant?"""
    near = difflib.get_close_matches(word, list(candidates), 1)
    return f"; did you mean {near[0]}?" if near else ""


def read(
    content: bytes | str, columns: Columns, problems: list[Problem]
) -> Iterator[Row]:
    """Yield the rows that can be read; report everything else.

    Takes commas or semicolons, any line ends, and UTF-8 with or without its
    mark. ``problems`` receives what is wrong, that of the rows included.
    """
    text = _decoded(content, problems)
    if text is None:
        return
    lines = _lines(text, problems)
    header = next(lines, None)
    if header is None:
        if not problems:
            problems.append(Problem("line 1", "", "the file is empty"))
        return
    names = _header(*header, columns, problems)
    if names is None:
        return
    for line, cells in lines:
        row = Row(line, dict(zip(names, cells, strict=False)), problems)
        for at, extra in enumerate(cells[len(names) :], len(names) + 1):
            if extra:
                where = f"line {line}, column {at}"
                problems.append(Problem(where, extra, "is beyond the last header"))
        for column in names:
            if _CONTROL.search(row.text(column)):
                row.bad(column, "must be one line without control characters")
        yield row


def write(columns: Columns, rows: Iterable[Sequence[str]]) -> str:
    """A file with a header that `read` reads back as the same cells.

    What a spreadsheet would take for a formula goes behind an apostrophe.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns.names)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return file.getvalue()


def _decoded(content: bytes | str, problems: list[Problem]) -> str | None:
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"0x{content[error.start]:02X}"
        rule = "must be UTF-8; save the file as CSV UTF-8"
        problems.append(Problem(f"line {line}", found, rule))
        return None


def _lines(text: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
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
        problems.append(Problem(f"line {start}", "", f"is not CSV: {error}"))


def _header(
    line: int, cells: Sequence[str], columns: Columns, problems: list[Problem]
) -> list[str] | None:
    """The names of the columns, None where rows would make no sense."""
    names = [cell.lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    before = len(problems)
    where = f"line {line}"
    for at, name in enumerate(names):
        if name not in columns.names:
            rule = "header is not known" + nearest(name, columns.names)
            problems.append(Problem(where, name, rule))
        elif name in names[:at]:
            problems.append(Problem(where, name, "header stands twice"))
    for name in columns.required:
        if name not in names:
            problems.append(Problem(where, "", f"header {name} is missing"))
    return names if len(problems) == before else None


def _inert(cell: str) -> str:
    """Keep a spreadsheet from running a cell; `_plain` takes it back."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
