"""What a handler is given, and what becomes of what it returns."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from smscentre.sections import WebConfig
from smscentre.users import Role
from smscentre.web.forgery import csrf_of
from smscentre.web.problems import Problem
from smscentre.web.routes import (
    FORM_OCTETS,
    IMPORT_OCTETS,
    Answer,
    Content,
    Download,
    Event,
    Handler,
    Need,
    Redirect,
    Route,
    Stream,
    Trouble,
    Visit,
)
from smscentre.web.sessions import Sessions
from smscentre.web.site import site_of
from tests.web.support import NOW, TOKENS, Browser, Wire
from tests.web.support import Answer as Reply
from tests.web.test_login import LoginTestCase

JSON = "application/json"


def giving(answer: Answer) -> Handler:
    """A handler that always answers so."""

    async def handler(visit: Visit) -> Answer:
        return answer

    return handler


class RouteTestCase(LoginTestCase):
    """A site with routes of a test's own."""

    def serve(self, *routes: Route) -> Browser:
        """A browser, logged in as operator, of a site with these routes."""
        self.site = site_of(self.means, Sessions(self.means), routes)
        return Browser(self.site, Role.OPERATOR)

    def answered(self, answer: Answer) -> Reply:
        """What comes of an answer."""
        browser = self.serve(Route("/x", ("GET",), Need.VIEWER, giving(answer)))
        return browser.get("/x")

    async def note(self, visit: Visit) -> Answer:
        """A handler that keeps its visit."""
        self.visit = visit
        return Content(b"ok", "text/plain")


class VisitTests(RouteTestCase):
    """What a handler hears of a request."""

    def test_reading(self) -> None:
        """Path, what the path names, query, user and time."""
        browser = self.serve(Route("/a/<code>", ("GET",), Need.VIEWER, self.note))
        browser.get("/a/12%2003?q=1&q=2", Last_Event_ID="7")
        visit = self.visit
        self.assertEqual(
            (visit.path, visit.arguments), ("/a/12%2003", {"code": "12 03"})
        )
        self.assertEqual((visit.query.all("q"), visit.now), (("1", "2"), NOW))
        self.assertEqual((visit.method, visit.someone.name), ("GET", "operator"))
        self.assertEqual((visit.address, visit.last_event_id), ("127.0.0.1", "7"))

    def test_sending(self) -> None:
        """Fields and files."""
        browser = self.serve(Route("/a", ("POST",), Need.VIEWER, self.note))
        browser.send(
            "/a", self.body(browser, b"a,b\n"), "multipart/form-data; boundary=x"
        )
        self.assertEqual(self.visit.form.get("csrf"), self.visit.csrf)
        self.assertEqual(self.visit.files["f"].content, b"a,b\n")

    def body(self, browser: Browser, content: bytes) -> bytes:
        """A form with a file."""
        token = csrf_of(browser.cookies["sesi"])
        head = 'Content-Disposition: form-data; name="{}"{}\r\n\r\n'
        return b"".join(
            (
                b"--x\r\n",
                head.format("csrf", "").encode() + token.encode() + b"\r\n--x\r\n",
                head.format("f", '; filename="a.csv"').encode() + content,
                b"\r\n--x--\r\n",
            )
        )


class ProxyTests(RouteTestCase):
    """Whose address counts where something stands in front."""

    config = WebConfig(proxy="127.0.0.1")

    def test_believed(self) -> None:
        """The last address that it added; what came before may be made up."""
        browser = self.serve(Route("/a", ("GET",), Need.PUBLIC, self.note))
        browser.get("/a", X_Forwarded_For="1.2.3.4, 10.0.0.9")
        self.assertEqual(self.visit.address, "10.0.0.9")
        browser.get("/a")
        self.assertEqual(self.visit.address, "127.0.0.1")


class NoProxyTests(RouteTestCase):
    """Without one."""

    def test_not_believed(self) -> None:
        """Anybody can send such a header."""
        browser = self.serve(Route("/a", ("GET",), Need.PUBLIC, self.note))
        browser.get("/a", X_Forwarded_For="1.2.3.4")
        self.assertEqual(self.visit.address, "127.0.0.1")


