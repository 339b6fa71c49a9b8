"""What a link tells in the log of what goes wrong, so that a flood is not written down.

Beside the links, which give it every fault. It does not know what the reasons mean;
metrics count each time, whatever is told.
"""

from __future__ import annotations

__all__ = ["EVERY_S", "FaultLog", "Told"]

from collections import Counter

from twisted.logger import Logger

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


class FaultLog:
    """Writes the faults of one link, each reason once in `EVERY_S`."""

    def __init__(self, link: str, log: Logger) -> None:
        self._link = link
        self._log = log
        self._told = Told()

    def tell(self, reason: str, detail: str, now: float) -> None:
        """Tell of a fault, or count it for the next line of its reason."""
        if self._told.may_tell(reason, now):
            self._tell_left_out(reason)
            self._log.warn(
                "{link}: {reason}: {detail}",
                link=self._link,
                reason=reason,
                detail=detail,
            )

    def end(self) -> None:
        """Tell what was left out, as a session ends."""
        for reason in self._told.left_out():
            self._tell_left_out(reason)

    def _tell_left_out(self, reason: str) -> None:
        if count := self._told.take_left_out(reason):
            self._log.warn(
                "{link}: {reason}: ... and {count:,} more like it",
                link=self._link,
                reason=reason,
                count=count,
            )
