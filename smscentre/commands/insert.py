"""Inserts: an officer reports the figures of a form for his own unit.

Reads the words after the keyword, applies the rules on unit, kind, right and
day, and decides between a first report, an update and a repetition.

Source: the manual of 2008, paragraphs 1a, 1b, 2a, 2b and 3a to 3c.
"""

from __future__ import annotations

__all__ = ["PENDING_S", "Insert", "read_insert"]

import datetime
from collections.abc import Collection, Sequence
from typing import Final

from attrs import evolve

from smscentre.commands.asker import Answer, Asker, answer
from smscentre.commands.dates import written
from smscentre.commands.examples import (
    MISSING,
    insert_example,
    insert_examples,
    query_example,
)
from smscentre.commands.filing import Filing, refused_day
from smscentre.commands.forms import COUNT_FORMS, KINDS, REPORTS, Form
from smscentre.commands.parse import Fault, read_figures
from smscentre.commands.plausible import Doubt
from smscentre.commands.replies import (
    TEXTS,
    TOTAL,
    compose,
    field_name,
    inserted,
    joined,
)
from smscentre.commands.words import echo
from smscentre.directory import Right, Unit
from smscentre.interfaces import (
    Command,
    Ledger,
    Outcome,
    Pending,
    Report,
    Request,
    SubmissionKey,
)
from smscentre.values import frozen

_REPEATED_S = 600
"""For so long the same message again is a repetition, not a submission."""

PENDING_S: Final = 900
"""For so long a report waits for its sender's YA."""

_EARLY_HOUR = 4
"""Before this hour a reader may take the new day for the one before."""


@frozen
class Insert:
    """A report that is ready to be stored."""

    asker: Asker
    form: Form
    unit: Unit
    day: datetime.date
    values: tuple[int, ...]
    named: bool
    """Whether the reply names the day."""

    @property
    def request(self) -> Request:
        """The message that reports."""
        return self.asker.request

    @property
    def needs(self) -> Collection[Right]:
        """The right that an officer may have put under a PIN."""
        return (Right.INSERT,)

    def expects(self) -> Sequence[SubmissionKey]:
        """The report that may be there already."""
        return ((self.unit.code, self.form.id, self.day),)

    def run(self, ledger: Ledger) -> Outcome:
        """Store the figures, unless the same message did a moment ago."""
        form = self.form.id
        previous = ledger.latest((self.unit.code, form, self.day))
        repeated = previous is not None and self._repeats(
            previous.number, previous.text, previous.stored_at
        )
        first = previous is None or (repeated and previous.first)
        day = written(self.day) if self.named else ""
        reply = inserted(form, str(self.unit), self.values, first=first, day=day)
        if repeated:
            return Outcome("repeat", reply)
        refused = refused_day(self.asker.directory, self.unit, self.day)
        if refused is not None:
            return refused
        plausibility = self.asker.rules.plausibility
        filing = Filing(self.unit, self.form, self.day, self.values)
        report, found = filing.report(ledger, plausibility, self.request.arrived_at)
        if found and plausibility == "confirm":
            return self._ask(ledger, found, report)
        return Outcome("insert" if first else "update", reply, (report,))

    def _ask(self, ledger: Ledger, found: Doubt, report: Report) -> Outcome:
        """Keep the report until its sender says that it is meant."""
        request, now = self.request, self.request.arrived_at
        waiting = next(
            (
                pending
                for pending in ledger.pending(request.number, now - PENDING_S)
                if pending.settled_at is None
                and pending.report.text == request.text
                and pending.report.values == self.values
                and pending.report.form == self.form.id
                and pending.report.day == self.day
            ),
            None,
        )
        if waiting is None:
            code = ledger.new_code(request.number, now - PENDING_S)
            asked = evolve(report, previous=None, text=request.text)
            pending = Pending(code, asked, self.named, now)
            return Outcome("confirm", self._question(found, pending), (pending,))
        return Outcome("confirm", self._question(found, waiting))

    def _question(self, found: Doubt, pending: Pending) -> str:
        until = datetime.datetime.fromtimestamp(
            pending.asked_at + PENDING_S, self.asker.now.tzinfo
        )
        at = found.at
        return compose(
            "confirm",
            field=TOTAL if at is None else field_name(self.form.fields[at]),
            old=found.old,
            new=found.new,
            code=pending.code,
            time=until.strftime("%H.%M"),
        )

    def _repeats(self, number: str, text: str, stored_at: float) -> bool:
        request = self.request
        return (
            text == request.text
            and number == request.number
            and request.arrived_at - stored_at < _REPEATED_S
        )


def read_insert(asker: Asker, form: Form, words: Sequence[str]) -> Command:
    """Understand the words after a form's keyword."""
    unit = asker.unit
    if not asker.may_insert:
        return _no_insert(asker, form)
    if unit is None:
        return answer("no_unit")
    if form.kind not in unit.kinds:
        return _wrong_kind(unit, form)
    today = asker.today
    figures = read_figures(form, words, today)
    if isinstance(figures, Fault):
        return _refused(form, figures)
    day = today if figures.day is None else figures.day
    if day > today or (today - day).days > asker.rules.backfill_days:
        return _wrong_day(asker, form, day, list(map(str, figures.values)))
    named = figures.day is not None or _surprising(asker)
    return Insert(asker, form, unit, day, figures.values, named)


def _surprising(asker: Asker) -> bool:
    """Whether the day is another than the reader of the reply would think."""
    now, request = asker.now, asker.request
    if now.hour < _EARLY_HOUR:
        return True
    # Sent before midnight and arrived after it.
    delay = datetime.timedelta(seconds=request.arrived_at - request.sent_at)
    return (now + delay).date() != now.date() if delay else False


def _no_insert(asker: Asker, form: Form) -> Answer:
    report = next(report for report in REPORTS if report.kind == form.kind)
    return answer(
        "no_insert",
        example=_not_stored([query_example(report, "UPT", asker)]),
    )


def _wrong_kind(unit: Unit, form: Form) -> Answer:
    kinds = [kind for kind in KINDS if kind in unit.kinds]
    shown = COUNT_FORMS[kinds[0]] if kinds else form
    return answer(
        "kind",
        unit=unit,
        kinds=joined(kinds),
        kind=form.kind,
        example=insert_examples(shown),
    )


def _wrong_day(
    asker: Asker, form: Form, day: datetime.date, figures: Sequence[str]
) -> Answer:
    today = asker.today
    if day < today:
        return answer("too_old", date=written(day), days=asker.rules.backfill_days)
    return answer(
        "future",
        date=written(day),
        today=written(today),
        zone=asker.now.tzname(),
        example=_not_stored(insert_examples(form, figures, today)),
    )


def _refused(form: Form, fault: Fault) -> Answer:
    """The reply to figures that cannot be read."""
    typed = len(fault.figures) - fault.figures.count(None)
    examples = insert_examples(form, fault.figures, fault.day)
    if fault.name == "date":
        examples = _not_stored([*examples, insert_example(form)])
    return answer(
        fault.name,
        form=form.id,
        n=form.size,
        got=len(fault.figures) if typed == form.size else typed,
        i=fault.at,
        value=echo(fault.word),
        plain=[fault.plain or MISSING, MISSING],
        example=examples,
    )


def _not_stored(examples: Sequence[str]) -> list[str]:
    """End a template that serves queries too as a refused insert ends."""
    return [example + TEXTS["not_stored"] for example in examples]
