"""Tests for the ``smscentre`` command, with a real SQLite file."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from attrs import frozen
from click import Command
from click.testing import CliRunner, Result
from sqlalchemy import text
from twisted.trial.unittest import SynchronousTestCase

from smscentre import __version__
from smscentre.cli import main
from smscentre.store.engine import writing_engine
from smscentre.store.tables import inbox, outbox, unrecognised

UNITS = """\
code,name,title,province,kinds
1203,LP_CIPINANG2,Lapas Cipinang,DKI,RUTAN
1204,LP_SALEMBA,Lapas Salemba,DKI,RUTAN
"""
OFFICERS = """\
number,name,unit,rights
08111203001,Ani,1203,insert|query
08111203002,Budi,ALL,query
"""
CONFIG = """\
[centre]
number = "02170252704"
[node]
data_dir = "."
[database]
url = "sqlite:///smscentre.db"
"""
CARRIER = """\
[[smpp]]
name = "carrier"
host = "127.0.0.1"
system_id = "demo"
password = "rahasia"
address = "02170252704"
"""
PHONE = """\
[[phone]]
name = "demo"
"""


ARRIVAL = {
    "id": 1204,
    "arrival_id": "carrier-ab:17",
    "link": "carrier",
    "bind": "carrier-ab",
    "source": "628111203001",
    "number": "+628111203001",
    "destination": "02170252704",
    "text": "HELP",
    "raw": b"HELP",
    "state": "done",
    "outcome": "help",
    "reason": "",
    "fingerprint": b"",
    "arrived_at": 1_209_258_000.0,
    "matched": False,
}
REPLY = {
    "id": 1206,
    "inbox_id": 1204,
    "link": "carrier",
    "number": "+628111203001",
    "text": "Format: ...",
    "alphabet": "gsm7",
    "part_total": 1,
    "part_number": 1,
    "priority": 0,
    "state": "queued",
    "resent": False,
    "attempts": 0,
    "created_at": 1_209_258_000.0,
    "due_at": 1_209_258_000.0,
    "expires_at": 1_209_344_400.0,
}


class CliTestCase(SynchronousTestCase):
    """A folder with a configuration."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.config = self.folder / "smscentre.toml"
        self.configure(CONFIG)

    def configure(self, text: str) -> None:
        """Write the configuration, for its owner only."""
        self.config.touch(mode=0o600)
        self.config.write_text(text)

    def file(self, name: str, content: str) -> str:
        """Write a file; its path."""
        path = self.folder / name
        path.write_text(content)
        return str(path)

    def run_command(self, *arguments: str) -> Result:
        """Run a command and give what became of it."""
        result = CliRunner().invoke(main, ["--config", str(self.config), *arguments])
        if result.exception is not None:
            # Anything else would be a traceback before the operator's eyes.
            self.assertIsInstance(result.exception, SystemExit)
        return result

    def succeed(self, *arguments: str) -> str:
        """Run a command that shall succeed; what it printed."""
        result = self.run_command(*arguments)
        self.assertEqual(result.exit_code, 0, result.output)
        return result.output

    def fail_with(self, status: int, *arguments: str) -> str:
        """Run a command that shall fail; its message."""
        result = self.run_command(*arguments)
        self.assertEqual(result.exit_code, status, result.output)
        return result.output


def _commands(group: click.Group, path: str = "") -> Iterator[tuple[str, Command]]:
    """Every command below a group, with the words that call it."""
    for name, command in group.commands.items():
        yield f"{path}{name}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path}{name} ")


class HelpTests(SynchronousTestCase):
    """What ``--help`` tells of each command."""

    def test_lists_are_whole(self) -> None:
        """No line of a list of commands ends in dots."""
        for path, command in _commands(main):
            self.assertNotIn("...", command.get_short_help_str(62), path)

    def test_every_option_is_explained(self) -> None:
        """None has its name only."""
        for path, command in _commands(main):
            for option in command.params:
                if isinstance(option, click.Option):
                    self.assertTrue(option.help, f"{path} {option.name}")

    def test_examples(self) -> None:
        """The commands of the first page are those that there are."""
        paths = {path for path, _ in _commands(main)}
        for line in str(main.help).splitlines():
            words = [each for each in line.split() if not each.startswith("--")]
            if words[:1] == ["smscentre"]:
                words = [each for each in words[1:] if each != "centre.toml"]
                self.assertTrue({words[0], " ".join(words[:2])} & paths, line)


