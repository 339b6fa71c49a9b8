"""The last messages, for an operator at the shell who looks for one.

Beside the path, over a connection that cannot write. It gives whole numbers and texts,
unlike `pages`; `trace` shows one of them whole.
"""

from __future__ import annotations

__all__ = ["ARRIVAL_STATES", "STATES", "Listed", "list_messages"]

from attrs import frozen
from sqlalchemy import Connection, or_, select
from sqlalchemy import text as sql

from smscentre.store.steps import OutboxState
from smscentre.store.tables import UNREAD, inbox, outbox, unrecognised
from smscentre.store.trace import made_of, rows_of

_RECEIPT = "receipt"
ARRIVAL_STATES = (
    "done",
    "silent",
    "part",
    "redelivered",
    "failed",
    "corrupt",
    _RECEIPT,
)

STATES: tuple[str, ...] = tuple(
    dict.fromkeys([*ARRIVAL_STATES, *(state.value for state in OutboxState)])
)
"""Every state by which messages can be asked for: their own, or of a reply."""


@frozen
class Listed:
    """One message in a list; ``replies`` are the states of its reply's parts."""

    id: int
    arrived_at: float
    link: str
    source: str
    number: str | None
    text: str
    state: str
    outcome: str
    reason: str
    replies: list[str]


def list_messages(
    connection: Connection,
    sender: str | None = None,
    state: str | None = None,
    limit: int = 20,
    *,
    unread: bool = False,
) -> list[Listed]:
    """The last messages, the newest last.

    ``sender`` is a number in E.164, or a name or short code as it came; ``state``
    one of `STATES`, of the message or of a part of its reply. Receipts are left
    out unless they are asked for. ``unread`` leaves what no command understood and
    nobody has marked as done.
    """
    query = select(inbox).order_by(inbox.c.id.desc()).limit(limit)
    if unread:
        waiting = select(unrecognised.c.inbox_id).where(sql(UNREAD))
        query = query.where(inbox.c.id.in_(waiting))
    if sender is not None:
        query = query.where(or_(inbox.c.number == sender, inbox.c.source == sender))
    if state is None:
        query = query.where(inbox.c.state != _RECEIPT)
    else:
        replied = select(outbox.c.inbox_id).where(outbox.c.state == state)
        query = query.where(or_(inbox.c.state == state, inbox.c.id.in_(replied)))
    rows = connection.execute(query).all()[::-1]
    replies: dict[int, list[str]] = {row.id: [] for row in rows}
    for part in rows_of(connection, outbox, outbox.c.inbox_id, replies):
        replies[part.inbox_id].append(part.state)
    return [made_of(Listed, row, replies=replies[row.id]) for row in rows]
