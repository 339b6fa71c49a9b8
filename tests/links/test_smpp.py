"""Tests for `smscentre.links.smpp`: a link whose carrier is written out by hand."""

from __future__ import annotations

from typing import Any

from attrs import evolve, frozen
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IProtocol, IProtocolFactory
from twisted.internet.interfaces import IStreamClientEndpoint as IEndpoint
from twisted.logger import LogLevel, capturedLogs, formatEvent
from zope.interface import implementer

from smscentre.links.reconnect import Reconnecting, dialler
from smscentre.links.smpp import SmppOptions
from smscentre.messages import (
    Accepted,
    Address,
    Alphabet,
    IncomingKind,
    InDoubt,
    Octets,
    Part,
    Rejected,
    Retry,
    SubmitOutcome,
    Unsent,
)
from smscentre.smpp import codec, events, pdus
from smscentre.smpp.codes import Coding, Status
from smscentre.smpp.options import SessionOptions
from smscentre.smpp.pdus import BindMode, ShortMessage
from tests.links.fakes import NOW, NUMBER, SmppLinkTestCase, Wire, outgoing
from tests.smpp.samples import MESSAGE, header

RECEIPT = evolve(
    MESSAGE,
    esm_class=0x04,
    short_message=b"id:0123 sub:001 dlvrd:001 submit date:0804270800 "
    b"done date:0804270801 stat:DELIVRD err:000 text:",
)


class BindTests(SmppLinkTestCase):
    """The bind, as the centre sees it."""

    def test_bound(self) -> None:
        """The centre hears of the bind and the link has room."""
        self.assertEqual(self.link.room(), 0)
        self.bind()
        self.assertEqual(self.deliveries.binds, [self.link.bind])
        self.assertTrue(self.link.bind.startswith("carrier-"))
        self.assertEqual(self.link.room(), 3)

    def test_each_bind_has_its_own_id(self) -> None:
        """Also after a crash, so it is no count."""
        self.bind()
        first = self.link.bind
        self.lose()
        self.endings.clear()
        self.connect()
        self.bind()
        self.assertNotEqual(first, self.link.bind)

    def test_the_end_is_told_once(self) -> None:
        """With the bind's id; afterwards the link has none."""
        self.bind()
        bind = self.link.bind
        self.lose()
        self.assertEqual([lost for lost, _ in self.deliveries.lost_binds], [bind])
        self.assertEqual(self.link.bind, "")
        self.assertEqual(self.link.room(), 0)

    def test_a_connection_without_a_bind_is_not_told(self) -> None:
        """Nothing ended that had not begun."""
        self.lose()
        self.assertEqual(self.deliveries.lost_binds, [])
        self.assertIsNone(self.endings[0].stood_since)


@frozen
class Refusal:
    """A refused bind and how long it is left alone."""

    status: int
    wait_s: float
    reason: str
    words: str


REFUSALS = (
    Refusal(Status.RINVPASWD, 300, "wrong_credentials", "ask the carrier"),
    Refusal(Status.RINVSYSID, 300, "wrong_credentials", "ask the carrier"),
    Refusal(Status.RALYBND, 30, "already_bound", "another process"),
    Refusal(Status.RBINDFAIL, 0, "other", "Bind Failed"),
    Refusal(Status.RSYSERR, 0, "other", "System Error"),
)


class RefusedBindTests(SmppLinkTestCase):
    """Binds that the carrier does not want."""

    def test_each_reason_has_its_patience(self) -> None:
        """The ending tells how long to wait at least; the alarm is raised."""
        for case in REFUSALS:
            mode = BindMode.TRANSCEIVER
            with capturedLogs() as logs:
                self.carrier(pdus.BindResp(1, mode, case.status))
            (told,) = [event for event in logs if event["log_level"] is LogLevel.error]
            said = str(formatEvent(told))
            self.assertIn(case.words, said)
            self.assertEqual(said.count(f"{case.status:#x}"), 1, said)
            self.clock.advance(0)
            self.assertTrue(self.wire.disconnecting)
            self.lose()
            self.assertEqual(self.endings.pop().wait_s, case.wait_s, case)
            self.connect()
        reasons = [case.reason for case in REFUSALS]
        self.assertEqual(self.observer.refused_binds, reasons)
        self.assertEqual(self.deliveries.binds, [])

    def test_the_patience_is_for_one_ending(self) -> None:
        """The next session begins without it."""
        self.carrier(pdus.BindResp(1, BindMode.TRANSCEIVER, Status.RINVPASWD))
        self.lose()
        self.endings.clear()
        self.connect()
        self.lose()
        self.assertEqual(self.endings[0].wait_s, 0)