class CheckTests(CliTestCase):
    """Configuration and database, looked at."""

    def test_version(self) -> None:
        """It needs no configuration."""
        self.config.unlink()
        self.assertEqual(self.succeed("version"), f"smscentre {__version__}\n")

    def test_a_good_configuration_is_summed_up(self) -> None:
        """One line a section, no secret among them."""
        self.configure(CONFIG + CARRIER + PHONE)
        self.succeed("db", "upgrade")
        output = self.succeed("check")
        self.assertTrue(output.startswith("ok\n"))
        self.assertIn("carrier: demo@127.0.0.1:2775, transceiver, window 10", output)
        self.assertIn("phone     demo: dry run", output)
        self.assertNotIn("rahasia", output)

    def test_a_modem_is_summed_up(self) -> None:
        """Its device and number are told, and of the PIN only that there is one."""
        pin = Path(self.file("pin", "7391\n"))
        pin.chmod(0o600)
        modem = '[[modem]]\nname = "modem-{}"\ndevice = "/dev/ttyUSB{}"\n'
        number = 'number = "+6281100000001"\n'
        self.configure(
            CONFIG
            + "".join(modem.format(port, port) + number for port in (1, 2))
            + f'pin_file = "{pin}"\n'
        )
        self.succeed("db", "upgrade")
        output = self.succeed("check")
        told = "number +6281100000001, storage MT"
        self.assertIn(f"modem     modem-1: /dev/ttyUSB1, {told}\n", output)
        self.assertIn(f"modem     modem-2: /dev/ttyUSB2, {told}, with a PIN\n", output)
        self.assertNotIn("7391", output)

    def test_every_problem_is_printed(self) -> None:
        """Each with its dotted path; the status says that it must be mended."""
        self.configure(CONFIG.replace("number", "nomor") + "[limit]\n")
        output = self.fail_with(78, "check")
        for place in ("centre.number", "centre.nomor", "limit"):
            self.assertIn(place, output)

    def test_an_open_password_file_is_a_problem(self) -> None:
        """Secrets are for their owner."""
        self.configure(
            CONFIG
            + CARRIER.replace('password = "rahasia"', 'password_file = "carrier"')
        )
        password = Path(self.file("carrier", "rahasia\n"))
        password.chmod(0o644)
        self.assertIn("chmod 600", self.fail_with(78, "check"))

    def test_keys_that_are_absent_are_a_problem(self) -> None:
        """Those of the pages too, which a start would stop at; each is named."""
        served = 'listen = "ssl:{}:privateKey={}:certKey={}"\n'
        key, other = self.folder / "key.pem", self.folder / "other.pem"
        self.configure(
            f"{CONFIG}[web]\n{served.format(8443, key, key)}"
            f"[monitor]\n{served.format(8444, other, other)}"
        )
        self.succeed("db", "upgrade")
        output = self.fail_with(78, "check")
        self.assertIn(f"web.listen: cannot be served: {key}: No such file", output)
        self.assertIn(f"monitor.listen: cannot be served: {other}: No such", output)

    def test_a_data_dir_that_cannot_be_is_a_problem(self) -> None:
        """One beneath a file, which a start would stop at; check makes none itself."""
        self.file("taken", "")
        for name, where in (("taken", "taken"), ("taken/data/here", "taken")):
            self.configure(CONFIG.replace('data_dir = "."', f'data_dir = "{name}"'))
            self.succeed("db", "upgrade")
            output = self.fail_with(78, "check")
            self.assertIn("node.data_dir: ", output)
            self.assertIn(f"{self.folder / where} is no folder", output)
        self.configure(CONFIG.replace('data_dir = "."', 'data_dir = "new/data"'))
        self.succeed("check")
        self.assertFalse((self.folder / "new").exists())

    def test_a_node_without_links(self) -> None:
        """It is right where there is another node, and told in any case."""
        self.succeed("db", "upgrade")
        said = "links     none: this node receives and sends no SMS\n"
        self.assertIn(said, self.succeed("check"))
        self.configure(CONFIG + PHONE)
        self.assertIn(said, self.succeed("check"))
        self.configure(CONFIG + CARRIER)
        self.assertNotIn("links", self.succeed("check"))

    def test_a_configuration_that_is_none_is_a_problem(self) -> None:
        """A folder is told as any file that cannot be read."""
        self.config.unlink()
        self.config.mkdir()
        self.assertIn("cannot be read", self.fail_with(78, "check"))

    def test_a_missing_database_is_a_problem(self) -> None:
        """The message names the command that makes one."""
        self.assertIn("db upgrade", self.fail_with(78, "check"))

    def test_an_old_schema_is_a_problem(self) -> None:
        """So is a file that holds no schema at all."""
        self.file("smscentre.db", "")
        self.assertIn("db upgrade", self.fail_with(78, "check"))

    def test_a_newer_schema_is_a_problem(self) -> None:
        """An upgrade mends nothing then, and is not advised."""
        self.succeed("db", "upgrade")
        engine = writing_engine(f"sqlite:///{self.folder}/smscentre.db")
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        engine.dispose()
        for command in (("db", "upgrade"), ("check",), ("messages",), ("trace", "1")):
            said = self.fail_with(78, *command)
            self.assertIn("newer version of smscentre", said)
            self.assertNotIn("db upgrade", said)

    def test_a_database_in_use_is_told_in_words(self) -> None:
        """Without the statement that failed."""
        self.succeed("db", "upgrade")
        engine = writing_engine(f"sqlite:///{self.folder}/smscentre.db")
        self.addCleanup(engine.dispose)
        path = self.file("units.csv", UNITS)
        with engine.begin():
            for command in (("db", "upgrade"), ("units", "import", path)):
                said = self.fail_with(78, *command)
                self.assertIn("another program is using it", said)
                for word in ("SQL:", "Background", "sqlite3"):
                    self.assertNotIn(word, said)

    def test_a_missing_configuration_is_a_problem(self) -> None:
        """Named by its path."""
        self.config.unlink()
        output = self.fail_with(78, "check")
        self.assertIn(str(self.config), output)
        self.assertIn("--config FILE", output)

    def test_upgrade_can_be_repeated(self) -> None:
        """The second one finds nothing to do."""
        self.assertEqual(self.succeed("db", "upgrade"), self.succeed("db", "upgrade"))


