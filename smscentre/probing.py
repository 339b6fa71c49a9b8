"""Looks at what is on a serial line, for an operator, while no service uses it.

The blocking shell of `smscentre.at.probe`: opens the device as the service would, at
one speed after another, and moves octets and time. What it found is put into words by
`smscentre.probe_report`.
"""

from __future__ import annotations

__all__ = [
    "SPEEDS",
    "Neighbour",
    "OnLine",
    "PinSource",
    "Probed",
    "neighbours",
    "probe",
    "stable_name",
]

import os
import re
import select
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from enum import Enum
from pathlib import Path

from attrs import evolve, field, frozen

from smscentre.at.dialogue import DialogueOptions
from smscentre.at.events import Ready
from smscentre.at.probe import Findings
from smscentre.at.probe import probe as probe_script
from smscentre.at.runner import Heard, Runner
from smscentre.at.scripts import PinAnswered, PinNeeded
from smscentre.links.pinfile import PinError, PinRefusedError, RefusedPins, read_pin
from smscentre.links.serialport import SerialLineError, close_port, open_port

SPEEDS = (115_200, 9_600, 460_800, 57_600, 38_400, 19_200, 921_600)
"""Those of modems, the likeliest first."""

_OPTIONS = DialogueOptions(probe_s=1.0, settle_s=0.5, restless_s=10.0)
_REACHED_S = 3.5
"""How long a modem may take to answer at one speed: three times `AT`."""

_ASKED_S = 90.0
_LINGER_S = 0.5
_CHUNK_OCTETS = 4096
_HEARD_MOST = 65_536

_ECHO = re.compile(rb"(?:\x1b|\^\[|AT|[\r\n])+")
_STICK = re.compile(r"(.+)-if[0-9a-f]{2}(?:-port[0-9]+)?")

Show = Callable[[str], None]


class OnLine(Enum):
    """What answered `AT`; the value says it to an operator."""

    MODEM = "a modem answers"
    SILENCE = "nothing answers"
    ECHO = "nothing answers: what is written comes back as it was"
    NOISE = "something is said that is no answer of a modem"


@frozen
class Neighbour:
    """Another serial line that is there: its name, and the tty it leads to.

    ``is_same`` says that it belongs to the stick that was asked about.
    """

    name: str
    tty: str
    is_same: bool


@frozen
class Probed:
    """What is on a line; ``baud`` is None if no modem answered at any speed.

    ``pin_file`` is the one that was allowed; ``pin_problem`` says why no PIN of it was
    given, though the SIM wants it.
    """

    device: str
    baud: int | None
    on_line: OnLine
    found: Findings = field(factory=Findings)
    pin_file: Path | None = None
    pin_problem: str = ""


class PinSource:
    """Gives a PIN from its file, unless a SIM has refused it before."""

    def __init__(self, path: Path, refused: RefusedPins) -> None:
        self.path = path
        self._refused = refused
        self._given: tuple[str, str] | None = None
        self.problem = ""

    def pin_for(self, sim: str) -> str:
        """The PIN to give now, noted as tried; empty where none may be."""
        try:
            pin = read_pin(self.path)
            if not self._refused.attempt(sim, pin):
                raise PinRefusedError(self.path, self._refused.path)
        except PinError as error:
            self.problem = str(error)
            return ""
        self._given = sim, pin
        return pin

    def answered(self, accepted: bool | None) -> None:
        """Note what the SIM said; None if it did not get the PIN.

        :raises PinError: it cannot be noted.
        """
        notes = {
            True: self._refused.accepted,
            False: self._refused.refused,
            None: self._refused.untried,
        }
        if self._given is not None:
            notes[accepted](*self._given)


def probe(
    device: str, speeds: Sequence[int], pins: PinSource | None, show: Show
) -> Probed:
    """Find out what is on a line, at the first speed at which a modem answers.

    :raises SerialLineError: it cannot be opened, or goes away meanwhile.
    :raises PinError: what became of a PIN cannot be noted.
    """
    heard = []
    for baud in speeds:
        show(f"asking at {baud} baud ...")
        with closing(_Line(device, baud)) as line:
            heard.append(line.reach(_REACHED_S))
            if heard[-1] is OnLine.MODEM:
                show("a modem answers; asking it ...")
                found = line.ask(pins)
                probed = Probed(device, baud, OnLine.MODEM, found)
                if pins is None:
                    return probed
                return evolve(probed, pin_file=pins.path, pin_problem=pins.problem)
    telling = (OnLine.ECHO, OnLine.NOISE, OnLine.SILENCE)
    return Probed(device, None, next(each for each in telling if each in heard))


