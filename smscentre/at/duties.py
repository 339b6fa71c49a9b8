"""What a session does next: the one place with the order of its duties.

Knows when what is due and what waits; says no command and hears no answer. Time is
an argument.
"""

from __future__ import annotations

__all__ = [
    "Confirm",
    "Duties",
    "Duty",
    "MeasureUp",
    "Others",
    "Remove",
    "Renotify",
    "Reread",
    "SessionOptions",
    "Start",
    "Submit",
    "Sweep",
    "Touch",
    "script_for",
]

import math
from collections import deque
from typing import assert_never

from attrs import field, frozen

from smscentre.at import scripts
from smscentre.at.answers import read_stored
from smscentre.at.commands import Command
from smscentre.at.dialogue import DialogueOptions
from smscentre.at.errors import RemoteProtocolError
from smscentre.at.scripts import Script
from smscentre.at.session_events import Place, SubmitLost
from smscentre.at.shelf import Shelf
from smscentre.at.starting import start

_AGAIN_S = 10.0
"""When a list is asked for again that was refused or had to leave something."""

_LOST_MOST = 2
"""Sessions that another storage may end before it is left alone."""

_ALL_STORES = ("SM", "ME", "MT")
"""MT is the other two together (TS 27.005 §3.2.2)."""


Others = dict[str, int]
"""Storages besides ours in which something was said to lie.

Each with the sessions in a row that were lost on the way to it.
"""


@frozen
class SessionOptions:
    """Where messages are kept, and how often what is done; times in seconds.

    ``untold_s`` holds in place of ``sweep_s`` where the modem does not tell of what
    comes, ``searching_s`` in place of ``measure_s`` while there is no network;
    ``silence_s`` is how long nothing may be heard before `AT` is said.
    """

    storage: str = "MT"
    sweep_s: float = 60.0
    untold_s: float = 10.0
    measure_s: float = 60.0
    searching_s: float = 10.0
    silence_s: float = 30.0
    dialogue: DialogueOptions = field(factory=DialogueOptions)


@frozen
class Start:
    """Make the modem ours."""


@frozen
class Confirm:
    """Say that a message that was brought is safe."""

    place: Place


@frozen
class Remove:
    """Delete a message that is safe."""

    place: Place


@frozen
class Sweep:
    """List a storage."""

    storage: str


@frozen
class Reread:
    """Read a slot by itself whose entry in the list was no PDU."""

    place: Place
    text: str = field(repr=False)


@frozen
class Submit:
    """Send a message."""

    token: int
    command: Command = field(repr=False)

    def lost(self, reason: str, written: bool) -> SubmitLost:
        """That nobody will know what became of it; it was sent at most if written."""
        return SubmitLost(self.token, reason, written)


@frozen
class MeasureUp:
    """Ask how the modem fares."""


@frozen
class Renotify:
    """Have the modem tell again of what comes."""


@frozen
class Touch:
    """See whether the modem is there."""


Duty = Start | Confirm | Remove | Sweep | Reread | Submit | MeasureUp | Renotify | Touch


