"""The pages: what they show, what they keep to themselves, how they fail."""

from __future__ import annotations

import atexit
import re
import shutil
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from attrs import evolve
from sqlalchemy import insert
from twisted.logger import LogLevel, capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from smscentre.directory import Unit
from smscentre.messages import ModemAlarm, ModemHealth
from smscentre.sections import WebConfig
from smscentre.store.engine import StoreError, reading_engine, writing_engine
from smscentre.store.people import put_units
from smscentre.store.tables import inbox, outbox, reports
from smscentre.store.transaction import Numbers, Transaction
from smscentre.users import Role
from smscentre.web import site as site_module
from smscentre.web.site import site
from smscentre.web.status import LinkStatus, ModemStatus, WriterStatus
from tests.prepared import make_store
from tests.store.test_pages import TODAY, YESTERDAY, arrival, figure, part
from tests.web.support import (
    NOW,
    Answer,
    Browser,
    FakeReader,
    FakeStatus,
    add_users,
    ask,
    means_of,
)

SECRET = "RUTAN 82 54 36 39"
NUMBER = "+628123456789"

LINKS = (
    LinkStatus("carrier", "smpp", True, NOW - 60, "carrier-9f31", 3, 10),
    LinkStatus("modem-1", "modem", False, NOW - 7500, reason="no <device>"),
)


def fill(url: str) -> None:
    """Store two units, a report of yesterday and one of today, and messages."""
    engine = writing_engine(url)
    rows: list[tuple[Any, dict[str, object]]] = [
        (reports, figure("1", "RUTAN", TODAY, 1234)),
        (reports, figure("2", "RUTAN", YESTERDAY, 9)),
        (inbox, arrival(1, arrived_at=NOW - 86400, text=SECRET)),
        (inbox, arrival(2, arrived_at=NOW - 3, text=SECRET)),
        (inbox, arrival(3, arrived_at=NOW - 2, state="receipt", outcome="")),
        (inbox, arrival(4, arrived_at=NOW - 1, outcome="<b>odd</b>")),
        (outbox, part(5, created_at=NOW - 125)),
    ]
    with engine.begin() as connection:
        transaction = Transaction(connection, Numbers())
        kinds = frozenset({"RUTAN"})
        put_units(transaction, [Unit(code, code, "", "DKI", kinds) for code in "12"])
        for table, row in rows:
            transaction.execute(insert(table), row)
        transaction.flush()
    engine.dispose()
    add_users(url)


@cache
def filled_store() -> str:
    """The URL of a store that is filled once, for no page changes it."""
    folder = mkdtemp(prefix="smscentre-")
    atexit.register(shutil.rmtree, folder)
    url = f"sqlite:///{folder}/smscentre.db"
    make_store(url)
    fill(url)
    return url


class _SiteTestCase(SynchronousTestCase):
    def setUp(self) -> None:
        engine = reading_engine(filled_store())
        self.addCleanup(engine.dispose)
        self.reader = FakeReader(engine)
        self.status = FakeStatus(known_links=LINKS)
        self.means = means_of(filled_store(), self.reader, self.status)
        self.site = site(self.means)
        self.browser = Browser(self.site, Role.ADMIN)

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Answer:
        """Ask for a path."""
        return self.browser.get(path, method=method, **headers)

    def words(self, path: str) -> str:
        """The text of a page as it is read, tags and line breaks gone."""
        return self.browser.words(path)


class TodayTests(_SiteTestCase):
    """The national totals at a glance, open to everybody."""

    def setUp(self) -> None:
        super().setUp()
        self.means = evolve(self.means, config=WebConfig(public_reports=True))
        self.browser = Browser(site(self.means))

    def test_day(self) -> None:
        """The page names the centre's day and its zone."""
        lead = "Selasa, 14 Mei 2024, seluruh Indonesia · Data per 08.15 WIB"
        self.assertIn(lead, self.words("/"))

    def test_figures(self) -> None:
        """A figure of today stands in its row; what is missing is a dash."""
        words = self.words("/")
        self.assertIn("Tahanan 1.234 - 1.234", words)
        self.assertIn("Narapidana - - -", words)

    def test_reported(self) -> None:
        """The page says how many of the units have reported."""
        words = self.words("/")
        self.assertIn("Lapor 1 dari 2 UPT", words)
        self.assertIn("Lapor 0 dari 0 UPT", words)

    def test_one_read_for_all(self) -> None:
        """Readers who come together cost one read of the store."""
        for _ in range(3):
            self.get("/")
        self.assertEqual(self.reader.count, 1)

    def test_database_away(self) -> None:
        """Without the database the page says so, and when to come again."""
        self.reader.error = StoreError("disk I/O error at /secret/path")
        with capturedLogs() as events:
            answer = self.get("/")
        self.assertEqual(answer.status, 503)
        self.assertEqual(answer.headers["retry-after"], "15")
        self.assertIn("Data belum dapat dibaca", answer.text)
        self.assertNotIn("secret", answer.text)
        self.assertIn(LogLevel.warn, [event["log_level"] for event in events])


