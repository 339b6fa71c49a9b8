"""Engines that keep their word: durable commits, checked when connecting.

SQLite runs in WAL mode with ``synchronous=FULL``, read back on every connection
that writes; PostgreSQL is refused with ``fsync`` or ``synchronous_commit`` off.
Transactions are begun explicitly, since pysqlite's own handling would commit a
leading savepoint.
"""

from __future__ import annotations

__all__ = [
    "StoreError",
    "begin_immediate",
    "file_identity",
    "in_words",
    "is_outage",
    "is_statement_error",
    "named",
    "plainly",
    "reading_engine",
    "sqlite_file",
    "writing_engine",
]

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool, QueuePool

from smscentre.errors import SMSCentreError

_LOCK_WAIT_MS = 500
"""How long one attempt waits for another writer; the caller tries again."""

_FULL = 2
"""The value of ``PRAGMA synchronous`` that syncs the WAL at every commit."""

_CHECKPOINT_PAGES = 16_000
"""Pages in the WAL before a commit also brings them home: 64 MB. A page that is
written again and again in between goes home once."""

_CACHE_KIB = 16_000

_READERS = 3

_NETWORK = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""A PostgreSQL that the network has cut off is lost after some 25 s, as one that has
ended is at once: left to the kernel, a commit would wait for a quarter of an hour."""

_SILENT_MOST = "60s"
"""How long PostgreSQL waits for the next word within a transaction. Of a writer whose
machine has died it hears no end: others would wait for its rows for hours."""

_OUTAGES = (exc.OperationalError, exc.InternalError, exc.InterfaceError)

_PRIMARY = 0xFF
"""The part of SQLite's result codes that says of which kind an error is."""

_TO_OPEN = "the file and its folder must belong to the account of the service"
_TO_RESTORE = "restore a copy, or name another file in database.url"
_ADVICE: dict[int | None, str] = {
    sqlite3.SQLITE_BUSY: "another program holds it",
    sqlite3.SQLITE_CANTOPEN: _TO_OPEN,
    sqlite3.SQLITE_READONLY: _TO_OPEN,
    sqlite3.SQLITE_FULL: "make room on its disk",
    sqlite3.SQLITE_IOERR: "look at its disk, which may be full or broken",
    sqlite3.SQLITE_CORRUPT: _TO_RESTORE,
    sqlite3.SQLITE_NOTADB: _TO_RESTORE,
}
"""What to do about errors of each kind."""


class StoreError(SMSCentreError):
    """The database cannot be used as it is: what is wrong, how to mend it."""


def is_outage(error: Exception) -> bool:
    """Tell a fault of the database from an error of the statement or its data.

    A lost connection, a lock, a full disk and an I/O error are the database's:
    the same statement succeeds later.
    """
    if isinstance(error, exc.DBAPIError):
        return error.connection_invalidated or isinstance(error, _OUTAGES)
    return isinstance(error, StoreError)


def is_statement_error(error: Exception) -> bool:
    """Tell an error of any statement, whoever is to blame, from other errors."""
    return isinstance(error, exc.StatementError | StoreError)


def in_words(error: exc.DBAPIError) -> str:
    """What a command says of an error in one line, and what to do about it."""
    if _kind_of(error) == sqlite3.SQLITE_BUSY:
        return "another program is using it; try again, or stop the service before"
    return plainly(error)


def plainly(error: exc.DBAPIError) -> str:
    """The database's own words for an error in one line, and what to do about it."""
    words = " ".join(str(error.orig).split())
    advice = _ADVICE.get(_kind_of(error))
    return f"{words}; {advice}" if advice else words


def _kind_of(error: exc.DBAPIError) -> int | None:
    """SQLite's result code without what it adds to it, None for a server."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else code & _PRIMARY


def named(url: URL) -> str:
    """Which database, to be shown: a file's path, or an address without an account."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    shown = URL.create(
        url.drivername, host=url.host, port=url.port, database=url.database
    )
    return shown.render_as_string()


def file_identity(engine: Engine) -> tuple[int, int] | None:
    """Which file a SQLite database is at this moment; None for a server.

    A file that was deleted or replaced still takes writes from whoever has it open.

    :raises StoreError: there is no such file any more
    """
    if engine.dialect.name != "sqlite" or engine.url.database is None:
        return None
    try:
        found = os.stat(engine.url.database)
    except OSError as error:
        raise StoreError(f"the database file is gone: {error}") from error
    return found.st_dev, found.st_ino


