"""Tests for `smscentre.metrics`."""

from __future__ import annotations

import re
from collections.abc import Callable

from attrs import frozen
from twisted.trial.unittest import SynchronousTestCase

from smscentre.assembly import outcomes
from smscentre.at.events import FAULTS as AT_FAULTS
from smscentre.inbox.admission import SILENCES
from smscentre.messages import DeliveryState, IncomingKind, ModemHealth, Retry
from smscentre.metrics import MODEM_FAULTS, MODEM_RESETS, Metrics
from smscentre.smpp.events import FAULTS
from smscentre.smpp.status import BindRefusal

LINKS = ("telkomsel", "indosat", "modem-1", "phone")
MODEMS = ("modem-1",)

UNKNOWN = {
    'modem_signal_dbm{link="modem-1"} NaN',
    'modem_store_used_slots{link="modem-1"} NaN',
    'modem_store_slots{link="modem-1"} NaN',
}
"""What no number can be said of before it is known."""


@frozen
class Case:
    """Something that happened, and the lines that it changes on the page."""

    happened: Callable[[Metrics], None]
    lines: tuple[str, ...]


CASES = (
    Case(
        lambda metrics: metrics.bound("phone"),
        ('link_up{link="phone"} 1.0', 'link_binds_total{link="phone"} 1.0'),
    ),
    Case(
        lambda metrics: metrics.lost("phone"),
        ('link_disconnects_total{link="phone"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.bind_refused("phone", "already_bound"),
        ('bind_refused_total{link="phone",reason="already_bound"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.pdu_error("phone", "bad_length"),
        ('pdu_errors_total{link="phone",reason="bad_length"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.pdu_error("phone", "never heard of"),
        ('pdu_errors_total{link="phone",reason="other"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.modem_health(
            "modem-1", ModemHealth(-87, "registered at home", True, 3, 20)
        ),
        (
            'modem_signal_dbm{link="modem-1"} -87.0',
            'modem_registered{link="modem-1"} 1.0',
            'modem_store_used_slots{link="modem-1"} 3.0',
            'modem_store_slots{link="modem-1"} 20.0',
        ),
    ),
    Case(
        lambda metrics: metrics.modem_reset("modem-1", "restart"),
        ('modem_resets_total{link="modem-1",measure="restart"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.modem_fault("modem-1", "delete_failed"),
        ('modem_faults_total{link="modem-1",reason="delete_failed"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.modem_fault("modem-1", "never heard of"),
        ('modem_faults_total{link="modem-1",reason="other"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.modem_alarm("modem-1", True),
        ('modem_alarm{link="modem-1"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.arrived("phone", IncomingKind.RECEIPT),
        ('arrivals_total{kind="receipt",link="phone"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.arrived("phone", IncomingKind.CORRUPT),
        (
            'arrivals_total{kind="corrupt",link="phone"} 1.0',
            'corrupt_total{link="phone"} 1.0',
        ),
    ),
    Case(
        lambda metrics: metrics.acknowledged("phone", 0.02),
        (
            'acknowledged_total{link="phone"} 1.0',
            'acknowledge_seconds_bucket{le="0.025",link="phone"} 1.0',
            'acknowledge_seconds_bucket{le="0.05",link="phone"} 1.0',
            'acknowledge_seconds_bucket{le="0.1",link="phone"} 1.0',
            'acknowledge_seconds_bucket{le="0.25",link="phone"} 1.0',
            'acknowledge_seconds_bucket{le="0.5",link="phone"} 1.0',
            'acknowledge_seconds_bucket{le="1.0",link="phone"} 1.0',
            'acknowledge_seconds_bucket{le="2.5",link="phone"} 1.0',
            'acknowledge_seconds_bucket{le="5.0",link="phone"} 1.0',
            'acknowledge_seconds_bucket{le="10.0",link="phone"} 1.0',
            'acknowledge_seconds_bucket{le="30.0",link="phone"} 1.0',
            'acknowledge_seconds_bucket{le="+Inf",link="phone"} 1.0',
            'acknowledge_seconds_count{link="phone"} 1.0',
            'acknowledge_seconds_sum{link="phone"} 0.02',
        ),
    ),
    Case(
        lambda metrics: metrics.refused("phone", "stopping"),
        ('refused_total{link="phone",reason="stopping"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.redelivered("phone"),
        ('redeliveries_total{link="phone"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.silent("short_code"),
        ('silences_total{reason="short_code"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.command("insert"),
        ('commands_total{outcome="insert"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.command("count_wrong"),
        ('commands_total{outcome="other"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.outbox({"queued": 3, "claimed": 2}, 12.5),
        (
            'outbox_messages{state="queued"} 3.0',
            'outbox_messages{state="claimed"} 2.0',
            "outbox_oldest_seconds 12.5",
        ),
    ),
    Case(lambda metrics: metrics.sent("phone"), ('sent_total{link="phone"} 1.0',)),
    Case(
        lambda metrics: metrics.send_failed("phone", Retry.AFTER_RECONNECT),
        ('send_failures_total{link="phone",retry="after reconnect"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.in_doubt("phone"),
        ('in_doubt_total{link="phone"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.resent("phone"),
        ('resent_total{link="phone"} 1.0',),
    ),
    Case(
        lambda metrics: metrics.receipt("phone", DeliveryState.DELIVERED),
        ('receipts_total{link="phone",state="delivered"} 1.0',),
    ),
    Case(lambda metrics: metrics.waiting(7), ("writer_waiting 7.0",)),
    Case(
        lambda metrics: metrics.database_error("locked"),
        ('database_errors_total{kind="locked"} 1.0',),
    ),
    Case(lambda metrics: metrics.database_up(True), ("database_up 1.0",)),
)


def metrics_of_four() -> Metrics:
    """Four links, one of them a modem."""
    return Metrics("1.0", LINKS, ["insert"], ["short_code"], MODEMS)


def lines_of(metrics: Metrics) -> set[str]:
    """The series of our own on the page, without the prefix."""
    prefix = "smscentre_"
    return {
        line.removeprefix(prefix)
        for line in metrics.render().decode().splitlines()
        if line.startswith(prefix)
    }


class MetricsTests(SynchronousTestCase):
    """The page of metrics."""

    def test_table(self) -> None:
        """Each event changes its own series and no other."""
        for case in CASES:
            metrics = metrics_of_four()
            before = lines_of(metrics)
            case.happened(metrics)
            self.assertEqual(lines_of(metrics) - before, set(case.lines))

    def test_histograms(self) -> None:
        """Batches, their commits and the reactor's lag are measured."""
        metrics = metrics_of_four()
        metrics.committed(20, 0.004)
        metrics.reactor_lag(0.3)
        lines = lines_of(metrics)
        for line in (
            'writer_batch_size_bucket{le="10.0"} 0.0',
            'writer_batch_size_bucket{le="20.0"} 1.0',
            "writer_batch_size_sum 20.0",
            'writer_commit_seconds_bucket{le="0.0025"} 0.0',
            'writer_commit_seconds_bucket{le="0.005"} 1.0',
            'reactor_lag_seconds_bucket{le="0.25"} 0.0',
            'reactor_lag_seconds_bucket{le="0.5"} 1.0',
        ):
            self.assertIn(line, lines)

    def test_link_down(self) -> None:
        """A lost link is down again; its binds stay counted."""
        metrics = metrics_of_four()
        metrics.bound("phone")
        metrics.lost("phone")
        lines = lines_of(metrics)
        self.assertIn('link_up{link="phone"} 0.0', lines)
        self.assertIn('link_binds_total{link="phone"} 1.0', lines)

    def test_outbox_emptied(self) -> None:
        """A state that is not told of any more counts as empty."""
        metrics = metrics_of_four()
        metrics.outbox({"queued": 3}, 1)
        metrics.outbox({}, 0)
        self.assertIn('outbox_messages{state="queued"} 0.0', lines_of(metrics))

    def test_zero_from_the_start(self) -> None:
        """Each series is there before anything happened, at zero."""
        metrics = metrics_of_four()
        lines = lines_of(metrics)
        self.assertIn('build_info{version="1.0"} 1.0', lines)
        lines.remove('build_info{version="1.0"} 1.0')
        self.assertEqual({line for line in lines if not line.endswith(" 0.0")}, UNKNOWN)
        before = {line.rsplit(" ", 1)[0] for line in lines}
        for case in CASES:
            case.happened(metrics)
        after = {line.rsplit(" ", 1)[0] for line in lines_of(metrics)}
        self.assertEqual(after - before, {'build_info{version="1.0"}'})

    def test_every_reason_of_a_session(self) -> None:
        """What a session may tell of has a series, and nothing else but the rest."""
        page = Metrics("1.0", LINKS).render().decode()
        for name, reasons in (
            ("pdu_errors", {*FAULTS, "other"}),
            ("bind_refused", {refusal.value for refusal in BindRefusal}),
        ):
            found = re.findall(name + r'_total\{.*reason="(\w+)"', page)
            self.assertEqual(set(found), reasons)

    def test_every_reason_of_a_modem(self) -> None:
        """Those of the dialogue and of the link, and every measure."""
        page = Metrics("1.0", LINKS, modems=MODEMS).render().decode()
        reasons = re.findall(r'faults_total\{.*reason="(\w+)"', page)
        self.assertEqual(set(reasons), {*MODEM_FAULTS, "other"})
        self.assertLess(set(AT_FAULTS), set(MODEM_FAULTS))
        measures = re.findall(r'resets_total\{.*measure="(\w+)"', page)
        self.assertEqual(measures, list(MODEM_RESETS))

    def test_a_modem_that_is_closed(self) -> None:
        """What was known of it is known no more."""
        metrics = Metrics("1.0", LINKS, modems=MODEMS)
        before = lines_of(metrics)
        metrics.modem_health("modem-1", ModemHealth(-87, "searching", True, 0, 20))
        metrics.modem_health("modem-1", ModemHealth())
        self.assertEqual(lines_of(metrics), before)

    def test_only_modems(self) -> None:
        """A link of another kind has none of their series."""
        page = Metrics("1.0", LINKS, modems=MODEMS).render().decode()
        found = re.findall(r'smscentre_modem_\w+\{link="([\w-]+)"', page)
        self.assertEqual(set(found), {"modem-1"})
        self.assertRaises(KeyError, Metrics("1.0", LINKS).modem_alarm, "phone", True)

    def test_budget(self) -> None:
        """Four links stay under 500 series, those of the process included."""
        page = Metrics("1.0", LINKS, outcomes(), SILENCES, LINKS).render().decode()
        series = [line for line in page.splitlines() if not line.startswith("#")]
        self.assertLess(len(series), 500)

    def test_unknown_link(self) -> None:
        """A link that was not configured gets no series by mistake."""
        metrics = metrics_of_four()
        self.assertRaises(KeyError, metrics.sent, "elsewhere")

    def test_apart(self) -> None:
        """Two objects share nothing."""
        first, second = (
            Metrics("1.0", LINKS),
            metrics_of_four(),
        )
        first.sent("phone")
        self.assertIn('sent_total{link="phone"} 0.0', lines_of(second))
