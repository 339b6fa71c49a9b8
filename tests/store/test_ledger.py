"""The ledger: sums by SQL, and reads that an index serves."""

from __future__ import annotations

import datetime
import re
import sqlite3
from typing import cast

from smscentre.directory import Directory, Scope, Unit
from smscentre.interfaces import Report, Request, Tally
from smscentre.store.engine import writing_engine
from smscentre.store.ledger import StoreLedger
from smscentre.store.people import put_units
from smscentre.store.transaction import Transaction
from tests.storecase import StoreTestCase

_DAY = datetime.date(2008, 4, 27)
_BEFORE = _DAY - datetime.timedelta(days=1)
_FIELDS = {"RUTAN": ("tahanan_p", "napi_p"), "RUTAN PEG": ("pam_p", "staf_p")}
_KINDS = dict.fromkeys(_FIELDS, "RUTAN")
_ALL = Scope()
_DKI = Scope(province="DKI")


def unit(
    code: str, province: str = "DKI", valid_until: datetime.date | None = None
) -> Unit:
    """A prison."""
    return Unit(
        code,
        f"LP_{code}",
        code,
        province,
        frozenset({"RUTAN"}),
        valid_until=valid_until,
    )


class LedgerTests(StoreTestCase):
    """What is stored is what is read, by unit, province and country."""

    def setUp(self) -> None:
        super().setUp()
        units = [
            unit("1"),
            unit("2"),
            unit("3", "JABAR"),
            unit("4", valid_until=_BEFORE),
        ]
        self.writer.perform(lambda transaction: put_units(transaction, units))
        self.turn()

    def ledger(self, transaction: Transaction) -> StoreLedger:
        """A ledger as one batch has it."""
        return StoreLedger(transaction, Directory.of(()), _FIELDS, _KINDS)

    def store(
        self,
        code: str,
        values: tuple[int, ...],
        form: str = "RUTAN",
        day: object = _DAY,
        at: float = 0.0,
    ) -> None:
        """Store a report in a transaction of its own."""
        assert isinstance(day, datetime.date)
        request = Request("+62811", "text", None, at, at)

        def record(transaction: Transaction) -> None:
            ledger = self.ledger(transaction)
            previous = ledger.latest((code, form, day))
            ledger.apply(Report(code, form, day, values, previous), request, 1)

        done = self.writer.perform(record)
        self.turn()
        self.successResultOf(done)

    def counts(self, scope: Scope, form: str = "RUTAN") -> Tally:
        """The sums of the day."""
        read = self.writer.perform(
            lambda transaction: self.ledger(transaction).counts(form, scope, _DAY)
        )
        self.turn()
        return self.successResultOf(read)

    def staff(self, scope: Scope) -> Tally:
        """The sums of the last staff reports."""
        read = self.writer.perform(
            lambda transaction: self.ledger(transaction).staff("RUTAN PEG", scope, _DAY)
        )
        self.turn()
        return self.successResultOf(read)

    def latest_day(self, scope: Scope) -> datetime.date | None:
        """The latest day of a scope."""
        read = self.writer.perform(
            lambda transaction: self.ledger(transaction).latest_day("RUTAN", scope)
        )
        self.turn()
        return self.successResultOf(read)

    def test_sums(self) -> None:
        """A province's sum is that of its units, the country's that of all."""
        for code in "123":
            self.store(code, (10, int(code)))
        self.assertEqual(self.counts(_DKI), Tally({"tahanan_p": 20, "napi_p": 3}, 2))
        self.assertEqual(self.counts(_ALL), Tally({"tahanan_p": 30, "napi_p": 6}, 3))
        self.assertEqual(
            self.counts(Scope(unit="2")), Tally({"tahanan_p": 10, "napi_p": 2}, 1)
        )

    def test_nothing_reported(self) -> None:
        """Without reports a sum is empty, not zero."""
        self.assertEqual(self.counts(_ALL), Tally({}, 0))

    def test_later_report_counts(self) -> None:
        """The later report of a day replaces the earlier one in every sum."""
        self.store("1", (10, 1))
        self.store("1", (20, 2))
        self.assertEqual(self.counts(_ALL), Tally({"tahanan_p": 20, "napi_p": 2}, 1))
        history = self.rows("SELECT old_values, new_values FROM submissions")
        self.assertEqual(
            [tuple(row) for row in history], [(None, "10 1"), ("10 1", "20 2")]
        )

    def test_closed_units(self) -> None:
        """A unit that was closed by that day is not counted."""
        self.store("4", (10, 1))
        self.assertEqual(self.counts(_ALL), Tally({}, 0))

    def test_staff_stay(self) -> None:
        """Staff hold until the next report, head counts for their day only."""
        self.store("1", (5, 5), "RUTAN PEG", _BEFORE)
        self.store("2", (7, 7), "RUTAN PEG", _BEFORE)
        self.store("2", (8, 8), "RUTAN PEG", _DAY)
        self.store("1", (5, 5), "RUTAN", _BEFORE)
        self.assertEqual(self.staff(_ALL), Tally({"pam_p": 13, "staf_p": 13}, 2))
        self.assertEqual(self.counts(_ALL), Tally({}, 0))

    def test_latest_day(self) -> None:
        """The latest day is that of any unit of the scope."""
        self.store("1", (1, 1), "RUTAN", _BEFORE)
        self.store("3", (1, 1), "RUTAN", _DAY)
        for scope, day in ((_DKI, _BEFORE), (_ALL, _DAY), (Scope(unit="2"), None)):
            self.assertEqual(self.latest_day(scope), day)

    def test_reported(self) -> None:
        """Units with a report of the form and day, and when the one that holds came."""
        self.store("1", (1, 2))
        self.store("1", (1, 2), at=60.0)
        self.store("2", (1, 2), day=_BEFORE)
        self.store("3", (1, 2), "RUTAN PEG")
        read = self.writer.perform(
            lambda transaction: self.ledger(transaction).reported("RUTAN", _DAY)
        )
        self.turn()
        self.assertEqual(self.successResultOf(read), {"1": 60.0})

    def test_reads_by_index(self) -> None:
        """No read of the path of a message scans a table that grows."""
        plans: list[str] = []
        engine = writing_engine(self.url)
        self.addCleanup(engine.dispose)
        with engine.connect() as connection, connection.begin():
            transaction = Transaction(connection, self.writer._numbers)
            statements: list[str] = []
            driver = cast(sqlite3.Connection, connection.connection.dbapi_connection)
            driver.set_trace_callback(statements.append)
            ledger = self.ledger(transaction)
            ledger.latest(("1", "RUTAN", _DAY))
            ledger.expect([(f"{unit}", "RUTAN", _DAY) for unit in range(10)])
            ledger.counts("RUTAN", _ALL, _DAY)
            ledger.staff("RUTAN PEG", _ALL, _DAY)
            ledger.latest_day("RUTAN", _ALL)
            ledger.reported("RUTAN", _DAY)
            ledger.last_action("+628111203001", 60.0)
            driver.set_trace_callback(None)
            for statement in statements:
                rows = driver.execute(f"EXPLAIN QUERY PLAN {statement}")
                plans.extend(row[3] for row in rows)
        self.assertTrue(any("SEARCH reports" in plan for plan in plans), plans)
        self.assertTrue(any("inbox_arrived" in plan for plan in plans), plans)
        small = re.compile(r"SCAN (units|given|[0-9]+ CONSTANT ROWS)")
        scans = [plan for plan in plans if plan.startswith("SCAN")]
        self.assertEqual([scan for scan in scans if not small.match(scan)], [])
