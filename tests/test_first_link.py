"""Tests for `smscentre.first_link`."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.first_link import Candidate, first_link

LINKS = (
    Candidate("modem", 20, ("+62811", "+628")),
    Candidate("carrier", 10),
    Candidate("spare", 10, ("+6281",)),
)


class FirstLinkTests(SynchronousTestCase):
    """By prefix, then by priority."""

    def test_table(self) -> None:
        """The longest prefix wins over priority, priority over the name."""
        for number, name in (
            ("+628111", "modem"),
            ("+628122", "spare"),
            ("+628522", "modem"),
            ("+622170", "carrier"),
        ):
            self.assertEqual(first_link(number, LINKS), name)

    def test_no_link(self) -> None:
        """A configuration may have none that sends."""
        self.assertIsNone(first_link("+628111", ()))
