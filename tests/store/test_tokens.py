"""Tests for `smscentre.store.tokens`, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from unittest import skipIf

from attrs import evolve, frozen
from twisted.trial.unittest import SynchronousTestCase

from smscentre.directory import Unit
from smscentre.store.changes import Signature
from smscentre.store.engine import reading_engine
from smscentre.store.people import put_units
from smscentre.store.tokens import (
    TOUCH_S,
    add_token,
    all_tokens,
    find_token,
    revoke_token,
    touch_token,
)
from smscentre.store.users import add_user, change_user
from smscentre.tokens import ApiToken, TokenScope, is_token, new_token, token_hash
from smscentre.users import Role, User
from tests.postgresql import MISSING, own_database
from tests.storecase import StoreTestCase

T = TypeVar("T")

AT = 1_715_649_330.0
SIGNATURE = Signature("web:ani", "", AT)
ANI = User("ani", Role.ADMIN)
UNIT = Unit("1203", "LP_CIPINANG", "", "DKI", frozenset({"RUTAN"}))
SCOPES = frozenset({TokenScope.REPORTS, TokenScope.SEND})
TOKEN = ApiToken(0, "Dasbor", SCOPES, None, (), "ani", AT)


@frozen
class Case:
    """A maker's present state, the places of his token, and whether it works."""

    maker: User
    unit: str | None
    provinces: tuple[str, ...]
    works: bool


REGION = evolve(ANI, provinces=("DKI", "JABAR"))
ONE_UNIT = evolve(ANI, unit="1203")
CASES = (
    Case(ANI, None, (), True),
    Case(ANI, "1203", (), True),
    Case(REGION, None, (), False),
    Case(REGION, None, ("JABAR",), True),
    Case(REGION, None, ("JABAR", "BALI"), False),
    Case(REGION, "1203", (), True),
    Case(evolve(ANI, provinces=("BALI",)), "1203", (), False),
    Case(ONE_UNIT, "1203", (), True),
    Case(ONE_UNIT, None, ("DKI",), False),
    Case(ONE_UNIT, None, (), False),
    Case(evolve(ANI, active=False), None, (), False),
    Case(evolve(ANI, role=Role.DATA), None, (), False),
)


class TokenTests(StoreTestCase, SynchronousTestCase):
    """Tokens from their making to their end."""

    def setUp(self) -> None:
        super().setUp()
        self.engine = reading_engine(self.url)
        self.addCleanup(self.engine.dispose)
        for user in (ANI, User("budi", Role.ADMIN)):
            self.change(add_user, user, "x", SIGNATURE)
        self.change(put_units, [UNIT])

    def change(self, action: Callable[..., T], *arguments: object) -> T:
        """Run a function of the store in the writer."""
        done = self.writer.perform(lambda transaction: action(transaction, *arguments))
        self.turn()
        return self.successResultOf(done)

    def add(self, token: ApiToken = TOKEN, kept: str = "h") -> int:
        """Add a token."""
        return self.change(add_token, token, kept, SIGNATURE)

    def find(self, kept: str = "h") -> ApiToken | None:
        """Find one that works."""
        with self.engine.connect() as connection:
            return find_token(connection, kept)

    def audited(self) -> list[tuple[str, ...]]:
        """What the log says of tokens."""
        query = (
            "SELECT actor, action, subject, detail FROM audit WHERE action LIKE 't%'"
        )
        return [tuple(row) for row in self.rows(query)]

    def test_what_was_added_is_found(self) -> None:
        """With its scopes and places, by its hash and no other."""
        row = self.add(evolve(TOKEN, provinces=("DKI", "JABAR")))
        self.assertEqual(self.find(), evolve(TOKEN, id=row, provinces=("DKI", "JABAR")))
        self.assertIsNone(self.find("other"))

    def test_it_is_audited(self) -> None:
        """Making and withdrawing, each with the row and the name."""
        row = self.add()
        self.change(revoke_token, row, SIGNATURE)
        self.assertEqual(
            self.audited(),
            [
                ("web:ani", "tokens.add", str(row), "Dasbor: reports send for ALL"),
                ("web:ani", "tokens.revoke", str(row), "Dasbor"),
            ],
        )

    def test_a_withdrawn_one_does_not_work(self) -> None:
        """It stays in the list; it can be withdrawn only once."""
        row = self.add()
        self.assertTrue(self.change(revoke_token, row, SIGNATURE))
        self.assertIsNone(self.find())
        with self.engine.connect() as connection:
            (listed,) = all_tokens(connection)
        self.assertEqual((listed.revoked_at, listed.active), (AT, False))
        self.assertFalse(self.change(revoke_token, row, SIGNATURE))
        self.assertEqual(len(self.audited()), 2)

    def test_never_more_than_its_maker_may(self) -> None:
        """Whatever became of him since."""
        for number, case in enumerate(CASES):
            self.change(change_user, ANI, SIGNATURE)
            token = evolve(TOKEN, unit=case.unit, provinces=case.provinces)
            self.add(token, str(number))
            self.change(change_user, case.maker, SIGNATURE)
            self.assertEqual(self.find(str(number)) is not None, case.works, case)

    def test_a_use_is_noted_once_a_minute(self) -> None:
        """Else every request would write."""
        row = self.add()
        noted = []
        for at in (AT, AT + TOUCH_S - 1, AT + TOUCH_S, AT + TOUCH_S + 1):
            self.change(touch_token, row, at)
            found = self.find()
            assert found is not None
            noted.append(found.last_used_at)
        self.assertEqual(noted, [AT, AT, AT + TOUCH_S, AT + TOUCH_S])

    def test_the_newest_is_listed_first(self) -> None:
        """Those that were made in the same second too."""
        rows = [self.add(kept=kept) for kept in "abc"]
        with self.engine.connect() as connection:
            listed = [token.id for token in all_tokens(connection)]
        self.assertEqual(listed, rows[::-1])


@skipIf(bool(MISSING), MISSING)
class PostgresqlTokenTests(TokenTests):
    """The same on PostgreSQL."""

    def new_database(self) -> str:
        return own_database(self)


class SecretTests(SynchronousTestCase):
    """Tokens as text."""

    def test_a_new_one_has_the_form(self) -> None:
        """And no two are the same."""
        first, second = new_token(), new_token()
        self.assertTrue(is_token(first))
        self.assertNotEqual(first, second)

    def test_what_is_none(self) -> None:
        """Too short, too long, without its beginning, with a line break."""
        token = new_token()
        for text in ("", token[:-1], token + "a", token[5:], token + "\n"):
            self.assertFalse(is_token(text), text)

    def test_the_hash_does_not_hold_it(self) -> None:
        """But is the same each time."""
        token = new_token()
        self.assertEqual(token_hash(token), token_hash(token))
        self.assertNotIn(token[5:], token_hash(token))
