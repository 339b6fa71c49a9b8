"""Tests for `smscentre.store.patient` over a real SQLite file."""

from __future__ import annotations

from sqlalchemy import text
from twisted.internet.defer import CancelledError

from smscentre.store.engine import StoreError
from smscentre.store.patient import PatientWriter, UncertainError
from smscentre.store.transaction import Transaction
from tests.storecase import StoreTestCase

_ADD = text("INSERT INTO counters VALUES ('mine', 7)")


def add(transaction: Transaction) -> str:
    """A change."""
    transaction.execute(_ADD)
    return "added"


class PatientTests(StoreTestCase):
    """What becomes of a change, and of whoever waits for it."""

    def setUp(self) -> None:
        super().setUp()
        self.patient = PatientWriter(self.writer, self.clock, wait_s=10.0)

    def stored(self) -> bool:
        """Whether the change was made."""
        return bool(self.rows("SELECT 1 FROM counters WHERE name = 'mine'"))

    def test_done(self) -> None:
        """The result comes with the commit, and nothing is left."""
        change = self.patient.perform(add)
        self.assertNoResult(change)
        self.turn()
        self.assertEqual(self.successResultOf(change), "added")
        self.assertTrue(self.stored())
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_failed(self) -> None:
        """Its own error comes back."""
        change = self.patient.perform(lambda transaction: 1 // 0)
        self.turn()
        self.failureResultOf(change, ZeroDivisionError)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_too_late(self) -> None:
        """After ten seconds it is taken back, and is not made later."""
        change = self.patient.perform(add)
        self.clock.advance(10)
        self.failureResultOf(change, StoreError)
        self.turn()
        self.assertFalse(self.stored())
        self.assertEqual(self.writer.waiting, 0)

    def test_begun(self) -> None:
        """One that is being made is not taken back; what it is nobody knows yet."""

        def slow(transaction: Transaction) -> str:
            self.clock.advance(10)
            return add(transaction)

        change = self.patient.perform(slow)
        self.turn()
        self.failureResultOf(change, UncertainError)
        self.assertTrue(self.stored())

    def test_nobody_waits(self) -> None:
        """Whoever has gone is not told; the change is made all the same."""
        change = self.patient.perform(add)
        change.cancel()
        self.failureResultOf(change, CancelledError)
        self.turn()
        self.assertTrue(self.stored())
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_nobody_waits_any_more(self) -> None:
        """Or it is taken back, where it could not be made in time."""
        change = self.patient.perform(add)
        change.cancel()
        self.failureResultOf(change, CancelledError)
        self.clock.advance(10)
        self.turn()
        self.assertFalse(self.stored())
