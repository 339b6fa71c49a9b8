"""Tests for `smscentre.at.session` against the simulated modem, on a clock of ours."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.at import commands
from smscentre.at import session_events as events
from smscentre.at.answers import Registration
from smscentre.at.errors import LocalProtocolError
from smscentre.at.patience import Remedy
from smscentre.at.session import SessionOptions, State
from smscentre.at.session_events import Closed, Fault
from smscentre.at.sim import SimState
from smscentre.gsm.tpdu import decode_with_smsc, encode
from smscentre.gsm.tpdu_values import Deliver, Submit
from smscentre.gsm.udh import UserData
from smscentre.messages import Address
from smscentre.sim.modem.card import SimCard
from smscentre.sim.modem.faults import Deed, Mishap
from smscentre.sim.modem.record import Event as Fate
from smscentre.sim.modem.state import ModemOptions
from tests.at.modem_line import ModemLine

OFFICER = "+628111203001"
STARTED_S = 5.0
TPDU = encode(Submit(Address("628111203001", 1, 1), UserData(b"", b"Halo", None)))
_REPORT_WANTED = encode(
    Submit(
        Address("628111203001", 1, 1),
        UserData(b"", b"Halo", None),
        report_requested=True,
    )
)


def started(**given: object) -> ModemLine:
    """A line whose session serves."""
    line = ModemLine(**given)  # type: ignore[arg-type]  # a test's own words
    line.run(STARTED_S)
    assert line.session.state is State.SERVING, line.happened
    return line


class _CutList:
    """A modem that cuts the first list that is long enough."""

    def __init__(self, line: ModemLine) -> None:
        self.has_cut = False
        self._tell = line.modem.data_to_send
        line.modem.data_to_send = self._cut  # type: ignore[method-assign]  # its fault

    def _cut(self, now: float) -> bytes:
        octets = self._tell(now)
        if b"+CMGL: 1," in octets and not self.has_cut:
            self.has_cut = True
            head, _, rest = octets.partition(b"+CMGL: 1,")
            return head + b"+CMGL: 1," + rest[:40] + b"\r\n\r\nOK\r\n"
        return octets


class StartTests(SynchronousTestCase):
    """From an open port to a modem that is ours."""

    def test_a_modem_is_made_ours(self) -> None:
        """In PDU mode, telling of what comes, with its facts."""
        line = started()
        [event] = line.of(events.Started)
        self.assertEqual(event.facts.imei, "356938035643809")
        self.assertTrue(event.facts.sim)
        self.assertTrue(event.facts.notifies)
        self.assertEqual(event.facts.remarks, ())
        self.assertFalse(line.modem.state.settings.echo)
        self.assertFalse(line.modem.state.settings.text_mode)
        self.assertEqual(line.modem.state.settings.notify, (2, 1, 0, 2, 0))

    def test_reports_that_are_not_stored_are_taken_as_they_come(self) -> None:
        """The second setting, where a modem refuses the first."""
        line = started(modem=ModemOptions(notify_reports=(0, 1)))
        self.assertEqual(line.modem.state.settings.notify, (2, 1, 0, 1, 0))

    def test_a_modem_that_tells_nothing_is_listed(self) -> None:
        """Often, so that nobody waits long; and an operator hears of it."""
        line = started(modem=ModemOptions(notify_kinds=(0,), notify_reports=(0,)))
        [event] = line.of(events.Started)
        self.assertFalse(event.facts.notifies)
        self.assertIn("does not tell", event.facts.remarks[0])
        line.modem.deliver(OFFICER, "RUTAN 1 2 3 4", line.now)
        line.run(11)
        self.assertEqual(len(line.of(events.Cleared)), 1)

    def test_a_pin_is_asked_for_and_given(self) -> None:
        """Named by the SIM, so that a refusal can be remembered."""
        line = ModemLine(card=SimCard(locked=True))
        line.run(STARTED_S)
        [wanted] = line.of(events.PinWanted)
        self.assertIs(line.session.state, State.LOCKED)
        self.assertEqual(wanted.sim, line.modem.state.card.iccid)
        line.session.give_pin("1234", line.now)
        line.run(STARTED_S)
        self.assertEqual(line.of(events.PinTried), [events.PinTried(True)])
        self.assertIs(line.session.state, State.SERVING)

    def test_a_refused_pin_ends_the_session(self) -> None:
        """In words, and it is given once."""
        line = ModemLine(card=SimCard(locked=True))
        line.run(STARTED_S)
        line.session.give_pin("9999", line.now)
        line.run(STARTED_S)
        self.assertEqual(line.of(events.PinTried), [events.PinTried(False)])
        [unusable] = line.of(events.Unusable)
        self.assertIs(unusable.state, SimState.REFUSED)
        self.assertEqual(line.said("AT+CPIN="), 1)
        self.assertIs(line.session.state, State.CLOSED)

    def test_answers_that_stay_out_begin_the_start_anew(self) -> None:
        """Nobody knows what the modem was told."""
        for command in ("+CPMS", "+CMGF", "+CNMI", "+CSCA"):
            line = ModemLine()
            line.modem.faults.mishaps.append(Mishap(command, Deed.LOSE))
            line.run(60)
            self.assertIs(line.session.state, State.SERVING, command)
            self.assertEqual(len(line.of(events.Started)), 1, command)

    def test_a_pin_that_nobody_wants_is_refused(self) -> None:
        """It might be another's."""
        line = started()
        with self.assertRaises(LocalProtocolError):
            line.session.give_pin("1234", line.now)


