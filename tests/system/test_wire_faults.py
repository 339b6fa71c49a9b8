"""The fault campaigns in small, against the real process over TCP."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from twisted.trial.unittest import SynchronousTestCase

from tests.system.faults_bench import Report
from tests.system.faults_cuts import cuts
from tests.system.faults_floods import enquiries, flood, stops
from tests.system.faults_garbage import garbage, mixture
from tests.system.faults_segments import segments

_SEEDS = range(4)
_SIZES = (16, 1000, 2**20)
_UNREAD = 5_000
_ENQUIRIES_S = 5.0
_LIVEZ_S = 10.0
"""Answered at all: how soon is measured by the campaign, which runs alone."""


class WireFaultTests(SynchronousTestCase):
    """Whatever comes over the wire, nothing is lost, doubled or logged as a fault."""

    def test_connections_that_end_anywhere(self) -> None:
        """After each octet of each PDU of a carrier, by FIN and by RST."""
        self._judge(cuts())

    def test_segments_of_any_size(self) -> None:
        """Single octets, 200 PDUs at once, and borders anywhere."""
        self._judge(segments(_SEEDS))

    def test_garbage(self) -> None:
        """It is refused as the standard says, the link comes back, memory is flat."""
        self._judge(garbage(mixture(_SIZES)))

    def test_a_peer_that_never_reads(self) -> None:
        """Memory is bounded, the monitor answers, what was acknowledged is there."""
        self._judge(flood(_UNREAD, _LIVEZ_S))

    def test_a_peer_that_never_reads_and_always_asks(self) -> None:
        """The answers that it does not read do not pile up."""
        self._judge(enquiries(_ENQUIRIES_S, _LIVEZ_S))

    def test_stops(self) -> None:
        """A peer that does not help, or floods, delays a stop by seconds at most."""
        self._judge(stops())

    def _judge(self, campaign: Coroutine[None, None, Report]) -> None:
        report = asyncio.run(campaign)
        if report.findings:
            self.fail(str(report))
