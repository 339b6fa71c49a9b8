"""Tests for `smscentre.exchange`: binds in the store, and who hears of what."""

from __future__ import annotations

from twisted.logger import capturedLogs, formatEvent

from smscentre.exchange import HEARTBEAT_S
from smscentre.messages import Accepted
from smscentre.store.sessions import end_left_open
from smscentre.store.writer import MARK_DELAY_S
from tests.stages import StagesTestCase


class BindTests(StagesTestCase):
    """The rows of binds."""

    def binds(self) -> list[tuple[str, float, float | None]]:
        """Id, last heartbeat and end of each bind, in order."""
        query = "SELECT id, heartbeat_at, ended_at FROM binds ORDER BY began_at"
        return [tuple(row) for row in self.rows(query)]

    def beat(self) -> None:
        """Let a heartbeat's time pass, and a mark's after it."""
        self.clock.advance(HEARTBEAT_S)
        self.exchange.beat()
        self.turn()
        self.clock.advance(MARK_DELAY_S)
        self.turn()

    def test_a_bind_begins(self) -> None:
        """With its link and node."""
        self.connect()
        ((link, node),) = self.rows("SELECT link, node FROM binds")
        self.assertEqual((link, node), ("carrier", "node"))
        self.assertEqual(self.binds(), [("carrier-1", self.now(), None)])

    def test_a_bind_beats_while_it_stands(self) -> None:
        """And no longer."""
        self.connect()
        began = self.now()
        self.beat()
        self.assertEqual(self.binds()[0][1], began + HEARTBEAT_S)
        self.link.disconnect(self.exchange)
        self.turn()
        ended = self.now()
        self.beat()
        self.assertEqual(self.binds(), [("carrier-1", began + HEARTBEAT_S, ended)])

    def test_a_bind_that_another_node_of_the_name_ended(self) -> None:
        """It is alive again with its next beat, and the log asks for the cause once."""
        self.connect()
        self.writer.perform(lambda transaction: end_left_open(transaction, "node"))
        self.turn()
        self.assertIsNotNone(self.binds()[0][2])
        with capturedLogs() as events:
            self.beat()
            self.beat()
        self.assertIsNone(self.binds()[0][2])
        (said,) = [formatEvent(event) for event in events]
        self.assertIn("does a second host have node.name node?", said)

    def test_a_beat_that_had_to_wait(self) -> None:
        """It is of the time when it is stored: until then the bind stood."""
        self.connect()
        self.exchange.beat()
        self.clock.advance(7200)
        self.turn()
        self.assertEqual(self.binds()[0][1], self.now())

    def test_links_beat_each_for_itself(self) -> None:
        """The end of one bind is not that of another."""
        self.connect()
        self.other.connect(self.exchange)
        self.link.disconnect(self.exchange)
        self.turn()
        self.beat()
        first, second = sorted(self.binds())
        self.assertIsNotNone(first[2])
        self.assertEqual(
            (second[0], second[1], second[2]),
            ("spare-1", self.now() - MARK_DELAY_S, None),
        )

    def test_a_new_bind_of_the_same_link(self) -> None:
        """It is another row."""
        self.connect()
        self.link.disconnect(self.exchange)
        self.connect()
        self.turn()
        ends = [ended is None for _, _, ended in sorted(self.binds())]
        self.assertEqual(ends, [False, True])

    def test_a_bind_that_cannot_be_stored_is_logged(self) -> None:
        """The link goes on; the message path has its own patience."""
        self.connect()
        self.link.disconnect(self.exchange)
        self.link._binds = 0
        self.connect()
        self.turn()
        self.assertEqual(len(self.flushLoggedErrors()), 1)
        self.assertEqual(self.text("HELLO"), ["HELLO"])


class PassingOnTests(StagesTestCase):
    """From links to the stages."""

    def test_a_message_and_its_reply(self) -> None:
        """Arrival, acknowledgement, reply and outcome, each to its stage."""
        self.connect()
        self.assertEqual(self.text("HELLO"), ["HELLO"])
        (sent,) = self.link.sent
        self.link.settle(self.exchange, sent.row, Accepted("id-1"))
        self.clock.advance(MARK_DELAY_S)
        self.turn()
        ((state, smsc_id),) = self.rows("SELECT state, smsc_id FROM outbox")
        self.assertEqual((state, smsc_id), ("sent", "id-1"))
        ((acked_at,),) = self.rows("SELECT acked_at FROM inbox")
        self.assertIsNotNone(acked_at)
