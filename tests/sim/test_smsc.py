"""Tests for the simulated carrier: over its own transport, and with our own link."""

from __future__ import annotations

from typing import Any

from attrs import evolve, frozen
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.task import Clock

from smscentre.messages import Accepted, Address, IncomingKind, Part
from smscentre.sim.smsc import Smsc
from smscentre.sim.terminal import read_line
from smscentre.smpp import pdus
from smscentre.smpp.codes import Status
from smscentre.smpp.pdus import BindMode, Pdu, ShortMessage
from tests.sim.carrier import CENTRE, NUMBER, OPTIONS, Esme, LinkTestCase, SmscTestCase


@frozen
class BindCase:
    """A bind and the status that answers it."""

    system_id: str
    password: str
    status: int


BINDS = (
    BindCase("demo", "rahasia", Status.ROK),
    BindCase("other", "rahasia", Status.RINVSYSID),
    BindCase("demo", "salah", Status.RINVPASWD),
)


class _CreepingClock(Clock):
    """A clock that goes on by itself whenever somebody looks at it."""

    creeps_s = 0.0

    def seconds(self) -> float:
        """The present, which has passed at once."""
        now: float = super().seconds()
        self.rightNow += self.creeps_s
        return now

    def callLater(self, delay: float, *args: Any, **named: Any) -> IDelayedCall:
        """Refuse what reactors refuse."""
        assert delay >= 0, delay
        return super().callLater(delay, *args, **named)


class BindTests(SmscTestCase):
    """Who may bind."""

    def test_account_and_password_are_checked(self) -> None:
        """A refusal closes the connection."""
        for case in BINDS:
            esme = Esme(self.smsc)
            (answer,) = esme.bind(system_id=case.system_id, password=case.password)
            assert isinstance(answer, pdus.BindResp)
            self.assertEqual(answer.status, case.status)
            self.assertEqual(esme.transport.disconnecting, case.status != 0)

    def test_a_second_bind_of_one_mode_is_refused(self) -> None:
        """As carriers with one session an account do."""
        Esme(self.smsc).bind()
        (answer,) = Esme(self.smsc).bind()
        assert isinstance(answer, pdus.BindResp)
        self.assertEqual(answer.status, Status.RALYBND)

    def test_transmitter_and_receiver_go_together(self) -> None:
        """Texts reach the receiver only."""
        transmitter, receiver = Esme(self.smsc), Esme(self.smsc)
        transmitter.bind(BindMode.TRANSMITTER)
        receiver.bind(BindMode.RECEIVER)
        receiver.received()
        self.smsc.deliver(NUMBER, "HELP")
        self.assertEqual(transmitter.received(), [])
        self.assertIsInstance(receiver.received()[0], pdus.DeliverSm)

    def test_nothing_goes_before_the_bind(self) -> None:
        """A request in an open session is refused."""
        (answer,) = Esme(self.smsc).send(pdus.EnquireLink(9))
        self.assertEqual(answer, pdus.GenericNack(9, Status.RINVBNDSTS))

    def test_enquire_link_is_answered(self) -> None:
        """With the number of the question."""
        esme = Esme(self.smsc)
        esme.bind()
        self.assertEqual(esme.send(pdus.EnquireLink(9)), [pdus.EnquireLinkResp(9)])

    def test_unbind_is_answered_and_closes(self) -> None:
        """The session is over after the answer."""
        esme = Esme(self.smsc)
        esme.bind()
        self.assertEqual(esme.send(pdus.Unbind(9)), [pdus.UnbindResp(9)])
        self.assertTrue(esme.transport.disconnecting)
        self.assertFalse(self.smsc.bound)

    def test_garbage_is_refused(self) -> None:
        """Lost framing ends the connection."""
        esme = Esme(self.smsc)
        esme.bind()
        esme.protocol.dataReceived(b"GET / HTTP/1.1\r\n\r\n")
        self.assertIsInstance(esme.received()[0], pdus.GenericNack)
        self.assertTrue(esme.transport.disconnecting)


