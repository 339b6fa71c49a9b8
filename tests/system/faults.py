"""The fault campaigns: a carrier that cuts, dribbles, floods and sends garbage.

Each campaign starts a centre as a process, does its worst over TCP, and compares
what both sides recorded. Knows only their order and their size.

    python -m tests.system.faults
"""

from __future__ import annotations

__all__ = ["main"]

import argparse
import asyncio
import sys
import time

from tests.system.faults_bench import Report
from tests.system.faults_cuts import cuts
from tests.system.faults_floods import UNREAD, enquiries, flood, stops
from tests.system.faults_garbage import garbage, slowness
from tests.system.faults_segments import segments

_SESSIONS = 20
_MESSAGES = 100
_PATIENT_PDUS = 4
_ENQUIRIES_S = 40.0
"""Longer than written octets may stay unacknowledged by a peer's TCP."""


async def _campaigns(seed: int) -> bool:
    """Run one after the other, each told when it is over; whether all is well."""
    well = True
    for campaign in (
        cuts(),
        segments(range(seed, seed + _SESSIONS), _MESSAGES),
        garbage(),
        slowness(_PATIENT_PDUS),
        flood(UNREAD),
        enquiries(_ENQUIRIES_S),
        stops(),
    ):
        report: Report = await campaign
        print(report, flush=True)
        well = well and not report.findings
    return well


def main() -> int:
    """Run all campaigns; 1 when anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="0: by the clock")
    seed = parser.parse_args().seed or int(time.time())
    print(f"seed {seed}", flush=True)
    return int(not asyncio.run(_campaigns(seed)))


if __name__ == "__main__":
    sys.exit(main())
