"""What one feature for officers must not do to another, on the real stages."""

from __future__ import annotations

from smscentre.commands import forms
from smscentre.commands.asker import Rules
from smscentre.commands.dispatch import interpret
from smscentre.commands.replies import is_own_reply
from smscentre.directory import Directory
from smscentre.interfaces import Command, Request
from tests.commands.office import JAKARTA
from tests.stages import StagesTestCase


class InterplayTests(StagesTestCase):
    """Real commands, one officer of one unit."""

    fields = forms.FIELDS
    kinds = forms.KIND_OF

    def interpret(self, request: Request, directory: Directory) -> Command:
        return interpret(request, directory, Rules(7, JAKARTA))

    def setUp(self) -> None:
        super().setUp()
        self.connect()

    def ask(self, text: str) -> str:
        """Text a command; its reply, empty for a silence."""
        known = len(self.link.sent)
        incoming = self.incoming(text)
        self.hand_over(self.link, incoming)
        self.turn()
        self.exchange.acknowledged(self.link, incoming.arrival_id)
        self.link.accept_all(self.exchange)
        self.turn()
        return "".join(sent.text for sent in self.link.sent[known:])

    def stored(self) -> list[str]:
        """The figures that the history has."""
        rows = self.rows("SELECT new_values FROM submissions ORDER BY id")
        return [row.new_values for row in rows]

    def test_a_day_behind_a_pin_that_nobody_wants_stores_nothing(self) -> None:
        """It was cut off with what looked like a PIN, and was a part of the command."""
        reply = self.ask("RUTAN 82 54 36 39 PIN 123456 260408")
        self.assertTrue(reply.startswith("PIN salah"), reply)
        self.assertEqual(self.stored(), [])

    def test_a_pin_that_nobody_wants_is_no_matter(self) -> None:
        """A whole one; the report is stored."""
        self.assertIn("berhasil", self.ask("RUTAN 82 54 36 39 PIN 123456"))
        self.assertEqual(self.stored(), ["82 54 36 39"])

    def test_two_reports_in_one_sms_are_one_action(self) -> None:
        """BATAL takes back both."""
        self.ask("RUTAN 82 54 36 39\nRUTAN PEG 1 2 3 4")
        reply = self.ask("BATAL")
        self.assertIn("RUTAN PEG", reply)
        self.assertEqual(len(self.stored()), 4)
        self.assertEqual(self.rows("SELECT * FROM reports"), [])

    def test_a_wish_that_cannot_be_met_is_never_met_with_silence(self) -> None:
        """However often it is repeated (D11)."""
        for text in ("BATAL", "YA 4827"):
            for _ in range(4):
                self.assertTrue(self.ask(text), text)
                self.clock.advance(1)

    def test_words_of_the_reminder_are_an_officers_too(self) -> None:
        """The reminder itself, come back, is not answered."""
        self.assertTrue(self.ask("RUTAN 82 54 36 39 maaf belum lapor kemarin"))
        self.assertTrue(
            is_own_reply(
                "UPT 1203/LP_CIPINANG2/DKI belum lapor RUTAN hari ini 270408. "
                "Batas 10.00 WIB. Contoh: RUTAN 82 54 36 39"
            )
        )
