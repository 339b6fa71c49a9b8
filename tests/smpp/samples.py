"""PDUs and sessions that several tests of `smscentre.smpp` begin with."""

from __future__ import annotations

__all__ = [
    "ANSWER",
    "DELIVER",
    "MESSAGE",
    "OPTIONS",
    "bind_resp",
    "bound",
    "deliver",
    "header",
    "sent",
    "submit_resp",
]

import struct

from smscentre.messages import Address
from smscentre.smpp.codec import Framer, decode, encode
from smscentre.smpp.pdus import (
    BindMode,
    BindResp,
    DeliverSm,
    Pdu,
    ShortMessage,
    SubmitSmResp,
)
from smscentre.smpp.session import Session, SessionOptions

MESSAGE = ShortMessage(
    source=Address("6281112030001", 1, 1),
    destination=Address("02170252704", 0, 1),
    short_message=b"RUTAN 100 20 30 40",
)

DELIVER = encode(DeliverSm(7, MESSAGE))
"""A deliver_sm of 18 characters, sequence 7."""

OPTIONS = SessionOptions("centre", "secret")

ANSWER = BindResp(1, BindMode.TRANSCEIVER, 0, "carrier", 0x34)
"""What accepts the bind of `OPTIONS`."""


def header(command: int, sequence: int = 1, status: int = 0, length: int = 16) -> bytes:
    """Sixteen octets exactly as given."""
    return struct.pack(">4L", length, command, status, sequence)


def deliver(sequence: int, message: ShortMessage = MESSAGE) -> bytes:
    """A deliver_sm."""
    return encode(DeliverSm(sequence, message))


def submit_resp(sequence: int, message_id: str = "m", status: int = 0) -> bytes:
    """A submit_sm_resp."""
    return encode(SubmitSmResp(sequence, status, message_id))


def bind_resp(mode: BindMode = BindMode.TRANSCEIVER, status: int = 0) -> bytes:
    """A bind response of any mode, for the first sequence number."""
    return encode(BindResp(1, mode, status, "carrier", 0x34))


def bound(options: SessionOptions = OPTIONS, now: float = 0.0) -> Session:
    """A session that is bound and has nothing to send."""
    session = Session(options)
    session.connect(now)
    session.receive(bind_resp(options.mode), now)
    session.data_to_send()
    return session


def sent(session: Session) -> list[Pdu]:
    """What a session wants written, decoded."""
    return [decode(pdu) for pdu in Framer().feed(session.data_to_send())]
