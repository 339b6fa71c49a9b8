"""A carrier that goes wrong on purpose: each fault by itself, over its transport."""

from __future__ import annotations

from tempfile import NamedTemporaryFile

from attrs import evolve, fields
from click.testing import CliRunner
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from smscentre.messages import Accepted, Address, IncomingKind, Rejected
from smscentre.sim.command import smsc as command
from smscentre.sim.faults import FaultOptions, Faults, Mute
from smscentre.sim.smsc import Smsc, SmscOptions
from smscentre.sim.texts import ReceiptDialect
from smscentre.smpp import codec, pdus
from smscentre.smpp.codes import Status, Tag
from smscentre.smpp.pdus import Pdu, ShortMessage
from smscentre.smpp.receipt import id_forms, id_key, parse_receipt
from tests.sim.carrier import CENTRE, NOW, NUMBER, OPTIONS, Esme, LinkTestCase

REPLY = ShortMessage(
    source=Address(CENTRE, 0, 1),
    destination=Address("628111203001", 1, 1),
    short_message=b"Insert Data",
    registered_delivery=1,
)


class FaultTestCase(SynchronousTestCase):
    """A carrier made as the test wants it, and one bound ESME."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.shown: list[str] = []

    def carrier(
        self,
        faults: FaultOptions | None = None,
        dialect: ReceiptDialect | None = None,
        *,
        receipts: bool = False,
    ) -> Esme:
        """Make the carrier; a connection to it."""
        options = SmscOptions(
            "demo",
            "rahasia",
            CENTRE,
            10,
            receipts or dialect is not None,
            dialect or ReceiptDialect(),
            faults or FaultOptions(),
        )
        self.smsc = Smsc(options, self.clock, lambda: NOW, self.shown.append)
        self.addCleanup(self.end)
        return Esme(self.smsc)

    def end(self) -> None:
        """Close; nothing may be left to come."""
        self.smsc.close()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def bound(
        self, faults: FaultOptions | None = None, dialect: ReceiptDialect | None = None
    ) -> Esme:
        """The same, with the bind done."""
        esme = self.carrier(faults, dialect)
        (answer,) = esme.bind()
        self.assertIsInstance(answer, pdus.BindResp)
        return esme

    def statuses(self, esme: Esme, count: int) -> list[int]:
        """The answers to so many submit_sm."""
        found = []
        for sequence in range(2, 2 + count):
            (answer,) = esme.send(pdus.SubmitSm(sequence, REPLY))
            assert isinstance(answer, pdus.SubmitSmResp)
            self.assertEqual(answer.sequence, sequence)
            found.append(int(answer.status))
        return found

    def delivered(self, pdus_: list[Pdu]) -> list[pdus.DeliverSm]:
        """The deliver_sm among PDUs."""
        return [pdu for pdu in pdus_ if isinstance(pdu, pdus.DeliverSm)]


class RefusalTests(FaultTestCase):
    """Binds and messages that are not accepted."""

    def test_the_first_are_throttled(self) -> None:
        """And none after them."""
        esme = self.bound(FaultOptions(throttle_first=2))
        self.assertEqual(self.statuses(esme, 4), [0x58, 0x58, 0, 0])
        self.assertIn("* fault: a submit_sm is refused with 0x58", self.shown)

    def test_a_share_is_throttled(self) -> None:
        """About that share; the same ones with the same seed, others with another."""
        runs = [
            self.statuses(self.bound(FaultOptions(throttle=0.3, seed=seed)), 200)
            for seed in (1, 1, 2)
        ]
        self.assertTrue(40 <= runs[0].count(0x58) <= 80, runs[0].count(0x58))
        self.assertEqual(runs[0], runs[1])
        self.assertNotEqual(runs[0], runs[2])

    def test_what_is_refused_is_not_shown_as_a_reply(self) -> None:
        """It has no receipt either."""
        esme = self.carrier(
            FaultOptions(refuse_submit=Status.RINVDSTADR), receipts=True
        )
        esme.bind()
        self.assertEqual(self.statuses(esme, 2), [0x0B, 0x0B])
        self.assertFalse([line for line in self.shown if "<-" in line])
        self.assertEqual(self.smsc.unacknowledged, 0)

    def test_a_share_is_refused(self) -> None:
        """The others are accepted."""
        options = FaultOptions(refuse_submit=Status.RSYSERR, refuse_share=0.5)
        self.assertEqual(set(self.statuses(self.bound(options), 50)), {0, 8})

    def test_the_first_binds_are_refused(self) -> None:
        """As by a carrier that still holds the last session."""
        options = FaultOptions(refuse_bind=Status.RALYBND, refuse_binds=2)
        esmes = [self.carrier(options), Esme(self.smsc), Esme(self.smsc)]
        statuses = []
        for esme in esmes:
            (answer,) = esme.bind()
            assert isinstance(answer, pdus.BindResp)
            statuses.append(int(answer.status))
        self.assertEqual(statuses, [5, 5, 0])
        self.assertTrue(esmes[0].transport.disconnecting)

    def test_every_bind_is_refused(self) -> None:
        """Without a bound there is no end of it."""
        faults = Faults(FaultOptions(refuse_bind=0x0D))
        self.assertEqual({faults.bind_status() for _ in range(50)}, {0x0D})


class ConnectionTests(FaultTestCase):
    """Connections that end, and octets that are none of SMPP's."""

    def test_dropped_after_a_count(self) -> None:
        """What was written until then arrives, and nothing after it."""
        esme = self.bound(FaultOptions(drop_after=3))
        for text in ("A", "B", "C"):
            self.smsc.deliver(NUMBER, text)
        self.assertEqual(len(self.delivered(esme.received())), 2)
        self.assertTrue(esme.transport.disconnecting)
        self.assertIn("* fault: dropped after 3 PDUs", self.shown)
        self.assertEqual(esme.send(pdus.EnquireLink(9)), [])

    def test_what_a_drop_cut_off_comes_again(self) -> None:
        """In the next connection, which is dropped in its turn."""
        esme = self.bound(FaultOptions(drop_after=3))
        for text in ("A", "B", "C"):
            self.smsc.deliver(NUMBER, text)
        first, _ = self.delivered(esme.received())
        esme.vanish()
        again = Esme(self.smsc)
        texts = [pdu.message.short_message for pdu in self.delivered(again.bind())]
        self.assertEqual(texts, [b"A", b"B"])
        self.assertEqual(first.message.short_message, b"A")

    def test_dropped_every_so_often(self) -> None:
        """Counted from the beginning of each connection."""
        esme = self.bound(FaultOptions(drop_every_s=30))
        self.clock.advance(29)
        self.assertFalse(esme.transport.disconnecting)
        self.clock.advance(1)
        self.assertTrue(esme.transport.disconnecting)
        self.assertIn("* fault: dropped after 30 s", self.shown)

    def test_a_lost_connection_is_not_dropped_again(self) -> None:
        """Its timer ends with it."""
        self.bound(FaultOptions(drop_every_s=30)).vanish()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_garbage(self) -> None:
        """Behind a whole PDU; the same octets with the same seed."""
        written = []
        for seed in (1, 1, 2):
            esme = self.bound(FaultOptions(garbage_after=2, seed=seed))
            self.smsc.deliver(NUMBER, "A")
            written.append(esme.transport.value())
            esme.transport.clear()
        length = int.from_bytes(written[0][:4], "big")
        self.assertIsInstance(codec.decode(written[0][:length]), pdus.DeliverSm)
        self.assertEqual(len(written[0]) - length, 64)
        self.assertEqual(written[0], written[1])
        self.assertNotEqual(written[0], written[2])
        self.assertIn("* fault: garbage after 2 PDUs", self.shown)


