"""``/coba``: a phone on the page, over the phone link of real stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import quote

from attrs import evolve
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from smscentre.directory import Officer, Unit
from smscentre.links.phone import PhoneLink
from smscentre.messages import Alphabet
from smscentre.store.people import put_officers, put_units
from smscentre.store.transaction import Transaction
from smscentre.users import Role, User
from smscentre.web.measure import Measure, measure
from smscentre.web.service import Ask, Phone
from smscentre.web.site import site
from tests.stages import OFFICER
from tests.web.support import Answer, Browser, add_session, words_of
from tests.web.test_messagepage import MessagePageTestCase

ANI = "+628113201001"


class TryingTestCase(MessagePageTestCase):
    """A site with two phones, of which one changes nothing."""

    handsets: ClassVar[Mapping[str, bool]] = {"nyata": True, "uji": False}

    def setUp(self) -> None:
        super().setUp()
        self.writer.perform(self.people)
        self.turn()
        self.links = {name: self.handset(name) for name in self.handsets}
        phones = tuple(
            Phone(name, writes, self.asking(name))
            for name, writes in self.handsets.items()
        )
        service = evolve(self.means.service, phones=phones)
        self.site = site(evolve(self.means, service=service))
        self.browser = Browser(self.site, Role.ADMIN)

    def people(self, transaction: Transaction) -> None:
        """Store another unit with an officer, and one for provinces."""
        put_units(
            transaction, [Unit("3201", "LP_BANCEUY", "", "JABAR", frozenset({"RUTAN"}))]
        )
        officers = [
            Officer(ANI, "Ani <b>", "3201"),
            Officer("+628113201002", "Rina", None, ("DKI", "JABAR")),
        ]
        put_officers(transaction, officers)

    def handset(self, name: str) -> PhoneLink:
        """A phone link that is up."""
        link = PhoneLink(name, self.exchange, self.clock, self.now)
        self.outbox.add_link(link)
        link.start()
        self.turn()
        return link

    def asking(self, name: str) -> Ask:
        """How a phone is asked here: the writer's turns are taken at once."""

        async def ask(number: str, text: str) -> tuple[str, list[str]]:
            asked = self.links[name].ask(number, text)
            self.turn()
            if not asked.called:
                self.clock.advance(5)
            answered = await asked
            return answered.arrival_id, answered.replies

        return lambda number, text: Deferred.fromCoroutine(ask(number, text))

    def type(self, text: str, number: str = OFFICER, phone: str = "nyata") -> Answer:
        """Send the form of the phone."""
        form = {"telepon": phone, "nomor": number, "teks": text}
        return self.browser.submit("/coba", form)

    def said(self, text: str, number: str = OFFICER, phone: str = "nyata") -> str:
        """What the page says after a text."""
        answer = self.type(text, number, phone)
        self.assertEqual(answer.status, 303, answer.text)
        location, _, anchor = answer.headers["location"].partition("#")
        self.assertEqual(anchor, "terakhir")
        return words_of(self.browser.get(location))


class ConversationTests(TryingTestCase):
    """What is said and what it changes."""

    def test_a_report(self) -> None:
        """The reply, what both take, and the figures that changed."""
        words = self.said("SET 7")
        self.assertIn("SET 7 08.00.00 · GSM 7-bit, 5 septet, 1 SMS", words)
        self.assertIn("Insert 7 08.00.00 · GSM 7-bit, 8 septet, 1 SMS", words)
        self.assertIn(
            "Angka yang berubah: RUTAN 1203 LP_CIPINANG2, Minggu, 27 April 2008: 7.",
            words,
        )
        self.assertEqual(self.submissions(), ["7"])
        self.assertIn("7 menjadi 8", self.said("SET 8"))

    def test_links_to_the_figures(self) -> None:
        """To the report of the day and province, and to the unit."""
        location = self.type("SET 7").headers["location"].partition("#")[0]
        text = self.browser.get(location).text
        address = "/laporan/rutan?tanggal=2008-04-27&amp;per=upt&amp;provinsi=DKI"
        self.assertIn(f'href="{address}"', text)
        self.assertIn('href="/upt/1203"', text)

    def test_a_dry_run(self) -> None:
        """It is marked in several places, and changes nothing."""
        words = self.said("SET 7", phone="uji")
        self.assertIn("UJI: tidak menyimpan apa pun.", words)
        self.assertIn("Insert 7 UJI", words)
        self.assertIn("UJI: tidak ada angka yang disimpan.", words)
        self.assertNotIn("NYATA", words)
        self.assertEqual(self.submissions(), [])

    def test_the_real_one_is_marked(self) -> None:
        """Before anything is sent."""
        words = words_of(self.browser.get(f"/coba?nomor={quote(OFFICER)}"))
        self.assertIn("NYATA: laporan yang Anda kirim dari sini disimpan", words)
        self.assertNotIn("UJI", words)

    def test_the_conversation_stays(self) -> None:
        """In its order, by phone and number; long replies joined."""
        self.said("ASK")
        self.said("LONG 200")
        self.said("OTHER", ANI)
        words = words_of(self.browser.get("/coba?telepon=nyata&nomor=08111203001"))
        places = [words.index(f" {text} ") for text in ("ASK", "LONG 200", "x" * 200)]
        self.assertEqual(places, sorted(places))
        self.assertIn("200 septet, 2 SMS", words)
        self.assertNotIn("OTHER", words)
        words = words_of(self.browser.get("/coba?telepon=uji&nomor=08111203001"))
        self.assertIn("Belum ada SMS lewat telepon ini.", words)

    def test_silence(self) -> None:
        """The text stands without an answer."""
        self.said("unknown text", "+628579990001")
        words = self.said("unknown text", "+628579990001")
        self.assertIn("nomor belum terdaftar", words)

    def test_texts_are_inert(self) -> None:
        """Names, texts and replies."""
        location = self.type("<i>x</i>\u202e", ANI).headers["location"]
        text = self.browser.get(location.partition("#")[0]).text
        self.assertNotIn("<i>x", text)
        self.assertNotIn("\u202e", text)
        self.assertIn("Ani &lt;b&gt;", text)

    def test_each_use_is_audited(self) -> None:
        """Who, as whom, by which phone, and whether it was real."""
        self.said("ASK")
        self.said("ASK", ANI, "uji")
        self.assertEqual(
            self.audited("phone.text"),
            [
                ("web:admin", OFFICER, "nyata, real"),
                ("web:admin", ANI, "uji, dry run"),
            ],
        )

    def test_another_message_is_not_shown(self) -> None:
        """An address with somebody else's message changes nothing."""
        self.text("SET 5")
        (row,) = self.rows("SELECT arrival_id FROM inbox")
        path = f"/coba?nomor={quote(OFFICER)}&pesan={quote(row.arrival_id)}"
        self.assertNotIn("Angka yang berubah", self.browser.get(path).text)


