"""What a phone on a page shows of one number: the conversation, and what it changed.

Read from the store, where every text and reply is; whose number it is comes from the
directory. It sends nothing.
"""

from __future__ import annotations

__all__ = ["Asked", "Bubble", "Changed", "Choice", "Talk", "read_choices", "read_talk"]

import datetime
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from attrs import frozen

from smscentre.directory import Directory, Officer, fold
from smscentre.numbers import Sought
from smscentre.store.pages import ReadConnection
from smscentre.store.reach import may_see
from smscentre.store.search import Criteria, Direction, Message, search
from smscentre.store.trace import Filed, find_story
from smscentre.users import User
from smscentre.web.measure import Measure, measure
from smscentre.web.reports import BY_FORM

_SHOWN: Final = 20
_OFFICERS_MOST: Final = 12


@frozen
class Choice:
    """An officer as the list shows him."""

    number: str
    name: str
    place: str


@frozen
class Bubble:
    """One text of the conversation, whole, with what it takes."""

    id: int
    at: float
    is_reply: bool
    text: str
    measure: Measure


@frozen
class Changed:
    """Figures that a text changed, and the page that shows them."""

    form: str
    unit: str
    unit_name: str
    day: datetime.date
    old: str
    new: str
    address: str


@frozen
class Asked:
    """Whose conversation with which phone; ``arrival`` is that of the last text."""

    number: str
    phone: str
    arrival: str = ""


@frozen
class Talk:
    """What the page shows of one number.

    ``sent`` is the message that has just been sent, if any, and ``changed`` what it
    changed.
    """

    whose: Choice | None = None
    bubbles: Sequence[Bubble] = ()
    sent: int | None = None
    changed: Sequence[Changed] = ()


def read_talk(
    connection: ReadConnection, directory: Directory, user: User, asked: Asked
) -> Talk | None:
    """The conversation of a number; None if it is beyond a user's scope."""
    number = asked.number
    if not may_see(connection, user, number):
        return None
    officer = directory.officers.get(number)
    criteria = Criteria(user, Sought(number, number), link=asked.phone)
    said = search(connection, criteria, _SHOWN).messages
    story = find_story(connection, asked.arrival) if asked.arrival else None
    ours = [
        one
        for one in (story.arrivals if story else ())
        if (one.number, one.link) == (number, asked.phone)
    ]
    return Talk(
        _choice(directory, officer) if officer else None,
        list(_bubbles(said)),
        ours[-1].id if ours else None,
        [_changed(one, directory) for one in story.filed] if story and ours else (),
    )


def read_choices(directory: Directory, user: User, wanted: str) -> list[Choice]:
    """The officers whom words fit, by name, number, unit or province."""
    words = [fold(word) for word in wanted.split() if fold(word)]
    found: list[Choice] = []
    for officer in directory.officers.values():
        if not words or not user.holds(directory.unit_of(officer), officer.provinces):
            continue
        choice = _choice(directory, officer)
        text = fold(f"{choice.name} {choice.number} {choice.place}")
        # A number as it is typed here begins with a zero.
        local = fold("0" + officer.number.removeprefix("+")[2:])
        if all(word in text or local.startswith(word) for word in words):
            found.append(choice)
    return found[:_OFFICERS_MOST]


def _choice(directory: Directory, officer: Officer) -> Choice:
    unit = directory.unit_of(officer)
    place = str(unit) if unit else " ".join(officer.provinces) or "seluruh Indonesia"
    return Choice(officer.number, officer.name, place)


def _bubbles(said: Sequence[Message]) -> Iterator[Bubble]:
    """The conversation in order of time, the parts of a reply joined."""
    ordered = sorted(said, key=lambda one: (one.at, one.id))
    for _, group in groupby(ordered, key=_text_of):
        parts = list(group)
        text = "".join(part.text for part in parts)
        is_reply = parts[0].direction is Direction.OUT
        yield Bubble(parts[0].id, parts[0].at, is_reply, text, measure(text))


def _text_of(message: Message) -> tuple[str, int]:
    """What the parts of one text have in common."""
    if message.direction is Direction.OUT and message.part_total > 1:
        return "out", message.id - message.part_number
    return message.direction.value, message.id


def _changed(filed: Filed, directory: Directory) -> Changed:
    unit, day = directory.units.get(filed.unit), filed.day.isoformat()
    where = f"&provinsi={unit.province}" if unit else ""
    return Changed(
        filed.form,
        filed.unit,
        unit.name if unit else "",
        filed.day,
        filed.old_values or "",
        filed.new_values,
        f"/laporan/{BY_FORM[filed.form].slug}?tanggal={day}&per=upt{where}",
    )
