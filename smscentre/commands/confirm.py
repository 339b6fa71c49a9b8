"""YA with a code: an officer says that figures are meant as he typed them.

What is stored is the report as it was then, to the day and the figure; the reply is
that of the insert. A code serves its own sender, for a quarter of an hour, once.
"""

from __future__ import annotations

__all__ = ["Confirmation", "read_confirmation"]

from collections.abc import Collection, Sequence
from typing import Final

from attrs import evolve

from smscentre.commands.asker import Asker, answer
from smscentre.commands.dates import written
from smscentre.commands.filing import refused_day
from smscentre.commands.insert import PENDING_S
from smscentre.commands.replies import compose, inserted
from smscentre.commands.signature import without_signature
from smscentre.commands.words import is_digits
from smscentre.directory import Right
from smscentre.interfaces import (
    Command,
    Ledger,
    Outcome,
    Pending,
    Report,
    Settlement,
    SubmissionKey,
)
from smscentre.messages import Submission
from smscentre.values import frozen

CONFIRMED: Final = "confirmed"
"""What is noted, beside the reasons to doubt, of a report that was confirmed."""

_NOTHING: Final = "no_pending"
_CODE_DIGITS: Final = 4


@frozen
class Confirmation:
    """The word of an officer, with a code."""

    asker: Asker
    code: str

    @property
    def needs(self) -> Collection[Right]:
        """The right that an officer may have put under a PIN."""
        return (Right.INSERT,)

    def expects(self) -> Sequence[SubmissionKey]:
        """Nothing: what it is about is not known before."""
        return ()

    def run(self, ledger: Ledger) -> Outcome:
        """Store what waits for the code."""
        asker, request = self.asker, self.asker.request
        known = ledger.pending(request.number, request.arrived_at - PENDING_S)
        pending = [each for each in known if each.code == self.code][::-1]
        held = [ledger.latest(_key(each.report)) for each in pending]
        if not pending or not all(map(self._may_confirm, pending, held)):
            return Outcome(_NOTHING, compose(_NOTHING))
        if pending[0].settled_at is not None:
            return Outcome("repeat", self._reply(pending, held))
        for each in pending:
            unit = asker.directory.units[each.report.unit]
            refused = refused_day(asker.directory, unit, each.report.day)
            if refused is not None:
                return refused
        reports = [
            evolve(
                each.report,
                previous=previous,
                flags=(*each.report.flags, CONFIRMED),
            )
            for each, previous in zip(pending, held, strict=True)
        ]
        first = all(previous is None for previous in held)
        return Outcome(
            "insert" if first else "update",
            self._reply(pending, held),
            (*reports, *(Settlement(each, True) for each in pending)),
        )

    def _may_confirm(self, pending: Pending, held: Submission | None) -> bool:
        """Whether a report may be stored, or was and still holds."""
        asker, unit = self.asker, self.asker.unit
        if unit is None or unit.code != pending.report.unit or not asker.may_insert:
            return False
        if pending.settled_at is not None:
            return pending.confirmed and _is_stored(pending, held)
        # The sender's own later report is the better one.
        return (
            held is None
            or held.number != asker.request.number
            or held.stored_at <= pending.asked_at
        )

    def _reply(
        self, pending: Sequence[Pending], held: Sequence[Submission | None]
    ) -> str:
        """What the insert of each report would have answered."""
        texts = []
        for each, previous in zip(pending, held, strict=True):
            report = each.report
            first = previous is None or (each.confirmed and previous.first)
            day = written(report.day) if each.named else ""
            unit = str(self.asker.unit)
            texts.append(
                inserted(report.form, unit, report.values, first=first, day=day)
            )
        return "\n".join(texts)


def read_confirmation(asker: Asker, words: Sequence[str]) -> Command:
    """Understand the words after YA: a code of four digits."""
    words = without_signature(words, "YA")
    code = words[0] if words else ""
    if len(words) != 1 or len(code) != _CODE_DIGITS or not is_digits(code):
        # No valid command: two machines that say yes to each other fall silent.
        return answer(_NOTHING, "no_keyword")
    return Confirmation(asker, code)


def _key(report: Report) -> SubmissionKey:
    return report.unit, report.form, report.day


def _is_stored(pending: Pending, held: Submission | None) -> bool:
    """Whether it is this report that holds."""
    return (
        held is not None
        and held.stored_at == pending.settled_at
        and held.values == pending.report.values
    )
