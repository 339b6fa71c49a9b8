"""One link as the outbox sees it: its bind, places kept, pauses, and back-offs.

Pure: time is an argument, in the reactor's seconds.
"""

from __future__ import annotations

__all__ = ["Lane"]

from collections import deque

from smscentre.interfaces import Link
from smscentre.messages import Outgoing, Rejected, Retry

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0

_FIRST_BACKOFF_S = 5.0
_LONGEST_BACKOFF_S = 600.0

_FULL_WITHIN_S = 10.0
_FULL_NUMBERS = 3
"""So many destinations with a full queue, within that time, are the link's fault."""


class Lane:
    """What the outbox remembers of one link."""

    def __init__(self, link: Link, now: float) -> None:
        self.link = link
        self.bind = ""
        self.down_since = now
        self._tried = self._has_sent = False
        """Whether a part was tried in vain, and whether one was sent, in this bind."""
        self._in_vain_since: float | None = None
        """When the first was, of this bind and those before it."""
        self.reserved = 0
        self.claim_size: int | None = None
        """How many parts the claim under way may take; None while there is none."""
        self._known = False
        """Whether all that waits in the table, and is due, has been counted."""
        self._counting = False
        """Whether the claim under way is to find out what waits."""
        self._unclaimed = 0
        """How much came to wait since the last claim began."""
        self.in_flight: dict[int, Outgoing] = {}
        self.paused_until = 0.0
        self._pause = 0.0
        self._backoffs: dict[str, tuple[float, float]] = {}
        """Seconds and end of each destination's back-off."""
        self._full: deque[tuple[float, str]] = deque()

    def room(self, now: float) -> int:
        """How many parts may be claimed now."""
        if not self.bind or now < self.paused_until:
            return 0
        return self.link.room() - self.reserved

    def went_up(self, bind: str) -> None:
        """Begin a bind; what waited while the link was down may go."""
        self.bind = bind
        self.reserved = 0
        self._known = False
        self._tried = self._has_sent = False
        self.paused_until = 0.0

    def went_down(self, now: float) -> None:
        """End the bind; one in which all was in vain does not count as having stood."""
        self.bind = ""
        self.reserved = 0
        if self._has_sent or not self._tried:
            self._in_vain_since = None
        self.down_since = now if self._in_vain_since is None else self._in_vain_since

    def throttle(self, now: float) -> None:
        """Pause the whole link, each time for twice as long."""
        if now < self.paused_until:
            return
        self._pause = min(self._pause * 2 or _FIRST_PAUSE_S, _LONGEST_PAUSE_S)
        self.paused_until = now + self._pause

    @property
    def has_work(self) -> bool:
        """Whether something may wait in the table that no claim is about to take."""
        return not self._known or self._unclaimed > 0

    def may_reserve(self, now: float) -> bool:
        """Whether a reply that comes now may have a place at once.

        It may where all that waits is known and will have its place as well.
        """
        before = (self.claim_size or 0) + self._unclaimed
        return self._known and self.room(now) > before

    def wake(self, parts: int = 1) -> None:
        """Note that something came to wait in the table."""
        self._unclaimed += parts

    def look(self) -> None:
        """Note that something may wait that nobody told of."""
        self._known = False

    def begin_claim(self, room: int) -> int:
        """Begin a claim of at most ``room`` parts; how many it is to take."""
        self._counting = not self._known
        self.claim_size = room if self._counting else min(room, self._unclaimed)
        self._unclaimed -= min(self._unclaimed, self.claim_size)
        return self.claim_size

    def end_claim(self, *, emptied: bool) -> None:
        """End the claim; whether it found nothing more that is due.

        A claim of what had been counted need not find out.
        """
        self.claim_size = None
        if self._counting:
            self._known = emptied

    def failed(self, now: float) -> None:
        """Note that a part was refused, or that its answer will not come."""
        self._tried = True
        if self._in_vain_since is None:
            self._in_vain_since = now

    def refused(self, number: str, rejected: Rejected, now: float) -> float:
        """Slow down after a refusal that is not for good.

        Gives the seconds for which the destination is spared, 0 for none.
        """
        self.failed(now)
        if rejected.retry is Retry.AFTER_RECONNECT:
            return 0.0
        if rejected.throttled:
            self.throttle(now)
            return 0.0
        if rejected.queue_full:
            self.queue_was_full(number, now)
        return self.back_off(number, now)

    def back_off(self, number: str, now: float) -> float:
        """Spare a destination, each time for twice as long; the seconds."""
        last, _ = self._backoffs.get(number, (0.0, 0.0))
        seconds = min(last * 2 or _FIRST_BACKOFF_S, _LONGEST_BACKOFF_S)
        self._backoffs[number] = seconds, now + seconds
        return seconds

    def spared_for(self, number: str, now: float) -> float:
        """How many seconds a part for a destination has to wait, if any."""
        _, until = self._backoffs.get(number, (0.0, 0.0))
        return max(0.0, until - now, self.paused_until - now)

    def forget_old(self, now: float) -> None:
        """Forget destinations that were not tried for long."""
        self._backoffs = {
            number: (seconds, until)
            for number, (seconds, until) in self._backoffs.items()
            if until > now - _LONGEST_BACKOFF_S
        }

    def queue_was_full(self, number: str, now: float) -> None:
        """Count a full queue; with three destinations in 10 s pause the link."""
        self._full.append((now, number))
        while self._full[0][0] < now - _FULL_WITHIN_S:
            self._full.popleft()
        if len({number for _, number in self._full}) >= _FULL_NUMBERS:
            self._full.clear()
            self.throttle(now)

    def succeeded(self, number: str) -> None:
        """Forget pauses and back-offs that a success has ended."""
        self._has_sent = True
        self._in_vain_since = None
        if self._pause:
            self._pause = 0.0
        if self._backoffs:
            self._backoffs.pop(number, None)