class Duties:
    """What is due and what waits.

    What is safe leaves the modem first, since a full store takes nothing in. Lists
    and messages take turns; measuring comes last.
    """

    def __init__(self, options: SessionOptions, shelf: Shelf, others: Others) -> None:
        """:param others: it outlives the session"""
        self.own = options.storage
        self.heard_at = 0.0
        self.measure_at = 0.0
        self.renotify = False
        self.submits: deque[Submit] = deque()
        self.rereads: deque[Reread] = deque()
        self._options = options
        self._shelf = shelf
        self._others = others
        self._sweeps: dict[str, float] = {}
        self._interval_s = options.sweep_s
        self._swept_last = False

    def begin(self, own: str, notifies: bool, now: float) -> None:
        """Begin to serve: all is due. Lists are rarer if the modem ``notifies``."""
        self.own = own
        self.measure_at = now
        self._sweeps = dict.fromkeys([own, *sorted(self._others.keys() - {own})], now)
        if not notifies:
            self._interval_s = self._options.untold_s

    def next(self, now: float) -> Duty | None:
        """Take what is to be done now, if anything is."""
        duty = self.next_clearing()
        if duty is not None:
            return duty
        if self.rereads:
            return self.rereads.popleft()
        sweep = next((name for name, at in self._sweeps.items() if now >= at), None)
        if self.submits and (self._swept_last or sweep is None):
            self._swept_last = False
            return self.submits.popleft()
        if sweep is not None:
            self._swept_last = True
            # What is told from now on may be too late for this list.
            self._sweeps[sweep] = math.inf
            self._shelf.asked(sweep)
            return Sweep(sweep)
        if self.renotify:
            self.renotify = False
            return Renotify()
        if now >= self.measure_at:
            return MeasureUp()
        return Touch() if now >= self._touch_at() else None

    def next_clearing(self) -> Duty | None:
        """Take what is safe and still to leave the modem, if anything is."""
        place = self._shelf.next_due()
        if place is None:
            return None
        return Remove(place) if place.is_slot else Confirm(place)

    def next_at(self) -> float:
        """When something will be due."""
        return min(*self._sweeps.values(), self.measure_at, self._touch_at())

    def told_of(self, line: str, now: float) -> None:
        """Hear by +CMTI or +CDSI where something is stored: maybe not in our list."""
        try:
            storage, index = read_stored(line)
        except RemoteProtocolError:
            self.look(self.own, now)
            return
        if self.own == "MT" and storage in _ALL_STORES:
            storage = self.own
        elif storage != self.own:
            self._others.setdefault(storage, 0)
        self._shelf.overwritten(storage, index)
        self.look(storage, now)

    def look(self, storage: str, at: float) -> None:
        """List a storage at a moment, if not before."""
        self._sweeps[storage] = min(self._sweeps.get(storage, math.inf), at)

    def look_again(self, storage: str, now: float) -> None:
        """Hear that a list, or a message in it, could not be taken."""
        self.look(storage, now + _AGAIN_S)

    def ended_by(self, storage: str) -> None:
        """Hear that the way to another storage, or back, ends the session.

        One that does so again and again is left alone until it is told of anew:
        maybe there is none of that name, and then no session would last.
        """
        self._others[storage] = self._others.get(storage, 0) + 1
        if self._others[storage] >= _LOST_MOST:
            del self._others[storage]

    def listed(self, storage: str, now: float) -> None:
        """Hear that a storage was listed."""
        if storage in self._others:
            self._others[storage] = 0
        self.look(storage, now + self._interval_s)

    def measured(self, searching: bool, now: float) -> None:
        """Hear that the modem was asked how it fares."""
        options = self._options
        wait_s = options.searching_s if searching else options.measure_s
        self.measure_at = now + wait_s

    def _touch_at(self) -> float:
        return self.heard_at + self._options.silence_s


def script_for(duty: Duty, own: str, notifies: bool) -> Script[object]:
    """What is said to do a duty; ``own`` is our storage, ``notifies`` as in `Facts`."""
    match duty:
        case Start():
            return start(own)
        case Confirm():
            return scripts.confirm()
        case Remove(place):
            return _in(place.storage, own, scripts.remove(place.index))
        case Sweep(storage):
            return _in(storage, own, scripts.sweep())
        case Reread(place, _):
            return _in(place.storage, own, scripts.reread(place.index))
        case Submit(_, command):
            return scripts.submit(command)
        case MeasureUp():
            return scripts.measure(notifies)
        case Renotify():
            return scripts.notify()
        case Touch():
            return scripts.touch()
        case _:
            assert_never(duty)


def _in(storage: str, own: str, script: Script[object]) -> Script[object]:
    return script if storage == own else scripts.elsewhere(storage, own, script)
