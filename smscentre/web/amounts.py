"""Figures added up and put into words: sums, shares, how full something is.

Beneath the sheets of `daily`, `recap` and `comparing`: it knows reports and their
groups, and neither days nor lines.
"""

from __future__ import annotations

__all__ = [
    "coverage",
    "group_rows",
    "in_order",
    "occupancy",
    "sum_of_unit",
    "total_of",
    "value_of",
]

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TypeVar

from smscentre.directory import Directory
from smscentre.store.figures import Sum, UnitFigures
from smscentre.web import figurewords, wording
from smscentre.web.reports import BY_SLUG, Report, Shown
from smscentre.web.sheet import Cell, Tone

T = TypeVar("T")


def sum_of_unit(figures: UnitFigures, directory: Directory) -> Sum:
    """What one unit adds to a sum."""
    unit = directory.units.get(figures.unit)
    capacity = unit.capacity if unit else None
    total = figures.total
    return Sum(
        figures.values,
        0 if total is None else 1,
        1,
        capacity,
        None if total is None else capacity,
        None if capacity is None else total,
    )


def total_of(report: Report, found: Iterable[Sum]) -> Sum:
    """All of them added up."""
    each = list(found)
    if not each:
        return Sum((None,) * len(report.form.fields))
    # Column by column: a page adds up thousands, and pairwise it would take longer.
    return Sum(
        tuple(map(_total, zip(*[one.values for one in each], strict=True))),
        sum([one.reported for one in each]),
        sum([one.expected for one in each]),
        _total([one.capacity for one in each]),
        _total([one.room for one in each]),
        _total([one.held for one in each]),
    )


def _total(figures: Sequence[int | None]) -> int | None:
    """The sum of what is there, None where nothing is."""
    there = [figure for figure in figures if figure is not None]
    return sum(there) if there else None


def coverage(found: Sum) -> str:
    """How many units stand behind a sum: ``23 dari 25``."""
    reported = wording.figure(found.reported)
    return f"{reported} dari {wording.figure(found.expected)}"


def value_of(shown: Shown, report: Report, values: Sequence[int | None]) -> int | None:
    """A figure that a page shows, of the values of a form."""
    there = [values[at] for at in _places(report.slug, shown.fields)]
    return there[0] if len(there) == 1 else _total(there)


@cache
def _places(slug: str, fields: tuple[str, ...]) -> tuple[int, ...]:
    """Where fields stand among the values of a report's form."""
    return tuple(map(BY_SLUG[slug].form.fields.index, fields))


def group_rows(
    report: Report, values: Sequence[int | None]
) -> Iterator[tuple[str, list[int | None]]]:
    """The lines of a small table: what is counted, and its figures.

    Those of men, of women and of both together; or a single one.
    """
    for group in report.groups:
        label = f"{group.label} ({group.short})" if group.short else group.label
        fields = report.form.fields
        there = [values[fields.index(name)] for name in group.fields]
        yield label, there if group.single else [*there, _total(there)]


def occupancy(held: int | None, room: int | None) -> Cell:
    """How full something is, in per cent, by colour and in a word."""
    if held is None or not room:
        return Cell()
    share = figurewords.share(held, room)
    if held > room:
        return Cell(share, tone=Tone.BAD, word="melebihi")
    if held == room:
        return Cell(share, tone=Tone.WARN, word="penuh")
    return Cell(share, tone=Tone.GOOD, word="ada tempat")


def in_order(directory: Directory, found: Mapping[str, T]) -> Iterable[tuple[str, T]]:
    """Provinces in the order of the directory; what has none of it comes last."""
    known = [key for key in directory.provinces if key in found]
    unknown = sorted(found.keys() - directory.provinces.keys())
    return ((key, found[key]) for key in (*known, *unknown))
