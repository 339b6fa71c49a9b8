"""Octets read one field after another, and the one error of a TPDU.

Under the codec of `tpdu` and the fields of `address` and `timestamp`. It knows
where it is and how much is left, and nothing of what a field means.
"""

from __future__ import annotations

__all__ = ["Reader", "TPDUError", "write_octets"]

from smscentre.errors import SMSCentreError

_KEPT_OCTETS = 200
"""What is kept of an offending message: a whole one, too little to fill a log."""


class TPDUError(SMSCentreError):
    """A message cannot be decoded: octets are missing or contradict each other.

    ``expected`` says what should have been at ``offset``, counted from 0 from the
    beginning of what was given; ``octets`` is the beginning of that.
    """

    def __init__(self, expected: str, offset: int, octets: bytes) -> None:
        self.expected = expected
        self.offset = offset
        self.octets = octets[:_KEPT_OCTETS]
        super().__init__(f"expected {expected} at octet {offset} of {len(octets)}")


class Reader:
    """Octets and the place of the next field; no step goes past the end."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.offset = 0

    def octet(self, what: str) -> int:
        """The next octet.

        :raises TPDUError: there is none.
        """
        return self.take(1, what)[0]

    def take(self, count: int, what: str) -> bytes:
        """The next so many octets.

        :raises TPDUError: there are fewer.
        """
        taken = self.octets[self.offset : self.offset + count]
        if len(taken) < count:
            raise TPDUError(what, self.offset, self.octets)
        self.offset += count
        return taken

    def up_to(self, count: int) -> bytes:
        """The next octets, so many if there are, else all that are left."""
        taken = self.octets[self.offset : self.offset + count]
        self.offset += len(taken)
        return taken

    def refused(self, expected: str, back: int = 1) -> TPDUError:
        """The error of an octet already read, ``back`` octets before this place."""
        return TPDUError(expected, self.offset - back, self.octets)


def write_octets(*values: int) -> bytes:
    """Write integers of one octet each.

    :raises ValueError: a value beyond 0 to 255.
    """
    try:
        return bytes(values)
    except ValueError:
        raise ValueError(f"expected values of 0 to 255, found {values}") from None
