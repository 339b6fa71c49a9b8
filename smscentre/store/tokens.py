"""API tokens as they are stored: by a hash, with what they are good for.

A token may never do what its maker may not: once he is no active administrator
any more, or of fewer places, it does not work. Making and withdrawing go into the
audit log, use does not.
"""

from __future__ import annotations

__all__ = [
    "TOUCH_S",
    "add_token",
    "all_tokens",
    "find_token",
    "revoke_token",
    "touch_token",
    "works",
]

from typing import Any, Final

from sqlalchemy import Connection, insert, or_, select, update

from smscentre.store import audit
from smscentre.store.changes import Signature
from smscentre.store.tables import api_tokens, units, users
from smscentre.store.transaction import Transaction
from smscentre.tokens import ApiToken, TokenScope
from smscentre.users import Role

TOUCH_S: Final = 60.0
"""How old the note of the last use may be: not every request need write one."""

_SEPARATOR = "|"

_ALL = (
    select(
        api_tokens,
        users.c.role.label("user_role"),
        users.c.unit.label("user_unit"),
        users.c.provinces.label("user_provinces"),
        users.c.active.label("user_active"),
        units.c.province.label("unit_province"),
    )
    .join_from(api_tokens, users, api_tokens.c.made_by == users.c.name)
    .outerjoin(units, api_tokens.c.unit == units.c.code)
)


def find_token(connection: Connection, kept: str) -> ApiToken | None:
    """The token that has a hash, if it works."""
    row = connection.execute(_ALL.where(api_tokens.c.token_hash == kept)).first()
    token = _token(row) if row else None
    return token if token and token.active else None


def works(connection: Connection, token: int) -> bool:
    """Whether a token of a row number still works."""
    row = connection.execute(_ALL.where(api_tokens.c.id == token)).first()
    return row is not None and _token(row).active


def all_tokens(connection: Connection) -> list[ApiToken]:
    """Every token there was, the newest first."""
    query = _ALL.order_by(api_tokens.c.created_at.desc(), api_tokens.c.id.desc())
    return [_token(row) for row in connection.execute(query)]


def touch_token(transaction: Transaction, token: int, now: float) -> None:
    """Note that a token was used, where the last note is older than `TOUCH_S`."""
    last = api_tokens.c.last_used_at
    transaction.execute(
        update(api_tokens)
        .where(api_tokens.c.id == token, or_(last.is_(None), last <= now - TOUCH_S))
        .values(last_used_at=now)
    )


def add_token(
    transaction: Transaction, token: ApiToken, kept: str, signature: Signature
) -> int:
    """Add a token, which gets its row number here and is known by its hash."""
    row = transaction.new_id()
    transaction.execute(
        insert(api_tokens),
        {
            "id": row,
            "token_hash": kept,
            "name": token.name,
            "scopes": _SEPARATOR.join(_words(token)),
            "unit": token.unit,
            "provinces": _SEPARATOR.join(token.provinces),
            "made_by": token.made_by,
            "created_at": signature.at,
        },
    )
    place = token.unit or _SEPARATOR.join(token.provinces) or "ALL"
    detail = f"{token.name}: {' '.join(_words(token))} for {place}"
    audit.record(
        transaction, signature.actor, "tokens.add", str(row), detail, signature.at
    )
    return row


def revoke_token(transaction: Transaction, token: int, signature: Signature) -> bool:
    """Withdraw a token for ever; False where there is none that is not withdrawn."""
    revoked = (
        update(api_tokens)
        .where(api_tokens.c.id == token, api_tokens.c.revoked_at.is_(None))
        .values(revoked_at=signature.at)
        .returning(api_tokens.c.name)
    )
    name = transaction.execute(revoked).scalar()
    if name is None:
        return False
    audit.record(
        transaction, signature.actor, "tokens.revoke", str(token), name, signature.at
    )
    return True


def _words(token: ApiToken) -> list[str]:
    return sorted(scope.value for scope in token.scopes)


def _token(row: Any) -> ApiToken:
    return ApiToken(
        row.id,
        row.name,
        frozenset(TokenScope(word) for word in row.scopes.split(_SEPARATOR)),
        row.unit,
        _keywords(row.provinces),
        row.made_by,
        row.created_at,
        row.last_used_at,
        row.revoked_at,
        row.revoked_at is None and _maker_may(row),
    )


def _maker_may(row: Any) -> bool:
    """Whether who made a token may still do all that it may."""
    if not row.user_active or row.user_role != Role.ADMIN.value:
        return False
    if row.user_unit:
        return bool(row.unit == row.user_unit)
    own = _keywords(row.user_provinces)
    asked = (row.unit_province,) if row.unit else _keywords(row.provinces)
    return not own or (bool(asked) and set(asked) <= set(own))


def _keywords(text: str) -> tuple[str, ...]:
    return tuple(text.split(_SEPARATOR)) if text else ()
