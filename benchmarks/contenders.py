"""The programs that are measured, each started the same way and asked the same.

A contender connects to the load's port and serves until the connection ends.
Knows how to start and stop each of them; knows no figure.
"""

from __future__ import annotations

__all__ = [
    "CentreContender",
    "Contender",
    "LoadProcess",
    "ProgramContender",
    "memory_mib",
    "prepared_centre",
    "slow_sync",
]

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from benchmarks.load import OFFICERS, Summary, number_of
from tests.system.centre import ROOT, CentreOptions, Officer, RunningCentre, Unit

_WINDOW = 200
"""The centre's own window of submits: wider than any of the load's."""

_STOP_S = 20.0

_SLOW_SYNC = Path(__file__).with_name("slow_sync.c")


def slow_sync(folder: Path, added_ms: float) -> dict[str, str]:
    """The environment in which each sync takes so much longer.

    :raises SystemExit: there is no C compiler
    """
    if shutil.which("cc") is None:
        sys.exit("--slow-sync compiles a small library: it needs cc, as in gcc")
    library = folder / "slow_sync.so"
    command = ["cc", "-shared", "-fPIC", "-o", str(library), str(_SLOW_SYNC), "-ldl"]
    subprocess.run(command, check=True)
    return {"LD_PRELOAD": str(library), "SLOW_SYNC_US": f"{added_ms * 1000:.0f}"}


class Contender(Protocol):
    """A program under measurement."""

    name: str

    def start(self, port: int) -> float | None:
        """Start it towards the load's port; seconds until ready where it tells."""

    @property
    def pid(self) -> int:
        """The process that does the work."""

    def stop(self) -> None:
        """End it; may be called after its connection closed."""


class ProgramContender:
    """One of the small programs of this folder."""

    def __init__(
        self, name: str, module: str, folder: Path, env: Mapping[str, str]
    ) -> None:
        """:param env: what its environment has beside ours"""
        self.name = name
        self._env = env
        self._module = module
        self._database = folder / f"{module}.db"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, port: int) -> float | None:
        """Start the program; it says nothing about being ready."""
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", f"benchmarks.{self._module}"),
                *("--port", str(port), "--database", str(self._database)),
            ],
            cwd=ROOT,
            env={**os.environ, **self._env},
        )
        return None

    @property
    def pid(self) -> int:
        """The process that does the work."""
        assert self._process is not None, "not started"
        return self._process.pid

    def stop(self) -> None:
        """Wait for the end that follows the connection's, or bring it about."""
        if self._process is None:
            return
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()


class CentreContender:
    """The product under twistd, with a unit and an officer for each sender."""

    name = "centre"

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        """:param env: what its environment has beside ours"""
        self._folder = folder
        self._env = env
        self._centre: RunningCentre | None = None

    def start(self, port: int) -> float | None:
        """Prepare a database and start the service; the seconds to ready."""
        self._centre = prepared_centre(self._folder, port)
        return self._centre.start(self._env)

    @property
    def pid(self) -> int:
        """The service's process."""
        assert self._centre is not None, "not started"
        return self._centre.pid

    def stop(self) -> None:
        """Stop the service as systemd does, however far it came."""
        if self._centre is None:
            return
        try:
            if self._centre.running:
                self._centre.terminate(_STOP_S)
        finally:
            self._centre.close()


def prepared_centre(
    folder: Path,
    port: int,
    limits: Mapping[str, int] | None = None,
    adopted: Path | None = None,
) -> RunningCentre:
    """A centre that knows every officer of the load, towards a port.

    :param adopted: a database that it begins with
    """
    options = CentreOptions(window=_WINDOW, limits=dict(limits or {}))
    centre = RunningCentre(folder, port, options)
    if adopted is not None:
        shutil.move(adopted, centre.database)
    codes = [str(5001 + index) for index in range(OFFICERS)]
    centre.prepare(
        [Unit(code, f"LP_{code}", f"Lapas {code}") for code in codes],
        [
            Officer(f"+{number_of(index)}", f"Petugas {code}", code)
            for index, code in enumerate(codes)
        ],
    )
    return centre


class LoadProcess:
    """The load in a process of its own, read line by line."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        """The load's own process."""
        return self._process.pid

    def expect(self, kind: str) -> dict[str, Any]:
        """Wait for the next line, which is of this kind; what it says.

        :raises RuntimeError: when the load ended or says something else.
        """
        assert self._process.stdout is not None, "opened with a pipe"
        line = self._process.stdout.readline()
        facts: dict[str, Any] = json.loads(line) if line else {"kind": "end"}
        if facts.pop("kind") != kind:
            raise RuntimeError(f"the load should have said {kind}: {line!r}")
        return facts

    def port(self) -> int:
        """Where it listens; it says so first."""
        port: int = self.expect("listening")["port"]
        return port

    def summary(self, kind: str = "phase") -> Summary:
        """The figures of the next phase."""
        return Summary(**self.expect(kind))

    def stop(self) -> None:
        """End it at once, whatever it is doing."""
        self._process.kill()
        self._process.communicate()

    def close(self) -> None:
        """Let it close the connection and end."""
        assert self._process.stdin is not None, "opened with a pipe"
        self._process.stdin.close()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        if self._process.stdout is not None:
            self._process.stdout.close()


def memory_mib(pid: int, entry: str = "VmRSS") -> float:
    """The resident memory of a process, or its peak as ``VmHWM``."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{entry}:"):
            return int(line.split()[1]) / 1024
    return 0.0
