"""A carrier for the demo, training and tests: delivers texts, shows replies.

Keeps what it delivers until it is acknowledged, over the end of a bind as well.
Connections are the business of `wire` and `session`, texts of `texts`, and what is
to go wrong of `faults`; here is the queue.
"""

from __future__ import annotations

__all__ = ["Smsc", "SmscOptions"]

import datetime
from collections import deque
from collections.abc import Callable
from typing import assert_never

from attrs import field, frozen
from twisted.internet import protocol
from twisted.internet.interfaces import IAddress, IDelayedCall, IReactorTime

from smscentre.sim.faults import FaultOptions, Faults
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
from smscentre.sim.texts import (
    Joiner,
    ReceiptDialect,
    deliver_parts,
    phone_number,
    receipt_for,
)
from smscentre.sim.wire import SmscProtocol
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
    for their answer in one session, copies not counted.
    """

    system_id: str
    password: str = field(repr=False)
    number: str = "02170252704"
    window: int = 10
    receipts: bool = True
    dialect: ReceiptDialect = field(factory=ReceiptDialect)
    faults: FaultOptions = field(factory=FaultOptions)


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
        self._faults = Faults(options.faults)
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
        session = SmscSession(self._judge)
        return SmscProtocol(self, session, self._faults, self._clock)

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

    def tell(self, fault: str) -> None:
        """Show that a fault was made on purpose."""
        self._show(f"* fault: {fault}")

    def _judge(self, bind: Bind) -> int:
        options = self._options
        status = self._faults.bind_status()
        if status:
            return status
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
        status = self._faults.submit_status()
        if status:
            connection.session.refuse(sequence, status)
            self.tell(f"a submit_sm is refused with {status:#x}")
            return
        self._last_id += 1
        dialect = self._options.dialect
        message_id, receipt_id = dialect.ids(self._last_id)
        if dialect.first:
            self._send_receipt(message, receipt_id)
        connection.session.answer(sequence, message_id)
        text = self._joiner.whole(message)
        if text is not None:
            number = phone_number(message.destination)
            self._show(f"{number} <- {phone_number(message.source)}: {text}")
        if not dialect.first:
            self._send_receipt(message, receipt_id)

    def _send_receipt(self, message: ShortMessage, receipt_id: str) -> None:
        """Send the receipt of a message, if one was asked for, in its own time."""
        options = self._options
        if not options.receipts or not message.registered_delivery & _RECEIPT_WANTED:
            return
        moment = datetime.datetime.fromtimestamp(self._wall_clock(), datetime.UTC)
        receipt = receipt_for(message, receipt_id, moment, options.dialect.form)
        due_at = self._clock.seconds() + options.dialect.after_s
        self._waiting.append(Delivery(receipt, due_at))
        self._pump()

    def _answered(self, delivery: Delivery, status: int) -> None:
        if status and not delivery.copy:
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
        copies = self._options.faults.duplicate
        window = self._options.window * copies
        while self._waiting and connection.session.in_flight < window:
            delivery = self._waiting.popleft()
            if delivery.due_at > now:
                held.append(delivery)
            else:
                connection.session.deliver(delivery)
                for _ in range(copies - 1):
                    connection.session.deliver(Delivery(delivery.message, copy=True))
        self._waiting.extendleft(reversed(held))
        connection.flush()
        if held:
            self._pump_at(min(delivery.due_at for delivery in held))

    def _pump_at(self, due: float) -> None:
        """Look again at what waits, at that time or before."""
        if self._again is not None:
            if self._again.getTime() <= due:
                return
            self._again.cancel()
        # It may have passed while others were looked at.
        delay = max(0.0, due - self._clock.seconds())
        self._again = self._clock.callLater(delay, self._pump_again)

    def _pump_again(self) -> None:
        self._again = None
        self._pump()
