"""Tests of the configuration's sections about deadlines, and of the holidays' file."""

from __future__ import annotations

import datetime

from smscentre.errors import Problem
from tests.test_config import CENTRE, SMPP, _FileCase

_HEAD = CENTRE + SMPP


def _deadline(lines: str) -> str:
    return f"{_HEAD}[[deadline]]\n{lines}\n"


class DeadlineTests(_FileCase):
    """Forms, kinds and times."""

    def refused(self, text: str) -> tuple[str, str]:
        """Place and rule of the one problem of a file."""
        problem: Problem = self.problem(text)
        return problem.where, problem.rule

    def test_a_form(self) -> None:
        """Its times come in order, each once."""
        text = _deadline('form = "RUTAN PEG"\ntimes = ["16:00", "09:30", "16:00"]')
        (deadline,) = self.load(text).deadline
        self.assertEqual(deadline.forms, ("RUTAN PEG",))
        moments = (datetime.time(9, 30), datetime.time(16))
        self.assertEqual(deadline.moments, moments)

    def test_a_kind(self) -> None:
        """It stands for all count forms of its units."""
        text = _deadline('kind = "RUPBASAN"\ntimes = ["10:00"]')
        (deadline,) = self.load(text).deadline
        self.assertEqual(deadline.forms, ("RUPBASAN BASAN", "RUPBASAN BARAN"))

    def test_faults(self) -> None:
        """Each has its place and says how to mend it."""
        good = 'form = "RUTAN"\n'
        for lines, where, words in (
            (good, "deadline[0].times", "missing"),
            (good + "times = []", "deadline[0].times", "at least one"),
            (good + 'times = ["7:00"]', "deadline[0].times[0]", "as 10:00"),
            (good + 'times = ["24:00"]', "deadline[0].times[0]", "as 10:00"),
            ('times = ["10:00"]', "deadline[0].form", "not neither"),
            ('form = "RUTAM"\ntimes = ["10:00"]', "deadline[0].form", "one of"),
            ('kind = "LAPAS"\ntimes = ["10:00"]', "deadline[0].kind", "one of"),
            (
                good + 'kind = "RUTAN"\ntimes = ["10:00"]',
                "deadline[0].form",
                "not both",
            ),
        ):
            with self.subTest(lines=lines):
                found, rule = self.refused(_deadline(lines))
                self.assertEqual(found, where)
                self.assertIn(words, rule)

    def test_a_form_with_two_blocks(self) -> None:
        """Its times stand in one block, by form or by kind."""
        text = _deadline('form = "BAPAS"\ntimes = ["10:00"]')
        text += '[[deadline]]\nkind = "BAPAS"\ntimes = ["16:00"]\n'
        where, rule = self.refused(text)
        self.assertEqual(where, "deadline[1]")
        self.assertIn("deadline[0]", rule)

    def test_reminders_need_a_deadline(self) -> None:
        """There is nothing to remind of without one."""
        where, _ = self.refused(_HEAD + "[reminders]\nenabled = true\n")
        self.assertEqual(where, "reminders.enabled")

    def test_limits_of_reminders(self) -> None:
        """Days, lead and role keep to what is known."""
        for line in ('days = "weekly"', "lead_minutes = 0", 'digest_role = "A B"'):
            where, _ = self.refused(f"{_HEAD}[reminders]\n{line}\n")
            self.assertEqual(where, f"reminders.{line.partition(' ')[0]}")


class HolidayTests(_FileCase):
    """The file of days without deadlines."""

    TEXT = _HEAD + '[reminders]\nholidays_file = "holidays.csv"\n'

    def test_days(self) -> None:
        """One a line, with or without a name; comments and blanks are passed over."""
        (self.folder / "holidays.csv").write_text(
            "# Libur nasional\n2026-08-17,Hari Kemerdekaan\n\n 2026-12-25 \n"
        )
        days = self.load(self.TEXT).reminders.holidays
        self.assertEqual(
            days, {datetime.date(2026, 8, 17), datetime.date(2026, 12, 25)}
        )

    def test_every_bad_line_is_reported(self) -> None:
        """With its number, beside the problems of the file itself."""
        (self.folder / "holidays.csv").write_text("17-08-2026\n2026-02-30,x\n")
        found = self.problems(self.TEXT + "lead_minutes = 0\n")
        self.assertEqual(
            {problem.where for problem in found},
            {
                "reminders.lead_minutes",
                "reminders.holidays_file, line 1",
                "reminders.holidays_file, line 2",
            },
        )

    def test_no_file(self) -> None:
        """The system's reason is told."""
        problem = self.problem(self.TEXT)
        self.assertEqual(problem.where, "reminders.holidays_file")
        self.assertIn("No such file", problem.rule)
