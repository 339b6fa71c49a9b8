"""How pages of administration say rights and what tokens are good for.

Beside `wording`: plain functions over values, as filters of the templates.
"""

from __future__ import annotations

__all__ = ["FILTERS", "right_name", "scope_name"]

from collections.abc import Callable, Mapping
from typing import Any, Final

from smscentre.directory import Right
from smscentre.tokens import TokenScope

_RIGHTS: Final = {Right.INSERT: "mengisi data", Right.QUERY: "bertanya"}

_SCOPES: Final = {
    "reports": "Angka laporan",
    "units": "Provinsi dan UPT",
    "messages": "SMS: kapan, lewat mana, bagaimana akhirnya",
    "numbers": "Nomor lengkap, tanpa disamarkan",
    "texts": "Teks SMS",
    "send": "Mengirim SMS",
}


def right_name(right: Right) -> str:
    """What an officer may do by SMS."""
    return _RIGHTS[right]


def scope_name(of: TokenScope) -> str:
    """What a token is good for."""
    return _SCOPES.get(of.value, of.value)


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "right_name": right_name,
    "scope_name": scope_name,
}
"""By the names by which templates call them."""
