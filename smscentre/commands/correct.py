"""Figures that a user of the pages enters, corrects or takes back.

Beside the texts of officers, by the same rules: the kinds of a unit, its calendar,
closed months, figures that look like a slip. What follows are the effects that an
insert or an undo has. Pure; who may do this for which unit is decided before.
"""

from __future__ import annotations

__all__ = ["Ruled", "correct", "take_back"]

import datetime

from attrs import evolve, frozen

from smscentre.commands.asker import Rules
from smscentre.commands.confirm import CONFIRMED
from smscentre.commands.filing import Filing
from smscentre.commands.forms import BY_ID
from smscentre.commands.undo import withdrawals
from smscentre.corrections import Correction, Ruling, Slip, TakingBack, Verdict
from smscentre.directory import Directory
from smscentre.interfaces import Effect, Ledger, Report, SubmissionKey, Withdrawal


@frozen
class Ruled:
    """A verdict, and the effect that is to be applied if there is one.

    What holds then is not in the verdict: it gets its id when it is stored.
    """

    verdict: Verdict
    effect: Report | Withdrawal | None = None

    @property
    def effects(self) -> tuple[Effect, ...]:
        """The effect as those of a command."""
        return () if self.effect is None else (self.effect,)


def correct(correction: Correction, ledger: Ledger, rules: Rules, now: float) -> Ruled:
    """Decide on figures that are to hold; ``now`` is in seconds since 1970."""
    unit_code, form_id, day = correction.key
    held = ledger.latest(correction.key)
    wrong = _wrong(correction.key, ledger.directory, rules, now)
    if wrong is not None:
        return Ruled(wrong)
    if (held.id if held else None) != correction.seen:
        return Ruled(Verdict(Ruling.OVERTAKEN, held))
    if held is not None and held.values == correction.values:
        return Ruled(Verdict(Ruling.SAME, held))
    unit = ledger.directory.units[unit_code]
    filing = Filing(unit, BY_ID[form_id], day, correction.values)
    report, found = filing.report(ledger, rules.plausibility, now)
    if found is None:
        return Ruled(Verdict(Ruling.STORED), report)
    slip = Slip(found.reasons, found.at, found.old, found.new)
    if not correction.sure:
        return Ruled(Verdict(Ruling.DOUBTED, held, slip))
    confirmed = evolve(report, flags=(*report.flags, CONFIRMED))
    return Ruled(Verdict(Ruling.STORED, slip=slip), confirmed)


def take_back(wish: TakingBack, ledger: Ledger, rules: Rules, now: float) -> Ruled:
    """Decide on taking back what holds; what held before holds again."""
    held = ledger.latest(wish.key)
    wrong = _wrong(wish.key, ledger.directory, rules, now)
    if wrong is not None:
        return Ruled(wrong)
    if held is None or held.id != wish.seen:
        return Ruled(Verdict(Ruling.OVERTAKEN, held))
    (withdrawal,) = withdrawals(ledger, [ledger.submission(held.version)])
    return Ruled(Verdict(Ruling.STORED), withdrawal)


def _wrong(
    key: SubmissionKey, directory: Directory, rules: Rules, now: float
) -> Verdict | None:
    """Why figures of a unit, form and day cannot be changed at all."""
    code, form, day = key
    unit = directory.units.get(code)
    if unit is None:
        return Verdict(Ruling.NO_UNIT)
    if BY_ID[form].kind not in unit.kinds:
        return Verdict(Ruling.KIND)
    province = directory.provinces.get(unit.province)
    zone = province.timezone if province else rules.timezone
    today = datetime.datetime.fromtimestamp(now, zone).date()
    if day > today:
        return Verdict(Ruling.FUTURE, today=today)
    if not unit.valid_on(day):
        return Verdict(Ruling.NOT_COUNTED)
    return Verdict(Ruling.CLOSED) if directory.is_closed(day) else None
