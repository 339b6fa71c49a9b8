"""The right form of a command, shown in a reply that refuses another.

Used by every refusal. An example repeats what the sender typed well and marks
the rest with dots, so that nobody sends figures that are not his.
"""

from __future__ import annotations

__all__ = [
    "MISSING",
    "insert_example",
    "insert_examples",
    "own_example",
    "query_example",
    "query_examples",
]

import datetime
from collections.abc import Sequence
from typing import Final

from smscentre.commands.asker import Asker
from smscentre.commands.characters import GAP
from smscentre.commands.dates import written
from smscentre.commands.forms import COUNT_FORMS, Form, Report
from smscentre.directory import Unit

MISSING: Final = GAP
"""What stands for a figure that is to be typed."""

_MANUAL_UNIT = "1203"
_MANUAL_PROVINCE = "DKI"


def insert_example(
    form: Form,
    figures: Sequence[str | None] = (),
    day: datetime.date | None = None,
) -> str:
    """An insert with the figures known so far; None is one to type again."""
    known = [figure or MISSING for figure in figures]
    if len(known) > form.size:
        # Which of them is too many only the sender knows.
        known = []
    known += [MISSING] * (form.size - len(known))
    return " ".join([form.id, *known, *([written(day)] if day else [])])


def insert_examples(
    form: Form,
    figures: Sequence[str | None] = (),
    day: datetime.date | None = None,
) -> list[str]:
    """The example of an insert, followed by shorter ones."""
    return [
        insert_example(form, figures, day),
        insert_example(form, (), day),
        f"{form.id} {MISSING}",
    ]


def query_example(
    report: Report,
    scope: str,
    asker: Asker,
    place: str = "",
    day: datetime.date | None = None,
) -> str:
    """A query, of a place that exists and of today unless told otherwise."""
    if scope == "UPT":
        place = f"UPT{place or _unit_for(report.kind, asker)} "
    elif scope == "PROV":
        place = f"{place or asker.province or _first_province(asker)} "
    return f"{' '.join(report.words)} GET{scope} {place}{written(day or asker.today)}"


def query_examples(report: Report, scope: str, asker: Asker) -> list[str]:
    """The example of a query, followed by one of the sender's own place."""
    return [
        query_example(report, scope, asker),
        f"{' '.join(report.words)} GET{scope}",
    ]


def own_example(asker: Asker) -> str:
    """What this sender would most likely send: a report, else a question."""
    if asker.reported:
        return insert_example(COUNT_FORMS[asker.reported[0]])
    return f"RUTAN GETALL {written(asker.today)}"


def _unit_for(kind: str, asker: Asker) -> str:
    """The code of a unit of a kind, the sender's own or near if there is one."""
    if asker.unit is not None and kind in asker.unit.kinds:
        return asker.unit.code

    def farness(unit: Unit) -> tuple[bool, str]:
        return unit.province not in asker.officer.provinces, unit.code

    units = (unit for unit in asker.directory.units.values() if kind in unit.kinds)
    nearest = min(units, key=farness, default=None)
    return nearest.code if nearest else _MANUAL_UNIT


def _first_province(asker: Asker) -> str:
    return next(iter(asker.officer.provinces), _MANUAL_PROVINCE)
