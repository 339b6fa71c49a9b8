"""Texts from outside made harmless to whoever reads them: what is not seen is shown.

Signs that nobody sees can change how the rest is read: marks of direction turn a name
around, controls steer a terminal, zero-width characters tell two apart that look the
same. In names and figures each stands as a replacement character; in the texts of SMS,
where it matters which it was, as its code. Escaping is the templates' business.
"""

from __future__ import annotations

__all__ = ["inert", "inert_html", "inert_lines", "marked", "visible"]

import re
import unicodedata
from html import escape as escape_html
from typing import Final

from markupsafe import Markup, escape

_UNSEEN: Final = (
    "\x7f-\x9f"  # control characters
    "\u00ad\u061c\u180e"  # soft hyphen, Arabic letter mark, vowel separator
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"  # signs that span numbers
    "\u200b-\u200f"  # zero-width characters, marks of direction
    "\u2028-\u202e"  # ends of lines and paragraphs, embedding and override
    "\u2060-\u206f"  # joiners, isolates, deprecated marks of direction
    "\ufe00-\ufe0f\ufeff\ufff0-\ufffb"  # variation selectors, interlinear marks
    "\ud800-\udfff"  # halves of characters, which no file can hold
    "\ue000-\uf8ff\U000f0000-\U0010ffff"  # private use: whatever a font makes of it
    "\U000110bd\U000110cd\U00013430-\U0001345f"  # signs of other scripts
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # of shorthand and music
    "\U000e0000-\U000e0fff"  # tags
)
_IN_LINES: Final = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{_UNSEEN}]")
_ANYWHERE: Final = re.compile(f"[\x00-\x1f{_UNSEEN}]")

_SHOWN_AS: Final = "\N{REPLACEMENT CHARACTER}"

_ENDS: Final = re.compile("\r\n|[\r\n]")
_RETURN: Final = "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}"
_FRAME: Final = Markup('<span class="sign" title="{}">{}</span>')
_END: Final = _FRAME.format("baris baru", _RETURN)


def inert(text: str) -> str:
    """A text of one line of which everything is seen."""
    return text if _is_plain(text) else _ANYWHERE.sub(_SHOWN_AS, text)


def inert_html(text: str) -> str:
    """The same within HTML."""
    return escape_html(inert(text))


def inert_lines(text: str) -> str:
    """The same of a text that may have several lines."""
    return text if _is_plain(text) else _IN_LINES.sub(_SHOWN_AS, text)


def visible(text: str, *, lines: bool = False) -> Markup:
    """A text with its unseen signs as codes in frames, apart from what is around it.

    With ``lines`` it keeps its lines, else it is one.
    """
    end = _END + Markup("<br>") if lines else _END
    pieces = (
        Markup(_ANYWHERE.sub(_framed, str(escape(line)))) for line in _ENDS.split(text)
    )
    return Markup("<bdi>{}</bdi>").format(end.join(pieces))


def marked(text: str) -> str:
    """A text for a file, in one line, with its unseen signs as codes in brackets."""
    lines = _ENDS.split(text)
    return _RETURN.join(
        _ANYWHERE.sub(lambda found: f"[{_code(found[0])}]", line) for line in lines
    )


def _is_plain(text: str) -> bool:
    # What is asked of thousands of cells on a page is answered at once.
    return text.isascii() and text.isprintable()


def _framed(found: re.Match[str]) -> str:
    return _FRAME.format(unicodedata.name(found[0], ""), _code(found[0]))


def _code(sign: str) -> str:
    return f"U+{ord(sign):04X}"
