"""Work on the database beside a running service, for the command line.

One connection, one transaction, then everything is closed again. What the work is, is
the caller's business.
"""

from __future__ import annotations

__all__ = ["change_store", "read_store"]

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine, exc

from smscentre.store.engine import (
    StoreError,
    in_words,
    named,
    reading_engine,
    writing_engine,
)
from smscentre.store.schema_revision import check_schema
from smscentre.store.transaction import Numbers, Transaction

_ATTEMPTS = 20
"""Each waits half a second for a service that is writing."""

T = TypeVar("T")


def read_store(url: str, action: Callable[[Connection], T]) -> T:
    """Read the database, which may be in use.

    :raises StoreError: the database is missing or of another version
    """
    engine = reading_engine(url)
    try:
        check_schema(engine)
        with engine.begin() as connection:
            return action(connection)
    finally:
        engine.dispose()


def change_store(url: str, work: Callable[[Transaction], T]) -> T:
    """Do a piece of work in a transaction of its own, which an error takes back.

    :raises StoreError: the database cannot be used, or was lost with its answer
    """
    engine = writing_engine(url)
    try:
        check_schema(engine)
        return _attempt(engine, work)
    finally:
        engine.dispose()


def _attempt(engine: Engine, work: Callable[[Transaction], T]) -> T:
    """Commit the work, again if a service that writes was in the way.

    A commit is not tried again: it may have been done, and twice is too often.
    """
    for left in reversed(range(_ATTEMPTS)):
        commits = False
        try:
            with engine.begin() as connection:
                transaction = Transaction(connection, Numbers())
                result = work(transaction)
                transaction.flush()
                commits = True
                return result
        except exc.OperationalError as error:
            words = in_words(error)
            if commits:
                raise StoreError(
                    "it is not known whether this was done: look before you ask for "
                    f"it again; the database failed to say so: {words}"
                ) from error
            if not left:
                raise StoreError(
                    f"the database {named(engine.url)} cannot be written: {words}"
                ) from error
    raise AssertionError("the last attempt returns or raises")
