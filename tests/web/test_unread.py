"""``/admin/tak-dikenal``: what no command understood, worked off by a person."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert

from smscentre.store.tables import inbox, outbox, unrecognised
from smscentre.store.transaction import Transaction
from smscentre.store.unread import count_unread
from smscentre.users import Role, User
from tests.web.admincase import ANI, BUDI, AdminCase
from tests.web.support import NOW, Answer, Browser, words_of

_PATH = "/admin/tak-dikenal"
_STRANGER = "+628129999999"


class UnreadCase(AdminCase):
    """Three messages: of two officers, and of nobody."""

    def setUp(self) -> None:
        super().setUp()
        self.browser = Browser(self.site, Role.OPERATOR)
        self.arrive(
            101, ANI.number, "RUTEN 1 2 3 4", "keyword", ("Perintah 'RUTEN' ", "salah.")
        )
        self.arrive(102, BUDI.number, "apa kabar", "no_keyword")
        self.arrive(103, _STRANGER, "halo", "unknown", ("Nomor Anda belum terdaftar.",))

    def arrive(
        self,
        row: int,
        number: str | None,
        text: str,
        outcome: str,
        reply: Sequence[str] = (),
        *,
        source: str = "",
        reason: str = "",
    ) -> None:
        """Have a message come that is put on the list, answered in some parts."""
        arrival = {
            "id": row,
            "arrival_id": f"a{row}",
            "link": "carrier",
            "bind": "b",
            "source": source or number,
            "number": number,
            "destination": "",
            "text": text,
            "raw": b"",
            "state": "done" if outcome else "silent",
            "outcome": outcome,
            "reason": reason,
            "fingerprint": b"",
            "arrived_at": NOW - 60,
            "matched": False,
        }
        parts = [
            {
                "id": 1000 + 10 * row + at,
                "inbox_id": row,
                "link": "carrier",
                "number": number,
                "text": part,
                "alphabet": "gsm7",
                "part_total": len(reply),
                "part_number": at,
                "priority": 0,
                "state": "sent",
                "resent": False,
                "attempts": 1,
                "created_at": NOW,
                "due_at": NOW,
                "expires_at": NOW,
            }
            for at, part in enumerate(reply, 1)
        ]

        def store(transaction: Transaction) -> None:
            transaction.execute(insert(inbox), arrival)
            transaction.execute(insert(unrecognised), {"inbox_id": row})
            if parts:
                transaction.execute(insert(outbox), parts)

        self.change_store(store)

    def mark(
        self, *rows: int, note: str = "", browser: Browser | None = None
    ) -> Answer:
        """Tick some messages and send the form."""
        pairs = [*(("sms", str(row)) for row in rows), ("catatan", note)]
        return self.fill(_PATH, pairs, browser=browser)

    def left(self) -> int:
        """How many wait."""
        with self.engine.begin() as connection:
            return count_unread(connection).count


class ListTests(UnreadCase):
    """Those that wait."""

    def test_what_there_is_to_know(self) -> None:
        """Who, what, why, the whole answer, and the way to the message's life."""
        page = self.browser.get(_PATH)
        words = words_of(page)
        self.assertIn(
            "Ani +62811****001 carrier RUTEN 1 2 3 4 perintah salah ketik", words
        )
        self.assertIn("Perintah 'RUTEN' salah.", words)
        self.assertIn("halo nomor belum terdaftar Nomor Anda belum terdaftar.", words)
        self.assertIn("tidak dijawab", words)
        self.assertIn('href="/pesan/101"', page.text)
        self.assertNotIn(ANI.number, page.text)
        self.assertNotIn(_STRANGER, page.text)

    def test_senders_that_are_no_subscribers(self) -> None:
        """By their names, with why they are not answered."""
        self.arrive(104, None, "Pulsa habis", "", source="TELCO", reason="name")
        words = self.browser.words(_PATH)
        self.assertIn(
            "TELCO carrier Pulsa habis pengirim berupa nama tidak dijawab", words
        )

    def test_hostile_texts(self) -> None:
        """They are inert."""
        self.arrive(105, ANI.number, "<script>x</script>\u202e\x07", "no_keyword")
        page = self.browser.get(_PATH).text
        self.assertNotIn("<script>x", page)
        self.assertNotIn("\u202e", page)
        self.assertNotIn("\x07", page)

    def test_many(self) -> None:
        """A page at a time, those that wait longest first."""
        for row in range(200, 260):
            self.arrive(row, ANI.number, f"teks {row}", "no_keyword")
        self.assertIn("1–25 dari 63 SMS", self.browser.words(_PATH))
        last = self.browser.words(f"{_PATH}?hal=99")
        self.assertIn("51–63 dari 63 SMS", last)
        self.assertIn("teks 259", last)

    def test_a_scope(self) -> None:
        """Those of one's own officers; unknown numbers are for the whole country."""
        browser = self.in_jakarta(Role.OPERATOR)
        words = browser.words(_PATH)
        self.assertIn("RUTEN", words)
        self.assertNotIn("apa kabar", words)
        self.assertNotIn("halo", words)


class DoneTests(UnreadCase):
    """Marked as done."""

    def test_with_a_note(self) -> None:
        """They leave the list, and stay with who did what."""
        answer = self.mark(101, 103, note="Sudah ditelepon")
        self.assertEqual(answer.status, 303)
        self.assertEqual(self.left(), 1)
        self.assertNotIn("RUTEN", self.browser.words(_PATH))
        words = self.browser.words(f"{_PATH}?keadaan=selesai")
        self.assertIn("web: operator Sudah ditelepon", words)
        self.assertEqual(self.details("messages.done"), ["2 messages: Sudah ditelepon"])

    def test_none_chosen(self) -> None:
        """It is said, and the note stays."""
        answer = self.mark(note="Sudah ditelepon")
        self.assertEqual(answer.status, 422)
        self.assertIn("Centang paling sedikit satu SMS.", answer.text)
        self.assertIn('value="Sudah ditelepon"', answer.text)

    def test_a_note_that_is_too_long(self) -> None:
        """What was ticked stays ticked."""
        answer = self.mark(102, note="x" * 201)
        self.assertEqual(answer.status, 422)
        self.assertIn('value="102" aria-label="Pilih SMS 102" checked', answer.text)
        self.assertEqual(self.left(), 3)

    def test_somebody_else_was_faster(self) -> None:
        """None of them is marked a second time."""
        self.mark(101)
        answer = self.mark(101, 102)
        self.assertEqual(answer.status, 422)
        self.assertIn("sudah ditandai orang lain", answer.text)
        self.assertEqual(self.left(), 2)

    def test_a_scope(self) -> None:
        """Others' messages are not for one to mark."""
        browser = self.in_jakarta(Role.OPERATOR)
        self.assertEqual(self.mark(102, browser=browser).status, 404)
        self.assertEqual(self.mark(103, browser=browser).status, 404)
        self.assertEqual(self.left(), 3)
        self.assertEqual(self.mark(101, browser=browser).status, 303)

    def test_nothing_left(self) -> None:
        """It is said, and there is no form."""
        self.mark(101, 102, 103)
        page = self.browser_of(User("lain", Role.ADMIN)).get(_PATH).text
        self.assertIn("Tidak ada SMS yang menunggu.", page)
        self.assertNotIn("Tandai selesai", page)
