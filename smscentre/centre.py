"""Assembly: the one module that knows every stage, and their order of start and stop.

Nothing is decided here but who is joined with whom and when each begins and ends.
"""

from __future__ import annotations

__all__ = ["Centre"]

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from twisted.application.service import IServiceCollection, MultiService, Service
from twisted.internet import defer
from twisted.internet.defer import (
    CancelledError,
    Deferred,
    maybeDeferred,
)
from twisted.internet.task import LoopingCall
from twisted.logger import ILogObserver, Logger
from twisted.python.components import Componentized
from twisted.python.failure import Failure

from smscentre.assembly import (
    acceptance_settings,
    answering_settings,
    command_rules,
    limits,
    link_windows,
    metrics,
    modem_connection,
    receipt_marks,
    reminding,
    routes,
    smpp_connection,
)
from smscentre.board import Board
from smscentre.collecting import spare_the_collector
from smscentre.commands.dispatch import interpret
from smscentre.config import Config
from smscentre.desk import Desk
from smscentre.exchange import HEARTBEAT_S, Exchange
from smscentre.gauges import LAG_S, Gauges
from smscentre.inbox.acceptance import Acceptance
from smscentre.inbox.answering import Answering
from smscentre.inbox.stage import Inbox
from smscentre.interfaces import Link
from smscentre.links.phone import PhoneLink, PhonePort
from smscentre.links.pinfile import RefusedPins
from smscentre.outbox.stage import Outbox
from smscentre.service import make_programs, make_service
from smscentre.sites import Access, Sites
from smscentre.smpp.receipt import id_key
from smscentre.store import audit, outgoing, receipts, rerouting, sessions
from smscentre.store.arrivals import FILED_AT_ONCE, file_arrivals
from smscentre.store.checkpoints import Checkpoints
from smscentre.store.engine import reading_engine, writing_engine
from smscentre.store.pages import Readers
from smscentre.store.schema_revision import check_schema
from smscentre.store.thread import WriterThread
from smscentre.store.transaction import Transaction
from smscentre.store.writer import Writer
from smscentre.tasks import Tasks, attempt
from smscentre.traffic import SAMPLE_S
from smscentre.web.status import LimitStatus

_STOP_S = 3.0
"""How long each step of the stop may take, and ..."""

_STOPPED_S = 9.0
"""... all of them together."""

_HOUSEKEEPING_S = 10.0
_FILING_S = 1.0
_MEASURE_S = 5.0

_log = Logger(namespace="smscentre.centre")


