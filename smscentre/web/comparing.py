"""Two days beside each other, and what makes the difference.

Sums of two days hold different units where some have not reported. So a difference
is that of the units which reported for both.
"""

from __future__ import annotations

__all__ = ["Comparison", "Share", "read_comparison"]

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from attrs import frozen

from smscentre.store.figures import Sum, UnitFigures, figures_of_units
from smscentre.store.pages import ReadConnection
from smscentre.web import figurewords, wording
from smscentre.web.amounts import in_order, sum_of_unit, total_of, value_of
from smscentre.web.asked import Asked, Per
from smscentre.web.daily import View, label_columns, unit_cells
from smscentre.web.reports import Shown, figures_of
from smscentre.web.sheet import Cell, Column, Kind, Line, Sheet, Tone

_NOTES: Final = (
    "Selisih dihitung dari UPT yang lapor untuk kedua hari itu, sehingga tidak "
    "berubah karena ada UPT yang belum lapor.",
    "Tanda - berarti belum dilaporkan, bukan nol.",
)

_THERE_BEFORE: Final = "lapor_dulu"
_THERE_NOW: Final = "lapor_kini"


@frozen
class Share:
    """What some units have to do with the change of the sums.

    ``cells`` are by what they change each sum, or a day's sums where ``is_sum``; ``to``
    is where the units are listed first, empty where that is nowhere.
    """

    label: str
    cells: tuple[str, ...]
    is_sum: bool = False
    to: str = ""


@frozen
class Comparison:
    """Two days: the sheet, and the way from the sums of one to those of the other.

    ``labels`` name the figures of the ``shares``.
    """

    sheet: Sheet
    labels: tuple[str, ...]
    shares: tuple[Share, ...]


@frozen
class _Pair:
    """What one unit reported for the day before and for the day."""

    before: UnitFigures
    now: UnitFigures


def read_comparison(connection: ReadConnection, view: View, asked: Asked) -> Comparison:
    """Read two days."""
    assert asked.other is not None, "a comparison is of two days"
    form, place = view.report.form, view.place
    now = {
        each.unit: each for each in figures_of_units(connection, form, place, view.day)
    }
    then = {
        each.unit: each
        for each in figures_of_units(connection, form, place, asked.other)
    }
    nothing = (None,) * len(form.fields)
    pairs = [
        _Pair(
            then.get(code, UnitFigures(code, nothing)),
            now.get(code, UnitFigures(code, nothing)),
        )
        for code in sorted(now | then)
    ]
    return Comparison(
        _sheet(view, asked, pairs),
        tuple(each.group or each.label for each in _compared(view)),
        tuple(_shares(view, asked, pairs)),
    )


def _shares(view: View, asked: Asked, pairs: Sequence[_Pair]) -> Iterator[Share]:
    """From the sums of one day to those of the other, group of units by group.

    Whoever sees a sum fall asks whether people left or reports are missing.
    """
    assert asked.other is not None, "a comparison is of two days"
    first, second = map(figurewords.day_and_month, (asked.other, view.day))
    before = [pair.before for pair in pairs if pair.before.day is not None]
    now = [pair.now for pair in pairs if pair.now.day is not None]
    yield Share(f"{first}: {_units(before)}", _sums(view, before), is_sum=True)
    gone = [pair for pair in pairs if pair.before.day and not pair.now.day]
    come = [pair for pair in pairs if pair.now.day and not pair.before.day]
    both = [pair for pair in pairs if _both(pair)]
    units = asked.address(per=Per.UNIT)
    for members, words, sort in (
        (both, "keduanya", "-selisih_jumlah"),
        (gone, f"hanya {first}", f"-{_THERE_NOW}"),
        (come, f"hanya {second}", f"-{_THERE_BEFORE}"),
    ):
        if members or members is both:
            label = f"{words}: {_units(members)}"
            to = f"{units}&urut={sort}" if members else ""
            yield Share(label, tuple(_changes(view, members)), to=to)
    yield Share(f"{second}: {_units(now)}", _sums(view, now), is_sum=True)


def _units(members: Sequence[object]) -> str:
    return f"{wording.figure(len(members))} UPT"


def _sums(view: View, figures: Iterable[UnitFigures]) -> tuple[str, ...]:
    found = _total(view, figures).values
    return tuple(
        wording.figure(value_of(each, view.report, found)) for each in _compared(view)
    )


def _changes(view: View, pairs: Sequence[_Pair]) -> Iterator[str]:
    """By how much some units change each sum, those of one day by all they hold."""
    then = _total(view, (pair.before for pair in pairs)).values
    now = _total(view, (pair.now for pair in pairs)).values
    for each in _compared(view):
        before = value_of(each, view.report, then) or 0
        yield figurewords.change((value_of(each, view.report, now) or 0) - before)


def _both(pair: _Pair) -> bool:
    return pair.before.day is not None and pair.now.day is not None


