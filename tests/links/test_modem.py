"""Tests for `smscentre.links.modem` with its shell, against the simulated modem."""

from __future__ import annotations

from attrs import evolve
from twisted.internet.defer import Deferred
from twisted.internet.testing import StringTransport

from smscentre.gsm.timestamp import Timestamp
from smscentre.gsm.tpdu import decode
from smscentre.gsm.tpdu_values import Submit
from smscentre.links.modem import ModemOptions
from smscentre.messages import (
    Accepted,
    Address,
    DeliveryState,
    IncomingKind,
    InDoubt,
    ModemAlarm,
    Rejected,
    Retry,
    Unsent,
)
from smscentre.sim.modem.faults import Deed, Mishap
from smscentre.sim.modem.state import ModemOptions as Make
from tests.links.fakes import NOW, outgoing
from tests.links.modem_case import ModemLinkTestCase

_START_S = 3.0
_OFFICER = Address("628111203001", 1, 1)


class BindTests(ModemLinkTestCase):
    """When the link is up."""

    def test_up_once_the_modem_serves(self) -> None:
        """With an id of its own; its alarm is off."""
        self.run_for(_START_S)
        self.assertEqual(self.deliveries.binds, [self.link.bind])
        self.assertTrue(self.link.bind.startswith("modem-1-"))
        self.assertEqual(self.observer.alarms, [])
        self.assertTrue(self.observer.healths[-1].registered)

    def test_down_when_its_line_closes(self) -> None:
        """And up again with another id."""
        self.run_for(_START_S)
        self.lose()
        [(bind, reason)] = self.deliveries.lost_binds
        self.assertEqual(bind, self.deliveries.binds[0])
        self.assertIn("closed", reason)
        self.assertEqual(self.link.room(), 0)
        self.endings.clear()
        self.connect()
        self.run_for(_START_S)
        self.assertEqual(len(set(self.deliveries.binds)), 2)

    def test_down_without_a_network(self) -> None:
        """After half a minute, with what the network says; up when it is back."""
        self.run_for(_START_S)
        self.modem.state.registration = 2
        self.run_for(61)
        self.assertEqual(self.link.room(), 0)
        self.run_for(40)
        [(_, reason)] = self.deliveries.lost_binds
        self.assertEqual(reason, "no network: searching")
        self.assertFalse(self.observer.healths[-1].registered)
        self.modem.state.registration = 5
        self.run_for(11)
        self.assertEqual(len(self.deliveries.binds), 2)
        self.assertEqual(self.link.room(), 1)
        self.assertEqual(self.endings, [])

    def test_what_is_not_settled_keeps_a_bind_a_little_longer(self) -> None:
        """Only it hears of the deletion; but others have to carry its replies."""
        for unsettled, patience_s in ((False, 30), (True, 40)):
            self.open_again()
            self.run_for(_START_S)
            self.modem.state.registration = 1
            self.run_for(20)
            if unsettled:
                self.deliver("RUTAN 1 2 3 4")
            self.modem.state.registration = 2
            while self.observer.healths[-1].registered:
                self.run_for(1)
            lost = len(self.deliveries.lost_binds)
            self.run_for(patience_s - 2)
            self.assertEqual(len(self.deliveries.lost_binds), lost)
            self.run_for(12)
            self.assertEqual(len(self.deliveries.lost_binds), lost + 1)

    def test_a_slot_that_cannot_be_deleted_keeps_no_bind(self) -> None:
        """What is safe need not be waited for."""
        self.run_for(_START_S)
        self.modem.faults.mishaps.append(Mishap("+CMGD", Deed.REFUSE, times=0))
        self.deliver("RUTAN 1 2 3 4")
        self.accept()
        self.modem.state.registration = 2
        self.run_for(101)
        self.assertEqual(len(self.deliveries.lost_binds), 1)

    def test_a_network_that_only_lte_shows_is_one(self) -> None:
        """Messages take that way too."""
        self.run_for(_START_S)
        self.modem.state.registration = 2
        self.modem.state.settings.modes["+CEREG"] = "0"
        self.run_for(150)
        self.assertEqual(len(self.deliveries.lost_binds), 1)

    def test_the_first_list_tells_which_slots_are_empty(self) -> None:
        """So that a deletion is known of which nobody heard."""
        self.modem.deliver("+628111203001", "RUTAN 1 2 3 4", self.clock.seconds())
        self.run_for(_START_S)
        shelf = f"{self.modem.state.card.iccid}:MT"
        self.assertEqual(self.deliveries.emptied_shelves, [(shelf, frozenset({1}))])
        self.run_for(130)
        self.assertEqual(len(self.deliveries.emptied_shelves), 1)

    def test_a_stop_says_goodbye(self) -> None:
        """The line closes once what is safe has left the modem."""
        self.run_for(_START_S)
        [incoming] = self.deliver("RUTAN 1 2 3 4")
        self.deliveries.arrivals[0][1].callback(True)
        self.protocol.finish()
        self.run_for(1)
        self.assertEqual(self.deliveries.acknowledgements, [incoming.arrival_id])
        self.assertEqual(len(self.endings), 1)


