"""Tests for users and sessions in the store, over a real database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from attrs import evolve
from sqlalchemy import Connection, text

from smscentre.store import audit
from smscentre.store.changes import Signature
from smscentre.store.engine import reading_engine
from smscentre.store.transaction import Transaction
from smscentre.store.users import (
    Account,
    UserFault,
    UsersError,
    account_named,
    add_user,
    all_accounts,
    change_user,
    set_hash,
)
from smscentre.store.websessions import (
    IDLE_S,
    LONGEST_S,
    begin_session,
    end_session,
    find_session,
    forget_ended,
    touch_session,
)
from smscentre.users import Role, User
from tests.storecase import StoreTestCase

T = TypeVar("T")

NOW = 1_715_649_330.0
ANI = User("ani", Role.ADMIN)
BUDI = User("budi", Role.DATA, None, ("DKI", "JABAR"))
SIGNED = Signature("local:root", "", NOW)


class UsersTestCase(StoreTestCase):
    """A store with two users."""

    def setUp(self) -> None:
        super().setUp()
        self.change(lambda store: add_user(store, ANI, "hash-a", SIGNED))
        self.change(lambda store: add_user(store, BUDI, "hash-b", SIGNED))

    def change(self, action: Callable[[Transaction], T]) -> T:
        """Run a change with the writer."""
        result = self.writer.perform(action)
        self.turn()
        return self.successResultOf(result)

    def refused(self, action: Callable[[Transaction], object]) -> UserFault:
        """Why a change is refused."""
        result = self.writer.perform(action)
        self.turn()
        error = self.failureResultOf(result, UsersError).value
        assert isinstance(error, UsersError)
        return error.fault

    def refused_change(self, user: User) -> UserFault:
        """Why a user cannot become this."""
        return self.refused(lambda store: change_user(store, user, SIGNED))

    def read(self, action: Callable[[Connection], T]) -> T:
        """Run a read."""
        engine = reading_engine(self.url)
        try:
            with engine.begin() as connection:
                return action(connection)
        finally:
            engine.dispose()

    def account(self, name: str) -> Account:
        """What is stored of a user."""
        found = self.read(lambda connection: account_named(connection, name))
        assert found is not None
        return found

    def found(self, token: str, now: float) -> User | None:
        """Whose a session is."""
        session = self.read(lambda connection: find_session(connection, token, now))
        return session.user if session else None


class UserTests(UsersTestCase):
    """Users."""

    def test_stored(self) -> None:
        """As they were given, in the order of their names."""
        self.assertEqual(
            self.read(all_accounts),
            [
                Account(ANI, "hash-a", NOW, NOW, None),
                Account(BUDI, "hash-b", NOW, NOW, None),
            ],
        )

    def test_twice(self) -> None:
        """A name is one user's; what was there stays."""
        fault = self.refused(lambda store: add_user(store, ANI, "other", SIGNED))
        self.assertEqual(fault, UserFault.EXISTS)
        self.assertEqual(self.account("ani").hash, "hash-a")

    def test_changed(self) -> None:
        """Role, place and state; the audit log has both."""
        user = User("budi", Role.OPERATOR)
        self.change(lambda store: change_user(store, user, SIGNED))
        self.assertEqual(self.account("budi").user, user)
        rows = self.read(lambda connection: audit.find(connection, audit.AuditSearch()))
        self.assertEqual(
            rows.rows[0].detail, "operator for ALL; was data for DKI|JABAR"
        )

    def test_nothing_changed(self) -> None:
        """It leaves no trace."""
        self.change(lambda store: change_user(store, BUDI, SIGNED))
        rows = self.read(lambda connection: audit.find(connection, audit.AuditSearch()))
        self.assertEqual(rows.total, 2)

    def test_last_admin(self) -> None:
        """One that is not active is none."""
        for user in (User("ani", Role.DATA), evolve(ANI, active=False)):
            self.assertEqual(self.refused_change(user), UserFault.LAST_ADMIN)
        other = User("citra", Role.ADMIN)
        self.change(lambda store: add_user(store, other, "hash-c", SIGNED))
        self.change(lambda store: change_user(store, evolve(ANI, active=False), SIGNED))
        user = User("citra", Role.DATA)
        self.assertEqual(self.refused_change(user), UserFault.LAST_ADMIN)

    def test_last_admin_of_the_country(self) -> None:
        """One of a province cannot give the country back to anybody."""
        part = User("citra", Role.ADMIN, None, ("DKI",))
        self.change(lambda store: add_user(store, part, "hash-c", SIGNED))
        for user in (evolve(ANI, provinces=("DKI",)), evolve(ANI, active=False)):
            self.assertEqual(self.refused_change(user), UserFault.LAST_ADMIN)
        self.change(
            lambda store: change_user(store, evolve(part, active=False), SIGNED)
        )

    def test_missing(self) -> None:
        """Nobody of that name."""
        user = User("nobody", Role.DATA)
        for action in (
            lambda store: change_user(store, user, SIGNED),
            lambda store: set_hash(store, "nobody", "hash", SIGNED),
        ):
            self.assertEqual(self.refused(action), UserFault.MISSING)

    def test_hash(self) -> None:
        """Another password ends the sessions of that user and of nobody else."""
        self.change(lambda store: begin_session(store, "t1", "ani", NOW))
        self.change(lambda store: begin_session(store, "t2", "budi", NOW))
        later = evolve(SIGNED, at=NOW + 9)
        self.change(lambda store: set_hash(store, "budi", "new", later))
        account = self.account("budi")
        self.assertEqual((account.hash, account.hash_set_at), ("new", NOW + 9))
        self.assertEqual((self.found("t1", NOW), self.found("t2", NOW)), (ANI, None))


