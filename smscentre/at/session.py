"""A session with one modem as a pure machine: from the first `AT` to the last.

Above the dialogue, whose octets and timeouts it passes on: it knows what each outcome
means for what is done next. The shell in `links` owns port and timer; what a PDU says
is nobody's business here.

What was found stays in the modem until `settle` says that it is safe (D1).

Source: 3GPP TS 27.005 §3 and §4.
"""

from __future__ import annotations

__all__ = ["Session", "SessionOptions", "State"]

import math
from typing import Any, assert_never

from smscentre.at import commands, duties, scripts
from smscentre.at import session_events as events
from smscentre.at.duties import Duties, Duty, SessionOptions, script_for
from smscentre.at.errors import LocalProtocolError
from smscentre.at.events import SILENT, Closed, Fault, Ready, Unsolicited
from smscentre.at.keeping import Keeper
from smscentre.at.listing import brought
from smscentre.at.moves import advance
from smscentre.at.patience import Patience, Remedy
from smscentre.at.results import Result
from smscentre.at.runner import Broken, Done, Failed, Heard, Runner
from smscentre.at.scripts import Listing, LostError, Measure
from smscentre.at.session_events import Event, Place
from smscentre.at.session_states import TRANSITIONS, State, Step
from smscentre.at.shelf import Shelf
from smscentre.at.starting import Facts
from smscentre.at.unsolicited import Kind

_PIN_S = 30.0
"""How long the PIN may be looked for."""

_DEFAULTS = SessionOptions()


