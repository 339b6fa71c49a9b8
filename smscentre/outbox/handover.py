"""Lets other links carry what waits for one that does not send it (D10).

Beside the stage, which knows the links that stand and when one has been away for too
long.
"""

from __future__ import annotations

__all__ = ["HandOver"]

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from twisted.logger import Logger
from twisted.python.failure import Failure

from smscentre.messages import Priority
from smscentre.outbox.routing import Routes
from smscentre.store import rerouting
from smscentre.store.writer import Writer

_log = Logger(namespace="smscentre.outbox.handover")


class HandOver:
    """Moves what waits from link to link. Reactor's thread."""

    def __init__(
        self, writer: Writer, routes: Routes, queued: Callable[[str, int], None]
    ) -> None:
        """:param queued: hears how many parts have come to wait for a link"""
        self._writer = writer
        self._routes = routes
        self._queued = queued

    def from_link(self, name: str, standing: Sequence[str]) -> None:
        """Let links that stand carry what waits for one, if there are any that may."""
        other = self._routes.substitute(name, standing)
        if other is not None:
            self._replies(name, other)
        if any(each != name for each in standing):
            self._others(name, standing)

    def _replies(self, name: str, other: str) -> None:
        def moved(count: int) -> None:
            if count:
                _log.warn(
                    "{count} replies of {link} go by {other}",
                    count=count,
                    link=name,
                    other=other,
                )
                self._queued(other, count)

        rerouted = self._writer.perform(
            lambda transaction: rerouting.reroute(
                transaction,
                name,
                other,
                Priority.REPLY,
                one_number=self._routes.is_one_number(name, other),
            )
        )
        rerouted.addCallback(moved)
        rerouted.addErrback(self._log_failure)

    def _others(self, name: str, standing: Sequence[str]) -> None:
        def moved(counts: Counter[str]) -> None:
            for other, count in counts.items():
                self._queued(other, count)

        rerouted = self._writer.perform(
            lambda transaction: rerouting.reroute_others(
                transaction,
                name,
                lambda number: self._routes.replace(name, number, standing),
                partial(self._routes.is_one_number, name),
            )
        )
        rerouted.addCallback(moved)
        rerouted.addErrback(self._log_failure)

    def _log_failure(self, failure: Failure) -> None:
        _log.failure("rerouting failed", failure)
