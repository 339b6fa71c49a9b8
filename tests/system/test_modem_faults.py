"""The fault campaign of the modems in small: each fault once, all at the same time."""

from __future__ import annotations

import tempfile
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.system.faults_modem import Campaign
from tests.system.faults_modem_deeds import BRIEF

_PART = 0.45
_MODEMS = 15


class ModemFaultTests(SynchronousTestCase):
    """Whatever befalls modems, each serves again soon, and nobody else notices."""

    def test_each_fault(self) -> None:
        """Nothing is lost or doubled; carrier, pages and a modem that is well go on."""
        with (
            tempfile.TemporaryDirectory() as folder,
            Campaign(Path(folder), _MODEMS) as campaign,
        ):
            campaign.run([(wrong, _PART) for wrong in BRIEF])
            if campaign.findings:
                self.fail(f"{campaign}\n{campaign.traffic.centre.log()}")
