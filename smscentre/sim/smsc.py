"""A carrier for the demo, training and tests: delivers texts, shows replies.

Keeps what it delivers until it is acknowledged, over the end of a bind as well.
Octets are the business of `session`, texts of `texts`; here are the transport and
the queue.
"""

from __future__ import annotations

__all__ = ["Smsc", "SmscOptions", "SmscProtocol"]

import datetime
from collections import deque
from collections.abc import Callable
from typing import assert_never

from attrs import field, frozen
from twisted.internet import protocol
from twisted.internet.interfaces import IAddress, IDelayedCall, IReactorTime
from twisted.python.failure import Failure

from smscentre.sim.session import (
    Answered,
    Delivery,
    Ended,
    Event,
    Joined,
    SmscSession,
    State,
    Submitted,
)
from smscentre.sim.texts import Joiner, deliver_parts, phone_number, receipt_for
from smscentre.smpp.codes import Status
from smscentre.smpp.pdus import Bind, ShortMessage

_FIRST_ID = 4096
"""Large enough that decimal and hexadecimal ids differ."""

_AGAIN_S = 5.0
"""When a delivery that was refused is tried again."""

_RECEIPT_WANTED = 3
"""The bits of registered_delivery that ask for one (SMPP 3.4 §5.2.17)."""


@frozen
class SmscOptions:
    """Who may bind, and how this carrier behaves.

    ``number`` is the one that officers text. At most ``window`` deliveries wait
    for their answer in one session.
    """

    system_id: str
    password: str = field(repr=False)
    number: str = "02170252704"
    window: int = 10
    receipts: bool = True


class Smsc(protocol.Factory):
    """The carrier: `deliver` a text, and hear by ``show`` what goes to and fro.

    ``show`` gets lines for people: ``NUMBER -> CENTRE: TEXT`` when a text is
    handed in, ``NUMBER <- CENTRE: TEXT`` when a whole reply came.
    """

    noisy = False

    def __init__(
        self,
        options: SmscOptions,
        clock: IReactorTime,
        wall_clock: Callable[[], float],
        show: Callable[[str], None],
    ) -> None:
        self._options = options
        self._clock = clock
        self._wall_clock = wall_clock
        self._show = show
        self._waiting: deque[Delivery] = deque()
        self._connections: list[SmscProtocol] = []
        self._joiner = Joiner()
        self._last_id = _FIRST_ID
        self._last_reference = 0
        self._again: IDelayedCall | None = None

    @property
    def bound(self) -> bool:
        """Whether an ESME is bound."""
        return any(
            connection.session.state is State.BOUND for connection in self._connections
        )

    @property
    def unacknowledged(self) -> int:
        """How many deliveries, receipts included, wait for an acknowledgement."""
        in_flight = sum(one.session.in_flight for one in self._connections)
        return len(self._waiting) + in_flight

    def buildProtocol(self, addr: IAddress | None) -> SmscProtocol:
        """A protocol for a new connection."""
        return SmscProtocol(self, SmscSession(self._judge))

    def deliver(self, number: str, text: str) -> None:
        """Hand in a text from a phone; it goes out as bind and window allow.

        :raises TooLongError: more parts than a message can have
        """
        options = self._options
        self._last_reference += 1
        messages = deliver_parts(number, options.number, text, self._last_reference)
        self._show(f"{number} -> {options.number}: {text}")
        self._waiting.extend(Delivery(message) for message in messages)
        self._pump()

    def close(self) -> None:
        """Drop every connection and forget what waits."""
        self._waiting.clear()
        if self._again is not None:
            self._again.cancel()
            self._again = None
        for connection in self._connections:
            connection.drop()

    # What connections tell.

    def opened(self, connection: SmscProtocol) -> None:
        """Hear of a new connection."""
        self._connections.append(connection)

    def closed(self, connection: SmscProtocol) -> None:
        """Hear that a connection ended; what it left is due again."""
        self._connections.remove(connection)
        self._waiting.extendleft(reversed(connection.session.close()))
        self._pump()

    def take(self, connection: SmscProtocol, event: Event) -> None:
        """Act on an event of a session."""
        match event:
            case Joined(system_id, mode):
                self._show(f"* {system_id} is bound as {mode.name.lower()}")
                self._pump()
            case Submitted(sequence, message):
                self._submitted(connection, sequence, message)
            case Answered(delivery, status):
                self._answered(delivery, status)
            case Ended(reason):
                self._show(f"* session ended: {reason}")
            case _:
                assert_never(event)

    def _judge(self, bind: Bind) -> int:
        options = self._options
        if bind.system_id != options.system_id:
            return Status.RINVSYSID
        if bind.password != options.password:
            return Status.RINVPASWD
        bound = any(
            one.session.state is State.BOUND and one.session.mode is bind.mode
            for one in self._connections
        )
        return Status.RALYBND if bound else Status.ROK

    def _submitted(
        self, connection: SmscProtocol, sequence: int, message: ShortMessage
    ) -> None:
        self._last_id += 1
        message_id = str(self._last_id)
        connection.session.answer(sequence, message_id)
        text = self._joiner.whole(message)
        if text is not None:
            number = phone_number(message.destination)
            self._show(f"{number} <- {phone_number(message.source)}: {text}")
        if self._options.receipts and message.registered_delivery & _RECEIPT_WANTED:
            moment = datetime.datetime.fromtimestamp(self._wall_clock(), datetime.UTC)
            receipt = receipt_for(message, message_id, moment)
            self._waiting.append(Delivery(receipt))
            self._pump()

    def _answered(self, delivery: Delivery, status: int) -> None:
        if status:
            self._show(f"* a delivery was refused with {status:#x}")
            delivery.due_at = self._clock.seconds() + _AGAIN_S
            self._waiting.append(delivery)
        self._pump()

    def _pump(self) -> None:
        """Send what is due, oldest first, as far as the window goes."""
        connection = next(
            (one for one in self._connections if one.session.receives), None
        )
        if connection is None:
            return
        now = self._clock.seconds()
        held: list[Delivery] = []
        while self._waiting and connection.session.in_flight < self._options.window:
            delivery = self._waiting.popleft()
            if delivery.due_at > now:
                held.append(delivery)
            else:
                connection.session.deliver(delivery)
        self._waiting.extendleft(reversed(held))
        connection.flush()
        if held and self._again is None:
            due = min(delivery.due_at for delivery in held)
            self._again = self._clock.callLater(due - now, self._pump_again)

    def _pump_again(self) -> None:
        self._again = None
        self._pump()


class SmscProtocol(protocol.Protocol):
    """Moves octets between a transport and a session."""

    def __init__(self, smsc: Smsc, session: SmscSession) -> None:
        self.session = session
        self._smsc = smsc

    def connectionMade(self) -> None:
        """Make the connection known."""
        self._smsc.opened(self)

    def dataReceived(self, data: bytes) -> None:
        """Let the session read; write what it answers."""
        happened = self.session.receive(data)
        for event in happened:
            self._smsc.take(self, event)
        self.flush()
        if any(isinstance(event, Ended) for event in happened):
            self.drop()

    def connectionLost(self, reason: Failure = protocol.connectionDone) -> None:
        """Give back what was not acknowledged."""
        self._smsc.closed(self)

    def flush(self) -> None:
        """Write what the session has to say."""
        data = self.session.data_to_send()
        if data and self.transport is not None:
            self.transport.write(data)

    def drop(self) -> None:
        """Close the connection once all is written."""
        if self.transport is not None:
            self.transport.loseConnection()
