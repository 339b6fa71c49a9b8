"""What the tests with modems share: a centre, and as many modems as a test wants.

The database is that of the manual, prepared once; each test starts its own process.
"""

from __future__ import annotations

__all__ = ["OFFICER", "ModemTestCase", "deliver_octets"]

import datetime
import tempfile
from collections.abc import Callable
from pathlib import Path

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm.coding_text import write_text
from smscentre.gsm.timestamp import Timestamp
from smscentre.gsm.tpdu import encode_with_smsc
from smscentre.gsm.tpdu_values import Deliver
from smscentre.messages import Address, Alphabet, Part
from smscentre.sim.modem.card import SimCard
from smscentre.sim.modem.state import ModemOptions
from tests.system.centre import CentreOptions, RunningCentre
from tests.system.modem import Modem
from tests.system.peers import manual

OFFICER = f"+{manual.OFFICER}"

_CENTRE = Address("62811000000", 1, 1)
_ZONE = datetime.timezone(datetime.timedelta(hours=7))


def deliver_octets(
    number: str,
    text: str,
    alphabet: Alphabet = Alphabet.GSM7,
    part: Part | None = None,
    coding: int | None = None,
) -> bytes:
    """One SMS-DELIVER of an international number, as it lies in a modem."""
    standard, data = write_text(text, alphabet, part)
    moment = Timestamp.of(datetime.datetime.now(_ZONE).replace(microsecond=0))
    source = Address(number.removeprefix("+"), 1, 1)
    tpdu = Deliver(source, moment, data, standard if coding is None else coding)
    return encode_with_smsc(tpdu, _CENTRE)


class ModemTestCase(SynchronousTestCase):
    """A folder for each test; `add_modem` first, then `run_centre`."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.modems: dict[str, Modem] = {}

    def add_modem(
        self,
        name: str = "modem-1",
        options: ModemOptions | None = None,
        card: SimCard | None = None,
    ) -> Modem:
        """Plug in a modem that the centre shall know by a name."""
        folder = self.folder / name
        folder.mkdir()
        modem = Modem(folder, options, card)
        modem.start()
        self.addCleanup(modem.stop)
        self.modems[name] = modem
        return modem

    def run_centre(
        self,
        options: CentreOptions | None = None,
        port: int = 1,
        with_names: bool = False,
    ) -> None:
        """Start a centre with every modem that was added; else with no link."""
        devices = {name: modem.device for name, modem in self.modems.items()}
        options = evolve(options or CentreOptions(links=()), modems=devices)
        self.centre = RunningCentre(self.folder, port, options)
        self.addCleanup(self.centre.close)
        self.centre.adopt(manual.database())
        if with_names:
            manual.add_named(self.centre)
        self.centre.start()

    def wait(
        self,
        modem: Modem,
        predicate: Callable[[], object],
        what: str,
        timeout_s: float = 30.0,
    ) -> None:
        """Wait for a modem to see something; on failure show the log."""
        try:
            modem.wait_for(predicate, what, timeout_s)
        except AssertionError as error:
            self.fail(f"{error}\n{self.centre.log()}")

    def reply(
        self, modem: Modem, deliver: Callable[[], object], number: str = OFFICER
    ) -> str:
        """Have something delivered and wait for the text that answers it."""
        known = len(modem.texts(number))
        deliver()
        self.wait(modem, lambda: len(modem.texts(number)) > known, "a reply")
        return modem.texts(number)[known]

    def ask(self, modem: Modem, text: str, number: str = OFFICER) -> str:
        """Text a command and wait for its reply."""
        return self.reply(modem, lambda: modem.deliver(number, text), number)

    def emptied(self, modem: Modem) -> None:
        """Wait until nothing is left in the modem, and nothing waits for it."""
        self.wait(
            modem, lambda: not modem.used and not modem.gsm.state.waiting, "no message"
        )

    def up(self, link: str = "modem-1") -> bool:
        """Whether a link stands."""
        return self.centre.metric(f'smscentre_link_up{{link="{link}"}}') == 1

    def column(self, query: str) -> list[object]:
        """The one column of a query."""
        return [value for (value,) in self.centre.rows(query)]