class ArrivalTests(ModemLinkTestCase):
    """Messages out of the modem."""

    def test_a_message(self) -> None:
        """With all that is known of it."""
        self.run_for(_START_S)
        [incoming] = self.deliver("RUTAN 82 54 36 39")
        self.assertEqual(incoming.kind, IncomingKind.MESSAGE)
        self.assertEqual(incoming.text, "RUTAN 82 54 36 39")
        self.assertEqual(incoming.source, _OFFICER)
        self.assertEqual(incoming.destination.digits, "6281100000001")
        self.assertEqual(incoming.bind, self.link.bind)
        self.assertTrue(incoming.key.startswith(b"t"))
        self.assertEqual(incoming.shelf, "")
        assert incoming.sent_at is not None
        self.assertLess(abs(incoming.sent_at - NOW - self.clock.seconds()), 5)

    def test_deleted_once_stored(self) -> None:
        """And acknowledged once deleted."""
        self.run_for(_START_S)
        [incoming] = self.deliver("RUTAN 82 54 36 39")
        self.run_for(130)
        self.assertEqual(self.deliveries.acknowledgements, [])
        self.assertEqual(len(self.modem.state.stores.taken("MT")), 1)
        self.accept()
        self.assertEqual(self.deliveries.acknowledgements, [incoming.arrival_id])
        self.assertEqual(self.modem.state.stores.taken("MT"), [])

    def test_a_late_refusal_of_an_old_session_touches_no_new_arrival(self) -> None:
        """Places have the same numbers in each session."""
        self.run_for(_START_S)
        self.deliver("RUTAN 82 54 36 39")
        self.lose()
        self.open_again()
        self.run_for(_START_S)
        (_, first), (incoming, _) = self.deliveries.arrivals
        first.callback(False)
        self.accept()
        self.assertEqual(self.deliveries.acknowledgements, [incoming.arrival_id])

    def test_what_was_refused_arrives_again(self) -> None:
        """It stayed in the modem; the same key names it."""
        self.run_for(_START_S)
        [first] = self.deliver("RUTAN 82 54 36 39")
        self.accept(False)
        self.run_for(11)
        _, (second, _) = self.deliveries.arrivals
        self.assertNotEqual(first.arrival_id, second.arrival_id)
        self.assertEqual(first.key, second.key)

    def test_an_invalid_time_leaves_the_slot_for_a_name(self) -> None:
        """Until it is deleted."""
        self.run_for(_START_S)
        self.modem.deliver(
            "+628111203001", "RUTAN 1 2 3 4", self.clock.seconds(), Timestamp(bytes(7))
        )
        self.run_for(1)
        [(incoming, _)] = self.deliveries.arrivals
        self.assertEqual(incoming.shelf, f"{self.modem.state.card.iccid}:MT")
        self.assertEqual(incoming.slot, 1)
        self.assertIn(incoming.shelf.encode(), incoming.key)
        self.assertIsNone(incoming.sent_at)

    def test_what_cannot_be_read_is_looked_at_twice(self) -> None:
        """Then it is kept raw and cleared; the next is read meanwhile."""
        self.run_for(_START_S)
        self.modem.hand_in(bytes.fromhex("0004"), self.clock.seconds())
        self.run_for(1)
        [(corrupt, _)] = self.deliveries.arrivals
        self.assertEqual(corrupt.kind, IncomingKind.CORRUPT)
        self.assertEqual(corrupt.raw, bytes.fromhex("0004"))
        self.assertTrue(corrupt.shelf)
        self.assertEqual(self.observer.faults, ["undecodable"])
        [following] = self.deliver("RUTAN 1 2 3 4")
        self.assertEqual(following.text, "RUTAN 1 2 3 4")
        self.accept(index=0)
        self.assertEqual(self.deliveries.acknowledgements, [corrupt.arrival_id])

    def test_parts(self) -> None:
        """Each by itself, with its place."""
        self.run_for(_START_S)
        parts = self.deliver("RUTAN 82 54 36 39 " * 20)
        self.assertEqual(
            [found.part.number for found in parts if found.part], [1, 2, 3]
        )

    def test_a_report(self) -> None:
        """It names the reference that the message got."""
        self.run_for(_START_S)
        self.link.send(outgoing(7))
        self.run_for(3)
        [(_, outcome)] = self.deliveries.outcomes
        [(incoming, _)] = self.deliveries.arrivals
        assert isinstance(outcome, Accepted)
        assert incoming.receipt is not None
        self.assertEqual(incoming.kind, IncomingKind.RECEIPT)
        self.assertEqual(incoming.receipt.smsc_id, outcome.smsc_id)
        self.assertIs(incoming.receipt.state, DeliveryState.DELIVERED)
        self.assertEqual(incoming.source, _OFFICER)

    def test_a_full_store_is_told_of(self) -> None:
        """As long as it is full."""
        self.run_for(_START_S)
        self.modem.state.settings.memories = ["MT"] * 3
        self.modem.fill(None)
        self.run_for(61)
        self.assertIn("store_full", self.observer.faults)


