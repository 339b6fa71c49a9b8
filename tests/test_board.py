"""Tests for `smscentre.board`."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre import __version__
from smscentre.board import Board
from smscentre.messages import IncomingKind, ModemAlarm, ModemHealth
from smscentre.metrics import Metrics
from smscentre.web.status import ModemStatus


class BoardTests(SynchronousTestCase):
    """What is shown of one node with two links."""

    def setUp(self) -> None:
        self.now = 1000.0
        self.waiting = 7
        self.metrics = Metrics("0", ["carrier", "spare"])
        self.board = Board(
            {"carrier": ("smpp", 10), "spare": ("phone", 0)},
            lambda: self.now,
            {"carrier": 3, "spare": 0}.__getitem__,
            lambda: self.waiting,
            self.metrics,
        )

    def metric(self, name: str) -> str:
        """The value of a metric."""
        for line in self.metrics.render().decode().splitlines():
            if line.startswith(f"{name} "):
                return line.rpartition(" ")[2]
        raise AssertionError(f"no metric {name}")

    def test_links_at_the_start(self) -> None:
        """All are down since then, in the order of the configuration."""
        carrier, spare = self.board.links()
        self.assertEqual((carrier.name, spare.name), ("carrier", "spare"))
        self.assertEqual((carrier.up, carrier.since), (False, 1000.0))
        self.assertEqual((carrier.in_flight, carrier.window), (3, 10))

    def test_a_link_comes_and_goes(self) -> None:
        """With the moment, the bind and the reason."""
        self.now = 1010.0
        self.board.link_up("carrier", "carrier-1")
        carrier, _ = self.board.links()
        self.assertEqual(
            (carrier.up, carrier.since, carrier.bind), (True, 1010.0, "carrier-1")
        )
        self.assertEqual(self.metric('smscentre_link_up{link="carrier"}'), "1.0")
        self.now = 1020.0
        self.board.link_down("carrier", "lost")
        carrier, _ = self.board.links()
        self.assertEqual(
            (carrier.up, carrier.since, carrier.reason), (False, 1020.0, "lost")
        )
        self.assertEqual(self.metric('smscentre_link_up{link="carrier"}'), "0.0")

    def test_the_last_error_is_kept(self) -> None:
        """Also when the link is up again, until the next one."""
        self.assertEqual(self.board.links()[0].error, "")
        self.board.link_down("carrier", "wrong password")
        self.now = 1020.0
        self.board.link_up("carrier", "carrier-2")
        carrier, _ = self.board.links()
        self.assertEqual(carrier.reason, "")
        self.assertEqual((carrier.error, carrier.error_at), ("wrong password", 1000.0))

    def test_what_links_carry(self) -> None:
        """Messages in and parts out since the board began to look; no receipts."""
        self.assertIsNone(self.board.links()[0].last_minute)
        self.board.measure(0.0)
        for kind in (IncomingKind.MESSAGE, IncomingKind.MESSAGE, IncomingKind.RECEIPT):
            self.metrics.arrived("carrier", kind)
        self.metrics.sent("carrier")
        self.board.measure(2.0)
        carrier, spare = self.board.links()
        self.assertEqual((carrier.last_minute, spare.last_minute), ((2, 1), (0, 0)))

    def test_since_when_the_database_is_away(self) -> None:
        """From the first problem on, whatever the next ones are."""
        self.board.database("locked")
        self.now = 1005.0
        self.board.database("gone")
        self.assertEqual(self.board.writer().problem_since, 1000.0)
        self.board.database("")
        self.assertIsNone(self.board.writer().problem_since)

    def test_the_writer(self) -> None:
        """What waits, the last commit, and what keeps it from the next."""
        self.assertIsNone(self.board.writer().last_commit_at)
        self.now = 1005.0
        self.board.committed(3, 0.01)
        self.board.database("locked")
        writer = self.board.writer()
        self.assertEqual(
            (writer.waiting, writer.last_commit_at, writer.problem),
            (7, 1005.0, "locked"),
        )
        self.assertEqual((writer.batch, writer.batch_s), (3, 0.01))

    def test_not_ready_before_the_recovery(self) -> None:
        """What the last run left comes first."""
        ready, checks = self.board.ready()
        self.assertFalse(ready)
        self.assertEqual(checks["recovery"], "not finished")

    def test_ready_whatever_the_carriers_do(self) -> None:
        """A link that is down does not make the node unready."""
        self.board.recovered()
        self.board.link_down("carrier", "lost")
        ready, checks = self.board.ready()
        self.assertTrue(ready)
        self.assertEqual(set(checks.values()), {"ok"})

    def test_not_ready_without_the_database(self) -> None:
        """With its reason, until it is back."""
        self.board.recovered()
        self.board.database("locked")
        self.assertEqual(self.board.ready()[1]["store"], "locked")
        self.assertFalse(self.board.ready()[0])
        self.assertEqual(self.metric("smscentre_database_up"), "0.0")
        self.board.database("")
        self.assertTrue(self.board.ready()[0])
        self.assertEqual(self.metric("smscentre_database_up"), "1.0")

    def test_not_ready_while_nothing_is_committed(self) -> None:
        """A database that neither answers nor fails takes no message either."""
        self.board.recovered()
        for second in range(0, 12, 2):
            self.board.measure(second)
            self.assertTrue(self.board.ready()[0])
        self.board.measure(12.0)
        ready, checks = self.board.ready()
        self.assertFalse(ready)
        self.assertEqual(checks["store"], "nothing was committed for 12 s")
        self.board.committed(3, 12.0)
        self.board.measure(14.0)
        self.assertTrue(self.board.ready()[0])

    def test_ready_while_nothing_waits(self) -> None:
        """However long nothing was committed."""
        self.board.recovered()
        self.waiting = 0
        for second in range(0, 60, 2):
            self.board.measure(second)
        self.waiting = 1
        self.board.measure(60.0)
        self.assertTrue(self.board.ready()[0])

    def test_not_ready_while_stopping(self) -> None:
        """New messages go to other nodes."""
        self.board.recovered()
        self.board.stopping()
        self.assertFalse(self.board.ready()[0])

    def test_what_runs(self) -> None:
        """Its version, and since when."""
        self.now = 2000.0
        self.assertEqual(self.board.version, __version__)
        self.assertEqual(self.board.started_at, 1000.0)


class ModemTests(SynchronousTestCase):
    """What is shown of a modem beside a carrier."""

    def setUp(self) -> None:
        self.metrics = Metrics("0", ["carrier", "modem-1"], modems=["modem-1"])
        self.board = Board(
            {"carrier": ("smpp", 10), "modem-1": ("modem", 1)},
            lambda: 1000.0,
            lambda link: 0,
            lambda: 0,
            self.metrics,
        )

    def modem(self) -> ModemStatus:
        """What the pages are told of the modem."""
        _, link = self.board.links()
        assert link.modem is not None
        return link.modem

    def counted(self, line: str) -> None:
        """Assert that a line stands on the page of metrics."""
        lines = self.metrics.render().decode().splitlines()
        self.assertIn(f"smscentre_modem_{line}", lines)

    def test_at_the_start(self) -> None:
        """Nothing is known of it; a carrier has none of this."""
        self.assertEqual(self.modem(), ModemStatus())
        carrier, _ = self.board.links()
        self.assertIsNone(carrier.modem)

    def test_health(self) -> None:
        """As it was told last, until the device is closed."""
        health = ModemHealth(-87, "registered at home", True, 3, 20)
        self.board.link_up("modem-1", "modem-1-1")
        self.board.modem_health("modem-1", health)
        self.assertEqual(self.modem().health, health)
        self.counted('signal_dbm{link="modem-1"} -87.0')
        self.board.link_down("modem-1", "unplugged")
        self.assertEqual(self.modem().health, ModemHealth())
        self.counted('signal_dbm{link="modem-1"} NaN')
        self.counted('registered{link="modem-1"} 0.0')

    def test_resets(self) -> None:
        """All of them count, and outlive the device's closing."""
        self.board.modem_reset("modem-1", "reopen")
        self.board.link_down("modem-1", "silent")
        self.board.modem_reset("modem-1", "hook")
        self.assertEqual(self.modem().resets, 2)
        self.counted('resets_total{link="modem-1",measure="hook"} 1.0')

    def test_faults(self) -> None:
        """They are counted and not shown."""
        self.board.modem_fault("modem-1", "undecodable")
        self.assertEqual(self.modem(), ModemStatus())
        self.counted('faults_total{link="modem-1",reason="undecodable"} 1.0')

    def test_an_alarm_that_ends(self) -> None:
        """It stands, whatever the device does, until it is taken back."""
        self.board.modem_alarm("modem-1", ModemAlarm.PIN_REFUSED)
        self.board.link_down("modem-1", "lost")
        self.assertEqual(self.modem().alarm, ModemAlarm.PIN_REFUSED)
        self.counted('alarm{link="modem-1"} 1.0')
        self.board.modem_alarm("modem-1", None)
        self.assertIsNone(self.modem().alarm)
        self.counted('alarm{link="modem-1"} 0.0')
