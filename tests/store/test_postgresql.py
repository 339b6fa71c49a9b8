"""The stages and the store once more, on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from unittest import skipIf

from sqlalchemy import exc, insert, text
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from smscentre.store.engine import (
    StoreError,
    is_outage,
    reading_engine,
    writing_engine,
)
from smscentre.store.schema import upgrade
from smscentre.store.schema_revision import check_schema
from smscentre.store.tables import counters
from smscentre.store.transaction import Statement
from smscentre.store.writer import Unavailable, Writer
from tests.inbox import test_keyed as keyed
from tests.inbox import test_stage as inbox
from tests.outbox import test_stage as outbox
from tests.postgresql import MISSING, new_server, own_database, server
from tests.store import (
    test_audit,
    test_changes,
    test_courses,
    test_figures,
    test_interventions,
    test_ledger,
    test_longmessages,
    test_notices,
    test_pages,
    test_prepared,
    test_receipts,
    test_rerouting,
    test_revisions,
    test_search,
    test_trace,
    test_users,
    test_writer,
)
from tests.storecase import Batches, StoreTestCase, at_once

_PUT = Statement(insert(counters), ("name", "value"))
_LOCKS = "a reader's lock keeps SQLite's writer out, not PostgreSQL's"
_PLANS = "SQLite's own words for a plan"


@cache
def upgraded() -> str:
    """The URL of a database that others are copied from."""
    url = server().database()
    upgrade(url)
    return url


def on_postgresql(
    tests: type[StoreTestCase], without: Mapping[str, str] | None = None
) -> type[StoreTestCase]:
    """The same tests, each with a new database of the shared server.

    ``without`` gives the reasons for leaving tests out, by their names.
    """

    def new_database(self: StoreTestCase) -> str:
        return own_database(self, like=upgraded())

    name = f"Postgresql{tests.__name__}"
    members: dict[str, Any] = {
        **dict.fromkeys(without or ()),
        "new_database": new_database,
        "__module__": __name__,
        "__qualname__": name,
        "__doc__": tests.__doc__,
    }
    made = type(name, (tests,), members)
    return skipIf(bool(MISSING), MISSING)(made)


PostgresqlAcceptanceTests = on_postgresql(inbox.AcceptanceTests)
PostgresqlRedeliveryTests = on_postgresql(inbox.RedeliveryTests)
PostgresqlCannotCommitTests = on_postgresql(
    inbox.CannotCommitTests,
    {
        "test_refused_when_not_begun": _LOCKS,
        "test_withdrawn_leave_no_trace": _LOCKS,
    },
)
PostgresqlTimestampTests = on_postgresql(keyed.TimestampTests)
PostgresqlSlotTests = on_postgresql(keyed.SlotTests)
PostgresqlKindTests = on_postgresql(keyed.KindTests)
PostgresqlBindTests = on_postgresql(keyed.BindTests)
PostgresqlLongMessageTests = on_postgresql(inbox.LongMessageTests)
PostgresqlSilenceTests = on_postgresql(inbox.SilenceTests)
PostgresqlLimitTests = on_postgresql(inbox.LimitTests)
PostgresqlClockTests = on_postgresql(outbox.ClockTests)
PostgresqlClaimTests = on_postgresql(outbox.ClaimTests)
PostgresqlFailureTests = on_postgresql(outbox.FailureTests)
PostgresqlRoutingTests = on_postgresql(outbox.RoutingTests)
PostgresqlRetiredTests = on_postgresql(test_rerouting.RetiredTests)
PostgresqlReceiptTests = on_postgresql(outbox.ReceiptTests)
PostgresqlStopTests = on_postgresql(outbox.StopTests)
PostgresqlLongReplyTests = on_postgresql(outbox.LongReplyTests)
PostgresqlInDoubtTests = on_postgresql(outbox.InDoubtTests)
PostgresqlOctetsTests = on_postgresql(outbox.OctetsTests)
PostgresqlStoryTests = on_postgresql(test_trace.StoryTests)
PostgresqlListTests = on_postgresql(test_trace.ListTests)
PostgresqlAuditTests = on_postgresql(test_audit.AuditTests)
PostgresqlImportTests = on_postgresql(test_changes.ImportTests)
PostgresqlResendTests = on_postgresql(test_interventions.ResendTests)
PostgresqlCancelTests = on_postgresql(test_interventions.CancelTests)
PostgresqlUnaskedTests = on_postgresql(test_interventions.UnaskedTests)
PostgresqlLedgerTests = on_postgresql(
    test_ledger.LedgerTests, {"test_reads_by_index": _PLANS}
)
PostgresqlNoticeTests = on_postgresql(test_notices.NoticeTests)
PostgresqlFloodTests = on_postgresql(test_longmessages.FloodTests)
PostgresqlQueuesTests = on_postgresql(test_pages.QueuesTests)
PostgresqlArrivalsTests = on_postgresql(test_pages.ArrivalsTests)
PostgresqlPreparedTests = on_postgresql(test_prepared.PreparedTests)
PostgresqlSearchOrderTests = on_postgresql(test_search.OrderTests)
PostgresqlCriteriaTests = on_postgresql(test_search.CriteriaTests)
PostgresqlReachTests = on_postgresql(test_search.ReachTests)
PostgresqlMatchingTests = on_postgresql(test_receipts.ReceiptTests)
PostgresqlFiguresOfUnitsTests = on_postgresql(test_figures.UnitTests)
PostgresqlSumTests = on_postgresql(test_figures.SumTests)
PostgresqlCourseTests = on_postgresql(test_courses.CountTests)
PostgresqlStaffCourseTests = on_postgresql(test_courses.StaffTests)
PostgresqlSettledTests = on_postgresql(test_courses.SettledTests)
PostgresqlChangeTests = on_postgresql(test_revisions.ChangeTests)
PostgresqlTimeTests = on_postgresql(test_revisions.TimeTests)
PostgresqlWriterTests = on_postgresql(test_writer.WriterTests)
PostgresqlUserTests = on_postgresql(test_users.UserTests)
PostgresqlSessionTests = on_postgresql(test_users.SessionTests)
PostgresqlAuditSearchTests = on_postgresql(test_users.AuditSearchTests)


@skipIf(bool(MISSING), MISSING)
class EngineTests(SynchronousTestCase):
    """What PostgreSQL is asked when connecting."""

    def test_readers_only_read(self) -> None:
        """A statement that writes fails by the database itself."""
        engine = reading_engine(own_database(self, like=upgraded()))
        self.addCleanup(engine.dispose)
        with engine.connect() as connection, self.assertRaises(exc.InternalError):
            connection.execute(text("DELETE FROM inbox"))

    def test_synchronous_commit_is_demanded(self) -> None:
        """Readers and writers refuse a server that acknowledges too early."""
        url = f"{own_database(self)}&options=-c%20synchronous_commit%3Doff"
        for make in (reading_engine, writing_engine):
            engine = make(url)
            self.addCleanup(engine.dispose)
            with self.assertRaises(StoreError) as caught:
                engine.connect()
            self.assertIn("synchronous_commit off", str(caught.exception))

    def test_a_cut_network_is_noticed(self) -> None:
        """The driver is asked not to leave that to the kernel, by every engine."""
        url = own_database(self, like=upgraded())
        for make in (reading_engine, writing_engine):
            engine = make(url)
            self.addCleanup(engine.dispose)
            with engine.connect() as connection:
                driver: Any = connection.connection.dbapi_connection
                asked = driver.info.get_parameters()
            self.assertEqual(asked["tcp_user_timeout"], "20000")
            self.assertEqual(asked["keepalives_idle"], "10")

    def test_a_transaction_that_was_left(self) -> None:
        """The server ends it, before it keeps others from its rows for hours."""
        engine = writing_engine(own_database(self, like=upgraded()), explicit=True)
        self.addCleanup(engine.dispose)
        for _ in range(2):
            with engine.connect() as connection:
                shown = text("SHOW idle_in_transaction_session_timeout")
                self.assertEqual(connection.execute(shown).scalar_one(), "1min")

    def test_a_database_that_is_not_there(self) -> None:
        """The check of the schema says so cleanly."""
        engine = reading_engine(own_database(self).replace("/test_", "/absent_"))
        self.addCleanup(engine.dispose)
        with self.assertRaises(StoreError):
            check_schema(engine)


@skipIf(bool(MISSING), MISSING)
class OutageTests(SynchronousTestCase):
    """A server that goes away and comes back."""

    def setUp(self) -> None:
        self.server = new_server()
        self.addCleanup(self.server.remove)
        self.server.start()
        self.url = self.server.database()
        upgrade(self.url)
        engine = writing_engine(self.url, explicit=True)
        self.writer = Writer(engine, at_once, Clock(), Batches())
        self.addCleanup(self.writer.close)

    def put(self, name: str) -> Deferred[None]:
        """Have a row written."""
        return self.writer.perform(lambda transaction: transaction.add(_PUT, (name, 0)))

    def test_what_waited_is_committed_afterwards(self) -> None:
        """Nothing fails and nothing is lost while the server is away."""
        before = self.put("before")
        self.writer.turn()
        self.successResultOf(before)
        self.server.stop()
        waiting = self.put("waiting")
        for _ in range(2):
            self.assertRaises(Unavailable, self.writer.turn)
        self.assertNoResult(waiting)
        self.server.start()
        self.writer.turn()
        self.successResultOf(waiting)

    def test_fsync_is_demanded(self) -> None:
        """A server that never syncs is refused, in words; it is an outage to it."""
        self.server.stop()
        self.server.start("fsync=off")
        engine = reading_engine(self.url)
        self.addCleanup(engine.dispose)
        with self.assertRaises(StoreError) as caught:
            check_schema(engine)
        self.assertIn("fsync off", str(caught.exception))
        self.assertTrue(is_outage(caught.exception))
