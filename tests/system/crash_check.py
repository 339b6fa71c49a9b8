"""What must hold after a crash: the judge of the campaign.

Compares the carrier's record of what passed with the rows of the store. Every
command carries a figure of its own, so each effect and each reply leads back to
one delivery. Knows neither how the process was killed nor how it was started.
"""

from __future__ import annotations

__all__ = ["Finding", "Kind", "Token", "judge", "replies_to"]

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Protocol

from attrs import frozen

from tests.system.history import Delivery, Submit

_CERTAIN_S = 1.0
"""A response this much older than the kill had been stored."""

_MOST_COPIES = 2

_FIGURES = re.compile(r"Tahanan P=(\d+), W=(\d+) / Napi P=(\d+), W=(\d+)")


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


@frozen
class Finding:
    """One violation: its kind and where it shows."""

    kind: Kind
    detail: str

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.detail}"


@frozen
class Token:
    """One command: its unique first figure, all its figures, its delivery."""

    serial: int
    values: tuple[int, int, int, int]
    unit: str
    delivery: Delivery


class Store(Protocol):
    """Reads the store with SQL."""

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""


def judge(
    tokens: Sequence[Token],
    submits: Iterable[Submit],
    store: Store,
    killed_at: Sequence[float],
) -> list[Finding]:
    """Find every violation among the commands of one trial.

    ``killed_at`` holds the monotonic moments at which the process died.
    """
    copies = replies_to(submits)
    found = [*_damage(store), *_open_rows(store)]
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


def _open_rows(store: Store) -> list[Finding]:
    rows = store.rows(
        "SELECT id, state, attempts FROM outbox"
        " WHERE state NOT IN ('sent', 'delivered') ORDER BY id"
    )
    return [Finding(Kind.STUCK, f"outbox {row}") for row in rows]


def _stored(
    tokens: Sequence[Token], store: Store
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


def _runs(tokens: Sequence[Token], store: Store) -> Counter[int]:
    """How often the command of each serial was run, redeliveries apart."""
    texts = {token.delivery.text: token.serial for token in tokens}
    runs: Counter[int] = Counter()
    rows = store.rows("SELECT text FROM inbox WHERE state IN ('done', 'failed')")
    for (text,) in rows:
        if text in texts:
            runs[texts[text]] += 1
    return runs


def _effects(token: Token, stored: list[tuple[str, str]], runs: int) -> list[Finding]:
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
    token: Token, submits: list[Submit], killed_at: Sequence[float]
) -> list[Finding]:
    name = token.delivery.text
    found = []
    if token.delivery.acknowledged and not any(copy.status == 0 for copy in submits):
        found.append(Finding(Kind.UNANSWERED, name))
    if len(submits) > _MOST_COPIES:
        found.append(Finding(Kind.THREE_COPIES, f"{name}: {len(submits)}"))
    if any(copy.destination != token.delivery.source for copy in submits):
        found.append(Finding(Kind.WRONG, f"{name}: answered to somebody else"))
    if len(submits) > 1 and _was_seen(submits[0], submits[1], killed_at):
        found.append(Finding(Kind.NEEDLESS_COPY, name))
    return found


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
