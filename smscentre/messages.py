"""The values that travel from link to link: arrivals, replies, outcomes.

Every stage speaks in these types and no stage owns them. They hold what was
received or is to be sent and nothing of how: no transport, no table.
"""

from __future__ import annotations

__all__ = [
    "MESSAGE",
    "Accepted",
    "Address",
    "Alphabet",
    "DeliveryState",
    "Incoming",
    "IncomingKind",
    "InDoubt",
    "ModemAlarm",
    "ModemHealth",
    "Octets",
    "Outgoing",
    "Part",
    "Priority",
    "Receipt",
    "Rejected",
    "Retry",
    "Submission",
    "SubmitOutcome",
    "Unsent",
]

import datetime
from enum import Enum, IntEnum
from typing import Final, NamedTuple

from attrs import field

from smscentre.values import frozen

_ALPHANUMERIC = 5


@frozen
class Address:
    """A sender or receiver as the network gave it, with its type of number.

    ``ton`` and ``npi`` are those of SMPP; a name (alphanumeric) has ``ton`` 5.

    Source: SMPP 3.4 §5.2.5 (addr_ton), §5.2.6 (addr_npi).
    """

    digits: str
    ton: int = 0
    npi: int = 0

    @property
    def is_name(self) -> bool:
        """Whether it is marked as a name and not a number."""
        return self.ton == _ALPHANUMERIC


@frozen
class Part:
    """The place of one part in a long message.

    ``width`` is 8 or 16 (bits of ``reference``); ``number`` counts from 1 to
    ``total``.

    Source: 3GPP TS 23.040 §9.2.3.24.1 and §9.2.3.24.8.
    """

    reference: int
    width: int
    total: int
    number: int


