"""A simulated modem for its own tests, and time that the test moves."""

from __future__ import annotations

__all__ = ["NUMBER", "WALL", "Desk", "ModemTestCase"]

from twisted.trial.unittest import SynchronousTestCase

from smscentre.sim.modem.card import SimCard
from smscentre.sim.modem.device import GsmModem
from smscentre.sim.modem.faults import ModemFaults
from smscentre.sim.modem.record import Delivery
from smscentre.sim.modem.state import ModemOptions

NUMBER = "+628111203001"
WALL = 1_800_000_000.0


class Desk:
    """A modem and who sits at it."""

    def __init__(
        self,
        options: ModemOptions | None = None,
        card: SimCard | None = None,
        faults: ModemFaults | None = None,
    ) -> None:
        self.gsm = GsmModem(lambda: WALL, options, card, faults)
        self.now = 0.0

    def write(self, octets: bytes) -> str:
        """Write octets; what the modem says at once."""
        self.gsm.receive(octets, self.now)
        return self.heard()

    def ask(self, *commands: str) -> str:
        """Write command lines; what the last is answered."""
        answer = ""
        for command in commands:
            answer = self.write(command.encode() + b"\r")
        return answer

    def lines(self, command: str) -> list[str]:
        """The lines of an answer, empty ones left out."""
        return [line for line in self.ask(command).split("\r\n") if line]

    def wait(self, seconds: float) -> str:
        """Let time pass; what the modem says in it."""
        end = self.now + seconds
        heard = ""
        while (due := self.gsm.deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            self.gsm.expire(self.now)
            heard += self.heard()
        self.now = end
        self.gsm.expire(end)
        return heard + self.heard()

    def heard(self) -> str:
        """What the modem says by now."""
        return self.gsm.data_to_send(self.now).decode("latin-1")

    def deliver(self, text: str, number: str = NUMBER) -> list[Delivery]:
        """Bring a text."""
        return self.gsm.deliver(number, text, self.now)


class ModemTestCase(SynchronousTestCase):
    """Has a modem with its echo off."""

    options = ModemOptions()

    def setUp(self) -> None:
        """Switch the modem on."""
        self.desk = Desk(self.options)
        self.desk.ask("ATE0", "AT+CMEE=1")
        self.gsm = self.desk.gsm
        self.faults = self.gsm.faults
        self.record = self.gsm.record