class Session:
    """One opened port, from its start sequence to its end.

    After every call the shell writes `data_to_send` and arms its timer for
    `deadline`; events come in order. Every submit has exactly one outcome, and every
    place that was settled as safe at most one `Cleared`. Times are in seconds of one
    clock that never goes back.
    """

    def __init__(
        self,
        patience: Patience,
        options: SessionOptions = _DEFAULTS,
        others: duties.Others | None = None,
    ) -> None:
        """:param patience: counts over sessions what stays unanswered
        :param others: storages besides ours that have held something, over sessions"""
        self._patience = patience
        self._options = options
        self._state = State.OPEN
        self._runner = Runner(options.dialogue)
        self._shelf = Shelf()
        self._duties = Duties(options, self._shelf, {} if others is None else others)
        self._keeper = Keeper(self._duties, self._shelf)
        self._duty: Duty | None = None
        self._tokens = 0
        self._notifies = False
        self._locked_until = math.inf

    @property
    def state(self) -> State:
        """Where the session stands."""
        return self._state

    def connect(self, now: float) -> None:
        """Begin; `Started` or `Unusable` follows. Once, before all else.

        :raises LocalProtocolError: begun before, or closed.
        """
        self._advance(Step.CONNECT)
        self._duties.heard_at = now
        self._runner.connect(now)

    def room(self) -> int:
        """How many messages may be submitted now: one at a time."""
        busy = self._duties.submits or isinstance(self._duty, duties.Submit)
        return 0 if busy or self._state is not State.SERVING else 1

    def submit(self, tpdu: bytes, centre: bytes, now: float) -> int:
        """Send an SMS-SUBMIT; gives the token that its outcome will have.

        ``centre`` is the address of the service centre as it stands before the TPDU.

        :raises LocalProtocolError: not serving, or no TPDU.
        """
        if self._state is not State.SERVING:
            raise LocalProtocolError(f"a message in state {self._state.value}")
        command = commands.send(tpdu, centre)
        self._tokens += 1
        self._duties.submits.append(duties.Submit(self._tokens, command))
        self._next(now)
        return self._tokens

    def settle(self, place: Place, accepted: bool, now: float) -> list[Event]:
        """Say that a message is safe and may go, or that it is not and has to stay."""
        happened: list[Event] = []
        if self._state is State.CLOSED:
            return happened
        if self._shelf.settle(place, accepted):
            happened.append(events.Cleared(place))
        if not accepted:
            self._duties.look_again(place.storage or self._duties.own, now)
            # Without a confirmation the modem brings nothing more.
            self._duties.renotify |= not place.is_slot
        self._go_on(now, happened)
        return happened

    def look(self, now: float) -> None:
        """List now, in place of waiting for the time."""
        self._duties.look(self._duties.own, now)
        self._next(now)

    def give_pin(self, pin: str, now: float) -> list[Event]:
        """Answer `PinWanted`.

        :raises LocalProtocolError: nobody asked, or it is no PIN.
        """
        commands.enter_pin(pin)
        self._advance(Step.PIN_GIVEN)
        self._locked_until = math.inf
        return self._hear(self._runner.reply(pin, now), now)

    def leave(self, now: float) -> list[Event]:
        """Begin nothing new; `Closed` once what is safe was taken from the modem."""
        happened: list[Event] = []
        if self._state is State.LEAVING:
            return happened
        if self._state is not State.SERVING:
            return self.close("stopped")
        self._advance(Step.LEAVE)
        self._drop_submits("stopped", happened)
        self._go_on(now, happened)
        return happened

    def receive(self, data: bytes, now: float) -> list[Event]:
        """Take octets from the modem, in any fragmentation."""
        self._duties.heard_at = now
        return self._hear(self._runner.receive(data, now), now)

    def data_to_send(self) -> bytes:
        """Give what is to be written, and forget it."""
        return self._runner.data_to_send()

    def deadline(self) -> float | None:
        """Tell when `expire` is to be called, if nothing else happens before."""
        due = self._runner.deadline()
        if self._state is State.LOCKED:
            return self._locked_until
        if self._state is not State.SERVING or not self._runner.free:
            return due
        next_at = self._duties.next_at()
        return next_at if due is None else min(due, next_at)

    def expire(self, now: float) -> list[Event]:
        """Act on what is due; harmless when nothing is."""
        happened = self._hear(self._runner.expire(now), now)
        if now >= self._locked_until:
            self._end(f"no PIN within {_PIN_S:g} s", happened)
        return happened

    def restart(self) -> list[Event]:
        """Restart the modem, which ends the session."""
        if self._state is State.CLOSED:
            return []
        self._runner.blurt(commands.RESTART)
        return self.close("it is restarted")

    def close(self, reason: str) -> list[Event]:
        """End the session; each submit without an outcome is lost. Harmless twice."""
        happened: list[Event] = []
        if self._state is State.CLOSED:
            return happened
        self._advance(Step.CLOSE)
        broken = self._runner.close(reason)
        if isinstance(self._duty, duties.Submit):
            error = broken.error if broken else LostError(reason, True)
            happened.append(self._duty.lost(error.reason, error.written))
        self._duty = None
        self._drop_submits(reason, happened)
        happened.append(Closed(reason))
        return happened

    # What comes.

    def _hear(self, heard: list[Heard], now: float) -> list[Event]:
        happened: list[Event] = []
        # What was said before the end is heard before it: a result may come with it.
        for event in sorted(heard, key=_is_end):
            if self._state is State.CLOSED:
                break
            self._on(event, now, happened)
        self._go_on(now, happened)
        return happened

    def _on(self, event: Heard, now: float, happened: list[Event]) -> None:
        match event:
            case Ready():
                if self._state is State.REACHING:
                    self._advance(Step.ANSWERED)
                    self._do(duties.Start(), now)
            case Done(value):
                duty, self._duty = self._duty, None
                self._done(duty, value, now, happened)
            case Broken(error):
                duty, self._duty = self._duty, None
                self._broken(duty, error, now, happened)
                self._count_failure(now, happened)
            case Failed(error):
                happened.append(events.Unusable(str(error), error.state))
                self._end(str(error), happened)
            case scripts.PinNeeded(sim):
                self._advance(Step.PIN_NEEDED)
                self._locked_until = now + _PIN_S
                happened.append(events.PinWanted(sim))
            case scripts.PinAnswered(accepted):
                happened.append(events.PinTried(accepted))
            case Unsolicited(kind, lines):
                self._unsolicited(kind, lines, now, happened)
            case Fault(reason, _):
                happened.append(event)
                if reason == SILENT:
                    self._count_failure(now, happened)
            case _:
                assert_never(event)

    def _unsolicited(
        self, kind: Kind, lines: tuple[str, ...], now: float, happened: list[Event]
    ) -> None:
        match kind:
            case Kind.MESSAGE | Kind.REPORT:
                if self._state is State.SERVING and len(lines) > 1:
                    header, text = lines
                    octets = brought(header, text)
                    place = self._shelf.bring()
                    happened.append(events.Found(place, octets, text))
            case Kind.MESSAGE_STORED | Kind.REPORT_STORED:
                self._duties.told_of(lines[0], now)
            case Kind.READY:
                self._duties.look(self._duties.own, now)
            case Kind.REGISTRATION:
                self._duties.measure_at = now
            case Kind.RESTARTED:
                self._end("the modem has restarted", happened)
            case _:
                pass

    def _count_failure(self, now: float, happened: list[Event]) -> None:
        if self._state is State.CLOSED:
            return
        remedy = self._patience.failed(now)
        if remedy is None:
            return
        failures = self._patience.failures
        happened.append(events.Remedied(remedy, failures))
        if remedy is Remedy.RESTART:
            self._runner.blurt(commands.RESTART)
        self._end(f"{failures} times in a row it did not answer", happened)

    # What is done.

    def _go_on(self, now: float, happened: list[Event]) -> None:
        """Do what is next; a session that leaves ends when nothing is."""
        self._next(now)
        if self._state is State.LEAVING and self._duty is None and self._shelf.idle:
            self._end("stopped", happened)

    def _next(self, now: float) -> None:
        if not self._runner.free:
            return
        if self._state is State.SERVING:
            duty = self._duties.next(now)
        elif self._state is State.LEAVING:
            duty = self._duties.next_clearing()
        else:
            return
        if duty is not None:
            self._do(duty, now)

    def _do(self, duty: Duty, now: float) -> None:
        self._duty = duty
        script = script_for(duty, self._duties.own, self._notifies)
        self._runner.run(script, now)

    def _done(
        self, duty: Duty | None, value: Any, now: float, happened: list[Event]
    ) -> None:
        """Take the outcome of a script."""
        match duty:
            case duties.Start():
                self._started(value, now, happened)
            case duties.Remove(place) | duties.Confirm(place):
                happened += self._keeper.cleared(place, value)
            case duties.Sweep(storage):
                self._listed(storage, value, now, happened)
            case duties.Reread():
                happened.append(self._keeper.reread(duty, value))
            case duties.Submit(token):
                result, reference = value
                if result.ok:
                    happened.append(events.Submitted(token, reference))
                else:
                    happened.append(events.Refused(token, result))
                    self._duties.measure_at = now
            case duties.MeasureUp():
                self._measured(value, now, happened)
            case duties.Renotify() | duties.Touch() | None:
                pass
            case _:
                assert_never(duty)

    def _broken(
        self, duty: Duty | None, error: LostError, now: float, happened: list[Event]
    ) -> None:
        """Take that a script has no outcome; where a list can tell, it is asked."""
        match duty:
            case duties.Start():
                self._advance(Step.LOST)
            case duties.Remove(place):
                self._shelf.not_cleared(place)
                self._look_at(place.storage, error, now, happened)
            case duties.Sweep(storage):
                self._look_at(storage, error, now, happened)
            case duties.Confirm(place):
                # Nobody asks for it again, and nobody can.
                happened.append(events.Cleared(place))
                self._duties.renotify = True
            case duties.Reread(place):
                # The next list finds it again.
                self._shelf.settle(place, False)
                self._look_at(place.storage, error, now, happened)
            case duties.Submit():
                happened.append(duty.lost(error.reason, error.written))
            case duties.MeasureUp() | duties.Renotify() | duties.Touch() | None:
                pass
            case _:
                assert_never(duty)

    def _look_at(
        self, storage: str, error: LostError, now: float, happened: list[Event]
    ) -> None:
        """See by a list what became of a storage, if it is certain to be the one."""
        self._duties.look(storage, now)
        if storage != self._duties.own:
            self._duties.ended_by(storage)
            self._end(f"{error}, with another storage chosen", happened)

    def _started(self, facts: Facts, now: float, happened: list[Event]) -> None:
        self._advance(Step.STARTED)
        self._notifies = facts.notifies
        self._duties.begin(facts.storage, facts.notifies, now)
        happened.append(events.Started(facts))

    def _listed(
        self, storage: str, outcome: Listing | Result, now: float, happened: list[Event]
    ) -> None:
        listed = self._keeper.take_list(storage, outcome, now)
        happened += listed.happened
        if listed.failed:
            self._count_failure(now, happened)
        elif storage == self._duties.own and not listed.ending:
            # Many a modem that answers all else cannot do this any more.
            self._patience.succeeded()
        if listed.ending:
            self._end(listed.ending, happened)

    def _measured(self, found: Measure, now: float, happened: list[Event]) -> None:
        happened.append(events.Measured(found))
        known = found.registration
        self._duties.measured(known is not None and not known.registered, now)
        if found.forgetful:
            self._end("the modem has forgotten its settings", happened)

    def _drop_submits(self, reason: str, happened: list[Event]) -> None:
        while self._duties.submits:
            happened.append(self._duties.submits.popleft().lost(reason, False))

    def _end(self, reason: str, happened: list[Event]) -> None:
        happened += self.close(reason)

    def _advance(self, step: Step) -> None:
        self._state = advance(TRANSITIONS, self._state, step)


def _is_end(event: Heard) -> bool:
    """Tell whether an event ends the session, whatever the duty."""
    return isinstance(event, Unsolicited) and event.kind is Kind.RESTARTED
