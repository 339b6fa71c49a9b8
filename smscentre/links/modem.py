"""The modem link: arrivals out of what lies in a modem, messages out of parts.

It owns the id of the present bind and which message carries which row. What is said to
a modem is the core's business (`at.session`), what a PDU says that of `modem_message`,
which message is which arrival that of `modem_arrivals`, moving octets the shell's
(`modem_wire`), and what becomes of a message the centre's.

A bind stands while the modem serves and its network is there: a link by which nothing
can be sent is down, so that others carry its replies (D10).
"""

from __future__ import annotations

__all__ = ["ModemLink", "ModemOptions"]

import secrets
from collections.abc import Callable
from typing import assert_never

from attrs import evolve, frozen
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from smscentre import failpoints
from smscentre.at import session_events as events
from smscentre.at.errors import LocalProtocolError
from smscentre.at.patience import Remedy
from smscentre.at.results import refusal
from smscentre.at.scripts import Measure
from smscentre.at.session import Session, SessionOptions
from smscentre.at.sim import SimState
from smscentre.at.starting import Facts
from smscentre.gsm.alphabet import UnencodableError
from smscentre.interfaces import Deliveries
from smscentre.links.modem_arrivals import ModemArrivals
from smscentre.links.modem_care import ModemAid, ModemCare, ModemObserver
from smscentre.links.modem_message import write
from smscentre.links.modem_wire import ModemProtocol
from smscentre.links.pinfile import PinRefusedError
from smscentre.links.rate import TokenBucket
from smscentre.links.reconnect import Ending
from smscentre.links.told import FaultLog
from smscentre.messages import (
    Accepted,
    IncomingKind,
    InDoubt,
    ModemHealth,
    Octets,
    Outgoing,
    Rejected,
    Retry,
    Unsent,
)

_WITHOUT_NETWORK_S = 30.0
"""How long the network may be away before the bind ends."""

_SETTLE_S = 10.0
"""How much longer, where messages that were found are not settled yet."""

_LOOK_AGAIN_S = 1.0
"""When to ask for room again while the network is away."""

_UNCERTAIN = (31, 332)
"""Refusals after which a message may have been sent: +CME and +CMS network timeout.

Source: 3GPP TS 27.007 §9.2.1; TS 27.005 §3.2.5.
"""

_log = Logger(namespace="smscentre.links.modem")


@frozen
class ModemOptions:
    """How one link sends, and whose number it has (E.164).

    ``centre`` is the service centre's address as it stands before a TPDU; ``rate`` is
    in messages a second, 0 for no limit.
    """

    number: str
    centre: bytes
    rate: float
    receipts: bool


