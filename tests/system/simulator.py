"""``smscentre sim`` as a process: lines typed go in, lines shown come out."""

from __future__ import annotations

__all__ = ["Simulator"]

import os
import subprocess
import sys
from collections.abc import Mapping
from queue import SimpleQueue
from threading import Thread

from tests.system.centre import ROOT


class Simulator:
    """A simulated carrier or modem, started at once.

    ``shown`` has all the lines that it printed; each is also put into ``lines``.
    """

    def __init__(self, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        """:param env: what its environment has beside ours"""
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-c", "from smscentre.cli import main; main()"),
                *("sim", *arguments),
            ],
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.shown: list[str] = []
        self.lines: SimpleQueue[str] = SimpleQueue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def text(self, number: str, text: str) -> None:
        """Type a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"+{number} {text}\n")

    def close(self) -> None:
        """End the process and read what it still shows."""
        self._process.terminate()
        self._process.wait(10)
        self._reader.join(10)
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.shown.append(line.strip())
            self.lines.put(line.strip())
