"""The morning after: a full outbox, a carrier that is away and then returns.

Puts replies into the outbox by SQL, starts the centre with nobody to talk to,
looks at its memory, then lets the carrier listen and watches the queue drain:
how fast, in what order, with how much memory.

    python -m benchmarks.backlog [--queued 100000]
"""

from __future__ import annotations

__all__ = ["fill", "main"]

import argparse
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from benchmarks.contenders import LoadProcess, memory_mib, prepared_centre
from benchmarks.load import OFFICERS, number_of
from tests.system.centre import RunningCentre, free_port

_QUEUED = 100_000
_IDLE_S = 5.0
"""How long the centre sits with its queue before its memory is read."""

_BLOCK = 1_000_000
"""Row numbers from here on are left to the centre."""

_INSERT = """
INSERT INTO outbox (
    id, link, number, text, alphabet, part_total, part_number, priority, state,
    resent, attempts, created_at, due_at, expires_at
) VALUES (?, 'carrier', ?, ?, 'gsm7', 1, 1, 0, 'queued', 0, 0, ?, ?, ?)
"""


def fill(database: Path, queued: int) -> None:
    """Put replies into the outbox, each text ending in its place from 0."""
    now = time.time()
    text = "Insert Data UPT berhasil, Tahanan P=1, W=2 / Napi P=3, W=4. Terima Kasih {}"
    with closing(sqlite3.connect(database, isolation_level=None)) as store:
        store.execute("BEGIN IMMEDIATE")
        store.execute(
            "UPDATE counters SET value = max(value, ?) WHERE name = 'row'",
            (queued + _BLOCK,),
        )
        store.executemany(
            _INSERT,
            (
                (
                    place + 1,
                    f"+{number_of(place % OFFICERS)}",
                    text.format(place),
                    now,
                    now,
                    now + 86_400,
                )
                for place in range(queued)
            ),
        )
        store.execute("COMMIT")


def _measure(centre: RunningCentre, port: int, queued: int) -> list[str]:
    start_s = centre.start()
    # Time for the centre to do with its queue whatever it does while nobody listens.
    centre.wait_exit(_IDLE_S)
    away = memory_mib(centre.pid)
    load = LoadProcess("--port", str(port), "--drain", str(queued))
    try:
        load.port()
        load.expect("bound")
        drained = load.summary("drained")
        load.expect("done")
        peak = memory_mib(centre.pid, "VmHWM")
    finally:
        load.close()
    return [
        f"start with {queued} queued: {start_s:.2f} s",
        f"memory while the carrier is away: {away:.0f} MiB",
        f"drained in {drained.seconds:.1f} s, {drained.rate:.0f} a second,"
        f" {'in order' if drained.in_order else 'OUT OF ORDER'}",
        f"peak of memory: {peak:.0f} MiB",
    ]


def main() -> int:
    """Run it and print the figures; 1 when the order was broken or rows are left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queued", type=int, default=_QUEUED)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        port = free_port()
        centre = prepared_centre(Path(name), port)
        fill(centre.database, options.queued)
        try:
            lines = _measure(centre, port, options.queued)
            centre.terminate()
        finally:
            centre.close()
        states = centre.rows("SELECT state, count(*) FROM outbox GROUP BY state")
    print("\n".join([*lines, f"states: {dict(states)}"]))
    return int("OUT OF ORDER" in lines[2] or states != [("sent", options.queued)])


if __name__ == "__main__":
    sys.exit(main())
