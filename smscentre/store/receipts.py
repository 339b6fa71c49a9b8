"""Rows of receipts, and the sent parts that they speak of (D9).

A receipt is matched by link, id and number, and only where no other part may be
meant: one that stays unmatched leaves its part as sent, which is true, and a wrong
match would say of a reply what nobody knows.
"""

from __future__ import annotations

__all__ = ["PARK_S", "match_parked", "take_in"]

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from smscentre.messages import DeliveryState, Receipt
from smscentre.store.steps import OutboxState
from smscentre.store.tables import outbox, receipts
from smscentre.store.transaction import Statement, Transaction

PARK_S = 24 * 3600
"""How long a receipt waits for the response that names its part."""

SENT_S = 7 * 24 * 3600
"""How long after a part was sent its receipt may come; carriers use ids again."""

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
    )
    .where(
        outbox.c.smsc_key.in_(bindparam("keys", expanding=True)),
        outbox.c.smsc_key.is_not(None),
        outbox.c.link == bindparam("link"),
        outbox.c.sent_at > bindparam("since"),
    )
    .order_by(outbox.c.sent_at.desc(), outbox.c.id.desc())
)

_PARKED = (
    select(receipts)
    .where(receipts.c.outbox_id.is_(None), receipts.c.arrived_at > bindparam("since"))
    .order_by(receipts.c.id.desc())
    .limit(500)
)


def take_in(
    transaction: Transaction,
    inbox_id: int,
    link: str,
    number: str | None,
    receipt: Receipt,
    keys: Sequence[str],
    now: float,
) -> None:
    """Store a receipt and move its part on; park it if the part is not known yet.

    ``keys`` are the forms in which its id may have been stored; ``number`` is
    the receipt's sender, which must be the part's destination; None where the
    receipt does not say it.
    """
    part = _find(transaction, link, number, keys, now)
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


def match_parked(
    transaction: Transaction,
    keys_of: Callable[[str, str], Sequence[str]],
    now: float,
) -> int:
    """Try the newest parked receipts again; return how many of them still wait.

    :param keys_of: the forms of an id, by link and id
    """
    rows = transaction.all(_PARKED, {"since": now - PARK_S})
    waiting = 0
    for row in rows:
        keys = keys_of(row.link, row.smsc_id)
        part = _find(transaction, row.link, row.number, keys, now)
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
    link: str,
    number: str | None,
    keys: Sequence[str],
    now: float,
) -> int | None:
    """The part of a link with that id and destination; None where two may be meant.

    Carriers use ids again, so only the newest message with the id counts, whether
    or not it had its receipt. Some give all parts of a message one id: then each
    receipt is for one that has had none.
    """
    if not keys:
        return None
    rows: Sequence[Any] = transaction.all(
        _SENT_PARTS, {"keys": list(keys), "link": link, "since": now - SENT_S}
    )
    fitting = [row for row in rows if number is None or row.number == number]
    # An id that fits in two bases, or two numbers, might mean either.
    if len({(row.smsc_key, row.number) for row in fitting}) != 1:
        return None
    newest = fitting[0]
    waiting = [
        row.id
        for row in fitting
        if row.state == OutboxState.SENT.value
        and (row.id == newest.id or row.inbox_id == newest.inbox_id is not None)
    ]
    part: int = min(waiting, default=newest.id)
    return part


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
