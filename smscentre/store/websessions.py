"""Who is logged in to the pages: sessions by the hash of their token.

Any node can look a session up, so any node can serve the next page. What the
token is, and what a browser is told of it, is the pages' business.
"""

from __future__ import annotations

__all__ = [
    "IDLE_S",
    "LONGEST_S",
    "TOUCH_S",
    "WebSession",
    "begin_session",
    "end_session",
    "find_session",
    "forget_ended",
    "touch_session",
]

from typing import Final

from attrs import frozen
from sqlalchemy import Connection, delete, insert, or_, select, update

from smscentre.actors import web_actor
from smscentre.store import audit
from smscentre.store.tables import users, web_sessions
from smscentre.store.transaction import Transaction
from smscentre.store.users import user_of
from smscentre.users import User

IDLE_S: Final = 2 * 3600.0
"""A session ends so long after the last page, ..."""

LONGEST_S: Final = 12 * 3600.0
"""... and so long after its login, whatever happens."""

TOUCH_S: Final = 60.0
"""How old the note of the last page may be: not every page need write one."""

_FIND = select(users, web_sessions.c.begun_at, web_sessions.c.seen_at).join_from(
    web_sessions, users
)


@frozen
class WebSession:
    """A session that holds, and whose it is; moments in seconds since 1970."""

    user: User
    begun_at: float
    seen_at: float

    def holds(self, now: float) -> bool:
        """Whether it is neither idle nor old, nor of a clock that was ahead."""
        idle, old = abs(now - self.seen_at), abs(now - self.begun_at)
        return idle < IDLE_S and old < LONGEST_S


def find_session(
    connection: Connection, token_hash: str, now: float
) -> WebSession | None:
    """The session of a token, if it holds and its user is active."""
    query = _FIND.where(web_sessions.c.token_hash == token_hash, users.c.active)
    row = connection.execute(query).first()
    if row is None:
        return None
    session = WebSession(user_of(row), row.begun_at, row.seen_at)
    return session if session.holds(now) else None


def begin_session(
    transaction: Transaction,
    token_hash: str,
    name: str,
    now: float,
    proved: str | None = None,
) -> bool:
    """Log a user in; False if it is not active any more.

    ``proved`` is the hash of the password that was found right: false, too, where
    there is another by now, for that has ended all sessions of the old one.
    """
    active = select(users.c.hash).where(users.c.name == name, users.c.active)
    row = transaction.first(active)
    if row is None or proved not in (None, row.hash):
        return False
    transaction.execute(
        insert(web_sessions),
        {"token_hash": token_hash, "name": name, "begun_at": now, "seen_at": now},
    )
    transaction.execute(
        update(users).where(users.c.name == name).values(logged_in_at=now)
    )
    audit.record(transaction, web_actor(name), "login", name, "", now)
    return True


def touch_session(transaction: Transaction, token_hash: str, now: float) -> None:
    """Note that a session was used; one that has ended stays so."""
    transaction.execute(
        update(web_sessions)
        .where(web_sessions.c.token_hash == token_hash)
        .values(seen_at=now)
    )


def end_session(transaction: Transaction, token_hash: str, now: float) -> None:
    """Log out."""
    found = (
        delete(web_sessions)
        .where(web_sessions.c.token_hash == token_hash)
        .returning(web_sessions.c.name)
    )
    name = transaction.execute(found).scalar()
    if name is not None:
        audit.record(transaction, web_actor(name), "logout", name, "", now)


def forget_ended(transaction: Transaction, now: float) -> None:
    """Remove the rows of sessions that hold no more."""
    transaction.execute(
        delete(web_sessions).where(
            or_(
                web_sessions.c.seen_at <= now - IDLE_S,
                web_sessions.c.begun_at <= now - LONGEST_S,
                # Else they would hold again once that moment comes.
                web_sessions.c.seen_at >= now + IDLE_S,
                web_sessions.c.begun_at >= now + LONGEST_S,
            )
        )
    )
