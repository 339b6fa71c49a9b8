"""A session and a simulated modem on a line without octets lost, on a clock of ours.

Both are pure, so that an hour of theirs takes no time. The line may cut what the modem
says into pieces of any size.
"""

from __future__ import annotations

__all__ = ["ModemLine"]

from collections.abc import Callable
from typing import TypeVar

from smscentre.at.patience import Patience
from smscentre.at.session import Session, SessionOptions
from smscentre.at.session_events import Event, Found
from smscentre.sim.modem.card import SimCard
from smscentre.sim.modem.device import GsmModem
from smscentre.sim.modem.state import ModemOptions

_E = TypeVar("_E")

_STEPS_MOST = 100_000
_NOON = 1_226_725_200.0


class ModemLine:
    """Moves octets and time between the two; ``happened`` has every event."""

    def __init__(
        self,
        options: SessionOptions | None = None,
        modem: ModemOptions | None = None,
        card: SimCard | None = None,
        piece: int = 0,
    ) -> None:
        """:param piece: octets of a piece of what the modem says, 0 for all at once"""
        self.now = 0.0
        self.modem = GsmModem(lambda: _NOON + self.now, modem, card)
        self.patience = Patience()
        self.happened: list[Event] = []
        self.accept: Callable[[Found], bool | None] = lambda found: True
        """Whether a message that was found is safe; None settles it later."""
        self._options = options or SessionOptions()
        self._piece = piece
        self.open()

    def open(self) -> None:
        """Begin a new session on the line."""
        self.session = Session(self.patience, self._options)
        self.session.connect(self.now)

    def run(self, seconds: float) -> None:
        """Let time pass, and everything happen that is due meanwhile."""
        until = self.now + seconds
        for _ in range(_STEPS_MOST):
            if self._exchange():
                continue
            due = [self.session.deadline(), self.modem.deadline()]
            moment = min((at for at in due if at is not None), default=None)
            if moment is None or moment > until:
                self.now = until
                return
            self.now = max(self.now, moment)
            self.modem.expire(self.now)
            self._take(self.session.expire(self.now))
        raise AssertionError(f"no rest within {_STEPS_MOST} steps")

    def of(self, kind: type[_E]) -> list[_E]:
        """The events of a kind, in order."""
        return [event for event in self.happened if isinstance(event, kind)]

    def said(self, text: str) -> int:
        """How many command lines began with a text."""
        commands = self.modem.record.commands
        return sum(spoken.text.startswith(text) for spoken in commands)

    def _exchange(self) -> bool:
        to_modem = self.session.data_to_send()
        if to_modem:
            self.modem.receive(to_modem, self.now)
        to_us = self.modem.data_to_send(self.now)
        size = self._piece or len(to_us) or 1
        for at in range(0, len(to_us), size):
            self._take(self.session.receive(to_us[at : at + size], self.now))
        return bool(to_modem or to_us)

    def _take(self, happened: list[Event]) -> None:
        self.happened += happened
        for event in happened:
            if isinstance(event, Found):
                accepted = self.accept(event)
                if accepted is not None:
                    self._take(self.session.settle(event.place, accepted, self.now))
