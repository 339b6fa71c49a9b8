"""What the tests of the service share: a centre and a carrier for each.

The database is prepared once and copied; each test starts its own process.
"""

from __future__ import annotations

__all__ = ["OFFICER", "OTHER", "STRANGER", "ServiceTestCase", "prepared_database"]

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.system.centre import CentreOptions, Officer, RunningCentre, Unit
from tests.system.history import Delivery
from tests.system.peer import Smsc, SmscOptions

OFFICER = "628111203001"
OTHER = "628111203002"
STRANGER = "628111209999"

UNIT = Unit("5001", "LP_SATU", "Lapas Satu")
BOTH = Unit("5002", "LP_NAMA_PANJANG", "Lapas Dua", kinds="RUTAN|RUPBASAN")


@cache
def prepared_database() -> bytes:
    """A prepared database, made once for all tests."""
    with tempfile.TemporaryDirectory() as folder:
        centre = RunningCentre(Path(folder), 1)
        centre.prepare(
            [UNIT, BOTH],
            [
                Officer(f"+{OFFICER}", "Petugas Satu", UNIT.code),
                Officer(f"+{OTHER}", "Petugas Dua", BOTH.code),
            ],
        )
        return centre.database.read_bytes()


class ServiceTestCase(SynchronousTestCase):
    """A centre and a carrier for each test; `run_centre` starts the centre."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.smsc = Smsc(SmscOptions(redeliver_after_s=1.0, window=50))
        self.smsc.start()
        self.addCleanup(self.smsc.stop)

    def run_centre(self, options: CentreOptions | None = None) -> None:
        """Start a centre and wait for its bind."""
        self.centre = RunningCentre(self.folder, self.smsc.port, options)
        self.addCleanup(self.centre.close)
        self.centre.adopt(prepared_database())
        self.centre.start()
        self.wait(lambda: self.smsc.bound, "the bind")

    def wait(
        self, predicate: Callable[[], object], what: str, timeout_s: float = 30.0
    ) -> None:
        """Wait for the carrier to see something; on failure show the log."""
        try:
            self.smsc.wait_for(predicate, what, timeout_s)
        except AssertionError as error:
            self.fail(f"{error}\n{self.centre.log()}")

    def ask(self, text: str, number: str = OFFICER) -> str:
        """Text a command and wait for its reply."""
        known = len(self.smsc.texts(number))
        self.smsc.deliver(number, text)
        self.wait(lambda: len(self.smsc.texts(number)) > known, f"a reply to {text}")
        return self.smsc.texts(number)[known]

    def acknowledged(self, *deliveries: Delivery) -> None:
        """Wait until the centre took the messages."""
        self.wait(
            lambda: all(delivery.acknowledged for delivery in deliveries),
            "acknowledgements",
        )

    def states(self, table: str) -> list[str]:
        """The states of all rows of a table, by id."""
        return [
            state
            for (state,) in self.centre.rows(f"SELECT state FROM {table} ORDER BY id")
        ]
