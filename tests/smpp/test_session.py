"""Tests for `smscentre.smpp.session`: what is said, answered and reported."""

from __future__ import annotations

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from smscentre.messages import Address
from smscentre.smpp import events, pdus
from smscentre.smpp.codec import encode
from smscentre.smpp.codes import COMMANDS, RESPONSE, Status
from smscentre.smpp.errors import LocalProtocolError
from smscentre.smpp.events import (
    Bound,
    Closed,
    Corrupt,
    Delivered,
    Event,
    Fault,
    PeerUnbound,
    SubmitAnswered,
    SubmitLost,
)
from smscentre.smpp.pdus import BindMode
from smscentre.smpp.session import Session, State
from smscentre.smpp.status import BindRefusal
from tests.smpp.samples import (
    MESSAGE,
    OPTIONS,
    bind_resp,
    bound,
    deliver,
    header,
    sent,
    submit_resp,
)

CORRUPT = header(5, 9, 0, 20) + b"\0\1\1\0"


def _reasons(happened: list[Event]) -> list[str]:
    return [event.reason for event in happened if isinstance(event, Fault)]


class BindTests(SynchronousTestCase):
    """From the transport to a bound session."""

    def test_request(self) -> None:
        """The bind carries every option and the first sequence number."""
        options = evolve(
            OPTIONS, system_type="SMS", address_range="021", addr_ton=1, addr_npi=8
        )
        session = Session(options)
        session.connect(0.0)
        expected = pdus.Bind(
            1, BindMode.TRANSCEIVER, "centre", "secret", "SMS", 0x34, 1, 8, "021"
        )
        self.assertEqual(sent(session), [expected])
        self.assertIs(session.state, State.BINDING)

    def test_accepted(self) -> None:
        """In each mode the right response binds, with what the peer says of itself."""
        for mode in BindMode:
            session = Session(evolve(OPTIONS, mode=mode))
            session.connect(0.0)
            happened = session.receive(bind_resp(mode), 0.0)
            self.assertEqual(happened, [Bound("carrier", 0x34)])
            self.assertIs(session.state, State.BOUND)

    def test_refused(self) -> None:
        """A refusal says what kind it is and ends the session."""
        cases = (
            (Status.RINVPASWD, BindRefusal.WRONG_CREDENTIALS),
            (Status.RINVSYSID, BindRefusal.WRONG_CREDENTIALS),
            (Status.RALYBND, BindRefusal.ALREADY_BOUND),
            (Status.RBINDFAIL, BindRefusal.OTHER),
        )
        for status, kind in cases:
            session = Session(OPTIONS)
            session.connect(0.0)
            refused, closed = session.receive(header(0x80000009, 1, status), 0.0)
            assert isinstance(refused, events.BindRefused)
            self.assertEqual((refused.status, refused.refusal), (status, kind))
            self.assertIsInstance(closed, Closed)
            self.assertIs(session.state, State.CLOSED)

    def test_nacked(self) -> None:
        """A generic_nack of the bind refuses it, even with a status of 0."""
        session = Session(OPTIONS)
        session.connect(0.0)
        happened = session.receive(header(0x80000000, 1, 0), 0.0)
        kinds = [type(event) for event in happened]
        self.assertEqual(kinds, [Fault, events.BindRefused, Closed])

    def test_bad_body(self) -> None:
        """An acceptance with a bad body still binds, and is counted."""
        session = Session(OPTIONS)
        session.connect(0.0)
        happened = session.receive(header(0x80000009, 1), 0.0)
        self.assertEqual(_reasons(happened), [events.BAD_BODY])
        self.assertEqual(happened[1], Bound("", None))

    def test_other_responses(self) -> None:
        """Another sequence number or another mode's response does not bind."""
        session = Session(OPTIONS)
        session.connect(0.0)
        happened = session.receive(header(0x80000009, 2), 0.0)
        happened += session.receive(bind_resp(BindMode.RECEIVER), 0.0)
        self.assertEqual(_reasons(happened), [events.UNEXPECTED_RESPONSE] * 2)
        self.assertIs(session.state, State.BINDING)

    def test_option_that_does_not_fit(self) -> None:
        """An option too long for its field is refused before anything is sent."""
        session = Session(evolve(OPTIONS, system_id="1" * 16))
        self.assertRaises(LocalProtocolError, session.connect, 0.0)
        self.assertEqual(session.data_to_send(), b"")
        self.assertIs(session.state, State.OPEN)

    def test_password_hidden(self) -> None:
        """The options do not show their password."""
        self.assertNotIn("secret", repr(OPTIONS))


