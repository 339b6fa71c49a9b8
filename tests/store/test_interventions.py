"""What operators do to one message, with the outbox that then sends or does not."""

from __future__ import annotations

from threading import Thread
from typing import Any
from unittest import skipIf

from sqlalchemy import Connection, Executable, select, update

from smscentre.messages import Accepted, InDoubt, Rejected, Retry
from smscentre.store import audit
from smscentre.store.engine import writing_engine
from smscentre.store.interventions import (
    Order,
    Resending,
    Result,
    cancel,
    copies,
    resend,
)
from smscentre.store.steps import STEPS, OutboxState
from smscentre.store.tables import outbox, resends
from smscentre.store.trace import Sent, Story, find_story
from smscentre.store.transaction import Numbers, Transaction
from tests.postgresql import MISSING, own_database
from tests.stages import OFFICER, StagesTestCase

REFUSED = Rejected(0x0B, "0x0B ESME_RINVDSTADR", Retry.NEVER)


class InterventionsTestCase(StagesTestCase):
    """An officer's message, its reply, and an operator."""

    def setUp(self) -> None:
        super().setUp()
        self.connect()

    def perform(self, action: Any) -> Any:
        """Run a job of the writer."""
        job = self.writer.perform(action)
        self.turn()
        return self.successResultOf(job)

    def change(self, *statements: Executable) -> None:
        """Change rows behind everybody's back."""

        def run(transaction: Transaction) -> None:
            for statement in statements:
                transaction.execute(statement)

        self.perform(run)

    def settle(self, *outcomes: Any) -> None:
        """Give what is in flight an outcome each, the last one to all that is left."""
        for at, row in enumerate(list(self.link.in_flight)):
            outcome = outcomes[min(at, len(outcomes) - 1)]
            self.link.settle(self.exchange, row, outcome)
        self.clock.advance(0.1)
        self.turn()

    def message(self) -> int:
        """The id of the newest arrival."""
        (row,) = self.rows("SELECT max(id) AS id FROM inbox")
        found: int = row.id
        return found

    def parts(self) -> list[Any]:
        """All rows of the outbox, in order."""
        return self.rows(select(outbox).order_by(outbox.c.id))

    def states(self) -> list[str]:
        """Their states."""
        return [part.state for part in self.parts()]

    def order(self, reason: str = "pulsa sudah diisi") -> Order:
        """What the operator wants, now."""
        return Order("web:sari", reason, self.now())

    def story(self) -> Story:
        """All that is stored of the newest message."""

        def find(transaction: Transaction) -> Story | None:
            return find_story(transaction.connection, str(self.message()))

        found: Story = self.perform(find)
        return found

    def audited(self) -> list[tuple[str, str, str, str]]:
        """Who did what to whom, and how."""
        rows = self.rows("SELECT actor, action, subject, detail FROM audit ORDER BY id")
        broken = self.perform(lambda transaction: audit.verify(transaction.connection))
        self.assertIsNone(broken)
        return [tuple(row) for row in rows]


