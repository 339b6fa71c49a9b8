"""A carrier for the system tests: a scriptable SMSC in threads of its own.

It behaves as carriers do: it delivers within a window, delivers again what was
not acknowledged (in the same bind after a time, in a new bind at once, always
with a new sequence number), answers submits and records everything. It shares no
code with the product and knows it only by its socket.
"""

from __future__ import annotations

__all__ = ["Smsc", "SmscOptions"]

import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from itertools import count
from threading import Condition, Event, Thread
from types import TracebackType
from typing import Any, Self

from attrs import frozen
from smpplib.exceptions import UnknownCommandError

from tests.system import pdus
from tests.system.history import Copy, Delivery, Submit, joined
from tests.system.pdus import Pdu
from tests.system.session import Session

CENTRE = "02170252704"
"""The number that officers text."""

_ALREADY_BOUND = 0x05
_WRONG_PASSWORD = 0x0E
_RECEIPT = 0x04
_TICK_S = 0.05
_FIRST_ID = 4096
"""Large enough that decimal and hexadecimal forms differ."""


@frozen
class SmscOptions:
    """How this carrier behaves.

    ``receipts`` sends a delivery receipt after every accepted submit;
    ``hexadecimal_ids`` prints message ids so in the response only.
    """

    system_id: str = "smscentre"
    password: str = "rahasia"
    window: int = 10
    redeliver_after_s: float = 3.0
    receipts: bool = False
    hexadecimal_ids: bool = False


