"""``/pesan``: what is listed, for whom, what a file holds, who has looked."""

from __future__ import annotations

import csv
import re
from html import unescape
from io import StringIO
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlencode

from attrs import evolve
from sqlalchemy import insert, select
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from smscentre.directory import Officer, Unit
from smscentre.store import audit
from smscentre.store.audit import AuditRow, AuditSearch
from smscentre.store.engine import StoreError, reading_engine
from smscentre.store.people import put_officers, put_units
from smscentre.store.tables import inbox, outbox
from smscentre.store.transaction import Transaction
from smscentre.users import Role, User
from smscentre.web.site import site
from tests.prepared import make_store
from tests.store.test_pages import arrival, part
from tests.web.support import (
    NOW,
    Answer,
    Browser,
    FakeChanger,
    FakeReader,
    FakeStatus,
    add_session,
    add_users,
    means_of,
    words_of,
)
from tests.web.test_site import LINKS

BUDI = "+628111203001"
ANI = "+628113201001"
STRANGER = "+628579990001"

HOSTILE = "=cmd|'/c calc'!A1 <script>x</script> \u202eevil\x1b[31m\nline"


class MessagesTestCase(SynchronousTestCase):
    """A site over a store with officers of two provinces and some messages."""

    def setUp(self) -> None:
        folder = Path(mkdtemp(prefix="smscentre-"))
        self.addCleanup(rmtree, folder)
        self.url = f"sqlite:///{folder}/smscentre.db"
        make_store(self.url)
        add_users(self.url)
        self.change(self.fill)
        engine = reading_engine(self.url)
        self.addCleanup(engine.dispose)
        self.reader = FakeReader(engine)
        self.now = NOW
        self.means = means_of(
            self.url,
            self.reader,
            FakeStatus(known_links=LINKS),
            wall_clock=lambda: self.now,
        )
        assert isinstance(self.means.clock, Clock)
        self.clock = self.means.clock
        self.site = site(self.means)
        self.browser = Browser(self.site, Role.OPERATOR)

    def change(self, action: Any) -> None:
        """Change the store."""
        done = FakeChanger(self.url).perform(action)
        done.addErrback(lambda failure: failure.raiseException())

    def fill(self, transaction: Transaction) -> None:
        """Store officers, and what each of them and a stranger sent and got."""
        kinds = frozenset({"RUTAN"})
        put_units(
            transaction,
            [
                Unit("1203", "LP_CIPINANG2", "", "DKI", kinds),
                Unit("3201", "LP_BANCEUY", "", "JABAR", kinds),
            ],
        )
        put_officers(
            transaction, [Officer(BUDI, "Budi", "1203"), Officer(ANI, "Ani", "3201")]
        )
        rows = [
            (inbox, self.came(1, BUDI, text="RUTAN 82 54 36 39")),
            (
                outbox,
                self.went(2, BUDI, inbox_id=1, text="Insert Data", state="failed"),
            ),
            (inbox, self.came(3, ANI, text="RUTAN 1 2 3 4", arrived_at=NOW - 86400)),
            (outbox, self.went(4, ANI, priority=1, text="Belum lapor")),
            (inbox, self.came(5, STRANGER, text=HOSTILE, outcome="unknown")),
        ]
        for table, row in rows:
            transaction.execute(insert(table), row)

    def came(self, row: int, number: str, **values: Any) -> dict[str, object]:
        """An arrival, some seconds ago."""
        source = number.removeprefix("+")
        given = {"number": number, "source": source, "arrived_at": NOW - 100 + row}
        return arrival(row, **{**given, **values})

    def went(self, row: int, number: str, **values: Any) -> dict[str, object]:
        """A part that went out."""
        given = {"number": number, "created_at": NOW - 100 + row}
        return part(row, **{**given, **values})

    def as_user(self, user: User) -> Browser:
        """A browser of a user of his own."""
        browser = Browser(self.site)
        browser.cookies["sesi"] = add_session(self.url, user)
        return browser

    def audited(self, *actions: str) -> list[AuditRow]:
        """Who looked at what, in order."""
        with self.reader.engine.begin() as connection:
            found = audit.find(connection, AuditSearch(), 0, 100)
        return [row for row in found.rows[::-1] if row.action in actions]


def ids(answer: Answer) -> list[int]:
    """The messages of a list, by the addresses of their pages."""
    return [int(found) for found in re.findall(r'href="/pesan/(\d+)"', answer.text)]


