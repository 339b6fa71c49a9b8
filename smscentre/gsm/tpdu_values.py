"""The messages of the air interface as values: what comes, goes and is reported.

`smscentre.gsm.tpdu` reads and writes them. They hold the fields of the standard
and nothing of modems; texts are made of them by `coding_text`.

Source: 3GPP TS 23.040 §9.2.2.1, §9.2.2.2 and §9.2.2.3.
"""

from __future__ import annotations

__all__ = ["TPDU", "Deliver", "StatusReport", "Submit", "Validity", "state_of"]

from attrs import frozen

from smscentre.gsm.timestamp import Timestamp
from smscentre.gsm.udh import UserData
from smscentre.messages import Address, DeliveryState

Validity = int | Timestamp | bytes
"""TP-VP: the octet of the relative format, a time, or seven octets (enhanced).

Source: 3GPP TS 23.040 §9.2.3.12.
"""


@frozen
class Deliver:
    """A message to us (SMS-DELIVER).

    ``data`` has one octet a septet where ``coding`` (TP-DCS) packs septets.
    ``missing`` counts the septets or octets at the end of it that its length
    promised and that did not come.

    Source: 3GPP TS 23.040 §9.2.2.1.
    """

    source: Address
    sent: Timestamp
    data: UserData
    coding: int = 0
    protocol: int = 0
    more_to_come: bool = False
    loop_prevention: bool = False
    report_indicated: bool = False
    reply_path: bool = False
    missing: int = 0


@frozen
class Submit:
    """A message from us (SMS-SUBMIT).

    The modem replaces ``reference`` by one of its own. ``data``, ``coding`` and
    ``missing`` are as in `Deliver`.

    Source: 3GPP TS 23.040 §9.2.2.2.
    """

    destination: Address
    data: UserData
    coding: int = 0
    protocol: int = 0
    reference: int = 0
    validity: Validity | None = None
    reject_duplicates: bool = False
    report_requested: bool = False
    reply_path: bool = False
    missing: int = 0


@frozen
class StatusReport:
    """What became of a message from us (SMS-STATUS-REPORT).

    ``reference`` is the one that the modem gave when it sent the message. The
    optional fields are None where they did not come; ``of_command`` says that it
    is about an SMS-COMMAND.

    Source: 3GPP TS 23.040 §9.2.2.3.
    """

    reference: int
    recipient: Address
    sent: Timestamp
    discharged: Timestamp
    status: int
    more_to_come: bool = False
    loop_prevention: bool = False
    of_command: bool = False
    protocol: int | None = None
    coding: int | None = None
    data: UserData | None = None
    missing: int = 0

    @property
    def state(self) -> DeliveryState:
        """What ``status`` means for the message."""
        return state_of(self.status)


TPDU = Deliver | Submit | StatusReport

_STATES = (
    (0x00, 0x00, DeliveryState.DELIVERED),
    # Forwarded without confirmation; replaced by the SC.
    (0x01, 0x02, DeliveryState.UNKNOWN),
    # Completed in a way that each SC defines.
    (0x10, 0x1F, DeliveryState.UNKNOWN),
    # The SC still tries.
    (0x20, 0x25, DeliveryState.ENROUTE),
    (0x30, 0x3F, DeliveryState.ENROUTE),
    # Permanent errors.
    (0x40, 0x49, DeliveryState.FAILED),
    (0x50, 0x5F, DeliveryState.FAILED),
    # Temporary errors, and the SC has given up.
    (0x60, 0x65, DeliveryState.FAILED),
    (0x70, 0x7F, DeliveryState.FAILED),
)
"""TP-ST from, to, and what it means.

Source: 3GPP TS 23.040 §9.2.3.15.
"""


def state_of(status: int) -> DeliveryState:
    """What an octet of TP-ST means for the message.

    A reserved value counts as "service rejected", a final failure.

    Source: 3GPP TS 23.040 §9.2.3.15.
    """
    for first, last, state in _STATES:
        if first <= status <= last:
            return state
    return DeliveryState.FAILED
