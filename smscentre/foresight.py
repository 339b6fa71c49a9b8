"""Whom a day's deadlines would remind, were they judged now; for the command line.

Reads the store and changes nothing. It shows what rounds would do, by the same rules.
"""

from __future__ import annotations

__all__ = ["reminder_lines"]

import datetime
from collections.abc import Iterator, Mapping

from smscentre.deadlines.schedule import Deadline, Schedule
from smscentre.deadlines.standing import Standing, reminders
from smscentre.directory import ZONES, Directory
from smscentre.store.ledger import StoreLedger
from smscentre.store.pages import ReadConnection
from smscentre.store.people import load_directory
from smscentre.store.transaction import Numbers, Transaction


def reminder_lines(
    connection: ReadConnection,
    schedule: Schedule,
    fields: Mapping[str, tuple[str, ...]],
    day: datetime.date,
) -> Iterator[str]:
    """A line for each deadline of a day that units have, below it one for each SMS."""
    transaction = Transaction(connection, Numbers())
    directory = load_directory(transaction)
    ledger = StoreLedger(transaction, directory, fields, {})
    for deadline in _deadlines(schedule, day):
        standing = Standing.of(
            deadline,
            directory,
            {
                (unit, due.form): stored_at
                for due in deadline.forms
                for unit, stored_at in ledger.reported(due.form, day).items()
            },
        )
        yield from _lines(deadline, standing, directory)


def _deadlines(schedule: Schedule, day: datetime.date) -> list[Deadline]:
    found = [deadline for zone in ZONES for deadline in schedule.on(zone, day)]
    return sorted(found, key=lambda deadline: deadline.at)


def _lines(
    deadline: Deadline, standing: Standing, directory: Directory
) -> Iterator[str]:
    if not standing.expected:
        return
    clock = ZONES[deadline.zone]
    remind_at = datetime.datetime.fromtimestamp(deadline.remind_at, clock)
    yield (
        f"{deadline.day} {deadline.time:%H:%M} {deadline.zone}: "
        f"{len(standing.missing)} of {len(standing.expected)} units lack a report; "
        f"reminders at {remind_at:%H:%M}"
    )
    for reminder in reminders(standing, directory):
        forms = ", ".join(reminder.forms)
        yield f"  {reminder.officer.number}  {reminder.unit}  {forms}"
