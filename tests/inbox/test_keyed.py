"""Arrivals that name themselves: what a modem may read again and again (D4)."""

from __future__ import annotations

from functools import partial

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from smscentre.inbox.arrival import fingerprint
from smscentre.inbox.stage import PATIENCE_S
from smscentre.messages import (
    Accepted,
    DeliveryState,
    Incoming,
    IncomingKind,
    Part,
    Receipt,
)
from smscentre.sim.memory import MemoryLink
from smscentre.store import sessions
from smscentre.store.arrivals import KEY_HORIZON_S, suspects
from tests.stages import OFFICER, StagesTestCase

_STAMP = bytes.fromhex("80407280000082")
"""An SMSC's timestamp, as TP-SCTS has it."""

_NEXT_STAMP = bytes.fromhex("80407280001082")

_SHELF = "8962100012345678901:SM"
_SLOT = b"8962100012345678901:SM:5"
"""A slot and whose it is."""


class KeyedTestCase(StagesTestCase):
    """Two links that name what they bring, both bound."""

    def setUp(self) -> None:
        super().setUp()
        self.link.connect(self.exchange)
        self.other.connect(self.exchange)
        self.turn()

    def message(
        self, text: str, key: bytes = _STAMP, *, link: MemoryLink | None = None
    ) -> Incoming:
        """A message with a key; one that is a slot holds until the deletion."""
        source = OFFICER.removeprefix("+")
        incoming = (link or self.link).incoming(source, text, self.now())
        if not key.startswith(_SLOT):
            return evolve(incoming, key=key)
        slot = int(key.rpartition(b":")[2])
        return evolve(incoming, key=key, shelf=_SHELF, slot=slot)

    def bring(self, incoming: Incoming, *, deleted: bool = True) -> None:
        """Have an arrival stored, and deleted from the SIM unless it is said."""
        link = self.link if incoming.link == self.link.name else self.other
        settled = self.hand_over(link, incoming)
        self.turn()
        self.assertIs(self.successResultOf(settled), True)
        if deleted:
            self.exchange.acknowledged(link, incoming.arrival_id)
            self.turn()

    def rebind(self) -> None:
        """Open the device anew."""
        self.link.disconnect(self.exchange)
        self.link.connect(self.exchange)
        self.turn()


