"""The ceiling: the least that a process on this stack can do with a message.

The product's own codec, one regular expression, one SQLite file with
synchronous=FULL, rows of inbox, report and outbox written as lists by one writer
thread with group commit, the reply, the mark that it was sent. No rights, no
history, no metrics, no log, no second try: nothing real may be faster.
"""

from __future__ import annotations

__all__ = ["main"]

import argparse
import re
import time
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import cast

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy.dialects.sqlite import insert as upsert
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.interfaces import IReactorCore, IReactorFromThreads
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure

from smscentre.messages import Address
from smscentre.smpp import codes
from smscentre.smpp.codec import (
    Framer,
    decode,
    encode,
    encode_deliver_sm_resp,
    encode_short_message,
)
from smscentre.smpp.pdus import (
    Bind,
    BindMode,
    DeliverSm,
    EnquireLink,
    EnquireLinkResp,
    ShortMessage,
    SubmitSmResp,
)

_BATCH = 200
_RUTAN = re.compile(rb"\s*RUTAN\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*", re.IGNORECASE)
_CENTRE = Address("02170252704", 0, 1)
_REPLY = "Insert Data UPT berhasil, Tahanan P={}, W={} / Napi P={}, W={}. Terima Kasih"

_metadata = sa.MetaData()
_inbox = sa.Table(
    "inbox",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text),
    sa.Column("text", sa.LargeBinary),
    sa.Column("arrived_at", sa.Double),
)
_reports = sa.Table(
    "reports",
    _metadata,
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Integer) for name in ("tp", "tw", "np", "nw")),
)
_outbox = sa.Table(
    "outbox",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("number", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("smsc_id", sa.Text),
)


@frozen
class _Message:
    """One delivery with its figures, on its way through the writer."""

    sequence: int
    row: int
    source: Address
    text: bytes
    figures: tuple[int, ...]
    reply: str


@frozen
class _Sent:
    """The mark that a reply was taken."""

    row: int
    smsc_id: str


_Item = _Message | _Sent


class _Store:
    """The writer thread and its file."""

    def __init__(self, path: Path, reactor: IReactorFromThreads) -> None:
        self.queue: SimpleQueue[_Item | None] = SimpleQueue()
        self._reactor = reactor
        self._engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
        sa.event.listen(self._engine, "connect", _durable)
        sa.event.listen(self._engine, "begin", _begin)
        with self._engine.begin() as connection:
            _metadata.create_all(connection)
        report = upsert(_reports)
        self._report = report.on_conflict_do_update(
            index_elements=["number", "day"],
            set_={name: report.excluded[name] for name in ("tp", "tw", "np", "nw")},
        )
        self._sent = (
            sa.update(_outbox)
            .where(_outbox.c.id == sa.bindparam("row"))
            .values(state="sent", smsc_id=sa.bindparam("name"))
        )

    def serve(self, link: _Link) -> None:
        """Commit batches until None comes."""
        with self._engine.connect() as connection:
            while items := self._batch():
                messages = [item for item in items if isinstance(item, _Message)]
                with connection.begin():
                    self._write(connection, messages)
                    sent = [
                        {"row": item.row, "name": item.smsc_id}
                        for item in items
                        if isinstance(item, _Sent)
                    ]
                    if sent:
                        connection.execute(self._sent, sent)
                if messages:
                    self._reactor.callFromThread(link.committed, messages)

    def _batch(self) -> list[_Item]:
        """All that waits, up to the size of a batch; nothing at the end."""
        item = self.queue.get()
        items = []
        while item is not None:
            items.append(item)
            if len(items) == _BATCH:
                break
            try:
                item = self.queue.get_nowait()
            except Empty:
                return items
        if items and item is None:
            # The end is for the next turn.
            self.queue.put(None)
        return items

    def _write(self, connection: sa.Connection, messages: list[_Message]) -> None:
        if not messages:
            return
        now = time.time()
        day = time.strftime("%Y-%m-%d")
        connection.execute(
            sa.insert(_inbox),
            [
                {
                    "id": item.row,
                    "source": item.source.digits,
                    "text": item.text,
                    "arrived_at": now,
                }
                for item in messages
            ],
        )
        connection.execute(
            self._report,
            [
                {
                    "number": item.source.digits,
                    "day": day,
                    **dict(zip(("tp", "tw", "np", "nw"), item.figures, strict=True)),
                }
                for item in messages
            ],
        )
        connection.execute(
            sa.insert(_outbox),
            [
                {
                    "id": item.row,
                    "number": item.source.digits,
                    "text": item.reply,
                    "state": "claimed",
                }
                for item in messages
            ],
        )


class _Link(Protocol):
    """The bare SMPP client."""

    def __init__(self, store: _Store, password: str, reactor: IReactorCore) -> None:
        self._store = store
        self._password = password
        self._reactor = reactor
        self._framer = Framer()
        self._rows = 0
        self._sequence = 1
        self._submits: dict[int, int] = {}

    def connectionMade(self) -> None:
        self._write(encode(Bind(1, BindMode.TRANSCEIVER, "smscentre", self._password)))

    def dataReceived(self, data: bytes) -> None:
        for octets in self._framer.feed(data):
            match decode(octets):
                case DeliverSm(sequence, message):
                    self._delivered(sequence, message)
                case SubmitSmResp(sequence, _, smsc_id):
                    row = self._submits.pop(sequence)
                    self._store.queue.put(_Sent(row, smsc_id))
                case EnquireLink(sequence):
                    self._write(encode(EnquireLinkResp(sequence)))

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._store.queue.put(None)
        self._reactor.stop()

    def _delivered(self, sequence: int, sm: ShortMessage) -> None:
        found = _RUTAN.fullmatch(sm.short_message)
        assert found is not None, "only the load's own messages are understood"
        figures = tuple(map(int, found.groups()))
        self._rows += 1
        reply = _REPLY.format(*figures)
        self._store.queue.put(
            _Message(sequence, self._rows, sm.source, sm.short_message, figures, reply)
        )

    def committed(self, messages: list[_Message]) -> None:
        """Acknowledge and reply."""
        octets = []
        for message in messages:
            self._sequence += 1
            self._submits[self._sequence] = message.row
            sm = ShortMessage(_CENTRE, message.source, message.reply.encode("ascii"))
            octets.append(encode_deliver_sm_resp(message.sequence))
            octets.append(encode_short_message(codes.SUBMIT_SM, self._sequence, sm))
        self._write(b"".join(octets))

    def _write(self, octets: bytes) -> None:
        assert self.transport is not None, "written before the connection"
        self.transport.write(octets)


def _durable(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def main() -> None:
    """Run the client from the command line."""
    from twisted.internet import reactor

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--password", default="rahasia")
    parser.add_argument("--database", type=Path, required=True)
    options = parser.parse_args()
    core = cast(IReactorCore, reactor)
    store = _Store(options.database, cast(IReactorFromThreads, reactor))
    link = _Link(store, options.password, core)
    writer = Thread(target=store.serve, args=(link,))
    writer.start()
    connectProtocol(TCP4ClientEndpoint(reactor, "127.0.0.1", options.port), link)
    core.run()
    writer.join()


if __name__ == "__main__":
    main()
