"""Texts from outside made harmless to whoever reads them: what steers is shown.

Signs that turn the direction of writing, hide, or control a terminal stand as their
code in a frame, or in brackets where there are no frames. Escaping is the templates'.
"""

from __future__ import annotations

__all__ = ["marked", "visible"]

import re
import unicodedata
from typing import Final

from markupsafe import Markup, escape

_STEERING: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Categories of Unicode that have no shape of their own: controls, formats, ..."""

_ENDS: Final = re.compile("\r\n|[\r\n]")
_RETURN: Final = "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}"
_FRAME: Final = Markup('<span class="sign" title="{}">{}</span>')
_END: Final = _FRAME.format("baris baru", _RETURN)


def visible(text: str, *, lines: bool = False) -> Markup:
    """A text for a page, by itself whatever stands around it.

    With ``lines`` it keeps its lines, else it is one.
    """
    end = _END + Markup("<br>") if lines else _END
    pieces = (
        Markup("").join(map(_framed, line)) if _steers(line) else escape(line)
        for line in _ENDS.split(text)
    )
    return Markup("<bdi>{}</bdi>").format(end.join(pieces))


def marked(text: str) -> str:
    """A text for a file, in one line."""
    lines = _ENDS.split(text)
    return _RETURN.join(
        "".join(f"[{_code(sign)}]" if _steers(sign) else sign for sign in line)
        for line in lines
    )


def _framed(sign: str) -> Markup:
    if not _steers(sign):
        return escape(sign)
    return _FRAME.format(unicodedata.name(sign, ""), _code(sign))


def _steers(text: str) -> bool:
    # What is printable is quickly known to be harmless; spaces of other widths are not.
    return not text.isprintable() and any(
        unicodedata.category(sign) in _STEERING for sign in text
    )


def _code(sign: str) -> str:
    return f"U+{ord(sign):04X}"
