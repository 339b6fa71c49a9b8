"""What is stored of one message, from its arrival to its receipt.

Beside the path: plain functions over a connection that cannot write, for an
operator who looks for what became of a text. They give whole numbers and texts,
unlike `pages`; who may see them is decided by who may read the database.
"""

from __future__ import annotations

__all__ = [
    "Arrived",
    "Bound",
    "Filed",
    "Receipted",
    "Resent",
    "Sent",
    "Story",
    "find_story",
    "made_of",
    "rows_of",
]

import datetime
import re
from collections.abc import Collection, Sequence
from typing import Any

from attrs import field, fields, frozen
from sqlalchemy import Connection, Select, Table, or_, select
from sqlalchemy import text as sql

from smscentre.store.tables import (
    LARGEST_ID,
    UNASKED,
    binds,
    inbox,
    long_messages,
    outbox,
    receipts,
    resends,
    submissions,
)

_RECEIPT = "receipt"

_ROW = re.compile("[1-9][0-9]{0,18}")


@frozen
class Arrived:
    """One arrival, as the table ``inbox`` has it.

    Of the part of a long message, ``part`` is its number and ``total`` theirs.
    """

    id: int
    arrival_id: str
    link: str
    bind: str
    source: str
    number: str | None
    destination: str
    text: str
    raw: bytes
    state: str
    outcome: str
    reason: str
    arrived_at: float
    sent_at: float | None
    acked_at: float | None
    redelivery_of: int | None
    part: int | None = None
    total: int | None = None


@frozen
class Filed:
    """One report that a message made: the old and new figures in the form's order."""

    id: int
    unit: str
    form: str
    day: datetime.date
    inbox_id: int
    old_values: str | None
    new_values: str
    stored_at: float


@frozen
class Sent:
    """One part of a reply, as the table ``outbox`` has it."""

    id: int
    inbox_id: int | None
    link: str
    number: str
    text: str
    part_total: int
    part_number: int
    state: str
    resent: bool
    attempts: int
    bind: str | None
    created_at: float
    due_at: float
    expires_at: float
    sent_at: float | None
    final_at: float | None
    smsc_id: str | None
    error: str | None
    submit_pdu: bytes | None
    answer_pdu: bytes | None


@frozen
class Receipted:
    """One receipt, with the octets it came in.

    ``outbox_id`` is the part that it was matched to, None while it is parked.
    """

    id: int
    inbox_id: int
    outbox_id: int | None
    smsc_id: str
    state: str
    detail: str
    arrived_at: float
    raw: bytes
    acked_at: float | None
    link: str = ""


@frozen
class Resent:
    """A reply that an operator sent once more: the copy, what it is a copy of, why.

    Both are ids of first parts.
    """

    first_row: int
    of_row: int
    actor: str
    reason: str
    at: float


@frozen
class Bound:
    """The bind of a link that something came or went by."""

    id: str
    node: str
    began_at: float
    ended_at: float | None


@frozen
class Story:
    """All that is stored of one message, each list in the order of the rows.

    ``arrivals`` holds the redeliveries and the parts of a long message too.
    """

    arrivals: list[Arrived]
    filed: list[Filed]
    sent: list[Sent]
    receipts: list[Receipted]
    binds: dict[str, Bound]
    resends: list[Resent] = field(factory=list)

    @property
    def number(self) -> str | None:
        """Whose message it is; None for a sender without a number."""
        return self.arrivals[0].number if self.arrivals else self.sent[0].number


def find_story(connection: Connection, key: str) -> Story | None:
    """All about the message that an id belongs to; None where there is none.

    The id may be that of an arrival (its row or the link's own) or of a part that
    went out: rows of all tables are numbered by one counter.
    """
    if not _ROW.fullmatch(key):
        row = connection.execute(
            select(inbox.c.id).where(inbox.c.arrival_id == key)
        ).first()
        return _story_of_arrival(connection, row.id) if row else None
    number = int(key)
    if number > LARGEST_ID:
        return None
    part = connection.execute(select(outbox).where(outbox.c.id == number)).first()
    if part is None:
        return _story_of_arrival(connection, number)
    if part.inbox_id is not None:
        return _story_of_arrival(connection, part.inbox_id)
    return _story(connection, [], [], _unasked(connection, part))


