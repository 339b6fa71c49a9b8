"""One arrival on its way into the store, and the key by which it may return."""

from __future__ import annotations

__all__ = ["Arrival", "can_be_recognised", "fingerprint"]

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Protocol

from smscentre.messages import MESSAGE, Incoming, Outgoing
from smscentre.store.outgoing import claimed_for
from smscentre.store.transaction import Transaction
from smscentre.store.work import Work, WorkState

_NOT_STORED = (WorkState.WITHDRAWN, WorkState.FAILED)


def fingerprint(incoming: Incoming, proved: bool = False) -> bytes:
    """Sixteen octets, equal for messages that are equal on the wire (D4).

    Equal are source, destination, coding, user-data header and text; with a key it
    takes the destination's place, for a SIM may be put into another modem. ``proved``
    tells what had the right PIN from what is equal but for that.
    """
    fields = (
        incoming.source.digits.encode(),
        incoming.key or incoming.destination.digits.encode(),
        incoming.coding.to_bytes(2, "big"),
        incoming.udh,
        incoming.body,
    )
    lengths = b"%d %d %d %d %d " % tuple(map(len, fields))
    proof = b"proved" if proved else b""
    return blake2b(lengths + b"".join(fields), digest_size=16, person=proof).digest()


def can_be_recognised(incoming: Incoming) -> bool:
    """Whether a repetition is told from a new arrival.

    Without a key that is a message's alone: what else comes twice does no harm.
    """
    return bool(incoming.key) or incoming.kind is MESSAGE


class Acceptor(Protocol):
    """What an arrival leaves the decisions to, in the writer's thread."""

    def account(self, link: str) -> Sequence[str]:
        """The links that share a link's account, itself among them. Any thread."""

    def prepare(self, transaction: Transaction, works: Sequence[Arrival]) -> None: ...

    def accept(self, transaction: Transaction, arrival: Arrival) -> None: ...

    def give_up(
        self, transaction: Transaction, arrival: Arrival, error: Exception
    ) -> None: ...


class Settler(Protocol):
    """Who hears what became of an arrival, in the reactor's thread."""

    def committed(self, arrival: Arrival) -> None: ...

    def refused(self, arrival: Arrival, reason: str) -> None: ...


class Arrival(Work):
    """An arrival, from its link's hand to the commit.

    ``account`` are the links that share the account it came by; ``twin`` is the equal
    arrival of that account that is not yet acknowledged, if there is one; ``reserved``
    is the bind that keeps a place of its window for the reply, or empty. ``settle``
    hears once whether to acknowledge. The rest is set by the acceptor.
    """

    def __init__(
        self,
        incoming: Incoming,
        account: Sequence[str],
        key: bytes,
        acceptor: Acceptor,
        settler: Settler,
        settle: Callable[[bool], None],
        *,
        twin: Arrival | None = None,
        reserved: str = "",
    ) -> None:
        self.incoming = incoming
        self.arrival_id = incoming.arrival_id
        self.sender = incoming.source.digits
        self.account = account
        self.equal = account, key
        """The same of all that a carrier may bring in its place."""
        self.kept = incoming
        """What is stored of it: the same, without a PIN."""
        self.kept_key = key
        """What is stored to recognise it again."""
        self.steward = acceptor
        self.twin = twin
        self.reserved = reserved
        self.settle = settle
        self.row = 0
        self.original = 0
        """The row of the message that took effect: this one, or the first."""
        self.refusal = ""
        self.claimed: list[Outgoing] = []
        self.queued = 0
        self.result = ""
        """State, or outcome of the command, for metrics."""
        self.silence = ""
        """The reason for which no reply is given, or empty."""
        self._acceptor = acceptor
        self._settler = settler

    @property
    def is_refused(self) -> bool:
        """Whether it is not stored, and never will be. Writer's thread."""
        return self.state in _NOT_STORED or bool(self.refusal)

    def run(self, transaction: Transaction) -> None:
        self.claimed = []
        self.queued = 0
        self.refusal = ""
        self._acceptor.accept(transaction, self)

    def blame(self, transaction: Transaction, error: Exception) -> None:
        self.claimed = []
        self.queued = 0
        self._acceptor.give_up(transaction, self, error)

    def found(self, transaction: Transaction) -> None:
        self.claimed = claimed_for(transaction, self.arrival_id)

    def done(self) -> None:
        if self.refusal:
            self._settler.refused(self, self.refusal)
        else:
            self._settler.committed(self)

    def failed(self, error: Exception) -> None:
        self.refusal = "failed"
        self._settler.refused(self, self.refusal)
