"""Seven hundred invented units in real cities, for whatever needs a whole country.

Data and a rule to spread it: which cities a province has, how many units of which
kind. Names have the style and the length of real ones; codes, names and capacities
are invented.
"""

from __future__ import annotations

__all__ = ["UNITS", "units"]

import csv
import random
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from smscentre.directory import Unit

UNITS: Final = 700

_CITIES: Final = Path(__file__).parent / "cities.csv"
"""How many units a province has, and in which cities."""

_STYLES: Final = (
    ("LP", "Lapas Kelas IIB", "RUTAN", 400),
    ("RT", "Rutan Kelas IIB", "RUTAN", 250),
    ("BAPAS", "Bapas Kelas II", "BAPAS", None),
    ("LPP", "Lembaga Pemasyarakatan Perempuan Kelas IIA", "RUTAN", 220),
    ("LP", "Lapas Kelas IIA", "RUTAN", 650),
    ("RB", "Rupbasan Kelas II", "RUPBASAN", None),
    ("LPN", "Lembaga Pemasyarakatan Narkotika Kelas IIA", "RUTAN", 800),
    ("LPKA", "Lembaga Pembinaan Khusus Anak Kelas II", "RUTAN", 90),
    ("RT", "Rutan Kelas I", "RUTAN", 900),
    ("LP", "Lapas Kelas I", "RUTAN", 1100),
    ("CRT", "Cabang Rutan", "RUTAN", 80),
)
"""The kinds of units that follow each other in a province: name, title, what it
reports, a usual capacity."""


def units() -> list[Unit]:
    """The units, the same each time."""
    with _CITIES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [unit for place in enumerate(rows, 2) for unit in _of_province(*place)]


def _of_province(number: int, row: dict[str, str]) -> Iterator[Unit]:
    dice = random.Random(number)
    count, names = int(row["units"]), row["cities"].split("|")
    seen: dict[str, int] = {}
    # The styles turn faster than the cities, so that one city has several.
    pairs = zip(_places(names), cycle(_STYLES), strict=False)
    for index, (city, (short, title, kind, usual)) in enumerate(islice(pairs, count)):
        name = f"{short}_{city.upper().replace(' ', '').replace('-', '')[:10]}"
        seen[name] = again = seen.get(name, 0) + 1
        if again > 1:
            name, city = f"{name}{again}", f"{city} {again}"
        capacity = None
        if usual is not None and dice.random() < 0.94:
            capacity = round(usual * dice.uniform(0.5, 1.6))
        kinds = frozenset({kind})
        code = f"{number:02}{index + 1:02}"
        yield Unit(
            code, name, f"{title} {city}", row["province"], kinds, capacity, city
        )


def _places(names: list[str]) -> Iterator[str]:
    """The capital three times as often as the others."""
    while True:
        yield from names
        yield names[0]
        yield names[0]