class AnswerTests(FaultTestCase):
    """Answers that are late or never come."""

    def test_late(self) -> None:
        """In order, and deliveries are not held up."""
        esme = self.bound(FaultOptions(delay_s=2))
        self.assertEqual(esme.send(pdus.EnquireLink(8)), [])
        self.clock.advance(1)
        self.assertEqual(esme.send(pdus.EnquireLink(9)), [])
        self.smsc.deliver(NUMBER, "A")
        self.assertEqual(len(self.delivered(esme.received())), 1)
        self.clock.advance(1)
        self.assertEqual(esme.received(), [pdus.EnquireLinkResp(8)])
        self.clock.advance(1)
        self.assertEqual(esme.received(), [pdus.EnquireLinkResp(9)])

    def test_a_late_end(self) -> None:
        """The answer to unbind comes before the connection is closed."""
        esme = self.carrier(FaultOptions(delay_s=2))
        esme.bind()
        esme.send(pdus.Unbind(9))
        self.assertFalse(esme.transport.disconnecting)
        self.clock.advance(2)
        self.assertIn(pdus.UnbindResp(9), esme.received())
        self.assertTrue(esme.transport.disconnecting)

    def test_no_answers(self) -> None:
        """To nothing but the bind; deliveries go on."""
        esme = self.bound(FaultOptions(mute=Mute.ANSWERS))
        self.assertEqual(esme.send(pdus.EnquireLink(8)), [])
        self.assertEqual(esme.send(pdus.SubmitSm(9, REPLY)), [])
        self.smsc.deliver(NUMBER, "A")
        self.assertEqual(len(self.delivered(esme.received())), 1)

    def test_no_enquire_link_resp(self) -> None:
        """All else is answered."""
        esme = self.bound(FaultOptions(mute=Mute.ENQUIRE_LINK))
        self.assertEqual(esme.send(pdus.EnquireLink(8)), [])
        self.assertEqual(self.statuses(esme, 1), [0])


