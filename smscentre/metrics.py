"""Everything that is counted and measured, as one object to hand around.

Stands beside the path: each stage is given the one `Metrics` and tells it
what happened. It holds no state of the service and decides nothing; what it
does not know by name it counts as ``other``, so that labels stay closed sets.
"""

from __future__ import annotations

__all__ = ["MODEM_FAULTS", "MODEM_RESETS", "Metrics"]

from collections.abc import Iterable, Mapping, Sequence
from math import nan
from typing import Final

from prometheus_client import Gauge, ProcessCollector, generate_latest

from smscentre.at.patience import Remedy
from smscentre.at.session_events import FAULTS
from smscentre.messages import DeliveryState, IncomingKind, ModemHealth, Retry
from smscentre.reminder_metrics import ReminderMetrics
from smscentre.series import OTHER, Counter, Histogram, Registry
from smscentre.web_metrics import WebMetrics

MODEM_RESETS: Final = tuple(remedy.value for remedy in Remedy)
"""What is done to a modem that does not answer, from the mildest on."""

MODEM_FAULTS: Final = FAULTS
"""What goes wrong with a modem: on the line, in what is done, in what was found."""

_BIND_REFUSALS = ("wrong_credentials", "already_bound", OTHER)
_PDU_ERRORS = (
    "bad_length",
    "bad_body",
    "unknown_command",
    "unexpected_command",
    "unexpected_response",
    "nacked",
    "slow_pdu",
    "no_answer",
    "outbind",
    "unread",
    OTHER,
)
_REFUSALS = (
    "not_committed",
    "queue_full",
    "stopping",
    "twin_refused",
    "failed",
    OTHER,
)
_OUTBOX_STATES = ("queued", "claimed", "in_doubt")
_DATABASE_ERRORS = ("data", "locked", "lost", "full", OTHER)

_ACKNOWLEDGE_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_COMMIT_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10)
_LAG_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
_BATCH_SIZES = (1, 2, 5, 10, 20, 50, 100, 200)


