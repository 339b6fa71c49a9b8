"""A transmitter and a receiver bind as one connection.

Stands between two shells and the link, to which it is one of them: submit_sm leave
by the one, deliver_sm come by the other. It knows binds and their ends, and no
message.

The pair is bound when both halves are. The transmitter binds first, so that what
the receiver brings has its way out from the first message on. When one half ends
the other unbinds, and both are made anew: one bind, one back-off, and never two
sockets of a kind.

Source: SMPP 3.4 §2.2 (session states: BOUND_TX and BOUND_RX).
"""

from __future__ import annotations

__all__ = ["Pair", "pair_dialler"]

from collections.abc import Callable
from enum import Enum
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.python.failure import Failure

from smscentre.links.reconnect import Dial, Ending, Session, dialler
from smscentre.links.wire import Connection, EventTaker, SmppProtocol
from smscentre.smpp.events import Bound, Closed, Event
from smscentre.smpp.pdus import BindMode, ShortMessage

_Build = Callable[[BindMode, EventTaker], SmppProtocol]


def pair_dialler(transmitter: IStreamClientEndpoint, build: Callable[[], Pair]) -> Dial:
    """Attempts to have a pair, each with a pair of its own."""

    def dial() -> Deferred[Session]:
        pair = build()
        connected: Deferred[Any] = dialler(transmitter, lambda: pair.transmitter)()
        connected.addCallback(lambda _: pair)
        return connected

    return dial


class _Standing(Enum):
    """How far a pair is from its end."""

    WHOLE = "coming to stand, or standing"
    FALLING = "one half has ended, the other is asked to"
    OVER = "both have ended"


class Pair:
    """Two binds with one beginning and one end."""

    def __init__(
        self, build: _Build, receiver: IStreamClientEndpoint, taker: EventTaker
    ) -> None:
        """Make the transmitter; the caller connects it.

        :param receiver: where the receiver binds, once the transmitter stands
        """
        self.ended: Deferred[Ending] = Deferred()
        self.transmitter = build(BindMode.TRANSMITTER, self)
        self._receiver = build(BindMode.RECEIVER, self)
        self._dial_receiver = dialler(receiver, self._open_receiver)
        self._taker = taker
        self._open: list[SmppProtocol] = [self.transmitter]
        self._connecting: Deferred[Session] | None = None
        self._standing = _Standing.WHOLE
        self._bound: Bound | None = None
        self._reason = ""

    # The session as a whole (reconnect.Session).

    def finish(self) -> None:
        """Unbind both halves; `ended` fires when both are gone."""
        self._fall("stopped")

    # What the link says (wire.Connection).

    @property
    def congested(self) -> bool:
        """Whether the carrier leaves unread what the transmitter wrote."""
        return self.transmitter.congested

    def room(self) -> int:
        """How many submit_sm the transmitter may write now."""
        return self.transmitter.room()

    def submit(self, message: ShortMessage) -> int:
        """Write a submit_sm by the transmitter; its sequence number."""
        return self.transmitter.submit(message)

    @property
    def submitted(self) -> bytes:
        """The octets of the last submit_sm."""
        return self.transmitter.submitted

    def acknowledge(self, sequence: int, status: int, arrival_id: str) -> None:
        """Answer a deliver_sm by the receiver, unless that is over."""
        self._receiver.acknowledge(sequence, status, arrival_id)

    def drop(self, reason: str) -> None:
        """End both sessions without the carrier's consent."""
        for wire in list(self._open):
            wire.drop(reason)

    # What the two shells tell (wire.EventTaker).

    def take(self, wire: Connection, event: Event) -> None:
        """Pass an event on; the two binds as one, and the first end as both ends."""
        match event:
            case Bound() if wire is self.transmitter:
                self._bound = event
                self._connect_receiver()
            case Bound() if self._bound is not None:
                # What the link writes goes to the transmitter's side.
                self._taker.take(self, self._bound)
            case Closed(reason):
                self._fall(reason)
            case _:
                self._taker.take(self, event)

    def written(self, wire: Connection, arrival_ids: list[str]) -> None:
        """Pass on which arrivals were acknowledged."""
        self._taker.written(self, arrival_ids)

    def gone(self, wire: Connection, reason: str) -> Ending:
        """Hear that one half is over; with the second the pair is."""
        self._open = [other for other in self._open if other is not wire]
        self._fall(reason)
        self._end_if_over()
        return Ending(reason)

    def _open_receiver(self) -> SmppProtocol:
        self._open.append(self._receiver)
        return self._receiver

    def _connect_receiver(self) -> None:
        self._connecting = self._dial_receiver()
        self._connecting.addCallbacks(self._connected, self._not_connected)

    def _connected(self, session: Session) -> None:
        self._connecting = None
        if self._standing is not _Standing.WHOLE:
            # An endpoint may succeed although its attempt was cancelled.
            self._receiver.finish()
            self._end_if_over()

    def _not_connected(self, failure: Failure) -> None:
        self._connecting = None
        self._fall(f"no receiver: {failure.getErrorMessage()}")
        self._end_if_over()

    def _fall(self, reason: str) -> None:
        """End what is left, once."""
        if self._standing is not _Standing.WHOLE:
            return
        self._standing, self._reason = _Standing.FALLING, reason
        if self._connecting is not None:
            self._connecting.cancel()
        for wire in list(self._open):
            wire.finish()

    def _end_if_over(self) -> None:
        if self._standing is _Standing.OVER or self._open or self._connecting:
            return
        self._standing = _Standing.OVER
        self.ended.callback(self._taker.gone(self, self._reason))
