"""A store with a country's reports over many days, as two years of use leave it.

Run as ``python -m benchmarks.history FILE`` to look at pages with it. Rows are what
messages would have left: arrivals, submissions with their corrections, and the figures
that hold. The same arguments give the same figures.
"""

from __future__ import annotations

__all__ = ["Span", "fill", "main", "morning"]

import argparse
import datetime
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import define, field, frozen
from sqlalchemy import Connection, insert, update

from benchmarks.places import units
from smscentre.commands.forms import FORMS, Form
from smscentre.directory import ZONES, Officer, Right, Unit
from smscentre.provinces import load
from smscentre.store.engine import writing_engine
from smscentre.store.people import put_officers, put_units
from smscentre.store.schema import upgrade
from smscentre.store.tables import counters, inbox, reports, submissions
from smscentre.store.transaction import Numbers, Transaction

YEARS: Final = 2
_DAY = datetime.timedelta(1)
_CHUNK_DAYS = 20

_FIRST = "Agus Budi Dewi Eko Fitri Hendra Indah Joko Kartika Lukman Made Nurul Putu "
_LAST = "Santoso Siregar Wibowo Nasution Lestari Sihombing Hidayat Tanjung Rahmawati "
_FIRST_NAMES = f"{_FIRST}Rizki Sri Teguh Wahyu Yohanes".split()
_LAST_NAMES = f"{_LAST}Wenda Pattiasina Simatupang Kusumaningrum Matondang".split()


@frozen
class Span:
    """The days of a history: the last one ends at a moment of it."""

    until: datetime.datetime
    days: int = 365 * YEARS

    def __iter__(self) -> Iterator[datetime.date]:
        """The days, the first one first."""
        last = self.until.date()
        return (last - _DAY * back for back in range(self.days - 1, -1, -1))


