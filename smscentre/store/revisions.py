"""Who sent what when: histories of units, corrections of a day, punctuality.

Beside the path, for pages. The history of reports has no index by unit or day, which
every report would pay for: what held is found from the figures that hold now, back
from each submission to the one before it, and what was undone from the undos.
"""

from __future__ import annotations

__all__ = ["Change", "changes", "stored_times"]

import datetime
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from attrs import frozen
from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Date,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
)

from smscentre.store.courses import Span
from smscentre.store.figures import CountedForm, Place, is_in
from smscentre.store.tables import reports, submissions, units

StoredTimes = dict[tuple[str, str, datetime.date], tuple[float, ...]]
"""When the reports came that were not taken back, by unit, form and day, in order."""

_DAYS = {
    "first": bindparam("first", type_=Date),
    "last": bindparam("last", type_=Date),
}

_BY_ID = select(
    submissions.c.id,
    submissions.c.unit,
    submissions.c.form,
    submissions.c.day,
    submissions.c.number,
    submissions.c.text,
    submissions.c.old_values,
    submissions.c.new_values,
    submissions.c.stored_at,
    submissions.c.flags,
    submissions.c.replaces,
    submissions.c.undoes,
    submissions.c.restores,
).where(submissions.c.id.in_(bindparam("ids", expanding=True)))


@frozen
class Change:
    """One submission or undo, in the words and figures that it came with.

    ``old`` is what held before and ``new`` what held from then on, in the order of
    the form's fields; empty where nothing did. ``undoes`` is the submission that it
    took back, ``undone`` says that it was taken back itself.
    """

    id: int
    unit: str
    form: str
    day: datetime.date
    number: str
    text: str
    old: tuple[int, ...]
    new: tuple[int, ...]
    at: float
    flags: tuple[str, ...]
    undoes: int | None
    undone: bool = False


def changes(
    connection: Connection, forms: Sequence[CountedForm], place: Place, span: Span
) -> list[Change]:
    """All that was ever sent for some days by the units of a place, newest first."""
    parameters = place.parameters | span.parameters
    names = frozenset(place.parameters)
    waiting = {
        row[0]
        for query in (_current(tuple(forms), names), _undos(tuple(forms), names))
        for row in connection.execute(query, parameters)
        if row[0] is not None
    }
    rows: dict[int, Any] = {}
    while waiting:
        found = connection.execute(_BY_ID, {"ids": sorted(waiting)}).all()
        rows |= {row.id: row for row in found}
        before = {row[name] for row in map(_links, found) for name in range(3)}
        waiting = {row for row in before if row is not None} - rows.keys()
    undone = {row.undoes for row in rows.values()}
    made = [_change(row, row.id in undone) for row in rows.values()]
    return sorted(made, key=lambda change: (change.at, change.id), reverse=True)


def stored_times(
    connection: Connection, forms: Sequence[CountedForm], place: Place, span: Span
) -> StoredTimes:
    """When reports for some days came, those left out that were taken back."""
    query = _times(tuple(forms), frozenset(place.parameters))
    found: dict[tuple[str, str, datetime.date], list[float]] = {}
    for *key, at in connection.execute(query, place.parameters | span.parameters):
        unit, form, day = key
        found.setdefault((unit, form, day), []).append(at)
    return {key: tuple(sorted(times)) for key, times in found.items()}


def _links(row: Any) -> tuple[int | None, int | None, int | None]:
    return row.replaces, row.undoes, row.restores


def _change(row: Any, undone: bool) -> Change:
    return Change(
        row.id,
        row.unit,
        row.form,
        row.day,
        row.number,
        row.text,
        _values(row.old_values),
        _values(row.new_values),
        row.stored_at,
        tuple(row.flags.split()) if row.flags else (),
        row.undoes,
        undone,
    )


def _values(text: str | None) -> tuple[int, ...]:
    return tuple(map(int, text.split())) if text else ()


@cache
def _current(forms: tuple[CountedForm, ...], place: frozenset[str]) -> Select[Any]:
    """The submissions whose figures hold."""
    return _reported(forms, place).with_only_columns(reports.c.submission_id)


@cache
def _undos(forms: tuple[CountedForm, ...], place: frozenset[str]) -> Select[Any]:
    """The undos, which a partial index knows."""
    here = select(units.c.code).where(*is_in(place))
    return select(submissions.c.id).where(
        submissions.c.undoes.is_not(None),
        submissions.c.form.in_([form.id for form in forms]),
        submissions.c.day >= _DAYS["first"],
        submissions.c.day <= _DAYS["last"],
        submissions.c.unit.in_(here),
    )


@cache
def _times(forms: tuple[CountedForm, ...], place: frozenset[str]) -> Select[Any]:
    held = _held(forms, place)
    return (
        select(held.c.unit, held.c.form, held.c.day, submissions.c.stored_at)
        .join(submissions, submissions.c.id == held.c.id)
        # An undo is no report: what it brought back is the next one of the chain.
        .where(submissions.c.undoes.is_(None))
    )


def _held(forms: tuple[CountedForm, ...], place: frozenset[str]) -> CTE:
    """Submissions that held, but those that were taken back, from the last one back."""
    now = _reported(forms, place).with_only_columns(
        reports.c.unit,
        reports.c.form,
        reports.c.day,
        reports.c.submission_id.label("id"),
    )
    held = now.cte("held", recursive=True)
    before = func.coalesce(submissions.c.replaces, submissions.c.restores)
    return held.union_all(
        select(held.c.unit, held.c.form, held.c.day, before)
        .join(submissions, submissions.c.id == held.c.id)
        .where(before.is_not(None))
    )


def _reported(forms: Iterable[CountedForm], place: frozenset[str]) -> Select[Any]:
    """Units with one figure for each report; what is selected comes later."""
    one_a_report = or_(
        *[
            and_(reports.c.form == form.id, reports.c.field == form.fields[0])
            for form in forms
        ]
    )
    on: ColumnElement[bool] = and_(
        reports.c.unit == units.c.code,
        reports.c.form.in_([form.id for form in forms]),
        reports.c.day >= _DAYS["first"],
        reports.c.day <= _DAYS["last"],
        one_a_report,
    )
    # An outer join for the reason that `figures` gives. A condition that there is a
    # report would make it an inner one again: who reads leaves out what is empty.
    return (
        select(units.c.code)
        .select_from(units)
        .outerjoin(reports, on)
        .where(*is_in(place))
    )
