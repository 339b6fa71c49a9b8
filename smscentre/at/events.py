"""What a dialogue tells its shell: one frozen class for each thing that can happen.

The union `Event` is closed; a shell matches on it. Nothing here acts.
"""

from __future__ import annotations

__all__ = [
    "ENDLESS",
    "FAULTS",
    "FOREIGN_ECHO",
    "LATE_RESULT",
    "LONG_ANSWER",
    "LONG_LINE",
    "MISSING_PDU",
    "NO_PROMPT",
    "RESTLESS",
    "SILENT",
    "TIMED_OUT",
    "UNEXPECTED_LINE",
    "UNEXPECTED_PROMPT",
    "UNEXPECTED_RESULT",
    "Answered",
    "Closed",
    "Event",
    "Fault",
    "Lost",
    "Ready",
    "Unsolicited",
    "shown",
]

import re
from typing import Final

from attrs import field, frozen

from smscentre.at.results import Result
from smscentre.at.unsolicited import Kind

LONG_LINE: Final = "long_line"
LONG_ANSWER: Final = "long_answer"
SILENT: Final = "silent"
RESTLESS: Final = "restless"
LATE_RESULT: Final = "late_result"
UNEXPECTED_LINE: Final = "unexpected_line"
UNEXPECTED_PROMPT: Final = "unexpected_prompt"
UNEXPECTED_RESULT: Final = "unexpected_result"
FOREIGN_ECHO: Final = "foreign_echo"
MISSING_PDU: Final = "missing_pdu"

FAULTS: Final = (
    LONG_LINE,
    LONG_ANSWER,
    SILENT,
    RESTLESS,
    LATE_RESULT,
    UNEXPECTED_LINE,
    UNEXPECTED_PROMPT,
    UNEXPECTED_RESULT,
    FOREIGN_ECHO,
    MISSING_PDU,
)
"""Every reason of a `Fault`, so that counters can start at zero."""

TIMED_OUT: Final = "no final result in time"
NO_PROMPT: Final = "no prompt in time"
ENDLESS: Final = "an answer without end"


_NAME = re.compile(r"(?:AT|(?=[+^$*%#&]))[+^$*%#&]?[A-Z]*[:=?]?")


def shown(line: str) -> str:
    """What a log may show of a line: what it is called, for the rest may be a text."""
    found = _NAME.match(line)
    name = found[0] if found else ""
    if name == line:
        return line
    rest = f"{len(line) - len(name)} characters"
    return f"{name} and {rest}" if name else rest


@frozen
class Ready:
    """The modem answers, and nothing is left to come: at the start, or again."""


@frozen
class Answered:
    """A command has its final result; ``lines`` are its own, in order."""

    token: int
    lines: tuple[str, ...] = field(repr=False)
    result: Result


@frozen
class Lost:
    """A command's final result will never be known.

    ``written`` says that what acts may have reached the modem: the command itself, or
    the body of one that has a body. Without it nothing has happened.
    """

    token: int
    reason: str
    written: bool


@frozen
class Unsolicited:
    """The modem said something by itself, at any moment, also within an answer.

    ``lines`` is one line, or two where a PDU follows.
    """

    kind: Kind
    lines: tuple[str, ...] = field(repr=False)


@frozen
class Fault:
    """Something came that AT does not allow; ``reason`` is one of `FAULTS`.

    ``detail`` shows no PDU and no parameter of a command.
    """

    reason: str
    detail: str


@frozen
class Closed:
    """The dialogue is over: write `Dialogue.data_to_send`, then drop the port."""

    reason: str


Event = Ready | Answered | Lost | Unsolicited | Fault | Closed
