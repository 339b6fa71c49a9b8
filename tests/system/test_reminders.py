"""Reminders of the real process, killed at points of their path."""

from __future__ import annotations

import datetime
import tempfile
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

from twisted.trial.unittest import SynchronousTestCase

from tests.system.centre import Officer, RunningCentre, Unit
from tests.system.peer import Smsc, SmscOptions

_UNITS = 20
_REPORTED = 4

_POINTS = (
    "before-commit:3",
    "after-commit:3",
    "after-claim:1",
    "before-write:1",
    "after-write:1",
    "after-response:12",
)
"""Passages of the first second, in which the round is done and its reminders go."""

_CONFIG = """
[reminders]
enabled = true
days = "daily"
lead_minutes = 720

[[deadline]]
form = "RUTAN"
times = ["{}"]
"""


def _place() -> tuple[str, str]:
    """A province and its zone in which it is not around midnight."""
    hour = datetime.datetime.now(ZoneInfo("Asia/Jakarta")).hour
    west = 1 <= hour <= 22
    return ("DKI", "Asia/Jakarta") if west else ("PAPUA", "Asia/Jayapura")


def _deadline(zone: str) -> str:
    """A time of today some while ahead, by the clock of a zone."""
    now = datetime.datetime.now(ZoneInfo(zone))
    return f"{now + datetime.timedelta(minutes=40):%H:%M}"


class ReminderTests(SynchronousTestCase):
    """Each unit that has not reported is reminded once, whatever kills the service."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.smsc = Smsc(SmscOptions())
        self.smsc.start()
        self.addCleanup(self.smsc.stop)
        self.centre = RunningCentre(self.folder, self.smsc.port)
        self.addCleanup(self.centre.close)
        province, self.zone = _place()
        codes = [f"{5001 + at}" for at in range(_UNITS)]
        self.numbers = [f"62811120{at:04}" for at in range(3001, 3001 + _UNITS)]
        self.centre.prepare(
            [Unit(code, f"LP_{code}", code, province) for code in codes],
            [
                Officer(f"+{number}", code, code)
                for number, code in zip(self.numbers, codes, strict=True)
            ],
        )
        self._report()
        self.pristine = self.centre.database.read_bytes()

    def _report(self) -> None:
        """Let some units report, before there are reminders."""
        self.centre.start()
        self.smsc.wait_for(lambda: self.smsc.bound, "the bind")
        for number in self.numbers[:_REPORTED]:
            self.smsc.deliver(number, "RUTAN 1 2 3 4")
        self.smsc.wait_for(lambda: len(self.smsc.submits) == _REPORTED, "replies")
        self.centre.terminate()

    def test_kills(self) -> None:
        """At most once; none is missing but what was claimed and may have gone."""
        config = _CONFIG.format(_deadline(self.zone))
        for point in _POINTS:
            with self.subTest(point=point):
                self.centre.adopt(self.pristine)
                for suffix in ("-wal", "-shm"):
                    self.centre.database.with_name(
                        self.centre.database.name + suffix
                    ).unlink(missing_ok=True)
                with self.centre.config.open("a") as file:
                    file.write(config)
                self.smsc.submits.clear()
                self.centre.start({"SMSCENTRE_FAILPOINT": point}, wait=False)
                self.assertTrue(self.centre.wait_exit(20), f"{point} was not passed")
                self.centre.start()
                self.smsc.wait_for(self._is_over, "the reminders", 20)
                self._check(point)
                self.centre.kill9()

    def _is_over(self) -> bool:
        """Whether all is decided, and nothing waits any more."""
        ((told,),) = self.centre.rows("SELECT COUNT(*) FROM notices")
        ((waiting,),) = self.centre.rows(
            "SELECT COUNT(*) FROM outbox"
            " WHERE state IN ('queued', 'claimed', 'in_doubt')"
        )
        return bool(told) and not waiting

    def _check(self, point: str) -> None:
        copies = Counter(submit.destination.lstrip("+") for submit in self.smsc.submits)
        self.assertLessEqual(set(copies), set(self.numbers[_REPORTED:]))
        self.assertEqual(max(copies.values()), 1, point)
        doubtful = {
            number.lstrip("+")
            for (number,) in self.centre.rows(
                "SELECT number FROM outbox WHERE state = 'uncertain'"
            )
        }
        missing = set(self.numbers[_REPORTED:]) - set(copies)
        self.assertLessEqual(missing, doubtful, point)
        told = self.centre.rows("SELECT number FROM notices WHERE purpose = 'remind'")
        self.assertEqual(len(told), _UNITS - _REPORTED)