class DeliveryTests(SynchronousTestCase):
    """deliver_sm and its acknowledgement."""

    def test_delivered(self) -> None:
        """A deliver_sm is given with its octets and is not answered by itself."""
        session = bound()
        happened = session.receive(deliver(5), 1.0)
        self.assertEqual(happened, [Delivered(5, MESSAGE, deliver(5))])
        self.assertEqual(session.data_to_send(), b"")

    def test_acknowledged(self) -> None:
        """The answer carries its sequence number and status, in any order."""
        session = bound()
        session.receive(deliver(5) + deliver(6), 1.0)
        session.acknowledge(6, Status.RSYSERR)
        session.acknowledge(5)
        expected = [pdus.DeliverSmResp(6, 8), pdus.DeliverSmResp(5)]
        self.assertEqual(sent(session), expected)

    def test_number_used_twice(self) -> None:
        """A number that the peer used twice is answered twice and not three times."""
        session = bound()
        session.receive(deliver(5) + deliver(5), 1.0)
        session.acknowledge(5)
        session.acknowledge(5)
        self.assertEqual(sent(session), [pdus.DeliverSmResp(5)] * 2)
        self.assertRaises(LocalProtocolError, session.acknowledge, 5)

    def test_nothing_waits(self) -> None:
        """An answer to what never came is our error."""
        self.assertRaises(LocalProtocolError, bound().acknowledge, 5)

    def test_any_number(self) -> None:
        """Numbers outside the standard's range are answered as they came."""
        session = bound()
        for sequence in (0, 2**31, 2**32 - 1):
            session.receive(deliver(sequence), 1.0)
            session.acknowledge(sequence)
            self.assertEqual(sent(session), [pdus.DeliverSmResp(sequence)])

    def test_corrupt(self) -> None:
        """A bad body after a good header is handed over raw, to be acknowledged."""
        session = bound()
        (event,) = session.receive(CORRUPT, 1.0)
        assert isinstance(event, Corrupt)
        self.assertEqual((event.sequence, event.raw), (9, CORRUPT))
        self.assertIn("ends too soon", event.reason)
        self.assertEqual(session.data_to_send(), b"")
        session.acknowledge(9)
        self.assertEqual(sent(session), [pdus.DeliverSmResp(9)])

    def test_wrong_time(self) -> None:
        """Before the bind, or bound as transmitter, a delivery is refused."""
        early = Session(OPTIONS)
        early.connect(0.0)
        early.data_to_send()
        sender = bound(evolve(OPTIONS, mode=BindMode.TRANSMITTER))
        for session, status in (
            (early, Status.RSYSERR),
            (sender, Status.RINVBNDSTS),
        ):
            for pdu in (deliver(9), CORRUPT):
                happened = session.receive(pdu, 1.0)
                self.assertEqual(_reasons(happened), [events.UNEXPECTED_COMMAND])
                refused = pdus.DeliverSmResp(9, status)
                self.assertEqual(sent(session), [refused])

    def test_while_unbinding(self) -> None:
        """A delivery that crosses our unbind can still be answered."""
        session = bound()
        session.unbind(1.0)
        session.data_to_send()
        session.receive(deliver(5), 1.0)
        session.acknowledge(5, Status.RSYSERR)
        self.assertEqual(sent(session), [pdus.DeliverSmResp(5, 8)])