class SendingTests(ModemLinkTestCase):
    """Parts into the network."""

    def setUp(self) -> None:
        super().setUp()
        self.run_for(_START_S)

    def outcome(self) -> object:
        """The one outcome that there is."""
        [(row, outcome)] = self.deliveries.outcomes
        self.assertEqual(row, 7)
        return outcome

    def test_a_part_is_sent(self) -> None:
        """With validity and a report asked for; what was written is kept."""
        self.link.send(outgoing(7, "Insert Data", expires_s=3600))
        self.assertEqual(self.link.room(), 0)
        self.run_for(1)
        outcome = self.outcome()
        assert isinstance(outcome, Accepted)
        [sent] = self.modem.record.submits
        self.assertEqual(outcome.smsc_id, str(sent.reference))
        self.assertEqual(sent.text, "Insert Data")
        written = decode(outcome.octets.submit[1:])
        assert isinstance(written, Submit)
        self.assertEqual(written.validity, 11)
        self.assertTrue(written.report_requested)
        self.assertEqual(self.link.room(), 1)

    def test_a_refusal_says_when_to_try_again(self) -> None:
        """By the table of errors."""
        rows = ((500, Retry.LATER), (38, Retry.LATER), (30, Retry.NEVER))
        for code, retry in rows:
            self.deliveries.outcomes.clear()
            self.modem.faults.mishaps.append(Mishap("+CMGS", Deed.REFUSE, code=code))
            self.link.send(outgoing(7))
            self.run_for(1)
            outcome = self.outcome()
            assert isinstance(outcome, Rejected)
            self.assertEqual((outcome.code, outcome.retry), (code, retry))

    def test_a_network_timeout_leaves_doubt(self) -> None:
        """The service centre may have it."""
        self.modem.faults.mishaps.append(Mishap("+CMGS", Deed.REFUSE, code=332))
        self.link.send(outgoing(7))
        self.run_for(1)
        self.assertIsInstance(self.outcome(), InDoubt)

    def test_a_result_that_comes_with_the_news_of_a_restart_counts(self) -> None:
        """In one read: the message was sent, and once is enough."""
        self.link.send(outgoing(7))
        self.clock.advance(0)
        self.protocol.dataReceived(b"\r\n> ")
        self.clock.advance(0)
        self.protocol.dataReceived(b"\r\nNORMAL POWER DOWN\r\n+CMGS: 5\r\nOK\r\n")
        outcome = self.outcome()
        assert isinstance(outcome, Accepted)
        self.assertEqual(outcome.smsc_id, "5")
        self.run_for(1)
        self.assertEqual(len(self.endings), 1)

    def test_a_modem_that_cannot_send_is_opened_anew_and_restarted(self) -> None:
        """Then a person is called, until something is sent."""
        self.modem.faults.mishaps.append(Mishap("+CMGS", Deed.REFUSE, times=0))
        for row in range(120):
            self.run_for(3)
            self.open_again()
            if self.link.room():
                self.link.send(outgoing(row))
        self.assertEqual(self.observer.resets[:3], ["reopen", "restart", "reopen"])
        self.assertNotIn("hook", self.observer.resets)
        self.assertEqual(self.observer.alarms, [ModemAlarm.SENDING])
        self.assertEqual(self.aid.cycles, 0)
        self.modem.faults.clear()
        for row in range(2):
            self.run_for(10)
            self.open_again()
            if self.link.room():
                self.link.send(outgoing(200 + row))
        self.run_for(1)
        self.assertEqual(self.observer.alarms, [ModemAlarm.SENDING, None])

    def test_refusals_that_end_sessions_let_the_next_wait_longer(self) -> None:
        """And call a person; binds that come and go help nobody."""
        self.modem.faults.mishaps.append(Mishap("+CMGS", Deed.REFUSE, 0, code=330))
        waits = []
        for row in range(5):
            self.link.send(outgoing(row))
            self.run_for(2)
            waits.append(self.endings[-1].wait_s)
            self.open_again()
            self.run_for(_START_S)
        self.assertEqual(waits, [5.0, 10.0, 20.0, 40.0, 40.0])
        self.assertEqual(self.observer.alarms, [ModemAlarm.SENDING])

    def test_a_refusal_that_a_new_start_may_mend_begins_one(self) -> None:
        """A SIM that is gone, say."""
        self.modem.faults.mishaps.append(Mishap("+CMGS", Deed.REFUSE, code=310))
        self.link.send(outgoing(7))
        self.run_for(1)
        self.assertEqual(len(self.endings), 1)

    def test_a_lost_answer_leaves_doubt(self) -> None:
        """The link stays up."""
        self.modem.faults.mishaps.append(Mishap("+CMGS", Deed.LOSE))
        self.link.send(outgoing(7))
        self.run_for(130)
        self.assertIsInstance(self.outcome(), InDoubt)
        self.assertEqual(self.deliveries.lost_binds, [])

    def test_a_lost_line_leaves_doubt_only_where_something_was_written(self) -> None:
        """What waits for its prompt was not sent."""
        self.link.send(outgoing(7))
        self.lose()
        self.assertIsInstance(self.outcome(), Unsent)

    def test_what_does_not_fit_is_refused_for_good(self) -> None:
        """It was cut for another kind of link."""
        self.link.send(outgoing(7, "a" * 200))
        outcome = self.outcome()
        assert isinstance(outcome, Rejected)
        self.assertIs(outcome.retry, Retry.NEVER)

    def test_without_a_bind_nothing_is_sent(self) -> None:
        """And it says so."""
        self.lose()
        self.link.send(outgoing(7))
        self.assertIsInstance(self.outcome(), Unsent)


