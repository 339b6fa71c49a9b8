"""Tests for `smscentre.web.longreads`: what takes seconds keeps nobody from a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from smscentre.sections import WebConfig
from smscentre.web.longreads import LongReader, Turns
from smscentre.web.pace import Crowded, Pace
from smscentre.web.site import site
from tests.web.support import Wire
from tests.web.test_login import LoginTestCase

_YEAR = "/laporan/rutan.xlsx?dari=2023-06-01&sampai=2024-05-14&per=upt"


class Works:
    """Works that end when they are told to."""

    def __init__(self) -> None:
        self.begun: list[Deferred[str]] = []

    def begin(self) -> Deferred[str]:
        """Begin one."""
        work: Deferred[str] = Deferred()
        self.begun.append(work)
        return work


class TurnsTests(SynchronousTestCase):
    """One after the other."""

    def setUp(self) -> None:
        self.turns = Turns()
        self.works = Works()

    def ask(self) -> Deferred[str]:
        """Ask for one more work."""
        return Deferred.fromCoroutine(self.turns.run(self.works.begin))

    def test_one_at_a_time(self) -> None:
        """The next begins when the one before has ended, well or badly."""
        first, second, third = self.ask(), self.ask(), self.ask()
        self.assertEqual(len(self.works.begun), 1)
        self.works.begun[0].callback("one")
        self.assertEqual(self.successResultOf(first), "one")
        self.works.begun[1].errback(ValueError())
        self.failureResultOf(second, ValueError)
        self.works.begun[2].callback("three")
        self.assertEqual(self.successResultOf(third), "three")

    def test_who_has_gone(self) -> None:
        """His work goes on in its thread, so nobody else's begins before its end."""
        gone, stays = self.ask(), self.ask()
        gone.cancel()
        self.failureResultOf(gone, CancelledError)
        self.assertEqual(len(self.works.begun), 1)
        self.works.begun[0].callback("for nobody")
        self.works.begun[1].callback("page")
        self.assertEqual(self.successResultOf(stays), "page")

    def test_who_has_gone_before_his_turn(self) -> None:
        """Nothing is begun for him."""
        first, gone, last = self.ask(), self.ask(), self.ask()
        gone.cancel()
        self.failureResultOf(gone, CancelledError)
        self.works.begun[0].callback("one")
        self.assertEqual(self.successResultOf(first), "one")
        self.assertEqual(len(self.works.begun), 2)
        self.works.begun[1].callback("last")
        self.assertEqual(self.successResultOf(last), "last")

    def test_crowd(self) -> None:
        """Past a number that waits the next is refused at once."""
        asked = [self.ask() for _ in range(11)]
        self.failureResultOf(self.ask(), Crowded)
        self.works.begun[0].callback("one")
        self.assertNoResult(self.ask())
        self.assertNoResult(asked[-1])

    def test_one_that_cannot_begin(self) -> None:
        """The next has its turn."""

        def broken() -> Deferred[str]:
            raise ValueError

        failed = Deferred.fromCoroutine(self.turns.run(broken))
        self.failureResultOf(failed, ValueError)
        self.assertNoResult(self.ask())
        self.assertEqual(len(self.works.begun), 1)


class LongReaderTests(SynchronousTestCase):
    """What a long read costs, and whom."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.pages = Pace(self.clock, lambda: 0.0)
        self.own = self.pages.alike()
        self.begun: list[Callable[[Any], Any]] = []
        self.reader = LongReader(self, self.own, self.pages.noticed)

    def read(self, action: Callable[[Any], Any]) -> Deferred[Any]:
        """A reader's thread that does it at once."""
        self.begun.append(action)
        result: Deferred[Any] = Deferred()
        result.callback(action(None))
        return result

    def test_result(self) -> None:
        """It is the read's."""
        self.assertEqual(self.successResultOf(self.reader.read(lambda _: "ok")), "ok")

    def test_pages_do_not_pay(self) -> None:
        """Only the next long read waits for what the last one took."""
        self.own.spent(5.0)
        self.pages.noticed(5.0)
        self.successResultOf(Deferred.fromCoroutine(self.pages.turn()))
        waiting = self.reader.read(lambda _: "later")
        self.assertNoResult(waiting)
        for _ in range(1000):
            self.clock.advance(0.01)
        self.assertEqual(self.successResultOf(waiting), "later")
        self.assertEqual(self.clock.getDelayedCalls(), [])


class _Parked:
    """A reader whose reads do not end."""

    def __init__(self) -> None:
        self.begun = 0

    def read(self, action: Callable[[Any], Any]) -> Deferred[Any]:
        """Begin one."""
        self.begun += 1
        return Deferred()


class PeriodTests(LoginTestCase):
    """Years that many ask for, who need not even have logged in."""

    config = WebConfig(public_reports=True)

    def test_a_thread_is_left(self) -> None:
        """A day's report finds one; of the others some wait, the rest are refused."""
        reader = _Parked()
        self.site = site(evolve(self.means, reader=reader, long_reader=reader))
        wires = [self.ask(_YEAR) for _ in range(12)]
        self.assertEqual(reader.begun, 1)
        self.assertEqual(wires[-1].answer().status, 503)
        wires.append(self.ask("/laporan/rutan"))
        self.assertEqual(reader.begun, 2)
        for wire in wires:
            wire.close()

    def ask(self, path: str) -> Wire:
        """Ask for a path and wait for no answer."""
        wire = Wire(self.site)
        wire.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return wire
