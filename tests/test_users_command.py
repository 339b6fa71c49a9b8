"""Tests for ``smscentre users``, with a real file."""

from __future__ import annotations

import subprocess
import sys

from twisted.internet.defer import Deferred, succeed

from smscentre.passwords import Passwords
from tests.test_officers_command import OfficersTestCase

_PASSWORD = "kata-sandi-panjang"
_NOBODY = "no users; the first: smscentre users add NAME --role admin\n"


class UsersTests(OfficersTestCase):
    """Users from the first to the last."""

    def add(self, name: str = "budi", *arguments: str) -> tuple[int, str]:
        """Add a user with a password from a pipe."""
        role = () if "--role" in arguments else ("--role", "admin")
        return self.typed(
            f"{_PASSWORD}\n",
            "users",
            "add",
            name,
            *role,
            *arguments,
            "--password-stdin",
        )

    def actions(self) -> list[tuple[object, ...]]:
        """Who did what to which user, as the audit log has it."""
        return self.stored(
            "SELECT action, subject, detail FROM audit WHERE action LIKE 'users%' "
            "ORDER BY id"
        )

    def test_add(self) -> None:
        """It is listed and stands in the audit log; the password is a hash."""
        self.assertEqual(self.add(), (0, "user budi is added: admin for ALL\n"))
        listed = self.succeed("users", "list")
        self.assertEqual(listed, "budi  admin  ALL  active  never logged in\n")
        self.assertEqual(self.actions(), [("users.add", "budi", "admin for ALL")])
        ((kept,),) = self.stored("SELECT hash FROM users")
        self.assertTrue(str(kept).startswith("$argon2id$"))
        checks = Passwords(lambda action: succeed(action()))
        matching = Deferred.fromCoroutine(checks.match(_PASSWORD, str(kept)))
        self.assertTrue(self.successResultOf(matching))

    def test_typed(self) -> None:
        """Without a pipe the password is asked for twice and not shown."""
        status, output = self.typed(
            f"{_PASSWORD}\n{_PASSWORD}\n", "users", "add", "budi", "--role", "data"
        )
        self.assertEqual(status, 0, output)
        self.assertNotIn(_PASSWORD, output)

    def test_where_nothing_can_be_typed(self) -> None:
        """Without a terminal it is told how else, and nothing is shown or stored."""
        done = subprocess.run(
            [
                *(sys.executable, "-m", "smscentre.cli", "--config", str(self.config)),
                *("users", "add", "budi", "--role", "data"),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
            check=False,
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("--password-stdin", done.stderr)
        self.assertNotIn("Warning", done.stderr)
        self.assertEqual(self.actions(), [])

    def test_nobody(self) -> None:
        """An empty list says how the first is made."""
        self.assertEqual(self.succeed("users", "list"), _NOBODY)

    def test_scopes(self) -> None:
        """A unit, provinces by any of their names, or the country."""
        for name, scope, place in (
            ("unit", "1203", "1203"),
            ("region", "jabar|Kalimantan Timur", "JABAR|KALTIM"),
            ("all", "all", "ALL"),
        ):
            output = self.add(name, "--scope", scope)[1]
            self.assertEqual(output, f"user {name} is added: admin for {place}\n")

    def test_refused(self) -> None:
        """In words, and nothing is stored."""
        for arguments, words in (
            (("Budi",), "a name has 2 to 32 of small letters"),
            (("b",), "a name has 2 to 32 of small letters"),
            (("budi", "--scope", "NOWHERE"), "a scope is ALL, the code of a unit"),
            (("budi", "--scope", "JABAR|NOWHERE"), "a scope is ALL"),
            (("budi", "--scope", ""), "a scope is ALL"),
        ):
            status, output = self.add(*arguments)
            self.assertEqual(status, 1)
            self.assertIn(words, output)
        self.assertEqual(self.succeed("users", "list"), _NOBODY)

    def test_passwords_refused(self) -> None:
        """Without repeating them."""
        for password, words in (
            ("pendek", "at least 10 characters"),
            ("x" * 201, "at most 200 characters"),
            ("budi123456", "more than the name"),
            ("", "at least 10 characters"),
        ):
            status, output = self.typed(
                f"{password}\n",
                *("users", "add", "budi", "--role", "data", "--password-stdin"),
            )
            self.assertEqual(status, 1)
            self.assertIn(words, output)
            self.assertTrue(not password or password not in output)

    def test_a_password_in_another_coding(self) -> None:
        """Pages would never send those octets."""
        status, output = self.typed(
            "kata sandi é\n".encode("latin-1"),
            *("users", "add", "budi", "--role", "data", "--password-stdin"),
        )
        self.assertEqual((status, output), (1, "Error: a password is text in UTF-8\n"))

    def test_twice(self) -> None:
        """A name is one user's."""
        self.add()
        self.assertEqual(self.add(), (1, "Error: user budi exists already\n"))

    def test_password(self) -> None:
        """Another password is another hash, and no session outlives it."""
        self.add()
        before = self.stored("SELECT hash FROM users")
        status, output = self.typed(
            "kata-sandi-lain\n", "users", "password", "budi", "--password-stdin"
        )
        self.assertEqual((status, output), (0, "user budi has another password\n"))
        self.assertNotEqual(self.stored("SELECT hash FROM users"), before)
        self.assertEqual(self.actions()[-1], ("users.password", "budi", ""))

    def test_deactivate(self) -> None:
        """It stays listed; a second time changes nothing."""
        self.add()
        self.add("siti")
        for _ in range(2):
            self.succeed("users", "deactivate", "budi")
        self.assertIn("budi  admin  ALL  not active", self.succeed("users", "list"))
        self.assertEqual(
            self.actions()[2:],
            [("users.change", "budi", "admin for ALL, not active; was admin for ALL")],
        )

    def test_the_last_administrator(self) -> None:
        """Somebody must be left who can let others in."""
        self.add()
        self.add("siti", "--role", "viewer")
        output = self.fail_with(1, "users", "deactivate", "budi")
        self.assertIn("budi is the last administrator who can log in", output)

    def test_unknown(self) -> None:
        """Nobody of that name."""
        self.assertIn("does not exist", self.fail_with(1, "users", "deactivate", "x"))
        status, output = self.typed(
            f"{_PASSWORD}\n", "users", "password", "nobody", "--password-stdin"
        )
        self.assertEqual((status, output), (1, "Error: user nobody does not exist\n"))