class DuplicateTests(FaultTestCase):
    """Deliveries that come several times."""

    def test_each_is_sent_so_often(self) -> None:
        """With numbers of their own."""
        esme = self.bound(FaultOptions(duplicate=3))
        self.smsc.deliver(NUMBER, "A")
        copies = self.delivered(esme.received())
        self.assertEqual([one.message.short_message for one in copies], [b"A"] * 3)
        self.assertEqual(len({one.sequence for one in copies}), 3)
        for copy in copies:
            esme.send(pdus.DeliverSmResp(copy.sequence))
        self.assertEqual(self.smsc.unacknowledged, 0)

    def test_only_the_true_one_is_missed(self) -> None:
        """After the loss of a connection it comes again, as often as before."""
        esme = self.bound(FaultOptions(duplicate=2))
        self.smsc.deliver(NUMBER, "A")
        esme.vanish()
        self.assertEqual(self.smsc.unacknowledged, 1)
        self.assertEqual(len(self.delivered(Esme(self.smsc).bind())), 2)

    def test_a_refused_copy_does_not_multiply(self) -> None:
        """Only the true one is tried again."""
        esme = self.bound(FaultOptions(duplicate=2))
        self.smsc.deliver(NUMBER, "A")
        for copy in self.delivered(esme.received()):
            esme.send(pdus.DeliverSmResp(copy.sequence, Status.RSYSERR))
        self.clock.advance(5)
        self.assertEqual(len(self.delivered(esme.received())), 2)


