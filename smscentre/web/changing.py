"""Changes by a form, made only while who sent it may still do so.

The door has looked at the session before the handler reads, asks and waits for the
writer. What happened to the user meanwhile is known in the transaction only.
"""

from __future__ import annotations

__all__ = ["NoLongerError", "change_for"]

from collections.abc import Callable
from typing import TypeVar

from smscentre.errors import SMSCentreError
from smscentre.store.transaction import Transaction
from smscentre.store.websessions import find_session
from smscentre.web.means import Means
from smscentre.web.routes import Visit
from smscentre.web.sessions import key_of

T = TypeVar("T")


class NoLongerError(SMSCentreError):
    """The user has another role or place by now, or is logged out; nothing was done."""


async def change_for(
    means: Means, visit: Visit, action: Callable[[Transaction], T]
) -> T:
    """Run a function in a transaction, for the user of a visit.

    :raises NoLongerError: he is not any more who he was at the door
    """
    user, key = visit.someone, key_of(visit.session)

    def checked(transaction: Transaction) -> tuple[T] | None:
        session = find_session(transaction.connection, key, visit.now)
        if session is None or session.user != user:
            # Not raised here, where it would have the writer do a batch anew.
            return None
        return (action(transaction),)

    done = await means.changer.perform(checked)
    if done is None:
        raise NoLongerError(f"{user.name} may not do this any more")
    return done[0]
