"""What passed between the test carrier and the centre, with its moments.

Written by `peer` under its lock and read by the tests that judge. All moments
are seconds of the monotonic clock of this process. Knows no socket.
"""

from __future__ import annotations

__all__ = ["RETRYABLE", "Copy", "Delivery", "Submit", "joined"]

from collections.abc import Iterable
from typing import Any

from attrs import define, field

from tests.system.pdus import Concatenation

RETRYABLE = frozenset({0x08, 0x14, 0x58, 0x64})
"""Statuses after which the carrier delivers again."""


@define(eq=False)
class Copy:
    """One deliver_sm on the wire: in which bind, when, how it was answered."""

    bind: int
    sequence: int
    sent_at: float
    answered_at: float | None = None
    status: int | None = None


@define(eq=False)
class Delivery:
    """One message that the carrier has for the centre, and all its copies.

    ``due_at`` is the moment from which the next copy may go. ``extra`` holds
    further fields of the deliver_sm by smpplib's names.
    """

    source: str
    destination: str
    text: str
    octets: bytes
    data_coding: int = 0
    esm_class: int = 0
    extra: dict[str, Any] = field(factory=dict)
    copies: list[Copy] = field(factory=list)
    due_at: float = 0.0

    @property
    def texts(self) -> tuple[str]:
        """Its text as that of its one part."""
        return (self.text,)

    @property
    def acknowledged(self) -> bool:
        """Whether the centre took the message."""
        return any(copy.status == 0 for copy in self.copies)

    @property
    def times(self) -> int:
        """How often it was delivered."""
        return len(self.copies)

    @property
    def settled(self) -> bool:
        """Whether the carrier will not try again."""
        return any(
            copy.status is not None and copy.status not in RETRYABLE
            for copy in self.copies
        )


@define(eq=False)
class Submit:
    """One submit_sm of the centre: what it says and how it was answered."""

    bind: int
    sequence: int
    destination: str
    text: str
    part: Concatenation | None
    data_coding: int
    registered_delivery: int
    received_at: float
    smsc_id: str
    answered_at: float | None = None
    status: int | None = None


def joined(submits: Iterable[Submit]) -> list[tuple[str, str]]:
    """The texts sent, as (destination, text), parts put together in their order.

    A text stands where its last part came; copies stay apart.
    """
    texts: list[tuple[str, str]] = []
    parts: dict[tuple[str, int, int], dict[int, str]] = {}
    for submit in submits:
        if submit.part is None:
            texts.append((submit.destination, submit.text))
            continue
        key = (submit.destination, submit.part.reference, submit.part.total)
        found = parts.setdefault(key, {})
        found[submit.part.number] = submit.text
        if len(found) == submit.part.total:
            whole = "".join(text for _, text in sorted(found.items()))
            texts.append((submit.destination, whole))
            del parts[key]
    return texts
