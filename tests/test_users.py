"""Users as values, and their passwords."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from argon2 import PasswordHasher
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase

from smscentre.directory import Directory, Province, Unit
from smscentre.passwords import Busy, Passwords, password_hash
from smscentre.users import (
    NewUserError,
    Role,
    User,
    is_user_name,
    password_fault,
    user_place,
)

DIRECTORY = Directory.of(
    [
        Province("DKI", "DKI Jakarta", "WIB"),
        Province("JABAR", "Jawa Barat", "WIB", ("JAWABARAT",)),
    ],
    [Unit("1203", "LP_CIPINANG2", "", "DKI", frozenset({"RUTAN"}))],
)
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class UserTests(SynchronousTestCase):
    """Names and places."""

    def test_names(self) -> None:
        """Small letters and what goes well with them."""
        for name in ("budi", "b2", "budi.santoso", "kanwil-jabar_1", "x" * 32):
            self.assertTrue(is_user_name(name), name)
        for name in (
            "",
            "b",
            "Budi",
            "-budi",
            "bu di",
            "x" * 33,
            "budi\n",
            "b\u00fcdi",
        ):
            self.assertFalse(is_user_name(name), name)

    def test_places(self) -> None:
        """One of three kinds."""
        for text, place in (
            ("ALL", (None, ())),
            (" all ", (None, ())),
            ("1203", ("1203", ())),
            ("jawa barat", (None, ("JABAR",))),
            ("DKI|JABAR|DKI", (None, ("DKI", "JABAR"))),
        ):
            self.assertEqual(user_place(text, DIRECTORY), place)
        for text in ("", "|", "9999", "DKI|9999"):
            self.assertRaises(NewUserError, user_place, text, DIRECTORY)

    def test_what_a_user_covers(self) -> None:
        """A unit itself, the units of provinces, or every one."""
        unit = DIRECTORY.units["1203"]
        for user, expected in (
            (User("a", Role.DATA), True),
            (User("a", Role.DATA, "1203"), True),
            (User("a", Role.DATA, "1204"), False),
            (User("a", Role.DATA, None, ("JABAR", "DKI")), True),
            (User("a", Role.DATA, None, ("JABAR",)), False),
        ):
            self.assertIs(user.covers(unit), expected, user)

    def test_password_faults(self) -> None:
        """Short ones, endless ones, and names in disguise."""
        for password, fault in (
            ("123456789", "short"),
            ("1234567890", None),
            ("x" * 200, None),
            ("x" * 201, "long"),
            ("budi-budi-1", "name"),
            ("BUDI123456", "name"),
            ("lagu budi di pagi hari", None),
            ("\u00e9" * 10, None),
        ):
            self.assertEqual(password_fault(password, "budi"), fault, password)


class PasswordTests(SynchronousTestCase):
    """Hashes and comparisons."""

    def setUp(self) -> None:
        self.waiting: list[tuple[Callable[[], Any], Deferred[Any]]] = []

    def at_once(self) -> Passwords:
        """Passwords without a thread."""
        return Passwords(lambda action: succeed(action()), CHEAP)

    def later(self, action: Callable[[], Any]) -> Deferred[Any]:
        """Keep an action for the test to run."""
        self.waiting.append((action, Deferred()))
        return self.waiting[-1][1]

    def match(self, passwords: Passwords, given: str, kept: str | None) -> bool:
        """Compare."""
        return self.successResultOf(
            Deferred.fromCoroutine(passwords.match(given, kept))
        )

    def test_match(self) -> None:
        """The right one and no other."""
        kept = password_hash("kata sandi", CHEAP)
        self.assertTrue(self.match(self.at_once(), "kata sandi", kept))
        self.assertFalse(self.match(self.at_once(), "kata sandi ", kept))

    def test_another_keyboard(self) -> None:
        """A letter with an accent is the same in one character or in two."""
        kept = password_hash("caf\u00e9 panjang", CHEAP)
        self.assertTrue(self.match(self.at_once(), "cafe\u0301 panjang", kept))

    def test_nobody(self) -> None:
        """Without a hash nothing matches, and it is compared all the same."""
        passwords = Passwords(self.later, CHEAP)
        matching = Deferred.fromCoroutine(passwords.match("", None))
        ((action, result),) = self.waiting
        # By the empty password, of which the hash is that stands in for none.
        self.assertTrue(action())
        result.callback(True)
        self.assertFalse(self.successResultOf(matching))

    def test_no_hash(self) -> None:
        """What is no hash matches nothing."""
        self.assertFalse(self.match(self.at_once(), "x", "not a hash"))

    def test_the_cost(self) -> None:
        """It is at least what is recommended of argon2id."""
        found = password_hash("x")
        self.assertTrue(found.startswith("$argon2id$v=19$m=19456,t=2,p=1$"), found)

    def test_a_flood(self) -> None:
        """Beyond some that wait, further ones are refused at once."""
        passwords = Passwords(self.later, CHEAP)
        matching = [
            Deferred.fromCoroutine(passwords.match("x", None)) for _ in range(21)
        ]
        self.failureResultOf(matching[-1], Busy)
        self.assertEqual(len(self.waiting), 20)
        self.waiting[0][1].callback(False)
        self.assertFalse(self.successResultOf(matching[0]))
        self.assertNoResult(Deferred.fromCoroutine(passwords.match("x", None)))

    def test_a_flood_of_who_does_not_wait(self) -> None:
        """A hash is work until it is made, although whoever asked has gone."""
        passwords = Passwords(self.later, CHEAP)
        for _ in range(20):
            matching = Deferred.fromCoroutine(passwords.match("x", None))
            matching.cancel()
            self.failureResultOf(matching, CancelledError)
        hashing = Deferred.fromCoroutine(passwords.hashed("x"))
        self.failureResultOf(hashing, Busy)
        self.waiting[0][1].callback(False)
        self.assertNoResult(Deferred.fromCoroutine(passwords.hashed("x")))
