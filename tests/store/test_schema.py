"""Tests for `smscentre.store.schema`, on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import skipIf

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text
from twisted.trial.unittest import SynchronousTestCase

from smscentre import store
from smscentre.provinces import load as load_provinces
from smscentre.store.engine import StoreError, reading_engine, writing_engine
from smscentre.store.schema import upgrade
from smscentre.store.schema_revision import check_schema, known_revisions
from smscentre.store.tables import metadata
from tests.postgresql import MISSING, own_database

MIGRATIONS = Config()
MIGRATIONS.set_main_option(
    "script_location", str(Path(store.__file__).parent / "migrations")
)

SAMPLES: Mapping[type, object] = {
    str: "x",
    int: 7,
    float: 0.25,
    bool: True,
    bytes: b"\0\xff",
    datetime.date: datetime.date(2008, 4, 27),
}
"""A value for a column of each type; the same one, so that keys refer to keys."""

NEW_VALUES: Mapping[tuple[str, str], object] = {("inbox", "filed"): True}
"""What a column of a table has in rows that are older than it."""


def earlier_revisions() -> list[str]:
    """Every revision that a database may have but the newest."""
    script = ScriptDirectory.from_config(MIGRATIONS)
    _, *earlier = (found.revision for found in script.walk_revisions())
    return earlier


class SchemaTests(SynchronousTestCase):
    """A database from nothing to the newest schema."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.url = self.new_database()

    def new_database(self) -> str:
        """The URL of a database that is not there yet, or empty."""
        return f"sqlite:///{self.folder}/new/smscentre.db"

    def change(self, statement: str) -> None:
        """Change the database behind the program's back."""
        engine = writing_engine(self.url)
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def check(self) -> None:
        """Check the schema as a start does."""
        engine = reading_engine(self.url)
        try:
            check_schema(engine)
        finally:
            engine.dispose()

    def refused(self) -> str:
        """Why a start is refused."""
        with self.assertRaises(StoreError) as caught:
            self.check()
        return str(caught.exception)

    def test_revisions_are_the_names_of_files(self) -> None:
        """In their order, so that no start needs what makes them."""
        script = ScriptDirectory.from_config(MIGRATIONS)
        found = [revision.revision for revision in script.walk_revisions()]
        self.assertEqual(found[::-1], list(known_revisions()))

    def test_a_new_database_is_accepted(self) -> None:
        """The revision that was reached is the one that is needed."""
        upgrade(self.url)
        self.check()

    def test_twice(self) -> None:
        """The second time changes nothing."""
        first = upgrade(self.url)
        self.change("UPDATE provinces SET name = 'changed' WHERE keyword = 'DKI'")
        self.change("INSERT INTO counters VALUES ('mine', 7)")
        self.assertEqual(upgrade(self.url), first)
        engine = reading_engine(self.url)
        self.addCleanup(engine.dispose)
        with engine.connect() as connection:
            kept = connection.execute(
                text("SELECT value FROM counters WHERE name = 'mine'")
            )
            self.assertEqual(kept.scalar_one(), 7)
            count = connection.execute(text("SELECT count(*) FROM provinces"))
            self.assertEqual(count.scalar_one(), len(load_provinces()))

    def make(self, revision: str) -> dict[str, dict[str, object]]:
        """Make the database as an earlier version did, with a row in each table.

        Gives the rows.
        """
        rows: dict[str, dict[str, object]] = {}
        upgrade(self.url)
        engine = writing_engine(self.url)
        with engine.begin() as connection:
            metadata.drop_all(connection)
            connection.execute(text("DROP TABLE alembic_version"))
            MIGRATIONS.attributes["connection"] = connection
            command.upgrade(MIGRATIONS, revision)
            found = MetaData()
            found.reflect(connection)
            for table in found.sorted_tables:
                if table.name != "alembic_version":
                    rows[table.name] = {
                        column.name: SAMPLES[column.type.python_type]
                        for column in table.columns
                    }
                    connection.execute(table.insert(), rows[table.name])
        engine.dispose()
        return rows

    def content(self) -> dict[str, list[dict[str, object]]]:
        """All rows of all tables."""
        engine = reading_engine(self.url)
        self.addCleanup(engine.dispose)
        found = MetaData()
        with engine.connect() as connection:
            found.reflect(connection)
            return {
                table.name: [
                    dict(row) for row in connection.execute(table.select()).mappings()
                ]
                for table in found.sorted_tables
            }

    def test_data_outlive_an_upgrade(self) -> None:
        """From each earlier schema; columns that are new are empty, or as said."""
        for revision in earlier_revisions():
            self.url = self.new_database()
            before = self.make(revision)
            upgrade(self.url)
            self.check()
            after = self.content()
            for table, row in before.items():
                added = {
                    name: NEW_VALUES.get((table, name))
                    for name in set(after[table][0]) - set(row)
                }
                self.assertIn(row | added, after[table])

    def test_the_first_version_can_be_brought_up_to_date(self) -> None:
        """The test above has something to walk over."""
        self.assertIn("0001", earlier_revisions())

    def test_an_older_schema_is_refused(self) -> None:
        """With both revisions and the command that mends it."""
        newest = upgrade(self.url)
        self.change("UPDATE alembic_version SET version_num = '0001'")
        said = self.refused()
        for words in ("schema 0001", f"needs {newest}", "db upgrade"):
            self.assertIn(words, said)

    def test_a_newer_schema_is_refused(self) -> None:
        """By a start and by an upgrade, which would not help."""
        newest = upgrade(self.url)
        self.change("UPDATE alembic_version SET version_num = '9999'")
        with self.assertRaises(StoreError) as caught:
            upgrade(self.url)
        for said in (str(caught.exception), self.refused()):
            for words in ("schema 9999", "newer version of smscentre", newest):
                self.assertIn(words, said)
            self.assertNotIn("db upgrade", said)

    def test_an_empty_database_is_refused(self) -> None:
        """With the command that fills it."""
        upgrade(self.url)
        self.change("DROP TABLE alembic_version")
        said = self.refused()
        self.assertIn("schema none", said)
        self.assertIn("db upgrade", said)

    def test_the_migrations_make_the_tables(self) -> None:
        """Alembic finds no difference between them and `store.tables`."""
        upgrade(self.url)
        engine = reading_engine(self.url)
        self.addCleanup(engine.dispose)
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )
            self.assertEqual(compare_metadata(context, metadata), [])


