"""A sheet as a list of a page: sorted, narrowed down, a page at a time.

By the fields of the address that all such lists share: ``urut`` sorts by a column,
falling with a minus before it, ``cari`` looks for words, ``hal`` is the page and
``semua`` shows all lines.
"""

from __future__ import annotations

__all__ = ["address_with", "listing", "ordered"]

import re
from typing import Any, Final
from urllib.parse import urlencode

from attrs import evolve

from smscentre.web.figuretable import Order, figure_table
from smscentre.web.paging import Paging
from smscentre.web.routes import Visit
from smscentre.web.sheet import Sheet

_LINES: Final = 100
"""How many lines a page shows at a time."""

_STANDING_COLUMNS: Final = 11
_LYING_COLUMNS: Final = 20
"""More columns than these need paper that lies, and even more need small letters."""

_SORT: Final = re.compile(r"-?[a-z_0-9]{1,24}")
_SEARCH_MOST: Final = 60


def ordered(sheet: Sheet, visit: Visit) -> Sheet:
    """The sheet with its lines as a visit wants them sorted."""
    key, descending = _order(visit)
    return evolve(sheet, lines=sheet.sorted_by(key, descending))


def listing(sheet: Sheet, visit: Visit) -> dict[str, Any]:
    """What a template needs to show a sheet as a list."""
    key, descending = _order(visit)
    search = visit.query.get("cari")[:_SEARCH_MOST]
    whole = visit.query.get("semua") == "1"
    found = ordered(sheet, visit)
    lines = found.matching(search) if search else found.lines
    paging = Paging.of(visit, len(lines), max(1, len(lines)) if whole else _LINES)

    def address(column: str, falling: bool) -> str:
        return address_with(visit, urut=f"{'-' * falling}{column}", hal="")

    if key or search:
        # Lines of one kind no longer follow each other.
        found = evolve(found, subs={})
    end = paging.offset + paging.size
    shown, following = lines[paging.offset : end], next(iter(lines[end:]), None)
    order = Order(key, descending, address)
    return {
        "sheet": sheet,
        "table": figure_table(found, shown, order, following),
        "paging": paging,
        "search": search,
        "kept": _kept(visit),
        "whole": whole,
        "whole_address": address_with(visit, semua="" if whole else "1", hal=""),
        "is_part": bool(paging.earlier or paging.later),
        "lying": len(sheet.on_page()) > _STANDING_COLUMNS,
        "dense": len(sheet.on_page()) > _LYING_COLUMNS,
    }


def address_with(visit: Visit, **changes: str) -> str:
    """The address of a visit with fields changed, or left out where empty."""
    given = {name: values[0] for name, values in visit.query.given.items() if values}
    fields = {name: text for name, text in (given | changes).items() if text}
    return f"{visit.path}?{urlencode(fields)}" if fields else visit.path


def _order(visit: Visit) -> tuple[str, bool]:
    text = visit.query.get("urut")
    if not _SORT.fullmatch(text):
        return "", False
    return text.lstrip("-"), text.startswith("-")


def _kept(visit: Visit) -> list[tuple[str, str]]:
    """The fields that a form for narrowing down hands on unseen."""
    return [("urut", text)] if (text := visit.query.get("urut")) else []
