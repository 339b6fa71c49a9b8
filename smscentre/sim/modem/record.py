"""What happened at a modem, for whoever wants to prove something by it.

Beside everything else of the modem, which writes it as it acts; nothing reads it but
tests and the terminal. Times are those of the modem's moves, in seconds.
"""

from __future__ import annotations

__all__ = ["Delivery", "Event", "Moved", "Record", "Spoken", "Submitted", "What"]

from enum import Enum

from attrs import define, field, frozen

from smscentre.gsm.seams import join_parts
from smscentre.messages import Part


@define(eq=False)
class Spoken:
    """A command line as it came, its body if one followed, and how it ended.

    ``result`` is empty while it has none, or where its answer was never given.
    """

    at: float
    text: str
    body: str = ""
    result: str = ""


class What(Enum):
    """What was done with a slot."""

    STORED = "stored"
    LISTED = "listed"
    READ = "read"
    DELETED = "deleted"


@frozen
class Moved:
    """Something done with one slot; ``delivery`` as in `stores.Slot`."""

    at: float
    what: What
    store: str
    index: int
    delivery: int | None


class Event(Enum):
    """What became of a delivery."""

    HANDED_IN = "handed in"
    STORED = "stored"
    SHOWN = "shown"
    BROUGHT = "brought"
    """Said with +CMT or +CDS."""
    ACKNOWLEDGED = "acknowledged"
    NOT_ACKNOWLEDGED = "not acknowledged"
    DELETED = "deleted"
    DROPPED = "dropped"
    """A report that +CNMI did not want."""


@define(eq=False)
class Delivery:
    """One message, or a part of one, from the network; the same TPDU at every try."""

    number: int
    octets: bytes = field(repr=False)
    is_report: bool = False
    due_at: float = 0.0
    history: list[tuple[float, Event]] = field(factory=list)

    def times(self, event: Event) -> list[float]:
        """When something happened to it, in order."""
        return [at for at, happened in self.history if happened is event]

    @property
    def is_taken(self) -> bool:
        """Whether it was deleted or acknowledged, and is the client's alone now."""
        return bool(self.times(Event.DELETED) or self.times(Event.ACKNOWLEDGED))


@frozen
class Submitted:
    """An SMS-SUBMIT that the network took; ``octets`` are the whole TPDU."""

    at: float
    destination: str
    text: str
    part: Part | None
    reference: int
    report_requested: bool
    octets: bytes = field(repr=False)


@define
class Record:
    """Everything, in the order in which it happened."""

    commands: list[Spoken] = field(factory=list)
    slots: list[Moved] = field(factory=list)
    deliveries: list[Delivery] = field(factory=list)
    submits: list[Submitted] = field(factory=list)
    restarts: list[float] = field(factory=list)

    def moved(
        self, at: float, what: What, place: tuple[str, int], of: int | None
    ) -> None:
        """Write down what was done with a slot, and so with its message."""
        self.slots.append(Moved(at, what, *place, of))
        if of is not None:
            self.deliveries[of].history.append((at, _EVENTS[what]))

    def texts(self, number: str | None = None) -> list[str]:
        """What was sent to a number (or to all), as `messages` has it."""
        return [text for to, text in self.messages() if number in (None, to)]

    def messages(self) -> list[tuple[str, str]]:
        """Destinations and texts, parts joined, in the order of the last part.

        A part that was sent again counts once; a message without all parts not at
        all.
        """
        found = []
        parts: dict[tuple[str, int, int], dict[int, str]] = {}
        for submit in self.submits:
            to, part = submit.destination, submit.part
            if part is None:
                found.append((to, submit.text))
                continue
            key = to, part.reference, part.total
            held = parts.setdefault(key, {})
            held[part.number] = submit.text
            if len(held) == part.total:
                found.append((to, join_parts(held[at] for at in sorted(held))))
                del parts[key]
        return found


_EVENTS = {
    What.STORED: Event.STORED,
    What.LISTED: Event.SHOWN,
    What.READ: Event.SHOWN,
    What.DELETED: Event.DELETED,
}
