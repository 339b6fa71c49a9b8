"""What a session tells its shell: one frozen class for each thing that can happen.

The union `Event` is closed; a shell matches on it. Nothing here acts.
"""

from __future__ import annotations

__all__ = [
    "BAD_BODY",
    "BAD_LENGTH",
    "FAULTS",
    "NACKED",
    "NO_ANSWER",
    "OUTBIND",
    "SLOW_PDU",
    "UNEXPECTED_COMMAND",
    "UNEXPECTED_RESPONSE",
    "UNKNOWN_COMMAND",
    "UNREAD",
    "BindRefused",
    "Bound",
    "Closed",
    "Corrupt",
    "Delivered",
    "Event",
    "Fault",
    "PeerUnbound",
    "SubmitAnswered",
    "SubmitLost",
]

from typing import Final

from attrs import field

from smscentre.smpp.pdus import BindMode, ShortMessage
from smscentre.smpp.status import BindRefusal
from smscentre.values import frozen

BAD_LENGTH: Final = "bad_length"
BAD_BODY: Final = "bad_body"
UNKNOWN_COMMAND: Final = "unknown_command"
UNEXPECTED_COMMAND: Final = "unexpected_command"
UNEXPECTED_RESPONSE: Final = "unexpected_response"
NACKED: Final = "nacked"
SLOW_PDU: Final = "slow_pdu"
NO_ANSWER: Final = "no_answer"
OUTBIND: Final = "outbind"
UNREAD: Final = "unread"

FAULTS: Final = (
    BAD_LENGTH,
    BAD_BODY,
    UNKNOWN_COMMAND,
    UNEXPECTED_COMMAND,
    UNEXPECTED_RESPONSE,
    NACKED,
    SLOW_PDU,
    NO_ANSWER,
    OUTBIND,
    UNREAD,
)
"""Every reason of a `Fault`, so that counters can start at zero."""


@frozen
class Bound:
    """The carrier accepted the bind.

    ``interface_version`` is None where the peer does not say, as before SMPP 3.4.
    """

    system_id: str
    interface_version: int | None


@frozen
class BindRefused:
    """The carrier refused the bind; `Closed` follows."""

    mode: BindMode
    status: int
    meaning: str
    refusal: BindRefusal


@frozen
class Delivered:
    """A deliver_sm arrived; it waits for `Session.acknowledge`. ``raw`` is the PDU."""

    sequence: int
    pdu: ShortMessage
    raw: bytes = field(repr=False)


@frozen
class Corrupt:
    """A deliver_sm with a good header and a bad body; it waits to be acknowledged."""

    sequence: int
    raw: bytes = field(repr=False)
    reason: str


@frozen
class SubmitAnswered:
    """The carrier answered a submit_sm; ``message_id`` is empty in a refusal.

    ``raw`` is the answer as it came.
    """

    sequence: int
    status: int
    message_id: str
    raw: bytes = field(default=b"", eq=False, repr=False)


@frozen
class SubmitLost:
    """A submit_sm was handed out for writing and its answer will never come."""

    sequence: int
    reason: str


@frozen
class PeerUnbound:
    """The carrier ended the session in good order; `Closed` follows."""


@frozen
class Fault:
    """The peer broke the protocol; ``reason`` is one of `FAULTS`."""

    reason: str
    detail: str


@frozen
class Closed:
    """The session is over: write `Session.data_to_send`, then drop the transport."""

    reason: str


Event = (
    Bound
    | BindRefused
    | Delivered
    | Corrupt
    | SubmitAnswered
    | SubmitLost
    | PeerUnbound
    | Fault
    | Closed
)
