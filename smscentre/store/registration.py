"""Rows of invitations, PINs and failed attempts.

Beside the directory's own rows: what registers a number or proves who sends. It
sees hashes only, and decides nothing.
"""

from __future__ import annotations

__all__ = [
    "Gone",
    "add_invitation",
    "all_invitations",
    "all_pins",
    "attempts_of",
    "find_invitation",
    "move_pins",
    "put_attempts",
    "put_pin",
    "remove_pins",
    "revoke",
    "use_invitation",
]

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, case, delete, insert, select, update

from smscentre.credentials import Attempts, Invitation
from smscentre.directory import Right
from smscentre.errors import SMSCentreError
from smscentre.store.tables import attempts, invitations, pins
from smscentre.store.transaction import Statement, Transaction, insert_of

_ATTEMPTS = Statement(
    select(
        attempts.c.number, attempts.c.subject, attempts.c.failures, attempts.c.last_at
    ).where(attempts.c.number == bindparam("number")),
    ("number",),
)


class Gone(SMSCentreError):
    """Another node used an invitation up between the reading and the writing."""


def all_pins(transaction: Transaction) -> dict[tuple[str, Right], str]:
    """The hashes of all PINs, by number and right."""
    return {
        (row.number, Right(row.subject)): row.hash
        for row in transaction.all(select(pins))
    }


def put_pin(
    transaction: Transaction,
    number: str,
    rights: Collection[Right],
    kept: str,
    now: float,
) -> None:
    """Keep rights of an officer by a PIN, of which the hash is given."""
    remove_pins(transaction, number, rights)
    rows = [
        {"number": number, "subject": right.value, "hash": kept, "set_at": now}
        for right in rights
    ]
    transaction.execute(insert(pins), rows)


def remove_pins(
    transaction: Transaction, number: str, rights: Collection[Right]
) -> int:
    """Let rights of an officer go without a PIN; how many had one.

    Failures with it are forgotten: there is nothing left that they were of.
    """
    subjects = [right.value for right in rights]
    transaction.execute(
        delete(attempts).where(
            attempts.c.number == number, attempts.c.subject.in_(subjects)
        )
    )
    removed = transaction.execute(
        delete(pins).where(pins.c.number == number, pins.c.subject.in_(subjects))
    )
    count: int = removed.rowcount
    return count


def move_pins(transaction: Transaction, old: str, new: str) -> None:
    """Give the PINs of a number to another one, and no others."""
    remove_pins(transaction, new, list(Right))
    transaction.execute(update(pins).where(pins.c.number == old).values(number=new))


def add_invitation(
    transaction: Transaction, invitation: Invitation, code_hash: str
) -> None:
    """Add an invitation, which is known by its code from now on."""
    transaction.execute(
        insert(invitations).values(
            id=invitation.id,
            code_hash=code_hash,
            unit=invitation.unit,
            rights="|".join(sorted(right.value for right in invitation.rights)),
            name=invitation.name,
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
        )
    )


def find_invitation(transaction: Transaction, code_hash: str) -> Invitation | None:
    """The invitation whose code has a hash."""
    row = transaction.first(
        select(invitations).where(invitations.c.code_hash == code_hash)
    )
    return _invitation(row) if row else None


def all_invitations(transaction: Transaction) -> list[Invitation]:
    """Every invitation there was, the oldest first."""
    query = select(invitations).order_by(invitations.c.id)
    return [_invitation(row) for row in transaction.all(query)]


def use_invitation(
    transaction: Transaction, invitation: int, number: str, now: float
) -> None:
    """Use an invitation up.

    :raises Gone: it is not open any more
    """
    used = transaction.execute(
        update(invitations)
        .where(
            invitations.c.id == invitation,
            invitations.c.used_at.is_(None),
            invitations.c.revoked_at.is_(None),
        )
        .values(used_at=now, number=number)
    )
    if used.rowcount != 1:
        raise Gone(f"invitation {invitation} was used or revoked a moment ago")


def revoke(transaction: Transaction, invitation: int, now: float) -> bool:
    """Take an invitation back; False where there is none that is unused."""
    revoked = transaction.execute(
        update(invitations)
        .where(
            invitations.c.id == invitation,
            invitations.c.used_at.is_(None),
            invitations.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    return bool(revoked.rowcount)


def attempts_of(
    transaction: Transaction, numbers: Collection[str]
) -> dict[str, dict[str, Attempts]]:
    """The failures of some numbers, of each by what was tried."""
    found: dict[str, dict[str, Attempts]] = {number: {} for number in numbers}
    for number, subject, failures, last_at in transaction.rows(
        _ATTEMPTS, [(number,) for number in found]
    ):
        found[number][subject] = Attempts(failures, last_at)
    return found


def put_attempts(
    transaction: Transaction,
    number: str,
    subject: str,
    state: Attempts,
    known: Attempts,
) -> None:
    """Write the failures of a number; none is no row.

    ``known`` is what ``state`` follows: what another node has counted since is added.
    """
    if not state.failures:
        transaction.execute(
            delete(attempts).where(
                attempts.c.number == number, attempts.c.subject == subject
            )
        )
        return
    statement = insert_of(transaction.dialect, attempts)
    failures = statement.excluded.failures
    others = attempts.c.failures - known.failures
    transaction.execute(
        statement.on_conflict_do_update(
            index_elements=[attempts.c.number, attempts.c.subject],
            set_={
                "failures": case((others > 0, failures + others), else_=failures),
                "last_at": statement.excluded.last_at,
            },
        ),
        [
            {
                "number": number,
                "subject": subject,
                "failures": state.failures,
                "last_at": state.last_at,
            }
        ],
    )


def _invitation(row: Any) -> Invitation:
    return Invitation(
        row.id,
        row.unit,
        frozenset(Right(name) for name in row.rights.split("|")),
        row.name,
        row.created_at,
        row.expires_at,
        row.used_at,
        row.number,
        row.revoked_at,
    )