class SubmitTests(SynchronousTestCase):
    """submit_sm, its window and its answer."""

    def test_sent(self) -> None:
        """A submit goes out under the number that was given."""
        session = bound()
        sequence = session.submit(MESSAGE, 1.0)
        self.assertEqual(sent(session), [pdus.SubmitSm(sequence, MESSAGE)])

    def test_answered(self) -> None:
        """Answers are told apart by number, in any order, and free their places."""
        session = bound()
        first, second = session.submit(MESSAGE, 1.0), session.submit(MESSAGE, 1.0)
        self.assertEqual(session.room(), 8)
        data = submit_resp(second, "b") + header(0x80000004, first, 0x58)
        happened = session.receive(data, 2.0)
        expected = [SubmitAnswered(second, 0, "b"), SubmitAnswered(first, 0x58, "")]
        self.assertEqual(happened, expected)
        self.assertEqual(session.room(), 10)

    def test_window(self) -> None:
        """A full window takes nothing more."""
        session = bound(evolve(OPTIONS, window=2))
        session.submit(MESSAGE, 1.0)
        session.submit(MESSAGE, 1.0)
        self.assertEqual(session.room(), 0)
        self.assertRaises(LocalProtocolError, session.submit, MESSAGE, 1.0)

    def test_receiver(self) -> None:
        """Bound as receiver there is never room."""
        session = bound(evolve(OPTIONS, mode=BindMode.RECEIVER))
        self.assertEqual(session.room(), 0)
        self.assertRaises(LocalProtocolError, session.submit, MESSAGE, 1.0)

    def test_message_that_does_not_fit(self) -> None:
        """A message that cannot be written takes no place and sends nothing."""
        session = bound()
        wrong = evolve(MESSAGE, destination=Address("6" * 21))
        self.assertRaises(LocalProtocolError, session.submit, wrong, 1.0)
        self.assertEqual((session.room(), session.data_to_send()), (10, b""))

    def test_accepted_with_bad_body(self) -> None:
        """An acceptance without an id stays an acceptance, and is counted."""
        session = bound()
        sequence = session.submit(MESSAGE, 1.0)
        happened = session.receive(header(0x80000004, sequence), 2.0)
        self.assertEqual(_reasons(happened), [events.BAD_BODY])
        self.assertEqual(happened[1:], [SubmitAnswered(sequence, 0, "")])

    def test_nacked(self) -> None:
        """A generic_nack answers the submit with its status, never with success."""
        for status, expected in ((3, 3), (0, Status.RUNKNOWNERR)):
            session = bound()
            sequence = session.submit(MESSAGE, 1.0)
            happened = session.receive(header(0x80000000, sequence, status), 2.0)
            self.assertEqual(happened, [SubmitAnswered(sequence, expected, "")])

    def test_unknown_answer(self) -> None:
        """An answer to no submit, or a second one, is counted and ignored."""
        session = bound()
        sequence = session.submit(MESSAGE, 1.0)
        session.receive(submit_resp(sequence), 2.0)
        happened = session.receive(submit_resp(sequence) + submit_resp(999), 2.0)
        self.assertEqual(_reasons(happened), [events.UNEXPECTED_RESPONSE] * 2)
        self.assertIs(session.state, State.BOUND)


