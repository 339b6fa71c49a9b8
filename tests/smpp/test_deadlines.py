"""Tests for every deadline of `smscentre.smpp.session`."""

from __future__ import annotations

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from smscentre.smpp import events, pdus
from smscentre.smpp.events import Closed, Event, Fault, SubmitLost
from smscentre.smpp.session import Session, State
from tests.smpp.samples import (
    MESSAGE,
    OPTIONS,
    bound,
    deliver,
    header,
    sent,
    submit_resp,
)


class DeadlineTests(SynchronousTestCase):
    """Time is an argument: before a deadline nothing happens, at it all of it."""

    def _ends(self, session: Session, reason: str, at: float) -> list[Event]:
        """Check that a session ends at a time and not before, with a fault."""
        self.assertEqual(session.deadline(), at)
        self.assertEqual(session.expire(at - 0.001), [])
        happened = session.expire(at)
        faults = [event for event in happened if isinstance(event, Fault)]
        self.assertEqual([fault.reason for fault in faults], [reason])
        self.assertIsInstance(happened[-1], Closed)
        self.assertIs(session.state, State.CLOSED)
        return happened

    def test_before_connect(self) -> None:
        """A session that has asked for nothing waits for nothing."""
        session = Session(OPTIONS)
        self.assertIsNone(session.deadline())
        self.assertEqual(session.expire(1e9), [])

    def test_bind(self) -> None:
        """A bind without an answer ends the session."""
        session = Session(OPTIONS)
        session.connect(100.0)
        session.receive(header(0x15), 120.0)
        self._ends(session, events.NO_ANSWER, 130.0)

    def test_silence(self) -> None:
        """After silence the peer is asked, once."""
        session = bound(now=100.0)
        self.assertEqual(session.deadline(), 120.0)
        self.assertEqual(session.expire(119.9), [])
        self.assertEqual(session.data_to_send(), b"")
        self.assertEqual(session.expire(120.0), [])
        self.assertEqual(sent(session), [pdus.EnquireLink(2)])
        self.assertEqual(session.expire(120.0), [])
        self.assertEqual(session.data_to_send(), b"")

    def test_silence_is_counted_from_the_last_pdu(self) -> None:
        """Every PDU puts the question off."""
        session = bound(now=100.0)
        session.receive(deliver(1), 110.0)
        self.assertEqual(session.deadline(), 130.0)

    def test_enquiry_answered(self) -> None:
        """The answer starts a new silence and is no fault."""
        session = bound(now=100.0)
        session.expire(120.0)
        self.assertEqual(session.receive(header(0x80000015, 2), 121.0), [])
        self.assertEqual(session.deadline(), 141.0)

    def test_enquiry_answered_late(self) -> None:
        """Any PDU shows life; the answer that follows it is still expected."""
        session = bound(now=100.0)
        session.expire(120.0)
        session.receive(deliver(1), 121.0)
        self.assertEqual(session.deadline(), 141.0)
        self.assertEqual(session.receive(header(0x80000015, 2), 122.0), [])

    def test_enquiry_unanswered(self) -> None:
        """A question without an answer ends the session."""
        session = bound(now=100.0)
        session.expire(120.0)
        self._ends(session, events.NO_ANSWER, 130.0)

    def test_half_a_pdu(self) -> None:
        """A PDU that never becomes whole ends the session, octets coming or not."""
        session = bound(now=100.0)
        pdu = deliver(1)
        session.receive(pdu[:1], 101.0)
        session.receive(pdu[1:9], 110.0)
        self._ends(session, events.SLOW_PDU, 111.0)

    def test_next_half_pdu(self) -> None:
        """The time of a PDU begins with its first octet, not with an earlier one's."""
        session = bound(now=100.0)
        pdu = deliver(1)
        session.receive(pdu[:9], 101.0)
        session.receive(pdu[9:] + pdu[:9], 110.0)
        self.assertEqual(session.deadline(), 120.0)
        session.receive(pdu[9:], 111.0)
        self.assertEqual(session.deadline(), 131.0)

    def test_submit(self) -> None:
        """The oldest submit without an answer ends the session; all are lost."""
        session = bound(evolve(OPTIONS, response_s=15.0), now=100.0)
        first = session.submit(MESSAGE, 101.0)
        second = session.submit(MESSAGE, 102.0)
        third = session.submit(MESSAGE, 103.0)
        session.receive(submit_resp(first), 104.0)
        happened = self._ends(session, events.NO_ANSWER, 117.0)
        lost = [event.sequence for event in happened if isinstance(event, SubmitLost)]
        self.assertEqual(lost, [second, third])

    def test_unbind(self) -> None:
        """An unbind without an answer ends the session."""
        session = bound(now=100.0)
        session.unbind(101.0)
        session.receive(deliver(1), 105.0)
        self._ends(session, events.NO_ANSWER, 106.0)
