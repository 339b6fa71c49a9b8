"""Who has logged in: from the token in a cookie to a user, and back.

The store has only hashes of tokens. While the database is away those go on
reading who were known shortly before, so that the gateway page still opens then.
"""

from __future__ import annotations

__all__ = ["Sessions", "is_token", "key_of", "new_token"]

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import Final, TypeVar

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from smscentre.store.transaction import Transaction
from smscentre.store.websessions import (
    TOUCH_S,
    WebSession,
    begin_session,
    end_session,
    find_session,
    forget_ended,
    touch_session,
)
from smscentre.users import User
from smscentre.web.means import Means, unless_away

T = TypeVar("T")

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_TOKEN_OCTETS: Final = 32

_KNOWN_MOST: Final = 1000
_KNOWN_S: Final = 900.0
"""How long somebody is known without the database."""

_log = Logger(namespace="smscentre.web.sessions")


def new_token() -> str:
    """A token at random, of 256 bits."""
    return secrets.token_urlsafe(_TOKEN_OCTETS)


def is_token(text: str) -> bool:
    """Whether a text has the form of a token."""
    return _TOKEN.fullmatch(text) is not None


class Sessions:
    """Finds, begins and ends sessions. Reactor's thread."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._known: OrderedDict[str, tuple[float, WebSession]] = OrderedDict()
        self._ended = 0
        """How often a session was ended here: what was read before may not hold."""

    async def user(self, token: str, reading: bool) -> User | None:
        """Whose token this is; None if nobody has it any more.

        Without the database, for ``reading``, who it was shortly before.

        :raises StoreError: the database is away, and nobody is known; so do its own
            errors
        """
        now = self._means.wall_clock()
        key = key_of(token)
        looked_up = self._means.reader.read(
            lambda connection: (find_session(connection, key, now),)
        )
        known, ended = self.remembered(token) if reading else None, self._ended
        found = await (looked_up if known is None else unless_away(looked_up))
        if found is None:
            return known
        (session,) = found
        if session is None:
            self._known.pop(key, None)
            return None
        if ended == self._ended:
            self._remember(key, session, now)
        if now - session.seen_at >= TOUCH_S:
            self._touch(key, now)
        return session.user

    def remembered(self, token: str) -> User | None:
        """Whose token this was shortly before, without asking the database."""
        now = self._means.wall_clock()
        at, session = self._known.get(key_of(token), (0.0, None))
        if session is None or now > at + _KNOWN_S or not session.holds(now):
            return None
        return session.user

    async def begin(self, name: str, proved: str, replaced: str) -> str | None:
        """Log a user in; gives the token, None if that is no active user's name.

        ``proved`` is the hash of the password that was right: nor is there a token
        where it is not the user's any more. ``replaced`` is the token that the browser
        had: whoever knew that one does not know the new one, and what it may have
        opened ends.
        """
        now = self._means.wall_clock()
        token = new_token()
        key, old = key_of(token), key_of(replaced)

        def begin(transaction: Transaction) -> bool:
            forget_ended(transaction, now)
            end_session(transaction, old, now)
            return begin_session(transaction, key, name, now, proved)

        return token if await self._ending(old, begin) else None

    async def end(self, token: str) -> None:
        """Log out."""
        now = self._means.wall_clock()
        key = key_of(token)
        await self._ending(key, lambda store: end_session(store, key, now))

    async def _ending(self, key: str, action: Callable[[Transaction], T]) -> T:
        """Run a change that ends a session, and remember nobody by it."""
        self._known.pop(key, None)
        try:
            return await self._means.changer.perform(action)
        finally:
            # Until then it could be read, and remembered.
            self._known.pop(key, None)
            self._ended += 1

    def _touch(self, key: str, now: float) -> None:
        touched: Deferred[None] = self._means.changer.perform(
            lambda transaction: touch_session(transaction, key, now)
        )
        touched.addErrback(_note)

    def _remember(self, key: str, session: WebSession, now: float) -> None:
        self._known[key] = (now, session)
        self._known.move_to_end(key)
        if len(self._known) > _KNOWN_MOST:
            self._known.popitem(last=False)


def key_of(token: str) -> str:
    """What is kept of a token; so many bits need no salt."""
    return sha256(token.encode()).hexdigest()


def _note(failure: Failure) -> None:
    _log.warn("a session could not be noted: {error}", error=failure.value)
