"""How a machine that is written as a table moves: one rule for every such table."""

from __future__ import annotations

__all__ = ["advance"]

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

from smscentre.at.errors import LocalProtocolError

_State = TypeVar("_State", bound=Enum)
_Step = TypeVar("_Step", bound=Enum)


def advance(
    transitions: Mapping[_State, Mapping[_Step, _State]], state: _State, step: _Step
) -> _State:
    """Give the state that a step leads to.

    :raises LocalProtocolError: the table has no such move.
    """
    following = transitions[state].get(step)
    if following is None:
        raise LocalProtocolError(f"{step.value} in state {state.value}")
    return following
