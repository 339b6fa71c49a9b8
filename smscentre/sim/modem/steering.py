"""What is typed at a simulated modem: texts from phones, and faults switched.

Between the lines of the terminal and the modem; knows no port and no reactor.
"""

from __future__ import annotations

__all__ = ["USAGE", "Steered", "steer"]

from collections.abc import Callable
from typing import Protocol

from smscentre.sim.modem.device import GsmModem
from smscentre.sim.modem.faults import Deed, Mishap

USAGE = (
    "expected: NUMBER TEXT, or one of !mute on|off, !delay S, !octets S, "
    "!garbage SHARE, !interrupt SHARE, !foreign SHARE, !register STAT, !fill [N], "
    "!refuse COMMAND CODE [TIMES], !lose COMMAND [TIMES], !restart [COMMAND], "
    "!unplug [COMMAND], !plug, !again, !well"
)

_FLOATS = {
    "delay": "delay_s",
    "octets": "octet_s",
    "garbage": "garbage",
    "interrupt": "interrupt",
    "foreign": "foreign",
}
"""Words to the fields of `faults.ModemFaults`."""


class Steered(Protocol):
    """A modem with its port, as a terminal steers it."""

    gsm: GsmModem

    def restart(self) -> None:
        """Let it start anew."""

    def unplug(self) -> None:
        """Pull it out."""

    def plug(self) -> None:
        """Put it in again."""

    def deliver_again(self) -> None:
        """Bring the last message once more."""


def steer(modem: Steered, line: str) -> None:
    """Do what a line after its ``!`` says.

    :raises ValueError: it says nothing that can be done.
    """
    word, *rest = line.split()
    faults = modem.gsm.faults
    if word in _FLOATS:
        (number,) = rest
        setattr(faults, _FLOATS[word], float(number))
    elif word in _MOMENTS and not rest:
        _MOMENTS[word](modem)
    elif word in ("lose", "restart", "unplug"):
        command, times = rest[0], int(rest[1]) if rest[1:] else 1
        faults.mishaps.append(Mishap(command.upper(), Deed(word), times))
    elif word == "refuse":
        command, code, times = rest[0], int(rest[1]), int(rest[2]) if rest[2:] else 0
        faults.mishaps.append(Mishap(command.upper(), Deed.REFUSE, times, code=code))
    elif word == "mute" and rest in (["on"], ["off"]):
        faults.mute = rest == ["on"]
    elif word == "register":
        (stat,) = rest
        modem.gsm.state.registration = int(stat)
        modem.gsm.say(f"+CREG: {int(stat)}")
    elif word == "fill":
        modem.gsm.fill(int(rest[0]) if rest else None)
    else:
        raise ValueError(word)


_MOMENTS: dict[str, Callable[[Steered], None]] = {
    "restart": lambda modem: modem.restart(),
    "unplug": lambda modem: modem.unplug(),
    "plug": lambda modem: modem.plug(),
    "again": lambda modem: modem.deliver_again(),
    "well": lambda modem: modem.gsm.faults.clear(),
}
"""What is done at once."""