class SessionTests(UsersTestCase):
    """Sessions."""

    def setUp(self) -> None:
        super().setUp()
        self.change(lambda store: begin_session(store, "token", "budi", NOW))

    def test_found(self) -> None:
        """By its token only; the login is noted."""
        self.assertEqual(self.found("token", NOW), BUDI)
        self.assertIsNone(self.found("other", NOW))
        self.assertEqual(self.account("budi").logged_in_at, NOW)

    def test_idle(self) -> None:
        """It ends where it is not used; a use begins the time anew."""
        self.assertIsNone(self.found("token", NOW + IDLE_S))
        self.assertIsNone(self.found("token", NOW - IDLE_S), "a clock was ahead")
        self.change(lambda store: touch_session(store, "token", NOW + IDLE_S - 1))
        self.assertEqual(self.found("token", NOW + IDLE_S), BUDI)

    def test_old(self) -> None:
        """It ends however it is used."""
        self.change(lambda store: touch_session(store, "token", NOW + LONGEST_S - 1))
        self.assertEqual(self.found("token", NOW + LONGEST_S - 1), BUDI)
        self.assertIsNone(self.found("token", NOW + LONGEST_S))

    def test_not_active(self) -> None:
        """Nobody logs in who may not, and whoever had is out."""
        user = evolve(BUDI, active=False)
        self.change(lambda store: change_user(store, user, SIGNED))
        self.assertIsNone(self.found("token", NOW))
        begun = self.change(lambda store: begin_session(store, "new", "budi", NOW))
        self.assertFalse(begun)
        self.assertIsNone(self.found("new", NOW))
        self.change(lambda store: change_user(store, BUDI, SIGNED))
        self.assertIsNone(self.found("token", NOW))

    def test_ended(self) -> None:
        """Once; a second time is nothing, and a late use does not revive it."""
        for _ in range(2):
            self.change(lambda store: end_session(store, "token", NOW))
        self.change(lambda store: touch_session(store, "token", NOW))
        self.assertIsNone(self.found("token", NOW))
        rows = self.read(
            lambda connection: audit.find(connection, audit.AuditSearch("logout"))
        )
        self.assertEqual(rows.total, 1)

    def test_forgotten(self) -> None:
        """Rows of sessions that hold no more are removed, others are not."""
        self.change(lambda store: begin_session(store, "new", "ani", NOW + IDLE_S - 1))
        self.change(lambda store: forget_ended(store, NOW + IDLE_S))
        rows = self.rows("SELECT token_hash FROM web_sessions")
        self.assertEqual([tuple(row) for row in rows], [("new",)])
        self.change(lambda store: forget_ended(store, NOW - IDLE_S))
        self.assertEqual(self.rows("SELECT token_hash FROM web_sessions"), [])


class AuditSearchTests(UsersTestCase):
    """Rows of the audit log, looked up."""

    def find(self, search: audit.AuditSearch, offset: int = 0) -> list[str]:
        """The subjects of what is found."""
        found = self.read(
            lambda connection: audit.find(connection, search, offset, most=2)
        )
        return [row.subject for row in found.rows]

    def test_words(self) -> None:
        """In any column, without regard to capital letters; no wildcards."""
        for words, subjects in (
            ("BUDI", ["budi"]),
            ("users.ADD", ["budi", "ani"]),
            ("local:", ["budi", "ani"]),
            ("dki|jabar", ["budi"]),
            ("%", []),
            ("_", []),
            ("\\", []),
            ("'", []),
        ):
            self.assertEqual(self.find(audit.AuditSearch(words)), subjects, words)

    def test_span(self) -> None:
        """From a moment on, and before another one."""
        self.assertEqual(self.find(audit.AuditSearch(since=NOW)), ["budi", "ani"])
        self.assertEqual(self.find(audit.AuditSearch(until=NOW)), [])
        self.assertEqual(self.find(audit.AuditSearch(since=NOW + 1)), [])

    def test_pages(self) -> None:
        """Some of them, and how many there are."""
        self.change(lambda store: begin_session(store, "t", "ani", NOW))
        search = audit.AuditSearch()
        self.assertEqual(self.find(search), ["ani", "budi"])
        self.assertEqual(self.find(search, 2), ["ani"])
        found = self.read(lambda connection: audit.find(connection, search, 2, 2))
        self.assertEqual(found.total, 3)

    def test_long_logs_are_whole(self) -> None:
        """A check reads on where it does not hold all rows at once."""

        def fill(store: Transaction) -> None:
            for _ in range(1250):
                audit.record(store, "a", "b", "c", "", NOW)

        self.change(fill)
        self.assertIsNone(self.read(audit.verify))
        self.change(
            lambda store: store.execute(text("UPDATE audit SET at = 1 WHERE id = 1200"))
        )
        self.assertEqual(self.read(audit.verify), 1200)