@frozen
class BadFile:
    """A file that is refused and the place that is named."""

    kind: str
    content: str
    place: str


BAD_FILES = (
    BadFile("units", UNITS.replace("1204,LP_SALEMBA", "1203,X"), "line 3, column code"),
    BadFile("units", UNITS.replace("Salemba,DKI", "Salemba,KDI"), "column province"),
    BadFile("units", UNITS.replace("1204,", "204,"), "is the name of unit 1204"),
    BadFile("officers", OFFICERS.replace("1203,", "9999,"), "line 2, column unit"),
    BadFile("officers", OFFICERS.replace("08111203002", "x"), "line 3, column number"),
)


class ImportTests(CliTestCase):
    """Units and officers in and out."""

    def setUp(self) -> None:
        super().setUp()
        self.succeed("db", "upgrade")
        self.units = self.file("units.csv", UNITS)
        self.officers = self.file("officers.csv", OFFICERS)

    def test_an_import_ends_in_one_line(self) -> None:
        """Which counts what was done."""
        self.assertEqual(
            self.succeed("units", "import", self.units),
            "units: 2 added, 0 updated, 0 unchanged, 0 deactivated\n",
        )
        self.assertEqual(
            self.succeed("officers", "import", self.officers),
            "officers: 2 added, 0 updated, 0 unchanged, 0 deactivated\n",
        )

    def test_an_export_can_be_imported_again(self) -> None:
        """And changes nothing then."""
        for kind, path in (("units", self.units), ("officers", self.officers)):
            self.succeed(kind, "import", path)
            exported = self.file(f"{kind}-2.csv", self.succeed(kind, "export"))
            self.assertIn("2 unchanged", self.succeed(kind, "import", exported))

    def test_a_dry_run_changes_nothing(self) -> None:
        """It says so in its line."""
        for kind, path in (("units", self.units), ("officers", self.officers)):
            output = self.succeed(kind, "import", "--dry-run", path)
            self.assertIn("2 added", output)
            self.assertIn("nothing changed", output)
            self.assertEqual(self.succeed(kind, "export").count("\n"), 1)
            self.succeed(kind, "import", path)

    def test_replacing_lists_who_is_gone(self) -> None:
        """One line for each."""
        self.succeed("units", "import", self.units)
        fewer = self.file("fewer.csv", UNITS.rsplit("1204")[0])
        output = self.succeed("units", "import", "--replace", fewer)
        self.assertIn("deactivated: 1204\n", output)
        self.assertIn("1 unchanged, 1 deactivated", output)

    def test_a_bad_file_changes_nothing(self) -> None:
        """Its bad cells are named."""
        self.succeed("units", "import", self.units)
        for bad in BAD_FILES:
            path = self.file("bad.csv", bad.content)
            before = self.succeed(bad.kind, "export")
            self.assertIn(bad.place, self.fail_with(1, bad.kind, "import", path))
            self.assertEqual(self.succeed(bad.kind, "export"), before)

    def test_an_import_needs_a_database(self) -> None:
        """The status says that something must be mended first."""
        (self.folder / "smscentre.db").unlink()
        self.fail_with(78, "units", "import", self.units)


