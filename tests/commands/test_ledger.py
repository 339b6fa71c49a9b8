"""Tests for `smscentre.sim.ledger`, the ledger of these tests."""

from __future__ import annotations

import datetime

from twisted.trial.unittest import SynchronousTestCase

from smscentre.commands.forms import FIELDS, KIND_OF
from smscentre.directory import Scope
from smscentre.interfaces import Ledger, Report, Request, Tally
from smscentre.sim.ledger import FakeLedger
from tests.commands.office import DIRECTORY

_REQUEST = Request("+628110000000", "text", None, 1.0, 2.0)


def _day(number: int) -> datetime.date:
    return datetime.date(2008, 4, number)


class FakeLedgerTests(SynchronousTestCase):
    """The promises of `smscentre.interfaces.Ledger`."""

    def setUp(self) -> None:
        self.ledger = FakeLedger(DIRECTORY, FIELDS, KIND_OF)
        self.seen: Ledger = self.ledger

    def _store(self, unit: str, form: str, day: int, *values: int) -> None:
        self.ledger.store([Report(unit, form, _day(day), values)], _REQUEST)

    def test_latest(self) -> None:
        """The later submission holds; only the day's first is called first."""
        self._store("1203", "RUTAN", 27, 1, 2, 3, 4)
        self._store("1203", "RUTAN", 27, 5, 6, 7, 8)
        latest = self.seen.latest(("1203", "RUTAN", _day(27)))
        assert latest is not None
        self.assertEqual(latest.values, (5, 6, 7, 8))
        self.assertEqual((latest.number, latest.stored_at), (_REQUEST.number, 2.0))
        self.assertEqual([each.first for each in self.ledger.history], [True, False])
        self.assertIsNone(self.seen.latest(("1203", "RUTAN", _day(26))))

    def test_counts(self) -> None:
        """Counts are of exactly that day and of the scope."""
        self._store("1203", "RUTAN", 27, 1, 2, 3, 4)
        self._store("1301", "RUTAN", 27, 10, 10, 10, 10)
        self._store("1201", "RUTAN", 26, 9, 9, 9, 9)
        fields = FIELDS["RUTAN"]
        expected = Tally(dict(zip(fields, (1, 2, 3, 4), strict=True)), 1)
        found = self.seen.counts("RUTAN", Scope(province="DKI"), _day(27))
        self.assertEqual(found, expected)
        self.assertEqual(self.seen.counts("RUTAN", Scope(), _day(27)).units, 2)
        self.assertEqual(self.seen.counts("BAPAS", Scope(), _day(27)), Tally())

    def test_staff(self) -> None:
        """Each unit's last report up to the day is added."""
        self._store("1203", "RUTAN PEG", 20, 2, 0, 0, 0)
        self._store("1203", "RUTAN PEG", 10, 1, 0, 0, 0)
        self._store("1203", "RUTAN PEG", 28, 4, 0, 0, 0)
        self._store("1201", "RUTAN PEG", 1, 8, 0, 0, 0)
        tally = self.seen.staff("RUTAN PEG", Scope(), _day(27))
        self.assertEqual((tally.values["pam_p"], tally.units), (10, 2))

    def test_closed_units(self) -> None:
        """A unit that was closed by the day does not count."""
        self._store("1299", "RUTAN PEG", 1, 8, 0, 0, 0)
        for day, units in ((20, 1), (21, 0)):
            tally = self.seen.staff("RUTAN PEG", Scope(), _day(day))
            self.assertEqual(tally.units, units)

    def test_latest_day(self) -> None:
        """The latest day of the scope's units, whatever came last."""
        self._store("1203", "RUTAN", 27, 1, 2, 3, 4)
        self._store("1203", "RUTAN", 26, 1, 2, 3, 4)
        self.assertEqual(self.seen.latest_day("RUTAN", Scope("1203")), _day(27))
        self.assertIsNone(self.seen.latest_day("RUTAN", Scope("1201")))
        self.assertIsNone(self.seen.latest_day("BAPAS", Scope()))

    def test_reported(self) -> None:
        """Units with a report of the form and day."""
        self._store("1203", "RUTAN", 27, 1, 2, 3, 4)
        self._store("1201", "RUTAN", 26, 1, 2, 3, 4)
        self._store("1251", "BAPAS", 27, 1, 2, 3, 4)
        self.assertEqual(set(self.seen.reported("RUTAN", _day(27))), {"1203"})