class ArrivalTests(SmppLinkTestCase):
    """From deliver_sm to arrival, and its acknowledgement."""

    def setUp(self) -> None:
        super().setUp()
        self.bind()

    def test_an_arrival_says_what_came(self) -> None:
        """Addresses as the network gave them, the raw PDU, the wall clock."""
        self.clock.advance(3)
        self.carrier(pdus.DeliverSm(7, MESSAGE))
        (incoming, _) = self.deliveries.arrivals[0]
        self.assertEqual(incoming.source, MESSAGE.source)
        self.assertEqual(incoming.destination, MESSAGE.destination)
        self.assertEqual(incoming.text, "RUTAN 100 20 30 40")
        self.assertEqual(incoming.raw, codec.encode(pdus.DeliverSm(7, MESSAGE)))
        self.assertEqual(incoming.arrived_at, NOW + 3)
        self.assertEqual(incoming.bind, self.link.bind)
        self.assertIs(incoming.kind, IncomingKind.MESSAGE)
        self.assertFalse(incoming.once)

    def test_arrival_ids_are_unique(self) -> None:
        """Also for the same sequence number in another bind."""
        ids = set()
        for _ in range(2):
            self.carrier(pdus.DeliverSm(7, MESSAGE), pdus.DeliverSm(8, MESSAGE))
            self.lose()
            self.endings.clear()
            self.connect()
            self.bind()
        ids = {incoming.arrival_id for incoming, _ in self.deliveries.arrivals}
        self.assertEqual(len(ids), 4)

    def test_acknowledged_only_when_the_centre_says_so(self) -> None:
        """Not a moment before its Deferred has fired."""
        self.carrier(pdus.DeliverSm(7, MESSAGE))
        self.clock.advance(9)
        self.assertEqual(self.received(), [])
        self.accept()
        self.assertEqual(self.received(), [pdus.DeliverSmResp(7)])

    def test_acknowledged_out_of_order(self) -> None:
        """Each answer carries the number of its own message."""
        self.carrier(pdus.DeliverSm(7, MESSAGE), pdus.DeliverSm(8, MESSAGE))
        self.accept(index=1)
        self.assertEqual(self.received(), [pdus.DeliverSmResp(8)])
        self.accept(index=0)
        self.assertEqual(self.received(), [pdus.DeliverSmResp(7)])

    def test_refused_with_the_busy_status(self) -> None:
        """And not told as acknowledged."""
        self.carrier(pdus.DeliverSm(7, MESSAGE))
        self.accept(False)
        self.assertEqual(self.received(), [pdus.DeliverSmResp(7, 0x08)])
        self.assertEqual(self.deliveries.acknowledgements, [])

    def test_never_acknowledged_after_the_bind(self) -> None:
        """A commit that comes after the end answers nobody."""
        self.carrier(pdus.DeliverSm(7, MESSAGE))
        self.lose()
        self.endings.clear()
        self.connect()
        self.bind()
        self.accept()
        self.assertEqual(self.received(), [])
        self.assertEqual(self.deliveries.acknowledgements, [])

    def test_not_even_while_the_old_connection_closes(self) -> None:
        """The carrier has unbound and expects nothing more."""
        self.carrier(pdus.DeliverSm(7, MESSAGE), pdus.Unbind(8))
        self.received()
        self.accept()
        self.assertEqual(self.received(), [])
        self.assertEqual(self.deliveries.acknowledgements, [])

    def test_a_receipt(self) -> None:
        """It is told as such, with the carrier's id as it came."""
        self.carrier(pdus.DeliverSm(7, RECEIPT))
        (incoming, _) = self.deliveries.arrivals[0]
        self.assertIs(incoming.kind, IncomingKind.RECEIPT)
        assert incoming.receipt is not None
        self.assertEqual(incoming.receipt.smsc_id, "0123")
        self.accept()
        self.assertEqual(self.received(), [pdus.DeliverSmResp(7)])

    def test_a_receipt_without_its_flag(self) -> None:
        """It is no command: its answer would bring a receipt, and so on for ever."""
        text = (
            b"id:77 sub:001 dlvrd:001 submit date:0804271200 done date:0804271201"
            b" stat:DELIVRD err:000 text:RUTAN 1 2 3 4"
        )
        self.carrier(pdus.DeliverSm(7, evolve(MESSAGE, short_message=text)))
        (incoming, _) = self.deliveries.arrivals[0]
        self.assertIs(incoming.kind, IncomingKind.RECEIPT)

    def test_a_fragment(self) -> None:
        """A part whose place makes no sense is no command."""
        part = evolve(MESSAGE, esm_class=0x40, short_message=b"\5\0\3\x07\2\3RUTAN ")
        self.carrier(pdus.DeliverSm(7, part))
        (incoming, _) = self.deliveries.arrivals[0]
        self.assertEqual((incoming.part, incoming.reason), (None, "fragment"))

    def test_a_part(self) -> None:
        """Header and body apart."""
        part = evolve(MESSAGE, esm_class=0x40, short_message=b"\5\0\3\x07\2\1RUTAN ")
        self.carrier(pdus.DeliverSm(7, part))
        (incoming, _) = self.deliveries.arrivals[0]
        self.assertEqual(incoming.part, Part(7, 8, 2, 1))
        self.assertEqual(incoming.udh, b"\5\0\3\x07\2\1")
        self.assertEqual(incoming.body, b"RUTAN ")

    def test_a_corrupt_deliver_sm_is_handed_on(self) -> None:
        """Raw, with the reason; it is acknowledged as soon as it is kept."""
        raw = header(0x05, 7, length=20) + b"\xff\xff\xff\xff"
        self.protocol.dataReceived(raw)
        (incoming, _) = self.deliveries.arrivals[0]
        self.assertIs(incoming.kind, IncomingKind.CORRUPT)
        self.assertEqual((incoming.raw, incoming.body), (raw, raw[16:]))
        self.assertTrue(incoming.reason)
        self.assertEqual(self.observer.faults, [events.BAD_BODY])
        self.accept()
        self.assertEqual(self.received(), [pdus.DeliverSmResp(7)])


