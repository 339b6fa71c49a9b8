"""What commands may read, and the writing of the reports they decide on.

A `StoreLedger` serves one batch: the current submission of every key that the
batch expects is read at once, and what the batch itself stores is seen by the
messages behind it. Sums are SQL and see the batch because a read flushes it.
"""

from __future__ import annotations

__all__ = ["StoreLedger"]

import datetime
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    insert,
    literal,
    or_,
    select,
)

from smscentre.directory import Directory, Scope
from smscentre.interfaces import Report, Request, SubmissionKey, Tally
from smscentre.messages import Submission
from smscentre.store.tables import reports, submissions, units
from smscentre.store.transaction import Statement, Transaction, insert_of

_ADD_SUBMISSION = Statement(
    insert(submissions),
    (
        "id",
        "unit",
        "form",
        "day",
        "inbox_id",
        "number",
        "text",
        "old_values",
        "new_values",
        "first",
        "stored_at",
    ),
)

_CURRENT = Statement(
    select(
        submissions.c.unit,
        submissions.c.form,
        submissions.c.day,
        submissions.c.id,
        submissions.c.new_values,
        submissions.c.number,
        submissions.c.text,
        submissions.c.stored_at,
        submissions.c.first,
    )
    .join(reports, reports.c.submission_id == submissions.c.id)
    .where(
        reports.c.unit == bindparam("unit"),
        reports.c.form == bindparam("form"),
        reports.c.day == bindparam("day"),
        reports.c.field == bindparam("field"),
    ),
    ("unit", "form", "day", "field"),
)
"""The current submission of a key, found by the first figure that it set."""


