"""Rows of receipts, and the sent parts that they speak of (D9).

A receipt is matched by link, id and number, and only where no other part may be
meant: one that stays unmatched leaves its part as sent, which is true, and a wrong
match would say of a reply what nobody knows.
"""

from __future__ import annotations

__all__ = ["PARK_S", "Marks", "Parked", "take_in"]

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import bindparam, insert, select, update

from smscentre.messages import DeliveryState, Receipt
from smscentre.store.steps import OutboxState
from smscentre.store.tables import outbox, receipts
from smscentre.store.transaction import Statement, Transaction

PARK_S = 24 * 3600
"""How long a receipt waits for the response that names its part."""

SENT_S = 7 * 24 * 3600
"""How long after a part was sent its receipt may come; carriers use ids again."""

_SAME_MOMENT_S = 600.0
"""How far a carrier's clock may be from ours to tell parts of one id apart."""

_STATES = {
    DeliveryState.DELIVERED: OutboxState.DELIVERED,
    DeliveryState.FAILED: OutboxState.FAILED,
    DeliveryState.UNKNOWN: OutboxState.UNKNOWN,
}

_ADD = Statement(
    insert(receipts),
    (
        "id",
        "inbox_id",
        "link",
        "number",
        "smsc_id",
        "state",
        "detail",
        "arrived_at",
        "outbox_id",
    ),
)

_SENT_PARTS = (
    select(
        outbox.c.id,
        outbox.c.inbox_id,
        outbox.c.number,
        outbox.c.state,
        outbox.c.smsc_key,
        outbox.c.sent_at,
    )
    .where(
        outbox.c.smsc_key.in_(bindparam("keys", expanding=True)),
        outbox.c.smsc_key.is_not(None),
        outbox.c.link.in_(bindparam("links", expanding=True)),
        outbox.c.sent_at > bindparam("since"),
    )
    .order_by(outbox.c.sent_at.desc(), outbox.c.id.desc())
)

_AT_ONCE = 500

_PARKED = (
    select(receipts)
    .where(
        receipts.c.outbox_id.is_(None),
        receipts.c.arrived_at > bindparam("since"),
        receipts.c.id > bindparam("after"),
    )
    .order_by(receipts.c.id)
    .limit(_AT_ONCE)
)


@frozen
class Marks:
    """By what a receipt may name its part: the links that sent it, forms of its id."""

    links: Sequence[str]
    keys: Sequence[str]


def take_in(
    transaction: Transaction,
    inbox_id: int,
    link: str,
    number: str | None,
    receipt: Receipt,
    marks: Marks,
    now: float,
) -> None:
    """Store a receipt and move its part on; park it if the part is not known yet.

    ``number`` is the receipt's sender, which must be the part's destination; None
    where the receipt does not say it.
    """
    part = _find(transaction, number, marks, now, receipt.submitted_at)
    transaction.add(
        _ADD,
        (
            transaction.new_id(),
            inbox_id,
            link,
            number,
            receipt.smsc_id,
            receipt.state.value,
            receipt.detail,
            now,
            part,
        ),
    )
    if part is not None:
        _advance(transaction, part, receipt.state, receipt.detail, now)


class Parked:
    """Tries parked receipts again, some at a time, from the oldest on.

    Writer's thread.
    """

    def __init__(self, marks_of: Callable[[str, str], Marks]) -> None:
        """:param marks_of: what a receipt is matched by, from its link and id"""
        self._marks_of = marks_of
        self._after = 0

    def match(self, transaction: Transaction, now: float) -> int:
        """Try the next ones; how many of them still wait."""
        since = now - PARK_S
        rows = transaction.all(_PARKED, {"since": since, "after": self._after})
        self._after = rows[-1].id if len(rows) == _AT_ONCE else 0
        waiting = 0
        for row in rows:
            marks = self._marks_of(row.link, row.smsc_id)
            part = _find(transaction, row.number, marks, now)
            if part is None:
                waiting += 1
                continue
            transaction.execute(
                update(receipts).where(receipts.c.id == row.id).values(outbox_id=part)
            )
            _advance(transaction, part, DeliveryState(row.state), row.detail, now)
        return waiting


def _find(
    transaction: Transaction,
    number: str | None,
    marks: Marks,
    now: float,
    submitted_at: float | None = None,
) -> int | None:
    """The part with that id and destination; None where two may be meant.

    Carriers use ids again, so only the newest message with the id counts, whether
    or not it had its receipt, unless the receipt tells when its own was sent. Some
    give all parts of a message one id: then each receipt is for one that has had none.
    """
    if not marks.keys:
        return None
    named = {"keys": list(marks.keys), "links": list(marks.links)}
    rows: Sequence[Any] = transaction.all(_SENT_PARTS, {**named, "since": now - SENT_S})
    fitting = [row for row in rows if number is None or row.number == number]
    # An id that fits in two bases, or two numbers, might mean either.
    if len({(row.smsc_key, row.number) for row in fitting}) != 1:
        return None
    meant = _sent_then(fitting, submitted_at) or fitting[0]
    waiting = [
        row.id
        for row in fitting
        if row.state == OutboxState.SENT.value
        and (row.id == meant.id or row.inbox_id == meant.inbox_id is not None)
    ]
    part: int = min(waiting, default=meant.id)
    return part


def _sent_then(rows: Sequence[Any], submitted_at: float | None) -> Any:
    """The row that was sent at a moment; None where none was.

    Some service centres have the clock of another zone: then it tells nothing.
    """
    if submitted_at is None:
        return None
    nearest = min(rows, key=lambda row: abs(row.sent_at - submitted_at))
    is_same = abs(nearest.sent_at - submitted_at) <= _SAME_MOMENT_S
    return nearest if is_same else None


def _advance(
    transaction: Transaction, part: int, state: DeliveryState, detail: str, now: float
) -> None:
    """Take the part's last step; a final state is final."""
    final = _STATES.get(state)
    if final is None:
        return
    transaction.execute(
        update(outbox)
        .where(outbox.c.id == part, outbox.c.state == OutboxState.SENT.value)
        .values(
            state=final.value,
            final_at=now,
            error=detail if final is OutboxState.FAILED else None,
        )
    )
