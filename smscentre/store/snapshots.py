"""The directory as readers see it, loaded again when it has changed."""

from __future__ import annotations

__all__ = ["Snapshots"]

from threading import Lock

from sqlalchemy import Connection, select

from smscentre.directory import Directory
from smscentre.store.people import load_directory
from smscentre.store.tables import counters
from smscentre.store.transaction import Numbers, Transaction

_VERSION = select(counters.c.value).where(counters.c.name == "directory")


class Snapshots:
    """One snapshot for all readers. Safe in several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._version = -1
        self._directory = Directory.of(())

    def current(self, connection: Connection) -> Directory:
        """The directory as the store has it now."""
        # Read before the directory: a change in between is noticed next time.
        version: int = connection.execute(_VERSION).scalar_one()
        with self._lock:
            if version == self._version:
                return self._directory
        directory = load_directory(Transaction(connection, Numbers()))
        with self._lock:
            self._version, self._directory = version, directory
        return directory
