"""The commands that are not about messages: the line, identity, SIM and network.

One table from a command's name to what carries it out. What is only set and read back
is one table more; a modem has many settings that mean nothing to messages.

Source: ITU-T V.250 §6; 3GPP TS 27.007 §5 (identity), §7.2 (+CREG), §7.3 (+COPS), §7.4
(+CLCK), §8.2 (+CFUN), §8.3 (+CPIN), §8.4 (+CBC), §8.5 (+CSQ), §9.1 (+CMEE).
"""

from __future__ import annotations

__all__ = ["BEFORE_PIN", "GENERAL"]

from collections.abc import Callable

from smscentre.sim.modem.card import CardState
from smscentre.sim.modem.lines import AtCommand, Form
from smscentre.sim.modem.network import local_time
from smscentre.sim.modem.state import AtError, Family, ModemState

Run = Callable[[ModemState, AtCommand], list[str]]

_NOT_ALLOWED = 3
_NOT_INSERTED = 10
_WRONG_PASSWORD = 16
_WANTS_PUK = 12
_CHARSETS = ("GSM", "IRA", "UCS2")
_UNKNOWN = 100

BEFORE_PIN = frozenset(
    {
        *("AT", "E", "V", "Q", "Z", "I", "H", "L", "M", "X"),
        *("&F", "&C", "&D", "&K", "&S", "&W"),
        *("+CPIN", "+CMEE", "+CFUN", "+CSQ", "+CREG", "+CGREG", "+CEREG", "+CGSN"),
        *("+CGMI", "+CGMM", "+CGMR", "+GMI", "+GMM", "+GMR", "+GSN", "+GCAP"),
        *("+CCID", "+ICCID", "^ICCID", "+QCCID", "+CSCS", "+IPR", "+CBC", "+CSMS"),
        *("+CMGF", "+CLCK", "+CLIP", "+WIND", "+IFC", "+ICF", "+CPAS"),
    }
)
"""What is answered while the SIM waits for its PIN."""


def _switch(name: str) -> Run:
    """A setting of V.250 that is on or off."""

    def run(state: ModemState, command: AtCommand) -> list[str]:
        number = command.number(0, 0)
        if number not in (0, 1):
            raise AtError()
        setattr(state.settings, name, bool(number))
        return []

    return run


def _reset(state: ModemState, command: AtCommand) -> list[str]:
    """ATZ and AT&F; the storages stay, as on most."""
    memories = state.settings.memories
    state.settings = type(state.settings)(memories)
    return []


def _nothing(state: ModemState, command: AtCommand) -> list[str]:
    return []


def _not_connected(state: ModemState, command: AtCommand) -> list[str]:
    raise AtError(Family.CME, _NOT_ALLOWED)


def _information(state: ModemState, command: AtCommand) -> list[str]:
    options = state.options
    return [options.manufacturer, options.model, f"Revision: {options.revision}"]


def _told(name: str) -> Run:
    """A command that tells one of the options, bare."""

    def run(state: ModemState, command: AtCommand) -> list[str]:
        return [] if command.form is Form.TEST else [getattr(state.options, name)]

    return run


def _imsi(state: ModemState, command: AtCommand) -> list[str]:
    return [] if command.form is Form.TEST else [state.card.imsi]


def _iccid(state: ModemState, command: AtCommand) -> list[str]:
    if command.name not in state.options.iccid_commands:
        raise AtError(Family.CME, _UNKNOWN)
    if not state.card.inserted:
        raise AtError(Family.CME, _NOT_INSERTED)
    return [f"{command.name}: {state.card.iccid}"]


def _error_codes(state: ModemState, command: AtCommand) -> list[str]:
    if command.form is Form.TEST:
        return ["+CMEE: (0-2)"]
    if command.form is Form.READ:
        return [f"+CMEE: {state.settings.error_codes}"]
    number = command.number(0, 0)
    if number > 2:
        raise AtError()
    state.settings.error_codes = number
    return []


