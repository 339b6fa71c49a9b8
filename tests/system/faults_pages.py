"""Looks at pages of a centre again and again, and keeps how long each took.

Beside a campaign, in a thread of its own. It knows no page's content.
"""

from __future__ import annotations

__all__ = ["PageWatch", "at_share"]

import time
import urllib.request
from collections.abc import Sequence
from threading import Event, Thread
from types import TracebackType
from typing import Self

_EVERY_S = 0.5
_GIVE_UP_S = 10.0


class PageWatch:
    """Asks for each page every half second; ``took_s`` by their addresses."""

    def __init__(self, addresses: Sequence[str], cookie: str = "") -> None:
        self._cookie = cookie
        self.took_s: dict[str, list[float]] = {address: [] for address in addresses}
        self._stopping = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(_EVERY_S):
            for address, took_s in self.took_s.items():
                took_s.append(_ask(address, self._cookie))


def at_share(values: Sequence[float], share: float) -> float:
    """The value that a share of all does not exceed; 0 without any."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _ask(address: str, cookie: str) -> float:
    """How many seconds a page took; one that fails, or is another, took for ever."""
    request = urllib.request.Request(address, headers={"Cookie": cookie})
    began = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=_GIVE_UP_S) as page:
            page.read()
            if page.url != address:
                return float("inf")
    except OSError:
        return float("inf")
    return time.monotonic() - began
