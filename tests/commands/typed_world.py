"""The world of the tables in ``typed/``: real stages, a real store, a set clock.

Knows how a row is played and in what it may differ from what the row says.
"""

from __future__ import annotations

__all__ = ["Table", "World", "faults_of"]

import datetime
import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from shutil import copyfile
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen
from sqlalchemy import text as sql
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from smscentre.board import Board
from smscentre.commands.dispatch import Rules, interpret
from smscentre.commands.forms import FIELDS, KIND_OF
from smscentre.commands.replies import QUERIED, TEXTS, is_own_reply
from smscentre.composing import PartStyle
from smscentre.directory import Officer, Right, Unit
from smscentre.exchange import Exchange
from smscentre.inbox.acceptance import Acceptance, AcceptanceSettings
from smscentre.inbox.answering import Answering, AnsweringSettings
from smscentre.inbox.limits import ReplyLimits
from smscentre.inbox.stage import Inbox
from smscentre.metrics import Metrics
from smscentre.outbox.routing import Route, Routes
from smscentre.outbox.stage import Outbox
from smscentre.sim.memory import MemoryLink
from smscentre.store.changes import Signature, import_officers, import_units
from smscentre.store.engine import reading_engine, writing_engine
from smscentre.store.receipts import Marks
from smscentre.store.writer import Writer
from tests.prepared import make_store
from tests.storecase import Batches, at_once

_ZONE = ZoneInfo("Asia/Jakarta")
_OPENED = datetime.date(2000, 1, 1)
_LIMITS = ReplyLimits(
    sender_per_minute=30,
    sender_per_day=300,
    destination_per_hour=60,
    unknown_replies_per_day=50,
    centre_per_day=20000,
)
_GOLDEN = Path(__file__).parents[1] / "golden" / "replies.toml"
_VALUE = re.compile(r"\{(\w+)\}")
_SUCCESS = ("Insert Data", "Update Data", "Dibatalkan")

Case = dict[str, Any]
"""One row, as its file has it."""


@frozen
class Table:
    """A file of rows and the world that they are played in."""

    path: Path

    @cached_property
    def cases(self) -> list[Case]:
        """The rows."""
        return list(self._read["case"])

    @cached_property
    def world(self) -> Case:
        """Units, officers, senders and the moment of a row without one."""
        return dict(self._read["world"])

    @cached_property
    def _read(self) -> Case:
        return tomllib.loads(self.path.read_text(encoding="utf-8"))

    def prepare(self, database: Path) -> None:
        """Make a database in which the world is registered and nothing came yet."""
        url = f"sqlite:///{database}"
        make_store(url)
        signature = Signature("test", self.path.name, 0.0)
        import_units(url, list(map(_unit, self.world["units"])), signature)
        officers = self.world["officers"].items()
        import_officers(url, [_officer(name, row) for name, row in officers], signature)


def _unit(row: Case) -> Unit:
    return Unit(
        row["code"],
        row["name"],
        row["name"],
        row["province"],
        frozenset(row["kinds"]),
        valid_from=_OPENED,
    )


def _officer(name: str, row: Case) -> Officer:
    return Officer(
        row["number"],
        name,
        row.get("unit"),
        tuple(row.get("provinces", ())),
        frozenset(map(Right, row["rights"])),
        active=row["active"],
    )


