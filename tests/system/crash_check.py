"""What must hold after a crash: the judge of the campaigns.

Compares the record of what passed at a carrier or a modem with the rows of the store.
Every command carries a figure of its own, so each effect and each reply leads back to
one message. Knows neither how the process was killed nor how it was started.
"""

from __future__ import annotations

__all__ = [
    "ENDS",
    "Finding",
    "Kind",
    "Message",
    "Store",
    "Token",
    "by_part",
    "judge",
    "replies_to",
]

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from attrs import frozen

from tests.system.history import Submit

_CERTAIN_S = 1.0
"""A response this much older than the kill had been stored."""

_MOST_COPIES = 2

ENDS = ("sent", "delivered")
"""The states in which a reply is known to be out."""

_FIGURES = re.compile(r"berhasil, (?:Tahanan|Pam) P=(\d+), W=")
"""The first figure of the replies to the two forms that are used."""


class Kind(Enum):
    """What can be wrong after a crash."""

    LOST = "acknowledged but not stored"
    TWICE = "applied twice"
    UNANSWERED = "accepted but never answered"
    THREE_COPIES = "answered more than twice"
    NEEDLESS_COPY = "answered again although the response had been seen"
    WRONG = "stored or answered with other figures"
    STUCK = "left open in the outbox"
    INTEGRITY = "the database is damaged"
    PEER = "the carrier saw a fault"
    EARLY = "taken from the modem before its commit"
    LEFT = "left in the modem"


@frozen
class Finding:
    """One violation: its kind and where it shows."""

    kind: Kind
    detail: str

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.detail}"


class Message(Protocol):
    """A message of an officer, as the carrier or the modem knows it."""

    @property
    def source(self) -> str:
        """The officer's number, as replies to it are addressed."""

    @property
    def text(self) -> str:
        """The whole text."""

    @property
    def texts(self) -> Sequence[str]:
        """The texts of its parts, each like no other."""

    @property
    def acknowledged(self) -> bool:
        """Whether the centre took the whole message."""

    @property
    def settled(self) -> bool:
        """Whether no copy of it will come any more."""

    @property
    def times(self) -> int:
        """How often it was brought."""


T_co = TypeVar("T_co", bound=Message, covariant=True)


@frozen
class Token(Generic[T_co]):
    """One command: its unique first figure, all its figures, its message."""

    serial: int
    values: tuple[int, ...]
    unit: str
    delivery: T_co


class Store(Protocol):
    """Reads the store with SQL."""

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""


def judge(
    tokens: Sequence[Token[Message]],
    submits: Iterable[Submit],
    store: Store,
    killed_at: Sequence[float],
    ends: Sequence[str] = ENDS,
) -> list[Finding]:
    """Find every violation among the commands of one trial.

    ``killed_at`` holds the monotonic moments at which the process died, ``ends`` the
    states in which a reply may be left.
    """
    copies = replies_to(submits)
    found = [*_damage(store), *_open_rows(store, ends)]
    stored = _stored(tokens, store)
    done = _runs(tokens, store)
    for token in tokens:
        found += _effects(token, stored.get(token.serial, []), done[token.serial])
        found += _copies(token, copies.get(token.serial, []), killed_at)
    return found


def replies_to(submits: Iterable[Submit]) -> dict[int, list[Submit]]:
    """The copies of each reply that the carrier accepted or saw, by serial."""
    found: dict[int, list[Submit]] = {}
    for submit in submits:
        figures = _FIGURES.search(submit.text)
        if figures is not None:
            found.setdefault(int(figures[1]), []).append(submit)
    return found


def _damage(store: Store) -> list[Finding]:
    answer = store.rows("PRAGMA integrity_check")
    return [] if answer == [("ok",)] else [Finding(Kind.INTEGRITY, str(answer))]


def _open_rows(store: Store, ends: Sequence[str]) -> list[Finding]:
    rows = store.rows("SELECT id, state, attempts FROM outbox ORDER BY id")
    return [Finding(Kind.STUCK, f"outbox {row}") for row in rows if row[1] not in ends]


def _stored(
    tokens: Sequence[Token[Message]], store: Store
) -> Mapping[int, list[tuple[str, str]]]:
    """The submissions of this trial's commands, by serial: unit and figures."""
    found: dict[int, list[tuple[str, str]]] = {}
    if tokens:
        least = min(token.serial for token in tokens)
        for unit, values in store.rows("SELECT unit, new_values FROM submissions"):
            serial = int(values.split()[0])
            if serial >= least:
                found.setdefault(serial, []).append((unit, values))
    return found


def _runs(tokens: Sequence[Token[Message]], store: Store) -> Counter[int]:
    """How often the command of each serial was run, redeliveries apart."""
    texts = {text: token.serial for token in tokens for text in token.delivery.texts}
    runs: Counter[int] = Counter()
    rows = store.rows("SELECT text FROM inbox WHERE state IN ('done', 'failed')")
    for (text,) in rows:
        if text in texts:
            runs[texts[text]] += 1
    return runs


def _effects(
    token: Token[Message], stored: list[tuple[str, str]], runs: int
) -> list[Finding]:
    name = f"{token.delivery.text} of {token.unit}"
    found = []
    if token.delivery.acknowledged and not stored:
        found.append(Finding(Kind.LOST, name))
    if len(stored) > 1 or runs > 1:
        found.append(Finding(Kind.TWICE, f"{name}: {len(stored)} rows, {runs} runs"))
    right = (token.unit, " ".join(map(str, token.values)))
    if any(row != right for row in stored):
        found.append(Finding(Kind.WRONG, f"{name}: {stored}"))
    return found


def _copies(
    token: Token[Message], submits: list[Submit], killed_at: Sequence[float]
) -> list[Finding]:
    name = token.delivery.text
    found = []
    parts = by_part(submits)
    answered = all(any(copy.status == 0 for copy in copies) for copies in parts)
    if token.delivery.acknowledged and not answered:
        found.append(Finding(Kind.UNANSWERED, name))
    if any(copy.destination != token.delivery.source for copy in submits):
        found.append(Finding(Kind.WRONG, f"{name}: answered to somebody else"))
    for copies in parts:
        if len(copies) > _MOST_COPIES:
            found.append(Finding(Kind.THREE_COPIES, f"{name}: {len(copies)}"))
        if len(copies) > 1 and _was_seen(copies[0], copies[1], killed_at):
            found.append(Finding(Kind.NEEDLESS_COPY, name))
    return found


def by_part(submits: Iterable[Submit]) -> list[list[Submit]]:
    """The copies of each part of a reply; none of a part that never came."""
    found: dict[int, list[Submit]] = {1: []}
    for submit in submits:
        part = submit.part
        for number in range(1, 1 + (1 if part is None else part.total)):
            found.setdefault(number, [])
        found[1 if part is None else part.number].append(submit)
    return list(found.values())


def _was_seen(first: Submit, second: Submit, killed_at: Sequence[float]) -> bool:
    """Whether the first copy's response had surely been stored before the second.

    It had when no death of the process lies between them, or only late ones.
    """
    if first.answered_at is None or first.status != 0:
        return False
    between = [
        moment
        for moment in killed_at
        if first.received_at <= moment <= second.received_at
    ]
    return not between or min(between) - first.answered_at > _CERTAIN_S
