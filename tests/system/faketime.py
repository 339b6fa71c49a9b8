"""Processes whose clocks we choose, by Debian's ``faketime``: nothing of ours is faked.

A library that is loaded before all others answers what a process asks the system about
time, its waits included. `faster` lets the wall clock, the monotonic one and all waits
run at a rate from a moment on; `shifted` moves the wall clock alone.
"""

from __future__ import annotations

__all__ = ["MISSING", "faster", "shifted", "sweep"]

import datetime
from pathlib import Path

_LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))

_MEMORY = Path("/dev/shm")

MISSING = "" if _LIBRARIES else "Debian's package faketime is not installed"
"""The reason for which nothing can run on another clock, empty where it can."""


def faster(began: float, rate: int) -> dict[str, str]:
    """The environment of a process that starts at a moment and lives at a rate.

    It waits in vain for locks with a time limit, which this library does not know
    (Python waits by ``sem_clockwait``): the service has such a wait only for a
    database that is away.

    :param began: seconds since 1970, whole ones
    """
    moment = datetime.datetime.fromtimestamp(began, datetime.UTC)
    return _environment(f"@{moment:%Y-%m-%d %H:%M:%S} x{rate}")


def shifted(seconds: float) -> dict[str, str]:
    """The environment of a process whose wall clock is so far ahead, or behind.

    Its monotonic clock is the machine's. ``time.sleep`` fails with it, which of
    the service only modems use.
    """
    environment = _environment(f"{seconds:+.6f}")
    return {**environment, "DONT_FAKE_MONOTONIC": "1"}


def sweep(pid: int) -> None:
    """Remove what a process that was killed has left in memory."""
    for name in (f"faketime_shm_{pid}", f"sem.faketime_sem_{pid}"):
        (_MEMORY / name).unlink(missing_ok=True)


def _environment(faketime: str) -> dict[str, str]:
    assert _LIBRARIES, MISSING
    return {
        "LD_PRELOAD": str(_LIBRARIES[0]),
        "FAKETIME": faketime,
        # The moment above is read as local time.
        "TZ": "UTC",
        # Python would compile anew what seems to have changed.
        "NO_FAKE_STAT": "1",
    }
