"""Hashes of passwords by argon2id, made away from the reactor's thread.

Beside the path, for the pages and the command line. One hash takes tens of
milliseconds and many megabytes on purpose, so one thread makes one at a time.
"""

from __future__ import annotations

__all__ = ["Busy", "Passwords", "Run", "password_hash"]

from collections.abc import Callable
from typing import Any, Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from twisted.internet.defer import Deferred

from smscentre.errors import SMSCentreError
from smscentre.tasks import shield
from smscentre.users import normal

# The least that OWASP's cheat sheet on password storage asks of argon2id.
_COST: Final = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID
)

_MOST_WAITING = 20
"""More wait only in a flood, which must not keep everybody waiting."""

Run = Callable[[Callable[[], Any]], "Deferred[Any]"]
"""Runs a function in another thread; fires with its result."""


class Busy(SMSCentreError):
    """Too many passwords wait to be checked."""


def password_hash(password: str, cost: PasswordHasher = _COST) -> str:
    """What is kept of a password, its parameters and its salt in it."""
    return cost.hash(normal(password))


class Passwords:
    """Makes and compares hashes. Reactor's thread."""

    def __init__(self, run: Run, cost: PasswordHasher = _COST) -> None:
        self._run = run
        self._cost = cost
        self._nobody = password_hash("", cost)
        self._waiting = 0

    async def hashed(self, password: str) -> str:
        """What is kept of a password.

        :raises Busy: too many wait
        """
        found: str = await self._queued(lambda: password_hash(password, self._cost))
        return found

    async def match(self, password: str, kept: str | None) -> bool:
        """Whether a password is the one of which a hash is kept.

        Takes as long where there is none: nobody learns which names exist.

        :raises Busy: too many wait
        """
        known = kept is not None
        against = kept if kept is not None else self._nobody
        found: bool = await self._queued(lambda: self._matches(password, against))
        return found and known

    async def _queued(self, action: Callable[[], Any]) -> Any:
        if self._waiting >= _MOST_WAITING:
            raise Busy("too many passwords wait to be checked")
        self._waiting += 1
        # The thread goes on with it although whoever asked has gone.
        return await shield(self._run(action).addBoth(self._made))

    def _made(self, outcome: Any) -> Any:
        self._waiting -= 1
        return outcome

    def _matches(self, password: str, kept: str) -> bool:
        """In the thread."""
        try:
            return self._cost.verify(kept, normal(password))
        except (VerificationError, InvalidHashError):
            return False
