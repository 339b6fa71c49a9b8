"""A connection that ends after each octet of each PDU that a carrier sends.

The real session, link, stages and store on a clock; only TCP is missing. What the
carrier did not see acknowledged it brings again, and what it had to answer is
judged by what it was able to see.
"""

from __future__ import annotations

from itertools import product

from attrs import define, frozen
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IProtocol
from twisted.python.failure import Failure

from smscentre.links.reconnect import LONGEST_DELAY_S, Reconnecting, dialler
from smscentre.links.smpp import SmppLink, SmppOptions
from smscentre.messages import Address
from smscentre.smpp import codec, events, pdus
from smscentre.smpp.framing import Framer
from smscentre.smpp.message import SubmitStyle
from smscentre.smpp.options import SessionOptions
from smscentre.smpp.pdus import BindMode, Pdu, ShortMessage
from tests.links.fakes import FakeEndpoint, Observer, Wire
from tests.stages import OFFICER, StagesTestCase

PDU_S = 10.0
"""How long a whole PDU may take."""

_SETTLED_S = 0.1
"""By then the writer has stored what it keeps back for company."""


class Endpoint(FakeEndpoint):
    """Connects to a wire in memory."""

    wire: Wire
    protocol: IProtocol

    def connected(self, protocol: IProtocol) -> None:
        """Join the newest protocol to a new wire."""
        self.protocol, self.wire = protocol, Wire()
        protocol.makeConnection(self.wire)


@frozen
class Cut:
    """How many octets are sent, how the connection ends, and what came first.

    ``reset`` loses what we wrote last, too; ``settled`` lets the centre do all that
    it can with these octets before the end.
    """

    octets: int
    reset: bool
    settled: bool


def _cuts(length: int) -> list[Cut]:
    return [
        Cut(*cut) for cut in product(range(length + 1), (False, True), (False, True))
    ]


@define
class Command:
    """A message of the carrier and what the carrier saw of it."""

    number: int
    acknowledged: bool = False
    replies: int = 0
    answered: bool = False
    needless: bool = False
    """Whether a copy came although the answer to a reply had surely been read."""


