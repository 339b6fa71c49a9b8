"""What stands around a modem link in its tests: a simulated modem on a clock."""

from __future__ import annotations

__all__ = ["FakeAid", "ModemLinkTestCase", "ModemObserver"]

from typing import ClassVar

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from smscentre.at.duties import SessionOptions
from smscentre.errors import SMSCentreError
from smscentre.links.modem import ModemLink, ModemOptions
from smscentre.links.reconnect import Ending
from smscentre.messages import Incoming, ModemAlarm, ModemHealth
from smscentre.sim.modem.card import SimCard
from smscentre.sim.modem.device import GsmModem
from smscentre.sim.modem.state import ModemOptions as Make
from tests.links.fakes import NOW, FakeDeliveries

_STEP_S = 0.05


class ModemObserver:
    """Remembers how the modem fared."""

    def __init__(self) -> None:
        self.healths: list[ModemHealth] = []
        self.resets: list[str] = []
        self.faults: list[str] = []
        self.alarms: list[ModemAlarm | None] = []

    def modem_health(self, link: str, health: ModemHealth) -> None:
        self.healths.append(health)

    def modem_reset(self, link: str, measure: str) -> None:
        self.resets.append(measure)

    def modem_fault(self, link: str, reason: str) -> None:
        self.faults.append(reason)

    def modem_alarm(self, link: str, alarm: ModemAlarm | None) -> None:
        self.alarms.append(alarm)


class FakeAid:
    """Has a PIN, or none; remembers what it was asked to do."""

    def __init__(self, pin: str = "") -> None:
        self.pin = pin
        self.asked: list[str] = []
        self.tried: list[tuple[str, str, bool | None]] = []
        self.cycles = 0
        self.slow: Deferred[str] | None = None
        """What is given in place of the PIN, until it is None again."""

    def pin_for(self, sim: str) -> Deferred[str]:
        self.asked.append(sim)
        if self.slow is not None:
            return self.slow
        if not self.pin:
            return fail(SMSCentreError("there is no PIN to try"))
        return succeed(self.pin)

    def pin_tried(self, sim: str, pin: str, accepted: bool | None) -> None:
        self.tried.append((sim, pin, accepted))

    def power_cycle(self) -> None:
        self.cycles += 1


class ModemLinkTestCase(SynchronousTestCase):
    """A link whose modem is simulated, on a line without a port."""

    options: ClassVar[ModemOptions] = ModemOptions("+6281100000001", b"\0", 0, True)
    make: ClassVar[Make] = Make()
    locked: ClassVar[bool] = False
    pin: ClassVar[str] = ""
    transport_class: ClassVar[type[StringTransport]] = StringTransport

    def setUp(self) -> None:
        self.clock = Clock()
        self.deliveries = FakeDeliveries()
        self.observer = ModemObserver()
        self.aid = FakeAid(self.pin)
        self.endings: list[Ending] = []
        self.modem = GsmModem(
            lambda: NOW + self.clock.seconds(),
            self.make,
            SimCard(locked=self.locked),
        )
        self.link = ModemLink(
            "modem-1",
            SessionOptions(),
            self.options,
            self.deliveries,
            self.clock,
            lambda: NOW + self.clock.seconds(),
            self.observer,
            self.aid,
        )
        self.connect()

    def connect(self) -> None:
        """Open the line."""
        self.transport = self.transport_class()
        self.protocol = self.link.build()
        self.protocol.ended.addCallback(self.endings.append)
        self.protocol.makeConnection(self.transport)

    def open_again(self) -> None:
        """Open the line anew if it was closed."""
        if self.endings:
            self.endings.clear()
            self.connect()

    def run_for(self, seconds: float) -> None:
        """Let time pass on the line and at both of its ends."""
        until = self.clock.seconds() + seconds
        while self.clock.seconds() < until - _STEP_S / 2:
            self.clock.advance(_STEP_S)
            self._exchange()

    def _exchange(self) -> None:
        now = self.clock.seconds()
        self.modem.expire(now)
        while True:
            to_modem = self.transport.value()
            self.transport.clear()
            if to_modem:
                self.modem.receive(to_modem, now)
            to_us = self.modem.data_to_send(now)
            if to_us and not self.endings:
                self.protocol.dataReceived(to_us)
            self.clock.advance(0)
            if self.transport.disconnecting and not self.endings:
                self.lose()
            if not to_modem and not to_us:
                return

    def lose(self) -> None:
        """Close the line at its other end."""
        self.protocol.connectionLost(Failure(ConnectionDone()))

    def deliver(self, text: str, number: str = "+628111203001") -> list[Incoming]:
        """Let the network bring a text; the arrivals that came of it."""
        known = len(self.deliveries.arrivals)
        self.modem.deliver(number, text, self.clock.seconds())
        self.run_for(1)
        return [incoming for incoming, _ in self.deliveries.arrivals[known:]]

    def accept(self, accepted: bool = True, index: int = -1) -> None:
        """Settle an arrival, the newest by default."""
        self.deliveries.arrivals[index][1].callback(accepted)
        self.run_for(1)

    def tearDown(self) -> None:
        if not self.endings:
            self.lose()
        self.assertEqual(self.clock.getDelayedCalls(), [])
