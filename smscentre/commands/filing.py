"""Figures on their way into the history, whoever sends them and however.

Between an insert by SMS, or a correction by a page, and the report that is stored:
what held before, and whether the figures look like a slip.
"""

from __future__ import annotations

__all__ = ["Filing", "refused_day"]

import datetime
from collections.abc import Iterator
from functools import partial

from smscentre.commands.dates import written
from smscentre.commands.forms import FORMS, Form
from smscentre.commands.plausible import Doubt, Past, doubt
from smscentre.commands.replies import compose, month_name
from smscentre.directory import Directory, Unit
from smscentre.interfaces import Ledger, Outcome, Report, SubmissionKey
from smscentre.values import frozen

_JUST_NOW_S = 3600
"""For so long another form's figures may be taken for those of this one."""


@frozen
class Filing:
    """The figures of a form that a unit is to have for a day."""

    unit: Unit
    form: Form
    day: datetime.date
    values: tuple[int, ...]

    @property
    def key(self) -> SubmissionKey:
        """What they are about."""
        return self.unit.code, self.form.id, self.day

    def report(
        self, ledger: Ledger, plausibility: str, now: float
    ) -> tuple[Report, Doubt | None]:
        """The report that stores them, and why they look like a slip, if they do.

        :param plausibility: as `Rules` has it; nothing is looked for if it is off
        """
        previous = ledger.latest(self.key)
        found = None
        if plausibility != "off":
            held = previous.values if previous else None
            others = partial(self._others, ledger, now)
            highest = partial(ledger.highest, self.unit.code, self.form.id)
            past = Past(held, ledger.before(self.key), others, highest)
            found = doubt(self.values, past)
        flags = found.reasons if found else ()
        return Report(*self.key, self.values, previous, flags), found

    def _others(self, ledger: Ledger, now: float) -> Iterator[tuple[int, ...]]:
        """The figures of the unit's other forms of this size that came just now."""
        for form in FORMS:
            same = form.size == self.form.size and form.kind in self.unit.kinds
            if same and form.id != self.form.id:
                other = ledger.latest((self.unit.code, form.id, self.day))
                if other is not None and now - other.stored_at < _JUST_NOW_S:
                    yield other.values


def refused_day(directory: Directory, unit: Unit, day: datetime.date) -> Outcome | None:
    """Why nothing is stored of a unit for a day, None where something can be.

    Its month is closed, or no sum of that day has the unit.
    """
    if directory.is_closed(day):
        text = compose("closed", month=month_name(day), date=written(day))
        return Outcome("closed", text)
    if not unit.valid_on(day):
        text = compose("not_counted", unit=unit, date=written(day))
        return Outcome("not_counted", text)
    return None
