"""What passed over loopback, as Wireshark reads it.

Captures the segments of one port with dumpcap and has tshark judge them afterwards;
both take part in nothing. Knows no message: the number of PDUs of a command and what
is amiss is all it tells.
"""

from __future__ import annotations

__all__ = ["AMISS", "MISSING", "Capture"]

import shutil
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Final

AMISS: Final = "_ws.malformed || _ws.expert.severity >= 8388608"
"""Packets that could not be taken apart, and whatever else is rated an error."""

_PATIENCE_S = 20.0
_TICK_S = 0.05


def _missing() -> str:
    if shutil.which("tshark") is None:
        return "no tshark is installed"
    tried = subprocess.run(
        ["dumpcap", "-i", "lo", "-L"], capture_output=True, text=True, check=False
    )
    return "no right to capture on loopback" if tried.returncode else ""


MISSING = _missing()
"""The reason for which nothing can be captured here, empty where it can."""


class Capture:
    """One capture of a port on loopback: `start`, the talk, `stop`, then questions."""

    def __init__(self, port: int, file: Path) -> None:
        self._port = port
        self._file = file
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Capture from now on.

        :raises AssertionError: with what dumpcap said instead of starting.
        """
        command = ["dumpcap", "-q", "-p", "-i", "lo", "-f", f"tcp port {self._port}"]
        self._process = subprocess.Popen(
            [*command, "-w", str(self._file)], stderr=subprocess.PIPE, text=True
        )
        assert self._process.stderr is not None
        said = ""
        for line in self._process.stderr:
            if line.startswith("File:"):
                return
            said += line
        raise AssertionError(f"dumpcap did not start: {said}")

    def wait_for(self, octets: bytes, times: int = 1) -> None:
        """Wait until some octets are in the file, where they come a little later.

        :raises AssertionError: when they do not come.
        """
        deadline = time.monotonic() + _PATIENCE_S
        while self._file.read_bytes().count(octets) < times:
            if time.monotonic() > deadline:
                raise AssertionError(f"not captured {times} times: {octets.hex()}")
            time.sleep(_TICK_S)

    def stop(self) -> None:
        """End the capture; the file is complete then."""
        process = self._process
        if process is None:
            return
        assert process.stderr is not None
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stderr.close()

    def amiss(self) -> list[str]:
        """The packets that `AMISS` finds, a line each."""
        return self._tshark("-Y", AMISS).splitlines()

    def commands(self) -> Counter[int]:
        """How many PDUs of each command_id there are."""
        found = self._tshark("-Y", "smpp", "-T", "fields", "-e", "smpp.command_id")
        # A segment with several PDUs is one line with commas.
        return Counter(int(each, 16) for each in found.replace(",", " ").split())

    def _tshark(self, *arguments: str) -> str:
        decode = ["-d", f"tcp.port=={self._port},smpp"]
        done = subprocess.run(
            ["tshark", "-r", str(self._file), *decode, *arguments],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout
