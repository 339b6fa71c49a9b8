"""The phone link: a text handed over inside the process, replies handed back.

For trying commands as any number. To all stages behind it it is a link as any
other, so that a text takes the path of every SMS. Who may use it is not decided
here.
"""

from __future__ import annotations

__all__ = ["Answered", "PhoneError", "PhoneLink", "PhonePort"]

import re
import secrets
from collections.abc import Callable
from pathlib import Path

from attrs import frozen
from twisted.application.service import Service
from twisted.internet import defer
from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IReactorTime, IReactorUNIX
from twisted.logger import Logger

from smscentre.errors import SMSCentreError
from smscentre.gsm.parts import alphabet_for
from smscentre.interfaces import Deliveries
from smscentre.links.phonewire import PhoneFactory, remove_stale
from smscentre.messages import Accepted, Address, Incoming, Outgoing, Part
from smscentre.smpp.text import encode_text
from smscentre.tasks import Tasks

_ROOM = 1000
"""What the outbox may hand over at a time; a process has no window."""

_REPLY_S = 5.0
"""How long a stored text waits for a reply; a silence lasts as long."""

_INTERNATIONAL = 1
_E164_PLAN = 1
_NUMBER = re.compile(r"\+[0-9]{7,15}")

_SOCKET_MODE = 0o600

_log = Logger(namespace="smscentre.links.phone")


class PhoneError(SMSCentreError):
    """A text could not be handed over, or its replies cannot be had."""


@frozen
class Answered:
    """What came of a text: the id of its arrival, and the replies, parts joined."""

    arrival_id: str
    replies: list[str]


class PhoneLink:
    """A phone that speaks for any number; up from `start` to `stop`."""

    kind = "phone"

    def __init__(
        self,
        name: str,
        deliveries: Deliveries,
        clock: IReactorTime,
        wall_clock: Callable[[], float],
    ) -> None:
        self.name = name
        self.bind = ""
        self.clock = clock
        self._deliveries = deliveries
        self._wall_clock = wall_clock
        self._arrivals = 0
        self._sent = 0
        self._turns: dict[str, DeferredLock] = {}
        self._conversations: dict[str, _Conversation] = {}

    def start(self) -> None:
        """Begin a bind."""
        self.bind = f"{self.name}-{secrets.token_hex(6)}"
        self._arrivals = self._sent = 0
        self._deliveries.bound(self, self.bind)

    def stop(self) -> None:
        """End the bind; whoever waits for replies is told."""
        bind, self.bind = self.bind, ""
        if bind:
            self._deliveries.lost(self, bind, "stopped")
        for conversation in list(self._conversations.values()):
            conversation.fail(PhoneError("the service stops"))

    # What the outbox asks (interfaces.Link).

    def room(self) -> int:
        """How many parts may be handed over now: always the same."""
        return _ROOM

    def room_at(self) -> float | None:
        """There is no rate to wait for."""
        return None

    def send(self, outgoing: Outgoing) -> None:
        """Show a part to whoever waits for its number; it is always accepted.

        A reply that nobody waits for any more goes unseen.
        """
        self._sent += 1
        conversation = self._conversations.get(outgoing.number)
        if conversation is not None:
            conversation.hear(outgoing)
        accepted = Accepted(f"{self.bind}:{self._sent}")
        self._deliveries.settled(self, outgoing.row, accepted)

    # What the holder of the phone asks.

    def text(self, number: str, text: str) -> Deferred[list[str]]:
        """The same as `ask`, for who wants the replies only."""
        return self.ask(number, text).addCallback(lambda answered: answered.replies)

    def ask(self, number: str, text: str) -> Deferred[Answered]:
        """Send a text as a number (E.164); fires when it is answered.

        A second text of a number waits for the first one's replies. There are none
        where the text was stored and met with silence for five seconds.

        :raises PhoneError: a bad number, the service cannot store, or it stops
        """
        return Deferred.fromCoroutine(self._text(number, text))

    async def _text(self, number: str, text: str) -> Answered:
        if not _NUMBER.fullmatch(number):
            raise PhoneError(f"not a number as +628111203001: {number!r}")
        turn = self._turns.setdefault(number, DeferredLock())
        try:
            async with turn:
                return await self._converse(number, text)
        finally:
            if not turn.locked and not turn.waiting:
                self._turns.pop(number, None)

    async def _converse(self, number: str, text: str) -> Answered:
        if not self.bind:
            raise PhoneError("the service does not run")
        conversation = _Conversation()
        self._conversations[number] = conversation
        try:
            incoming = self._incoming(number, text)
            settled: Deferred[bool] = Deferred()
            self._deliveries.arrived(self, incoming, settled.callback)
            if not await settled:
                raise PhoneError(
                    "the service cannot store messages now; its log says why"
                )
            self._deliveries.acknowledged(self, incoming.arrival_id)
            replies = await conversation.replies(self.clock)
            return Answered(incoming.arrival_id, replies)
        finally:
            del self._conversations[number]

    def _incoming(self, number: str, text: str) -> Incoming:
        self._arrivals += 1
        coding, body = encode_text(text, alphabet_for(text))
        return Incoming(
            arrival_id=f"{self.bind}:{self._arrivals}",
            link=self.name,
            bind=self.bind,
            source=Address(number.removeprefix("+"), _INTERNATIONAL, _E164_PLAN),
            destination=Address(""),
            coding=coding,
            udh=b"",
            body=body,
            text=text,
            raw=body,
            arrived_at=self._wall_clock(),
            once=True,
        )


