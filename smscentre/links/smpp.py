"""The SMPP link: arrivals out of deliver_sm, submit_sm out of parts.

It owns the id of the present bind and which submit_sm carries which row. What is
in a PDU is the core's business (`smpp`), moving octets the shell's (`wire`), and
what becomes of a message the centre's.

Source: SMPP 3.4 §4.4 (submit_sm), §4.6 (deliver_sm).
"""

from __future__ import annotations

__all__ = ["SmppLink", "SmppObserver", "SmppOptions"]

import secrets
from collections.abc import Callable
from typing import Protocol, assert_never

from attrs import evolve, frozen
from twisted.internet.interfaces import IReactorTime, IStreamClientEndpoint
from twisted.logger import Logger

from smscentre.gsm.alphabet import UnencodableError
from smscentre.interfaces import Deliveries
from smscentre.links.pair import Pair
from smscentre.links.rate import TokenBucket
from smscentre.links.reconnect import Ending
from smscentre.links.told import FaultLog
from smscentre.links.wire import Connection, EventTaker, SmppProtocol
from smscentre.messages import (
    MESSAGE,
    Accepted,
    Address,
    Incoming,
    IncomingKind,
    InDoubt,
    Octets,
    Outgoing,
    Rejected,
    Retry,
    Unsent,
)
from smscentre.smpp import events
from smscentre.smpp.errors import LocalProtocolError
from smscentre.smpp.message import (
    ReadMessage,
    SubmitStyle,
    is_plain,
    read_message,
    write_message,
)
from smscentre.smpp.pdus import BindMode, ShortMessage
from smscentre.smpp.receipt import parse_receipt
from smscentre.smpp.session import Session, SessionOptions
from smscentre.smpp.status import BindRefusal, refusal

_WAITS_S = {
    BindRefusal.WRONG_CREDENTIALS: 300.0,
    BindRefusal.ALREADY_BOUND: 30.0,
    BindRefusal.OTHER: 0.0,
}
"""The least time before the next bind, by the reason of the last refusal."""

_ADVICE = {
    BindRefusal.WRONG_CREDENTIALS: "; mend system_id or password, or ask the carrier",
    BindRefusal.ALREADY_BOUND: "; does another process use the account?",
    BindRefusal.OTHER: "",
}

_SHORTEST_VALIDITY_S = 60.0
"""Less would be no try at all; and the wall clock may be ahead for a moment."""

_LOOK_AGAIN_S = 1.0
"""When there may be room again beside a peer that does not read."""

_WITH_TLVS = 0x34
"""The interface_version from which on there are TLVs."""

_NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"
"""For NUL, which PostgreSQL refuses in a text; `Incoming.raw` keeps it."""

_log = Logger(namespace="smscentre.links.smpp")


@frozen
class SmppOptions:
    """How one link speaks, apart from the session itself.

    ``busy_status`` refuses what cannot be committed now; ``rate`` is in PDUs a
    second, 0 for no limit.
    """

    style: SubmitStyle
    dest_ton: int
    dest_npi: int
    validity_s: float
    busy_status: int
    rate: float


class SmppObserver(Protocol):
    """Hears what happens on a link."""

    def bind_refused(self, link: str, reason: str) -> None:
        """The carrier refused the bind; ``reason`` is a value of `BindRefusal`."""

    def pdu_error(self, link: str, reason: str) -> None:
        """The peer broke the protocol."""


