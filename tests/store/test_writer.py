"""The writer: batches, withdrawal, guilty works, and a database that is away."""

from __future__ import annotations

import resource
import signal
import sqlite3
from collections.abc import Callable

from sqlalchemy import Connection, event, exc, insert, select, update
from twisted.internet.defer import Deferred

from smscentre.errors import SMSCentreError
from smscentre.store.engine import writing_engine
from smscentre.store.prepared import Overtaken
from smscentre.store.tables import counters
from smscentre.store.transaction import Statement, Transaction
from smscentre.store.work import Job, Work
from smscentre.store.writer import (
    BATCH,
    MARK_DELAY_S,
    SHARE,
    Unavailable,
    Writer,
)
from tests.storecase import StoreTestCase, at_once

_PUT = Statement(insert(counters), ("name", "value"))
_SET = update(counters).where(counters.c.name == "a")


def put(name: str | None, value: int = 0) -> Job[None]:
    """A work that adds a row; a name of None breaks the table's rule."""
    return Job(lambda transaction: transaction.add(_PUT, (name, value)))


def of_sender(
    sender: str, name: str, heard: Callable[[str], None] = lambda name: None
) -> Job[None]:
    """A work of a sender that adds a row and tells that it was done."""

    def add(transaction: Transaction) -> None:
        heard(name)
        transaction.add(_PUT, (name, 0))

    job = Job(add)
    job.sender = sender
    return job


