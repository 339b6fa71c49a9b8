"""The judge of the campaign: it acquits what is right and finds what is wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from attrs import evolve, field, frozen
from twisted.trial.unittest import SynchronousTestCase

from tests.system.crash_check import ENDS, Kind, Token, judge
from tests.system.history import Copy, Delivery, Submit

_NUMBER = "628113000000"
_TEXT = "RUTAN 7 1 2 3"
_KILLED_AT = 100.0

_TABLES = """
CREATE TABLE inbox (text TEXT, state TEXT);
CREATE TABLE submissions (unit TEXT, new_values TEXT);
CREATE TABLE outbox (id INTEGER, state TEXT, attempts INTEGER);
"""


class _Store:
    """Three tables in memory, with only the columns that the judge reads."""

    def __init__(self, world: World) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.executescript(_TABLES)
        execute = self._connection.executemany
        execute("INSERT INTO inbox VALUES (?, ?)", [(_TEXT, s) for s in world.inbox])
        execute("INSERT INTO submissions VALUES (?, ?)", world.submissions)
        execute("INSERT INTO outbox VALUES (1, ?, 1)", [(s,) for s in world.outbox])

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self._connection.execute(query, values).fetchall()


def _reply(at: float = 90.0, status: int | None = 0, to: str = _NUMBER) -> Submit:
    text = "Insert Data UPT 5001 berhasil, Tahanan P=7, W=1 / Napi P=2, W=3."
    answered = None if status is None else at
    return Submit(1, 1, to, text, None, 0, 0, at, "1", answered, status)


@frozen
class World:
    """One command after a crash: what both sides know of it."""

    acknowledged: bool = True
    inbox: Sequence[str] = ("done",)
    submissions: Sequence[tuple[str, str]] = (("5001", "7 1 2 3"),)
    outbox: Sequence[str] = ("sent",)
    replies: Sequence[Submit] = field(factory=lambda: [_reply()])


RIGHT = World()

ACQUITTED = {
    "once and answered": RIGHT,
    "a redelivery without effect": evolve(RIGHT, inbox=["done", "redelivered"]),
    "stored but not acknowledged": evolve(RIGHT, acknowledged=False),
    "never arrived": World(False, [], [], [], []),
    "a second copy of what was unanswered": evolve(
        RIGHT, replies=[_reply(99.0, None), _reply(101.0)]
    ),
    "a second copy of what was answered just before": evolve(
        RIGHT, replies=[_reply(99.5), _reply(101.0)]
    ),
    "delivered": evolve(RIGHT, outbox=["delivered"]),
}

FOUND = {
    Kind.LOST: evolve(RIGHT, submissions=[]),
    Kind.TWICE: evolve(RIGHT, submissions=[("5001", "7 1 2 3")] * 2),
    Kind.UNANSWERED: evolve(RIGHT, replies=[_reply(status=None)]),
    Kind.THREE_COPIES: evolve(
        RIGHT, replies=[_reply(99.9, None), _reply(101.0, None), _reply(102.0)]
    ),
    Kind.NEEDLESS_COPY: evolve(RIGHT, replies=[_reply(98.0), _reply(101.0)]),
    Kind.WRONG: evolve(RIGHT, submissions=[("5002", "7 1 2 3")]),
    Kind.STUCK: evolve(RIGHT, outbox=["in_doubt"]),
}

ALSO_FOUND = {
    Kind.TWICE: evolve(RIGHT, inbox=["done", "done"]),
    Kind.UNANSWERED: evolve(RIGHT, replies=[]),
    Kind.WRONG: evolve(RIGHT, replies=[_reply(to="628113000001")]),
    Kind.NEEDLESS_COPY: evolve(RIGHT, replies=[_reply(101.0), _reply(102.0)]),
}


class JudgeTests(SynchronousTestCase):
    """Each kind of violation in a small world of its own."""

    def _kinds(self, world: World, ends: Sequence[str] = ENDS) -> set[Kind]:
        delivery = Delivery(_NUMBER, "", _TEXT, b"")
        delivery.copies.append(Copy(1, 1, 89.0, 89.5, 0 if world.acknowledged else 8))
        token = Token(7, (7, 1, 2, 3), "5001", delivery)
        found = judge([token], world.replies, _Store(world), [_KILLED_AT], ends)
        return {finding.kind for finding in found}

    def test_acquitted(self) -> None:
        """What a crash may leave is no violation."""
        for name, world in ACQUITTED.items():
            with self.subTest(world=name):
                self.assertEqual(self._kinds(world), set())

    def test_found(self) -> None:
        """Every kind of violation is found, and nothing else with it."""
        for kind, world in [*FOUND.items(), *ALSO_FOUND.items()]:
            with self.subTest(kind=kind):
                self.assertEqual(self._kinds(world), {kind})

    def test_other_ends(self) -> None:
        """What a campaign lets be the end of a reply is no violation."""
        world = evolve(RIGHT, outbox=["uncertain"])
        self.assertEqual(self._kinds(world), {Kind.STUCK})
        self.assertEqual(self._kinds(world, ("sent", "uncertain")), set())
