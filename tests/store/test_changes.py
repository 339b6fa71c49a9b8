"""Tests for `smscentre.store.changes` over a real SQLite file."""

from __future__ import annotations

import datetime

from attrs import evolve

from smscentre.directory import Officer, Right, Unit
from smscentre.store.changes import (
    Signature,
    import_officers,
    import_units,
    stored_directory,
)
from smscentre.store.engine import StoreError
from tests.storecase import StoreTestCase

DAY = datetime.date(2008, 4, 27)
SIGNATURE = Signature("local:ani", "units.csv", 1_209_268_800.0)

ONE = Unit("1203", "LP_CIPINANG2", "Lapas Cipinang", "DKI", frozenset({"RUTAN"}))
TWO = Unit("1204", "LP_SALEMBA", "Lapas Salemba", "DKI", frozenset({"RUTAN"}))

ANI = Officer("+628111203001", "Ani", "1203", rights=frozenset(Right))
BUDI = Officer("+628111203002", "Budi", None, ("DKI",))


class ImportTests(StoreTestCase):
    """Whole lists into the store."""

    def audited(self) -> list[tuple[str, ...]]:
        """Who did what, and how it is described."""
        query = "SELECT actor, action, subject, detail FROM audit ORDER BY id"
        return [tuple(row) for row in self.rows(query)]

    def test_a_first_import_adds(self) -> None:
        """Everything is new and can be read back as it was."""
        change = import_units(self.url, [ONE, TWO], SIGNATURE)
        self.assertEqual(change.added, ("1203", "1204"))
        stored = stored_directory(self.url).units
        self.assertEqual(list(stored.values()), [ONE, TWO])

    def test_a_repetition_changes_nothing(self) -> None:
        """The report tells what was different from what was the same."""
        import_units(self.url, [ONE, TWO], SIGNATURE)
        change = import_units(self.url, [ONE, evolve(TWO, capacity=500)], SIGNATURE)
        self.assertEqual(change.unchanged, ("1203",))
        self.assertEqual(change.updated, ("1204",))
        self.assertEqual(change.added, ())

    def test_absent_units_are_closed_on_request(self) -> None:
        """The day given is their last."""
        import_units(self.url, [ONE, TWO], SIGNATURE)
        change = import_units(self.url, [ONE], SIGNATURE, close_absent_on=DAY)
        self.assertEqual(change.closed, ("1204",))
        self.assertEqual(stored_directory(self.url).units["1204"].valid_until, DAY)

    def test_absent_officers_are_deactivated_on_request(self) -> None:
        """Without the request they stay."""
        import_units(self.url, [ONE], SIGNATURE)
        import_officers(self.url, [ANI, BUDI], SIGNATURE)
        self.assertEqual(import_officers(self.url, [ANI], SIGNATURE).closed, ())
        change = import_officers(self.url, [ANI], SIGNATURE, replace=True)
        self.assertEqual(change.closed, (BUDI.number,))
        officers = stored_directory(self.url).officers
        self.assertFalse(officers[BUDI.number].active)
        self.assertEqual(officers[ANI.number], ANI)

    def test_a_dry_run_changes_nothing(self) -> None:
        """It reports the same, and is not in the audit log."""
        change = import_units(self.url, [ONE], SIGNATURE, dry_run=True)
        self.assertEqual(change.added, ("1203",))
        self.assertEqual(stored_directory(self.url).units, {})
        self.assertEqual(self.audited(), [])

    def test_an_import_is_audited(self) -> None:
        """Who, which file, how much; those deactivated by name."""
        import_units(self.url, [ONE, TWO], SIGNATURE)
        import_units(self.url, [ONE], SIGNATURE, close_absent_on=DAY)
        self.assertEqual(
            self.audited(),
            [
                (
                    "local:ani",
                    "units.import",
                    "units.csv",
                    "2 added, 0 updated, 0 unchanged, 0 deactivated",
                ),
                (
                    "local:ani",
                    "units.import",
                    "units.csv",
                    "0 added, 0 updated, 1 unchanged, 1 deactivated: 1204",
                ),
            ],
        )

    def test_a_running_service_notices(self) -> None:
        """The version by which snapshots are kept moves."""
        query = "SELECT value FROM counters WHERE name = 'directory'"
        before = self.rows(query)
        import_units(self.url, [ONE], SIGNATURE)
        self.assertNotEqual(self.rows(query), before)

    def test_a_missing_database_is_named(self) -> None:
        """The error says how to make it."""
        url = f"sqlite:///{self.folder / 'other.db'}"
        error = self.assertRaises(StoreError, stored_directory, url)
        self.assertIn("db upgrade", str(error))