def _sheet(view: View, asked: Asked, pairs: Sequence[_Pair]) -> Sheet:
    assert asked.other is not None, "a comparison is of two days"
    per = asked.per
    if per is Per.UNIT:
        lines = [_unit_line(view, pair) for pair in pairs]
    else:
        lines = list(_place_lines(view, asked, pairs))
    head = 4 if per is Per.UNIT else 1
    bottom = (Cell("Jumlah"), *[Cell()] * (head - 1), *_cells(view, pairs))
    first, second = map(wording.long_date, (asked.other, view.day))
    days = f"{asked.other.isoformat()}-{view.day.isoformat()}"
    return Sheet(
        f"{view.report.slug}-banding-{per.value}-{days}",
        view.report.title,
        (*label_columns(per, wide=view.wide), *_columns(view, asked)),
        tuple(lines),
        () if per is Per.COUNTRY else (bottom,),
        (f"{first} dan {second}, {view.words}", view.as_of),
        _NOTES,
        # Of those with a sum for men and women the head has whole words.
        tuple((each.short, each.label) for each in view.report.groups if each.single),
    )


def _compared(view: View) -> Iterator[Shown]:
    """The figures that are compared: all of it, sums of pairs, single figures.

    All of it comes first: a phone shows no more columns than that.
    """
    *parts, whole = figures_of(view.report)
    yield whole
    for each in parts:
        if len(each.fields) > 1 or not each.group:
            yield each


def _columns(view: View, asked: Asked) -> Iterator[Column]:
    assert asked.other is not None, "a comparison is of two days"
    before, now = map(figurewords.day_and_month, (asked.other, view.day))
    for each in _compared(view):
        label = each.group or each.label
        yield Column(before, Kind.FIGURE, label)
        yield Column(now, Kind.FIGURE, label, each.key)
        yield Column("Selisih", Kind.CHANGE, label, f"selisih_{each.key}")
    single = asked.per is Per.UNIT
    yield Column(before, Kind.TEXT, "Lapor", _THERE_BEFORE if single else "")
    yield Column(now, Kind.TEXT, "Lapor", _THERE_NOW if single else "")


def _unit_line(view: View, pair: _Pair) -> Line:
    code = pair.now.unit
    unit = view.directory.units.get(code)
    return (
        *unit_cells(code, unit),
        *_cells(view, [pair], single=True),
    )


def _place_lines(view: View, asked: Asked, pairs: Sequence[_Pair]) -> Iterator[Line]:
    if asked.per is Per.COUNTRY:
        to = asked.address(per=Per.PROVINCE)
        yield Cell(view.words, to), *_cells(view, pairs)
        return
    by_province: dict[str, list[_Pair]] = {}
    for pair in pairs:
        unit = view.directory.units.get(pair.now.unit)
        by_province.setdefault(unit.province if unit else "", []).append(pair)
    for key, members in in_order(view.directory, by_province):
        to = asked.address(province=key, per=Per.UNIT)
        yield Cell(view.province(key), to), *_cells(view, members)


def _cells(
    view: View, pairs: Sequence[_Pair], *, single: bool = False
) -> Iterator[Cell]:
    """The figures of both days with their difference, and who is in them."""
    then = _total(view, (pair.before for pair in pairs))
    now = _total(view, (pair.now for pair in pairs))
    both = [pair for pair in pairs if _both(pair)]
    # Of the same units, so that the difference of the sums is that of the units.
    old = then if single else _total(view, (pair.before for pair in both))
    new = now if single else _total(view, (pair.now for pair in both))
    for each in _compared(view):
        yield Cell(value_of(each, view.report, then.values))
        yield Cell(value_of(each, view.report, now.values))
        before = value_of(each, view.report, old.values)
        after = value_of(each, view.report, new.values)
        known = before is not None and after is not None
        yield _change((after or 0) - (before or 0)) if known else Cell()
    for found, other in ((then, now), (now, then)):
        yield _there(view, found, other) if single else Cell(_covered(found))


def _change(value: int) -> Cell:
    """A difference; a great fall stands beside a great rise when it is sorted."""
    return Cell(value, rank=abs(value))


def _there(view: View, found: Sum, other: Sum) -> Cell:
    """Whether a unit reported for a day.

    Falling, those come first that only reported for the other, the greatest first.
    """
    if found.reported:
        return Cell("sudah", rank=-2.0)
    *_, whole = figures_of(view.report)
    missed = value_of(whole, view.report, other.values)
    return Cell("belum", tone=Tone.WARN, rank=-1.0 if missed is None else missed)


def _total(view: View, figures: Iterable[UnitFigures]) -> Sum:
    return total_of(
        view.report, (sum_of_unit(each, view.directory) for each in figures)
    )


def _covered(found: Sum) -> str:
    return f"{wording.figure(found.reported)} UPT"
