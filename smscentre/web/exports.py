"""Sheets as files: CSV for programs, XLSX for people.

Both hold the columns and figures of the page. Nothing in them is run by whoever opens
them: a text is a text, whatever it begins with.
"""

from __future__ import annotations

__all__ = ["ENDINGS", "csv_file", "file_of", "xlsx_file"]

import re
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from itertools import chain
from typing import Any, Final

import xlsxwriter

from smscentre.csvfile import for_spreadsheets
from smscentre.web.inert import inert
from smscentre.web.routes import Download
from smscentre.web.sheet import Cell, Kind, Line, Sheet

_CSV_TYPE: Final = "text/csv; charset=utf-8"
_XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_NAME_MOST: Final = 31
_DAYS: Final = re.compile(r"-20[0-9]{2}(-[0-9]{2}){1,2}")
_WIDEST: Final = 44
_FORMATS: Final[dict[Kind, dict[str, Any]]] = {
    Kind.TEXT: {},
    Kind.MARK: {"align": "center"},
    Kind.FIGURE: {"num_format": "#,##0"},
    Kind.SHARE: {"num_format": '0" %"'},
    Kind.CHANGE: {"num_format": "+#,##0;-#,##0;0"},
}

_SETTINGS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def file_of(sheet: Sheet, ending: str) -> Download:
    """A sheet as a file to keep, of the kind that an ending stands for."""
    write, content_type = _WRITERS[ending]
    return Download(write(sheet), content_type, f"{sheet.name}{ending}")


def csv_file(sheet: Sheet) -> bytes:
    """The lines of a sheet and its sums, after one line with the columns.

    What was not reported is an empty cell.
    """
    columns = list(sheet.in_file())
    head = [inert(column.full_label) for _, column in columns]
    lines = (
        [_csv_cell(line[at]) for at, _ in columns]
        for line in (*sheet.lines, *sheet.bottom)
    )
    return for_spreadsheets(chain([head], lines))


def xlsx_file(sheet: Sheet) -> bytes:
    """A workbook with one sheet: title, columns, lines, sums, notes."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, _SETTINGS) as book:
        book.set_properties({"title": inert(sheet.title), "author": "SMS Centre"})
        _Written(book, sheet).write()
    return file.getvalue()


def _csv_cell(cell: Cell) -> str | int:
    if cell.value is None:
        return ""
    return cell.value if isinstance(cell.value, int) else inert(cell.value)


class _Written:
    """One sheet of a workbook, written from top to bottom."""

    def __init__(self, book: Any, sheet: Sheet) -> None:
        self._sheet = sheet
        self._columns = [column for _, column in sheet.in_file()]
        self._places = [at for at, _ in sheet.in_file()]
        self._page = book.add_worksheet(_sheet_name(sheet))
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        # A day as a day, which each spreadsheet names in its own language.
        self._day = book.add_format(
            {"bold": True, "bottom": 1, "valign": "top", "num_format": "d mmm"}
        )
        self._plain = {kind: book.add_format(given) for kind, given in _FORMATS.items()}
        self._bold = {
            kind: book.add_format({**given, "bold": True, "top": 1})
            for kind, given in _FORMATS.items()
        }

    def write(self) -> None:
        """Write everything."""
        page, sheet = self._page, self._sheet
        row = 0
        page.write_string(row, 0, inert(sheet.title), self._title)
        for text in sheet.about:
            row += 1
            page.write_string(row, 0, inert(text))
        row = head = row + 2
        for at, column in enumerate(self._columns):
            if column.day is not None:
                page.write_datetime(head, at, column.day, self._day)
                continue
            page.write_string(head, at, inert(column.full_label), self._head)
        for line in sheet.lines:
            row += 1
            self._line(row, line, self._plain)
        last = row
        for line in sheet.bottom:
            row += 1
            self._line(row, line, self._bold)
        row += 1
        for text in self._remarks():
            row += 1
            page.write_string(row, 0, inert(text))
        self._lay_out(head, last)

    def _line(self, row: int, line: Line, formats: dict[Kind, Any]) -> None:
        for at, (place, column) in enumerate(
            zip(self._places, self._columns, strict=True)
        ):
            value, how = line[place].value, formats[column.kind]
            if isinstance(value, str):
                self._page.write_string(row, at, inert(value), how)
            elif value is None:
                self._page.write_blank(row, at, None, how)
            else:
                self._page.write_number(row, at, value, how)

    def _remarks(self) -> Iterator[str]:
        yield from self._sheet.notes
        if self._sheet.terms:
            yield "; ".join(f"{term}: {says}" for term, says in self._sheet.terms)

    def _lay_out(self, head: int, last: int) -> None:
        """Widths, what stays in sight, what is printed how."""
        page = self._page
        for at, width in enumerate(self._widths()):
            page.set_column(at, at, width)
        page.freeze_panes(head + 1, 1)
        if last > head:
            page.autofilter(head, 0, last, len(self._columns) - 1)
        page.repeat_rows(head)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.set_footer("&L&F&RHalaman &P dari &N")

    def _widths(self) -> Iterator[float]:
        for place, column in zip(self._places, self._columns, strict=True):
            texts = [str(line[place].value or "") for line in self._sheet.lines]
            longest = max(map(len, [column.full_label[:12], *texts]))
            yield min(_WIDEST, max(9, longest + 2))


def _sheet_name(sheet: Sheet) -> str:
    """The name on the tab, of characters that it may have; days have no room there."""
    name = _DAYS.sub("", re.sub(r"[^A-Za-z0-9 -]", " ", sheet.name))
    return name[:_NAME_MOST].strip("' ") or "Data"


_WRITERS: Final[Mapping[str, tuple[Callable[[Sheet], bytes], str]]] = {
    ".csv": (csv_file, _CSV_TYPE),
    ".xlsx": (xlsx_file, _XLSX_TYPE),
}

ENDINGS: Final = tuple(_WRITERS)
"""What addresses of files end in."""
