"""One connection of the centre to the test carrier: its socket and its moments.

A thread reads it and hands every frame to the carrier (`peer`), which decides
what to say. Knows framing and sockets; knows no message.
"""

from __future__ import annotations

__all__ = ["Session"]

import socket
import struct
import time
from collections.abc import Callable
from threading import Thread

from tests.system.history import Copy, Delivery
from tests.system.pdus import read_frame

_SEND_LIMIT = struct.pack("@ll", 10, 0)
"""A centre that does not read for ten seconds has lost its connection."""

_RESET = struct.pack("@ii", 1, 0)
"""Closing sends RST at once, as when a machine in between forgets the connection."""


class Session:
    """A connection, bound or not yet.

    ``number`` counts the binds of the carrier from 1 and is 0 before the bind;
    ``unbound`` says that the centre took its leave by an unbind.
    """

    def __init__(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _SEND_LIMIT)
        self.number = 0
        self.command = ""
        self.alive = True
        self.unbound = False
        self.bound_at = 0.0
        self.ended_at: float | None = None
        self.in_flight: dict[int, tuple[Delivery, Copy]] = {}
        self._connection = connection
        self._sequence = 0

    @property
    def bound(self) -> bool:
        """Whether messages may pass now."""
        return self.alive and self.number > 0

    @property
    def receives(self) -> bool:
        """Whether deliver_sm may go here."""
        return self.bound and self.command != "bind_transmitter"

    def next_sequence(self) -> int:
        """The number of our next request here."""
        self._sequence += 1
        return self._sequence

    def serve(
        self,
        receive: Callable[[Session, bytes], None],
        closed: Callable[[Session], None],
    ) -> Thread:
        """Start the thread that reads until the connection ends."""

        def read() -> None:
            try:
                with self._connection.makefile("rb") as stream:
                    while frame := read_frame(stream):
                        receive(self, frame)
            except OSError:
                pass
            finally:
                closed(self)

        thread = Thread(target=read, daemon=True)
        thread.start()
        return thread

    def write(self, octets: bytes) -> None:
        """Send octets; a connection that is gone ends the session quietly."""
        try:
            self._connection.sendall(octets)
        except OSError:
            self.end()

    def end(self, reset: bool = False) -> None:
        """Close the connection, politely or by a reset."""
        if not self.alive:
            return
        self.alive = False
        self.ended_at = time.monotonic()
        try:
            if reset:
                self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            # A shutdown wakes the reading thread; closing alone does not.
            self._connection.shutdown(socket.SHUT_RD if reset else socket.SHUT_RDWR)
        except OSError:
            pass
        self._connection.close()
