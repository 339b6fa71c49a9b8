"""Tests for `smscentre.threads`: on real threads, which is what it is about."""

from __future__ import annotations

from threading import Event

from twisted.internet import reactor
from twisted.trial.unittest import TestCase

from smscentre.threads import Lane


class LaneTests(TestCase):
    """Functions that run one after the other, away from the reactor."""

    timeout = 30

    async def test_runs(self) -> None:
        """A function's result comes; its thread ends with the lane."""
        lane = Lane(reactor, "lane")  # type: ignore[arg-type]  # a module by its type
        lane.start()
        self.assertEqual(await lane.run(lambda: 5), 5)
        await lane.stop()

    async def test_end_waits_in_no_reactor(self) -> None:
        """The reactor goes on while what runs comes to its end."""
        lane = Lane(reactor, "lane")  # type: ignore[arg-type]  # a module by its type
        lane.start()
        gate = Event()
        self.addCleanup(gate.set)
        ran = lane.run(gate.wait)
        stopped = lane.stop()
        self.assertFalse(stopped.called)
        gate.set()
        await stopped
        self.assertTrue(await ran)
