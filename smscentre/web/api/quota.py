"""How fast somebody may ask: so many requests in a minute, counted in memory.

Every node counts for itself, and a restart forgets.
"""

from __future__ import annotations

__all__ = ["Quota", "Turn"]

import math
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import Final

from attrs import define, frozen

_WINDOW_S: Final = 60.0
_MOST_KEPT: Final = 10_000


@frozen
class Turn:
    """One request among those of its minute: whether it may go on, what is left.

    ``reset_s`` is how long until all may be asked again.
    """

    most: int
    left: int
    reset_s: int
    allowed: bool

    @property
    def headers(self) -> Mapping[str, str]:
        """What a program is told of it.

        Source: draft-ietf-httpapi-ratelimit-headers-10 §3, §4; RFC 9110 §10.2.3.
        """
        found = {
            "RateLimit-Policy": f'"minute";q={self.most};w={_WINDOW_S:.0f}',
            "RateLimit": f'"minute";r={self.left};t={self.reset_s}',
        }
        return found if self.allowed else {**found, "Retry-After": str(self.reset_s)}


@define
class _Window:
    began: float
    count: int


class Quota:
    """Counts requests by whoever asks. Moments are those of one clock, in seconds."""

    def __init__(self, most: int) -> None:
        """:param most: requests in a minute; 0 for no limit"""
        self._most = most
        self._windows: OrderedDict[Hashable, _Window] = OrderedDict()

    def take(self, who: Hashable, now: float) -> Turn | None:
        """Count a request; None where there is no limit."""
        if not self._most:
            return None
        window = self._windows.get(who)
        if window is None or now >= window.began + _WINDOW_S:
            window = _Window(now, 0)
        allowed = window.count < self._most
        if allowed:
            window.count += 1
            self._keep(who, window)
        left = self._most - window.count
        reset_s = max(1, math.ceil(window.began + _WINDOW_S - now))
        return Turn(self._most, left, reset_s, allowed)

    def _keep(self, who: Hashable, window: _Window) -> None:
        self._windows[who] = window
        self._windows.move_to_end(who)
        while len(self._windows) > _MOST_KEPT:
            self._windows.popitem(last=False)
