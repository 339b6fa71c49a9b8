"""What is said to a modem in a row, as generators: a command out, its answer in.

Between the single command and the session, which runs one script at a time. A script
knows the order of its commands and what their answers mean for it; it knows no
time, no port, and nothing of what else the session has to do.

Source: 3GPP TS 27.005 §3 and §4; TS 27.007 §8.3 (+CPIN), §8.5 (+CSQ), §7.2 (+CREG).
"""

from __future__ import annotations

__all__ = [
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
    "ask_for",
    "confirm",
    "elsewhere",
    "measure",
    "notify",
    "remove",
    "reread",
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
    read_notify,
    read_reference,
    read_registration,
    read_signal,
    read_storage,
)
from smscentre.at.commands import Command
from smscentre.at.errors import RemoteProtocolError
from smscentre.at.events import Answered
from smscentre.at.listing import read_one
from smscentre.at.results import Result
from smscentre.at.sim import SimState
from smscentre.errors import SMSCentreError

_T = TypeVar("_T")

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


def sweep() -> Script[Listing]:
    """List every slot: its header and its PDU's line.

    :raises LostError: the list stayed out.
    """
    listed = yield from ask(commands.LIST)
    return listed.result, entries(listed.lines)


def reread(index: int) -> Script[str]:
    """Read one slot by itself: its PDU's line, or empty if there is none.

    :raises LostError: the answer stayed out.
    """
    answer = yield from ask(commands.read(index))
    return read_one(answer.lines) if answer.result.ok else ""


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
    signal = yield from ask_for(commands.SIGNAL, read_signal, None)
    registration = yield from _registration()
    stored = yield from ask_for(commands.STORAGE, read_storage, None)
    told = yield from ask_for(commands.NOTIFY, read_notify, None)
    forgetful = notifies and told is not None and told not in _NOTIFY
    return Measure(signal, registration, stored, forgetful)


def _registration() -> Script[Registration | None]:
    """Where it stands with the network, by any of the ways that messages take."""
    best = None
    for command in commands.REGISTRATIONS:
        found = yield from ask_for(
            command, lambda lines: read_registration(_last(lines)), None
        )
        if found is not None and found.registered:
            return found
        best = best or found
    return best


def touch() -> Script[Result]:
    """See whether the modem still answers.

    :raises LostError: it does not.
    """
    return (yield from ask(commands.ATTENTION)).result


def notify() -> Script[bool]:
    """Have it tell of what comes; what it says afterwards counts, not its OK.

    What it brought and waits for is given back: left alone, it would soon tell of
    nothing more (TS 27.005 §3.4.4).
    """
    for command in commands.NOTIFY_SET:
        yield from ask(command)
        told = yield from ask_for(commands.NOTIFY, read_notify, None)
        if told in _NOTIFY:
            if told == _REPORTS_BROUGHT:
                yield from _give_back()
            return True
    return False


def _give_back() -> Script[None]:
    try:
        yield from ask(commands.NOT_SAFE)
    except LostError:
        # A modem that does not know it may keep silent; its list tells all the same.
        return


def ask_for(
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
