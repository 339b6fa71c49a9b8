"""Tests for `smscentre.links.wire`: octets and time between transport and session."""

from __future__ import annotations

from twisted.internet.address import IPv4Address
from twisted.internet.testing import StringTransport

from smscentre.smpp import codec, events, pdus
from smscentre.smpp.codes import Status
from smscentre.smpp.session import State
from tests.links.fakes import SmppLinkTestCase, outgoing
from tests.smpp.samples import MESSAGE, header

ENQUIRE_LINK_S = 20
ANSWER_S = 10
CLOSING_S = 5


class ConnectionTests(SmppLinkTestCase):
    """From the connection to the bind."""

    def test_the_bind_is_asked_for_at_once(self) -> None:
        """With the account's name and password."""
        (request,) = self.received()
        assert isinstance(request, pdus.Bind)
        self.assertEqual((request.system_id, request.password), ("centre", "secret"))

    def test_the_socket_is_tuned(self) -> None:
        """Small PDUs leave at once; a peer that vanished is noticed."""
        self.assertEqual(self.wire.tuned, ["no delay True", "keep alive True"])

    def test_a_transport_without_a_socket(self) -> None:
        """Anything that carries octets will do."""
        protocol = self.link.build()
        transport = StringTransport(peerAddress=IPv4Address("TCP", "127.0.0.1", 1))
        protocol.makeConnection(transport)
        self.assertNotEqual(transport.value(), b"")
        protocol.connectionLost()

    def test_a_carrier_that_never_answers_the_bind(self) -> None:
        """It is given up after half a minute."""
        self.clock.advance(29.9)
        self.assertFalse(self.wire.disconnecting)
        self.clock.advance(0.1)
        self.clock.advance(0)
        self.assertTrue(self.wire.disconnecting)
        self.assertEqual(self.observer.faults, [events.NO_ANSWER])


class WritingTests(SmppLinkTestCase):
    """When octets leave."""

    def setUp(self) -> None:
        super().setUp()
        self.bind()

    def test_answers_of_one_turn_leave_in_one_write(self) -> None:
        """However many messages were committed together."""
        self.carrier(*(pdus.DeliverSm(number, MESSAGE) for number in range(1, 6)))
        for index in range(5):
            self.accept(index=index)
        self.assertEqual(self.wire.writes, [])
        answers = self.received()
        self.assertEqual(answers, [pdus.DeliverSmResp(n) for n in range(1, 6)])
        self.assertEqual(len(self.wire.writes), 1)

    def test_answers_and_submits_share_a_write(self) -> None:
        """A reply leaves with the acknowledgement of its message."""
        self.carrier(pdus.DeliverSm(1, MESSAGE))
        self.accept()
        self.link.send(outgoing())
        acknowledgement, submit = self.received()
        self.assertIsInstance(acknowledgement, pdus.DeliverSmResp)
        self.assertIsInstance(submit, pdus.SubmitSm)
        self.assertEqual(len(self.wire.writes), 1)

    def test_acknowledged_is_told_once_written(self) -> None:
        """Not while the answer only waits to be written."""
        self.carrier(pdus.DeliverSm(1, MESSAGE))
        self.accept()
        self.assertEqual(self.deliveries.acknowledgements, [])
        self.received()
        self.assertEqual(
            self.deliveries.acknowledgements,
            [self.deliveries.arrivals[0][0].arrival_id],
        )

    def test_what_was_not_written_is_not_acknowledged(self) -> None:
        """A connection that ends in the same turn acknowledged nothing."""
        self.carrier(pdus.DeliverSm(1, MESSAGE))
        self.accept()
        self.lose()
        self.assertEqual(self.received(), [])
        self.assertEqual(self.deliveries.acknowledgements, [])


