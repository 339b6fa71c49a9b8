"""A morning of units in three time zones: who there is, and what they text when.

A plan is made from a seed before anything runs. It knows neither the process nor what
becomes of a text: `morning_count` counts, `morning` plays.
"""

from __future__ import annotations

__all__ = [
    "DAY",
    "FIELDS",
    "LEAD_S",
    "REGIONS",
    "ZONES",
    "Act",
    "Deadlines",
    "Deed",
    "Office",
    "Plan",
    "count_forms",
    "local",
    "plan_of",
]

import datetime
from collections.abc import Iterator, Mapping
from enum import Enum
from random import Random

from attrs import evolve, frozen

from tests.system.centre import Officer, Unit

DAY = datetime.date(2008, 4, 28)
"""A Monday."""

LEAD_S = 1800
"""So long before a deadline units are reminded."""

ZONES = {
    "WIB": (7, ("DKI", "JABAR", "JATENG", "JATIM", "SUMUT", "SUMSEL")),
    "WITA": (8, ("BALI", "KALTIM", "SULSEL", "NTT")),
    "WIT": (9, ("MALUKU", "PAPUA")),
}
"""The hours that a zone is ahead of UTC, and those of its provinces that have units."""

_PROVINCES = tuple(name for _, names in ZONES.values() for name in names)

REGIONS = (
    *((name,) for name in _PROVINCES[:5]),
    # One regional office over two zones, and one over two provinces of one.
    ("SUMSEL", "BALI"),
    *((name,) for name in _PROVINCES[7:10]),
    ("MALUKU", "PAPUA"),
)
"""The provinces of each officer of a region."""

FIELDS = {
    "RUTAN": 4,
    "RUTAN PEG": 4,
    "BAPAS": 4,
    "BAPAS PEG": 4,
    "RUPBASAN BASAN": 5,
    "RUPBASAN BARAN": 5,
    "RUPBASAN PEG": 8,
}
"""The forms, and how many figures each has."""

Deadlines = Mapping[str, tuple[int, ...]]

DEADLINES: Deadlines = {"RUTAN": (8, 10), "BAPAS": (10,), "RUPBASAN": (10,)}
ONE_DEADLINE: Deadlines = dict.fromkeys(DEADLINES, (10,))

_KINDS = (("RUTAN",), ("RUTAN",), ("RUTAN", "BAPAS"), ("BAPAS",), ("RUPBASAN",))
_OPENS_H = 4.6
"""Before four in the morning replies name the day."""
_SHORT_OPENS_H = 9.3

_MINUTE_S, _HOUR_S = 60.0, 3600.0
_BETWEEN_S = 1200.0
"""How often officers of regions and of the country ask who has not reported."""

_COLLEAGUES_EVERY = 5
"""So many units have one second officer among them."""

_REPORTING, _STAFF = 0.88, 0.5
"""The shares of units that report by a deadline, and that report their staff."""


class Act(Enum):
    """What an officer does."""

    REPORT = "report"
    AGAIN = "the same text again"
    UNDO = "undo"
    SLIP = "a letter in a number"
    ASK = "query"
    BELUM = "who has not reported"


_AFTERWARDS = (
    (0.08, 1, Act.AGAIN),
    (0.15, 2, Act.SLIP),
    (0.4, 3, Act.REPORT),
    (0.15, 2, Act.UNDO),
    (0.3, 2, Act.ASK),
)
"""How often something follows a report, after how many minutes."""


@frozen
class Deed:
    """One text: when it is meant to be sent, and by whom.

    ``place`` is the unit's code, or a word for an officer who has none; the deeds of
    one place happen one after the other.
    """

    at: float
    place: str
    number: str
    act: Act
    form: str = ""
    values: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """What its officer types."""
        if self.act is Act.UNDO:
            return "BATAL"
        if self.act is Act.BELUM:
            return "BELUM"
        if self.act is Act.ASK:
            return f"{self.form} GETUPT"
        figures = [str(value) for value in self.values]
        if self.act is Act.SLIP:
            figures[1] = f"{figures[1]}O"
        return " ".join([self.form, *figures])


@frozen
class Office:
    """Everybody whom the centre knows, by the rows of its two files."""

    units: tuple[Unit, ...]
    officers: tuple[Officer, ...]
    national: str
    regional: dict[str, tuple[str, ...]]

    def of(self, unit: str) -> tuple[str, ...]:
        """The numbers of a unit's officers."""
        return tuple(one.number[1:] for one in self.officers if one.unit == unit)


@frozen
class Plan:
    """An office and what it texts, in order of time, between two moments.

    ``deadlines`` are the hours by which the count forms of a kind of unit are due.
    """

    office: Office
    deeds: tuple[Deed, ...]
    deadlines: Deadlines
    begins: float
    ends: float

    @property
    def config(self) -> str:
        """The sections of the configuration that are about its deadlines."""
        lines = ["[reminders]", "enabled = true", f"lead_minutes = {LEAD_S // 60}"]
        for kind, hours in self.deadlines.items():
            times = ", ".join(f'"{hour:02}:00"' for hour in hours)
            lines += ["[[deadline]]", f'kind = "{kind}"', f"times = [{times}]"]
        return "\n".join(["", *lines, ""])


