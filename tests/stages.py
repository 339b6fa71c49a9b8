"""All stages between a memory link and a real store, without a thread or reactor."""

from __future__ import annotations

__all__ = ["CENTRE_NUMBER", "OFFICER", "UNIT", "StagesTestCase"]

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from attrs import frozen
from twisted.internet.defer import Deferred

from smscentre.board import Board
from smscentre.composing import PartStyle
from smscentre.directory import Directory, Officer, Right, Unit
from smscentre.exchange import Exchange
from smscentre.inbox.acceptance import Acceptance, AcceptanceSettings
from smscentre.inbox.answering import Answering, AnsweringSettings
from smscentre.inbox.limits import ReplyLimits
from smscentre.inbox.stage import Inbox
from smscentre.interfaces import (
    Command,
    Ledger,
    Outcome,
    Report,
    Request,
    SubmissionKey,
)
from smscentre.messages import Incoming
from smscentre.metrics import Metrics
from smscentre.outbox.routing import Route, Routes
from smscentre.outbox.stage import Outbox
from smscentre.sim.memory import MemoryLink
from smscentre.store.people import put_officers, put_units
from smscentre.store.receipts import Marks
from tests.storecase import StoreTestCase

OFFICER = "+628111203001"
CENTRE_NUMBER = "+622170252704"

START = datetime.datetime(2008, 4, 27, 8, 0, tzinfo=ZoneInfo("Asia/Jakarta"))

UNIT = Unit("1203", "LP_CIPINANG2", "Lapas Cipinang", "DKI", frozenset({"RUTAN"}))
_DAY = datetime.date(2008, 4, 27)


@frozen
class Echo:
    """Answers with the text; ``SET n`` also reports n, ``BOOM`` raises."""

    request: Request

    @property
    def needs(self) -> Collection[Right]:
        """What the real commands need."""
        return (Right.INSERT,) if self.request.text.startswith("SET") else ()

    def expects(self) -> Sequence[SubmissionKey]:
        """The one report that ``SET`` changes."""
        return [("1203", "RUTAN", _DAY)]

    def run(self, ledger: Ledger) -> Outcome:
        """Do as the text says."""
        word, _, rest = self.request.text.partition(" ")
        if self.request.officer is None:
            return Outcome("unknown", "unknown number")
        if word == "BOOM":
            raise ValueError("on purpose")
        if word == "SET":
            previous = ledger.latest(("1203", "RUTAN", _DAY))
            report = Report("1203", "RUTAN", _DAY, (int(rest),), previous)
            verb = "Update" if previous else "Insert"
            return Outcome("insert", f"{verb} {rest}", (report,))
        if word == "LONG":
            return Outcome("query", "x" * int(rest))
        if word == "WRONG":
            return Outcome("count", "wrong form")
        return Outcome("query", self.request.text)


