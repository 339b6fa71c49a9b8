"""The gateway's page: what is wrong, links, queues, writer, limits, last messages.

Complete by itself, and kept up to date by a stream of events. However many browsers
listen, there is one read of the store and one drawing of the page for all of them.
"""

from __future__ import annotations

__all__ = ["Gateway"]

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from smscentre.store import pages as store
from smscentre.store.unread import count_unread
from smscentre.users import User
from smscentre.web.concerns import LimitShown, Read, Standing, concerns
from smscentre.web.means import Means, unless_away
from smscentre.web.pages import environment, moments_of
from smscentre.web.routes import (
    Answer,
    Event,
    Need,
    Page,
    Route,
    Stream,
    Visit,
)
from smscentre.web.shared import Shared
from smscentre.web.status import LimitStatus, StatusSource

_GOOD_FOR_S: Final = 2.0
"""How long one read of the store, and one drawing, serve everybody who asks."""

_EVERY_S: Final = 3.0
"""How often a stream looks for what has changed."""

_TEMPLATE: Final = "gateway.html"
_LAST: Final = "terakhir"
_PARTS: Final = (
    "masalah",
    "sejak",
    "angka",
    "tautan",
    "modem",
    "antrean",
    "penyimpanan",
    "dikenali",
    "hasil",
    "batas",
    "sebab",
    _LAST,
    "kapan",
)
"""The blocks of the template that change, by the names under which they are sent."""

_NO_MESSAGES: Final = {"receipt", "redelivered"}
"""The states of arrivals that bring nothing new from an officer."""


class Gateway:
    """``/gateway`` and its stream, also while the database is away."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._templates = environment()
        self._read = Shared(
            lambda: means.reader.read(self._read_store), means.clock, _GOOD_FOR_S
        )
        self._drawn = Shared(
            lambda: Deferred.fromCoroutine(self._draw()), means.clock, _GOOD_FOR_S
        )

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        return [
            Route("/gateway", ("GET",), Need.OPERATOR, self.show),
            Route("/gateway/arus", ("GET",), Need.OPERATOR, self.follow),
        ]

    async def show(self, visit: Visit) -> Answer:
        """The state of the gateway."""
        standing = await self._standing(visit.now)
        values = _values(standing, self._means.status)
        return Page(_TEMPLATE, {**values, "sees_last": _sees_everybody(visit.someone)})

    async def follow(self, visit: Visit) -> Answer:
        """What changes of it, for as long as somebody looks."""
        return Stream(self._events(_sees_everybody(visit.someone)))

    async def _events(self, sees_last: bool) -> AsyncGenerator[Event, None]:
        """The parts that have changed since the last event, beginning with all."""
        shown: dict[str, str] = {}
        while True:
            title, parts = await self._drawn.get()
            changed = {
                name: part
                for name, part in parts.items()
                if shown.get(name) != part and (sees_last or name != _LAST)
            }
            shown = parts
            yield Event(json.dumps({"title": title, "parts": changed}), "keadaan")
            await deferLater(self._means.clock, _EVERY_S)

    async def _draw(self) -> tuple[str, dict[str, str]]:
        """The title and each part of the page, as the page itself has them."""
        now = self._means.wall_clock()
        standing = await self._standing(now)
        values = {
            **moments_of(now, self._means.zone),
            **_values(standing, self._means.status),
            "version": self._means.status.version,
            "sees_last": True,
        }
        template = self._templates.get_template(_TEMPLATE)
        context = template.new_context(values)
        parts = {name: "".join(template.blocks[name](context)) for name in _PARTS}
        title = "".join(template.blocks["title"](context))
        return f"{title} - SMS Centre", parts

    async def _standing(self, now: float) -> Standing:
        read = await unless_away(self._read.get())
        status = self._means.status
        limits = [_limit(limit, read) for limit in status.limits()]
        return Standing(now, status.links(), status.writer(), limits, read)

    def _read_store(self, connection: store.ReadConnection) -> Read:
        """In a reader's thread."""
        midnight = self._means.now().replace(hour=0, minute=0, second=0, microsecond=0)
        since = midnight.timestamp()
        return Read(
            store.queues(connection),
            store.arrival_counts(connection, since),
            store.ended_badly(connection, since),
            store.last_messages(connection),
            store.held_back(connection, since),
            count_unread(connection),
        )


def _sees_everybody(user: User) -> bool:
    """Whether a user's scope is the whole country, as that of the last messages is."""
    return user.unit is None and not user.provinces


def _values(standing: Standing, status: StatusSource) -> Mapping[str, Any]:
    """With None for what the store knows, the rest is shown with a concern."""
    read, links = standing.read, standing.links
    queues = read.queues if read else ()
    minutes = [link.last_minute for link in links if link.last_minute is not None]
    return {
        "concerns": concerns(standing),
        "started_at": status.started_at,
        "links": links,
        "up": sum(link.up for link in links),
        "last_minute": [sum(each) for each in zip(*minutes, strict=True)],
        "modems": [(link.name, link.modem) for link in links if link.modem],
        "writer": standing.writer,
        "read": read,
        "queues": queues,
        "waiting": sum(queue.count for queue in queues),
        "oldest_at": min((queue.oldest_at for queue in queues), default=None),
        "arrived": _messages(read.arrivals) if read else None,
        "limits": standing.limits,
        "silences": _silences(read, [shown.limit for shown in standing.limits]),
    }


def _messages(arrivals: Sequence[store.ArrivalCount]) -> int:
    """How many messages came: receipts and redeliveries are none."""
    return sum(one.count for one in arrivals if one.state not in _NO_MESSAGES)


def _limit(limit: LimitStatus, read: Read | None) -> LimitShown:
    return LimitShown(limit, read.held.get(limit.reason, 0) if read else None)


def _silences(
    read: Read | None, limits: Sequence[LimitStatus]
) -> list[tuple[str, int]]:
    """What got no reply for another reason than a limit, the most frequent first."""
    limited = {limit.reason for limit in limits}
    held = read.held.items() if read else ()
    others = ((reason, count) for reason, count in held if reason not in limited)
    return sorted(others, key=lambda one: (-one[1], one[0]))
