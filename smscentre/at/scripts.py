"""What is said to a modem in a row, as generators: a command out, its answer in.

Between the single command and the session, which runs one script at a time. A script
knows the order of its commands and what their answers mean for it; it knows no
time, no port, and nothing of what else the session has to do.

Source: 3GPP TS 27.005 §3 and §4; TS 27.007 §8.3 (+CPIN), §8.5 (+CSQ), §7.2 (+CREG).
"""

from __future__ import annotations

__all__ = [
    "Facts",
    "Listing",
    "LostError",
    "Measure",
    "Pause",
    "PinAnswered",
    "PinNeeded",
    "Reply",
    "Script",
    "Step",
    "UnusableError",
    "ask",
    "confirm",
    "elsewhere",
    "measure",
    "notify",
    "remove",
    "start",
    "submit",
    "sweep",
    "touch",
]

from collections.abc import Callable, Generator
from typing import TypeVar

from attrs import frozen

from smscentre.at import commands
from smscentre.at.answers import (
    Registration,
    Storage,
    entries,
    read_centre,
    read_identity,
    read_notify,
    read_reference,
    read_registration,
    read_signal,
    read_storage,
)
from smscentre.at.commands import Command
from smscentre.at.errors import RemoteProtocolError
from smscentre.at.events import Answered
from smscentre.at.results import Result
from smscentre.at.sim import SimState, read_sim_state, sim_state
from smscentre.errors import SMSCentreError

_T = TypeVar("_T")

_SIM_TRIES = 30
_SIM_AGAIN_S = 2.0
"""How often, and how far apart, a SIM that is busy after power-up is asked."""

_NOT_REACHED = (SimState.ABSENT, SimState.BUSY, SimState.FAILED)
"""States in which a SIM has not seen the PIN."""

_NOTIFY = tuple(
    tuple(int(n) for n in command.text.partition("=")[2].split(","))
    for command in commands.NOTIFY_SET
)
"""What +CNMI says when one of the two settings holds."""

_REPORTS_BROUGHT = _NOTIFY[1]
"""With it a report waits for +CNMA, and with the other nothing does."""


@frozen
class Pause:
    """Nothing is said for so many seconds."""

    seconds: float


@frozen
class PinNeeded:
    """The SIM wants its PIN; ``sim`` is its ICCID, or the modem's IMEI if it hides it.

    The reply is the PIN.
    """

    sim: str


@frozen
class PinAnswered:
    """The SIM took the PIN, or did not; there is no reply.

    ``accepted`` is None if it did not get it.
    """

    accepted: bool | None


Step = Command | Pause | PinNeeded | PinAnswered
Reply = Answered | str | None
Script = Generator[Step, Reply, _T]

Listing = tuple[Result, list[tuple[str, str]]]
"""The result of a list, and its entries."""

_Lines = tuple[str, ...]


class LostError(SMSCentreError):
    """Thrown into a script: the answer to its command will never be known.

    ``written`` is that of `smscentre.at.events.Lost`.
    """

    def __init__(self, reason: str, written: bool) -> None:
        self.reason = reason
        self.written = written
        super().__init__(reason)


class UnusableError(SMSCentreError):
    """The modem answers and cannot serve; the text says to an operator why.

    ``state`` is the SIM's, if that is the reason.
    """

    def __init__(self, reason: str, state: SimState | None = None) -> None:
        self.state = state
        super().__init__(reason)


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


@frozen
class Measure:
    """How a modem fares; None where it does not say.

    ``signal_dbm`` is -113 to -51. ``forgetful`` says that it no longer notifies as
    it was told to: it has restarted.
    """

    signal_dbm: int | None = None
    registration: Registration | None = None
    stored: Storage | None = None
    forgetful: bool = False


def ask(command: Command) -> Script[Answered]:
    """Say one command.

    :raises LostError: its answer stays out.
    """
    reply = yield command
    assert isinstance(reply, Answered)
    return reply


def start(storage: str) -> Script[Facts]:
    """Make a modem ours: quiet, in PDU mode, its messages kept and told of.

    :raises UnusableError: its SIM does not work, or it has no PDU mode.
    :raises LostError: an answer stayed out; begin again.
    """
    yield from ask(commands.ECHO_OFF)
    yield from ask(commands.ERROR_CODES)
    yield from _unlock()
    stored, remarks = yield from _choose(storage)
    mode = yield from ask(commands.PDU_MODE)
    if not mode.result.ok:
        raise UnusableError(f"it has no PDU mode: {mode.result.text}")
    yield from ask(commands.SERVICE)
    centre = yield from _read(commands.CENTRE, read_centre, "")
    imei = yield from _read(commands.IMEI, read_identity, "")
    sim = yield from _iccid()
    # Last, since what it brings before the session serves is heard by nobody.
    notifies = yield from notify()
    if not notifies:
        remarks.append("it does not tell of new messages, which wait for the next list")
    return Facts(imei, sim, centre, storage, stored, notifies, tuple(remarks))


def sweep() -> Script[Listing]:
    """List every slot: its header and its PDU's line.

    :raises LostError: the list stayed out.
    """
    listed = yield from ask(commands.LIST)
    return listed.result, entries(listed.lines)