class ListTests(MessagesTestCase):
    """The list."""

    def ids(self, **fields: str) -> list[int]:
        """The messages that a search finds."""
        return ids(self.browser.get(f"/pesan?{urlencode(fields)}"))

    def test_everything(self) -> None:
        """Both directions, the newest first, with number, name, unit and text."""
        self.assertEqual(self.ids(), [5, 4, 2, 1, 3])
        words = self.browser.words("/pesan")
        self.assertIn(
            "14 Mei 2024 08.13.51 masuk +628111203001 Budi · 1203 LP_CIPINANG2"
            " RUTAN 82 54 36 39 selesai data baru carrier",
            words,
        )
        self.assertIn("keluar pengingat +628113201001 Ani", words)

    def test_each_field(self) -> None:
        """Narrows the list."""
        for fields, expected in (
            ({"nomor": "08111203001"}, [2, 1]),
            ({"nomor": "0811"}, [4, 2, 1, 3]),
            ({"keadaan": "bermasalah"}, [2]),
            ({"keadaan": "menunggu"}, [4]),
            ({"arah": "masuk"}, [5, 1, 3]),
            ({"tautan": "modem-1"}, []),
            ({"dari": "hari-ini"}, [5, 4, 2, 1]),
            ({"sampai": "2024-05-13"}, [3]),
            ({"teks": "rutan 8"}, [1]),
        ):
            self.assertEqual(self.ids(**fields), expected, fields)

    def test_fields_stay_filled_in(self) -> None:
        """What was looked for can be changed and looked for again."""
        fields = {
            "nomor": '"><b>',
            "keadaan": "failed",
            "tautan": "gone",
            "teks": "a&b",
        }
        text = self.browser.get(f"/pesan?{urlencode(fields)}").text
        self.assertIn('value="&#34;&gt;&lt;b&gt;"', text)
        self.assertIn('<option value="failed" selected>', text)
        self.assertIn('<option value="gone" selected>', text)
        self.assertIn('value="a&amp;b"', text)

    def test_nothing_fits(self) -> None:
        """It is said."""
        self.assertIn(
            "Tidak ada pesan yang cocok.", self.browser.words("/pesan?teks=zz")
        )

    def test_the_number_of_a_message(self) -> None:
        """Whoever takes the field for that of a message is led to it."""
        page = self.browser.get("/pesan?nomor=987654").text
        self.assertIn('<a href="/pesan/987654">Buka pesan 987654</a>', page)
        for number in ("x", "081198765432"):
            page = self.browser.get(f"/pesan?nomor={number}").text
            self.assertNotIn("Buka pesan", page, number)

    def test_filters_that_few_need(self) -> None:
        """They are folded away unless one of them is set."""
        self.assertIn('<details class="more">', self.browser.get("/pesan").text)
        for query in ("arah=masuk", "dari=2024-05-01", "sampai=x"):
            page = self.browser.get(f"/pesan?{query}").text
            self.assertIn('<details class="more" open>', page, query)

    def test_a_day_that_is_none(self) -> None:
        """Nothing is looked for; the field says how a day is written."""
        answer = self.browser.get("/pesan?dari=14/5/2024")
        self.assertEqual(answer.status, 422)
        self.assertIn("tahun-bulan-tanggal", answer.text)
        self.assertEqual(ids(answer), [])

    def test_pages(self) -> None:
        """Each leads to the next older one and back to the newest."""
        more = [self.came(row, BUDI) for row in range(100, 175)]
        self.change(lambda transaction: transaction.execute(insert(inbox), more))
        found: list[int] = []
        address = "/pesan?nomor=0811"
        while address:
            answer = self.browser.get(address)
            found += ids(answer)
            link = re.search(r'href="([^"]*)" rel="next"', answer.text)
            address = unescape(link[1]) if link else ""
        self.assertEqual(found, [*range(174, 99, -1), 4, 2, 1, 3])
        self.assertIn('href="/pesan?nomor=0811">Ke yang terbaru', answer.text)

    def test_no_patience(self) -> None:
        """What takes long is begun, and can be gone on with."""

        class Hurried(Clock):
            """Each look at it is three seconds later."""

            def seconds(self) -> float:
                self.rightNow += 3.0
                return self.rightNow

        rows = [self.came(row, STRANGER) for row in range(1000, 51_100)]
        self.change(
            lambda transaction: (
                [
                    transaction.execute(insert(inbox), rows[at : at + 10_000])
                    for at in range(0, len(rows), 10_000)
                ]
                and None
            )
        )
        browser = Browser(site(evolve(self.means, clock=Hurried())), Role.OPERATOR)
        answer = browser.get("/pesan?teks=RUTAN+82+54&nomor=1203")
        self.assertIn("Pencarian ini lama", answer.text)
        self.assertIn("Lanjutkan mencari", answer.text)

    def test_texts_are_inert(self) -> None:
        """Markup is text; what steers is shown as a mark."""
        text = self.browser.get("/pesan").text
        self.assertNotIn("<script>x", text)
        self.assertIn("&lt;script&gt;x", text)
        for sign in ("\u202e", "\x1b"):
            self.assertNotIn(sign, text)
        self.assertIn(">U+202E</span>evil", text)
        self.assertIn(">U+001B</span>[31m", text)

    def test_the_database_is_away(self) -> None:
        """The page says so."""
        self.browser.get("/pesan")
        self.reader.error = StoreError("locked")
        self.assertEqual(self.browser.get("/pesan").status, 503)


