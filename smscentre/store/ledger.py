"""What commands may read, and the writing of the effects they decide on.

A `StoreLedger` serves one batch: the current submission of every key that the
batch expects is read at once, and what the batch itself stores is seen by the
messages behind it. Sums are SQL and see the batch because a read flushes it.
"""

from __future__ import annotations

__all__ = ["StoreLedger"]

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any, assert_never

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
)

from smscentre.credentials import Attempts, Invitation, PinChecks, Proof, code_hash
from smscentre.directory import Directory, Right, Scope
from smscentre.interfaces import (
    Effect,
    Pending,
    Registration,
    Report,
    Request,
    Settlement,
    SubmissionKey,
    Tally,
    Tried,
    Withdrawal,
)
from smscentre.messages import Submission
from smscentre.store import confirmations, effects, history, months, registration
from smscentre.store.people import register
from smscentre.store.tables import reports, submissions, units
from smscentre.store.transaction import Statement, Transaction, iso_day

_KEY = ("unit", "form", "day", "field")
_HELD = (
    select(bindparam("day", type_=reports.c.day.type), *history.SUBMISSION_COLUMNS)
    .join(reports, reports.c.submission_id == submissions.c.id)
    .where(
        reports.c.unit == bindparam("unit"),
        reports.c.form == bindparam("form"),
        reports.c.field == bindparam("field"),
    )
)
_CURRENT = Statement(_HELD.where(reports.c.day == bindparam("day")), _KEY)
"""The current submission of a key, found by the first figure that it set."""

_earlier = reports.alias("earlier")
_DAY_BEFORE = (
    select(func.max(_earlier.c.day))
    .where(
        _earlier.c.unit == bindparam("unit"),
        _earlier.c.form == bindparam("form"),
        _earlier.c.day < bindparam("day"),
    )
    .scalar_subquery()
)
_CURRENT_AND_BEFORE = Statement(
    _HELD.where(
        # One stretch of the primary key: no day lies between the two.
        reports.c.day <= bindparam("day"),
        reports.c.day >= func.coalesce(_DAY_BEFORE, bindparam("day")),
    ),
    _KEY,
)
"""The same, and the one of the last day before for which there is any."""

_VALUES = 1 + [each.key for each in history.SUBMISSION_COLUMNS].index("new_values")
"""Where the figures stand in a row of these."""

_Values = tuple[int, ...]

_SLACK_S = 60.0
"""So much earlier than asked for begins what a batch looks through for actions."""


