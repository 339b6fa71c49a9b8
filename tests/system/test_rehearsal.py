"""The real process against our own simulators, which are told to be bad peers."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from pathlib import Path

from attrs import frozen
from twisted.trial.unittest import SynchronousTestCase

from tests.system.case import OFFICER, prepared_database
from tests.system.centre import CentreOptions, RunningCentre, free_port
from tests.system.simulator import Simulator

_TEXTS = 20
_PATIENCE_S = 30.0
_STEP_S = 0.05


@frozen
class Rehearsal:
    """The faults of a peer, and how many copies of a reply they may make."""

    arguments: tuple[str, ...]
    copies: int


REHEARSALS = (
    Rehearsal(
        (
            *("--duplicate", "3", "--throttle-first", "3"),
            *("--receipt-form", "tlv", "--receipt-ids", "hex-in-receipt"),
            "--receipt-first",
        ),
        1,
    ),
    Rehearsal(("--delay", "0.2", "--drop-every", "2"), 2),
)


MODEM_REHEARSALS = (
    Rehearsal(("--interrupt", "0.3", "--delay", "0.02"), 1),
    Rehearsal(("--slots", "3", "--octet-delay", "0.0001"), 1),
)


class RehearsalTests(SynchronousTestCase):
    """What the manual promises of a rehearsal."""

    def test_nothing_is_lost_and_nothing_is_counted_twice(self) -> None:
        """Each text once, each reply at most as often as the faults allow."""
        for rehearsal in REHEARSALS:
            with tempfile.TemporaryDirectory() as folder:
                self.rehearse(Path(folder), rehearsal)

    def test_a_modem_loses_nothing_and_counts_nothing_twice(self) -> None:
        """Neither lines within answers nor a SIM of three slots does harm."""
        for rehearsal in MODEM_REHEARSALS:
            with tempfile.TemporaryDirectory() as folder:
                self.rehearse_modem(Path(folder), rehearsal)

    def rehearse(self, folder: Path, rehearsal: Rehearsal) -> None:
        """Text a centre through a bad carrier until all is answered."""
        port = free_port()
        centre = RunningCentre(folder, port)
        centre.adopt(prepared_database())
        simulator = Simulator(
            *("smsc", "--listen", f"tcp:{port}:interface=127.0.0.1"),
            *("--system-id", "smscentre"),
            *("--password-file", str(folder / "carrier-password")),
            *rehearsal.arguments,
        )
        self.settle_all(centre, simulator, rehearsal)

    def rehearse_modem(self, folder: Path, rehearsal: Rehearsal) -> None:
        """Text a centre through a bad modem until all is answered."""
        device = folder / "modem"
        options = CentreOptions(links=(), modems={"gsm": device})
        centre = RunningCentre(folder, free_port(), options)
        centre.adopt(prepared_database())
        simulator = Simulator("modem", "--link", str(device), *rehearsal.arguments)
        self.settle_all(centre, simulator, rehearsal)

    def settle_all(
        self, centre: RunningCentre, simulator: Simulator, rehearsal: Rehearsal
    ) -> None:
        """Start the centre, send all texts, and check what came of them."""
        try:
            centre.start()
            for figure in range(_TEXTS):
                simulator.text(OFFICER, f"RUTAN {figure} 1 1 1")
            self.settle(centre)
            stored = centre.rows(
                "SELECT count(*), count(DISTINCT new_values) FROM submissions"
            )
            self.assertEqual(stored, [(_TEXTS, _TEXTS)])
            query = "SELECT count(*) FROM outbox WHERE state = 'uncertain'"
            ((uncertain,),) = centre.rows(query)
        finally:
            simulator.close()
            centre.close()
        copies = Counter(line for line in simulator.shown if "<-" in line)
        self.assertLessEqual(max(copies.values()), rehearsal.copies)
        self.assertGreaterEqual(len(copies), _TEXTS - uncertain, simulator.shown)

    def settle(self, centre: RunningCentre) -> None:
        """Wait until every reply has come to an end."""
        ended = "('sent', 'delivered', 'uncertain')"
        query = f"SELECT count(*) FROM outbox WHERE state IN {ended}"
        end = time.monotonic() + _PATIENCE_S
        while centre.rows(query) != [(_TEXTS,)]:
            if time.monotonic() > end:
                states = centre.rows("SELECT state, count(*) FROM outbox GROUP BY 1")
                self.fail(f"not all replies have ended: {states}\n{centre.log()}")
            time.sleep(_STEP_S)
