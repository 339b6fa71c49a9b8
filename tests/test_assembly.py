"""Tests for `smscentre.assembly`: what stages are told of the configuration."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.assembly import (
    link_windows,
    metrics,
    part_styles,
    receipt_marks,
    routes,
    siblings,
)
from smscentre.composing import PartStyle
from smscentre.config import Config, Secret
from smscentre.sections import CentreConfig, ModemConfig, SmppConfig
from smscentre.store.receipts import Marks


def _link(name: str, system_id: str, address: str = "0217") -> SmppConfig:
    return SmppConfig(name, f"{name}.example.net", system_id, Secret("secret"), address)


class SiblingTests(SynchronousTestCase):
    """Which links are one carrier's."""

    def setUp(self) -> None:
        links = (
            _link("rx", "centre"),
            _link("tx", "centre"),
            _link("other", "another"),
            _link("short", "centre", "1234"),
        )
        self.config = Config(CentreConfig("0217"), smpp=links)

    def test_by_account(self) -> None:
        """System id and number make an account, whichever its hosts are."""
        self.assertEqual(
            siblings(self.config),
            {
                "rx": ("rx", "tx"),
                "tx": ("rx", "tx"),
                "other": ("other",),
                "short": ("short",),
            },
        )

    def test_receipts(self) -> None:
        """Name what any link of the account sent; a phone's name its own."""
        marks = receipt_marks(self.config)
        self.assertEqual(marks("rx", "42").links, ("rx", "tx"))
        self.assertEqual(marks("demo", "42"), Marks(("demo",), ("42",)))
        self.assertEqual(marks("rx", "").keys, ())


class ModemTests(SynchronousTestCase):
    """What the stages are told of modems."""

    def setUp(self) -> None:
        modems = (
            ModemConfig("modem-1", "/dev/ttyUSB0", "0811", priority=5),
            ModemConfig("modem-2", "/dev/ttyUSB1", "0812", reroute=False),
        )
        carrier = _link("carrier", "centre")
        self.config = Config(CentreConfig("0217"), smpp=(carrier,), modem=modems)

    def test_one_at_a_time(self) -> None:
        """A modem has one message in flight."""
        self.assertEqual(link_windows(self.config)["modem-2"], ("modem", 1))

    def test_long_messages(self) -> None:
        """They go in parts with a reference of 8 bits, which every phone reads."""
        self.assertEqual(part_styles(self.config)["modem-1"], PartStyle(8, 10))

    def test_routes(self) -> None:
        """By priority, and only where it may carry for others."""
        found = routes(self.config)
        self.assertEqual(found.substitute("modem-2", ["carrier", "modem-1"]), "modem-1")
        self.assertEqual(found.substitute("modem-1", ["modem-2"]), None)
        self.assertTrue(found.sends("modem-2"))

    def test_receipts(self) -> None:
        """A report names what its own modem sent, by the id as it is."""
        marks = receipt_marks(self.config)
        self.assertEqual(marks("modem-1", "42"), Marks(("modem-1",), ("42",)))

    def test_metrics(self) -> None:
        """Modems have series of their own, and every link the common ones."""
        page = metrics(self.config).render().decode()
        for link in ("modem-1", "modem-2"):
            self.assertIn(f'smscentre_modem_alarm{{link="{link}"}} 0.0', page)
            self.assertIn(f'smscentre_link_up{{link="{link}"}} 0.0', page)
        self.assertNotIn('smscentre_modem_alarm{link="carrier"}', page)
