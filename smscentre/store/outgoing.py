"""Rows of the outbox: put in, claimed, put off, given back.

The table is the queue; `steps` has the legal moves of its rows.
"""

from __future__ import annotations

__all__ = [
    "Claim",
    "Draft",
    "add_outgoing",
    "claim",
    "claimed_for",
    "count_by_number",
    "leave_in_doubt",
    "postpone_number",
    "return_claims",
]

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, false, func, insert, select, update
from sqlalchemy import text as sql

from smscentre.messages import Alphabet, Outgoing, Part, Priority
from smscentre.store.steps import OutboxState, is_due
from smscentre.store.tables import OPEN, binds, inbox, outbox, part_references
from smscentre.store.transaction import Statement, Transaction, insert_of
from smscentre.values import frozen


@frozen
class Draft:
    """A text to be sent, already cut into the parts that a link will carry."""

    link: str
    number: str
    parts: Sequence[str]
    alphabet: Alphabet
    priority: Priority
    reference_width: int
    expires_at: float
    inbox_id: int | None = None


@frozen
class Claim:
    """What `claim` gives: parts to be written now, and when to look again.

    ``next_due`` is in seconds since 1970, None where nothing waits for a time.
    """

    parts: list[Outgoing]
    next_due: float | None
    expired: int = 0
    uncertain: int = 0


_QUEUED: Final = OutboxState.QUEUED.value
_CLAIMED: Final = OutboxState.CLAIMED.value

_ADD = Statement(
    insert(outbox),
    (
        "id",
        "inbox_id",
        "link",
        "number",
        "text",
        "alphabet",
        "part_reference",
        "part_width",
        "part_total",
        "part_number",
        "priority",
        "state",
        "attempts",
        "bind",
        "created_at",
        "due_at",
        "expires_at",
    ),
    {"resent": false()},
)

_WAITING = (
    select(outbox)
    .where(
        outbox.c.link == bindparam("link"),
        sql(OPEN),
        outbox.c.state != _CLAIMED,
    )
    .order_by(outbox.c.priority, outbox.c.id)
)

_DUE = (
    _WAITING.where(is_due()).limit(bindparam("room")).with_for_update(skip_locked=True)
)

_NEXT_DUE = select(func.min(outbox.c.due_at)).where(
    outbox.c.link == bindparam("link"),
    sql(OPEN),
    outbox.c.state != _CLAIMED,
)

_TAKE = Statement(
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(
        state=_CLAIMED,
        bind=bindparam("b_bind"),
        resent=bindparam("b_resent"),
        attempts=outbox.c.attempts + 1,
    ),
    ("row", "b_bind", "b_resent"),
)

_END = Statement(
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(state=bindparam("b_state"), final_at=bindparam("b_final_at")),
    ("row", "b_state", "b_final_at"),
)


def add_outgoing(
    transaction: Transaction, draft: Draft, *, now: float, bind: str = ""
) -> list[Outgoing]:
    """Put a text into the outbox, one row a part.

    With a ``bind`` the rows are born claimed by it, else they are queued.
    """
    total = len(draft.parts)
    reference = _next_reference(transaction, draft) if total > 1 else None
    state = _CLAIMED if bind else _QUEUED
    alphabet = draft.alphabet.value
    result = []
    for number, text in enumerate(draft.parts, 1):
        part = (
            None
            if reference is None
            else Part(reference, draft.reference_width, total, number)
        )
        row = transaction.new_id()
        transaction.add(
            _ADD,
            (
                row,
                draft.inbox_id,
                draft.link,
                draft.number,
                text,
                alphabet,
                reference,
                draft.reference_width if part else None,
                total,
                number,
                int(draft.priority),
                state,
                1 if bind else 0,
                bind or None,
                now,
                now,
                draft.expires_at,
            ),
        )
        result.append(
            Outgoing(
                row,
                draft.link,
                draft.number,
                text,
                draft.alphabet,
                part,
                draft.priority,
                draft.expires_at,
            )
        )
    return result


