"""A real SQLite store in a temporary directory, its writer turned by hand."""

from __future__ import annotations

__all__ = ["StoreTestCase"]

from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from sqlalchemy import Select, text
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from smscentre.store.engine import reading_engine, writing_engine
from smscentre.store.writer import Writer
from tests.prepared import make_store


class Batches:
    """Remembers what the writer committed."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def committed(self, size: int, seconds: float) -> None:
        """Note the size of a batch."""
        self.sizes.append(size)


def at_once(action: Callable[..., object], *args: object) -> None:
    """Stand in for the reactor's thread: there is only one here."""
    action(*args)


class StoreTestCase(SynchronousTestCase):
    """A test with a database at the newest schema and a writer without a thread."""

    def setUp(self) -> None:
        self.folder = Path(mkdtemp(prefix="smscentre-"))
        self.addCleanup(rmtree, self.folder)
        self.database = self.folder / "smscentre.db"
        self.url = self.new_database()
        make_store(self.url)
        self.clock = Clock()
        self.batches = Batches()
        self.writer = Writer(
            writing_engine(self.url, explicit=True), at_once, self.clock, self.batches
        )
        self.addCleanup(self.writer.close)

    def new_database(self) -> str:
        """The URL of a database that is empty or not there yet."""
        return f"sqlite:///{self.database}"

    def turn(self) -> None:
        """Commit everything that waits."""
        while self.writer.turn():
            pass

    def rows(self, query: str | Select[Any], **parameters: object) -> list[Any]:
        """What a second connection sees in the database."""
        engine = reading_engine(self.url)
        try:
            with engine.connect() as connection:
                statement = text(query) if isinstance(query, str) else query
                return list(connection.execute(statement, parameters).all())
        finally:
            engine.dispose()
