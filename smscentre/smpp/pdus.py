"""The PDUs as values: what stands between the codec and the session.

One class for each command in use; lengths, ids and field order are the codec's.
A `ShortMessage` is the body that deliver_sm and submit_sm share.

Source: SMPP 3.4 §4.1 to §4.6, §4.11, §4.3 (generic_nack).
"""

from __future__ import annotations

__all__ = [
    "Bind",
    "BindMode",
    "BindResp",
    "DeliverSm",
    "DeliverSmResp",
    "EnquireLink",
    "EnquireLinkResp",
    "GenericNack",
    "Outbind",
    "Pdu",
    "ShortMessage",
    "SubmitSm",
    "SubmitSmResp",
    "Unbind",
    "UnbindResp",
]

from collections.abc import Mapping
from enum import Enum

from attrs import field

from smscentre.messages import Address
from smscentre.smpp.codes import BIND_RECEIVER, BIND_TRANSCEIVER, BIND_TRANSMITTER
from smscentre.values import frozen


class BindMode(Enum):
    """Which way messages flow over a session; the value is the command_id."""

    TRANSCEIVER = BIND_TRANSCEIVER
    TRANSMITTER = BIND_TRANSMITTER
    RECEIVER = BIND_RECEIVER


@frozen
class ShortMessage:
    """The body of a submit_sm or deliver_sm, fields as they stand on the wire.

    ``short_message`` is what sm_length covers, a user data header included;
    ``tlvs`` holds the octets of each tag. Times are in SMPP's own format.

    Source: SMPP 3.4 §4.4.1 (submit_sm), §4.6.1 (deliver_sm).
    """

    source: Address
    destination: Address
    short_message: bytes = b""
    data_coding: int = 0
    esm_class: int = 0
    registered_delivery: int = 0
    validity_period: str = ""
    service_type: str = ""
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    replace_if_present: int = 0
    sm_default_msg_id: int = 0
    tlvs: Mapping[int, bytes] = field(factory=dict)


@frozen
class Bind:
    """bind_transceiver, bind_transmitter or bind_receiver.

    Source: SMPP 3.4 §4.1.1, §4.1.3, §4.1.5.
    """

    sequence: int
    mode: BindMode
    system_id: str
    password: str = field(default="", repr=False)
    system_type: str = ""
    interface_version: int = 0x34
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = ""


@frozen
class BindResp:
    """The answer to a bind; ``interface_version`` is absent from older peers."""

    sequence: int
    mode: BindMode
    status: int = 0
    system_id: str = ""
    interface_version: int | None = None


@frozen
class Outbind:
    """A carrier's wish that we connect and bind."""

    sequence: int
    system_id: str
    password: str = field(default="", repr=False)


@frozen
class SubmitSm:
    """A message from us to the carrier."""

    sequence: int
    message: ShortMessage


@frozen
class SubmitSmResp:
    """The carrier's answer to a submit_sm; the id is empty in a refusal."""

    sequence: int
    status: int = 0
    message_id: str = ""


@frozen
class DeliverSm:
    """A message, or a receipt, from the carrier to us."""

    sequence: int
    message: ShortMessage


@frozen
class DeliverSmResp:
    """The answer to a deliver_sm; its message_id is unused and always empty."""

    sequence: int
    status: int = 0


@frozen
class EnquireLink:
    """A question whether the other side is alive."""

    sequence: int


@frozen
class EnquireLinkResp:
    """The answer to enquire_link."""

    sequence: int
    status: int = 0


@frozen
class Unbind:
    """The wish to end the session."""

    sequence: int


@frozen
class UnbindResp:
    """The answer to unbind."""

    sequence: int
    status: int = 0


@frozen
class GenericNack:
    """The refusal of a PDU that has no response of its own."""

    sequence: int
    status: int


Pdu = (
    Bind
    | BindResp
    | Outbind
    | SubmitSm
    | SubmitSmResp
    | DeliverSm
    | DeliverSmResp
    | EnquireLink
    | EnquireLinkResp
    | Unbind
    | UnbindResp
    | GenericNack
)
"""Everything that the codec reads and writes."""
