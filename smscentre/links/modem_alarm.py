"""From what keeps a SIM from working to the alarm that calls a person. Pure.

Beside `modem`, which decides when to raise it; it knows no page and no metric.
"""

from __future__ import annotations

__all__ = ["alarm_for"]

from smscentre.at.sim import SimState
from smscentre.messages import ModemAlarm

_BY_STATE = {
    SimState.PIN: ModemAlarm.PIN_WANTED,
    SimState.REFUSED: ModemAlarm.PIN_REFUSED,
    SimState.PUK: ModemAlarm.PUK,
    SimState.ABSENT: ModemAlarm.SIM_ABSENT,
    SimState.LOCKED: ModemAlarm.SIM_LOCKED,
    SimState.FAILED: ModemAlarm.SIM_FAILED,
    SimState.WRONG: ModemAlarm.SIM_FAILED,
}


def alarm_for(state: SimState | None) -> ModemAlarm:
    """What is the matter by a SIM's state; None where it is not the SIM."""
    if state is None:
        return ModemAlarm.UNUSABLE
    return _BY_STATE.get(state, ModemAlarm.UNUSABLE)
