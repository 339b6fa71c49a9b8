"""A small country for tests of commands: units, officers, a ledger, a clock."""

from __future__ import annotations

__all__ = [
    "DIRECTORY",
    "JAKARTA",
    "MORNING",
    "OFFICERS",
    "RULES",
    "Office",
    "moment",
]

import datetime
from zoneinfo import ZoneInfo

from attrs import evolve

from smscentre.commands.dispatch import Rules, interpret
from smscentre.commands.forms import FIELDS, KIND_OF
from smscentre.directory import Directory, Officer, Right, Unit
from smscentre.interfaces import Outcome, Report, Request
from smscentre.provinces import load
from smscentre.sim.ledger import FakeLedger

JAKARTA = ZoneInfo("Asia/Jakarta")
RULES = Rules(backfill_days=7, timezone=JAKARTA)

_BOTH = frozenset(Right)
_INSERT = frozenset({Right.INSERT})
_QUERY = frozenset({Right.QUERY})


def _unit(
    code: str,
    name: str,
    province: str,
    kinds: str,
    aliases: tuple[str, ...] = (),
    valid_until: datetime.date | None = None,
) -> Unit:
    return Unit(
        code,
        name,
        f"Unit {name}",
        province,
        frozenset(kinds.split()),
        aliases=aliases,
        valid_until=valid_until,
    )


UNITS = (
    _unit("1203", "LP_CIPINANG2", "DKI", "RUTAN BAPAS RUPBASAN"),
    _unit("1201", "LP_SALEMBA", "DKI", "RUTAN"),
    _unit("1251", "BAPAS_JAKBAR", "DKI", "BAPAS"),
    _unit("1301", "LP_SUKAMISKIN", "JABAR", "RUTAN"),
    _unit("1371", "RB_BANDUNG", "JABAR", "RUPBASAN"),
    _unit("8101", "RT_AMBON", "MALUKU", "RUTAN"),
    _unit("2301", "LP_MARTAPURA", "KALSEL", "RUTAN", ("MARTAPURA",)),
    _unit("0702", "RT_MARTAPURA", "SUMSEL", "RUTAN", ("MARTAPURA",)),
    _unit("1299", "RT_LAMA", "DKI", "RUTAN", (), datetime.date(2008, 4, 20)),
)

_PEOPLE = {
    "unit": ("1203", (), _BOTH),
    "salemba": ("1201", (), _BOTH),
    "bapas": ("1251", (), _BOTH),
    "rupbasan": ("1371", (), _BOTH),
    "ambon": ("8101", (), _BOTH),
    "reporter": ("1203", (), _INSERT),
    "clerk": ("1201", (), _INSERT),
    "asker": ("1203", (), _QUERY),
    "powerless": ("1203", (), frozenset[Right]()),
    "jabar": (None, ("JABAR",), _BOTH),
    "kaltim": (None, ("KALTIM", "KALTARA"), _QUERY),
    "national": (None, (), _QUERY),
    "writer": (None, (), _INSERT),
    "moved": ("9999", (), _BOTH),
    "last": ("1299", (), _BOTH),
}

OFFICERS = {
    name: Officer(f"+62811120300{at:02}", name, unit, provinces, rights)
    for at, (name, (unit, provinces, rights)) in enumerate(_PEOPLE.items())
}
OFFICERS["retired"] = Officer(
    "+6281112030099", "retired", "1203", rights=_BOTH, active=False
)

DIRECTORY = Directory.of(load(), UNITS, OFFICERS.values())


def moment(
    day: int, hour: int, minute: int = 0, zone: ZoneInfo = JAKARTA, month: int = 4
) -> float:
    """A time of the year 2008, in seconds since 1970."""
    return datetime.datetime(2008, month, day, hour, minute, tzinfo=zone).timestamp()


MORNING = moment(27, 9)
"""The day of the manual's examples, in Jakarta."""


class Office:
    """Sends texts as officers, and stores what the commands decide."""

    def __init__(
        self, directory: Directory = DIRECTORY, plausibility: str = "flag"
    ) -> None:
        self.directory = directory
        self.rules = evolve(RULES, plausibility=plausibility)
        self.ledger = FakeLedger(directory, FIELDS, KIND_OF)

    def ask(
        self,
        text: str,
        officer: str = "unit",
        at: float = MORNING,
        arrived: float | None = None,
    ) -> Outcome:
        """The outcome of a text of an officer; nobody's if the name is unknown."""
        sender = OFFICERS.get(officer)
        request = Request(
            number=sender.number if sender else "+62899000000",
            text=text,
            officer=sender,
            sent_at=at,
            arrived_at=at if arrived is None else arrived,
        )
        command = interpret(request, self.directory, self.rules)
        expected = tuple(command.expects())
        outcome = command.run(self.ledger)
        keys = {(each.unit, each.form, each.day) for each in outcome.reports}
        assert keys <= set(expected) or not expected
        self.ledger.store(outcome.effects, request)
        return outcome

    def stored(self, *reports: Report) -> None:
        """Store reports as if they had come a month ago."""
        request = Request("+62899000001", "earlier", None, 0.0, 0.0)
        self.ledger.store(reports, request)
