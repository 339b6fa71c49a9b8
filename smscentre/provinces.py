"""The provinces of today, as shipped with the package.

Read once, by whoever fills the store for the first time. It knows nothing of
the store and of units.
"""

from __future__ import annotations

__all__ = ["load"]

import csv
from importlib import resources

from smscentre.directory import Province

_SEPARATOR = "|"


def load() -> tuple[Province, ...]:
    """Read ``data/provinces.csv``, in its order."""
    file = resources.files("smscentre") / "data" / "provinces.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(
        Province(
            row["keyword"],
            row["name"],
            row["time_zone"],
            tuple(filter(None, row["aliases"].split(_SEPARATOR))),
        )
        for row in csv.DictReader(lines)
    )
