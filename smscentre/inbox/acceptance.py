"""What an arrival does to the store: one transaction, all or nothing (D2).

Runs in the writer's thread. It decides whether a message is a redelivery, a part,
a silence or a command, and stores the arrival, the command's effects and the
replies together. It knows links only by name and style, and no reactor.
"""

from __future__ import annotations

__all__ = ["Acceptance", "AcceptanceSettings", "Interpreter"]

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from attrs import field, frozen
from twisted.logger import Logger

from smscentre.credentials import PinChecks
from smscentre.inbox.admission import is_for_a_person, silence_before
from smscentre.inbox.answering import Answering
from smscentre.inbox.arrival import Arrival, can_be_recognised
from smscentre.inbox.batch import Batch, Interpreter
from smscentre.inbox.pins import TypedParts, hide
from smscentre.inbox.suspects import Suspects
from smscentre.interfaces import Command, Request, SubmissionKey
from smscentre.messages import MESSAGE, Incoming, IncomingKind
from smscentre.numbers import subscriber
from smscentre.store import arrivals, longmessages, receipts
from smscentre.store.engine import is_statement_error
from smscentre.store.ledger import StoreLedger
from smscentre.store.people import DirectoryCache
from smscentre.store.transaction import Transaction
from smscentre.store.unread import add_unread

_log = Logger(namespace="smscentre.inbox.acceptance")


@frozen
class AcceptanceSettings:
    """What acceptance must know of the configuration and of the commands.

    ``fields`` gives the fields of each form and ``kinds`` its kind of unit;
    ``reads_before`` says that commands compare a report with the day before;
    ``apology`` is what a sender gets whose command failed, ``parts_lost`` one
    whose message stayed incomplete (with ``{part}`` and ``{of}``); ``dry_runs``
    names the links whose commands change nothing; ``siblings`` gives the links that
    share a link's account, itself among them.
    """

    country: str
    own_numbers: frozenset[str]
    apology: str
    parts_lost: str
    is_own_reply: Callable[[str], bool]
    fields: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str]
    receipt_marks: Callable[[str, str], receipts.Marks]
    dry_runs: frozenset[str] = frozenset()
    siblings: Mapping[str, tuple[str, ...]] = field(factory=dict)
    reads_before: bool = False


