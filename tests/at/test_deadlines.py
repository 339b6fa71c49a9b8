"""Tests for `smscentre.at.dialogue`: deadlines, lost answers, and the way back."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.at import commands, events
from smscentre.at.dialogue import Dialogue, DialogueOptions, State
from smscentre.at.events import Answered, Closed, Event, Fault, Lost, Ready
from smscentre.at.results import Outcome, Result
from tests.at.samples import PROBE, SEND, answering, idle, lost, prompting, settling

OPTIONS = DialogueOptions()
OK = Result(Outcome.OK, "OK")


def _reasons(happened: list[Event]) -> list[str]:
    return [event.reason for event in happened if isinstance(event, Fault)]


class DeadlineTests(SynchronousTestCase):
    """When the shell is to call."""

    def test_each_state(self) -> None:
        """Each state has the deadline of what it waits for, or none."""
        rows = (
            (Dialogue(), None),
            (lost(), OPTIONS.probe_s),
            (settling(), OPTIONS.settle_s),
            (idle(), None),
            (prompting(), 1.0 + SEND.prompt_s),
            (answering(), 1.0 + commands.SIGNAL.timeout_s),
        )
        for dialogue, due in rows:
            self.assertEqual(dialogue.deadline(), due, dialogue.state)

    def test_too_early(self) -> None:
        """Just before it nothing happens, however often it is asked."""
        for dialogue in (lost(), settling(), prompting(), answering()):
            due = dialogue.deadline()
            assert due is not None
            self.assertEqual(dialogue.expire(due - 0.001), [])
            self.assertEqual(dialogue.deadline(), due)
            self.assertNotEqual(dialogue.expire(due), [])

    def test_body(self) -> None:
        """The time for the answer runs from the body."""
        dialogue = prompting()
        dialogue.receive(b"\r\n> ", 9.0)
        self.assertEqual(dialogue.deadline(), 9.0 + SEND.timeout_s)

    def test_queued(self) -> None:
        """The time of a command runs from its writing."""
        dialogue = answering()
        dialogue.enqueue(commands.LIST, 1.0)
        dialogue.receive(b"OK\r\n", 7.0)
        self.assertEqual(dialogue.deadline(), 7.0 + commands.LIST.timeout_s)

    def test_answered(self) -> None:
        """With the last answer there is nothing to wait for."""
        dialogue = answering()
        dialogue.receive(b"OK\r\n", 7.0)
        self.assertIsNone(dialogue.deadline())

    def test_unsolicited_lines_buy_no_time(self) -> None:
        """A modem that says much and answers nothing is late."""
        dialogue = answering()
        dialogue.receive(b"^RSSI:17\r\n", 10.9)
        self.assertEqual(dialogue.expire(11.0)[0], Lost(1, events.TIMED_OUT, True))

    def test_each_line_of_a_list_buys_time(self) -> None:
        """A full store takes long on a slow line."""
        dialogue = idle()
        dialogue.enqueue(commands.LIST, 1.0)
        dialogue.receive(b"+CMGL: 1,1,,21\r\n", 20.0)
        self.assertEqual(dialogue.deadline(), 20.0 + commands.LIST.timeout_s)
        dialogue.receive(b"RING\r\n", 30.0)
        self.assertEqual(dialogue.deadline(), 20.0 + commands.LIST.timeout_s)


class LostTests(SynchronousTestCase):
    """The way back from an answer that stayed out."""

    def setUp(self) -> None:
        """Begin with a question about the signal that has timed out at 11 s."""
        self.dialogue = answering()
        self.next = self.dialogue.enqueue(commands.PDU_MODE, 1.0)
        happened = self.dialogue.expire(11.0)
        self.assertEqual(happened, [Lost(1, events.TIMED_OUT, True)])
        self.assertEqual(self.dialogue.data_to_send(), PROBE)

    def test_late_answer(self) -> None:
        """It is nobody's: the next command is written after it and AT's own."""
        happened = self.dialogue.receive(b"\r\n+CSQ: 3,99\r\n\r\nOK\r\n", 12.0)
        self.assertEqual(happened, [])
        self.assertEqual(self.dialogue.data_to_send(), b"")
        happened = self.dialogue.receive(b"\r\nOK\r\n", 12.5)
        self.assertEqual(_reasons(happened), [events.LATE_RESULT])
        self.assertEqual(self.dialogue.expire(13.4), [])
        self.assertEqual(self.dialogue.expire(13.5), [Ready()])
        self.assertEqual(self.dialogue.data_to_send(), b"AT+CMGF=0\r")
        happened = self.dialogue.receive(b"\r\nERROR\r\n", 13.6)
        error = Result(Outcome.ERROR, "ERROR")
        self.assertEqual(happened, [Answered(self.next, (), error)])

    def test_no_late_answer(self) -> None:
        """A modem that forgot the command answers AT alone."""
        self.dialogue.receive(b"\r\nOK\r\n", 12.0)
        self.assertEqual(self.dialogue.expire(13.0), [Ready()])
        self.assertEqual(self.dialogue.data_to_send(), b"AT+CMGF=0\r")

    def test_lines_begin_the_silence_anew(self) -> None:
        """Lines of an answer show that a result is still to come."""
        self.dialogue.receive(b"\r\nOK\r\n", 12.0)
        for now, octets in ((12.9, b"+CSQ: 3,99\r\n"), (13.8, b"rest\r\n")):
            self.assertEqual(self.dialogue.receive(octets, now), [])
            self.assertEqual(self.dialogue.deadline(), now + OPTIONS.settle_s)

    def test_unsolicited_lines_do_not(self) -> None:
        """What the modem says by itself says nothing of answers."""
        self.dialogue.receive(b"\r\nOK\r\n", 12.0)
        self.dialogue.receive(b"^RSSI:17\r\n", 12.9)
        self.assertEqual(self.dialogue.expire(13.0), [Ready()])

    def test_modem_that_is_never_silent(self) -> None:
        """It is told of after a while, and asked again."""
        self.dialogue.receive(b"\r\nOK\r\n", 12.0)
        now = 12.0
        while now < 41.5:
            now += 0.5
            self.assertEqual(self.dialogue.receive(b"[debug] x\r\n", now), [])
            self.assertEqual(self.dialogue.expire(now), [])
        (fault,) = self.dialogue.receive(b"[debug] x\r\n", 42.0)
        self.assertEqual(fault, Fault(events.RESTLESS, "no silence for 30 s"))
        self.assertEqual(self.dialogue.data_to_send(), PROBE)

    def test_late_error(self) -> None:
        """It ends nothing: AT's OK does."""
        happened = self.dialogue.receive(b"\r\n+CME ERROR: 14\r\n", 12.0)
        self.assertEqual(_reasons(happened), [events.LATE_RESULT])
        self.assertIs(self.dialogue.state, State.LOST)
        self.dialogue.receive(b"\r\nOK\r\n", 12.1)
        self.assertIs(self.dialogue.state, State.SETTLING)

    def test_silent_modem(self) -> None:
        """It is asked again and again, and each time is told with its number."""
        for number in (1, 2, 3):
            due = self.dialogue.deadline()
            assert due is not None
            (fault,) = self.dialogue.expire(due)
            detail = f"AT without an answer, {number} in a row"
            self.assertEqual(fault, Fault(events.SILENT, detail))
            self.assertEqual(self.dialogue.data_to_send(), PROBE)

    def test_modem_that_wakes(self) -> None:
        """All that it owes comes at once, and none of it is the next answer."""
        for now in (16.0, 21.0):
            self.dialogue.expire(now)
        burst = b"\r\n+CSQ: 3,99\r\n\r\nOK\r\n" + b"\r\nOK\r\n" * 3
        happened = self.dialogue.receive(burst, 22.0)
        self.assertEqual(_reasons(happened), [events.LATE_RESULT] * 3)
        self.dialogue.data_to_send()
        self.assertEqual(self.dialogue.expire(23.0), [Ready()])
        self.assertEqual(self.dialogue.data_to_send(), b"AT+CMGF=0\r")

    def test_count_begins_anew(self) -> None:
        """After an answer the next loss counts from one."""
        self.dialogue.expire(16.0)
        self.dialogue.receive(b"OK\r\n", 17.0)
        self.dialogue.expire(18.0)
        self.dialogue.expire(30.0)
        (fault,) = self.dialogue.expire(40.0)
        assert isinstance(fault, Fault)
        self.assertIn("1 in a row", fault.detail)

    def test_late_prompt(self) -> None:
        """A prompt that comes too late is left, and its command has its outcome."""
        dialogue = prompting()
        dialogue.expire(11.0)
        dialogue.data_to_send()
        happened = dialogue.receive(b"\r\n> ", 11.5)
        self.assertEqual(_reasons(happened), [events.UNEXPECTED_PROMPT])
        self.assertEqual(dialogue.data_to_send(), PROBE)
        self.assertIs(dialogue.state, State.LOST)

    def _doubtful(self) -> Dialogue:
        """A dialogue that has waited too long for the answer to a message."""
        dialogue = prompting()
        dialogue.receive(b"\r\n> ", 2.0)
        self.assertEqual(dialogue.expire(2.0 + SEND.timeout_s), [])
        return dialogue

    def test_message_in_doubt(self) -> None:
        """A message whose body was written may have been sent."""
        dialogue = self._doubtful()
        dialogue.receive(b"\r\nOK\r\n", 150.0)
        lost = Lost(1, events.TIMED_OUT, True)
        self.assertEqual(dialogue.expire(151.0), [lost, Ready()])

    def test_message_in_doubt_at_the_end(self) -> None:
        """If the port is gone first, that is when it is told."""
        lost = Lost(1, events.TIMED_OUT, True)
        self.assertEqual(self._doubtful().close("gone"), [lost, Closed("gone")])

    def test_message_in_doubt_of_a_restless_modem(self) -> None:
        """One that is never silent does not hold the outcome back for ever."""
        dialogue = self._doubtful()
        lost = Lost(1, events.TIMED_OUT, True)
        happened: list[Event] = []
        for second in range(100):
            happened += dialogue.receive(b"\r\nOK\r\n", 150.0 + second / 2)
        self.assertEqual(happened.count(lost), 1)

    def test_message_that_was_sent_late(self) -> None:
        """A late +CMGS is the outcome of its message, and the only one."""
        for before, after in ((b"", b"OK\r\n"), (b"OK\r\n", b"")):
            dialogue = self._doubtful()
            dialogue.receive(before, 149.0)
            happened = dialogue.receive(b"\r\n+CMGS: 5\r\n", 149.5)
            self.assertEqual(happened, [Answered(1, ("+CMGS: 5",), OK)])
            self.assertEqual(dialogue.receive(b"+CMGS: 5\r\n" + after, 149.5), [])
            self.assertEqual(dialogue.expire(150.5), [Ready()])
