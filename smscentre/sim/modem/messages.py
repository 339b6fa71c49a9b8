"""The commands about messages, in PDU mode and in text mode.

One table from a command's name to what carries it out; those that prompt give what is
to be done with the body. It does not know how octets become commands.

Source: 3GPP TS 27.005 §3 (text mode and what both have), §4 (PDU mode).
"""

from __future__ import annotations

__all__ = ["MESSAGES", "PROMPTING", "Prompt"]

from collections.abc import Callable

from attrs import frozen

from smscentre.gsm.tpdu import decode_with_smsc, encode_with_smsc
from smscentre.gsm.tpdu_octets import TPDUError
from smscentre.gsm.tpdu_values import Submit
from smscentre.sim.modem import network, receiving
from smscentre.sim.modem.lines import AtCommand, Form
from smscentre.sim.modem.record import What
from smscentre.sim.modem.state import AtError, Family, ModemState
from smscentre.sim.modem.stores import Slot, Status
from smscentre.sim.modem.textmode import (
    STATUSES,
    entry_as_text,
    read_charset,
    tpdu_of_text,
)

_NOT_ALLOWED, _NOT_SUPPORTED = 302, 303
_BAD_PDU, _BAD_TEXT = 304, 305
_BAD_INDEX, _FULL = 321, 322
_ALL = 4
_LENGTH_MOST = 232


@frozen
class Prompt:
    """A body is asked for; ``then`` is done with it and gives the answer's lines."""

    then: Callable[[ModemState, bytes], list[str]]


Run = Callable[[ModemState, AtCommand], list[str] | Prompt]


def _refused(code: int) -> AtError:
    return AtError(Family.CMS, code)


# What modems are told.


def _format(state: ModemState, command: AtCommand) -> list[str]:
    if command.form is Form.TEST:
        return ["+CMGF: (0,1)"]
    if command.form is Form.READ:
        return [f"+CMGF: {int(state.settings.text_mode)}"]
    number = command.number(0, 0)
    if number > 1:
        raise _refused(_NOT_SUPPORTED)
    state.settings.text_mode = bool(number)
    return []


def _service(state: ModemState, command: AtCommand) -> list[str]:
    if command.form is Form.TEST:
        return ["+CSMS: (0,1)"]
    if command.form is Form.READ:
        return [f"+CSMS: {state.settings.service},1,1,1"]
    number = command.number(0)
    if number > 1:
        raise _refused(_NOT_SUPPORTED)
    state.settings.service = number
    return ["+CSMS: 1,1,1"]


def _notify(state: ModemState, command: AtCommand) -> list[str]:
    """+CNMI; what is left out stays as it is."""
    options = state.options
    choices = (
        (0, 1, 2, 3),
        options.notify_kinds,
        (0, 2),
        options.notify_reports,
        (0, 1),
    )
    if command.form is Form.TEST:
        shown = ",".join(f"({','.join(map(str, each))})" for each in choices)
        return [f"+CNMI: {shown}"]
    if command.form is Form.READ:
        return ["+CNMI: " + ",".join(map(str, state.settings.notify))]
    held = state.settings.notify
    told = tuple(command.number(at, old) for at, old in enumerate(held))
    if len(command.parameters) > len(held):
        raise _refused(_NOT_ALLOWED)
    if any(number not in each for number, each in zip(told, choices, strict=True)):
        raise _refused(_NOT_SUPPORTED)
    state.settings.notify = told
    return []


def _memories(state: ModemState, command: AtCommand) -> list[str]:
    stores = state.stores
    if command.form is Form.TEST:
        names = ",".join(f'"{name}"' for name in stores.names)
        return [f"+CPMS: ({names}),({names}),({names})"]
    settings = state.settings
    if command.form is Form.SET:
        said = command.parameters
        if not 1 <= len(said) <= 3 or not set(said) <= set(stores.names):
            raise _refused(_NOT_ALLOWED)
        settings.memories = [*said, *settings.memories[len(said) :]]
    named = command.form is Form.READ
    shown = [
        (f'"{name}",' if named else "")
        + f"{len(stores.taken(name))},{len(stores.indexes(name))}"
        for name in settings.memories
    ]
    return ["+CPMS: " + ",".join(shown)]