class Smsc:
    """The carrier: listens on 127.0.0.1 from `start` to `stop`.

    The lists may be read at any time; `wait_for` waits for what they shall hold.
    ``faults`` collects what a client must never do; ``intercept`` sees each PDU of a
    bind first, True if the carrier shall not; ``retry_after_s`` goes by refusals.
    """

    def __init__(self, options: SmscOptions | None = None) -> None:
        self.options = options or SmscOptions()
        self.retry_after_s = self.options.redeliver_after_s
        self.deliveries: list[Delivery] = []
        self.submits: list[Submit] = []
        self.sessions: list[Session] = []
        self.refused: list[int] = []
        self.errors: list[tuple[str, int]] = []
        self.enquiries: dict[int, float | None] = {}
        self.faults: list[str] = []
        self.bind_statuses: deque[int] = deque()
        self.submit_statuses: deque[int] = deque()
        self.holding = False
        self.intercept: Callable[[Session, Pdu], bool] | None = None
        self.port = 0
        self._ids = count(_FIRST_ID)
        self._held: list[tuple[Session, Submit]] = []
        self._open: list[Delivery] = []
        self._connections: list[Session] = []
        self._listener: socket.socket | None = None
        self._changed = Condition()
        self._stopping = Event()
        self._keeper = Thread(target=self._keep, daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, and keep redelivering until `stop`."""
        self.listen()
        self._keeper.start()

    def stop(self) -> None:
        """Close everything; nothing more is recorded."""
        self._stopping.set()
        self.go_away()
        self._keeper.join()

    def listen(self) -> None:
        """Take connections, on the same port as before if there was one."""
        listener = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = listener.getsockname()[1]
        self._listener = listener
        Thread(target=self._accept, args=(listener,), daemon=True).start()

    def go_away(self) -> None:
        """Refuse connections and drop those that stand."""
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self.drop()

    def drop(self, reset: bool = False) -> None:
        """Close every connection without an unbind."""
        with self._changed:
            for session in self._connections:
                session.end(reset)
            self._changed.notify_all()

    # What a test says.

    def deliver(
        self,
        source: str,
        text: str,
        destination: str = CENTRE,
        data_coding: int = 0,
        esm_class: int = 0,
        octets: bytes | None = None,
        **extra: Any,
    ) -> Delivery:
        """Hand a message to the carrier; it goes out as window and bind allow.

        ``octets`` replaces the encoded text (a part with its header);
        ``extra`` holds further fields by smpplib's names.
        """
        body = pdus.encode_text(text, data_coding) if octets is None else octets
        delivery = Delivery(
            source, destination, text, body, data_coding, esm_class, extra
        )
        with self._changed:
            self.deliveries.append(delivery)
            self._open.append(delivery)
            self._pump()
        return delivery

    def enquire(self) -> int:
        """Send an enquire_link; its answer's moment appears in ``enquiries``."""
        with self._changed:
            session = self._receiver()
            assert session is not None, "no bind to send enquire_link in"
            sequence = session.next_sequence()
            self.enquiries[sequence] = None
            session.write(pdus.build("enquire_link", sequence))
        return sequence

    def unbind(self) -> None:
        """Ask the centre to leave."""
        with self._changed:
            for session in self.sessions:
                if session.bound:
                    session.write(pdus.build("unbind", session.next_sequence()))

    def send_raw(self, octets: bytes) -> None:
        """Send octets in the present bind, whatever they are."""
        with self._changed:
            session = self._receiver()
            assert session is not None, "no bind to send octets in"
            session.write(octets)

    def release(self) -> None:
        """Answer all the submits that were held, oldest first."""
        with self._changed:
            self.holding = False
            held, self._held = self._held, []
            for session, submit in held:
                self._answer(session, submit)
            self._changed.notify_all()

    # What a test asks.

    @property
    def bound(self) -> bool:
        """Whether some session is bound now."""
        return any(session.bound for session in self.sessions)

    def texts(self, number: str | None = None) -> list[str]:
        """What was sent to a number (or to all), parts joined, in order."""
        with self._changed:
            found = joined(self.submits)
        return [text for to, text in found if number in (None, to)]

    def wait_for(
        self, predicate: Callable[[], object], what: str, timeout_s: float = 30.0
    ) -> float:
        """Wait until something holds; the seconds it took.

        :raises AssertionError: with ``what`` when it does not come to hold.
        """
        began = time.monotonic()
        with self._changed:
            while not predicate():
                waited = time.monotonic() - began
                if waited > timeout_s:
                    raise AssertionError(f"not within {timeout_s:g} s: {what}")
                # Some predicates look at files, which notify nobody.
                self._changed.wait(_TICK_S)
        return time.monotonic() - began

    # What the threads do.

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            session = Session(connection)
            with self._changed:
                self._connections.append(session)
            session.serve(self._received, self._closed)

    def _keep(self) -> None:
        while not self._stopping.wait(_TICK_S):
            with self._changed:
                self._pump()

    def _closed(self, session: Session) -> None:
        with self._changed:
            session.end()
            self._connections.remove(session)
            self._changed.notify_all()

    def _received(self, session: Session, frame: bytes) -> None:
        with self._changed:
            if not session.alive:
                return
            try:
                pdu = pdus.parse(frame)
            except (UnknownCommandError, KeyError, struct.error) as error:
                self.faults.append(f"{error!r}: {frame.hex()}")
                return
            if pdu.command.startswith("bind_"):
                self._bind(session, pdu)
            elif not session.bound:
                self.faults.append(f"{pdu.command} before the bind")
            else:
                self._bound(session, pdu)
            self._changed.notify_all()

    def _bind(self, session: Session, pdu: Pdu) -> None:
        status = self._bind_status(pdu)
        if status:
            self.refused.append(status)
        else:
            self.sessions.append(session)
            session.number = len(self.sessions)
            session.command = pdu.command
            session.bound_at = time.monotonic()
        session.write(pdus.bind_answer(pdu, status))
        for delivery in self._open:
            delivery.due_at = 0.0
        self._pump()

    def _bind_status(self, pdu: Pdu) -> int:
        if self.bind_statuses:
            return self.bind_statuses.popleft()
        wanted = (self.options.system_id.encode(), self.options.password.encode())
        if (pdu.system_id, pdu.password) != wanted:
            return _WRONG_PASSWORD
        if any(old.bound and old.command == pdu.command for old in self.sessions):
            return _ALREADY_BOUND
        return 0

    def _bound(self, session: Session, pdu: Pdu) -> None:
        if self.intercept is not None and self.intercept(session, pdu):
            return
        match pdu.command:
            case "deliver_sm_resp":
                self._acknowledged(session, pdu)
            case "submit_sm":
                self._submitted(session, pdu)
            case "enquire_link":
                session.write(pdus.build("enquire_link_resp", pdu.sequence))
            case "enquire_link_resp":
                self.enquiries[pdu.sequence] = time.monotonic()
            case "unbind":
                session.unbound = True
                session.write(pdus.build("unbind_resp", pdu.sequence))
                session.end()
            case "unbind_resp":
                session.end()
            case _:
                self.errors.append((pdu.command, pdu.status))

    def _acknowledged(self, session: Session, pdu: Pdu) -> None:
        found = session.in_flight.pop(pdu.sequence, None)
        if found is None:
            # As do answers to octets sent raw; the test knows which.
            self.errors.append((pdu.command, pdu.status))
            return
        delivery, copy = found
        copy.answered_at, copy.status = time.monotonic(), pdu.status
        if delivery.settled:
            if delivery in self._open:
                self._open.remove(delivery)
        else:
            delivery.due_at = copy.answered_at + self.retry_after_s
        self._pump()

    def _submitted(self, session: Session, pdu: Pdu) -> None:
        text, part = pdus.text_of(pdu)
        submit = Submit(
            bind=session.number,
            sequence=pdu.sequence,
            destination=pdu.destination_addr.decode("ascii"),
            text=text,
            part=part,
            data_coding=pdu.data_coding,
            registered_delivery=pdu.registered_delivery,
            received_at=time.monotonic(),
            smsc_id=str(next(self._ids)),
        )
        self.submits.append(submit)
        if self.holding:
            self._held.append((session, submit))
        else:
            self._answer(session, submit)

    def _answer(self, session: Session, submit: Submit) -> None:
        status = self.submit_statuses.popleft() if self.submit_statuses else 0
        shown = submit.smsc_id
        if self.options.hexadecimal_ids:
            shown = f"{int(submit.smsc_id):X}"
        fields = {} if status else {"message_id": shown}
        session.write(
            pdus.build("submit_sm_resp", submit.sequence, status=status, **fields)
        )
        if session.alive:
            submit.status, submit.answered_at = status, time.monotonic()
            if self.options.receipts and not status:
                self.receipt(submit)

    def receipt(self, submit: Submit, state: str = "DELIVRD") -> Delivery:
        """Send the delivery receipt of a submit, in the usual words."""
        text = (
            f"id:{submit.smsc_id} sub:001 dlvrd:001 submit date:0804271200 "
            f"done date:0804271201 stat:{state} err:000 text:{submit.text[:20]}"
        )
        return self.deliver(submit.destination, text, esm_class=_RECEIPT)

    def _receiver(self) -> Session | None:
        return next((found for found in self.sessions if found.receives), None)

    def _pump(self) -> None:
        """Send what is due, oldest first, as far as the window goes."""
        session = self._receiver()
        if session is None:
            return
        now = time.monotonic()
        for delivery in self._open:
            if len(session.in_flight) >= self.options.window or not session.alive:
                return
            if delivery.due_at <= now:
                self._send(session, delivery, now)

    def _send(self, session: Session, delivery: Delivery, now: float) -> None:
        sequence = session.next_sequence()
        copy = Copy(session.number, sequence, now)
        delivery.copies.append(copy)
        delivery.due_at = now + self.options.redeliver_after_s
        session.in_flight[sequence] = delivery, copy
        session.write(
            pdus.build(
                "deliver_sm",
                sequence,
                source_addr=delivery.source,
                destination_addr=delivery.destination,
                short_message=delivery.octets,
                data_coding=delivery.data_coding,
                esm_class=delivery.esm_class,
                **delivery.extra,
            )
        )
