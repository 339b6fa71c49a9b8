"""What a session with a modem tells its shell: one frozen class for each thing.

The union `Event` is closed; a shell matches on it. Nothing here acts.
"""

from __future__ import annotations

__all__ = [
    "DELETE_FAILED",
    "FAULTS",
    "NOT_LISTED",
    "NOT_READ",
    "STORE_FULL",
    "UNDECODABLE",
    "Cleared",
    "Closed",
    "Event",
    "Fault",
    "Found",
    "Listed",
    "Measured",
    "PinTried",
    "PinWanted",
    "Place",
    "Refused",
    "Remedied",
    "Started",
    "SubmitLost",
    "Submitted",
    "Unusable",
]

from typing import Final

from attrs import field, frozen

from smscentre.at import events
from smscentre.at.events import Closed, Fault
from smscentre.at.patience import Remedy
from smscentre.at.results import Result
from smscentre.at.scripts import Measure
from smscentre.at.sim import SimState
from smscentre.at.starting import Facts

NOT_READ: Final = "not_read"
NOT_LISTED: Final = "not_listed"
DELETE_FAILED: Final = "delete_failed"

UNDECODABLE: Final = "undecodable"
STORE_FULL: Final = "store_full"

FAULTS: Final = (
    *events.FAULTS,
    NOT_READ,
    NOT_LISTED,
    DELETE_FAILED,
    UNDECODABLE,
    STORE_FULL,
)
"""What may go wrong: in the dialogue, in the session, and with what was found."""


@frozen
class Place:
    """Where a message lies: a slot, or nowhere if ``storage`` is empty.

    Then the modem brought it without storing it. ``number`` is another for each
    message that a session found, in whichever slot.
    """

    number: int
    storage: str
    index: int = 0

    @property
    def is_slot(self) -> bool:
        """Whether it is a slot."""
        return bool(self.storage)


@frozen
class Started:
    """The modem is ours; what it said of itself."""

    facts: Facts


@frozen
class Unusable:
    """The modem answers and cannot serve; `Closed` follows."""

    reason: str
    state: SimState | None


@frozen
class PinWanted:
    """The SIM wants its PIN: `Session.give_pin`, or `Session.close`."""

    sim: str


@frozen
class PinTried:
    """The SIM took the PIN, or did not; None if it did not get it."""

    accepted: bool | None


@frozen
class Found:
    """A message from the network; `Session.settle` tells when it is safe.

    ``octets`` are its PDU, the service centre first; None if the line ``text`` is
    none.
    """

    place: Place
    octets: bytes | None = field(repr=False)
    text: str = field(repr=False)


@frozen
class Listed:
    """Our storage was listed: these of its slots are taken.

    ``first`` says that it is the session's first whole list: all others are empty.
    """

    storage: str
    taken: frozenset[int]
    first: bool


@frozen
class Cleared:
    """The modem no longer has a message: deleted, or confirmed."""

    place: Place


@frozen
class Submitted:
    """A message was sent; ``reference`` (TP-MR) is None where the modem hid it."""

    token: int
    reference: int | None


@frozen
class Refused:
    """A message was not sent, and certainly not."""

    token: int
    result: Result


@frozen
class SubmitLost:
    """What became of a message will not be known; sent at most if ``written``."""

    token: int
    reason: str
    written: bool


@frozen
class Measured:
    """How the modem fares."""

    measure: Measure


@frozen
class Remedied:
    """So many answers stayed out in a row, and this is the remedy; `Closed` follows.

    What `Remedy.HOOK` stands for is the shell's to do.
    """

    remedy: Remedy
    failures: int


Event = (
    Started
    | Unusable
    | PinWanted
    | PinTried
    | Found
    | Listed
    | Cleared
    | Submitted
    | Refused
    | SubmitLost
    | Measured
    | Remedied
    | Fault
    | Closed
)
