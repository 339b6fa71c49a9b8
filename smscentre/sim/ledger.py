"""A ledger in memory, for tests and dry runs: what a command may read.

It stands where the store's ledger stands and keeps its promises without SQL.
It refuses to know how commands decide.
"""

from __future__ import annotations

__all__ = ["FakeLedger"]

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from attrs import evolve

from smscentre.credentials import Attempts, Invitation, Proof
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


class FakeLedger:
    """Implements `smscentre.interfaces.Ledger` over a dictionary."""

    def __init__(
        self,
        directory: Directory,
        fields: Mapping[str, tuple[str, ...]],
        kinds: Mapping[str, str],
    ) -> None:
        """:param fields: the fields of each form; :param kinds: its kind of unit"""
        self.directory = directory
        self.history: list[Submission] = []
        self._fields = fields
        self._kinds = kinds
        self._current: dict[SubmissionKey, Submission] = {}
        self._messages: list[list[Submission]] = []
        self._pending: list[tuple[str, Pending]] = []
        self.invitations: dict[str, Invitation] = {}
        """By the code in clear."""
        self.tried: dict[tuple[str, str], Attempts] = {}

    def store(self, effects: Iterable[Effect], request: Request) -> None:
        """Do what the store does with the effects of one message."""
        made: list[Submission] = []
        for effect in effects:
            match effect:
                case Report():
                    made.append(self._record(effect, request))
                case Withdrawal():
                    made.append(self._withdraw(effect, request))
                case Pending():
                    kept = evolve(effect, id=len(self._pending) + 1)
                    self._pending.append((request.number, kept))
                case Settlement():
                    at, pending = effect.pending.id - 1, effect.pending
                    self._pending[at] = (
                        request.number,
                        evolve(
                            pending,
                            settled_at=request.arrived_at,
                            confirmed=effect.confirmed,
                        ),
                    )
                case Registration():
                    self._register(effect, request)
                case Tried(subject, attempts):
                    self.tried[request.number, subject] = attempts
                case _:
                    assert_never(effect)
        if made:
            self._messages.append(made)

    def _record(self, report: Report, request: Request) -> Submission:
        key = (report.unit, report.form, report.day)
        held = self._current.get(key)
        submission = Submission(
            id=len(self.history) + 1,
            unit=report.unit,
            form=report.form,
            day=report.day,
            values=report.values,
            number=request.number,
            text=report.text or request.text,
            stored_at=request.arrived_at,
            first=held is None,
            flags=report.flags,
            replaces=held.version if held else None,
        )
        self.history.append(submission)
        self._current[key] = submission
        return submission

    def _withdraw(self, withdrawal: Withdrawal, request: Request) -> Submission:
        taken, restored = withdrawal.submission, withdrawal.restored
        key = (taken.unit, taken.form, taken.day)
        stays = withdrawal.stays
        undo = Submission(
            id=len(self.history) + 1,
            unit=taken.unit,
            form=taken.form,
            day=taken.day,
            values=restored.values if restored else (),
            number=request.number,
            text=request.text,
            stored_at=request.arrived_at,
            first=False,
            flags=restored.flags if restored else (),
            undoes=taken.id,
            restores=restored.version if restored and not stays else None,
        )
        self.history.append(undo)
        if restored is None:
            self._current.pop(key, None)
        elif not stays:
            self._current[key] = undo
        return undo

    def _register(self, registration: Registration, request: Request) -> None:
        self.directory = self.directory.with_officer(registration.officer)
        for code, invitation in self.invitations.items():
            if invitation.id == registration.invitation:
                self.invitations[code] = evolve(invitation, used_at=request.arrived_at)

    def invitation(self, code: str) -> Invitation | None:
        """The invitation that a code belongs to, used or not."""
        return self.invitations.get(code)

    def attempts(self, number: str, subject: str) -> Attempts:
        """A number's failures with codes or a PIN, also those that count no more."""
        return self.tried.get((number, subject), Attempts())

    def proof(self, request: Request, right: Right) -> Proof:
        """What a request shows for a right of its sender, if a PIN keeps it.

        PINs of this ledger's directory are in clear.
        """
        pin = self.directory.pins.get((request.number, right))
        if pin is None:
            return Proof.UNASKED
        if self.attempts(request.number, right.value).at(request.arrived_at).locked:
            return Proof.LOCKED
        if not request.pin:
            return Proof.MISSING
        return Proof.RIGHT if request.pin == pin else Proof.WRONG

    def latest(self, key: SubmissionKey) -> Submission | None:
        """The submission whose figures hold for a unit, form and day."""
        return self._current.get(key)

    def before(self, key: SubmissionKey) -> tuple[int, ...] | None:
        """The figures of the last day before a key's for which there are any."""
        unit, form, day = key
        days = [held for held in self._of(form) if held.unit == unit and held.day < day]
        last = max(days, key=lambda held: held.day, default=None)
        return last.values if last else None

    def highest(self, unit: str, form: str) -> int | None:
        """The highest total of a form that a unit ever had on any day."""
        totals = (sum(held.values) for held in self._of(form) if held.unit == unit)
        return max(totals, default=None)

    def last_action(self, number: str, since: float) -> Sequence[Submission]:
        """The submissions of the newest message of a number that made any."""
        for made in reversed(self._messages):
            if made[0].number == number:
                return made if made[0].stored_at > since else ()
        return ()

    def submission(self, row: int) -> Submission:
        """A submission of the history, by its id."""
        return self.history[row - 1]

    def version_before(self, submission: Submission) -> Submission | None:
        """What held before a submission and was not taken back."""
        undone = {each.undoes for each in self.history}
        earlier = submission.replaces
        while earlier is not None and earlier in undone:
            earlier = self.history[earlier - 1].replaces
        return None if earlier is None else self.history[earlier - 1]

    def pending(self, number: str, since: float) -> Sequence[Pending]:
        """What a number was asked to confirm, the newest first, settled or not."""
        return [
            pending
            for asked, pending in reversed(self._pending)
            if asked == number and pending.asked_at > since
        ]

    def new_code(self, number: str, since: float) -> str:
        """Four digits, the next ones: here nobody guesses."""
        return f"{len(self._pending) + 4827:04}"

    def counts(self, form: str, scope: Scope, day: datetime.date) -> Tally:
        """The sum of a form over the scope's units on exactly that day."""
        found = (
            self._current.get((code, form, day))
            for code in self._codes(form, scope, day)
        )
        return self._sum(form, (submission for submission in found if submission))

    def staff(self, form: str, scope: Scope, day: datetime.date) -> Tally:
        """The sum of each unit's last report of a form up to that day."""
        codes = set(self._codes(form, scope, day))
        last: dict[str, Submission] = {}
        for submission in self._of(form):
            if submission.unit in codes and submission.day <= day:
                held = last.get(submission.unit)
                if held is None or held.day < submission.day:
                    last[submission.unit] = submission
        return self._sum(form, last.values())

    def latest_day(self, form: str, scope: Scope) -> datetime.date | None:
        """The latest day for which some unit of the scope has the form."""
        days = (
            submission.day
            for submission in self._of(form)
            if self._holds(scope, submission.unit, form)
        )
        return max(days, default=None)

    def reported(self, form: str, day: datetime.date) -> dict[str, float]:
        """When the figures that hold for a form and day were stored, by unit."""
        return {
            submission.unit: submission.stored_at
            for submission in self._of(form)
            if submission.day == day
        }

    def _of(self, form: str) -> Iterator[Submission]:
        return (held for held in self._current.values() if held.form == form)

    def _holds(self, scope: Scope, code: str, form: str) -> bool:
        unit = self.directory.units.get(code)
        return (
            unit is not None
            and self._kinds[form] in unit.kinds
            and scope.unit in (None, code)
            and scope.province in (None, unit.province)
        )

    def _codes(self, form: str, scope: Scope, day: datetime.date) -> list[str]:
        units = self.directory.in_scope(scope, self._kinds[form], day)
        return [unit.code for unit in units]

    def _sum(self, form: str, submissions: Iterable[Submission]) -> Tally:
        found = list(submissions)
        if not found:
            return Tally()
        sums = map(sum, zip(*(each.values for each in found), strict=True))
        return Tally(dict(zip(self._fields[form], sums, strict=True)), len(found))
