"""What the arrivals of one transaction share: ledger, directory, understood texts.

Made anew by acceptance for each batch, in the writer's thread.
"""

from __future__ import annotations

__all__ = ["Batch", "Interpreter"]

from collections.abc import Callable

from smscentre.credentials import Proof
from smscentre.directory import Directory
from smscentre.inbox.arrival import Arrival, fingerprint
from smscentre.inbox.pins import cut
from smscentre.interfaces import Command, Request
from smscentre.messages import Incoming
from smscentre.store.ledger import StoreLedger

Interpreter = Callable[[Request, Directory], Command]
"""Understands a text; total."""

_DAY_S = 24 * 3600


class Batch:
    """The works of one transaction, as far as they know of each other."""

    def __init__(self, ledger: StoreLedger, interpret: Interpreter) -> None:
        self.ledger = ledger
        self.understood: dict[str, tuple[Request, Command]] = {}
        self._interpret = interpret
        self._directory = ledger.directory
        """By this they were understood."""

    def understand(
        self, incoming: Incoming, text: str, number: str
    ) -> tuple[Request, Command]:
        """Make the request of a text, and the command that it is."""
        directory = self.ledger.directory
        sent_at = incoming.sent_at
        if sent_at is None or not 0 <= incoming.arrived_at - sent_at < _DAY_S:
            sent_at = incoming.arrived_at
        found = cut(text)
        request = Request(
            number,
            text if found is None else found.text,
            directory.officers.get(number),
            sent_at,
            incoming.arrived_at,
            "" if found is None else found.pin,
        )
        return request, self._interpret(request, directory)

    def command_of(
        self, arrival: Arrival, text: str, number: str
    ) -> tuple[Request, Command]:
        """What was understood of an arrival, if that still holds, else anew."""
        understood = self.understood.get(arrival.arrival_id)
        # A message before it in the batch may have registered the sender.
        if understood is None or self.ledger.directory is not self._directory:
            return self.understand(arrival.incoming, text, number)
        return understood

    def senders_with_pins(self) -> set[str]:
        """Whose PINs will be looked at."""
        directory = self._directory
        return {
            request.number
            for request, command in self.understood.values()
            if directory.pins and command.needs and directory.has_pin(request.number)
        }

    def prove_key(self, arrival: Arrival) -> None:
        """Tell texts apart that differ in their PIN by what it was worth (D4).

        A hash of the PIN itself would give it away: there are a million.
        """
        understood = self.understood.get(arrival.arrival_id)
        if arrival.kept is arrival.incoming or understood is None:
            return
        request, command = understood
        proofs = [self.ledger.proof(request, right) for right in command.needs]
        arrival.kept_key = fingerprint(arrival.kept, Proof.RIGHT in proofs)
