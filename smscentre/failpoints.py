"""Places where a test may kill the process, named by an environment variable.

``SMSCENTRE_FAILPOINT=after-commit:3`` kills the process with SIGKILL at the
third passage of that point. Unset, as in production, a point costs one
comparison. This is the one module that reads the environment.
"""

from __future__ import annotations

__all__ = ["POINTS", "hit", "hit_soon"]

import os
import signal
from collections.abc import Callable

POINTS = (
    "before-commit",
    "after-commit",
    "before-acknowledge",
    "after-acknowledge",
    "before-claim",
    "after-claim",
    "before-write",
    "after-write",
    "before-response",
    "after-response",
)


def _armed() -> tuple[str, int]:
    """Read the armed point and the number of the passage that kills."""
    name, _, count = os.environ.get("SMSCENTRE_FAILPOINT", "").partition(":")
    return name, int(count or 1)


_name, _countdown = _armed()


def hit(point: str) -> None:
    """Pass a point; kill the process if it is armed and its turn has come."""
    global _countdown
    if point == _name:
        _countdown -= 1
        if _countdown == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def hit_soon(point: str, call_later: Callable[..., object]) -> None:
    """Pass a point once the reactor has written what was handed to it."""
    if point == _name:
        call_later(0, hit, point)
