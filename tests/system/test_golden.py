"""The manual's commands over the real process, before and after a restart."""

from __future__ import annotations

import datetime
import tempfile
import tomllib
from pathlib import Path
from unittest import SkipTest
from zoneinfo import ZoneInfo

from twisted.trial.unittest import SynchronousTestCase

from smscentre.texting import phone_socket, send_text
from tests.system.centre import ROOT, Officer, RunningCentre, Unit
from tests.system.peer import Smsc

_MANUAL = ROOT / "tests" / "golden" / "manual.toml"
_MANUAL_DAY = "270408"
_QUERY = "GET"
_NAMED_UNTIL_HOUR = 4
"""Before four in the morning an insert's reply names its day."""


def _now() -> datetime.datetime:
    return datetime.datetime.now(ZoneInfo("Asia/Jakarta"))


class GoldenTests(SynchronousTestCase):
    """Every command of the manual gets the manual's reply, letter for letter."""

    def setUp(self) -> None:
        manual = tomllib.loads(_MANUAL.read_text())
        self.cases = manual["case"]
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
        self.now = _now()

    def test_the_manual(self) -> None:
        """All commands are answered in order; after kill -9 the queries again."""
        self.centre.start()
        self._try(self.cases)
        # A reply whose response was not stored yet would come a second time.
        self.smsc.wait_for(self._settled, "the marks of all replies")
        self.centre.restart()
        # In the first minute of a new bind the same text is taken for a redelivery.
        queries = [case for case in self.cases if _QUERY in case["text"]]
        self._try([{**case, "text": case["text"].lower()} for case in queries])
        self.centre.terminate()
        if _now().date() != self.now.date():
            raise SkipTest("midnight passed during the run")

    def test_through_the_phone(self) -> None:
        """The same by the phone link, as 'smscentre text' uses it."""
        self.centre.start()
        phone = phone_socket(self.centre.folder, "demo")
        for case in self.cases:
            with self.subTest(id=case["id"]):
                replies = send_text(phone, self.sender, self._today(case["text"]))
                self.assertEqual(replies, [self._due(case)])
        self.centre.terminate()

    def _try(self, cases: list[dict[str, str]]) -> None:
        for case in cases:
            with self.subTest(id=case["id"]):
                reply = self._reply(self._today(case["text"]))
                self.assertEqual(reply, self._due(case))

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

    def _due(self, case: dict[str, str]) -> str:
        reply = self._today(case["reply"])
        if _QUERY not in case["text"].upper() and self.now.hour < _NAMED_UNTIL_HOUR:
            return reply.replace(" berhasil", f" tgl: {self._day} berhasil")
        return reply

    def _today(self, text: str) -> str:
        return text.replace(_MANUAL_DAY, self._day)

    @property
    def _day(self) -> str:
        return self.now.strftime("%d%m%y")