class TextTests(CliTestCase):
    """A text through a service that does not run."""

    def test_a_phone_is_needed(self) -> None:
        """Without one in the configuration there is no way in."""
        self.assertIn("[[phone]]", self.fail_with(1, "text", "08111203001", "HELP"))

    def test_the_phone_must_exist(self) -> None:
        """Its name is checked before anything is sent."""
        self.configure(CONFIG + PHONE)
        output = self.fail_with(1, "text", "--phone", "x", "08111203001", "HELP")
        self.assertIn("known: demo", output)

    def test_the_service_must_run(self) -> None:
        """The message says so in words."""
        self.configure(CONFIG + PHONE)
        output = self.fail_with(1, "text", "08111203001", "HELP")
        self.assertIn("does not run", output)

    def test_the_number_must_be_one(self) -> None:
        """As a person would write it."""
        self.configure(CONFIG + PHONE)
        self.assertIn("expected", self.fail_with(1, "text", "petugas", "HELP"))


class TraceTests(CliTestCase):
    """What became of messages."""

    def setUp(self) -> None:
        super().setUp()
        self.succeed("db", "upgrade")
        engine = writing_engine(f"sqlite:///{self.folder}/smscentre.db")
        with engine.begin() as connection:
            connection.execute(inbox.insert(), ARRIVAL)
            connection.execute(outbox.insert(), REPLY)
        engine.dispose()

    def test_a_message_whole(self) -> None:
        """By any id, as lines or as JSON."""
        for key in ("1204", "carrier-ab:17", "1206"):
            lines = self.succeed("trace", key).splitlines()
            self.assertIn("message 1204 from +628111203001", lines[0])
            self.assertIn("WIB  reply part 1 of 1 created", "".join(lines))
            told = json.loads(self.succeed("trace", "--json", key))
            self.assertIn("message 1204", told["message"])

    def test_a_number_gives_a_list(self) -> None:
        """However it is written, and how to see more."""
        for number in ("+628111203001", "08111203001", "0811-1203-001"):
            output = self.succeed("trace", number)
            self.assertIn("HELP", output)
            self.assertIn("smscentre trace ID", output)

    def test_nothing_is_found(self) -> None:
        """Neither an id nor a number."""
        for key in ("99", "+628999999999", "BANK"):
            output = self.fail_with(1, "trace", key)
            self.assertIn(f"nothing is stored of {key}", output)

    def test_messages_by_number_and_state(self) -> None:
        """Or all."""
        for asked in (
            (),
            ("--number", "08111203001"),
            ("--state", "queued"),
            ("--state", "done", "--number", "+628111203001", "--limit", "1"),
        ):
            (one,) = json.loads(self.succeed("messages", "--json", *asked))
            self.assertEqual((one["id"], one["replies"]), (1204, ["queued"]))
        for asked in (("--number", "BANK"), ("--state", "failed")):
            output = self.succeed("messages", "--json", *asked)
            self.assertEqual(json.loads(output), [])

    def test_unrecognised(self) -> None:
        """What waits for a person is listed, and leaves the list when it is done."""
        self.assertIn("not on the list", self.fail_with(1, "messages", "done", "1204"))
        self.fail_with(2, "messages", "done", str(2**63))
        engine = writing_engine(f"sqlite:///{self.folder}/smscentre.db")
        with engine.begin() as connection:
            connection.execute(unrecognised.insert(), {"inbox_id": 1204})
        engine.dispose()
        asked = ("messages", "--unrecognised", "--json")
        (one,) = json.loads(self.succeed(*asked))
        self.assertEqual(one["id"], 1204)
        self.assertIn("messages done", self.succeed("messages", "--unrecognised"))
        self.assertEqual(self.succeed("messages", "done", "1204", "1204"), "1 done\n")
        self.assertEqual(json.loads(self.succeed(*asked)), [])

    def test_a_state_that_is_none(self) -> None:
        """The known ones are listed."""
        self.assertIn("uncertain", self.fail_with(2, "messages", "--state", "lost"))

    def test_a_limit_has_a_most(self) -> None:
        """More than the database can be asked for at once is refused with it."""
        for command in (("messages",), ("trace", "08111203001")):
            self.succeed(*command, "--limit", "10000")
            for limit in ("10001", "99999999999999999999", "0"):
                said = self.fail_with(2, *command, "--limit", limit)
                self.assertIn("1<=x<=10000", said)

    def test_nothing_at_all(self) -> None:
        """It is said so, without a head of a table."""
        output = self.succeed("messages", "--state", "corrupt")
        self.assertEqual(output, "no messages\n")

    def test_nothing_in_a_state(self) -> None:
        """The state is named: of the number there may be other messages."""
        asked = ("--number", "08111203001", "--state", "expired")
        said = self.fail_with(1, "messages", *asked)
        self.assertIn("nothing is stored of 08111203001 in state expired", said)

    def test_a_database_is_needed(self) -> None:
        """Of this version."""
        (self.folder / "smscentre.db").unlink()
        for command in (("trace", "1"), ("messages",)):
            self.assertIn("db upgrade", self.fail_with(78, *command))


