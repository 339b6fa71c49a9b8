"""The user data header: where a part says which message it belongs to.

Takes the user data of a message apart and builds the header of a part. It reads
concatenation and the national languages, and steps over every other element.

Source: 3GPP TS 23.040 §9.2.3.24.
"""

from __future__ import annotations

__all__ = ["UserData", "UserDataError", "concatenation", "parse"]

from collections.abc import Iterator

from attrs import frozen

from smscentre.errors import SMSCentreError
from smscentre.messages import Part

_WIDTHS = {0x00: 8, 0x08: 16}
"""Concatenation elements and the bits of their reference."""


_SINGLE_SHIFT = 0x24
_LOCKING_SHIFT = 0x25


class UserDataError(SMSCentreError):
    """A user data header contradicts its own lengths.

    ``offset`` is the octet of the length that fails, ``user_data`` the
    beginning of what was read.
    """

    def __init__(self, rule: str, offset: int, user_data: bytes) -> None:
        self.offset = offset
        self.user_data = user_data[:160]
        super().__init__(f"{rule} at octet {offset} of {len(user_data)}")


@frozen
class UserData:
    """User data taken apart; ``header`` includes its length octet.

    ``fragment`` says that this is one of several parts, and its place is not one;
    ``locking`` and ``single`` are the languages of its septets, 0 the default.
    """

    header: bytes
    body: bytes
    part: Part | None
    fragment: bool = False
    locking: int = 0
    single: int = 0


def parse(user_data: bytes) -> UserData:
    """Take user data that begins with a header apart.

    Of several elements of a kind the last valid one counts. A concatenation
    with total 0, number 0 or number above total is ignored, as is an element of
    another length than its own; but where it speaks of several parts, that is told.

    :raises UserDataError: when a length points past what there is.

    Source: 3GPP TS 23.040 §9.2.3.24, §9.2.3.24.1, §9.2.3.24.8, §9.2.3.24.15 and
    §9.2.3.24.16 (national languages).
    """
    if not user_data:
        raise UserDataError("expected the length of a header", 0, user_data)
    end = 1 + user_data[0]
    if end > len(user_data):
        raise UserDataError("header longer than the user data", 0, user_data)
    part, misplaced = None, False
    locking = single = 0
    for identifier, data in _elements(user_data, end):
        width = _WIDTHS.get(identifier)
        if width is not None and len(data) == width // 8 + 2:
            found = _part(width, data)
            part = found or part
            misplaced = misplaced or (found is None and data[-2] > 1)
        elif identifier == _SINGLE_SHIFT and len(data) == 1:
            single = data[0]
        elif identifier == _LOCKING_SHIFT and len(data) == 1:
            locking = data[0]
    fragment = part is None and misplaced
    return UserData(user_data[:end], user_data[end:], part, fragment, locking, single)


def concatenation(part: Part) -> bytes:
    """Build the whole header, its length included, of one part.

    :raises ValueError: when the part's fields do not fit.

    Source: 3GPP TS 23.040 §9.2.3.24.1 and §9.2.3.24.8.
    """
    if not 1 <= part.number <= part.total <= 255:
        raise ValueError(f"expected part 1 to 255 of 255, found {part}")
    if part.width not in (8, 16) or not 0 <= part.reference < 1 << part.width:
        raise ValueError(f"expected a reference of 8 or 16 bits, found {part}")
    if part.width == 8:
        return bytes((5, 0x00, 3, part.reference, part.total, part.number))
    high, low = divmod(part.reference, 256)
    return bytes((6, 0x08, 4, high, low, part.total, part.number))


def _elements(user_data: bytes, end: int) -> Iterator[tuple[int, bytes]]:
    """Walk the information elements between the length octet and ``end``."""
    offset = 1
    while offset < end:
        start = offset + 2
        if start > end:
            raise UserDataError("element without a length", offset, user_data)
        stop = start + user_data[offset + 1]
        if stop > end:
            raise UserDataError("element longer than its header", offset, user_data)
        yield user_data[offset], user_data[start:stop]
        offset = stop


def _part(width: int, data: bytes) -> Part | None:
    total, number = data[-2:]
    if not 1 <= number <= total:
        return None
    return Part(int.from_bytes(data[:-2], "big"), width, total, number)
