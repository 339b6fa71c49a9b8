"""Tests for `smscentre.at.session_states`: every state with every move of ours."""

from __future__ import annotations

from collections.abc import Callable

from twisted.trial.unittest import SynchronousTestCase

from smscentre.at.errors import LocalProtocolError
from smscentre.at.session import Session, State
from smscentre.at.session_states import TRANSITIONS, Step
from smscentre.sim.modem.card import SimCard
from smscentre.sim.modem.faults import Deed, Mishap
from tests.at.modem_line import ModemLine


def _open() -> ModemLine:
    line = ModemLine()
    line.session = Session(line.patience)
    return line


def _starting() -> ModemLine:
    line = ModemLine()
    line.modem.faults.mishaps.append(Mishap("+CPMS", Deed.LOSE))
    line.run(2)
    return line


def _locked() -> ModemLine:
    line = ModemLine(card=SimCard(locked=True))
    line.run(3)
    return line


def _serving() -> ModemLine:
    line = ModemLine()
    line.run(3)
    return line


def _leaving() -> ModemLine:
    line = _serving()
    line.session.submit(bytes(20), b"\0", line.now)
    line.session.leave(line.now)
    return line


def _closed() -> ModemLine:
    line = _serving()
    line.session.close("over")
    return line


MAKERS: dict[State, Callable[[], ModemLine]] = {
    State.OPEN: _open,
    State.REACHING: ModemLine,
    State.STARTING: _starting,
    State.LOCKED: _locked,
    State.SERVING: _serving,
    State.LEAVING: _leaving,
    State.CLOSED: _closed,
}

OURS: dict[Step, Callable[[ModemLine], object]] = {
    Step.CONNECT: lambda line: line.session.connect(line.now),
    Step.PIN_GIVEN: lambda line: line.session.give_pin("1234", line.now),
}
"""What we do ourselves: outside the table it is an error of ours."""


class TableTests(SynchronousTestCase):
    """The session goes by the table."""

    def test_each_state_can_be_had(self) -> None:
        """By what makes it."""
        self.assertEqual(set(MAKERS), set(TRANSITIONS))
        for state, make in MAKERS.items():
            self.assertIs(make().session.state, state)

    def test_our_own_moves(self) -> None:
        """Where the table has them they lead on, elsewhere they are refused."""
        for state, make in MAKERS.items():
            for step, move in OURS.items():
                line = make()
                following = TRANSITIONS[state].get(step)
                if following is None:
                    with self.assertRaises(LocalProtocolError):
                        move(line)
                    self.assertIs(line.session.state, state)
                else:
                    move(line)
                    self.assertIs(line.session.state, following)

    def test_a_close_ends_every_state_once(self) -> None:
        """Harmless when it is over already."""
        for state, make in MAKERS.items():
            line = make()
            happened = line.session.close("over")
            self.assertIs(line.session.state, State.CLOSED)
            self.assertEqual(bool(happened), state is not State.CLOSED)
            self.assertIsNone(line.session.deadline())

    def test_who_leaves_without_serving_closes(self) -> None:
        """There is nothing to wait for; to ask again changes nothing."""
        for state, make in MAKERS.items():
            line = make()
            line.session.leave(line.now)
            still = State.LEAVING if state is State.LEAVING else State.CLOSED
            self.assertIs(line.session.state, still, state)

    def test_moves_of_the_modem(self) -> None:
        """Each leads where the table says."""
        rows = (
            (ModemLine, Step.ANSWERED, 1.5, State.STARTING),
            (_starting, Step.LOST, 25.0, State.REACHING),
            (_starting, Step.STARTED, 60.0, State.SERVING),
        )
        for make, step, seconds, expected in rows:
            self.assertIs(TRANSITIONS[make().session.state][step], expected)
            line = make()
            if step is Step.ANSWERED:
                line.modem.faults.mishaps.append(Mishap("+CPMS", Deed.LOSE))
            seen = [line.session.state]
            for _ in range(int(seconds * 10)):
                line.run(0.1)
                seen.append(line.session.state)
            self.assertIn(expected, seen, step)

    def test_octets_after_the_end_say_nothing(self) -> None:
        """Whatever they are."""
        line = _closed()
        self.assertEqual(line.session.receive(b"\r\nOK\r\n+CMTI: 1\r\n", 99.0), [])
        self.assertEqual(line.session.expire(1e6), [])
        self.assertEqual(line.session.data_to_send(), b"")
