"""SQLite's log is brought home beside the writer, so that no commit waits for it.

A commit that finds the WAL too long copies it into the database and syncs both, and
whoever waits for that commit waits for thousands of pages. Here a thread of its own
copies them a portion at a time; the writer's own checkpoint then finds little left, and
begins the log anew. PostgreSQL's server does this by itself.
"""

from __future__ import annotations

__all__ = ["Checkpoints"]

from threading import Event, Thread
from typing import Final

from sqlalchemy import Engine
from twisted.logger import Logger

from smscentre.store.engine import file_identity
from smscentre.tasks import attempt

_TURNS: Final = 10
"""So many turns of the writer are worth a checkpoint, ..."""

_PAUSE_S: Final = 0.05
"""... but its syncs must not stand in the way of the writer's all the time."""

_log = Logger(namespace="smscentre.store.checkpoints")


class Checkpoints:
    """Copies the log into the database while the writer goes on."""

    def __init__(self, engine: Engine) -> None:
        """:param engine: the writer's, or one like it; each checkpoint connects anew"""
        self._engine = engine
        self._turns = 0
        self._due = Event()
        self._stopping = Event()
        self._thread = Thread(
            target=self._run, name="smscentre-checkpoints", daemon=True
        )

    def start(self) -> None:
        """Begin; of another database than SQLite's there is nothing to do."""
        if self._engine.dialect.name == "sqlite":
            self._thread.start()

    def turned(self) -> None:
        """Hear that the writer has committed a batch. The writer's thread."""
        self._turns += 1
        if self._turns >= _TURNS:
            self._turns = 0
            self._due.set()

    def stop(self) -> None:
        """End after the checkpoint that is under way, if there is one."""
        self._stopping.set()
        self._due.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while self._due.wait() and not self._stopping.wait(_PAUSE_S):
            self._due.clear()
            error = attempt(self._bring_home)
            if error is not None:
                # The log keeps everything, and the writer finds what is the matter.
                _log.debug("no checkpoint: {error}", error=error)

    def _bring_home(self) -> None:
        """Copy what nobody reads any more, without waiting for anybody.

        :raises StoreError: the file is gone; connecting would make a new one
        """
        file_identity(self._engine)
        with self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
