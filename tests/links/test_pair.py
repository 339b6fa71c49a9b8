"""Tests for `smscentre.links.pair`: two binds that are one to everybody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from attrs import evolve, frozen
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IProtocol
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from smscentre.links.pair import pair_dialler
from smscentre.links.reconnect import Reconnecting
from smscentre.links.smpp import SmppLink, SmppOptions
from smscentre.links.wire import SmppProtocol
from smscentre.messages import Accepted, InDoubt, Part
from smscentre.smpp import codec, pdus
from smscentre.smpp.codes import Status
from smscentre.smpp.framing import Framer
from smscentre.smpp.pdus import Bind, BindMode, Pdu
from tests.links.fakes import (
    NOW,
    FakeDeliveries,
    FakeEndpoint,
    Observer,
    SmppLinkTestCase,
    Wire,
    outgoing,
)
from tests.smpp.samples import MESSAGE

TEN_MINUTES_S = 600


class Half(FakeEndpoint):
    """Where one half of the pair connects, and the carrier behind it."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.wire = Wire()
        self.protocol: SmppProtocol | None = None
        self.open = 0

    def connected(self, protocol: IProtocol) -> None:
        """Give the protocol its connection."""
        assert isinstance(protocol, SmppProtocol)
        self.wire, self.protocol = Wire(), protocol
        self.open += 1
        protocol.makeConnection(self.wire)

    def received(self) -> list[Pdu]:
        """What the carrier got since the last question, at the end of this turn."""
        self._clock.advance(0)
        data: bytes = self.wire.value()
        self.wire.clear()
        return [codec.decode(octets) for octets in Framer().feed(data)]

    def send(self, *sent: Pdu) -> None:
        """Let the carrier send, in one read."""
        assert self.protocol is not None
        self.protocol.dataReceived(b"".join(codec.encode(pdu) for pdu in sent))

    def answer_bind(self, status: int = 0, version: int = 0x34) -> Bind:
        """Connect, and answer the bind."""
        self.accept()
        (request,) = self.received()
        assert isinstance(request, Bind)
        answer = request.sequence, request.mode, status, "smsc", version
        self.send(pdus.BindResp(*answer))
        return request

    def answer_unbind(self) -> None:
        """Expect an unbind, answer it and close."""
        (request,) = self.received()
        assert isinstance(request, pdus.Unbind), request
        self.send(pdus.UnbindResp(request.sequence))
        self.lose()

    def lose(self) -> None:
        """End the connection."""
        assert self.protocol is not None
        self.open -= 1
        self.protocol.connectionLost(Failure(ConnectionDone()))


class PairTestCase(SynchronousTestCase):
    """A pair under its service; nothing is connected yet."""

    options: ClassVar[SmppOptions] = SmppLinkTestCase.options

    def setUp(self) -> None:
        self.clock = Clock()
        self.deliveries = FakeDeliveries()
        self.observer = Observer()
        self.transmitter = Half(self.clock)
        self.receiver = Half(self.clock)
        self.link = SmppLink(
            "carrier",
            SmppLinkTestCase.session_options,
            self.options,
            self.deliveries,
            self.clock,
            lambda: NOW + self.clock.seconds(),
            self.observer,
        )
        dial = pair_dialler(
            self.transmitter, lambda: self.link.build_pair(self.receiver)
        )
        self.service = Reconnecting("carrier", dial, self.clock, lambda: 0.0)
        self.service.startService()

    def bind(self) -> None:
        """Have both halves bound."""
        self.transmitter.answer_bind()
        self.receiver.answer_bind()

    def attempts(self) -> tuple[int, int]:
        """How often each half was tried."""
        return len(self.transmitter.attempts), len(self.receiver.attempts)

    def assertOver(self, reason: str) -> None:
        """The bind has ended once, and the next attempt is waited for."""
        ((bind, found),) = self.deliveries.lost_binds
        self.assertEqual([bind], self.deliveries.binds)
        self.assertIn(reason, found)
        self.assertEqual((self.transmitter.open, self.receiver.open), (0, 0))
        self.assertEqual(self.attempts(), (1, 1))
        self.clock.advance(1)
        self.assertEqual(self.attempts(), (2, 1))


