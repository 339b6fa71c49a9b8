"""The HTTP server: wall time in the Date header, limits, headers, log."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

from twisted.internet.task import Clock
from twisted.logger import LogLevel, capturedLogs
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource
from twisted.web.server import Request

from smscentre.web.server import EACH_MOST, MAX_BODY_OCTETS, OPEN_MOST, Site
from tests.web.support import NOW, Answer, Wire, ask, get, peer

WEEK_S = 7 * 86400


class _Echo(Resource):
    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        """Answer with a fixed text."""
        return b"hello"

    def render_POST(self, request: Request) -> bytes:
        """Answer with the length of the body."""
        return str(len(request.content.read())).encode() if request.content else b""


class _Broken(Resource):
    isLeaf = True

    def render(self, request: Request) -> bytes:
        """Fail."""
        raise ZeroDivisionError


class _SiteTestCase(SynchronousTestCase):
    def setUp(self) -> None:
        # As after a start of the machine: the reactor's clock counts from there.
        self.clock = Clock()
        self.clock.advance(WEEK_S)
        self.site = Site(_Echo(), self.clock, lambda: NOW)


class TimeTests(_SiteTestCase):
    """The reactor's clock is monotonic; people get wall time."""

    def test_date(self) -> None:
        """The Date header is that of the wall clock."""
        date = get(self.site, "/").headers["date"]
        self.assertEqual(date, "Tue, 14 May 2024 01:15:30 GMT")

    def test_today(self) -> None:
        """With the clock of the machine the Date header is today's."""
        self.site = Site(_Echo(), self.clock, time.time)
        date = parsedate_to_datetime(get(self.site, "/").headers["date"])
        self.assertLess(abs(date.timestamp() - time.time()), 60)

    def test_log_time(self) -> None:
        """The access log is dated by the wall clock, not by the reactor's."""
        with capturedLogs() as events:
            get(self.site, "/")
        (event,) = [one for one in events if "path" in one]
        self.assertLess(abs(event["log_time"] - time.time()), 60)

    def test_nothing_runs_while_idle(self) -> None:
        """A started site without connections leaves the clock alone."""
        self.site.doStart()
        self.addCleanup(self.site.doStop)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_nothing_left(self) -> None:
        """An ended connection leaves no delayed call."""
        get(self.site, "/")
        self.assertEqual(self.clock.getDelayedCalls(), [])


class LogTests(_SiteTestCase):
    """The access log."""

    def test_only_at_debug(self) -> None:
        """A request is logged at debug, without its query."""
        with capturedLogs() as events:
            get(self.site, "/a?number=628123")
        (event,) = [one for one in events if "path" in one]
        self.assertIs(event["log_level"], LogLevel.debug)
        self.assertEqual(
            (event["method"], event["path"], event["status"]), ("GET", "/a", 200)
        )


