"""The time by which what waits expires: the wall clock's, once that can be believed.

Pure; both times are arguments. Once expired is expired for good, so a wall clock that
leaps ahead for a moment must end nothing.
"""

from __future__ import annotations

__all__ = ["LASTED_S", "ExpiryTime"]

LASTED_S = 300.0
"""How long a leap ahead must have lasted to be believed."""

_LEAP_S = 60.0
"""What a clock that is only being corrected does not gain between two looks."""


class ExpiryTime:
    """Follows the wall clock back at once, and ahead by leaps only when they last."""

    def __init__(self, steady: float, wall: float) -> None:
        """:param steady: seconds of a clock that nobody sets, as in every look"""
        self._apart = wall - steady
        self._leapt_at: float | None = None

    def look(self, steady: float, wall: float) -> float:
        """The time of the wall clock that can be believed."""
        apart = wall - steady
        if apart <= self._apart + _LEAP_S:
            self._apart, self._leapt_at = apart, None
        elif self._leapt_at is None:
            self._leapt_at = steady
        elif steady - self._leapt_at >= LASTED_S:
            self._apart, self._leapt_at = apart, None
        return steady + self._apart
