"""The manual's commands over the real process, before and after a restart."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path
from unittest import SkipTest

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from smscentre.texting import phone_socket, send_text
from tests.system.centre import ROOT, Officer, RunningCentre, Unit
from tests.system.peer import Smsc
from tests.system.peers.manual import Exchange, Manual

_MANUAL = ROOT / "tests" / "golden" / "manual.toml"
_QUERY = "GET"


class GoldenTests(SynchronousTestCase):
    """Every command of the manual gets the manual's reply, letter for letter."""

    def setUp(self) -> None:
        manual = tomllib.loads(_MANUAL.read_text())
        self.sender = manual["sender"]
        unit = manual["unit"]
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.smsc = Smsc()
        self.smsc.start()
        self.addCleanup(self.smsc.stop)
        self.centre = RunningCentre(Path(folder.name), self.smsc.port)
        self.addCleanup(self.centre.close)
        self.centre.prepare(
            [
                Unit(
                    unit["code"],
                    unit["name"],
                    unit["name"],
                    unit["province"],
                    "|".join(unit["kinds"]),
                )
            ],
            [Officer(self.sender, "Petugas", unit["code"])],
        )
        self.manual = Manual()

    def test_the_manual(self) -> None:
        """All commands are answered in order; after kill -9 the queries again."""
        self.centre.start()
        self._try(self.manual.exchanges)
        # A reply whose response was not stored yet would come a second time.
        self.smsc.wait_for(self._settled, "the marks of all replies")
        self.centre.restart()
        # In the first minute of a new bind the same text is taken for a redelivery.
        queries = [one for one in self.manual.exchanges if _QUERY in one.text]
        self._try(evolve(one, text=one.text.lower()) for one in queries)
        self.centre.terminate()
        if self.manual.over:
            raise SkipTest("midnight passed during the run")

    def test_through_the_phone(self) -> None:
        """The same by the phone link, as 'smscentre text' uses it."""
        self.centre.start()
        phone = phone_socket(self.centre.folder, "demo")
        for exchange in self.manual.exchanges:
            with self.subTest(id=exchange.id):
                replies = send_text(phone, self.sender, exchange.text)
                self.assertEqual(replies, [exchange.reply])
        self.centre.terminate()

    def _try(self, exchanges: Iterable[Exchange]) -> None:
        for exchange in exchanges:
            with self.subTest(id=exchange.id):
                self.assertEqual(self._reply(exchange.text), exchange.reply)

    def _settled(self) -> bool:
        return self.centre.rows("SELECT DISTINCT state FROM outbox") == [("sent",)]

    def _reply(self, text: str) -> str:
        number = self.sender.removeprefix("+")
        known = len(self.smsc.texts(number))
        self.smsc.deliver(number, text)
        self.smsc.wait_for(
            lambda: len(self.smsc.texts(number)) > known, f"a reply to {text}"
        )
        return self.smsc.texts(number)[known]