class FormTests(TryingTestCase):
    """Choosing a number, and what is wrong with a form."""

    def test_officers_are_found(self) -> None:
        """By name, number as it is typed, unit or province; several words narrow."""
        for wanted, expected in (
            ("ani", [ANI]),
            ("0811320", [ANI, "+628113201002"]),
            ("+628113201001", [ANI]),
            ("banceuy", [ANI]),
            ("1203", [OFFICER]),
            ("jabar", [ANI, "+628113201002"]),
            ("jabar rina", ["+628113201002"]),
            ("nobody", []),
        ):
            text = self.browser.get(f"/coba?cari={quote(wanted)}").text
            numbers = (OFFICER, ANI, "+628113201002")
            found = [one for one in numbers if f"nomor={quote(one)}" in text]
            self.assertEqual(found, expected, wanted)

    def test_a_number_that_is_none(self) -> None:
        """The field says how one is written; there is no phone to send with."""
        text = self.browser.get("/coba?nomor=12").text
        self.assertIn("Tulis nomor lengkap", text)
        self.assertNotIn('name="teks"', text)
        self.assertEqual(self.type("ASK", "12").status, 422)

    def test_a_text_that_is_none(self) -> None:
        """Nothing is sent; what was typed stays."""
        self.assertIn("Tulis SMS-nya dahulu.", self.type("  ").text)
        answer = self.type("x" * 1601)
        self.assertEqual(answer.status, 422)
        self.assertIn("x" * 1601, answer.text)
        self.assertEqual(self.rows("SELECT 1 FROM inbox"), [])
        self.assertEqual(self.audited("phone.text"), [])

    def test_the_service_cannot_store(self) -> None:
        """The page says so and keeps the text."""
        self.links["nyata"].stop()
        self.turn()
        answer = self.type("SET 9")
        self.assertEqual(answer.status, 503)
        self.assertIn("tidak dapat menerima SMS sekarang", answer.text)
        self.assertIn(">SET 9</textarea>", answer.text)

    def test_who_may(self) -> None:
        """Administrators only: it acts as anybody."""
        for role in (Role.VIEWER, Role.DATA, Role.OPERATOR):
            self.assertEqual(Browser(self.site, role).get("/coba").status, 403)

    def test_a_scope(self) -> None:
        """An administrator of a province acts as its officers only."""
        user = User("kanwil", Role.ADMIN, None, ("JABAR",))
        self.browser = Browser(self.site)
        self.browser.cookies["sesi"] = add_session(self.url, user, self.now())
        self.assertIn("ASK", self.said("ASK", ANI))
        for number in (OFFICER, "+628579990001"):
            self.assertIn(
                "bukan petugas di wilayah Anda", self.type("ASK", number).text
            )
            path = f"/coba?nomor={quote(number)}"
            self.assertNotIn('name="teks"', self.browser.get(path).text)
        self.assertNotIn("Budi", self.browser.get("/coba?cari=budi").text)
        self.assertEqual(len(self.rows("SELECT 1 FROM inbox")), 1)

    def test_without_a_phone(self) -> None:
        """The page says how to get one; a form does nothing."""
        browser = Browser(site(self.means), Role.ADMIN)
        words = words_of(browser.get(f"/coba?nomor={quote(OFFICER)}"))
        self.assertIn("[[phone]]", words)
        self.assertIn("writes = false", words)
        answer = browser.post("/coba", {"csrf": browser.csrf("/akun"), "teks": "ASK"})
        self.assertEqual(answer.status, 422)


class MeasureTests(SynchronousTestCase):
    """What texts take."""

    def test_every_alphabet(self) -> None:
        """Septets of the GSM alphabet, units of UCS-2, and the parts of both."""
        for text, expected in (
            ("", Measure(Alphabet.GSM7, 0, 1)),
            ("RUTAN 82", Measure(Alphabet.GSM7, 8, 1)),
            ("x" * 160, Measure(Alphabet.GSM7, 160, 1)),
            ("x" * 161, Measure(Alphabet.GSM7, 161, 2)),
            ("{}\u20ac", Measure(Alphabet.GSM7, 6, 1)),
            ("\u4f60" * 70, Measure(Alphabet.UCS2, 70, 1)),
            ("\U0001f642" * 36, Measure(Alphabet.UCS2, 72, 2)),
            ("x" * 1600, Measure(Alphabet.GSM7, 1600, 11)),
        ):
            self.assertEqual(measure(text), expected, text[:20])
