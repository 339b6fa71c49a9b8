"""One connection of the centre to an account of the fault campaigns.

Gives the PDUs of a carrier and writes any part of them, at any pace; reads when it
is told to. Knows no message's life and no other connection (`faults_peer`).
"""

from __future__ import annotations

__all__ = ["Connection", "Owner", "Segments", "frames"]

import asyncio
import socket
import struct
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import count
from typing import Protocol

from smpplib.exceptions import UnknownCommandError

from tests.system import pdus
from tests.system.history import Copy, Delivery, Submit
from tests.system.pdus import Pdu

Segments = Callable[[bytes], Iterable[bytes]]
"""How octets are cut into writes."""

_READ_OCTETS = 65_536
_SHORTEST_PDU, _LONGEST_PDU = 16, 65_536
_RESET = struct.pack("@ii", 1, 0)
"""Closing sends RST at once, as when a machine in between forgets the connection."""


class Owner(Protocol):
    """The account, as its connections see it."""

    segments: Segments
    faults: list[str]
    binds: int

    def submitted(self, pdu: Pdu) -> Submit:
        """Note a submit_sm, not yet answered."""

    def accepted(self, submit: Submit) -> None:
        """Note that the whole positive answer of a submit was sent."""

    def changed(self) -> None:
        """Wake who waits for something of this account."""


class Connection:
    """One TCP connection of an account, from the centre's request to be bound on.

    ``answering`` says whether submits and requests of the centre are answered.
    """

    def __init__(self, owner: Owner, wire: socket.socket, request: Pdu) -> None:
        self.alive = True
        self.answering = True
        self.unbinding = False
        self.in_flight: dict[int, tuple[Delivery, Copy]] = {}
        self.submits: list[Submit] = []
        self.nacks: list[int] = []
        self.enquiries_answered = 0
        self._owner = owner
        self._request = request
        self._wire = wire
        self._loop = asyncio.get_running_loop()
        self._writing = asyncio.Lock()
        self._sequences = count(1)
        self._reading: asyncio.Task[None] | None = None

    # What a script says.

    def bind_answer(self) -> bytes:
        """The PDU that accepts the bind."""
        return pdus.bind_answer(self._request, 0)

    def submit_answer(self, submit: Submit) -> bytes:
        """The PDU that accepts a submit."""
        return pdus.build("submit_sm_resp", submit.sequence, message_id=submit.smsc_id)

    def enquiry(self) -> bytes:
        """An enquire_link."""
        return pdus.build("enquire_link", next(self._sequences))

    def copy_of(self, delivery: Delivery) -> bytes:
        """The PDU of a message, which counts as sent from now on."""
        sequence = next(self._sequences)
        copy = Copy(self._owner.binds, sequence, time.monotonic())
        delivery.copies.append(copy)
        self.in_flight[sequence] = delivery, copy
        return pdus.build(
            "deliver_sm",
            sequence,
            source_addr=delivery.source,
            destination_addr=delivery.destination,
            short_message=delivery.octets,
        )

    async def accept(self) -> None:
        """Accept the bind and read from now on."""
        self._owner.binds += 1
        await self.send(self.bind_answer())
        self.read()

    async def send(self, octets: bytes) -> None:
        """Write octets in the account's segments; quietly not, where none listens."""
        await self.trickle(self._owner.segments(octets), 0)

    async def trickle(self, segments: Iterable[bytes], pause_s: float) -> None:
        """Write with pauses between the segments, and nothing else in between."""
        async with self._writing:
            with suppress(OSError):
                for place, segment in enumerate(segments):
                    if pause_s and place:
                        await asyncio.sleep(pause_s)
                    await self._loop.sock_sendall(self._wire, segment)
                return
            self.alive = False

    def read(self) -> None:
        """Take what the centre sends, from now on until the connection ends."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())

    async def close(self, reset: bool = False) -> None:
        """End the connection, politely or by a reset; waits for nobody."""
        self.alive = False
        if self._reading is not None and self._reading is not asyncio.current_task():
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading
            # The loop forgets the socket one turn after the task.
            await asyncio.sleep(0)
        if reset:
            self._wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        else:
            self._shut()
        self._wire.close()
        self._owner.changed()

    def _shut(self) -> None:
        with suppress(OSError):
            self._wire.shutdown(socket.SHUT_RDWR)

    # What the centre says.

    async def _read(self) -> None:
        rest = bytearray()
        try:
            while data := await self._loop.sock_recv(self._wire, _READ_OCTETS):
                rest += data
                for frame in frames(rest):
                    await self._take(frame)
                self._owner.changed()
        except ConnectionError:
            pass
        except (UnknownCommandError, KeyError, ValueError, struct.error) as error:
            self._owner.faults.append(f"{error!r} in what the centre sent")
        self.alive = False
        # A write that is under way fails now; only then may the socket go.
        self._shut()
        async with self._writing:
            self._wire.close()
        self._owner.changed()

    async def _take(self, frame: bytes) -> None:
        pdu = pdus.parse(frame)
        match pdu.command:
            case "deliver_sm_resp":
                self._acknowledged(pdu)
            case "submit_sm":
                await self._submitted(pdu)
            case "enquire_link":
                await self._answer("enquire_link_resp", pdu)
            case "unbind":
                self.unbinding = True
                await self._answer("unbind_resp", pdu)
            case "enquire_link_resp":
                self.enquiries_answered += 1
            case "generic_nack":
                self.nacks.append(pdu.status)

    async def _answer(self, command: str, pdu: Pdu) -> None:
        if self.answering:
            await self.send(pdus.build(command, pdu.sequence))

    def _acknowledged(self, pdu: Pdu) -> None:
        found = self.in_flight.pop(pdu.sequence, None)
        if found is None:
            self._owner.faults.append(f"an answer to no deliver_sm: {pdu.sequence}")
            return
        _, copy = found
        copy.answered_at, copy.status = time.monotonic(), pdu.status

    async def _submitted(self, pdu: Pdu) -> None:
        submit = self._owner.submitted(pdu)
        self.submits.append(submit)
        if self.answering:
            await self.send(self.submit_answer(submit))
            self._owner.accepted(submit)


def frames(data: bytearray) -> list[bytes]:
    """Take the whole PDUs from the beginning of what was read."""
    found = []
    while len(data) >= _SHORTEST_PDU:
        length = int.from_bytes(data[:4], "big")
        if not _SHORTEST_PDU <= length <= _LONGEST_PDU:
            raise ValueError(f"a command_length of {length}")
        if len(data) < length:
            break
        found.append(bytes(data[:length]))
        del data[:length]
    return found
