"""Tests for `smscentre.smpp.framing`."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.smpp.codes import Status
from smscentre.smpp.framing import MAX_PDU_OCTETS, Framer
from tests.smpp.samples import DELIVER, header

STREAM = DELIVER + header(0x15) + DELIVER + header(6)
PDUS = [DELIVER, header(0x15), DELIVER, header(6)]


class FramerTests(SynchronousTestCase):
    """PDUs come out whole however the stream is cut."""

    def test_at_once(self) -> None:
        """Several PDUs in one read come out one by one."""
        self.assertEqual(Framer().feed(STREAM), PDUS)

    def test_every_split(self) -> None:
        """Cut in two at any octet, the stream gives the same PDUs."""
        for cut in range(len(STREAM) + 1):
            framer = Framer()
            found = framer.feed(STREAM[:cut]) + framer.feed(STREAM[cut:])
            self.assertEqual(found, PDUS)
            self.assertFalse(framer.unfinished)

    def test_octet_by_octet(self) -> None:
        """One octet at a time, each PDU comes with its last octet."""
        framer = Framer()
        found: list[bytes] = []
        for at in range(len(STREAM)):
            found += framer.feed(STREAM[at : at + 1])
            ended = sum(map(len, found)) == at + 1
            self.assertEqual(framer.unfinished, not ended)
        self.assertEqual(found, PDUS)

    def test_largest(self) -> None:
        """A PDU of 65,536 octets is still a PDU, in pieces too."""
        pdu = header(5, length=MAX_PDU_OCTETS) + bytes(MAX_PDU_OCTETS - 16)
        framer = Framer()
        found: list[bytes] = []
        for start in range(0, len(pdu), 1000):
            found += framer.feed(pdu[start : start + 1000])
        self.assertEqual(found, [pdu])

    def test_bad_lengths(self) -> None:
        """A length outside the limits is a fault as soon as it is read."""
        for length in (0, 3, 15, 65_537, 2**31, 2**32 - 1):
            framer = Framer()
            self.assertEqual(framer.feed(length.to_bytes(4, "big")), [])
            assert framer.fault is not None
            self.assertEqual(framer.fault.status, Status.RINVCMDLEN)

    def test_before_a_fault(self) -> None:
        """What stood before a bad length is still given, what follows is not."""
        framer = Framer()
        self.assertEqual(framer.feed(DELIVER + bytes(16) + DELIVER), [DELIVER])
        self.assertIsNotNone(framer.fault)
        self.assertEqual(framer.feed(DELIVER), [])

    @given(st.lists(st.integers(1, len(STREAM)), max_size=20))
    def test_any_fragments(self, cuts: list[int]) -> None:
        """Any fragmentation gives the same PDUs."""
        framer = Framer()
        found: list[bytes] = []
        edges = sorted({0, len(STREAM), *cuts})
        for start, end in pairwise(edges):
            found += framer.feed(STREAM[start:end])
        self.assertEqual(found, PDUS)