@frozen
class TextCase:
    """A text as it is on the wire and as it is read."""

    data_coding: int
    octets: bytes
    text: str


TEXTS = (
    TextCase(0, b"RUTAN 100 \x00", "RUTAN 100 @"),
    TextCase(Coding.LATIN1, "Señor ÿ".encode("latin-1"), "Señor ÿ"),
    TextCase(Coding.UCS2, "Привет".encode("utf-16-be"), "Привет"),
    TextCase(Coding.UCS2, "ok 😀".encode("utf-16-be"), "ok 😀"),
    TextCase(Coding.UCS2, b"\xd8\x3d", "\ufffd"),
)


class TextTests(SmppLinkTestCase):
    """Alphabets, in and out."""

    def setUp(self) -> None:
        super().setUp()
        self.bind()

    def test_arrivals(self) -> None:
        """Each coding is read; what cannot be is marked."""
        for case in TEXTS:
            message = evolve(
                MESSAGE, data_coding=case.data_coding, short_message=case.octets
            )
            self.carrier(pdus.DeliverSm(7, message))
            incoming, _ = self.deliveries.arrivals[-1]
            self.assertEqual(incoming.text, case.text)
            self.assertEqual(incoming.coding, case.data_coding)

    def test_a_nul_in_a_text(self) -> None:
        """It becomes a replacement: not every database keeps it."""
        message = evolve(MESSAGE, data_coding=Coding.UCS2, short_message=b"\0A\0\0\0B")
        self.carrier(pdus.DeliverSm(7, message))
        incoming, _ = self.deliveries.arrivals[-1]
        self.assertEqual(incoming.text, "A\ufffdB")

    def submitted(self, text: str, alphabet: Alphabet) -> ShortMessage:
        """A reply as it is on the wire."""
        self.link.send(outgoing(text=text, alphabet=alphabet))
        (submit,) = self.received()
        assert isinstance(submit, pdus.SubmitSm)
        return submit.message

    def test_gsm(self) -> None:
        """Unpacked septets, data_coding 0."""
        sent = self.submitted("a@b{", Alphabet.GSM7)
        self.assertEqual((sent.data_coding, sent.short_message), (0, b"a\0b\x1b\x28"))

    def test_ucs2(self) -> None:
        """Sixteen bits, surrogates included."""
        sent = self.submitted("Я😀", Alphabet.UCS2)
        self.assertEqual(sent.data_coding, Coding.UCS2)
        self.assertEqual(sent.short_message, "Я😀".encode("utf-16-be"))


