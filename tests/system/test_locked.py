"""The campaign of outages in small: below and above the patience, and a full disk."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import ClassVar

from twisted.trial.unittest import SynchronousTestCase

from tests.system.locked import PATIENCE_S, Locked, Outage


class LockedTests(SynchronousTestCase):
    """The link lives, nothing is acknowledged unstored, and all is stored once."""

    locked: ClassVar[Locked]

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.locked = Locked(Path(folder.name))
        cls.addClassCleanup(cls.locked.__exit__, None, None, None)
        cls.locked.__enter__()

    def test_short(self) -> None:
        """An outage within the patience refuses nothing."""
        self.assertEqual(self._refusals(Outage.EXCLUSIVE, 1.5, 100), 0)

    def test_longer_than_the_patience(self) -> None:
        """Only what waited too long is refused, and it is taken when it comes again."""
        self.assertGreater(self._refusals(Outage.IMMEDIATE, PATIENCE_S + 1.5, 40), 0)

    def test_full_disk(self) -> None:
        """A file that cannot grow is an outage as any other."""
        self.assertEqual(self._refusals(Outage.FULL, 2.0, 40), 0)

    def _refusals(self, outage: Outage, seconds: float, rate: float) -> int:
        trial = self.locked.trial(outage, seconds, rate)
        if trial.findings:
            self.fail(f"{trial}\n{self.locked.centre.log()}")
        return trial.refusals