class GatewayTests(_SiteTestCase):
    """Links, queues, writer and messages."""

    def test_links(self) -> None:
        """Each link shows its state, since when, and what is in flight."""
        words = self.words("/gateway")
        self.assertIn(
            "carrier SMPP tersambung 08.14.30 (1 mnt) carrier-9f31 3 dari 10", words
        )
        self.assertIn("modem-1 modem putus 06.10.30 (2 jam 5 mnt) - 0", words)
        self.assertIn("Tautan tersambung 1 dari 2", words)

    def show_modem(self, modem: ModemStatus) -> None:
        """Have one modem that stands so."""
        link = LinkStatus("modem-1", "modem", True, NOW - 60, modem=modem)
        self.status.known_links = (link,)

    def test_modems(self) -> None:
        """Each shows signal, network, store and resets."""
        health = ModemHealth(-79, "registered at home", True, 3, 30)
        self.show_modem(ModemStatus(health, resets=1234))
        self.assertIn(
            "modem-1 siap \u221279 dBm (kuat) terdaftar 3 dari 30 1.234 kali",
            self.words("/gateway"),
        )

    def test_a_modem_in_trouble(self) -> None:
        """No network and a full store stand out."""
        self.show_modem(ModemStatus(ModemHealth(-105, "searching", False, 30, 30)))
        text = self.get("/gateway").text
        for words in ("mencari jaringan", "penuh"):
            self.assertIn(f'<span class="pill bad">{words}</span>', text)

    def test_a_modem_that_says_nothing(self) -> None:
        """What is unknown is a dash and no trouble."""
        self.show_modem(ModemStatus())
        self.assertIn("modem-1 - - - - 0 kali", self.words("/gateway"))
        self.assertNotIn("pill bad", self.get("/gateway").text)

    def test_a_modem_that_needs_a_person(self) -> None:
        """The page begins with it, and why."""
        self.show_modem(ModemStatus(alarm=ModemAlarm.PIN_REFUSED))
        text = self.get("/gateway").text
        words = "modem-1 perlu diperiksa petugas: PIN ditolak, tidak dicoba lagi"
        self.assertIn(words, self.words("/gateway"))
        self.assertLess(text.index("PIN ditolak"), text.index("Tautan tersambung"))

    def test_no_modems(self) -> None:
        """A centre without them has no table of them."""
        self.status.known_links = LINKS[:1]
        self.assertNotIn("Sinyal", self.get("/gateway").text)

    def test_queues(self) -> None:
        """What waits is counted, with the age of the oldest."""
        words = self.words("/gateway")
        self.assertIn("carrier balasan menunggu 1 2 mnt 5 dtk", words)
        self.assertIn("Menunggu dikirim 1", words)

    def test_messages_of_today(self) -> None:
        """Today's messages are counted; receipts and yesterday's are not."""
        words = self.words("/gateway")
        self.assertIn("SMS masuk hari ini 2", words)
        self.assertIn("data baru selesai 1", words)

    def test_writer(self) -> None:
        """The writer shows what waits and its last commit."""
        self.status.known_writer = WriterStatus(4, NOW - 2)
        words = self.words("/gateway")
        self.assertIn("Belum disimpan 4", words)
        self.assertIn("Terakhir disimpan 08.15.28 (2 dtk lalu)", words)

    def test_outage(self) -> None:
        """An outage of the writer is told, its cause is not."""
        self.status.known_writer = WriterStatus(4, None, "disk full: /secret/path")
        answer = self.get("/gateway")
        self.assertIn("Penyimpanan terganggu", answer.text)
        self.assertNotIn("secret", answer.text)

    def test_database_away(self) -> None:
        """Without the database the links are shown all the same."""
        self.get("/")
        self.reader.error = StoreError("locked")
        answer = self.get("/gateway")
        self.assertEqual(answer.status, 200)
        self.assertIn("Basis data tidak dapat dibaca", answer.text)
        self.assertIn("carrier-9f31", answer.text)

    def test_private(self) -> None:
        """No text of a message and no whole number is shown."""
        text = self.get("/gateway").text
        self.assertIn("+62812****789", text)
        self.assertNotIn(SECRET, text)
        self.assertNotIn(NUMBER[1:], text)

    def test_escaped(self) -> None:
        """What came from outside is text, never markup."""
        text = self.get("/gateway").text
        self.assertIn("&lt;b&gt;odd&lt;/b&gt;", text)
        self.assertIn("no &lt;device&gt;", text)

    def test_empty(self) -> None:
        """A centre without links has a page."""
        self.status.known_links = ()
        self.assertIn("Belum ada tautan.", self.words("/gateway"))


