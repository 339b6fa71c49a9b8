"""Files to import that wait for a yes, where any node finds them.

What a file would change is worked out each time from the file itself; who may say
yes is the pages' business.
"""

from __future__ import annotations

__all__ = ["KEPT_S", "Draft", "add_draft", "find_draft", "remove_draft"]

from typing import Final

from attrs import asdict, frozen
from sqlalchemy import Connection, delete, insert, select

from smscentre.store.tables import import_drafts
from smscentre.store.transaction import Transaction

KEPT_S: Final = 3600.0
"""For so long a file waits."""


@frozen
class Draft:
    """A file as it came, of a kind of list; ``replaces`` is whether it is a whole one.

    ``made_at`` is in seconds since 1970, ``made_by`` a user's name.
    """

    id: str
    kind: str
    filename: str
    content: str
    replaces: bool
    made_by: str
    made_at: float


def add_draft(transaction: Transaction, draft: Draft) -> None:
    """Keep a file; those that waited too long go."""
    transaction.execute(
        delete(import_drafts).where(import_drafts.c.made_at <= draft.made_at - KEPT_S)
    )
    transaction.execute(insert(import_drafts), asdict(draft))


def find_draft(connection: Connection, draft: str, now: float) -> Draft | None:
    """A file that still waits."""
    query = select(import_drafts).where(
        import_drafts.c.id == draft, import_drafts.c.made_at > now - KEPT_S
    )
    row = connection.execute(query).first()
    return Draft(**row._mapping) if row else None


def remove_draft(transaction: Transaction, draft: str) -> None:
    """Forget a file."""
    transaction.execute(delete(import_drafts).where(import_drafts.c.id == draft))
