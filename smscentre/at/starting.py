"""From a modem that answers to one that is ours: the start sequence as a script.

Run once at the beginning of a session; `probe` borrows what it says to a SIM. It knows
no time, no port, and nothing of what comes after the start.

Source: 3GPP TS 27.005 §3; TS 27.007 §8.3 (+CPIN).
"""

from __future__ import annotations

__all__ = ["Facts", "ask_sim", "give_pin", "iccid", "name_sim", "start"]

from collections.abc import Callable
from typing import TypeVar

from attrs import frozen

from smscentre.at import commands
from smscentre.at.answers import (
    Storage,
    read_centre,
    read_identity,
    read_storage,
    read_storages,
)
from smscentre.at.commands import Command
from smscentre.at.errors import RemoteProtocolError
from smscentre.at.scripts import (
    LostError,
    Pause,
    PinAnswered,
    PinNeeded,
    Script,
    UnusableError,
    ask,
    ask_for,
    notify,
)
from smscentre.at.sim import SimState, read_sim_state, sim_state

_T = TypeVar("_T")

_SIM_TRIES = 30
_SIM_AGAIN_S = 2.0
"""How often, and how far apart, a SIM that is busy after power-up is asked."""

_NOT_REACHED = (SimState.ABSENT, SimState.BUSY, SimState.FAILED)
"""States in which a SIM has not seen the PIN."""


@frozen
class Facts:
    """What a modem said of itself at its start; empty where it would not.

    ``notifies`` says that it tells of what comes; without it only the list does.
    ``remarks`` are what an operator should hear.
    """

    imei: str = ""
    sim: str = ""
    centre: str = ""
    storage: str = ""
    stored: Storage | None = None
    notifies: bool = False
    remarks: tuple[str, ...] = ()


def start(storage: str) -> Script[Facts]:
    """Make a modem ours: quiet, in PDU mode, its messages kept and told of.

    :raises UnusableError: its SIM does not work, or it has no PDU mode.
    :raises LostError: an answer stayed out; begin again.
    """
    yield from ask(commands.ECHO_OFF)
    yield from ask(commands.ERROR_CODES)
    yield from _unlock()
    own, stored, remarks = yield from _choose(storage)
    mode = yield from ask(commands.PDU_MODE)
    if not mode.result.ok:
        raise UnusableError(f"it has no PDU mode: {mode.result.text}")
    yield from ask(commands.SERVICE)
    centre = yield from _try_for(commands.CENTRE, read_centre, "")
    imei = yield from _try_for(commands.IMEI, read_identity, "")
    sim = ""
    for command in commands.ICCID:
        sim = sim or (yield from _try_for(command, read_identity, ""))
    # Last, since what it brings before the session serves is heard by nobody.
    notifies = yield from notify()
    if not notifies:
        remarks.append("it does not tell of new messages, which wait for the next list")
    return Facts(imei, sim, centre, own, stored, notifies, tuple(remarks))


def _unlock() -> Script[None]:
    """Wait for the SIM, with its PIN if it wants one."""
    asked = False
    for _ in range(_SIM_TRIES):
        state = yield from ask_sim()
        if state in (SimState.READY, SimState.PIN2, SimState.PUK2):
            # The second PIN is for calls that are barred, and none of ours.
            return
        if state is SimState.PIN and not asked:
            asked = True
            yield from _enter_pin()
        elif state in (SimState.BUSY, SimState.PIN):
            yield Pause(_SIM_AGAIN_S)
        else:
            raise UnusableError(state.value, state)
    raise UnusableError(f"{SimState.BUSY.value}, for a minute", SimState.BUSY)


def ask_sim() -> Script[SimState]:
    """What the SIM waits for.

    :raises UnusableError: nobody knows what the modem means.
    """
    answer = yield from ask(commands.PIN_STATE)
    if not answer.result.ok:
        # One that lacks the command, as some do, has no PIN to ask for.
        return sim_state(answer.result) or SimState.READY
    try:
        return read_sim_state(answer.lines)
    except RemoteProtocolError as error:
        raise UnusableError(f"{error}: {error.line}") from error


def name_sim() -> Script[str]:
    """What tried PINs are remembered by: the ICCID, or the modem that hides it."""
    sim = yield from iccid()
    if sim:
        return sim
    imei = yield from ask_for(commands.IMEI, read_identity, "")
    return f"unknown SIM in {imei or 'an unknown modem'}"


def give_pin(pin: str) -> Script[tuple[SimState, str]]:
    """Give the SIM its PIN, once; what came of it, and in the modem's words."""
    answer = yield from ask(commands.enter_pin(pin))
    if answer.result.ok:
        yield PinAnswered(True)
        return SimState.READY, answer.result.text
    # Bare errors count as a refusal: a third one would block the SIM.
    state = sim_state(answer.result) or SimState.REFUSED
    yield PinAnswered(None if state in _NOT_REACHED else False)
    return state, answer.result.text


def _enter_pin() -> Script[None]:
    pin = yield PinNeeded((yield from name_sim()))
    assert isinstance(pin, str)
    state, text = yield from give_pin(pin)
    if state is not SimState.READY:
        raise UnusableError(f"{state.value}: {text}", state)


def _choose(storage: str) -> Script[tuple[str, Storage | None, list[str]]]:
    """Choose where messages are kept; the modem's own choice is better than none.

    Gives the storage that holds, how full it is, and what an operator should hear.
    """
    for _ in range(_SIM_TRIES):
        chosen = yield from ask(commands.set_storage(storage))
        if sim_state(chosen.result) is not SimState.BUSY:
            break
        yield Pause(_SIM_AGAIN_S)
    if chosen.result.ok:
        try:
            return storage, read_storage(chosen.lines), []
        except RemoteProtocolError:
            return storage, None, []
    none: dict[str, Storage] = {}
    stored = yield from ask_for(commands.STORAGE, read_storages, none)
    own = next(iter(stored), storage)
    remark = f"it refuses storage {storage} ({chosen.result.text}) and keeps {own}"
    return own, stored.get(own), [remark]


def iccid() -> Script[str]:
    """The SIM's number, by whichever command the modem has; empty if by none."""
    for command in commands.ICCID:
        sim = yield from ask_for(command, read_identity, "")
        if sim:
            return sim
    return ""


def _try_for(
    command: Command, reader: Callable[[tuple[str, ...]], _T], otherwise: _T
) -> Script[_T]:
    """As `ask_for`, for what some modem may never answer."""
    try:
        return (yield from ask_for(command, reader, otherwise))
    except LostError:
        return otherwise
