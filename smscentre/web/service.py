"""What the gateway's pages use of the running service, beside what they show of it.

The seam between the pages and whoever runs the service, as `status` is: values, and
functions to be called in the reactor's thread.
"""

from __future__ import annotations

__all__ = ["Ask", "Phone", "Service"]

from collections.abc import Callable

from attrs import frozen
from twisted.internet.defer import Deferred

from smscentre.guide import GuidePage
from smscentre.moments import TraceStyle

Ask = Callable[[str, str], Deferred[tuple[str, list[str]]]]
"""Sends a text as a number (E.164); fires with the id of the arrival and the replies,
or an SMSCentreError."""


@frozen
class Phone:
    """A link by which the pages text the centre; it stores nothing unless it writes."""

    name: str
    writes: bool
    ask: Ask


def _no_one(link: str, parts: int) -> None:
    """Nobody has to hear of what waits: the outbox looks by itself."""


@frozen
class Service:
    """The service as an operator uses it.

    ``number`` is what officers text, ``country`` reads numbers; a reply that is sent
    once more lives for ``reply_expires_s``, and ``queued`` hears that parts wait for a
    link. ``trace`` has the links' alphabets and which of them are modems.
    """

    trace: TraceStyle
    country: str = "ID"
    number: str = ""
    phones: tuple[Phone, ...] = ()
    guide: tuple[GuidePage, ...] = ()
    reply_expires_s: float = 86_400.0
    queued: Callable[[str, int], None] = _no_one
