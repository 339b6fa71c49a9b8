"""The sections of the configuration that are about deadlines, and their holidays.

Beside `sections`, and read and checked like it by `config`.
"""

from __future__ import annotations

__all__ = [
    "DeadlineConfig",
    "RemindersConfig",
    "deadline_problems",
    "holiday_problems",
    "read_holidays",
]

import datetime
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from attrs import field, frozen

from smscentre.commands.forms import FORMS, KINDS, REPORTS
from smscentre.days import parse_day
from smscentre.errors import Problem
from smscentre.structuring import Rule

_LEAST_LEAD = 1
_MOST_LEAD = 720
_TIME = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")
_FORM_IDS = tuple(form.id for form in FORMS)
_COMMENT = "#"

_Time = Annotated[
    str, Rule(lambda text: bool(_TIME.fullmatch(text)), "a time such as 10:00")
]


_Times = Annotated[
    tuple[_Time, ...], Rule(bool, "a list of at least one time such as 10:00")
]
_Minutes = Annotated[
    int,
    Rule(
        lambda minutes: _LEAST_LEAD <= minutes <= _MOST_LEAD,
        f"from {_LEAST_LEAD} to {_MOST_LEAD} minutes",
    ),
]
_Role = Annotated[
    str,
    Rule(lambda word: word.islower() and word.isalnum(), "one word in small letters"),
]


def _one_of(words: tuple[str, ...]) -> Rule:
    return Rule(lambda word: word in words, f"one of {', '.join(words)}")


_Form = Annotated[str, _one_of(_FORM_IDS)]
_Kind = Annotated[str, _one_of(KINDS)]


@frozen
class RemindersConfig:
    """Whether units are reminded, on which days, how long before a deadline.

    ``digest_role`` is the role of those officers of the country who get a digest;
    ``holidays`` are those of ``holidays_file``.
    """

    enabled: bool = False
    days: Literal["working", "daily"] = "working"
    holidays_file: Path | None = None
    lead_minutes: _Minutes = 30
    digest: bool = True
    digest_role: _Role = "ringkasan"
    holidays: frozenset[datetime.date] = field(
        default=frozenset(), metadata={"key": False}
    )


@frozen
class DeadlineConfig:
    """By when a form, or all count forms of a kind of unit, must have come."""

    times: _Times
    form: _Form | None = None
    kind: _Kind | None = None

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms that it is about."""
        return _forms(self.form, self.kind)

    @property
    def moments(self) -> tuple[datetime.time, ...]:
        """Its times of day, in order."""
        return tuple(sorted({datetime.time.fromisoformat(text) for text in self.times}))


def deadline_problems(tree: Mapping[str, Any]) -> Iterator[Problem]:
    """Deadlines that are right key by key but do not go together."""
    blocks = tree.get("deadline")
    seen: dict[str, str] = {}
    for index, block in enumerate(blocks if isinstance(blocks, list) else ()):
        where = f"deadline[{index}]"
        if not isinstance(block, dict):
            continue
        form, kind = block.get("form") or None, block.get("kind") or None
        if (form is None) == (kind is None):
            found = "neither" if form is None else "both"
            yield Problem(f"{where}.form", "", f"give either form or kind, not {found}")
            continue
        for name in _forms(form, kind):
            other = seen.setdefault(name, where)
            if other != where:
                yield Problem(where, name, f"has its times in {other} already")
    reminders = tree.get("reminders")
    if isinstance(reminders, dict) and reminders.get("enabled") is True and not blocks:
        yield Problem("reminders.enabled", "true", "needs at least one [[deadline]]")


def holiday_problems(tree: Mapping[str, Any], folder: Path) -> Iterator[Problem]:
    """What is wrong in the file of holidays, line by line."""
    reminders = tree.get("reminders")
    name = reminders.get("holidays_file") if isinstance(reminders, dict) else None
    if isinstance(name, str) and name and "\0" not in name:
        yield from _read(folder / name)[1]


def read_holidays(path: Path) -> frozenset[datetime.date]:
    """The days in a file, without the lines that are wrong."""
    return frozenset(_read(path)[0])


def _read(path: Path) -> tuple[list[datetime.date], list[Problem]]:
    """The days of a file, one a line with or without a name, and what is wrong."""
    where = "reminders.holidays_file"
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        rule = f"must be a file that can be read: {error.strerror}"
        return [], [Problem(where, str(path), rule)]
    except UnicodeDecodeError:
        return [], [Problem(where, str(path), "must be a file of UTF-8 text")]
    days, problems = [], []
    for number, line in enumerate(lines, 1):
        text = re.split("[,;]", line.partition(_COMMENT)[0], maxsplit=1)[0].strip()
        if not text:
            continue
        day = parse_day(text)
        if day is None:
            rule = "must begin with a date such as 2026-08-17"
            problems.append(Problem(f"{where}, line {number}", text[:20], rule))
        else:
            days.append(day)
    return days, problems


def _forms(form: object, kind: object) -> tuple[str, ...]:
    """The form, or the count forms of the kind."""
    if kind is None:
        return (form,) if isinstance(form, str) else ()
    return tuple(report.counts for report in REPORTS if report.kind == kind)