class BeginningTests(PairTestCase):
    """How a pair comes about."""

    def test_the_transmitter_binds_first(self) -> None:
        """The receiver is not tried before it stands, and then at once."""
        request = self.transmitter.answer_bind()
        self.assertIs(request.mode, BindMode.TRANSMITTER)
        self.assertEqual(self.attempts(), (1, 1))
        self.assertEqual(self.deliveries.binds, [])
        self.assertEqual(self.link.room(), 0)

    def test_bound_when_both_are(self) -> None:
        """One bind for both."""
        self.transmitter.answer_bind()
        request = self.receiver.answer_bind()
        self.assertIs(request.mode, BindMode.RECEIVER)
        self.assertEqual(self.deliveries.binds, [self.link.bind])
        self.assertEqual(self.link.room(), 3)

    def test_a_transmitter_that_is_refused(self) -> None:
        """The receiver is left alone, and the reason has its patience."""
        self.transmitter.answer_bind(Status.RINVPASWD)
        self.transmitter.lose()
        self.clock.advance(299)
        self.assertEqual(self.attempts(), (1, 0))
        self.clock.advance(1)
        self.assertEqual(self.attempts(), (2, 0))
        self.assertEqual(self.deliveries.lost_binds, [])

    def test_a_receiver_that_is_refused(self) -> None:
        """The transmitter unbinds; the pair comes back when the reason allows."""
        self.transmitter.answer_bind()
        self.receiver.answer_bind(Status.RALYBND)
        self.receiver.lose()
        self.transmitter.answer_unbind()
        self.clock.advance(29)
        self.assertEqual(self.attempts(), (1, 1))
        self.clock.advance(1)
        self.assertEqual(self.attempts(), (2, 1))
        self.assertEqual(self.deliveries.binds, [])

    def test_a_receiver_that_cannot_be_reached(self) -> None:
        """The transmitter unbinds as well."""
        self.transmitter.answer_bind()
        self.receiver.refuse()
        self.transmitter.answer_unbind()
        self.clock.advance(1)
        self.assertEqual(self.attempts(), (2, 1))

    def test_a_transmitter_that_falls_while_the_receiver_connects(self) -> None:
        """The attempt is given up, and both are made anew."""
        self.transmitter.answer_bind()
        self.transmitter.lose()
        self.assertEqual(self.receiver.cancelled, 1)
        self.clock.advance(1)
        self.assertEqual(self.attempts(), (2, 1))

    def test_a_receiver_that_connects_although_given_up(self) -> None:
        """It closes before the next pair begins."""
        self.receiver.heeds_cancelling = False
        self.transmitter.answer_bind()
        self.transmitter.lose()
        self.clock.advance(10)
        self.assertTrue(self.receiver.wire.disconnecting)
        self.assertEqual(self.attempts(), (1, 1))
        self.receiver.lose()
        self.clock.advance(1)
        self.assertEqual(self.attempts(), (2, 1))


