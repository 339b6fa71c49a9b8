"""Tests for `smscentre.store.thread`: a real thread over a real SQLite file.

The reactor's thread is the test's: it takes one call after the other from a queue.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from queue import SimpleQueue

from sqlalchemy import insert
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from smscentre.store.checkpoints import Checkpoints
from smscentre.store.engine import writing_engine
from smscentre.store.tables import counters
from smscentre.store.thread import WriterThread
from smscentre.store.transaction import Statement
from smscentre.store.writer import Writer
from tests.storecase import StoreTestCase

_PATIENCE_S = 30
"""How long a test waits for what should come at once, before it fails."""

_PUT = Statement(insert(counters), ("name", "value"))


class Commits:
    """Hears of each commit in the writer's thread; may break there."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def committed(self, size: int, seconds: float) -> None:
        """Break, if the test has said so."""
        if self.error is not None:
            raise self.error


class WriterThreadTests(StoreTestCase):
    """The writer in a thread of its own."""

    def setUp(self) -> None:
        super().setUp()
        self.calls: SimpleQueue[tuple[Callable[..., object], tuple[object, ...]]]
        self.calls = SimpleQueue()
        self.heard: list[str] = []
        self.commits = Commits()
        engine = writing_engine(self.url, explicit=True)
        self.writer = Writer(engine, self.call, Clock(), self.commits)
        self.thread = WriterThread(
            self.writer,
            Checkpoints(engine),
            self.call,
            self.heard.append,
        )
        self.ended: Deferred[None] | None = None
        self.thread.start()
        self.blocker = sqlite3.connect(self.database, isolation_level=None)
        self.addCleanup(self.blocker.close)

    def call(self, action: Callable[..., object], *arguments: object) -> None:
        """Stand in for callFromThread."""
        self.calls.put((action, arguments))

    def run_until(self, condition: Callable[[], object]) -> None:
        """Do what the thread has asked for until something is so."""
        while not condition():
            action, arguments = self.calls.get(timeout=_PATIENCE_S)
            action(*arguments)

    def put(self, name: str) -> Deferred[None]:
        """Have a row written."""
        return self.writer.perform(lambda transaction: transaction.add(_PUT, (name, 0)))

    def stop(self) -> None:
        """Stop the thread and wait for its end."""
        self.ended = self.thread.stop()
        self.run_until(lambda: self.ended is not None and self.ended.called)
        self.successResultOf(self.ended)

    def tearDown(self) -> None:
        if self.ended is None:
            self.stop()

    def names(self) -> set[str]:
        """What the tests have stored."""
        rows = self.rows("SELECT name FROM counters")
        return {row.name for row in rows} - {"row", "directory"}

    def test_work_is_done(self) -> None:
        """Without anyone turning the writer."""
        stored = self.put("a")
        self.run_until(lambda: stored.called)
        self.assertEqual(self.names(), {"a"})
        self.assertEqual(self.heard, [])

    def test_the_stop_commits_what_waits(self) -> None:
        """All that was put before it."""
        stored = [self.put(f"{number}") for number in range(500)]
        self.stop()
        self.assertEqual(len(self.names()), 500)
        for outcome in stored:
            self.successResultOf(outcome)

    def test_a_mark_is_not_lost_by_the_stop(self) -> None:
        """It is committed although its delay is not over."""
        self.writer.mark(_PUT, ("mark", 0))
        self.stop()
        self.assertEqual(self.names(), {"mark"})

    def test_a_locked_database_is_told_once(self) -> None:
        """With its reason; then that it can be used again, and nothing is lost."""
        self.blocker.execute("BEGIN IMMEDIATE")
        stored = self.put("a")
        self.run_until(lambda: self.heard)
        (reason,) = self.heard
        self.assertIn("locked", reason)
        self.assertNoResult(stored)
        self.blocker.execute("ROLLBACK")
        self.run_until(lambda: len(self.heard) > 1)
        self.assertEqual(self.heard[1:], [""])
        self.run_until(lambda: stored.called)
        self.assertEqual(self.names(), {"a"})

    def test_the_reason_holds_no_text_of_a_message(self) -> None:
        """It is logged and shown to whoever asks for readiness."""
        self.blocker.execute("BEGIN IMMEDIATE")
        self.put("a secret")
        self.run_until(lambda: self.heard)
        self.assertNotIn("secret", self.heard[0])
        self.blocker.execute("ROLLBACK")

    def test_the_stop_does_not_wait_for_a_locked_database(self) -> None:
        """What waited is dropped: none of it was acknowledged."""
        self.blocker.execute("BEGIN IMMEDIATE")
        stored = self.put("a")
        self.run_until(lambda: self.heard)
        self.stop()
        self.assertNoResult(stored)
        self.blocker.execute("ROLLBACK")
        self.assertEqual(self.names(), set())

    def test_an_end_that_nobody_meant(self) -> None:
        """It is told as a database that cannot be used, and the stop still ends."""
        self.commits.error = ValueError("on purpose")
        self.put("a")
        self.run_until(lambda: self.heard)
        (reason,) = self.heard
        self.assertIn("on purpose", reason)
        self.stop()
