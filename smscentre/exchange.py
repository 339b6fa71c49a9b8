"""What links tell, brought to the stages that it concerns.

The one implementation of `interfaces.Deliveries`. It keeps the binds that stand
and writes their beginning, heartbeat and end.
"""

from __future__ import annotations

__all__ = ["Exchange", "ExchangeObserver"]

from collections.abc import Callable, Collection
from typing import Protocol

from twisted.logger import Logger
from twisted.python.failure import Failure

from smscentre.inbox.stage import Inbox
from smscentre.inbox.suspects import Suspects
from smscentre.interfaces import Link
from smscentre.messages import Incoming, SubmitOutcome
from smscentre.outbox.stage import Outbox
from smscentre.store import arrivals, outgoing, sessions
from smscentre.store.transaction import Transaction
from smscentre.store.writer import Writer

HEARTBEAT_S = 5.0

_log = Logger(namespace="smscentre.exchange")


class ExchangeObserver(Protocol):
    """Hears which links stand."""

    def link_up(self, name: str, bind: str) -> None:
        """A session of a link stands."""

    def link_down(self, name: str, reason: str) -> None:
        """A session of a link ended."""


class Exchange:
    """Joins links, inbox, outbox and the rows of binds."""

    def __init__(
        self,
        writer: Writer,
        inbox: Inbox,
        outbox: Outbox,
        node: str,
        wall_clock: Callable[[], float],
        observer: ExchangeObserver,
        suspects: Suspects,
    ) -> None:
        """:param suspects: what may be brought again; writer's thread"""
        self._suspects = suspects
        self._writer = writer
        self._inbox = inbox
        self._outbox = outbox
        self._node = node
        self._wall_clock = wall_clock
        self._observer = observer
        self._binds: dict[str, str] = {}
        self._beating = False

    def bound(self, link: Link, bind: str) -> None:
        """Write that a bind began; let what waits for its link go."""
        now = self._wall_clock()
        self._binds[link.name] = bind
        self._inbox.bound(bind)
        self._observer.link_up(link.name, bind)

        def begin(transaction: Transaction) -> None:
            sessions.begin_bind(transaction, bind, link.name, self._node, now)
            self._suspects.recall(transaction, link.name, now)

        self._writer.perform(begin).addErrback(self._log_failure, "begin")
        self._outbox.bound(link, bind)

    def lost(self, link: Link, bind: str, reason: str) -> None:
        """Write that a bind ended; forget what it can no longer acknowledge."""
        now = self._wall_clock()
        self._binds.pop(link.name, None)
        self._observer.link_down(link.name, reason)
        self._inbox.lost(bind)
        self._outbox.lost(link)

        def end(transaction: Transaction) -> None:
            sessions.end_bind(transaction, bind, now)
            self._suspects.bind_ended(transaction, link.name, bind, now)
            # All that was in flight is in doubt; what is left was never written.
            outgoing.return_claims(transaction, bind, link.name)

        self._writer.perform(end).addErrback(self._log_failure, "end")

    def arrived(
        self, link: Link, incoming: Incoming, settle: Callable[[bool], None]
    ) -> None:
        """Give an arrival to the inbox."""
        self._inbox.arrived(incoming, settle)

    def acknowledged(self, link: Link, arrival_id: str) -> None:
        """Tell the inbox that an acknowledgement was written."""
        self._inbox.acknowledged(arrival_id)

    def emptied(self, link: Link, shelf: str, taken: Collection[int]) -> None:
        """Write that what lay in a shelf's empty slots was deleted (D4)."""
        now = self._wall_clock()
        self._writer.perform(
            lambda transaction: arrivals.mark_emptied(transaction, shelf, taken, now)
        ).addErrback(self._log_failure, "list")

    def settled(self, link: Link, row: int, outcome: SubmitOutcome) -> None:
        """Tell the outbox what became of a part."""
        self._outbox.settled(link, row, outcome)

    def beat(self) -> None:
        """Write that the binds that stand are alive (D4)."""
        if self._beating:
            return
        self._beating = True
        binds = list(self._binds.values())
        # The time is that of the deed: until it could be done, they stood.
        beaten = self._writer.perform(
            lambda transaction: sessions.beat(transaction, binds, self._wall_clock())
        )
        beaten.addErrback(self._log_failure, "heartbeat")
        beaten.addCallback(self._beaten)

    def _beaten(self, revived: int | None) -> None:
        self._beating = False
        if revived:
            _log.error(
                "another process has ended {count} binds that stand here, and doubts "
                "what they claimed: does a second host have node.name {node}?",
                count=revived,
                node=self._node,
            )

    def _log_failure(self, failure: Failure, what: str) -> None:
        _log.failure("the {what} of a bind was not stored", failure, what=what)
