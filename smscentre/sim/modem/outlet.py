"""What a modem has still to write, and when: late answers, octets one by one.

Beneath `device`; keeps the order of what is written, whatever the faults. It knows
no line and no clock.
"""

from __future__ import annotations

__all__ = ["Outlet"]

from collections import deque

from attrs import frozen


@frozen
class _Due:
    at: float
    octets: bytes


class Outlet:
    """A queue of octets, each with its moment; none passes another."""

    def __init__(self) -> None:
        self._waiting: deque[_Due] = deque()
        self._last = 0.0

    def write(self, octets: bytes, at: float, octet_s: float = 0.0) -> None:
        """Write octets at a moment, or after all others if that is later."""
        self._last = max(self._last, at)
        if not octet_s:
            self._waiting.append(_Due(self._last, octets))
            return
        for octet in octets:
            self._last += octet_s
            self._waiting.append(_Due(self._last, bytes((octet,))))

    def due(self, now: float) -> bytes:
        """Give what is to be written by now, and forget it."""
        found = b""
        while self._waiting and self._waiting[0].at <= now:
            found += self._waiting.popleft().octets
        return found

    def deadline(self) -> float | None:
        """When the next octet is due."""
        return self._waiting[0].at if self._waiting else None

    def clear(self) -> None:
        """Forget all that was not written."""
        self._waiting.clear()
        self._last = 0.0
