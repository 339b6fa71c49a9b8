"""Who hears what becomes of what goes out: the metrics, as the outbox sees them."""

from __future__ import annotations

__all__ = ["OutboxObserver"]

from typing import Protocol

from smscentre.messages import Retry


class OutboxObserver(Protocol):
    """Hears what becomes of what goes out."""

    def sent(self, link: str) -> None:
        """A part was accepted by the carrier."""

    def send_failed(self, link: str, retry: Retry) -> None:
        """The carrier refused a part."""

    def in_doubt(self, link: str) -> None:
        """A part was written and its answer will not come."""

    def resent(self, link: str) -> None:
        """A part that was in doubt is sent once more."""

    def ended_unsent(self, link: str, expired: int, uncertain: int) -> None:
        """Parts ended without having been sent again."""
