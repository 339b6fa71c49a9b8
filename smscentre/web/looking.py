"""Who looked at which messages: each look goes into the audit log before it is shown.

The same look again within some minutes, as by a page that is loaded anew, is one.
"""

from __future__ import annotations

__all__ = ["Looks"]

from collections import OrderedDict
from typing import Final

from smscentre.actors import web_actor
from smscentre.store import audit
from smscentre.web.means import Means
from smscentre.web.routes import Visit

_ONE_LOOK_S: Final = 300.0
_KNOWN_MOST: Final = 1000


class Looks:
    """Notes who looks. Reactor's thread."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._known: OrderedDict[tuple[str, str, str], float] = OrderedDict()

    async def note(self, visit: Visit, action: str, subject: str, detail: str) -> None:
        """Write a look down, unless it has just been.

        :raises StoreError: it cannot be written, and so nothing may be shown
        """
        actor, now = web_actor(visit.someone.name), visit.now
        key = actor, action, subject
        if self._known.get(key, -_ONE_LOOK_S) > now - _ONE_LOOK_S:
            return
        await self._means.changer.perform(
            lambda transaction: audit.record(
                transaction, actor, action, subject, detail, now
            )
        )
        self._known[key] = now
        self._known.move_to_end(key)
        if len(self._known) > _KNOWN_MOST:
            self._known.popitem(last=False)
