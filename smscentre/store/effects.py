"""The writing of reports and of undos: history, and the figures that hold now.

Beneath the ledger, which remembers what they leave for the messages behind.
"""

from __future__ import annotations

__all__ = [
    "SETTLED_AFTER_S",
    "add_report",
    "add_undo",
    "hold_figures",
    "settles_at",
]

import datetime
from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import bindparam, delete, insert, text, update
from sqlalchemy.dialects import postgresql, sqlite

from smscentre.interfaces import Report, Request, Withdrawal
from smscentre.messages import Submission
from smscentre.store.prepared import Overtaken
from smscentre.store.tables import late_changes, reports, submissions
from smscentre.store.transaction import Statement, Transaction, iso_day

_ADD_SUBMISSION = Statement(
    insert(submissions),
    (
        "id",
        "unit",
        "form",
        "day",
        "inbox_id",
        "number",
        "text",
        "old_values",
        "new_values",
        "first",
        "stored_at",
        "flags",
        "replaces",
    ),
)

_ADD_UNDO = Statement(
    insert(submissions),
    tuple(
        name
        for name in (*_ADD_SUBMISSION.names, "undoes", "restores")
        if name != "replaces"
    ),
)

SETTLED_AFTER_S = 2.5 * 86400
"""How long after its beginning in UTC a day is open to reports as they usually come:
it has been over for half a day everywhere."""

_LATE = Statement(insert(late_changes), ("form", "day", "submission_id"))

_DROP_FIGURES = delete(reports).where(
    reports.c.unit == bindparam("of_unit"),
    reports.c.form == bindparam("of_form"),
    reports.c.day == bindparam("of_day"),
    reports.c.submission_id == bindparam("of_submission"),
)

_FIGURE = ("unit", "form", "day", "field", "value", "submission_id")
_KEY = [reports.c[name] for name in _FIGURE[:4]]

_put = sqlite.insert(reports)
_PUT = Statement(
    _put.on_conflict_do_update(
        index_elements=_KEY,
        set_={name: _put.excluded[name] for name in _FIGURE[4:]},
    ),
    _FIGURE,
)
"""One figure, on SQLite: whoever writes there is alone."""

_PUT_FIRST = Statement(
    postgresql.insert(reports).on_conflict_do_nothing(index_elements=_KEY),
    _FIGURE,
    counted=True,
)
"""One figure where there was none, ..."""

_REPLACE = Statement(
    update(reports)
    .where(
        *[column == bindparam(f"of_{column.key}") for column in _KEY],
        reports.c.submission_id == bindparam("of_submission"),
    )
    .values(value=bindparam("value"), submission_id=bindparam("submission_id")),
    (*_FIGURE[4:], "of_unit", "of_form", "of_day", "of_field", "of_submission"),
    counted=True,
)
"""... and in place of that which was read."""

_HOLD_FIGURES = text("LOCK TABLE reports IN SHARE ROW EXCLUSIVE MODE")


def hold_figures(transaction: Transaction) -> None:
    """Let no other node change any figure before this transaction ends.

    For what is done by hand now and then: all nodes wait.
    """
    transaction.hold(_HOLD_FIGURES)


def add_report(
    transaction: Transaction,
    fields: Sequence[str],
    report: Report,
    request: Request,
    inbox_id: int,
) -> Submission:
    """Store a report; the submission that holds from now on."""
    previous = report.previous
    submission = Submission(
        transaction.new_id(),
        report.unit,
        report.form,
        report.day,
        report.values,
        request.number,
        report.text or request.text,
        request.arrived_at,
        previous is None,
        report.flags,
        previous.version if previous else None,
    )
    transaction.add(
        _ADD_SUBMISSION,
        (
            submission.id,
            report.unit,
            report.form,
            iso_day(report.day),
            inbox_id,
            request.number,
            submission.text,
            _spaced(previous.values) if previous else None,
            _spaced(report.values),
            submission.first,
            request.arrived_at,
            " ".join(report.flags) if report.flags else None,
            submission.replaces,
        ),
    )
    _mark_late(transaction, submission)
    _hold(transaction, fields, submission, previous)
    return submission


def add_undo(
    transaction: Transaction,
    fields: Sequence[str],
    withdrawal: Withdrawal,
    request: Request,
    inbox_id: int,
) -> Submission | None:
    """Take a submission back; what holds from now on, None where nothing does.

    :raises Overtaken: what held when it was decided on does not hold any more
    """
    taken, held, restored = (
        withdrawal.submission,
        withdrawal.held,
        withdrawal.restored,
    )
    stays = withdrawal.stays
    undo = Submission(
        transaction.new_id(),
        taken.unit,
        taken.form,
        taken.day,
        restored.values if restored else (),
        request.number,
        request.text,
        request.arrived_at,
        False,
        restored.flags if restored else (),
        undoes=taken.id,
        restores=None if stays or restored is None else restored.version,
    )
    transaction.add(
        _ADD_UNDO,
        (
            undo.id,
            undo.unit,
            undo.form,
            iso_day(undo.day),
            inbox_id,
            undo.number,
            undo.text,
            _spaced(held.values) if held else None,
            _spaced(undo.values),
            False,
            undo.stored_at,
            # Where a later report stays, the figures keep their own marks.
            None if stays else " ".join(undo.flags) or None,
            undo.undoes,
            undo.restores,
        ),
    )
    if stays:
        return held
    _mark_late(transaction, undo)
    if held is not None:
        _drop(transaction, held)
    if restored is None:
        return None
    _hold(transaction, fields, undo, None)
    return undo


@lru_cache(64)
def settles_at(day: datetime.date) -> float:
    """When the figures of a day begin to change only by what is marked as late."""
    begins = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    return begins.timestamp() + SETTLED_AFTER_S


def _mark_late(transaction: Transaction, submission: Submission) -> None:
    """Tell whoever keeps sums of old days that this one changes."""
    day = submission.day
    if submission.stored_at > settles_at(day):
        transaction.add(_LATE, (submission.form, iso_day(day), submission.id))


def _drop(transaction: Transaction, held: Submission) -> None:
    """Have the figures of a submission, and of no other, hold no more."""
    dropped = transaction.execute(
        _DROP_FIGURES,
        {
            "of_unit": held.unit,
            "of_form": held.form,
            "of_day": held.day,
            "of_submission": held.id,
        },
    )
    # The writer does a batch that fails again, each message by itself: the undo then
    # reads what the other node has committed.
    if not dropped.rowcount:
        raise Overtaken(f"other figures hold for {held.unit}, {held.form}, {held.day}")


def _hold(
    transaction: Transaction,
    fields: Sequence[str],
    submission: Submission,
    previous: Submission | None,
) -> None:
    """Have the figures of a submission hold from now on, in place of others."""
    key = submission.unit, submission.form, iso_day(submission.day)
    figures = list(zip(fields, submission.values, strict=True))
    if transaction.dialect == "postgresql" and previous is not None:
        # The writer does a batch that fails again, each message by itself.
        rows = [
            (value, submission.id, *key, field, previous.id) for field, value in figures
        ]
        transaction.add(_REPLACE, *rows)
        return
    put = _PUT_FIRST if transaction.dialect == "postgresql" else _PUT
    transaction.add(
        put, *[(*key, field, value, submission.id) for field, value in figures]
    )


def _spaced(values: Sequence[int]) -> str:
    """Figures as the history has them."""
    return " ".join(map(str, values))
