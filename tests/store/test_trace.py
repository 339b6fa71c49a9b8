"""One message found again whole, by the stages that stored it and `store.trace`."""

from __future__ import annotations

from attrs import evolve

from smscentre.messages import (
    Accepted,
    DeliveryState,
    Incoming,
    IncomingKind,
    InDoubt,
    Octets,
    Part,
    Receipt,
    SubmitOutcome,
)
from smscentre.store import trace
from smscentre.store.engine import reading_engine
from smscentre.store.recent import STATES, Listed, list_messages
from smscentre.store.trace import Story
from tests.stages import OFFICER, StagesTestCase


class TraceTestCase(StagesTestCase):
    """Messages that took their path, and questions asked beside the service."""

    def setUp(self) -> None:
        super().setUp()
        self.engine = reading_engine(self.url)
        self.addCleanup(self.engine.dispose)
        self.connect()

    def deliver(self, incoming: Incoming) -> int:
        """Let a message arrive and be acknowledged; its id."""
        accepted = self.hand_over(self.link, incoming)
        self.turn()
        if self.successResultOf(accepted):
            self.exchange.acknowledged(self.link, incoming.arrival_id)
        self.pass_time(0.1)
        return self.id_of(incoming.arrival_id)

    def id_of(self, arrival_id: str) -> int:
        """The row of an arrival."""
        query = "SELECT id FROM inbox WHERE arrival_id = :arrival_id"
        (row,) = self.rows(query, arrival_id=arrival_id)
        found: int = row.id
        return found

    def settle(self, outcome: SubmitOutcome) -> None:
        """Give all that is in flight its outcome."""
        for row in list(self.link.in_flight):
            self.link.settle(self.exchange, row, outcome)
        self.pass_time(0.1)

    def receive(self, smsc_id: str, state: DeliveryState) -> int:
        """Let a receipt arrive; its id."""
        return self.deliver(
            evolve(
                self.incoming(smsc_id),
                kind=IncomingKind.RECEIPT,
                receipt=Receipt(smsc_id, state, f"stat:{state.value}"),
            )
        )

    def pass_time(self, seconds: float) -> None:
        """Let time pass and what it brings be stored."""
        self.clock.advance(seconds)
        self.turn()

    def find(self, key: object) -> Story:
        """The story that an id belongs to."""
        story = self.look(key)
        assert story is not None
        return story

    def look(self, key: object) -> Story | None:
        """The story that an id belongs to, if there is one."""
        with self.engine.begin() as connection:
            return trace.find_story(connection, str(key))

    def list_(
        self, sender: str | None = None, state: str | None = None, limit: int = 20
    ) -> list[Listed]:
        """A list as an operator asks for it."""
        with self.engine.begin() as connection:
            return list_messages(connection, sender, state, limit)


