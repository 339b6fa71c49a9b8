"""The two sides of a protocol error: we misused the core, or the peer broke SMPP.

Raised by the codec and the session; knows no transport and answers nothing.
"""

from __future__ import annotations

__all__ = ["LocalProtocolError", "RemoteProtocolError"]

from smscentre.errors import SMSCentreError

_KEPT_OCTETS = 160
"""What is kept of an offending PDU: enough to see, too little to fill a log."""


class LocalProtocolError(SMSCentreError):
    """We asked the core for something that SMPP or the session's state forbids."""


class RemoteProtocolError(SMSCentreError):
    """The peer sent octets that are no valid PDU.

    ``status`` is the command_status to answer with, ``octets`` the beginning of
    what came.
    """

    def __init__(self, status: int, detail: str, octets: bytes = b"") -> None:
        self.status = status
        self.detail = detail
        self.octets = octets[:_KEPT_OCTETS]
        super().__init__(f"{detail} (status 0x{status:02X})")
