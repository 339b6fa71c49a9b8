"""One read for all who ask."""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from smscentre.store.engine import StoreError
from smscentre.web.shared import Shared


class SharedTests(SynchronousTestCase):
    """Who asks, what is read, how long it is good."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.reads: list[Deferred[int]] = []
        self.shared = Shared(self.read, self.clock, good_for_s=2.0)

    def read(self) -> Deferred[int]:
        """Begin a read that the test ends."""
        self.reads.append(Deferred())
        return self.reads[-1]

    def test_one_read(self) -> None:
        """All who ask while it runs get the result of one read."""
        askers = [self.shared.get() for _ in range(3)]
        self.reads[0].callback(7)
        self.assertEqual([self.successResultOf(one) for one in askers], [7, 7, 7])
        self.assertEqual(len(self.reads), 1)

    def test_good_for_a_moment(self) -> None:
        """A result serves until it is too old."""
        first = self.shared.get()
        self.reads[0].callback(7)
        self.successResultOf(first)
        self.clock.advance(1.9)
        self.assertEqual(self.successResultOf(self.shared.get()), 7)
        self.clock.advance(0.2)
        self.assertNoResult(self.shared.get())
        self.assertEqual(len(self.reads), 2)

    def test_failure(self) -> None:
        """A failure reaches all who asked and is not kept."""
        askers = [self.shared.get() for _ in range(2)]
        self.reads[0].errback(StoreError("away"))
        for one in askers:
            self.failureResultOf(one, StoreError)
        self.assertNoResult(self.shared.get())
        self.assertEqual(len(self.reads), 2)

    def test_cancel(self) -> None:
        """Who gives up does not end the read for the others."""
        first, second = self.shared.get(), self.shared.get()
        first.cancel()
        self.failureResultOf(first, CancelledError)
        self.reads[0].callback(7)
        self.assertEqual(self.successResultOf(second), 7)

    def test_cancel_alone(self) -> None:
        """Nor does it begin another read while the first still runs."""
        first = self.shared.get()
        first.cancel()
        self.failureResultOf(first, CancelledError)
        second = self.shared.get()
        self.assertEqual(len(self.reads), 1)
        self.reads[0].callback(7)
        self.assertEqual(self.successResultOf(second), 7)
