"""Tests for `smscentre.links.reconnect`, on a clock and with a fake endpoint."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, frozen
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from smscentre.links.reconnect import (
    FIRST_DELAY_S,
    JITTER,
    LONGEST_DELAY_S,
    STOOD_S,
    Backoff,
    Ending,
    Reconnecting,
    dialler,
)
from tests.links.fakes import FakeEndpoint

TEN_MINUTES_S = 600


class FakeSession(Protocol):
    """A session whose end is the test's doing."""

    def __init__(self) -> None:
        self.ended: Deferred[Ending] = Deferred()
        self.finishing = False

    def finish(self) -> None:
        self.finishing = True

    def end(self, ending: Ending) -> None:
        """Be over."""
        self.ended.callback(ending)


class ReconnectingTestCase(SynchronousTestCase):
    """A service that has made its first attempt; no jitter but what a test sets."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.endpoint = FakeEndpoint(self.clock)
        self.sessions: list[FakeSession] = []
        self.jitter = 0.0
        self.service = Reconnecting(
            "carrier",
            dialler(self.endpoint, self.build),
            self.clock,
            lambda: self.jitter,
        )
        self.service.startService()

    def build(self) -> FakeSession:
        """A new session."""
        session = FakeSession()
        self.sessions.append(session)
        return session

    def connect(self) -> FakeSession:
        """Let the newest attempt succeed; its session."""
        self.endpoint.accept()
        return self.sessions[-1]

    def wait_for_attempt(self) -> float:
        """Go to the next attempt; how long that took."""
        (call,) = self.clock.getDelayedCalls()
        delay = call.getTime() - self.clock.seconds()
        self.clock.advance(delay)
        return delay


class ReconnectingTests(ReconnectingTestCase):
    """When the next attempt is made."""

    def test_the_first_attempt_is_made_at_once(self) -> None:
        """The start waits for nothing."""
        self.assertEqual(self.endpoint.times, [0.0])

    def test_delays_double_up_to_a_minute(self) -> None:
        """A peer that refuses is asked less and less often."""
        delays = []
        for _ in range(8):
            self.endpoint.refuse()
            delays.append(self.wait_for_attempt())
        self.assertEqual(delays, [1, 2, 4, 8, 16, 32, 60, 60])

    def test_jitter_adds_a_tenth_at_most(self) -> None:
        """So that links do not all come back in the same instant."""
        self.jitter = 1.0
        self.endpoint.refuse()
        self.assertAlmostEqual(self.wait_for_attempt(), FIRST_DELAY_S * (1 + JITTER))

    def test_a_session_that_stood_ends_the_back_off(self) -> None:
        """The next attempt comes after the first delay again."""
        for _ in range(5):
            self.endpoint.refuse()
            self.wait_for_attempt()
        session = self.connect()
        stood_since = self.clock.seconds()
        self.clock.advance(STOOD_S)
        session.end(Ending("lost", stood_since))
        self.assertEqual(self.wait_for_attempt(), FIRST_DELAY_S)

    def test_a_session_that_fell_soon_does_not(self) -> None:
        """Nor does a connection without a session, however long it was open."""
        self.connect().end(Ending("lost", 0.0))
        self.assertEqual(self.wait_for_attempt(), 1)
        session = self.connect()
        stood_since = self.clock.seconds()
        self.clock.advance(STOOD_S - 0.1)
        session.end(Ending("lost", stood_since))
        self.assertEqual(self.wait_for_attempt(), 2)
        session = self.connect()
        self.clock.advance(100)
        session.end(Ending("never bound"))
        self.assertEqual(self.wait_for_attempt(), 4)

    def test_an_ending_may_ask_for_more_patience(self) -> None:
        """As after a wrong password; a longer back-off stands."""
        self.connect().end(Ending("wrong password", wait_s=300))
        self.assertEqual(self.wait_for_attempt(), 300)
        for _ in range(6):
            self.endpoint.refuse()
            self.wait_for_attempt()
        self.connect().end(Ending("already bound", wait_s=30))
        self.assertEqual(self.wait_for_attempt(), LONGEST_DELAY_S)

    def test_a_session_that_ends_in_its_first_breath(self) -> None:
        """An end before the endpoint has told of the connection is an end too."""
        attempt, _ = self.endpoint.attempts[-1]
        session = self.build()
        session.end(Ending("at once"))
        attempt.callback(session)
        self.wait_for_attempt()
        self.assertEqual(len(self.endpoint.attempts), 2)

    def test_no_attempt_while_one_is_pending(self) -> None:
        """Time alone makes no second socket."""
        self.clock.advance(1000)
        self.assertEqual(len(self.endpoint.attempts), 1)

    def test_no_attempt_while_a_session_stands(self) -> None:
        """Nor while it takes its leave."""
        session = self.connect()
        self.clock.advance(1000)
        session.finish()
        self.clock.advance(1000)
        self.assertEqual(len(self.endpoint.attempts), 1)


class StopTests(ReconnectingTestCase):
    """The end of the service, whatever it was doing."""

    def tearDown(self) -> None:
        self.clock.advance(1000)
        self.assertEqual(len(self.endpoint.attempts), 1)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_while_connecting(self) -> None:
        """The attempt is cancelled and nothing follows."""
        self.successResultOf(self.service.stopService())
        self.assertEqual(self.endpoint.cancelled, 1)

    def test_while_waiting(self) -> None:
        """The next attempt is not made."""
        self.endpoint.refuse()
        self.successResultOf(self.service.stopService())

    def test_while_a_session_stands(self) -> None:
        """It takes its leave, and the stop is over when it is gone."""
        session = self.connect()
        stopped = self.service.stopService()
        self.assertTrue(session.finishing)
        self.assertNoResult(stopped)
        session.end(Ending("unbound", 0.0))
        self.successResultOf(stopped)

    def test_an_attempt_that_succeeds_after_the_stop(self) -> None:
        """An endpoint that does not heed the cancelling leaves no session behind."""
        self.endpoint.heeds_cancelling = False
        stopped = self.service.stopService()
        (session,) = self.sessions
        self.assertTrue(session.finishing)
        self.assertNoResult(stopped)
        session.end(Ending("unbound"))
        self.successResultOf(stopped)


@define
class Carrier:
    """A peer that never lets a session stand, by what it does to a connection.

    ``seconds`` is how long it takes, ``ending`` what the session reports.
    """

    name: str
    most: int
    ending: Callable[[float], Ending] | None = None
    seconds: float = 0.0


CARRIERS = (
    Carrier("refuses TCP", 16),
    Carrier("refuses the bind", 16, lambda now: Ending("refused")),
    Carrier("accepts and drops", 16, lambda now: Ending("dropped")),
    Carrier("binds and drops", 16, lambda now: Ending("dropped", now)),
    Carrier("already bound", 21, lambda now: Ending("already bound", wait_s=30)),
    Carrier("wrong password", 3, lambda now: Ending("wrong password", wait_s=300)),
)


class PatienceTests(SynchronousTestCase):
    """No carrier is hammered, whatever it does."""

    def attempts(
        self, carrier: Carrier, seconds: float, jitter: float = 0.0
    ) -> list[float]:
        """When a carrier is asked, within so many seconds."""
        clock = Clock()
        endpoint = FakeEndpoint(clock)
        sessions: list[FakeSession] = []

        def build() -> FakeSession:
            sessions.append(FakeSession())
            return sessions[-1]

        dial = dialler(endpoint, build)
        service = Reconnecting("carrier", dial, clock, lambda: jitter)
        service.startService()
        while True:
            if carrier.ending is None:
                endpoint.refuse()
            else:
                endpoint.accept()
                sessions[-1].end(carrier.ending(clock.seconds()))
            (call,) = clock.getDelayedCalls()
            if call.getTime() > seconds:
                break
            clock.advance(call.getTime() - clock.seconds())
        self.successResultOf(service.stopService())
        return endpoint.times

    def test_the_first_ten_minutes(self) -> None:
        """A bounded number of connects, each carrier its own."""
        for carrier in CARRIERS:
            with self.subTest(carrier=carrier.name):
                times = self.attempts(carrier, TEN_MINUTES_S)
                self.assertLessEqual(len(times), carrier.most)
                self.assertGreater(len(times), 1)

    def test_jitter_is_a_tenth(self) -> None:
        """It puts each attempt off by so much at most, and never brings one forward."""
        for carrier in CARRIERS:
            with self.subTest(carrier=carrier.name):
                exact = self.attempts(carrier, TEN_MINUTES_S)
                late = self.attempts(carrier, TEN_MINUTES_S, jitter=1.0)
                self.assertLessEqual(len(late), len(exact))
                for one, other in zip(exact, late, strict=False):
                    self.assertAlmostEqual(other, one * (1 + JITTER))

    def test_wrong_credentials_once_in_five_minutes(self) -> None:
        """However long they stay wrong."""
        (carrier,) = (one for one in CARRIERS if one.name == "wrong password")
        times = self.attempts(carrier, 6 * TEN_MINUTES_S)
        self.assertEqual(times, [300.0 * count for count in range(13)])

    def test_afterwards_one_a_minute(self) -> None:
        """At most, for as long as it lasts."""
        for carrier in CARRIERS:
            with self.subTest(carrier=carrier.name):
                times = self.attempts(carrier, 3 * TEN_MINUTES_S)
                late = [time for time in times if time > TEN_MINUTES_S]
                self.assertLessEqual(len(late), 20)


@frozen
class Attempt:
    """How one attempt went, in the property below."""

    stood: float | None
    wait: float


ATTEMPTS = st.lists(
    st.builds(
        Attempt,
        st.none() | st.floats(0, STOOD_S, exclude_max=True),
        st.sampled_from([0.0, 30.0, 300.0]),
    ),
    max_size=30,
)


class BackoffTests(SynchronousTestCase):
    """Delays as numbers."""

    @given(ATTEMPTS, st.floats(0, 1))
    def test_never_shorter_than_before(
        self, attempts: list[Attempt], jitter: float
    ) -> None:
        """Until a session stands, patience only grows, within its bounds."""
        backoff, now, least = Backoff(lambda: jitter), 0.0, 0.0
        for attempt in attempts:
            since = None if attempt.stood is None else now - attempt.stood + 1e-6
            delay = backoff.next(Ending("over", since, attempt.wait), now)
            self.assertGreaterEqual(delay, max(least, attempt.wait))
            most = max(LONGEST_DELAY_S, attempt.wait) * (1 + JITTER)
            self.assertLessEqual(delay, most)
            if not attempt.wait:
                least = min(delay, LONGEST_DELAY_S)
            now += delay