class HeaderTests(_SiteTestCase):
    """What every answer carries."""

    def test_policy(self) -> None:
        """Nothing is loaded from elsewhere, nor run or styled inline, nor framed."""
        policy = get(self.site, "/").headers["content-security-policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertNotIn("*", policy)

    def test_fixed(self) -> None:
        """Types are not guessed, addresses not told on, pages not kept."""
        headers = get(self.site, "/").headers
        expected = {
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "cache-control": "no-store",
            "server": "smscentre",
        }
        found = {name: headers.get(name) for name in expected}
        self.assertEqual(found, expected)

    def test_on_errors(self) -> None:
        """The answer that Twisted makes when a resource breaks has them too."""
        site = Site(_Broken(), self.clock, lambda: NOW)
        answer = get(site, "/")
        self.assertEqual(answer.status, 500)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertIn("content-security-policy", answer.headers)


class BodyTests(_SiteTestCase):
    """Bodies have a limit, announced or not."""

    def post(self, length: int) -> Answer:
        """Send a body whose length is announced."""
        head = f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"
        return ask(self.site, head.encode() + b"x" * length)

    def post_chunks(self, length: int) -> Answer:
        """Send a body in chunks whose sum is not announced."""
        head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunk = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
        return ask(self.site, head + chunk * (length // 0x1000) + b"0\r\n\r\n")

    def test_longest(self) -> None:
        """A body of the greatest length is taken."""
        for post in (self.post, self.post_chunks):
            answer = post(MAX_BODY_OCTETS)
            self.assertEqual((answer.status, answer.text), (200, str(MAX_BODY_OCTETS)))

    def test_too_long(self) -> None:
        """A longer one gets 413 and no more is read from that connection."""
        for post in (self.post, self.post_chunks):
            answer = post(MAX_BODY_OCTETS + 0x1000)
            self.assertEqual((answer.status, answer.body), (413, b""))
            self.assertIn("content-security-policy", answer.headers)
            self.assertTrue(answer.closed)

    def test_announced_too_long(self) -> None:
        """The announcement is enough: nothing of the body is waited for."""
        request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n"
        self.assertEqual(ask(self.site, request).status, 413)


class SlowTests(_SiteTestCase):
    """Who takes his time takes no more than there is."""

    HEAD = b"POST / HTTP/1.1\r\nHost: a\r\n"

    def dribble(self, wire: Wire, octets: bytes, pause_s: float) -> float:
        """Send octets one by one until the connection ends; how long that took."""
        began = self.clock.seconds()
        for at in range(len(octets)):
            if wire.transport.disconnecting:
                break
            wire.send(octets[at : at + 1])
            self.clock.advance(pause_s)
        wire.close()
        return self.clock.seconds() - began

    def test_a_slow_head(self) -> None:
        """An octet now and then keeps no connection open."""
        took = self.dribble(Wire(self.site), self.HEAD * 10, 5)
        self.assertEqual(took, 60)

    def test_a_slow_body(self) -> None:
        """It has a second more for each 8 KiB that it announced."""
        wire = Wire(self.site)
        wire.send(self.HEAD + b"Content-Length: 65536\r\n\r\n")
        self.assertEqual(self.dribble(wire, b"x" * 100, 4), 68)

    def test_a_slow_body_of_unknown_length(self) -> None:
        """It has the time of the longest."""
        wire = Wire(self.site)
        wire.send(self.HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        self.assertEqual(self.dribble(wire, b"1\r\nx\r\n" * 20, 4), 68)

    def test_slow_enough(self) -> None:
        """A whole request is answered, however it was cut."""
        wire = Wire(self.site)
        for octet in self.HEAD + b"Content-Length: 2\r\n\r\nxy":
            wire.send(bytes([octet]))
            self.clock.advance(0.5)
        answer = wire.answer()
        wire.close()
        self.assertEqual((answer.status, answer.text), (200, "2"))

    def test_an_answer_that_is_not_read(self) -> None:
        """The connection is cut, after a while."""
        wire = Wire(self.site)
        wire.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertFalse(wire.transport.disconnected)
        self.clock.pump([1.0] * 80)
        self.assertTrue(wire.transport.disconnected)
        wire.close()

    def test_nothing_is_asked(self) -> None:
        """A connection without a request ends as well."""
        wire = Wire(self.site)
        self.clock.advance(60)
        self.assertTrue(wire.transport.disconnecting)
        wire.close()

    def test_too_many_connections(self) -> None:
        """One more is not served, until another one ends."""
        wires = [Wire(self.site, f"10.0.0.{n % 100}") for n in range(OPEN_MOST)]
        self.assertIsNone(self.site.buildProtocol(peer("10.0.1.1")))
        wires.pop().close()
        self.assertEqual(get(self.site, "/").status, 200)
        for wire in wires:
            wire.close()
        self.assertEqual(self.site.open.total(), 0)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_too_many_connections_of_one_address(self) -> None:
        """They leave places for the others."""
        wires = [Wire(self.site, "10.0.0.1") for _ in range(EACH_MOST)]
        self.assertIsNone(self.site.buildProtocol(peer("10.0.0.1")))
        Wire(self.site, "10.0.0.2").close()
        for wire in wires:
            wire.close()
        Wire(self.site, "10.0.0.1").close()

    def test_connections_of_the_proxy(self) -> None:
        """It brings everybody, and has all places that there are."""
        self.site = Site(_Echo(), self.clock, lambda: NOW, proxy="10.0.0.1")
        wires = [Wire(self.site, "10.0.0.1") for _ in range(OPEN_MOST)]
        self.assertIsNone(self.site.buildProtocol(peer("10.0.0.1")))
        for wire in wires:
            wire.close()
