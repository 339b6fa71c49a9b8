"""Which link carries what, and what another one cannot (D10). Pure."""

from __future__ import annotations

__all__ = ["Route", "Routes"]

from collections.abc import Collection, Iterable, Mapping
from functools import partial

from attrs import frozen


@frozen
class Route:
    """Whether a link may carry other links' replies, and in which order.

    ``whole`` says that it takes long texts in one piece. One that never ``sends``
    leaves all its replies to others. ``prefixes`` are those of the numbers to which
    it goes before the other links; ``replies_only`` says that nothing else goes by it.
    ``source`` is the number that its messages come from, as phones are shown it.
    """

    reroute: bool
    priority: int
    whole: bool = False
    sends: bool = True
    prefixes: tuple[str, ...] = ()
    replies_only: bool = False
    source: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it carries messages that are no replies."""
        return self.sends and not self.replies_only


@frozen
class Routes:
    """The routes of all links, by name."""

    by_name: Mapping[str, Route]

    def sends(self, name: str) -> bool:
        """Whether a link can ever send."""
        return self.by_name[name].sends

    def choose(self, number: str, standing: Collection[str]) -> str | None:
        """The link for what is no reply: by prefix, then by priority.

        A link that is down is passed over unless all are. None where no link ever
        sends such messages.
        """
        fit = [name for name, route in self.by_name.items() if route.is_open]
        candidates = [name for name in fit if name in standing] or fit
        return min(candidates, key=partial(self._rank, number), default=None)

    def replace(self, name: str, number: str, standing: Collection[str]) -> str | None:
        """The standing link for what is no reply and was cut for another one."""
        fit = {
            other
            for other in standing
            if self.by_name[other].is_open and self._fits(other, name)
        } - {name}
        return self.choose(number, fit) if fit else None

    def substitute(self, name: str, standing: Iterable[str]) -> str | None:
        """The link that carries another's replies, first by priority, if one may."""
        fit = [
            (self.by_name[other].priority, other)
            for other in standing
            if other != name and self._may_carry(other, name)
        ]
        return min(fit)[1] if fit else None

    def is_one_number(self, name: str, other: str) -> bool:
        """Whether a phone takes what comes by two links for one sender's."""
        routes = self.by_name.get(name), self.by_name.get(other)
        sources = {route.source if route else "" for route in routes}
        return len(sources) == 1 and "" not in sources

    def _may_carry(self, other: str, name: str) -> bool:
        """Whether a link may and can carry another's replies, as they were cut."""
        substitute = self.by_name[other]
        return substitute.sends and substitute.reroute and self._fits(other, name)

    def _fits(self, other: str, name: str) -> bool:
        """Whether a link can carry texts as they were cut for another one."""
        # Of a link that is no more nobody knows; a text that is too long fails.
        cut_for = self.by_name.get(name)
        return self.by_name[other].whole or cut_for is None or not cut_for.whole

    def _rank(self, number: str, name: str) -> tuple[int, int, str]:
        """Where a link stands among those that may carry a message to a number."""
        route = self.by_name[name]
        fitting = [len(start) for start in route.prefixes if number.startswith(start)]
        return -max(fitting, default=0), route.priority, name
