"""What a look at a serial line means, in words, with what to do. Pure.

After `smscentre.probing`, which looked. It is written for somebody who is alone with
a modem at night: what is there, what is wrong, and what to type.
"""

from __future__ import annotations

__all__ = ["Advice", "advice", "is_ready", "report_json", "report_lines"]

import json
from collections.abc import Iterator, Sequence

from attrs import asdict, frozen

from smscentre.at.answers import Registration
from smscentre.at.probe import Findings
from smscentre.at.sim import SimState
from smscentre.probing import Neighbour, OnLine, Probed

_SIGNALS = ((-85, "strong"), (-100, "fair"))
_WEAK_DBM = -100
_RADIO_ON = 1
_WIDTH = 16

_SIM_ADVICE = {
    SimState.PIN: "give it with --pin-file here and pin_file in the configuration, or "
    "switch the PIN off in a phone",
    SimState.PUK: "put it into a phone and type the PUK that came with the SIM; then "
    "make sure of the PIN in pin_file",
    SimState.LOCKED: "use a SIM of the operator that sold the modem, or another modem",
    SimState.ABSENT: "push the SIM in until it clicks, the right way round, and plug "
    "the modem in again",
    SimState.BUSY: "wait a minute and ask again; if it stays so, take the SIM out and "
    "put it in again",
    SimState.FAILED: "clean its contacts, try it in a phone, ask the operator for a "
    "new one",
    SimState.WRONG: "try the SIM in a phone, and another SIM in the modem",
    SimState.REFUSED: "look up the right one and do not guess: the third wrong one "
    "blocks the SIM",
}
_USABLE = (SimState.READY, SimState.PIN2, SimState.PUK2)
"""The second PIN is for calls that are barred, and none of ours."""

_NETWORK_ADVICE = {
    Registration.SEARCHING: "wait a minute and ask again; then move the antenna, or "
    "the modem away from walls and metal",
    Registration.DENIED: "the operator refuses this SIM: is it activated, paid for, "
    "registered to somebody?",
    Registration.EMERGENCY: "the operator refuses this SIM: is it activated, paid for, "
    "registered to somebody?",
    Registration.NOT_SEARCHING: "look whether the SIM is active, and plug the modem in "
    "again",
    Registration.UNKNOWN: "wait a minute and ask again",
}

_LINE_ADVICE = {
    OnLine.SILENCE: "is this the port for commands? A stick has several, try its "
    "others; is the modem switched on; plug it in again",
    OnLine.ECHO: "this is no modem, or a port of one that speaks no AT: try the others",
    OnLine.NOISE: "this is no modem, or it speaks at another speed: give --baud; a "
    "port for positions or diagnostics talks like this, try the others",
}


@frozen
class Advice:
    """One thing that is wrong and what to do; what ``stops`` the work comes first."""

    problem: str
    remedy: str
    stops: bool = True


def advice(probed: Probed, storage: str) -> list[Advice]:
    """Everything that is wrong, what keeps the modem from its work first."""
    if probed.on_line is not OnLine.MODEM:
        told = Advice(probed.on_line.value, _LINE_ADVICE[probed.on_line])
        return [told]
    found = probed.found
    given = [
        *_unanswered(found),
        *_sim(probed),
        *(_network(found) if found.sim_state in _USABLE else ()),
        *_messages(found, storage),
    ]
    return sorted(given, key=lambda each: not each.stops)


def is_ready(probed: Probed, storage: str) -> bool:
    """Whether the service could work with it as it is."""
    return not any(each.stops for each in advice(probed, storage))


def report_lines(
    probed: Probed, others: Sequence[Neighbour], device: str, storage: str
) -> Iterator[str]:
    """The report for people; ``device`` is the name for the configuration."""
    at = "" if probed.baud is None else f" at {probed.baud} baud"
    yield f"{probed.device}: {probed.on_line.value}{at}"
    if probed.on_line is OnLine.MODEM:
        yield ""
        for name, value in _table(probed.found):
            yield f"  {name.ljust(_WIDTH)}  {value}"
    yield from _other_lines(probed, others)
    yield ""
    given = advice(probed, storage)
    stops = [each for each in given if each.stops]
    yield f"NOT READY: {stops[0].problem}" if stops else "READY"
    for each in given:
        yield f"  - {each.problem}: {each.remedy}"
    if probed.on_line is OnLine.MODEM:
        yield ""
        yield "For the configuration:"
        yield ""
        yield from _section(probed, device, storage)


