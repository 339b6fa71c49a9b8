"""The submits in flight: their numbers, how many may be open, which is oldest.

Part of a session; knows neither octets nor what an answer says.

Source: SMPP 3.4 §2.6 and §5.1.4 (sequence_number).
"""

from __future__ import annotations

__all__ = ["LAST_SEQUENCE", "Window"]

LAST_SEQUENCE = 0x7FFFFFFF


class Window:
    """Submits without an answer, oldest first, and the numbers of all requests.

    ``size`` bounds the submits; ``last`` is the number before the first one.
    """

    def __init__(self, size: int, last: int = 0) -> None:
        self._size = size
        self._last = last
        self._opened: dict[int, float] = {}

    def room(self) -> int:
        """Count the free places."""
        return self._size - len(self._opened)

    def next_sequence(self) -> int:
        """Give the next number, 1 to 0x7FFFFFFF, that no submit in flight has."""
        sequence = self._last
        while True:
            sequence = sequence + 1 if sequence < LAST_SEQUENCE else 1
            if sequence not in self._opened:
                self._last = sequence
                return sequence

    def put(self, sequence: int, now: float) -> None:
        """Take a place for a submit that is on its way."""
        self._opened[sequence] = now

    def take(self, sequence: int) -> bool:
        """Free the place of an answered submit; False when there is none."""
        return self._opened.pop(sequence, None) is not None

    def oldest(self) -> float | None:
        """Tell when the oldest submit in flight was put; None when none is."""
        return next(iter(self._opened.values()), None)

    def restart(self, now: float) -> None:
        """Count the time of every submit in flight from now."""
        self._opened = dict.fromkeys(self._opened, now)

    def drain(self) -> list[int]:
        """Free all places and give their numbers, oldest first."""
        sequences = list(self._opened)
        self._opened.clear()
        return sequences
