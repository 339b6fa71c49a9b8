"""Tests for `smscentre.store.receipts`: which part a receipt speaks of (D9)."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from smscentre.messages import Alphabet, DeliveryState, Priority, Receipt
from smscentre.smpp.receipt import IdDialect, id_forms, id_key
from smscentre.store import outgoing, receipts, steps
from smscentre.store.outgoing import Draft
from smscentre.store.receipts import Marks, Parked
from smscentre.store.tables import outbox
from smscentre.store.transaction import Transaction
from tests.storecase import StoreTestCase

_BUDI, _ANI = "+628111203001", "+628111203002"
_GUID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
_DAY_S = 24 * 3600


@frozen
class Case:
    """Parts that were sent in this order, a receipt, and the states after it.

    A part is a number and the id of its response; all went out by one link.
    """

    name: str
    sent: Sequence[tuple[str, str]]
    number: str | None
    smsc_id: str
    states: str
    dialect: IdDialect = "auto"


CASES = (
    Case("the same id", [(_BUDI, "77")], _BUDI, "77", "delivered"),
    Case("in hexadecimal", [(_BUDI, "6703")], _BUDI, "1a2f", "delivered"),
    Case("in decimal", [(_BUDI, "1A2F")], _BUDI, "6703", "delivered"),
    Case("more zeros", [(_BUDI, "77")], _BUDI, "0000000077", "delivered"),
    Case("GUID", [(_BUDI, _GUID)], _BUDI, "{" + _GUID.upper() + "}", "delivered"),
    Case("spaces", [(_BUDI, "12 34")], _BUDI, "1234 ", "delivered"),
    Case("another id", [(_BUDI, "77")], _BUDI, "78", "sent"),
    Case("no id", [(_BUDI, "77")], _BUDI, "", "sent"),
    Case("another number", [(_BUDI, "77")], _ANI, "77", "sent"),
    Case("no number", [(_BUDI, "77")], None, "77", "delivered"),
    Case(
        "the number decides",
        [(_BUDI, "77"), (_ANI, "77")],
        _BUDI,
        "77",
        "delivered sent",
    ),
    Case(
        "two numbers, none given",
        [(_BUDI, "77"), (_ANI, "77")],
        None,
        "77",
        "sent sent",
    ),
    Case(
        "two readings, and the number decides",
        [(_BUDI, "10"), (_ANI, "16")],
        _ANI,
        "10",
        "sent delivered",
    ),
    Case("two readings", [(_BUDI, "10"), (_BUDI, "16")], _BUDI, "10", "sent sent"),
    Case(
        "two readings, told that ids are the same",
        [(_BUDI, "10"), (_BUDI, "16")],
        _BUDI,
        "10",
        "delivered sent",
        "same",
    ),
    Case(
        "two readings, told that receipts are in hexadecimal",
        [(_BUDI, "10"), (_BUDI, "16")],
        _BUDI,
        "10",
        "sent delivered",
        "hex-in-receipt",
    ),
    Case(
        "two readings, told that responses are in hexadecimal",
        [(_BUDI, "10"), (_BUDI, "A")],
        _BUDI,
        "10",
        "sent delivered",
        "hex-in-response",
    ),
    Case(
        "an id used again",
        [(_BUDI, "77"), (_BUDI, "77")],
        _BUDI,
        "77",
        "sent delivered",
    ),
)


class ReceiptTests(StoreTestCase):
    """A receipt finds its part or none; a final state is final."""

    def setUp(self) -> None:
        super().setUp()
        self.parked = Parked(
            lambda link, smsc_id: Marks((link,), id_forms(smsc_id) if smsc_id else ())
        )

    def send(
        self,
        number: str,
        *smsc_ids: str,
        inbox_id: int | None = None,
        link: str = "carrier",
    ) -> None:
        """Put out a text of as many parts as there are ids; the carrier takes them."""
        texts = ["x"] * len(smsc_ids)
        now = self.clock.seconds()

        def put(transaction: Transaction) -> None:
            draft = Draft(
                link,
                number,
                texts,
                Alphabet.GSM7,
                Priority.REPLY,
                8,
                now + 99,
                inbox_id,
            )
            parts = outgoing.add_outgoing(transaction, draft, now=now, bind="b")
            for part, smsc_id in zip(parts, smsc_ids, strict=True):
                key = id_key(smsc_id) or None
                row = part.row, "b", now, smsc_id, key, b"", b""
                transaction.add(steps.SENT, row)

        self.writer.perform(put)
        self.turn()

    def receive(
        self,
        number: str | None,
        smsc_id: str,
        state: DeliveryState = DeliveryState.DELIVERED,
        dialect: IdDialect = "auto",
        link: str = "carrier",
        links: tuple[str, ...] = (),
        submitted_at: float | None = None,
    ) -> None:
        """Take in a receipt; ``links`` share the account of its link."""
        keys = id_forms(smsc_id, dialect) if smsc_id else ()
        receipt = Receipt(smsc_id, state, f"stat:{state.value}", submitted_at)
        now, marks = self.clock.seconds(), Marks(links or (link,), keys)
        self.writer.perform(
            lambda transaction: receipts.take_in(
                transaction, 1, link, number, receipt, marks, now
            )
        )
        self.turn()

    def match_parked(self) -> int:
        """Try the parked receipts again; how many still wait."""
        now = self.clock.seconds()
        waiting = self.writer.perform(
            lambda transaction: self.parked.match(transaction, now)
        )
        self.turn()
        return self.successResultOf(waiting)

    def states(self) -> str:
        """The states of the parts, in their order."""
        rows = self.rows("SELECT state FROM outbox ORDER BY id")
        return " ".join(row.state for row in rows)

    def test_which_part(self) -> None:
        """Link, id and number find the part, and where two fit there is none."""
        for case in CASES:
            with self.subTest(case=case.name):
                self.writer.perform(
                    lambda transaction: transaction.execute(outbox.delete())
                )
                for number, smsc_id in case.sent:
                    self.send(number, smsc_id)
                    self.clock.advance(1)
                self.receive(case.number, case.smsc_id, dialect=case.dialect)
                self.assertEqual(self.states(), case.states)

    def test_another_link(self) -> None:
        """A receipt by another link matches nothing, with whatever id."""
        self.send(_BUDI, "77")
        self.receive(_BUDI, "77", link="spare")
        self.assertEqual(self.states(), "sent")

    def test_parts(self) -> None:
        """Each part of a message has its receipt."""
        self.send(_BUDI, "77", "78", "79", inbox_id=1)
        self.receive(_BUDI, "78")
        self.receive(_BUDI, "79", DeliveryState.FAILED)
        self.assertEqual(self.states(), "sent delivered failed")

    def test_parts_of_one_id(self) -> None:
        """Where all parts have one id, each receipt is for the next of them."""
        self.send(_BUDI, "77", "77", inbox_id=1)
        states = []
        for state in (DeliveryState.DELIVERED, DeliveryState.FAILED):
            self.receive(_BUDI, "77", state)
            states.append(self.states())
        self.assertEqual(states, ["delivered sent", "delivered failed"])

    def test_again(self) -> None:
        """A receipt that comes twice, with whatever state, changes nothing more."""
        for final in (DeliveryState.DELIVERED, DeliveryState.FAILED):
            with self.subTest(final=final):
                self.send(_BUDI, f"77-{final}")
                self.receive(_BUDI, f"77-{final}", final)
                before = self.states()
                for state in DeliveryState:
                    self.receive(_BUDI, f"77-{final}", state)
                self.assertEqual(self.states(), before)

    def test_again_does_not_reach_an_older_part(self) -> None:
        """A repeated receipt is not taken for that of an older part with its id."""
        self.send(_BUDI, "77")
        self.clock.advance(60)
        self.send(_BUDI, "77")
        self.receive(_BUDI, "77")
        self.receive(_BUDI, "77")
        self.assertEqual(self.states(), "sent delivered")

    def test_an_id_used_again_and_a_moment(self) -> None:
        """A late receipt is for the part that was sent when it says."""
        first = self.clock.seconds()
        self.send(_BUDI, "77")
        self.clock.advance(_DAY_S)
        self.send(_BUDI, "77")
        failed = DeliveryState.FAILED
        self.receive(_BUDI, "77", failed, submitted_at=first + 60)
        self.assertEqual(self.states(), "failed sent")
        self.receive(_BUDI, "77", submitted_at=first + _DAY_S - 5)
        self.assertEqual(self.states(), "failed delivered")

    def test_a_moment_of_another_clock(self) -> None:
        """One at which no part was sent tells nothing; the newest part counts."""
        self.send(_BUDI, "77")
        self.clock.advance(_DAY_S)
        self.send(_BUDI, "77")
        seven_hours_ago = self.clock.seconds() - 7 * 3600
        self.receive(_BUDI, "77", submitted_at=seven_hours_ago)
        self.assertEqual(self.states(), "sent delivered")

    def test_again_does_not_reach_another_reading(self) -> None:
        """A repeated receipt is not taken for one in another base."""
        self.send(_BUDI, "10")
        self.receive(_BUDI, "10")
        self.send(_BUDI, "16")
        self.receive(_BUDI, "10")
        self.assertEqual(self.states(), "delivered sent")

    def test_on_the_way(self) -> None:
        """A state on the way leaves the part open for its end."""
        self.send(_BUDI, "77")
        self.receive(_BUDI, "77", DeliveryState.ENROUTE)
        self.assertEqual(self.states(), "sent")
        self.receive(_BUDI, "77")
        self.assertEqual(self.states(), "delivered")

    def test_ids_of_long_ago(self) -> None:
        """An id that was used a week ago no longer counts."""
        self.send(_BUDI, "10")
        self.clock.advance(receipts.SENT_S)
        self.send(_BUDI, "16")
        self.receive(_BUDI, "10")
        self.assertEqual(self.states(), "sent delivered")

    def test_by_another_link_of_the_account(self) -> None:
        """As with one that receives beside one that transmits."""
        self.send("+628111", "42", link="tx")
        self.receive("+628111", "42", link="rx")
        self.assertEqual(self.states(), "sent")
        self.receive("+628111", "42", link="rx", links=("rx", "tx"))
        self.assertEqual(self.states(), "delivered")

    def test_parked_beside_many(self) -> None:
        """Those that wait in vain take turns with one that does not."""
        for number in range(500):
            self.receive("+628111", f"x{number}")
        self.receive("+628112", "42")
        self.send("+628112", "42")
        self.assertEqual(self.match_parked(), 500)
        self.assertEqual(self.match_parked(), 0)
        self.assertEqual(self.states(), "delivered")

    def test_parked_for_a_day(self) -> None:
        """A receipt waits a day for the response that names its part, not longer."""
        for wait, expected in ((_DAY_S - 1, "delivered"), (_DAY_S, "sent")):
            with self.subTest(wait=wait):
                self.writer.perform(
                    lambda transaction: transaction.execute(outbox.delete())
                )
                self.receive(_BUDI, "77")
                self.assertEqual(self.match_parked(), 1)
                self.clock.advance(wait)
                self.send(_BUDI, "77")
                self.assertEqual(self.match_parked(), 0)
                self.assertEqual(self.states(), expected)
