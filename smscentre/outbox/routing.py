"""Which link may carry what another one cannot (D10). Pure."""

from __future__ import annotations

__all__ = ["Route", "Routes"]

from collections.abc import Iterable, Mapping

from attrs import frozen


@frozen
class Route:
    """Whether a link may carry other links' replies, and in which order.

    ``whole`` says that it takes long texts in one piece. One that never ``sends``
    leaves all its replies to others.
    """

    reroute: bool
    priority: int
    whole: bool = False
    sends: bool = True


@frozen
class Routes:
    """The routes of all links, by name."""

    by_name: Mapping[str, Route]

    def sends(self, name: str) -> bool:
        """Whether a link can ever send."""
        return self.by_name[name].sends

    def substitute(self, name: str, standing: Iterable[str]) -> str | None:
        """The link that carries another's replies, first by priority, if one may."""
        fit = [
            (self.by_name[other].priority, other)
            for other in standing
            if other != name and self._may_carry(other, name)
        ]
        return min(fit)[1] if fit else None

    def _may_carry(self, other: str, name: str) -> bool:
        """Whether a link may and can carry another's replies, as they were cut."""
        substitute = self.by_name[other]
        fits = substitute.whole or not self.by_name[name].whole
        return substitute.sends and substitute.reroute and fits
