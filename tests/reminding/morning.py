"""A whole centre but for its links' wires, on a `Clock`, that can be killed.

What runs is what a process runs, with its configuration; only the writer's thread and
the carrier are the test's own. A kill drops everything that is not committed.
"""

from __future__ import annotations

__all__ = ["Killed", "MorningTestCase", "ZONE_OF", "local", "office_of"]

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

from attrs import define, evolve
from twisted.internet.task import Clock

from smscentre import assembly
from smscentre.board import Board
from smscentre.commands.dispatch import interpret
from smscentre.config import (
    CentreConfig,
    Config,
    DeadlineConfig,
    LimitsConfig,
    RemindersConfig,
    Secret,
    SmppConfig,
)
from smscentre.directory import Officer, Right, Unit
from smscentre.exchange import Exchange
from smscentre.inbox.acceptance import Acceptance
from smscentre.inbox.answering import Answering
from smscentre.inbox.stage import Inbox
from smscentre.messages import Outgoing, Priority
from smscentre.metrics import Metrics
from smscentre.outbox.stage import Outbox
from smscentre.reminding.rounds import Rounds
from smscentre.reminding.stage import Reminding
from smscentre.sim.memory import MemoryLink
from smscentre.store import outgoing, sessions
from smscentre.store.engine import writing_engine
from smscentre.store.people import put_officers, put_units
from smscentre.store.transaction import Transaction
from smscentre.store.writer import Writer
from tests.storecase import StoreTestCase

JAKARTA = ZoneInfo("Asia/Jakarta")
DAY = datetime.date(2008, 4, 28)
"""A Monday."""

BEGINS = datetime.datetime(2008, 4, 28, 3, 0, tzinfo=JAKARTA).timestamp()

CONFIG = Config(
    CentreConfig("02170252704"),
    limits=LimitsConfig(0, 0, 0, 0, 0, 0, 0),
    smpp=(
        SmppConfig(
            "carrier", "smsc.example.net", "smscentre", Secret("x"), "02170252704"
        ),
    ),
    reminders=RemindersConfig(enabled=True),
    deadline=(
        DeadlineConfig(("10:00", "16:00"), kind="RUTAN"),
        DeadlineConfig(("10:00",), kind="BAPAS"),
    ),
)

_PROVINCES = ("DKI", "JABAR", "BALI", "KALTIM", "MALUKU", "PAPUA")
"""Two of each zone: WIB, WITA, WIT."""

_UNIT = re.compile(r"^UPT ([A-Z0-9]+)/")


class Killed(BaseException):
    """The process dies here."""