class ControlTests(SynchronousTestCase):
    """enquire_link, unbind, and what we do not know."""

    def test_enquire_link(self) -> None:
        """The peer's question is answered at once, in every state but closed."""
        unbinding = bound()
        unbinding.unbind(0.0)
        binding = Session(OPTIONS)
        binding.connect(0.0)
        for session in (bound(), unbinding, binding):
            session.data_to_send()
            self.assertEqual(session.receive(header(0x15, 77), 1.0), [])
            self.assertEqual(sent(session), [pdus.EnquireLinkResp(77)])

    def test_peer_unbinds(self) -> None:
        """The peer's unbind is answered, then the session is over."""
        session = bound()
        sequence = session.submit(MESSAGE, 1.0)
        session.data_to_send()
        happened = session.receive(header(6, 78) + deliver(5), 1.0)
        reason = "the peer unbound"
        expected = [PeerUnbound(), SubmitLost(sequence, reason), Closed(reason)]
        self.assertEqual(happened, expected)
        self.assertEqual(sent(session), [pdus.UnbindResp(78)])

    def test_we_unbind(self) -> None:
        """Our unbind waits for its answer; submits are answered meanwhile."""
        session = bound()
        sequence = session.submit(MESSAGE, 1.0)
        session.unbind(1.0)
        (_, unbind) = sent(session)
        assert isinstance(unbind, pdus.Unbind)
        self.assertEqual(session.room(), 0)
        happened = session.receive(submit_resp(sequence), 1.0)
        happened += session.receive(header(0x80000006, unbind.sequence), 1.0)
        expected = [SubmitAnswered(sequence, 0, "m"), Closed("unbound")]
        self.assertEqual(happened, expected)

    def test_unbind_nacked(self) -> None:
        """A peer that does not know unbind ends the session all the same."""
        session = bound()
        session.unbind(1.0)
        (unbind,) = sent(session)
        happened = session.receive(header(0x80000000, unbind.sequence, 3), 1.0)
        self.assertEqual(happened[-1], Closed("unbind refused"))

    def test_unasked_answers(self) -> None:
        """Answers to what we did not ask are counted and ignored."""
        session = bound()
        asked = (0x80000015, 0x80000006, 0x80000005, 0x80000103, 0x80000009)
        for command in asked:
            happened = session.receive(header(command, 55), 1.0)
            self.assertEqual(_reasons(happened), [events.UNEXPECTED_RESPONSE])
        self.assertEqual(session.data_to_send(), b"")
        self.assertIs(session.state, State.BOUND)

    def test_nack_of_nothing(self) -> None:
        """A generic_nack of nothing we sent is counted."""
        happened = bound().receive(header(0x80000000, 0, 2), 1.0)
        self.assertEqual(_reasons(happened), [events.NACKED])

    def test_unknown_commands(self) -> None:
        """A request that we do not know is nacked and the session goes on."""
        session = bound()
        for command in (0x00010200, 0x103, 0x03, 0x21, 0):
            happened = session.receive(header(command, 4), 1.0)
            self.assertEqual(_reasons(happened), [events.UNKNOWN_COMMAND])
            self.assertEqual(sent(session), [pdus.GenericNack(4, Status.RINVCMDID)])
        self.assertIs(session.state, State.BOUND)

    def test_requests_of_an_esme(self) -> None:
        """Requests that only we may send are refused in their own response."""
        session = bound()
        for name in ("bind_transceiver", "bind_receiver", "submit_sm"):
            command = COMMANDS[name]
            happened = session.receive(header(command, 4), 1.0)
            self.assertEqual(_reasons(happened), [events.UNEXPECTED_COMMAND])
            answer = header(command | RESPONSE, 4, Status.RINVBNDSTS)
            self.assertEqual(session.data_to_send(), answer)

    def test_alert_notification(self) -> None:
        """alert_notification has no response and gets none."""
        session = bound()
        happened = session.receive(header(0x102, 4), 1.0)
        self.assertEqual(_reasons(happened), [events.UNEXPECTED_COMMAND])
        self.assertEqual(session.data_to_send(), b"")

    def test_stray_bodies(self) -> None:
        """enquire_link and unbind with a body are refused and the session goes on."""
        session = bound()
        for command in (0x15, 0x06):
            happened = session.receive(header(command, 4, 0, 17) + b"\0", 1.0)
            self.assertEqual(_reasons(happened), [events.BAD_BODY])
            answer = header(command | RESPONSE, 4, Status.RINVCMDLEN)
            self.assertEqual(session.data_to_send(), answer)
        self.assertIs(session.state, State.BOUND)

    def test_outbind(self) -> None:
        """outbind is not supported: the session ends and says so."""
        session = Session(OPTIONS)
        happened = session.receive(encode(pdus.Outbind(1, "smsc", "x")), 0.0)
        self.assertEqual(_reasons(happened), [events.OUTBIND])
        self.assertIsInstance(happened[-1], Closed)
        self.assertEqual(session.data_to_send(), b"")

    def test_bad_length(self) -> None:
        """After a bad length we nack and close; what came before it still counts."""
        for length in (0, 3, 15, 65_537, 2**31, 2**32 - 1):
            session = bound()
            data = deliver(5) + length.to_bytes(4, "big") + deliver(6)
            happened = session.receive(data, 1.0)
            kinds = [type(event) for event in happened]
            self.assertEqual(kinds, [Delivered, Fault, Closed])
            self.assertEqual(_reasons(happened), [events.BAD_LENGTH])
            self.assertEqual(sent(session), [pdus.GenericNack(0, Status.RINVCMDLEN)])


class CloseTests(SynchronousTestCase):
    """The end of a session, whoever brings it about."""

    def test_every_submit_lost_once(self) -> None:
        """Each submit in flight gets one outcome; a second close gives nothing."""
        session = bound()
        sequences = [session.submit(MESSAGE, 1.0) for _ in range(3)]
        expected: list[Event] = [SubmitLost(number, "gone") for number in sequences]
        self.assertEqual(session.close("gone"), [*expected, Closed("gone")])
        self.assertEqual(session.close("gone"), [])

    def test_deaf_when_closed(self) -> None:
        """A closed session takes nothing, gives nothing and has no deadline."""
        session = bound()
        session.receive(deliver(5), 1.0)
        session.close("gone")
        self.assertEqual(session.receive(deliver(6), 1.0), [])
        self.assertEqual(session.expire(1e9), [])
        self.assertIsNone(session.deadline())
        self.assertRaises(LocalProtocolError, session.acknowledge, 5)

    def test_split_anywhere(self) -> None:
        """A stream cut at any octet, or into octets, gives the same events."""
        stream = deliver(5) + header(0x15, 3) + CORRUPT + header(0x99) + header(6, 4)
        whole = bound()
        expected = whole.receive(stream, 1.0), whole.data_to_send()
        for cut in range(len(stream)):
            session = bound()
            happened = session.receive(stream[:cut], 1.0)
            happened += session.receive(stream[cut:], 1.0)
            self.assertEqual((happened, session.data_to_send()), expected)
        session = bound()
        happened = []
        for octet in stream:
            happened += session.receive(bytes((octet,)), 1.0)
        self.assertEqual((happened, session.data_to_send()), expected)
