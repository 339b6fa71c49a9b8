"""UCS-2 as phones use it: UTF-16, with surrogate pairs.

Beside `alphabet`; parts of a text and their seams are the business of `seams`.

Source: 3GPP TS 23.038 §6.2.3 (UCS2).
"""

from __future__ import annotations

__all__ = ["decode", "encode"]

_CODEC = "utf-16-be"

_BYTE_ORDER_MARK = "\ufeff"

_SWAPPED_MARK = b"\xff\xfe"
"""The byte order mark of octets that come low one first; no character else."""


def decode(octets: bytes) -> str:
    """Read UTF-16 in the order of its mark, without that and without NULs at the end.

    Some phones and gateways put a byte order mark before UCS-2, some pad with NUL.
    What cannot be read becomes U+FFFD.
    """
    codec = "utf-16-le" if octets.startswith(_SWAPPED_MARK) else _CODEC
    if len(octets) % 2:
        octets = octets.removesuffix(b"\0")
    return str(octets, codec, "replace").rstrip("\0").removeprefix(_BYTE_ORDER_MARK)


def encode(text: str) -> bytes:
    """Write a text; half a surrogate pair becomes ``?``."""
    return text.encode(_CODEC, "replace")
