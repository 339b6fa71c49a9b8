"""Two nodes that share a PostgreSQL, each in the middle of the other's transaction.

On SQLite there is one writer, and none of this can happen.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from unittest import skipIf

from attrs import frozen
from sqlalchemy import event

from smscentre import failpoints
from smscentre.exchange import Exchange
from smscentre.inbox.acceptance import Acceptance
from smscentre.messages import Part
from smscentre.sim.memory import MemoryLink
from smscentre.store.engine import writing_engine
from smscentre.store.longmessages import WAIT_S
from smscentre.store.transaction import Transaction
from smscentre.store.writer import Unavailable, Writer
from tests.postgresql import MISSING, own_database
from tests.stages import StagesTestCase
from tests.store.test_postgresql import upgraded
from tests.storecase import Batches, at_once


@frozen
class _Node:
    """What a node has of its own."""

    writer: Writer
    acceptance: Acceptance
    exchange: Exchange
    link: MemoryLink

    def turn(self) -> None:
        """Commit what waits, or leave it where another node is in the way."""
        try:
            while self.writer.turn():
                pass
        except Unavailable:
            pass


@skipIf(bool(MISSING), MISSING)
class LongMessageTests(StagesTestCase):
    """A carrier spreads the parts of a text over binds with two nodes."""

    def new_database(self) -> str:
        return own_database(self, like=upgraded())

    def setUp(self) -> None:
        super().setUp()
        self.first = _Node(self.writer, self.acceptance, self.exchange, self.link)
        # It does not wait for the first: that would wait for this very test.
        url = f"{self.url}&options=-c%20lock_timeout%3D1"
        self.engine = writing_engine(url, explicit=True)
        self.writer = Writer(self.engine, at_once, self.clock, Batches())
        self.addCleanup(self.writer.close)
        self.start_stages()
        self.second = _Node(self.writer, self.acceptance, self.exchange, self.other)
        for node in (self.first, self.second):
            node.link.connect(node.exchange)
            # Each has its block of numbers: they seldom meet over these.
            node.writer.perform(lambda transaction: transaction.new_id())
            node.turn()

    def before_commit(self, action: Callable[[], object]) -> None:
        """Do something in the middle of the next transaction."""
        actions = [action]

        def hit(point: str) -> None:
            if point == "before-commit" and actions:
                actions.pop()()

        self.patch(failpoints, "hit", hit)

    def before_update(self, action: Callable[[], object]) -> None:
        """Do something after the second node has read, before it first updates."""
        actions = [action]

        def look(*given: Any) -> None:
            if given[2].startswith("UPDATE") and actions:
                actions.pop()()

        event.listen(self.engine, "before_cursor_execute", look)

    def part(self, node: _Node, number: int, text: str) -> None:
        """Let a part arrive at a node."""
        place = Part(7, 8, 2, number)
        incoming = node.link.incoming("628111203001", text, self.now(), place)
        node.exchange.arrived(node.link, incoming, lambda accepted: None)

    def tell_incomplete(self, acceptance: Acceptance, transaction: Transaction) -> None:
        """Give up what is too late."""
        acceptance.tell_incomplete(transaction, self.now())

    def test_parts_at_the_same_time(self) -> None:
        """Neither part misses the other."""
        self.part(self.first, 1, "SET 1")
        self.part(self.second, 2, "23")
        self.before_commit(self.second.turn)
        self.first.turn()
        self.second.turn()
        self.assertEqual(self.submissions(), ["123"])

    def test_given_up_at_the_same_time(self) -> None:
        """The officer is told once, by the node that was first."""
        self.part(self.first, 1, "SET 1")
        self.first.turn()
        self.clock.advance(WAIT_S)
        for node in (self.first, self.second):
            node.writer.perform(partial(self.tell_incomplete, node.acceptance))
        self.before_update(self.first.turn)
        self.second.turn()
        told = self.rows("SELECT text FROM outbox")
        self.assertEqual([row.text for row in told], ["part 2 of 2 is missing"])