def _pin(state: ModemState, command: AtCommand) -> list[str]:
    card = state.card
    if command.form is Form.TEST:
        return []
    if not card.inserted:
        raise AtError(Family.CME, _NOT_INSERTED)
    if command.form is Form.READ:
        return [f"+CPIN: {card.state.value}"]
    said = command.parameters
    match card.state:
        case CardState.PIN:
            taken = len(said) == 1 and card.enter(said[0])
        case CardState.PUK:
            taken = len(said) == 2 and card.unblock(said[0], said[1])
        case _:
            raise AtError(Family.CME, _NOT_ALLOWED)
    if not taken:
        blocked = card.state is CardState.PUK
        raise AtError(Family.CME, _WANTS_PUK if blocked else _WRONG_PASSWORD)
    state.said.extend((line,) for line in ("+CPIN: READY", *state.options.ready))
    return []


def _lock(state: ModemState, command: AtCommand) -> list[str]:
    """+CLCK of the SIM, by its PIN; all other facilities are off."""
    if command.form is Form.TEST:
        return ['+CLCK: ("SC","AO","OI","AI","IR","FD","PN")']
    facility, *_ = command.parameters
    mode = command.number(1)
    card = state.card
    if mode == 2:
        return [f"+CLCK: {int(facility == 'SC' and card.locked)}"]
    if facility != "SC" or card.state is not CardState.READY:
        raise AtError(Family.CME, _NOT_ALLOWED)
    if len(command.parameters) < 3 or not card.enter(command.parameters[2]):
        raise AtError(Family.CME, _WRONG_PASSWORD)
    card.locked = bool(mode)
    return []


def _signal(state: ModemState, command: AtCommand) -> list[str]:
    if command.form is Form.TEST:
        return ["+CSQ: (0-31,99),(0-7,99)"]
    return [f"+CSQ: {17 if state.is_on_air else 99},99"]


def _registration(state: ModemState, command: AtCommand) -> list[str]:
    name = command.name
    if command.form is Form.TEST:
        return [f"{name}: (0-2)"]
    if command.form is Form.SET:
        number = command.number(0)
        if number > 2:
            raise AtError(Family.CME, _NOT_ALLOWED)
        state.settings.modes[name] = str(number)
        return []
    mode = state.settings.modes.get(name, "0")
    ready = state.card.state is CardState.READY
    stat = state.registration if ready else 0
    area = ',"1A2B","00C3D4"' if mode == "2" and state.is_on_air else ""
    return [f"{name}: {mode},{stat}{area}"]


def _operator(state: ModemState, command: AtCommand) -> list[str]:
    if command.form is Form.TEST:
        return [f'+COPS: (2,"{state.options.operator}","SIM","51010"),,(0-4),(0-2)']
    if command.form is Form.SET:
        said = command.parameters
        if said[0] == "3" and len(said) > 1:
            state.settings.modes["+COPS"] = said[1]
        return []
    if not state.is_on_air:
        return ["+COPS: 0"]
    numeric = state.settings.modes.get("+COPS") == "2"
    return [
        '+COPS: 0,2,"51010"' if numeric else f'+COPS: 0,0,"{state.options.operator}"'
    ]


def _functionality(state: ModemState, command: AtCommand) -> list[str]:
    if command.form is Form.TEST:
        return ["+CFUN: (0,1,4),(0,1)"]
    if command.form is Form.READ:
        return [f"+CFUN: {state.settings.modes.get('+CFUN', '1')}"]
    if command.number(1, 0) == 1:
        state.restart_wanted = True
        return []
    state.settings.modes["+CFUN"] = str(command.number(0))
    return []


def _charset(state: ModemState, command: AtCommand) -> list[str]:
    if command.form is Form.TEST:
        names = ",".join(f'"{name}"' for name in _CHARSETS)
        return [f"+CSCS: ({names})"]
    if command.form is Form.READ:
        return [f'+CSCS: "{state.settings.charset}"']
    said = command.parameters[0] if command.parameters else ""
    if said not in _CHARSETS:
        raise AtError(Family.CME, _NOT_ALLOWED)
    state.settings.charset = said
    return []