class _Conversation:
    """The replies to one text, as far as they have come."""

    def __init__(self) -> None:
        self._replies: list[str] = []
        self._parts: dict[tuple[int, int, int], dict[int, str]] = {}
        self._answered: Deferred[None] = Deferred()
        self._failure: PhoneError | None = None

    def hear(self, outgoing: Outgoing) -> None:
        """Take a whole reply or one part."""
        if outgoing.part is None:
            self._replies.append(outgoing.text)
        else:
            self._join(outgoing.part, outgoing.text)
        if not self._parts and not self._answered.called:
            self._answered.callback(None)

    def fail(self, error: PhoneError) -> None:
        """Let no more replies come."""
        self._failure = error
        if not self._answered.called:
            self._answered.callback(None)

    async def replies(self, clock: IReactorTime) -> list[str]:
        """The replies once the first is whole, or what there is in time.

        :raises PhoneError: the link went down before
        """
        try:
            await self._answered.addTimeout(_REPLY_S, clock)
        except defer.TimeoutError:
            _log.debug("no whole reply within {seconds} s", seconds=_REPLY_S)
        if self._failure is not None:
            raise self._failure
        return self._replies

    def _join(self, part: Part, text: str) -> None:
        key = part.reference, part.width, part.total
        texts = self._parts.setdefault(key, {})
        texts[part.number] = text
        if len(texts) == part.total:
            del self._parts[key]
            self._replies.append("".join(texts[at] for at in sorted(texts)))


class PhonePort(Service):
    """Lets local programs use a phone link, by a socket in the file system.

    The file's mode says who may. The link is up while the service runs, whether
    the socket could be made or not.
    """

    def __init__(
        self, link: PhoneLink, path: Path, audit: Callable[[str, str, str], None]
    ) -> None:
        """:param audit: hears actor, action and subject (a number) of each use"""
        self._link = link
        self._path = path
        self._audit = audit
        self._tasks = Tasks()
        self._port: IListeningPort | None = None

    def startService(self) -> None:
        """Bring the link up and listen."""
        super().startService()
        self._link.start()
        try:
            self._port = self._listen()
        except (CannotListenError, OSError) as error:
            _log.error(
                "{link}: 'smscentre text' will not work: {error}",
                link=self._link.name,
                error=str(error),
            )

    def stopService(self) -> Deferred[None]:
        """Close the socket, then the link; fires when both are down."""
        super().stopService()
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            stopped = port.stopListening()
            if stopped is not None:
                await stopped
        self._link.stop()
        await self._tasks.stop()

    def _listen(self) -> IListeningPort:
        remove_stale(self._path)
        factory = PhoneFactory(self._ask, self._tasks)
        # The clock of a running link is the reactor itself.
        reactor = IReactorUNIX(self._link.clock)
        port: IListeningPort = reactor.listenUNIX(
            str(self._path), factory, mode=_SOCKET_MODE
        )
        return port

    def _ask(self, actor: str, number: str, text: str) -> Deferred[list[str]]:
        self._audit(actor, "phone.text", number)
        return self._link.text(number, text)
