"""Tests for `smscentre.web.pace`: pages take what the links leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.server import Site

from smscentre.users import Role
from smscentre.web.pace import Crowded, Pace, PacedReader, charged
from smscentre.web.site import site
from tests.web.support import TOKENS, Wire
from tests.web.test_login import LoginTestCase


class PaceTests(SynchronousTestCase):
    """Turns, on a clock and a processor that are set."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.used_s = 0.0
        self.pace = Pace(self.clock, lambda: self.used_s)
        self.made: list[float] = []

    def ask(self, cost_s: float, address: str = "") -> Deferred[None]:
        """Ask for a page that takes so long to make."""
        return Deferred.fromCoroutine(self._make(cost_s, address))

    async def _make(self, cost_s: float, address: str) -> None:
        await self.pace.turn(address)
        self.made.append(self.clock.seconds())
        self.used_s += cost_s
        self.pace.spent(cost_s)
        self.pace.ended()

    def advance(self, seconds: float, others: float) -> None:
        """Let time pass, in which the others use a share of the processor."""
        for _ in range(round(seconds * 100)):
            self.used_s += 0.01 * others
            self.clock.advance(0.01)

    def test_a_few_pages_never_wait(self) -> None:
        """Whoever opens some pages gets them at once, however busy the links are."""
        self.advance(1, others=1.0)
        for _ in range(10):
            self.successResultOf(self.ask(0.03))

    def test_hammering_gets_a_tenth(self) -> None:
        """While the links are busy, pages get less than a tenth of the processor."""
        for number in range(150):
            self.ask(0.03, f"192.0.2.{number % 2}")
        self.advance(1, others=0.9)
        before = len(self.made)
        self.advance(10, others=0.9)
        self.assertLess((len(self.made) - before) * 0.03, 1.0)
        self.assertGreater(len(self.made) - before, 15)

    def test_gets_what_is_left(self) -> None:
        """While the links are idle, pages have most of the processor."""
        for number in range(190):
            self.ask(0.03, f"192.0.2.{number % 2}")
        self.advance(5, others=0.0)
        self.assertGreater(len(self.made) * 0.03, 3.0)

    def test_in_order(self) -> None:
        """Who asked first has his page first, and the last one gets his, too."""
        asked = [self.ask(0.2) for _ in range(6)]
        self.advance(1, others=0.5)
        done = [page.called for page in asked]
        self.assertEqual(done, sorted(done, reverse=True))
        self.assertFalse(done[-1])
        self.advance(60, others=0.5)
        self.assertTrue(all(page.called for page in asked))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_who_has_gone_is_forgotten(self) -> None:
        """A page that nobody waits for any more is not made."""
        self.ask(0.6)
        gone, stays = self.ask(0.1), self.ask(0.1)
        gone.addErrback(lambda failure: None)
        gone.cancel()
        self.advance(2, others=0.0)
        self.assertEqual(len(self.made), 2)
        self.assertTrue(stays.called)

    def test_many_at_once(self) -> None:
        """Few are begun before it is known what they take; then the next are."""
        asked = [Deferred.fromCoroutine(self.pace.turn()) for _ in range(100)]
        begun = [page for page in asked if page.called]
        self.assertLess(len(begun), 5)
        for _ in begun:
            self.pace.spent(0.4)
            self.pace.ended()
        self.advance(4, others=0.0)
        self.assertGreater(sum(page.called for page in asked), len(begun))

    def test_quick_ones(self) -> None:
        """What took next to nothing makes room for the next at once."""
        asked = [Deferred.fromCoroutine(self.pace.turn()) for _ in range(100)]
        for _ in asked:
            self.pace.spent(0.0001)
            self.pace.ended()
        self.assertTrue(all(page.called for page in asked))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_crowd(self) -> None:
        """Past a number of waiting pages the next is refused at once."""
        for number in range(201):
            self.ask(1.0, f"192.0.2.{number % 3}")
        self.failureResultOf(self.ask(1.0, "198.51.100.1"), Crowded)

    def test_crowd_of_one(self) -> None:
        """One address has a smaller number, which leaves room for the others."""
        for _ in range(101):
            self.ask(1.0)
        self.failureResultOf(self.ask(1.0), Crowded)
        self.assertNoResult(self.ask(1.0, "192.0.2.1"))

    def test_addresses_in_turn(self) -> None:
        """Who asks for one page does not wait for all that somebody else wants."""
        many = [self.ask(0.4, "192.0.2.1") for _ in range(90)]
        one = self.ask(0.1, "192.0.2.2")
        self.advance(3, others=0.0)
        self.assertTrue(one.called)
        self.assertLess(sum(page.called for page in many), 10)
        self.assertFalse(many[-1].called)


class SitePaceTests(LoginTestCase):
    """What a page of a site has its turn for."""

    def setUp(self) -> None:
        super().setUp()
        self.parked: list[Deferred[Any]] = []

    def park(self, action: Callable[[], Any]) -> Deferred[Any]:
        """A thread that never comes to it."""
        self.parked.append(Deferred())
        return self.parked[-1]

    def wire(self, served: Site, path: str) -> Wire:
        """Ask for a page as the administrator."""
        wire = Wire(served)
        self.addCleanup(wire.close)
        cookie = f"sesi={TOKENS[Role.ADMIN]}"
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}"
        wire.send(f"{head}\r\n\r\n".encode())
        return wire

    def test_not_over_before_it_is_made(self) -> None:
        """Many who ask at once do not all wait for the one thread that makes pages."""
        clock = Clock()
        served = site(evolve(self.means, make=self.park), Pace(clock, lambda: 0.0))
        for _ in range(50):
            self.wire(served, "/panduan")
        self.assertGreater(len(self.parked), 0)
        self.assertLess(len(self.parked), 5)

    def test_over_when_a_stream_begins(self) -> None:
        """Who watches the gateway for minutes takes nobody's turn."""
        clock = Clock()
        served = site(self.means, Pace(clock, lambda: 0.0))
        for _ in range(20):
            self.wire(served, "/gateway/arus")
        answer = self.wire(served, "/akun").answer()
        self.assertEqual(answer.status, 200)


class PacedReaderTests(SynchronousTestCase):
    """Reads that are counted."""

    def test_result_and_cost(self) -> None:
        """The result is the read's; what it took of the processor is heard."""
        spent: list[float] = []

        class Reader:
            def read(self, action):  # type: ignore[no-untyped-def]  # a stand-in
                return succeed(action(None))

        reader = PacedReader(Reader(), spent.append)
        found = reader.read(lambda connection: sum(range(1000)))
        self.assertEqual(self.successResultOf(found), 499_500)
        self.assertEqual(len(spent), 1)

    def test_who_has_gone_has_cost_as_much(self) -> None:
        """A read that is under way in its thread goes on, and is paid for."""
        spent: list[float] = []
        begun: list[Callable[[Any], Any]] = []

        class Reader:
            def read(self, action):  # type: ignore[no-untyped-def]  # a stand-in
                begun.append(action)
                return Deferred()

        gone = PacedReader(Reader(), spent.append).read(lambda connection: "page")
        gone.cancel()
        self.failureResultOf(gone, CancelledError)
        begun[0](None)
        self.assertEqual(len(spent), 1)

    def test_failures_cost_as_much(self) -> None:
        """What is asked for in vain is worked out as well."""
        spent: list[float] = []
        self.assertRaises(ZeroDivisionError, charged, lambda: 1 // 0, spent.append)
        self.assertEqual(charged(lambda: "ok", spent.append), "ok")
        self.assertEqual(len(spent), 2)