def _own_number(state: ModemState, command: AtCommand) -> list[str]:
    return (
        [] if command.form is Form.TEST else [f'+CNUM: "","{state.options.number}",145']
    )


def _battery(state: ModemState, command: AtCommand) -> list[str]:
    return ["+CBC: (0-2),(0-100)" if command.form is Form.TEST else "+CBC: 0,100"]


def _activity(state: ModemState, command: AtCommand) -> list[str]:
    return ["+CPAS: (0,3,4)" if command.form is Form.TEST else "+CPAS: 0"]


def _clock(state: ModemState, command: AtCommand) -> list[str]:
    if command.form is Form.READ:
        return [f'+CCLK: "{local_time(state):%y/%m/%d,%H:%M:%S}+28"']
    return []


_KEPT = {
    "+CLIP": ("0", ",1", "(0-1)"),
    "+CRC": ("0", "", "(0-1)"),
    "+COLP": ("0", ",0", "(0-1)"),
    "+IPR": ("115200", "", "(0,9600,115200)"),
    "+IFC": ("0,0", "", "(0-2),(0-2)"),
    "+ICF": ("3,3", "", "(1-6),(0-3)"),
    "+CTZU": ("0", "", "(0-1)"),
    "+CTZR": ("0", "", "(0-1)"),
    "+CSSN": ("0,0", "", "(0-1),(0-1)"),
    "+CUSD": ("0", "", "(0-2)"),
    "+CMER": ("0,0,0,0,0", "", "(0-3),(0),(0),(0-1),(0-1)"),
    "+CCWA": ("0", "", "(0-1)"),
    "+CGATT": ("1", "", "(0-1)"),
    "+WS46": ("12", "", "(12,22,25)"),
}
"""Settings that are kept and change nothing: at the start, at the end of what is read,
what there is."""


def _kept(state: ModemState, command: AtCommand) -> list[str]:
    first, fixed, choices = _KEPT[command.name]
    match command.form:
        case Form.TEST:
            return [f"{command.name}: {choices}"]
        case Form.READ:
            held = state.settings.modes.get(command.name, first)
            return [f"{command.name}: {held}{fixed}"]
        case Form.SET:
            state.settings.modes[command.name] = command.argument
    return []


GENERAL: dict[str, Run] = {
    "AT": _nothing,
    "E": _switch("echo"),
    "V": _switch("verbose"),
    "Q": _switch("quiet"),
    "Z": _reset,
    "&F": _reset,
    **dict.fromkeys(
        ("L", "M", "X", "H", "&C", "&D", "&W", "&K", "&S", "T", "P", "S0"), _nothing
    ),
    **dict.fromkeys(("D", "A", "O"), _not_connected),
    "I": _information,
    **dict.fromkeys(("+CGMI", "+GMI"), _told("manufacturer")),
    **dict.fromkeys(("+CGMM", "+GMM"), _told("model")),
    **dict.fromkeys(("+CGMR", "+GMR"), _told("revision")),
    **dict.fromkeys(("+CGSN", "+GSN"), _told("imei")),
    "+CIMI": _imsi,
    **dict.fromkeys(("+CCID", "^ICCID", "+QCCID", "+ICCID"), _iccid),
    "+CMEE": _error_codes,
    "+CPIN": _pin,
    "+CLCK": _lock,
    "+CSQ": _signal,
    **dict.fromkeys(("+CREG", "+CGREG", "+CEREG"), _registration),
    "+COPS": _operator,
    "+CFUN": _functionality,
    "+CSCS": _charset,
    "+CNUM": _own_number,
    "+CBC": _battery,
    "+CPAS": _activity,
    "+CCLK": _clock,
    **dict.fromkeys(_KEPT, _kept),
}
"""Each command to what carries it out; what is not here or in the table of messages
is unknown."""
