"""By which link goes what answers nothing: by prefix, then by priority (D10). Pure."""

from __future__ import annotations

__all__ = ["Candidate", "first_link"]

from collections.abc import Iterable

from attrs import frozen


@frozen
class Candidate:
    """A link that may carry any message, and its place in the configuration's order.

    ``prefixes`` are those of the numbers to which it goes before the other links.
    """

    name: str
    priority: int
    prefixes: tuple[str, ...] = ()


def first_link(number: str, links: Iterable[Candidate]) -> str | None:
    """The link for a number: the longest prefix first; None where there is no link."""

    def rank(link: Candidate) -> tuple[int, int, str]:
        fitting = [len(one) for one in link.prefixes if number.startswith(one)]
        return -max(fitting, default=0), link.priority, link.name

    best = min(links, key=rank, default=None)
    return best.name if best else None