class ResendTests(InterventionsTestCase):
    """A reply once more."""

    def resend(self, of_row: int | None = None, **more: Any) -> Result:
        """Ask for the reply to the newest message once more."""
        message = more.get("message", self.message())
        row = of_row or self.parts()[0].id
        order, expires_at = self.order(), self.now() + 3600
        found: Result = self.perform(
            lambda transaction: resend(transaction, message, row, order, expires_at)
        )
        return found

    def refuse(self, text: str = "ASK", *outcomes: Any) -> None:
        """Let a message come whose reply is refused for good."""
        self.text(text)
        self.settle(*outcomes or (REFUSED,))

    def test_a_failed_reply(self) -> None:
        """It goes out again with the same text; what failed stays as it is."""
        self.refuse()
        result = self.resend()
        self.assertEqual(result, Result(Resending.DONE, "carrier", 1))
        self.outbox.queued(result.link, result.parts)
        self.turn()
        self.assertEqual([one.text for one in self.link.sent], ["ASK", "ASK"])
        self.settle(Accepted("42"))
        failed, copy = self.parts()
        self.assertEqual((failed.state, copy.state), ("failed", "sent"))
        self.assertEqual(copy.inbox_id, failed.inbox_id)
        self.assertEqual((copy.priority, copy.number), (0, OFFICER))
        self.assertEqual(copy.expires_at, copy.created_at + 3600)

    def test_the_service_finds_it_by_itself(self) -> None:
        """As what another node or program puts in."""
        self.refuse()
        self.resend()
        self.outbox.tick()
        self.turn()
        self.assertEqual(len(self.link.sent), 2)

    def test_who_and_why(self) -> None:
        """In the audit log and in the message's story."""
        self.refuse()
        self.resend()
        message = str(self.message())
        self.assertEqual(
            self.audited(),
            [
                (
                    "web:sari",
                    "reply.resend",
                    message,
                    "1 SMS by carrier: pulsa sudah diisi",
                )
            ],
        )
        story = self.story()
        first, copy = (part.id for part in story.sent)
        (again,) = story.resends
        self.assertEqual((again.of_row, again.first_row), (first, copy))
        self.assertEqual((again.actor, again.reason), ("web:sari", "pulsa sudah diisi"))

    def test_a_second_click(self) -> None:
        """Asked for twice it goes once, also after the first copy was sent."""
        self.refuse()
        first = self.parts()[0].id
        self.assertIs(self.resend(first).became, Resending.DONE)
        self.assertIs(self.resend(first).became, Resending.COPIED)
        self.outbox.queued("carrier", 1)
        self.turn()
        self.settle(REFUSED)
        self.assertIs(self.resend(first).became, Resending.COPIED)
        self.assertEqual(len(self.parts()), 2)
        self.assertEqual(len(self.audited()), 1)

    def test_two_at_once(self) -> None:
        """Two jobs of one batch are one after the other."""
        self.refuse()
        row, message = self.parts()[0].id, self.message()
        jobs = [
            self.writer.perform(
                lambda transaction: resend(
                    transaction, message, row, self.order(), self.now() + 1
                )
            )
            for _ in range(2)
        ]
        self.turn()
        results = [self.successResultOf(job).became for job in jobs]
        self.assertEqual(results, [Resending.DONE, Resending.COPIED])

    def test_a_copy_that_fails_too(self) -> None:
        """It may be sent once more by itself."""
        self.refuse()
        self.resend()
        self.outbox.queued("carrier", 1)
        self.turn()
        self.settle(REFUSED)
        self.assertIs(self.resend(self.parts()[1].id).became, Resending.DONE)
        self.assertEqual(len(copies(self.parts())), 3)

    def test_a_long_reply(self) -> None:
        """It goes whole, with another reference, if one part ended badly."""
        self.refuse("LONG 200", Accepted("1"), REFUSED)
        self.assertEqual(self.states(), ["sent", "failed"])
        self.assertEqual(self.resend().parts, 2)
        old, new = copies(self.parts())
        self.assertEqual([part.text for part in old], [part.text for part in new])
        self.assertEqual([part.part_number for part in new], [1, 2])
        self.assertNotEqual(old[0].part_reference, new[0].part_reference)

    def test_each_bad_end(self) -> None:
        """Failed, expired, uncertain, or of unknown fate; nothing else."""
        self.refuse()
        row = self.parts()[0].id
        may = {
            "failed": Resending.DONE,
            "expired": Resending.DONE,
            "uncertain": Resending.DONE,
            "unknown": Resending.DONE,
            "queued": Resending.OPEN,
            "claimed": Resending.OPEN,
            "in_doubt": Resending.OPEN,
            "sent": Resending.FINE,
            "delivered": Resending.FINE,
        }
        self.assertEqual(set(may), set(OutboxState))
        for state, expected in may.items():
            self.change(update(outbox).values(state=state))
            self.assertIs(self.resend(row).became, expected, state)
            self.change(outbox.delete().where(outbox.c.id != row), resends.delete())

    def test_on_its_way_beside_a_failure(self) -> None:
        """As long as a part may still be sent, nothing goes once more."""
        self.refuse("LONG 200", InDoubt("no answer"), REFUSED)
        self.assertIs(self.resend().became, Resending.OPEN)
        self.assertEqual(len(self.parts()), 2)

    def test_what_is_no_reply(self) -> None:
        """Another message's, or none at all."""
        self.refuse()
        row = self.parts()[0].id
        self.assertIs(self.resend(row, message=10**9).became, Resending.GONE)
        self.assertIs(self.resend(row + 10**6).became, Resending.GONE)
        self.assertEqual(self.audited(), [])


