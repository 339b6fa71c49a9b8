"""Tests for `smscentre.tap`, in processes of their own: it changes the reactor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from smscentre.locking import lock_database
from smscentre.store.schema import upgrade

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "etc/smscentre.toml"

_EX_CONFIG = 78

_MAKE = """
import sys, time
from smscentre.tap import Options, makeService
options = Options()
options.parseOptions(["--config", sys.argv[1]])
service = makeService(options)
from twisted.internet import reactor
print(type(service).__name__, reactor.seconds is time.monotonic)
"""
_TIME = """
import sys, time
from twisted.internet import reactor
from smscentre.tap import Options, makeService
wall, time.time = time.time, lambda: 0.0
options = Options()
options.parseOptions(["--config", sys.argv[1]])
makeService(options)
before = reactor.seconds()
call = reactor.callLater(5, print)
print(before <= reactor.seconds(), 0 < call.getTime() - before < 6)
"""

_TWICE = """
import os, signal, sys
# A shell in which the tests run in the background has it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
from smscentre.tap import Options, makeService
options = Options()
options.parseOptions(["--config", sys.argv[1]])
makeService(options)
from twisted.internet import reactor, task
from twisted.python import log
errors = []
log.addObserver(lambda event: errors.append(event) if event["isError"] else None)
def ask():
    os.kill(os.getpid(), getattr(signal, sys.argv[2]))
    return task.deferLater(reactor, 0, lambda: None)
reactor.addSystemEventTrigger("before", "shutdown", ask)
reactor.callWhenRunning(ask)
reactor.run()
print("errors:", len(errors))
"""


class TapTests(SynchronousTestCase):
    """The complete sample configuration, in a folder of its own."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.config = self.folder / "smscentre.toml"
        sample = SAMPLE.read_text().replace("/var/lib/smscentre", str(self.folder))
        self.config.touch(mode=0o600)
        self.config.write_text(sample)
        self.secret("carrier", "rahasia")
        self.secret("sim-pin", "1234")

    def secret(self, name: str, text: str) -> None:
        """Write a file that only its owner may read."""
        path = self.folder / "secrets" / name
        path.parent.mkdir(exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(text)

    def change(self, old: str, new: str) -> None:
        """Change the configuration."""
        text = self.config.read_text()
        self.assertIn(old, text)
        self.config.write_text(text.replace(old, new))

    def upgrade(self) -> None:
        """Make the database."""
        upgrade(f"sqlite:///{self.folder}/smscentre.db")

    def run_program(
        self, program: str, *words: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program with the configuration's path, and words of its own."""
        return subprocess.run(
            [sys.executable, "-c", program, str(self.config), *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def refused(self) -> str:
        """What is said when the start is refused, in words and not as a traceback."""
        done = self.run_program(_MAKE)
        self.assertEqual(done.returncode, _EX_CONFIG, done.stderr)
        self.assertIn("smscentre cannot start", done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        return done.stderr

    def test_the_sample_makes_a_centre(self) -> None:
        """As it ships, but for its folders."""
        self.upgrade()
        done = self.run_program(_MAKE)
        self.assertEqual(
            (done.returncode, done.stdout), (0, "Centre True\n"), done.stderr
        )

    def test_time_cannot_be_set(self) -> None:
        """A wall clock that jumps moves no timer."""
        self.upgrade()
        done = self.run_program(_TIME)
        self.assertEqual(done.stdout, "True True\n", done.stderr)

    def test_asked_to_stop_again(self) -> None:
        """A second signal while it stops is no fault, and changes nothing."""
        self.upgrade()
        for name in ("SIGTERM", "SIGINT"):
            done = self.run_program(_TWICE, name)
            self.assertEqual(done.stdout, "errors: 0\n", done.stderr)

    def test_a_configuration_with_faults(self) -> None:
        """All of them are told at once, and a restart would not help."""
        self.change("window = 10", "window = 0")
        self.change('bind = "transceiver"', 'bind = "both"')
        said = self.refused()
        for words in ("smpp[carrier].window", "smpp[carrier].bind", "2 problem(s)"):
            self.assertIn(words, said)

    def test_without_a_database(self) -> None:
        """The command that makes it is named."""
        self.assertIn("db upgrade", self.refused())

    def test_a_database_that_another_service_has(self) -> None:
        """Two that send from one outbox are refused, also with two folders."""
        self.upgrade()
        lock_database(self.folder / "smscentre.db")
        self.assertIn("another smscentre runs with the database", self.refused())

    def test_a_page_that_cannot_be_served(self) -> None:
        """Keys that are not there are told at the start, with their place."""
        self.upgrade()
        self.change(
            'listen = "tcp:8080:interface=127.0.0.1"',
            'listen = "ssl:8443:privateKey=absent:certKey=absent"',
        )
        self.assertIn("web.listen", self.refused())

    def test_an_authority_that_is_none(self) -> None:
        """A link that would trust nobody is told at the start."""
        self.upgrade()
        (self.folder / "ca.pem").write_text("nothing")
        self.change("tls = false", "tls = true")
        self.change('ca_file = ""', 'ca_file = "ca.pem"')
        self.assertIn("certificate of an authority", self.refused())
