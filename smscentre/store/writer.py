"""The one writer: everything that waits goes into one transaction.

While a batch commits the next one collects, so an idle centre commits each
message at once and a busy one commits hundreds together; no timer is needed.
The writer knows pieces of work and no stage: what a message means is decided by
the work itself, in `Work.run`.
"""

from __future__ import annotations

__all__ = ["BATCH", "MARK_DELAY_S", "SHARE", "Unavailable", "Writer", "WriterObserver"]

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Lock
from time import perf_counter
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine, exc
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from smscentre import failpoints
from smscentre.errors import SMSCentreError
from smscentre.store.engine import file_identity, is_outage, plainly
from smscentre.store.prepared import Overtaken
from smscentre.store.transaction import Numbers, Row, Statement, Transaction
from smscentre.store.unseen import Attempt, known_arrivals, number_of, outcome_of
from smscentre.store.work import BEGUN, Job, Steward, Work, WorkState
from smscentre.tasks import attempt

T = TypeVar("T")

_Mark = tuple[Statement, Row]

BATCH = 200
"""Pieces of work in one transaction at most."""

SHARE = 10
"""Pieces of work of one sender among them at most, in their order: whatever a number
floods the centre with, the others wait for no more. A window of the usual size holds no
more of one sender."""

_OVERTAKEN_MOST = 10
"""So often may another node be faster until a piece of work cannot be done."""

MARK_DELAY_S = 0.05
"""How long a mark waits for a batch to ride with."""

_log = Logger(namespace="smscentre.store.writer")


class Unavailable(SMSCentreError):
    """The database could not be used; what waited still waits."""


class WriterObserver(Protocol):
    """Hears how the writer fares, in the writer's thread."""

    def committed(self, size: int, seconds: float) -> None:
        """A batch of `size` works and marks took `seconds`, commit included."""


