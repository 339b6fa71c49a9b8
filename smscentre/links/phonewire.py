"""The socket of a phone link: one JSON object a line, in and out.

``{"number": "+62...", "text": "..."}`` is answered with ``{"replies": [...]}`` or
``{"error": "..."}``, in the order of the questions. It knows no link, only whom
to ask.
"""

from __future__ import annotations

__all__ = ["Ask", "PhoneFactory", "PhoneProtocol", "remove_stale"]

import json
import socket
import stat
import struct
from collections.abc import Callable
from pathlib import Path

from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.interfaces import IAddress, IPushProducer
from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineOnlyReceiver

from smscentre.actors import local_actor
from smscentre.errors import SMSCentreError
from smscentre.tasks import Tasks

Ask = Callable[[str, str, str], Deferred[list[str]]]
"""Takes actor, number and text; fires with the replies or an SMSCentreError."""

_LONGEST_LINE = 16_384

_UNANSWERED = 64
"""Questions without an answer past which a program is not listened to."""

_CREDENTIALS = struct.Struct("3i")
"""Process, user and group of the peer (unix(7), SO_PEERCRED)."""


class _RequestError(SMSCentreError):
    """A line is not a question."""


class PhoneProtocol(LineOnlyReceiver):
    """One local program at the socket."""

    delimiter = b"\n"
    MAX_LENGTH = _LONGEST_LINE

    def __init__(self, ask: Ask, tasks: Tasks) -> None:
        self._ask = ask
        self._tasks = tasks
        self._turn = DeferredLock()
        self._unanswered = 0

    def lineReceived(self, line: bytes) -> None:
        """Answer a question after those before it."""
        self._unanswered += 1
        if self._unanswered == _UNANSWERED:
            self._listen(False)
        self._tasks.start("a phone's question", self._answer(line))

    async def _answer(self, line: bytes) -> None:
        async with self._turn:
            self._unanswered -= 1
            if self._unanswered == _UNANSWERED - 1:
                self._listen(True)
            answer: dict[str, object]
            try:
                number, text = _request(line)
                answer = {"replies": await self._ask(self._actor(), number, text)}
            except SMSCentreError as error:
                answer = {"error": str(error)}
            if self.transport is not None and self.connected:
                data = json.dumps(answer, ensure_ascii=False).encode()
                self.transport.write(data + self.delimiter)

    def _listen(self, listen: bool) -> None:
        """Read more questions, or leave them with the program that asks."""
        transport: object = self.transport
        if IPushProducer.providedBy(transport):
            if listen:
                transport.resumeProducing()
            else:
                transport.pauseProducing()

    def _actor(self) -> str:
        """The account of the program at the other end."""
        handle = getattr(self.transport, "getHandle", lambda: None)()
        if not isinstance(handle, socket.socket):
            return "local"
        data = handle.getsockopt(
            socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size
        )
        _, uid, _ = _CREDENTIALS.unpack(data)
        return local_actor(uid)


class PhoneFactory(Factory):
    """Makes a protocol for each program that connects."""

    noisy = False

    def __init__(self, ask: Ask, tasks: Tasks) -> None:
        self._ask = ask
        self._tasks = tasks

    def buildProtocol(self, addr: IAddress | None) -> PhoneProtocol:
        """A protocol for a new connection."""
        return PhoneProtocol(self._ask, self._tasks)


def remove_stale(path: Path) -> None:
    """Remove a socket that a process which ended badly has left behind.

    One with a listener stays, as does a file that is no socket: to listen there
    then fails.
    """
    try:
        is_socket = stat.S_ISSOCK(path.lstat().st_mode)
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            if is_socket:
                probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()


def _request(line: bytes) -> tuple[str, str]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _RequestError("expected one JSON object a line") from error
    number = request.get("number") if isinstance(request, dict) else None
    text = request.get("text") if isinstance(request, dict) else None
    if not isinstance(number, str) or not isinstance(text, str):
        raise _RequestError('expected {"number": "+62...", "text": "..."}')
    return number, text
