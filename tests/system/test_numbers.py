"""Officers' numbers with the real process: invited, registered, moved, with a PIN."""

from __future__ import annotations

from tests.system.case import OFFICER, STRANGER, UNIT, ServiceTestCase
from tests.system.centre import CentreOptions

_NEW = "628111209998"
_PIN = "739184"


class NumbersTests(ServiceTestCase):
    """What an operator changes holds for the next message."""

    def test_invited_then_moved(self) -> None:
        """A number registers itself, reports, and hands over to another SIM."""
        self.run_centre()
        told = self.centre.command("officers", "invite", "--unit", UNIT.code)
        text = told.splitlines()[0]
        self.assertIn("belum terdaftar", self.ask("RUTAN 1 2 3 4", STRANGER))
        self.assertIn("terdaftar untuk UPT 5001/LP_SATU", self.ask(text, STRANGER))
        self.assertIn("Insert Data", self.ask("RUTAN 1 2 3 4", STRANGER))
        self.centre.command("officers", "move", f"+{STRANGER}", f"+{_NEW}")
        self.assertIn("Update Data", self.ask("RUTAN 5 6 7 8", _NEW))
        self.assertIn("tidak aktif", self.ask("RUTAN 9 9 9 9", STRANGER))
        values = self.centre.rows("SELECT new_values FROM submissions ORDER BY id")
        self.assertEqual(values, [("1 2 3 4",), ("5 6 7 8",)])

    def test_a_pin(self) -> None:
        """It is wanted at once, and is in no file of the centre's."""
        self.run_centre(CentreOptions(log_level="debug"))
        self.assertIn("Insert Data", self.ask("RUTAN 1 2 3 4"))
        number = f"+{OFFICER}"
        self.centre.command(
            "officers", "pin", number, "--right", "insert", typed=f"{_PIN}\n"
        )
        self.assertIn("PIN salah", self.ask("RUTAN 5 6 7 8"))
        self.assertIn("Update Data", self.ask(f"RUTAN 5 6 7 8 PIN {_PIN}"))
        traced = self.centre.command("trace", number)
        self.assertIn("RUTAN 5 6 7 8 PIN ******", traced)
        self.centre.terminate()
        for file in sorted(self.folder.rglob("*")):
            if file.is_file():
                kept = file.read_bytes()
                for digits in (_PIN.encode(), _PIN.encode().hex().encode()):
                    self.assertNotIn(digits, kept, file.name)