class Writer:
    """Collects work from the reactor's thread and commits it in batches.

    `turn` does what waits and may run in any one thread; `store.thread` gives
    it one of its own.
    """

    def __init__(
        self,
        engine: Engine,
        to_reactor: Callable[..., object],
        clock: IReactorTime,
        observer: WriterObserver,
    ) -> None:
        """:param engine: one whose transactions are begun explicitly"""
        self._engine = engine
        self._to_reactor = to_reactor
        self._clock = clock
        self._observer = observer
        self._queue: SimpleQueue[Work | None] = SimpleQueue()
        self._taken: deque[Work] = deque()
        self._marks: deque[_Mark] = deque()
        self._marks_due = False
        """Whether the marks have waited long enough for company. Writer's thread."""
        self._nudge: IDelayedCall | None = None
        self._marked_at = 0.0
        """When the first of the marks that wait was made. Reactor's thread."""
        self._lock = Lock()
        self._connection: Connection | None = None
        self._file: tuple[int, int] | None = None
        self._attempt: Attempt | None = None
        """The transaction that is open, or has just failed."""
        self._unseen: Attempt | None = None
        """One that may be committed: the answer was lost with the connection."""
        self._numbers = Numbers()
        self.waiting = 0
        """Works put and not yet settled or withdrawn. Reactor's thread."""

    # In the reactor's thread.

    def put(self, work: Work) -> None:
        """Have a piece of work done as soon as the writer is free."""
        self.waiting += 1
        self._queue.put(work)

    def perform(self, action: Callable[[Transaction], T]) -> Deferred[T]:
        """Run a function in a transaction; fires with its result."""
        job = Job(action)
        self.put(job)
        return job.outcome

    def mark(self, statement: Statement, row: Row) -> None:
        """Have a row written with the next batch, or a moment later."""
        if not self._marks:
            self._marked_at = self._clock.seconds()
        self._marks.append((statement, row))
        if self._nudge is None:
            self._nudge = self._clock.callLater(MARK_DELAY_S, self._wake_for_marks)

    def withdraw(self, work: Work) -> bool:
        """Take back a work that is not begun; False when it is too late."""
        with self._lock:
            if work.state is not WorkState.WAITING:
                return False
            work.state = WorkState.WITHDRAWN
        self.waiting -= 1
        return True

    def close_intake(self) -> None:
        """Wake the writer for the last time: nothing more will be put."""
        if self._nudge is not None:
            self._nudge.cancel()
            self._nudge = None
        self._queue.put(None)

    def _wake_for_marks(self) -> None:
        """Have marks written by themselves, unless they are younger than they may be.

        The ones for which this call was made rode with a batch; a commit for those
        that came since would only keep the next batch waiting.
        """
        self._nudge = None
        if self._marks:
            left = self._marked_at + MARK_DELAY_S - self._clock.seconds()
            if left <= 0:
                self._queue.put(None)
            else:
                self._nudge = self._clock.callLater(left, self._wake_for_marks)

    def _settle(self, settled: Sequence[tuple[Work, Exception | None]]) -> None:
        self.waiting -= len(settled)
        for work, error in settled:
            if error is None:
                trouble = attempt(work.done)
            else:
                trouble = attempt(work.failed, error)
            if trouble is not None:
                _log.error(
                    "work could not be settled: {error!r}",
                    error=trouble,
                    work=type(work).__name__,
                )

    # In the writer's thread.

    def wait(self) -> None:
        """Block until something was put."""
        if not self._taken:
            self._take(self._queue.get())

    def turn(self) -> bool:
        """Commit one batch of what waits; False when nothing is due.

        Marks alone are not, until they have waited: a commit for them would keep
        waiting whatever comes while it syncs.

        :raises Unavailable: the database cannot be used; nothing was lost
        """
        self._collect()
        if self._unseen is not None:
            self._see_again(self._unseen)
            return True
        if not self._taken and not (self._marks and self._marks_due):
            return False
        batch: list[Work] = []
        marks: list[_Mark] = []
        self._marks_due = False
        started = perf_counter()
        error = attempt(self._commit_waiting, batch, marks)
        if error is None:
            self._to_reactor(self._settle, [(work, None) for work in batch])
        else:
            self._roll_back(error, batch, marks)
            self._redo(batch, marks)
        self._observer.committed(len(batch) + len(marks), perf_counter() - started)
        return True

    def close(self) -> None:
        """Give up the connection."""
        self._disconnect()
        self._engine.dispose()

    def _take(self, work: Work | None) -> None:
        if work is None:
            self._marks_due = True
        elif not work.withdrawn:
            self._taken.append(work)

    def _collect(self) -> None:
        """Take what was put; what was taken back meanwhile is forgotten."""
        if any(work.withdrawn for work in self._taken):
            self._taken = deque(work for work in self._taken if not work.withdrawn)
        # All of it: behind what one sender has put there may be the others' work.
        while not self._queue.empty():
            self._take(self._queue.get())

    def _connected(self) -> Connection:
        file = file_identity(self._engine)
        if self._connection is None or file != self._file:
            self._disconnect()
            self._numbers.forget()
            self._connection = self._engine.connect()
            self._file = file
        return self._connection

    @contextmanager
    def _transaction(
        self, works: Sequence[Work], marks: Sequence[_Mark] = ()
    ) -> Iterator[Transaction]:
        """One transaction; if it fails, `_roll_back` is to be called next."""
        connection = self._connected()
        transaction = Transaction(connection, self._numbers)
        self._attempt = attempted = Attempt(transaction, works, marks)
        with connection.begin():
            transaction.begin()
            yield transaction
            transaction.flush()
            failpoints.hit("before-commit")
            attempted.number = number_of(transaction)
            attempted.asked = True
        self._attempt = None
        failpoints.hit("after-commit")
        transaction.committed()

    def _see_again(self, unseen: Attempt) -> None:
        """Ask for an outcome; without one the works are looked for one by one."""
        error = attempt(self._see, unseen)
        if error is not None:
            self._roll_back(error, (), ())
            self._unseen = None
            unseen.transaction.undone()

    def _see(self, unseen: Attempt) -> None:
        """Learn what became of a commit whose answer was lost."""
        committed = outcome_of(self._connected(), unseen.number)
        self._unseen = None
        if committed:
            unseen.transaction.committed()
            done = set(unseen.works)
            self._taken = deque(work for work in self._taken if work not in done)
            # They are the first again. Done twice they might undo a claim after them.
            for _ in unseen.marks:
                self._marks.popleft()
            self._to_reactor(self._settle, [(work, None) for work in unseen.works])
            return
        unseen.transaction.undone()
        if committed is None:
            return
        with self._lock:
            for work in unseen.works:
                work.unknown, work.state = False, WorkState.WAITING

    def _commit_waiting(self, batch: list[Work], marks: list[_Mark]) -> None:
        """Begin, and only then take the works: until here they can be withdrawn."""
        with self._transaction(batch, marks) as transaction:
            self._begin(batch)
            while self._marks:
                marks.append(self._marks.popleft())
            for statement, row in marks:
                transaction.add(statement, row)
            self._run(transaction, batch)

    def _begin(self, batch: list[Work]) -> None:
        """Take works in their order, of no sender more than a share."""
        shares: dict[str, int] = {}
        beyond: list[Work] = []
        with self._lock:
            while self._taken and len(batch) < BATCH:
                work = self._taken.popleft()
                if work.withdrawn:
                    continue
                share = shares.get(work.sender, 0) + 1
                if work.sender and share > SHARE:
                    beyond.append(work)
                    continue
                shares[work.sender] = share
                work.state = BEGUN
                batch.append(work)
        self._taken.extendleft(reversed(beyond))

    def _run(self, transaction: Transaction, batch: Sequence[Work]) -> None:
        known = known_arrivals(transaction, batch)
        stewards: dict[Steward, list[Work]] = {}
        for work in batch:
            if work.steward is not None and work.arrival_id not in known:
                stewards.setdefault(work.steward, []).append(work)
        for steward, works in stewards.items():
            steward.prepare(transaction, works)
        for work in batch:
            if work.arrival_id in known:
                work.found(transaction)
            else:
                work.run(transaction)

    def _roll_back(
        self, error: Exception, batch: Sequence[Work], marks: Sequence[_Mark]
    ) -> None:
        """Return to a known state after an error; the transaction is undone.

        :raises Unavailable: the error is the database's, so everything waits
        """
        self._numbers.forget()
        lost = isinstance(error, exc.DBAPIError) and error.connection_invalidated
        failed, self._attempt = self._attempt, None
        in_doubt = failed if failed is not None and lost and failed.asked else None
        if in_doubt is not None and in_doubt.number:
            self._unseen = in_doubt
        elif failed is not None:
            failed.transaction.undone()
        if not is_outage(error):
            return
        self._disconnect()
        doubtful = set(in_doubt.works if in_doubt else ())
        with self._lock:
            for work in batch:
                work.unknown = work.unknown or work in doubtful
                work.state = BEGUN if work.unknown else WorkState.WAITING
        self._marks.extendleft(reversed(marks))
        self._marks_due = self._marks_due or bool(marks)
        self._taken.extendleft(reversed(batch))
        words = plainly(error) if isinstance(error, exc.DBAPIError) else error
        raise Unavailable(f"the database cannot be used: {words}") from error

    def _redo(self, batch: Sequence[Work], marks: Sequence[_Mark]) -> None:
        """Do one by one what failed together, and name the guilty."""
        for mark in marks:
            error = attempt(self._commit_marks, [mark])
            if error is not None:
                self._roll_back(error, batch, marks)
                _log.error("a mark could not be stored: {error}", error=error)
        for done, work in enumerate(batch):
            error = attempt(self._commit_one, work)
            for _ in range(_OVERTAKEN_MOST):
                if not isinstance(error, Overtaken):
                    break
                self._roll_back(error, batch[done:], ())
                error = attempt(self._commit_one, work)
            if error is not None:
                self._roll_back(error, batch[done:], ())
                _log.warn(
                    "{work} failed: {error}", work=type(work).__name__, error=error
                )
                error = attempt(self._commit_blame, work, error)
            if error is not None:
                self._roll_back(error, batch[done:], ())
                work.state = WorkState.FAILED
            self._to_reactor(self._settle, [(work, error)])

    def _commit_marks(self, marks: Sequence[_Mark]) -> None:
        with self._transaction([]) as transaction:
            for statement, row in marks:
                transaction.add(statement, row)

    def _commit_one(self, work: Work) -> None:
        with self._transaction([work]) as transaction:
            self._run(transaction, [work])

    def _commit_blame(self, work: Work, error: Exception) -> None:
        with self._transaction([work]) as transaction:
            work.blame(transaction, error)

    def _disconnect(self) -> None:
        """Drop the connection: after a failed sync its handle is not trusted."""
        connection, self._connection = self._connection, None
        if connection is not None:
            attempt(connection.close)
