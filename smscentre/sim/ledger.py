"""A ledger in memory, for tests and dry runs: what a command may read.

It stands where the store's ledger stands and keeps its promises without SQL.
It refuses to know how commands decide.
"""

from __future__ import annotations

__all__ = ["FakeLedger"]

import datetime
from collections.abc import Iterable, Iterator, Mapping

from smscentre.directory import Directory, Scope
from smscentre.interfaces import Effect, Request, SubmissionKey, Tally
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

    def store(self, effects: Iterable[Effect], request: Request) -> None:
        """Do what the store does with the effects of a command."""
        for report in effects:
            key = (report.unit, report.form, report.day)
            submission = Submission(
                id=len(self.history) + 1,
                unit=report.unit,
                form=report.form,
                day=report.day,
                values=report.values,
                number=request.number,
                text=request.text,
                stored_at=request.arrived_at,
                first=key not in self._current,
            )
            self.history.append(submission)
            self._current[key] = submission

    def latest(self, key: SubmissionKey) -> Submission | None:
        """The submission whose figures hold for a unit, form and day."""
        return self._current.get(key)

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
