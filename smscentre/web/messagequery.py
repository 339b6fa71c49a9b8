"""What somebody looks for among the messages: from the fields of a form, and back.

Plain functions over values. A field that cannot be read gets a sentence that says how
to write it; it decides nothing about who may see what.
"""

from __future__ import annotations

__all__ = ["DIRECTIONS", "STATES", "Query", "read_place", "read_query"]

import datetime
import math
import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen

from smscentre.days import begins_at, parse_day
from smscentre.numbers import sought
from smscentre.store.recent import ARRIVAL_STATES
from smscentre.store.search import OUTGOING_STATES, Criteria, Direction, Place
from smscentre.store.steps import ENDED_BADLY
from smscentre.users import User
from smscentre.web.faults import day_faults
from smscentre.web.routes import Values
from smscentre.web.wording import state

_LONGEST: Final = 100
_TODAY: Final = "hari-ini"
_PLACE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)-([0-9]{1,19})")

_GROUPS: Final = {
    "bermasalah": ("bermasalah", ENDED_BADLY | {"failed", "corrupt"}),
    "menunggu": (
        "menunggu atau sedang dikirim",
        frozenset({"queued", "claimed", "in_doubt"}),
    ),
}
"""States that are asked for together, by the value of the field."""

_SINGLE: Final = tuple(
    dict.fromkeys(
        name
        for name in (*ARRIVAL_STATES, *OUTGOING_STATES)
        if name not in _GROUPS["menunggu"][1]
    )
)

STATES: Final = (
    ("", "semua"),
    *((value, words) for value, (words, _) in _GROUPS.items()),
    *((name, state(name)) for name in _SINGLE),
)
"""Values and words of the field for states."""

DIRECTIONS: Final = (("", "masuk dan keluar"), ("masuk", "masuk"), ("keluar", "keluar"))
"""Values and words of the field for directions."""

_DIRECTIONS: Final = {"masuk": Direction.IN, "keluar": Direction.OUT}


@frozen
class Query:
    """The fields as they were given, and what is wrong with some of them."""

    number: str = ""
    state: str = ""
    link: str = ""
    direction: str = ""
    since: str = ""
    until: str = ""
    text: str = ""
    faults: Mapping[str, str] = field(factory=dict)

    @property
    def fields(self) -> dict[str, str]:
        """The fields that are filled in, by their names in addresses."""
        named = {
            "nomor": self.number,
            "keadaan": self.state,
            "tautan": self.link,
            "arah": self.direction,
            "dari": self.since,
            "sampai": self.until,
            "teks": self.text,
        }
        return {name: value for name, value in named.items() if value}

    def __str__(self) -> str:
        """As the audit log has it."""
        return " ".join(f"{name}={value}" for name, value in self.fields.items())

    def address(self, path: str, place: Place | None = None) -> str:
        """Where to find the same at a path, behind a place if it is given."""
        fields = self.fields
        if place is not None:
            fields["sebelum"] = f"{place.at!r}-{place.id}"
        return f"{path}?{urlencode(fields)}" if fields else path

    def criteria(self, user: User, country: str, zone: ZoneInfo) -> Criteria:
        """The same for the store; without faults only."""
        since, until = parse_day(self.since), parse_day(self.until)
        return Criteria(
            user,
            sought(self.number, country) if self.number else None,
            _states(self.state),
            self.link,
            _DIRECTIONS.get(self.direction),
            begins_at(since, zone) if since else None,
            begins_at(until, zone, 1) if until else None,
            self.text,
        )


def read_query(given: Values, today: datetime.date) -> Query:
    """Read the fields; the word ``hari-ini`` stands for a day."""
    since, until = (
        today.isoformat() if given.get(name) == _TODAY else given.get(name)[:_LONGEST]
        for name in ("dari", "sampai")
    )
    found = Query(
        given.get("nomor")[:_LONGEST],
        given.get("keadaan"),
        given.get("tautan")[:_LONGEST],
        given.get("arah"),
        since,
        until,
        given.get("teks")[:_LONGEST],
    )
    return evolve(found, faults=dict(_faults(found)))


def read_place(text: str) -> Place | None:
    """The place at which a page begins, None for the first one."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    at, row = float(found[1]), int(found[2])
    return Place(at, row) if math.isfinite(at) and row < 2**63 else None


def _faults(query: Query) -> Iterator[tuple[str, str]]:
    if query.state not in dict(STATES):
        yield "keadaan", "Pilih salah satu keadaan dalam daftar."
    if query.direction not in dict(DIRECTIONS):
        yield "arah", "Pilih masuk atau keluar."
    yield from day_faults(query.since, query.until)


def _states(value: str) -> frozenset[str]:
    if value in _GROUPS:
        return frozenset(_GROUPS[value][1])
    return frozenset({value}) if value else frozenset()
