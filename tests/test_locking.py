"""One process a node."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from smscentre.locking import NodeTakenError, lock_node

_HOLD = """
import sys
from pathlib import Path
from smscentre.locking import lock_node
lock_node(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


class LockNodeTests(SynchronousTestCase):
    """A folder serves one process at a time."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data_dir = Path(folder.name) / "data"

    def test_second_is_refused(self) -> None:
        """While one process holds the folder another is told so."""
        command = [sys.executable, "-c", _HOLD, str(self.data_dir)]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as holder:
            assert holder.stdout is not None
            self.assertEqual(holder.stdout.readline(), b"held\n")
            error = self.assertRaises(NodeTakenError, lock_node, self.data_dir)
            self.assertIn(str(self.data_dir), str(error))
            assert holder.stdin is not None
            holder.stdin.close()
        lock_node(self.data_dir)

    def test_unusable_folder(self) -> None:
        """A folder that cannot be made is named."""
        self.data_dir.parent.joinpath("file").touch()
        taken = self.data_dir.parent / "file" / "data"
        self.assertRaises(NodeTakenError, lock_node, taken)