class ReceiptTests(FaultTestCase):
    """Receipts as different carriers write them."""

    def submit(self, esme: Esme) -> list[Pdu]:
        """Send a reply that asks for a receipt; all that comes back at once."""
        return esme.send(pdus.SubmitSm(7, REPLY))

    def test_forms(self) -> None:
        """In the text, in TLVs, or in both; our own reader knows them all."""
        for form, has_text, has_tlvs in (
            ("text", True, False),
            ("tlv", False, True),
            ("both", True, True),
        ):
            dialect = ReceiptDialect(form)  # type: ignore[arg-type]  # one of three
            answers = self.submit(self.bound(None, dialect))
            (accepted,) = (pdu for pdu in answers if isinstance(pdu, pdus.SubmitSmResp))
            (receipt,) = self.delivered(answers)
            message = receipt.message
            self.assertEqual(bool(message.short_message), has_text)
            self.assertEqual(Tag.RECEIPTED_MESSAGE_ID in message.tlvs, has_tlvs)
            read = parse_receipt(message)
            assert read is not None
            self.assertEqual(read.smsc_id, accepted.message_id)
            self.assertEqual(read.state.value, "delivered")

    def test_ids(self) -> None:
        """In hexadecimal here and in decimal there, as the link can be told."""
        for id_form in ("same", "hex-in-response", "hex-in-receipt"):
            dialect = ReceiptDialect("both", id_form)
            answers = self.submit(self.bound(None, dialect))
            (accepted,) = (pdu for pdu in answers if isinstance(pdu, pdus.SubmitSmResp))
            read = parse_receipt(self.delivered(answers)[0].message)
            assert read is not None
            self.assertEqual(read.smsc_id == accepted.message_id, id_form == "same")
            forms = id_forms(read.smsc_id, id_form)
            self.assertEqual(forms, (id_key(accepted.message_id),), id_form)

    def test_before_the_response(self) -> None:
        """The id is not known to anybody yet."""
        receipt, answer = self.submit(self.bound(None, ReceiptDialect(first=True)))
        self.assertIsInstance(receipt, pdus.DeliverSm)
        self.assertIsInstance(answer, pdus.SubmitSmResp)

    def test_later(self) -> None:
        """What is due before it goes before it."""
        esme = self.bound(None, ReceiptDialect(after_s=60))
        self.assertEqual(len(self.submit(esme)), 1)
        self.smsc.deliver(NUMBER, "A")
        (text,) = self.delivered(esme.received())
        esme.send(pdus.DeliverSmResp(text.sequence, Status.RSYSERR))
        self.clock.advance(5)
        self.assertEqual(len(self.delivered(esme.received())), 1)
        self.clock.advance(55)
        (receipt,) = self.delivered(esme.received())
        self.assertEqual(receipt.message.esm_class, 0x04)


class LinkFaultTests(LinkTestCase):
    """Our own link against such a carrier."""

    options = evolve(
        OPTIONS,
        receipts=True,
        dialect=ReceiptDialect("tlv", "hex-in-receipt", first=True),
        faults=FaultOptions(throttle_first=1, duplicate=2),
    )

    def test_a_throttled_reply_and_its_second_try(self) -> None:
        """The first is refused for later; the second has its receipt twice."""
        self.send("Insert Data")
        self.send("Insert Data")
        refused, accepted = self.centre.outcomes
        assert isinstance(refused, Rejected)
        self.assertTrue(refused.throttled)
        self.assertIsInstance(accepted, Accepted)
        kinds = [incoming.kind for incoming in self.centre.arrivals]
        self.assertEqual(kinds, [IncomingKind.RECEIPT] * 2)


class CommandTests(SynchronousTestCase):
    """The options of ``smscentre sim smsc``."""

    def refused(self, *arguments: str) -> str:
        """The complaint about a command line."""
        with NamedTemporaryFile("w") as password:
            given = ["--password-file", password.name, *arguments]
            result = CliRunner().invoke(command, given)
        self.assertEqual(result.exit_code, 2, result.output)
        return result.output

    def test_values_out_of_range(self) -> None:
        """Named by their option."""
        for option, value in (
            ("--throttle", "1.5"),
            ("--refuse-submit", "0"),
            ("--refuse-bind", "wrong-password"),
            ("--duplicate", "9"),
            ("--mute", "all"),
            ("--drop-after", "0"),
            ("--delay", "0"),
        ):
            self.assertIn(option, self.refused(option, value))

    def test_every_fault_is_an_option(self) -> None:
        """And each has its words in the help."""
        named = {parameter.name for parameter in command.params}
        options = (*fields(FaultOptions), *fields(ReceiptDialect))
        self.assertLessEqual({field.name for field in options}, named)
