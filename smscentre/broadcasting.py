"""A broadcast before it goes: whom it reaches, by which links, in how many parts.

Between the command line and the store: pure values in and out. It asks nobody and
sends nothing.
"""

from __future__ import annotations

__all__ = ["Recipients", "Selection", "Shipment", "plan", "preview"]

import datetime
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from attrs import field, frozen

from smscentre.composing import PartStyle
from smscentre.directory import Directory, Officer
from smscentre.messages import Priority
from smscentre.numbers import masked
from smscentre.posting import Letter, SendingError, cut
from smscentre.store.outgoing import Draft

_SHOWN = 10
_NATIONAL = "(country)"


@frozen
class Selection:
    """Which officers: those that fit every kind of criterion that is given.

    ``provinces`` and ``units`` hold what the operator typed.
    """

    provinces: Sequence[str] = ()
    kinds: Sequence[str] = ()
    units: Sequence[str] = ()

    def __str__(self) -> str:
        """As the command line has it."""
        given = (
            ("--province", self.provinces),
            ("--kind", self.kinds),
            ("--unit", self.units),
        )
        words = [f"{option} {one}" for option, some in given for one in some]
        return " ".join(words) or "all officers"

    def officers(self, directory: Directory, day: datetime.date) -> list[Officer]:
        """The active officers that fit; those of units that are closed do not.

        :raises SendingError: a province or unit is not known
        """
        provinces = {_province(directory, word) for word in self.provinces}
        units = {_unit(directory, word) for word in self.units}
        kinds = {kind.upper() for kind in self.kinds}

        def fits(officer: Officer) -> bool:
            unit = directory.unit_of(officer)
            if officer.unit and (unit is None or not unit.valid_on(day)):
                return False
            own = {unit.province} if unit else set(officer.provinces)
            return (
                officer.active
                and (not provinces or bool(provinces & own))
                and (not units or officer.unit in units)
                and (not kinds or (unit is not None and bool(kinds & unit.kinds)))
            )

        return [one for one in directory.officers.values() if fits(one)]


@frozen
class Recipients:
    """Numbers in E.164, and how many of them each province has."""

    numbers: Sequence[str]
    provinces: Mapping[str, int] = field(factory=dict)

    @classmethod
    def of(cls, officers: Sequence[Officer], directory: Directory) -> Recipients:
        """The numbers of officers; a region goes by its provinces together."""
        places: Counter[str] = Counter()
        for officer in officers:
            unit = directory.unit_of(officer)
            region = "|".join(officer.provinces) or _NATIONAL
            places[unit.province if unit else region] += 1
        return cls([officer.number for officer in officers], dict(places))


@frozen
class Shipment:
    """A text, cut for the link of each of its numbers."""

    text: str
    recipients: Recipients
    drafts: Sequence[Draft]

    @property
    def parts(self) -> int:
        """How many SMS it takes in all."""
        return sum(len(draft.parts) for draft in self.drafts)


def plan(
    text: str,
    recipients: Recipients,
    choose: Callable[[str], str | None],
    styles: Mapping[str, PartStyle],
    expires_at: float,
) -> Shipment:
    """Cut a text for everybody who is to get it.

    ``choose`` gives the link for a number, or None where there is none.

    :raises SendingError: there is nothing to send, nobody to get it, no link, or no
        room for the whole text
    """
    if not text.strip():
        raise SendingError("the text is empty")
    if not recipients.numbers:
        raise SendingError("no active officer fits")
    drafts = [
        cut(
            Letter(number, text, Priority.BROADCAST, expires_at),
            choose(number),
            styles,
        )
        for number in recipients.numbers
    ]
    return Shipment(text, recipients, drafts)


def preview(shipment: Shipment) -> Iterator[str]:
    """What an operator sees before he says yes; numbers are masked."""
    numbers = shipment.recipients.numbers
    yield f"text        {shipment.text}"
    yield f"characters  {len(shipment.text)}"
    for (alphabet, parts), count in Counter(
        (draft.alphabet.value, len(draft.parts)) for draft in shipment.drafts
    ).items():
        yield f"alphabet    {alphabet}, {parts} SMS each, for {count}"
    links = Counter(draft.link for draft in shipment.drafts)
    yield f"links       {_counted(links)}"
    yield f"numbers     {len(numbers)}"
    for start, (place, count) in enumerate(
        sorted(shipment.recipients.provinces.items())
    ):
        yield f"{'' if start else 'provinces':<12}{place} {count}"
    for start, number in enumerate(numbers[:_SHOWN]):
        yield f"{'' if start else 'to':<12}{masked(number)}"
    if len(numbers) > _SHOWN:
        yield f"{'':<12}and {len(numbers) - _SHOWN} more"
    yield f"total       {shipment.parts} SMS"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _province(directory: Directory, word: str) -> str:
    province = directory.province_named(word)
    if province is None:
        raise SendingError(f"no province is called {word}")
    return province.keyword


def _unit(directory: Directory, word: str) -> str:
    found = directory.units_named(word)
    if not found:
        raise SendingError(f"no unit is called {word}")
    if len(found) > 1:
        codes = ", ".join(unit.code for unit in found)
        raise SendingError(f"several units are called {word}: {codes}")
    return found[0].code
