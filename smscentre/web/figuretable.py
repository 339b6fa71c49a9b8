"""A sheet as a table of a page.

Written by hand and not by a template: seven hundred lines of it are most of the work
of a page, and are made in a reader's thread. All words go through `inert_html`.
"""

from __future__ import annotations

__all__ = ["Order", "cell_text", "figure_table"]

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from attrs import frozen
from markupsafe import Markup

from smscentre.web import figurewords, wording
from smscentre.web.inert import inert_html
from smscentre.web.sheet import Cell, Column, Kind, Line, Sheet, Tone

_WORDS: dict[Kind, Callable[[int | None], str]] = {
    Kind.FIGURE: wording.figure,
    Kind.CHANGE: figurewords.change,
    Kind.SHARE: lambda value: "-" if value is None else f"{wording.figure(value)} %",
}

_WIDE_GROUP = 8
"""The words above more columns than these stand at their beginning, to be seen."""


@frozen
class Order:
    """By which column lines are sorted, and where to go to have it otherwise.

    ``address`` gives where the lines are sorted by a column, falling or rising.
    """

    key: str
    descending: bool
    address: Callable[[str, bool], str]


def cell_text(cell: Cell, kind: Kind) -> str:
    """What a cell says in figures or words, without its notes."""
    value = cell.value
    if isinstance(value, str):
        return value
    if kind in (Kind.TEXT, Kind.MARK):
        return "" if value is None else str(value)
    return _WORDS[kind](value)


def figure_table(
    sheet: Sheet, lines: Sequence[Line], order: Order, following: Line | None = None
) -> Markup:
    """Some of a sheet's lines, with its head and its sums.

    ``following`` is the line behind them, which is not shown.
    """
    columns = sheet.on_page()
    parts = [
        '<table class="figures"><thead>',
        *_head(columns, order),
        "</thead><tbody>",
    ]
    for line, after in zip(lines, [*lines[1:], following], strict=False):
        parts.append(_line(line, columns))
        sub = _sub(sheet, line, after)
        if sub is not None:
            parts.append(_line(sub, columns, ' class="sub"'))
    parts.append("</tbody>")
    if sheet.bottom:
        bottom = [_line(line, columns) for line in sheet.bottom]
        parts += ["<tfoot>", *bottom, "</tfoot>"]
    parts.append("</table>")
    return Markup("".join(parts))


def _sub(sheet: Sheet, line: Line, after: Line | None) -> Line | None:
    """The sum behind a line, if it is the last one of those."""
    of = line[sheet.sub_at].value
    if not isinstance(of, str) or (after and after[sheet.sub_at].value == of):
        return None
    return sheet.subs.get(of)


def _head(columns: Sequence[tuple[int, Column]], order: Order) -> Iterator[str]:
    """One row, or two where columns stand in groups."""
    given = [column for _, column in columns]
    grouped = any(column.group for column in given)
    if not grouped:
        yield f"<tr>{''.join(_header(each, order, 1) for each in given)}</tr>"
        return
    yield "<tr>"
    for group, members in groupby(given, key=lambda column: column.group):
        inside = list(members)
        if group:
            yield from _group(group, inside)
        else:
            yield from (_header(each, order, 2) for each in inside)
    yield "</tr><tr>"
    yield from (_header(each, order, 1) for each in given if each.group)
    yield "</tr>"


def _group(group: str, inside: Sequence[Column]) -> Iterator[str]:
    """The words above columns; above their sum alone, too, for phones."""
    words, rest = inert_html(group), sum(not each.is_part for each in inside)
    if rest == len(inside):
        wide = ' class="left"' if rest > _WIDE_GROUP else ""
        yield f'<th scope="colgroup" colspan="{len(inside)}"{wide}>{words}</th>'
        return
    yield f'<th scope="colgroup" colspan="{len(inside)}" class="part">{words}</th>'
    yield f'<th scope="colgroup" colspan="{rest}" class="rest">{words}</th>'


def _header(column: Column, order: Order, rows: int) -> str:
    words = inert_html(column.label)
    if column.meaning:
        words = f'<abbr title="{inert_html(column.meaning)}">{words}</abbr>'
    attributes = f' rowspan="{rows}"' if rows > 1 else ""
    if name := _class_of(column) if column.kind is Kind.TEXT or column.is_part else "":
        attributes += f' class="{name}"'
    if column.key:
        words, sorting = _sorting(column, order, words)
        attributes += sorting
    return f'<th scope="col"{attributes}>{words}</th>'


def _sorting(column: Column, order: Order, words: str) -> tuple[str, str]:
    """A link that sorts by a column, and what says how it is sorted now."""
    chosen = column.key == order.key
    # Figures are asked for from the greatest on, words from A on.
    falling = column.kind is not Kind.TEXT
    descending = not order.descending if chosen else falling
    address = inert_html(order.address(column.key, descending))
    link = f'<a href="{address}" rel="nofollow">{words}</a>'
    if not chosen:
        return link, ""
    word = "descending" if order.descending else "ascending"
    return link, f' aria-sort="{word}"'


def _line(
    line: Line, columns: Sequence[tuple[int, Column]], attribute: str = ""
) -> str:
    (first, head), *rest = columns
    cells = [_cell(line[at], column) for at, column in rest]
    title = _content(line[first], head.kind)
    return f'<tr{attribute}><th scope="row">{title}</th>{"".join(cells)}</tr>'


def _cell(cell: Cell, column: Column) -> str:
    if column.kind is Kind.MARK:
        return _mark(cell)
    name = _class_of(column)
    attribute = f' class="{name}"' if name else ""
    return f"<td{attribute}>{_content(cell, column.kind)}</td>"


def _mark(cell: Cell) -> str:
    """A cell that is all colour, with its letter."""
    name = f"mark {cell.tone.value}".rstrip()
    return f'<td class="{name}">{inert_html(cell_text(cell, Kind.MARK))}</td>'


def _class_of(column: Column) -> str:
    if column.kind is Kind.TEXT:
        # Beside a unit it is left out where there is no room for it.
        return "left where" if column.key == "provinsi" else "left"
    if column.is_part:
        return "part"
    is_sum = column.key.endswith("_t") or column.key == "jumlah"
    return "total" if is_sum and column.kind is Kind.FIGURE else ""


def _content(cell: Cell, kind: Kind) -> str:
    words = inert_html(cell_text(cell, kind))
    if cell.href:
        words = f'<a href="{inert_html(cell.href)}">{words}</a>'
    if cell.tone is not Tone.PLAIN:
        said = f" {inert_html(cell.word)}" if cell.word else ""
        words = f'<span class="pill {cell.tone.value}">{words}{said}</span>'
    if cell.note:
        words = f"{words}<small>{inert_html(cell.note)}</small>"
    return words
