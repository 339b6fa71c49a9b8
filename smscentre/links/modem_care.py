"""What is done for a modem that fails, and when a person is called.

Beside `modem`, which tells it of every failure and success; it outlives sessions. It
runs the operator's program by `ModemAid` and knows neither PDUs nor binds. Time is an
argument, in seconds of any steady clock.
"""

from __future__ import annotations

__all__ = ["ModemAid", "ModemCare", "ModemObserver"]

from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from smscentre.at.duties import Others
from smscentre.at.patience import Patience, Remedy
from smscentre.at.sim import SimState
from smscentre.links.modem_alarm import alarm_for
from smscentre.messages import ModemAlarm, ModemHealth, Rejected, Retry

_NEEDS_A_PERSON_S = 30.0
"""The least time before the next attempt where only a person can help."""

_RESTARTS_S = 5.0
"""The least time before the next attempt with a modem that restarts."""

_REFUSED_S = (5.0, 10.0, 20.0, 40.0)
"""The same after sessions that a refused message ended, one after the other."""

_PASSES_S = 60.0
"""What a SIM says while it starts is no matter for a person before that time."""

_PASSING = (SimState.BUSY, SimState.FAILED)

_LEFT_MOST = 5
"""Deletions that fail in a row before a person is called."""

_FULL_MOST = 2
"""The same for findings that the store is full."""

_log = Logger(namespace="smscentre.links.modem")


class ModemObserver(Protocol):
    """Hears how a modem fares."""

    def modem_health(self, link: str, health: ModemHealth) -> None:
        """What the modem said of itself just now."""

    def modem_reset(self, link: str, measure: str) -> None:
        """It failed, and that was done; a value of `Remedy`."""

    def modem_fault(self, link: str, reason: str) -> None:
        """Something went wrong; one of `at.session_events.FAULTS`."""

    def modem_alarm(self, link: str, alarm: ModemAlarm | None) -> None:
        """Why a person is needed; None when nobody is any more."""


class ModemAid(Protocol):
    """Does for a link what takes time or another program."""

    def pin_for(self, sim: str) -> Deferred[str]:
        """The PIN to give now, noted as tried; fails in words where none may be."""

    def pin_tried(self, sim: str, pin: str, accepted: bool | None) -> None:
        """Note what the SIM said to a PIN; None if it did not get it."""

    def power_cycle(self) -> None:
        """Run the operator's program for a modem that resets do not help."""


class ModemCare:
    """The failures of one modem, over all its sessions."""

    def __init__(self, link: str, observer: ModemObserver, aid: ModemAid) -> None:
        self.patience = Patience()
        """For what stays unanswered."""
        self.others: Others = {}
        """Storages besides ours in which something was said to lie."""
        self._link = link
        self._observer = observer
        self._aid = aid
        self._sending = Patience()
        self._wait_s = 0.0
        self._refused = 0
        self._left = 0
        self._full = 0
        self._unusable_since: float | None = None
        self._problems: list[ModemAlarm] = []

    def take_wait(self) -> float:
        """The least time before the next session, as the last one's end has it."""
        wait_s, self._wait_s = self._wait_s, 0.0
        return wait_s

    def unusable(self, reason: str, state: SimState | None, now: float) -> None:
        """Hear that a modem answers and cannot serve."""
        _log.error("{link}: cannot serve: {reason}", link=self._link, reason=reason)
        if self._unusable_since is None:
            self._unusable_since = now
        if state in _PASSING and now - self._unusable_since < _PASSES_S:
            return
        self._wait_s = _NEEDS_A_PERSON_S
        self._raise(alarm_for(state))

    def unopened(self, reason: str, now: float) -> None:
        """Hear that the device could not be opened."""
        remedy = self.patience.failed(now)
        if remedy is Remedy.HOOK:
            self.remedied(remedy, self.patience.failures)

    def remedied(self, remedy: Remedy, failures: int) -> None:
        """Hear what is done about answers that stay out, so many in a row."""
        self._observer.modem_reset(self._link, remedy.value)
        if remedy is Remedy.RESTART:
            self._wait_s = _RESTARTS_S
        elif remedy is Remedy.HOOK:
            _log.error(
                "{link}: no answer {failures} times in a row, a restart included",
                link=self._link,
                failures=failures,
            )
            self._raise(ModemAlarm.MUTE)
            self._aid.power_cycle()

    def listed(self) -> None:
        """Hear that the modem has shown its messages: it serves."""
        self._unusable_since = None
        self._lift(*_OF_SERVING)

    def deletion_failed(self) -> None:
        """Hear that a message that is safe stays in the modem."""
        self._left += 1
        if self._left >= _LEFT_MOST:
            self._raise(ModemAlarm.STORE)

    def cleared(self) -> None:
        """Hear that a message has left the modem."""
        self._left = 0

    def store_is(self, full: bool) -> None:
        """Hear whether the store is full; it may be for a moment."""
        self._full = self._full + 1 if full else 0
        if self._full >= _FULL_MOST:
            self._raise(ModemAlarm.STORE)
        elif not full and not self._left:
            self._lift(ModemAlarm.STORE)

    def sent(self) -> None:
        """Hear that a message was sent."""
        self._sending.succeeded()
        self._refused = 0
        self._lift(ModemAlarm.SENDING)

    def refused(self, rejected: Rejected, now: float) -> Remedy | None:
        """Hear that a message was refused; what is to be done about the modem."""
        if rejected.retry is Retry.AFTER_RECONNECT:
            last = len(_REFUSED_S) - 1
            self._wait_s = _REFUSED_S[min(self._refused, last)]
            if self._refused >= last:
                self._raise(ModemAlarm.SENDING)
            self._refused += 1
            return None
        if rejected.retry is Retry.NEVER or rejected.queue_full:
            return None
        return self.not_sent(now)

    def not_sent(self, now: float) -> Remedy | None:
        """Hear that a message failed by the modem's fault or the network's."""
        remedy = self._sending.failed(now)
        if remedy is Remedy.HOOK:
            # It answers, so that its power is not what is wrong.
            self._raise(ModemAlarm.SENDING)
            return None
        if remedy is not None:
            self.remedied(remedy, self._sending.failures)
        return remedy

    def _raise(self, alarm: ModemAlarm) -> None:
        if alarm not in self._problems:
            self._problems.append(alarm)
            self._tell()

    def _lift(self, *alarms: ModemAlarm) -> None:
        left = [problem for problem in self._problems if problem not in alarms]
        if left != self._problems:
            self._problems = left
            self._tell()

    def _tell(self) -> None:
        alarm = self._problems[0] if self._problems else None
        self._observer.modem_alarm(self._link, alarm)


_OF_SERVING = frozenset(ModemAlarm) - {ModemAlarm.STORE, ModemAlarm.SENDING}
"""What is over once a modem shows its messages."""
