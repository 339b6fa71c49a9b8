"""The gateway's page: what is wrong, what is live, who sees what."""

from __future__ import annotations

import json
import re
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from attrs import evolve
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.server import Site

from smscentre.messages import ModemHealth
from smscentre.store.engine import StoreError, reading_engine
from smscentre.users import Role, User
from smscentre.web.site import site
from smscentre.web.status import LinkStatus, ModemStatus, WriterStatus
from tests.prepared import make_store
from tests.web.support import (
    NOW,
    TOKENS,
    Browser,
    FakeReader,
    FakeStatus,
    Wire,
    add_session,
    means_of,
)
from tests.web.test_site import LINKS, fill, filled_store

MODEM = LinkStatus("modem-2", "modem", True, NOW - 60, modem=ModemStatus(ModemHealth()))


def listen(site: Site, token: str) -> StringTransport:
    """Open a stream as whose session the token is."""
    wire = Wire(site)
    request = "GET /gateway/arus HTTP/1.1\r\nHost: localhost\r\nCookie: sesi="
    wire.send(f"{request}{token}\r\n\r\n".encode())
    return wire.transport


def states(transport: StringTransport) -> list[dict[str, Any]]:
    """What the events tell that came since the last look."""
    found = re.findall(rb"event: keadaan\ndata: (.*)\n\n", transport.value())
    transport.clear()
    return [json.loads(one) for one in found]


class GatewayTestCase(SynchronousTestCase):
    """A site over a store that no test changes."""

    def setUp(self) -> None:
        engine = reading_engine(filled_store())
        self.addCleanup(engine.dispose)
        self.reader = FakeReader(engine)
        self.status = FakeStatus(known_links=(*LINKS, MODEM))
        self.now = NOW
        self.means = means_of(
            filled_store(), self.reader, self.status, wall_clock=lambda: self.now
        )
        assert isinstance(self.means.clock, Clock)
        self.clock = self.means.clock
        self.site = site(self.means)
        self.browser = Browser(self.site, Role.OPERATOR)

    def pass_time(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self.now += seconds
        self.clock.advance(seconds)


class PageTests(GatewayTestCase):
    """The page by itself, without scripts."""

    def test_troubles_come_first(self) -> None:
        """With what to do; the title counts them."""
        text = self.browser.get("/gateway").text
        self.assertIn("<title>(2) Gateway - SMS Centre</title>", text)
        words = self.browser.words("/gateway")
        self.assertLess(
            words.index("Tautan modem-1 putus"), words.index("carrier SMPP")
        )
        self.assertIn("Periksa kabel USB", words)

    def test_no_trouble(self) -> None:
        """The page says so, and the title counts nothing."""
        self.status.known_links = LINKS[:1]
        self.now = NOW - 100
        text = self.browser.get("/gateway").text
        self.assertIn("<title>Gateway - SMS Centre</title>", text)
        self.assertIn("Tidak ada masalah.", text)

    def test_what_a_link_carries(self) -> None:
        """By link and together, with the last error."""
        busy = evolve(
            LINKS[0], last_minute=(1234, 56), error="lost <b>", error_at=NOW - 600
        )
        self.status.known_links = (busy, evolve(MODEM, last_minute=(6, 4)))
        words = self.browser.words("/gateway")
        self.assertIn("3 dari 10 1.234 56 lost <b> 08.05.30", words)
        self.assertIn("Satu menit: masuk / keluar 1.240 / 60", words)

    def test_the_writer(self) -> None:
        """How long the last batch took."""
        self.status.known_writer = WriterStatus(0, NOW, "", None, 1200, 0.0123)
        words = self.browser.words("/gateway")
        self.assertIn("Lama menulis 13 md untuk 1.200 catatan", words)

    def test_last_messages_lead_to_their_lives(self) -> None:
        """Each has the address of its page."""
        self.assertIn('href="/pesan/4"', self.browser.get("/gateway").text)


class ScopeTests(SynchronousTestCase):
    """An operator for some provinces."""

    def setUp(self) -> None:
        folder = Path(mkdtemp(prefix="smscentre-"))
        self.addCleanup(rmtree, folder)
        url = f"sqlite:///{folder}/smscentre.db"
        make_store(url)
        fill(url)
        token = add_session(url, User("rina", Role.OPERATOR, None, ("JABAR",)))
        engine = reading_engine(url)
        self.addCleanup(engine.dispose)
        means = means_of(url, FakeReader(engine), FakeStatus(known_links=LINKS))
        self.browser = Browser(site(means))
        self.browser.cookies["sesi"] = token

    def test_no_messages_of_others(self) -> None:
        """The page has what concerns the links, and leads to his own messages."""
        words = self.browser.words("/gateway")
        self.assertIn("carrier SMPP tersambung", words)
        self.assertNotIn("+62812", words)
        self.assertIn("Cari pesan petugas di wilayah Anda", words)

    def test_no_messages_of_others_in_the_stream(self) -> None:
        """That part is left out."""
        (state,) = states(listen(self.browser.site, self.browser.cookies["sesi"]))
        self.assertIn("tautan", state["parts"])
        self.assertNotIn("terakhir", state["parts"])


class StreamTests(GatewayTestCase):
    """The page kept up to date."""

    def open(self, role: Role = Role.OPERATOR) -> StringTransport:
        """Begin to listen."""
        return listen(self.site, TOKENS[role])

    def test_first_the_whole_page(self) -> None:
        """Every part as the page itself has it."""
        (state,) = states(self.open())
        page = self.browser.get("/gateway").text
        parts = re.findall(r'data-live="([a-z]+)"', page)
        self.assertEqual(set(state["parts"]), set(parts))
        for name, part in state["parts"].items():
            self.assertIn(part, page, name)
        self.assertIn(f"<title>{state['title']}</title>", page)

    def test_then_what_changes(self) -> None:
        """A link that comes up; what stays the same is not sent again."""
        transport = self.open()
        states(transport)
        self.status.known_links = (
            LINKS[0],
            evolve(LINKS[1], up=True, since=NOW),
            MODEM,
        )
        self.pass_time(3.0)
        (state,) = states(transport)
        self.assertIn("tautan", state["parts"])
        self.assertIn("masalah", state["parts"])
        for name in ("hasil", "terakhir", "modem", "batas"):
            self.assertNotIn(name, state["parts"])

    def test_one_read_for_all(self) -> None:
        """However many listen, and look at the page."""
        transports = [self.open() for _ in range(20)]
        for _ in range(5):
            self.browser.get("/gateway")
        # Each request asks whose session it is; the rest is one read.
        self.assertEqual(self.reader.count, 20 + 5 + 1)
        for transport in transports:
            self.assertEqual(len(states(transport)), 1)
        self.pass_time(3.0)
        self.assertEqual(self.reader.count, 20 + 5 + 2)
        for transport in transports:
            self.assertEqual(len(states(transport)), 1)

    def test_nobody_listens(self) -> None:
        """Nothing is read."""
        self.pass_time(60.0)
        self.assertEqual(self.reader.count, 0)

    def test_the_database_goes_away(self) -> None:
        """The stream goes on and says so."""
        transport = self.open()
        states(transport)
        self.reader.error = StoreError("locked")
        self.pass_time(3.0)
        (state,) = states(transport)
        self.assertIn("Basis data tidak dapat dibaca", state["parts"]["masalah"])
        self.assertIn("(2) Gateway", state["title"])

    def test_who_may(self) -> None:
        """Operators; others are refused."""
        self.assertIn(b"text/event-stream", self.open(Role.ADMIN).value())
        self.assertIn(b"HTTP/1.1 403", self.open(Role.DATA).value())
