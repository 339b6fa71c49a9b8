"""Tests for `smscentre.at.states`: every state with everything that may happen."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen
from twisted.trial.unittest import SynchronousTestCase

from smscentre.at import commands
from smscentre.at.dialogue import Dialogue, State
from smscentre.at.errors import LocalProtocolError
from smscentre.at.events import Closed
from smscentre.at.moves import advance
from smscentre.at.states import TRANSITIONS, Step
from tests.at.samples import (
    SEND,
    answering,
    closed,
    idle,
    lost,
    prompting,
    settling,
)

OPEN, LOST, SETTLING = State.OPEN, State.LOST, State.SETTLING
IDLE, PROMPTING, ANSWERING = State.IDLE, State.PROMPTING, State.ANSWERING
CLOSED = State.CLOSED

MAKERS: dict[State, Callable[[], Dialogue]] = {
    OPEN: Dialogue,
    LOST: lost,
    SETTLING: settling,
    IDLE: idle,
    PROMPTING: prompting,
    ANSWERING: answering,
    CLOSED: closed,
}


@frozen
class Move:
    """Something that happens; where it leads from each state that it changes.

    In the states of ``refused`` it is an error of ours.
    """

    name: str
    act: Callable[[Dialogue], object]
    leads: dict[State, State]
    refused: tuple[State, ...] = ()


NOT_OPEN = tuple(state for state in State if state is not OPEN)


def _hears(octets: bytes) -> Callable[[Dialogue], object]:
    return lambda dialogue: dialogue.receive(octets, 1.0)


MOVES = (
    Move("connect", lambda dialogue: dialogue.connect(1.0), {OPEN: LOST}, NOT_OPEN),
    Move(
        "enqueue",
        lambda dialogue: dialogue.enqueue(commands.SIGNAL, 1.0),
        {IDLE: ANSWERING},
        (OPEN, CLOSED),
    ),
    Move(
        "enqueue what has a body",
        lambda dialogue: dialogue.enqueue(SEND, 1.0),
        {IDLE: PROMPTING},
        (OPEN, CLOSED),
    ),
    Move("OK", _hears(b"\r\nOK\r\n"), {LOST: SETTLING, ANSWERING: IDLE}),
    Move("ERROR", _hears(b"\r\nERROR\r\n"), {PROMPTING: IDLE, ANSWERING: IDLE}),
    Move(
        "+CMS ERROR",
        _hears(b"\r\n+CMS ERROR: 38\r\n"),
        {PROMPTING: IDLE, ANSWERING: IDLE},
    ),
    Move(
        "prompt",
        _hears(b"\r\n> "),
        {PROMPTING: ANSWERING, IDLE: LOST, SETTLING: LOST},
    ),
    Move(
        "time",
        lambda dialogue: dialogue.expire(1e6),
        {SETTLING: IDLE, PROMPTING: LOST, ANSWERING: LOST},
    ),
    Move("no time", lambda dialogue: dialogue.expire(0.0), {}),
    Move("answer", _hears(b"\r\n+CSQ: 3,99\r\n"), {}),
    Move("unsolicited", _hears(b'\r\n+CMTI: "SM",3\r\n'), {}),
    Move("call ended", _hears(b"\r\nNO CARRIER\r\n"), {}),
    Move("restart", _hears(b"\r\nRDY\r\n"), {}),
    Move("echo of another", _hears(b"\r\nAT+GMI\r\n"), {}),
    Move("garbage", _hears(b"\xff\0??\r\n"), {}),
    Move("overlong", _hears(b"x" * 5000 + b"\r\n"), {}),
    Move("half a line", _hears(b"\r\nO"), {}),
    Move(
        "close",
        lambda dialogue: dialogue.close("over"),
        dict.fromkeys(NOT_OPEN, CLOSED) | {OPEN: CLOSED},
    ),
)


class TableTests(SynchronousTestCase):
    """The table by itself."""

    def test_every_pair(self) -> None:
        """A step leads where the table says, and raises elsewhere."""
        for state in State:
            for step in Step:
                following = TRANSITIONS[state].get(step)
                if following is None:
                    self.assertRaises(
                        LocalProtocolError, advance, TRANSITIONS, state, step
                    )
                else:
                    self.assertIs(advance(TRANSITIONS, state, step), following)

    def test_every_state_is_reached_and_left(self) -> None:
        """From each but the first something leads to it, and each can be closed."""
        reached = {to for moves in TRANSITIONS.values() for to in moves.values()}
        self.assertEqual(reached, set(State) - {OPEN})
        for state in set(State) - {CLOSED}:
            self.assertIs(TRANSITIONS[state][Step.CLOSE], CLOSED)
        self.assertEqual(TRANSITIONS[CLOSED], {})

    def test_every_step_is_used(self) -> None:
        """No step is without a state in which it may be made."""
        used = {step for moves in TRANSITIONS.values() for step in moves}
        self.assertEqual(used, set(Step))


class MoveTests(SynchronousTestCase):
    """The dialogue in every state."""

    def test_every_pair(self) -> None:
        """Whatever happens leads where its row says, and elsewhere nowhere."""
        for state, make in MAKERS.items():
            for move in MOVES:
                dialogue = make()
                self.assertIs(dialogue.state, state)
                if state in move.refused:
                    self.assertRaises(LocalProtocolError, move.act, dialogue)
                else:
                    move.act(dialogue)
                expected = move.leads.get(state, state)
                self.assertIs(dialogue.state, expected, (state, move.name))

    def test_every_pair_can_be_closed(self) -> None:
        """After all that may happen a dialogue closes once, and has no deadline."""
        for state, make in MAKERS.items():
            for move in MOVES:
                if state in move.refused:
                    continue
                dialogue = make()
                move.act(dialogue)
                was_closed = dialogue.state is CLOSED
                happened = dialogue.close("over")
                ends = [event for event in happened if isinstance(event, Closed)]
                self.assertEqual(len(ends), not was_closed, (state, move.name))
                self.assertIsNone(dialogue.deadline())
                self.assertEqual(dialogue.close("again"), [])
