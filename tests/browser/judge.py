"""What must hold of every page in every state, whoever looks at it.

Knows pages that are shown only; how one comes to them is the caller's.
"""

from __future__ import annotations

__all__ = ["MOST_OCTETS", "judge", "overheard"]

from collections.abc import Sequence

from tests.browser.house import DESK, NARROW, PHONE, Look, Scheme

MOST_OCTETS = 100_000
"""The most that a page takes with its style, script and pictures."""

_EVERY_LINE = "semua=1"
"""In the address of a page whose reader asks for all lines, however many."""

_ANSWERED = "Failed to load resource: the server responded with a status of"
"""What Chromium's console says of an answer that is an error, wanted or not."""


def judge(look: Look, *, quick: bool = False) -> list[str]:
    """What is wrong with the page that is shown: the rule, or by how much.

    :param quick: in light only, at a desk and in the narrowest window
    """
    schemes: Sequence[Scheme] = ("light",) if quick else ("light", "dark")
    found = look.violations(schemes)
    for size in (NARROW, DESK) if quick else (PHONE, NARROW, DESK):
        wider = look.overflow(size)
        if wider > 0:
            found.append(f"{wider} px wider than {size.width}")
    if look.octets > MOST_OCTETS and _EVERY_LINE not in look.page.url:
        found.append(f"{look.octets} octets")
    return found


def overheard(look: Look) -> list[str]:
    """What was said or asked for meanwhile that should not have been."""
    said = [words for words in look.said if _ANSWERED not in words]
    parts = [each for each in look.refused if "/static/" in each]
    return [*said, *parts, *(f"asked for {url}" for url in look.foreign)]
