"""The crash campaign of a modem in small: what it has for itself, once each."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import ClassVar

from twisted.trial.unittest import SynchronousTestCase

from tests.system.campaign import Campaign, Trial
from tests.system.crash_modem import ModemFront

_SEED = 20080427
_MOST_PASSAGES = 4
_POINTS = ("before-acknowledge", "after-acknowledge", "after-write")
_MOMENTS = ("delete", "body", "confirm")
"""What is of the modem link alone; the stages' failpoints have a test with a carrier.

The whole is `make crash-modem`.
"""


class CrashModemTests(SynchronousTestCase):
    """Nothing is lost, early or twice, wherever the process dies."""

    front: ClassVar[ModemFront]
    campaign: ClassVar[Campaign]

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.front = ModemFront(Path(folder.name), _MOST_PASSAGES)
        cls.addClassCleanup(cls.front.__exit__, None, None, None)
        cls.front.__enter__()
        cls.campaign = Campaign(cls.front, _SEED)

    def test_a_random_moment(self) -> None:
        """A kill in the middle of traffic violates nothing."""
        self._judge(self.campaign.random_trial())

    def test_failpoints(self) -> None:
        """A kill around a deletion, or around what is sent, violates nothing."""
        for point in _POINTS:
            self._judge(self.campaign.point_trial(point))

    def test_what_the_modem_hears(self) -> None:
        """A kill while a command is carried out violates nothing."""
        for moment in _MOMENTS:
            # Confirmed is only what was not stored.
            self.front.report_by(brought=moment == "confirm")
            arm = partial(self.front.modem.kill_at, moment)
            self._judge(self.campaign.peer_trial(moment, arm))

    def _judge(self, trial: Trial) -> None:
        if trial.findings or not trial.reached:
            self.fail(f"{trial}\n{self.front.centre.log()}")
