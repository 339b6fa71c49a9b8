"""Tests for ``smscentre officers``: new SIMs, codes and PINs, with a real file."""

from __future__ import annotations

import re

from click.testing import CliRunner
from sqlalchemy import text

from smscentre.cli import main
from smscentre.credentials import matches
from smscentre.store.engine import reading_engine
from tests.test_cli import OFFICERS, UNITS, CliTestCase

_ANI = "+628111203001"
_NEW = "+628111203009"


class OfficersTestCase(CliTestCase):
    """A centre with two officers, Ani of 1203 and Budi of the country."""

    def setUp(self) -> None:
        super().setUp()
        self.succeed("db", "upgrade")
        self.succeed("units", "import", self.file("units.csv", UNITS))
        self.succeed("officers", "import", self.file("officers.csv", OFFICERS))

    def typed(self, line: str | bytes, *arguments: str) -> tuple[int, str]:
        """Run a command with a line on its input: its status and output."""
        command = ["--config", str(self.config), *arguments]
        result = CliRunner().invoke(main, command, input=line)
        if result.exception is not None:
            self.assertIsInstance(result.exception, SystemExit)
        return result.exit_code, result.output

    def stored(self, query: str) -> list[tuple[object, ...]]:
        """The rows of a query."""
        engine = reading_engine(f"sqlite:///{self.folder}/smscentre.db")
        self.addCleanup(engine.dispose)
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]


class MoveTests(OfficersTestCase):
    """``officers move``."""

    def test_move(self) -> None:
        """Numbers as people write them; the new one has all the old one had."""
        output = self.succeed(
            "officers", "move", "0811 1203 001", "08111203009", "--reason", "hilang"
        )
        self.assertEqual(output, f"{_NEW} is now Ani; the old number is inactive\n")
        exported = self.succeed("officers", "export")
        self.assertIn(f"'{_ANI},Ani,1203,insert|query,,0", exported)
        self.assertIn(f"'{_NEW},Ani,1203,insert|query,,1", exported)
        ((detail,),) = self.stored(
            "SELECT detail FROM audit WHERE action = 'officers.move'"
        )
        self.assertTrue(str(detail).endswith("; hilang"), detail)

    def test_refused(self) -> None:
        """In words that say which number is wrong and why."""
        for old, new, words in (
            (_NEW, "08111203010", f"{_NEW} is not registered"),
            (_ANI, "08111203002", "is registered and active, as Budi"),
            (_ANI, _ANI, "is registered and active, as Ani"),
            (
                "x",
                _NEW,
                "OLD: not a telephone number: expected a number of digits only",
            ),
            (_ANI, "4321", "NEW: not a telephone number: expected at least 7 digits"),
            (_ANI, "02170252704", "is the centre's own number"),
        ):
            self.assertIn(words, self.fail_with(1, "officers", "move", old, new))

    def test_a_reason_that_is_no_line(self) -> None:
        """As by the pages: the audit log takes none of any length, nor several."""
        for reason in ("x" * 201, "hilang\nlocal:root users.add", "a\u202eb"):
            said = self.fail_with(1, "officers", "move", _ANI, _NEW, "--reason", reason)
            self.assertIn("--reason: one line of at most 200 characters", said)
        self.assertNotIn(_NEW, self.succeed("officers", "export"))

    def test_no_text(self) -> None:
        """What a terminal of another alphabet gives is told so, and changes nothing."""
        for arguments in (
            ("officers", "move", _ANI, _NEW, "--reason", "hilang \udce9"),
            ("officers", "invite", "--unit", "1203", "--name", "Andr\udce9"),
            ("messages", "--state", "\udce9"),
            ("trace", "\udce9"),
        ):
            self.assertIn("Error: ", self.run_command(*arguments).output)
        self.assertNotIn(_NEW, self.succeed("officers", "export"))
        invitations = self.succeed("officers", "invitations")
        self.assertEqual(invitations, "no open invitations\n")

    def test_a_terminal_that_lacks_a_letter(self) -> None:
        """It is told, and that the change may have been made: it was."""
        self.file("officers.csv", OFFICERS.replace("Ani", "Аня"))
        self.succeed("officers", "import", str(self.folder / "officers.csv"))
        command = ["--config", str(self.config), "officers", "move", _ANI, _NEW]
        result = CliRunner(charset="latin-1").invoke(main, command)
        self.assertEqual(result.exit_code, 1)
        self.assertIn("latin-1", result.output)
        self.assertIn("may have been done", result.output)
        self.assertIn(_NEW, self.succeed("officers", "export"))


