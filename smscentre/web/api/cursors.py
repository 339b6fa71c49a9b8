"""Places in a list that a program hands back to have what follows.

Opaque to the program: what stands in one may change. It gives no right: a list is
limited by the token again on every page.
"""

from __future__ import annotations

__all__ = ["CURSOR_WORDS", "Cursor", "cursor_of", "position"]

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any, Final, TypeVar

import msgspec

from smscentre.web.api.faults import BadField, Fault, Refused

T = TypeVar("T")

CURSOR_WORDS: Final = "Where the next page begins, null on the last one."

Cursor = Annotated[
    str,
    msgspec.Meta(
        pattern="^[A-Za-z0-9_-]{1,200}$",
        description="The `next_cursor` of the page before.",
    ),
]


def cursor_of(position: Any) -> str:
    """The cursor of a position: values that JSON can hold."""
    return urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def position(cursor: str | None, kind: type[T]) -> T | None:
    """The position that a cursor stands for, None for the first page.

    :raises Refused: it is none of ours
    """
    if cursor is None:
        return None
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(text, type=kind)
    except (ValueError, msgspec.DecodeError) as error:
        bad = BadField("cursor", "harus next_cursor dari halaman sebelumnya")
        raise Refused(Fault.PARAMETER, errors=[bad]) from error