class BoundTests(PairTestCase):
    """A pair at work."""

    def setUp(self) -> None:
        super().setUp()
        self.bind()

    def test_replies_leave_by_the_transmitter(self) -> None:
        """And their responses come by it."""
        self.link.send(outgoing(7))
        (submit,) = self.transmitter.received()
        self.assertEqual(self.receiver.received(), [])
        self.transmitter.send(pdus.SubmitSmResp(submit.sequence, 0, "a"))
        self.assertEqual(self.deliveries.outcomes, [(7, Accepted("a"))])

    def test_messages_come_by_the_receiver(self) -> None:
        """And are acknowledged by it, once the centre says so."""
        self.receiver.send(pdus.DeliverSm(9, MESSAGE))
        ((incoming, settled),) = self.deliveries.arrivals
        self.assertEqual(incoming.bind, self.link.bind)
        self.assertEqual(self.receiver.received(), [])
        settled.callback(True)
        self.assertEqual(self.receiver.received(), [pdus.DeliverSmResp(9)])
        self.assertEqual(self.transmitter.received(), [])
        self.assertEqual(self.deliveries.acknowledgements, [incoming.arrival_id])

    def test_each_half_is_supervised(self) -> None:
        """Silence on either is asked about on that one."""
        self.clock.advance(15)
        self.transmitter.send(pdus.EnquireLink(1))
        self.transmitter.received()
        self.clock.advance(5)
        self.assertEqual(self.transmitter.received(), [])
        (question,) = self.receiver.received()
        self.assertIsInstance(question, pdus.EnquireLink)
        self.clock.advance(10)
        self.receiver.lose()
        self.transmitter.answer_unbind()
        self.assertOver("enquire_link")

    def test_the_receiver_falls(self) -> None:
        """What the transmitter has in flight is still answered; then both are over."""
        self.link.send(outgoing(7))
        (submit,) = self.transmitter.received()
        self.receiver.lose()
        self.assertEqual(self.link.room(), 0)
        self.assertEqual(self.deliveries.lost_binds, [])
        self.transmitter.send(pdus.SubmitSmResp(submit.sequence, 0, "a"))
        self.transmitter.answer_unbind()
        self.assertEqual(self.deliveries.outcomes, [(7, Accepted("a"))])
        self.assertOver("Connection was closed cleanly")

    def test_the_transmitter_falls(self) -> None:
        """Its parts are in doubt; what the receiver brought is still acknowledged."""
        self.link.send(outgoing(7))
        self.transmitter.received()
        self.receiver.send(pdus.DeliverSm(9, MESSAGE))
        self.transmitter.lose()
        ((row, outcome),) = self.deliveries.outcomes
        self.assertEqual((row, type(outcome)), (7, InDoubt))
        self.deliveries.arrivals[0][1].callback(True)
        unbind, answer = self.receiver.received()
        self.assertIsInstance(unbind, pdus.Unbind)
        self.assertEqual(answer, pdus.DeliverSmResp(9))
        self.receiver.send(pdus.UnbindResp(unbind.sequence))
        self.receiver.lose()
        self.assertEqual(self.deliveries.order, ["settled", "lost"])
        self.assertOver("Connection was closed cleanly")

    def test_a_half_that_the_carrier_unbinds(self) -> None:
        """The other half leaves at once, not when the socket is closed."""
        self.receiver.send(pdus.Unbind(4))
        self.transmitter.answer_unbind()
        self.receiver.lose()
        self.assertOver("the peer unbound")

    def test_a_half_that_does_not_answer_the_unbind(self) -> None:
        """It is not waited for for ever."""
        self.receiver.lose()
        self.clock.advance(5)
        self.clock.advance(0)
        self.assertTrue(self.transmitter.wire.disconnecting)
        self.transmitter.lose()
        self.assertOver("Connection was closed cleanly")

    def test_a_session_at_fault(self) -> None:
        """A status that only a new bind mends ends both."""
        self.link.send(outgoing(7))
        (submit,) = self.transmitter.received()
        self.transmitter.send(pdus.SubmitSmResp(submit.sequence, Status.RINVBNDSTS))
        self.clock.advance(0)
        for half in (self.transmitter, self.receiver):
            self.assertTrue(half.wire.disconnecting)
            half.lose()
        self.assertOver("refused with")

    def test_stop(self) -> None:
        """Both unbind, and the stop is over when both are gone."""
        stopped = self.service.stopService()
        self.transmitter.answer_unbind()
        self.assertNoResult(stopped)
        self.receiver.answer_unbind()
        self.successResultOf(stopped)
        self.assertEqual(len(self.deliveries.lost_binds), 1)
        self.assertEqual(self.clock.getDelayedCalls(), [])


class VersionTests(PairTestCase):
    """What may be written is the transmitter's side to say."""

    options = evolve(
        SmppLinkTestCase.options,
        style=evolve(SmppLinkTestCase.options.style, long_messages="sar"),
    )

    def test_of_two_that_differ(self) -> None:
        """The receiver's side may be newer or older."""
        for transmitter, receiver in ((0x33, 0x34), (0x34, 0x33)):
            self.transmitter.answer_bind(version=transmitter)
            self.receiver.answer_bind(version=receiver)
            self.link.send(outgoing(part=Part(7, 8, 2, 1)))
            (submit,) = self.transmitter.received()
            assert isinstance(submit, pdus.SubmitSm)
            self.assertEqual(bool(submit.message.tlvs), transmitter >= 0x34)
            self.transmitter.lose()
            self.receiver.answer_unbind()
            self.clock.advance(1)


