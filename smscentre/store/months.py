"""Closed months: what closes and reopens them, and what keeps one open meanwhile.

A node knows them from its snapshot of the directory, which each batch compares with
the stored version. That is exact where one program writes at a time. With several
nodes a month could be closed between that look and the commit; so whoever writes
figures of a month that may be closed keeps it open until then.
"""

from __future__ import annotations

__all__ = [
    "ClosedMonth",
    "MonthClosed",
    "all_closed",
    "close_month",
    "has_ended",
    "keep_open",
    "reopen_month",
]

import datetime
from typing import Final

from attrs import frozen
from sqlalchemy import Connection, delete, func, insert, select

from smscentre.directory import ZONES
from smscentre.errors import SMSCentreError
from smscentre.store import audit
from smscentre.store.changes import Signature
from smscentre.store.people import changed
from smscentre.store.tables import closed_months
from smscentre.store.transaction import NODE_LOCKS, Transaction

_KEY: Final = (NODE_LOCKS, 1)
_HOLD_OPEN: Final = select(func.pg_advisory_xact_lock_shared(*_KEY))
_HOLD: Final = select(func.pg_advisory_xact_lock(*_KEY))
"""The lock, until the transaction ends, of many who write, and of one who closes. On
SQLite there is one writer, and no such lock."""

_EVERY_ZONE: Final = ZONES["WIB"]
"""Where days end last."""

_DELAY_S: Final = 86_400.0
"""More than lies between the arrival of a message and its commit."""


class MonthClosed(SMSCentreError):
    """Another node has closed a month a moment ago; it is to be decided anew."""


@frozen
class ClosedMonth:
    """A month by its first day, and who closed it, when in seconds since 1970."""

    month: datetime.date
    closed_by: str
    closed_at: float


def all_closed(connection: Connection) -> list[ClosedMonth]:
    """The months that are closed, the latest first."""
    query = select(closed_months).order_by(closed_months.c.month.desc())
    return [
        ClosedMonth(row.month, row.closed_by, row.closed_at)
        for row in connection.execute(query)
    ]


def has_ended(month: datetime.date, at: float) -> bool:
    """Whether a month, by any of its days, is over everywhere at a moment."""
    return at >= _end(month)


def close_month(
    transaction: Transaction,
    month: datetime.date,
    signature: Signature,
    reason: str = "",
) -> bool:
    """Let no figure of a month change any more; False if that is so already."""
    transaction.hold(_HOLD)
    if _is_closed(transaction, month):
        return False
    values = {
        "month": month.replace(day=1),
        "closed_by": signature.actor,
        "closed_at": signature.at,
    }
    transaction.execute(insert(closed_months), values)
    _changed(transaction, month, "months.close", signature, reason)
    return True


def reopen_month(
    transaction: Transaction,
    month: datetime.date,
    signature: Signature,
    reason: str = "",
) -> bool:
    """Let figures of a month change again; False if they can already."""
    if not _is_closed(transaction, month):
        return False
    first = month.replace(day=1)
    transaction.execute(delete(closed_months).where(closed_months.c.month == first))
    _changed(transaction, month, "months.reopen", signature, reason)
    return True


def keep_open(transaction: Transaction, day: datetime.date, at: float) -> None:
    """Keep the month of a day from being closed before this transaction ends.

    ``at`` is when that arrived which is to be written. Of a month that has not nearly
    ended this costs nothing, for it cannot be closed.

    :raises MonthClosed: it is closed
    """
    if transaction.dialect != "postgresql" or at < _end(day) - _DELAY_S:
        return
    transaction.execute(_HOLD_OPEN)
    if _is_closed(transaction, day):
        raise MonthClosed(f"{day:%Y-%m} was closed a moment ago")


def _end(day: datetime.date) -> float:
    """When the month of a day ends everywhere."""
    following = (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
    midnight = datetime.datetime.combine(following, datetime.time(), _EVERY_ZONE)
    return midnight.timestamp()


def _is_closed(transaction: Transaction, day: datetime.date) -> bool:
    query = select(closed_months.c.month).where(
        closed_months.c.month == day.replace(day=1)
    )
    return transaction.first(query) is not None


def _changed(
    transaction: Transaction,
    month: datetime.date,
    action: str,
    signature: Signature,
    reason: str,
) -> None:
    changed(transaction)
    subject = f"{month:%Y-%m}"
    audit.record(transaction, signature.actor, action, subject, reason, signature.at)
