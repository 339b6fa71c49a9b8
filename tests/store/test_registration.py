"""Tests for `smscentre.store.registration`: failures with codes and PINs."""

from __future__ import annotations

from smscentre.credentials import Attempts
from smscentre.store.registration import attempts_of, put_attempts
from smscentre.store.transaction import Transaction
from tests.storecase import StoreTestCase

_ANI = "+6281112030001"
_SUBJECT = "insert"


class AttemptsTests(StoreTestCase):
    """The failures of a number in a row."""

    def _put(self, state: Attempts, known: Attempts) -> Attempts | None:
        """Write failures that follow others; what is there then."""

        def put(transaction: Transaction) -> Attempts | None:
            put_attempts(transaction, _ANI, _SUBJECT, state, known)
            return attempts_of(transaction, [_ANI])[_ANI].get(_SUBJECT)

        found = self.writer.perform(put)
        self.turn()
        return self.successResultOf(found)

    def test_in_a_row(self) -> None:
        """One after the other, each counts once; none is no row."""
        first, second = Attempts(1, 10.0), Attempts(2, 20.0)
        self.assertEqual(self._put(first, Attempts()), first)
        self.assertEqual(self._put(second, first), second)
        self.assertIsNone(self._put(Attempts(), second))

    def test_at_two_nodes(self) -> None:
        """Of two that read the same failures neither hides the other's."""
        for _ in range(3):
            found = self._put(Attempts(1, 10.0), Attempts())
        self.assertEqual(found, Attempts(3, 10.0))

    def test_after_an_hour(self) -> None:
        """Those that count no more are known, and not added again."""
        self._put(Attempts(2, 10.0), Attempts())
        late = Attempts(1, 9000.0)
        self.assertEqual(self._put(late, Attempts(2, 10.0)), late)
