"""How things stand is read every few seconds, and told to the metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gauges import LAG_S, Gauges
from smscentre.metrics import Metrics
from smscentre.store.engine import reading_engine
from smscentre.store.pages import ReadConnection
from tests.storecase import StoreTestCase
from tests.web.support import FakeReader, FakeStatus

_NOW = 1_700_000_000.0


class SlowReader:
    """Reads that end when the test says so."""

    def __init__(self) -> None:
        self.reads: list[Deferred[Any]] = []

    def read(self, action: Callable[[ReadConnection], Any]) -> Deferred[Any]:
        """Begin a read."""
        self.reads.append(Deferred())
        return self.reads[-1]


class SlowStoreTests(SynchronousTestCase):
    """A store that takes longer than the time between two measurements."""

    def setUp(self) -> None:
        self.reader = SlowReader()
        self.gauges = Gauges(
            Metrics("1.0", ["carrier"]),
            FakeStatus(),
            self.reader,
            Clock(),
            lambda: _NOW,
        )

    def test_reads_do_not_pile_up(self) -> None:
        """One at a time, so that pages find a thread."""
        for _ in range(3):
            self.gauges.measure_store()
        self.assertEqual(len(self.reader.reads), 1)

    def test_it_goes_on(self) -> None:
        """After a read that failed as well."""
        self.gauges.measure_store()
        self.reader.reads[0].errback(OSError("on purpose"))
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 1)
        self.gauges.measure_store()
        self.assertEqual(len(self.reader.reads), 2)


class GaugesTests(StoreTestCase):
    """What is told."""

    def setUp(self) -> None:
        super().setUp()
        engine = reading_engine(self.url)
        self.addCleanup(engine.dispose)
        self.clock = Clock()
        self.metrics = Metrics("1.0", ["carrier"])
        self.gauges = Gauges(
            self.metrics, FakeStatus(), FakeReader(engine), self.clock, lambda: _NOW
        )

    def page(self) -> str:
        """What is measured, as a page."""
        return self.metrics.render().decode()

    def test_the_store(self) -> None:
        """Nothing waits in a new one."""
        self.gauges.measure_store()
        self.assertIn('smscentre_outbox_messages{state="queued"} 0.0', self.page())

    def test_the_lag(self) -> None:
        """By how much a call is later than it was due."""
        self.gauges.start()
        self.clock.advance(LAG_S + 0.25)
        self.gauges.measure_lag()
        self.assertIn("smscentre_reactor_lag_seconds_sum 0.25", self.page())
