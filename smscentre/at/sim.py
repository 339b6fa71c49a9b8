"""What keeps a SIM from working, in words: the answers of AT+CPIN? and their errors.

Used by the link to decide about the PIN; knows no PIN.

Source: 3GPP TS 27.007 §8.3 (+CPIN), §9.2 (+CME ERROR); TS 27.005 §3.2.5 (+CMS ERROR).
"""

from __future__ import annotations

__all__ = ["SimState", "read_sim_state", "sim_state"]

from enum import Enum

from smscentre.at.errors import RemoteProtocolError
from smscentre.at.results import Outcome, Result

_PREFIX = "+CPIN:"


class SimState(Enum):
    """What the SIM waits for; the value says it to an operator."""

    READY = "the SIM is ready"
    PIN = "the SIM wants its PIN"
    PUK = "the SIM is blocked and wants its PUK: unblock it in a phone"
    PIN2 = "the SIM wants its PIN2"
    PUK2 = "the SIM wants its PUK2"
    LOCKED = "the modem is locked to another operator or SIM and wants its code"
    ABSENT = "no SIM is in the modem"
    BUSY = "the SIM is still busy"
    FAILED = "the SIM does not work"
    WRONG = "the modem refuses this SIM"
    REFUSED = "the PIN is wrong"


_BY_WORDS = {
    "READY": SimState.READY,
    "SIM PIN": SimState.PIN,
    "SIM PUK": SimState.PUK,
    "SIM PIN2": SimState.PIN2,
    "SIM PUK2": SimState.PUK2,
    "NOT INSERTED": SimState.ABSENT,
    "NOT READY": SimState.BUSY,
}
"""What AT+CPIN? answers; all else that begins with PH- is a lock of the modem."""

_BY_CODE = {
    Outcome.CME: {
        **dict.fromkeys((5, 6, 7, *range(40, 48)), SimState.LOCKED),
        10: SimState.ABSENT,
        11: SimState.PIN,
        12: SimState.PUK,
        13: SimState.FAILED,
        14: SimState.BUSY,
        15: SimState.WRONG,
        16: SimState.REFUSED,
        17: SimState.PIN2,
        18: SimState.PUK2,
    },
    Outcome.CMS: {
        310: SimState.ABSENT,
        311: SimState.PIN,
        312: SimState.LOCKED,
        313: SimState.FAILED,
        314: SimState.BUSY,
        315: SimState.WRONG,
        316: SimState.PUK,
        317: SimState.PIN2,
        318: SimState.PUK2,
    },
}


def sim_state(result: Result) -> SimState | None:
    """Tell what the SIM waits for by an error; None if the error is another's."""
    if result.code is None:
        return None
    return _BY_CODE.get(result.outcome, {}).get(result.code)


def read_sim_state(lines: tuple[str, ...]) -> SimState:
    """Read the answer of AT+CPIN?; the last line counts, since states follow.

    :raises RemoteProtocolError: there is none, or it says what is unknown.
    """
    said = [line for line in lines if line.upper().startswith(_PREFIX)]
    if not said:
        raise RemoteProtocolError("AT+CPIN? was answered without +CPIN")
    words = said[-1][len(_PREFIX) :].strip().strip('"').upper()
    if words.startswith("PH-"):
        return SimState.LOCKED
    state = _BY_WORDS.get(words)
    if state is None:
        raise RemoteProtocolError("an unknown state of the SIM", said[-1])
    return state
