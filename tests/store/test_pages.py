"""What pages read of messages: queues, arrivals, the last ones, masked."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, exc, insert, text
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorFromThreads
from twisted.python.threadpool import ThreadPool
from twisted.trial.unittest import TestCase
from zope.interface import implementer

from smscentre.directory import Unit
from smscentre.store.engine import StoreError, reading_engine
from smscentre.store.pages import (
    ArrivalCount,
    LastMessage,
    Queue,
    Readers,
    arrival_counts,
    ended_badly,
    last_messages,
    queues,
)
from smscentre.store.tables import inbox, outbox
from tests.storecase import StoreTestCase

TODAY = datetime.date(2024, 5, 14)
YESTERDAY = TODAY - datetime.timedelta(1)


def unit(code: str, *kinds: str, **values: Any) -> Unit:
    """A unit of some kinds in the capital."""
    return Unit(code, f"U_{code}", "", "DKI", frozenset(kinds), **values)


def figure(code: str, form: str, day: datetime.date, value: int) -> dict[str, object]:
    """One reported figure, as a row."""
    return {
        "unit": code,
        "form": form,
        "day": day,
        "field": "tahanan_p",
        "value": value,
        "submission_id": 1,
    }


def arrival(row: int, **values: Any) -> dict[str, object]:
    """One arrival, as a row."""
    return {
        "id": row,
        "arrival_id": f"a-{row}",
        "link": "carrier",
        "bind": "b",
        "source": "628123456789",
        "number": "+628123456789",
        "destination": "1",
        "text": "RUTAN 82 54 36 39",
        "raw": b"",
        "state": "done",
        "outcome": "insert",
        "reason": "",
        "fingerprint": b"",
        "arrived_at": float(row),
        "matched": False,
        **values,
    }


def part(row: int, **values: Any) -> dict[str, object]:
    """One part in the outbox, as a row."""
    return {
        "id": row,
        "link": "carrier",
        "number": "+628123456789",
        "text": "x",
        "alphabet": "gsm7",
        "part_total": 1,
        "part_number": 1,
        "priority": 0,
        "state": "queued",
        "resent": False,
        "attempts": 0,
        "created_at": float(row),
        "due_at": float(row),
        "expires_at": 1e10,
        **values,
    }


class _PageReadsTestCase(StoreTestCase):
    def store(self, table: Any, *rows: dict[str, object]) -> None:
        """Write rows."""
        job = self.writer.perform(
            lambda transaction: transaction.execute(insert(table), list(rows)) and None
        )
        self.turn()
        self.successResultOf(job)

    def connect(self) -> Connection:
        """A connection as readers have it."""
        engine = reading_engine(self.url)
        self.addCleanup(engine.dispose)
        connection = engine.connect()
        self.addCleanup(connection.close)
        return connection


class QueuesTests(_PageReadsTestCase):
    """What waits to go out."""

    def test_empty(self) -> None:
        """An empty outbox has no queue."""
        self.assertEqual(queues(self.connect()), [])

    def test_by_link_and_state(self) -> None:
        """Waiting parts are counted with the oldest; what has ended is left out."""
        self.store(
            outbox,
            part(5),
            part(3),
            part(4, state="in_doubt"),
            part(1, state="sent"),
            part(7, link="modem-1"),
            part(8, priority=1),
        )
        expected = [
            Queue("carrier", 0, "in_doubt", 1, 4.0),
            Queue("carrier", 0, "queued", 2, 3.0),
            Queue("carrier", 1, "queued", 1, 8.0),
            Queue("modem-1", 0, "queued", 1, 7.0),
        ]
        self.assertEqual(queues(self.connect()), expected)

    def test_bad_ends(self) -> None:
        """Those that were put out since a moment are counted by their state."""
        self.store(
            outbox,
            part(1, state="failed"),
            part(2, state="failed"),
            part(3, state="expired"),
            part(4, state="failed"),
            part(5, state="delivered"),
            part(6, state="in_doubt"),
        )
        found = ended_badly(self.connect(), 2.0)
        self.assertEqual(found, {"failed": 2, "expired": 1})


class ArrivalsTests(_PageReadsTestCase):
    """Today's arrivals, and the last ones."""

    def test_counts_since(self) -> None:
        """Arrivals since a moment are counted, the most frequent first."""
        self.store(
            inbox,
            arrival(1),
            arrival(2, outcome="query"),
            arrival(3),
            arrival(4),
            arrival(5, state="silent", outcome=""),
        )
        expected = [
            ArrivalCount("done", "insert", 2),
            ArrivalCount("done", "query", 1),
            ArrivalCount("silent", "", 1),
        ]
        self.assertEqual(arrival_counts(self.connect(), 2.0), expected)

    def test_last(self) -> None:
        """The newest come first, no more than asked for, their senders masked."""
        self.store(inbox, *(arrival(row) for row in range(1, 6)))
        expected = [
            LastMessage(5, 5.0, "carrier", "+62812****789", "done", "insert"),
            LastMessage(4, 4.0, "carrier", "+62812****789", "done", "insert"),
        ]
        self.assertEqual(last_messages(self.connect(), 2), expected)

    def test_sender_without_number(self) -> None:
        """A sender that is no subscriber is masked too."""
        self.store(inbox, arrival(1, number=None, source="TELKOMSEL"))
        (message,) = last_messages(self.connect())
        self.assertEqual(message.sender, "TE****")