class StoryTests(TraceTestCase):
    """All that belongs to one message, and nothing else."""

    def test_from_arrival_to_receipt(self) -> None:
        """Rows of every table, each with what it kept."""
        self.deliver(self.incoming("SET 1"))
        self.settle(Accepted("41"))
        row = self.deliver(self.incoming("SET 2"))
        octets = Octets(b"submit\xff", b"answer\0")
        self.settle(Accepted("42", octets))
        self.receive("41", DeliveryState.DELIVERED)
        self.receive("42", DeliveryState.FAILED)
        story = self.find(row)
        (arrival,) = story.arrivals
        self.assertEqual((arrival.id, arrival.text), (row, "SET 2"))
        self.assertEqual(arrival.raw, b"SET 2")
        self.assertIsNotNone(arrival.acked_at)
        (filed,) = story.filed
        self.assertEqual((filed.old_values, filed.new_values), ("1", "2"))
        (part,) = story.sent
        self.assertEqual((part.text, part.state), ("Update 2", "failed"))
        self.assertEqual(
            (part.submit_pdu, part.answer_pdu), (b"submit\xff", b"answer\0")
        )
        (receipt,) = story.receipts
        self.assertEqual((receipt.smsc_id, receipt.raw), ("42", b"42"))
        self.assertEqual(list(story.binds), [arrival.bind])

    def test_by_any_of_its_ids(self) -> None:
        """The arrival's, the link's own, and that of a part of the reply."""
        other = self.deliver(self.incoming("OTHER"))
        incoming = self.incoming("ASK")
        row = self.deliver(incoming)
        part = self.link.sent[-1].row
        story = self.find(row)
        for key in (incoming.arrival_id, part):
            self.assertEqual(self.find(key), story)
        self.assertNotEqual(self.find(other), story)

    def test_a_redelivery(self) -> None:
        """The story is that of the message it repeats, whichever is asked for."""
        first = self.incoming("SET 1")
        self.hand_over(self.link, first)
        self.turn()
        self.link.disconnect(self.exchange)
        self.turn()
        self.connect()
        again = self.deliver(self.incoming("SET 1"))
        row = self.id_of(first.arrival_id)
        story = self.find(again)
        self.assertEqual([one.id for one in story.arrivals], [row, again])
        self.assertEqual(story.arrivals[1].redelivery_of, row)
        self.assertEqual(len(story.filed), 1)
        self.assertEqual(self.find(row), story)
        self.assertEqual(len(story.binds), 2)

    def test_a_long_message(self) -> None:
        """Each part leads to all of them and to the reply."""
        rows = [
            self.deliver(
                self.link.incoming(
                    OFFICER.removeprefix("+"), text, self.now(), Part(7, 8, 2, at)
                )
            )
            for at, text in ((2, "T 1"), (1, "SE"))
        ]
        self.deliver(self.incoming("OTHER"))
        story = self.find(rows[0])
        self.assertEqual(
            [(one.part, one.total) for one in story.arrivals], [(2, 2), (1, 2)]
        )
        self.assertEqual([filed.new_values for filed in story.filed], ["1"])
        self.assertEqual([part.text for part in story.sent], ["Insert 1"])
        self.assertEqual(self.find(rows[1]), story)

    def test_a_receipt(self) -> None:
        """Names the part that it was matched to, if any."""
        self.deliver(self.incoming("ASK"))
        self.settle(Accepted("42"))
        matched = self.find(self.receive("42", DeliveryState.DELIVERED))
        self.assertEqual(matched.receipts[0].outbox_id, self.link.sent[0].row)
        parked = self.find(self.receive("43", DeliveryState.DELIVERED))
        self.assertIsNone(parked.receipts[0].outbox_id)

    def test_a_part_of_no_arrival(self) -> None:
        """A text that nobody asked for has a story too."""
        self.deliver(self.incoming("ASK"))
        part = self.link.sent[0].row
        self.writer.perform(
            lambda transaction: transaction.connection.exec_driver_sql(
                "UPDATE outbox SET inbox_id = NULL"
            )
        )
        self.turn()
        story = self.find(part)
        self.assertEqual((story.arrivals, len(story.sent)), ([], 1))

    def test_what_is_not_there(self) -> None:
        """Ids that no row has, and what is no id."""
        row = self.deliver(self.incoming("ASK"))
        # Of more than 4,300 digits Python makes no number.
        ids = row + 1_000_000, 2**80, "9" * 5000, "carrier-1:99", OFFICER, f"0{row}", ""
        for key in ids:
            self.assertIsNone(self.look(key), key)


class ListTests(TraceTestCase):
    """Lists of messages."""

    def setUp(self) -> None:
        super().setUp()
        self.deliver(self.incoming("SET 1"))
        self.settle(InDoubt("no answer"))
        self.settle(Accepted("42"))
        self.deliver(self.incoming("hello", "+628111203009"))
        self.deliver(self.incoming("spam", "4321"))
        self.receive("42", DeliveryState.DELIVERED)

    def texts(
        self, sender: str | None = None, state: str | None = None, limit: int = 20
    ) -> list[str]:
        """The texts of a list."""
        return [one.text for one in self.list_(sender, state, limit)]

    def test_the_newest_last(self) -> None:
        """Without receipts."""
        self.assertEqual(self.texts(), ["SET 1", "hello", "spam"])
        self.assertEqual(self.texts(limit=2), ["hello", "spam"])

    def test_what_became_of_each(self) -> None:
        """Of the message and of its reply."""
        first, unknown, short = self.list_()
        self.assertEqual((first.outcome, first.replies), ("insert", ["delivered"]))
        self.assertEqual((unknown.outcome, unknown.replies), ("unknown", ["claimed"]))
        self.assertEqual((short.state, short.reason), ("silent", "short_code"))

    def test_of_a_sender(self) -> None:
        """In E.164, or as it came."""
        self.assertEqual(self.texts(OFFICER), ["SET 1"])
        self.assertEqual(self.texts("4321"), ["spam"])
        self.assertEqual(self.texts("+628999"), [])

    def test_in_a_state(self) -> None:
        """The message's own or that of its reply."""
        for state, texts in (
            ("silent", ["spam"]),
            ("delivered", ["SET 1"]),
            ("claimed", ["hello"]),
            ("receipt", ["42"]),
            ("uncertain", []),
        ):
            self.assertIn(state, STATES)
            self.assertEqual(self.texts(None, state), texts, state)
