"""The SIM: who it is, and whether it has been given its PIN.

Beneath the commands; knows no command, and nothing of messages.

Source: 3GPP TS 27.007 §8.3 (+CPIN), §7.4 (+CLCK), §7.5 (+CPWD).
"""

from __future__ import annotations

__all__ = ["CardState", "SimCard"]

from enum import Enum

from attrs import define, field

_PIN_TRIES = 3
_PUK_TRIES = 10


class CardState(Enum):
    """What the SIM waits for; the value is what +CPIN says."""

    READY = "READY"
    PIN = "SIM PIN"
    PUK = "SIM PUK"
    ABSENT = "NOT INSERTED"


@define
class SimCard:
    """A SIM; ``locked`` says that it asks for its PIN at each start.

    ``tries`` and ``puk_tries`` are what is left; both live as long as the card.
    """

    iccid: str = "8962109000005201234"
    imsi: str = "510109123456789"
    pin: str = field(default="1234", repr=False)
    puk: str = field(default="12345678", repr=False)
    locked: bool = False
    inserted: bool = True
    tries: int = _PIN_TRIES
    puk_tries: int = _PUK_TRIES
    _opened: bool = False

    @property
    def state(self) -> CardState:
        """What it waits for now."""
        if not self.inserted:
            return CardState.ABSENT
        if not self.tries:
            return CardState.PUK
        if self.locked and not self._opened:
            return CardState.PIN
        return CardState.READY

    def power_up(self) -> None:
        """Start anew; what was entered is forgotten, the tries are not."""
        self._opened = False

    def enter(self, pin: str) -> bool:
        """Try a PIN; one try is used up if it is wrong."""
        if pin != self.pin:
            self.tries -= 1
            return False
        self.tries = _PIN_TRIES
        self._opened = True
        return True

    def unblock(self, puk: str, pin: str) -> bool:
        """Try the PUK; the right one sets a new PIN."""
        if not self.puk_tries or puk != self.puk:
            self.puk_tries = max(0, self.puk_tries - 1)
            return False
        self.pin, self.tries, self.puk_tries = pin, _PIN_TRIES, _PUK_TRIES
        self._opened = True
        return True
