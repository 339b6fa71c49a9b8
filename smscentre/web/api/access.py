"""Who asks: from the header to a token that works, its scope and its quota."""

from __future__ import annotations

__all__ = ["CHALLENGE", "Access", "Admitted"]

import re
from collections.abc import Mapping
from typing import Final

from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from smscentre.store.tokens import TOUCH_S, find_token, touch_token
from smscentre.tokens import ApiToken, TokenScope, is_token, token_hash
from smscentre.web.api.faults import Fault, Refused
from smscentre.web.api.operations import Caller
from smscentre.web.api.quota import Quota
from smscentre.web.means import Means
from smscentre.web.routes import Visit

CHALLENGE: Final = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
"""What is told with a token that does not work."""

_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)

_log = Logger(namespace="smscentre.web.api")


@frozen
class Admitted:
    """A program that may ask, and the headers that all its answers have."""

    caller: Caller
    headers: Mapping[str, str]


class Access:
    """Admits programs by their tokens. Reactor's thread."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._quota = Quota(means.programs.requests_per_minute)
        self._touched: dict[int, float] = {}

    async def admit(self, visit: Visit, scope: TokenScope) -> Admitted:
        """The program that asks, if it may.

        :raises Refused: it may not, or asks too often
        """
        token = await self._token(visit)
        turn = self._quota.take(token.id, self._means.clock.seconds())
        headers = turn.headers if turn else {}
        if turn and not turn.allowed:
            raise Refused(Fault.RATE, headers=headers)
        self._touch(token, visit.now)
        caller = Caller(token)
        if not caller.may(scope):
            challenge = f'Bearer error="insufficient_scope", scope="{scope.value}"'
            raise Refused(
                Fault.NO_SCOPE,
                f"perlu scope {scope.value}",
                headers={**headers, "WWW-Authenticate": challenge},
            )
        return Admitted(caller, headers)

    async def _token(self, visit: Visit) -> ApiToken:
        """The token of a request.

        :raises Refused: there is none that works
        """
        if not visit.authorization:
            raise Refused(Fault.NO_TOKEN, headers={"WWW-Authenticate": "Bearer"})
        found = _BEARER.fullmatch(visit.authorization)
        given = found[1] if found else ""
        token = await self._find(given) if is_token(given) else None
        if token is None:
            raise Refused(Fault.BAD_TOKEN, headers=CHALLENGE)
        return token

    async def _find(self, given: str) -> ApiToken | None:
        kept = token_hash(given)
        return await self._means.reader.read(
            lambda connection: find_token(connection, kept)
        )

    def _touch(self, token: ApiToken, now: float) -> None:
        """Note that the token is in use; nobody waits for it."""
        last = self._touched.get(token.id, token.last_used_at)
        if last is not None and now - last < TOUCH_S:
            return
        self._touched[token.id] = now
        touched: Deferred[None] = self._means.changer.perform(
            lambda transaction: touch_token(transaction, token.id, now)
        )
        touched.addErrback(_note)


def _note(failure: Failure) -> None:
    _log.warn("the use of a token could not be noted: {error}", error=failure.value)
