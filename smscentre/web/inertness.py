"""Texts that others wrote, so that all of them is seen.

What is not seen can change how the rest is read: marks of direction turn a name
around, zero-width characters tell two apart that look the same. HTML is escaped
elsewhere; this is for what escaping leaves as it is.
"""

from __future__ import annotations

__all__ = ["inert", "inert_html", "inert_lines"]

import re
from html import escape
from typing import Final

_UNSEEN: Final = (
    "\x7f-\x9f"  # control characters
    "\u00ad\u061c\u180e"  # soft hyphen, Arabic letter mark, vowel separator
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"  # signs that span numbers
    "\u200b-\u200f"  # zero-width characters, marks of direction
    "\u2028-\u202e"  # ends of lines and paragraphs, embedding and override
    "\u2060-\u206f"  # joiners, isolates, deprecated marks of direction
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb"  # variation selectors, interlinear marks
    "\ud800-\udfff"  # halves of characters, which no file can hold
    "\U000110bd\U000110cd\U00013430-\U0001345f"  # signs of other scripts
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # of shorthand and music
    "\U000e0000-\U000e0fff"  # tags
)
_IN_LINES: Final = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{_UNSEEN}]")
_ANYWHERE: Final = re.compile(f"[\x00-\x1f{_UNSEEN}]")

_SHOWN_AS: Final = "\N{REPLACEMENT CHARACTER}"


def inert(text: str) -> str:
    """A text of one line of which everything is seen."""
    return _ANYWHERE.sub(_SHOWN_AS, text)


def inert_html(text: str) -> str:
    """The same within HTML."""
    return escape(inert(text))


def inert_lines(text: str) -> str:
    """The same of a text that may have several lines."""
    return _IN_LINES.sub(_SHOWN_AS, text)
