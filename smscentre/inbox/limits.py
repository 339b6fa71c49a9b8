"""Counts replies in fixed windows, so that no loop and no flood costs without end.

Lives in the writer's thread. A limit of 0 does not limit.
"""

from __future__ import annotations

__all__ = ["RepeatedTexts", "ReplyLimiter", "ReplyLimits"]

from collections import deque

from attrs import frozen

_MINUTE_S = 60
_HOUR_S = 3600
_DAY_S = 24 * 3600

_REPEAT_S = 600
_LET_PASS = 2
"""So many equal texts within ten minutes are answered, the next is not."""


@frozen
class ReplyLimits:
    """How many replies at most: to a sender, to a destination, in all."""

    sender_per_minute: int = 0
    sender_per_day: int = 0
    destination_per_hour: int = 0
    unknown_replies_per_day: int = 0
    centre_per_day: int = 0


_UNLIMITED = ReplyLimits()


class ReplyLimiter:
    """The replies of the present minute, hour and day, by number.

    Counted as they are decided; an undone transaction takes its own back.
    """

    def __init__(self, limits: ReplyLimits) -> None:
        self._limits = limits
        self._windows: dict[int, tuple[int, dict[str, int]]] = {}

    def reason_to_hold(self, number: str, now: float) -> str:
        """The silence that a reply to a number would have to keep, or empty."""
        limits = self._limits
        if not self.limited:
            return ""
        for reason, limit, window, key in (
            ("sender_limit", limits.sender_per_minute, _MINUTE_S, number),
            ("sender_limit", limits.sender_per_day, _DAY_S, number),
            ("destination_limit", limits.destination_per_hour, _HOUR_S, number),
            ("centre_limit", limits.centre_per_day, _DAY_S, ""),
        ):
            if limit and self._counts(window, now).get(key, 0) >= limit:
                return reason
        return ""

    @property
    def limited(self) -> bool:
        """Whether there is any limit at all."""
        return self._limits != _UNLIMITED

    def day_began(self, now: float) -> float:
        """When the present day's count began."""
        return now // _DAY_S * _DAY_S

    def count_earlier(self, number: str, now: float, replies: int) -> None:
        """Count replies that were given earlier in the day."""
        self._add(_DAY_S, number, now, replies)

    def count(self, number: str, now: float, replies: int = 1) -> None:
        """Count replies; a negative number takes them back."""
        if not self.limited:
            return
        for window in (_MINUTE_S, _HOUR_S, _DAY_S):
            self._add(window, number, now, replies)

    def _add(self, window: int, number: str, now: float, replies: int) -> None:
        """Count replies to a number, and among all, in the present window."""
        counts = self._counts(window, now)
        for key in (number, ""):
            counts[key] = counts.get(key, 0) + replies

    def _counts(self, window: int, now: float) -> dict[str, int]:
        index = int(now // window)
        current = self._windows.get(window)
        if current is None or current[0] != index:
            current = self._windows[window] = (index, {})
        return current[1]


class RepeatedTexts:
    """The refused texts of the last ten minutes, to notice one that comes again.

    Two automatic responders that answer each other fall silent by it. A restart
    forgets, which costs two answers more.
    """

    def __init__(self) -> None:
        self._texts: deque[tuple[float, str, str]] = deque()
        self._counts: dict[tuple[str, str], int] = {}

    def is_third(self, number: str, text: str, now: float) -> bool:
        """Whether a number sent this text twice already."""
        while self._texts and self._texts[0][0] <= now - _REPEAT_S:
            _, old_number, old_text = self._texts.popleft()
            self._counts[old_number, old_text] -= 1
            if not self._counts[old_number, old_text]:
                del self._counts[old_number, old_text]
        return self._counts.get((number, text), 0) >= _LET_PASS

    def add(self, number: str, text: str, now: float) -> None:
        """Remember a text."""
        self._texts.append((now, number, text))
        self._counts[number, text] = self._counts.get((number, text), 0) + 1

    def take_back(self) -> None:
        """Forget the text remembered last."""
        _, number, text = self._texts.pop()
        self._counts[number, text] -= 1
