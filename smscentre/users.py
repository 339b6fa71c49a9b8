"""Who may use the pages: users, their roles and places, and what a name may be.

Values only, for the command line, the store and the pages. It knows no password's
hash and no session.
"""

from __future__ import annotations

__all__ = [
    "LONGEST_PASSWORD",
    "SHORTEST_PASSWORD",
    "NewUserError",
    "Role",
    "User",
    "is_user_name",
    "normal",
    "password_fault",
    "user_place",
]

import re
import unicodedata
from collections.abc import Collection
from enum import Enum
from typing import Final

from attrs import frozen

from smscentre.directory import Directory, Unit
from smscentre.errors import SMSCentreError

SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 200

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
_EVERYWHERE = "ALL"
_SEPARATOR = "|"


class NewUserError(SMSCentreError):
    """A name or a place that no user can have."""


class Role(Enum):
    """What a user may do; an administrator may do everything."""

    VIEWER = "viewer"
    DATA = "data"
    OPERATOR = "operator"
    ADMIN = "admin"


@frozen
class User:
    """Somebody who can log in.

    As with officers exactly one of ``unit`` (a code), ``provinces`` (keywords) and
    neither (the whole country) says what the user is concerned with.
    """

    name: str
    role: Role
    unit: str | None = None
    provinces: tuple[str, ...] = ()
    active: bool = True

    @property
    def place(self) -> str:
        """The scope as the command line and CSV files have it."""
        return self.unit or _SEPARATOR.join(self.provinces) or _EVERYWHERE

    def covers(self, unit: Unit) -> bool:
        """Whether a unit is within the user's scope."""
        if self.unit is not None:
            return unit.code == self.unit
        return not self.provinces or unit.province in self.provinces

    def holds(self, unit: Unit | None, provinces: Collection[str]) -> bool:
        """Whether a place is within the scope: a unit, provinces, else the country."""
        if unit is not None:
            return self.covers(unit)
        if self.unit is not None or not self.provinces:
            return self.unit is None
        return bool(provinces) and set(provinces) <= set(self.provinces)


def is_user_name(text: str) -> bool:
    """Whether a text can be a user's name."""
    return _NAME.fullmatch(text) is not None


def password_fault(password: str, name: str) -> str | None:
    """Why a password cannot be taken: ``short``, ``long`` or ``name``, else None."""
    plain = normal(password)
    if len(plain) < SHORTEST_PASSWORD:
        return "short"
    if len(plain) > LONGEST_PASSWORD:
        return "long"
    # With the name and a few characters it would be the first one tried.
    if name.lower() in plain.lower() and len(plain) < len(name) + SHORTEST_PASSWORD:
        return "name"
    return None


def normal(password: str) -> str:
    """A password in the one form of its characters, on whatever keyboard typed."""
    return unicodedata.normalize("NFKC", password)


def user_place(text: str, known: Directory) -> tuple[str | None, tuple[str, ...]]:
    """The unit or the provinces that a scope names, neither for ``ALL``.

    :raises NewUserError: it names something unknown
    """
    word = text.strip().upper()
    if word == _EVERYWHERE:
        return None, ()
    if word in known.units:
        return word, ()
    named = [item.strip() for item in word.split(_SEPARATOR) if item.strip()]
    provinces = [known.province_named(item) for item in named]
    keywords = [province.keyword for province in provinces if province]
    if not keywords or len(keywords) < len(named):
        raise NewUserError(
            "a scope is ALL, the code of a unit or keywords of provinces with | "
            f"between, found {text!r}"
        )
    return None, tuple(dict.fromkeys(keywords))