@define
class _Unit:
    """One unit's figures as they go up and down, and how reliable it is."""

    unit: Unit
    zone: ZoneInfo
    dice: random.Random
    care: float
    figures: dict[str, list[int]] = field(factory=dict)
    usual: dict[str, list[int]] = field(factory=dict)

    def next(self, form: Form) -> list[int]:
        """The figures of another report."""
        if form.id not in self.figures:
            self.usual[form.id] = self._first(form)
            self.figures[form.id] = [*self.usual[form.id]]
        figures, usual = self.figures[form.id], self.usual[form.id]
        for index, value in enumerate(figures):
            step = max(1, usual[index] // (200 if form.id == "RUTAN" else 40))
            # Not too far from where it began, however long it goes on.
            back = (usual[index] - value) / 25
            change = self.dice.randint(-step, step) + round(back)
            figures[index] = max(0, value + change) if usual[index] else 0
        return figures

    def _first(self, form: Form) -> list[int]:
        if form.id == "RUTAN":
            people = round(
                (self.unit.capacity or 300) * self.dice.triangular(0.6, 3.2, 1.3)
            )
            shares = [0.0, 0.3, 0.0, 0.7] if "LPP" in self.unit.name else _SHARES
            return [round(people * share) for share in shares]
        most = 60 if form.id.endswith("PEG") else 400
        return [self.dice.randint(0, most) for _ in form.fields]


_SHARES = [0.24, 0.02, 0.69, 0.05]
"""Of prisoners before their sentence and after it, men and women."""


@define
class _Rows:
    """The rows of some days, before they are written."""

    number: int = 0
    inbox: list[dict[str, Any]] = field(factory=list)
    submissions: list[dict[str, Any]] = field(factory=list)
    reports: dict[tuple[str, str, str], list[dict[str, Any]]] = field(factory=dict)

    def add(self, unit: _Unit, form: Form, day: datetime.date, at: float) -> None:
        """One report of a unit, in place of the one it has for the day."""
        self.number += 2
        key = unit.unit.code, form.id, day.isoformat()
        before = self.reports.get(key)
        values = list(unit.next(form))
        number = _number(unit.unit)
        text = f"{form.id} {' '.join(map(str, values))}"
        self.inbox.append(_arrival(self.number - 1, number, text, at))
        self.submissions.append(
            {
                "id": self.number,
                "unit": unit.unit.code,
                "form": form.id,
                "day": day,
                "inbox_id": self.number - 1,
                "number": number,
                "text": text,
                "old_values": None
                if before is None
                else " ".join(str(row["value"]) for row in before),
                "new_values": " ".join(map(str, values)),
                "first": before is None,
                "stored_at": at,
                "replaces": None if before is None else before[0]["submission_id"],
            }
        )
        self.reports[key] = [
            {
                "unit": unit.unit.code,
                "form": form.id,
                "day": day,
                "field": name,
                "value": value,
                "submission_id": self.number,
            }
            for name, value in zip(form.fields, values, strict=True)
        ]

    def write(self, connection: Connection) -> None:
        """Write what was added and forget it."""
        for table, rows in (
            (inbox, self.inbox),
            (submissions, self.submissions),
            (reports, [row for found in self.reports.values() for row in found]),
        ):
            if rows:
                connection.execute(insert(table), rows)
        self.inbox, self.submissions, self.reports = [], [], {}


def morning() -> datetime.datetime:
    """Today in Jakarta, now or at a time when most units have reported."""
    now = datetime.datetime.now(ZONES["WIB"])
    return max(now, now.replace(hour=10, minute=5))


def fill(url: str, span: Span, country: Sequence[Unit] | None = None) -> None:
    """Make a store and fill it; ``country`` stands in for the units of `places`."""
    upgrade(url)
    country = units() if country is None else country
    engine = writing_engine(url)
    with engine.begin() as connection:
        transaction = Transaction(connection, Numbers())
        put_units(transaction, country)
        put_officers(transaction, [_officer(unit) for unit in country])
        transaction.flush()
    zones = {province.keyword: ZONES[province.zone] for province in load()}
    reporting = [
        _Unit(unit, zones[unit.province], dice, 0.8 + 0.2 * dice.random())
        for unit in country
        for dice in [random.Random(unit.code)]
    ]
    rows = _Rows()
    for number, day in enumerate(span):
        for unit in reporting:
            _report(rows, unit, day, span)
        if number % _CHUNK_DAYS == _CHUNK_DAYS - 1:
            _write(engine, rows)
    _write(engine, rows)
    engine.dispose()


def _write(engine: Any, rows: _Rows) -> None:
    with engine.begin() as connection:
        rows.write(connection)
        connection.execute(
            update(counters)
            .where(counters.c.name == "row")
            .values(value=rows.number + 2000)
        )


def _report(rows: _Rows, unit: _Unit, day: datetime.date, span: Span) -> None:
    """What a unit sent for a day."""
    morning = datetime.datetime.combine(day, datetime.time(7), unit.zone).timestamp()
    now, dice = span.until.timestamp(), unit.dice
    for form in FORMS:
        if form.kind not in unit.unit.kinds:
            continue
        staff = form.id.endswith("PEG")
        if dice.random() > unit.care or (staff and day.day != 1 + dice.randrange(3)):
            continue
        at = morning + dice.triangular(0, 4.5 * 3600, 1.8 * 3600)
        if at < now:
            rows.add(unit, form, day, at)
        again = morning + 7.5 * 3600 + dice.random() * 5400
        if form.id == "RUTAN" and again < now and dice.random() < 0.5:
            rows.add(unit, form, day, again)


def _officer(unit: Unit) -> Officer:
    dice = random.Random(unit.name)
    name = f"{dice.choice(_FIRST_NAMES)} {dice.choice(_LAST_NAMES)}"
    return Officer(_number(unit), name, unit.code, rights=frozenset(Right))


def _number(unit: Unit) -> str:
    return f"+62811{unit.code}001"


def _arrival(row: int, number: str, text: str, at: float) -> dict[str, Any]:
    return {
        "id": row,
        "arrival_id": f"history-{row}",
        "link": "carrier",
        "bind": "carrier-1",
        "source": number.removeprefix("+"),
        "number": number,
        "destination": "02170252704",
        "text": text,
        "raw": b"",
        "state": "done",
        "outcome": "insert",
        "reason": "",
        "fingerprint": b"",
        "arrived_at": at,
        "matched": False,
    }


def main() -> None:
    """Fill a file for somebody to look at."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--until", help="the present, such as 2026-11-29T10:05")
    parser.add_argument("--days", type=int, default=365 * YEARS)
    arguments = parser.parse_args()
    jakarta = ZONES["WIB"]
    until = (
        datetime.datetime.fromisoformat(arguments.until).replace(tzinfo=jakarta)
        if arguments.until
        else datetime.datetime.now(jakarta)
    )
    begun = time.perf_counter()
    fill(f"sqlite:///{arguments.file}", Span(until, arguments.days))
    print(f"{arguments.file}: filled in {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
