"""Tests for `smscentre.store.longmessages`: what a flood of parts costs.

What becomes of texts is in `tests.inbox.test_parts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from smscentre.messages import Address, Incoming, Part
from smscentre.store.engine import writing_engine
from smscentre.store.longmessages import KEPT_IN_MIND, join
from smscentre.store.tables import long_messages
from smscentre.store.transaction import Numbers, Transaction
from tests.storecase import StoreTestCase

NOW = 1_209_268_800.0


class Counting(Transaction):
    """Counts the rows that it reads."""

    read = 0

    def all(
        self, query: Select[Any], parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Any]:
        """As the real one."""
        rows = super().all(query, parameters)
        self.read += len(rows)
        return rows


class FloodTests(StoreTestCase):
    """More parts of one key than are looked at."""

    def setUp(self) -> None:
        super().setUp()
        engine = writing_engine(self.url)
        self.addCleanup(engine.dispose)
        self.connection = engine.connect()
        self.addCleanup(self.connection.close)
        self.transaction = Counting(self.connection, Numbers())

    def bring(self, text: str, number: int, total: int = 3) -> str | None:
        """One part, a copy of every other with the same text."""
        arrival = self.transaction.new_id()
        incoming = Incoming(
            arrival_id=str(arrival),
            link="carrier",
            bind="carrier-ab",
            source=Address("628111203001"),
            destination=Address("02170252704"),
            coding=0,
            udh=b"",
            body=b"",
            text=text,
            raw=b"",
            arrived_at=NOW,
            part=Part(7, 8, total, number),
        )
        return join(self.transaction, incoming, arrival, text.encode(), {})

    def flood(self, count: int) -> None:
        """Texts of which only the first part comes."""
        for serial in range(count):
            self.assertIsNone(self.bring(f"flood {serial}", 1))

    def test_a_part_costs_no_more(self) -> None:
        """The rows that are read are those of one text, however many came."""
        self.flood(20)
        self.transaction.read = 0
        self.bring("RUTAN ", 1)
        self.bring("1 2 ", 2)
        self.bring("3 4", 3)
        self.assertLessEqual(self.transaction.read, 1 + 1 + 2)

    def test_a_text_after_them_is_joined(self) -> None:
        """In its order, and its late copies are known for what they are."""
        self.flood(KEPT_IN_MIND + 1)
        self.assertIsNone(self.bring("RUTAN ", 1))
        self.assertIsNone(self.bring("3 4", 3))
        self.assertEqual(self.bring("1 2 ", 2), "RUTAN 1 2 3 4")
        self.flood(3)
        for number, text in ((2, "1 2 "), (1, "RUTAN "), (3, "3 4")):
            self.assertIsNone(self.bring(text, number))
        self.transaction.flush()
        kept = self.connection.execute(
            select(func.count()).where(long_messages.c.text == "1 2 ")
        )
        self.assertEqual(kept.scalar_one(), 1)
