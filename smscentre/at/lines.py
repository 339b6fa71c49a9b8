"""Octets to lines: cuts what a modem sends, in any fragmentation.

Below the dialogue; knows line ends, noise and the prompt, and no meaning of a line.
Control characters other than CR and LF say nothing in an answer: a modem that starts
writes NULs, an echo has our own ESC and Ctrl-Z. They are dropped, as are octets above
127 at the beginning of a line, which a wrong speed or a reset leave there.

Source: ITU-T V.250 §5.7.1 (result codes between CR LF); 3GPP TS 27.005 §4.3 (prompt).
"""

from __future__ import annotations

__all__ = ["LINE_OCTETS_MOST", "Line", "LineReader", "Overlong", "Prompt"]

import re

from attrs import frozen

LINE_OCTETS_MOST = 2048
"""A PDU with its service centre is 380 characters, the longest USSD line 600."""

_KEPT_OCTETS = 80
"""What is kept of a line without an end."""

_CONTROLS = bytes({*range(0x20), 0x7F} - {0x0A, 0x0D})
_END = re.compile(rb"[\r\n]")
_BEFORE = re.compile(rb"[\r\n \x80-\xff]*")


@frozen
class Line:
    """A line without its end and without blanks around it; never empty.

    Each octet is one character (Latin-1), so that nothing is lost.
    """

    text: str


@frozen
class Prompt:
    """The modem waits for a body."""


@frozen
class Overlong:
    """A line had more octets than any real one; its rest is passed over."""

    beginning: str


class LineReader:
    """Collects octets and gives lines, one at a time.

    One at a time, because each may change whether a prompt is expected. Keeps at
    most one unfinished line once `take` has given None.
    """

    def __init__(self, octets_most: int = LINE_OCTETS_MOST) -> None:
        self._octets_most = octets_most
        self._buffer = bytearray()
        self._in_overlong = False

    def feed(self, data: bytes) -> None:
        """Take octets, in any fragmentation."""
        self._buffer += data.translate(None, _CONTROLS)

    def take(self, *, prompted: bool) -> Line | Prompt | Overlong | None:
        """Give what comes next; None when more octets are needed.

        ``prompted`` says that a prompt is due: then a lone ``>`` at the beginning of
        a line is one, since some modems leave out its blank. Otherwise it takes both.
        """
        if self._in_overlong and not self._pass_over():
            return None
        before = _BEFORE.match(self._buffer)
        if before is not None:
            del self._buffer[: before.end()]
        if self._buffer.startswith(b">" if prompted else b"> "):
            del self._buffer[:1]
            return Prompt()
        end = _END.search(self._buffer)
        size = end.start() if end is not None else len(self._buffer)
        if size > self._octets_most:
            kept = min(_KEPT_OCTETS, self._octets_most)
            beginning = bytes(self._buffer[:kept]).decode("latin-1")
            self._in_overlong = True
            return Overlong(beginning)
        if end is None:
            return None
        line = bytes(self._buffer[:size]).decode("latin-1").rstrip(" ")
        del self._buffer[: size + 1]
        return Line(line)

    def _pass_over(self) -> bool:
        """Drop the rest of a line that was too long; tell whether its end has come."""
        end = _END.search(self._buffer)
        if end is None:
            self._buffer.clear()
            return False
        del self._buffer[: end.end()]
        self._in_overlong = False
        return True
