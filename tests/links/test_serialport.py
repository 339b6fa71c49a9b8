"""Tests for `smscentre.links.serialport`, on pseudo-terminals and in real time."""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import socket
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import frozen
from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionAborted, ConnectionDone, NoProtocol
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.task import deferLater
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase, TestCase

from smscentre.links.serialport import (
    SerialAddress,
    SerialEndpoint,
    SerialLineError,
    close_port,
    open_port,
)

ALL_OCTETS = bytes(range(256))
GET_EXCLUSIVE = 0x80045440
"""TIOCGEXCL of ioctl_tty(2), which Python does not name."""

AT_THE_FAR_END = 4096
"""What the other side of a pseudo-terminal has taken in before it is read."""


_NOBODY = 65534
"""The user to whom nothing belongs."""


class Recorder(Protocol):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.received = b""
        self.reasons: list[Failure] = []

    def dataReceived(self, data: bytes) -> None:
        self.received += data

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.reasons.append(reason)


class Recorders(Factory):
    """Builds the protocol that it is given."""

    noisy = False

    def __init__(self, protocol: Protocol | None) -> None:
        self.built = protocol
        self.addresses: list[IAddress | None] = []

    def buildProtocol(self, addr: IAddress | None) -> Protocol | None:
        self.addresses.append(addr)
        return self.built


class Far:
    """The modem's end of a line, and the name by which we open ours."""

    def __init__(self) -> None:
        self._end, near = pty.openpty()
        self.name = os.ttyname(near)
        os.close(near)
        os.set_blocking(self._end, False)

    def send(self, data: bytes) -> None:
        """Give octets to the line."""
        os.write(self._end, data)

    def take(self) -> bytes:
        """What came over the line since."""
        try:
            return os.read(self._end, 65_536)
        # The first when there is nothing, the second when nobody has the line open.
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EIO):
                raise
            return b""

    def close(self) -> None:
        """Hang up."""
        if self._end >= 0:
            os.close(self._end)
        self._end = -1


class Gate:
    """A device that hangs until it is let go; counts who came."""

    def __init__(self) -> None:
        self.calls = 0
        self.ports: list[Any] = []
        self._free = threading.Event()

    def open(self, device: str, baud: int) -> Any:
        """Open the device once the gate is."""
        self.calls += 1
        self._free.wait()
        self.ports.append(open_port(device, baud))
        return self.ports[-1]

    def open_to_close_later(self, device: str, baud: int) -> Any:
        """Open the device; the port's closing hangs at the gate."""
        port = open_port(device, baud)
        close = port.close

        def close_later() -> None:
            self._free.wait()
            close()

        port.close = close_later
        return port

    def free(self) -> None:
        """Let go."""
        self._free.set()


async def until(condition: Callable[[], object]) -> None:
    """Let the reactor turn until something holds; the test's time limit ends it."""
    while not condition():
        await deferLater(reactor, 0.005, lambda: None)


async def settled() -> None:
    """Let every thread of ours end, those included that an ended one asks for."""
    await until(lambda: not our_threads())
    await deferLater(reactor, 0, lambda: None)
    await until(lambda: not our_threads())


def our_threads() -> list[str]:
    """The threads that open and close devices now."""
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith(("smscentre-", "Thread-"))]


def descriptors() -> dict[str, str]:
    """What this process has open, the listing itself apart."""
    found = {}
    for link in Path("/proc/self/fd").iterdir():
        try:
            found[link.name] = os.readlink(link)
        except FileNotFoundError:
            continue
    return found


