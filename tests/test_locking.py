"""One process a node."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from smscentre.locking import NodeTakenError, lock_database, lock_node

_HOLD = """
import sys
from pathlib import Path
from smscentre import locking
getattr(locking, sys.argv[1])(Path(sys.argv[2]))
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def _held(lock: str, path: Path) -> Iterator[None]:
    """While another process has something."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, lock, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        try:
            assert holder.stdout.readline() == b"held\n"
            yield
        finally:
            holder.stdin.close()


class LockNodeTests(SynchronousTestCase):
    """A folder serves one process at a time."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data_dir = Path(folder.name) / "data"

    def test_second_is_refused(self) -> None:
        """While one process holds the folder another is told so."""
        with _held("lock_node", self.data_dir):
            error = self.assertRaises(NodeTakenError, lock_node, self.data_dir)
            self.assertIn(str(self.data_dir), str(error))
        lock_node(self.data_dir)

    def test_unusable_folder(self) -> None:
        """A folder that cannot be made is named."""
        self.data_dir.parent.joinpath("file").touch()
        taken = self.data_dir.parent / "file" / "data"
        self.assertRaises(NodeTakenError, lock_node, taken)


class LockDatabaseTests(SynchronousTestCase):
    """A file serves one process at a time, whatever folder each calls its own."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.database = Path(folder.name) / "centre.db"

    def test_second_is_refused(self) -> None:
        """By whichever name it knows the file."""
        self.database.touch()
        other = self.database.with_name("other.db")
        other.symlink_to(self.database)
        with _held("lock_database", self.database):
            error = self.assertRaises(NodeTakenError, lock_database, other)
            self.assertIn(str(self.database.resolve()), str(error))
        lock_database(other)

    def test_unusable_folder(self) -> None:
        """A place that cannot even be looked at is refused as such."""
        beyond = self.database.with_name("a" * 300) / "centre.db"
        error = self.assertRaises(NodeTakenError, lock_database, beyond)
        self.assertIn("cannot be used", str(error))

    def test_nothing_is_made_beside_a_file_that_is_absent(self) -> None:
        """What is wrong then is told by who opens it."""
        lock_database(self.database)
        self.assertEqual([*self.database.parent.iterdir()], [])