class ReceivingTests(SynchronousTestCase):
    """What lies in the modem, until it is safe."""

    def test_a_message_is_deleted_once_it_is_safe(self) -> None:
        """And never before."""
        line = started()
        line.accept = lambda found: None
        line.modem.deliver(OFFICER, "RUTAN 82 54 36 39", line.now)
        line.run(200)
        [found] = line.of(events.Found)
        self.assertEqual(line.said("AT+CMGD"), 0)
        assert found.octets is not None
        _, tpdu = decode_with_smsc(found.octets)
        assert isinstance(tpdu, Deliver)
        self.assertEqual(tpdu.data.body, b"RUTAN 82 54 36 39")
        line.session.settle(found.place, True, line.now)
        line.run(1)
        self.assertEqual(line.of(events.Cleared), [events.Cleared(found.place)])
        self.assertEqual(line.modem.state.stores.taken("MT"), [])

    def test_what_is_not_safe_is_found_again(self) -> None:
        """Within seconds, for as long as it takes."""
        line = started()
        answers = iter([False, False, True])
        line.accept = lambda found: next(answers)
        line.modem.deliver(OFFICER, "RUTAN 82 54 36 39", line.now)
        line.run(30)
        self.assertEqual(len(line.of(events.Found)), 3)
        self.assertEqual(len(line.of(events.Cleared)), 1)

    def test_an_entry_that_is_no_pdu_is_read_by_itself(self) -> None:
        """Some modems cut a long list at a fixed size, and nothing is lost by it."""
        line = started()
        line.accept = lambda found: None
        line.modem.deliver(OFFICER, "RUTAN 82 54 36 39", line.now)
        cut = _CutList(line)
        line.session.look(line.now)
        line.run(2)
        self.assertTrue(cut.has_cut)
        [found] = line.of(events.Found)
        self.assertIsNotNone(found.octets)
        self.assertEqual(line.said("AT+CMGR=1"), 1)

    def test_a_list_that_was_cut_empties_no_slot(self) -> None:
        """What it lacks may lie there; the first whole list tells what is gone."""
        line = ModemLine()
        line.accept = lambda found: None
        for text in ("RUTAN 1 2 3 4", "RUTAN 5 6 7 8"):
            line.modem.deliver(OFFICER, text, line.now)
        cut = _CutList(line)
        line.run(20)
        self.assertTrue(cut.has_cut)
        listed = line.of(events.Listed)
        self.assertEqual(listed[0].taken, {1})
        firsts = [each.taken for each in listed if each.first]
        self.assertEqual(firsts, [{1, 2}])

    def test_a_list_that_was_cut_clears_nothing(self) -> None:
        """Nor is a message found anew of which it shows a half."""
        line = started()
        line.accept = lambda found: None
        line.modem.faults.mishaps.append(Mishap("+CMGD", Deed.REFUSE, times=0))
        for text in ("RUTAN 1 2 3 4", "RUTAN 5 6 7 8"):
            line.modem.deliver(OFFICER, text, line.now)
        line.run(1)
        first, second = line.of(events.Found)
        line.session.settle(second.place, True, line.now)
        line.run(1)
        cut = _CutList(line)
        line.run(61)
        self.assertTrue(cut.has_cut)
        self.assertEqual(line.of(events.Found), [first, second])
        self.assertEqual(line.of(events.Cleared), [])

    def test_an_entry_that_is_no_pdu_by_itself_either_is_all_there_is(self) -> None:
        """The link decides what becomes of it; a lost answer leaves it to the list."""
        for deed in (Deed.REFUSE, Deed.LOSE):
            line = started()
            line.accept = lambda found: None
            line.modem.faults.mishaps.append(Mishap("+CMGR", deed, times=1))
            line.modem.deliver(OFFICER, "RUTAN 82 54 36 39", line.now)
            _CutList(line)
            line.session.look(line.now)
            line.run(60)
            found = line.of(events.Found)
            self.assertTrue(found, deed)
            self.assertEqual(found[0].octets is None, deed is Deed.REFUSE)

    def test_a_full_store_is_emptied_one_by_one(self) -> None:
        """Each by its own command, none by a flag."""
        line = ModemLine()
        line.modem.fill(None)
        for number in range(5):
            line.modem.deliver(OFFICER, f"RUTAN {number} 2 3 4", line.now)
        line.run(60)
        self.assertEqual(line.modem.state.stores.taken("MT"), [])
        self.assertEqual(len(line.of(events.Cleared)), 25)
        deletions = [
            spoken.text
            for spoken in line.modem.record.commands
            if spoken.text.startswith("AT+CMGD")
        ]
        self.assertEqual(len(deletions), 25)
        self.assertFalse([text for text in deletions if "," in text])

    def test_a_deletion_without_an_answer_is_looked_up(self) -> None:
        """The list tells that it was carried out."""
        line = started()
        line.modem.faults.mishaps.append(Mishap("+CMGD", Deed.LOSE))
        line.modem.deliver(OFFICER, "RUTAN 82 54 36 39", line.now)
        line.run(60)
        self.assertEqual(len(line.of(events.Cleared)), 1)
        self.assertEqual(line.said("AT+CMGD"), 1)

    def test_a_new_message_in_the_same_slot_is_not_deleted_for_the_old(self) -> None:
        """Whose deletion had no answer."""
        line = started()
        line.modem.faults.mishaps.append(Mishap("+CMGD", Deed.LOSE))
        first, *_ = line.modem.deliver(OFFICER, "RUTAN 1 1 1 1", line.now)
        line.run(2)
        line.accept = lambda found: None
        second, *_ = line.modem.deliver(OFFICER, "RUTAN 2 2 2 2", line.now)
        line.run(120)
        self.assertEqual(len(line.of(events.Found)), 2)
        self.assertEqual(len(line.of(events.Cleared)), 1)
        self.assertTrue(first.is_taken)
        self.assertFalse(second.is_taken)

    def test_what_is_safe_stays_in_a_slot_overwritten_during_its_list(self) -> None:
        """Its entry may be older: there may lie what nobody has read."""
        line = started()
        line.accept = lambda found: None
        line.modem.deliver(OFFICER, "RUTAN 1 2 3 4", line.now)
        line.run(1)
        [found] = line.of(events.Found)
        entry = f"\r\n+CMGL: {found.place.index},0,,21\r\n{found.text}\r\n"
        told = f'\r\n+CMTI: "MT",{found.place.index}\r\n'
        line.session.look(line.now)
        self.assertIn(b"AT+CMGL", line.session.data_to_send())
        line.session.settle(found.place, True, line.now)
        line.session.receive(f"{entry}{told}\r\nOK\r\n".encode(), line.now)
        said = line.session.data_to_send()
        self.assertIn(b"AT+CMGL", said)
        self.assertNotIn(b"AT+CMGD", said)

    def test_a_refused_deletion_is_tried_again_with_the_next_list(self) -> None:
        """And told; the message is found once."""
        line = started()
        line.modem.faults.mishaps.append(Mishap("+CMGD", Deed.REFUSE, times=3))
        line.modem.deliver(OFFICER, "RUTAN 82 54 36 39", line.now)
        line.run(300)
        self.assertEqual(len(line.of(events.Found)), 1)
        self.assertEqual(len(line.of(events.Cleared)), 1)
        reasons = [fault.reason for fault in line.of(Fault)]
        self.assertEqual(reasons, [events.DELETE_FAILED] * 3)

    def test_a_report_that_is_brought_is_confirmed_once_safe(self) -> None:
        """With +CNMA, so that the modem need not keep it."""
        line = started(modem=ModemOptions(notify_reports=(0, 1)))
        line.accept = lambda found: None
        line.session.submit(_REPORT_WANTED, b"\0", line.now)
        line.run(5)
        [found] = line.of(events.Found)
        self.assertFalse(found.place.is_slot)
        [report] = [each for each in line.modem.record.deliveries if each.is_report]
        self.assertEqual(report.times(Fate.ACKNOWLEDGED), [])
        line.session.settle(found.place, True, line.now)
        line.run(1)
        self.assertEqual(line.of(events.Cleared), [events.Cleared(found.place)])
        self.assertEqual(len(report.times(Fate.ACKNOWLEDGED)), 1)

    def test_a_report_that_nobody_confirmed_comes_again(self) -> None:
        """The session that had it has died; the next one gives it back at once."""
        line = self._with_a_report()
        line.session.close("killed")
        self._comes_again(line)

    def test_a_report_that_was_not_safe_comes_again(self) -> None:
        """Refused, it is given back before the modem falls silent."""
        line = self._with_a_report()
        [found] = line.of(events.Found)
        line.session.settle(found.place, False, line.now)
        self._comes_again(line)

    def _with_a_report(self) -> ModemLine:
        """A modem that has brought a report, which nobody has confirmed."""
        line = started(modem=ModemOptions(notify_reports=(0, 1)))
        line.accept = lambda found: None
        line.session.submit(_REPORT_WANTED, b"\0", line.now)
        line.run(5)
        return line

    def _comes_again(self, line: ModemLine) -> None:
        line.accept = lambda found: True
        if line.session.state is State.CLOSED:
            line.open()
        line.run(30)
        [report] = [each for each in line.modem.record.deliveries if each.is_report]
        self.assertEqual(len(report.times(Fate.ACKNOWLEDGED)), 1)
        self.assertEqual(line.modem.state.settings.notify, (2, 1, 0, 1, 0))

    def test_every_split_gives_the_same_events(self) -> None:
        """One octet at a time, and pieces of any size."""

        def story(piece: int) -> list[events.Event]:
            line = started(piece=piece)
            line.modem.deliver(OFFICER, "RUTAN 82 54 36 39" * 12, line.now)
            line.session.submit(TPDU, b"\0", line.now)
            line.run(70)
            return line.happened

        whole = story(0)
        self.assertGreater(len(whole), 5)
        for piece in (1, 2, 3, 5, 7, 16, 61):
            self.assertEqual(story(piece), whole, piece)

    def test_a_full_store_on_a_slow_line_is_listed(self) -> None:
        """However long it takes; what is found leaves room for the next."""
        line = started()
        line.modem.fill()
        line.modem.faults.octet_s = 0.015
        line.session.look(line.now)
        line.run(150)
        self.assertEqual(len(line.of(events.Found)), 70)
        self.assertEqual(line.said("AT+CMGL"), 2)

    def test_a_lost_list_holds_up_the_rest_for_less_than_a_minute(self) -> None:
        """What came is found soon after."""
        line = started()
        line.modem.faults.mishaps.append(Mishap("+CMGL", Deed.LOSE))
        line.modem.deliver(OFFICER, "RUTAN 1 2 3 4", line.now)
        line.run(45)
        self.assertEqual(len(line.of(events.Cleared)), 1)