class TimestampTests(KeyedTestCase):
    """Sender, timestamp, header and text name a message for seven days."""

    def test_same_bind(self) -> None:
        """Even after its acknowledgement, which a deletion that failed may follow."""
        self.bring(self.message("SET 5"))
        self.bring(self.message("SET 5"))
        self.assertEqual(self.states(), ["done", "redelivered"])
        self.assertEqual(self.submissions(), ["5"])
        self.assertEqual([part.text for part in self.link.sent], ["Insert 5"])

    def test_later_bind(self) -> None:
        """However long the earlier one stood after the acknowledgement."""
        self.bring(self.message("SET 5"))
        self.clock.advance(3600)
        for _ in range(2):
            self.rebind()
            self.bring(self.message("SET 5"))
        self.assertEqual(self.states(), ["done", "redelivered", "redelivered"])

    def test_other_link(self) -> None:
        """The SIM may have been put into another modem, which has another number."""
        self.bring(self.message("SET 5"))
        incoming = self.message("SET 5", link=self.other)
        elsewhere = evolve(incoming.destination, digits="62811000")
        self.bring(evolve(incoming, destination=elsewhere))
        self.assertEqual(self.states(), ["done", "redelivered"])

    def test_after_a_crash(self) -> None:
        """What was stored and not deleted is read again by the next process."""
        self.bring(self.message("SET 5"), deleted=False)
        end = partial(sessions.end_left_open, node="node")
        self.writer.perform(end)
        self.start_stages()
        self.link.connect(self.exchange)
        self.turn()
        self.bring(self.message("SET 5"))
        self.assertEqual(self.states(), ["done", "redelivered"])
        self.assertEqual(self.submissions(), ["5"])

    def test_another_timestamp(self) -> None:
        """The same text sent again is a new message, whatever else is unsure."""
        self.bring(self.message("SET 5"), deleted=False)
        self.bring(self.message("SET 5", _NEXT_STAMP), deleted=False)
        self.rebind()
        self.bring(self.message("SET 5", b"\0" * 7))
        self.assertEqual(self.states(), ["done"] * 3)

    def test_another_text(self) -> None:
        """Two messages of one second are two messages."""
        self.bring(self.message("SET 5"))
        self.bring(self.message("SET 6"))
        self.assertEqual(self.submissions(), ["5", "6"])

    def test_the_horizon(self) -> None:
        """Up to seven days after it was last seen, and no longer."""
        self.bring(self.message("SET 5"))
        for _ in range(2):
            self.clock.advance(KEY_HORIZON_S - 1)
            self.bring(self.message("SET 5"))
        self.assertEqual(self.states(), ["done", "redelivered", "redelivered"])
        self.clock.advance(KEY_HORIZON_S)
        self.bring(self.message("SET 5"))
        self.assertEqual(self.states()[3:], ["done"])

    def test_in_one_batch(self) -> None:
        """The second of two sees the first, by whatever link it comes."""
        first, second = self.message("SET 5"), self.message("SET 5", link=self.other)
        settled = [
            self.hand_over(self.link, first),
            self.hand_over(self.other, second),
        ]
        self.turn()
        self.assertEqual([self.successResultOf(one) for one in settled], [True, True])
        self.assertEqual(self.states(), ["done", "redelivered"])
        self.assertEqual(self.batches.sizes[-1], 2)

    def test_a_failed_message(self) -> None:
        """A command that failed is not tried again, and its sender told once."""
        self.bring(self.message("BOOM"))
        self.bring(self.message("BOOM"))
        self.assertEqual(self.states(), ["failed", "redelivered"])
        self.assertEqual([part.text for part in self.link.sent], ["sorry"])
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)

    def test_the_original_is_named(self) -> None:
        """Each repetition points to the message that took effect."""
        for _ in range(3):
            self.bring(self.message("SET 5"))
        query = "SELECT id, redelivery_of, matched FROM inbox ORDER BY id"
        first, second, third = self.rows(query)
        self.assertEqual([second.redelivery_of, third.redelivery_of], [first.id] * 2)
        self.assertEqual([bool(row.matched) for row in (first, second)], [True, True])


