"""API tokens: what a program may ask for, and of which places.

Values only, for the store, the pages and the API. In clear a token is with its
program only; what is kept is a hash.
"""

from __future__ import annotations

__all__ = ["ApiToken", "TokenScope", "is_token", "new_token", "token_hash"]

import re
import secrets
from enum import Enum
from hashlib import sha256
from typing import Final

from attrs import frozen

from smscentre.directory import Unit

_PREFIX: Final = "smsc_"
"""By it a token that got into a file or a log is found there."""

_OCTETS: Final = 32
_TOKEN = re.compile(_PREFIX + r"[A-Za-z0-9_-]{43}")


class TokenScope(Enum):
    """What a token is good for."""

    REPORTS = "reports"
    """The figures that were reported."""

    UNITS = "units"
    """Provinces and units."""

    MESSAGES = "messages"
    """Messages: when, by which link, what became of them; numbers are masked."""

    NUMBERS = "numbers"
    """Whole numbers, wherever another scope shows masked ones."""

    TEXTS = "texts"
    """The texts of messages, too."""

    SEND = "send"
    """To send messages."""


@frozen
class ApiToken:
    """A token without its secret; moments are in seconds since 1970.

    As with users exactly one of ``unit`` (a code), ``provinces`` (keywords) and
    neither (the whole country) says of what it tells. ``made_by`` is a user's name.
    """

    id: int
    name: str
    scopes: frozenset[TokenScope]
    unit: str | None
    provinces: tuple[str, ...]
    made_by: str
    created_at: float
    last_used_at: float | None = None
    revoked_at: float | None = None
    active: bool = True
    """Whether it is neither withdrawn nor more than its maker may do now."""

    def covers(self, unit: Unit) -> bool:
        """Whether a unit is among the places of the token."""
        if self.unit is not None:
            return unit.code == self.unit
        return not self.provinces or unit.province in self.provinces


def new_token() -> str:
    """A token at random, of 256 bits."""
    return _PREFIX + secrets.token_urlsafe(_OCTETS)


def is_token(text: str) -> bool:
    """Whether a text has the form of a token."""
    return _TOKEN.fullmatch(text) is not None


def token_hash(token: str) -> str:
    """What is kept of a token; so many bits need no salt."""
    return sha256(token.encode()).hexdigest()
