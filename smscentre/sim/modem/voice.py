"""How a modem writes what it says: results, lines in between, and faults of the line.

Between `device`, which knows what is said, and `outlet`, which knows when. It decides
nothing about commands.

Source: ITU-T V.250 §5.7.1 (forms of answers), §6.2.5 (Q), §6.2.6 (V).
"""

from __future__ import annotations

__all__ = ["answer", "foreign", "said"]

from collections.abc import Sequence

from smscentre.sim.modem.faults import ModemFaults
from smscentre.sim.modem.state import Settings

_BREAK = "\r\n"
_CODES = {"OK": "0", "ERROR": "4"}


def answer(
    lines: Sequence[str], result: str, settings: Settings, faults: ModemFaults
) -> bytes:
    """The octets of an answer, with what comes in between."""
    text = ""
    begins = True
    for line in lines:
        interruption = _interruption(faults)
        text += interruption + _begun(line, settings, begins or bool(interruption))
        begins = False
    text += _interruption(faults)
    if not settings.quiet:
        if settings.verbose:
            text += _alone(result)
        else:
            text += f"{_CODES.get(result, result)}\r"
    return faults.spoil(text.encode("latin-1", "replace"))


def said(lines: Sequence[str]) -> bytes:
    """The octets of what a modem says by itself."""
    return (_BREAK + "".join(f"{line}{_BREAK}" for line in lines)).encode("latin-1")


def foreign(faults: ModemFaults) -> bytes:
    """What is heard of another program, most often nothing."""
    exchange = faults.foreign_exchange()
    if exchange is None:
        return b""
    command, lines = exchange
    return (f"{command}\r" + "".join(_alone(line) for line in lines)).encode("ascii")


def _interruption(faults: ModemFaults) -> str:
    return "".join(_alone(line) for line in faults.interruption())


def _begun(line: str, settings: Settings, begins: bool) -> str:
    """A line of information; lines of one answer follow each other closely."""
    before = _BREAK if begins and settings.verbose else ""
    return f"{before}{line}{_BREAK}"


def _alone(line: str) -> str:
    return f"{_BREAK}{line}{_BREAK}"