class StoreLedger:
    """The store as the commands of one batch see it. Writer's thread."""

    def __init__(
        self,
        transaction: Transaction,
        directory: Directory,
        fields: Mapping[str, tuple[str, ...]],
        kinds: Mapping[str, str],
    ) -> None:
        """:param fields: the fields of each form; :param kinds: its kind of unit"""
        self._transaction = transaction
        self._directory = directory
        self._fields = fields
        self._kinds = kinds
        self._latest: dict[SubmissionKey, Submission | None] = {}
        self._put_report = _put_report(transaction.dialect)

    @property
    def directory(self) -> Directory:
        """The directory as it is in this transaction."""
        return self._directory

    def expect(self, keys: Collection[SubmissionKey]) -> None:
        """Read the current submissions of many keys at once."""
        missing = dict.fromkeys(key for key in keys if key not in self._latest)
        self._latest.update(missing)
        rows = self._transaction.rows(
            _CURRENT,
            [
                (unit, form, day.isoformat(), self._fields[form][0])
                for unit, form, day in missing
            ],
        )
        for row in rows:
            submission = _submission(row)
            self._latest[submission.unit, submission.form, submission.day] = submission

    def latest(self, key: SubmissionKey) -> Submission | None:
        """The submission whose figures hold for a unit, form and day."""
        if key not in self._latest:
            self.expect([key])
        return self._latest[key]

    def counts(self, form: str, scope: Scope, day: datetime.date) -> Tally:
        """The sum of a form over the scope's units on exactly that day."""
        return self._tally(form, scope, day, reports.c.day == day)

    def staff(self, form: str, scope: Scope, day: datetime.date) -> Tally:
        """The sum of each unit's last report of a form up to that day."""
        earlier = reports.alias()
        last = (
            select(func.max(earlier.c.day))
            .where(
                earlier.c.unit == units.c.code,
                earlier.c.form == form,
                earlier.c.day <= day,
            )
            .scalar_subquery()
        )
        return self._tally(form, scope, day, reports.c.day == last)

    def latest_day(self, form: str, scope: Scope) -> datetime.date | None:
        """The latest day for which some unit of the scope has the form."""
        days = select(func.max(reports.c.day)).where(
            reports.c.unit == units.c.code, reports.c.form == form
        )
        query: Select[Any] = select(func.max(days.scalar_subquery())).where(
            *self._in_scope(form, scope)
        )
        day = self._transaction.first(query)[0]
        return datetime.date.fromisoformat(day) if isinstance(day, str) else day

    def reported(self, form: str, day: datetime.date) -> dict[str, float]:
        """When the figures that hold for a form and day were stored, by unit."""
        # Outer joins for the reason that `_tally` gives.
        query = (
            select(units.c.code, submissions.c.stored_at)
            .select_from(units)
            .outerjoin(
                reports,
                and_(
                    reports.c.unit == units.c.code,
                    reports.c.form == form,
                    reports.c.day == day,
                    reports.c.field == self._fields[form][0],
                ),
            )
            .outerjoin(submissions, submissions.c.id == reports.c.submission_id)
        )
        return {
            row.code: row.stored_at
            for row in self._transaction.all(query)
            if row.stored_at is not None
        }

    def record(self, report: Report, request: Request, inbox_id: int) -> None:
        """Store a report: history, and the figures that now hold."""
        row = self._transaction.new_id()
        previous = report.previous
        day = report.day.isoformat()
        self._transaction.add(
            _ADD_SUBMISSION,
            (
                row,
                report.unit,
                report.form,
                day,
                inbox_id,
                request.number,
                request.text,
                " ".join(map(str, previous.values)) if previous else None,
                " ".join(map(str, report.values)),
                previous is None,
                request.arrived_at,
            ),
        )
        fields = self._fields[report.form]
        self._transaction.add(
            self._put_report,
            *[
                (report.unit, report.form, day, field, value, row)
                for field, value in zip(fields, report.values, strict=True)
            ],
        )
        self._latest[report.unit, report.form, report.day] = Submission(
            row,
            report.unit,
            report.form,
            report.day,
            report.values,
            request.number,
            request.text,
            request.arrived_at,
            previous is None,
        )

    def _tally(self, form: str, scope: Scope, day: datetime.date, on: Any) -> Tally:
        # An outer join, so that SQLite goes from the units to their reports by the
        # primary key; it would read every report there is to find their units.
        query: Select[Any] = (
            select(
                reports.c.field,
                func.sum(reports.c.value),
                func.count(),
            )
            .select_from(units)
            .outerjoin(
                reports,
                and_(reports.c.unit == units.c.code, reports.c.form == form, on),
            )
            .where(
                *self._in_scope(form, scope),
                or_(units.c.valid_from.is_(None), units.c.valid_from <= day),
                or_(units.c.valid_until.is_(None), units.c.valid_until >= day),
            )
            .group_by(reports.c.field)
        )
        rows = [row for row in self._transaction.all(query) if row[0] is not None]
        return Tally(
            {field: int(total) for field, total, _ in rows},
            max((count for _, _, count in rows), default=0),
        )

    def _in_scope(self, form: str, scope: Scope) -> list[ColumnElement[bool]]:
        """The conditions on units: place, and the form's kind among theirs."""
        kinds = literal("|").concat(units.c.kinds).concat("|")
        conditions: list[ColumnElement[bool]] = [kinds.like(f"%|{self._kinds[form]}|%")]
        if scope.unit is not None:
            conditions.append(units.c.code == scope.unit)
        if scope.province is not None:
            conditions.append(units.c.province == scope.province)
        return conditions


def _submission(row: Sequence[Any]) -> Submission:
    """The submission in a row of `_CURRENT`."""
    unit, form, day, submission_id, values, number, text, stored_at, first = row
    return Submission(
        submission_id,
        unit,
        form,
        datetime.date.fromisoformat(day) if isinstance(day, str) else day,
        tuple(map(int, values.split())),
        number,
        text,
        stored_at,
        bool(first),
    )


@cache
def _put_report(dialect: str) -> Statement:
    """The upsert of one figure, one object a dialect so that its rows collect."""
    statement = insert_of(dialect, reports)
    upsert = statement.on_conflict_do_update(
        index_elements=[
            reports.c.unit,
            reports.c.form,
            reports.c.day,
            reports.c.field,
        ],
        set_={
            "value": statement.excluded.value,
            "submission_id": statement.excluded.submission_id,
        },
    )
    return Statement(upsert, ("unit", "form", "day", "field", "value", "submission_id"))
