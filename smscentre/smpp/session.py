"""One SMPP session as a pure machine: octets and time in, events and octets out.

The shell in `links` owns transport and timer; this core owns states, sequence
numbers, the window and every timeout. It knows no reconnecting, no pace of
sending and no meaning of a message.

Source: SMPP 3.4 §2.2 (session states), §2.6 (sequence numbers), §2.9 (timers).
"""

from __future__ import annotations

__all__ = ["BindMode", "Session", "SessionOptions", "State"]

from collections.abc import Callable

from smscentre.smpp import bodies, codec, codes, events
from smscentre.smpp.codes import RESPONSE, Status
from smscentre.smpp.errors import LocalProtocolError, RemoteProtocolError
from smscentre.smpp.events import Closed, Event, Fault, SubmitAnswered, SubmitLost
from smscentre.smpp.framing import HEADER, MIN_PDU_OCTETS, Framer
from smscentre.smpp.options import SessionOptions
from smscentre.smpp.patience import Overdue, Patience
from smscentre.smpp.pdus import BindMode, ShortMessage
from smscentre.smpp.states import BOUND, CLOSED, TRANSITIONS, State, Step
from smscentre.smpp.status import bind_refusal, refusal
from smscentre.smpp.window import Window


class Session:
    """One connection to a carrier, from bind to unbind.

    After every call the shell writes `data_to_send`; events come in order.
    Times are in seconds of one clock that never goes back.
    """

    def __init__(self, options: SessionOptions) -> None:
        self.submitted = b""  # The octets of the last submit_sm.
        self._options = options
        self._state = State.OPEN
        self._framer = Framer()
        self._out: list[bytes] = []
        self._window = Window(options.window)
        # deliver_sm without an answer; a peer may use one number several times.
        self._unacknowledged: dict[int, int] = {}
        # The sequence numbers of our bind or unbind and of our last enquire_link.
        self._request = 0
        self._enquiry = 0
        self._patience = Patience(options, self._window)
        self._can_submit = options.mode is not BindMode.RECEIVER
        self._can_receive = options.mode is not BindMode.TRANSMITTER

    @property
    def state(self) -> State:
        """Where the session stands."""
        return self._state

    def connect(self, now: float) -> None:
        """Ask to be bound; once, before anything else.

        :raises LocalProtocolError: asked before, or an option does not fit its field.
        """
        if self._state is not State.OPEN:
            raise self._illegal(Step.CONNECT)
        request = self._options.bind(self._window.next_sequence())
        self._out.append(codec.encode(request))
        self._request = request.sequence
        self._patience.asked(now)
        self._advance(Step.CONNECT)

    def receive(self, data: bytes, now: float) -> list[Event]:
        """Take octets from the peer, in any fragmentation."""
        happened: list[Event] = []
        if self.state is State.CLOSED:
            return happened
        pdus = self._framer.feed(data)
        if pdus:
            self._patience.heard(now)
        for pdu in pdus:
            _, command, _, sequence = HEADER.unpack_from(pdu)
            react = _REACTIONS.get(command, Session._on_unknown)
            react(self, pdu, sequence, happened)
            if self._state is CLOSED:
                return happened
        fault = self._framer.fault
        if fault is not None:
            self._send(codes.GENERIC_NACK, 0, fault.status)
            happened.append(Fault(events.BAD_LENGTH, fault.detail))
            self._close(Step.CLOSE, fault.detail, happened)
        else:
            unfinished = self._framer.unfinished
            self._patience.read(now, progress=bool(pdus), unfinished=unfinished)
        return happened

    def room(self) -> int:
        """Count the free places of the window; 0 unless bound and able to submit."""
        if self._state is not BOUND or not self._can_submit:
            return 0
        return self._window.room()

    def submit(self, sm: ShortMessage, now: float) -> int:
        """Send a submit_sm and give its sequence number, by which it is answered.

        :raises LocalProtocolError: no room, or a field that does not fit.
        """
        if self.room() <= 0:
            raise LocalProtocolError(f"no room to submit in state {self._state.value}")
        sequence = self._window.next_sequence()
        self.submitted = codec.encode_short_message(codes.SUBMIT_SM, sequence, sm)
        self._out.append(self.submitted)
        self._window.put(sequence, now)
        return sequence

    def acknowledge(self, sequence: int, status: int = 0) -> None:
        """Answer a deliver_sm; as often as its number came, and no more.

        :raises LocalProtocolError: no deliver_sm of that number waits.
        """
        answer = codec.encode_deliver_sm_resp(sequence, status)
        waiting = self._unacknowledged.pop(sequence, 0)
        if not waiting:
            raise LocalProtocolError(f"no deliver_sm {sequence} waits for an answer")
        if waiting > 1:
            self._unacknowledged[sequence] = waiting - 1
        self._out.append(answer)

    def unbind(self, now: float) -> None:
        """Ask to end the session; what is in flight may still be answered.

        :raises LocalProtocolError: not bound.
        """
        self._advance(Step.UNBIND)
        self._request = self._window.next_sequence()
        self._patience.asked(now)
        self._send(codes.UNBIND, self._request)

    def data_to_send(self) -> bytes:
        """Give what is to be written, and forget it."""
        if not self._out:
            return b""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def resume(self, now: float) -> None:
        """Go on after a while in which nothing was read, for which no peer is to blame.

        All that was waited for has its whole time again.
        """
        self._patience.resume(now)

    def deadline(self) -> float | None:
        """Tell when `expire` is to be called, if nothing else happens before."""
        return self._patience.deadline(self._state)

    def expire(self, now: float) -> list[Event]:
        """Act on the deadline that has passed; harmless when none has."""
        happened: list[Event] = []
        options = self._options
        match self._patience.overdue(self._state, now):
            case None:
                pass
            case Overdue.PDU:
                detail = f"a PDU was not complete after {options.pdu_s:g} s"
                self._give_up(events.SLOW_PDU, detail, happened)
            case Overdue.SUBMIT:
                detail = f"a submit_sm had no answer for {options.response_s:g} s"
                self._give_up(events.NO_ANSWER, detail, happened)
            case Overdue.ENQUIRY:
                self._patience.enquired(now)
                self._enquiry = self._window.next_sequence()
                self._send(codes.ENQUIRE_LINK, self._enquiry)
            case Overdue.ANSWER:
                bound = self._state is State.BOUND
                asked = "enquire_link" if bound else self._state.value
                detail = f"no answer in time: {asked}"
                self._give_up(events.NO_ANSWER, detail, happened)
        return happened

    def close(self, reason: str) -> list[Event]:
        """End the session; each submit in flight is lost once. Harmless when closed."""
        happened: list[Event] = []
        if self._state is not State.CLOSED:
            self._close(Step.CLOSE, reason, happened)
        return happened

    def _on_deliver_sm(self, pdu: bytes, sequence: int, happened: list[Event]) -> None:
        if not self._can_receive or self._state not in _RECEIVING:
            # Too early is no fault of the message: the carrier is to bring it again.
            status = Status.RSYSERR if self._can_receive else Status.RINVBNDSTS
            self._out.append(codec.encode_deliver_sm_resp(sequence, status))
            happened.append(self._unexpected(pdu))
            return
        self._unacknowledged[sequence] = self._unacknowledged.get(sequence, 0) + 1
        try:
            message = bodies.read_short_message(pdu)
        except RemoteProtocolError as error:
            happened.append(events.Corrupt(sequence, pdu, error.detail))
        else:
            happened.append(events.Delivered(sequence, message, pdu))

    def _on_submit_sm_resp(
        self, pdu: bytes, sequence: int, happened: list[Event]
    ) -> None:
        if not self._window.take(sequence):
            happened.append(_unexpected_response(pdu))
            return
        status = _status(pdu)
        message_id = ""
        if not status:
            # The header has said that the carrier took the message: a bad body
            # must not make us send it again.
            try:
                message_id = bodies.read_message_id(pdu)
            except RemoteProtocolError as error:
                happened.append(Fault(events.BAD_BODY, error.detail))
        happened.append(SubmitAnswered(sequence, status, message_id, pdu))

    def _on_bind_resp(self, pdu: bytes, sequence: int, happened: list[Event]) -> None:
        expected = self._options.mode.value | RESPONSE
        if (
            self._state is not State.BINDING
            or sequence != self._request
            or _command(pdu) != expected
        ):
            happened.append(_unexpected_response(pdu))
            return
        status = _status(pdu)
        if status:
            self._bind_refused(status, happened)
            return
        system_id, version = "", None
        try:
            system_id, version = bodies.read_bind_resp(pdu)
        except RemoteProtocolError as error:
            happened.append(Fault(events.BAD_BODY, error.detail))
        self._advance(Step.ACCEPTED)
        happened.append(events.Bound(system_id, version))

    def _on_enquire_link(
        self, pdu: bytes, sequence: int, happened: list[Event]
    ) -> None:
        if not self._has_stray_body(pdu, sequence, happened):
            self._send(codes.ENQUIRE_LINK_RESP, sequence)

    def _on_enquire_link_resp(
        self, pdu: bytes, sequence: int, happened: list[Event]
    ) -> None:
        if not self._enquiry or sequence != self._enquiry:
            happened.append(_unexpected_response(pdu))
            return
        self._enquiry = 0

    def _on_unbind(self, pdu: bytes, sequence: int, happened: list[Event]) -> None:
        if not self._has_stray_body(pdu, sequence, happened):
            self._send(codes.UNBIND_RESP, sequence)
            happened.append(events.PeerUnbound())
            self._close(Step.PEER_UNBOUND, "the peer unbound", happened)

    def _on_unbind_resp(self, pdu: bytes, sequence: int, happened: list[Event]) -> None:
        if self._state is State.UNBINDING and sequence == self._request:
            self._close(Step.CLOSE, "unbound", happened)
        else:
            happened.append(_unexpected_response(pdu))

    def _on_generic_nack(
        self, pdu: bytes, sequence: int, happened: list[Event]
    ) -> None:
        # A nack is never an acceptance, whatever status it claims.
        status = _status(pdu) or int(Status.RUNKNOWNERR)
        if self._window.take(sequence):
            happened.append(SubmitAnswered(sequence, status, "", pdu))
            return
        happened.append(Fault(events.NACKED, f"{sequence} with status 0x{status:X}"))
        if sequence != self._request:
            return
        if self._state is State.BINDING:
            self._bind_refused(status, happened)
        elif self._state is State.UNBINDING:
            self._close(Step.CLOSE, "unbind refused", happened)

    def _on_outbind(self, pdu: bytes, sequence: int, happened: list[Event]) -> None:
        self._give_up(events.OUTBIND, "outbind is not supported", happened)

    def _on_refused_request(
        self, pdu: bytes, sequence: int, happened: list[Event]
    ) -> None:
        """Answer a request that only an ESME may send."""
        self._send(_command(pdu) | RESPONSE, sequence, Status.RINVBNDSTS)
        happened.append(self._unexpected(pdu))

    def _on_alert(self, pdu: bytes, sequence: int, happened: list[Event]) -> None:
        """Pass over alert_notification, which has no response (SMPP 3.4 §4.12)."""
        happened.append(self._unexpected(pdu))

    def _on_unknown(self, pdu: bytes, sequence: int, happened: list[Event]) -> None:
        if _command(pdu) & RESPONSE:
            happened.append(_unexpected_response(pdu))
            return
        self._send(codes.GENERIC_NACK, sequence, Status.RINVCMDID)
        detail = f"command_id 0x{_command(pdu):08X}"
        happened.append(Fault(events.UNKNOWN_COMMAND, detail))

    def _has_stray_body(self, pdu: bytes, sequence: int, happened: list[Event]) -> bool:
        """Refuse a request that should be a header alone and is not."""
        stray = len(pdu) - MIN_PDU_OCTETS
        if stray:
            self._send(_command(pdu) | RESPONSE, sequence, Status.RINVCMDLEN)
            detail = f"{stray} octets after a header that stands alone"
            happened.append(Fault(events.BAD_BODY, detail))
        return stray > 0

    def _unexpected(self, pdu: bytes) -> Fault:
        detail = f"command_id 0x{_command(pdu):08X} in state {self._state.value}"
        return Fault(events.UNEXPECTED_COMMAND, detail)

    def _bind_refused(self, status: int, happened: list[Event]) -> None:
        meaning = refusal(status).meaning
        refused = bind_refusal(status)
        happened.append(
            events.BindRefused(self._options.mode, status, meaning, refused)
        )
        self._close(Step.REFUSED, f"bind refused: {meaning}", happened)

    def _give_up(self, reason: str, detail: str, happened: list[Event]) -> None:
        happened.append(Fault(reason, detail))
        self._close(Step.CLOSE, detail, happened)

    def _close(self, step: Step, reason: str, happened: list[Event]) -> None:
        self._advance(step)
        for sequence in self._window.drain():
            happened.append(SubmitLost(sequence, reason))
        happened.append(Closed(reason))
        self._unacknowledged.clear()

    def _advance(self, step: Step) -> None:
        following = TRANSITIONS[self._state].get(step)
        if following is None:
            raise self._illegal(step)
        self._state = following

    def _illegal(self, step: Step) -> LocalProtocolError:
        return LocalProtocolError(f"{step.value} in state {self._state.value}")

    def _send(self, command: int, sequence: int, status: int = 0) -> None:
        self._out.append(codec.encode_header(command, sequence, status))


