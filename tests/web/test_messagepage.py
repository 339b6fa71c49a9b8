"""``/pesan/<id>``: a life from arrival to receipt, and what may be done to it."""

from __future__ import annotations

import string
from typing import Any, TypeVar

from attrs import evolve
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from smscentre.directory import Officer, Unit
from smscentre.messages import (
    Accepted,
    DeliveryState,
    IncomingKind,
    Octets,
    Part,
    Receipt,
    Rejected,
    Retry,
    SubmitOutcome,
)
from smscentre.smpp import codec, pdus
from smscentre.smpp.pdus import BindMode
from smscentre.store import audit
from smscentre.store.audit import AuditSearch
from smscentre.store.engine import reading_engine
from smscentre.store.people import put_officers, put_units
from smscentre.store.transaction import Transaction
from smscentre.store.writer import Writer
from smscentre.telling import ENGLISH
from smscentre.users import Role, User
from smscentre.web.site import site
from smscentre.web.status import LinkStatus
from smscentre.web.telling import INDONESIAN
from tests.stages import OFFICER, StagesTestCase
from tests.test_tracing import SUBMIT
from tests.web.support import (
    Answer,
    Browser,
    FakeReader,
    FakeStatus,
    add_session,
    add_users,
    means_of,
    words_of,
)

T = TypeVar("T")

REFUSED = Rejected(0x0B, "0x0B ESME_RINVDSTADR", Retry.NEVER)
REASON = "pulsa sudah diisi"


class WriterChanger:
    """Runs changes by the writer of a test, at once."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def perform(self, action: Any) -> Deferred[Any]:
        """Run a change."""
        done: Deferred[Any] = self._writer.perform(action)
        while self._writer.turn():
            pass
        return done


class MessagePageTestCase(StagesTestCase):
    """Stages with an officer, and a site beside them."""

    def setUp(self) -> None:
        super().setUp()
        add_users(self.url, self.now())
        engine = reading_engine(self.url)
        self.addCleanup(engine.dispose)
        self.reader = FakeReader(engine)
        self.status = FakeStatus(
            known_links=(LinkStatus("carrier", "smpp", True, self.now()),)
        )
        self.woken: list[tuple[str, int]] = []
        means = means_of(self.url, self.reader, self.status, wall_clock=self.now)
        service = evolve(means.service, queued=self.wake)
        self.means = evolve(means, changer=WriterChanger(self.writer), service=service)
        self.site = site(self.means)
        self.browser = Browser(self.site, Role.OPERATOR)
        self.connect()

    def wake(self, link: str, parts: int) -> None:
        """Hear that parts wait, and let the outbox send them."""
        self.woken.append((link, parts))
        self.outbox.queued(link, parts)
        self.turn()

    def settle(self, *outcomes: SubmitOutcome) -> None:
        """Give what is in flight an outcome each, the last one to all that is left."""
        for at, row in enumerate(list(self.link.in_flight)):
            outcome = outcomes[min(at, len(outcomes) - 1)]
            self.link.settle(self.exchange, row, outcome)
        self.clock.advance(0.1)
        self.turn()

    def newest(self) -> int:
        """The id of the newest arrival."""
        (row,) = self.rows("SELECT max(id) AS id FROM inbox WHERE state != 'receipt'")
        found: int = row.id
        return found

    def page(self, key: object = "") -> Answer:
        """The page of a message, by default the newest."""
        return self.browser.get(f"/pesan/{key or self.newest()}")

    def words(self, key: object = "") -> str:
        """Its text as it is read."""
        return words_of(self.page(key))

    def send(self, deed: str, browser: Browser | None = None, **form: str) -> Answer:
        """Send a form of the newest message's page."""
        path = f"/pesan/{self.newest()}"
        found = browser or self.browser
        token = found.csrf("/akun")
        return found.post(f"{path}/{deed}", {"csrf": token, **form})

    def notice(self, answer: Answer) -> str:
        """What the page says to which an answer leads."""
        self.assertEqual(answer.status, 303, answer.text)
        return words_of(self.browser.get(answer.headers["location"]))

    def first_rows(self) -> list[int]:
        """The first part of each reply, in order."""
        query = "SELECT id FROM outbox WHERE part_number = 1 ORDER BY id"
        return [row.id for row in self.rows(query)]

    def audited(self, *actions: str) -> list[tuple[str, str, str]]:
        """Who did what, in order."""
        with self.reader.engine.begin() as connection:
            found = audit.find(connection, AuditSearch(), 0, 100)
        return [
            (row.actor, row.subject, row.detail)
            for row in found.rows[::-1]
            if row.action in actions
        ]


