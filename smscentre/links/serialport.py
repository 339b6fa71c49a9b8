"""A serial line as an endpoint: opened in a thread, exclusively, by its stable name.

Beneath a modem link, which sees a protocol with a transport. Nothing here waits in
the reactor's thread: a sick USB device may hold open(2) and close(2) for half a
minute. It knows no AT command.
"""

from __future__ import annotations

__all__ = [
    "SerialAddress",
    "SerialEndpoint",
    "SerialLineError",
    "close_port",
    "open_port",
]

import errno
import fcntl
import struct
import termios
import time
from collections.abc import Callable
from contextlib import ExitStack
from threading import Thread
from typing import Any

import serial
from attrs import frozen
from twisted.internet.abstract import FileDescriptor
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import ConnectionAborted, NoProtocol
from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IProtocol,
    IProtocolFactory,
    IReactorTime,
    IStreamClientEndpoint,
)
from twisted.internet.serialport import SerialPort
from twisted.python.failure import Failure
from zope.interface import implementer

from smscentre.errors import SMSCentreError
from smscentre.tasks import attempt

OPEN_WITHIN_S = 10.0
LINGER_S = 2.0
"""What is still to be written when a line is closed has this long to go."""

_DRAIN_POLL_S = 0.02
_UNSENT = struct.Struct("i")

OpenPort = Callable[[str, int], Any]
"""Opens a device at a speed and returns pyserial's port; may block."""

_IN_USE = (
    "is used by another process: stop that one (this service, ModemManager, gammu, a "
    "terminal), or give each modem a device of its own"
)
_FORBIDDEN = (
    "may not be opened: add the service's user to the group that owns the device, on "
    "Debian with 'adduser USER dialout', and start the service again"
)
_GONE = (
    "does not answer although its name is there: unplug the modem and plug it in again"
)
_MISSING = (
    "does not exist: check that the modem is plugged in and has power; the stable "
    "names are in /dev/serial/by-id"
)
_NO_LINE = "is no serial line: name the modem's, as listed in /dev/serial/by-id"
_STILL_OPENING = (
    "is still being opened: the system has not come back from the attempt before; "
    "unplug the modem and plug it in again"
)

_WORDS = {
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EAGAIN: _IN_USE,
    errno.EBUSY: _IN_USE,
    errno.ENOENT: _MISSING,
    errno.ENOTDIR: _MISSING,
    errno.EIO: _GONE,
    errno.ENODEV: _GONE,
    errno.ENXIO: _GONE,
    errno.EISDIR: _NO_LINE,
    errno.ENOTTY: _NO_LINE,
}


class SerialLineError(SMSCentreError):
    """A device cannot be had; the text names it, what is wrong and what to do."""

    def __init__(self, device: str, problem: str) -> None:
        self.device = device
        self.problem = problem
        super().__init__(f"{device} {problem}")


def open_port(device: str, baud: int) -> Any:
    """Open a device raw and for ourselves alone; blocks.

    flock keeps out programs that ask for it, as pyserial's do, and holds for root
    too; TIOCEXCL keeps out the rest. Neither sees who had the device open before.

    :raises SerialLineError: it cannot be had
    """
    try:
        with ExitStack() as undo:
            port = serial.Serial(device, baud, timeout=0, exclusive=True)
            undo.callback(port.close)
            fcntl.ioctl(port.fd, termios.TIOCEXCL)
            undo.pop_all()
    # The last two come through pyserial where the driver refuses a setting.
    except (OSError, ValueError, termios.error) as error:
        raise SerialLineError(device, _problem(error)) from error
    return port


def close_port(port: Any, linger_s: float) -> None:
    """Close a port, after at most ``linger_s`` for what the device has yet to send.

    What is unsent then is discarded, since close(2) would wait for it: 30 s on most
    lines, for as long as it takes on some. Blocks.
    """
    attempt(_let_go, port, linger_s)
    attempt(port.close)


@implementer(IAddress)
@frozen
class SerialAddress:
    """Where a serial line leads: the device by its configured name."""

    device: str


