"""Tests for `smscentre.store.engine` on SQLite; PostgreSQL has a module of its own."""

from __future__ import annotations

import sqlite3
from tempfile import TemporaryDirectory

from attrs import frozen
from sqlalchemy import LargeBinary, exc, literal, make_url, select, text
from twisted.trial.unittest import SynchronousTestCase

from smscentre.store.engine import (
    StoreError,
    begin_immediate,
    in_words,
    is_outage,
    is_statement_error,
    named,
    reading_engine,
    sqlite_file,
    writing_engine,
)
from tests.storecase import StoreTestCase


class WritingEngineTests(StoreTestCase):
    """Connections that write."""

    def test_commits_are_durable(self) -> None:
        """WAL, synced at every commit, and foreign keys are kept."""
        engine = writing_engine(self.url)
        self.addCleanup(engine.dispose)
        with engine.connect() as connection:
            for pragma, value in (
                ("journal_mode", "wal"),
                ("synchronous", 2),
                ("foreign_keys", 1),
            ):
                found = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
                self.assertEqual(found, value, pragma)

    def test_a_transaction_begins_by_itself(self) -> None:
        """It holds the lock from its first statement on, a read as well."""
        engine = writing_engine(self.url)
        self.addCleanup(engine.dispose)
        with engine.begin() as connection:
            connection.execute(text("SELECT 1"))
            self.assertLocked()

    def test_a_transaction_is_begun_explicitly(self) -> None:
        """Where the caller has asked for that."""
        engine = writing_engine(self.url, explicit=True)
        self.addCleanup(engine.dispose)
        with engine.begin() as connection:
            connection.execute(text("SELECT 1"))
            self.assertFalse(self.locked())
            begin_immediate(connection)
            self.assertLocked()

    def test_a_rolled_back_savepoint_takes_only_its_own(self) -> None:
        """The driver's own handling would have committed what came before."""
        engine = writing_engine(self.url)
        self.addCleanup(engine.dispose)
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO counters VALUES ('kept', 77)")
            with connection.begin_nested() as savepoint:
                connection.exec_driver_sql("INSERT INTO counters VALUES ('undone', 77)")
                savepoint.rollback()
            self.assertEqual(self.rows("SELECT 1 FROM counters WHERE value = 77"), [])
        names = self.rows("SELECT name FROM counters WHERE value = 77")
        self.assertEqual([row.name for row in names], ["kept"])

    def test_values_come_back_as_they_went(self) -> None:
        """Also those that the driver is spared to adapt."""
        engine = writing_engine(self.url)
        self.addCleanup(engine.dispose)
        values = (None, True, False, b"", b"a\0\xff", bytearray(b"b"), "", 7, 0.5)
        with engine.begin() as connection:
            for value in values:
                raw = "SELECT ?, typeof(?)"
                found, kind = connection.exec_driver_sql(raw, (value, value)).one()
                self.assertEqual(found, value, repr(value))
                expected = {bool: "integer", bytes: "blob", type(None): "null"}
                self.assertEqual(kind, expected.get(type(value), kind))
            octets = select(literal(b"x", LargeBinary)).where(literal(True))
            self.assertEqual(connection.execute(octets).scalar_one(), b"x")

    def locked(self) -> bool:
        """Whether another connection is kept from writing."""
        other = sqlite3.connect(self.database, timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        finally:
            other.close()
        return False

    def assertLocked(self) -> None:
        self.assertTrue(self.locked())


class ReadingEngineTests(StoreTestCase):
    """Connections that only read."""

    def test_writing_is_refused(self) -> None:
        """By the database itself."""
        engine = reading_engine(self.url)
        self.addCleanup(engine.dispose)
        with engine.connect() as connection, self.assertRaises(exc.OperationalError):
            connection.exec_driver_sql("DELETE FROM counters")

    def test_a_transaction_is_one_state(self) -> None:
        """What is committed meanwhile is not seen in the middle of a page."""
        engine = reading_engine(self.url)
        self.addCleanup(engine.dispose)
        query = text("SELECT count(*) FROM counters")
        with engine.begin() as connection:
            before = connection.execute(query).scalar()
            with sqlite3.connect(self.database) as other:
                other.execute("INSERT INTO counters VALUES ('new', 1)")
            other.close()
            self.assertEqual(connection.execute(query).scalar(), before)


class AddressTests(SynchronousTestCase):
    """URLs that cannot be used, told in words."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.absent = f"sqlite:///{folder.name}/absent.db"

    def refused(self, url: str) -> str:
        """What both engines say to a URL."""
        for make in (reading_engine, writing_engine):
            with self.assertRaises(StoreError) as caught:
                make(url)
        return str(caught.exception)

    def test_a_file_that_is_not_there(self) -> None:
        """It is not made in passing; the command that makes it is named."""
        self.assertIn("db upgrade", self.refused(self.absent))
        file = sqlite_file(self.absent)
        assert file is not None
        self.assertFalse(file.exists())

    def test_memory(self) -> None:
        """A database in memory would lose what was acknowledged."""
        for url in ("sqlite://", "sqlite:///:memory:"):
            self.assertIn("a SQLite file is needed", self.refused(url))

    def test_no_url(self) -> None:
        """The text is not repeated: it may hold a password."""
        for url in ("nonsense", "postgresql+psycopg://u:rahasia@host:port/name"):
            said = self.refused(url)
            self.assertIn("database.url", said)
            self.assertNotIn("rahasia", said)

    def test_only_sqlite_has_a_file(self) -> None:
        """PostgreSQL has none."""
        self.assertIsNone(sqlite_file("postgresql+psycopg://u@host/name"))


@frozen
class ErrorCase:
    """An error, and what it is taken for."""

    error: Exception
    outage: bool
    of_statement: bool


_CAUSE = Exception("cause")
ERRORS = (
    ErrorCase(exc.OperationalError("", {}, _CAUSE), True, True),
    ErrorCase(exc.InternalError("", {}, _CAUSE), True, True),
    ErrorCase(exc.InterfaceError("", {}, _CAUSE), True, True),
    ErrorCase(exc.DBAPIError("", {}, _CAUSE, connection_invalidated=True), True, True),
    ErrorCase(exc.IntegrityError("", {}, _CAUSE), False, True),
    ErrorCase(exc.DataError("", {}, _CAUSE), False, True),
    ErrorCase(exc.ProgrammingError("", {}, _CAUSE), False, True),
    ErrorCase(StoreError("synchronous_commit off"), True, True),
    ErrorCase(OverflowError("too large"), False, False),
    ErrorCase(ValueError("a command's"), False, False),
)


class ErrorTests(SynchronousTestCase):
    """Whose fault an error is."""

    def test_every_case(self) -> None:
        """The database's faults wait, the statement's do not."""
        for case in ERRORS:
            self.assertIs(is_outage(case.error), case.outage, case)
            self.assertIs(is_statement_error(case.error), case.of_statement, case)


@frozen
class WordsCase:
    """A result code of SQLite, and what shall be done about it."""

    code: int
    advice: str


WORDS = (
    WordsCase(sqlite3.SQLITE_BUSY, "stop the service before"),
    WordsCase(sqlite3.SQLITE_BUSY_SNAPSHOT, "stop the service before"),
    WordsCase(sqlite3.SQLITE_FULL, "make room on its disk"),
    WordsCase(sqlite3.SQLITE_READONLY, "its folder must belong to"),
    WordsCase(sqlite3.SQLITE_READONLY_DIRECTORY, "its folder must belong to"),
    WordsCase(sqlite3.SQLITE_CANTOPEN, "its folder must belong to"),
    WordsCase(sqlite3.SQLITE_NOTADB, "restore a copy"),
    WordsCase(sqlite3.SQLITE_CORRUPT, "restore a copy"),
    WordsCase(sqlite3.SQLITE_IOERR_WRITE, "look at its disk"),
)


class WordsTests(SynchronousTestCase):
    """What an operator reads of an error."""

    def test_each_says_what_to_do(self) -> None:
        """In one line, with nothing of the libraries between."""
        for case in WORDS:
            cause = sqlite3.OperationalError("what SQLite says")
            cause.sqlite_errorcode = case.code
            said = in_words(exc.OperationalError("SELECT 1", {}, cause))
            self.assertIn(case.advice, said)
            for words in ("SELECT", "sqlalche.me", "sqlite3."):
                self.assertNotIn(words, said)

    def test_others_keep_their_words(self) -> None:
        """Those of a server, whose lines become one."""
        cause = Exception("connection refused\n\tIs the server running?\n")
        said = in_words(exc.OperationalError("SELECT 1", {}, cause))
        self.assertEqual(said, "connection refused Is the server running?")

    def test_a_name_has_no_password(self) -> None:
        """A file is named by its path, a server by its address."""
        url = "postgresql+psycopg://ani:rahasia@db.example/centre"
        self.assertEqual(named(make_url("sqlite:////a/b.db")), "/a/b.db")
        self.assertEqual(named(make_url(url)), "postgresql+psycopg://db.example/centre")
