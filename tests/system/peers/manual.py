"""The manual's commands for a run on today's date, and a centre that knows its unit.

No reply of today needs UCS-2: what is echoed and what units may be called is plain.
Units with names that no import takes stand in for the texts that will.
"""

from __future__ import annotations

__all__ = ["NAMED", "OFFICER", "Exchange", "Manual", "Named", "add_named", "database"]

import datetime
import sqlite3
import tempfile
import tomllib
from contextlib import closing
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import field, frozen

from tests.system.centre import ROOT, Officer, RunningCentre, Unit

OFFICER = "628111203001"

_FILE = ROOT / "tests" / "golden" / "manual.toml"
_DAY = "270408"
_NAMED_UNTIL_HOUR = 4
"""Before four in the morning an insert's reply names its day."""


@frozen
class Exchange:
    """A command and the reply that is due, letter for letter."""

    id: str
    text: str
    reply: str


@frozen
class Manual:
    """The commands in their order, with the day on which the object was made."""

    now: datetime.datetime = field(
        factory=lambda: datetime.datetime.now(ZoneInfo("Asia/Jakarta"))
    )

    @property
    def exchanges(self) -> list[Exchange]:
        """Every command with its reply."""
        return [
            Exchange(case["id"], self._today(case["text"]), self._due(case))
            for case in tomllib.loads(_FILE.read_text())["case"]
        ]

    @property
    def over(self) -> bool:
        """Whether the day has changed, so that the replies may have."""
        return datetime.datetime.now(self.now.tzinfo).date() != self.now.date()

    def _due(self, case: dict[str, str]) -> str:
        reply = self._today(case["reply"])
        if "GET" not in case["text"] and self.now.hour < _NAMED_UNTIL_HOUR:
            return reply.replace(" berhasil", f" tgl: {self._day} berhasil")
        return reply

    def _today(self, text: str) -> str:
        return text.replace(_DAY, self._day)

    @property
    def _day(self) -> str:
        return self.now.strftime("%d%m%y")


@frozen
class Named:
    """A unit whose name decides how its replies are coded."""

    code: str
    number: str
    name: str
    data_coding: int


NAMED = (
    Named("5001", "628111205001", "LP_[€]", 0),
    Named("5002", "628111205002", "LP_Ł你好", 8),
    Named("5003", "628111205003", "LP_" + "\U0001f600" * 6, 8),
)
"""One in GSM 7-bit with its extension, one in UCS-2, one with surrogates."""


@cache
def database() -> bytes:
    """A prepared database, made once for all tests."""
    unit = tomllib.loads(_FILE.read_text())["unit"]
    with tempfile.TemporaryDirectory() as folder:
        centre = RunningCentre(Path(folder), 1)
        centre.prepare(
            [
                Unit(
                    unit["code"],
                    unit["name"],
                    unit["name"],
                    unit["province"],
                    "|".join(unit["kinds"]),
                )
            ],
            [Officer(f"+{OFFICER}", "Petugas", unit["code"])],
        )
        return centre.database.read_bytes()


def add_named(centre: RunningCentre) -> None:
    """Add the units of `NAMED` and an officer for each to a prepared database."""
    # The import refuses such names, so they are written past it.
    centre.import_rows(
        "units", [Unit(row.code, f"LP_{row.code}", row.code) for row in NAMED]
    )
    centre.import_rows(
        "officers", [Officer(f"+{row.number}", "Petugas", row.code) for row in NAMED]
    )
    with closing(sqlite3.connect(centre.database)) as store, store:
        store.executemany(
            "UPDATE units SET name = ? WHERE code = ?",
            [(row.name, row.code) for row in NAMED],
        )