class PageTests(_SiteTestCase):
    """What all pages have in common."""

    def test_policy_kept(self) -> None:
        """Pages hold no inline script or style, which the policy would stop."""
        for path in ("/", "/gateway", "/nothing"):
            text = self.get(path).text
            self.assertNotIn("style=", text)
            self.assertNotIn("<style", text)
            self.assertEqual(re.findall(r"<script(?! src=)", text), [])
            self.assertEqual(re.findall(r"\son\w+=", text), [])

    def test_language_and_width(self) -> None:
        """Pages are Indonesian and fit a phone."""
        text = self.get("/").text
        self.assertIn('<html lang="id">', text)
        self.assertIn('name="viewport"', text)

    def test_refresh_without_script(self) -> None:
        """A browser without scripts loads the page again by itself."""
        self.assertIn(
            '<noscript><meta http-equiv="refresh" content="15"></noscript>',
            self.get("/gateway").text,
        )

    def test_head(self) -> None:
        """HEAD has the headers of GET and no body."""
        answer = self.get("/", method="HEAD")
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.assertEqual(answer.headers["content-type"], "text/html; charset=utf-8")


class ProblemTests(_SiteTestCase):
    """What is not there, and what breaks."""

    def test_no_page(self) -> None:
        """Unknown addresses get a page in Indonesian, whatever they hold."""
        paths = [
            "/nothing",
            "/gateway/",
            "/static//style.css",
            "/%ff",
            "/%00",
            "/static/../x",
        ]
        for path in paths:
            answer = self.get(path)
            self.assertEqual(answer.status, 404, path)
        self.assertIn("Halaman tidak ada", self.get("/nothing").text)

    def test_odd_host(self) -> None:
        """What a client calls us does not matter."""
        for host in ("a..b", "\u00fc", "x" * 300, ""):
            request = f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
            answer = ask(self.site, request)
            self.assertEqual(answer.status, 303, host)

    def test_method(self) -> None:
        """What does not read is refused and told what does."""
        answer = self.get("/gateway", method="POST", Content_Length="0")
        self.assertEqual(answer.status, 405)
        self.assertEqual(answer.headers["allow"], "GET, HEAD")

    def test_broken(self) -> None:
        """An unforeseen error is logged and not shown."""
        for path in ("/", "/gateway"):
            self.reader.error = ZeroDivisionError("inner secret")
            answer = self.get(path)
            self.assertEqual(answer.status, 500)
            self.assertIn("Halaman ini gagal dibuat", answer.text)
            self.assertNotIn("secret", answer.text)
            self.assertNotIn("Traceback", answer.text)
            self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)


class StaticTests(_SiteTestCase):
    """Style sheet, script and icon."""

    def addresses(self) -> list[str]:
        """What a page asks for."""
        return re.findall(r'"(/static/[^"]+)"', self.get("/").text)

    def test_all_there(self) -> None:
        """Everything a page asks for is there with its type, to be kept for ever."""
        found = {
            address.split("?")[0]: self.get(address) for address in self.addresses()
        }
        types = {path: answer.headers["content-type"] for path, answer in found.items()}
        expected = {
            "/static/icon.svg": "image/svg+xml",
            "/static/figures.css": "text/css; charset=utf-8",
            "/static/style.css": "text/css; charset=utf-8",
            "/static/live.js": "text/javascript; charset=utf-8",
        }
        self.assertEqual(types, expected)
        for answer in found.values():
            self.assertEqual(answer.status, 200)
            self.assertIn("immutable", answer.headers["cache-control"])

    def test_other_content(self) -> None:
        """Under another hash a file is kept only shortly."""
        answer = self.get("/static/style.css?v=0")
        self.assertEqual(answer.headers["cache-control"], "public, max-age=60")

    def test_last_modified(self) -> None:
        """Last-Modified is the file's own wall time."""
        file = Path(site_module.__file__).parent / "static" / "style.css"
        text = self.get("/static/style.css").headers["last-modified"]
        found = parsedate_to_datetime(text).timestamp()
        self.assertEqual(found, int(file.stat().st_mtime))

    def test_not_modified(self) -> None:
        """Who has the file gets no body."""
        tag = self.get("/static/style.css").headers["etag"]
        answer = self.get("/static/style.css", If_None_Match=tag)
        self.assertEqual((answer.status, answer.body), (304, b""))

    def test_missing(self) -> None:
        """Only the folder's own files are served."""
        for name in ("", "nothing.css", "..%2fsite.py", "%ff", "style.css/x"):
            self.assertEqual(self.get(f"/static/{name}").status, 404, name)