class RateTests(ModemLinkTestCase):
    """No more than the network wants."""

    options = ModemOptions("+6281100000001", b"\0", 0.2, False)

    def test_one_in_five_seconds(self) -> None:
        """The link says when there is room again."""
        self.run_for(_START_S)
        self.link.send(outgoing(7))
        self.run_for(1)
        self.assertEqual(self.link.room(), 0)
        room_at = self.link.room_at()
        assert room_at is not None
        self.assertAlmostEqual(room_at - self.clock.seconds(), 4, delta=0.2)
        self.run_for(4.2)
        self.assertEqual(self.link.room(), 1)


class PinTests(ModemLinkTestCase):
    """A SIM that wants its PIN."""

    locked = True
    pin = "1234"

    def test_it_is_given(self) -> None:
        """And noted as right."""
        self.run_for(_START_S)
        self.assertEqual(len(self.deliveries.binds), 1)
        iccid = self.modem.state.card.iccid
        self.assertEqual(self.aid.tried, [(iccid, "1234", True)])

    def test_an_answer_that_stays_out_counts_as_right_once_the_sim_is_ready(
        self,
    ) -> None:
        """Else its tries would be used up."""
        self.modem.faults.mishaps.append(Mishap("+CPIN", Deed.LOSE, times=0))
        self.run_for(1)
        self.modem.faults.clear()
        self.run_for(60)
        self.assertEqual(len(self.deliveries.binds), 1)
        self.assertEqual(
            [accepted for *_, accepted in self.aid.tried], [True] * len(self.aid.asked)
        )

    def test_an_answer_that_stays_out_says_nothing_of_another_sim(self) -> None:
        """Once that is in the modem and wants no PIN, the first one's try stays."""
        slow = self.aid.slow = Deferred()
        self.run_for(_START_S)
        self.modem.faults.mishaps.append(Mishap("+CPIN", Deed.LOSE, times=0))
        slow.callback("1234")
        self.run_for(1)
        self.lose()
        self.modem.faults.clear()
        self.modem.state.card.locked = False
        self.modem.state.card.iccid = "8962109000005209999"
        self.modem.restart(self.clock.seconds())
        self.run_for(60)
        self.open_again()
        self.run_for(60)
        self.assertEqual(len(self.deliveries.binds), 1)
        self.assertEqual(self.aid.tried, [])

    def test_one_that_comes_too_late_was_not_tried(self) -> None:
        """The session that wanted it is over, and the SIM did not get it."""
        slow = self.aid.slow = Deferred()
        self.run_for(60)
        self.assertEqual(len(self.endings), 1)
        slow.callback("1234")
        iccid = self.modem.state.card.iccid
        self.assertEqual(self.aid.tried, [(iccid, "1234", None)])


