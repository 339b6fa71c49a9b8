"""Tests for `smscentre.traffic`."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.traffic import Traffic


class TrafficTests(SynchronousTestCase):
    """Counters read every ten seconds."""

    def setUp(self) -> None:
        self.counts = {"carrier": (100, 50), "modem": (0, 0)}
        self.traffic = Traffic(lambda: dict(self.counts))

    def sample(self, now: float, came: int, went: int) -> None:
        """Read the counters once the carrier has brought and taken so many more."""
        before = self.counts["carrier"]
        self.counts["carrier"] = before[0] + came, before[1] + went
        self.traffic.sample(now)

    def test_before_the_first(self) -> None:
        """Nothing is known."""
        self.assertIsNone(self.traffic.last_minute("carrier"))

    def test_what_was_counted_before_does_not_count(self) -> None:
        """The first reading is where it begins."""
        self.sample(0.0, 7, 7)
        self.assertEqual(self.traffic.last_minute("carrier"), (0, 0))

    def test_a_minute(self) -> None:
        """What is older than a minute is left out."""
        for now in range(0, 61, 10):
            self.sample(float(now), 2, 1)
        self.assertEqual(self.traffic.last_minute("carrier"), (12, 6))
        self.sample(70.0, 0, 0)
        self.assertEqual(self.traffic.last_minute("carrier"), (10, 5))
        for now in range(80, 141, 10):
            self.sample(float(now), 0, 0)
        self.assertEqual(self.traffic.last_minute("carrier"), (0, 0))

    def test_each_link_by_itself(self) -> None:
        """The modem carried nothing."""
        self.sample(0.0, 0, 0)
        self.sample(10.0, 3, 2)
        self.assertEqual(self.traffic.last_minute("carrier"), (3, 2))
        self.assertEqual(self.traffic.last_minute("modem"), (0, 0))
