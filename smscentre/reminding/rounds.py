"""What one round does to the store: one transaction, all or nothing.

Runs in the writer's thread. Whoever takes the round stores whom it tells and what
goes out in the same transaction, so that no kill leaves half of it or lets it come
twice. It knows links by name and style only.
"""

from __future__ import annotations

__all__ = ["Done", "Rounds", "RoundSettings"]

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial

from attrs import field, frozen

from smscentre.composing import PartStyle, compose
from smscentre.deadlines.schedule import Deadline, Purpose, Round, Schedule
from smscentre.deadlines.standing import (
    Digest,
    Reminder,
    Standing,
    digests,
    may_ask,
    may_report,
    reminders,
)
from smscentre.directory import Directory, Unit
from smscentre.interfaces import SubmissionKey
from smscentre.messages import Priority
from smscentre.store import notices
from smscentre.store.ledger import StoreLedger
from smscentre.store.notices import Notice, WaitingNotice
from smscentre.store.outgoing import Draft, add_outgoing
from smscentre.store.people import DirectoryCache
from smscentre.store.transaction import Transaction

_REPORTED = "the unit has reported since"
_NOT_ITS_OFFICER = "the number reports for that unit no more"
_MAY_NOT_ASK = "the number may not ask any more"


@frozen
class RoundSettings:
    """What rounds must know of the configuration, the links and the commands.

    ``choose`` finds the link to a number among those that stand, or None where no
    link sends such messages; ``styles`` say how each link carries texts.
    """

    schedule: Schedule
    digest_role: str
    fields: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str]
    styles: Mapping[str, PartStyle]
    choose: Callable[[str, Collection[str]], str | None]
    reminder_text: Callable[[Reminder, Deadline], str]
    digest_text: Callable[[Digest, Deadline], str]


@frozen
class Done:
    """What a round did.

    ``expected`` units have something due, ``missing`` of them lack it; ``told``
    officers get an SMS, ``unsent`` cannot for want of a link. ``waiting`` counts the
    parts that now wait for each link. ``again`` says that it was done before.
    """

    expected: int = 0
    missing: int = 0
    told: int = 0
    unsent: int = 0
    waiting: Counter[str] = field(factory=Counter)
    again: bool = False


@frozen
class _Message:
    """An SMS of a round: what it is about, to whom, which forms are lacking."""

    place: str
    number: str
    forms: tuple[str, ...]
    text: str


