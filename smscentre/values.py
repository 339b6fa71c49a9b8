"""The decorator of values of which each message makes its own: frozen, at no cost.

A class that refuses assignments at run time sets each attribute by a detour, which
adds up over the twenty values of a message. These classes are frozen to the type
checker, which reads every line of ours, and plain when they run.
"""

from __future__ import annotations

__all__ = ["frozen"]

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attrs import frozen
else:
    from attrs import define

    frozen = partial(define, unsafe_hash=True)