class StopTests(PairTestCase):
    """The end of the service while a pair comes about."""

    def tearDown(self) -> None:
        self.clock.advance(1000)
        self.assertEqual(len(self.transmitter.attempts), 1)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_while_the_transmitter_connects(self) -> None:
        """The attempt is cancelled."""
        self.successResultOf(self.service.stopService())
        self.assertEqual(self.transmitter.cancelled, 1)

    def test_while_the_receiver_connects(self) -> None:
        """Its attempt is cancelled and the transmitter unbinds."""
        self.transmitter.answer_bind()
        stopped = self.service.stopService()
        self.assertEqual(self.receiver.cancelled, 1)
        self.assertNoResult(stopped)
        self.transmitter.answer_unbind()
        self.successResultOf(stopped)


@frozen
class Carrier:
    """A carrier with whom no pair comes to stand, by what each half meets."""

    name: str
    most: int
    transmitter: Callable[[Half], None]
    receiver: Callable[[Half], None] = lambda half: None


def _refused(status: int) -> Callable[[Half], None]:
    def answer(half: Half) -> None:
        half.answer_bind(status)
        half.lose()

    return answer


def _dropped(half: Half) -> None:
    half.accept()
    half.lose()


def _bound_and_dropped(half: Half) -> None:
    half.answer_bind()
    half.lose()


_bound: Callable[[Half], None] = Half.answer_bind  # type: ignore[assignment]  # drops what it returns

CARRIERS = (
    Carrier("refuses TCP", 16, Half.refuse),
    Carrier("refuses the transmitter", 16, _refused(Status.RBINDFAIL)),
    Carrier("accepts and drops", 16, _dropped),
    Carrier("refuses the receiver's TCP", 16, _bound, Half.refuse),
    Carrier("refuses the receiver", 16, _bound, _refused(Status.RBINDFAIL)),
    Carrier("drops the receiver", 16, _bound, _dropped),
    Carrier("drops the bound receiver", 16, _bound, _bound_and_dropped),
    Carrier("has the receiver bound", 21, _bound, _refused(Status.RALYBND)),
    Carrier("knows another password", 3, _refused(Status.RINVPASWD)),
    Carrier("lets it not receive", 3, _bound, _refused(Status.RINVSYSID)),
)


class PatienceTests(SynchronousTestCase):
    """No half hammers a carrier, whatever becomes of the other one."""

    def attempts(self, carrier: Carrier, seconds: float) -> list[list[float]]:
        """When each half asks a carrier, within so many seconds."""
        case = PairTestCase()
        case.setUp()
        halves = ((case.transmitter, carrier.transmitter),
                  (case.receiver, carrier.receiver))  # fmt: skip
        met = {id(half): 0 for half, _ in halves}
        while case.clock.seconds() < seconds:
            for half, meet in halves:
                if len(half.attempts) > met[id(half)]:
                    met[id(half)] += 1
                    self.assertEqual(half.open, 0, "a second socket of a kind")
                    meet(half)
            case.clock.advance(0)
            if case.transmitter.open and not case.transmitter.wire.disconnecting:
                case.transmitter.answer_unbind()
            calls = [call.getTime() for call in case.clock.getDelayedCalls()]
            case.clock.advance(min(calls) - case.clock.seconds())
        return [[time for time in half.times if time < seconds] for half, _ in halves]

    def test_the_first_ten_minutes(self) -> None:
        """A bounded number of connects of each kind, each carrier its own."""
        for carrier in CARRIERS:
            with self.subTest(carrier=carrier.name):
                transmitters, receivers = self.attempts(carrier, TEN_MINUTES_S)
                self.assertLessEqual(len(transmitters), carrier.most)
                self.assertGreater(len(transmitters), 1)
                self.assertLessEqual(len(receivers), len(transmitters))

    def test_afterwards_one_a_minute(self) -> None:
        """At most, for as long as it lasts."""
        for carrier in CARRIERS:
            with self.subTest(carrier=carrier.name):
                for times in self.attempts(carrier, 3 * TEN_MINUTES_S):
                    late = [time for time in times if time > TEN_MINUTES_S]
                    self.assertLessEqual(len(late), 20)
