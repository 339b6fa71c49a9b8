"""The states of a session and every legal move between them, as one table.

`Session` advances by it and the diagram in the documentation is drawn from it;
knows no octets and no time.
"""

from __future__ import annotations

__all__ = ["BOUND", "CLOSED", "TRANSITIONS", "State", "Step"]

from enum import Enum
from typing import Final


class State(Enum):
    """Where a session stands."""

    OPEN = "open"
    BINDING = "binding"
    BOUND = "bound"
    UNBINDING = "unbinding"
    CLOSED = "closed"


# Asked for at every PDU, and members of an enumeration are not found quickly.
BOUND: Final = State.BOUND
CLOSED: Final = State.CLOSED


class Step(Enum):
    """What moves a session from one state to another."""

    CONNECT = "connect"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNBIND = "unbind"
    PEER_UNBOUND = "peer unbound"
    CLOSE = "close"


TRANSITIONS: dict[State, dict[Step, State]] = {
    State.OPEN: {
        Step.CONNECT: State.BINDING,
        Step.PEER_UNBOUND: State.CLOSED,
        Step.CLOSE: State.CLOSED,
    },
    State.BINDING: {
        Step.ACCEPTED: State.BOUND,
        Step.REFUSED: State.CLOSED,
        Step.PEER_UNBOUND: State.CLOSED,
        Step.CLOSE: State.CLOSED,
    },
    State.BOUND: {
        Step.UNBIND: State.UNBINDING,
        Step.PEER_UNBOUND: State.CLOSED,
        Step.CLOSE: State.CLOSED,
    },
    State.UNBINDING: {
        Step.PEER_UNBOUND: State.CLOSED,
        Step.CLOSE: State.CLOSED,
    },
    State.CLOSED: {},
}
"""Every legal move. The answer to our unbind, a timeout and a lost transport close.

Source: SMPP 3.4 §2.2 (session states).
"""