class Rounds:
    """Does rounds, each once."""

    def __init__(
        self,
        settings: RoundSettings,
        wall_clock: Callable[[], float],
        count: Callable[[Transaction, str, float], None],
    ) -> None:
        """:param count: told of each SMS, for the limits on what goes out"""
        self._settings = settings
        self._wall_clock = wall_clock
        self._count = count
        self._directories = DirectoryCache()
        self._waiting: dict[int, tuple[Round, str]] = {}
        """Rounds and places of what may wait, by rows of the outbox."""
        self.recalled = 0
        """How many notices were taken back since the start. Any thread reads it."""

    def perform(
        self, transaction: Transaction, planned: Round, standing: Collection[str]
    ) -> Done | None:
        """Do a round that was not done before; None where it is not open now.

        :param standing: the links that are bound
        """
        # The database may have kept this waiting: the time is that of the deed.
        now = self._wall_clock()
        if not planned.is_open(now):
            return None
        self._forget_closed(now)
        if not notices.begin_round(transaction, planned.key, now):
            for row, place in notices.open_notices(transaction, planned.key).items():
                self._remember(transaction, planned, row, place)
            return Done(again=True)
        directory = self._directories.current(transaction)
        standings = self._standings(transaction, planned.deadline, directory)
        present = next(each for each in standings if each.deadline == planned.deadline)
        told, waiting, unsent = 0, Counter[str](), 0
        for message in self._messages(planned, standings, present, directory):
            link = self._settings.choose(message.number, standing)
            if link is None:
                unsent += 1
                continue
            waiting[link] += self._post(transaction, planned, message, link, now)
            told += 1
        expected, missing = len(present.expected), len(present.missing)
        return Done(expected, missing, told, unsent, waiting)

    def recall(self, transaction: Transaction, link: str, room: int) -> None:
        """Take back notices that nobody needs any more, as they are next to leave.

        Done in each transaction that claims what waits for a link, so that none is
        claimed once its unit's report, or the change of its officer, is committed.
        """
        now = self._wall_clock()
        found = bool(self._waiting)
        # Others move up to where some were taken back.
        while found:
            found = False
            for notice in notices.next_to_leave(transaction, link, room, now):
                reason = self._reason_to_recall(transaction, notice)
                if reason:
                    notices.recall(transaction, notice, reason, now)
                    transaction.after_commit(self._count_recalled)
                    found = True

    def _count_recalled(self) -> None:
        self.recalled += 1

    def _reason_to_recall(self, transaction: Transaction, notice: WaitingNotice) -> str:
        """Why a notice must not leave; empty for one that may, or what is none."""
        planned, place = self._waiting.get(notice.outbox_id, (None, ""))
        if planned is None:
            return ""
        directory = self._directories.current(transaction)
        officer = directory.officers.get(notice.number)
        if planned.purpose is Purpose.DIGEST:
            return "" if officer is not None and may_ask(officer) else _MAY_NOT_ASK
        unit = directory.units.get(place)
        if officer is None or officer.unit != place or not may_report(officer):
            return _NOT_ITS_OFFICER
        if unit is None or self._lacks_form(transaction, unit, planned.deadline):
            return ""
        return _REPORTED

    def _lacks_form(
        self, transaction: Transaction, unit: Unit, deadline: Deadline
    ) -> bool:
        """Whether a unit has not sent all that is due, or has taken it back."""
        ledger = self._ledger(transaction)
        return any(
            _stored_at(ledger, (unit.code, due.form, deadline.day)) <= due.since
            for due in deadline.forms
            if due.kind in unit.kinds
        )

    def _remember(
        self, transaction: Transaction, planned: Round, row: int, place: str
    ) -> None:
        """Note what waits, to look at it again when it is about to leave."""
        self._waiting[row] = planned, place
        transaction.on_undo(partial(self._drop, row))

    def _drop(self, row: int) -> None:
        self._waiting.pop(row, None)

    def _forget_closed(self, now: float) -> None:
        """What has not left by now is not to leave any more."""
        for row, (planned, _) in [*self._waiting.items()]:
            if not planned.is_open(now):
                self._drop(row)

    def _standings(
        self, transaction: Transaction, deadline: Deadline, directory: Directory
    ) -> list[Standing]:
        """How the units stand, those of each zone at the deadline's time there."""
        reported = self._reported(transaction, deadline)
        return [
            Standing.of(same, directory, reported)
            for same in self._settings.schedule.elsewhere(deadline)
        ]

    def _reported(
        self, transaction: Transaction, deadline: Deadline
    ) -> dict[tuple[str, str], float]:
        ledger = self._ledger(transaction)
        return {
            (unit, due.form): stored_at
            for due in deadline.forms
            for unit, stored_at in ledger.reported(due.form, deadline.day).items()
        }

    def _ledger(self, transaction: Transaction) -> StoreLedger:
        settings = self._settings
        return StoreLedger(
            transaction, Directory.of(()), settings.fields, settings.kinds
        )

    def _messages(
        self,
        planned: Round,
        standings: list[Standing],
        present: Standing,
        directory: Directory,
    ) -> Iterator[_Message]:
        settings, deadline = self._settings, planned.deadline
        if planned.purpose is Purpose.REMIND:
            for reminder in reminders(present, directory):
                text = settings.reminder_text(reminder, deadline)
                number = reminder.officer.number
                yield _Message(reminder.unit.code, number, reminder.forms, text)
            return
        for digest in digests(deadline, standings, directory, settings.digest_role):
            text = settings.digest_text(digest, deadline)
            yield _Message("", digest.officer.number, (), text)

    def _post(
        self,
        transaction: Transaction,
        planned: Round,
        message: _Message,
        link: str,
        now: float,
    ) -> int:
        """Put an SMS into the outbox; how many parts wait because of it."""
        style = self._settings.styles.get(link, PartStyle())
        alphabet, parts = compose(message.text, style)
        draft = Draft(
            link,
            message.number,
            parts,
            alphabet,
            Priority.REMINDER,
            style.reference_width,
            # Past it a reminder would be wrong, and a digest be read at night.
            planned.closes_at,
        )
        outgoing = add_outgoing(transaction, draft, now=now)
        notice = Notice(message.place, message.number, message.forms, outgoing[0].row)
        notices.add_notice(transaction, planned.key, notice)
        self._remember(transaction, planned, notice.outbox_id, message.place)
        self._count(transaction, message.number, now)
        return len(outgoing)


def _stored_at(ledger: StoreLedger, key: SubmissionKey) -> float:
    """When the figures that hold for a key were stored; 0 where there are none.

    What an undo restored was stored when it was sent, not when it came back.
    """
    held = ledger.latest(key)
    if held is not None and held.restores is not None:
        held = ledger.submission(held.restores)
    return 0.0 if held is None else held.stored_at
