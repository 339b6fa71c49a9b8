"""Tests for `smscentre.store.sendings`, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from unittest import skipIf

from attrs import evolve, frozen
from sqlalchemy import text

from smscentre.messages import Alphabet, Priority
from smscentre.store.changes import Signature
from smscentre.store.engine import reading_engine
from smscentre.store.outgoing import Draft, add_outgoing
from smscentre.store.sendings import (
    KEY_HOLDS_S,
    Full,
    Order,
    Reused,
    Sending,
    SentPart,
    Share,
    Withdrawn,
    find_sending,
    put_sending,
)
from smscentre.store.tokens import add_token, revoke_token
from smscentre.store.transaction import Transaction
from smscentre.store.users import add_user
from smscentre.tokens import ApiToken, TokenScope
from smscentre.users import Role, User
from tests.postgresql import MISSING, own_database
from tests.storecase import StoreTestCase

T = TypeVar("T")

AT = 1_715_649_330.0
_YEAR_S = 365 * 86400.0
NUMBER = "+6281234567890"
NO_LIMIT = Share()
ANI = User("ani", Role.ADMIN)
SIGNATURE = Signature("test", "", AT)
DRAFT = Draft(
    "carrier",
    NUMBER,
    ["satu ", "dua"],
    Alphabet.GSM7,
    Priority.REMINDER,
    8,
    AT + 3600,
)


def _add_token(transaction: Transaction, name: str) -> int:
    scopes = frozenset({TokenScope.SEND})
    token = ApiToken(0, name, scopes, None, (), ANI.name, AT)
    return add_token(transaction, token, name, SIGNATURE)


@frozen
class Case:
    """How much was sent when, and how long who sends again then has to wait."""

    share: Share
    ages: tuple[float, ...]
    wait_s: float | None
    to_another: bool = False
    by_another: bool = False


CASES = (
    Case(Share(), (1.0,) * 5, None),
    Case(Share(sms_per_day=4), (1.0,), None),
    Case(Share(sms_per_day=4), (1000.0, 1.0), 85400.0),
    Case(Share(sms_per_day=5), (1000.0, 1.0), 85400.0),
    Case(Share(sms_per_day=4), (86401.0, 1.0), None),
    Case(Share(sms_per_day=4), (1.0, 1.0), None, by_another=True),
    Case(Share(sms_per_day=4), (1.0, 1.0), 86399.0, to_another=True),
    Case(Share(sms_per_day=1), (), 86400.0),
    Case(Share(per_number_hour=2), (100.0, 1.0), 3500.0),
    Case(Share(per_number_hour=2), (100.0, 1.0), 3500.0, by_another=True),
    Case(Share(per_number_hour=2), (3601.0, 1.0), None),
    Case(Share(per_number_hour=2), (1.0, 1.0), None, to_another=True),
    # By a clock that was a year ahead, and by one that was a moment.
    Case(Share(sms_per_day=4), (-_YEAR_S,) * 2, None),
    Case(Share(per_number_hour=2), (-_YEAR_S,) * 2, None),
    Case(Share(per_number_hour=2), (-1.0, -1.0), 3601.0),
)


class SendingTests(StoreTestCase):
    """What a program sends, once."""

    def setUp(self) -> None:
        super().setUp()
        self.do(lambda transaction: add_user(transaction, ANI, "-", SIGNATURE))
        self.token, self.other = (
            self.do(lambda transaction: _add_token(transaction, "satu")),
            self.do(lambda transaction: _add_token(transaction, "dua")),
        )
        self.order = Order(self.token, "api:satu", "k1", "d1", AT)

    def do(self, action: Callable[[Transaction], T]) -> T:
        """Do something to the store."""
        job = self.writer.perform(action)
        self.turn()
        return self.successResultOf(job)

    def put(
        self, order: Order, draft: Draft = DRAFT, share: Share = NO_LIMIT
    ) -> Sending | Reused | Full | Withdrawn:
        """Send something."""
        return self.do(
            lambda transaction: put_sending(transaction, draft, order, share)
        )

    def sent(self, order: Order, draft: Draft = DRAFT) -> Sending:
        """Send something that is taken."""
        found = self.put(order, draft)
        assert isinstance(found, Sending), found
        return found

    def texts(self) -> list[str]:
        """The texts in the outbox."""
        return [row[0] for row in self.rows("SELECT text FROM outbox ORDER BY id")]

    def test_put(self) -> None:
        """Its parts wait in the outbox, and it tells of them."""
        found = self.sent(self.order)
        parts = (SentPart(1, "queued", None, None, None),) * 2
        parts = (parts[0], evolve(parts[1], number=2))
        expected = Sending(found.id, NUMBER, "carrier", AT, AT + 3600, parts)
        self.assertEqual(found, expected)
        self.assertEqual(self.texts(), ["satu ", "dua"])

    def test_withdrawn_on_the_way(self) -> None:
        """A token that is no good any more sends nothing, and is told nothing."""
        self.sent(self.order)
        self.do(lambda transaction: revoke_token(transaction, self.token, SIGNATURE))
        for key in ("k1", "k2"):
            self.assertEqual(self.put(evolve(self.order, key=key)), Withdrawn())
        self.assertEqual(len(self.texts()), 2)
        self.sent(evolve(self.order, token=self.other))

    def test_once_by_key(self) -> None:
        """Whoever tries again sends nothing, also much later."""
        first = self.sent(self.order)
        for later in (0.0, 60.0, KEY_HOLDS_S - 1):
            again = self.sent(evolve(self.order, at=AT + later))
            self.assertEqual(again, evolve(first, repeated=True))
        self.assertEqual(len(self.texts()), 2)

    def test_twice_in_a_batch(self) -> None:
        """The second of two at the same time finds the first."""
        jobs = [
            self.writer.perform(
                lambda transaction: put_sending(transaction, DRAFT, self.order, Share())
            )
            for _ in range(2)
        ]
        self.turn()
        first, second = map(self.successResultOf, jobs)
        assert isinstance(first, Sending)
        self.assertEqual(second, evolve(first, repeated=True))
        self.assertEqual(len(self.texts()), 2)

    def test_key_of_something_else(self) -> None:
        """A program that takes a key twice by mistake is told, and nothing goes."""
        self.sent(self.order)
        self.assertEqual(self.put(evolve(self.order, digest="d2")), Reused())
        self.assertEqual(len(self.texts()), 2)

    def test_key_of_another_token(self) -> None:
        """Keys of one program mean nothing to another."""
        first = self.sent(self.order)
        second = self.sent(evolve(self.order, token=self.other))
        self.assertNotEqual(first.id, second.id)

    def test_key_after_a_day(self) -> None:
        """It may be used anew; what was sent under it can still be found."""
        first = self.sent(self.order)
        second = self.sent(evolve(self.order, digest="d2", at=AT + KEY_HOLDS_S))
        self.assertNotEqual(first.id, second.id)
        self.assertEqual(self.find(first.id), first)

    def test_shares(self) -> None:
        """Each limit by itself, as the table has it."""
        for case in CASES:
            self.clear()
            for number, age in enumerate(case.ages):
                self.sent(evolve(self.order, key=f"k{number}", at=AT - age))
            token = self.other if case.by_another else self.token
            draft = evolve(DRAFT, number="+6281111") if case.to_another else DRAFT
            order = evolve(self.order, key="new", token=token)
            found = self.put(order, draft, case.share)
            wait_s = found.wait_s if isinstance(found, Full) else None
            self.assertEqual(wait_s, case.wait_s, case)

    def test_a_repetition_is_no_more(self) -> None:
        """Who asks again at the limit is told of what went."""
        share = Share(sms_per_day=2)
        first = self.put(self.order, share=share)
        assert isinstance(first, Sending)
        again = self.put(self.order, share=share)
        self.assertEqual(again, evolve(first, repeated=True))

    def test_audit(self) -> None:
        """Each that went is in the audit log, its number masked; no repetition is."""
        found = self.sent(self.order)
        self.sent(self.order)
        rows = self.rows(
            "SELECT actor, subject, detail FROM audit WHERE action = 'send'"
        )
        expected = ("api:satu", str(found.id), "2 SMS to +62812****890")
        self.assertEqual([tuple(row) for row in rows], [expected])

    def find(self, row: int, token: int | None = None) -> Sending | None:
        """What a token has sent."""
        engine = reading_engine(self.url)
        try:
            with engine.connect() as connection:
                return find_sending(connection, token or self.token, row)
        finally:
            engine.dispose()

    def test_found_again(self) -> None:
        """By its id and its token only."""
        found = self.sent(self.order)
        self.assertEqual(self.find(found.id), found)
        self.assertIsNone(self.find(found.id, self.other))
        self.assertIsNone(self.find(found.id + 1))

    def test_rows_of_others_in_between(self) -> None:
        """Parts of others among its numbers are not its own."""
        found = self.sent(self.order)
        other = evolve(DRAFT, number="+6281111")
        _, last = self.do(lambda transaction: add_outgoing(transaction, other, now=AT))
        self.change("UPDATE sendings SET last_row = :row", row=last.row)
        self.assertEqual(self.find(found.id), found)

    def clear(self) -> None:
        """Forget all that was sent."""
        for table in ("sendings", "outbox"):
            self.change(f"DELETE FROM {table}")

    def change(self, statement: str, **parameters: object) -> None:
        """Run a statement."""
        job = self.writer.perform(
            lambda transaction: (
                transaction.execute(text(statement), parameters) and None
            )
        )
        self.turn()
        self.successResultOf(job)


@skipIf(bool(MISSING), MISSING)
class PostgresqlSendingTests(SendingTests):
    """The same on PostgreSQL."""

    def new_database(self) -> str:
        """The URL of a database that is empty."""
        return own_database(self)
