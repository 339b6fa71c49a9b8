"""What a link has told in the log of late, so that a flood is not written down.

Beside `smpp`, which asks it before each line. It knows neither the log nor what
the reasons mean; metrics count each time, whatever is told.
"""

from __future__ import annotations

__all__ = ["EVERY_S", "Told"]

from collections import Counter

EVERY_S = 10.0
"""How long one line stands for all that are like it."""


class Told:
    """Lets one line of each reason through in `EVERY_S`, and counts the others.

    Time is an argument, in seconds of any steady clock.
    """

    def __init__(self) -> None:
        self._told_at: dict[str, float] = {}
        self._left_out: Counter[str] = Counter()

    def may_tell(self, reason: str, now: float) -> bool:
        """Whether a line is written; one that is not is left out and counted."""
        told_at = self._told_at.get(reason)
        if told_at is not None and now - told_at < EVERY_S:
            self._left_out[reason] += 1
            return False
        self._told_at[reason] = now
        return True

    def take_left_out(self, reason: str) -> int:
        """How many lines of a reason were left out and never told of till now."""
        return self._left_out.pop(reason, 0)

    def left_out(self) -> list[str]:
        """The reasons of which lines were left out and not told of."""
        return sorted(self._left_out)
