"""Tests for `smscentre.centre`: a whole node beside a simulated carrier."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.interfaces import (
    IListeningPort,
    IReactorFromThreads,
    IReactorTime,
)
from twisted.internet.protocol import Factory
from twisted.internet.task import deferLater
from twisted.logger import (
    ILogObserver,
    LogEvent,
    capturedLogs,
    formatEvent,
    globalLogPublisher,
)
from twisted.trial.unittest import SynchronousTestCase, TestCase
from zope.interface import provider

from smscentre import centre, config
from smscentre.centre import Centre
from smscentre.errors import ConfigError, SMSCentreError
from smscentre.imports import read_officers, read_units
from smscentre.sim.smsc import Smsc, SmscOptions
from smscentre.store.arrivals import file_arrivals
from smscentre.store.changes import (
    Signature,
    import_officers,
    import_units,
    stored_directory,
)
from smscentre.store.engine import StoreError
from tests.prepared import make_store

NUMBER = "+628111203001"
CENTRE_NUMBER = "02170252704"

_PATIENCE_S = 30
_UNITS = b"code,name,title,province,kinds\n1203,LP_CIPINANG2,Cipinang,DKI,RUTAN\n"
_OFFICERS = b"number,name,unit,rights\n08111203001,Ani,1203,insert|query\n"
_CONFIG = """\
[centre]
number = "{number}"
[node]
data_dir = "."
[database]
url = "sqlite:///smscentre.db"
[web]
listen = "{web}"
[monitor]
listen = "tcp:0:interface=127.0.0.1"
"""
_CARRIER = """\
[[smpp]]
name = "carrier"
host = "127.0.0.1"
port = {port}
system_id = "demo"
password = "rahasia"
address = "02170252704"
receipts = false
"""
_MODEM = """\
[[modem]]
name = "modem-1"
device = "/dev/absent"
number = "+6281100000001"
"""


class Folder:
    """The files of a node: configuration and database."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "smscentre.db"

    def fill(self) -> None:
        """Make the database, with one unit and one officer."""
        url = f"sqlite:///{self.database}"
        make_store(url)
        signature = Signature("local:test", "test", 0.0)
        provinces = stored_directory(url).provinces
        import_units(url, read_units(_UNITS, provinces, "units.csv"), signature)
        known = stored_directory(url)
        officers = read_officers(_OFFICERS, known, "ID", "officers.csv")
        import_officers(url, officers, signature)

    def load(
        self, blocks: str = "", web: str = "tcp:0:interface=127.0.0.1"
    ) -> config.Config:
        """The configuration with some links."""
        file = self.path / "smscentre.toml"
        file.touch(mode=0o600)
        file.write_text(_CONFIG.format(number=CENTRE_NUMBER, web=web) + blocks)
        return config.load(file)


