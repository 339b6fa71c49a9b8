"""What goes wrong with the modems of a campaign, as one table.

Beneath `faults_modem`, above `faults_modem_lane`, whose officer texts all the while.
Each deed ends what it began and gives the moment at which the modem could serve again.
"""

from __future__ import annotations

__all__ = ["BRIEF", "WRONGS"]

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from smscentre.sim.modem.faults import Deed, Mishap
from tests.system.faults_modem_lane import Lane, Wrong

_SHORT_S = 6.0
_MUTE_S = 5.0, 40.0
_NETWORK_S = 45.0, 60.0
_HANGING_S = 12.0, 20.0
_HAPPENS_S = 75.0
"""A list is asked for each minute, all else whenever an officer texts."""

_RINGS = 100
_OWNERS_WAIT_S = 10.0
_SEARCHING, _AT_HOME = 2, 1
_PIN_TRIES = 3


def _between(bounds: tuple[float, float], part: float) -> float:
    low, high = bounds
    return low + part * (high - low)


def _is_even(part: float) -> bool:
    """Tell one half of the trials from the other, as often for small parts as large."""
    return round(part * 100) % 2 == 0


def _one_of(commands: Sequence[str], part: float) -> str:
    return commands[min(len(commands) - 1, int(part * len(commands)))]


def _now_and_well(lane: Lane) -> float:
    with lane.modem.lock:
        lane.modem.faults.clear()
        return time.monotonic()


def _unplugged(lane: Lane, part: float) -> float:
    """Pulled out, perhaps within an answer; it returns as another terminal."""
    lane.pass_time(part)
    was = Path(os.readlink(lane.modem.device))
    if _is_even(part):
        lane.modem.unplug()
    else:
        command = _one_of(("+CMGS", "+CMGD"), part)
        lane.modem.befall(command, Deed.UNPLUG)
        lane.wait(lambda: not lane.modem.is_plugged, command, _HAPPENS_S)
    lane.pass_time(0.2 + 3 * part)
    with ExitStack() as spare:
        # As long as others have its name the next one has another.
        while not was.exists():
            for end in os.openpty():
                spare.callback(os.close, end)
        lane.modem.plug()
    return time.monotonic()


def _mute(lane: Lane, part: float) -> float:
    lane.modem.faults.mute = True
    lane.pass_time(_between(_MUTE_S, part))
    return _now_and_well(lane)


def _another_program(lane: Lane, part: float) -> float:
    """Its commands and their answers are heard, and our own commands too."""
    with lane.modem.lock:
        lane.modem.gsm.state.settings.echo = True
        lane.modem.faults.foreign = 0.1 + 0.5 * part
    lane.pass_time(_SHORT_S)
    return _now_and_well(lane)


def _interrupted(lane: Lane, part: float) -> float:
    lane.modem.faults.interrupt = 0.2 + 0.6 * part
    lane.pass_time(_SHORT_S)
    return _now_and_well(lane)


def _full(lane: Lane, part: float) -> float:
    """All slots hold old messages when it starts, and more wait in the network."""
    lane.modem.unplug()
    lane.modem.fill()
    lane.pass_time(1 + 2 * part)
    lane.modem.plug()
    return time.monotonic()


def _deletes_refused(lane: Lane, part: float) -> float:
    lane.modem.befall("+CMGD", Deed.REFUSE, times=0)
    lane.pass_time(_between((3.0, 15.0), part))
    return _now_and_well(lane)


def _found_again(lane: Lane, part: float) -> float:
    """What was stored and could not be deleted is found anew after a restart."""
    lane.modem.befall("+CMGD", Deed.REFUSE, times=0)
    lane.pass_time(_between((2.0, 6.0), part))
    lane.modem.restart()
    lane.pass_time(_OWNERS_WAIT_S)
    return _now_and_well(lane)


def _answers_lost(command: str, times: int = 1) -> Callable[[Lane, float], float]:
    def deed(lane: Lane, part: float) -> float:
        return _happens(lane, lane.modem.befall(command, Deed.LOSE, times))

    return deed


def _restarts(lane: Lane, part: float) -> float:
    """In the middle of the answer to one of three commands."""
    command = _one_of(("+CMGL", "+CMGS", "+CMGD"), part)
    return _happens(lane, lane.modem.befall(command, Deed.RESTART))


def _happens(lane: Lane, mishap: Mishap) -> float:
    """Text on until a mishap has come about; all is well from then on."""
    lane.wait(lambda: mishap.is_over, mishap.command, _HAPPENS_S)
    return _now_and_well(lane)