@implementer(IStreamClientEndpoint)
class SerialEndpoint:
    """A serial device. Its name is looked up at each attempt.

    So a modem that comes back as another tty is found by its stable name. At most
    one opening is under way, however long it hangs; a port that comes too late is
    closed again.
    """

    def __init__(
        self,
        reactor: Any,
        device: str,
        baud: int,
        open_port: OpenPort = open_port,
        open_within_s: float = OPEN_WITHIN_S,
    ) -> None:
        self._reactor = reactor
        self._device = device
        self._baud = baud
        self._open_port = open_port
        self._open_within_s = open_within_s
        self._is_opening = False
        self._closing: Thread | None = None

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Open the device and connect a protocol to it.

        Fails with `SerialLineError`; may be cancelled.
        """
        if self._is_opening:
            return fail(SerialLineError(self._device, _STILL_OPENING))
        opened: Deferred[Any] = Deferred()
        try:
            _in_thread("smscentre-open", self._open, opened, self._closing)
        # Python's word for a system that has no room for a thread.
        except RuntimeError as error:
            return fail(SerialLineError(self._device, f"cannot be opened: {error}"))
        self._is_opening = True
        opened.addTimeout(self._open_within_s, self._reactor, self._not_in_time)
        return opened.addCallback(self._join, protocolFactory)

    def _open(self, opened: Deferred[Any], closing: Thread | None) -> None:
        """Open the device, once the last port is closed; in a thread of its own.

        The reactor's pool would do, were it not for devices that hang: those would
        take its threads from everybody else, and the process could not end.
        """
        if closing is not None:
            closing.join()
        ports: list[Any] = []
        error = attempt(lambda: ports.append(self._open_port(self._device, self._baud)))
        self._reactor.callFromThread(self._opened, opened, error, *ports)

    def _opened(
        self, opened: Deferred[Any], error: Exception | None, port: Any = None
    ) -> None:
        self._is_opening = False
        if opened.called:
            # Nobody waits any more: the time is over, or the attempt was cancelled.
            if port is not None:
                self._close(port, 0)
        elif error is not None:
            opened.errback(error)
        else:
            opened.callback(port)

    def _not_in_time(self, result: Any, limit_s: float) -> Any:
        raise SerialLineError(
            self._device,
            f"was not opened within {limit_s:g} s: unplug the modem and plug it in "
            "again",
        )

    def _join(self, port: Any, factory: IProtocolFactory) -> IProtocol:
        """Put a protocol on an open port; closes that if it does not come to it."""
        with ExitStack() as undo:
            undo.callback(self._close, port, 0)
            protocol = factory.buildProtocol(SerialAddress(self._device))
            if protocol is None:
                raise NoProtocol
            _Transport(self._reactor, protocol, port, self._close)
            undo.pop_all()
        return protocol

    def _close(self, port: Any, linger_s: float) -> None:
        self._closing = _in_thread("smscentre-close", close_port, port, linger_s)


class _Transport(SerialPort):
    """Twisted's serial transport around a port that is open already.

    That one opens the device in its constructor, through `_serialFactory`, and
    closes it in the reactor's thread. Here the factory hands over the open port,
    and the closing is given away.
    """

    def __init__(
        self,
        reactor: Any,
        protocol: IProtocol,
        port: Any,
        close: Callable[[Any, float], None],
    ) -> None:
        # Before the constructor of Twisted's, for the protocol may use it from there.
        self._clock: IReactorTime = reactor
        self._port = port
        self._close = close
        self._linger_s = LINGER_S
        self._giving_up: IDelayedCall | None = None
        super().__init__(protocol, port.name, reactor)

    def _serialFactory(self, *args: object, **settings: object) -> Any:
        return self._port

    def loseConnection(self) -> None:
        """Close the line once all is written, or soon if it is not taken."""
        if self._giving_up is None and self.connected and not self.disconnecting:
            self._giving_up = self._clock.callLater(LINGER_S, self.abortConnection)
        super().loseConnection()

    def abortConnection(self) -> None:
        """Close the line now; what was not sent is discarded, here and in the kernel.

        The protocol hears of it in the next turn of the reactor.
        """
        if not self.connected:
            return
        self.disconnecting = True
        self._linger_s = 0
        self.stopReading()
        self.stopWriting()
        self._clock.callLater(0, self.connectionLost, Failure(ConnectionAborted()))

    def connectionLost(self, reason: Failure) -> None:
        """Tell the protocol, once; the port is closed in a thread.

        A device that is gone reads as an end, hence as a clean ConnectionDone.
        """
        if self.disconnected:
            return
        if self._giving_up is not None and self._giving_up.active():
            self._giving_up.cancel()
        # Not SerialPort's, which closes the port here and now.
        FileDescriptor.connectionLost(self, reason)
        self._close(self._port, self._linger_s)
        self.protocol.connectionLost(reason)


def _in_thread(name: str, action: Callable[..., object], *args: Any) -> Thread:
    """Start a thread that keeps no process from ending."""
    thread = Thread(target=action, args=args, name=name, daemon=True)
    thread.start()
    return thread


def _problem(error: Exception) -> str:
    """What keeps a device from being opened, in words."""
    code = getattr(error, "errno", None)
    if code in _WORDS:
        return _WORDS[code]
    # pyserial gives the setting's failure as text only; the cause has the number.
    cause = error.__context__
    if isinstance(cause, termios.error) and cause.args[0] in _WORDS:
        return _WORDS[cause.args[0]]
    return f"cannot be opened: {error}"


def _let_go(port: Any, linger_s: float) -> None:
    """Wait for unsent octets, discard the rest, and end the exclusive use.

    That outlives us while any other program has the device open.
    """
    until = time.monotonic() + linger_s
    while (unsent := _unsent(port)) and time.monotonic() < until:
        time.sleep(_DRAIN_POLL_S)
    # Without time to linger all goes: some drivers never count what they hold.
    if unsent or not linger_s:
        termios.tcflush(port.fd, termios.TCOFLUSH)
    fcntl.ioctl(port.fd, termios.TIOCNXCL)


def _unsent(port: Any) -> int:
    """How many octets the device has yet to send."""
    answer = fcntl.ioctl(port.fd, termios.TIOCOUTQ, bytes(_UNSENT.size))
    (octets,) = _UNSENT.unpack(answer)
    return int(octets)