class Latin1Tests(SmppLinkTestCase):
    """A carrier whose data_coding 0 is Latin-1."""

    options = evolve(
        SmppLinkTestCase.options,
        style=evolve(SmppLinkTestCase.options.style, default_alphabet="latin1"),
    )

    def test_both_ways(self) -> None:
        """The same octets mean the same text, in and out."""
        self.bind()
        message = evolve(MESSAGE, short_message="ñ@".encode("latin-1"))
        self.carrier(pdus.DeliverSm(7, message))
        self.assertEqual(self.deliveries.arrivals[0][0].text, "ñ@")
        self.link.send(outgoing(text="ñ@"))
        (submit,) = self.received()
        assert isinstance(submit, pdus.SubmitSm)
        self.assertEqual(submit.message.short_message, "ñ@".encode("latin-1"))


class FloodTests(SmppLinkTestCase):
    """A carrier that breaks the protocol again and again."""

    def told(self, faults: int) -> list[str]:
        """What the log has of so many answers that nobody asked for."""
        with capturedLogs() as logs:
            for _ in range(faults):
                self.carrier(pdus.SubmitSmResp(999, 0, "one"))
        return [str(formatEvent(event)) for event in logs]

    def test_one_line_in_ten_seconds(self) -> None:
        """The next one says how many were left out; the metric counts each."""
        self.bind()
        self.assertEqual(len(self.told(2001)), 1)
        self.clock.advance(10)
        left_out, told = self.told(1)
        self.assertIn("unexpected_response: ... and 2,000 more like it", left_out)
        self.assertIn("unexpected_response: ", told)
        self.assertEqual(self.observer.faults, [events.UNEXPECTED_RESPONSE] * 2002)

    def test_the_end_tells_the_rest(self) -> None:
        """Once, also if the carrier never breaks the protocol again."""
        self.bind()
        self.told(5)
        with capturedLogs() as logs:
            self.lose()
        told = [str(formatEvent(event)) for event in logs]
        self.assertEqual(sum("and 4 more like it" in line for line in told), 1)


@frozen
class AnswerCase:
    """The status of a submit_sm_resp and when the part may be tried again."""

    status: int
    retry: Retry
    throttled: bool = False
    queue_full: bool = False


ANSWERS = (
    AnswerCase(Status.RTHROTTLED, Retry.LATER, throttled=True),
    AnswerCase(Status.RMSGQFUL, Retry.LATER, queue_full=True),
    AnswerCase(Status.RSYSERR, Retry.LATER),
    AnswerCase(Status.RINVDSTADR, Retry.NEVER),
)