class SlotTests(KeyedTestCase):
    """With an invalid timestamp the slot names its message until it is deleted."""

    def test_not_deleted(self) -> None:
        """The same slot, not known to be deleted, holds the same message."""
        self.bring(self.message("SET 5", _SLOT), deleted=False)
        self.rebind()
        self.bring(self.message("SET 5", _SLOT), deleted=False)
        self.rebind()
        self.bring(self.message("SET 5", _SLOT))
        self.assertEqual(self.states(), ["done", "redelivered", "redelivered"])
        self.assertEqual(self.submissions(), ["5"])

    def test_deleted(self) -> None:
        """After a deletion an equal message in the same slot is a new one."""
        self.bring(self.message("SET 5", _SLOT))
        self.bring(self.message("SET 5", _SLOT))
        self.assertEqual(self.states(), ["done", "done"])

    def test_deleted_after_its_bind(self) -> None:
        """A modem without a network has no bind, and deletes all the same."""
        first = self.message("SET 5", _SLOT)
        self.bring(first, deleted=False)
        self.link.disconnect(self.exchange)
        self.exchange.acknowledged(self.link, first.arrival_id)
        self.link.connect(self.exchange)
        self.bring(self.message("SET 5", _SLOT))
        self.assertEqual(self.states(), ["done", "done"])

    def test_deleted_after_it_was_read_again(self) -> None:
        """Whichever reading the deletion followed, the slot was emptied by it."""
        self.bring(self.message("SET 5", _SLOT), deleted=False)
        self.rebind()
        self.bring(self.message("SET 5", _SLOT))
        self.bring(self.message("SET 5", _SLOT), deleted=False)
        self.rebind()
        self.bring(self.message("SET 5", _SLOT))
        states = ["done", "redelivered", "done", "redelivered"]
        self.assertEqual(self.states(), states)

    def test_found_empty(self) -> None:
        """A list without it tells of a deletion that nobody lived to hear of."""
        for taken, states in ((), ["done", "done"]), ((5,), ["done", "redelivered"]):
            self.setUp()
            self.bring(self.message("SET 5", _SLOT), deleted=False)
            self.rebind()
            self.exchange.emptied(self.link, "another:SM", ())
            self.exchange.emptied(self.link, _SHELF, taken)
            self.bring(self.message("SET 5", _SLOT))
            self.assertEqual(self.states(), states)

    def test_other_slot(self) -> None:
        """An equal message in another slot is another message."""
        self.bring(self.message("SET 5", _SLOT), deleted=False)
        self.bring(self.message("SET 5", _SLOT + b"1"), deleted=False)
        self.assertEqual(self.states(), ["done", "done"])

    def test_deletion_in_the_same_batch(self) -> None:
        """A deletion that was told before the next arrival counts for it."""
        first = self.message("SET 5", _SLOT)
        self.bring(first, deleted=False)
        self.exchange.acknowledged(self.link, first.arrival_id)
        self.bring(self.message("SET 5", _SLOT))
        self.assertEqual(self.states(), ["done", "done"])

    def test_the_horizon(self) -> None:
        """A slot that was never seen emptied is given up after seven days."""
        self.bring(self.message("SET 5", _SLOT), deleted=False)
        self.rebind()
        self.clock.advance(KEY_HORIZON_S)
        self.bring(self.message("SET 5", _SLOT))
        self.assertEqual(self.states(), ["done", "done"])


class KindTests(KeyedTestCase):
    """Parts, receipts and what cannot be read are known by their keys too."""

    def part(self, text: str, number: int, key: bytes = _STAMP) -> Incoming:
        """One of two parts."""
        source = OFFICER.removeprefix("+")
        place = Part(7, 8, 2, number)
        return evolve(
            self.link.incoming(source, text, self.now(), place),
            key=key,
        )

    def test_parts(self) -> None:
        """A part read again belongs to no other text, complete or not."""
        self.bring(self.part("SET 1", 1))
        self.bring(self.part("SET 1", 1))
        self.bring(self.part("23", 2))
        self.bring(self.part("23", 2))
        self.bring(self.part("SET 1", 1))
        self.assertEqual(
            self.states(),
            ["part", "redelivered", "done", "redelivered", "redelivered"],
        )
        self.assertEqual(self.submissions(), ["123"])

    def test_the_same_parts_with_another_timestamp(self) -> None:
        """The same long text under the same reference, sent again, is run again."""
        for stamp in (_STAMP, _NEXT_STAMP):
            self.bring(self.part("SET 1", 1, stamp))
            self.bring(self.part("23", 2, stamp))
        self.assertEqual(self.submissions(), ["123", "123"])

    def receipt(self) -> Incoming:
        """A report that a part was delivered."""
        return evolve(
            self.message(""),
            kind=IncomingKind.RECEIPT,
            receipt=Receipt("7", DeliveryState.DELIVERED, "0"),
        )

    def test_receipts(self) -> None:
        """A report read again is kept as such, matches nothing and is counted so."""
        self.bring(self.message("ASK"))
        row = next(iter(self.link.in_flight))
        self.link.settle(self.exchange, row, Accepted("7"))
        self.turn()
        for _ in range(2):
            self.bring(self.receipt())
        self.assertEqual(self.states(), ["done", "receipt", "redelivered"])
        (receipt,) = self.rows("SELECT outbox_id FROM receipts")
        self.assertEqual(receipt.outbox_id, row)
        rendered = self.metrics.render().decode()
        counted = 'receipts_total{link="carrier",state="delivered"} 1.0'
        self.assertIn(counted, rendered)
        self.assertIn('redeliveries_total{link="carrier"} 1.0', rendered)

    def test_corrupt(self) -> None:
        """What cannot be read is kept raw once."""
        for _ in range(2):
            self.bring(evolve(self.message(""), kind=IncomingKind.CORRUPT))
        self.assertEqual(self.states(), ["corrupt", "redelivered"])

    def test_receipts_without_a_key(self) -> None:
        """By binds they are not told apart: each is taken in."""
        for _ in range(2):
            self.bring(evolve(self.receipt(), key=b""), deleted=False)
        self.rebind()
        self.bring(evolve(self.receipt(), key=b""))
        self.assertEqual(self.states(), ["receipt"] * 3)


