"""The reactor's side of the inbox: when an arrival may be acknowledged.

Holds what is not yet acknowledged, recognises a repetition of what waits,
and refuses what cannot be committed in time (D4, D5). It never looks into a
text.
"""

from __future__ import annotations

__all__ = ["Inbox", "InboxObserver", "Postbox"]

from collections.abc import Callable, Sequence
from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from smscentre.inbox.arrival import (
    Acceptor,
    Arrival,
    can_be_recognised,
    fingerprint,
)
from smscentre.messages import (
    MESSAGE,
    DeliveryState,
    Incoming,
    IncomingKind,
    Outgoing,
)
from smscentre.store.arrivals import ACKNOWLEDGED, ACKNOWLEDGED_LATE
from smscentre.store.writer import Writer

PATIENCE_S = 10.0
"""How long an arrival may wait for the writer to begin it."""

RECHECK_S = 0.5
"""When to look again at an arrival whose batch had begun in time."""

BOUND = 5000
"""Works waiting for the writer past which arrivals are refused at once."""

BOUND_OCTETS = 32 * 1024 * 1024
"""The same of what arrivals carried: a PDU may have 64 KiB."""


class Postbox(Protocol):
    """Where replies leave, as the inbox sees it."""

    def reserve(self, link: str) -> str:
        """Keep a place in a link's window for a reply; its bind, or empty."""

    def release(self, link: str, bind: str) -> None:
        """Give back a reserved place."""

    def dispatch(self, link: str, bind: str, parts: Sequence[Outgoing]) -> None:
        """Send parts that were born claimed in a reserved place."""

    def queued(self, link: str, parts: int) -> None:
        """Hear that so many new parts wait for a link."""


class InboxObserver(Protocol):
    """Hears what becomes of arrivals."""

    def arrived(self, link: str, kind: IncomingKind) -> None:
        """An arrival was stored."""

    def redelivered(self, link: str) -> None:
        """It had been stored before."""

    def command(self, outcome: str) -> None:
        """It was a command, with that outcome."""

    def silent(self, reason: str) -> None:
        """It gets no reply."""

    def receipt(self, link: str, state: DeliveryState) -> None:
        """It was a delivery receipt."""

    def acknowledged(self, link: str, seconds: float) -> None:
        """Its acknowledgement was written so long after it came."""

    def refused(self, link: str, reason: str) -> None:
        """It was refused with a status that carriers retry."""


