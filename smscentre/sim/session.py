"""One ESME's session as a carrier sees it: octets in, events and octets out.

Stands between the simulator's transport and `smsc`, which owns the messages. It
knows framing, binds and sequence numbers; no clock, no text.

Source: SMPP 3.4 §2.2 (session states), §4 (the commands).
"""

from __future__ import annotations

__all__ = [
    "Answered",
    "Delivery",
    "Ended",
    "Event",
    "Joined",
    "SmscSession",
    "State",
    "Submitted",
]

from collections.abc import Callable
from enum import Enum

from attrs import define, frozen

from smscentre.smpp import codec, pdus
from smscentre.smpp.codes import RESPONSE, Status
from smscentre.smpp.errors import RemoteProtocolError
from smscentre.smpp.framing import HEADER, Framer
from smscentre.smpp.pdus import Bind, BindMode, Pdu, ShortMessage

_LAST_SEQUENCE = 0x7FFFFFFF
_INTERFACE_VERSION = 0x34


class State(Enum):
    """Where a session stands."""

    OPEN = "open"
    BOUND = "bound"
    CLOSED = "closed"


@define(eq=False)
class Delivery:
    """One deliver_sm that the ESME has yet to acknowledge.

    ``due_at`` is the earliest moment for the next try, in the clock's seconds. A
    ``copy`` was sent beside the true one and is not missed.
    """

    message: ShortMessage
    due_at: float = 0.0
    copy: bool = False


@frozen
class Joined:
    """The ESME is bound."""

    system_id: str
    mode: BindMode


@frozen
class Submitted:
    """The ESME sent a message; `SmscSession.answer` it."""

    sequence: int
    message: ShortMessage


@frozen
class Answered:
    """The ESME answered a delivery; only status 0 acknowledges it."""

    delivery: Delivery
    status: int


@frozen
class Ended:
    """The session is over and its connection is to be closed."""

    reason: str


Event = Joined | Submitted | Answered | Ended


class SmscSession:
    """The carrier's end of one connection.

    ``judge`` gives the status with which a bind is answered.
    """

    def __init__(self, judge: Callable[[Bind], int]) -> None:
        self.state = State.OPEN
        self.mode = BindMode.TRANSCEIVER
        self._judge = judge
        self._framer = Framer()
        self._out: list[bytes] = []
        self._sequence = 0
        self._in_flight: dict[int, Delivery] = {}

    @property
    def in_flight(self) -> int:
        """How many deliveries wait for their answer."""
        return len(self._in_flight)

    @property
    def receives(self) -> bool:
        """Whether deliver_sm may be sent over this session."""
        return self.state is State.BOUND and self.mode is not BindMode.TRANSMITTER

    def receive(self, data: bytes) -> list[Event]:
        """Take octets from the ESME, in any fragmentation."""
        happened: list[Event] = []
        for octets in self._framer.feed(data):
            if self.state is State.CLOSED:
                return happened
            self._take(octets, happened)
        fault = self._framer.fault
        if fault is not None and self.state is not State.CLOSED:
            self._write(pdus.GenericNack(0, fault.status))
            self._end(fault.detail, happened)
        return happened

    def deliver(self, delivery: Delivery) -> None:
        """Send a deliver_sm. The caller has asked `receives`."""
        self._sequence = self._sequence % _LAST_SEQUENCE + 1
        self._in_flight[self._sequence] = delivery
        self._write(pdus.DeliverSm(self._sequence, delivery.message))

    def answer(self, sequence: int, message_id: str) -> None:
        """Accept a submit_sm."""
        self._write(pdus.SubmitSmResp(sequence, Status.ROK, message_id))

    def refuse(self, sequence: int, status: int) -> None:
        """Refuse a submit_sm."""
        self._write(pdus.SubmitSmResp(sequence, status))

    def to_send(self) -> list[bytes]:
        """Give the PDUs that are to be written, and forget them."""
        out, self._out = self._out, []
        return out

    def close(self) -> list[Delivery]:
        """End the session; the deliveries without an answer, oldest first."""
        self.state = State.CLOSED
        left = [one for one in self._in_flight.values() if not one.copy]
        self._in_flight.clear()
        return left

    def _take(self, octets: bytes, happened: list[Event]) -> None:
        try:
            pdu = codec.decode(octets)
        except RemoteProtocolError as error:
            _, command, _, sequence = HEADER.unpack_from(octets)
            if not command & RESPONSE:
                self._write(pdus.GenericNack(sequence, error.status))
            return
        if isinstance(pdu, pdus.Bind):
            self._bind(pdu, happened)
        elif self.state is State.BOUND:
            self._take_bound(pdu, happened)
        else:
            self._write(pdus.GenericNack(pdu.sequence, Status.RINVBNDSTS))

    def _bind(self, bind: Bind, happened: list[Event]) -> None:
        bound = self.state is State.BOUND
        status = Status.RALYBND if bound else self._judge(bind)
        version = None if status else _INTERFACE_VERSION
        self._write(
            pdus.BindResp(bind.sequence, bind.mode, status, "smscentre-sim", version)
        )
        if bound:
            return
        if status:
            self._end(f"bind of {bind.system_id!r} refused with {status:#x}", happened)
            return
        self.state, self.mode = State.BOUND, bind.mode
        happened.append(Joined(bind.system_id, bind.mode))

    def _take_bound(self, pdu: Pdu, happened: list[Event]) -> None:
        match pdu:
            case pdus.SubmitSm(sequence, message):
                if self.mode is BindMode.RECEIVER:
                    self._write(pdus.SubmitSmResp(sequence, Status.RINVBNDSTS))
                else:
                    happened.append(Submitted(sequence, message))
            case pdus.DeliverSmResp(sequence, status):
                self._answered(sequence, status, happened)
            case pdus.GenericNack(sequence, status):
                self._answered(sequence, status or Status.RUNKNOWNERR, happened)
            case pdus.EnquireLink(sequence):
                self._write(pdus.EnquireLinkResp(sequence))
            case pdus.Unbind(sequence):
                self._write(pdus.UnbindResp(sequence))
                self._end("unbound", happened)
            case pdus.DeliverSm() | pdus.Outbind():
                self._write(pdus.GenericNack(pdu.sequence, Status.RINVCMDID))
            case _:
                pass  # answers to what this carrier never asks

    def _answered(self, sequence: int, status: int, happened: list[Event]) -> None:
        delivery = self._in_flight.pop(sequence, None)
        if delivery is not None:
            happened.append(Answered(delivery, status))

    def _end(self, reason: str, happened: list[Event]) -> None:
        self.state = State.CLOSED
        happened.append(Ended(reason))

    def _write(self, pdu: Pdu) -> None:
        self._out.append(codec.encode(pdu))