class SubmitTests(SmppLinkTestCase):
    """From part to submit_sm, and its outcome."""

    def setUp(self) -> None:
        super().setUp()
        self.bind()

    def submit(self, *rows: int) -> list[int]:
        """Send parts; their sequence numbers."""
        for row in rows:
            self.link.send(outgoing(row))
        return [pdu.sequence for pdu in self.received()]

    def outcome(self) -> SubmitOutcome:
        """The one outcome of row 1."""
        ((row, outcome),) = self.deliveries.outcomes
        self.assertEqual(row, 1)
        return outcome

    def test_the_fields_of_a_submit_sm(self) -> None:
        """Source of the link, destination without its plus, the reply's validity."""
        self.link.send(outgoing(expires_s=90))
        (submit,) = self.received()
        assert isinstance(submit, pdus.SubmitSm)
        message = submit.message
        self.assertEqual(message.source, Address("02170252704", 0, 1))
        self.assertEqual(message.destination, Address(NUMBER.removeprefix("+"), 1, 1))
        self.assertEqual(message.validity_period, "000000000130000R")
        self.assertEqual(message.registered_delivery, 1)

    def test_validity_is_bounded_by_the_link(self) -> None:
        """A reply that could wait for days is the carrier's for one."""
        self.link.send(outgoing(expires_s=864_000))
        (submit,) = self.received()
        assert isinstance(submit, pdus.SubmitSm)
        self.assertEqual(submit.message.validity_period, "000001000000000R")

    def test_accepted(self) -> None:
        """With the carrier's id, for the row it was."""
        sequences = self.submit(1, 2)
        self.carrier(
            pdus.SubmitSmResp(sequences[1], 0, "two"),
            pdus.SubmitSmResp(sequences[0], 0, "one"),
        )
        self.assertEqual(
            self.deliveries.outcomes, [(2, Accepted("two")), (1, Accepted("one"))]
        )

    def test_octets(self) -> None:
        """With each outcome goes what was written for it, and what answered."""
        for row in (1, 2, 3):
            self.link.send(outgoing(row))
        submits = [codec.encode(pdu) for pdu in self.received()]
        first, second, _ = (codec.decode(submit).sequence for submit in submits)
        refused = pdus.SubmitSmResp(first, Status.RTHROTTLED)
        accepted = pdus.SubmitSmResp(second, 0, "two")
        self.carrier(refused, accepted)
        self.lose()
        kept = [
            outcome.octets
            for _, outcome in self.deliveries.outcomes
            if not isinstance(outcome, Unsent)
        ]
        self.assertEqual(
            kept,
            [
                Octets(submits[0], codec.encode(refused)),
                Octets(submits[1], codec.encode(accepted)),
                Octets(submits[2]),
            ],
        )

    def test_refused(self) -> None:
        """By one table; the link goes on."""
        for case in ANSWERS:
            self.deliveries.outcomes.clear()
            (sequence,) = self.submit(1)
            self.carrier(pdus.SubmitSmResp(sequence, case.status))
            outcome = self.outcome()
            assert isinstance(outcome, Rejected)
            self.assertEqual(
                (outcome.retry, outcome.throttled, outcome.queue_full),
                (case.retry, case.throttled, case.queue_full),
            )
            self.assertFalse(self.wire.disconnecting)

    def test_refused_by_a_generic_nack(self) -> None:
        """A refusal as well."""
        (sequence,) = self.submit(1)
        self.carrier(pdus.GenericNack(sequence, Status.RINVCMDID))
        self.assertIsInstance(self.outcome(), Rejected)

    def test_after_reconnect(self) -> None:
        """The session is at fault and ends; what else was sent is in doubt, once."""
        first, second, third = self.submit(1, 2, 3)
        self.carrier(
            pdus.SubmitSmResp(first, Status.RINVBNDSTS),
            pdus.SubmitSmResp(second, 0, "two"),
        )
        self.clock.advance(0)
        self.assertTrue(self.wire.disconnecting)
        self.carrier(pdus.SubmitSmResp(third, 0, "three"))
        self.lose()
        rows = [row for row, _ in self.deliveries.outcomes]
        self.assertEqual(sorted(rows), [1, 2, 3])
        self.assertEqual(len(rows), 3)

    def test_lost_responses(self) -> None:
        """Each part in flight is in doubt once, before the end is told."""
        self.submit(1, 2, 3)
        self.lose()
        self.assertEqual([row for row, _ in self.deliveries.outcomes], [1, 2, 3])
        for _, outcome in self.deliveries.outcomes:
            self.assertIsInstance(outcome, InDoubt)
        self.assertEqual(self.deliveries.order, ["settled"] * 3 + ["lost"])

    def test_an_answer_that_never_comes(self) -> None:
        """It ends the bind, and the part is in doubt."""
        self.submit(1)
        for _ in range(12):
            self.clock.advance(5)
            self.carrier(pdus.EnquireLink(5))
        self.clock.advance(0)
        self.assertIsInstance(self.outcome(), InDoubt)
        self.assertTrue(self.wire.disconnecting)

    def test_a_second_answer_means_nothing(self) -> None:
        """It is a fault of the carrier's, not another outcome."""
        (sequence,) = self.submit(1)
        self.carrier(pdus.SubmitSmResp(sequence, 0, "one"))
        self.carrier(pdus.SubmitSmResp(sequence, Status.RSYSERR))
        self.assertEqual(self.outcome(), Accepted("one"))
        self.assertEqual(self.observer.faults, [events.UNEXPECTED_RESPONSE])

    def test_room_is_the_window(self) -> None:
        """Each part takes a place, each answer gives one back."""
        sequence, _ = self.submit(1, 2)
        self.assertEqual(self.link.room(), 1)
        self.carrier(pdus.SubmitSmResp(sequence, 0, "one"))
        self.assertEqual(self.link.room(), 2)
        self.assertIsNone(self.link.room_at())

    def test_a_text_that_cannot_be_written(self) -> None:
        """It is refused for good and not sent."""
        self.link.send(outgoing(text="Я", alphabet=Alphabet.GSM7))
        outcome = self.outcome()
        assert isinstance(outcome, Rejected)
        self.assertIs(outcome.retry, Retry.NEVER)
        self.assertEqual(self.received(), [])

    def test_a_full_window(self) -> None:
        """A part too many was not sent, and says so."""
        self.submit(1, 2, 3)
        self.link.send(outgoing(4))
        self.assertEqual(self.received(), [])
        ((row, outcome),) = self.deliveries.outcomes
        self.assertEqual(row, 4)
        self.assertIsInstance(outcome, Unsent)