class SerialTestCase(TestCase):
    """A line, an endpoint on it, and nothing left afterwards."""

    timeout = 30  # seconds, a limit of trial's

    async def setUp(self) -> None:  # type: ignore[override]  # trial awaits it
        # The reactor opens what it needs for itself when it begins to turn.
        await deferLater(reactor, 0, lambda: None)
        self.before = descriptors()
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.far = Far()
        self.gate = Gate()
        self.protocol = Recorder()
        self.factory = Recorders(self.protocol)

    async def tearDown(self) -> None:  # type: ignore[override]
        """Whatever happened, no thread and no descriptor stays."""
        self.gate.free()
        if self.protocol.transport is not None:
            self.protocol.transport.abortConnection()  # type: ignore[attr-defined]
            await until(lambda: self.protocol.reasons)
        self.far.close()
        await settled()
        self.assertEqual(descriptors(), self.before)

    def endpoint(self, device: str | None = None, **options: Any) -> SerialEndpoint:
        """An endpoint for the line, or for another device."""
        return SerialEndpoint(reactor, device or self.far.name, 115_200, **options)

    async def connect(self, device: str | None = None) -> Any:
        """Connect the protocol; returns its transport."""
        await self.endpoint(device).connect(self.factory)
        return self.protocol.transport

    async def taken(self, octets: int) -> bytes:
        """What the far end takes until it has this many octets."""
        taken = bytearray()

        def is_enough() -> bool:
            taken.extend(self.far.take())
            return len(taken) >= octets

        await until(is_enough)
        return bytes(taken)

    async def refusal(self, connecting: Deferred[Any]) -> str:
        """The words in which an attempt fails."""
        error = await self.assertFailure(connecting, SerialLineError)
        return str(error)


class LineTests(SerialTestCase):
    """What travels, and how it ends."""

    async def test_the_protocol_is_connected(self) -> None:
        """It has its transport, and the factory was told the device."""
        protocol = await self.endpoint().connect(self.factory)
        self.assertIs(protocol, self.protocol)
        self.assertIsNotNone(self.protocol.transport)
        self.assertEqual(self.factory.addresses, [SerialAddress(self.far.name)])

    async def test_every_octet_arrives(self) -> None:
        """Nothing is taken for a control character on the way in."""
        await self.connect()
        self.far.send(ALL_OCTETS)
        await until(lambda: len(self.protocol.received) >= 256)
        self.assertEqual(self.protocol.received, ALL_OCTETS)

    async def test_every_octet_leaves(self) -> None:
        """Nothing is translated on the way out."""
        transport = await self.connect()
        transport.write(ALL_OCTETS)
        self.assertEqual(await self.taken(256), ALL_OCTETS)

    async def test_there_is_no_echo(self) -> None:
        """What comes does not go back."""
        transport = await self.connect()
        self.far.send(b"RING\r\n")
        await until(lambda: self.protocol.received)
        transport.write(b"AT\r")
        self.assertEqual(await self.taken(3), b"AT\r")

    async def test_the_far_end_closes(self) -> None:
        """A device that goes reads as an end, told once."""
        await self.connect()
        self.far.close()
        await until(lambda: self.protocol.reasons)
        await settled()
        self.assertEqual(len(self.protocol.reasons), 1)
        self.protocol.reasons[0].trap(ConnectionDone)

    async def test_closing_writes_the_rest(self) -> None:
        """What was handed over before the end arrives."""
        transport = await self.connect()
        transport.write(b"AT+CFUN=1,1\r")
        transport.loseConnection()
        await until(lambda: self.protocol.reasons)
        await settled()
        self.assertEqual(self.far.take(), b"AT+CFUN=1,1\r")
        self.protocol.reasons[0].trap(ConnectionDone)

    async def test_an_abort_while_it_ends_is_told_once(self) -> None:
        """Closing twice, aborting twice and a hang-up are one end."""
        transport = await self.connect()
        transport.loseConnection()
        transport.loseConnection()
        transport.abortConnection()
        transport.abortConnection()
        self.far.close()
        await until(lambda: self.protocol.reasons)
        await settled()
        self.assertEqual(len(self.protocol.reasons), 1)

    async def test_a_protocol_may_close_at_once(self) -> None:
        """An end within connectionMade is an end like any other."""

        def close() -> None:
            assert self.protocol.transport is not None
            self.protocol.transport.loseConnection()

        self.protocol.connectionMade = close  # type: ignore[method-assign]
        await self.connect()
        await until(lambda: self.protocol.reasons)
        self.assertEqual(len(self.protocol.reasons), 1)

    async def test_a_protocol_that_fails_leaves_no_port(self) -> None:
        """The error comes out, and the device can be had again."""
        self.protocol.connectionMade = (  # type: ignore[method-assign]
            lambda: self.fail("on purpose")
        )
        endpoint = self.endpoint()
        connecting = endpoint.connect(self.factory)
        await self.assertFailure(connecting, self.failureException)
        del self.protocol.connectionMade
        await endpoint.connect(self.factory)

    async def test_no_protocol(self) -> None:
        """A factory may decline; the port is closed."""
        connecting = self.endpoint().connect(Recorders(None))
        await self.assertFailure(connecting, NoProtocol)


