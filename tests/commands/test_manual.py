"""The manual's commands through `smscentre.commands`, without process or store."""

from __future__ import annotations

import tomllib
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from smscentre.directory import Directory, Officer, Right, Unit
from smscentre.provinces import load
from tests.commands.office import OFFICERS, Office

_MANUAL = Path(__file__).parents[1] / "golden" / "manual.toml"


class ManualTests(SynchronousTestCase):
    """The nineteen commands that the manual prints, in its order."""

    def test_letter_for_letter(self) -> None:
        """Every command gets exactly the manual's reply."""
        manual = tomllib.loads(_MANUAL.read_text(encoding="utf-8"))
        unit = Unit(
            code=manual["unit"]["code"],
            name=manual["unit"]["name"],
            title=manual["unit"]["name"],
            province=manual["unit"]["province"],
            kinds=frozenset(manual["unit"]["kinds"]),
        )
        officer = Officer(
            OFFICERS["unit"].number, "officer", unit.code, (), frozenset(Right)
        )
        office = Office(Directory.of(load(), [unit], [officer]))
        self.assertEqual(len(manual["case"]), 19)
        for case in manual["case"]:
            with self.subTest(id=case["id"]):
                self.assertEqual(office.ask(case["text"]).reply, case["reply"])
