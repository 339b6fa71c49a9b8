"""Texts as officers type them, each with its exact outcome."""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm.alphabet import is_gsm7, septets
from smscentre.interfaces import Outcome, Report
from tests.commands.office import Office

_TEXTS = Path(__file__).parents[1] / "golden" / "texts.toml"
_FEWEST = 120
_OF_MANUAL = ("insert", "update", "query")

_REPORTS = (
    Report("1201", "RUTAN", datetime.date(2008, 4, 27), (10, 20, 30, 40)),
    Report("1203", "RUTAN", datetime.date(2008, 4, 26), (80, 50, 30, 30)),
    Report("1203", "RUTAN PEG", datetime.date(2008, 4, 1), (8, 2, 4, 4)),
)


def _stored(outcome: Outcome) -> str:
    """What an outcome stores, as the table writes it."""
    return "; ".join(
        f"{each.form} {' '.join(map(str, each.values))} {each.day}"
        for each in outcome.effects
        if isinstance(each, Report)
    )


class TextTests(SynchronousTestCase):
    """The table of `tests/golden/texts.toml`."""

    def setUp(self) -> None:
        self.cases = tomllib.loads(_TEXTS.read_text(encoding="utf-8"))["case"]

    def test_table(self) -> None:
        """Every text has its outcome, stores what it should, gets its reply."""
        self.assertGreaterEqual(len(self.cases), _FEWEST)
        for case in self.cases:
            with self.subTest(rule=case["rule"], text=case["text"]):
                office = Office()
                office.stored(*_REPORTS)
                outcome = office.ask(case["text"], case.get("officer", "unit"))
                self.assertEqual(outcome.name, case["outcome"])
                self.assertEqual(_stored(outcome), case.get("stored", ""))
                self.assertEqual(outcome.reply, case["reply"])

    def test_replies_fit(self) -> None:
        """A reply that is not the manual's fits one SMS."""
        for case in self.cases:
            with self.subTest(text=case["text"]):
                self.assertTrue(is_gsm7(case["reply"]))
                if case["outcome"] not in _OF_MANUAL:
                    self.assertLessEqual(septets(case["reply"]), 160)

    def test_refusals_store_nothing(self) -> None:
        """What ends with the refusal's sentence is no insert."""
        for case in self.cases:
            if case["reply"].endswith("Data belum disimpan."):
                self.assertNotIn("stored", case)
