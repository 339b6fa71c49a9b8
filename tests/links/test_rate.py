"""Tests for `smscentre.links.rate`."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.links.rate import TokenBucket

RATES = st.floats(0.1, 1000, allow_nan=False)
STEPS = st.lists(st.floats(0, 10, allow_nan=False), max_size=60)


class TokenBucketTests(SynchronousTestCase):
    """How many parts may go."""

    def test_a_rate_of_zero_is_no_limit(self) -> None:
        """Nothing is counted."""
        bucket = TokenBucket(0)
        for _ in range(100):
            bucket.take(0.0)
        self.assertIsNone(bucket.available(0.0))
        self.assertIsNone(bucket.next_at(0.0))

    def test_one_second_may_go_at_once(self) -> None:
        """Then nothing until a token has come."""
        bucket = TokenBucket(10)
        self.assertEqual(bucket.available(5.0), 10)
        for _ in range(10):
            bucket.take(5.0)
        self.assertEqual(bucket.available(5.0), 0)
        self.assertEqual(bucket.next_at(5.0), 5.1)

    def test_a_slow_link_may_send_one(self) -> None:
        """At one message in five seconds, the second waits for five."""
        bucket = TokenBucket(0.2)
        self.assertEqual(bucket.available(0.0), 1)
        bucket.take(0.0)
        self.assertEqual(bucket.next_at(0.0), 5.0)
        self.assertEqual(bucket.available(4.9), 0)
        self.assertEqual(bucket.available(5.0), 1)
        self.assertIsNone(bucket.next_at(5.0))

    def test_silence_saves_no_more_than_a_second(self) -> None:
        """An hour of silence gives the burst of one second."""
        bucket = TokenBucket(10)
        bucket.take(0.0)
        self.assertEqual(bucket.available(3600.0), 10)

    @given(RATES, STEPS)
    def test_never_more_than_the_rate(self, rate: float, steps: list[float]) -> None:
        """Whatever the pace of asking, no more goes than burst and rate allow."""
        bucket = TokenBucket(rate)
        now, taken = 0.0, 0
        for step in steps:
            now += step
            for _ in range(bucket.available(now) or 0):
                bucket.take(now)
                taken += 1
        self.assertLessEqual(taken, max(1.0, rate) + rate * now + 1e-3)

    @given(RATES, st.floats(0, 1e7))
    def test_the_moment_told_lets_one_go(self, rate: float, now: float) -> None:
        """Whoever waits until `next_at` waits no second time, whatever is rounded."""
        bucket = TokenBucket(rate)
        while bucket.available(now):
            bucket.take(now)
        moment = bucket.next_at(now)
        assert moment is not None
        self.assertEqual(bucket.available(moment), 1)
        self.assertIsNone(bucket.next_at(moment))