class StagesTestCase(StoreTestCase):
    """Inbox, outbox and exchange over one memory link named carrier."""

    limits: ClassVar[ReplyLimits] = ReplyLimits()
    siblings: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    fields: ClassVar[Mapping[str, tuple[str, ...]]] = {"RUTAN": ("value",)}
    kinds: ClassVar[Mapping[str, str]] = {"RUTAN": "RUTAN"}
    reads_before: ClassVar[bool] = False
    handsets: ClassVar[Mapping[str, bool]] = {}
    """Names of further links for phones, and whether what they bring is stored."""
    phones: ClassVar[frozenset[str]] = frozenset()

    def interpret(self, request: Request, directory: Directory) -> Command:
        """Understand any text."""
        return Echo(request)

    def setUp(self) -> None:
        super().setUp()
        self.writer.perform(lambda transaction: put_units(transaction, [UNIT]))
        officer = Officer(OFFICER, "Budi", "1203", (), frozenset(Right))
        self.writer.perform(lambda transaction: put_officers(transaction, [officer]))
        self.turn()
        self.link = MemoryLink("carrier")
        self.other = MemoryLink("spare")
        self.metrics = Metrics("0", ["carrier", "spare", *self.handsets])
        self.start_stages()

    def start_stages(self) -> None:
        """Make the stages anew, as a new process would."""
        settings = AcceptanceSettings(
            country="ID",
            own_numbers=frozenset({CENTRE_NUMBER}),
            apology="sorry",
            parts_lost="part {part} of {of} is missing",
            is_own_reply=self.is_own_reply,
            fields=self.fields,
            kinds=self.kinds,
            receipt_marks=lambda link, smsc_id: Marks((link,), (smsc_id,)),
            siblings=self.siblings,
            dry_runs=frozenset(
                name for name, writes in self.handsets.items() if not writes
            ),
            reads_before=self.reads_before,
        )
        zone = ZoneInfo("Asia/Jakarta")
        styles = {"carrier": PartStyle()}
        answering = AnsweringSettings(
            zone, styles, 3600, self.limits, self.quotes_own_reply, self.phones
        )
        self.answering = Answering(answering)
        self.acceptance = Acceptance(settings, self.interpret, self.answering)
        self.routes = {"carrier": Route(True, 10), "spare": Route(True, 20)}
        self.routes |= {
            name: Route(False, 0, replies_only=True) for name in self.handsets
        }
        self.outbox = Outbox(
            self.writer,
            self.clock,
            self.now,
            self.metrics,
            Routes(self.routes),
            300.0,
            lambda link, smsc_id: smsc_id,
        )
        self.outbox.add_link(self.link)
        self.outbox.add_link(self.other)
        self.inbox = Inbox(
            self.writer,
            self.acceptance,
            self.outbox,
            self.clock,
            self.now,
            self.metrics,
        )
        self.exchange = Exchange(
            self.writer,
            self.inbox,
            self.outbox,
            "node",
            self.now,
            Board(
                dict.fromkeys(["carrier", "spare", *self.handsets], ("memory", 0)),
                self.now,
                lambda link: 0,
                lambda: 0,
                self.metrics,
            ),
            self.acceptance.suspects,
        )

    def is_own_reply(self, text: str) -> bool:
        """Whether a text looks like a reply of ours."""
        return text.startswith("Insert Data")

    def quotes_own_reply(self, text: str) -> bool:
        """Whether a text has a reply of ours within it."""
        return False

    def now(self) -> float:
        """The wall clock, which goes with the reactor's."""
        return START.timestamp() + self.clock.seconds()

    def connect(self) -> None:
        """Bind the carrier's link."""
        self.link.connect(self.exchange)
        self.turn()

    def incoming(self, text: str, source: str = OFFICER) -> Incoming:
        """A message on the carrier's link."""
        return self.link.incoming(source.removeprefix("+"), text, self.now())

    def arrive(self, text: str, source: str = OFFICER) -> Deferred[bool]:
        """Let a message arrive, without a turn of the writer."""
        return self.hand_over(self.link, self.incoming(text, source))

    def hand_over(self, link: MemoryLink, incoming: Incoming) -> Deferred[bool]:
        """Give an arrival to the exchange; fires with how it is settled."""
        settled: Deferred[bool] = Deferred()
        self.exchange.arrived(link, incoming, settled.callback)
        return settled

    def text(self, text: str, source: str = OFFICER) -> list[str]:
        """Deliver, commit, acknowledge; the texts sent because of it."""
        before = len(self.link.sent)
        incoming = self.incoming(text, source)
        accepted = self.hand_over(self.link, incoming)
        self.turn()
        if self.successResultOf(accepted):
            self.exchange.acknowledged(self.link, incoming.arrival_id)
        self.turn()
        return [outgoing.text for outgoing in self.link.sent[before:]]

    def states(self) -> list[str]:
        """The states of the inbox, in the order of arrival."""
        return [row.state for row in self.rows("SELECT state FROM inbox ORDER BY id")]

    def submissions(self) -> list[str]:
        """The values submitted, in order."""
        query = "SELECT new_values FROM submissions ORDER BY id"
        return [row.new_values for row in self.rows(query)]
