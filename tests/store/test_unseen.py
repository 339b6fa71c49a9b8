"""Commits of PostgreSQL that succeed while nobody is there to hear it."""

from __future__ import annotations

from typing import Any
from unittest import skipIf

from sqlalchemy import Connection, event, exc, insert

from smscentre.messages import Unsent
from smscentre.store.engine import writing_engine
from smscentre.store.tables import counters
from smscentre.store.transaction import Statement
from smscentre.store.writer import MARK_DELAY_S, Unavailable, Writer
from tests.outbox.test_stage import OutboxTestCase
from tests.postgresql import MISSING, own_database
from tests.store.test_postgresql import upgraded
from tests.storecase import at_once

_PUT = Statement(insert(counters), ("name", "value"))


@skipIf(bool(MISSING), MISSING)
class UnseenCommitTests(OutboxTestCase):
    """The connection breaks with the answer to a commit."""

    def new_database(self) -> str:
        return own_database(self, like=upgraded())

    def setUp(self) -> None:
        super().setUp()
        self.engine = writing_engine(self.url, explicit=True)
        self.writer = Writer(self.engine, at_once, self.clock, self.batches)
        self.addCleanup(self.writer.close)
        self.start_stages()

    def lose_answer(self, *, stored: bool = True) -> None:
        """Have the answer to the next commit lost, and with it the connection."""

        def lose(connection: Connection) -> None:
            event.remove(self.engine, "commit", lose)
            inner = connection.connection.dbapi_connection
            assert inner is not None
            if stored:
                inner.commit()
            inner.close()
            raise exc.OperationalError(
                "COMMIT", {}, OSError(), connection_invalidated=True
            )

        event.listen(self.engine, "commit", lose)

    def test_done_once(self) -> None:
        """What was stored is not done again."""
        done = self.writer.perform(lambda transaction: transaction.add(_PUT, ("a", 0)))
        self.lose_answer()
        self.assertRaises(Unavailable, self.writer.turn)
        self.turn()
        self.successResultOf(done)

    def test_not_stored(self) -> None:
        """What was not stored is done, and until then can be taken back."""
        self.connect()
        kept, refused = self.arrive("SET 5"), self.arrive("SET 6", "+628111203002")
        self.lose_answer(stored=False)
        self.assertRaises(Unavailable, self.writer.turn)
        self.writer.turn()
        last = [*self.inbox._unanswered][-1]
        self.assertTrue(self.writer.withdraw(last))
        self.turn()
        self.assertIs(self.successResultOf(kept), True)
        self.assertNoResult(refused)
        self.assertEqual(self.submissions(), ["5"])

    def test_before_the_commit(self) -> None:
        """Where no commit was asked for nothing is in doubt: it can be taken back."""
        self.connect()
        driver: Any = self.writer._connected().connection.dbapi_connection
        self.rows(f"SELECT pg_terminate_backend({driver.info.backend_pid}, 5000)")
        refused = self.arrive("SET 5")
        self.assertRaises(Unavailable, self.writer.turn)
        (last,) = self.inbox._unanswered
        self.assertTrue(self.writer.withdraw(last))
        self.turn()
        self.assertNoResult(refused)
        self.assertEqual(self.states(), [])

    def test_claim(self) -> None:
        """What was claimed goes out, once."""
        self.put("a")
        self.link.connect(self.exchange)
        self.lose_answer()
        self.assertRaises(Unavailable, self.writer.turn)
        self.turn()
        self.assertEqual(self.texts(), ["a"])

    def test_mark(self) -> None:
        """A part that came back and was claimed anew stays claimed."""
        self.connect()
        self.put("a")
        self.link.settle(self.exchange, self.link.sent[0].row, Unsent("no room"))
        self.lose_answer()
        self.assertRaises(Unavailable, self.writer.turn)
        self.turn()
        self.pass_time(MARK_DELAY_S)
        self.assertEqual((self.texts(), self.states()), (["a", "a"], ["claimed"]))

    def test_arrival(self) -> None:
        """A message takes effect once and is answered once."""
        self.connect()
        settled = self.arrive("SET 5")
        self.lose_answer()
        self.assertRaises(Unavailable, self.writer.turn)
        self.turn()
        self.assertIs(self.successResultOf(settled), True)
        self.assertEqual((self.texts(), self.submissions()), (["Insert 5"], ["5"]))
