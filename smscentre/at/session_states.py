"""The states of a session with a modem and every legal move, as one table.

`Session` advances by it and the diagram in the documentation is drawn from it;
knows no octets and no time.
"""

from __future__ import annotations

__all__ = ["TRANSITIONS", "State", "Step"]

from enum import Enum


class State(Enum):
    """Where a session stands."""

    OPEN = "open"
    REACHING = "reaching"
    STARTING = "starting"
    LOCKED = "locked"
    SERVING = "serving"
    LEAVING = "leaving"
    CLOSED = "closed"


class Step(Enum):
    """What moves a session from one state to another."""

    CONNECT = "connect"
    ANSWERED = "answered"
    PIN_NEEDED = "PIN needed"
    PIN_GIVEN = "PIN given"
    STARTED = "started"
    LOST = "lost"
    LEAVE = "leave"
    CLOSE = "close"


TRANSITIONS: dict[State, dict[Step, State]] = {
    State.OPEN: {
        Step.CONNECT: State.REACHING,
        Step.CLOSE: State.CLOSED,
    },
    # Nobody knows yet whether a modem is there.
    State.REACHING: {
        Step.ANSWERED: State.STARTING,
        Step.CLOSE: State.CLOSED,
    },
    State.STARTING: {
        Step.PIN_NEEDED: State.LOCKED,
        Step.STARTED: State.SERVING,
        # An answer stayed out: what the modem was told is not known.
        Step.LOST: State.REACHING,
        Step.CLOSE: State.CLOSED,
    },
    State.LOCKED: {
        Step.PIN_GIVEN: State.STARTING,
        Step.CLOSE: State.CLOSED,
    },
    # Here a lost answer concerns one duty only; the list tells what became of it.
    State.SERVING: {
        Step.LEAVE: State.LEAVING,
        Step.CLOSE: State.CLOSED,
    },
    # What is safe is still taken from the modem; nothing new is begun.
    State.LEAVING: {
        Step.CLOSE: State.CLOSED,
    },
    State.CLOSED: {},
}
"""Every legal move."""