_RECEIVING = (State.BOUND, State.UNBINDING)
"""Our unbind may cross with deliveries: the shell still decides what they get."""

_Reaction = Callable[[Session, bytes, int, list[Event]], None]

_REACTIONS: dict[int, _Reaction] = {
    codes.DELIVER_SM: Session._on_deliver_sm,
    codes.SUBMIT_SM_RESP: Session._on_submit_sm_resp,
    **{mode.value | RESPONSE: Session._on_bind_resp for mode in BindMode},
    codes.ENQUIRE_LINK: Session._on_enquire_link,
    codes.ENQUIRE_LINK_RESP: Session._on_enquire_link_resp,
    codes.UNBIND: Session._on_unbind,
    codes.UNBIND_RESP: Session._on_unbind_resp,
    codes.GENERIC_NACK: Session._on_generic_nack,
    codes.OUTBIND: Session._on_outbind,
    **{mode.value: Session._on_refused_request for mode in BindMode},
    codes.SUBMIT_SM: Session._on_refused_request,
    codes.ALERT_NOTIFICATION: Session._on_alert,
}
"""What each command_id from the peer sets off."""


def _command(pdu: bytes) -> int:
    return int.from_bytes(pdu[4:8], "big")


def _status(pdu: bytes) -> int:
    return int.from_bytes(pdu[8:12], "big")


def _unexpected_response(pdu: bytes) -> Fault:
    detail = f"command_id 0x{_command(pdu):08X}, sequence {pdu[12:16].hex()}"
    return Fault(events.UNEXPECTED_RESPONSE, detail)