class SendingTests(SynchronousTestCase):
    """Messages to the network."""

    def test_a_message_is_sent_with_its_reference(self) -> None:
        """The one that a report will name."""
        line = started()
        token = line.session.submit(TPDU, b"\0", line.now)
        self.assertEqual(line.session.room(), 0)
        line.run(1)
        [sent] = line.modem.record.submits
        self.assertEqual(
            line.of(events.Submitted), [events.Submitted(token, sent.reference)]
        )
        self.assertEqual(line.session.room(), 1)

    def test_a_refused_message_says_why(self) -> None:
        """And the modem is asked how it fares."""
        line = started()
        line.modem.state.registration = 2
        measured = len(line.of(events.Measured))
        line.session.submit(TPDU, b"\0", line.now)
        line.run(2)
        [refused] = line.of(events.Refused)
        self.assertEqual(refused.result.code, 331)
        last = line.of(events.Measured)[-1]
        self.assertGreater(len(line.of(events.Measured)), measured)
        self.assertIs(last.measure.registration, Registration.SEARCHING)

    def test_a_lost_answer_leaves_a_message_in_doubt(self) -> None:
        """It was sent, which nobody knows."""
        line = started()
        line.modem.faults.mishaps.append(Mishap("+CMGS", Deed.LOSE))
        token = line.session.submit(TPDU, b"\0", line.now)
        line.run(200)
        [lost] = line.of(events.SubmitLost)
        self.assertEqual((lost.token, lost.written), (token, True))
        self.assertEqual(len(line.modem.record.submits), 1)
        self.assertIs(line.session.state, State.SERVING)

    def test_a_late_answer_tells_that_a_message_was_sent(self) -> None:
        """It has one outcome, and that is the modem's."""
        line = started()
        line.modem.faults.mishaps.append(Mishap("+CMGS", Deed.LOSE))
        token = line.session.submit(TPDU, b"\0", line.now)
        line.run(commands.send(TPDU, b"\0").timeout_s + 0.5)
        late = b"\r\n+CMGS: 7\r\n\r\nOK\r\n"
        line.happened += line.session.receive(late, line.now)
        line.run(60)
        self.assertEqual(line.of(events.Submitted), [events.Submitted(token, 7)])
        self.assertEqual(line.of(events.SubmitLost), [])

    def test_a_lost_answer_holds_up_the_rest_for_less_than_a_minute(self) -> None:
        """What came meanwhile is found, and the next message can be sent."""
        line = started()
        line.modem.faults.mishaps.append(Mishap("+CMGS", Deed.LOSE))
        line.session.submit(TPDU, b"\0", line.now)
        line.modem.deliver(OFFICER, "RUTAN 1 2 3 4", line.now)
        line.run(55)
        self.assertEqual(len(line.of(events.SubmitLost)), 1)
        self.assertEqual(len(line.of(events.Cleared)), 1)
        self.assertEqual(line.session.room(), 1)

    def test_lists_and_messages_take_turns(self) -> None:
        """Neither waits for ever."""
        line = started()
        for number in range(3):
            line.session.submit(TPDU, b"\0", line.now)
            line.modem.deliver(OFFICER, f"RUTAN {number} 2 3 4", line.now)
        line.run(2)
        self.assertEqual(len(line.modem.record.submits), 3)
        self.assertEqual(len(line.of(events.Cleared)), 3)

    def test_nothing_is_sent_before_the_start(self) -> None:
        """A command would be lost in it."""
        line = ModemLine()
        with self.assertRaises(LocalProtocolError):
            line.session.submit(TPDU, b"\0", line.now)