class Alphabet(Enum):
    """How the text of one part is coded on the air."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


class IncomingKind(Enum):
    """What an arrival turned out to be."""

    MESSAGE = "message"
    RECEIPT = "receipt"
    CORRUPT = "corrupt"


MESSAGE: Final = IncomingKind.MESSAGE
"""What nearly all arrivals are, and is asked of each several times: members of an
enumeration are not found quickly."""


class DeliveryState(Enum):
    """What a delivery receipt says of a sent part.

    Source: SMPP 3.4 §5.2.28 (message_state).
    """

    ENROUTE = "enroute"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


@frozen
class Receipt:
    """A delivery receipt: which sent part, what became of it.

    ``smsc_id`` is the carrier's id exactly as it came; ``detail`` keeps the
    carrier's own words (state and error code); ``submitted_at`` is when the carrier
    took the part by its own clock, in seconds since 1970, where the receipt says it.
    """

    smsc_id: str
    state: DeliveryState
    detail: str
    submitted_at: float | None = None


@frozen
class Incoming:
    """One arrival at a link, before anything was stored.

    ``arrival_id`` is unique for ever and comes from the link; ``body`` is the
    user data without its header ``udh``; ``raw`` is what the wire carried.
    ``arrived_at`` and ``sent_at`` (the SMSC's timestamp) are seconds since 1970.
    ``once`` says that the link never brings a message twice. ``reason`` says why
    something is corrupt, or why a message is not to be answered.

    ``key`` names the message wherever and whenever it comes again: the octets of
    the SMSC's timestamp, or the slot it lies in, with the SIM or the link that has
    the slot; empty where only binds tell. ``until_deleted`` says that the key names
    it only as long as its acknowledgement, i.e. its deletion, is not known.
    """

    arrival_id: str
    link: str
    bind: str
    source: Address
    destination: Address
    coding: int
    udh: bytes
    body: bytes
    text: str
    raw: bytes
    arrived_at: float
    sent_at: float | None = None
    part: Part | None = None
    kind: IncomingKind = IncomingKind.MESSAGE
    receipt: Receipt | None = None
    reason: str = ""
    once: bool = False
    key: bytes = b""
    shelf: str = ""
    slot: int = 0


class Priority(IntEnum):
    """Who goes first when several messages wait for one link."""

    REPLY = 0
    REMINDER = 1
    BROADCAST = 2


@frozen
class Outgoing:
    """One row of the outbox on its way to a link: a whole SMS or one part.

    ``number`` is the destination in E.164. ``resent`` marks the second copy of
    what was in doubt. ``expires_at`` is in seconds since 1970.
    """

    row: int
    link: str
    number: str
    text: str
    alphabet: Alphabet
    part: Part | None
    priority: Priority
    expires_at: float
    resent: bool = False


class Retry(Enum):
    """When a refused message may be tried again."""

    NEVER = "never"
    LATER = "later"
    AFTER_RECONNECT = "after reconnect"


class Octets(NamedTuple):
    """What an attempt wrote and what answered it, for whoever looks back.

    Empty where a link has no wire, or where nothing came.
    """

    submit: bytes = b""
    answer: bytes = b""


_NO_OCTETS = Octets()


@frozen
class Accepted:
    """The carrier took the part and named it ``smsc_id``."""

    smsc_id: str
    octets: Octets = field(default=_NO_OCTETS, eq=False, repr=False)


@frozen
class Rejected:
    """The carrier refused the part: its code, the meaning, when to try again.

    ``throttled`` says that the link, not the destination, is to be spared;
    ``queue_full`` that the carrier's queue for the destination is full.
    """

    code: int
    meaning: str
    retry: Retry
    throttled: bool = False
    queue_full: bool = False
    octets: Octets = field(default=_NO_OCTETS, eq=False, repr=False)


@frozen
class InDoubt:
    """The part was written and its answer will never be seen."""

    reason: str
    octets: Octets = field(default=_NO_OCTETS, eq=False, repr=False)


@frozen
class Unsent:
    """The part was certainly not written; it may be tried as if for the first time."""

    reason: str


@frozen
class ModemHealth:
    """How a modem stood when it was last asked; None or empty where it did not say.

    ``registration`` says in English where it stands with the network, and
    ``registered`` whether messages can pass. ``used`` of ``slots`` places of its
    message store are taken.
    """

    signal_dbm: int | None = None
    registration: str = ""
    registered: bool = False
    used: int | None = None
    slots: int | None = None


class ModemAlarm(Enum):
    """Why a person is needed at a modem."""

    PIN_WANTED = "the SIM wants its PIN, and none is given"
    PIN_REFUSED = "the PIN was refused, and is not tried again"
    PUK = "the SIM is blocked and wants its PUK"
    SIM_ABSENT = "no SIM is in the modem"
    SIM_LOCKED = "the modem is locked to another operator or SIM"
    SIM_FAILED = "the modem cannot use this SIM"
    MUTE = "the modem does not answer, and a restart does not help"
    UNUSABLE = "the modem answers and cannot serve"
    STORE = "its store is full, or messages cannot be deleted from it"
    SENDING = "it cannot send, again and again"


SubmitOutcome = Accepted | Rejected | InDoubt | Unsent


@frozen
class Submission:
    """One stored report of a unit: the figures of a form for a day.

    ``values`` are in the form's order; ``first`` says that it was the day's
    first; ``stored_at`` is in seconds since 1970. ``flags`` are the reasons for
    which the figures looked implausible. An undo is one too: it ``undoes`` a
    submission and ``restores`` the one that holds from then on, if any, whose
    values and flags it repeats. ``replaces`` is the submission that held before.
    """

    id: int
    unit: str
    form: str
    day: datetime.date
    values: tuple[int, ...]
    number: str
    text: str
    stored_at: float
    first: bool
    flags: tuple[str, ...] = ()
    replaces: int | None = None
    undoes: int | None = None
    restores: int | None = None

    @property
    def version(self) -> int:
        """The submission by which these figures were first stored."""
        return self.id if self.restores is None else self.restores
