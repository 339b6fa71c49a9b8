"""Tests for `smscentre.threads`: what runs beside the reactor never holds it up."""

from __future__ import annotations

from threading import Event
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import TestCase

from smscentre.threads import Lane

_PATIENCE_S = 5.0


class LaneTests(TestCase):
    """One thread, with work that ends when it is told to."""

    def setUp(self) -> None:
        self.go = Event()
        self.addCleanup(self.go.set)
        installed: Any = reactor
        self.lane = Lane(installed, "test-lane")
        self.lane.start()

    def work(self) -> Deferred[bool]:
        """Begin a work; whether it was told to end."""
        return self.lane.run(lambda: self.go.wait(_PATIENCE_S))

    async def test_the_end_waits_elsewhere(self) -> None:
        """Who ends a lane goes on at once; it ends after all that it was given."""
        first, second = self.work(), self.work()
        stopping = Deferred.fromCoroutine(self.lane.stop())
        self.assertNoResult(stopping)
        self.go.set()
        await stopping
        self.assertEqual([await first, await second], [True, True])

    async def test_an_end_that_is_not_waited_for(self) -> None:
        """A work that does not end is left alone."""
        work = self.work()
        stopping = Deferred.fromCoroutine(self.lane.stop())
        stopping.cancel()
        self.failureResultOf(stopping, CancelledError)
        self.go.set()
        self.assertTrue(await work)
        await self.lane.stop()