def report_json(probed: Probed, others: Sequence[Neighbour], storage: str) -> str:
    """The same for programs."""
    found = asdict(probed.found)
    found["sim_state"] = probed.found.sim_state and probed.found.sim_state.value
    registration = probed.found.registration
    found["registration"] = registration and registration.value
    found["storage_names"] = sorted(probed.found.storage_names)
    told = {
        "device": probed.device,
        "baud": probed.baud,
        "on_line": probed.on_line.name.lower(),
        "ready": is_ready(probed, storage),
        "advice": [asdict(each) for each in advice(probed, storage)],
        "modem": found if probed.on_line is OnLine.MODEM else None,
        "others": [asdict(each) for each in others],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _unanswered(found: Findings) -> Iterator[Advice]:
    if not found.is_complete:
        problem = "it stopped answering while it was asked"
        remedy = "plug it in again; if it stays so, use another modem or port"
        yield Advice(problem, remedy)
    elif found.unanswered:
        problem = f"it did not answer {', '.join(found.unanswered)}"
        yield Advice(problem, "ask again; a busy modem may need a minute", stops=False)


def _sim(probed: Probed) -> Iterator[Advice]:
    found, state = probed.found, probed.found.sim_state
    if state in _USABLE:
        return
    if state is None:
        said = found.sim_words or "it does not say what its SIM waits for"
        yield Advice(said, "try the SIM in a phone, and another SIM in the modem")
    elif state is SimState.PIN and probed.pin_problem:
        yield Advice(state.value, probed.pin_problem)
    else:
        yield Advice(state.value, _SIM_ADVICE[state])


def _network(found: Findings) -> Iterator[Advice]:
    if found.radio not in (None, _RADIO_ON):
        problem = f"its radio is switched off (+CFUN: {found.radio})"
        yield Advice(problem, "the command AT+CFUN=1 in a terminal switches it on")
    known = found.registration
    if known is None:
        problem, remedy = "it does not say whether it has a network", "ask again"
        yield Advice(problem, remedy, stops=False)
    elif not known.registered:
        yield Advice(f"no network: {known.value}", _NETWORK_ADVICE[known])
    elif found.signal_dbm is not None and found.signal_dbm < _WEAK_DBM:
        remedy = "move the antenna, or the modem away from walls and metal"
        yield Advice("the signal is weak", remedy, stops=False)


def _messages(found: Findings, storage: str) -> Iterator[Advice]:
    if found.has_pdu_mode is False:
        yield Advice("it has no PDU mode", "use another modem")
    for name, store in found.storages.items():
        if 0 < store.total <= store.used:
            problem = f"its message store {name} is full, and takes no message"
            remedy = "the service stores what is in it and clears it: start it"
            yield Advice(problem, remedy, stops=False)
    names = found.storage_names
    if names and storage not in names:
        problem = f"it has no storage {storage}"
        remedy = f"set storage to one of {', '.join(sorted(names))}"
        yield Advice(problem, remedy, stops=False)
    if found.notifies is False:
        remedy = "nothing to do: the service looks for them every ten seconds"
        yield Advice("it does not tell of new messages", remedy, stops=False)
    if not found.centre and found.storages:
        remedy = "ask the operator for the number and set smsc, or nothing is sent"
        yield Advice("its SIM knows no service centre", remedy, stops=False)


def _table(found: Findings) -> Iterator[tuple[str, str]]:
    """Names and values of what a modem said."""
    words = " ".join(filter(None, (found.manufacturer, found.model))) or "-"
    yield "modem", words
    yield "revision", found.revision or "-"
    yield "IMEI", found.imei or "-"
    state = found.sim_state.value if found.sim_state else found.sim_words
    yield "SIM", f"{found.sim or 'no number'}: {state or 'its state is not known'}"
    yield "own number", found.own_number or "- (the SIM does not say)"
    yield "operator", found.operator or "-"
    yield "registration", found.registration.value if found.registration else "-"
    yield "signal", _signal(found.signal_dbm)
    stores = [
        f"{name} {store.used} of {store.total} taken"
        for name, store in found.storages.items()
    ]
    yield "message store", ", ".join(stores) or "-"
    yield "storages", ", ".join(sorted(found.storage_names)) or "-"
    yield "service centre", found.centre or "-"
    told = {True: "told of by the modem (+CNMI)", False: "not told of", None: "-"}
    yield "new messages", told[found.notifies]


def _signal(dbm: int | None) -> str:
    if dbm is None:
        return "-"
    word = next((word for least, word in _SIGNALS if dbm >= least), "weak")
    return f"{dbm} dBm ({word})"


def _other_lines(probed: Probed, others: Sequence[Neighbour]) -> Iterator[str]:
    """The other ports: those of the stick always, all of them where no modem is."""
    same = [each for each in others if each.is_same]
    rest = [each for each in others if not each.is_same]
    if same:
        yield ""
        yield "Other ports of this stick:"
        yield from (f"  {_named(each)}" for each in same)
    if rest and probed.on_line is not OnLine.MODEM:
        yield ""
        yield "Other serial lines:"
        yield from (f"  {_named(each)}" for each in rest)


def _named(other: Neighbour) -> str:
    return other.name if other.name == other.tty else f"{other.name} -> {other.tty}"


def _section(probed: Probed, device: str, storage: str) -> Iterator[str]:
    """The lines of a [[modem]]; JSON's quotes are TOML's too."""
    found = probed.found
    yield "[[modem]]"
    yield 'name = "modem-1"'
    yield f"device = {json.dumps(device)}"
    yield f"baud = {probed.baud}"
    if found.own_number.startswith("+"):
        yield f"number = {json.dumps(found.own_number)}  # as the SIM says: check it"
    else:
        yield 'number = "+62..."  # the SIM\'s own, as officers text it'
    if found.was_locked:
        pin_file = probed.pin_file and str(probed.pin_file.absolute())
        yield f"pin_file = {json.dumps(pin_file or 'secrets/sim-pin')}"
    names = found.storage_names
    chosen = storage if not names or storage in names else min(names)
    yield f"storage = {json.dumps(chosen)}"
    if found.storages and not found.centre:
        yield 'smsc = "+62..."  # the operator\'s message centre'
