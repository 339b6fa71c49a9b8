"""How many messages each link carried lately, from counters that are read now and then.

Beside the path, for the pages: nothing on it pays for this. It knows links by name.
"""

from __future__ import annotations

__all__ = ["SAMPLE_S", "Traffic"]

from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

SAMPLE_S: Final = 2.0
"""How often `Traffic.sample` is due."""

_SPAN_S: Final = 60.0

_Counts = Mapping[str, tuple[int, int]]


class Traffic:
    """The last minute of each link. Reactor's thread."""

    def __init__(self, counted: Callable[[], _Counts]) -> None:
        """:param counted: messages in and parts out of each link, ever since"""
        self._counted = counted
        self._samples: deque[tuple[float, _Counts]] = deque()

    def sample(self, now: float) -> None:
        """Read the counters; ``now`` is in the reactor's seconds."""
        self._samples.append((now, self._counted()))
        while len(self._samples) > 1 and self._samples[1][0] <= now - _SPAN_S:
            self._samples.popleft()

    def last_minute(self, link: str) -> tuple[int, int] | None:
        """How many messages came and parts went; None before it was ever read."""
        if not self._samples:
            return None
        (_, before), (_, after) = self._samples[0], self._samples[-1]
        came, went = after[link]
        return came - before[link][0], went - before[link][1]