def remove(index: int) -> Script[Result]:
    """Delete one slot.

    :raises LostError: it may be deleted or not.
    """
    return (yield from ask(commands.delete(index))).result


def elsewhere(storage: str, own: str, script: Script[_T]) -> Script[_T | Result]:
    """Run a script with another storage; the result of a choice that was refused.

    :raises LostError: an answer stayed out, and nobody knows which storage is chosen.
    """
    chosen = yield from ask(commands.read_from(storage))
    if not chosen.result.ok:
        return chosen.result
    outcome = yield from script
    back = yield from ask(commands.read_from(own))
    if not back.result.ok:
        raise LostError(f"no way back to {own}: {back.result.text}", True)
    return outcome


def confirm() -> Script[Result]:
    """Say that what came without being stored is safe.

    :raises LostError: the answer stayed out.
    """
    return (yield from ask(commands.ACKNOWLEDGE)).result


def submit(command: Command) -> Script[tuple[Result, int | None]]:
    """Send one message; gives the result and, if it was sent, its reference.

    An OK without a readable reference was sent all the same.

    :raises LostError: it may be sent or not, as ``written`` has it.
    """
    answer = yield from ask(command)
    if not answer.result.ok:
        return answer.result, None
    try:
        return answer.result, read_reference(answer.lines)
    except RemoteProtocolError:
        return answer.result, None


def measure(notifies: bool) -> Script[Measure]:
    """Ask for signal, registration and store, and whether it still notifies.

    :raises LostError: an answer stayed out.
    """
    signal = yield from _read(commands.SIGNAL, read_signal, None)
    registration = yield from _read(
        commands.REGISTRATION, lambda lines: read_registration(_last(lines)), None
    )
    stored = yield from _read(commands.STORAGE, read_storage, None)
    told = yield from _read(commands.NOTIFY, read_notify, None)
    forgetful = notifies and told is not None and told not in _NOTIFY
    return Measure(signal, registration, stored, forgetful)


def touch() -> Script[Result]:
    """See whether the modem still answers.

    :raises LostError: it does not.
    """
    return (yield from ask(commands.ATTENTION)).result


def _unlock() -> Script[None]:
    """Wait for the SIM, with its PIN if it wants one."""
    asked = False
    for _ in range(_SIM_TRIES):
        state = yield from _sim_state()
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


def _sim_state() -> Script[SimState]:
    answer = yield from ask(commands.PIN_STATE)
    if not answer.result.ok:
        # One that lacks the command, as some do, has no PIN to ask for.
        return sim_state(answer.result) or SimState.READY
    try:
        return read_sim_state(answer.lines)
    except RemoteProtocolError as error:
        raise UnusableError(f"{error}: {error.line}") from error


def _enter_pin() -> Script[None]:
    sim = yield from _iccid()
    if not sim:
        imei = yield from _read(commands.IMEI, read_identity, "")
        sim = f"unknown SIM in {imei or 'an unknown modem'}"
    pin = yield PinNeeded(sim)
    assert isinstance(pin, str)
    answer = yield from ask(commands.enter_pin(pin))
    if answer.result.ok:
        yield PinAnswered(True)
        return
    # Bare errors count as a refusal: a third one would block the SIM.
    state = sim_state(answer.result) or SimState.REFUSED
    yield PinAnswered(None if state in _NOT_REACHED else False)
    raise UnusableError(f"{state.value}: {answer.result.text}", state)


def _choose(storage: str) -> Script[tuple[Storage | None, list[str]]]:
    """Choose where messages are kept; the modem's own choice is better than none."""
    for _ in range(_SIM_TRIES):
        chosen = yield from ask(commands.set_storage(storage))
        if sim_state(chosen.result) is not SimState.BUSY:
            break
        yield Pause(_SIM_AGAIN_S)
    if chosen.result.ok:
        try:
            return read_storage(chosen.lines), []
        except RemoteProtocolError:
            return None, []
    stored = yield from _read(commands.STORAGE, read_storage, None)
    remark = f"it has no storage {storage} ({chosen.result.text}) and uses its own"
    return stored, [remark]


def notify() -> Script[bool]:
    """Have it tell of what comes; what it says afterwards counts, not its OK.

    What it brought and waits for is given back: left alone, it would soon tell of
    nothing more (TS 27.005 §3.4.4).
    """
    for command in commands.NOTIFY_SET:
        yield from ask(command)
        told = yield from _read(commands.NOTIFY, read_notify, None)
        if told in _NOTIFY:
            if told == _REPORTS_BROUGHT:
                yield from ask(commands.NOT_SAFE)
            return True
    return False


def _iccid() -> Script[str]:
    for command in commands.ICCID:
        sim = yield from _read(command, read_identity, "")
        if sim:
            return sim
    return ""


def _read(
    command: Command, reader: Callable[[_Lines], _T], otherwise: _T
) -> Script[_T]:
    """Ask for what is good to know; what is refused or unreadable is not known."""
    answer = yield from ask(command)
    if not answer.result.ok:
        return otherwise
    try:
        return reader(answer.lines)
    except RemoteProtocolError:
        return otherwise


def _last(lines: _Lines) -> str:
    return lines[-1] if lines else ""