class LookTests(MessagesTestCase):
    """Who is known to have looked."""

    def test_a_list(self) -> None:
        """Who looked for what, and how much was shown; again soon after is one look."""
        for _ in range(3):
            self.browser.get("/pesan?nomor=0811&teks=rutan")
        self.now += 301
        self.browser.get("/pesan?nomor=0811&teks=rutan")
        self.browser.get("/pesan?nomor=0857")
        rows = self.audited("messages.list")
        told = [(row.actor, row.subject, row.detail) for row in rows]
        first = ("web:operator", "nomor=0811 teks=rutan", "2 shown")
        self.assertEqual(
            told, [first, first, ("web:operator", "nomor=0857", "1 shown")]
        )

    def test_nothing_is_shown_unaudited(self) -> None:
        """While the log cannot be written there is no list and no file."""
        self.browser.get("/gateway")
        changer: Any = self.means.changer
        changer.error = StoreError("disk full")
        for path in ("/pesan", "/pesan.csv", "/pesan/1"):
            answer = self.browser.get(path)
            self.assertEqual(answer.status, 503, path)
            self.assertNotIn("RUTAN 82", answer.text)


class ScopeTests(MessagesTestCase):
    """Users who are not for the whole country."""

    def test_provinces(self) -> None:
        """Messages of officers of these only; the page says so."""
        browser = self.as_user(User("rina", Role.OPERATOR, None, ("DKI",)))
        self.assertEqual(ids(browser.get("/pesan")), [2, 1])
        self.assertIn("petugas di wilayah Anda", browser.words("/pesan"))
        self.assertEqual(ids(browser.get("/pesan?nomor=08113201001")), [])

    def test_a_unit(self) -> None:
        """Its own officers'."""
        browser = self.as_user(User("ujang", Role.OPERATOR, "3201"))
        self.assertEqual(ids(browser.get("/pesan")), [4, 3])

    def test_a_file(self) -> None:
        """It holds no more than the list."""
        browser = self.as_user(User("rina", Role.OPERATOR, None, ("DKI",)))
        self.assertNotIn("628113201001", browser.get("/pesan.csv").text)


