"""The gateway's page: links, queues, writer, limits and last messages."""

from __future__ import annotations

__all__ = ["Gateway"]

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from smscentre.store import pages as store
from smscentre.store.unread import Unread, count_unread
from smscentre.web.means import Means, unless_away
from smscentre.web.routes import Answer, Need, Page, Route, Visit
from smscentre.web.shared import Shared
from smscentre.web.status import LimitStatus, StatusSource

_GOOD_FOR_S = 2.0
"""How long one read of the store serves everybody who asks."""

_REFRESH_S = 15

_NO_MESSAGES = {"receipt", "redelivered"}
"""The states of arrivals that bring nothing new from an officer."""


@frozen
class LimitShown:
    """One limit with what it held back today, None where that is not known."""

    limit: LimitStatus
    held: int | None

    @property
    def full(self) -> bool:
        """Whether it has held anything back."""
        return bool(self.held)


@frozen
class _Read:
    """What the store knows of the gateway."""

    queues: Sequence[store.Queue]
    arrivals: Sequence[store.ArrivalCount]
    last: Sequence[store.LastMessage]
    held: Mapping[str, int]
    unread: Unread


class Gateway:
    """``/gateway``, also while the database is away."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._read = Shared(
            lambda: means.reader.read(self._read_store), means.clock, _GOOD_FOR_S
        )

    def routes(self) -> Sequence[Route]:
        """Its address."""
        return [Route("/gateway", ("GET",), Need.OPERATOR, self.show)]

    async def show(self, visit: Visit) -> Answer:
        """The state of the gateway."""
        read = await unless_away(self._read.get())
        return Page("gateway.html", _values(read, self._means.status), 200, _REFRESH_S)

    def _read_store(self, connection: store.ReadConnection) -> _Read:
        """In a reader's thread."""
        midnight = self._means.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return _Read(
            store.queues(connection),
            store.arrival_counts(connection, midnight.timestamp()),
            store.last_messages(connection),
            store.held_back(connection, midnight.timestamp()),
            count_unread(connection),
        )


def _values(read: _Read | None, status: StatusSource) -> Mapping[str, Any]:
    """With None for what the store knows, the rest is shown with a notice."""
    links = status.links()
    queues = read.queues if read else ()
    return {
        "started_at": status.started_at,
        "links": links,
        "up": sum(link.up for link in links),
        "modems": [(link.name, link.modem) for link in links if link.modem],
        "writer": status.writer(),
        "read": read,
        "queues": queues,
        "waiting": sum(queue.count for queue in queues),
        "oldest_at": min((queue.oldest_at for queue in queues), default=None),
        "arrived": _messages(read.arrivals) if read else None,
        "limits": [_limit(limit, read) for limit in status.limits()],
        "silences": _silences(read, status.limits()),
    }


def _messages(arrivals: Sequence[store.ArrivalCount]) -> int:
    """How many messages came: receipts and redeliveries are none."""
    return sum(one.count for one in arrivals if one.state not in _NO_MESSAGES)


def _limit(limit: LimitStatus, read: _Read | None) -> LimitShown:
    return LimitShown(limit, read.held.get(limit.reason, 0) if read else None)


def _silences(
    read: _Read | None, limits: Sequence[LimitStatus]
) -> list[tuple[str, int]]:
    """What got no reply for another reason than a limit, the most frequent first."""
    limited = {limit.reason for limit in limits}
    held = read.held.items() if read else ()
    others = ((reason, count) for reason, count in held if reason not in limited)
    return sorted(others, key=lambda one: (-one[1], one[0]))
