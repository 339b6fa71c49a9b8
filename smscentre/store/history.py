"""Reads of the history of reports, which is only ever added to.

Beneath the ledger: what held before a submission, what a sender did last, how high a
total ever was. It knows no rule of the commands.
"""

from __future__ import annotations

__all__ = [
    "SUBMISSION_COLUMNS",
    "first_number_since",
    "highest_total",
    "last_action",
    "submission",
    "submission_of",
    "values_before",
    "version_before",
]

import datetime
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, exists, func, or_, select

from smscentre.interfaces import SubmissionKey
from smscentre.messages import Submission
from smscentre.store.tables import inbox, reports, submissions
from smscentre.store.transaction import Transaction

SUBMISSION_COLUMNS = (
    submissions.c.unit,
    submissions.c.form,
    submissions.c.day,
    submissions.c.id,
    submissions.c.new_values,
    submissions.c.number,
    submissions.c.text,
    submissions.c.stored_at,
    submissions.c.first,
    submissions.c.flags,
    submissions.c.replaces,
    submissions.c.undoes,
    submissions.c.restores,
)
"""What `submission_of` takes, in its order."""

_MOST = 500
"""More submissions than one message can make."""

# Of the bare column databases take the first row in the order of their numbers that is
# young enough, and read all older ones to find it.
_FIRST_NUMBER = select(func.min(inbox.c.id + 0)).where(
    inbox.c.arrived_at >= bindparam("since")
)

_OF_NUMBER = (
    select(submissions.c.inbox_id, *SUBMISSION_COLUMNS)
    .where(
        submissions.c.id > bindparam("floor"),
        submissions.c.number == bindparam("number"),
        submissions.c.stored_at > bindparam("since"),
        # An update stored before there was this column: what held before is unknown.
        or_(
            submissions.c.first,
            submissions.c.replaces.is_not(None),
            submissions.c.undoes.is_not(None),
        ),
    )
    .order_by(submissions.c.stored_at.desc(), submissions.c.id.desc())
    .limit(_MOST)
)

_undo = submissions.alias("undo")
_VERSION = select(
    exists().where(_undo.c.undoes == submissions.c.id), *SUBMISSION_COLUMNS
).where(submissions.c.id == bindparam("id"))

_BEFORE = (
    select(submissions.c.new_values)
    .join(reports, reports.c.submission_id == submissions.c.id)
    .where(
        reports.c.unit == bindparam("unit"),
        reports.c.form == bindparam("form"),
        reports.c.day < bindparam("day"),
    )
    .order_by(reports.c.day.desc())
    .limit(1)
)

_totals = (
    select(func.sum(reports.c.value).label("total"))
    .where(
        reports.c.unit == bindparam("unit"),
        reports.c.form == bindparam("form"),
    )
    .group_by(reports.c.day)
    .subquery()
)
_HIGHEST = select(func.max(_totals.c.total))


def submission_of(row: Sequence[Any]) -> Submission:
    """The submission in a row of `SUBMISSION_COLUMNS`."""
    unit, form, day, row_id, values, number, text, at, first, flags, *links = row
    return Submission(
        row_id,
        unit,
        form,
        datetime.date.fromisoformat(day) if isinstance(day, str) else day,
        tuple(map(int, values.split())),
        number,
        text,
        at,
        bool(first),
        tuple(flags.split()) if flags else (),
        *links,
    )


def first_number_since(transaction: Transaction, since: float) -> int | None:
    """The lowest row number of what arrived since a moment, which an index knows.

    What a message makes is numbered after it: so a number bounds the reading of a
    table that has no index by time, and needs none on the path of a message.
    """
    found = transaction.first(_FIRST_NUMBER, {"since": since})
    return None if found is None else found[0]


def last_action(
    transaction: Transaction, number: str, since: float, floor: int
) -> list[Submission]:
    """The submissions of the newest message of a number that made any, in order.

    :param floor: a row number before all since that moment
    """
    parameters = {"number": number, "since": since, "floor": floor}
    rows = transaction.all(_OF_NUMBER, parameters)
    made = [submission_of(row[1:]) for row in rows if row[0] == rows[0][0]]
    return made[::-1]


def submission(transaction: Transaction, row: int) -> Submission:
    """A submission by its id."""
    _, *columns = transaction.first(_VERSION, {"id": row})
    return submission_of(columns)


def version_before(
    transaction: Transaction, submission: Submission
) -> Submission | None:
    """What held before a submission and was not taken back since."""
    earlier = submission.replaces
    while earlier is not None:
        undone, *columns = transaction.first(_VERSION, {"id": earlier})
        found = submission_of(columns)
        if not undone:
            return found
        earlier = found.replaces
    return None


def values_before(
    transaction: Transaction, key: SubmissionKey
) -> tuple[int, ...] | None:
    """The figures of the last day before a key's for which there are any."""
    unit, form, day = key
    row = transaction.first(_BEFORE, {"unit": unit, "form": form, "day": day})
    return None if row is None else tuple(map(int, row[0].split()))


def highest_total(transaction: Transaction, unit: str, form: str) -> int | None:
    """The highest sum of a unit's figures of a form on any day."""
    highest = transaction.first(_HIGHEST, {"unit": unit, "form": form})[0]
    return None if highest is None else int(highest)