def claim(
    transaction: Transaction,
    link: str,
    bind: str,
    room: int,
    now: float,
    expired_by: float,
) -> Claim:
    """Claim for a bind the first parts that are due, at most ``room``.

    What has expired by a moment ends here. What is in doubt is claimed once more if it
    is a reply; a second doubt, or anything else in doubt, ends as uncertain: nobody
    waits for what he did not ask for, and twice it is a nuisance.
    """
    rows = transaction.all(_DUE, {"link": link, "now": now, "room": room})
    parts: list[Outgoing] = []
    ended = {OutboxState.EXPIRED: 0, OutboxState.UNCERTAIN: 0}
    for row in rows:
        end = _end_of(row, expired_by)
        if end is not None:
            ended[end] += 1
            transaction.add(_END, (row.id, end.value, now))
            continue
        resent = row.resent or row.state == OutboxState.IN_DOUBT.value
        transaction.add(_TAKE, (row.id, bind, resent))
        parts.append(_outgoing(row, resent))
    next_due = None
    if len(rows) < room:
        next_due = transaction.first(_NEXT_DUE, {"link": link})[0]
    elif rows:
        next_due = now
    return Claim(
        parts,
        next_due,
        expired=ended[OutboxState.EXPIRED],
        uncertain=ended[OutboxState.UNCERTAIN],
    )


def claimed_for(transaction: Transaction, arrival_id: str) -> list[Outgoing]:
    """The parts that were born claimed with an arrival."""
    rows = transaction.all(
        select(outbox).where(
            sql(OPEN),
            outbox.c.inbox_id
            == select(inbox.c.id)
            .where(inbox.c.arrival_id == arrival_id)
            .scalar_subquery(),
            outbox.c.state == _CLAIMED,
        )
    )
    return [_outgoing(row, row.resent) for row in rows]


def count_by_number(
    transaction: Transaction, since: float, phones: Collection[str] = ()
) -> list[tuple[str, int]]:
    """How many replies were put out for each number since a moment.

    :param phones: the links by which nothing is sent
    """
    rows = transaction.all(
        select(outbox.c.number, func.count())
        .where(
            outbox.c.created_at >= since,
            outbox.c.part_number == 1,
            outbox.c.priority == int(Priority.REPLY),
            outbox.c.link.not_in(phones),
        )
        .group_by(outbox.c.number)
    )
    return [(number, count) for number, count in rows]


def leave_in_doubt(transaction: Transaction, reason: str) -> int:
    """Put in doubt what is claimed by binds that have ended."""
    standing = select(binds.c.id).where(binds.c.ended_at.is_(None))
    result = transaction.execute(
        update(outbox)
        .where(
            sql(OPEN),
            outbox.c.state == _CLAIMED,
            outbox.c.bind.not_in(standing),
        )
        .values(state=OutboxState.IN_DOUBT.value, error=reason)
    )
    return int(result.rowcount)


def return_claims(
    transaction: Transaction, bind: str, link: str, but: Collection[int] = ()
) -> int:
    """Queue again what a bind claimed and certainly never wrote."""
    result = transaction.execute(
        update(outbox)
        .where(
            sql(OPEN),
            outbox.c.link == link,
            outbox.c.state == _CLAIMED,
            outbox.c.bind == bind,
            outbox.c.id.not_in(but),
        )
        .values(state=_QUEUED)
    )
    return int(result.rowcount)


def postpone_number(
    transaction: Transaction, link: str, number: str, until: float
) -> None:
    """Let everything that waits for one destination wait longer."""
    transaction.execute(
        update(outbox)
        .where(
            sql(OPEN),
            outbox.c.link == link,
            outbox.c.state == _QUEUED,
            outbox.c.number == number,
            outbox.c.due_at < until,
        )
        .values(due_at=until)
    )


def _end_of(row: Any, now: float) -> OutboxState | None:
    """The state in which a waiting row ends unsent, if it does."""
    if row.state == OutboxState.IN_DOUBT.value:
        if row.resent or row.priority != Priority.REPLY:
            return OutboxState.UNCERTAIN
        return OutboxState.UNCERTAIN if row.expires_at <= now else None
    return OutboxState.EXPIRED if row.expires_at <= now else None


def _next_reference(transaction: Transaction, draft: Draft) -> int:
    """The next reference to a destination: equal ones must not meet there."""
    statement = insert_of(transaction.dialect, part_references).values(
        number=draft.number, value=1
    )
    following = statement.on_conflict_do_update(
        index_elements=[part_references.c.number],
        set_={"value": part_references.c.value + 1},
    ).returning(part_references.c.value)
    value: int = transaction.execute(following).scalar_one()
    return value % (1 << draft.reference_width)


def _outgoing(row: Any, resent: bool) -> Outgoing:
    part = None
    if row.part_reference is not None:
        part = Part(row.part_reference, row.part_width, row.part_total, row.part_number)
    return Outgoing(
        row.id,
        row.link,
        row.number,
        row.text,
        Alphabet(row.alphabet),
        part,
        Priority(row.priority),
        row.expires_at,
        resent,
    )
