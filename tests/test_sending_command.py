"""Tests for `smscentre.sending_command`, as an operator uses it."""

from __future__ import annotations

import time
from collections.abc import Callable

import click
from attrs import evolve
from click.testing import CliRunner, Result
from sqlalchemy import text

from smscentre.cli import main
from smscentre.store.beside import change_store
from smscentre.store.changes import stored_directory
from smscentre.store.engine import writing_engine
from smscentre.store.people import put_officers
from tests.test_cli import CARRIER, CONFIG, OFFICERS, UNITS, CliTestCase


class SendingTests(CliTestCase):
    """Two officers, one of them of a unit."""

    def setUp(self) -> None:
        super().setUp()
        self.configure(CONFIG + CARRIER)
        self.succeed("db", "upgrade")
        self.succeed("units", "import", self.file("units.csv", UNITS))
        self.succeed("officers", "import", self.file("officers.csv", OFFICERS))

    def answer(self, answer: str, *arguments: str) -> Result:
        """Run a command and answer what it asks."""
        words = ["--config", str(self.config), *arguments]
        return CliRunner().invoke(main, words, input=answer)

    def outbox(self) -> list[tuple[str, str, str, int, float]]:
        """Number, text, state, priority and end of what waits."""
        engine = writing_engine(f"sqlite:///{self.folder}/smscentre.db")
        self.addCleanup(engine.dispose)
        with engine.begin() as connection:
            rows = connection.execute(
                text(
                    "SELECT number, text, state, priority, expires_at FROM outbox "
                    "ORDER BY id"
                )
            )
            return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]

    def test_it_asks_first(self) -> None:
        """Whom it reaches stands before the question; a no sends nothing."""
        for answer, count in (("n\n", 0), ("", 0), ("y\n", 2)):
            result = self.answer(answer, "broadcast", "Rapat besok")
            self.assertIn("numbers     2", result.output)
            self.assertIn("Send 2 SMS?", result.output)
            self.assertNotIn("+628111203001", result.output)
            self.assertEqual(len(self.outbox()), count)
            self.assertEqual(result.exit_code, 0 if count else 1)

    def meanwhile(self, action: Callable[[], object]) -> Result:
        """Have something happen while the question stands, and say yes."""
        self.patch(click, "confirm", lambda *args, **given: action())
        return self.answer("", "broadcast", "Rapat besok")

    def test_an_officer_who_leaves_while_it_asks(self) -> None:
        """Others than were shown get nothing by that yes."""
        url = f"sqlite:///{self.folder}/smscentre.db"

        def leave() -> None:
            gone = stored_directory(url).officers["+628111203001"]
            row = evolve(gone, active=False)
            change_store(url, lambda store: put_officers(store, [row]))

        result = self.meanwhile(leave)
        self.assertEqual(result.exit_code, 1)
        self.assertIn("others fit by now", result.output)
        self.assertEqual(self.outbox(), [])

    def test_a_question_that_stands_for_long(self) -> None:
        """The time in which it must have gone begins with the yes."""
        late = time.time() + 86_400.0
        result = self.meanwhile(lambda: self.patch(time, "time", lambda: late))
        self.assertEqual(result.exit_code, 0)
        (expires_at,) = {row[4] for row in self.outbox()}
        self.assertEqual(expires_at, late + 86_400.0)

    def test_no_question(self) -> None:
        """With --yes; the rows are a broadcast's."""
        output = self.succeed("broadcast", "--yes", "--unit", "1203", "Rapat")
        self.assertIn("1 SMS wait in the outbox", output)
        (row,) = self.outbox()
        self.assertEqual(row[:4], ("+628111203001", "Rapat", "queued", 2))

    def test_dry_run(self) -> None:
        """It shows everything and sends nothing, whatever else is said."""
        output = self.succeed("broadcast", "--dry-run", "--yes", "Rapat")
        self.assertIn("total       2 SMS", output)
        self.assertIn("nothing is sent", output)
        self.assertEqual(self.outbox(), [])

    def test_nobody(self) -> None:
        """A choice that fits no officer is an error."""
        said = self.fail_with(1, "broadcast", "--yes", "--kind", "BAPAS", "Rapat")
        self.assertIn("no active officer fits", said)

    def test_our_own_number_is_left_out(self) -> None:
        """A text to ourselves would come back."""
        own = OFFICERS + "02170252704,Kami,ALL,query\n"
        self.succeed("officers", "import", self.file("own.csv", own))
        output = self.succeed("broadcast", "--dry-run", "Rapat")
        self.assertIn("numbers     2", output)

    def test_no_link(self) -> None:
        """A configuration without one says so."""
        self.configure(CONFIG)
        self.assertIn("no link", self.fail_with(1, "broadcast", "--yes", "Rapat"))

    def test_a_text_or_an_id(self) -> None:
        """One of them, not both."""
        self.fail_with(2, "broadcast", "--yes")
        self.fail_with(2, "broadcast", "--resend-uncertain", "7", "Rapat")

    def test_again(self) -> None:
        """By the id that the list shows; one that is none is refused."""
        said = self.succeed("broadcast", "--yes", "Rapat")
        number = said.partition("\nbroadcast ")[2].partition(":")[0]
        listed = self.succeed("broadcasts")
        self.assertTrue(listed.startswith(f"{number}  "), listed)
        self.assertIn("2 numbers: 2 queued  Rapat", listed)
        again = self.succeed("broadcast", "--resend-uncertain", number)
        self.assertIn("0 SMS are sent once more", again)
        said = self.fail_with(1, "broadcast", "--resend-uncertain", "99")
        self.assertIn("no broadcast has the id 99", said)
        self.fail_with(2, "broadcast", "--resend-uncertain", str(2**63))

    def test_one_number(self) -> None:
        """Anybody's, however it is written."""
        self.succeed("send", "0812-3456-789", "Nomor Anda sudah didaftarkan")
        (row,) = self.outbox()
        self.assertEqual(row[0], "+628123456789")
        self.assertIn("expected", self.fail_with(1, "send", "petugas", "x"))
