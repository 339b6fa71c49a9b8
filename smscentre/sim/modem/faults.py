"""What a modem does wrong on purpose: decisions only, seeded, so repeatable.

Beneath `device`, which asks at each step and acts. Everything may be changed while
the modem runs. It knows no port and no clock; a modem without faults asks it too.
"""

from __future__ import annotations

__all__ = ["Deed", "Mishap", "ModemFaults"]

from enum import Enum
from random import Random

from attrs import define, field

_GARBAGE_MOST = 8

_SAID_BY_ITSELF = (
    ("RING",),
    ('+CMTI: "SM",1',),
    ("+CREG: 1",),
    ("^RSSI:17",),
    ("$QCSIMSTAT: 1",),
    ('+CUSD: 0,"Sisa pulsa Anda Rp 12.500",15',),
    ("NO CARRIER",),
)
"""What modems say at any moment, a message among it that is not there."""

_FOREIGN = (
    ("AT+CSQ", ("+CSQ: 17,99", "OK")),
    ("AT", ("OK",)),
    ("AT+COPS?", ('+COPS: 0,0,"SIMULASI"', "OK")),
    ("AT+CPIN?", ("+CPIN: READY", "OK")),
    ("AT+CGMI=?", ("ERROR",)),
)
"""What another program asks, as one that looks after all modems does."""


class Deed(Enum):
    """What happens to one command."""

    REFUSE = "refuse"
    """It is not carried out and answered with an error."""
    LOSE = "lose"
    """It is carried out, and the answer never comes."""
    RESTART = "restart"
    """It is carried out, and the modem restarts in the middle of the answer."""
    UNPLUG = "unplug"
    """It is carried out, and the modem is pulled out in the middle of the answer."""


@define
class Mishap:
    """A deed to a command, as ``+CMGS``; ``times`` 0 is for ever.

    ``*`` is any command, ``AT`` a line without one.
    ``code`` is that of the error with which it is refused: +CMS ERROR for commands
    about messages, +CME ERROR for others, bare ERROR if it is 0.
    """

    command: str
    deed: Deed
    times: int = 1
    share: float = 1.0
    code: int = 500
    done: int = field(default=0, init=False)

    @property
    def is_over(self) -> bool:
        """Whether it will not happen again."""
        return bool(self.times) and self.done >= self.times


@define
class ModemFaults:
    """Everything that can be wrong; by default nothing is.

    Shares are from 0 to 1, of the answers written. ``mute``: it hears and says
    nothing, though messages still reach its store. ``delay_s`` is waited before each
    answer, ``octet_s`` between octets. ``garbage``: random octets within an answer.
    ``interrupt``: lines said by itself between the lines of an answer. ``foreign``:
    another program's command and its answer come before ours.
    """

    mute: bool = False
    delay_s: float = 0.0
    octet_s: float = 0.0
    garbage: float = 0.0
    interrupt: float = 0.0
    foreign: float = 0.0
    mishaps: list[Mishap] = field(factory=list)
    seed: int = 0
    _random: Random = field(init=False, repr=False, eq=False)

    @_random.default
    def _(self) -> Random:
        return Random(self.seed)

    def clear(self) -> None:
        """Let all go well from now on."""
        self.mute = False
        self.delay_s = self.octet_s = 0.0
        self.garbage = self.interrupt = self.foreign = 0.0
        self.mishaps.clear()

    def mishap(self, command: str) -> Mishap | None:
        """What happens to a command that is carried out now; counts it."""
        for mishap in self.mishaps:
            hit = mishap.command in (command, "*") and not mishap.is_over
            if hit and self._hits(mishap.share):
                mishap.done += 1
                return mishap
        return None

    def interruption(self) -> tuple[str, ...]:
        """The lines that come between two of an answer, most often none."""
        if not self._hits(self.interrupt):
            return ()
        return self._random.choice(_SAID_BY_ITSELF)

    def foreign_exchange(self) -> tuple[str, tuple[str, ...]] | None:
        """What another program says before an answer, and is answered."""
        return self._random.choice(_FOREIGN) if self._hits(self.foreign) else None

    def spoil(self, octets: bytes) -> bytes:
        """An answer as it is written, perhaps with garbage somewhere in it."""
        if not self._hits(self.garbage):
            return octets
        at = self._random.randrange(len(octets) + 1)
        garbage = self._random.randbytes(self._random.randint(1, _GARBAGE_MOST))
        return octets[:at] + garbage + octets[at:]

    def _hits(self, share: float) -> bool:
        # No chance is taken where none is asked for, so that faults do not
        # change each other's course.
        return share > 0 and self._random.random() < share
