"""Who asks, from where and when: what every command needs of a request.

Made once a message, before the text is read. It knows the directory and the
calendar of the asker's place, and no command.
"""

from __future__ import annotations

__all__ = ["Answer", "Asker", "Rules", "answer"]

import datetime
from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

from smscentre.commands.forms import KINDS, REPORTS
from smscentre.commands.replies import compose
from smscentre.directory import Directory, Officer, Right, Unit
from smscentre.interfaces import Ledger, Outcome, Request, SubmissionKey
from smscentre.values import frozen


@frozen
class Rules:
    """What the configuration decides of commands.

    ``backfill_days`` is how many days back an insert may reach; ``timezone`` is
    that of senders without a unit; ``plausibility`` is off, flag or confirm;
    ``daily_forms`` are those that units are expected to send every day.
    """

    backfill_days: int
    timezone: ZoneInfo
    plausibility: str = "off"
    daily_forms: tuple[str, ...] = tuple(report.counts for report in REPORTS)


@frozen
class Answer:
    """A command that reads nothing and changes nothing: a reply."""

    outcome: Outcome

    @property
    def needs(self) -> Collection[Right]:
        """None."""
        return ()

    def expects(self) -> Sequence[SubmissionKey]:
        """Nothing."""
        return ()

    def run(self, ledger: Ledger) -> Outcome:
        """Give the reply."""
        return self.outcome


def answer(template: str, outcome: str = "", /, **values: object) -> Answer:
    """A reply from a template; its outcome is called after it unless told else."""
    return Answer(Outcome(outcome or template, compose(template, **values)))


@frozen
class Asker:
    """A registered sender at the moment of one request.

    ``now`` is the moment that decides the day, in the zone of the sender.
    """

    request: Request
    officer: Officer
    directory: Directory
    rules: Rules
    unit: Unit | None
    now: datetime.datetime

    @classmethod
    def of(
        cls, request: Request, officer: Officer, directory: Directory, rules: Rules
    ) -> Asker:
        """Place a request: the sender's unit, and the time there."""
        unit = directory.unit_of(officer)
        province = directory.provinces.get(unit.province) if unit else None
        zone = province.timezone if province else rules.timezone
        now = datetime.datetime.fromtimestamp(request.sent_at, zone)
        return cls(request, officer, directory, rules, unit, now)

    @property
    def today(self) -> datetime.date:
        """The day it is for the sender."""
        return self.now.date()

    @property
    def may_insert(self) -> bool:
        """Whether the sender may report."""
        return Right.INSERT in self.officer.rights

    @property
    def may_query(self) -> bool:
        """Whether the sender may ask."""
        return Right.QUERY in self.officer.rights

    @property
    def reported(self) -> tuple[str, ...]:
        """The kinds that the sender may report, in the order of the manual."""
        if self.unit is None or not self.may_insert:
            return ()
        return tuple(kind for kind in KINDS if kind in self.unit.kinds)

    @property
    def province(self) -> str | None:
        """The keyword of the only province the sender belongs to."""
        if self.unit is not None:
            return self.unit.province
        provinces = self.officer.provinces
        return provinces[0] if len(provinces) == 1 else None