class WriterTests(StoreTestCase):
    """What waits is committed together, each piece whole or not at all."""

    def names(self) -> list[str]:
        """The names stored by the test's own works."""
        rows = self.rows(select(counters.c.name).order_by(counters.c.name))
        return [row.name for row in rows if row.name not in ("row", "directory")]

    def give(self, *works: Work) -> None:
        """Put works and let the writer do them all."""
        for work in works:
            self.writer.put(work)
        self.turn()

    def test_one_batch(self) -> None:
        """What waits together is committed in one transaction."""
        self.give(put("a"), put("b"), put("c"))
        self.assertEqual(self.names(), ["a", "b", "c"])
        self.assertEqual(self.batches.sizes, [3])

    def test_result(self) -> None:
        """A job's Deferred fires with what its function returned."""
        job = Job(lambda transaction: transaction.new_id())
        self.give(job)
        self.assertEqual(self.successResultOf(job.outcome), 1)

    def test_read_sees_rows_added_before(self) -> None:
        """A read flushes what the works before it added."""
        seen = Job(
            lambda transaction: transaction.first(
                select(counters.c.value).where(counters.c.name == "a")
            )
        )
        self.give(put("a", 7), seen)
        self.assertEqual(self.successResultOf(seen.outcome).value, 7)

    def test_guilty_work_alone_fails(self) -> None:
        """A row that breaks a rule fails its own work and no other."""
        bad = put(None)
        self.give(put("a"), bad, put("b"))
        self.failureResultOf(bad.outcome)
        self.assertEqual(self.names(), ["a", "b"])
        self.assertEqual(self.writer.waiting, 0)

    def test_work_that_raises_alone_fails(self) -> None:
        """An error of a work undoes what it added and nothing else."""

        def add_and_raise(transaction: Transaction) -> None:
            transaction.add(_PUT, ("never", 0))
            raise SMSCentreError("on purpose")

        bad: Job[None] = Job(add_and_raise)
        self.give(put("a"), bad, put("b"))
        self.failureResultOf(bad.outcome, SMSCentreError)
        self.assertEqual(self.names(), ["a", "b"])

    def test_overtaken_work_is_done_anew(self) -> None:
        """Another node may be faster several times, but not for ever."""
        tries: list[int] = []

        def overtaken(most: int) -> int:
            tries.append(most)
            if len(tries) < most:
                raise Overtaken("another node was faster")
            return len(tries)

        done = self.writer.perform(lambda transaction: overtaken(5))
        self.turn()
        self.assertEqual(self.successResultOf(done), 5)
        never = self.writer.perform(lambda transaction: overtaken(1000))
        self.turn()
        self.failureResultOf(never, Overtaken)

    def test_one_sender_has_a_share(self) -> None:
        """The other's work is in the first batch, behind whatever a sender puts."""
        flood = [of_sender("flood", f"a{at:04}") for at in range(3 * BATCH)]
        for work in (*flood, of_sender("other", "b"), put("c")):
            self.writer.put(work)
        self.writer.turn()
        first = [f"a{at:04}" for at in range(SHARE)]
        self.assertEqual(self.names(), [*first, "b", "c"])
        self.turn()
        self.assertEqual(len(self.names()), len(flood) + 2)
        self.assertEqual(set(self.batches.sizes), {SHARE, SHARE + 2})
        self.assertEqual(self.writer.waiting, 0)

    def test_a_senders_works_keep_their_order(self) -> None:
        """None overtakes another one of the same sender, whoever stands between."""
        done: list[str] = []
        for at in range(3 * SHARE):
            for sender in ("a", "b"):
                name = f"{sender}{at:04}"
                self.writer.put(of_sender(sender, name, done.append))
        self.turn()
        for sender in ("a", "b"):
            own = [name for name in done if name.startswith(sender)]
            self.assertEqual(own, sorted(own))
        self.assertEqual(len(done), 6 * SHARE)
        self.assertEqual(self.batches.sizes, [2 * SHARE] * 3)

    def test_withdrawn_work_is_not_done(self) -> None:
        """A work that was taken back before it began has no effect."""
        work = put("a")
        self.writer.put(work)
        self.assertTrue(self.writer.withdraw(work))
        self.turn()
        self.assertEqual(self.names(), [])
        self.assertEqual(self.writer.waiting, 0)

    def test_done_work_cannot_be_withdrawn(self) -> None:
        """A work that is committed cannot be taken back."""
        work = put("a")
        self.give(work)
        self.assertFalse(self.writer.withdraw(work))

    def test_mark_rides_with_a_batch(self) -> None:
        """A mark is written with the next batch, before its works."""
        self.give(put("a", 1))
        self.writer.mark(Statement(_SET.values(value=9), ()), ())
        self.give(put("b"))
        self.assertEqual(self.batches.sizes, [1, 2])
        self.clock.advance(MARK_DELAY_S)

    def test_mark_wakes_the_writer(self) -> None:
        """A mark without company wakes the writer after its delay."""
        self.writer.mark(_PUT, ("a", 0))
        self.clock.advance(MARK_DELAY_S)
        self.writer.wait()
        self.turn()
        self.assertEqual(self.names(), ["a"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_young_mark_waits_its_own_time(self) -> None:
        """A mark that came after a batch does not wake the writer for the first's."""
        self.writer.mark(_PUT, ("a", 0))
        self.give(put("c"))
        self.clock.advance(MARK_DELAY_S * 0.8)
        self.writer.mark(_PUT, ("b", 0))
        self.clock.advance(MARK_DELAY_S * 0.4)
        [call] = self.clock.getDelayedCalls()
        self.assertAlmostEqual(call.getTime(), MARK_DELAY_S * 1.8)
        self.clock.advance(MARK_DELAY_S)
        self.writer.wait()
        self.turn()
        self.assertEqual(self.names(), ["a", "b", "c"])

    def test_mark_alone_waits_for_company(self) -> None:
        """A mark is no reason to commit before its delay: work may come and wait."""
        self.writer.mark(_PUT, ("a", 0))
        self.assertFalse(self.writer.turn())
        self.give(put("b"))
        self.assertEqual(self.batches.sizes, [2])
        self.clock.advance(MARK_DELAY_S)

    def test_numbers_are_unique_after_a_failure(self) -> None:
        """A block of numbers taken by a transaction that failed is not used."""
        taken: list[int] = []

        def take_and_fail(transaction: Transaction) -> None:
            taken.append(transaction.new_id())
            raise SMSCentreError("on purpose")

        first: Job[None] = Job(take_and_fail)
        second = Job(lambda transaction: transaction.new_id())
        third = Job(lambda transaction: transaction.new_id())
        self.give(first, second, third)
        self.failureResultOf(first.outcome)
        numbers = [self.successResultOf(job.outcome) for job in (second, third)]
        self.assertEqual(len(set(numbers)), 2)


class OutageTests(StoreTestCase):
    """A database that is away keeps everything waiting and loses nothing."""

    def stored(self, outcome: Deferred[None]) -> bool:
        """Whether a work is settled."""
        return outcome.called

    def test_locked(self) -> None:
        """A locked database leaves works waiting, free to be withdrawn."""
        work, other = put("a"), put("b")
        self.writer.put(work)
        self.writer.put(other)
        with sqlite3.connect(self.database, isolation_level=None) as blocker:
            blocker.execute("BEGIN EXCLUSIVE")
            self.assertRaises(Unavailable, self.writer.turn)
            self.assertFalse(self.stored(work.outcome))
            self.assertTrue(self.writer.withdraw(other))
            blocker.execute("ROLLBACK")
        blocker.close()
        self.turn()
        self.successResultOf(work.outcome)
        names = [row.name for row in self.rows("SELECT name FROM counters")]
        self.assertIn("a", names)
        self.assertNotIn("b", names)

    def test_full_disk(self) -> None:
        """A full disk stops the batch; it is committed whole once there is room."""
        size = self.database.stat().st_size
        wal = self.database.with_name(self.database.name + "-wal")
        limit = max(size, wal.stat().st_size if wal.exists() else 0) + 8192
        works = [put(f"{number:04}" + "x" * 2000) for number in range(100)]
        for work in works:
            self.writer.put(work)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            self.assertRaises(Unavailable, self.writer.turn)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
            signal.signal(signal.SIGXFSZ, ignored)
        self.assertFalse(any(work.outcome.called for work in works))
        self.assertEqual(self.rows("SELECT count(*) FROM counters")[0][0], 2)
        self.turn()
        for work in works:
            self.successResultOf(work.outcome)
        self.assertEqual(self.rows("SELECT count(*) FROM counters")[0][0], 102)
        self.assertEqual(self.rows("PRAGMA integrity_check")[0][0], "ok")

    def test_unknown_commit_is_not_forgotten(self) -> None:
        """A work whose commit may have failed unseen is done again."""
        engine = writing_engine(self.url, explicit=True)
        lost = exc.OperationalError(
            "COMMIT", {}, OSError(), connection_invalidated=True
        )

        def lose(_connection: Connection) -> None:
            event.remove(engine, "commit", lose)
            raise lost

        event.listen(engine, "commit", lose)
        self.writer = Writer(engine, at_once, self.clock, self.batches)
        self.addCleanup(self.writer.close)
        work = put("a")
        self.writer.put(work)
        self.assertRaises(Unavailable, self.writer.turn)
        self.assertFalse(self.writer.withdraw(work))
        self.turn()
        self.successResultOf(work.outcome)
        self.assertEqual(self.writer.waiting, 0)

    def test_file_deleted(self) -> None:
        """A deleted file takes nothing more; what waits is stored when it is back."""
        self.writer.put(put("a"))
        self.turn()
        away = self.database.with_name("away.db")
        with sqlite3.connect(self.database) as copy:
            copy.execute("VACUUM INTO ?", (str(away),))
        copy.close()
        self.database.unlink()
        work = put("b")
        self.writer.put(work)
        self.assertRaises(Unavailable, self.writer.turn)
        self.assertFalse(self.stored(work.outcome))
        self.assertFalse(self.database.exists())
        for leftover in ("-wal", "-shm"):
            self.database.with_name(self.database.name + leftover).unlink(True)
        away.rename(self.database)
        self.turn()
        self.successResultOf(work.outcome)
        names = {row.name for row in self.rows("SELECT name FROM counters")}
        self.assertLessEqual({"a", "b"}, names)

    def test_unknown_commit_is_checked(self) -> None:
        """An arrival whose commit succeeded unseen is found, not done again."""
        found: list[str] = []

        class Known(Work):
            arrival_id = "carrier-1:1"

            def run(self, transaction: Transaction) -> None:
                raise AssertionError("done twice")

            def found(self, transaction: Transaction) -> None:
                found.append(self.arrival_id)

        self.writer.perform(
            lambda transaction: transaction.connection.exec_driver_sql(
                "INSERT INTO inbox (id, arrival_id, link, bind, source, destination,"
                " text, raw, state, outcome, reason, fingerprint, arrived_at, matched)"
                " VALUES (1, 'carrier-1:1', 'carrier', 'b', '', '', '', x'', 'done',"
                " '', '', x'', 0, 0)"
            )
        )
        self.turn()
        work = Known()
        work.unknown = True
        self.writer.put(work)
        self.turn()
        self.assertEqual(found, ["carrier-1:1"])
