"""One delayed call at a time, for the earliest deadline of a core.

Beneath the shells of both links. It knows neither cores nor octets.
"""

from __future__ import annotations

__all__ = ["Waker"]

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime


class Waker:
    """Calls back at a deadline, or before it: an early call looks again."""

    def __init__(self, clock: IReactorTime, wake: Callable[[], None]) -> None:
        self._clock = clock
        self._wake = wake
        self._timer: IDelayedCall | None = None

    def arm(self, deadline: float | None) -> None:
        """Call back at a deadline, in the clock's seconds; None: not at all.

        A call that is due before is left, since deadlines move on all the time.
        """
        timer = self._timer
        if timer is not None:
            if deadline is not None and timer.getTime() <= deadline:
                return
            self.cancel()
        if deadline is not None:
            delay = max(0.0, deadline - self._clock.seconds())
            self._timer = self._clock.callLater(delay, self._ring)

    def cancel(self) -> None:
        """Call back no more."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def _ring(self) -> None:
        self._timer = None
        self._wake()