@skipIf(bool(MISSING), MISSING)
class PostgresqlSchemaTests(SchemaTests):
    """The same on PostgreSQL."""

    def new_database(self) -> str:
        return own_database(self)


class FileTests(SynchronousTestCase):
    """The file of a SQLite database."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_only_its_owner_reads_it(self) -> None:
        """It holds telephone numbers."""
        upgrade(f"sqlite:///{self.folder}/a.db")
        self.assertEqual((self.folder / "a.db").stat().st_mode & 0o777, 0o600)

    def test_a_folder_that_cannot_be_made(self) -> None:
        """The reason is told, without a traceback."""
        (self.folder / "file").touch()
        with self.assertRaises(StoreError) as caught:
            upgrade(f"sqlite:///{self.folder}/file/a.db")
        self.assertIn("cannot make the database", str(caught.exception))

    def test_memory_makes_no_file(self) -> None:
        """It is refused before anything is made."""
        self.assertRaises(StoreError, upgrade, "sqlite:///:memory:")
        self.assertFalse(Path(":memory:").exists())

    def test_no_database(self) -> None:
        """A file that is something else is refused in words."""
        file = self.folder / "a.db"
        file.write_text("this is not a database " * 100)
        with self.assertRaises(StoreError):
            upgrade(f"sqlite:///{file}")