class TwinTests(KeyedTestCase):
    """An equal arrival of the same bind waits for the first one's outcome."""

    def refused(self, first: Incoming, second: Incoming) -> tuple[bool, bool]:
        """Whether each was refused, the second being younger than its patience."""
        settled = self.hand_over(self.link, first)
        self.clock.advance(PATIENCE_S - 1)
        again = self.hand_over(self.link, second)
        self.clock.advance(1)
        self.assertIs(self.successResultOf(settled), False)
        self.turn()
        return not self.successResultOf(settled), not self.successResultOf(again)

    def test_messages(self) -> None:
        """A message is refused with its twin: it stays where it lies."""
        one, two = self.message("SET 5", _SLOT), self.message("SET 5", _SLOT)
        self.assertEqual(self.refused(one, two), (True, True))
        self.assertEqual(self.states(), [])

    def test_corrupt(self) -> None:
        """And so is whatever else has a key."""
        one, two = (
            evolve(self.message(""), kind=IncomingKind.CORRUPT) for _ in range(2)
        )
        self.assertEqual(self.refused(one, two), (True, True))


class BindTests(KeyedTestCase):
    """What a carrier's binds tell holds for what has no key, and for that alone."""

    def test_no_suspects(self) -> None:
        """An arrival with a key is none of those that a bind may have lost."""
        self.bring(self.message("SET 5"), deleted=False)
        self.bring(evolve(self.message("SET 6"), key=b""), deleted=False)
        self.rebind()
        found = self.writer.perform(
            lambda transaction: suspects(transaction, ["carrier"], self.now())
        )
        self.turn()
        named = self.successResultOf(found)
        self.assertEqual(
            [*named], [fingerprint(evolve(self.message("SET 6"), key=b""))]
        )

    def test_no_key_no_row(self) -> None:
        """What has no key costs nothing here."""
        self.text("SET 5")
        self.assertEqual(self.rows("SELECT * FROM keyed_arrivals"), [])


class FingerprintTests(SynchronousTestCase):
    """What is equal, in sixteen octets that are stored."""

    def incoming(self) -> Incoming:
        """A message as a carrier brings it."""
        return MemoryLink("carrier").incoming("628111203001", "SET 5", 0.0)

    def test_without_a_key(self) -> None:
        """It is what databases hold of carriers' messages."""
        self.assertEqual(
            fingerprint(self.incoming()).hex(), "7b25f883c3de4331cda6a1d0960c42f1"
        )

    def test_every_field_counts(self) -> None:
        """The key, the sender, the header and the text."""
        named = evolve(self.incoming(), key=_STAMP)
        others = [
            self.incoming(),
            evolve(named, key=_NEXT_STAMP),
            evolve(named, source=evolve(named.source, digits="628111203002")),
            evolve(named, udh=b"\0\3\1\2\1"),
            evolve(named, body=b"SET 6"),
        ]
        self.assertEqual(len({*map(fingerprint, [named, *others])}), 6)
