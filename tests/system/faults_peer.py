"""A carrier of many accounts: the far end of the fault campaigns.

Each link of a centre binds to an account of its own, so that hundreds of faults
happen side by side and none waits for the back-off of another. What an account
does is a coroutine's business; here are the pieces that it is made of. It shares
no code with the product and runs on asyncio, in the thread of whoever asks.
"""

from __future__ import annotations

__all__ = ["Account", "Carrier"]

import asyncio
import socket
import time
from collections.abc import Callable, Coroutine, Iterable
from itertools import count
from types import TracebackType
from typing import Self

from tests.system import pdus
from tests.system.crash_check import Token, replies_to
from tests.system.faults_connection import Connection, Segments, frames
from tests.system.history import Delivery, Submit
from tests.system.pdus import Pdu
from tests.system.peer import CENTRE

_BACKLOG = 1024
_READ_OCTETS = 65_536
_PATIENCE_S = 30.0

_WINDOW = 100
"""How many deliver_sm an account leaves unanswered while it is served."""

_FIRST_SERIAL = 1000
"""The texts of a campaign's first thousands of commands are of one length."""


def _whole(octets: bytes) -> Iterable[bytes]:
    return (octets,)


class Account:
    """The far end of one link, over all its connections."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.segments: Segments = _whole
        self.tokens: list[Token[Delivery]] = []
        self.submits: list[Submit] = []
        self.faults: list[str] = []
        self.binds = 0
        self._answered: set[int] = set()
        self._open: list[Token[Delivery]] = []
        self._connections: list[Connection] = []
        self._arrived: asyncio.Queue[Connection] = asyncio.Queue()
        self._changed = asyncio.Event()

    def submitted(self, pdu: Pdu) -> Submit:
        """Note a submit_sm, not yet answered."""
        text, part = pdus.text_of(pdu)
        submit = Submit(
            bind=self.binds,
            sequence=pdu.sequence,
            destination=pdu.destination_addr.decode("ascii"),
            text=text,
            part=part,
            data_coding=pdu.data_coding,
            registered_delivery=pdu.registered_delivery,
            received_at=time.monotonic(),
            smsc_id=f"{len(self.submits):08d}",
        )
        self.submits.append(submit)
        return submit

    def accepted(self, submit: Submit) -> None:
        """Note that the whole positive answer of a submit was sent."""
        submit.status, submit.answered_at = 0, time.monotonic()
        self._answered.update(replies_to([submit]))

    def arrived(self, connection: Connection) -> None:
        """Take a connection that asks to be bound."""
        self._connections.append(connection)
        self._arrived.put_nowait(connection)

    async def connection(self, timeout_s: float = _PATIENCE_S) -> Connection:
        """The next connection, its bind unanswered.

        :raises AssertionError: none comes in time
        """
        try:
            return await asyncio.wait_for(self._arrived.get(), timeout_s)
        except TimeoutError:
            raise AssertionError(f"{self.name}: no bind in {timeout_s:g} s") from None

    async def bound(self, timeout_s: float = _PATIENCE_S) -> Connection:
        """The next connection, bound."""
        connection = await self.connection(timeout_s)
        await connection.accept()
        return connection

    async def until(
        self, predicate: Callable[[], object], what: str, timeout_s: float = _PATIENCE_S
    ) -> None:
        """Wait until something holds.

        :raises AssertionError: with ``what`` when it does not come to hold
        """
        deadline = time.monotonic() + timeout_s
        while not predicate():
            self._changed.clear()
            left = deadline - time.monotonic()
            try:
                await asyncio.wait_for(self._changed.wait(), max(0.0, left))
            except TimeoutError:
                raise AssertionError(
                    f"{self.name}: not within {timeout_s:g} s: {what}"
                ) from None

    async def close(self) -> None:
        """End all connections."""
        for connection in self._connections:
            await connection.close()

    def changed(self) -> None:
        """Wake who waits for something of this account."""
        self._changed.set()

    async def settle(
        self, connection: Connection | None = None, timeout_s: float = _PATIENCE_S
    ) -> None:
        """Serve the centre until each message is acknowledged and answered.

        Without a connection on the next one. A message that was not acknowledged
        goes again, unless it is under way in this bind.
        """
        bound = connection or await self.bound()
        under_way = {id(delivery) for delivery, _ in bound.in_flight.values()}
        for token in self.tokens:
            if token.delivery.acknowledged or id(token.delivery) in under_way:
                continue
            await self.until(
                lambda: len(bound.in_flight) < _WINDOW or not bound.alive, "answers"
            )
            await bound.send(bound.copy_of(token.delivery))
        self._open = list(reversed(self.tokens))
        await self.until(
            lambda: self._settled or not bound.alive, "all settled", timeout_s
        )
        assert self._settled, f"{self.name}: the bind ended"

    @property
    def _settled(self) -> bool:
        while self._open and self._is_settled(self._open[-1]):
            self._open.pop()
        return not self._open

    def _is_settled(self, token: Token[Delivery]) -> bool:
        return token.delivery.acknowledged and token.serial in self._answered


class Carrier:
    """Listens on 127.0.0.1 and hands each connection to the account that it names."""

    def __init__(self, names: Iterable[str], receive_octets: int = 0) -> None:
        """:param receive_octets: what the kernel keeps for us; 0: as it likes"""
        self.accounts = {name: Account(name) for name in names}
        self.port = 0
        self._receive_octets = receive_octets
        self._serials = count(_FIRST_SERIAL)
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener = socket.socket()

    async def __aenter__(self) -> Self:
        listener = self._listener
        if self._receive_octets:
            size = self._receive_octets
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
        listener.bind(("127.0.0.1", 0))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        self._start(self._accept())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for account in self.accounts.values():
            await account.close()
        self._listener.close()

    def token(self, account: Account, source: str, unit: str) -> Token[Delivery]:
        """A command that no other equals, for an account to deliver."""
        serial = next(self._serials)
        values = (serial, serial % 7, serial % 8, serial % 9)
        text = "RUTAN " + " ".join(map(str, values))
        octets = pdus.encode_text(text, 0)
        token = Token(serial, values, unit, Delivery(source, CENTRE, text, octets))
        account.tokens.append(token)
        return token

    def _start(self, coroutine: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            wire, _ = await loop.sock_accept(self._listener)
            wire.setblocking(False)
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._start(self._greet(wire))

    async def _greet(self, wire: socket.socket) -> None:
        """Read the request to be bound; the centre says nothing else before."""
        loop = asyncio.get_running_loop()
        data = bytearray()
        while not (found := frames(data)):
            read = await loop.sock_recv(wire, _READ_OCTETS)
            if not read:
                wire.close()
                return
            data += read
        request = pdus.parse(found[0])
        account = self.accounts[request.system_id.decode("ascii")]
        account.arrived(Connection(account, wire, request))