class WrongPinTests(ModemLinkTestCase):
    """A PIN that is not the SIM's."""

    locked = True
    pin = "9999"

    def test_it_is_noted_and_a_person_called(self) -> None:
        """After one try; the next attempt waits."""
        self.run_for(_START_S)
        self.assertEqual([accepted for *_, accepted in self.aid.tried], [False])
        self.assertEqual(self.modem.state.card.tries, 2)
        self.assertEqual(self.observer.alarms, [ModemAlarm.PIN_REFUSED])
        [ending] = self.endings
        self.assertGreaterEqual(ending.wait_s, 30)


class NoPinTests(ModemLinkTestCase):
    """A SIM that wants a PIN that nobody has."""

    locked = True

    def test_a_person_is_called(self) -> None:
        """And the SIM left alone."""
        self.run_for(_START_S)
        self.assertEqual(self.modem.state.card.tries, 3)
        self.assertEqual(self.observer.alarms, [ModemAlarm.PIN_WANTED])
        self.assertEqual(len(self.endings), 1)


class _Deaf(StringTransport):
    """Loses each command that names a storage which the modem does not know."""

    def write(self, data: bytes) -> None:
        if b'"XX"' not in data:
            super().write(data)


class OtherStorageTests(ModemLinkTestCase):
    """A modem that tells of a storage and says nothing once it is asked for it."""

    transport_class = _Deaf

    def test_it_ends_two_sessions_and_no_more(self) -> None:
        """Else no reply would ever be sent; being told of it anew counts anew."""
        self.run_for(_START_S)
        for sessions in (3, 5):
            self.modem.say('+CMTI: "XX",1')
            for _ in range(4):
                self.run_for(60)
                self.open_again()
            self.assertEqual(len(self.deliveries.binds), sessions)
            [incoming] = self.deliver(f"RUTAN {sessions} 2 3 4")
            self.assertIn(str(sessions), incoming.text)
            self.accept()