class SupervisionTests(SynchronousTestCase):
    """A modem that does not answer, restarts, or loses its network."""

    def test_a_mute_modem_is_noticed_and_the_port_opened_anew(self) -> None:
        """Within a minute, by the mildest remedy."""
        line = started()
        line.modem.faults.mute = True
        line.run(75)
        self.assertEqual(line.of(events.Remedied), [events.Remedied(Remedy.REOPEN, 3)])
        self.assertIs(line.session.state, State.CLOSED)

    def test_remedies_grow_over_sessions(self) -> None:
        """Reopened, restarted, then another's help; then not again for a while."""
        line = started()
        line.modem.faults.mute = True
        began = line.now
        while line.now < began + 290:
            line.run(10)
            if line.session.state is State.CLOSED:
                line.open()
        remedies = [event.remedy for event in line.of(events.Remedied)]
        self.assertEqual(remedies[:3], [Remedy.REOPEN, Remedy.RESTART, Remedy.HOOK])
        self.assertEqual(set(remedies[3:]), {Remedy.REOPEN})

    def test_a_modem_that_answers_again_serves_at_once(self) -> None:
        """And its failures are forgotten."""
        line = started()
        line.modem.faults.mute = True
        line.run(75)
        line.open()
        line.modem.faults.mute = False
        line.run(10)
        self.assertIs(line.session.state, State.SERVING)
        self.assertEqual(line.patience.failures, 0)

    def test_a_modem_that_cannot_list_is_no_modem(self) -> None:
        """It may answer everything else: its messages wait in it."""
        for deed in (Deed.LOSE, Deed.REFUSE):
            line = started()
            line.modem.faults.mishaps.append(Mishap("+CMGL", deed, times=0))
            remedies = []
            for _ in range(80):
                line.run(10)
                if line.session.state is State.CLOSED:
                    line.open()
                remedies = [event.remedy for event in line.of(events.Remedied)]
            self.assertEqual(
                remedies[:3], [Remedy.REOPEN, Remedy.RESTART, Remedy.HOOK], deed
            )

    def test_a_restart_is_noticed_by_its_words(self) -> None:
        """It has forgotten what it was told."""
        line = started()
        line.modem.restart(line.now)
        line.run(5)
        self.assertIs(line.session.state, State.CLOSED)

    def test_a_silent_restart_is_noticed_by_what_was_forgotten(self) -> None:
        """Within two minutes, and by a list in text mode at once."""
        line = started(modem=ModemOptions(greeting=(), ready=()))
        line.modem.restart(line.now)
        line.run(120)
        self.assertIs(line.session.state, State.CLOSED)

    def test_a_network_that_is_lost_is_asked_about_more_often(self) -> None:
        """Every ten seconds, so that it is known when it is back."""
        line = started()
        line.modem.state.registration = 2
        line.run(60)
        measured = len(line.of(events.Measured))
        line.run(60)
        self.assertEqual(len(line.of(events.Measured)) - measured, 6)
        line.modem.state.registration = 1
        line.run(10)
        last = line.of(events.Measured)[-1]
        self.assertIs(last.measure.registration, Registration.HOME)

    def test_silence_is_broken(self) -> None:
        """After half a minute at the most."""
        line = started(options=SessionOptions(sweep_s=1000.0, measure_s=1000.0))
        line.run(300)
        touches = [spoken.text for spoken in line.modem.record.commands][-9:]
        self.assertEqual(touches, ["AT"] * 9)
        self.assertIs(line.session.state, State.SERVING)


class EndTests(SynchronousTestCase):
    """Leaving, and being left."""

    def test_leaving_takes_what_is_safe_with_it(self) -> None:
        """And begins nothing new."""
        line = started()
        line.accept = lambda found: None
        for number in range(3):
            line.modem.deliver(OFFICER, f"RUTAN {number} 2 3 4", line.now)
        line.run(1)
        for found in line.of(events.Found):
            line.session.settle(found.place, True, line.now)
        line.happened += line.session.leave(line.now)
        line.run(5)
        self.assertEqual(len(line.of(events.Cleared)), 3)
        self.assertEqual(line.of(Closed), [Closed("stopped")])
        self.assertIsNone(line.session.deadline())

    def test_every_message_has_one_outcome(self) -> None:
        """That which was written is in doubt, the others were not sent."""
        line = started()
        tokens = [line.session.submit(TPDU, b"\0", line.now) for _ in range(3)]
        happened = line.session.close("gone")
        lost = [event for event in happened if isinstance(event, events.SubmitLost)]
        self.assertEqual([event.token for event in lost], tokens)
        self.assertFalse(any(event.written for event in lost))
        self.assertEqual(line.session.close("again"), [])