def neighbours(device: str, dev: Path = Path("/dev")) -> list[Neighbour]:
    """The other serial lines of USB devices, those of the same stick first.

    A stable name stands for the tty to which it leads.
    """
    own = os.path.realpath(device)
    names = {
        os.path.realpath(path): str(path)
        for path in sorted((dev / "serial" / "by-id").glob("*"))
    }
    ttys = [
        str(path) for form in ("ttyUSB*", "ttyACM*") for path in sorted(dev.glob(form))
    ]
    stick = _stick(names.get(own, ""))
    found = [
        Neighbour(
            names.get(tty, tty),
            tty,
            bool(stick) and _stick(names.get(tty, "")) == stick,
        )
        for tty in dict.fromkeys([*names, *map(os.path.realpath, ttys)])
        if tty != own
    ]
    return sorted(found, key=lambda each: (not each.is_same, each.name))


def stable_name(device: str, dev: Path = Path("/dev")) -> str:
    """The name by which a device is found again in whichever socket; else its own."""
    own = os.path.realpath(device)
    for path in sorted((dev / "serial" / "by-id").glob("*")):
        if os.path.realpath(path) == own:
            return str(path)
    return device


def _stick(name: str) -> str:
    """The part of a stable name that all ports of a stick have in common."""
    found = _STICK.fullmatch(name)
    return found[1] if found else ""


class _Line:
    """An open device with a dialogue on it."""

    def __init__(self, device: str, baud: int) -> None:
        """:raises SerialLineError: it cannot be opened."""
        self._device = device
        self._port = open_port(device, baud)
        self._fd: int = self._port.fd
        self._runner = Runner(_OPTIONS)
        self._unwritten = b""
        self._heard = b""

    def close(self) -> None:
        """Give the device back."""
        self._runner.close("asked enough")
        close_port(self._port, _LINGER_S)

    def reach(self, within_s: float) -> OnLine:
        """Say `AT` until a modem answers, and tell what did."""
        until = time.monotonic() + within_s
        self._runner.connect(time.monotonic())
        while (now := time.monotonic()) < until:
            if any(isinstance(each, Ready) for each in self._turn(now, until)):
                return OnLine.MODEM
        if not self._heard:
            return OnLine.SILENCE
        return OnLine.ECHO if _ECHO.fullmatch(self._heard) else OnLine.NOISE

    def ask(self, pins: PinSource | None) -> Findings:
        """Ask for everything; what was found when the time is over."""
        found = Findings()
        until = time.monotonic() + _ASKED_S
        script = probe_script(found, may_unlock=pins is not None)
        self._runner.run(script, time.monotonic())
        while self._runner.running and (now := time.monotonic()) < until:
            for heard in self._turn(now, until):
                match heard:
                    case PinNeeded(sim) if pins is not None:
                        self._runner.reply(pins.pin_for(sim), time.monotonic())
                    case PinAnswered(accepted) if pins is not None:
                        pins.answered(accepted)
        return found

    def _turn(self, now: float, until: float) -> list[Heard]:
        """Write, wait for what comes or is due, and give what is heard."""
        self._unwritten += self._runner.data_to_send()
        due = self._runner.deadline()
        wait_s = max(0.0, (until if due is None else min(due, until)) - now)
        try:
            full = [self._fd] if self._unwritten else []
            ready, free, _ = select.select([self._fd], full, [], wait_s)
            if free:
                self._unwritten = self._unwritten[os.write(self._fd, self._unwritten) :]
            octets = os.read(self._fd, _CHUNK_OCTETS) if ready else b""
        except OSError as error:
            raise self._gone() from error
        if ready and not octets:
            raise self._gone()
        self._heard = (self._heard + octets)[-_HEARD_MOST:]
        now = time.monotonic()
        return [*self._runner.receive(octets, now), *self._runner.expire(now)]

    def _gone(self) -> SerialLineError:
        return SerialLineError(
            self._device,
            "went away while it was asked: look at plug and power, and at 'dmesg'",
        )