@implementer(IReactorFromThreads)
class _SameThread:
    """A reactor that is always in its own thread."""

    def callFromThread(
        self,
        callable: Callable[..., object],  # noqa: A002  # its name in the interface
        *args: object,
        **kwargs: object,
    ) -> None:
        """Call at once."""
        callable(*args, **kwargs)


class _Steps(ThreadPool):
    """A pool without threads: work waits until the test does it."""

    def __init__(self) -> None:
        super().__init__(0, 1)
        self.waiting: list[tuple[Any, Any, tuple[object, ...]]] = []
        self.log: list[str] = []

    def start(self) -> None:
        """Note the start."""
        self.log.append("start")

    def stop(self) -> None:
        """Note the end."""
        self.log.append("stop")

    def callInThreadWithCallback(
        self, onResult: Any, func: Any, *args: Any, **kw: Any
    ) -> None:
        """Keep the work."""
        self.waiting.append((onResult, func, args))

    def step(self) -> None:
        """Do the oldest work."""
        tell, function, arguments = self.waiting.pop(0)
        try:
            result = function(*arguments)
        except exc.SQLAlchemyError as error:
            tell(False, error)
        else:
            tell(True, result)


class ReadersTests(_PageReadsTestCase):
    """Reads wait for a thread and are awaited at the end."""

    def setUp(self) -> None:
        super().setUp()
        self.pool = _Steps()
        self.readers = Readers(reading_engine(self.url), _SameThread(), self.pool)
        self.readers.start()

    def test_result(self) -> None:
        """The Deferred fires with the result, only once a thread was free."""
        result = self.readers.read(queues)
        self.assertNoResult(result)
        self.pool.step()
        self.assertEqual(self.successResultOf(result), [])

    def test_only_reads(self) -> None:
        """A function that writes fails by the database itself."""
        result = self.readers.read(
            lambda connection: connection.execute(text("DELETE FROM inbox"))
        )
        self.pool.step()
        self.failureResultOf(result, exc.OperationalError)

    def test_stop_waits(self) -> None:
        """The threads end when the last read has ended, not before."""
        result = self.readers.read(queues)
        stopped = Deferred.fromCoroutine(self.readers.stop())
        self.assertNoResult(stopped)
        self.assertEqual(self.pool.log, ["start"])
        self.pool.step()
        self.assertEqual(self.successResultOf(result), [])
        self.successResultOf(stopped)
        self.assertEqual(self.pool.log, ["start", "stop"])

    def test_stop_waits_for_what_nobody_wants(self) -> None:
        """A read goes on in its thread although whoever asked has gone."""
        result = self.readers.read(queues)
        result.cancel()
        self.failureResultOf(result, CancelledError)
        stopped = Deferred.fromCoroutine(self.readers.stop())
        self.assertNoResult(stopped)
        self.assertEqual(self.pool.log, ["start"])
        self.pool.step()
        self.successResultOf(stopped)
        self.assertEqual(self.pool.log, ["start", "stop"])

    def test_read_after_stop(self) -> None:
        """A read is refused while and after stopping."""
        self.successResultOf(Deferred.fromCoroutine(self.readers.stop()))
        self.failureResultOf(self.readers.read(queues), StoreError)


class ReaderThreadsTests(StoreTestCase, TestCase):
    """The default pool, with real threads."""

    async def test_own_thread(self) -> None:
        """A read runs in a thread that is not the reactor's and holds up no exit."""
        from twisted.internet import reactor

        from_threads = IReactorFromThreads(reactor)
        readers = Readers(reading_engine(self.url), from_threads)
        readers.start()
        try:
            thread = await readers.read(lambda _: threading.current_thread())
        finally:
            await readers.stop()
        self.assertIsNot(thread, threading.current_thread())
        self.assertTrue(thread.daemon)
        self.assertFalse(thread.is_alive())
