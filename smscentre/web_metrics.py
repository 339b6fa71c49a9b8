"""What is counted of the pages: a part of `metrics`."""

from __future__ import annotations

__all__ = ["WebMetrics"]

from smscentre.series import Counter, Registry

_OUTCOMES = ["right", "wrong", "limited"]


class WebMetrics:
    """How logins end. Reactor's thread."""

    def __init__(self, registry: Registry) -> None:
        labels = {"outcome": _OUTCOMES}
        self._logins = Counter("smscentre_web_logins_total", "Logins.", labels)
        registry.register(self._logins)

    def login(self, outcome: str) -> None:
        """A login was ``right``, ``wrong`` or ``limited``: refused unread."""
        self._logins.add(outcome)
