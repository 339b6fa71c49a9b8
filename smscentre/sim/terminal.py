"""The carrier in the foreground: lines typed go in, what it shows comes out.

The shell around `smsc` for ``smscentre sim smsc``; the one place besides the
service that takes the process's reactor.
"""

from __future__ import annotations

__all__ = ["Peer", "read_input", "read_line", "read_password", "run_smsc"]

import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IAddress, IListeningPort
from twisted.python.failure import Failure

from smscentre.errors import SMSCentreError
from smscentre.sim.smsc import Smsc, SmscOptions

_FOR_OTHERS = 0o077

_STDIN = 0
_CHUNK_OCTETS = 4096


def run_smsc(options: SmscOptions, listen: str, show: Callable[[str], None]) -> None:
    """Listen at a Twisted endpoint until the process is told to stop.

    Lines ``NUMBER TEXT`` of the standard input are delivered; its end stops
    nothing.

    :raises SMSCentreError: the endpoint is none, or nobody can listen there
    """
    from twisted.internet import reactor

    loop: Any = reactor
    smsc = Smsc(options, loop, time.time, show)
    try:
        endpoint = serverFromString(loop, listen)
    except ValueError as error:
        raise SMSCentreError(f"not a Twisted endpoint: {listen}: {error}") from error
    failures: list[Failure] = []

    def listening(port: IListeningPort) -> None:
        show(f"* the carrier listens on {_shown(port.getHost())}")
        read_input(loop, lambda line: read_line(smsc, line, show))

    def failed(failure: Failure) -> None:
        failures.append(failure)
        loop.callWhenRunning(loop.stop)

    endpoint.listen(smsc).addCallbacks(listening, failed)
    loop.addSystemEventTrigger("before", "shutdown", smsc.close)
    loop.run()
    if failures:
        raise SMSCentreError(failures[0].getErrorMessage())


def read_password(path: Path) -> str:
    """The password in a file that is for its owner only.

    :raises SMSCentreError: not readable, for others too, or not one line
    """
    try:
        mode = path.stat().st_mode
        password = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SMSCentreError(f"{path}: {error}") from error
    if mode & _FOR_OTHERS:
        raise SMSCentreError(f"others may read {path}; run: chmod 600 {path}")
    if not password or not password.isprintable():
        raise SMSCentreError(f"{path}: expected a password in one line")
    return password


class Peer(Protocol):
    """Who takes a text from a phone."""

    def deliver(self, number: str, text: str) -> None:
        """Hand in a text."""


def read_line(peer: Peer, line: str, show: Callable[[str], None]) -> None:
    """Deliver what a line ``NUMBER TEXT`` says; say what is wrong with another."""
    number, _, text = line.strip().partition(" ")
    if not number:
        return
    if not number.removeprefix("+").isdecimal() or not text.strip():
        show("* expected: NUMBER TEXT, as +628111203001 RUTAN 82 54 36 39")
        return
    try:
        peer.deliver(number, text.strip())
    except SMSCentreError as error:
        show(f"* {error}")


def _shown(address: IAddress) -> str:
    if isinstance(address, IPv4Address | IPv6Address):
        return f"{address.host}:{address.port}"
    return str(address)


def read_input(loop: Any, take: Callable[[str], None]) -> None:
    """Read the standard input in a thread of its own; ``take`` runs in the reactor's.

    Not by the reactor: that would make the terminal non-blocking for every
    process that shares it. Not by ``sys.stdin``: its lock would be held when the
    process ends.
    """
    Thread(target=_read_lines, args=(loop, take), daemon=True).start()


def _read_lines(loop: Any, take: Callable[[str], None]) -> None:
    rest = b""
    while chunk := os.read(_STDIN, _CHUNK_OCTETS):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            loop.callFromThread(take, line.decode(errors="replace"))