class Centre(MultiService):
    """One node: its links, stages, store and pages."""

    def __init__(self, config: Config, reactor: Any) -> None:
        """Make everything, and open nothing yet.

        :raises StoreError: the database is missing or of another version
        :raises ConfigError: a page or a link cannot be set up as it says
        """
        super().__init__()
        self._config = config
        self._reactor = reactor
        self._tasks = Tasks()
        self._observer: ILogObserver | None = None
        self._loops: list[LoopingCall] = []
        self._links: list[Link] = []
        self._connections: list[Service] = []
        self._stop_by = 0.0
        self._behind = False
        """Whether the last filing left some for the next."""
        engine = reading_engine(config.database.url)
        try:
            check_schema(engine)
        finally:
            # No connection may be carried into a daemon's new process.
            engine.dispose()
        self._readers = Readers(engine, reactor)
        self._metrics = metrics(config)
        self._parked = receipts.Parked(receipt_marks(config))
        self._board = Board(
            link_windows(config),
            time.time,
            self._in_flight,
            self._waiting,
            self._metrics,
            self._limits,
        )
        self._gauges = Gauges(
            self._metrics,
            self._board,
            self._readers,
            reactor,
            time.time,
        )
        self._build_stages()
        self._build_links()
        desk = Desk(command_rules(config), self._acceptance.ledger_of)
        sending = make_programs(config, self._outbox)
        service = make_service(config, self._links, self._outbox.queued)
        access = Access(self._readers, self._writer, desk, sending, service)
        self._sites = Sites(config, self._board, access, self._metrics, reactor)

    def log_by(self, observer: ILogObserver) -> None:
        """Have the application that this service becomes part of log by an observer."""
        self._observer = observer

    def setServiceParent(self, parent: IServiceCollection) -> None:
        """Become part of an application, as twistd has it."""
        super().setServiceParent(parent)
        if self._observer is not None and isinstance(parent, Componentized):
            parent.setComponent(ILogObserver, self._observer)

    def startService(self) -> None:
        """Recover what a crash left, then open links and pages."""
        super().startService()
        self._thread.start()
        self._readers.start()
        self._sites.start()
        self._board.database("")
        self._tasks.start("start", self._start())

    def stopService(self) -> Deferred[None]:
        """Drain in order, each step with a limit (D12)."""
        self._board.stopping()
        return Deferred.fromCoroutine(self._stop())

    def _build_stages(self) -> None:
        config, reactor = self._config, self._reactor
        engine = writing_engine(config.database.url, explicit=True)
        self._writer = Writer(
            engine,
            reactor.callFromThread,
            reactor,
            self._board,
        )
        self._thread = WriterThread(
            self._writer,
            Checkpoints(engine),
            reactor.callFromThread,
            self._board.database,
        )
        rules = command_rules(config)
        self._answering = Answering(answering_settings(config))
        self._acceptance = Acceptance(
            acceptance_settings(config),
            lambda request, directory: interpret(request, directory, rules),
            self._answering,
        )
        self._outbox = Outbox(
            self._writer,
            reactor,
            time.time,
            self._metrics,
            routes(config),
            config.outbox.reroute_after_s,
            lambda link, smsc_id: id_key(smsc_id),
        )
        self._inbox = Inbox(
            self._writer,
            self._acceptance,
            self._outbox,
            reactor,
            time.time,
            self._metrics,
        )
        self._reminding = reminding(
            config,
            self._writer,
            self._outbox,
            self._answering,
            reactor,
            self._metrics.reminders,
        )
        self._exchange = Exchange(
            self._writer,
            self._inbox,
            self._outbox,
            config.node.name,
            time.time,
            self._board,
            self._acceptance.suspects,
        )

    def _build_links(self) -> None:
        config, reactor = self._config, self._reactor
        for section in config.smpp:
            self._add_link(
                *smpp_connection(section, self._exchange, reactor, self._metrics)
            )
        refused = RefusedPins(config.node.data_dir)
        for modem in config.modem:
            self._add_link(
                *modem_connection(modem, self._exchange, reactor, self._board, refused)
            )
        for phone in config.phone:
            handset = PhoneLink(phone.name, self._exchange, reactor, time.time)
            path = config.node.data_dir / f"phone-{phone.name}.sock"
            self._add_link(handset, PhonePort(handset, path, self._audit))

    def _add_link(self, link: Link, connection: Service) -> None:
        self._links.append(link)
        self._outbox.add_link(link)
        self._connections.append(connection)

    async def _start(self) -> None:
        await self._sites.listen()
        doubted, retired = await self._writer.perform(
            lambda transaction: self._recover(transaction, time.time())
        )
        if doubted:
            _log.warn("{count} parts were left in doubt", count=doubted)
        self._outbox.retire(retired)
        self._board.recovered()
        for connection in self._connections:
            connection.setServiceParent(self)
        self._gauges.start()
        for action, seconds in (
            (self._exchange.beat, HEARTBEAT_S),
            (self._keep_house, _HOUSEKEEPING_S),
            (self._catch_up, _FILING_S),
            (self._gauges.measure_store, _MEASURE_S),
            (self._gauges.measure_lag, LAG_S),
            (lambda: self._board.measure(self._reactor.seconds()), SAMPLE_S),
        ):
            self._repeat(action, seconds)
        self._reminding.start()
        spare_the_collector()
        _log.info("the centre is ready")

    def _recover(self, transaction: Transaction, now: float) -> tuple[int, list[str]]:
        """Close the binds of the last run, put in doubt what they had claimed.

        Returns how much that was, and for which links of this node that are no more
        something waits.
        """
        node, names = self._config.node.name, self._config.link_names
        waiting = rerouting.waiting_for_others(transaction, names)
        retired = [
            link
            for link in waiting
            if rerouting.is_retired(transaction, link, node, now)
        ]
        sessions.end_left_open(transaction, node)
        self._answering.recall(transaction, now)
        for link, parts in waiting.items():
            _log.warn(
                "{count} parts wait for {link}, which is not configured here",
                count=parts,
                link=link,
            )
        doubted = outgoing.leave_in_doubt(transaction, "the service had stopped")
        return doubted, retired

    async def _stop(self) -> None:
        for loop in self._loops:
            loop.stop()
        await self._tasks.stop()
        self._reminding.stop()
        self._stop_by = self._reactor.seconds() + _STOPPED_S
        await self._sites.stop_listening(self._within)
        await self._within(self._inbox.close())
        self._inbox.abandon()
        await self._within(self._outbox.close())
        await self._within(maybeDeferred(super().stopService))
        await self._within(Deferred.fromCoroutine(self._readers.stop()))
        await self._sites.stop(self._within)
        await self._within(self._thread.stop())

    async def _within(self, step: Deferred[Any]) -> None:
        """Await a step of the stop, but not for ever; one that fails stops no other."""
        left = max(0.0, self._stop_by - self._reactor.seconds())
        step.addTimeout(min(_STOP_S, left), self._reactor)
        step.addErrback(self._given_up)
        await step

    def _given_up(self, failure: Failure) -> None:
        if failure.check(defer.TimeoutError, CancelledError):
            _log.warn("a step of the stop took too long and was given up")
        else:
            self._log_failure(failure, "a step of the stop")

    def _repeat(self, action: Callable[[], object], seconds: float) -> None:
        """Do something again and again; a failure is logged and not repeated."""

        def guarded() -> None:
            error = attempt(action)
            if error is not None:
                _log.error("a repeated task failed: {error!r}", error=error)

        loop = LoopingCall(guarded)
        loop.clock = self._reactor
        loop.start(seconds, now=False)
        self._loops.append(loop)

    def _keep_house(self) -> None:
        """Look after what waits too long: replies, receipts, parts."""
        if self._board.writer().problem:
            return
        now = time.time()
        self._outbox.tick()
        self._writer.perform(
            lambda transaction: self._parked.match(transaction, now)
        ).addErrback(self._log_failure, "matching of receipts")
        self._file()
        told = self._writer.perform(
            lambda transaction: self._acceptance.tell_incomplete(transaction, now)
        )
        told.addCallback(self._queued)
        told.addErrback(self._log_failure, "telling of lost parts")

    def _file(self) -> None:
        """File by their numbers some of what came."""

        def filed(count: int) -> None:
            self._behind = count == FILED_AT_ONCE

        filing = self._writer.perform(file_arrivals)
        filing.addCallback(filed).addErrback(self._log_failure, "filing")

    def _catch_up(self) -> None:
        """Go on where more came than could be filed at once."""
        if self._behind:
            self._behind = False
            self._file()

    def _queued(self, waiting: Counter[str]) -> None:
        for link, parts in waiting.items():
            self._outbox.queued(link, parts)

    def _limits(self) -> list[LimitStatus]:
        return limits(self._config, self._answering.replies_today(time.time()))

    def _in_flight(self, link: str) -> int:
        return self._outbox.in_flight(link)

    def _waiting(self) -> int:
        return self._writer.waiting

    def _audit(self, actor: str, action: str, subject: str) -> None:
        now = time.time()
        self._writer.perform(
            lambda transaction: audit.record(
                transaction, actor, action, subject, "", now
            )
        ).addErrback(self._log_failure, "audit")

    def _log_failure(self, failure: Failure, what: str) -> None:
        _log.failure("{what} failed", failure, what=what)
