"""The seams between stages, as typing protocols.

A stage is written against these and never imports another stage; ``centre``
joins them. Everything here is called in the reactor's thread, but for
`Ledger` and `Command`, which belong to the store's writer thread.
"""

from __future__ import annotations

__all__ = [
    "Command",
    "Deliveries",
    "Effect",
    "Ledger",
    "Link",
    "Outcome",
    "Pending",
    "Registration",
    "Report",
    "Request",
    "Settlement",
    "SubmissionKey",
    "Tally",
    "Withdrawal",
    "Tried",
]

import datetime
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from attrs import field

from smscentre.credentials import Attempts, Invitation, Proof
from smscentre.directory import Directory, Officer, Right, Scope
from smscentre.messages import Incoming, Outgoing, Submission, SubmitOutcome
from smscentre.values import frozen

SubmissionKey = tuple[str, str, datetime.date]
"""Unit code, form and day: what has one current report."""


@frozen
class Request:
    """One text to be answered: who sent it and when.

    ``number`` is the sender in E.164, ``officer`` its entry if it has one.
    ``sent_at`` is the moment that decides the day: the SMSC's timestamp where
    it is less than 24 h old, else the arrival. Both are seconds since 1970.
    ``pin`` was cut out of the text; empty where there was none.
    """

    number: str
    text: str
    officer: Officer | None
    sent_at: float
    arrived_at: float
    pin: str = field(default="", repr=False)


@frozen
class Report:
    """The effect of an insert: these figures now hold for unit, form and day.

    ``flags`` are the reasons for which they look implausible; ``text`` is what was
    typed, where that was in an earlier message than the one that stores it.
    """

    unit: str
    form: str
    day: datetime.date
    values: tuple[int, ...]
    previous: Submission | None = None
    flags: tuple[str, ...] = ()
    text: str = ""


@frozen
class Withdrawal:
    """The effect of an undo: a submission does not count any more.

    ``held`` is what held before and ``restored`` what holds from now on; the same
    where a later report stays.
    """

    submission: Submission
    held: Submission | None
    restored: Submission | None

    @property
    def stays(self) -> bool:
        """Whether a later report holds and goes on to."""
        return self.held is not None and self.restored == self.held


@frozen
class Pending:
    """A report that waits until its sender confirms it by a code.

    ``named`` says that the reply names its day. ``id`` is 0 until it is stored;
    ``settled_at`` is when it was stored for good (``confirmed``) or dropped.
    """

    code: str
    report: Report
    named: bool
    asked_at: float
    id: int = 0
    settled_at: float | None = None
    confirmed: bool = False


@frozen
class Settlement:
    """The effect on a pending report of its sender's yes or no."""

    pending: Pending
    confirmed: bool


@frozen
class Registration:
    """The effect of a code: an officer is added, and the code is used up."""

    invitation: int
    officer: Officer


@frozen
class Tried:
    """The effect of a wrong code or PIN, or of a right one after wrong ones.

    ``subject`` says what was tried; ``attempts`` are the sender's from now on.
    """

    subject: str
    attempts: Attempts


Effect = Report | Withdrawal | Pending | Settlement | Registration | Tried


@frozen
class Outcome:
    """What a command decided: a reply and what is to be stored.

    ``name`` is a short fixed word for metrics and the message list: insert,
    update, repeat, query, help, list, or the id of the reply template of an error.
    An empty ``reply`` is a silence.
    """

    name: str
    reply: str
    effects: tuple[Effect, ...] = ()

    @property
    def reports(self) -> tuple[Report, ...]:
        """The effects that are reports."""
        return tuple(each for each in self.effects if isinstance(each, Report))


@frozen
class Tally:
    """The sum of one form over a scope.

    ``values`` holds the fields that at least one unit reported; ``units`` is
    the number of units that reported.
    """

    values: dict[str, int] = field(factory=dict)
    units: int = 0


