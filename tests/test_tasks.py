"""Tests for `smscentre.tasks`."""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from smscentre.tasks import Tasks, attempt, shield


class AttemptTests(SynchronousTestCase):
    """A plain function at the border."""

    def test_success(self) -> None:
        """There is no error; arguments are passed through."""
        heard: list[object] = []
        self.assertIsNone(attempt(heard.append, 5))
        self.assertEqual(heard, [5])

    def test_failure(self) -> None:
        """The error comes back instead of passing through."""
        error = attempt(int, "x")
        self.assertIsInstance(error, ValueError)

    def test_an_exit_passes(self) -> None:
        """The wish to end is no failure."""

        def leave() -> None:
            raise SystemExit(1)

        self.assertRaises(SystemExit, attempt, leave)


class ShieldTests(SynchronousTestCase):
    """Work that goes on whoever waits for it."""

    def test_result_and_failure(self) -> None:
        """Who waits gets what comes of it."""
        good: Deferred[int] = Deferred()
        bad: Deferred[int] = Deferred()
        waiting = shield(good), shield(bad)
        good.callback(5)
        bad.errback(ValueError("on purpose"))
        self.assertEqual(self.successResultOf(waiting[0]), 5)
        self.failureResultOf(waiting[1], ValueError)

    def test_who_cancels_only_stops_waiting(self) -> None:
        """The work is not cancelled, and its failure is nobody's any more."""
        work: Deferred[int] = Deferred()
        waiting = shield(work)
        waiting.cancel()
        self.failureResultOf(waiting, CancelledError)
        self.assertFalse(work.called)
        work.errback(ValueError("on purpose"))
        self.assertIsNone(self.successResultOf(work))


class TasksTests(SynchronousTestCase):
    """Coroutines in the background."""

    def setUp(self) -> None:
        self.tasks = Tasks()
        self.log: list[str] = []

    async def wait(self, deferred: Deferred[None]) -> None:
        """Wait, and say how it ended."""
        try:
            await deferred
        except CancelledError:
            self.log.append("cancelled")
            raise
        self.log.append("done")

    def stop(self) -> Deferred[None]:
        """Stop all tasks."""
        return Deferred.fromCoroutine(self.tasks.stop())

    def test_a_task_runs_to_its_end(self) -> None:
        """From the moment it is started."""
        deferred: Deferred[None] = Deferred()
        self.tasks.start("wait", self.wait(deferred))
        self.assertEqual(self.log, [])
        deferred.callback(None)
        self.assertEqual(self.log, ["done"])
        self.successResultOf(self.stop())

    def test_a_failure_is_logged(self) -> None:
        """It ends that task and no other."""
        bad: Deferred[None] = Deferred()
        good: Deferred[None] = Deferred()
        self.tasks.start("bad", self.wait(bad))
        self.tasks.start("good", self.wait(good))
        bad.errback(ValueError("on purpose"))
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)
        good.callback(None)
        self.assertEqual(self.log, ["done"])

    def test_the_stop_cancels_and_waits(self) -> None:
        """Each task hears of it; none is logged."""
        for number in range(2):
            self.tasks.start(f"{number}", self.wait(Deferred()))
        self.successResultOf(self.stop())
        self.assertEqual(self.log, ["cancelled", "cancelled"])

    def test_the_stop_waits_for_a_slow_end(self) -> None:
        """A task may still tidy up."""
        tidy: Deferred[None] = Deferred()

        async def slow() -> None:
            try:
                await Deferred()
            finally:
                await tidy

        self.tasks.start("slow", slow())
        stopped = self.stop()
        self.assertNoResult(stopped)
        tidy.callback(None)
        self.successResultOf(stopped)

    def test_a_stop_with_nothing_running(self) -> None:
        """It is over at once."""
        self.successResultOf(self.stop())