class DeliveryTests(SmscTestCase):
    """Texts on their way to the ESME."""

    def delivered(self, esme: Esme) -> list[pdus.DeliverSm]:
        """The deliver_sm that came since the last question."""
        return [pdu for pdu in esme.received() if isinstance(pdu, pdus.DeliverSm)]

    def test_texts_wait_for_a_bind(self) -> None:
        """And are shown when they are handed in."""
        self.smsc.deliver(NUMBER, "RUTAN 1 2 3 4")
        self.assertEqual(self.shown, [f"{NUMBER} -> {CENTRE}: RUTAN 1 2 3 4"])
        esme = Esme(self.smsc)
        (_, delivered) = esme.bind()
        assert isinstance(delivered, pdus.DeliverSm)
        self.assertEqual(delivered.message.source, Address("628111203001", 1, 1))
        self.assertEqual(delivered.message.destination.digits, CENTRE)
        self.assertEqual(delivered.message.short_message, b"RUTAN 1 2 3 4")

    def test_the_window_holds_texts_back(self) -> None:
        """Each acknowledgement lets one more go, in order."""
        esme = Esme(self.smsc)
        esme.bind()
        for text in ("A", "B", "C"):
            self.smsc.deliver(NUMBER, text)
        first, second = self.delivered(esme)
        self.assertEqual(first.message.short_message, b"A")
        (third,) = esme.send(pdus.DeliverSmResp(second.sequence))
        assert isinstance(third, pdus.DeliverSm)
        self.assertEqual(third.message.short_message, b"C")

    def test_what_was_not_acknowledged_comes_again_after_a_rebind(self) -> None:
        """In the old order; what was acknowledged does not."""
        esme = Esme(self.smsc)
        esme.bind()
        for text in ("A", "B", "C"):
            self.smsc.deliver(NUMBER, text)
        first, _ = self.delivered(esme)
        esme.send(pdus.DeliverSmResp(first.sequence))
        esme.vanish()
        again = Esme(self.smsc)
        texts = [
            pdu.message.short_message
            for pdu in again.bind()
            if isinstance(pdu, pdus.DeliverSm)
        ]
        self.assertEqual(texts, [b"B", b"C"])

    def test_what_was_refused_comes_again_later(self) -> None:
        """After five seconds, in the same bind."""
        esme = Esme(self.smsc)
        esme.bind()
        self.smsc.deliver(NUMBER, "A")
        (first,) = self.delivered(esme)
        esme.send(pdus.DeliverSmResp(first.sequence, Status.RSYSERR))
        self.assertEqual(self.smsc.unacknowledged, 1)
        self.clock.advance(5)
        (again,) = self.delivered(esme)
        esme.send(pdus.DeliverSmResp(again.sequence))
        self.assertEqual(self.smsc.unacknowledged, 0)

    def test_what_waits_to_come_again_holds_nothing_up(self) -> None:
        """A new text overtakes a refused one."""
        esme = Esme(self.smsc)
        esme.bind()
        self.smsc.deliver(NUMBER, "A")
        (first,) = self.delivered(esme)
        esme.send(pdus.DeliverSmResp(first.sequence, Status.RSYSERR))
        self.smsc.deliver(NUMBER, "B")
        (second,) = self.delivered(esme)
        self.assertEqual(second.message.short_message, b"B")

    def test_time_passes_while_it_looks(self) -> None:
        """What falls due between two readings of the clock comes at once."""
        clock = _CreepingClock()
        smsc = Smsc(OPTIONS, clock, lambda: 0.0, lambda line: None)
        esme = Esme(smsc)
        esme.bind()
        smsc.deliver(NUMBER, "A")
        (first,) = self.delivered(esme)
        clock.creeps_s = 3.0
        esme.send(pdus.DeliverSmResp(first.sequence, Status.RSYSERR))
        clock.creeps_s = 0.0
        smsc.deliver(NUMBER, "B")
        clock.advance(0)
        texts = [each.message.short_message for each in self.delivered(esme)]
        self.assertEqual(sorted(texts), [b"A", b"B"])

    def test_long_texts_go_in_parts(self) -> None:
        """As a phone would send them."""
        esme = Esme(self.smsc)
        esme.bind()
        self.smsc.deliver(NUMBER, "x" * 200)
        headers = [pdu.message.short_message[:6] for pdu in self.delivered(esme)]
        self.assertEqual(headers, [b"\5\0\3\1\2\1", b"\5\0\3\1\2\2"])