class SmppLink:
    """One carrier, over whatever connection stands at the time."""

    kind = "smpp"

    def __init__(
        self,
        name: str,
        session_options: SessionOptions,
        options: SmppOptions,
        deliveries: Deliveries,
        clock: IReactorTime,
        wall_clock: Callable[[], float],
        observer: SmppObserver,
    ) -> None:
        self.name = name
        self.bind = ""
        self._session_options = session_options
        self._options = options
        self._deliveries = deliveries
        self._clock = clock
        self._wall_clock = wall_clock
        self._observer = observer
        self._style = options.style
        self._bucket = TokenBucket(options.rate)
        self._wire: Connection | None = None
        self._bound_at: float | None = None
        self._wait_s = 0.0
        self._arrivals = 0
        self._in_flight: dict[int, tuple[int, bytes]] = {}
        self._faults = FaultLog(name, _log)

    def build(self) -> SmppProtocol:
        """A protocol for a new connection."""
        return SmppProtocol(Session(self._session_options), self._clock, self)

    def build_pair(self, receiver: IStreamClientEndpoint) -> Pair:
        """A new pair of binds, whose transmitter waits for its connection."""

        def half(mode: BindMode, taker: EventTaker) -> SmppProtocol:
            options = evolve(self._session_options, mode=mode)
            return SmppProtocol(Session(options), self._clock, taker)

        return Pair(half, receiver, self)

    # What the outbox asks (interfaces.Link).

    def room(self) -> int:
        """How many parts may be handed over now, by window and rate."""
        if self._wire is None:
            return 0
        window = self._wire.room()
        tokens = self._bucket.available(self._clock.seconds())
        return window if tokens is None else min(window, tokens)

    def room_at(self) -> float | None:
        """When to look again, if no response will make room."""
        now = self._clock.seconds()
        if self._wire is not None and self._wire.congested:
            return now + _LOOK_AGAIN_S
        return self._bucket.next_at(now)

    def send(self, outgoing: Outgoing) -> None:
        """Write a part as a submit_sm; its outcome comes by `Deliveries.settled`."""
        wire = self._wire
        if wire is None or wire.room() <= 0:
            self._deliveries.settled(self, outgoing.row, Unsent("no bind, or no room"))
            return
        try:
            sequence = wire.submit(self._submit_sm(outgoing))
        except (LocalProtocolError, UnencodableError) as error:
            rejected = Rejected(0, str(error), Retry.NEVER)
            self._deliveries.settled(self, outgoing.row, rejected)
            return
        self._bucket.take(self._clock.seconds())
        self._in_flight[sequence] = outgoing.row, wire.submitted

    # What the shell tells (wire.EventTaker).

    def take(self, wire: Connection, event: events.Event) -> None:
        """Act on an event of the session."""
        match event:
            case events.Delivered(sequence, pdu, raw):
                self._deliver(wire, sequence, self._incoming(pdu, raw))
            case events.SubmitAnswered():
                self._answered(wire, event)
            case events.SubmitLost(sequence, reason):
                row, submit = self._in_flight.pop(sequence)
                self._deliveries.settled(self, row, InDoubt(reason, Octets(submit)))
            case events.Corrupt(sequence, raw, reason):
                self._observer.pdu_error(self.name, events.BAD_BODY)
                self._deliver(wire, sequence, self._corrupt(raw, reason))
            case events.Bound():
                self._bound(wire, event)
            case events.BindRefused():
                self._refused(event)
            case events.Fault(reason, detail):
                self._fault(reason, detail)
            case events.PeerUnbound():
                _log.info("{link}: the carrier unbinds", link=self.name)
            case events.Closed():
                pass
            case _:
                assert_never(event)

    def written(self, wire: Connection, arrival_ids: list[str]) -> None:
        """Pass on which arrivals were acknowledged."""
        for arrival_id in arrival_ids:
            self._deliveries.acknowledged(self, arrival_id)

    def gone(self, wire: Connection, reason: str) -> Ending:
        """End the bind with its connection."""
        bind, self.bind = self.bind, ""
        self._wire = None
        self._in_flight.clear()
        self._faults.end()
        if bind:
            _log.warn("{link}: bind ended: {reason}", link=self.name, reason=reason)
            self._deliveries.lost(self, bind, reason)
        ending = Ending(reason, self._bound_at, self._wait_s)
        self._bound_at, self._wait_s = None, 0.0
        return ending

    def _bound(self, wire: Connection, event: events.Bound) -> None:
        self._wire = wire
        self._bound_at = self._clock.seconds()
        self.bind = f"{self.name}-{secrets.token_hex(6)}"
        self._arrivals = 0
        self._style = self._style_for(event.interface_version)
        _log.info(
            "{link}: bound to {system_id} as {bind}",
            link=self.name,
            system_id=event.system_id,
            bind=self.bind,
        )
        self._deliveries.bound(self, self.bind)

    def _style_for(self, version: int | None) -> SubmitStyle:
        """How to write to a carrier of some version; None where it names none.

        One before 3.4 gets no SAR TLVs: parts carry a header instead. The standard
        takes one that names none for such a one, but too many of those read TLVs: there
        the configuration decides. It also does for message_payload, since a text that
        is in the outbox whole cannot be cut any more.

        Source: SMPP 3.4 §3.3.2 (backward compatibility).
        """
        style = self._options.style
        ours = self._session_options.interface_version
        if min(version or ours, ours) >= _WITH_TLVS or style.long_messages != "sar":
            return style
        _log.warn(
            "{link}: the carrier speaks no SMPP 3.4 and gets no TLVs: "
            "long_messages is udh",
            link=self.name,
        )
        return evolve(style, long_messages="udh")

    def _refused(self, event: events.BindRefused) -> None:
        self._wait_s = _WAITS_S[event.refusal]
        self._observer.bind_refused(self.name, event.refusal.value)
        _log.error(
            "{link}: bind as {mode} refused with {meaning}{advice}",
            link=self.name,
            mode=event.mode.name.lower(),
            status=event.status,
            meaning=event.meaning,
            advice=_ADVICE[event.refusal],
        )

    def _fault(self, reason: str, detail: str) -> None:
        self._observer.pdu_error(self.name, reason)
        self._faults.tell(reason, detail, self._clock.seconds())

    def _deliver(self, wire: Connection, sequence: int, incoming: Incoming) -> None:
        def settle(accepted: bool) -> None:
            if wire is self._wire:
                status = 0 if accepted else self._options.busy_status
                wire.acknowledge(sequence, status, incoming.arrival_id)

        self._deliveries.arrived(self, incoming, settle)

    def _answered(self, wire: Connection, answer: events.SubmitAnswered) -> None:
        row, submit = self._in_flight.pop(answer.sequence)
        octets = Octets(submit, answer.raw)
        if answer.status == 0:
            self._deliveries.settled(self, row, Accepted(answer.message_id, octets))
            return
        rejected = evolve(refusal(answer.status), octets=octets)
        self._deliveries.settled(self, row, rejected)
        if rejected.retry is Retry.AFTER_RECONNECT:
            wire.drop(f"refused with {rejected.meaning}")

    def _submit_sm(self, outgoing: Outgoing) -> ShortMessage:
        options = self._options
        remaining = outgoing.expires_at - self._wall_clock()
        return write_message(
            self._style,
            Address(
                outgoing.number.removeprefix("+"), options.dest_ton, options.dest_npi
            ),
            outgoing.text,
            outgoing.alphabet,
            outgoing.part,
            max(_SHORTEST_VALIDITY_S, min(options.validity_s, remaining)),
        )

    def _incoming(self, pdu: ShortMessage, raw: bytes) -> Incoming:
        message = read_message(pdu, self._options.style.default_alphabet)
        receipt = parse_receipt(pdu)
        return Incoming(
            arrival_id=self._arrival_id(),
            link=self.name,
            bind=self.bind,
            source=pdu.source,
            destination=pdu.destination,
            coding=message.coding,
            udh=message.udh,
            body=message.body,
            text=message.text.replace("\0", _NO_CHARACTER),
            raw=raw,
            arrived_at=self._wall_clock(),
            part=message.part,
            kind=IncomingKind.RECEIPT if receipt else MESSAGE,
            receipt=receipt,
            reason="" if receipt else _reason_for_silence(pdu, message),
        )

    def _corrupt(self, raw: bytes, reason: str) -> Incoming:
        return Incoming(
            arrival_id=self._arrival_id(),
            link=self.name,
            bind=self.bind,
            source=Address(""),
            destination=Address(""),
            coding=0,
            udh=b"",
            body=raw[16:],
            text="",
            raw=raw,
            arrived_at=self._wall_clock(),
            kind=IncomingKind.CORRUPT,
            reason=reason,
        )

    def _arrival_id(self) -> str:
        self._arrivals += 1
        return f"{self.bind}:{self._arrivals}"


def _reason_for_silence(pdu: ShortMessage, message: ReadMessage) -> str:
    """Why what came is not read as a command, or empty."""
    if not is_plain(pdu):
        return "not_a_message"
    return "fragment" if message.fragment else ""
