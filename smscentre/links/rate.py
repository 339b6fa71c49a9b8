"""A token bucket: how many parts a second a link may write."""

from __future__ import annotations

__all__ = ["TokenBucket"]

_ROUNDING = 1e-6
"""What a token may lack: at the very moment told, sums of floats fall short."""


class TokenBucket:
    """Lets ``rate`` parts a second through, in bursts of at most one second's.

    Time is an argument, in seconds of any steady clock. A rate of 0 lets
    everything through. It outlives sessions: a reconnect gives no new burst.
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._size = max(1.0, rate)
        self._tokens = self._size
        self._filled_at: float | None = None

    def available(self, now: float) -> int | None:
        """How many parts may go now; None without a limit."""
        if not self._rate:
            return None
        self._fill(now)
        return int(self._tokens + _ROUNDING)

    def take(self, now: float) -> None:
        """Let one part through."""
        if self._rate:
            self._fill(now)
            self._tokens -= 1

    def next_at(self, now: float) -> float | None:
        """When the next part may go; None when one may go now."""
        if not self._rate:
            return None
        self._fill(now)
        missing = 1 - self._tokens
        return now + missing / self._rate if missing > _ROUNDING else None

    def _fill(self, now: float) -> None:
        if self._filled_at is not None:
            grown = self._tokens + (now - self._filled_at) * self._rate
            self._tokens = min(self._size, grown)
        self._filled_at = now
