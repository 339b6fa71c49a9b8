"""How often one may err at the login, by name, by address and by both.

In memory: every node counts for itself, and a restart forgets. It slows guessing
down; what it costs to guess at all is the password's business.
"""

from __future__ import annotations

__all__ = ["WINDOW_S", "Tries"]

from collections import OrderedDict, deque
from typing import Final

WINDOW_S: Final = 900.0
"""How long a failure counts."""

_BY_BOTH: Final = 10
"""So many failures of a name from an address make that address wait."""

_BY_ADDRESS: Final = 30
"""More: a whole office may share one address."""

_BY_NAME: Final = 50
"""More still, or anybody could keep anybody else from logging in."""

_MOST_KEPT: Final = 10_000

_Key = tuple[str, str]
"""A name and an address; one of them empty for all of them."""


class Tries:
    """The tries of the last minutes. Moments are in seconds since 1970."""

    def __init__(self) -> None:
        self._tried: OrderedDict[_Key, deque[float]] = OrderedDict()

    def wait_s(self, name: str, address: str, now: float) -> float:
        """How long to wait before the next try, 0 for not at all."""
        return max(
            self._wait_s(key, most, now) for key, most in _counted(name, address)
        )

    def add(self, name: str, address: str, now: float) -> None:
        """Count a try, before it is known how it ends: others may come meanwhile."""
        for key, _ in _counted(name, address):
            self._tried.setdefault(key, deque()).append(now)
            self._tried.move_to_end(key)
        while len(self._tried) > _MOST_KEPT:
            self._tried.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """Forget this try, and those before it of the same name and address."""
        self._tried.pop((name, address), None)
        for key in ((name, ""), ("", address)):
            found = self._tried.get(key)
            if found:
                found.pop()

    def _wait_s(self, key: _Key, most: int, now: float) -> float:
        found = self._tried.get(key)
        # Nor do those count of a clock that was ahead.
        while found and abs(now - found[0]) >= WINDOW_S:
            found.popleft()
        if not found or len(found) < most:
            return 0.0
        return found[-most] + WINDOW_S - now


def _counted(name: str, address: str) -> tuple[tuple[_Key, int], ...]:
    """What a try is counted for, and how many of each may fail."""
    return (
        ((name, address), _BY_BOTH),
        ((name, ""), _BY_NAME),
        (("", address), _BY_ADDRESS),
    )
