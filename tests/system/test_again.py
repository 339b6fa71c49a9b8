"""The campaign of repetitions in small: each kind of round once or twice."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import ClassVar

from twisted.trial.unittest import SynchronousTestCase

from tests.system.again import MESSAGES, WINDOW, Again, Late, Round


class AgainTests(SynchronousTestCase):
    """Nothing counts twice and no phone rings three times, whatever comes again."""

    again: ClassVar[Again]

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.again = Again(Path(folder.name))
        cls.addClassCleanup(cls.again.__exit__, None, None, None)
        cls.again.__enter__()

    def test_acknowledgements(self) -> None:
        """Copies before, and after a loss in one bind, three, or with a crash."""
        self._judge(self.again.unacknowledged_copies())
        self._judge(self.again.lost_acknowledgement(MESSAGES - 1))
        # A reply may have been on its way when the process died: the judge knows.
        self._judge(self.again.lost_acknowledgement(2, kill=True), copies=None)
        self._judge(self.again.lost_in_three_binds())

    def test_on_purpose(self) -> None:
        """The same text after its acknowledgement is a new message each time."""
        self._judge(self.again.on_purpose(5))

    def test_responses(self) -> None:
        """Responses that come late, after their bind, or not at all."""
        self._judge(self.again.late_response(2, Late.IN_TIME), copies=0)
        self._judge(self.again.late_response(WINDOW, Late.AFTER_BIND), copies=1)
        self._judge(self.again.late_response(1, Late.NEVER), copies=1)
        self._judge(self.again.never_answered(), copies=1)

    def _judge(self, found: Round, copies: int | None = 0) -> None:
        if found.findings:
            self.fail(f"{found}\n{self.again.centre.log()}")
        if copies is not None:
            self.assertEqual(found.copies, copies)