class InvitationTests(OfficersTestCase):
    """``officers invite``, ``invitations`` and ``revoke``."""

    def test_invite(self) -> None:
        """The text to send is printed once; only its hash is stored."""
        output = self.succeed("officers", "invite", "--unit", "1203", "--name", "Siti")
        found = re.match(r"DAFTAR (\S+)\n", output)
        assert found is not None
        self.assertIn("invitation 1, unit 1203, until ", output)
        database = (self.folder / "smscentre.db").read_bytes()
        self.assertNotIn(found[1].encode(), database)
        self.assertNotIn(found[1].replace("-", "").encode(), database)

    def test_list(self) -> None:
        """Those that are open, or all."""
        self.succeed("officers", "invite", "--unit", "1203", "--rights", "insert")
        self.succeed("officers", "invite", "--unit", "1204", "--name", "Siti")
        self.succeed("officers", "revoke", "1")
        listed = self.succeed("officers", "invitations")
        self.assertRegex(
            listed, r"^2  unit 1204  rights insert\|query  open .*  Siti\n$"
        )
        listed = self.succeed("officers", "invitations", "--all")
        self.assertRegex(listed, r"^1  unit 1203  rights insert  revoked on ")

    def test_refused(self) -> None:
        """A unit, a right or an invitation that does not exist."""
        self.assertIn(
            "there is no unit 9999",
            self.fail_with(1, "officers", "invite", "--unit", "9999"),
        )
        said = self.fail_with(
            1, "officers", "invite", "--unit", "1203", "--rights", "all"
        )
        self.assertIn("rights must be of insert|query", said)
        said = self.fail_with(1, "officers", "revoke", "7")
        self.assertIn("no unused invitation 7", said)


class PinTests(OfficersTestCase):
    """``officers pin``."""

    def test_set_and_remove(self) -> None:
        """Read from the input, kept as a hash; never printed, never audited."""
        command = ("officers", "pin", "08111203001", "--right")
        status, output = self.typed("739184\n", *command, "all")
        self.assertEqual((status, output), (0, f"{_ANI} needs a PIN for all\n"))
        kept = self.stored("SELECT subject, hash FROM pins ORDER BY subject")
        self.assertEqual([row[0] for row in kept], ["insert", "query"])
        for _, found in kept:
            self.assertTrue(matches("739184", str(found)))
        audited = self.stored("SELECT action, subject, detail FROM audit")
        self.assertIn(("officers.pin", _ANI, "insert|query"), audited)
        self.succeed(*command, "query", "--remove")
        self.assertEqual(self.stored("SELECT subject FROM pins"), [("insert",)])
        self.assertIn(
            "has no PIN for query", self.fail_with(1, *command, "query", "--remove")
        )

    def test_refused(self) -> None:
        """What is no PIN is not repeated; a number must be an officer's."""
        command = ("officers", "pin", "--right", "insert")
        status, output = self.typed("73918\n", *command, _ANI)
        self.assertEqual(status, 1)
        self.assertIn("a PIN has six digits", output)
        self.assertNotIn("73918", output)
        status, output = self.typed("739184\n", *command, _NEW)
        self.assertEqual(status, 1)
        self.assertIn(f"{_NEW} is not registered", output)
