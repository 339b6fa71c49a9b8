"""Gammu, an independent reader and writer of PDUs, in a process of its own.

It is under the GPL and comes with Debian (python3-gammu), so that it is never
imported here: the system's own interpreter runs `gammu_process`.
"""

from __future__ import annotations

__all__ = ["MISSING", "Gammu"]

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

_PROGRAM = Path(__file__).parent / "gammu_process.py"

# Not the interpreter of a virtual environment, which may come first on the PATH.
_PYTHON = shutil.which("python3", path=os.defpath)


def _missing() -> str:
    if _PYTHON is not None:
        tried = subprocess.run(
            [_PYTHON, "-I", "-c", "import gammu"], capture_output=True, check=False
        )
        if not tried.returncode:
            return ""
    return "no gammu for Python (Debian: python3-gammu) is installed"


MISSING = _missing()
"""Why there is no oracle; empty where there is one."""


class Gammu:
    """The running process; whoever starts it closes it."""

    def __init__(self) -> None:
        assert _PYTHON is not None
        self._process = subprocess.Popen(
            [_PYTHON, "-I", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def decode(self, pdu: bytes) -> dict[str, Any]:
        """What it reads in a PDU with the address of the service centre.

        ``error`` is its only key where it reads nothing.
        """
        answer = self._ask({"pdu": pdu.hex()})
        message: dict[str, Any] = answer.get("message", answer)
        return message

    def encode(self, layout: str, message: dict[str, Any]) -> bytes:
        """What it writes for a message under its own names of fields."""
        answer = self._ask({"layout": layout, "message": message})
        return bytes.fromhex(answer["pdu"])

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"gammu ended at {request}")
        answer: dict[str, Any] = json.loads(line)
        return answer