def office_of(units: int) -> tuple[list[Unit], list[Officer]]:
    """Units over three zones with an officer each, and officers of regions."""
    unit_rows, officers = [], []
    for at in range(units):
        code = f"{1000 + at}"
        kinds = ("RUTAN", "RUTAN|BAPAS", "BAPAS")[at // len(_PROVINCES) % 3]
        province = _PROVINCES[at % len(_PROVINCES)]
        kind_set = frozenset(kinds.split("|"))
        unit_rows.append(Unit(code, f"U{code}", code, province, kind_set))
        officers.append(
            Officer(f"+62811{1000000 + at}", code, code, rights=frozenset(Right))
        )
    rights = frozenset({Right.QUERY})
    for at, provinces in enumerate((("DKI",), ("JABAR", "BALI"), ("PAPUA", "MALUKU"))):
        officers.append(Officer(f"+62812100000{at}", "kanwil", None, provinces, rights))
    roles = frozenset({"ringkasan"})
    officers.append(Officer("+628139000000", "pusat", None, (), rights, roles))
    return unit_rows, officers


class Carrier(MemoryLink):
    """Takes what it gets, and remembers when; it may die at a number of parts."""

    def __init__(
        self, now: Callable[[], float], sent: list[tuple[float, Outgoing]], life: int
    ) -> None:
        super().__init__("carrier", window=2000)
        # No two binds share an id, of whichever life.
        self._binds = 1000 * life
        self._now = now
        self._sent = sent
        self.dies_at: int | None = None
        self.dead = False

    def send(self, part: Outgoing) -> None:
        """Take a part, unless the process has died."""
        if self.dies_at is not None:
            self.dies_at -= 1
            self.dead = self.dead or self.dies_at < 0
        if not self.dead:
            self._sent.append((self._now(), part))
            super().send(part)


@define
class _Process:
    """What a kill takes away."""

    writer: Writer
    link: Carrier
    exchange: Exchange
    outbox: Outbox
    reminding: Reminding
    clock: Clock


class MorningTestCase(StoreTestCase):
    """A centre with units in three zones."""

    units = 60
    config = CONFIG

    def setUp(self) -> None:
        super().setUp()
        self.sent: list[tuple[float, Outgoing]] = []
        """Everything that reached the carrier, over all lives, with its moment."""
        self.skew = 0.0
        """By how much the wall clock was set."""
        self.metrics = Metrics("0", ["carrier"])
        self.all_units, self.officers = office_of(self.units)

        def fill(transaction: Transaction) -> None:
            put_units(transaction, self.all_units)
            put_officers(transaction, self.officers)

        self.writer.perform(fill)
        self.turn()
        self.writer.close()
        self.elapsed = 0.0
        self.lives = 0
        self.process: _Process | None = None
        self.interfere: Callable[[str], None] = lambda point: None
        """Called at points of the path; may raise `Killed`."""

    def now(self) -> float:
        """The wall clock."""
        return BEGINS + self.elapsed + self.skew

    # The life of the process.

    def start(self) -> None:
        """Start it: recover, bind, schedule."""
        clock = self.clock = Clock()
        self.lives += 1
        config = self.config

        def to_reactor(action: Callable[..., object], *args: object) -> None:
            self.interfere("committed")
            action(*args)

        engine = writing_engine(self.url, explicit=True)
        writer = self.writer = Writer(engine, to_reactor, clock, self.batches)
        link = Carrier(self.now, self.sent, self.lives)
        answering = Answering(assembly.answering_settings(config))
        rules = assembly.command_rules(config)
        acceptance = Acceptance(
            assembly.acceptance_settings(config),
            lambda request, directory: interpret(request, directory, rules),
            answering,
        )
        outbox = Outbox(
            writer,
            clock,
            self.now,
            self.metrics,
            assembly.routes(config),
            300.0,
            lambda link, smsc_id: smsc_id,
        )
        outbox.add_link(link)
        inbox = Inbox(writer, acceptance, outbox, clock, self.now, self.metrics)
        board = Board(
            {"carrier": ("memory", 0)}, self.now, lambda _: 0, lambda: 0, self.metrics
        )
        exchange = Exchange(
            writer, inbox, outbox, "node", self.now, board, acceptance.suspects
        )
        settings = assembly.round_settings(config)
        chosen = settings.choose

        def choose(number: str, standing: object) -> str | None:
            self.interfere("decided")
            return chosen(number, standing)  # type: ignore[arg-type]  # handed on

        rounds = Rounds(evolve(settings, choose=choose), self.now, answering.count)
        reminding = Reminding(
            settings.schedule,
            rounds,
            writer,
            outbox,
            clock,
            self.now,
            self.metrics.reminders,
        )

        def recover(transaction: Transaction) -> None:
            sessions.end_left_open(transaction, "node")
            answering.recall(transaction, self.now())
            outgoing.leave_in_doubt(transaction, "the service had stopped")

        writer.perform(recover)
        self.process = _Process(writer, link, exchange, outbox, reminding, clock)
        self.turn()
        link.connect(exchange)
        reminding.start()
        self.settle()

    def kill(self) -> None:
        """Drop all that is in memory."""
        assert self.process is not None
        self.process.writer.close()
        self.process = None

    def stop(self) -> None:
        """Stop as a process does: settle, unbind, close."""
        process = self.process
        assert process is not None
        process.reminding.stop()
        process.outbox.close()
        self.settle()
        process.link.disconnect(process.exchange)
        self.turn()
        process.writer.close()
        self.process = None

    def settle(self) -> None:
        """Commit, and let the carrier accept, until nothing moves."""
        process = self.process
        assert process is not None
        self.turn()
        while process.link.in_flight and not process.link.dead:
            process.link.accept_all(process.exchange)
            process.clock.advance(0)
            self.turn()
        if process.link.dead:
            raise Killed

    def wait_until(self, moment: float) -> None:
        """Let time pass to a moment of the unset wall clock, timer by timer."""
        while (left := moment - BEGINS - self.elapsed) > 1e-6:
            step = left
            if self.process is not None:
                clock = self.process.clock
                timers = [call.getTime() for call in clock.getDelayedCalls()]
                step = min(left, max(0.0, min(timers, default=1e9) - clock.seconds()))
            self.elapsed += step
            if self.process is not None:
                self.process.clock.advance(step)
                self.settle()

    # What officers do, and see.

    def report(self, unit: Unit, text: str) -> str:
        """Text as a unit's officer; the reply."""
        before = len(self.sent)
        self.report_all([(unit, text)])
        replies = [part.text for _, part in self.sent[before:] if part.priority == 0]
        return "".join(replies)

    def report_all(self, texts: Iterable[tuple[Unit, str]]) -> None:
        """Text as several units' officers at once."""
        process = self.process
        assert process is not None
        numbers = {each.unit: each.number for each in self.officers if each.unit}
        link, accepted = process.link, list[bool]()
        arrivals = [
            link.incoming(numbers[unit.code].removeprefix("+"), text, self.now())
            for unit, text in texts
        ]
        for incoming in arrivals:
            process.exchange.arrived(link, incoming, accepted.append)
        self.settle()
        self.assertEqual(accepted, [True] * len(arrivals))
        for incoming in arrivals:
            process.exchange.acknowledged(link, incoming.arrival_id)

    def notices(self, priority: Priority = Priority.REMINDER) -> list[Outgoing]:
        """Reminders and digests as the carrier got them."""
        return [part for _, part in self.sent if part.priority == priority]

    def reminded(self) -> Counter[tuple[str, str]]:
        """How often each unit was reminded, by code and time of the deadline."""
        found: Counter[tuple[str, str]] = Counter()
        for part in self.notices():
            unit = _UNIT.match(part.text)
            if unit is not None:
                time = re.search(r"Batas ([0-9.]+) ", part.text)
                assert time is not None
                found[unit[1], time[1]] += 1
        return found


def local(zone: str, hour: int, minute: int = 0) -> float:
    """A moment of the day by a zone's clock, by arithmetic alone."""
    ahead = {"WIB": 7, "WITA": 8, "WIT": 9}[zone]
    midnight = datetime.datetime(2008, 4, 28, tzinfo=datetime.UTC).timestamp()
    return midnight + (hour - ahead) * 3600 + minute * 60


ZONE_OF = {
    "DKI": "WIB",
    "JABAR": "WIB",
    "BALI": "WITA",
    "KALTIM": "WITA",
    "MALUKU": "WIT",
    "PAPUA": "WIT",
}