class UnboundTests(SmppLinkTestCase):
    """Parts for a link that cannot take them."""

    def assertUnsent(self) -> None:
        self.link.send(outgoing())
        ((_, outcome),) = self.deliveries.outcomes
        self.assertIsInstance(outcome, Unsent)
        self.received()

    def test_before_the_bind(self) -> None:
        """Certainly not written."""
        self.assertUnsent()

    def test_after_the_end(self) -> None:
        """Nor then."""
        self.bind()
        self.lose()
        self.assertUnsent()

    def test_while_unbinding(self) -> None:
        """Our unbind is our last word."""
        self.bind()
        self.protocol.finish()
        self.assertUnsent()


class ReceiverTests(SmppLinkTestCase):
    """A bind that only receives."""

    session_options = SessionOptions("centre", "secret", mode=BindMode.RECEIVER)

    def test_nothing_can_be_sent(self) -> None:
        """There is no room, and a part comes back unsent."""
        self.bind()
        self.assertEqual(self.link.room(), 0)
        self.link.send(outgoing())
        ((_, outcome),) = self.deliveries.outcomes
        self.assertIsInstance(outcome, Unsent)


class RateTests(SmppLinkTestCase):
    """A carrier that allows two PDUs a second."""

    options: SmppOptions = evolve(  # type: ignore[misc]  # as the class variable's
        SmppLinkTestCase.options, rate=2
    )

    def test_room_is_bounded_by_the_rate(self) -> None:
        """And the moment of the next part is known."""
        self.bind()
        self.assertEqual(self.link.room(), 2)
        self.link.send(outgoing(1))
        self.link.send(outgoing(2))
        self.assertEqual(self.link.room(), 0)
        self.assertEqual(self.link.room_at(), 0.5)
        self.clock.advance(0.5)
        self.assertEqual(self.link.room(), 1)

    def test_a_new_bind_gives_no_new_burst(self) -> None:
        """The rate is the account's."""
        self.bind()
        self.link.send(outgoing(1))
        self.link.send(outgoing(2))
        self.received()
        self.lose()
        self.endings.clear()
        self.connect()
        self.bind()
        self.assertEqual(self.link.room(), 0)


@implementer(IEndpoint)
class OneConnection:
    """Gives the link's own connection away, once."""

    def __init__(self, case: SmppLinkTestCase) -> None:
        self._case = case

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        protocol: Any = protocolFactory.buildProtocol(self._case.wire.getPeer())
        self._case.protocol = protocol
        protocol.makeConnection(self._case.wire)
        return succeed(protocol)


class ServiceTests(SmppLinkTestCase):
    """The link under its reconnecting service."""

    def test_stop_unbinds(self) -> None:
        """The service is stopped once the connection is gone."""
        self.lose()
        self.wire = Wire()
        service = Reconnecting(
            "carrier",
            dialler(OneConnection(self), self.link.build),
            self.clock,
            lambda: 0.0,
        )
        service.startService()
        self.bind()
        stopped = service.stopService()
        (request,) = self.received()
        assert isinstance(request, pdus.Unbind)
        self.carrier(pdus.UnbindResp(request.sequence))
        self.assertNoResult(stopped)
        self.lose()
        self.successResultOf(stopped)
