"""Which of the stored numbers somebody means who typed one, whole or in part.

Beneath `search`. It leaps through the index of numbers, so that it costs as much as
there are different ones, however many messages each of them has; only those of the last
messages, which are not filed yet, are looked through.
"""

from __future__ import annotations

__all__ = ["FILED_OR_NOT", "Meant", "holds", "meant"]

from collections.abc import Sequence
from typing import Any, Final

from attrs import frozen
from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy import text as sql

from smscentre.numbers import Sought
from smscentre.store.tables import FILED, UNASKED, UNFILED, inbox, outbox

FILED_OR_NOT: Final = (sql(f"inbox.{FILED}"), sql(f"NOT inbox.{FILED}"))
"""The two conditions that together hold for every arrival, each with its own index."""

_MOST: Final = 500
"""Numbers that are asked for one by one; of more a page is full soon anyhow."""

_LEAPS_MOST: Final = 20_000


@frozen
class Meant:
    """The numbers that are meant: one by one, or by their digits if they are many.

    ``whole`` says that it is one number and nothing else.
    """

    sought: Sought
    names: Sequence[str] | None
    whole: bool = False

    def among(self, column: Any) -> ColumnElement[bool]:
        """The condition that a column has one of them."""
        if self.names is None:
            return holds(column, self.sought)
        found: ColumnElement[bool] = column.in_(self.names)
        return found


def meant(connection: Connection, sought: Sought) -> Meant:
    """Find out which numbers are meant.

    What looks like a whole one is taken for that only if something is stored of it:
    it may be the beginning of another.
    """
    if sought.exact is not None:
        asked = [
            exists().where(inbox.c.number == sought.exact, condition)
            for condition in FILED_OR_NOT
        ]
        unasked = exists().where(outbox.c.number == sought.exact, sql(UNASKED))
        if connection.execute(select(or_(*asked, unasked))).scalar_one():
            return Meant(sought, [sought.exact], whole=True)
    names: set[str] = set()
    lately = select(inbox.c.number).where(sql(UNFILED)).distinct().cte("lately")
    for known in (
        _leaps(inbox.c.number, sql(FILED)),
        lately,
        _leaps(outbox.c.number, sql(UNASKED)),
    ):
        # One that was looked at last is one too many, whatever it is.
        counted = connection.execute(select(func.count()).select_from(known))
        if counted.scalar_one() > _LEAPS_MOST:
            return Meant(sought, None)
        query = select(known.c.number).where(holds(known.c.number, sought))
        names.update(connection.execute(query).scalars())
    return Meant(sought, sorted(names) if len(names) <= _MOST else None)


def holds(column: Any, sought: Sought) -> ColumnElement[bool]:
    """The condition that a column's number has the digits that are sought."""
    found: ColumnElement[bool]
    if sought.begins:
        found = column.startswith(sought.part, autoescape=True)
    else:
        found = column.contains(sought.part, autoescape=True)
    return found


def _leaps(column: Any, *conditions: Any) -> CTE:
    """The different numbers of a column, each found behind the one before."""
    first = select(func.min(column).label("number"), literal(1).label("leap"))
    known = first.where(*conditions).cte("known", recursive=True)
    following = (
        select(func.min(column))
        .where(column > known.c.number, *conditions)
        .scalar_subquery()
    )
    return known.union_all(
        select(following, known.c.leap + 1).where(
            known.c.number.is_not(None), known.c.leap <= _LEAPS_MOST
        )
    )