class UnreadTests(SerialTestCase):
    """A far end that takes nothing."""

    async def flood(self) -> Any:
        """Write more than any terminal holds; returns the transport."""
        transport = await self.connect()
        begun = time.monotonic()
        for _ in range(16):
            transport.write(bytes(65_536))
            await deferLater(reactor, 0, lambda: None)
        self.assertLess(time.monotonic() - begun, 1)
        return transport

    async def test_writing_does_not_block(self) -> None:
        """The reactor turns on, and what comes is still heard."""
        await self.flood()
        self.far.send(b"RING\r\n")
        await until(lambda: self.protocol.received)

    async def test_closing_ends(self) -> None:
        """What is not taken within the time is discarded."""
        transport = await self.flood()
        transport.loseConnection()
        await until(lambda: self.protocol.reasons)
        self.protocol.reasons[0].trap(ConnectionAborted)

    async def test_closing_ends_with_an_empty_buffer_of_ours(self) -> None:
        """What the kernel alone holds does not keep a line either."""
        transport = await self.connect()
        transport.write(bytes(1024))
        await until(lambda: not transport.dataBuffer)
        transport.loseConnection()
        await until(lambda: self.protocol.reasons)

    async def test_an_abort_discards(self) -> None:
        """What the line held is gone, and the port is closed at once."""
        transport = await self.flood()
        transport.abortConnection()
        self.assertEqual(self.protocol.reasons, [])
        await until(lambda: self.protocol.reasons)
        await settled()
        self.protocol.reasons[0].trap(ConnectionAborted)
        arrived = iter(self.far.take, b"")
        self.assertLessEqual(sum(map(len, arrived)), AT_THE_FAR_END)


