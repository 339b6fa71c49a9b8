"""A morning of 700 units in three time zones, through the real process, at 100 times
the speed.

    python -m tests.system.morning [--units N] [--messages N] [--seed N]

Officers report, correct, take back, slip and ask around the deadlines of three zones;
the shipped simulator is their carrier. Service and simulator run under ``faketime``, so
that seven hours and a half of theirs take less than five minutes. Each reply, each
reminder and digest, and all sums at the end are compared with a count that shares no
code with the service.
"""

from __future__ import annotations

__all__ = ["main"]

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.system.faketime import MISSING
from tests.system.morning_plan import plan_of
from tests.system.morning_play import BEFORE_S, Morning


def _summary(morning: Morning, took_s: float) -> str:
    figures, notices, count = morning.figures, morning.notices, morning.count
    waits = sorted(wait * 1000 for wait in figures.waits)
    half, most = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
    hours = (morning.plan.ends - morning.plan.begins + BEFORE_S) / 3600
    lines = [
        f"{len(count.units)} units, {hours:.1f} hours in {took_s:.0f} s",
        f"{figures.texts} texts, {len(waits)} replies, {figures.left_out} left out"
        f" (too near to a limit of time), {figures.busy} refused and brought again",
        f"replies: p50 {half:.0f} ms, p99 {most:.0f} ms by the machine's clock",
        f"{notices.reminders.total()} reminders, {notices.digests.total()} digests,"
        f" the latest {notices.latest_s:.0f} s after its time, {notices.unsure} unsure",
        f"{count.steps} steps of the history, sums of {len(count.sums())} forms",
        f"the service's clock is off by {figures.clock_error_s:.1f} s",
        f"{len(morning.findings)} violations",
        *(f"  VIOLATION {finding}" for finding in morning.findings),
    ]
    return "\n".join(lines)


def main() -> int:
    """Play a morning; 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=700)
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0, help="0: by the clock")
    parser.add_argument("--short", action="store_true", help="one deadline a zone")
    options = parser.parse_args()
    if MISSING:
        sys.exit(f"{MISSING}: apt-get install faketime")
    seed = options.seed or int(time.time())
    print(f"seed {seed}", flush=True)
    plan = plan_of(options.units, options.messages, seed, short=options.short)
    with (
        tempfile.TemporaryDirectory() as folder,
        Morning(Path(folder), plan) as morning,
    ):
        began = time.monotonic()
        morning.play()
        print(_summary(morning, time.monotonic() - began))
    return int(bool(morning.findings))


if __name__ == "__main__":
    sys.exit(main())
