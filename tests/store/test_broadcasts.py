"""Tests for `smscentre.store.broadcasts`, with the outbox that sends them."""

from __future__ import annotations

from unittest import skipIf

from smscentre.messages import Accepted, Alphabet, Priority
from smscentre.store import audit, outgoing
from smscentre.store.beside import change_store, read_store
from smscentre.store.broadcasts import (
    Broadcast,
    Sender,
    UnknownBroadcast,
    list_broadcasts,
    put_broadcast,
    resend_uncertain,
)
from smscentre.store.outgoing import Draft
from smscentre.store.sessions import end_left_open
from smscentre.store.tables import outbox
from tests.postgresql import MISSING, own_database
from tests.stages import OFFICER, StagesTestCase

NUMBERS = ("+628111203001", "+628111203002", "+628111203003")


class BroadcastTests(StagesTestCase):
    """From another process into the outbox, and out by a link."""

    def setUp(self) -> None:
        super().setUp()
        self.link.window = 1
        self.connect()

    def put(self, *parts: str) -> int:
        """Put a broadcast in, as the command line does."""
        drafts = [
            Draft(
                "carrier",
                number,
                parts or ("Rapat",),
                Alphabet.GSM7,
                Priority.BROADCAST,
                8,
                self.now() + 3600,
            )
            for number in NUMBERS
        ]
        sender = Sender("local:root", self.now(), "all officers")
        return change_store(
            self.url,
            lambda transaction: put_broadcast(
                transaction, "".join(parts) or "Rapat", drafts, sender
            ),
        )

    def resend(self, number: int) -> int:
        """Say that what is uncertain shall go once more."""
        sender = Sender("local:root", self.now(), "")
        return change_store(
            self.url,
            lambda transaction: resend_uncertain(
                transaction, number, sender, self.now() + 3600
            ),
        )

    def tick(self) -> None:
        """Let the service keep house."""
        self.outbox.tick()
        self.turn()

    def accept_all(self) -> None:
        """Let the carrier take whatever comes."""
        while self.link.in_flight:
            (row,) = self.link.in_flight
            self.link.settle(self.exchange, row, Accepted(f"id-{row}"))
            self.clock.advance(0.05)
            self.turn()

    def crash(self) -> None:
        """Kill the service while a part is in flight, and start it again."""
        self.link.in_flight.clear()
        self.link.bind = ""
        self.start_stages()
        self.writer.perform(lambda transaction: end_left_open(transaction, "node"))
        self.writer.perform(
            lambda transaction: outgoing.leave_in_doubt(transaction, "crash")
        )
        self.turn()
        self.connect()

    def sent(self) -> list[str]:
        """To whom something was sent so far."""
        return [outgoing.number for outgoing in self.link.sent]

    def listed(self) -> Broadcast:
        """The only broadcast, as the command line lists it."""
        (one,) = read_store(self.url, list_broadcasts)
        return one

    def test_the_service_finds_it(self) -> None:
        """When it keeps house; each number gets it once."""
        self.put()
        self.assertEqual(self.sent(), [])
        self.tick()
        self.accept_all()
        self.assertEqual(self.sent(), list(NUMBERS))
        self.assertEqual(self.listed().states, {"sent": 3})

    def test_a_busy_link_finds_it(self) -> None:
        """Also when something is in flight at every look."""
        self.arrive("ASK")
        self.turn()
        self.put()
        self.tick()
        self.accept_all()
        self.assertEqual(self.sent(), [OFFICER, *NUMBERS])

    def test_replies_go_first(self) -> None:
        """A reply that is born in the middle does not wait for the rest."""
        self.put()
        self.tick()
        self.arrive("ASK")
        self.turn()
        self.accept_all()
        self.assertEqual(
            [one.text for one in self.link.sent], ["Rapat", "ASK", "Rapat", "Rapat"]
        )

    def test_a_crash_in_the_middle(self) -> None:
        """What was in flight does not go again, the rest goes."""
        self.put()
        self.tick()
        self.crash()
        self.accept_all()
        self.assertEqual(self.sent(), list(NUMBERS))
        self.assertEqual(self.listed().states, {"sent": 2, "uncertain": 1})

    def test_the_operator_says_so(self) -> None:
        """What is uncertain goes once more, marked, and then no third time."""
        number = self.put()
        self.tick()
        self.crash()
        self.accept_all()
        self.assertEqual(self.resend(number), 1)
        self.tick()
        self.assertEqual(self.sent(), [*NUMBERS, NUMBERS[0]])
        self.assertTrue(self.link.sent[-1].resent)
        self.crash()
        self.tick()
        self.assertEqual(self.listed().states, {"sent": 2, "uncertain": 1})
        self.assertEqual(self.resend(number), 0)

    def test_a_reply_is_not_sent_by_this(self) -> None:
        """Of what is uncertain only the broadcast's own parts are."""
        number = self.put()
        self.tick()
        self.accept_all()
        self.writer.perform(
            lambda transaction: transaction.execute(
                outbox.update().values(state="uncertain", priority=0)
            )
        )
        self.turn()
        self.assertEqual(self.resend(number), 0)

    def test_no_such_broadcast(self) -> None:
        """An id of something else is refused, and nothing is written."""
        self.assertRaises(UnknownBroadcast, self.resend, 7)
        self.assertEqual(self.rows("SELECT * FROM audit"), [])

    def test_parts(self) -> None:
        """Each part is a row; the list counts them and the numbers."""
        self.put("a" * 153, "b")
        self.tick()
        self.accept_all()
        listed = self.listed()
        self.assertEqual((listed.numbers, listed.states), (3, {"sent": 6}))

    def test_two_at_once(self) -> None:
        """The parts of one are not counted as the other's."""
        self.put("a")
        self.put("b", "c")
        counts = [one.states for one in read_store(self.url, list_broadcasts)]
        self.assertEqual(counts, [{"queued": 3}, {"queued": 6}])

    def test_audited(self) -> None:
        """Who sent, whom he chose, and how much it was; the chain is whole."""
        number = self.put()
        self.resend(number)
        rows = self.rows("SELECT actor, action, subject, detail FROM audit ORDER BY id")
        self.assertEqual(
            [tuple(row) for row in rows],
            [
                (
                    "local:root",
                    "broadcast",
                    str(number),
                    "3 numbers, 3 SMS: all officers",
                ),
                ("local:root", "broadcast.resend", str(number), "0 SMS sent once more"),
            ],
        )
        self.assertIsNone(read_store(self.url, audit.verify))

    def test_not_counted_as_replies(self) -> None:
        """The limits of replies know nothing of it, a restart included."""
        self.put()
        counts = self.writer.perform(
            lambda transaction: outgoing.count_by_number(transaction, 0)
        )
        self.turn()
        self.assertEqual(self.successResultOf(counts), [])


@skipIf(bool(MISSING), MISSING)
class PostgresqlBroadcastTests(BroadcastTests):
    """The same on PostgreSQL."""

    def new_database(self) -> str:
        return own_database(self)
