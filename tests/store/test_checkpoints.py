"""SQLite's log comes home beside the writer."""

from __future__ import annotations

import sqlite3
import threading
from threading import Event
from time import monotonic

from sqlalchemy import create_engine, event
from twisted.logger import ILogObserver, LogEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import provider

from smscentre.store.checkpoints import Checkpoints
from smscentre.store.engine import writing_engine
from tests.storecase import StoreTestCase

_PATIENCE_S = 30
_TURNS = 100


class CheckpointsTests(StoreTestCase):
    """A thread that copies the WAL into the database."""

    def setUp(self) -> None:
        super().setUp()
        self.connection = sqlite3.connect(self.database, isolation_level=None)
        self.addCleanup(self.connection.close)
        self.connection.execute("PRAGMA wal_autocheckpoint=0")
        engine = writing_engine(self.url, explicit=True)
        self.done = Event()
        event.listen(engine, "close", lambda *_: self.done.set())
        self.checkpoints = Checkpoints(engine)
        self.checkpoints.start()
        self.addCleanup(self.checkpoints.stop)

    def put(self, name: str) -> None:
        """Commit a row."""
        self.connection.execute("INSERT INTO counters VALUES (?, 0)", (name,))

    def at_home(self) -> set[str]:
        """The rows in the database's own file, whatever is in the log."""
        alone = sqlite3.connect(f"file:{self.database}?immutable=1", uri=True)
        try:
            rows = alone.execute("SELECT name FROM counters").fetchall()
        finally:
            alone.close()
        return {name for (name,) in rows} - {"row", "directory"}

    def turn(self, done: Event | None = None) -> None:
        """Let the writer have turned, and wait for the checkpoint or its failure."""
        self.done.clear()
        for _ in range(_TURNS):
            self.checkpoints.turned()
        self.assertTrue((done or self.done).wait(_PATIENCE_S))

    def test_it_comes_home(self) -> None:
        """While the writer's connection stays open."""
        self.put("a")
        self.assertEqual(self.at_home(), set())
        self.turn()
        self.assertEqual(self.at_home(), {"a"})
        self.put("b")
        self.turn()
        self.assertEqual(self.at_home(), {"a", "b"})

    def test_a_transaction_is_not_waited_for(self) -> None:
        """What is committed comes home, and the one that is open goes on."""
        self.put("a")
        self.connection.execute("BEGIN IMMEDIATE")
        self.put("b")
        self.turn()
        self.assertEqual(self.at_home(), {"a"})
        self.connection.execute("COMMIT")

    def test_a_fault_ends_nothing(self) -> None:
        """The next one finds what is left."""
        self.put("a")
        away = self.database.with_suffix(".away")
        self.database.rename(away)
        failed = Event()

        @provider(ILogObserver)
        def observe(told: LogEvent) -> None:
            if "no checkpoint" in str(told.get("log_format")):
                failed.set()

        globalLogPublisher.addObserver(observe)
        self.addCleanup(globalLogPublisher.removeObserver, observe)
        self.turn(failed)
        self.assertFalse(self.database.exists())
        away.rename(self.database)
        self.turn()
        self.assertEqual(self.at_home(), {"a"})

    def test_the_end(self) -> None:
        """It ends at once, whether it has begun or not."""
        began = monotonic()
        self.checkpoints.stop()
        Checkpoints(writing_engine(self.url)).stop()
        self.assertLess(monotonic() - began, _PATIENCE_S)


class OtherDatabaseTests(SynchronousTestCase):
    """PostgreSQL."""

    def test_nothing_to_do(self) -> None:
        """There is no thread, and nobody connects."""
        engine = create_engine("postgresql+psycopg://nobody@/none?host=/nowhere")
        checkpoints = Checkpoints(engine)
        before = threading.active_count()
        checkpoints.start()
        self.assertEqual(threading.active_count(), before)
        for _ in range(_TURNS):
            checkpoints.turned()
        checkpoints.stop()