@skipIf(bool(MISSING), MISSING)
class TwoNodesTests(InterventionsTestCase):
    """Two nodes on one PostgreSQL."""

    def new_database(self) -> str:
        return own_database(self)

    def test_at_the_same_moment(self) -> None:
        """Who comes second waits for the first, and sends nothing."""
        self.text("ASK")
        self.settle(REFUSED)
        row, message = self.parts()[0].id, self.message()
        engine = writing_engine(self.url)
        self.addCleanup(engine.dispose)
        became: list[Resending] = []

        def ask(connection: Connection) -> None:
            transaction = Transaction(connection, Numbers())
            result = resend(transaction, message, row, self.order(), self.now() + 60)
            transaction.flush()
            became.append(result.became)

        def other_node() -> None:
            with engine.begin() as connection:
                ask(connection)

        thread = Thread(target=other_node)
        with engine.begin() as connection:
            ask(connection)
            thread.start()
            # It is there as soon as a lock is waited for.
            waiting = "SELECT 1 FROM pg_locks WHERE NOT granted"
            while not self.rows(waiting):
                self.assertTrue(thread.is_alive(), became)
        thread.join()
        self.assertEqual(became, [Resending.DONE, Resending.COPIED])
        self.assertEqual(len(self.parts()), 2)


class CancelTests(InterventionsTestCase):
    """What still waits is not sent."""

    def cancel(self) -> int:
        """Stop what waits of the newest message; how many parts that were."""
        rows = [part.id for part in self.parts()]
        message, order = self.message(), self.order("salah tulis")
        found: int = self.perform(
            lambda transaction: cancel(transaction, message, rows, order)
        )
        return found

    def test_a_queued_reply(self) -> None:
        """It takes a legal step, says who stopped it, and never goes out."""
        self.link.disconnect(self.exchange)
        self.turn()
        self.text("ASK")
        self.assertEqual(self.states(), ["queued"])
        self.assertEqual(self.cancel(), 1)
        (part,) = self.parts()
        self.assertEqual(part.state, "failed")
        self.assertIn(OutboxState.FAILED, STEPS[OutboxState.QUEUED])
        self.assertEqual(part.error, "cancelled by web:sari: salah tulis")
        self.assertEqual(part.final_at, self.now())
        self.connect()
        self.assertEqual(self.link.sent, [])
        self.assertEqual(
            self.audited(),
            [("web:sari", "message.cancel", str(self.message()), "1 SMS: salah tulis")],
        )

    def test_what_is_under_way(self) -> None:
        """It cannot be stopped; nothing is noted."""
        self.text("ASK")
        self.assertEqual(self.states(), ["claimed"])
        self.assertEqual(self.cancel(), 0)
        self.assertEqual(self.states(), ["claimed"])
        self.assertEqual(self.audited(), [])

    def test_the_rest_of_a_long_reply(self) -> None:
        """Parts that are under way go on, the others do not."""
        self.link.window = 1
        self.text("LONG 200")
        self.assertEqual(self.states(), ["claimed", "queued"])
        self.assertEqual(self.cancel(), 1)
        self.settle(Accepted("1"))
        self.assertEqual(self.states(), ["sent", "failed"])
        self.assertEqual(len(self.link.sent), 1)

    def test_what_was_stopped_may_be_sent_after_all(self) -> None:
        """By a copy, as of any reply that ended unsent."""
        self.link.disconnect(self.exchange)
        self.turn()
        self.text("ASK")
        self.cancel()
        row, message = self.parts()[0].id, self.message()
        result = self.perform(
            lambda transaction: resend(
                transaction, message, row, self.order(), self.now() + 60
            )
        )
        self.assertIs(result.became, Resending.DONE)


class UnaskedTests(InterventionsTestCase):
    """The story of a text that nobody asked for."""

    def test_all_its_parts(self) -> None:
        """Whichever of them is asked for."""
        self.text("LONG 200")
        self.text("OTHER")
        self.change(update(outbox).values(inbox_id=None))
        first, second, other = (part.id for part in self.parts())

        def rows(key: int) -> list[Sent]:
            story = self.perform(
                lambda transaction: find_story(transaction.connection, str(key))
            )
            return [part.id for part in story.sent]

        self.assertEqual(rows(first), [first, second])
        self.assertEqual(rows(second), [first, second])
        self.assertEqual(rows(other), [other])
