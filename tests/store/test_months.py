"""Tests for `smscentre.store.months` with two programs on one PostgreSQL."""

from __future__ import annotations

import datetime
from unittest import skipIf

from sqlalchemy import Connection, exc, text
from twisted.trial.unittest import SynchronousTestCase

from smscentre.store.changes import Signature
from smscentre.store.engine import writing_engine
from smscentre.store.months import (
    MonthClosed,
    all_closed,
    close_month,
    keep_open,
    reopen_month,
)
from smscentre.store.transaction import Numbers, Transaction
from tests.postgresql import MISSING, own_database
from tests.prepared import make_store

_MARCH = datetime.date(2008, 3, 31)
_AT = datetime.datetime(2008, 4, 27, tzinfo=datetime.UTC).timestamp()
_SIGNATURE = Signature("web:ani", "", _AT)


@skipIf(bool(MISSING), MISSING)
class LockTests(SynchronousTestCase):
    """Who writes and who closes wait for each other."""

    def setUp(self) -> None:
        url = own_database(self)
        make_store(url)
        engine = writing_engine(url)
        self.addCleanup(engine.dispose)
        self.one, self.other = (self.connect(engine.connect()) for _ in range(2))

    def connect(self, connection: Connection) -> Transaction:
        """A transaction that does not wait for long."""
        self.addCleanup(connection.close)
        connection.execute(text("SET lock_timeout = '200ms'"))
        connection.commit()
        return Transaction(connection, Numbers())

    def test_a_month_that_is_being_written(self) -> None:
        """It cannot be closed before the commit."""
        keep_open(self.one, _MARCH, _AT)
        with self.assertRaises(exc.OperationalError):
            close_month(self.other, _MARCH, _SIGNATURE)
        self.other.connection.rollback()
        self.one.connection.commit()
        self.assertTrue(close_month(self.other, _MARCH, _SIGNATURE))

    def test_two_who_write(self) -> None:
        """They do not wait for each other."""
        keep_open(self.one, _MARCH, _AT)
        keep_open(self.other, _MARCH, _AT)

    def test_a_month_that_is_being_closed(self) -> None:
        """Nobody writes its figures: he waits, and then it is closed."""
        close_month(self.one, _MARCH, _SIGNATURE)
        with self.assertRaises(exc.OperationalError):
            keep_open(self.other, _MARCH, _AT)
        self.other.connection.rollback()
        self.one.connection.commit()
        self.assertRaises(MonthClosed, keep_open, self.other, _MARCH, _AT)

    def test_a_month_that_goes_on(self) -> None:
        """Its figures are written without any lock."""
        close_month(self.one, _MARCH, _SIGNATURE)
        keep_open(self.other, datetime.date(2008, 4, 27), _AT)

    def test_the_list(self) -> None:
        """The latest first, each with who closed it."""
        for month in (1, 3, 2):
            close_month(self.one, datetime.date(2008, month, 9), _SIGNATURE)
        reopen_month(self.one, datetime.date(2008, 2, 1), _SIGNATURE)
        listed = all_closed(self.one.connection)
        self.assertEqual([each.month.month for each in listed], [3, 1])
        self.assertEqual(listed[0].closed_by, "web:ani")