class SilenceTests(SmppLinkTestCase):
    """enquire_link, both ways."""

    def setUp(self) -> None:
        super().setUp()
        self.bind()

    def test_we_answer(self) -> None:
        """At once, in the same turn."""
        self.carrier(pdus.EnquireLink(77))
        self.assertEqual(self.received(), [pdus.EnquireLinkResp(77)])

    def test_we_ask_after_silence(self) -> None:
        """And again after the next one."""
        for _ in range(3):
            self.clock.advance(ENQUIRE_LINK_S)
            (question,) = self.received()
            assert isinstance(question, pdus.EnquireLink)
            self.carrier(pdus.EnquireLinkResp(question.sequence))
        self.assertFalse(self.wire.disconnecting)

    def test_traffic_puts_the_question_off(self) -> None:
        """A carrier that sends is alive."""
        for _ in range(5):
            self.clock.advance(ENQUIRE_LINK_S - 1)
            self.carrier(pdus.EnquireLink(5))
            self.assertEqual(self.received(), [pdus.EnquireLinkResp(5)])

    def test_without_an_answer_the_link_is_given_up(self) -> None:
        """The connection closes, and the ending says why."""
        self.clock.advance(ENQUIRE_LINK_S)
        self.clock.advance(ANSWER_S)
        self.clock.advance(0)
        self.assertTrue(self.wire.disconnecting)
        self.assertEqual(self.observer.faults, [events.NO_ANSWER])

    def test_half_a_pdu_is_not_waited_for_for_ever(self) -> None:
        """A PDU that does not become whole ends the session."""
        self.protocol.dataReceived(codec.encode(pdus.DeliverSm(1, MESSAGE))[:-1])
        self.clock.advance(10)
        self.clock.advance(0)
        self.assertTrue(self.wire.disconnecting)
        self.assertEqual(self.observer.faults, [events.SLOW_PDU])

    def test_every_octet_alone(self) -> None:
        """The fragmentation of TCP means nothing."""
        for octet in codec.encode(pdus.DeliverSm(1, MESSAGE)):
            self.protocol.dataReceived(bytes((octet,)))
        self.assertEqual(len(self.deliveries.arrivals), 1)


class EndTests(SmppLinkTestCase):
    """The end of a session, whoever wants it."""

    def setUp(self) -> None:
        super().setUp()
        self.bind()

    def unbind(self) -> int:
        """Finish; the sequence number of our unbind."""
        self.protocol.finish()
        (request,) = self.received()
        assert isinstance(request, pdus.Unbind)
        return request.sequence

    def test_we_unbind(self) -> None:
        """The connection closes after the answer, not before."""
        sequence = self.unbind()
        self.assertFalse(self.wire.disconnecting)
        self.carrier(pdus.UnbindResp(sequence))
        self.clock.advance(0)
        self.assertTrue(self.wire.disconnecting)

    def test_asking_twice_to_finish(self) -> None:
        """It changes nothing: the answer is still waited for."""
        self.unbind()
        self.protocol.finish()
        self.assertEqual(self.received(), [])
        self.assertFalse(self.wire.disconnecting)

    def test_an_unbind_without_an_answer(self) -> None:
        """Five seconds are enough."""
        self.unbind()
        self.clock.advance(5)
        self.clock.advance(0)
        self.assertTrue(self.wire.disconnecting)

    def test_what_comes_while_we_unbind_is_still_answered(self) -> None:
        """A message that crossed our unbind is acknowledged after its commit."""
        self.unbind()
        self.carrier(pdus.DeliverSm(9, MESSAGE))
        self.accept()
        self.assertEqual(self.received(), [pdus.DeliverSmResp(9)])

    def test_the_carrier_unbinds(self) -> None:
        """It gets its answer before the connection closes."""
        self.carrier(pdus.Unbind(5))
        self.assertEqual(self.wire.writes, [codec.encode(pdus.UnbindResp(5))])
        self.clock.advance(0)
        self.assertTrue(self.wire.disconnecting)

    def test_finish_before_the_bind(self) -> None:
        """Nothing is unbound that was not bound."""
        self.lose()
        self.endings.clear()
        self.connect()
        self.received()
        self.protocol.finish()
        self.assertEqual(self.received(), [])
        self.assertTrue(self.wire.disconnecting)

    def test_lost_framing(self) -> None:
        """It is answered with generic_nack and ends the connection."""
        self.protocol.dataReceived(header(4, length=15))
        (nack,) = self.received()
        self.assertEqual(nack, pdus.GenericNack(0, Status.RINVCMDLEN))
        self.assertTrue(self.wire.disconnecting)

    def test_a_peer_that_does_not_read_our_last_words(self) -> None:
        """After five seconds the connection is cut."""
        self.protocol.drop("on purpose")
        self.clock.advance(CLOSING_S - 0.1)
        self.assertFalse(self.wire.disconnected)
        self.clock.advance(0.1)
        self.assertTrue(self.wire.disconnected)

    def test_no_timer_is_left_after_the_connection(self) -> None:
        """Wherever the session stood, and whatever waited for the next turn."""
        self.carrier(pdus.DeliverSm(1, MESSAGE))
        self.accept()
        self.protocol.drop("on purpose")
        self.lose()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertIs(self.protocol.session.state, State.CLOSED)

    def test_the_ending_tells_since_when_it_stood(self) -> None:
        """In the clock's seconds."""
        self.clock.advance(7)
        self.lose()
        (ending,) = self.endings
        self.assertEqual(ending.stood_since, 0.0)
