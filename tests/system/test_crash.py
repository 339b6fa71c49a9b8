"""The crash campaign in small: a few random moments, twice each failpoint."""

from __future__ import annotations

import tempfile
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from smscentre.failpoints import POINTS
from tests.system.campaign import Campaign, Trial
from tests.system.crash import CarrierFront

_SEED = 20080427
_RANDOM_TRIALS = 3
_POINT_TRIALS = 2


class CrashTests(SynchronousTestCase):
    """Nothing is lost and nothing happens twice, wherever the process dies."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.front = CarrierFront(Path(folder.name))
        self.addCleanup(self.front.__exit__, None, None, None)
        self.front.__enter__()
        self.campaign = Campaign(self.front, _SEED)

    def test_random_moments(self) -> None:
        """A kill in the middle of traffic violates nothing."""
        for _ in range(_RANDOM_TRIALS):
            self._judge(self.campaign.random_trial())

    def test_failpoints(self) -> None:
        """A kill at any point violates nothing, and traffic does pass every point."""
        reached = set()
        for point in POINTS * _POINT_TRIALS:
            trial = self.campaign.point_trial(point)
            self._judge(trial)
            if trial.reached:
                reached.add(point)
        self.assertEqual(reached, set(POINTS))

    def _judge(self, trial: Trial) -> None:
        if trial.findings:
            self.fail(f"{trial}\n{self.front.centre.log()}")
