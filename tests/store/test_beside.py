"""Tests for `smscentre.store.beside`: work of a command in a transaction of its own."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from shutil import rmtree
from tempfile import mkdtemp
from threading import Thread
from unittest import skipIf

from sqlalchemy import insert, make_url, select

from smscentre.store.beside import change_store, read_store
from smscentre.store.engine import StoreError
from smscentre.store.tables import counters
from smscentre.store.transaction import Transaction
from tests.postgresql import MISSING, own_database
from tests.storecase import StoreTestCase

_SOCKET = ".s.PGSQL.5432"
_OCTETS = 65536


class _LosesCommit:
    """Stands before a server; the first answer to a commit is lost with the line."""

    def __init__(self, url: str) -> None:
        there = make_url(url)
        self._server = str(Path(str(there.query["host"])) / _SOCKET)
        self.folder = Path(mkdtemp(prefix="pg-"))
        self.url = there.update_query_dict({"host": str(self.folder)}).render_as_string(
            hide_password=False
        )
        self.lost = 0
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.folder / _SOCKET))
        self._listening.listen()
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()
        rmtree(self.folder)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                ours, _ = self._listening.accept()
                with ours, socket.socket(socket.AF_UNIX) as theirs:
                    theirs.connect(self._server)
                    self._relay(ours, theirs)

    def _relay(self, ours: socket.socket, theirs: socket.socket) -> None:
        """Hand octets on, one connection at a time, until an end or a commit."""
        with DefaultSelector() as selector:
            selector.register(ours, EVENT_READ, theirs)
            selector.register(theirs, EVENT_READ, ours)
            while True:
                for key, _ in selector.select():
                    source = ours if key.data is theirs else theirs
                    octets = source.recv(_OCTETS)
                    if not octets:
                        return
                    key.data.sendall(octets)
                    if source is ours and b"COMMIT" in octets and not self.lost:
                        self.lost += 1
                        theirs.recv(_OCTETS)
                        return


@skipIf(MISSING, MISSING)
class BesideTests(StoreTestCase):
    """On PostgreSQL, whose answers may be lost."""

    def new_database(self) -> str:
        """One of the shared server."""
        return own_database(self)

    def test_a_commit_whose_answer_is_lost_is_not_done_twice(self) -> None:
        """It may have been done, so that whoever asked has to look."""
        relay = _LosesCommit(self.url)
        self.addCleanup(relay.close)
        works: list[Transaction] = []

        def work(transaction: Transaction) -> None:
            works.append(transaction)
            name = f"done {len(works)}"
            transaction.execute(insert(counters), {"name": name, "value": 1})

        error = self.assertRaises(StoreError, change_store, relay.url, work)
        self.assertIn("not known whether", str(error))
        self.assertEqual(relay.lost, 1)
        done = select(counters.c.name).where(counters.c.name.like("done%"))
        stored = read_store(self.url, lambda connection: connection.scalars(done).all())
        self.assertEqual(stored, ["done 1"])