class OpeningTests(SerialTestCase):
    """Which device is opened, and for whom."""

    async def test_the_name_is_looked_up_each_time(self) -> None:
        """A device that comes back under another name is found."""
        other = Far()
        self.addCleanup(other.close)
        name = self.folder / "usb-Modem-if00"
        name.symlink_to(self.far.name)
        endpoint = self.endpoint(str(name))
        await endpoint.connect(self.factory)
        self.far.close()
        await until(lambda: self.protocol.reasons)
        name.unlink()
        name.symlink_to(other.name)
        self.protocol = Recorder()
        await endpoint.connect(Recorders(self.protocol))
        other.send(b"RING")
        await until(lambda: self.protocol.received)
        other.close()
        await until(lambda: self.protocol.reasons)

    async def test_a_device_in_use(self) -> None:
        """A second opening is refused in words."""
        await self.connect()
        words = await self.refusal(self.endpoint().connect(self.factory))
        self.assertIn(f"{self.far.name} is used by another process", words)

    async def test_an_attempt_waits_for_the_closing(self) -> None:
        """A device that is slow to let go is not found in use by ourselves."""
        endpoint = self.endpoint(open_port=self.gate.open_to_close_later)
        await endpoint.connect(self.factory)
        self.protocol.transport.abortConnection()  # type: ignore[union-attr]
        await until(lambda: self.protocol.reasons)
        self.protocol = Recorder()
        connecting = endpoint.connect(Recorders(self.protocol))
        await deferLater(reactor, 0.02, lambda: None)
        self.assertFalse(connecting.called)
        self.gate.free()
        await connecting

    async def test_the_use_is_exclusive(self) -> None:
        """Programs without flock are kept out too, and only while we have it."""
        other = os.open(self.far.name, os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, other)
        transport = await self.connect()
        self.assertTrue(is_exclusive(other))
        transport.loseConnection()
        await until(lambda: self.protocol.reasons)
        await settled()
        self.assertFalse(is_exclusive(other))

    async def test_a_missing_device(self) -> None:
        """The words name it and tell where the names are."""
        name = str(self.folder / "usb-Modem-if00")
        words = await self.refusal(self.endpoint(name).connect(self.factory))
        self.assertIn(f"{name} does not exist", words)
        self.assertIn("/dev/serial/by-id", words)

    async def test_what_is_no_line(self) -> None:
        """A file, a folder and another device are told from a modem."""
        file = self.folder / "file"
        file.touch()
        for name in (str(file), str(self.folder), "/dev/null"):
            words = await self.refusal(self.endpoint(name).connect(self.factory))
            self.assertIn(f"{name} is no serial line", words)

    async def test_a_forbidden_device(self) -> None:
        """The words tell of the group."""
        os.chmod(self.far.name, 0)
        if os.geteuid() == 0:
            # Root may open anything.
            self.addCleanup(os.seteuid, 0)
            os.seteuid(_NOBODY)
        words = await self.refusal(self.endpoint().connect(self.factory))
        self.assertIn("may not be opened", words)
        self.assertIn("dialout", words)


