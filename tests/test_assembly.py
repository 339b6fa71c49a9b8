"""Tests for `smscentre.assembly`: what stages are told of the configuration."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.assembly import receipt_marks, siblings
from smscentre.config import Config, Secret
from smscentre.sections import CentreConfig, SmppConfig
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
