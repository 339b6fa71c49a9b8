"""Users of the pages and their sessions, as they are stored.

Plain functions: reads take a connection, changes the writer's transaction. Each
change is written into the audit log with it. Hashes are made elsewhere.
"""

from __future__ import annotations

__all__ = [
    "Account",
    "UserFault",
    "UsersError",
    "account_named",
    "add_user",
    "all_accounts",
    "change_user",
    "end_sessions",
    "has_hash",
    "set_hash",
    "user_of",
]

from enum import Enum
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, delete, insert, select, update

from smscentre.errors import SMSCentreError
from smscentre.store import audit
from smscentre.store.changes import Signature
from smscentre.store.tables import users, web_sessions
from smscentre.store.transaction import Transaction
from smscentre.users import Role, User


class UserFault(Enum):
    """Why a change of users is refused."""

    EXISTS = "exists already"
    MISSING = "does not exist"
    OVERTAKEN = "was changed meanwhile"
    LAST_ADMIN = "is the last administrator who can log in"


class UsersError(SMSCentreError):
    """A change of users that cannot be."""

    def __init__(self, name: str, fault: UserFault) -> None:
        self.name = name
        self.fault = fault
        super().__init__(f"user {name} {fault.value}")


@frozen
class Account:
    """A user, the password's hash, and moments in seconds since 1970."""

    user: User
    hash: str
    created_at: float
    hash_set_at: float
    logged_in_at: float | None


def account_named(connection: Connection, name: str) -> Account | None:
    """The account of a name, active or not."""
    row = connection.execute(select(users).where(users.c.name == name)).first()
    return _account(row) if row else None


def all_accounts(connection: Connection) -> list[Account]:
    """Every account by its name, those that are not active too."""
    rows = connection.execute(select(users).order_by(users.c.name))
    return [_account(row) for row in rows]


def user_of(row: Any) -> User:
    """The user of a row that has the columns of `users`."""
    return User(
        row.name,
        Role(row.role),
        row.unit,
        tuple(row.provinces.split("|")) if row.provinces else (),
        row.active,
    )


def add_user(
    transaction: Transaction, user: User, kept: str, signature: Signature
) -> None:
    """Add a user with the hash of a password.

    :raises UsersError: there is one of that name
    """
    if _account_in(transaction, user.name) is not None:
        raise UsersError(user.name, UserFault.EXISTS)
    moments = {"created_at": signature.at, "hash_set_at": signature.at}
    transaction.execute(
        insert(users), {"name": user.name, "hash": kept, **_values(user), **moments}
    )
    _sign(transaction, signature, "users.add", user.name, _described(user))


def change_user(transaction: Transaction, user: User, signature: Signature) -> None:
    """Give a user another role or scope, or take away or back that it is active.

    Who is not active is logged out everywhere.

    :raises UsersError: there is none of that name, or no administrator would be left
    """
    before = _existing(transaction, user.name).user
    if before == user:
        return
    if _reach(user) < _reach(before):
        _keep_one_admin(transaction, before)
    transaction.execute(
        update(users).where(users.c.name == user.name).values(_values(user))
    )
    if not user.active:
        end_sessions(transaction, user.name)
    detail = f"{_described(user)}; was {_described(before)}"
    _sign(transaction, signature, "users.change", user.name, detail)


def has_hash(transaction: Transaction, name: str, kept: str) -> bool:
    """Whether a hash is still that of a user's password."""
    account = _account_in(transaction, name)
    return account is not None and account.hash == kept


def set_hash(
    transaction: Transaction, name: str, kept: str, signature: Signature
) -> None:
    """Give a user another password, which logs it out everywhere.

    :raises UsersError: there is none of that name
    """
    _existing(transaction, name)
    values = {"hash": kept, "hash_set_at": signature.at}
    transaction.execute(update(users).where(users.c.name == name).values(values))
    end_sessions(transaction, name)
    _sign(transaction, signature, "users.password", name, "")


def end_sessions(transaction: Transaction, name: str) -> None:
    """Log a user out everywhere."""
    transaction.execute(delete(web_sessions).where(web_sessions.c.name == name))


def _existing(transaction: Transaction, name: str) -> Account:
    account = _account_in(transaction, name)
    if account is None:
        raise UsersError(name, UserFault.MISSING)
    return account


def _account_in(transaction: Transaction, name: str) -> Account | None:
    transaction.flush()
    return account_named(transaction.connection, name)


def _keep_one_admin(transaction: Transaction, going: User) -> None:
    """Refuse that nobody is left who may do what an administrator could.

    One of the whole country can make all others; one of a part makes none for more.
    """
    others = select(users).where(
        users.c.role == Role.ADMIN.value, users.c.active, users.c.name != going.name
    )
    reaches = [_reach(user_of(row)) for row in transaction.execute(others)]
    if max(reaches, default=0) < _reach(going):
        raise UsersError(going.name, UserFault.LAST_ADMIN)


def _reach(user: User) -> int:
    """How far a user administers: nothing, a part of the country, or all of it."""
    if not user.active or user.role is not Role.ADMIN:
        return 0
    return 2 if user.holds(None, ()) else 1


def _values(user: User) -> dict[str, object]:
    return {
        "role": user.role.value,
        "unit": user.unit,
        "provinces": "|".join(user.provinces),
        "active": user.active,
    }


def _account(row: Any) -> Account:
    return Account(
        user_of(row), row.hash, row.created_at, row.hash_set_at, row.logged_in_at
    )


def _described(user: User) -> str:
    state = "" if user.active else ", not active"
    return f"{user.role.value} for {user.place}{state}"


def _sign(
    transaction: Transaction, signature: Signature, action: str, name: str, detail: str
) -> None:
    audit.record(transaction, signature.actor, action, name, detail, signature.at)
