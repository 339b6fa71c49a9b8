"""The states of a dialogue and every legal move between them, as one table.

`Dialogue` advances by it; knows no octets and no time.
"""

from __future__ import annotations

__all__ = ["TRANSITIONS", "State", "Step"]

from enum import Enum


class State(Enum):
    """Where a dialogue stands."""

    OPEN = "open"
    LOST = "lost"
    SETTLING = "settling"
    IDLE = "idle"
    PROMPTING = "prompting"
    ANSWERING = "answering"
    CLOSED = "closed"


class Step(Enum):
    """What moves a dialogue from one state to another."""

    CONNECT = "connect"
    ALIVE = "alive"
    SETTLED = "settled"
    SEND = "send"
    ASK = "ask"
    PROMPTED = "prompted"
    ANSWERED = "answered"
    LOSE = "lose"
    CLOSE = "close"


TRANSITIONS: dict[State, dict[Step, State]] = {
    State.OPEN: {
        Step.CONNECT: State.LOST,
        Step.CLOSE: State.CLOSED,
    },
    # `AT` was written, since nobody knows which answers are still to come.
    State.LOST: {
        Step.ALIVE: State.SETTLING,
        Step.LOSE: State.LOST,
        Step.CLOSE: State.CLOSED,
    },
    # Something answered OK: only silence shows that it was `AT`, and the last answer.
    State.SETTLING: {
        Step.ALIVE: State.SETTLING,
        Step.SETTLED: State.IDLE,
        Step.LOSE: State.LOST,
        Step.CLOSE: State.CLOSED,
    },
    State.IDLE: {
        Step.SEND: State.ANSWERING,
        Step.ASK: State.PROMPTING,
        Step.LOSE: State.LOST,
        Step.CLOSE: State.CLOSED,
    },
    # The command is written, its body waits for "> " (TS 27.005 §4.3).
    State.PROMPTING: {
        Step.PROMPTED: State.ANSWERING,
        Step.ANSWERED: State.IDLE,
        Step.LOSE: State.LOST,
        Step.CLOSE: State.CLOSED,
    },
    State.ANSWERING: {
        Step.ANSWERED: State.IDLE,
        Step.LOSE: State.LOST,
        Step.CLOSE: State.CLOSED,
    },
    State.CLOSED: {},
}
"""Every legal move.

A deadline that passes loses; so do an answer without end, a modem that is never
silent, and a prompt that nobody asked for.
"""
