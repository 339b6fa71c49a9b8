"""The garbage collector of a process that lives long and handles much."""

from __future__ import annotations

__all__ = ["spare_the_collector"]

import gc

_COLLECT_AFTER = 20_000
"""Objects made and not freed before the youngest are looked through."""


def spare_the_collector() -> None:
    """Keep the garbage collector from walking what lives as long as the process.

    Messages are freed by their reference counts; the collector would look through
    all modules again and again while hundreds of them are under way.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 50)
