"""Stops and kills within a second of a deadline, or of its reminders, on a `Clock`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from shutil import copyfile

from attrs import frozen

from smscentre.messages import Priority
from tests.reminding.morning import ZONE_OF, Killed, MorningTestCase, local

_TRIALS = 50
_POINTS = ("idle", "stop", "decided", "committed", "sending")
_GAPS_S = (0.0, 2.0, 45.0, 300.0)


@frozen
class Trial:
    """When and how a process ends, and for how long none runs."""

    zone: str
    minutes_before: int
    offset_s: float
    point: str
    passage: int
    gap_s: float

    @property
    def moment(self) -> float:
        """The moment around which it ends."""
        return local(self.zone, 10) - self.minutes_before * 60


def _trial(random: Random, number: int) -> Trial:
    return Trial(
        random.choice(("WIB", "WITA", "WIT")),
        random.choice((0, 30)),
        random.uniform(-1, 1),
        _POINTS[number % len(_POINTS)],
        random.randrange(1, 4),
        random.choice(_GAPS_S),
    )


class KillTests(MorningTestCase):
    """Each reminder at most once, none missing, none to who has reported."""

    units = 18

    def setUp(self) -> None:
        super().setUp()
        self.pristine = self.folder / "pristine.db"
        copyfile(self.database, self.pristine)

    def test_trials(self) -> None:
        """Whatever ends when, everybody who is to be told is told once."""
        random = Random(11)
        for number in range(_TRIALS):
            trial = _trial(random, number)
            with self.subTest(trial=trial):
                self._begin_anew(number)
                self._play(trial, random)

    def _begin_anew(self, number: int) -> None:
        """Take a database with units and officers and nothing more."""
        self.database = Path(self.folder) / f"trial-{number}.db"
        copyfile(self.pristine, self.database)
        self.url = f"sqlite:///{self.database}"
        self.sent.clear()
        self.elapsed = 0.0
        self.interfere = lambda point: None

    def _play(self, trial: Trial, random: Random) -> None:
        early = [unit for unit in self.all_units if random.random() < 0.4]
        self.start()
        self.wait_until(local("WIT", 9, 20))
        self.report_all(
            (unit, f"{form} 1 2 3 4") for unit in early for form in unit.kinds
        )
        self._end(trial)
        self.elapsed += trial.gap_s
        self.start()
        late = random.sample(self.all_units, 4)
        self.report_all((unit, f"{min(unit.kinds)} 5 6 7 8") for unit in late)
        self.wait_until(local("WIB", 10, 30))
        self.stop()
        self._check({unit.code for unit in early})

    def _end(self, trial: Trial) -> None:
        """Let the process live until the trial's moment, and end it there."""
        at = trial.moment + trial.offset_s
        left = trial.passage

        def interfere(point: str) -> None:
            nonlocal left
            if point == trial.point and self.now() >= trial.moment - 1:
                left -= 1
                if not left:
                    raise Killed

        assert self.process is not None
        try:
            if trial.point == "sending":
                self.wait_until(trial.moment - 1)
                self.process.link.dies_at = trial.passage
            self.interfere = interfere
            self.wait_until(at if trial.point in ("idle", "stop") else trial.moment + 1)
        except Killed:
            pass
        self.interfere = lambda point: None
        if trial.point == "stop":
            self.stop()
        else:
            self.kill()

    def _check(self, early: set[str]) -> None:
        copies = self.reminded()
        told = Counter(
            (row.place, "10.00")
            for row in self.rows("SELECT place FROM notices WHERE purpose = 'remind'")
        )
        zones = {unit.code: ZONE_OF[unit.province] for unit in self.all_units}
        # Once, and only who has not reported. Who reports late is reminded if the
        # reminders went before; that is judged by row numbers, which follow time.
        self.assertLessEqual(max(told.values()), 1)
        self.assertLessEqual(max(copies.values()), 1)
        self.assertFalse(early & {code for code, _ in told})
        reported = {
            row.unit: row.first
            for row in self.rows(
                "SELECT unit, MIN(id) AS first FROM submissions GROUP BY unit"
            )
        }
        for code in zones:
            if code not in early and code not in reported:
                self.assertEqual(told[code, "10.00"], 1, code)
        lost = {
            row.number
            for row in self.rows(
                "SELECT number FROM outbox WHERE priority = :priority"
                " AND state = 'uncertain'",
                priority=int(Priority.REMINDER),
            )
        }
        numbers = {each.unit: each.number for each in self.officers if each.unit}
        for (code, _), count in told.items():
            if not copies[code, "10.00"]:
                self.assertIn(numbers[code], lost)
            self.assertEqual(count, 1)
        self._check_digests()

    def _check_digests(self) -> None:
        texts = Counter((part.number, part.text) for part in self.notices())
        self.assertLessEqual(max(texts.values()), 1)
        rows = self.rows(
            "SELECT number, COUNT(*) AS count FROM notices"
            " WHERE purpose = 'digest' AND time = '10:00' GROUP BY number"
        )
        self.assertEqual(
            {row.number: row.count for row in rows},
            {
                "+628121000000": 1,
                "+628121000001": 2,
                "+628121000002": 1,
                "+628139000000": 1,
            },
        )
