"""What a modem says of itself when an operator asks, as a script that leaves no trace.

Run by a shell of its own, beside the session, which is not there then. It lists and
deletes no message, since a list would mark them as read, and sets nothing but the form
of errors, which it puts back. It judges nothing.

Source: 3GPP TS 27.005 §3.2.2 (+CPMS), §3.4.1 (+CNMI); TS 27.007 §5 (identity), §7.1
(+CNUM), §7.3 (+COPS), §8.2 (+CFUN), §9.1 (+CMEE).
"""

from __future__ import annotations

__all__ = ["Findings", "probe"]

from collections.abc import Callable
from typing import TypeVar

from attrs import define, field

from smscentre.at import commands
from smscentre.at.answers import (
    Registration,
    Storage,
    read_centre,
    read_choices,
    read_identity,
    read_mode,
    read_name,
    read_operator,
    read_own_number,
    read_registration,
    read_signal,
    read_storages,
)
from smscentre.at.commands import Command
from smscentre.at.scripts import (
    LostError,
    Pause,
    PinNeeded,
    Script,
    UnusableError,
    ask,
    ask_for,
)
from smscentre.at.sim import SimState
from smscentre.at.starting import ask_sim, give_pin, iccid, name_sim

_T = TypeVar("_T")

_TRIES = 5
_AGAIN_S = 2.0
"""How often, and how far apart, a SIM that starts and a network that is searched are
asked."""

_NO_CODES = 0
_CODES = 1

_ON_THE_WAY = (Registration.SEARCHING, Registration.NOT_SEARCHING)

_Choices = tuple[frozenset[str], ...]


@define
class Findings:
    """What is known so far; None or empty where the modem did not say.

    ``storages`` are those that are chosen now, ``storage_names`` all that it has.
    ``notifies`` says whether it can tell of new messages as the service wants.
    ``sim_words`` are the modem's where they fit no ``sim_state``; ``was_locked`` says
    that the SIM asked for its PIN. ``unanswered`` are
    the commands to which no answer came. ``is_complete`` says that all was asked.
    """

    manufacturer: str = ""
    model: str = ""
    revision: str = ""
    imei: str = ""
    radio: int | None = None
    sim: str = ""
    sim_state: SimState | None = None
    sim_words: str = ""
    was_locked: bool = False
    own_number: str = ""
    operator: str = ""
    registration: Registration | None = None
    signal_dbm: int | None = None
    storages: dict[str, Storage] = field(factory=dict)
    storage_names: frozenset[str] = frozenset()
    centre: str = ""
    has_pdu_mode: bool | None = None
    notifies: bool | None = None
    unanswered: list[str] = field(factory=list)
    is_complete: bool = False


def probe(found: Findings, *, may_unlock: bool) -> Script[None]:
    """Ask for everything, and write down each answer as it comes.

    With ``may_unlock`` a SIM that wants its PIN sets off `PinNeeded`; an empty reply
    gives none.
    """
    codes = yield from _know(found, commands.ERROR_CODES_SET, read_mode, _CODES)
    if codes == _NO_CODES:
        yield from _set_codes(found, _CODES)
    yield from _identity(found)
    is_unlocked = yield from _sim(found, may_unlock)
    if found.sim_state is not SimState.ABSENT:
        yield from _card(found)
    yield from _network(found, is_patient=is_unlocked)
    yield from _messages(found)
    if codes == _NO_CODES:
        yield from _set_codes(found, _NO_CODES)
    found.is_complete = True


def _identity(found: Findings) -> Script[None]:
    know = _know
    found.manufacturer = yield from know(found, commands.MANUFACTURER, read_name, "")
    found.model = yield from know(found, commands.MODEL, read_name, "")
    found.revision = yield from know(found, commands.REVISION, read_name, "")
    found.imei = yield from know(found, commands.IMEI, read_identity, "")
    found.radio = yield from know(found, commands.FUNCTIONALITY, read_mode, None)


def _sim(found: Findings, may_unlock: bool) -> Script[bool]:
    """Ask what the SIM waits for; tell whether it was given its PIN."""
    yield from _sim_state(found)
    found.was_locked = found.sim_state is SimState.PIN
    if not found.was_locked or not may_unlock:
        return False
    pin = yield PinNeeded((yield from name_sim()))
    if not isinstance(pin, str) or not pin:
        return False
    try:
        found.sim_state, _ = yield from give_pin(pin)
    except LostError:
        found.unanswered.append(commands.enter_pin(pin).name)
        yield from _sim_state(found)
    return found.sim_state is SimState.READY


def _sim_state(found: Findings) -> Script[None]:
    for _ in range(_TRIES):
        try:
            found.sim_state = yield from ask_sim()
        except UnusableError as error:
            found.sim_words = str(error)
        except LostError:
            found.unanswered.append(commands.PIN_STATE.name)
        if found.sim_state is not SimState.BUSY:
            return
        yield Pause(_AGAIN_S)


def _card(found: Findings) -> Script[None]:
    try:
        found.sim = yield from iccid()
    except LostError:
        found.unanswered.append(commands.ICCID[0].name)
    if found.sim_state is SimState.READY:
        found.own_number = yield from _know(
            found, commands.OWN_NUMBER, read_own_number, ""
        )


def _network(found: Findings, *, is_patient: bool) -> Script[None]:
    """Ask for the network; patiently where the SIM has just got its PIN."""
    for _ in range(_TRIES if is_patient else 1):
        found.registration = yield from _know(
            found,
            commands.REGISTRATION,
            lambda lines: read_registration(lines[-1] if lines else ""),
            None,
        )
        if found.registration not in _ON_THE_WAY:
            break
        yield Pause(_AGAIN_S)
    found.operator = yield from _know(found, commands.OPERATOR, read_operator, "")
    found.signal_dbm = yield from _know(found, commands.SIGNAL, read_signal, None)


def _messages(found: Findings) -> Script[None]:
    none: _Choices = ()
    modes = yield from _know(found, commands.PDU_MODE_CHOICES, read_choices, none)
    found.has_pdu_mode = "0" in modes[0] if modes else None
    if found.sim_state not in (SimState.READY, SimState.PIN2, SimState.PUK2, None):
        # The rest is refused without a SIM, or tells of the modem's store only.
        return
    known: dict[str, Storage] = {}
    found.storages = yield from _know(found, commands.STORAGE, read_storages, known)
    names = yield from _know(found, commands.STORAGE_CHOICES, read_choices, none)
    found.storage_names = names[0] if names else frozenset()
    found.centre = yield from _know(found, commands.CENTRE, read_centre, "")
    choices = yield from _know(found, commands.NOTIFY_CHOICES, read_choices, none)
    found.notifies = _takes_ours(choices) if choices else None


def _takes_ours(choices: _Choices) -> bool:
    """Whether one of our settings of +CNMI is among those that it takes."""
    for command in commands.NOTIFY_SET:
        settings = command.text.partition("=")[2].split(",")
        if all(one in among for one, among in zip(settings, choices, strict=False)):
            return True
    return False


def _set_codes(found: Findings, mode: int) -> Script[None]:
    command = commands.set_error_codes(mode)
    try:
        yield from ask(command)
    except LostError:
        found.unanswered.append(command.name)


def _know(
    found: Findings,
    command: Command,
    reader: Callable[[tuple[str, ...]], _T],
    otherwise: _T,
) -> Script[_T]:
    """Ask for what is good to know, and go on if no answer comes."""
    try:
        return (yield from ask_for(command, reader, otherwise))
    except LostError:
        found.unanswered.append(command.name)
        return otherwise
