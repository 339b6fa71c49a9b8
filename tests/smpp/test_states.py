"""Tests for `smscentre.smpp.states`: every state with every event."""

from __future__ import annotations

from collections.abc import Callable

from twisted.trial.unittest import SynchronousTestCase

from smscentre.smpp import codes
from smscentre.smpp.errors import LocalProtocolError
from smscentre.smpp.events import Closed
from smscentre.smpp.session import Session, State
from smscentre.smpp.states import TRANSITIONS, Step
from tests.smpp.samples import OPTIONS, bind_resp, bound, deliver, header, submit_resp


def _open() -> Session:
    return Session(OPTIONS)


def _binding() -> Session:
    session = _open()
    session.connect(0.0)
    return session


def _unbinding() -> Session:
    session = bound()
    session.unbind(0.0)
    return session


def _closed() -> Session:
    session = bound()
    session.close("over")
    return session


MAKERS: dict[State, Callable[[], Session]] = {
    State.OPEN: _open,
    State.BINDING: _binding,
    State.BOUND: bound,
    State.UNBINDING: _unbinding,
    State.CLOSED: _closed,
}

MOVES: dict[Step, Callable[[Session], object]] = {
    Step.CONNECT: lambda session: session.connect(0.0),
    Step.ACCEPTED: lambda session: session.receive(bind_resp(), 0.0),
    Step.REFUSED: lambda session: session.receive(bind_resp(status=13), 0.0),
    Step.UNBIND: lambda session: session.unbind(0.0),
    Step.PEER_UNBOUND: lambda session: session.receive(header(codes.UNBIND), 0.0),
    Step.CLOSE: lambda session: session.close("over"),
}

OURS = (Step.CONNECT, Step.UNBIND)
"""What we do ourselves: outside the table it is an error of ours."""

STEADY = {
    "deliver_sm": deliver(5),
    "corrupt deliver_sm": header(codes.DELIVER_SM),
    "submit_sm": header(codes.SUBMIT_SM),
    "submit_sm_resp": submit_resp(999),
    "enquire_link": header(codes.ENQUIRE_LINK),
    "enquire_link_resp": header(codes.ENQUIRE_LINK_RESP, 999),
    "unbind_resp": header(codes.UNBIND_RESP, 999),
    "generic_nack": header(codes.GENERIC_NACK, 999),
    "bind_transceiver": header(codes.BIND_TRANSCEIVER),
    "alert_notification": header(codes.ALERT_NOTIFICATION),
    "unknown": header(0x10200),
    "half a PDU": header(codes.DELIVER_SM)[:9],
}
"""What a peer may send in any state without moving it."""

ENDING = {
    "outbind": header(codes.OUTBIND),
    "bad length": bytes(16),
}
"""What ends a session in any state."""


class StateTests(SynchronousTestCase):
    """The table holds for every pair."""

    def test_every_pair(self) -> None:
        """Each step leads where the table says, and elsewhere nowhere."""
        for state, make in MAKERS.items():
            for step, move in MOVES.items():
                session = make()
                self.assertIs(session.state, state)
                following = TRANSITIONS[state].get(step)
                if following is None and step in OURS:
                    self.assertRaises(LocalProtocolError, move, session)
                else:
                    move(session)
                self.assertIs(session.state, following or state, (state, step))

    def test_steady(self) -> None:
        """Everything else that a peer may send leaves the state as it is."""
        for state, make in MAKERS.items():
            for name, data in STEADY.items():
                session = make()
                session.receive(data, 0.0)
                self.assertIs(session.state, state, (state, name))

    def test_ending(self) -> None:
        """What cannot be gone on from closes every state, with one event at the end."""
        for state, make in MAKERS.items():
            for data in ENDING.values():
                session = make()
                happened = session.receive(data, 0.0)
                ends = [event for event in happened if isinstance(event, Closed)]
                self.assertEqual(len(ends), state is not State.CLOSED)
                self.assertEqual(happened[-1:], ends)

    def test_submit_and_room(self) -> None:
        """Only a bound session has room and takes a submit."""
        for state, make in MAKERS.items():
            self.assertEqual(make().room() > 0, state is State.BOUND)

    def test_every_state_can_end(self) -> None:
        """From every state there is a way to the end, and none back from it."""
        for state, moves in TRANSITIONS.items():
            if state is State.CLOSED:
                self.assertEqual(moves, {})
            else:
                self.assertIs(moves[Step.CLOSE], State.CLOSED)
