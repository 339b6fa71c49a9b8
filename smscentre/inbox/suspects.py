"""The earlier deliveries that a carrier may bring again, kept in memory (D4).

Writer's thread. They are read from the store as a bind begins or ends, and what an
ended bind had left waiting joins them as it is stored. What an undone transaction
changed here is taken back with it.
"""

from __future__ import annotations

__all__ = ["Suspects"]

from collections.abc import Callable, Sequence
from functools import partial

from smscentre.inbox.arrival import Arrival, can_be_recognised
from smscentre.store import arrivals
from smscentre.store.arrivals import REDELIVERY_HORIZON_S, Suspect
from smscentre.store.transaction import Transaction

_ENDED_IN_MIND = 100
"""Binds that ended last. Nothing waits for the writer through so many."""


class Suspects:
    """Knows what may come again, by whichever link of the account.

    A carrier need not wait for the link that it lost.
    """

    def __init__(self, account: Callable[[str], Sequence[str]]) -> None:
        """:param account: the links that share a link's account, itself among them"""
        self._account = account
        self._known: dict[Sequence[str], dict[bytes, list[Suspect]]] = {}
        self._ended: dict[str, None] = {}
        """The binds that ended last: asked for at every message, so no list."""

    def recall(self, transaction: Transaction, link: str, now: float) -> None:
        """Read what may be brought again by a link, as a bind of it begins or ends."""
        # At once: what a carrier brings again straight after the bind may be in
        # the same batch. If that is undone, so are rows that were found in it.
        links = self._account(link)
        before = self._known.get(links, {})
        transaction.on_undo(partial(self._known.__setitem__, links, before))
        self._known[links] = arrivals.suspects(transaction, links, now)

    def bind_ended(
        self, transaction: Transaction, link: str, bind: str, now: float
    ) -> None:
        """Hear that a bind of a link has ended, whose messages may be brought again."""
        self._ended[bind] = None
        if len(self._ended) > _ENDED_IN_MIND:
            del self._ended[next(iter(self._ended))]
        self.recall(transaction, link, now)

    def stored(self, transaction: Transaction, arrival: Arrival) -> None:
        """Remember an arrival of a bind that ended before it could be stored.

        The end of a bind may overtake those of its messages that wait behind others
        of their sender.
        """
        incoming = arrival.incoming
        if incoming.bind not in self._ended or incoming.key:
            return
        if can_be_recognised(incoming):
            known = self._known.setdefault(arrival.account, {})
            found = known.setdefault(arrival.kept_key, [])
            suspect = Suspect(arrival.row, arrival.original, incoming.arrived_at)
            found.append(suspect)
            transaction.on_undo(partial(found.remove, suspect))

    def take(self, transaction: Transaction, arrival: Arrival) -> Suspect | None:
        """The oldest delivery that an arrival may repeat, for this arrival alone."""
        horizon = arrival.incoming.arrived_at - REDELIVERY_HORIZON_S
        for suspect in self._found(arrival):
            if suspect.at > horizon:
                self._remove(transaction, arrival, suspect)
                return suspect
        return None

    def repeated(self, transaction: Transaction, arrival: Arrival, row: int) -> None:
        """Forget the delivery in a row, which an equal arrival is known to repeat."""
        for suspect in self._found(arrival):
            if suspect.row == row:
                self._remove(transaction, arrival, suspect)
                return

    def _found(self, arrival: Arrival) -> list[Suspect]:
        return self._known.get(arrival.account, {}).get(arrival.kept_key, [])

    def _remove(
        self, transaction: Transaction, arrival: Arrival, suspect: Suspect
    ) -> None:
        found = self._found(arrival)
        place = found.index(suspect)
        del found[place]
        transaction.on_undo(partial(found.insert, place, suspect))