class StoreLedger:
    """The store as the commands of one batch see it. Writer's thread."""

    def __init__(
        self,
        transaction: Transaction,
        directory: Directory,
        fields: Mapping[str, tuple[str, ...]],
        kinds: Mapping[str, str],
        pins: PinChecks | None = None,
        *,
        reads_before: bool = False,
    ) -> None:
        """:param fields: the fields of each form; :param kinds: its kind of unit

        :param reads_before: whether what is expected is read with the day before
        """
        self._transaction = transaction
        self._pins = pins or PinChecks()
        self._attempts: dict[str, dict[str, Attempts]] = {}
        self._directory = directory
        self._fields = fields
        self._kinds = kinds
        self._reads_before = reads_before
        self._latest: dict[SubmissionKey, Submission | None] = {}
        self._before: dict[tuple[str, str], dict[datetime.date, _Values | None]] = {}
        self._written: set[tuple[str, str]] = set()
        self._floor: tuple[float, int] | None = None

    def is_of(self, transaction: Transaction) -> bool:
        """Whether it reads and writes in a transaction."""
        return self._transaction is transaction

    @property
    def directory(self) -> Directory:
        """The directory as it is in this transaction."""
        return self._directory

    def expect(self, keys: Collection[SubmissionKey]) -> None:
        """Read the current submissions of many keys at once."""
        missing = dict.fromkeys(key for key in keys if key not in self._latest)
        self._latest.update(missing)
        if self._reads_before:
            for unit, form, day in missing:
                self._before.setdefault((unit, form), {})[day] = None
        rows = self._transaction.rows(
            _CURRENT_AND_BEFORE if self._reads_before else _CURRENT,
            [
                (unit, form, iso_day(day), self._fields[form][0])
                for unit, form, day in missing
            ],
            # What this batch wrote of a key is known; of the days before it is not.
            flush=any(key[:2] in self._written for key in missing),
        )
        for row in rows:
            asked, unit, form, day = row[:4]
            if day == asked:
                submission = history.submission_of(row[1:])
                self._latest[unit, form, submission.day] = submission
            else:
                # Of the day before only the figures are wanted.
                known = self._before[unit, form]
                known[_day(asked)] = tuple(map(int, row[_VALUES].split()))

    def latest(self, key: SubmissionKey) -> Submission | None:
        """The submission whose figures hold for a unit, form and day."""
        if key not in self._latest:
            self.expect([key])
        return self._latest[key]

    def read_again(self, key: SubmissionKey) -> None:
        """Read what holds for a key from the store, whatever is known of it."""
        self._transaction.flush()
        self._latest.pop(key, None)
        self._before.pop(key[:2], None)
        self.expect([key])

    def before(self, key: SubmissionKey) -> _Values | None:
        """The figures of the last day before a key's for which there are any."""
        unit, form, day = key
        known = self._before.setdefault((unit, form), {})
        if day not in known:
            known[day] = history.values_before(self._transaction, key)
        return known[day]

    def highest(self, unit: str, form: str) -> int | None:
        """The highest total of a form that a unit ever had on any day."""
        return history.highest_total(self._transaction, unit, form)

    def last_action(self, number: str, since: float) -> Sequence[Submission]:
        """The submissions of the newest message of a number that made any."""
        if self._floor is None or since < self._floor[0]:
            since_before = since - _SLACK_S
            first = history.first_number_since(self._transaction, since_before)
            if first is None:
                return ()
            self._floor = since_before, first
        floor = self._floor[1]
        return history.last_action(self._transaction, number, since, floor)

    def submission(self, row: int) -> Submission:
        """A submission of the history, by its id."""
        return history.submission(self._transaction, row)

    def version_before(self, submission: Submission) -> Submission | None:
        """What held before a submission and was not taken back."""
        return history.version_before(self._transaction, submission)

    def pending(self, number: str, since: float) -> Sequence[Pending]:
        """What a number was asked to confirm, the newest first, settled or not."""
        return confirmations.pending_of(self._transaction, number, since)

    def new_code(self, number: str, since: float) -> str:
        """Four digits at random which nothing that is pending for the number has."""
        return confirmations.new_code(self._transaction, number, since)

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
        return None if day is None else _day(day)

    def expect_attempts(self, numbers: Collection[str]) -> None:
        """Read the failures of many numbers at once."""
        if numbers:
            found = registration.attempts_of(self._transaction, numbers)
            self._attempts.update(found)

    def invitation(self, code: str) -> Invitation | None:
        """The invitation that a code belongs to, used or not."""
        return registration.find_invitation(self._transaction, code_hash(code))

    def attempts(self, number: str, subject: str) -> Attempts:
        """A number's failures with codes or a PIN, also those that count no more."""
        if number not in self._attempts:
            self.expect_attempts([number])
        return self._attempts[number].get(subject, Attempts())

    def proof(self, request: Request, right: Right) -> Proof:
        """What a request shows for a right of its sender, if a PIN keeps it."""
        kept = self._directory.pins.get((request.number, right))
        if kept is None:
            return Proof.UNASKED
        attempts = self.attempts(request.number, right.value)
        if attempts.at(request.arrived_at).locked:
            return Proof.LOCKED
        if not request.pin:
            return Proof.MISSING
        matches = self._pins.matches(request.pin, kept)
        return Proof.RIGHT if matches else Proof.WRONG

    def apply(self, effect: Effect, request: Request, inbox_id: int) -> None:
        """Do what a command decided on."""
        match effect:
            case Report():
                self.record(effect, request, inbox_id)
            case Withdrawal():
                self._withdraw(effect, request, inbox_id)
            case Pending():
                confirmations.add_pending(self._transaction, effect, request, inbox_id)
            case Settlement():
                confirmations.settle(self._transaction, effect, request, inbox_id)
            case Registration(invitation, officer):
                now = request.arrived_at
                register(self._transaction, invitation, officer, now)
                self._directory = self._directory.with_officer(officer)
            case Tried(subject, attempts):
                number = request.number
                known = self.attempts(number, subject)
                registration.put_attempts(
                    self._transaction, number, subject, attempts, known
                )
                self._attempts[number][subject] = attempts
            case _:
                assert_never(effect)

    def reported(self, form: str, day: datetime.date) -> dict[str, float]:
        """When the figures that hold for a form and day were stored, by unit."""
        # Outer joins for the reason that `_tally` gives. What an undo restored was
        # stored when it was sent, not when it came back.
        version = submissions.alias("version")
        stored_at = func.coalesce(version.c.stored_at, submissions.c.stored_at)
        query = (
            select(units.c.code, stored_at.label("stored_at"))
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
            .outerjoin(version, version.c.id == submissions.c.restores)
        )
        return {
            row.code: row.stored_at
            for row in self._transaction.all(query)
            if row.stored_at is not None
        }

    def record(self, report: Report, request: Request, inbox_id: int) -> None:
        """Store a report: history, and the figures that now hold.

        :raises MonthClosed: another node closed the month meanwhile
        """
        months.keep_open(self._transaction, report.day, request.arrived_at)
        key = report.unit, report.form, report.day
        if self._transaction.dialect == "postgresql" and key[:2] in self._written:
            # What it takes the place of has to be there.
            self._transaction.flush()
        fields = self._fields[report.form]
        held = effects.add_report(self._transaction, fields, report, request, inbox_id)
        self._remember(key, held)

    def _withdraw(
        self, withdrawal: Withdrawal, request: Request, inbox_id: int
    ) -> None:
        taken = withdrawal.submission
        months.keep_open(self._transaction, taken.day, request.arrived_at)
        fields = self._fields[taken.form]
        held = effects.add_undo(
            self._transaction, fields, withdrawal, request, inbox_id
        )
        if not withdrawal.stays:
            self._remember((taken.unit, taken.form, taken.day), held)

    def _remember(self, key: SubmissionKey, held: Submission | None) -> None:
        """What holds from now on; later days read anew what was before them."""
        self._latest[key] = held
        self._written.add(key[:2])
        if not self._before:
            return
        unit, form, changed = key
        known = self._before.get((unit, form), {})
        for day in [day for day in known if day > changed]:
            del known[day]

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


def _day(day: Any) -> datetime.date:
    """A day as the driver gives it: one has text."""
    return datetime.date.fromisoformat(day) if isinstance(day, str) else day