@frozen
class BadOptions:
    """Options of a bad carrier that are refused, and what is named."""

    options: tuple[str, ...]
    words: str


BAD_OPTIONS = (
    BadOptions(("--throttle", "nan"), "'--throttle': nan"),
    BadOptions(("--throttle", "inf"), "'--throttle': inf"),
    BadOptions(("--refuse-submit", "8", "--refuse-share", "nan"), "'--refuse-share'"),
    BadOptions(("--receipt-delay", "nan"), "'--receipt-delay': nan"),
    BadOptions(("--delay", "inf"), "'--delay': inf"),
    BadOptions(("--drop-every", "nan"), "'--drop-every': nan"),
    BadOptions(("--drop-every", "inf"), "'--drop-every': inf"),
    BadOptions(("--refuse-share", "0.5"), "--refuse-share needs --refuse-submit"),
    BadOptions(("--refuse-binds", "3"), "--refuse-binds needs --refuse-bind"),
)


class SimulatorTests(CliTestCase):
    """What is checked before a carrier listens."""

    def test_the_password_is_the_owners_only(self) -> None:
        """As for the service itself."""
        password = Path(self.file("carrier", "rahasia\n"))
        password.chmod(0o644)
        arguments = ("sim", "smsc", "--password-file", str(password))
        self.assertIn("chmod 600", self.fail_with(1, *arguments))

    def test_options_that_mean_nothing(self) -> None:
        """No number, or an option that needs another, refused by its name."""
        password = Path(self.file("carrier", "rahasia\n"))
        # Should one be taken after all, this file is refused, and nothing listens.
        password.chmod(0o644)
        arguments = ("sim", "smsc", "--password-file", str(password))
        for case in BAD_OPTIONS:
            self.assertIn(case.words, self.fail_with(2, *arguments, *case.options))