class World:
    """All stages over a copy of a prepared database, its link and its clock."""

    def __init__(self, table: Table, prepared: Path, database: Path) -> None:
        copyfile(prepared, database)
        self._table = table
        self._url = f"sqlite:///{database}"
        self._now = 0.0
        self._clock = Clock()
        engine = writing_engine(self._url, explicit=True)
        self._writer = Writer(engine, at_once, self._clock, Batches())
        self._link = MemoryLink("carrier")
        self._start()

    def close(self) -> None:
        """Let go of the database."""
        self._writer.close()

    def _start(self) -> None:
        rules = Rules(self._table.world["backfill_days"], _ZONE)
        settings = AcceptanceSettings(
            country="ID",
            own_numbers=frozenset({"+622170252704"}),
            apology=TEXTS["failed"],
            parts_lost=TEXTS["parts"],
            is_own_reply=is_own_reply,
            fields=FIELDS,
            kinds=KIND_OF,
            receipt_marks=lambda link, smsc_id: Marks((link,), (smsc_id,)),
        )
        answering = Answering(
            AnsweringSettings(_ZONE, {"carrier": PartStyle()}, 86400, _LIMITS)
        )
        acceptance = Acceptance(
            settings,
            lambda request, directory: interpret(request, directory, rules),
            answering,
        )
        metrics = Metrics("0", ["carrier"])
        outbox = Outbox(
            self._writer,
            self._clock,
            self.now,
            metrics,
            Routes({"carrier": Route(True, 10)}),
            300.0,
            lambda link, smsc_id: smsc_id,
        )
        outbox.add_link(self._link)
        inbox = Inbox(self._writer, acceptance, outbox, self._clock, self.now, metrics)
        board = Board(
            {"carrier": ("memory", 0)}, self.now, lambda link: 0, lambda: 0, metrics
        )
        self._exchange = Exchange(
            self._writer, inbox, outbox, "node", self.now, board, acceptance.suspects
        )
        self._link.connect(self._exchange)
        self._turn()

    def now(self) -> float:
        """The moment of the SMS that is played, in seconds since 1970."""
        return self._now

    def _turn(self) -> None:
        while self._writer.turn():
            pass

    def text(self, sms: Case) -> str:
        """Let an SMS come; the reply, or nothing."""
        at = str(sms.get("at", self._table.world["now"]))
        self._now = (
            datetime.datetime.fromisoformat(at).replace(tzinfo=_ZONE).timestamp()
        )
        before = len(self._link.sent)
        incoming = self._link.incoming(
            self._number(sms["from"]), sms["text"], self._now
        )
        settled: Deferred[bool] = Deferred()
        self._exchange.arrived(self._link, incoming, settled.callback)
        self._turn()
        self._exchange.acknowledged(self._link, incoming.arrival_id)
        for _ in range(10):
            self._turn()
            self._link.accept_all(self._exchange)
        return "".join(outgoing.text for outgoing in self._link.sent[before:])

    def _number(self, sender: str) -> str:
        world = self._table.world
        if sender in world["senders"]:
            return str(world["senders"][sender]).removeprefix("+")
        return str(world["officers"][sender]["number"]).removeprefix("+")

    def _rows(self, query: str) -> Sequence[Any]:
        engine = reading_engine(self._url)
        try:
            with engine.connect() as connection:
                return connection.execute(sql(query)).all()
        finally:
            engine.dispose()

    def submissions(self) -> list[str]:
        """Everything that was ever stored, in order."""
        # An undo is a row of the history too, and no report.
        query = (
            "SELECT unit, form, day, new_values FROM submissions"
            " WHERE undoes IS NULL ORDER BY id"
        )
        return [
            f"{unit} {form} {day} {new}" for unit, form, day, new in self._rows(query)
        ]

    def current(self) -> dict[str, str]:
        """The figures that hold, by unit, form and day."""
        found: dict[str, dict[str, str]] = {}
        query = "SELECT unit, form, day, field, value FROM reports"
        for unit, form, day, field, value in self._rows(query):
            found.setdefault(f"{unit} {form} {day}", {})[field] = str(value)
        return {
            key: " ".join(values[field] for field in FIELDS[key[5:-11]])
            for key, values in found.items()
        }


def _key(report: Case) -> str:
    return f"{report['unit']} {report['form']} {report['day']}"


def _figures(report: Case) -> str:
    return " ".join(map(str, report["values"]))


def faults_of(case: Case, world: World) -> list[str]:
    """Play a row; in what the outcome differs from it."""
    for sms in case.get("before", ()):
        world.text(sms)
    before = len(world.submissions())
    reply = world.text(case)
    stored = world.submissions()[before:]
    faults = list(_faults_of_reply(case, reply))
    expected = [f"{_key(each)} {_figures(each)}" for each in case["stored"]]
    if sorted(stored) != sorted(expected):
        faults.append(f"stored {stored}")
    current = world.current() if "current" in case else {}
    for report in case.get("current", ()):
        if current.get(_key(report), "") != _figures(report):
            faults.append(f"current {current}")
    if faults:
        faults.append(f"reply {reply!r}")
    return faults


def _faults_of_reply(case: Case, reply: str) -> Iterator[str]:
    if "silence" in case:
        if reply:
            yield "expected silence"
        return
    if not reply:
        yield "no reply"
    if "reply" in case and reply != case["reply"]:
        yield f"expected {case['reply']!r}"
    if case.get("template") == "any":
        if reply.startswith((*_SUCCESS, *(text[:10] for text in QUERIED.values()))):
            yield "expected no success"
    elif "template" in case:
        yield from _faults_of_values(case, reply)
    for part in case.get("contains", ()):
        if part not in reply:
            yield f"expected {part!r} in it"
    for part in case.get("lacks", ()):
        if part in reply:
            yield f"expected no {part!r} in it"


def _faults_of_values(case: Case, reply: str) -> Iterator[str]:
    golden = tomllib.loads(_GOLDEN.read_text(encoding="utf-8"))["reply"]
    pieces = _VALUE.split(golden[case["template"]])
    pattern = "".join(
        f"(?P<{piece}>.*?)" if at % 2 else re.escape(piece)
        for at, piece in enumerate(pieces)
    )
    found = re.fullmatch(pattern, reply, re.DOTALL)
    if found is None:
        yield f"expected the template {case['template']}"
        return
    for name, value in case.get("values", {}).items():
        if found[name] != value:
            yield f"expected {name} {value!r}, found {found[name]!r}"