class StuckTests(SerialTestCase):
    """A device that hangs while it is opened."""

    async def test_the_attempt_ends_in_time(self) -> None:
        """It fails in words, and the port that comes too late is closed."""
        endpoint = self.endpoint(open_port=self.gate.open, open_within_s=0.02)
        words = await self.refusal(endpoint.connect(self.factory))
        self.assertIn(f"{self.far.name} was not opened within 0.02 s", words)
        await self.late_port_is_closed()

    async def test_a_cancelled_attempt(self) -> None:
        """So is one for which nobody waits any more."""
        connecting = self.endpoint(open_port=self.gate.open).connect(self.factory)
        connecting.cancel()
        await self.assertFailure(connecting, CancelledError)
        await self.late_port_is_closed()

    async def late_port_is_closed(self) -> None:
        """Let the device go and see what becomes of the port."""
        self.gate.free()
        await until(lambda: self.gate.ports)
        await settled()
        self.assertFalse(self.gate.ports[0].is_open)
        self.assertEqual(self.factory.addresses, [])

    async def test_one_opening_at_a_time(self) -> None:
        """A new attempt fails at once, and starts no thread."""
        endpoint = self.endpoint(open_port=self.gate.open, open_within_s=0.02)
        await self.refusal(endpoint.connect(self.factory))
        for _ in range(3):
            words = await self.refusal(endpoint.connect(self.factory))
            self.assertIn(f"{self.far.name} is still being opened", words)
        self.assertEqual(self.gate.calls, 1)
        self.assertEqual(len(our_threads()), 1)

    async def test_a_device_that_came_back(self) -> None:
        """Once the stuck opening has ended, a new attempt succeeds."""
        endpoint = self.endpoint(open_port=self.gate.open, open_within_s=5)
        connecting = endpoint.connect(self.factory)
        connecting.cancel()
        await self.assertFailure(connecting, CancelledError)
        self.gate.free()
        await until(lambda: self.gate.ports)
        await settled()
        await endpoint.connect(self.factory)
        self.far.send(b"RING")
        await until(lambda: self.protocol.received)

    async def test_the_process_can_end(self) -> None:
        """A stuck thread is a daemon."""
        endpoint = self.endpoint(open_port=self.gate.open, open_within_s=0.02)
        await self.refusal(endpoint.connect(self.factory))
        stuck = [one for one in threading.enumerate() if one.name in our_threads()]
        self.assertEqual([thread.daemon for thread in stuck], [True])

    async def test_no_room_for_a_thread(self) -> None:
        """It is a failure like any other, and the next attempt may succeed."""

        def refuse(thread: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        endpoint = self.endpoint()
        patched = self.patch(threading.Thread, "start", refuse)
        words = await self.refusal(endpoint.connect(self.factory))
        patched.restore()
        self.assertIn("can't start new thread", words)
        await endpoint.connect(self.factory)

    async def test_an_unforeseen_error(self) -> None:
        """It comes out as it is."""

        def broken(device: str, baud: int) -> Any:
            raise ZeroDivisionError

        connecting = self.endpoint(open_port=broken).connect(self.factory)
        await self.assertFailure(connecting, ZeroDivisionError)


class SocketPort:
    """A socket in a port's place."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.closed = False

    def close(self) -> None:
        self.closed = True


@frozen
class Refusal:
    """An error of the system, and what is said of it."""

    number: int
    words: str


REFUSALS = (
    Refusal(errno.EACCES, "dialout"),
    Refusal(errno.EPERM, "dialout"),
    Refusal(errno.EBUSY, "another process"),
    Refusal(errno.EIO, "unplug the modem"),
    Refusal(errno.ENXIO, "unplug the modem"),
    Refusal(errno.ENODEV, "unplug the modem"),
    Refusal(errno.EMFILE, "Too many open files"),
)


class PortTests(SynchronousTestCase):
    """Opening and closing by themselves."""

    def setUp(self) -> None:
        self.far = Far()
        self.addCleanup(self.far.close)

    def test_refusals(self) -> None:
        """What cannot be brought about here is said in words too."""
        for refusal in REFUSALS:
            error = OSError(refusal.number, os.strerror(refusal.number))

            def refuse(*_: object, error: OSError = error, **__: object) -> None:
                raise error

            # The system's call, not ours.
            self.patch(os, "open", refuse)
            caught = self.assertRaises(SerialLineError, open_port, "/dev/x", 9600)
            self.assertIn("/dev/x", str(caught))
            self.assertIn(refusal.words, str(caught))

    def test_a_wrong_setting(self) -> None:
        """It is a refusal too, and leaves nothing open."""
        before = descriptors()
        error = self.assertRaises(SerialLineError, open_port, self.far.name, -1)
        self.assertIn("cannot be opened", error.problem)
        self.assertEqual(descriptors(), before)

    def test_closing_a_device_that_is_gone(self) -> None:
        """Its errors are nobody's business any more."""
        port = open_port(self.far.name, 9600)
        self.far.close()
        close_port(port, 1)
        self.assertFalse(port.is_open)

    def test_closing_waits_for_what_is_unsent(self) -> None:
        """It waits no longer than it may, and not at all for nothing."""
        # No terminal without hardware counts what it holds; a socket does.
        near, far = socket.socketpair()
        self.addCleanup(near.close)
        with far:
            for unsent, least, most in ((b"AT\r", 0.1, 5), (b"", 0, 0.1)):
                near.sendall(unsent)
                port = SocketPort(near.fileno())
                begun = time.monotonic()
                close_port(port, 0.1)
                took = time.monotonic() - begun
                self.assertTrue(port.closed)
                self.assertTrue(least <= took <= most, took)
                if unsent:
                    far.recv(64)

    def test_the_device_is_a_terminal(self) -> None:
        """The tests are about character devices, not files."""
        self.assertTrue(stat.S_ISCHR(os.stat(self.far.name).st_mode))


def is_exclusive(line: int) -> bool:
    """Tell whether a terminal refuses further openings."""
    answer = fcntl.ioctl(line, GET_EXCLUSIVE, bytes(4))
    return any(answer)
