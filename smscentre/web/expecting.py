"""How many units are expected to report on each day."""

from __future__ import annotations

__all__ = ["expected_by_day", "units_in"]

import datetime
from collections.abc import Iterator

from smscentre.directory import Directory, Unit
from smscentre.store.courses import Span
from smscentre.store.figures import Place


def units_in(directory: Directory, kind: str, place: Place) -> Iterator[Unit]:
    """The units of a kind in a place, whenever they are valid."""
    for unit in directory.units.values():
        if kind not in unit.kinds:
            continue
        if place.unit is not None and unit.code != place.unit:
            continue
        if place.provinces is None or unit.province in place.provinces:
            yield unit


def expected_by_day(
    directory: Directory, kind: str, place: Place, span: Span
) -> dict[datetime.date, int]:
    """How many units of a kind in a place are valid on each day."""
    changes: dict[datetime.date, int] = {}
    for unit in units_in(directory, kind, place):
        first = max(unit.valid_from or span.first, span.first)
        last = min(unit.valid_until or span.last, span.last)
        if first <= last:
            changes[first] = changes.get(first, 0) + 1
            after = last + datetime.timedelta(1)
            changes[after] = changes.get(after, 0) - 1
    found, count = {}, 0
    for day in span:
        count += changes.get(day, 0)
        found[day] = count
    return found
