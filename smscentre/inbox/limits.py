"""Counts replies in fixed windows, so that no loop and no flood costs without end.

Lives in the writer's thread. A limit of 0 does not limit.
"""

from __future__ import annotations

__all__ = [
    "RepeatedTexts",
    "ReplyLimiter",
    "ReplyLimits",
    "says_anything",
    "without_figures",
]

import datetime
import re
from collections import deque

from attrs import define, field, frozen

_MINUTE_S = 60
_HOUR_S = 3600
_DAY_S = 24 * 3600

_SAYING = re.compile(r"[^\W_]|\?")
_FIGURES = re.compile(r"[\W\d_]+")

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


@define
class _Window:
    """One limit, and the replies since its present minute, hour or day began.

    ``together`` says that the replies to all numbers count as one.
    """

    reason: str
    limit: int
    seconds: int
    zone: datetime.tzinfo
    together: bool = False
    _began: float = 0.0
    _ends: float = 0.0
    _counts: dict[str, int] = field(factory=dict)

    def is_full(self, number: str, now: float) -> bool:
        """Whether a reply to a number would be one too many."""
        self._move_on(now)
        return self._counts.get("" if self.together else number, 0) >= self.limit

    def count(self, number: str, now: float, replies: int) -> None:
        """Count replies to a number."""
        self._move_on(now)
        key = "" if self.together else number
        self._counts[key] = self._counts.get(key, 0) + replies

    def in_all(self, now: float) -> int:
        """The replies to all numbers, where they count together. Any thread."""
        return self._counts.get("", 0) if self._began <= now < self._ends else 0

    def _move_on(self, now: float) -> None:
        """Begin to count anew where another minute, hour or day has come.

        What came shortly before and is looked at only now belongs to this one.
        """
        if not self._began - self.seconds <= now < self._ends:
            self._began = now // self.seconds * self.seconds
            if self.seconds == _DAY_S:
                self._began = _midnight(now, self.zone)
            self._ends = self._began + self.seconds
            self._counts.clear()


class ReplyLimiter:
    """The replies of the present minute, hour and day, by number.

    Counted as they are decided; an undone transaction takes its own back. A day
    begins at midnight in ``zone``, the centre's.
    """

    def __init__(
        self, limits: ReplyLimits, zone: datetime.tzinfo = datetime.UTC
    ) -> None:
        self._zone = zone
        windows = (
            _Window("sender_limit", limits.sender_per_minute, _MINUTE_S, zone),
            _Window("sender_limit", limits.sender_per_day, _DAY_S, zone),
            _Window("destination_limit", limits.destination_per_hour, _HOUR_S, zone),
            _Window("centre_limit", limits.centre_per_day, _DAY_S, zone, together=True),
        )
        self._windows = [window for window in windows if window.limit]

    def reason_to_hold(self, number: str, now: float) -> str:
        """The silence that a reply to a number would have to keep, or empty."""
        for window in self._windows:
            if window.is_full(number, now):
                return window.reason
        return ""

    @property
    def limited(self) -> bool:
        """Whether replies are counted at all."""
        return bool(self._windows)

    def day_began(self, now: float) -> float:
        """When the present day's count began."""
        return _midnight(now, self._zone)

    def in_all(self, now: float) -> int | None:
        """The replies of the day to all numbers, None where they are not limited.

        Any thread.
        """
        together = (window for window in self._windows if window.together)
        return next((window.in_all(now) for window in together), None)

    def count_earlier(self, number: str, now: float, replies: int) -> None:
        """Count replies that were given earlier in the day."""
        for window in self._windows:
            if window.seconds == _DAY_S:
                window.count(number, now, replies)

    def count(self, number: str, now: float, replies: int = 1) -> None:
        """Count replies; a negative number takes them back."""
        for window in self._windows:
            window.count(number, now, replies)


def says_anything(text: str) -> bool:
    """Whether a text has a word, a figure or a question mark."""
    return _SAYING.search(text) is not None


def without_figures(text: str) -> str:
    """A text by its letters alone: one that counts its replies is always the same."""
    return _FIGURES.sub(" ", text).casefold().strip()


def _midnight(now: float, zone: datetime.tzinfo) -> float:
    there = datetime.datetime.fromtimestamp(now, zone)
    return there.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


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
        # One of a moment to come is of a clock that was set back since.
        while self._texts and abs(now - self._texts[0][0]) >= _REPEAT_S:
            _, old_number, old_text = self._texts.popleft()
            self._discount(old_number, old_text)
        return self._counts.get((number, text), 0) >= _LET_PASS

    def add(self, number: str, text: str, now: float) -> None:
        """Remember a text."""
        self._texts.append((now, number, text))
        self._counts[number, text] = self._counts.get((number, text), 0) + 1

    def take_back(self, number: str, text: str, now: float) -> None:
        """Forget a text, unless its time has passed: the clock may have leapt."""
        remembered = now, number, text
        if remembered in self._texts:
            self._texts.remove(remembered)
            self._discount(number, text)

    def _discount(self, number: str, text: str) -> None:
        self._counts[number, text] -= 1
        if not self._counts[number, text]:
            del self._counts[number, text]