def _network_lost(lane: Lane, part: float) -> float:
    """With a word of it, or found out when it is asked or refuses to send."""
    seconds = _between(_NETWORK_S, part)
    told = _is_even(part)
    _register(lane, _SEARCHING, told)
    lane.pass_time(seconds)
    over = time.monotonic()
    _register(lane, _AT_HOME, told)
    return over


def _network_lost_briefly(lane: Lane, part: float) -> float:
    _register(lane, _SEARCHING, True)
    lane.pass_time(_SHORT_S)
    over = time.monotonic()
    _register(lane, _AT_HOME, True)
    return over


def _register(lane: Lane, stat: int, told: bool) -> None:
    if told:
        lane.modem.register(stat)
    else:
        with lane.modem.lock:
            lane.modem.gsm.state.registration = stat


def _garbage(lane: Lane, part: float) -> float:
    lane.modem.faults.garbage = 0.1 + 0.5 * part
    lane.pass_time(_SHORT_S)
    return _now_and_well(lane)


def _slow(lane: Lane, part: float) -> float:
    """Late answers, octet by octet: some four hundred octets a second at worst."""
    with lane.modem.lock:
        lane.modem.faults.delay_s = 0.2 + 1.5 * part
        lane.modem.faults.octet_s = 0.0025 * part
    lane.pass_time(2 * _SHORT_S)
    return _now_and_well(lane)


def _tells_nothing(lane: Lane, part: float) -> float:
    """It starts anew and refuses to say when messages come."""
    lane.modem.befall("+CNMI", Deed.REFUSE, times=0)
    lane.modem.restart()
    lane.pass_time(_OWNERS_WAIT_S)
    return _now_and_well(lane)


def _calls(lane: Lane, part: float) -> float:
    until = time.monotonic() + _SHORT_S
    while time.monotonic() < until:
        lane.modem.say(*['RING\r\n\r\n+CLIP: "+628129999999",145'] * _RINGS)
        lane.pass_time(0.3)
    return time.monotonic()


def _no_sim(lane: Lane, part: float) -> float:
    """It is taken out, or wants its PUK; a person puts that right."""
    card = lane.modem.gsm.state.card
    with lane.modem.lock:
        if part < 0.5:
            card.inserted = False
        else:
            card.tries = 0
    lane.modem.restart()
    lane.pass_time(_OWNERS_WAIT_S)
    with lane.modem.lock:
        card.inserted, card.tries = True, _PIN_TRIES
    lane.modem.restart()
    return time.monotonic()


def _hangs_in_open(lane: Lane, part: float) -> float:
    """It comes back and its driver does not; see `reluctant`."""
    lane.modem.unplug()
    with _hanging(lane.modem.device):
        lane.modem.plug()
        lane.pass_time(_between(_HANGING_S, part))
        return time.monotonic()


@contextmanager
def _hanging(device: Path) -> Iterator[None]:
    marker = device.with_name(f"{device.name}.hangs")
    marker.touch()
    try:
        yield
    finally:
        marker.unlink()


NETWORK_LOST = Wrong("network lost", _network_lost)

WRONGS = (
    Wrong("unplugged", _unplugged, blinds=True),
    Wrong("mute", _mute, blinds=True),
    Wrong("another program", _another_program, blinds=True),
    Wrong("interrupted", _interrupted),
    Wrong("store full", _full, blinds=True),
    Wrong("deletes refused", _deletes_refused),
    Wrong("found again", _found_again, blinds=True),
    Wrong("delete's answer lost", _answers_lost("+CMGD")),
    Wrong("send's answer lost", _answers_lost("+CMGS")),
    NETWORK_LOST,
    Wrong("garbage", _garbage, blinds=True, trials=10),
    Wrong("slow", _slow, trials=10),
    Wrong("restarts", _restarts, trials=10),
    Wrong("tells nothing", _tells_nothing, blinds=True, trials=10),
    Wrong("calls", _calls, trials=10),
    Wrong("no SIM", _no_sim, blinds=True, trials=10),
    Wrong("hangs in open", _hangs_in_open, blinds=True, trials=10),
)
"""All of them; the first ones are what modems do most."""

BRIEF = (
    *(wrong for wrong in WRONGS if wrong is not NETWORK_LOST),
    Wrong("network lost", _network_lost_briefly),
)
"""The same, none much longer than half a minute."""
