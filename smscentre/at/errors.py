"""The two sides of a protocol error: we misused the core, or the modem broke its own.

Raised by the dialogue and by the readers of answers; knows no port and says nothing.
"""

from __future__ import annotations

__all__ = ["LocalProtocolError", "RemoteProtocolError"]

from smscentre.errors import SMSCentreError

_KEPT_CHARACTERS = 160
"""What is kept of an offending line: enough to see, too little to fill a log."""


class LocalProtocolError(SMSCentreError):
    """We asked the core for something that the dialogue's state or AT forbids."""


class RemoteProtocolError(SMSCentreError):
    """The modem answered what is no valid answer.

    ``line`` is the beginning of what came; the text of the error does not have it,
    since it may be a message.
    """

    def __init__(self, detail: str, line: str = "") -> None:
        self.detail = detail
        self.line = line[:_KEPT_CHARACTERS]
        super().__init__(detail)
