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

_CODES = {"OK": "0", "ERROR": "4"}


def answer(
    lines: Sequence[str], result: str, settings: Settings, faults: ModemFaults
) -> bytes:
    """The octets of an answer, with what comes in between."""
    text = ""
    begins = True
    for line in lines:
        text += _begun(line, settings, begins)
        interruption = faults.interruption()
        text += "".join(_alone(each) for each in interruption)
        begins = bool(interruption)
    if not settings.quiet:
        if settings.verbose:
            text += _alone(result)
        else:
            text += f"{_CODES.get(result, result)}\r"
    return faults.spoil(text.encode("latin-1", "replace"))


def said(lines: Sequence[str]) -> bytes:
    """The octets of what a modem says by itself."""
    return ("\r\n" + "".join(f"{line}\r\n" for line in lines)).encode("latin-1")


def foreign(faults: ModemFaults) -> bytes:
    """What is heard of another program, most often nothing."""
    exchange = faults.foreign_exchange()
    if exchange is None:
        return b""
    command, lines = exchange
    return (f"{command}\r" + "".join(_alone(line) for line in lines)).encode("ascii")


def _begun(line: str, settings: Settings, begins: bool) -> str:
    """A line of information; lines of one answer follow each other closely."""
    return f"{'' if not begins or not settings.verbose else _BREAK}{line}{_BREAK}"


def _alone(line: str) -> str:
    return f"{_BREAK}{line}{_BREAK}"


_BREAK = "\r\n"