class Inbox:
    """Takes arrivals from links and settles each exactly once."""

    def __init__(
        self,
        writer: Writer,
        acceptor: Acceptor,
        postbox: Postbox,
        clock: IReactorTime,
        wall_clock: Callable[[], float],
        observer: InboxObserver,
    ) -> None:
        self._writer = writer
        self._acceptor = acceptor
        self._postbox = postbox
        self._clock = clock
        self._wall_clock = wall_clock
        self._observer = observer
        self._unanswered: dict[Arrival, float] = {}
        self._octets = 0
        self._under_way: dict[str, int] = {}
        """How many arrivals of each sender are not settled."""
        self._pending: dict[tuple[Sequence[str], bytes], Arrival] = {}
        """The last of equal arrivals of an account that are not acknowledged."""
        self._committed: dict[str, Arrival] = {}
        self._binds: set[str] = set()
        self._timer: IDelayedCall | None = None
        self._closed = False
        self._drained: Deferred[None] | None = None

    def arrived(self, incoming: Incoming, settle: Callable[[bool], None]) -> None:
        """Take an arrival; settle it once, True to acknowledge, False to refuse."""
        full = self._writer.waiting >= BOUND or self._octets >= BOUND_OCTETS
        if self._closed or full:
            self._observer.refused(
                incoming.link, "stopping" if self._closed else "queue_full"
            )
            settle(False)
            return
        account, key = self._acceptor.account(incoming.link), fingerprint(incoming)
        may_repeat = can_be_recognised(incoming)
        arrival = Arrival(
            incoming,
            account,
            key,
            self._acceptor,
            self,
            settle,
            twin=self._pending.get((account, key)) if may_repeat else None,
            reserved=self._reserve(incoming),
        )
        if may_repeat:
            self._pending[arrival.equal] = arrival
        self._unanswered[arrival] = self._clock.seconds()
        self._under_way[arrival.sender] = self._under_way.get(arrival.sender, 0) + 1
        self._octets += len(incoming.raw)
        if self._timer is None:
            self._timer = self._clock.callLater(PATIENCE_S, self._check_patience)
        self._writer.put(arrival)

    def _reserve(self, incoming: Incoming) -> str:
        """Keep a place for the reply, unless more of its sender is under way.

        A flood must not take all places, and no reply may overtake an earlier one that
        has none.
        """
        is_message = incoming.kind is MESSAGE
        if not is_message or incoming.source.digits in self._under_way:
            return ""
        return self._postbox.reserve(incoming.link)

    def acknowledged(self, arrival_id: str) -> None:
        """Hear that the positive acknowledgement of an arrival was written."""
        arrival = self._committed.pop(arrival_id, None)
        now = self._wall_clock()
        if arrival is None:
            # A modem without a network has no bind, and deletes what it brought.
            self._writer.mark(ACKNOWLEDGED_LATE, (arrival_id, now))
            return
        self._forget(arrival)
        self._writer.mark(ACKNOWLEDGED, (arrival.row, now))
        incoming = arrival.incoming
        self._observer.acknowledged(incoming.link, now - incoming.arrived_at)

    def bound(self, bind: str) -> None:
        """Hear that a bind stands."""
        self._binds.add(bind)

    def lost(self, bind: str) -> None:
        """Hear that a bind has ended: it acknowledges nothing more."""
        self._binds.discard(bind)
        for equal in [
            equal
            for equal, arrival in self._pending.items()
            if arrival.incoming.bind == bind
        ]:
            del self._pending[equal]
        for arrival_id in [
            arrival_id
            for arrival_id, arrival in self._committed.items()
            if arrival.incoming.bind == bind
        ]:
            del self._committed[arrival_id]

    def close(self) -> Deferred[None]:
        """Refuse what comes from now on; fires when the rest is settled."""
        self._closed = True
        drained: Deferred[None] = Deferred()
        self._drained = drained
        if not self._unanswered:
            self._finish()
        return drained

    def abandon(self) -> None:
        """Refuse what waits and is not begun: the stop cannot wait for it."""
        for arrival in [*self._unanswered]:
            if self._writer.withdraw(arrival):
                self.refused(arrival, "stopping")
        self._finish()

    def committed(self, arrival: Arrival) -> None:
        """Settle an arrival that is stored. Called by the arrival."""
        incoming = arrival.incoming
        if incoming.bind in self._binds:
            self._committed[arrival.arrival_id] = arrival
        if arrival.claimed:
            self._postbox.dispatch(incoming.link, arrival.reserved, arrival.claimed)
        elif arrival.reserved:
            self._postbox.release(incoming.link, arrival.reserved)
        if arrival.queued:
            self._postbox.queued(incoming.link, arrival.queued)
        self._count(arrival)
        self._settle(arrival, True)

    def refused(self, arrival: Arrival, reason: str) -> None:
        """Settle an arrival that is not stored. Called by the arrival."""
        self._forget(arrival)
        if arrival.reserved:
            self._postbox.release(arrival.incoming.link, arrival.reserved)
        self._observer.refused(arrival.incoming.link, reason)
        self._settle(arrival, False)

    def _count(self, arrival: Arrival) -> None:
        incoming = arrival.incoming
        self._observer.arrived(incoming.link, incoming.kind)
        if arrival.silence:
            self._observer.silent(arrival.silence)
        elif arrival.result == "redelivered":
            self._observer.redelivered(incoming.link)
        elif incoming.receipt is not None:
            self._observer.receipt(incoming.link, incoming.receipt.state)
        elif incoming.kind is MESSAGE:
            self._observer.command(arrival.result)

    def _settle(self, arrival: Arrival, accepted: bool) -> None:
        self._unanswered.pop(arrival, None)
        left = self._under_way.pop(arrival.sender) - 1
        if left:
            self._under_way[arrival.sender] = left
        self._octets -= len(arrival.incoming.raw)
        arrival.settle(accepted)
        if self._drained is not None and not self._unanswered:
            self._finish()

    def _forget(self, arrival: Arrival) -> None:
        if self._pending.get(arrival.equal) is arrival:
            del self._pending[arrival.equal]

    def _check_patience(self) -> None:
        """Refuse what waited too long and was not begun."""
        now = self._clock.seconds()
        self._timer = None
        late = [
            arrival
            for arrival, came in self._unanswered.items()
            if now - came >= PATIENCE_S
        ]
        begun = [arrival for arrival in late if not self._writer.withdraw(arrival)]
        for arrival in late:
            if arrival.withdrawn:
                self.refused(arrival, "not_committed")
        if begun:
            self._timer = self._clock.callLater(RECHECK_S, self._check_patience)
        elif self._unanswered:
            oldest = next(iter(self._unanswered.values()))
            due = oldest + PATIENCE_S - now
            self._timer = self._clock.callLater(due, self._check_patience)

    def _finish(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        drained, self._drained = self._drained, None
        if drained is not None:
            drained.callback(None)