def _centre(state: ModemState, command: AtCommand) -> list[str]:
    if command.form is Form.TEST:
        return []
    if command.form is Form.READ:
        kind = 145 if state.centre.startswith("+") else 129
        return [f'+CSCA: "{state.centre}",{kind}']
    state.centre = read_charset(state, command.parameters[0])
    return []


def _text_parameters(state: ModemState, command: AtCommand) -> list[str]:
    held = state.settings.text_parameters
    if command.form is Form.TEST:
        return []
    if command.form is Form.READ:
        return ["+CSMP: " + ",".join(map(str, held))]
    told = tuple(command.number(at, old) for at, old in enumerate(held))
    state.settings.text_parameters = told
    return []


def _text_details(state: ModemState, command: AtCommand) -> list[str]:
    if command.form is Form.TEST:
        return ["+CSDH: (0,1)"]
    if command.form is Form.READ:
        return [f"+CSDH: {int(state.settings.text_details)}"]
    state.settings.text_details = bool(command.number(0, 0))
    return []


# What is in the stores.


def _list(state: ModemState, command: AtCommand) -> list[str]:
    if command.form is Form.TEST:
        if state.settings.text_mode:
            return ["+CMGL: (" + ",".join(f'"{name}"' for name in STATUSES) + ")"]
        return ["+CMGL: (0-4)"]
    wanted = _wanted(state, command)
    store = state.settings.memories[0]
    lines: list[str] = []
    for index, slot in state.stores.taken(store):
        if wanted in (_ALL, slot.status):
            header, body = _entry(state, slot)
            lines += [f"+CMGL: {index},{header}", *body]
            _mark(state, What.LISTED, (store, index), slot)
    return lines


def _wanted(state: ModemState, command: AtCommand) -> int:
    """Which status +CMGL is to list."""
    if not state.settings.text_mode:
        number = command.number(0, 0)
        if number > _ALL:
            raise _refused(_BAD_PDU)
        return number
    said = command.parameters[0] if command.parameters else STATUSES[0]
    if said.upper() not in STATUSES:
        raise _refused(_BAD_TEXT)
    return STATUSES.index(said.upper())


def _read(state: ModemState, command: AtCommand) -> list[str]:
    if command.form is Form.TEST:
        return []
    store = state.settings.memories[0]
    index = command.number(0)
    slot = _slot(state, store, index)
    if slot is None:
        raise _refused(_BAD_INDEX)
    header, body = _entry(state, slot)
    _mark(state, What.READ, (store, index), slot)
    return [f"+CMGR: {header}", *body]


def _delete(state: ModemState, command: AtCommand) -> list[str]:
    """One slot, or all of some status, whatever the index is.

    Source: 3GPP TS 27.005 §3.5.4 (<delflag>).
    """
    store = state.settings.memories[0]
    if command.form is Form.TEST:
        taken = ",".join(str(index) for index, _ in state.stores.taken(store))
        return [f"+CMGD: ({taken}),(0-4)"]
    index, flag = command.number(0), command.number(1, 0)
    if flag > _ALL:
        raise _refused(_NOT_SUPPORTED)
    if not flag:
        _slot(state, store, index)
        _clear(state, store, index)
        return []
    doomed = {Status.READ, Status.SENT, Status.UNSENT}
    if flag == 1:
        doomed = {Status.READ}
    elif flag == 2:
        doomed = {Status.READ, Status.SENT}
    for each, slot in state.stores.taken(store):
        if flag == _ALL or slot.status in doomed:
            _clear(state, store, each)
    return []


def _entry(state: ModemState, slot: Slot) -> tuple[str, tuple[str, ...]]:
    if state.settings.text_mode:
        return entry_as_text(state, slot)
    length = len(slot.octets) - 1 - slot.octets[0]
    return f"{slot.status.value},,{length}", (slot.octets.hex().upper(),)


def _slot(state: ModemState, store: str, index: int) -> Slot | None:
    try:
        return state.stores.get(store, index)
    except IndexError:
        raise _refused(_BAD_INDEX) from None


def _mark(state: ModemState, what: What, place: tuple[str, int], slot: Slot) -> None:
    """Write down that a slot was shown; it is read from now on."""
    state.record.moved(state.now, what, place, slot.delivery)
    if slot.status is Status.UNREAD:
        slot.status = Status.READ