class SubmissionTests(SmscTestCase):
    """Replies on their way to a phone."""

    options = evolve(OPTIONS, receipts=True)

    def submit(self, esme: Esme, message: ShortMessage) -> list[Pdu]:
        """Send a submit_sm."""
        return esme.send(pdus.SubmitSm(7, message))

    def message(
        self, text: bytes, esm_class: int = 0, registered: int = 0
    ) -> ShortMessage:
        """A reply to the officer."""
        return ShortMessage(
            source=Address(CENTRE, 0, 1),
            destination=Address("628111203001", 1, 1),
            short_message=text,
            esm_class=esm_class,
            registered_delivery=registered,
        )

    def test_a_reply_is_accepted_and_shown(self) -> None:
        """Ids differ from message to message."""
        esme = Esme(self.smsc)
        esme.bind()
        ids = set()
        for _ in range(2):
            (answer,) = self.submit(esme, self.message(b"Insert Data"))
            assert isinstance(answer, pdus.SubmitSmResp)
            self.assertEqual(answer.status, 0)
            ids.add(answer.message_id)
        self.assertEqual(len(ids), 2)
        self.assertEqual(self.shown[-1], f"{NUMBER} <- {CENTRE}: Insert Data")

    def test_parts_are_shown_as_one_text(self) -> None:
        """Whichever part comes first."""
        esme = Esme(self.smsc)
        esme.bind()
        self.submit(esme, self.message(b"\5\0\3\x09\2\2dua", esm_class=0x40))
        self.assertNotIn("dua", self.shown[-1])
        self.submit(esme, self.message(b"\5\0\3\x09\2\1satu ", esm_class=0x40))
        self.assertEqual(self.shown[-1], f"{NUMBER} <- {CENTRE}: satu dua")

    def test_a_receipt_follows_where_one_is_asked_for(self) -> None:
        """With the id of the answer, from the phone to the centre."""
        esme = Esme(self.smsc)
        esme.bind()
        answers = self.submit(esme, self.message(b"A", registered=1))
        (answer,) = (pdu for pdu in answers if isinstance(pdu, pdus.SubmitSmResp))
        (receipt,) = (pdu for pdu in answers if isinstance(pdu, pdus.DeliverSm))
        self.assertEqual(receipt.message.esm_class, 0x04)
        self.assertEqual(receipt.message.source.digits, "628111203001")
        self.assertIn(
            f"id:{answer.message_id} ".encode(), receipt.message.short_message
        )
        self.assertIn(b"stat:DELIVRD", receipt.message.short_message)

    def test_a_receiver_may_not_submit(self) -> None:
        """Its submit_sm is refused."""
        esme = Esme(self.smsc)
        esme.bind(BindMode.RECEIVER)
        (answer,) = self.submit(esme, self.message(b"A"))
        self.assertEqual(answer, pdus.SubmitSmResp(7, Status.RINVBNDSTS))


class TerminalTests(SmscTestCase):
    """Lines that an operator types."""

    def test_a_line_is_delivered(self) -> None:
        """Number first, then the text to the end of the line."""
        read_line(self.smsc, f"{NUMBER} RUTAN 1 2 3 4\n", self.shown.append)
        self.assertEqual(self.shown, [f"{NUMBER} -> {CENTRE}: RUTAN 1 2 3 4"])

    def test_other_lines_are_explained(self) -> None:
        """An empty one is passed over."""
        for line in ("RUTAN 1 2 3 4", NUMBER, f"{NUMBER}  "):
            self.shown.clear()
            read_line(self.smsc, line, self.shown.append)
            self.assertIn("expected: NUMBER TEXT", self.shown[0])
        self.shown.clear()
        read_line(self.smsc, "\n", self.shown.append)
        self.assertEqual(self.shown, [])


class LinkTests(LinkTestCase):
    """The carrier and our own link, joined in memory."""

    def test_the_link_binds(self) -> None:
        """Both sides think so."""
        self.assertTrue(self.link.bind)
        self.assertTrue(self.smsc.bound)

    def test_a_text_arrives_and_is_acknowledged(self) -> None:
        """What was typed is what the centre reads."""
        self.smsc.deliver(NUMBER, "RUTAN 1 2 3 4")
        self.run_both()
        (incoming,) = self.centre.arrivals
        self.assertEqual(incoming.text, "RUTAN 1 2 3 4")
        self.assertEqual(incoming.source.digits, "628111203001")
        self.assertEqual(self.smsc.unacknowledged, 0)

    def test_a_text_beyond_gsm_arrives(self) -> None:
        """Such a text goes as UCS-2."""
        self.smsc.deliver(NUMBER, "Привет 😀")
        self.run_both()
        self.assertEqual(self.centre.arrivals[0].text, "Привет 😀")

    def test_a_reply_is_shown_and_its_receipt_comes_back(self) -> None:
        """The receipt names the id that the reply was accepted with."""
        self.send("Insert Data UPT 1203")
        self.assertEqual(self.shown[-1], f"{NUMBER} <- {CENTRE}: Insert Data UPT 1203")
        (accepted,) = self.centre.outcomes
        assert isinstance(accepted, Accepted)
        (incoming,) = self.centre.arrivals
        self.assertIs(incoming.kind, IncomingKind.RECEIPT)
        assert incoming.receipt is not None
        self.assertEqual(incoming.receipt.smsc_id, accepted.smsc_id)

    def test_a_long_reply_is_shown_whole(self) -> None:
        """Its parts are joined."""
        self.send("satu ", Part(3, 8, 2, 1))
        self.send("dua", Part(3, 8, 2, 2))
        self.assertEqual(self.shown[-1], f"{NUMBER} <- {CENTRE}: satu dua")