class SupervisionTests(ModemLinkTestCase):
    """A modem that falls silent."""

    def test_a_mute_modem_is_opened_anew_restarted_and_helped(self) -> None:
        """In this order, and each is told."""
        self.run_for(_START_S)
        self.modem.faults.mute = True
        for _ in range(30):
            self.run_for(10)
            self.open_again()
        self.assertEqual(self.observer.resets[:3], ["reopen", "restart", "hook"])
        self.assertEqual(self.aid.cycles, 1)
        self.assertEqual(self.observer.alarms, [ModemAlarm.MUTE])
        self.modem.faults.mute = False
        for _ in range(4):
            self.run_for(5)
            self.open_again()
        self.assertEqual(self.observer.alarms, [ModemAlarm.MUTE, None])

    def test_a_modem_that_hides_its_messages_keeps_its_alarm(self) -> None:
        """It starts each time, which is not what it is for."""
        self.modem.faults.mishaps.append(Mishap("+CMGL", Deed.LOSE, times=0))
        for _ in range(100):
            self.run_for(10)
            self.open_again()
        self.assertEqual(self.observer.alarms, [ModemAlarm.MUTE])

    def test_a_device_that_cannot_be_opened_is_helped(self) -> None:
        """A stick that fell off its bus needs its power switched."""
        self.lose()
        for _ in range(16):
            self.clock.advance(10)
            self.link.unopened("it does not exist")
        self.assertEqual(self.aid.cycles, 1)
        self.assertEqual(self.observer.alarms, [ModemAlarm.MUTE])

    def test_a_sim_that_fails_calls_a_person_after_a_minute(self) -> None:
        """While it starts it may."""
        self.modem.faults.mishaps.append(Mishap("+CPIN", Deed.REFUSE, times=0, code=13))
        self.run_for(30)
        self.open_again()
        self.assertEqual(self.observer.alarms, [])
        for _ in range(5):
            self.run_for(15)
            self.open_again()
        self.assertEqual(self.observer.alarms, [ModemAlarm.SIM_FAILED])

    def test_slots_that_stay_call_a_person(self) -> None:
        """Until the store is found not to be full."""
        self.run_for(_START_S)
        self.modem.faults.mishaps.append(Mishap("+CMGD", Deed.REFUSE, times=6))
        self.deliver("RUTAN 1 2 3 4")
        self.accept()
        self.run_for(300)
        self.assertEqual(self.observer.alarms, [ModemAlarm.STORE])
        self.run_for(180)
        self.assertEqual(self.observer.alarms, [ModemAlarm.STORE, None])


class BroughtTests(ModemLinkTestCase):
    """A modem that brings reports without storing them."""

    make = evolve(Make(), notify_reports=(0, 1))

    def test_confirmed_once_stored(self) -> None:
        """And acknowledged once confirmed."""
        self.run_for(_START_S)
        self.link.send(outgoing(7))
        self.run_for(3)
        [(incoming, _)] = self.deliveries.arrivals
        self.assertEqual(incoming.kind, IncomingKind.RECEIPT)
        self.assertEqual(self.deliveries.acknowledgements, [])
        self.accept()
        self.assertEqual(self.deliveries.acknowledgements, [incoming.arrival_id])