class RefusedTests(SynchronousTestCase):
    """Starts that are refused before anything is opened."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Folder(Path(folder.name))

    def refused(self, error: type[SMSCentreError], web: str) -> str:
        """Why a centre cannot be made."""
        from twisted.internet import reactor

        loaded = self.folder.load(web=web)
        with self.assertRaises(error) as caught:
            Centre(loaded, reactor)
        return str(caught.exception)

    def test_without_a_database(self) -> None:
        """It is not made in passing."""
        said = self.refused(StoreError, "tcp:0")
        self.assertIn("db upgrade", said)
        self.assertFalse(self.folder.database.exists())

    def test_addresses_that_cannot_be_served(self) -> None:
        """Each is told with its place in the configuration."""
        make_store(f"sqlite:///{self.folder.database}")
        for address in (
            "ssl:8443:privateKey=absent.pem:certKey=absent.pem",
            "tcp:8080:nonsense=1",
            "systemd:domain=INET:index=7",
        ):
            said = self.refused(ConfigError, address)
            self.assertIn("web.listen: cannot be served", said)
            self.assertIn(address, said)


class CentreTests(TestCase):
    """A node that runs, its carrier in the same reactor."""

    timeout = _PATIENCE_S

    async def setUp(self) -> None:  # type: ignore[override]  # trial awaits it
        from twisted.internet import reactor

        self.clock = IReactorTime(reactor)
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Folder(Path(folder.name))
        self.folder.fill()
        self.shown: list[str] = []
        self.waiting: list[tuple[Callable[[str], bool], Deferred[str]]] = []
        options = SmscOptions("demo", "rahasia", CENTRE_NUMBER, receipts=False)
        self.smsc = Smsc(options, reactor, lambda: 0.0, self.show)
        endpoint = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
        self.port: IListeningPort = await endpoint.listen(self.smsc)
        self.addCleanup(self.port.stopListening)
        self.addCleanup(self.smsc.close)
        self.addCleanup(gc.unfreeze)
        self.addCleanup(gc.set_threshold, *gc.get_threshold())
        self.centre: Centre | None = None

    def show(self, line: str) -> None:
        """Note what the carrier shows; wake who waits for it."""
        self.shown.append(line)
        for wanted, deferred in self.waiting[:]:
            if wanted(line):
                self.waiting.remove((wanted, deferred))
                deferred.callback(line)

    def line(self, words: str) -> Deferred[str]:
        """The next line that the carrier shows with these words in it."""
        deferred: Deferred[str] = Deferred()
        self.waiting.append((lambda line: words in line, deferred))
        return deferred

    @property
    def carrier(self) -> str:
        """The block of the link to the carrier."""
        return _CARRIER.format(port=self.port.getHost().port)  # type: ignore[attr-defined]  # an IPv4Address

    async def start(self, blocks: str, web: str = "tcp:0:interface=127.0.0.1") -> None:
        """Start a centre and wait for its bind."""
        from twisted.internet import reactor

        bound = self.line("is bound")
        self.centre = Centre(self.folder.load(blocks, web), reactor)
        self.centre.startService()
        await bound

    async def ask(self, text: str) -> str:
        """Send a text; the reply that comes back."""
        reply = self.line(f"{NUMBER} <- ")
        self.smsc.deliver(NUMBER, text)
        return (await reply).partition(": ")[2]

    async def stop(self) -> None:
        """Stop the centre."""
        assert self.centre is not None
        await self.centre.stopService()

    def count(self, query: str) -> int:
        """A number from the database."""
        with closing(sqlite3.connect(self.folder.database)) as connection:
            return int(connection.execute(query).fetchone()[0])

    @contextmanager
    def logged(self) -> Iterator[list[str]]:
        """Everything that is logged meanwhile, as text."""
        lines: list[str] = []
        with capturedLogs() as events:
            yield lines
        lines += [formatEvent(event) for event in events]

    def logging(self, words: str) -> Deferred[None]:
        """Fires when something with these words in it is logged."""
        from twisted.internet import reactor

        heard: Deferred[None] = Deferred()

        from_threads = IReactorFromThreads(reactor)

        @provider(ILogObserver)
        def observe(event: LogEvent) -> None:
            if words in formatEvent(event):
                globalLogPublisher.removeObserver(observe)
                from_threads.callFromThread(heard.callback, None)

        globalLogPublisher.addObserver(observe)
        return heard

    async def test_replies_of_a_link_that_was_renamed(self) -> None:
        """They go by the one that is configured instead."""
        waiting = "INSERT INTO outbox (id, link, number, text, alphabet, part_total,\
 part_number, priority, state, attempts, resent, created_at, due_at, expires_at)\
 VALUES (1, 'before', ?, 'still there', 'gsm7', 1, 1, 0, 'queued', 0, 0, 0, 0, 1e11)"
        with closing(sqlite3.connect(self.folder.database)) as connection:
            connection.execute(waiting, [NUMBER])
            connection.commit()
        sent = self.line(f"{NUMBER} <- ")
        await self.start(self.carrier)
        self.assertIn("still there", await sent)
        await self.stop()

    async def test_a_text_is_answered(self) -> None:
        """It is stored, and the stop unbinds and leaves nothing open."""
        await self.start(self.carrier)
        self.assertIn("berhasil", await self.ask("RUTAN 1 2 3 4"))
        unbound = self.line("session ended: unbound")
        await self.stop()
        await unbound
        self.assertEqual(self.count("SELECT count(*) FROM submissions"), 1)
        self.assertEqual(
            self.count("SELECT count(*) FROM outbox WHERE state = 'sent'"), 1
        )
        self.assertEqual(
            self.count("SELECT count(*) FROM binds WHERE ended_at IS NULL"), 0
        )
        self.assertEqual(
            self.count("SELECT count(*) FROM inbox WHERE acked_at IS NULL"), 0
        )

    async def test_housekeeping(self) -> None:
        """What came is soon filed by its number, after a rush portion by portion."""
        self.patch(centre, "_HOUSEKEEPING_S", 0.05)
        self.patch(centre, "_FILING_S", 0.05)
        self.patch(centre, "FILED_AT_ONCE", 1)
        self.patch(centre, "file_arrivals", lambda each: file_arrivals(each, 1))
        await self.start(self.carrier)
        for text in ("RUTAN 1 2 3 4", "RUTAN 2 3 4 5", "HELP"):
            await self.ask(text)
        for _ in range(200):
            left = self.count("SELECT count(*) FROM inbox WHERE NOT filed")
            if not left:
                break
            await deferLater(self.clock, 0.05)
        self.assertEqual(left, 0)
        await self.stop()

    async def test_a_pair(self) -> None:
        """Both halves bind, a text is answered, and the stop unbinds both."""
        await self.start(self.carrier + 'bind = "pair"\n')
        self.assertIn("berhasil", await self.ask("RUTAN 1 2 3 4"))
        await self.stop()
        self.assertEqual(
            [line for line in self.shown if line.startswith("*")],
            [
                "* demo is bound as transmitter",
                "* demo is bound as receiver",
                "* session ended: unbound",
                "* session ended: unbound",
            ],
        )
        self.assertEqual(
            self.count("SELECT count(*) FROM binds WHERE ended_at IS NOT NULL"), 1
        )

    async def test_two_links_one_for_each_way(self) -> None:
        """What comes by a receiver is answered by the transmitter beside it."""
        out = self.carrier.replace('"carrier"', '"out"') + 'bind = "transmitter"\n'
        await self.start(self.carrier + 'bind = "receiver"\n' + out)
        self.assertIn("berhasil", await self.ask("RUTAN 1 2 3 4"))
        await self.stop()
        self.assertEqual(
            self.count("SELECT count(*) FROM outbox WHERE link = 'out'"), 1
        )

    async def test_what_a_crash_left_is_sent_after_the_start(self) -> None:
        """A reply that was claimed is in doubt, and goes once more."""
        await self.start(self.carrier)
        await self.ask("HELP")
        await self.stop()
        with closing(sqlite3.connect(self.folder.database)) as connection:
            connection.execute(
                "UPDATE outbox SET state = 'claimed', sent_at = NULL, bind = 'gone'"
            )
            connection.commit()
        again = self.line(f"{NUMBER} <- ")
        await self.start(self.carrier)
        await again
        await self.stop()
        self.assertEqual(self.count("SELECT count(*) FROM outbox WHERE resent"), 1)

    async def test_replies_of_a_link_that_is_no_more(self) -> None:
        """The start says whose replies wait for what will not come."""
        await self.start(self.carrier)
        await self.ask("HELP")
        await self.stop()
        with closing(sqlite3.connect(self.folder.database)) as connection:
            connection.execute("UPDATE outbox SET state = 'queued', link = 'old'")
            connection.commit()
        with self.logged() as lines:
            await self.start(self.carrier)
        self.assertIn("1 parts wait for old", "\n".join(lines))
        await self.stop()

    async def test_a_modem_that_is_absent_is_told_of(self) -> None:
        """By its device, with what to look at; the others go on."""
        with self.logged() as lines:
            await self.start(self.carrier + _MODEM)
            self.assertIn("berhasil", await self.ask("RUTAN 4 3 2 1"))
        self.assertIn("modem-1: not connected (/dev/absent does", "\n".join(lines))
        self.assertIn("berhasil", await self.ask("RUTAN 1 2 3 4"))
        await self.stop()

    async def test_a_port_that_is_taken(self) -> None:
        """The pages are missing, which is logged; messages go on."""
        from twisted.internet import reactor

        taken = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(
            Factory()
        )
        self.addCleanup(taken.stopListening)
        number = taken.getHost().port
        with self.logged() as lines:
            await self.start(self.carrier, f"tcp:{number}:interface=127.0.0.1")
            self.assertIn("berhasil", await self.ask("RUTAN 1 2 3 4"))
        said = "\n".join(lines)
        self.assertIn(
            f"web.listen: cannot listen at tcp:{number}:interface=127.0.0.1: ", said
        )
        self.assertIn("change web.listen", said)
        await self.stop()

    async def test_a_socket_that_cannot_be_made(self) -> None:
        """The same is said of one in a folder that is absent."""
        address = f"unix:{self.folder.path}/absent/pages"
        with self.logged() as lines:
            await self.start(self.carrier, address)
            self.assertIn("berhasil", await self.ask("RUTAN 1 2 3 4"))
        self.assertIn(f"web.listen: cannot listen at {address}", "\n".join(lines))
        await self.stop()

    async def test_a_stop_before_the_bind(self) -> None:
        """A carrier that never answers does not hold it up."""
        from twisted.internet import reactor

        self.centre = Centre(self.folder.load(self.carrier), reactor)
        self.centre.startService()
        await self.stop()

    async def test_a_stop_with_a_locked_database(self) -> None:
        """It ends in time; what was not stored was not acknowledged."""
        from twisted.internet import reactor

        await self.start(self.carrier)
        with closing(sqlite3.connect(self.folder.database)) as blocker:
            blocker.execute("BEGIN IMMEDIATE")
            noticed = self.logging("cannot be used")
            self.smsc.deliver(NUMBER, "RUTAN 1 2 3 4")
            await noticed
            before = reactor.seconds()
            await self.stop()
            took = reactor.seconds() - before
            # What was given up ends with the process: the arrival's patience.
            for call in reactor.getDelayedCalls():
                call.cancel()
        self.assertLess(took, 10)
        self.assertEqual(self.smsc.unacknowledged, 1)
        self.assertEqual(self.count("SELECT count(*) FROM inbox"), 0)