class LifeTests(MessagePageTestCase):
    """What the page tells."""

    def test_from_arrival_to_receipt(self) -> None:
        """Every step in Indonesian, in order, with texts and whose they are."""
        self.text("SET 7")
        self.settle(Accepted("42", Octets(SUBMIT, b"")))
        self.assertIn("terkirim Operator seluler sudah menerimanya", self.words())
        receipt = evolve(
            self.incoming("42"),
            kind=IncomingKind.RECEIPT,
            receipt=Receipt("42", DeliveryState.DELIVERED, "stat:DELIVRD"),
        )
        self.hand_over(self.link, receipt)
        self.turn()
        words = self.words()
        self.assertIn(f"{OFFICER} · Budi · 1203 LP_CIPINANG2", words)
        self.assertIn("SET 7 Masuk lewat carrier · selesai: data baru", words)
        self.assertIn("Insert 7 Balasan lewat carrier · sampai", words)
        self.assertNotIn("Operator seluler sudah menerimanya", words)
        steps = (
            "SMS masuk",
            "diproses: selesai: data baru",
            "operator seluler diberi tahu",
            "laporan pertama hari itu disimpan",
            "balasan dibuat, bagian 1 dari 1",
            "bagian 1 dari 1 diterima operator seluler",
            "tanda terima datang: sampai",
        )
        places = [words.index(step, words.index("Riwayat")) for step in steps]
        self.assertEqual(places, sorted(places))
        self.assertIn("27 Apr 2008 08.00.00,000 WIB", words)

    def test_octets(self) -> None:
        """In hexadecimal digits and field by field."""
        self.text("ASK")
        self.settle(Accepted("42", Octets(SUBMIT, b"")))
        text = self.page().text
        self.assertIn("0000  00 00 00", text)
        self.assertIn("<dt>command_id</dt><dd><code><bdi>", text)
        self.assertIn("submit_sm", text)

    def test_no_password(self) -> None:
        """Of what holds one neither octets nor body are shown."""
        secret = "geheim-1"
        bind = codec.encode(pdus.Bind(1, BindMode.TRANSCEIVER, "centre", secret))
        self.text("ASK")
        self.settle(Accepted("42", Octets(bind, b"")))
        text = self.page().text
        self.assertIn("memuat kata sandi", text)
        self.assertNotIn(secret, text)
        self.assertNotIn(secret.encode().hex(" "), text)

    def test_a_long_message(self) -> None:
        """Its text is joined, whichever part is asked for."""
        for number, text in ((2, "T 1"), (1, "SE")):
            source = OFFICER.removeprefix("+")
            place = Part(7, 8, 2, number)
            incoming = self.link.incoming(source, text, self.now(), place)
            self.hand_over(self.link, incoming)
            self.turn()
        for row in self.rows("SELECT id FROM inbox"):
            words = self.words(row.id)
            self.assertIn("SET 1 Masuk lewat carrier", words)
            self.assertIn("SMS masuk: bagian 2 dari 2 pesan panjang", words)

    def test_hostile_texts(self) -> None:
        """They stand as what they are, their lines kept."""
        self.text("<b>x</b>\u202e\x1b\nzwei")
        text = self.page().text
        self.assertIn("&lt;b&gt;x&lt;/b&gt;", text)
        self.assertNotIn("\u202e", text)
        self.assertIn("U+202E", text)
        self.assertIn("</span><br>zwei", text)

    def test_by_a_part_that_went_out(self) -> None:
        """Its address shows the same message."""
        self.text("ASK")
        row, message = self.first_rows()[0], self.newest()
        self.assertIn(f"<h1>Pesan {message}</h1>", self.page(row).text)

    def test_a_text_that_nobody_asked_for(self) -> None:
        """It has no arrival and cannot be sent once more."""
        self.text("ASK")
        self.settle(REFUSED)
        row = self.first_rows()[0]
        self.writer.perform(
            lambda transaction: (
                transaction.connection.exec_driver_sql(
                    "UPDATE outbox SET inbox_id = NULL"
                )
                and None
            )
        )
        self.turn()
        text = self.page(row).text
        self.assertIn("Keluar lewat carrier", text)
        self.assertNotIn("Kirim ulang", text)

    def test_what_is_not_there(self) -> None:
        """No message, and what is no id."""
        for key in (10**9, 2**80, "carrier-1:99", "0", "%E2%80%AE", "x"):
            answer = self.page(key)
            self.assertEqual(answer.status, 404, key)
        self.assertIn("Pesan ini tidak ada", self.page("x").text)

    def test_the_look_is_audited(self) -> None:
        """Whose message who read; loaded anew it is one look."""
        self.text("ASK")
        self.page()
        self.page()
        expected = [("web:operator", str(self.newest()), OFFICER)]
        self.assertEqual(self.audited("messages.read"), expected)


