"""Tests for ``smscentre reminders`` and `smscentre.foresight`."""

from __future__ import annotations

from tests.test_cli import CONFIG, OFFICERS, UNITS, CliTestCase

_DEADLINES = """\
[[deadline]]
kind = "RUTAN"
times = ["10:00"]
[[deadline]]
form = "RUTAN PEG"
times = ["10:00", "16:00"]
"""


class ReminderCommandTests(CliTestCase):
    """Whom a day would remind."""

    def setUp(self) -> None:
        super().setUp()
        self.configure(CONFIG + _DEADLINES)
        for command, name, content in (
            ("units", "units.csv", UNITS),
            ("officers", "officers.csv", OFFICERS),
        ):
            if command == "units":
                self.run_command("db", "upgrade")
            self.run_command(command, "import", self.file(name, content))

    def lines(self, day: str) -> list[str]:
        """What the command prints for a day."""
        result = self.run_command("reminders", "--on", day)
        self.assertEqual(result.exit_code, 0, result.output)
        return result.output.splitlines()

    def test_a_working_day(self) -> None:
        """Each deadline of a zone with units, and whoever would get an SMS."""
        lines = self.lines("2008-04-28")
        self.assertEqual(
            [line[:20] for line in lines if line[0] != " "],
            ["2008-04-28 10:00 WIB", "2008-04-28 16:00 WIB"],
        )
        first = lines.index(
            "2008-04-28 10:00 WIB: 2 of 2 units lack a report; reminders at 09:30"
        )
        self.assertEqual(
            lines[first + 1],
            "  +628111203001  1203/LP_CIPINANG2/DKI  RUTAN, RUTAN PEG",
        )

    def test_a_day_off(self) -> None:
        """It says that there is nothing."""
        self.assertEqual(self.lines("2008-04-27"), ["2008-04-27 has no deadline"])