class CutTestCase(StagesTestCase):
    """A link over connections whose far end is the test."""

    def setUp(self) -> None:
        super().setUp()
        self.observer = Observer()
        link = SmppLink(
            "carrier",
            SessionOptions("centre", "secret"),
            SmppOptions(
                SubmitStyle(Address("02170252704", 0, 1)), 1, 1, 86_400, 0x08, 0
            ),
            self.exchange,
            self.clock,
            self.now,
            self.observer,
        )
        self.outbox.add_link(link)
        self.endpoint = Endpoint(self.clock)
        self.service = Reconnecting(
            "carrier", dialler(self.endpoint, link.build), self.clock, lambda: 0.0
        )
        self.service.startService()
        self.addCleanup(self.leave)
        self.commands: list[Command] = []
        self.in_flight: dict[int, Command] = {}
        self.carrier_answers = True
        self.sequence = 0
        self.bind_request = 0

    def leave(self) -> None:
        """Stop; nothing stays open."""
        self.service.stopService()
        if not self.endpoint.wire.disconnecting:
            self.settle()
            self.endpoint.protocol.connectionLost(Failure(ConnectionDone()))
            self.turn()
        self.assertEqual(self.rows("SELECT 1 FROM binds WHERE ended_at IS NULL"), [])

    # What the carrier does.

    def connect(self) -> None:
        """Take the newest attempt and read its request to be bound."""
        self.endpoint.accept()
        (request,) = self.received()
        assert isinstance(request, pdus.Bind)
        self.bind_request = request.sequence

    def bind_answer(self) -> bytes:
        """The PDU that accepts the bind."""
        mode = BindMode.TRANSCEIVER
        return codec.encode(pdus.BindResp(self.bind_request, mode, 0, "smsc", 0x34))

    def bind(self) -> None:
        """Take the newest attempt and accept its bind."""
        self.connect()
        self.send(self.bind_answer())

    def command(self) -> Command:
        """A command that no other equals."""
        found = Command(10_000 + len(self.commands))
        self.commands.append(found)
        return found

    def delivery(self, command: Command) -> bytes:
        """The PDU of a command, under way from now on."""
        self.sequence += 1
        self.in_flight[self.sequence] = command
        message = ShortMessage(
            source=Address(OFFICER.removeprefix("+"), 1, 1),
            destination=Address("02170252704", 0, 1),
            short_message=f"SET {command.number}".encode(),
        )
        return codec.encode(pdus.DeliverSm(self.sequence, message))

    def send(self, octets: bytes) -> None:
        """Let octets arrive, if there are any."""
        if octets:
            self.endpoint.protocol.dataReceived(octets)

    def received(self) -> list[Pdu]:
        """What the centre wrote, at the end of this turn."""
        self.clock.advance(0)
        data: bytes = self.endpoint.wire.value()
        self.endpoint.wire.clear()
        return [codec.decode(octets) for octets in Framer().feed(data)]

    def react(self, pdu: Pdu) -> None:
        """See what the centre says; answer its replies, if it answers."""
        match pdu:
            case pdus.DeliverSmResp(sequence, 0):
                self.in_flight.pop(sequence).acknowledged = True
            case pdus.SubmitSm(sequence, message):
                number = int(message.short_message.split()[-1])
                found = self.commands[number - 10_000]
                found.needless = found.needless or found.answered
                found.replies += 1
                if self.carrier_answers:
                    self.send(self.submit_answer(sequence))
                    found.answered = True
            case pdus.Unbind(sequence):
                self.send(codec.encode(pdus.UnbindResp(sequence)))
            case _:
                self.fail(f"the centre sent {pdu}")

    def submit_answer(self, sequence: int) -> bytes:
        """The PDU that accepts a submit."""
        return codec.encode(pdus.SubmitSmResp(sequence, 0, f"{sequence:08d}"))

    def settle(self) -> None:
        """Let both sides go on until nobody has more to say."""
        self.turn()
        while found := self.received():
            for pdu in found:
                self.react(pdu)
            self.turn()
        self.clock.advance(_SETTLED_S)
        self.turn()

    # What is tried.

    def end(self, cut: Cut) -> None:
        """End the connection; a reset takes along what nobody has read."""
        # After the beginning of a PDU nothing else can be said.
        self.carrier_answers = False
        if cut.settled:
            self.settle()
        if cut.reset:
            self.endpoint.wire.clear()
        for pdu in self.received():
            self.react(pdu)
        reason = ConnectionLost() if cut.reset else ConnectionDone()
        self.endpoint.protocol.connectionLost(Failure(reason))
        self.turn()

    def come_back(self) -> None:
        """Bind again; bring again what was not acknowledged; judge."""
        attempts = len(self.endpoint.attempts)
        self.clock.advance(LONGEST_DELAY_S)
        self.assertEqual(len(self.endpoint.attempts), attempts + 1)
        self.carrier_answers = True
        self.in_flight.clear()
        self.bind()
        for command in self.commands:
            if not command.acknowledged:
                self.send(self.delivery(command))
        self.settle()
        self.judge()

    def judge(self) -> None:
        """Each command took effect once and was answered as often as is right."""
        numbers = [str(command.number) for command in self.commands]
        self.assertEqual(sorted(self.submissions()), numbers)
        for command in self.commands:
            self.assertTrue(command.acknowledged, command)
            self.assertTrue(command.answered, command)
            self.assertLessEqual(command.replies, 2, command)
            self.assertFalse(command.needless, command)
        states = self.rows("SELECT DISTINCT state FROM outbox")
        self.assertEqual([row.state for row in states], ["sent"])
        self.assertEqual(self.observer.faults, [])


