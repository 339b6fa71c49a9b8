"""A morning in small through the real process, and what its count and judge see."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import skipIf

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from tests.system.centre import Unit
from tests.system.faketime import MISSING, faster, shifted
from tests.system.morning_count import Count
from tests.system.morning_notices import Moment, Notices
from tests.system.morning_plan import DEADLINES, Act, Deed, Office, local, plan_of
from tests.system.morning_play import RATE, Morning

_SEED = 20080428
_UNITS, _MESSAGES = 60, 300

_CLOCKS = """
import select, time
before = time.time(), time.monotonic()
select.select([], [], [], {wait})
print(before[0], time.time() - before[0], time.monotonic() - before[1])
"""

_UNIT = Unit("1000", "U1000", "UPT 1000", "PAPUA", "RUTAN")
_OTHER = Unit("1001", "U1001", "UPT 1001", "PAPUA", "RUTAN|BAPAS")
_MINE, _COLLEAGUES = "628111000000", "628122000000"
_NOW = local("WIT", 7)


@skipIf(bool(MISSING), MISSING)
class FaketimeTests(SynchronousTestCase):
    """What the campaigns rely on."""

    def test_all_clocks_run_at_the_rate(self) -> None:
        """Wall clock, monotonic clock and waits, from the moment that was given."""
        began = time.monotonic()
        at, wall, monotonic = _clocks(faster(_NOW, RATE), 50)
        self.assertLess(time.monotonic() - began, 25)
        self.assertTrue(0 <= at - _NOW < 60 * RATE, at)
        self.assertGreater(wall, 49)
        self.assertLess(abs(wall - monotonic), 1)

    def test_the_wall_clock_alone_is_shifted(self) -> None:
        """To a hundredth of a second and better, and it runs as ours does."""
        shift = _NOW - time.time()
        at, wall, monotonic = _clocks(shifted(shift), 0.05)
        self.assertTrue(0 <= at - _NOW < 20, at)
        self.assertLess(abs(wall - monotonic), 0.01)


@skipIf(bool(MISSING), MISSING)
class MorningTests(SynchronousTestCase):
    """Everything that officers get and that is stored, against an independent count."""

    def test_in_small(self) -> None:
        """One deadline in each of three zones, at a hundred times the speed."""
        plan = plan_of(_UNITS, _MESSAGES, _SEED, short=True)
        with tempfile.TemporaryDirectory() as name:
            morning = Morning(Path(name), plan)
            with morning:
                morning.play()
                log = morning.centre.log()
        self.assertEqual(morning.findings, [], log)
        figures, notices = morning.figures, morning.notices
        self.assertEqual(figures.texts + figures.left_out, _MESSAGES)
        self.assertEqual(len(figures.waits), figures.texts)
        self.assertGreater(notices.reminders.total(), 10)
        # Ten officers of regions, one of them for two zones, and one of the country.
        self.assertEqual(notices.digests.total(), 12)


class CountTests(SynchronousTestCase):
    """What holds, by the words of the rules."""

    def setUp(self) -> None:
        units = {unit.code: unit for unit in (_UNIT, _OTHER)}
        self.count = Count(units, DEADLINES)
        self.now = _NOW

    def do(self, act: Act, *values: int, number: str = _MINE) -> str:
        """Do something a minute later; the pattern of its reply."""
        self.now += 60
        deed = Deed(self.now, "1000", number, act, "RUTAN", values)
        pattern = self.count.expect(deed, self.now)
        self.count.done(deed, self.now, "the reply")
        return pattern

    def held(self) -> tuple[int, ...]:
        """The figures that hold."""
        held = self.count.holds.get(("1000", "RUTAN"))
        return held.values if held else ()

    def test_first_update_and_repetition(self) -> None:
        """The same text within ten minutes is no new report."""
        self.assertIn("Insert", self.do(Act.REPORT, 1, 2, 3, 4))
        self.assertIn("Insert", self.do(Act.AGAIN, 1, 2, 3, 4))
        self.assertIn("Update", self.do(Act.REPORT, 5, 2, 3, 4))
        self.now += 600
        self.assertIn("Update", self.do(Act.AGAIN, 5, 2, 3, 4))
        self.assertEqual((self.held(), self.count.steps), ((5, 2, 3, 4), 3))

    def test_undo(self) -> None:
        """What held before holds again; once nothing did, nothing does."""
        self.do(Act.REPORT, 1, 2, 3, 4)
        self.do(Act.REPORT, 5, 2, 3, 4)
        self.assertIn("kini 1 2 3 4", self.do(Act.UNDO))
        self.assertEqual(self.held(), (1, 2, 3, 4))
        self.assertEqual(self.do(Act.UNDO), re.escape("the reply") + "$")
        self.do(Act.REPORT, 6, 2, 3, 4, number=_COLLEAGUES)
        self.now += 900
        self.assertIn("Tidak ada tindakan", self.do(Act.UNDO))
        self.assertEqual(self.held(), (6, 2, 3, 4))

    def test_undo_of_what_a_colleague_changed(self) -> None:
        """His figures stay; when he takes them back, mine do not come again."""
        self.do(Act.REPORT, 1, 2, 3, 4)
        self.do(Act.REPORT, 5, 2, 3, 4, number=_COLLEAGUES)
        self.assertIn("petugas lain", self.do(Act.UNDO))
        self.assertEqual(self.held(), (5, 2, 3, 4))
        self.assertIn("Belum ada laporan", self.do(Act.UNDO, number=_COLLEAGUES))
        self.assertEqual((self.held(), self.count.steps), ((), 4))

    def test_deadlines(self) -> None:
        """A report meets the next deadline of its day, and the others need another."""
        self.assertEqual(set(self.count.lacking("WIT", 8)), {"1000", "1001"})
        self.do(Act.REPORT, 1, 2, 3, 4)
        self.assertEqual(set(self.count.lacking("WIT", 8)), {"1001"})
        self.assertEqual(self.count.lacking("WIT", 10)["1000"], ("RUTAN",))
        self.assertEqual(self.count.lacking("WIT", 10)["1001"], ("RUTAN", "BAPAS"))
        self.assertEqual(self.count.unreported(["PAPUA"]), (1, 2))

    def test_answer(self) -> None:
        """Sums with their totals, dashes for what nobody has, and how many lack."""
        self.do(Act.REPORT, 1, 2, 3, 4)
        pattern = self.count.answer("RUTAN", self.count.within(["PAPUA"]), r"\bPAPUA\b")
        right = (
            "Data Rutan Prov PAPUA 280408 Tahanan P=1, W=2, T=3 / Napi P=3, W=4, T=7 / "
            "Pam P=-, W=-, T=- / Staf P=-, W=-, T=- Lapor 1/2 UPT."
        )
        self.assertRegex(right, pattern)
        for was, wrong in (("T=7", "T=71"), ("P=-", "P=0"), ("1/2", "2/2")):
            self.assertNotRegex(right.replace(was, wrong), pattern)


class NoticesTests(SynchronousTestCase):
    """What the judge sees."""

    text = "UPT 1000/U1000/PAPUA belum lapor RUTAN hari ini 280408. Batas 10.00 WIT. x"
    digest = "PAPUA 280408: 0 dari 2 UPT sudah lapor. Belum: U1000, U1001. x"

    def setUp(self) -> None:
        plan = plan_of(1, 0, 1)
        self.at = local("WIT", 10)
        officer = evolve(plan.office.officers[0], number=f"+{_MINE}", unit="1000")
        self.office = Office(
            (_UNIT, _OTHER), (officer,), "national", {"regional": ("PAPUA",)}
        )
        self.notices = Notices(self.office)
        self.count = Count({"1000": _UNIT, "1001": _OTHER}, DEADLINES)

    def look(self, *, reminds: bool, unsure: tuple[str, ...] = ()) -> None:
        """Note what is due."""
        at = self.at - 1800 * reminds
        self.notices.look(Moment(at, "WIT", 10, reminds), self.count, unsure)

    def test_as_it_should_be(self) -> None:
        """Each once."""
        self.look(reminds=True)
        self.look(reminds=False)
        self.assertTrue(self.notices.take(_MINE, self.text, self.at - 1799))
        self.assertTrue(self.notices.take("regional", self.digest, self.at + 1))
        self.assertFalse(self.notices.take(_MINE, "Insert Data", self.at))
        self.assertEqual(self.notices.judge(), [])

    def test_what_is_wrong(self) -> None:
        """Too many, too few, late, about another form, and with other figures."""
        on_time = self.at - 1799
        for texts, words in (
            ([(_MINE, self.text, on_time)] * 2, "2 came, 1 is due"),
            ([], "0 came, 1 is due"),
            ([(_COLLEAGUES, self.text, on_time)], "1 came, 0 is due"),
            ([(_MINE, self.text, self.at - 1600)], "200 s after its time"),
            ([(_MINE, self.text.replace("RUTAN", "BAPAS"), on_time)], "is about"),
            ([("regional", self.digest.replace("0 dari", "1 dari"), self.at)], "says"),
        ):
            self.setUp()
            self.look(reminds=True)
            self.look(reminds=False)
            for number, text, at in texts:
                self.notices.take(number, text, at)
            self.assertIn(words, "; ".join(self.notices.judge()))

    def test_what_nobody_can_tell(self) -> None:
        """A text under way may have been in time or not."""
        for texts in ([], [self.text]):
            self.setUp()
            self.look(reminds=True, unsure=("1000",))
            for text in texts:
                self.notices.take(_MINE, text, self.at - 1799)
            self.assertEqual(self.notices.judge(), [])


def _clocks(env: dict[str, str], wait: float) -> tuple[float, ...]:
    """When a process began, and what its two clocks say of a wait."""
    done = subprocess.run(
        [sys.executable, "-c", _CLOCKS.format(wait=wait)],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(map(float, done.stdout.split()))