class Acceptance:
    """Does in one transaction all that an arrival does."""

    def __init__(
        self,
        settings: AcceptanceSettings,
        interpret: Interpreter,
        answering: Answering,
    ) -> None:
        self._settings = settings
        self._interpret = interpret
        self._directories = DirectoryCache()
        self._answering = answering
        self._batch: Batch | None = None
        self.suspects = Suspects(self.account)
        """What may be brought again; told as binds begin and end."""
        self._pins = PinChecks()
        self._typed = TypedParts()

    def account(self, link: str) -> Sequence[str]:
        """The links that share a link's account, itself among them. Any thread."""
        return self._settings.siblings.get(link, (link,))

    def prepare(self, transaction: Transaction, works: Sequence[Arrival]) -> None:
        """Read at once what the arrivals of a batch will need."""
        settings = self._settings
        ledger = self._new_ledger(transaction)
        directory = ledger.directory
        self._batch = batch = Batch(ledger, self._interpret)
        expected: list[SubmissionKey] = []
        for work in works:
            incoming = work.incoming
            if incoming.kind is not MESSAGE:
                continue
            number = subscriber(incoming.source, settings.country)
            hide(work, has_pin=directory.has_pin(number))
            if incoming.part is not None or number is None:
                continue
            request, command = batch.understand(incoming, incoming.text, number)
            batch.understood[work.arrival_id] = request, command
            expected.extend(command.expects())
        ledger.expect(expected)
        ledger.expect_attempts(batch.senders_with_pins())

    def ledger_of(self, transaction: Transaction) -> StoreLedger:
        """The ledger of a transaction: that of its arrivals, if there are any.

        What else changes figures in it goes by this one, which remembers what holds.
        """
        if self._batch is not None and self._batch.ledger.is_of(transaction):
            return self._batch.ledger
        return self._new_ledger(transaction)

    def _new_ledger(self, transaction: Transaction) -> StoreLedger:
        settings = self._settings
        return StoreLedger(
            transaction,
            self._directories.current(transaction),
            settings.fields,
            settings.kinds,
            self._pins,
            reads_before=settings.reads_before,
        )

    def accept(self, transaction: Transaction, arrival: Arrival) -> None:
        """Store an arrival with all that follows from it."""
        arrival.row = arrival.original = transaction.new_id()
        incoming = arrival.incoming
        if self._batch is not None:
            self._batch.prove_key(arrival)
        if self._is_redelivery(transaction, arrival):
            return
        if incoming.kind is MESSAGE:
            self._accept_message(transaction, arrival)
        elif incoming.kind is IncomingKind.RECEIPT:
            self._keep(transaction, arrival, "receipt")
            self._match_receipt(transaction, arrival)
        else:
            self._keep(transaction, arrival, "corrupt", reason=incoming.reason)

    def give_up(
        self, transaction: Transaction, arrival: Arrival, error: Exception
    ) -> None:
        """Keep an arrival that cannot be processed; tell the sender once."""
        arrival.row = arrival.original = transaction.new_id()
        self._keep_failed(transaction, arrival, error)

    def _keep_failed(
        self, transaction: Transaction, arrival: Arrival, error: Exception
    ) -> None:
        incoming = arrival.incoming
        number = subscriber(incoming.source, self._settings.country)
        reason = f"{type(error).__name__}: {error}"
        self._keep(transaction, arrival, "failed", number=number, reason=reason)
        if number is None or incoming.kind is not MESSAGE:
            return
        arrival.silence = self._answering.reason_to_hold(
            incoming.link, number, incoming.arrived_at
        )
        if not arrival.silence:
            self._reply(transaction, arrival, number, self._settings.apology)

    def tell_incomplete(self, transaction: Transaction, now: float) -> Counter[str]:
        """Give up long messages whose parts did not come; tell their officers.

        Returns how many parts wait for each link because of it.
        """
        waiting: Counter[str] = Counter()
        officers = self._directories.current(transaction).officers
        for given_up in longmessages.end_incomplete(transaction, now):
            officer = officers.get(given_up.number or "")
            if officer is None or not officer.active:
                continue
            if self._answering.reason_to_hold(given_up.link, officer.number, now):
                continue
            text = self._settings.parts_lost.format(
                part=given_up.missing, of=given_up.total
            )
            posted = self._answering.put_out(
                transaction,
                given_up.link,
                officer.number,
                text,
                given_up.inbox_id,
                now,
            )
            waiting[given_up.link] += posted.queued
        return waiting

    def _keep(
        self,
        transaction: Transaction,
        arrival: Arrival,
        state: str,
        *,
        number: str | None = None,
        outcome: str = "",
        reason: str = "",
        redelivery_of: int | None = None,
    ) -> None:
        arrival.result = outcome or state
        arrivals.add_arrival(
            transaction,
            arrival.kept,
            row=arrival.row,
            fingerprint=arrival.kept_key,
            number=number,
            state=state,
            outcome=outcome,
            reason=reason,
            redelivery_of=redelivery_of,
        )
        self.suspects.stored(transaction, arrival)
        if (
            is_for_a_person(outcome, reason)
            and arrival.incoming.link not in self._settings.dry_runs
        ):
            add_unread(transaction, arrival.row)

    def _is_redelivery(self, transaction: Transaction, arrival: Arrival) -> bool:
        """Recognise what was here before (D4); it has no effect."""
        if arrival.incoming.once or not can_be_recognised(arrival.incoming):
            return False
        twin = arrival.twin
        if twin is not None and twin.is_refused:
            arrival.refusal = "twin_refused"
            return True
        if twin is not None:
            matched, original = twin.row, twin.original
            self.suspects.repeated(transaction, arrival, matched)
        else:
            earlier = self._find_earlier(transaction, arrival)
            if earlier is None:
                return False
            matched, original = earlier.row, earlier.original
        arrivals.mark_matched(transaction, matched)
        arrival.original = original
        self._keep(transaction, arrival, "redelivered", redelivery_of=original)
        return True

    def _find_earlier(
        self, transaction: Transaction, arrival: Arrival
    ) -> arrivals.Suspect | None:
        incoming = arrival.incoming
        if incoming.key:
            return arrivals.named_before(transaction, incoming, arrival.kept_key)
        return self.suspects.take(transaction, arrival)

    def _accept_message(self, transaction: Transaction, arrival: Arrival) -> None:
        settings = self._settings
        incoming = arrival.incoming
        number = subscriber(incoming.source, settings.country)
        silence = incoming.reason or silence_before(
            incoming.source,
            number,
            incoming.text,
            settings.own_numbers,
            settings.is_own_reply,
        )
        if silence or number is None:
            arrival.silence = silence
            self._keep(transaction, arrival, "silent", number=number, reason=silence)
            return
        text: str | None = incoming.text
        if incoming.part is not None:
            text = self._join(transaction, arrival)
        if text is None:
            self._keep(transaction, arrival, "part", number=number)
            return
        assert self._batch is not None
        understood = self._batch.command_of(arrival, text, number)
        self._answer(transaction, arrival, *understood)

    def _join(self, transaction: Transaction, arrival: Arrival) -> str | None:
        """The text that a part completes, None as long as some are missing."""
        self._typed.keep(arrival)
        return longmessages.join(
            transaction, arrival.kept, arrival.row, arrival.kept_key, self._typed
        )

    def _answer(
        self,
        transaction: Transaction,
        arrival: Arrival,
        request: Request,
        command: Command,
    ) -> None:
        assert self._batch is not None
        try:
            outcome = command.run(self._batch.ledger)
        except Exception as error:
            if is_statement_error(error):
                raise
            _log.failure("a command failed", arrival_id=arrival.arrival_id)
            self._keep_failed(transaction, arrival, error)
            return
        link = arrival.incoming.link
        silence = self._answering.silence_after(transaction, link, request, outcome)
        arrival.silence = silence
        self._keep(
            transaction,
            arrival,
            "silent" if silence and not outcome.effects else "done",
            number=request.number,
            outcome=outcome.name,
            reason=silence,
        )
        if link not in self._settings.dry_runs:
            for effect in outcome.effects:
                self._batch.ledger.apply(effect, request, arrival.row)
        if outcome.reply and not silence:
            self._reply(transaction, arrival, request.number, outcome.reply)

    def _reply(
        self, transaction: Transaction, arrival: Arrival, number: str, text: str
    ) -> None:
        """Put the reply into the outbox: claimed if its link kept a place for it."""
        incoming = arrival.incoming
        posted = self._answering.put_out(
            transaction,
            incoming.link,
            number,
            text,
            arrival.row,
            incoming.arrived_at,
            arrival.reserved,
        )
        arrival.claimed, arrival.queued = posted.claimed, posted.queued

    def _match_receipt(self, transaction: Transaction, arrival: Arrival) -> None:
        incoming = arrival.incoming
        assert incoming.receipt is not None
        receipts.take_in(
            transaction,
            arrival.row,
            incoming.link,
            self._number_of_receipt(incoming),
            incoming.receipt,
            self._settings.receipt_marks(incoming.link, incoming.receipt.smsc_id),
            incoming.arrived_at,
        )

    def _number_of_receipt(self, incoming: Incoming) -> str | None:
        """Whom the part went to, which is who its receipt comes from.

        Some carriers copy the addresses of the submit_sm as they were.
        """
        settings = self._settings
        for address in (incoming.source, incoming.destination):
            number = subscriber(address, settings.country)
            if number is not None and number not in settings.own_numbers:
                return number
        return None
