"""Where one PDU ends and the next begins, and the header they all share.

The first step on the way in and the last on the way out; knows lengths and the
four numbers of a header, and no command.

Source: SMPP 3.4 §3.2 (PDU format).
"""

from __future__ import annotations

__all__ = [
    "HEADER",
    "MAX_PDU_OCTETS",
    "MIN_PDU_OCTETS",
    "Framer",
    "bad_length",
    "frame",
]

import struct

from smscentre.smpp.codes import Status
from smscentre.smpp.errors import LocalProtocolError, RemoteProtocolError

MIN_PDU_OCTETS = 16
"""A header alone."""

MAX_PDU_OCTETS = 65_536
"""More than any message needs; a larger length is taken for lost framing."""

HEADER = struct.Struct(">4L")
"""command_length, command_id, command_status, sequence_number."""

_LENGTH = struct.Struct(">L")


class Framer:
    """Cuts a stream of octets into PDUs, however it is fragmented.

    Keeps at most one unfinished PDU between calls.
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._needed = 4
        self.fault: RemoteProtocolError | None = None
        """Set by a bad command_length, after which nothing more is read."""

    @property
    def unfinished(self) -> bool:
        """Whether the beginning of a PDU waits for its rest."""
        return bool(self._rest)

    def feed(self, data: bytes) -> list[bytes]:
        """Take octets and give the PDUs that they complete, headers included.

        After a length outside 16 to 65,536 the PDUs before it are still given
        and `fault` says what was wrong.
        """
        if self.fault is not None:
            return []
        if self._rest:
            self._rest += data
            if len(self._rest) < self._needed:
                return []
            data = bytes(self._rest)
            self._rest.clear()
        complete: list[bytes] = []
        start, size = 0, len(data)
        self._needed = 4
        while size - start >= 4:
            (length,) = _LENGTH.unpack_from(data, start)
            if not MIN_PDU_OCTETS <= length <= MAX_PDU_OCTETS:
                self.fault = bad_length(length, data[start : start + MIN_PDU_OCTETS])
                return complete
            end = start + length
            if end > size:
                self._needed = length
                break
            complete.append(data[start:end])
            start = end
        if start < size:
            self._rest += data[start:]
        return complete


def frame(command: int, sequence: int, status: int, body: bytes) -> bytes:
    """Put a header before a body.

    :raises LocalProtocolError: too long, or a number beyond 32 bits.
    """
    length = MIN_PDU_OCTETS + len(body)
    if length > MAX_PDU_OCTETS:
        raise LocalProtocolError(f"a PDU takes {MAX_PDU_OCTETS} octets, not {length}")
    try:
        return HEADER.pack(length, command, status, sequence) + body
    except struct.error as error:
        raise LocalProtocolError("a header field is beyond 32 bits") from error


def bad_length(length: int, octets: bytes) -> RemoteProtocolError:
    """Describe a command_length that cannot be true."""
    return RemoteProtocolError(
        Status.RINVCMDLEN, f"bad command_length {length}", octets
    )
