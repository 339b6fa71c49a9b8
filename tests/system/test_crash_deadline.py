"""The campaign of deadlines in small, and what its judge sees."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest import skipIf

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from tests.system.crash_deadline import Campaign
from tests.system.deadline_check import Kind, Notice, Seen, judge, notices
from tests.system.faketime import MISSING
from tests.system.history import Copy, Delivery, Submit

_SEED = 20080428
_TRIALS = 2

_MOMENT = 100.0


@skipIf(bool(MISSING), MISSING)
class CrashDeadlineTests(SynchronousTestCase):
    """Each at most once, none missing, none to who has reported."""

    def test_in_small(self) -> None:
        """A stop and a kill around deadlines violate nothing."""
        with (
            tempfile.TemporaryDirectory() as name,
            Campaign(Path(name), _SEED) as campaign,
        ):
            for _ in range(_TRIALS):
                trial = campaign.perform()
                self.assertEqual(
                    trial.findings, [], f"{trial}\n{campaign.centre.log()}"
                )
        trials = campaign.trials
        self.assertEqual(sum(trial.course.kills for trial in trials), _TRIALS // 2)
        self.assertGreater(sum(trial.reminders for trial in trials), _TRIALS)
        self.assertGreater(sum(trial.digests for trial in trials), 0)


def _report(acknowledged_at: float | None) -> Delivery:
    delivery = Delivery("62811", "centre", "RUTAN 1 2 3 4", b"")
    status = None if acknowledged_at is None else 0
    delivery.copies.append(Copy(1, 1, 50.0, acknowledged_at, status))
    return delivery


_REMINDER = Notice("62811", "1000", 95.0, reminds=True)
_DIGEST = Notice("62813", "DKI", 101.0, reminds=False, reported=1)
_LATE = Notice("62812", "1001", 90.5, reminds=True)
"""To a unit that has reported."""

_SEEN = Seen(
    officers={"1000": "62811", "1001": "62812"},
    reports={"1001": _report(90.0)},
    notices=(_REMINDER, _DIGEST),
    told={"62813": "DKI"},
    doubtful=(),
    moment=_MOMENT,
)


def _with(*came: Notice, doubtful: str = "") -> Seen:
    """The same, with other notices."""
    return evolve(_SEEN, notices=came, doubtful={doubtful})


class JudgeTests(SynchronousTestCase):
    """What is found in a trial."""

    def test_as_it_should_be(self) -> None:
        """Whoever had to be told was, once."""
        self.assertEqual(list(judge(_SEEN)), [])

    def test_what_is_wrong(self) -> None:
        """Each kind of violation is seen."""
        lost = evolve(_SEEN, reports={"1001": _report(None)})
        for seen, kind in (
            (_with(_REMINDER, _REMINDER, _DIGEST), Kind.TWICE),
            (_with(_REMINDER, _DIGEST, _DIGEST), Kind.TWICE),
            (_with(_DIGEST), Kind.MISSING),
            (_with(_REMINDER), Kind.MISSING),
            (_with(_REMINDER, _DIGEST, _LATE), Kind.NEEDLESS),
            (_with(_REMINDER, evolve(_DIGEST, reported=0)), Kind.WRONG),
            (_with(_REMINDER, evolve(_DIGEST, reported=2)), Kind.WRONG),
            (lost, Kind.LOST),
        ):
            self.assertEqual([found.kind for found in judge(seen)], [kind])

    def test_what_may_be(self) -> None:
        """A reminder that crosses the report, and what a kill left in doubt."""
        for seen in (
            _with(_REMINDER, _DIGEST, evolve(_LATE, at=89.9)),
            _with(_DIGEST, doubtful="62811"),
            _with(_REMINDER, doubtful="62813"),
        ):
            self.assertEqual(list(judge(seen)), [])

    def test_notices(self) -> None:
        """Reminders and digests are told from replies."""
        texts = (
            "UPT 1000/U1000/DKI belum lapor RUTAN hari ini 280408. Batas 10.00 WIB.",
            "DKI 280408: 7 dari 20 UPT sudah lapor. Belum: U1000.",
            "Insert Data UPT 1000/U1000/DKI berhasil, Tahanan P=1",
        )
        submits = [Submit(1, 1, "+62811", text, None, 0, 0, 5.0, "1") for text in texts]
        self.assertEqual(
            list(notices(submits)),
            [
                Notice("62811", "1000", 5.0, reminds=True),
                Notice("62811", "DKI", 5.0, reminds=False, reported=7),
            ],
        )