class FileTests(MessagesTestCase):
    """What was found, for a spreadsheet."""

    def read(self, address: str) -> list[dict[str, str]]:
        """The rows of a file."""
        answer = self.browser.get(address)
        self.assertEqual(answer.headers["content-type"], "text/csv; charset=utf-8")
        self.assertIn("pesan-2024-05-14.csv", answer.headers["content-disposition"])
        content = answer.body.decode("utf-8-sig")
        return list(csv.DictReader(StringIO(content, newline="")))

    def test_what_the_list_shows(self) -> None:
        """In its order, with whole texts."""
        rows = self.read("/pesan.csv?nomor=08111203001")
        self.assertEqual([row["id"] for row in rows], ["2", "1"])
        reply, report = rows
        self.assertEqual(report["nomor"], f"'{BUDI}")
        self.assertEqual((report["nama"], report["upt"]), ("Budi", "1203"))
        self.assertEqual(report["waktu"], "2024-05-14 08:13:51")
        self.assertEqual(report["teks"], "RUTAN 82 54 36 39")
        self.assertEqual((reply["arah"], reply["jenis"]), ("keluar", "balasan"))
        self.assertEqual((reply["keadaan"], reply["bagian"]), ("gagal", "1/1"))

    def test_nothing_in_it_is_run(self) -> None:
        """Formulas are texts; what steers is a mark; each message is one line."""
        (row,) = self.read("/pesan.csv?nomor=0857")
        self.assertTrue(row["teks"].startswith("'=cmd|"), row["teks"])
        self.assertIn("[U+202E]evil[U+001B][31m\u21b5line", row["teks"])
        for value in row.values():
            self.assertNotRegex(value, r"^\s*[=+\-@|%]")

    def test_more_than_a_file_holds(self) -> None:
        """The last line says so."""
        rows = [self.came(row, STRANGER) for row in range(1000, 11_001)]
        self.change(lambda transaction: transaction.execute(insert(inbox), rows))
        found = self.read("/pesan.csv")
        self.assertEqual(len(found), 10_001)
        self.assertIn("terpotong", found[-1]["waktu"])

    def test_it_is_audited(self) -> None:
        """As an export."""
        self.read("/pesan.csv?keadaan=failed")
        (row,) = self.audited("messages.export")
        self.assertEqual((row.subject, row.detail), ("keadaan=failed", "1 rows"))

    def test_a_bad_day(self) -> None:
        """Is shown on the page, not in a file."""
        answer = self.browser.get("/pesan.csv?dari=x")
        self.assertEqual(answer.status, 422)
        self.assertIn("text/html", answer.headers["content-type"])


class HostileTests(MessagesTestCase):
    """Five hundred texts that want to be more than texts."""

    def test_list_page_and_file(self) -> None:
        """None is live anywhere."""
        texts = hostile_texts()
        rows = [
            self.came(1000 + at, STRANGER, text=text, outcome=text[:40], reason=text)
            for at, text in enumerate(texts)
        ]
        self.change(lambda transaction: transaction.execute(insert(inbox), rows))
        with self.reader.engine.begin() as connection:
            stored = connection.execute(select(inbox.c.id)).all()
        self.assertGreaterEqual(len(stored), 500)
        address: str = "/pesan?nomor=0857"
        while address:
            answer = self.browser.get(address)
            self.inert(answer.text)
            link = re.search(r'href="([^"]*)" rel="next"', answer.text)
            address = unescape(link[1]) if link else ""
        content = self.browser.get("/pesan.csv").body.decode("utf-8-sig")
        for row in csv.reader(StringIO(content, newline="")):
            for cell in row:
                self.assertNotRegex(cell, r"^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]")
                self.assertNotRegex(cell, r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
        for row_id in range(1000, 1000 + len(texts), 25):
            self.inert(self.browser.get(f"/pesan/{row_id}").text)

    def inert(self, text: str) -> None:
        """Check a page that shows such texts."""
        for live in (
            r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]",
            r"(?i)<(script(?! src=\"/static/)|img|svg|iframe|b)\b",
            r"(?i)<[^>]*\son\w+\s*=",
            r"(?i)(href|src)=\"?\s*(javascript|data):",
        ):
            found = re.search(live, text)
            self.assertIsNone(found, f"{live}: {found}")


def hostile_texts() -> list[str]:
    """SQL, markup, formulas, directions and controls, in many settings."""
    cores = [
        "'; DROP TABLE inbox; --",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"><svg onload=alert(1)>',
        "javascript:alert(1)",
        "{{ 7 * 7 }}{% raw %}",
        "=1+1",
        "+cmd|'/c calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "|calc",
        "%0d%0aSet-Cookie: a=b",
        "\uff1d1+1",
        "\u202egnp.exe",
        "\u2066a\u2069",
        "\x1b]0;title\x07",
        "\r\nX: y",
        "a\tb",
        "&lt;b&gt;",
        "\u200b\u200d\ufeff",
    ]
    frames = ["{}", " {}", "RUTAN {}", "{} 82", "\n{}", "'{}", '"{}"', "<b>{}</b>"]
    ends = ["", "\u202c", "\x7f", "\ufffe"]
    return [
        frame.replace("{}", core) + end
        for core in cores
        for frame in frames
        for end in ends
    ]


class WordTests(MessagesTestCase):
    """What pages say."""

    def test_navigation(self) -> None:
        """Operators find the page; who corrects figures does not."""
        self.assertIn("Pesan", words_of(self.browser.get("/gateway")))
        self.assertNotIn('href="/pesan"', Browser(self.site, Role.DATA).get("/").text)