def _clear(state: ModemState, store: str, index: int) -> None:
    slot = state.stores.clear(store, index)
    if slot is not None:
        place = store, index
        state.record.moved(state.now, What.DELETED, place, slot.delivery)


# What is sent.


def _send(state: ModemState, command: AtCommand) -> list[str] | Prompt:
    if command.form is Form.TEST:
        return []
    read = _body_reader(state, command)

    def then(state: ModemState, body: bytes) -> list[str]:
        tpdu, octets = read(state, body)
        return [f"+CMGS: {network.submit(state, tpdu, octets)}"]

    return Prompt(then)


def _write(state: ModemState, command: AtCommand) -> list[str] | Prompt:
    if command.form is Form.TEST:
        return []
    read = _body_reader(state, command)

    def then(state: ModemState, body: bytes) -> list[str]:
        _, octets = read(state, body)
        store = state.settings.memories[1]
        index = state.stores.put(store, Slot(b"\0" + octets, Status.UNSENT))
        if index is None:
            raise _refused(_FULL)
        return [f"+CMGW: {index}"]

    return Prompt(then)


def _send_stored(state: ModemState, command: AtCommand) -> list[str]:
    if command.form is Form.TEST:
        return []
    slot = _slot(state, state.settings.memories[1], command.number(0))
    if slot is None:
        raise _refused(_BAD_INDEX)
    tpdu, octets = _submit_of(slot.octets)
    reference = network.submit(state, tpdu, octets)
    slot.status = Status.SENT
    return [f"+CMSS: {reference}"]


_Read = Callable[[ModemState, bytes], tuple[Submit, bytes]]


def _body_reader(state: ModemState, command: AtCommand) -> _Read:
    """How the body of a command becomes a message."""
    if not state.settings.text_mode:
        length = command.number(0)
        if not 1 <= length <= _LENGTH_MOST:
            raise _refused(_BAD_PDU)
        return lambda state, body: _submit_in_pdu(body, length)
    said = command.parameters
    if not said:
        raise _refused(_BAD_TEXT)
    destination = network.person_or_name(read_charset(state, said[0]))

    def read(state: ModemState, body: bytes) -> tuple[Submit, bytes]:
        try:
            tpdu = tpdu_of_text(state, destination, body)
            return tpdu, encode_with_smsc(tpdu)[1:]
        except ValueError:
            raise _refused(_BAD_TEXT) from None

    return read


def _submit_in_pdu(body: bytes, length: int) -> tuple[Submit, bytes]:
    try:
        octets = bytes.fromhex(body.decode("ascii").strip())
    except ValueError:
        raise _refused(_BAD_PDU) from None
    if not octets or len(octets) - 1 - octets[0] != length:
        raise _refused(_BAD_PDU)
    return _submit_of(octets)


def _submit_of(octets: bytes) -> tuple[Submit, bytes]:
    """The message of octets that begin with a service centre's address."""
    try:
        _, tpdu = decode_with_smsc(octets)
    except TPDUError:
        raise _refused(_BAD_PDU) from None
    if not isinstance(tpdu, Submit) or tpdu.missing:
        raise _refused(_BAD_PDU)
    return tpdu, octets[1 + octets[0] :]


def _acknowledge(state: ModemState, command: AtCommand) -> list[str]:
    if command.form is Form.TEST:
        return ["+CNMA: (0-2)"]
    receiving.acknowledge(state, accepted=command.number(0, 0) in (0, 1))
    return []


MESSAGES: dict[str, Run] = {
    "+CMGF": _format,
    "+CSMS": _service,
    "+CNMI": _notify,
    "+CPMS": _memories,
    "+CSCA": _centre,
    "+CSMP": _text_parameters,
    "+CSDH": _text_details,
    "+CMGL": _list,
    "+CMGR": _read,
    "+CMGD": _delete,
    "+CMGS": _send,
    "+CMGW": _write,
    "+CMSS": _send_stored,
    "+CNMA": _acknowledge,
}
"""Each command to what carries it out."""

PROMPTING = ("+CMGS", "+CMGW")
"""Those that ask for a body; they are carried out when it came."""