class ModemLink:
    """One modem, over whatever line stands at the time."""

    kind = "modem"

    def __init__(
        self,
        name: str,
        session_options: SessionOptions,
        options: ModemOptions,
        deliveries: Deliveries,
        clock: IReactorTime,
        wall_clock: Callable[[], float],
        observer: ModemObserver,
        aid: ModemAid,
    ) -> None:
        self.name = name
        self.bind = ""
        self._session_options = session_options
        self._options = options
        self._deliveries = deliveries
        self._clock = clock
        self._wall_clock = wall_clock
        self._observer = observer
        self._aid = aid
        self._care = ModemCare(name, observer, aid)
        self._bucket = TokenBucket(options.rate)
        self._faults = FaultLog(name, _log)
        self._arrivals = ModemArrivals(name, options.number, wall_clock)
        self._wire: ModemProtocol | None = None
        self._started_at: float | None = None
        self._network_lost_at: float | None = None
        self._sim = ""
        self._in_flight: dict[int, tuple[int, bytes]] = {}
        self._pin: tuple[str, str] | None = None

    def build(self) -> ModemProtocol:
        """A protocol for a newly opened line."""
        care = self._care
        session = Session(care.patience, self._session_options, care.others)
        return ModemProtocol(session, self._clock, self)

    def unopened(self, reason: str) -> None:
        """Hear that the line could not be opened."""
        self._care.unopened(reason, self._clock.seconds())

    # What the outbox asks (interfaces.Link).

    def room(self) -> int:
        """How many parts may be handed over now: one at a time, by network and rate."""
        wire = self._wire
        if wire is None or not self.bind or self._network_lost_at is not None:
            return 0
        tokens = self._bucket.available(self._clock.seconds())
        return wire.room() if tokens is None else min(wire.room(), tokens)

    def room_at(self) -> float | None:
        """When to look again, if no outcome will make room."""
        now = self._clock.seconds()
        if self.bind and self._network_lost_at is not None:
            return now + _LOOK_AGAIN_S
        return self._bucket.next_at(now)

    def send(self, outgoing: Outgoing) -> None:
        """Write a part as an SMS-SUBMIT; its outcome comes by `Deliveries.settled`."""
        wire = self._wire
        if wire is None or not self.bind or wire.room() <= 0:
            self._deliveries.settled(self, outgoing.row, Unsent("no bind, or no room"))
            return
        options = self._options
        try:
            remaining_s = outgoing.expires_at - self._wall_clock()
            tpdu = write(outgoing, remaining_s, receipt=options.receipts)
            failpoints.hit("before-write")
            token = wire.submit(tpdu, options.centre)
        except (ValueError, UnencodableError, LocalProtocolError) as error:
            rejected = Rejected(0, str(error), Retry.NEVER)
            self._deliveries.settled(self, outgoing.row, rejected)
            return
        self._bucket.take(self._clock.seconds())
        self._in_flight[token] = outgoing.row, options.centre + tpdu
        failpoints.hit_soon("after-write", self._clock.callLater)

    # What the shell tells (modem_wire.ModemEventTaker).

    def take(self, wire: ModemProtocol, event: events.Event) -> None:
        """Act on an event of the session."""
        match event:
            case events.Found():
                self._found(wire, event)
            case events.Listed():
                self._listed(event)
            case events.Cleared(place):
                self._care.cleared()
                arrival_id = self._arrivals.cleared(place)
                if arrival_id:
                    self._deliveries.acknowledged(self, arrival_id)
                    failpoints.hit_soon("after-acknowledge", self._clock.callLater)
            case events.Submitted() | events.Refused() | events.SubmitLost():
                self._outcome(wire, event)
            case events.Measured(measure):
                self._measured(wire, measure)
            case events.Started(facts):
                self._started(wire, facts)
            case events.Unusable(reason, state):
                self._care.unusable(reason, state, self._clock.seconds())
            case events.PinWanted(sim):
                self._unlock(wire, sim)
            case events.PinTried(accepted):
                self._pin_tried(accepted)
            case events.Remedied(remedy, failures):
                self._care.remedied(remedy, failures)
            case events.Fault(reason, detail):
                self._fault(reason, detail)
            case events.Closed():
                pass
            case _:
                assert_never(event)

    def gone(self, wire: ModemProtocol, reason: str) -> Ending:
        """End the bind with its line."""
        self._wire = None
        self._in_flight.clear()
        self._arrivals.end()
        self._faults.end()
        self._lose(reason)
        # Of a line that is closed nobody knows how its modem stands.
        self._observer.modem_health(self.name, ModemHealth())
        ending = Ending(reason, self._started_at, self._care.take_wait())
        self._started_at = None
        return ending

    def _started(self, wire: ModemProtocol, facts: Facts) -> None:
        self._wire = wire
        self._started_at = self._clock.seconds()
        self._network_lost_at = None
        self._sim = facts.sim
        for remark in facts.remarks:
            _log.warn("{link}: {remark}", link=self.name, remark=remark)
        if not facts.centre and self._options.centre == b"\0":
            _log.warn(
                "{link}: the SIM knows no service centre; set smsc, or nothing is sent",
                link=self.name,
            )
        # If a PIN was given whose answer stayed out, it was the right one; unless
        # another SIM is in the modem by now.
        if self._pin is not None and facts.sim in ("", self._pin[0]):
            self._pin_tried(True)
        self._pin = None
        self._begin()

    def _begin(self) -> None:
        self.bind = f"{self.name}-{secrets.token_hex(6)}"
        self._arrivals.begin(self.bind, self._sim)
        _log.info("{link}: ready as {bind}", link=self.name, bind=self.bind)
        self._deliveries.bound(self, self.bind)

    def _lose(self, reason: str) -> None:
        bind, self.bind = self.bind, ""
        if bind:
            _log.warn("{link}: bind ended: {reason}", link=self.name, reason=reason)
            self._deliveries.lost(self, bind, reason)

    def _listed(self, listed: events.Listed) -> None:
        self._care.listed()
        if listed.first:
            shelf = self._arrivals.shelf(listed.storage)
            self._deliveries.emptied(self, shelf, listed.taken)

    def _found(self, wire: ModemProtocol, found: events.Found) -> None:
        if not self.bind:
            # It stays until there is a bind for it to arrive in.
            wire.settle(found.place, False)
            return
        incoming = self._arrivals.incoming(found)
        if incoming is None:
            wire.settle(found.place, False)
            wire.look()
            return
        if incoming.kind is IncomingKind.CORRUPT:
            self._fault(
                events.UNDECODABLE, f"{incoming.reason}; kept, to be seen in a trace"
            )
        place = found.place

        def settle(accepted: bool) -> None:
            if wire is not self._wire:
                # Its session is over, and places have other numbers now.
                return
            self._arrivals.settled(place, accepted)
            if accepted:
                failpoints.hit("before-acknowledge")
            wire.settle(place, accepted)

        self._deliveries.arrived(self, incoming, settle)

    def _outcome(
        self,
        wire: ModemProtocol,
        outcome: events.Submitted | events.Refused | events.SubmitLost,
    ) -> None:
        row, submit = self._in_flight.pop(outcome.token)
        match outcome:
            case events.Submitted(_, reference):
                smsc_id = "" if reference is None else str(reference)
                octets = Octets(submit, f"+CMGS: {smsc_id}".encode())
                self._care.sent()
                self._deliveries.settled(self, row, Accepted(smsc_id, octets))
            case events.SubmitLost(_, reason, written):
                doubt = InDoubt(reason, Octets(submit))
                self._deliveries.settled(
                    self, row, doubt if written else Unsent(reason)
                )
                if written:
                    self._help(wire, self._care.not_sent(self._clock.seconds()))
            case events.Refused(_, result):
                self._refused(wire, row, refusal(result), submit, result.text)

    def _refused(
        self,
        wire: ModemProtocol,
        row: int,
        rejected: Rejected,
        submit: bytes,
        answer: str,
    ) -> None:
        octets = Octets(submit, answer.encode("latin-1", "replace"))
        if rejected.code in _UNCERTAIN:
            self._deliveries.settled(self, row, InDoubt(rejected.meaning, octets))
        else:
            self._deliveries.settled(self, row, evolve(rejected, octets=octets))
        remedy = self._care.refused(rejected, self._clock.seconds())
        if rejected.retry is Retry.AFTER_RECONNECT:
            wire.drop(f"refused with {rejected.meaning}")
        self._help(wire, remedy)

    def _help(self, wire: ModemProtocol, remedy: Remedy | None) -> None:
        """Do about a modem that cannot send what is to be done, if anything."""
        if remedy is Remedy.REOPEN:
            wire.drop("it failed to send, again and again")
        elif remedy is Remedy.RESTART:
            wire.restart()

    def _measured(self, wire: ModemProtocol, measure: Measure) -> None:
        known, stored = measure.registration, measure.stored
        registered = known is None or known.registered
        full = stored is not None and 0 < stored.total <= stored.used
        self._care.store_is(full)
        if full:
            self._fault(events.STORE_FULL, "all slots are taken")
        if registered:
            self._network_lost_at = None
            if not self.bind:
                self._begin()
                wire.look()
        elif known is not None:
            self._without_network(known.value)
        # Last, since a link that goes down is thought to be unknown.
        self._observer.modem_health(
            self.name,
            ModemHealth(
                measure.signal_dbm,
                "" if known is None else known.value,
                registered,
                None if stored is None else stored.used,
                None if stored is None else stored.total,
            ),
        )

    def _without_network(self, registration: str) -> None:
        now = self._clock.seconds()
        if self._network_lost_at is None:
            self._network_lost_at = now
        # What was found is settled first, if that takes no longer.
        patience_s = _WITHOUT_NETWORK_S + (_SETTLE_S if self._arrivals.open else 0)
        if now - self._network_lost_at >= patience_s:
            self._lose(f"no network: {registration}")

    def _unlock(self, wire: ModemProtocol, sim: str) -> None:
        def give(pin: str) -> None:
            if not wire.is_locked:
                # It was looked for too long.
                self._aid.pin_tried(sim, pin, None)
                return
            self._pin = sim, pin
            wire.give_pin(pin)

        def refuse(failure: Failure) -> None:
            if not wire.is_locked:
                return
            tried = failure.check(PinRefusedError) is not None
            state = SimState.REFUSED if tried else SimState.PIN
            reason = failure.getErrorMessage()
            self._care.unusable(reason, state, self._clock.seconds())
            wire.drop(reason)

        self._aid.pin_for(sim).addCallbacks(give, refuse)

    def _pin_tried(self, accepted: bool | None) -> None:
        pin, self._pin = self._pin, None
        if pin is not None:
            self._aid.pin_tried(*pin, accepted)

    def _fault(self, reason: str, detail: str) -> None:
        self._observer.modem_fault(self.name, reason)
        if reason == events.DELETE_FAILED:
            self._care.deletion_failed()
        self._faults.tell(reason, detail, self._clock.seconds())