def local(zone: str, hour: float) -> float:
    """A moment of the day by a zone's clock, by arithmetic alone."""
    midnight = datetime.datetime(DAY.year, DAY.month, DAY.day, tzinfo=datetime.UTC)
    return midnight.timestamp() + (hour - ZONES[zone][0]) * _HOUR_S


def plan_of(units: int, messages: int, seed: int, *, short: bool = False) -> Plan:
    """Plan a morning.

    :param short: with one deadline, begun not long before it
    """
    random = Random(seed)
    office = _office(units)
    deadlines = ONE_DEADLINE if short else DEADLINES
    begins = local("WIT", _SHORT_OPENS_H if short else _OPENS_H)
    ends = local("WIB", 10) + 5 * _MINUTE_S
    deeds = [
        deed
        for unit in office.units
        for deed in _story(office, unit, deadlines, random)
        if begins < deed.at < ends
    ]
    for place, number in _askers(office):
        at = begins + random.uniform(600, _BETWEEN_S)
        while at < ends:
            deeds.append(Deed(at, place, number, Act.BELUM))
            at += _BETWEEN_S
    random.shuffle(deeds)
    deeds = deeds[:messages]
    reports = [deed for deed in deeds if deed.act is Act.REPORT]
    while len(deeds) < messages:
        deeds.append(_correction(office, random.choice(reports), ends, random))
    deeds.sort(key=lambda deed: deed.at)
    return Plan(office, tuple(deeds), deadlines, begins, ends)


def _office(count: int) -> Office:
    """Units over all provinces, with their officers and those above them."""
    units, officers = [], []
    for at in range(count):
        code = f"{1000 + at}"
        kinds = "|".join(_KINDS[at // len(_PROVINCES) % len(_KINDS)])
        province = _PROVINCES[at % len(_PROVINCES)]
        units.append(Unit(code, f"U{code}", f"UPT {code}", province, kinds))
        officers.append(Officer(f"+62811{1_000_000 + at}", f"Petugas {code}", code))
        if at % _COLLEAGUES_EVERY == 0:
            number = f"+62812{2_000_000 + at}"
            officers.append(Officer(number, f"Rekan {code}", code))
    regional = {}
    for at, region in enumerate(REGIONS):
        number = f"62813{3_000_000 + at}"
        regional[number] = region
        officers.append(Officer(f"+{number}", "Kanwil", "|".join(region), "query"))
    national = "628144000000"
    officers.append(Officer(f"+{national}", "Pusat", "ALL", "query", roles="ringkasan"))
    return Office(tuple(units), tuple(officers), national, regional)


def _askers(office: Office) -> list[tuple[str, str]]:
    asking = [("|".join(region), each) for each, region in office.regional.items()]
    return [*asking, ("Indonesia", office.national)]


def _story(
    office: Office, unit: Unit, deadlines: Deadlines, random: Random
) -> Iterator[Deed]:
    """What one unit does: in time, late, twice, corrected, taken back, or never."""
    for form in count_forms(unit):
        for hour in deadlines[form.partition(" ")[0]]:
            if random.random() < _REPORTING:
                yield from _reports(office, unit, form, hour, random)
    if random.random() < _STAFF:
        form = unit.kinds.partition("|")[0] + " PEG"
        at = local(_zone_of(unit), random.uniform(_OPENS_H, 9))
        number = office.of(unit.code)[0]
        values = _figures(form, random)
        yield Deed(at, unit.code, number, Act.REPORT, form, values)


def _reports(
    office: Office, unit: Unit, form: str, hour: int, random: Random
) -> Iterator[Deed]:
    """A report around a deadline, and what its officers do next."""
    numbers = office.of(unit.code)
    at = random.triangular(max(_OPENS_H, hour - 2), hour + 0.4, hour - 0.4)
    values = _figures(form, random)
    moment = local(_zone_of(unit), at)
    deed = Deed(moment, unit.code, random.choice(numbers), Act.REPORT, form, values)
    yield deed
    for share, minutes, act in _AFTERWARDS:
        if random.random() < share:
            deed = evolve(deed, at=deed.at + minutes * _MINUTE_S, act=act)
            if act in (Act.REPORT, Act.UNDO):
                deed = evolve(deed, number=random.choice(numbers))
            if act is Act.REPORT:
                deed = evolve(deed, values=_figures(form, random))
            yield deed


def _correction(office: Office, report: Deed, ends: float, random: Random) -> Deed:
    """One more report of what was reported already."""
    at = random.uniform(report.at, min(report.at + _HOUR_S, ends))
    number = random.choice(office.of(report.place))
    return evolve(report, at=at, number=number, values=_figures(report.form, random))


def count_forms(unit: Unit) -> list[str]:
    """The forms that a unit is expected to send every day."""
    kinds = unit.kinds.split("|")
    return [
        form
        for form in FIELDS
        if form.partition(" ")[0] in kinds and not form.endswith("PEG")
    ]


def _figures(form: str, random: Random) -> tuple[int, ...]:
    return tuple(random.randrange(1000) for _ in range(FIELDS[form]))


def _zone_of(unit: Unit) -> str:
    return next(zone for zone, (_, names) in ZONES.items() if unit.province in names)
