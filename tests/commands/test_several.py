"""Tests for `smscentre.commands.several`."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.commands.dispatch import interpret
from smscentre.interfaces import Request
from tests.commands.office import MORNING, OFFICERS, RULES, Office

_TWO = "RUTAN 1 2 3 4\nRUTAN PEG 5 6 7 8"


class SeveralTests(SynchronousTestCase):
    """Several commands in one SMS."""

    def setUp(self) -> None:
        self.office = Office()

    def test_all(self) -> None:
        """Every line is stored, in their order."""
        outcome = self.office.ask(_TWO)
        self.assertEqual(
            [(each.form, each.values) for each in outcome.reports],
            [("RUTAN", (1, 2, 3, 4)), ("RUTAN PEG", (5, 6, 7, 8))],
        )

    def test_none(self) -> None:
        """A line that is refused keeps the others from being stored."""
        for text in (f"{_TWO}\nBAPAS 1 2 3", f"{_TWO}\nHELP", f"{_TWO}\nRUTAN 1 2 3 5"):
            self.assertEqual(self.office.ask(text).effects, (), text)

    def test_again(self) -> None:
        """The same message within ten minutes gets the same reply, and no effect."""
        first = self.office.ask(_TWO)
        again = self.office.ask(_TWO, at=MORNING + 300)
        later = self.office.ask(_TWO, at=MORNING + 700)
        self.assertEqual((again.name, again.reply), ("repeat", first.reply))
        self.assertEqual(again.effects, ())
        self.assertEqual((later.name, len(later.effects)), ("update", 2))
        self.assertTrue(later.reply.startswith("Update Data UPT "))

    def test_expected_at_once(self) -> None:
        """What the lines will ask for is known before any of them runs."""
        officer = OFFICERS["unit"]
        request = Request(officer.number, _TWO, officer, MORNING, MORNING)
        command = interpret(request, self.office.directory, RULES)
        self.assertEqual([key[1] for key in command.expects()], ["RUTAN", "RUTAN PEG"])

    def test_line_is_named(self) -> None:
        """A refusal says which line it is about."""
        outcome = self.office.ask(f"{_TWO}\nBAPAS 1 2 3")
        self.assertEqual(outcome.name, "count")
        self.assertIn("BAPAS 1 2 3 ... (baris 3)", outcome.reply)

    def test_wrong_before_unfitting(self) -> None:
        """A line that is wrong is told before one in the wrong company."""
        outcome = self.office.ask("RUTAN GETUPT\nRUTAN 1 2 3 4\nBAPAS 1 2 3")
        self.assertEqual(outcome.name, "count")

    def test_no_more_than_can_be_answered(self) -> None:
        """Ten reports are stored, the eleventh is too many."""
        lines = [
            f"{form} {day:02}0408"
            for day in range(22, 28)
            for form in ("RUTAN 1 2 3 4", "BAPAS 1 2 3 4")
        ]
        self.assertEqual(len(self.office.ask("\n".join(lines[:10])).effects), 10)
        outcome = self.office.ask("\n".join(lines[:11]))
        self.assertEqual((outcome.name, outcome.effects), ("several_many", ()))

    def test_signature_line(self) -> None:
        """A line of names behind the last command is no command."""
        for line in ("Rutan Salemba", "Budi, Karutan", "Ya, terima kasih"):
            office = Office()
            self.assertEqual(len(office.ask(f"{_TWO}\n{line}").effects), 2, line)

    def test_raw_text_is_kept(self) -> None:
        """The text of a request is handed on as it came."""
        officer = OFFICERS["unit"]
        text = "lapor RUTAN <1> 2 3 4 trims"
        request = Request(officer.number, text, officer, MORNING, MORNING)
        command = interpret(request, self.office.directory, RULES)
        self.assertEqual(getattr(command, "request", None), request)
