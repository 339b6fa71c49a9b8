"""What a modem reads: octets to command lines, and lines to commands.

The lowest layer of the simulated modem. It knows the forms of V.250 and the body
after a prompt, and no command's meaning.

Source: ITU-T V.250 §5.2 (command lines), §5.3 (basic), §5.4 (extended syntax);
3GPP TS 27.005 §3.5.1 (body, Ctrl-Z and ESC).
"""

from __future__ import annotations

__all__ = [
    "AtCommand",
    "Body",
    "Cancelled",
    "CommandLine",
    "Form",
    "LineReader",
    "Read",
    "split",
]

import re
from enum import Enum

from attrs import field, frozen

_CR, _BACKSPACE, _CTRL_Z, _ESC = 0x0D, 0x08, 0x1A, 0x1B
_LINE_MOST = 1024
_BODY_MOST = 2048

_BASIC = re.compile(r"(&?[A-RT-Z]|S[0-9]+)(=\?|\?|=?[0-9]*)")
_DIAL = re.compile(r"D.*")
_EXTENDED = re.compile(r"([+^$*#%][A-Z][A-Z0-9_]*)(=\?|\?|=)?")
_COMMA = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')
"""A comma outside quotes."""


class Form(Enum):
    """What is done with a command."""

    RUN = ""
    READ = "?"
    TEST = "=?"
    SET = "="


@frozen
class AtCommand:
    """One command of a line; ``name`` is in capitals, ``text`` as it came."""

    name: str
    form: Form = Form.RUN
    argument: str = field(default="", repr=False)
    text: str = field(default="", repr=False)

    @property
    def parameters(self) -> list[str]:
        """What is between the commas, without quotes; none if there is nothing."""
        if not self.argument.strip():
            return []
        return [said.strip().strip('"') for said in _COMMA.split(self.argument)]

    def number(self, at: int, default: int | None = None) -> int:
        """The number at a place.

        :raises ValueError: it is none, or is left out and has no default.
        """
        parameters = self.parameters
        said = parameters[at] if at < len(parameters) else ""
        if not said and default is not None:
            return default
        if not (said.isascii() and said.isdigit()):
            raise ValueError(f"expected a number in {self.text!a}")
        return int(said)


@frozen
class CommandLine:
    """A line after its AT."""

    text: str


@frozen
class Body:
    """What was written after a prompt, up to Ctrl-Z."""

    octets: bytes


@frozen
class Cancelled:
    """A body was given up with ESC."""


Read = CommandLine | Body | Cancelled


class LineReader:
    """Takes octets in any fragmentation, one at a time.

    ``in_body`` is set by the modem when it prompts, and ends with the body.
    """

    def __init__(self) -> None:
        self.in_body = False
        self._begun = b""
        self._last = ""

    def take(self, octet: int) -> Read | None:
        """Take one octet; what it completes, if anything."""
        return self._in_body(octet) if self.in_body else self._in_line(octet)

    def reset(self) -> None:
        """Forget what was begun."""
        self.in_body = False
        self._begun = b""

    def _in_line(self, octet: int) -> Read | None:
        if octet == _CR:
            begun, self._begun = self._begun, b""
            # All before the last AT at the beginning is noise.
            if begun[:2].upper() != b"AT":
                return None
            self._last = begun[2:].decode("latin-1")
            return CommandLine(self._last)
        if octet == _BACKSPACE:
            self._begun = self._begun[:-1]
        elif octet >= 0x20 and len(self._begun) < _LINE_MOST:
            self._begun = _from_attention(self._begun + bytes((octet,)))
            if self._begun.upper() == b"A/":
                self._begun = b""
                return CommandLine(self._last)
        return None

    def _in_body(self, octet: int) -> Read | None:
        if octet == _CTRL_Z:
            body = Body(self._begun)
            self.reset()
            return body
        if octet == _ESC:
            self.reset()
            return Cancelled()
        if octet == _BACKSPACE:
            self._begun = self._begun[:-1]
        elif len(self._begun) < _BODY_MOST:
            self._begun += bytes((octet,))
        return None


def _from_attention(begun: bytes) -> bytes:
    """Drop what is no beginning of AT or A/."""
    upper = begun.upper()
    if upper[:2] in (b"AT", b"A/", b"A"):
        return begun
    return begun[-1:] if upper[-1:] == b"A" else b""


def split(line: str) -> list[AtCommand]:
    """Take a line apart into its commands, in order.

    What has no form of V.250 becomes a command of that name, which no table has.
    """
    found: list[AtCommand] = []
    rest = line
    while rest := rest.lstrip("; "):
        upper = rest.upper()
        extended = _EXTENDED.match(upper)
        if extended is not None:
            end = _end_of_extended(rest)
            argument = rest[extended.end() : end] if extended[2] == "=" else ""
            tail = rest[extended.end() : end]
            known = extended[2] == "=" or not tail.strip()
            name = extended[1] if known else upper[:end]
            form = Form(extended[2] or "") if known else Form.RUN
            found.append(AtCommand(name, form, argument, rest[:end]))
            rest = rest[end:]
            continue
        basic = _DIAL.match(upper) or _BASIC.match(upper)
        if basic is None:
            return [*found, AtCommand(upper, text=rest)]
        text = rest[: basic.end()]
        found.append(_dial(text) if upper.startswith("D") else _basic(basic, text))
        rest = rest[basic.end() :]
    return found


def _dial(text: str) -> AtCommand:
    return AtCommand("D", Form.SET, text[1:], text)


def _basic(match: re.Match[str], text: str) -> AtCommand:
    said = match[2]
    if said in ("?", "=?"):
        return AtCommand(match[1], Form(said), "", text)
    number = said.removeprefix("=")
    return AtCommand(match[1], Form.SET if number else Form.RUN, number, text)


def _end_of_extended(rest: str) -> int:
    """Where the next semicolon outside quotes is, or the end."""
    quoted = False
    for at, character in enumerate(rest):
        if character == '"':
            quoted = not quoted
        elif character == ";" and not quoted:
            return at
    return len(rest)