class ResendTests(MessagePageTestCase):
    """A reply once more."""

    def setUp(self) -> None:
        super().setUp()
        self.text("ASK")
        self.settle(REFUSED)

    def resend(self, browser: Browser | None = None, **form: str) -> Answer:
        """Send the form as the page has it."""
        given = {"alasan": REASON, "salinan": str(self.first_rows()[0]), **form}
        return self.send("kirim-ulang", browser, **given)

    def test_it_goes_at_once(self) -> None:
        """The outbox hears of it, and the page says so."""
        self.assertIn("Kirim ulang balasan", self.words())
        self.assertIn("Balasan dikirim ulang.", self.notice(self.resend()))
        self.assertEqual(self.woken, [("carrier", 1)])
        self.assertEqual([one.text for one in self.link.sent], ["ASK", "ASK"])

    def test_who_and_why(self) -> None:
        """In the audit log, and on the page."""
        self.resend()
        expected = ("web:operator", str(self.newest()), f"1 SMS by carrier: {REASON}")
        self.assertEqual(self.audited("reply.resend"), [expected])
        self.settle(Accepted("42"))
        words = self.words()
        self.assertIn(f"balasan dikirim ulang oleh web:operator: {REASON}", words)
        self.assertIn("Dikirim ulang lewat carrier · terkirim", words)

    def test_a_double_click(self) -> None:
        """The same form twice sends one; the page says that it was sent before."""
        first, second = self.resend(), self.resend()
        self.assertEqual((first.status, second.status), (303, 303))
        self.assertIn("tidak dikirim dua kali", self.notice(second))
        self.assertEqual(len(self.link.sent), 2)

    def test_without_a_reason(self) -> None:
        """Nothing is sent; the form says what is missing and keeps what was typed."""
        answer = self.resend(alasan=" ya ")
        self.assertEqual(answer.status, 422)
        self.assertIn("Tulis alasannya", answer.text)
        self.assertIn('value="ya"', answer.text)
        for reason in ("x" * 201, "satu\ndua", "satu\u202edua"):
            answer = self.resend(alasan=reason)
            self.assertEqual(answer.status, 422)
            self.assertIn("Satu baris, paling panjang 200", answer.text)
        self.assertEqual(len(self.link.sent), 1)

    def test_a_reply_that_is_fine(self) -> None:
        """There is no form, and sending one does nothing."""
        self.text("OTHER")
        self.settle(Accepted("43"))
        self.assertNotIn("Kirim ulang balasan", self.words())
        row = str(self.first_rows()[-1])
        self.assertIn("tidak gagal", self.notice(self.resend(salinan=row)))

    def test_a_link_that_is_gone(self) -> None:
        """The page says why it cannot be sent, and it is not."""
        self.status.known_links = ()
        words = self.words()
        self.assertIn("Tautan carrier tidak ada lagi dalam konfigurasi.", words)
        self.assertNotIn("Kirim ulang balasan", words)
        self.assertEqual(self.resend().status, 422)
        self.status.known_links = (LinkStatus("carrier", "phone", True, 0.0),)
        self.assertEqual(self.resend().status, 422)
        self.assertEqual(len(self.link.sent), 1)

    def test_odd_forms(self) -> None:
        """What no page of ours sends is refused."""
        for row in ("", "x", "-1", "9" * 30, "\u0663"):
            self.assertEqual(self.resend(salinan=row).status, 400, row)
        self.assertIn("Balasan itu tidak ada.", self.notice(self.resend(salinan="1")))

    def test_who_may(self) -> None:
        """Operators and administrators, with a form of ours."""
        for role in (Role.VIEWER, Role.DATA):
            answer = self.resend(Browser(self.site, role))
            self.assertEqual(answer.status, 403, role)
        path = f"/pesan/{self.newest()}/kirim-ulang"
        form = {"alasan": REASON, "salinan": str(self.first_rows()[0])}
        self.assertEqual(self.browser.post(path, form).status, 403)
        self.assertEqual(len(self.link.sent), 1)
        self.assertEqual(self.resend(Browser(self.site, Role.ADMIN)).status, 303)


