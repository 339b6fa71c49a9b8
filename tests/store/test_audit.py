"""Tests for `smscentre.store.audit` over a real SQLite file."""

from __future__ import annotations

from attrs import frozen
from sqlalchemy import text
from twisted.trial.unittest import SynchronousTestCase

from smscentre.store import audit
from smscentre.store.engine import writing_engine
from smscentre.store.transaction import Numbers, Transaction
from tests.storecase import StoreTestCase

AT = 1_209_268_800.25


@frozen
class Tampering:
    """A statement that somebody ran, and the row at which that shows."""

    statement: str
    breaks_at: int


TAMPERINGS = (
    Tampering("UPDATE audit SET actor = 'nobody' WHERE id = 2", 2),
    Tampering("UPDATE audit SET at = at + 1 WHERE id = 1", 1),
    Tampering("UPDATE audit SET hash = 'x' WHERE id = 3", 3),
    Tampering("DELETE FROM audit WHERE id = 2", 2),
    Tampering("DELETE FROM audit WHERE id = 1", 1),
    Tampering("UPDATE audit SET id = id + 10 WHERE id = 3", 3),
    Tampering("INSERT INTO audit VALUES (4, 1.0, 'a', 'b', 'c', 'd', 'e')", 4),
)


class AuditTests(StoreTestCase, SynchronousTestCase):
    """The chain of rows."""

    def setUp(self) -> None:
        super().setUp()
        self.engine = writing_engine(self.url)
        self.addCleanup(self.engine.dispose)

    def record(self, *subjects: str) -> None:
        """Add rows in one transaction."""
        with self.engine.begin() as connection:
            transaction = Transaction(connection, Numbers())
            for subject in subjects:
                audit.record(transaction, "local:ani", "test", subject, "é|\n", AT)
            transaction.flush()

    def broken_at(self) -> int | None:
        """Where the chain breaks."""
        with self.engine.begin() as connection:
            return audit.verify(connection)

    def test_an_empty_log_is_whole(self) -> None:
        """Before anybody changed anything there is nothing to break."""
        self.assertIsNone(self.broken_at())

    def test_the_chain_goes_on_in_and_over_transactions(self) -> None:
        """Rows number on without gaps and each fits the one before."""
        self.record("a", "b")
        self.record("c")
        self.assertEqual(
            [tuple(row) for row in self.rows("SELECT id, subject FROM audit")],
            [(1, "a"), (2, "b"), (3, "c")],
        )
        self.assertIsNone(self.broken_at())

    def test_equal_rows_have_different_hashes(self) -> None:
        """A row cannot stand in for an equal one elsewhere."""
        self.record("a", "a")
        first, second = (row[0] for row in self.rows("SELECT hash FROM audit"))
        self.assertNotEqual(first, second)

    def test_tampering_shows(self) -> None:
        """Changed, removed, moved and added rows break the chain where they are."""
        for tampering in TAMPERINGS:
            with self.engine.begin() as connection:
                connection.execute(text("DELETE FROM audit"))
            self.record("a", "b", "c")
            with self.engine.begin() as connection:
                connection.execute(text(tampering.statement))
            self.assertEqual(self.broken_at(), tampering.breaks_at, tampering.statement)