class Ledger(Protocol):
    """What a command may read: all that was stored before it, its batch included."""

    @property
    def directory(self) -> Directory:
        """The directory as it is in this transaction."""

    def latest(self, key: SubmissionKey) -> Submission | None:
        """The submission whose figures hold for a unit, form and day."""

    def before(self, key: SubmissionKey) -> tuple[int, ...] | None:
        """The figures of the last day before a key's for which there are any."""

    def highest(self, unit: str, form: str) -> int | None:
        """The highest total of a form that a unit ever had on any day."""

    def last_action(self, number: str, since: float) -> Sequence[Submission]:
        """The submissions of the newest message of a number that made any, in order.

        Those of an undo too; none of before that moment.
        """

    def submission(self, row: int) -> Submission:
        """A submission of the history, by its id."""

    def version_before(self, submission: Submission) -> Submission | None:
        """What held before a submission and was not taken back."""

    def pending(self, number: str, since: float) -> Sequence[Pending]:
        """What a number was asked to confirm, the newest first, settled or not."""

    def new_code(self, number: str, since: float) -> str:
        """Four digits at random which nothing that is pending for the number has."""

    def counts(self, form: str, scope: Scope, day: datetime.date) -> Tally:
        """The sum of a form over the scope's units on exactly that day."""

    def staff(self, form: str, scope: Scope, day: datetime.date) -> Tally:
        """The sum of each unit's last report of a form up to that day."""

    def latest_day(self, form: str, scope: Scope) -> datetime.date | None:
        """The latest day for which some unit of the scope has the form."""

    def invitation(self, code: str) -> Invitation | None:
        """The invitation that a code belongs to, used or not."""

    def attempts(self, number: str, subject: str) -> Attempts:
        """A number's failures with codes or a PIN, also those that count no more."""

    def proof(self, request: Request, right: Right) -> Proof:
        """What a request shows for a right of its sender, if a PIN keeps it."""

    def reported(self, form: str, day: datetime.date) -> dict[str, float]:
        """When the figures that hold for a form and day were stored, by unit."""


class Command(Protocol):
    """One understood text: what it will read, and what it does."""

    @property
    def needs(self) -> Collection[Right]:
        """The rights that it acts by; a PIN may keep them. None for mere answers."""

    def expects(self) -> Sequence[SubmissionKey]:
        """The keys that `run` will ask `Ledger.latest` for."""

    def run(self, ledger: Ledger) -> Outcome:
        """Decide reply and effects; change nothing."""


class Link(Protocol):
    """A way in and out, as the outbox sees it."""

    name: str
    kind: str
    bind: str
    """Id of the present bind; empty while the link is down."""

    def room(self) -> int:
        """How many parts may be handed over now, by window and rate."""

    def room_at(self) -> float | None:
        """When, in the reactor's seconds, there may be room by time alone, as the
        rate has it; None where only a response can make room."""

    def send(self, outgoing: Outgoing) -> None:
        """Write one part; its outcome comes once by `Deliveries.settled`.

        The caller has asked `room` and committed the claim.
        """


class Deliveries(Protocol):
    """What a link tells the centre."""

    def bound(self, link: Link, bind: str) -> None:
        """A session stands; `bind` is its new unique id."""

    def lost(self, link: Link, bind: str, reason: str) -> None:
        """The session ended. Everything in flight was settled before."""

    def arrived(
        self, link: Link, incoming: Incoming, settle: Callable[[bool], None]
    ) -> None:
        """A message came. `settle` is called once: with True when it may be
        acknowledged, with False when it must be refused with a status that the
        carrier retries."""

    def acknowledged(self, link: Link, arrival_id: str) -> None:
        """The positive acknowledgement of an arrival was written."""

    def emptied(self, link: Link, shelf: str, taken: Collection[int]) -> None:
        """All slots of a shelf but those ``taken`` are empty: what lay in them, as
        `Incoming.shelf` and ``slot`` have it, was deleted."""

    def settled(self, link: Link, row: int, outcome: SubmitOutcome) -> None:
        """What became of one part handed to `Link.send`."""
