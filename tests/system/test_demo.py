"""The demo as a newcomer meets it: one command, one text, Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Timer

from twisted.trial.unittest import SynchronousTestCase

from tests.system.centre import ROOT

OFFICER = "+628111203001"
INSERTED = (
    "Insert Data UPT 1203/LP_CIPINANG2/DKI berhasil, "
    "Tahanan P=82, W=54 / Napi P=36, W=39. Terima Kasih"
)

_COMMAND = (sys.executable, "-m", "smscentre.cli")
_START_S = 30.0


class DemoTests(SynchronousTestCase):
    """`smscentre demo`."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.process = subprocess.Popen(
            [*_COMMAND, "demo", "--directory", str(self.folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.addCleanup(self.end)
        # A demo that says nothing more would be waited for without an end.
        limit = Timer(_START_S, self.process.terminate)
        limit.start()
        self.addCleanup(limit.cancel)

    def end(self) -> None:
        """Leave nothing behind, whatever happened."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=20)

    def wait_for(self, beginning: str) -> str:
        """Read on to a line that begins so; that line."""
        assert self.process.stdout is not None
        seen = []
        for line in self.process.stdout:
            seen.append(line)
            if line.startswith(beginning):
                return line.rstrip("\n")
        raise AssertionError(f"no line {beginning!r}:\n{''.join(seen)}")

    def test_start_text_stop(self) -> None:
        """A text by each way is answered; SIGINT ends everything with status 0."""
        self.wait_for("The centre runs.")
        texted = subprocess.run(
            [
                *_COMMAND,
                "--config",
                str(self.folder / "smscentre.toml"),
                "text",
                OFFICER,
                "RUTAN 82 54 36 39",
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        # In the first hours of a day the reply names the day that it took.
        plain = re.sub(r" tgl: \d{6}", "", texted.stdout)
        self.assertEqual(plain, f"{INSERTED}\n", texted.stderr)
        assert self.process.stdin is not None
        self.process.stdin.write(f"{OFFICER} RUTAN 82 54 36 39\n")
        self.process.stdin.flush()
        self.assertIn("Insert Data", self.wait_for(f"{OFFICER} <- 02170252704: "))
        self.process.stdin.write(f"modem: {OFFICER} RUTAN 82 54 36 40\n")
        self.process.stdin.flush()
        self.assertIn("Update Data", self.wait_for(f"{OFFICER} <- +6281100000001: "))
        self.process.send_signal(signal.SIGINT)
        self.wait_for("stopped")
        self.assertEqual(self.process.wait(10), 0)
        self.assertFalse((self.folder / "modem").is_symlink())
