"""Texts as officers type them, played on the real stages, row by row."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from twisted.trial.unittest import SynchronousTestCase

from tests.commands.typed_world import Table, World, faults_of

_TABLES = Path(__file__).parent / "typed"


class TypedTests(SynchronousTestCase):
    """The tables of ``typed/``."""

    def setUp(self) -> None:
        self.folder = Path(mkdtemp(prefix="smscentre-"))
        self.addCleanup(rmtree, self.folder)

    def _play(self, table: Table) -> dict[str, list[str]]:
        """Play every row; in what those that fail differ, by id."""
        prepared = self.folder / "prepared.db"
        table.prepare(prepared)
        found = {}
        for case in table.cases:
            folder = Path(mkdtemp(dir=self.folder))
            world = World(table, prepared, folder / "row.db")
            try:
                faults = faults_of(case, world)
            finally:
                world.close()
                rmtree(folder)
            if faults:
                found[case["id"]] = faults
        return found

    def test_blind(self) -> None:
        """Every row has its reply, or its silence, and stores what it should."""
        found = self._play(Table(_TABLES / "blind.toml"))
        self.assertEqual(found, {})

    def test_blind_again(self) -> None:
        """So has every row of the second table."""
        found = self._play(Table(_TABLES / "blind2.toml"))
        self.assertEqual(found, {})