def _story_of_arrival(connection: Connection, row_id: int) -> Story | None:
    row = connection.execute(select(inbox).where(inbox.c.id == row_id)).first()
    if row is None:
        return None
    if row.redelivery_of is not None:
        query = select(inbox).where(inbox.c.id == row.redelivery_of)
        row = connection.execute(query).first() or row
    places = _places(connection, row)
    query = select(inbox).where(inbox.c.id.in_([row.id, *places]))
    arrivals = list(connection.execute(query))
    if any(arrival.matched for arrival in arrivals):
        arrivals += _redeliveries(connection, arrivals)
    arrivals.sort(key=lambda arrival: arrival.id)
    ids = [arrival.id for arrival in arrivals]
    return _story(
        connection,
        [
            made_of(Arrived, arrival, **places.get(arrival.id, {}))
            for arrival in arrivals
        ],
        [
            made_of(Filed, filed)
            for filed in rows_of(connection, submissions, submissions.c.inbox_id, ids)
        ],
        [
            made_of(Sent, part)
            for part in rows_of(connection, outbox, outbox.c.inbox_id, ids)
        ],
    )


def _unasked(connection: Connection, part: Any) -> list[Sent]:
    """All parts of a text that is no reply."""
    query = select(outbox).where(
        outbox.c.number == part.number,
        sql(UNASKED),
        outbox.c.created_at == part.created_at,
        outbox.c.part_reference.is_not_distinct_from(part.part_reference),
    )
    rows = connection.execute(query.order_by(outbox.c.id))
    # Two short texts to one number may have been put out at the same moment.
    return [
        made_of(Sent, row)
        for row in rows
        if row.id == part.id or part.part_reference is not None
    ]


def _story(
    connection: Connection,
    arrivals: list[Arrived],
    filed: list[Filed],
    sent: list[Sent],
) -> Story:
    matched = _receipts(connection, arrivals, sent)
    names = {one.bind for one in arrivals} | {one.bind for one in sent}
    query = select(binds).where(binds.c.id.in_(names))
    bound = {row.id: made_of(Bound, row) for row in connection.execute(query)}
    copies = select(resends).where(resends.c.first_row.in_([one.id for one in sent]))
    again = [
        made_of(Resent, row)
        for row in connection.execute(copies.order_by(resends.c.at))
    ]
    return Story(arrivals, filed, sent, matched, bound, again)


def _places(connection: Connection, arrival: Any) -> dict[int, dict[str, int]]:
    """Number and total of each part that belongs to the text of an arrival."""
    key = [
        long_messages.c.source == arrival.source,
        long_messages.c.destination == arrival.destination,
    ]
    set_ids = select(long_messages.c.set_id).where(
        *key, long_messages.c.inbox_id == arrival.id
    )
    query = select(long_messages).where(*key, long_messages.c.set_id.in_(set_ids))
    return {
        row.inbox_id: {"part": row.number, "total": row.total}
        for row in connection.execute(query)
    }


def _redeliveries(connection: Connection, arrivals: Collection[Any]) -> list[Any]:
    """The later deliveries of what came; the time has an index."""
    query = select(inbox).where(
        inbox.c.arrived_at >= min(arrival.arrived_at for arrival in arrivals),
        inbox.c.redelivery_of.in_([arrival.id for arrival in arrivals]),
    )
    return list(connection.execute(query))


def _receipts(
    connection: Connection, arrivals: Collection[Arrived], sent: Collection[Sent]
) -> list[Receipted]:
    """The receipts of sent parts, and the one that an arrival was itself."""
    own = [_receipt_of(one.id) for one in arrivals if one.state == _RECEIPT]
    if not sent and not own:
        return []
    query = (
        select(receipts, inbox.c.raw, inbox.c.acked_at, inbox.c.link)
        .join(inbox, inbox.c.id == receipts.c.inbox_id)
        .where(
            or_(
                receipts.c.outbox_id.in_([part.id for part in sent]),
                *(receipts.c.id == one for one in own),
            )
        )
        .order_by(receipts.c.id)
    )
    return [made_of(Receipted, row) for row in connection.execute(query)]


def _receipt_of(arrival: int) -> Any:
    """The row of the receipt that an arrival was.

    It is numbered after its arrival, in the same transaction, and so found at once
    by who goes on from there; its column has no index.
    """
    return (
        select(receipts.c.id)
        .where(receipts.c.id > arrival, receipts.c.inbox_id == arrival)
        .order_by(receipts.c.id)
        .limit(1)
        .scalar_subquery()
    )


def rows_of(
    connection: Connection, table: Table, column: Any, ids: Collection[int]
) -> Sequence[Any]:
    """The rows that arrivals gave rise to, in order."""
    if not ids:
        return []
    query: Select[Any] = select(table).where(column.in_(ids)).order_by(table.c.id)
    return connection.execute(query).all()


def made_of(made: Any, row: Any, **more: Any) -> Any:
    """A value of the columns of a row that have a field of their name."""
    named = row._mapping
    columns = {
        one.name: _plain(named[one.name]) for one in fields(made) if one.name in named
    }
    return made(**columns | more)


def _plain(value: Any) -> Any:
    """Octets as such: one driver gives a view of them."""
    return bytes(value) if isinstance(value, memoryview) else value
