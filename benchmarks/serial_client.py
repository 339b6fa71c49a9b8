"""The comparison: what one writes in an afternoon with smpplib and sqlite3.

Reads a PDU, stores it, replies and acknowledges, one commit a message, one
message at a time. It is durable and correct as far as it goes, and shares
nothing with the product; its speed is the one to beat.
"""

from __future__ import annotations

__all__ = ["SerialClient", "main"]

import argparse
import re
import socket
import sqlite3
import time
from pathlib import Path
from typing import Any

from smpplib.client import Client
from smpplib.exceptions import ConnectionError as SmppConnectionError

_RUTAN = re.compile(rb"\s*RUTAN\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*", re.IGNORECASE)

_TABLES = """
CREATE TABLE IF NOT EXISTS inbox (
    id INTEGER PRIMARY KEY, source TEXT, text BLOB, arrived_at REAL
);
CREATE TABLE IF NOT EXISTS reports (
    number TEXT, day TEXT, field TEXT, value INTEGER,
    PRIMARY KEY (number, day, field)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY, number TEXT, text TEXT, state TEXT, smsc_id TEXT
);
"""

_SENT = "UPDATE outbox SET state = 'sent', smsc_id = ? WHERE id = ?"

_FIELDS = ("TP", "TW", "NP", "NW")


class SerialClient:
    """The client: binds, then answers reports until the carrier closes."""

    def __init__(self, host: str, port: int, password: str, database: Path) -> None:
        self._password = password
        self._store = sqlite3.connect(
            database, isolation_level=None, check_same_thread=False
        )
        self._store.execute("PRAGMA journal_mode=WAL")
        self._store.execute("PRAGMA synchronous=FULL")
        self._store.executescript(_TABLES)
        self._sent: dict[int, int] = {}
        self._answers: list[tuple[str, int]] = []
        self._client = Client(host, port, timeout=30, allow_unknown_opt_params=True)
        self._client.set_message_received_handler(self._received)
        self._client.set_message_sent_handler(self._answered)

    def run(self) -> None:
        """Serve until the connection closes."""
        self._client.connect()
        # Without it the reply waits for the carrier's delayed TCP acknowledgement.
        self._client._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client.bind_transceiver(system_id="smscentre", password=self._password)
        try:
            self._client.listen()
        except SmppConnectionError:
            pass
        finally:
            self._store.executemany(_SENT, self._answers)
            self._store.close()
            # smpplib's own way out would unbind into a closed connection.
            self._client._socket.close()
            self._client._socket = None

    def _received(self, pdu: Any) -> None:
        """Store and reply; smpplib acknowledges when this returns."""
        source = pdu.source_addr.decode("ascii")
        figures = _RUTAN.fullmatch(pdu.short_message)
        execute = self._store.execute
        execute("BEGIN IMMEDIATE")
        self._store.executemany(_SENT, self._answers)
        self._answers.clear()
        execute(
            "INSERT INTO inbox (source, text, arrived_at) VALUES (?, ?, ?)",
            (source, pdu.short_message, time.time()),
        )
        if figures is None:
            reply = "Perintah tidak dikenal."
        else:
            values = [int(figure) for figure in figures.groups()]
            day = time.strftime("%Y-%m-%d")
            self._store.executemany(
                "INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?)",
                [
                    (source, day, field, value)
                    for field, value in zip(_FIELDS, values, strict=True)
                ],
            )
            reply = (
                "Insert Data UPT berhasil, Tahanan P={}, W={} / Napi P={}, W={}. "
                "Terima Kasih"
            ).format(*values)
        row = execute(
            "INSERT INTO outbox (number, text, state) VALUES (?, ?, 'claimed')",
            (source, reply),
        ).lastrowid
        execute("COMMIT")
        assert row is not None
        submit = self._client.send_message(
            source_addr="02170252704",
            destination_addr=source,
            short_message=reply.encode("ascii"),
        )
        self._sent[submit.sequence] = row

    def _answered(self, pdu: Any) -> None:
        """Note that a reply was sent; the next message's commit stores it."""
        row = self._sent.pop(pdu.sequence)
        self._answers.append((pdu.message_id.decode("ascii"), row))


def main() -> None:
    """Run the client from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--password", default="rahasia")
    parser.add_argument("--database", type=Path, required=True)
    options = parser.parse_args()
    SerialClient("127.0.0.1", options.port, options.password, options.database).run()


if __name__ == "__main__":
    main()