class AnswerTests(RouteTestCase):
    """What comes of each kind of answer."""

    def test_download(self) -> None:
        """To be kept, never shown, under a name that is only a name."""
        for name, expected in (
            ("laporan-2024.csv", "laporan-2024.csv"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ('a"b\r\nX: y.csv', "a_b__X__y.csv"),
            ("\u00fc", "_"),
            ("...", "berkas"),
        ):
            reply = self.answered(Download(b"a", "text/csv; charset=utf-8", name))
            self.assertEqual(
                reply.headers["content-disposition"],
                f'attachment; filename="{expected}"',
            )
            self.assertEqual(reply.headers["content-type"], "text/csv; charset=utf-8")
            self.assertEqual((reply.status, reply.body), (200, b"a"))

    def test_content(self) -> None:
        """Status, type and further headers."""
        answer = Content(b"{}", JSON, 429, {"Retry-After": "5"})
        reply = self.answered(answer)
        self.assertEqual((reply.status, reply.body), (429, b"{}"))
        self.assertEqual(reply.headers["content-type"], JSON)
        self.assertEqual(reply.headers["retry-after"], "5")

    def test_redirect(self) -> None:
        """To an address that is one line."""
        reply = self.answered(Redirect("/upt/a b\r\nX: y?q=1&r=%20"))
        self.assertEqual(reply.status, 303)
        self.assertEqual(reply.headers["location"], "/upt/a%20b%0D%0AX:%20y?q=1&r=%20")

    def test_trouble(self) -> None:
        """The problem's own words, or better ones."""
        reply = self.answered(Trouble(Problem.NO_PAGE))
        self.assertEqual(reply.status, 404)
        self.assertIn(Problem.NO_PAGE.advice, reply.text)
        reply = self.answered(Trouble(Problem.BUSY, "Tunggu <sebentar>."))
        self.assertEqual((reply.status, reply.headers["retry-after"]), (503, "15"))
        self.assertIn("Tunggu &lt;sebentar&gt;.", reply.text)


class TokenTests(RouteTestCase):
    """Routes for programs."""

    def test_body_and_token(self) -> None:
        """The handler gets both, without a form or a login."""
        self.serve(Route("/api", ("GET", "POST"), Need.TOKEN, self.note))
        program = Browser(self.site)
        program.send("/api", b'{"a": 1}', JSON, Authorization="Bearer x")
        self.assertEqual(self.visit.body, b'{"a": 1}')
        self.assertEqual(self.visit.authorization, "Bearer x")

    def test_by_get(self) -> None:
        """The token is there, too."""
        self.serve(Route("/api", ("GET",), Need.TOKEN, self.note))
        Browser(self.site).get("/api", Authorization="Bearer x")
        self.assertEqual(self.visit.authorization, "Bearer x")

    def test_a_login_is_nothing(self) -> None:
        """A browser that is logged in is nobody here: its forms could be forged."""
        browser = self.serve(Route("/api", ("POST",), Need.TOKEN, self.note))
        browser.send("/api", b"", JSON, Origin="https://evil.example")
        self.assertIsNone(self.visit.user)


class BodyTests(RouteTestCase):
    """How long a body may be, by its route."""

    def setUp(self) -> None:
        super().setUp()
        self.serve(
            Route("/form", ("POST",), Need.TOKEN, self.note),
            Route("/import", ("GET",), Need.TOKEN, self.note),
            Route("/import", ("POST",), Need.TOKEN, self.note, IMPORT_OCTETS),
        )

    def send(self, path: str, length: int) -> Reply:
        """Send so much."""
        return Browser(self.site).send(path, b"x" * length, JSON)

    def test_longest(self) -> None:
        """Each takes as much as it says."""
        self.assertEqual(self.send("/form", FORM_OCTETS).status, 200)
        self.assertEqual(self.send("/import?a=b", IMPORT_OCTETS).status, 200)
        self.assertEqual(len(self.visit.body), IMPORT_OCTETS)

    def test_too_long(self) -> None:
        """A page says so, with all the headers; nothing reaches a handler."""
        for path, length in (
            ("/form", FORM_OCTETS + 1),
            ("/import", IMPORT_OCTETS + 1),
            ("/nothing", FORM_OCTETS + 1),
            ("/%ff", FORM_OCTETS + 1),
            ("/static/style.css", FORM_OCTETS + 1),
        ):
            reply = self.send(path, length)
            self.assertEqual(reply.status, 413, path)
            self.assertIn("Kiriman terlalu besar", reply.text)
            self.assertIn("content-security-policy", reply.headers)
            self.assertTrue(reply.closed)
        self.assertFalse(hasattr(self, "visit"))

    def test_in_chunks(self) -> None:
        """The same for a length that nobody announced."""
        for path, chunks, status in (
            ("/form", 16, 200),
            ("/form", 17, 413),
            ("/import", 17, 200),
            ("/import", IMPORT_OCTETS // 4096 + 1, 413),
        ):
            browser = Browser(self.site)
            body = b"1000\r\n" + b"x" * 4096 + b"\r\n"
            reply = browser.send(
                path,
                body * chunks + b"0\r\n\r\n",
                JSON,
                Content_Length="",
                Transfer_Encoding="chunked",
            )
            self.assertEqual(reply.status, status, (path, chunks))


class StreamTests(RouteTestCase):
    """Server-sent events."""

    def setUp(self) -> None:
        super().setUp()
        assert isinstance(self.means.clock, Clock)
        self.clock = self.means.clock
        self.next: Deferred[Event]
        self.closed = 0
        self.serve(Route("/live", ("GET",), Need.OPERATOR, self.live))

    async def live(self, visit: Visit) -> Answer:
        """A stream of what the test gives."""
        return Stream(self.events())

    async def events(self) -> AsyncGenerator[Event, None]:
        """Events until there is an empty one."""
        try:
            while True:
                self.next = Deferred()
                event = await self.next
                if not event.data:
                    return
                yield event
        finally:
            self.closed += 1

    def give(self, event: Event) -> None:
        """Let the newest stream have an event."""
        self.next.callback(event)

    def open(self, role: Role = Role.OPERATOR, **where: str) -> Wire:
        """Begin to listen."""
        wire = Wire(self.site, **where)
        wire.send(
            b"GET /live HTTP/1.1\r\nHost: localhost\r\n"
            b"Cookie: sesi=" + TOKENS[role].encode() + b"\r\n\r\n"
        )
        return wire

    def test_events(self) -> None:
        """Name, id and every line of the data."""
        transport = self.open().transport
        self.assertIn(b"Content-Type: text/event-stream", transport.value())
        transport.clear()
        self.give(Event("eins\nzwei", "kabar", "7"))
        lines = transport.value()
        for line in (b"event: kabar\nid: 7\n", b"data: eins\ndata: zwei\n\n"):
            self.assertIn(line, lines)

    def test_data_cannot_end_an_event(self) -> None:
        """Whatever breaks a line begins one of data."""
        transport = self.open().transport
        transport.clear()
        self.give(Event("a\r\rid: 1\u2028b"))
        found = transport.value().split(b"\r\n")
        for line in b"\n".join(found).splitlines():
            self.assertFalse(line.startswith(b"id:"), line)

    def test_end(self) -> None:
        """Without further events the answer ends, and nothing is left."""
        wire = self.open()
        transport = wire.transport
        self.give(Event(""))
        self.assertTrue(transport.disconnecting)
        wire.close()
        self.assertEqual((self.closed, self.clock.getDelayedCalls()), (1, []))

    def test_head(self) -> None:
        """Who asks for the headers has them, and no stream is kept for him."""
        wire = Wire(self.site)
        wire.send(
            b"HEAD /live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            b"Cookie: sesi=" + TOKENS[Role.OPERATOR].encode() + b"\r\n\r\n"
        )
        headers, _, body = wire.transport.value().partition(b"\r\n\r\n")
        self.assertIn(b"Content-Type: text/event-stream", headers)
        self.assertEqual((body, wire.transport.disconnecting), (b"", True))
        wire.close()

    def test_browser_gone(self) -> None:
        """The iterator is closed, and nothing is left."""
        wire = self.open()
        self.give(Event("x"))
        wire.close()
        self.assertEqual((self.closed, self.clock.getDelayedCalls()), (1, []))

    def test_sign_of_life(self) -> None:
        """Something is said every quarter of a minute."""
        wire = self.open()
        transport = wire.transport
        transport.clear()
        self.clock.advance(15)
        self.assertIn(b":\n\n", transport.value())
        wire.close()

    def test_longest(self) -> None:
        """After five minutes the browser has to ask again."""
        wire = self.open()
        transport = wire.transport
        for _ in range(20):
            self.clock.advance(15)
        self.assertTrue(transport.disconnecting)
        wire.close()
        self.assertEqual((self.closed, self.clock.getDelayedCalls()), (1, []))

    def test_slow_browser(self) -> None:
        """While the connection is full, events wait."""
        wire = self.open()
        transport = wire.transport
        assert transport.producer is not None
        transport.clear()
        transport.producer.pauseProducing()
        self.give(Event("x"))
        self.assertEqual(transport.value(), b"")
        transport.producer.resumeProducing()
        self.assertIn(b"data: x", transport.value())
        wire.close()

    def test_most(self) -> None:
        """Beyond a hundred the next is told to come again."""
        opened = [self.open(host=f"10.0.0.{n}") for n in range(101)]
        self.assertIn(b"503", opened[-1].transport.value().partition(b"\r\n")[0])
        opened[0].close()
        self.assertIn(b"200", self.open().transport.value().partition(b"\r\n")[0])

    def test_who_may(self) -> None:
        """A stream needs what a page needs."""
        self.assertIn(
            b"403", self.open(Role.VIEWER).transport.value().partition(b"\r\n")[0]
        )
