"""Any octets at all: the core refuses them in its own words, and never breaks."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.smpp.codec import decode, encode
from smscentre.smpp.codes import COMMANDS
from smscentre.smpp.errors import RemoteProtocolError
from smscentre.smpp.events import Closed, Corrupt, Delivered, SubmitAnswered, SubmitLost
from smscentre.smpp.framing import Framer
from smscentre.smpp.message import read_message
from smscentre.smpp.pdus import DeliverSm
from smscentre.smpp.receipt import parse_receipt
from smscentre.smpp.session import State
from tests.smpp.samples import DELIVER, MESSAGE, bound, header, submit_resp

# Many cheap examples: the whole campaign takes less than a minute.
campaign = settings(suppress_health_check=list(HealthCheck))

SEEDS = (
    DELIVER,
    DELIVER + bytes.fromhex("020c0002aabb 020e000102 020f000101 042400033132330000"),
    submit_resp(2),
    header(0x15),
    header(6),
    header(0x80000000, 2, 3),
)
"""What mutations begin with; a length is set right where it matters."""

commands = st.one_of(st.sampled_from(sorted(COMMANDS.values())), st.integers(0, 2**32))
mutations = st.lists(
    st.tuples(st.integers(0, 90), st.integers(0, 255)), min_size=1, max_size=6
)


def _sized(octets: bytes) -> bytes:
    return len(octets).to_bytes(4, "big") + octets[4:]


def _mutated(seed: bytes, changes: Iterable[tuple[int, int]], cut: int) -> bytes:
    octets = bytearray(seed)
    for at, value in changes:
        octets[at % len(octets)] = value
    return bytes(octets[: max(16, len(octets) - cut)])


def _decoded(octets: bytes) -> None:
    """Decode; what is accepted must survive being written and read again."""
    try:
        pdu = decode(octets)
    except RemoteProtocolError:
        return
    if isinstance(pdu, DeliverSm):
        read_message(pdu.message)
        parse_receipt(pdu.message)
        times = (pdu.message.validity_period, pdu.message.schedule_delivery_time)
        fits = len(pdu.message.short_message) < 255
        if fits and all(len(time) in (0, 16) for time in times):
            assert decode(encode(pdu)) == pdu


class CampaignTests(SynchronousTestCase):
    """More than 30,000 examples over codec, framing and session."""

    @settings(campaign, max_examples=12_000)
    @given(commands, st.binary(max_size=90))
    def test_arbitrary_bodies(self, command: int, body: bytes) -> None:
        """Any body of any command is read or refused with a status."""
        _decoded(header(command % 2**32, 1, 0, 16 + len(body)) + body)

    @settings(campaign, max_examples=10_000)
    @given(st.sampled_from(SEEDS), mutations, st.integers(0, 60))
    def test_mutated_pdus(
        self, seed: bytes, changes: list[tuple[int, int]], cut: int
    ) -> None:
        """A PDU with changed octets, cut or not, is read or refused with a status."""
        _decoded(_sized(_mutated(seed, changes, cut)))

    @settings(campaign, max_examples=5_000)
    @given(st.binary(max_size=200), st.integers(1, 70))
    def test_arbitrary_streams(self, stream: bytes, size: int) -> None:
        """Any stream gives the same PDUs and the same fault however it is cut."""
        whole, pieces = Framer(), Framer()
        expected = whole.feed(stream)
        found: list[bytes] = []
        for start in range(0, len(stream), size):
            found += pieces.feed(stream[start : start + size])
        self.assertEqual(found, expected)
        self.assertEqual(pieces.fault is None, whole.fault is None)

    @settings(campaign, max_examples=4_000)
    @given(st.lists(st.tuples(st.sampled_from(SEEDS), mutations), max_size=4))
    def test_mutated_streams(
        self, stream: list[tuple[bytes, list[tuple[int, int]]]]
    ) -> None:
        """A bound session goes on or closes once; no submit is forgotten."""
        session = bound()
        sequence = session.submit(MESSAGE, 0.0)
        data = b"".join(_mutated(seed, changes, 0) for seed, changes in stream)
        happened = session.receive(data, 1.0)
        self.assertEqual(
            sum(isinstance(event, Closed) for event in happened),
            session.state is State.CLOSED,
        )
        if session.state is not State.CLOSED:
            for event in happened:
                if isinstance(event, Delivered | Corrupt):
                    session.acknowledge(event.sequence)
        happened += session.close("over")
        outcomes = [
            event.sequence
            for event in happened
            if isinstance(event, SubmitAnswered | SubmitLost)
        ]
        self.assertEqual(outcomes, [sequence])