class CutTests(CutTestCase):
    """Nothing is lost and nothing happens twice, wherever the octets end."""

    def test_bind_resp(self) -> None:
        """The link binds again, whether or not it knew that it was bound."""
        self.connect()
        for cut in _cuts(len(self.bind_answer())):
            with self.subTest(cut=cut):
                self.send(self.bind_answer()[: cut.octets])
                self.end(cut)
                self.command()
                self.come_back()
                self.end(Cut(0, False, False))
                self.clock.advance(LONGEST_DELAY_S)
                self.connect()

    def test_deliver_sm(self) -> None:
        """The one before the cut is safe, and the cut one comes once."""
        self.bind()
        for cut in _cuts(len(self.delivery(Command(10_000)))):
            with self.subTest(cut=cut):
                whole, part = (self.delivery(self.command()) for _ in range(2))
                self.send(whole + part[: cut.octets])
                self.end(cut)
                self.come_back()

    def test_submit_sm_resp(self) -> None:
        """A reply goes once more only where its answer was not read as a whole."""
        self.bind()
        for cut in _cuts(len(self.submit_answer(1))):
            with self.subTest(cut=cut):
                self.carrier_answers = False
                command = self.command()
                self.send(self.delivery(command))
                self.turn()
                answered = self.answer_in_part(command, cut)
                self.end(cut)
                self.come_back()
                self.assertEqual(command.replies, 1 if answered else 2)

    def test_submit_sm_resp_in_two_binds(self) -> None:
        """After two copies without an answer that was read there is no third."""
        self.bind()
        command = self.command()
        cut = Cut(12, False, False)
        self.send(self.delivery(command))
        for _ in range(2):
            self.carrier_answers = False
            self.turn()
            self.answer_in_part(command, cut)
            self.end(cut)
            self.clock.advance(LONGEST_DELAY_S)
            self.bind()
        self.settle()
        self.assertEqual((command.acknowledged, command.replies), (True, 2))
        states = self.rows("SELECT state FROM outbox")
        self.assertEqual([row.state for row in states], ["uncertain"])

    def answer_in_part(self, command: Command, cut: Cut) -> bool:
        """Answer the one reply as far as the cut lets; whether that was all."""
        found = self.received()
        for pdu in found:
            self.react(pdu)
        (submit,) = (pdu for pdu in found if isinstance(pdu, pdus.SubmitSm))
        octets = self.submit_answer(submit.sequence)
        self.send(octets[: cut.octets])
        command.answered = cut.octets == len(octets)
        return command.answered

    def test_enquire_link(self) -> None:
        """A question that is not whole has no answer, and what stood before it has."""
        self.bind()
        enquiry = codec.encode(pdus.EnquireLink(77))
        for cut in _cuts(len(enquiry) - 1):
            with self.subTest(cut=cut):
                self.send(self.delivery(self.command()) + enquiry[: cut.octets])
                self.end(cut)
                self.come_back()


class SlowTests(CutTestCase):
    """A peer that takes its time for a PDU."""

    def test_too_slow(self) -> None:
        """The bind ends ten seconds after the first octet, and is made again."""
        self.bind()
        octets = self.delivery(self.command())
        for place in range(int(PDU_S)):
            self.send(octets[place : place + 1])
            self.assertFalse(self.endpoint.wire.disconnecting)
            self.clock.advance(1)
        self.clock.advance(0)
        self.assertTrue(self.endpoint.wire.disconnecting)
        self.assertEqual(self.observer.faults, [events.SLOW_PDU])
        self.observer.faults.clear()
        self.end(Cut(0, False, False))
        self.come_back()

    def test_just_in_time(self) -> None:
        """Nine seconds for each PDU are no reason to end a bind."""
        self.bind()
        for _ in range(20):
            octets = self.delivery(self.command())
            self.send(octets[:-1])
            self.clock.advance(PDU_S - 1)
            self.send(octets[-1:])
            self.settle()
        self.assertEqual(len(self.endpoint.attempts), 1)
        self.judge()
