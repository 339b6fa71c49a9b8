"""Claims what waits, hands it to the links, and writes down what became of it.

The table is the queue: only what a link has room for is in memory. A claim is
committed before the link may write (D7); outcomes are marks that ride with the
next batch. It knows links by `interfaces.Link` and no texts.
"""

from __future__ import annotations

__all__ = ["Outbox"]

from collections.abc import Callable, Collection, Sequence
from typing import Any, assert_never

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from smscentre import failpoints
from smscentre.interfaces import Link
from smscentre.messages import (
    Accepted,
    InDoubt,
    Outgoing,
    Rejected,
    Retry,
    SubmitOutcome,
    Unsent,
)
from smscentre.outbox.expiry import ExpiryTime
from smscentre.outbox.handover import HandOver
from smscentre.outbox.lane import Lane
from smscentre.outbox.observer import OutboxObserver
from smscentre.outbox.routing import Routes
from smscentre.store import outgoing, steps
from smscentre.store.transaction import Transaction
from smscentre.store.writer import Writer

_log = Logger(namespace="smscentre.outbox")


class Outbox:
    """Brings out what waits, each link at its own pace."""

    def __init__(
        self,
        writer: Writer,
        clock: IReactorTime,
        wall_clock: Callable[[], float],
        observer: OutboxObserver,
        routes: Routes,
        reroute_after_s: float,
        smsc_key: Callable[[str, str], str],
    ) -> None:
        """:param smsc_key: the form of a carrier's id, by link and id, in which
        receipts are matched"""
        self._writer = writer
        self._clock = clock
        self._wall_clock = wall_clock
        self._observer = observer
        self._routes = routes
        self._reroute_after_s = reroute_after_s
        self._smsc_key = smsc_key
        self._expiry = ExpiryTime(clock.seconds(), wall_clock())
        self._handing_over = HandOver(writer, routes, self.queued)
        self._retired: tuple[str, ...] = ()
        self._lanes: dict[str, Lane] = {}
        self._timers: dict[str, IDelayedCall] = {}
        self._closed = False
        self._settled: Deferred[None] | None = None
        self._before_claims: list[Callable[[Transaction, str, int], None]] = []

    def before_claims(self, action: Callable[[Transaction, str, int], None]) -> None:
        """Have something done in each transaction that claims, before it does.

        It is given the link and how many parts may be claimed, and may end what waits.
        """
        self._before_claims.append(action)

    def add_link(self, link: Link) -> None:
        """Make a link known; it is down."""
        self._lanes[link.name] = Lane(link, self._clock.seconds())

    def retire(self, links: Collection[str]) -> None:
        """Let what waits for links that are configured no more go by others."""
        self._retired = tuple(links)

    # What the inbox asks (inbox.stage.Postbox).

    def reserve(self, link: str) -> str:
        """Keep a place in a link's window for a reply; its bind, or empty.

        Only where all that waits is known and has its place as well.
        """
        lane = self._lanes[link]
        if self._closed or not lane.may_reserve(self._clock.seconds()):
            return ""
        lane.reserved += 1
        return lane.bind

    def release(self, link: str, bind: str) -> None:
        """Give back a reserved place."""
        lane = self._lanes[link]
        if lane.bind == bind:
            lane.reserved -= 1
            self._pump(lane)

    def dispatch(self, link: str, bind: str, parts: Sequence[Outgoing]) -> None:
        """Send parts that were born claimed in a reserved place."""
        lane = self._lanes[link]
        if lane.bind == bind:
            lane.reserved -= 1
        self._send(lane, bind, parts)

    def queued(self, link: str, parts: int) -> None:
        """Hear that so many new parts wait for a link."""
        lane = self._lanes.get(link)
        if lane is not None:
            lane.wake(parts)
            self._pump(lane)
            if not self._routes.sends(link):
                self._hand_over(link)

    # What links tell (interfaces.Deliveries).

    def bound(self, link: Link, bind: str) -> None:
        """Hear that a session stands."""
        lane = self._lanes[link.name]
        lane.went_up(bind)
        self._pump(lane)
        for name in self._mute():
            self._hand_over(name)

    def lost(self, link: Link) -> None:
        """Hear that the session has ended; all in flight was settled."""
        lane = self._lanes[link.name]
        now = self._clock.seconds()
        lane.went_down(now)
        self._cancel_timer(lane)
        if self._is_down(lane, now):
            self._hand_over(link.name)

    def settled(self, link: Link, row: int, outcome: SubmitOutcome) -> None:
        """Write down what became of a part."""
        failpoints.hit("before-response")
        lane = self._lanes[link.name]
        part = lane.in_flight.pop(row)
        match outcome:
            case Accepted():
                self._accepted(lane, part, outcome)
            case Rejected():
                self._rejected(lane, part, outcome)
            case InDoubt(reason, octets):
                self._observer.in_doubt(link.name)
                lane.failed(self._clock.seconds())
                self._writer.mark(steps.IN_DOUBT, (row, lane.bind, reason, *octets))
                lane.wake()
            case Unsent(reason):
                self._queue_again(lane, lane.bind, row, 0.0, reason)
            case _:
                assert_never(outcome)
        failpoints.hit("after-response")
        self._pump(lane)
        if self._settled is not None:
            self._check_settled()

    # The service's life.

    def tick(self) -> None:
        """Look after what waits for a link that does not come back."""
        now = self._clock.seconds()
        for name, lane in self._lanes.items():
            lane.forget_old(now)
            # Another process may have put something in: a broadcast.
            lane.look()
            self._pump(lane)
            if self._is_down(lane, now):
                self._hand_over(name)
        for name in self._mute():
            self._hand_over(name)
        wall = self._expiry.look(now, self._wall_clock())

        def give_up(transaction: Transaction) -> None:
            transaction.execute(steps.EXPIRED, {"now": wall})
            transaction.execute(steps.ABANDONED, {"now": wall})

        self._writer.perform(give_up).addErrback(self._log_failure, "expiry")

    def close(self) -> Deferred[None]:
        """Claim nothing more; fires when all in flight is settled."""
        self._closed = True
        settled: Deferred[None] = Deferred()
        self._settled = settled
        for lane in self._lanes.values():
            self._cancel_timer(lane)
        self._check_settled()
        return settled

    def standing(self) -> list[str]:
        """The links that are bound."""
        return [name for name, lane in self._lanes.items() if lane.bind]

    def in_flight(self, link: str) -> int:
        """How many parts wait for the link's answer."""
        return len(self._lanes[link].in_flight)

    def _is_down(self, lane: Lane, now: float) -> bool:
        """Whether a link has been of no use for so long that others take its place."""
        return not lane.bind and now - lane.down_since >= self._reroute_after_s

    def _mute(self) -> list[str]:
        """The links that never send, and those that are no more."""
        mute = [name for name in self._lanes if not self._routes.sends(name)]
        return [*mute, *self._retired]

    def _check_settled(self) -> None:
        if any(lane.in_flight for lane in self._lanes.values()):
            return
        settled, self._settled = self._settled, None
        if settled is not None:
            settled.callback(None)

    def _accepted(self, lane: Lane, part: Outgoing, accepted: Accepted) -> None:
        lane.succeeded(part.number)
        self._observer.sent(lane.link.name)
        now, smsc_id = self._wall_clock(), accepted.smsc_id
        key = self._smsc_key(lane.link.name, smsc_id) or None
        self._writer.mark(
            steps.SENT, (part.row, lane.bind, now, smsc_id, key, *accepted.octets)
        )

    def _rejected(self, lane: Lane, part: Outgoing, rejected: Rejected) -> None:
        name, row = lane.link.name, part.row
        error = rejected.meaning
        octets = rejected.octets
        self._observer.send_failed(name, rejected.retry)
        if rejected.retry is Retry.NEVER:
            _log.warn(
                "{link}: refused for good: {error}",
                link=name,
                error=error,
                message_id=row,
            )
            now = self._wall_clock()
            self._writer.mark(steps.FAILED, (row, lane.bind, now, error, *octets))
            return
        delay = lane.refused(part.number, rejected, self._clock.seconds())
        due_at = self._wall_clock() + delay
        self._writer.mark(steps.REFUSED, (row, lane.bind, due_at, error, *octets))
        lane.wake()
        if delay:
            self._spare(name, part.number, delay)

    def _queue_again(
        self, lane: Lane, bind: str, row: int, delay: float, error: str
    ) -> None:
        due_at = self._wall_clock() + delay
        self._writer.mark(steps.REQUEUED, (row, bind, due_at, error))
        lane.wake()

    def _spare(self, link: str, number: str, delay: float) -> None:
        """Let all that waits for a destination wait with the part refused."""
        until = self._wall_clock() + delay
        self._writer.perform(
            lambda transaction: outgoing.postpone_number(
                transaction, link, number, until
            )
        ).addErrback(self._log_failure, "back-off")

    def _pump(self, lane: Lane) -> None:
        """Claim as much as the link has room for, if anything may wait."""
        if self._closed or not lane.bind or not lane.has_work:
            return
        if lane.claim_size is not None:
            return
        now = self._clock.seconds()
        room = lane.room(now)
        if room <= 0:
            again = max(lane.paused_until, lane.link.room_at() or 0.0)
            if again > now:
                self._pump_in(lane, again - now)
            return
        size = lane.begin_claim(room)
        bind, wall = lane.bind, self._wall_clock()
        expired_by = self._expiry.look(now, wall)

        def claim(transaction: Transaction) -> outgoing.Claim:
            failpoints.hit("before-claim")
            for action in self._before_claims:
                action(transaction, lane.link.name, size)
            return outgoing.claim(
                transaction, lane.link.name, bind, size, wall, expired_by
            )

        claimed = self._writer.perform(claim)
        claimed.addCallbacks(
            self._claimed,
            self._claim_failed,
            callbackArgs=(lane, bind),
            errbackArgs=(lane, bind),
        )

    def _claimed(self, claim: outgoing.Claim, lane: Lane, bind: str) -> None:
        wall = self._wall_clock()
        lane.end_claim(emptied=claim.next_due is None or claim.next_due > wall)
        self._observer.ended_unsent(lane.link.name, claim.expired, claim.uncertain)
        self._send(lane, bind, claim.parts)
        if claim.next_due is not None and claim.next_due > wall:
            self._pump_in(lane, claim.next_due - wall)
        self._pump(lane)

    def _claim_failed(self, failure: Failure, lane: Lane, bind: str) -> None:
        """Free what an attempt may have claimed: it was certainly not written."""
        self._log_failure(failure, "claim")
        kept = list(lane.in_flight)
        returned = self._writer.perform(
            lambda transaction: outgoing.return_claims(
                transaction, bind, lane.link.name, kept
            )
        )

        def look_again(_result: object) -> None:
            lane.end_claim(emptied=False)
            self._pump_in(lane, 1.0)

        returned.addErrback(self._log_failure, "return of claims")
        returned.addCallback(look_again)

    def _send(self, lane: Lane, bind: str, parts: Sequence[Outgoing]) -> None:
        """Hand claimed parts to the link, if the bind still stands and is to stay."""
        if parts:
            failpoints.hit("after-claim")
        now = self._clock.seconds()
        for part in parts:
            if self._closed or lane.bind != bind:
                reason = "stopping" if self._closed else "the bind ended"
                self._queue_again(lane, bind, part.row, 0.0, reason)
                continue
            wait = lane.spared_for(part.number, now)
            if wait:
                self._queue_again(lane, bind, part.row, wait, "spared")
                continue
            lane.in_flight[part.row] = part
            if part.resent:
                self._observer.resent(lane.link.name)
            lane.link.send(part)
        if parts and lane.bind and lane.bind != bind:
            self._pump(lane)

    def _pump_in(self, lane: Lane, seconds: float) -> None:
        timer = self._timers.get(lane.link.name)
        if timer is not None and timer.active():
            if timer.getTime() <= self._clock.seconds() + seconds:
                return
            timer.cancel()
        self._timers[lane.link.name] = self._clock.callLater(
            seconds, self._pump_now, lane
        )

    def _pump_now(self, lane: Lane) -> None:
        lane.look()
        self._pump(lane)

    def _cancel_timer(self, lane: Lane) -> None:
        timer = self._timers.pop(lane.link.name, None)
        if timer is not None and timer.active():
            timer.cancel()

    def _hand_over(self, name: str) -> None:
        self._handing_over.from_link(name, self.standing())

    def _log_failure(self, failure: Failure, what: str) -> Any:
        _log.failure("{what} failed", failure, what=what)
