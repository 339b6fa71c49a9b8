"""Tests for `smscentre.service`: what pages are handed of the running service."""

from __future__ import annotations

from attrs import evolve
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from smscentre.commands.forms import KINDS
from smscentre.config import Config, Secret
from smscentre.links.phone import PhoneError, PhoneLink
from smscentre.sections import CentreConfig, ModemConfig, PhoneConfig, SmppConfig
from smscentre.service import make_service
from smscentre.web.service import Service
from tests.links.test_phone import NOW, NUMBER, FakeDeliveries, outgoing


class ServiceTests(SynchronousTestCase):
    """A centre with a carrier, a modem and two phones."""

    def setUp(self) -> None:
        carrier = SmppConfig(
            "carrier", "smsc.example.net", "centre", Secret("secret"), "0217"
        )
        self.config = Config(
            CentreConfig("02170252704"),
            smpp=(evolve(carrier, alphabet="latin1"),),
            modem=(ModemConfig("modem-1", "/dev/ttyUSB0", "+62811000001"),),
            phone=(PhoneConfig("nyata", writes=True), PhoneConfig("uji")),
        )
        self.deliveries = FakeDeliveries()
        self.links = [
            PhoneLink(phone.name, self.deliveries, Clock(), lambda: NOW)
            for phone in self.config.phone
        ]
        self.woken: list[tuple[str, int]] = []

    def service(self) -> Service:
        """What the pages get; links that are no phones are none of it."""
        links = [object(), *self.links]
        return make_service(
            self.config, links, lambda link, parts: self.woken.append((link, parts))
        )

    def test_phones(self) -> None:
        """Each with whether what it says is stored."""
        phones = [(phone.name, phone.writes) for phone in self.service().phones]
        self.assertEqual(phones, [("nyata", True), ("uji", False)])

    def test_a_phone_asks_its_link(self) -> None:
        """The answer names the arrival, by which its message is found."""
        self.links[0].start()
        asked = self.service().phones[0].ask(NUMBER, "HELP")
        ((incoming, settled),) = self.deliveries.arrivals
        settled.callback(True)
        self.links[0].send(outgoing("Format: RUTAN"))
        answer = incoming.arrival_id, ["Format: RUTAN"]
        self.assertEqual(self.successResultOf(asked), answer)

    def test_a_phone_that_is_down(self) -> None:
        """Says so as an error of ours."""
        asked = self.service().phones[0].ask(NUMBER, "HELP")
        self.failureResultOf(asked, PhoneError)

    def test_what_else_pages_know(self) -> None:
        """The centre's number, how octets are read, the guide, whom to wake."""
        service = self.service()
        self.assertEqual((service.number, service.country), ("02170252704", "ID"))
        self.assertEqual(service.trace.alphabets, {"carrier": "latin1"})
        self.assertEqual(service.trace.modems, {"modem-1"})
        self.assertEqual(tuple(page.kind for page in service.guide), KINDS)
        self.assertEqual(service.reply_expires_s, 86400)
        service.queued("carrier", 2)
        self.assertEqual(self.woken, [("carrier", 2)])
