"""Databases in the states that pages are looked at: nothing, and far too much.

The second has 700 units with texts as long as an import takes them, with and without
spaces, and figures of many digits.
"""

from __future__ import annotations

__all__ = ["NAMELESS", "crowded", "empty", "longest_units"]

import datetime
import time
from collections.abc import Sequence
from pathlib import Path

from attrs import evolve

from benchmarks.history import Span, fill, morning
from benchmarks.places import units
from smscentre.credentials import Invitation, code_hash, new_code
from smscentre.directory import Officer, Right, Unit
from smscentre.imports import KINDS, OFFICER_LONGEST, UNIT_LONGEST
from smscentre.store.beside import change_store
from smscentre.store.changes import Signature
from smscentre.store.months import close_month
from smscentre.store.numbers import invite
from smscentre.store.people import load_directory, put_officers
from smscentre.store.tokens import add_token
from smscentre.store.transaction import Transaction
from smscentre.store.users import add_user
from smscentre.tokens import ApiToken, TokenScope, new_token, token_hash
from smscentre.users import Role, User
from tests.prepared import make_store

NAMELESS = "W" * 600
"""A text without a space."""

_DAYS = 3
_MOST_PLACES = 9_999_999
_LONGEST_USER = 32
_LONGEST_TOKEN = 60
_LONGEST_REASON = 200
_LONG_TITLE = "Lembaga Pembinaan Khusus Anak dan Rumah Tahanan Negara Kelas IIB "


def empty(file: Path) -> None:
    """No unit, no officer, no message."""
    make_store(f"sqlite:///{file}")


def crowded(file: Path) -> None:
    """Seven hundred units, some of whose texts and figures are the longest."""
    url = f"sqlite:///{file}"
    fill(url, Span(morning(), _DAYS), longest_units())
    change_store(url, _lengthen)


def longest_units() -> list[Unit]:
    """Every third has texts of one word, every third the longest of several words."""
    return [_longest(number, unit) for number, unit in enumerate(units())]


def _longest(number: int, unit: Unit) -> Unit:
    if number % 3 == 2:
        return unit
    word = number % 3 == 0
    return evolve(
        unit,
        code=unit.code.ljust(12, "0"),
        name=f"{unit.name[:9]}_{number}".ljust(15, "W"),
        title=_text(_LONG_TITLE, UNIT_LONGEST["title"], word=word),
        kinds=frozenset(KINDS),
        capacity=_MOST_PLACES,
        city=_text("Kabupaten Kepulauan ", UNIT_LONGEST["city"], word=word),
        aliases=(_text("NAMA LAIN ", UNIT_LONGEST["aliases"], word=word),),
    )


def _text(words: str, length: int, *, word: bool) -> str:
    """A text of a length: words, or one word."""
    return ("W" * length) if word else (words * length)[: length - 1] + "X"


def _lengthen(transaction: Transaction) -> None:
    """Give officers, users, tokens, codes and months the longest texts, too."""
    directory = load_directory(transaction)
    officers = sorted(directory.officers.values(), key=lambda one: one.number)
    put_officers(transaction, _longest_officers(officers))
    signature, code = Signature("test", "", time.time()), officers[0].unit
    assert code is not None
    user = User("w" * _LONGEST_USER, Role.ADMIN, provinces=(*directory.provinces,))
    add_user(transaction, user, "x", signature)
    name, scopes = "W" * _LONGEST_TOKEN, frozenset(TokenScope)
    token = ApiToken(0, name, scopes, code, (), user.name, signature.at)
    add_token(transaction, token, token_hash(new_token()), signature)
    name, ends_at = "W" * OFFICER_LONGEST["name"], signature.at + 3600
    invitation = Invitation(0, code, frozenset(Right), name, signature.at, ends_at)
    invite(transaction, invitation, code_hash(new_code()), signature)
    reason = "W" * _LONGEST_REASON
    close_month(transaction, datetime.date(2024, 4, 1), signature, reason)


def _longest_officers(officers: Sequence[Officer]) -> list[Officer]:
    return [
        evolve(
            officer,
            name=_text("Muhammad ", OFFICER_LONGEST["name"], word=number % 2 == 0),
            roles=frozenset({"w" * OFFICER_LONGEST["roles"]}),
        )
        for number, officer in enumerate(officers)
        if number % 3 != 2
    ]