def writing_engine(url: str | URL, *, explicit: bool = False) -> Engine:
    """An engine for a connection that writes.

    With ``explicit`` the caller begins each transaction (`prepared.Driver.begin`);
    SQLAlchemy's hook for it would slow every statement down.
    """
    parsed = _existing(url)
    engine = _engine(parsed, poolclass=NullPool)
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite_writer)
        if not explicit:
            event.listen(engine, "begin", begin_immediate)
    else:
        event.listen(engine, "connect", _prepare_postgresql_writer)
    return engine


def reading_engine(url: str | URL) -> Engine:
    """An engine with a small pool, for pages and reports."""
    parsed = _existing(url)
    engine = _engine(parsed, poolclass=QueuePool, pool_size=_READERS, max_overflow=0)
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite_reader)
        event.listen(engine, "begin", _begin_deferred)
    else:
        event.listen(engine, "connect", _prepare_postgresql_reader)
    return engine


def sqlite_file(url: str | URL) -> Path | None:
    """The file of a SQLite database, None for another one.

    :raises StoreError: not a URL, or a database in memory
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise StoreError("database.url: a SQLite file is needed, not memory")
    return Path(parsed.database)


def _existing(url: str | URL) -> URL:
    """Parse a URL; refuse a SQLite file that is not there yet."""
    file = sqlite_file(url)
    if file is not None and not file.exists():
        raise StoreError(
            f"{file} does not exist: make it with 'smscentre --config FILE db upgrade'"
        )
    return _parsed(url)


def _parsed(url: str | URL) -> URL:
    try:
        return make_url(url)
    except (exc.ArgumentError, ValueError) as error:
        # The text is not shown: it may hold a password.
        raise StoreError("database.url: is not a URL of a database") from error


def _engine(url: URL, **pool: Any) -> Engine:
    try:
        # Errors are logged and shown by readiness: no numbers, no texts in them.
        return create_engine(url, hide_parameters=True, **pool, **_arguments(url))
    except ModuleNotFoundError as error:
        raise StoreError(
            f"database.url: its driver is not installed ({error.name}): "
            "pip install 'smscentre[postgresql]'"
        ) from error


def _spare_adapting() -> None:
    """Tell sqlite3 how values are bound which it would adapt in vain.

    It asks None, booleans and octets each time, at the cost of an exception: a
    twentieth of all that a message costs. This holds for the whole process, and what
    is stored is the same.
    """
    sqlite3.register_adapter(type(None), lambda nothing: nothing)
    sqlite3.register_adapter(bool, int)
    sqlite3.register_adapter(bytes, memoryview)


def _arguments(url: URL) -> dict[str, object]:
    if url.get_backend_name() == "sqlite":
        _spare_adapting()
        return {
            "connect_args": {
                "timeout": _LOCK_WAIT_MS / 1000,
                "isolation_level": None,
                "check_same_thread": False,
            }
        }
    return {"connect_args": _NETWORK}


def _prepare_sqlite_writer(connection: sqlite3.Connection, _record: object) -> None:
    mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    connection.execute("PRAGMA synchronous=FULL")
    synchronous = connection.execute("PRAGMA synchronous").fetchone()[0]
    if mode != "wal" or synchronous != _FULL:
        raise StoreError(
            f"SQLite refuses journal_mode=WAL (is {mode}) with synchronous=FULL "
            f"(is {synchronous}): is the file on a network share?"
        )
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA cache_size={-_CACHE_KIB}")


def _prepare_sqlite_reader(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA query_only=ON")


def begin_immediate(connection: Connection) -> None:
    """Begin a transaction that writes, on a database that has to be told."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _prepare_postgresql_writer(connection: Any, record: object) -> None:
    _check_postgresql(connection, record)
    # Within a transaction it would hold until that is rolled back.
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{_SILENT_MOST}'")
    connection.autocommit = False


def _prepare_postgresql_reader(connection: Any, record: object) -> None:
    # The check of the schema at every start reads, and so refuses to start as well.
    _check_postgresql(connection, record)
    connection.read_only = True


def _check_postgresql(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DBAPI connection
    for setting in ("fsync", "synchronous_commit"):
        cursor.execute(f"SHOW {setting}")
        value = cursor.fetchone()[0]
        if value == "off":
            cursor.close()
            raise StoreError(
                f"PostgreSQL has {setting} off: acknowledged messages could be "
                f"lost. Turn it on in postgresql.conf"
            )
    cursor.close()
    connection.rollback()  # type: ignore[attr-defined]  # a DBAPI connection