class Metrics:
    """The service's own metrics, every series there from the start at zero.

    ``links`` are all configured names; a method given another one raises
    KeyError; ``modems`` are those that are modems. ``outcomes`` and ``silences``
    are the names by which commands, and messages without a reply, are counted.
    Only the writer's thread calls `committed`, and the reactor's the other methods.
    """

    def __init__(
        self,
        version: str,
        links: Iterable[str],
        outcomes: Iterable[str] = (),
        silences: Iterable[str] = (),
        modems: Iterable[str] = (),
    ) -> None:
        self._registry = Registry(auto_describe=True)
        self._links = tuple(links)
        self._modems = tuple(modems)
        self._outcomes = (*outcomes, OTHER)
        self._silence_reasons = (*silences, OTHER)
        ProcessCollector(registry=self._registry)
        build = self._gauge("build_info", "The running version.", ["version"])
        build.labels(version).set(1)
        self._make_link_metrics()
        self._make_modem_metrics()
        self._make_arrival_metrics()
        self._make_outbox_metrics()
        self._make_store_metrics()
        self.reminders = ReminderMetrics(self._registry)
        self.web = WebMetrics(self._registry)

    def render(self) -> bytes:
        """Everything in the Prometheus text format, as of now."""
        return generate_latest(self._registry)

    # Links.

    def bound(self, link: str) -> None:
        """A session of a link stands."""
        self._link_up[link].set(1)
        self._link_binds.add(link)

    def lost(self, link: str) -> None:
        """A session of a link ended."""
        self._link_up[link].set(0)
        self._link_disconnects.add(link)

    def bind_refused(self, link: str, reason: str) -> None:
        """The carrier refused a bind; ``reason`` is the kind of refusal."""
        self._bind_refused.add(link, reason)

    def pdu_error(self, link: str, reason: str) -> None:
        """A PDU broke the standard; ``reason`` is a fault of the session core."""
        self._pdu_errors.add(link, reason)

    # Modems.

    def modem_health(self, modem: str, health: ModemHealth) -> None:
        """How a modem stands; what it did not say is not a number."""
        self._signal[modem].set(_known(health.signal_dbm))
        self._registered[modem].set(health.registered)
        self._used_slots[modem].set(_known(health.used))
        self._slots[modem].set(_known(health.slots))

    def modem_reset(self, modem: str, measure: str) -> None:
        """A modem was reset; ``measure`` is one of `MODEM_RESETS`."""
        self._resets.add(modem, measure)

    def modem_fault(self, modem: str, reason: str) -> None:
        """Something went wrong with a modem; known are `MODEM_FAULTS`."""
        self._faults.add(modem, reason)

    def modem_alarm(self, modem: str, alarmed: bool) -> None:
        """Whether a person is needed at a modem."""
        self._alarm[modem].set(alarmed)

    # Arrivals.

    def arrived(self, link: str, kind: IncomingKind) -> None:
        """A message, a receipt or something corrupt came."""
        self._arrivals.add(link, kind.value)
        if kind is IncomingKind.CORRUPT:
            self._corrupt.add(link)

    def acknowledged(self, link: str, seconds: float) -> None:
        """An arrival was acknowledged, ``seconds`` after it came."""
        self._acknowledged.add(link)
        self._acknowledge_seconds.observe(seconds, link)

    def refused(self, link: str, reason: str) -> None:
        """An arrival was given back to the carrier."""
        self._refused.add(link, reason)

    def redelivered(self, link: str) -> None:
        """An arrival had been stored before."""
        self._redeliveries.add(link)

    def silent(self, reason: str) -> None:
        """A message is never answered."""
        self._silences.add(reason)

    def command(self, outcome: str) -> None:
        """A command was run; ``outcome`` is `Outcome.name`, or failed."""
        self._commands.add(outcome)

    def replies(self, used: int | None, limit: int) -> None:
        """How many replies went out today, of how many; NaN where all may."""
        self._replies.set(_known(used))
        self._replies_limit.set(limit)

    def unread(self, count: int) -> None:
        """How many messages that no command understood wait for a person."""
        self._unread.set(count)

    # Outbox.

    def outbox(self, messages: Mapping[str, int], oldest_s: float) -> None:
        """How many parts wait in each open state, and the oldest one's age.

        States: queued, claimed, in_doubt; one left out counts as empty.
        """
        for state, gauge in self._outbox_messages.items():
            gauge.set(messages.get(state, 0))
        self._outbox_oldest.set(oldest_s)

    def sent(self, link: str) -> None:
        """The carrier accepted a part."""
        self._sent.add(link)

    def traffic(self) -> dict[str, tuple[int, int]]:
        """Messages that came by each link, and parts that the carrier accepted."""
        kind = IncomingKind.MESSAGE.value
        return {
            link: (self._arrivals.count(link, kind), self._sent.count(link))
            for link in self._links
        }

    def send_failed(self, link: str, retry: Retry) -> None:
        """The carrier refused a part."""
        self._send_failures.add(link, retry.value)

    def in_doubt(self, link: str) -> None:
        """A part was written and its answer will never be seen."""
        self._in_doubt.add(link)

    def resent(self, link: str) -> None:
        """The second copy of what was in doubt was written."""
        self._resent.add(link)

    def ended_unsent(self, link: str, expired: int, uncertain: int) -> None:
        """Parts ended without another attempt."""
        self._expired.add(link, count=expired)
        self._uncertain.add(link, count=uncertain)

    def receipt(self, link: str, state: DeliveryState) -> None:
        """A delivery receipt came."""
        self._receipts.add(link, state.value)

    # Store and reactor.

    def committed(self, size: int, seconds: float) -> None:
        """The writer committed a batch of ``size`` messages."""
        self._batch_size.observe(size)
        self._commit_seconds.observe(seconds)

    def waiting(self, count: int) -> None:
        """How many messages wait for the writer."""
        self._waiting.set(count)

    def database_error(self, kind: str) -> None:
        """The database failed. Known kinds: data, locked, lost, full."""
        self._database_errors.add(kind)

    def database_up(self, up: bool) -> None:
        """Whether the store can write."""
        self._database_up.set(up)

    def reactor_lag(self, seconds: float) -> None:
        """How late the reactor ran a call that was due."""
        self._reactor_lag.observe(seconds)

    # Making them.

    def _make_link_metrics(self) -> None:
        up = self._gauge("link_up", "1 while the link is bound.", ["link"])
        self._link_up = {link: up.labels(link) for link in self._links}
        self._link_binds = self._by_link("link_binds_total", "Sessions begun.")
        self._link_disconnects = self._by_link(
            "link_disconnects_total", "Sessions ended."
        )
        self._bind_refused = self._by_link(
            "bind_refused_total", "Binds refused.", reason=_BIND_REFUSALS
        )
        self._pdu_errors = self._by_link(
            "pdu_errors_total", "PDUs that broke the standard.", reason=_PDU_ERRORS
        )

    def _make_modem_metrics(self) -> None:
        def gauge(name: str, text: str) -> dict[str, Gauge]:
            made = self._gauge(f"modem_{name}", text, ["link"])
            return {modem: made.labels(modem) for modem in self._modems}

        self._signal = gauge("signal_dbm", "Received signal; NaN while unknown.")
        self._registered = gauge("registered", "1 while the network has the modem.")
        self._used_slots = gauge(
            "store_used_slots", "Taken places of the message store; NaN while unknown."
        )
        self._slots = gauge(
            "store_slots", "Places of the message store; NaN while unknown."
        )
        self._alarm = gauge("alarm", "1 while a person is needed at the modem.")
        self._resets = self._counter(
            "modem_resets_total",
            "Resets by measure.",
            link=self._modems,
            measure=MODEM_RESETS,
        )
        self._faults = self._counter(
            "modem_faults_total",
            "What went wrong with the modem.",
            link=self._modems,
            reason=(*MODEM_FAULTS, OTHER),
        )
        for modem in self._modems:
            self.modem_health(modem, ModemHealth())
            self.modem_alarm(modem, False)

    def _make_arrival_metrics(self) -> None:
        self._arrivals = self._by_link(
            "arrivals_total", "Arrivals.", kind=[kind.value for kind in IncomingKind]
        )
        self._corrupt = self._by_link("corrupt_total", "Arrivals kept raw.")
        self._acknowledged = self._by_link("acknowledged_total", "Acknowledgements.")
        self._redeliveries = self._by_link("redeliveries_total", "Arrivals known.")
        self._acknowledge_seconds = self._histogram(
            "acknowledge_seconds",
            "From arrival to acknowledgement.",
            _ACKNOWLEDGE_S,
            link=self._links,
        )
        self._refused = self._by_link(
            "refused_total", "Arrivals given back.", reason=_REFUSALS
        )
        self._silences = self._counter(
            "silences_total", "Messages never answered.", reason=self._silence_reasons
        )
        self._commands = self._counter(
            "commands_total", "Commands run.", outcome=self._outcomes
        )
        self._replies = self._gauge(
            "replies_today", "Replies of the centre's day; NaN without a limit."
        )
        self._replies_limit = self._gauge(
            "replies_limit", "The most replies of a day; 0: no limit."
        )
        self._unread = self._gauge(
            "unrecognised_messages", "Messages that wait for a person."
        )

    def _make_outbox_metrics(self) -> None:
        messages = self._gauge("outbox_messages", "Parts by open state.", ["state"])
        self._outbox_messages = {
            state: messages.labels(state) for state in _OUTBOX_STATES
        }
        self._outbox_oldest = self._gauge(
            "outbox_oldest_seconds", "Age of the oldest part that waits."
        )
        self._sent = self._by_link("sent_total", "Parts accepted by the carrier.")
        self._in_doubt = self._by_link("in_doubt_total", "Parts without an answer.")
        self._expired = self._by_link("expired_total", "Parts that waited too long.")
        self._uncertain = self._by_link(
            "uncertain_total", "Parts twice in doubt, not sent again."
        )
        self._resent = self._by_link("resent_total", "Second copies written.")
        self._send_failures = self._by_link(
            "send_failures_total",
            "Parts refused by the carrier.",
            retry=[retry.value for retry in Retry],
        )
        self._receipts = self._by_link(
            "receipts_total",
            "Delivery receipts.",
            state=[state.value for state in DeliveryState],
        )

    def _make_store_metrics(self) -> None:
        self._batch_size = self._histogram(
            "writer_batch_size", "Messages in one commit.", _BATCH_SIZES
        )
        self._commit_seconds = self._histogram(
            "writer_commit_seconds", "Duration of one batch.", _COMMIT_S
        )
        self._waiting = self._gauge(
            "writer_waiting", "Messages that wait for the writer."
        )
        self._database_errors = self._counter(
            "database_errors_total", "Failures by kind.", kind=_DATABASE_ERRORS
        )
        self._database_up = self._gauge("database_up", "1 while the store can write.")
        self._reactor_lag = self._histogram(
            "reactor_lag_seconds", "How late the reactor runs what is due.", _LAG_S
        )

    def _by_link(self, name: str, text: str, **labels: Iterable[str]) -> Counter:
        return self._counter(name, text, link=self._links, **labels)

    def _counter(self, name: str, text: str, **labels: Iterable[str]) -> Counter:
        counter = Counter(f"smscentre_{name}", text, labels)
        self._registry.register(counter)
        return counter

    def _gauge(self, name: str, text: str, labels: Iterable[str] = ()) -> Gauge:
        return Gauge(f"smscentre_{name}", text, labels, registry=self._registry)

    def _histogram(
        self,
        name: str,
        text: str,
        bounds: Sequence[float],
        **labels: Iterable[str],
    ) -> Histogram:
        histogram = Histogram(f"smscentre_{name}", text, bounds, labels)
        self._registry.register(histogram)
        return histogram


def _known(value: int | None) -> float:
    """A value for a gauge: NaN fires no alert by mistake, as a zero might."""
    return nan if value is None else value
