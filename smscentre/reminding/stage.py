"""The scheduler: opens each round when its wall-clock time has come.

It looks at the wall clock when the next round opens, and at least twice a minute, so
that a clock that is set is noticed; what was done is known by the store and not here.
It knows the rounds that are open now and nothing of what they say.
"""

from __future__ import annotations

__all__ = ["Reminding", "ReminderObserver"]

from collections.abc import Callable, Collection
from typing import Any, Protocol

from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from smscentre.deadlines.schedule import Round, Schedule
from smscentre.reminding.rounds import Done, Rounds
from smscentre.store.transaction import Transaction
from smscentre.store.writer import Writer

LOOK_S = 30.0
"""The longest time between two looks at the wall clock, and ..."""

_SHORTEST_S = 0.05
"""... the shortest: the two clocks may differ by a hair."""

_log = Logger(namespace="smscentre.reminding")


class ReminderObserver(Protocol):
    """Hears what rounds did."""

    def round_done(self, purpose: str, told: int) -> None:
        """A round has told so many officers."""

    def units_due(self, zone: str, expected: int, missing: int) -> None:
        """So many units of a zone had something due; some of them lack it."""

    def reminders_recalled(self, count: int) -> None:
        """Reminders were taken back: before they left nobody needed them any more."""


class Postbox(Protocol):
    """What is asked of the outbox."""

    def standing(self) -> list[str]:
        """The links that are bound."""

    def queued(self, link: str, parts: int) -> None:
        """So many new parts wait for a link."""

    def before_claims(self, action: Callable[[Transaction, str, int], None]) -> None:
        """Have something done in each transaction that claims, before it does."""


class Reminding:
    """Does what is to be done around deadlines, each round once. Reactor's thread."""

    def __init__(
        self,
        schedule: Schedule,
        rounds: Rounds,
        writer: Writer,
        postbox: Postbox,
        clock: IReactorTime,
        wall_clock: Callable[[], float],
        observer: ReminderObserver,
    ) -> None:
        self._schedule = schedule
        self._rounds = rounds
        self._writer = writer
        self._postbox = postbox
        self._clock = clock
        self._wall_clock = wall_clock
        self._observer = observer
        self._timer: IDelayedCall | None = None
        self._busy: set[tuple[str, str, str, str]] = set()
        self._settled: set[tuple[str, str, str, str]] = set()
        """Open rounds that were done, here or elsewhere."""
        self._recalled = 0
        """How many of the reminders taken back were told of."""
        postbox.before_claims(rounds.recall)

    def start(self) -> None:
        """Do what is open, and go on as time does."""
        self._timer = None
        now = self._wall_clock()
        opened = self._schedule.rounds(now)
        self._settled &= {planned.key for planned in opened}
        for planned in opened:
            if planned.key not in self._busy and planned.key not in self._settled:
                self._perform(planned)
        self._tell_recalled()
        self._timer = self._clock.callLater(self._pause(now), self.start)

    def _tell_recalled(self) -> None:
        """Tell of what claims have taken back since the last look."""
        recalled = self._rounds.recalled
        if recalled > self._recalled:
            self._observer.reminders_recalled(recalled - self._recalled)
            self._recalled = recalled

    def stop(self) -> None:
        """Open nothing more."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def _pause(self, now: float) -> float:
        opening = self._schedule.next_opening(now)
        if opening is None:
            return LOOK_S
        return min(max(opening - now, _SHORTEST_S), LOOK_S)

    def _perform(self, planned: Round) -> None:
        standing: Collection[str] = tuple(self._postbox.standing())
        self._busy.add(planned.key)
        performed = self._writer.perform(
            lambda transaction: self._rounds.perform(transaction, planned, standing)
        )
        performed.addBoth(self._freed, planned)
        performed.addCallback(self._performed, planned)
        performed.addErrback(self._log_failure, planned)

    def _performed(self, done: Done | None, planned: Round) -> None:
        if done is None:
            return
        self._settled.add(planned.key)
        if done.again:
            return
        purpose, zone = planned.purpose.value, planned.deadline.zone
        self._observer.round_done(purpose, done.told)
        self._observer.units_due(zone, done.expected, done.missing)
        _log.info(
            "{purpose} {day} {time} {zone}: {missing} of {expected} units lack a "
            "report, {told} officers are told",
            purpose=purpose,
            day=planned.deadline.day.isoformat(),
            time=planned.deadline.time.isoformat("minutes"),
            zone=zone,
            missing=done.missing,
            expected=done.expected,
            told=done.told,
        )
        if done.unsent:
            _log.error(
                "{count} officers cannot be told: no link sends what is no reply",
                count=done.unsent,
            )
        for link, parts in done.waiting.items():
            self._postbox.queued(link, parts)

    def _freed(self, result: Any, planned: Round) -> Any:
        self._busy.discard(planned.key)
        return result

    def _log_failure(self, failure: Failure, planned: Round) -> None:
        _log.failure("round {key} failed", failure, key=" ".join(planned.key))
