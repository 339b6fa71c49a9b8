"""The benchmark: each program in turn under the same load, then one table.

    python -m benchmarks.run [--quick] [--long] [--profile] [--slow-sync MS]

What counts is the share of the ceiling in the same run: absolute figures differ
by a factor between machines, and by a third between runs.
"""

from __future__ import annotations

__all__ = ["main"]

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from attrs import define, field

from benchmarks.contenders import (
    CentreContender,
    Contender,
    LoadProcess,
    ProgramContender,
    memory_mib,
    slow_sync,
)
from benchmarks.load import Summary, percentile

WINDOWS = {1: 4_000, 10: 20_000, 100: 60_000}
"""Messages for each window: a few seconds on a machine with two cores."""

SLOW_WINDOWS = {10: 5_000, 100: 40_000}
"""The same on a disk with a slow sync: at a window of 1 there is only the disk."""

_WARM_UP = "20:10000"
"""Until SQLite's log has the length at which it is written over: a sync of a file that
grows takes half as long again."""

_LONG = 200_000
_PROFILE_S = 10
_PROFILE_MESSAGES = 150_000
_TOP = 30
_SYNCS = 300


@define
class Result:
    """What one program reached."""

    name: str
    phases: list[Summary] = field(factory=list)
    start_s: float | None = None
    memory: float = 0.0
    peak: float = 0.0
    cpu_us: float = 0.0

    def rate(self, window: int) -> float:
        """The rate at a window, 0 where it was not measured."""
        return next((p.rate for p in self.phases if p.window == window), 0.0)


def sync_times(folder: Path) -> list[float]:
    """Seconds of each of some appends with fdatasync, as a commit makes them."""
    times = []
    with (folder / "sync").open("wb", buffering=0) as stream:
        for _ in range(_SYNCS):
            began = time.perf_counter()
            stream.write(bytes(4096))
            os.fdatasync(stream.fileno())
            times.append(time.perf_counter() - began)
    return times


def measure(contender: Contender, phases: dict[int, int]) -> Result:
    """Run the phases, a warm-up before them, against one program."""
    result = Result(contender.name)
    load = LoadProcess(_WARM_UP, *(f"{w}:{count}" for w, count in phases.items()))
    try:
        result.start_s = contender.start(load.port())
        load.expect("bound")
        load.summary()
        before = _cpu_s(contender.pid)
        for _ in phases:
            result.phases.append(load.summary())
        result.cpu_us = (_cpu_s(contender.pid) - before) / sum(phases.values()) * 1e6
        load.expect("done")
        result.memory = memory_mib(contender.pid)
        result.peak = memory_mib(contender.pid, "VmHWM")
    finally:
        load.close()
        contender.stop()
    return result


def _cpu_s(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def profile(folder: Path) -> str:
    """The functions of the centre that take most of the time under load."""
    spy = Path(sys.executable).with_name("py-spy")
    if not spy.exists():
        return "py-spy is not installed: no profile"
    contender = CentreContender(folder, {})
    load = LoadProcess(_WARM_UP, f"100:{_PROFILE_MESSAGES}")
    raw = folder / "profile.txt"
    try:
        contender.start(load.port())
        load.expect("bound")
        load.summary()
        subprocess.run(
            [
                *(str(spy), "record", "--pid", str(contender.pid)),
                *(
                    "--duration",
                    str(_PROFILE_S),
                    "--rate",
                    "250",
                    "--function",
                    "--gil",
                ),
                *("--format", "raw", "--output", str(raw)),
            ],
            check=True,
            capture_output=True,
        )
        load.summary()
        load.expect("done")
    finally:
        load.close()
        contender.stop()
    return top_functions(raw.read_text())


def top_functions(raw: str) -> str:
    """The heaviest functions of a raw profile, alone and with what they call."""
    alone: Counter[str] = Counter()
    with_calls: Counter[str] = Counter()
    for line in raw.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        alone[frames[-1]] += int(count)
        for frame in set(frames):
            with_calls[frame] += int(count)
    total = max(alone.total(), 1)
    lines = [f"samples {total}"]
    for title, counts in (("alone", alone), ("with calls", with_calls)):
        lines += ["", title]
        lines += [
            f"{100 * count / total:6.1f} %  {name}"
            for name, count in counts.most_common(_TOP)
        ]
    return "\n".join(lines)


def table(results: list[Result]) -> str:
    """The figures of all programs, one line a program and window."""
    ceiling = next((r for r in results if r.name == "ceiling"), None)
    lines = [
        f"{'program':<15}{'window':>7}{'msg/s':>9}{'of ceiling':>12}"
        f"{'ack p50':>9}{'p99':>8}{'reply p50':>11}{'p99':>8}  ms"
    ]
    for result in results:
        for phase in result.phases:
            share = "-"
            if ceiling is not None and ceiling.rate(phase.window):
                share = f"{phase.rate / ceiling.rate(phase.window):.2f}"
            lines.append(
                f"{result.name:<15}{phase.window:>7}{phase.rate:>9.0f}{share:>12}"
                f"{phase.ack_p50:>9.2f}{phase.ack_p99:>8.2f}"
                f"{phase.reply_p50:>11.2f}{phase.reply_p99:>8.2f}"
            )
            if phase.refused or phase.other or phase.sample:
                lines.append(
                    f"    refused {phase.refused}, not an answer {phase.other}"
                    f" {phase.sample}"
                )
    for result in results:
        start = "" if result.start_s is None else f", start {result.start_s:.2f} s"
        lines.append(
            f"{result.name}: {result.cpu_us:.1f} us of processor a message,"
            f" memory {result.memory:.0f} MiB (peak {result.peak:.0f}){start}"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure what the command line asks for and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the messages")
    parser.add_argument("--long", action="store_true", help="memory after 200,000")
    parser.add_argument("--profile", action="store_true", help="py-spy on the centre")
    parser.add_argument(
        "--only", action="append", choices=["ceiling", "serial client", "centre"]
    )
    parser.add_argument(
        "--slow-sync", type=float, default=0, metavar="MS", help="added to each sync"
    )
    parser.add_argument("--folder", type=Path, help="on the disk to be measured")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        syncs = sync_times(folder)
        print(
            f"sync of the disk: p50 {percentile(syncs, 0.5):.3f} ms,"
            f" p99 {percentile(syncs, 0.99):.3f} ms; {options.slow_sync:g} ms added",
            flush=True,
        )
        if options.profile:
            print(profile(folder))
            return
        print(table(compare(folder, options)))


def compare(folder: Path, options: argparse.Namespace) -> list[Result]:
    """Measure the programs that the command line asks for."""
    env = slow_sync(folder, options.slow_sync) if options.slow_sync else {}
    contenders: list[Contender] = [
        ProgramContender("ceiling", "ceiling", folder, env),
        ProgramContender("serial client", "serial_client", folder, env),
        CentreContender(folder, env),
    ]
    if env:
        # One sync a message: it would take minutes to show what is known.
        del contenders[1]
    phases = SLOW_WINDOWS if env else WINDOWS
    if options.quick:
        phases = {window: count // 10 for window, count in phases.items()}
    if options.long:
        contenders, phases = contenders[-1:], {100: _LONG}
    chosen = [c for c in contenders if not options.only or c.name in options.only]
    return [measure(contender, phases) for contender in chosen]


if __name__ == "__main__":
    main()