class CancelTests(MessagePageTestCase):
    """What still waits."""

    def setUp(self) -> None:
        super().setUp()
        self.link.disconnect(self.exchange)
        self.turn()
        self.text("ASK")

    def test_it_is_stopped(self) -> None:
        """With who and why, and never goes out."""
        self.assertIn("1 SMS masih menunggu.", self.words())
        answer = self.send("batal", alasan="salah kirim")
        self.assertIn("1 SMS dibatalkan.", self.notice(answer))
        self.connect()
        self.assertEqual(self.link.sent, [])
        expected = ("web:operator", str(self.newest()), "1 SMS: salah kirim")
        self.assertEqual(self.audited("message.cancel"), [expected])
        words = self.words()
        self.assertIn("dibatalkan oleh web:operator: salah kirim", words)
        self.assertNotIn("Batalkan yang menunggu", words)

    def test_twice(self) -> None:
        """The second time nothing is left."""
        self.send("batal", alasan="salah kirim")
        answer = self.send("batal", alasan="salah kirim")
        self.assertIn("Tidak ada lagi yang menunggu.", self.notice(answer))
        self.assertEqual(len(self.audited("message.cancel")), 1)

    def test_without_a_reason(self) -> None:
        """Nothing is stopped."""
        self.assertEqual(self.send("batal", alasan="").status, 422)
        self.connect()
        self.assertEqual(len(self.link.sent), 1)


class ScopeTests(MessagePageTestCase):
    """Users of other places."""

    def setUp(self) -> None:
        super().setUp()
        self.writer.perform(self.people)
        self.turn()
        self.text("ASK")
        self.settle(REFUSED)

    def people(self, transaction: Transaction) -> None:
        """Store another unit with an officer."""
        put_units(transaction, [Unit("3201", "B", "", "JABAR", frozenset({"RUTAN"}))])
        put_officers(transaction, [Officer("+628113201001", "Ani", "3201")])

    def browser_of(self, *provinces: str) -> Browser:
        """A browser of an operator for some provinces."""
        browser = Browser(self.site)
        user = User("rina", Role.OPERATOR, None, provinces)
        browser.cookies["sesi"] = add_session(self.url, user, self.now())
        return browser

    def test_other_provinces(self) -> None:
        """The message is not there: neither shown, nor sent, nor stopped."""
        rina = self.browser_of("JABAR")
        self.assertEqual(rina.get(f"/pesan/{self.newest()}").status, 404)
        row = str(self.first_rows()[0])
        for deed in ("kirim-ulang", "batal"):
            answer = self.send(deed, rina, alasan=REASON, salinan=row)
            self.assertEqual(answer.status, 404, deed)
        self.assertEqual(len(self.link.sent), 1)
        self.assertEqual(self.audited("messages.read", "reply.resend"), [])

    def test_own_provinces(self) -> None:
        """It is shown and can be sent once more."""
        rina = self.browser_of("DKI", "JABAR")
        self.assertEqual(rina.get(f"/pesan/{self.newest()}").status, 200)
        row = str(self.first_rows()[0])
        answer = self.send("kirim-ulang", rina, alasan=REASON, salinan=row)
        self.assertEqual(answer.status, 303)
        self.assertEqual(len(self.link.sent), 2)


class PhraseTests(SynchronousTestCase):
    """The Indonesian table beside the English one."""

    def test_the_same_phrases_with_the_same_places(self) -> None:
        """None is missing, none tells less."""
        self.assertEqual(set(INDONESIAN.phrases), set(ENGLISH.phrases))
        for name, phrase in ENGLISH.phrases.items():
            self.assertEqual(places(INDONESIAN.phrases[name]), places(phrase), name)


def places(phrase: str) -> set[str]:
    """The names of the places to fill in a phrase."""
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}
