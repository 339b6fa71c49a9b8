"""Tests for `smscentre.at.dialogue`: what is said, heard and reported."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.at import commands, events
from smscentre.at.commands import Command
from smscentre.at.dialogue import Dialogue, DialogueOptions, State
from smscentre.at.errors import LocalProtocolError
from smscentre.at.events import Answered, Closed, Event, Fault, Lost, Ready, Unsolicited
from smscentre.at.results import Outcome, Result
from smscentre.at.unsolicited import Kind
from tests.at.samples import (
    DELIVER,
    PROBE,
    REPORT,
    SEND,
    UNSOLICITED,
    answering,
    idle,
    lost,
    prompting,
    settling,
    spoken,
)

OK = Result(Outcome.OK, "OK")
BODY = (SEND.body or "").encode()


def _faults(happened: list[Event]) -> list[str]:
    return [event.reason for event in happened if isinstance(event, Fault)]


def _heard(dialogue: Dialogue, text: str) -> list[Event]:
    octets = text.replace("\n", "\r\n").encode("latin-1")
    return dialogue.receive(octets, 1.0)


class StartTests(SynchronousTestCase):
    """From an opened port to a modem that answers."""

    def test_probe(self) -> None:
        """It begins with an ESC, which leaves a prompt, and AT."""
        dialogue = Dialogue()
        dialogue.connect(0.0)
        self.assertEqual(dialogue.data_to_send(), PROBE)
        self.assertEqual(dialogue.data_to_send(), b"")

    def test_ready(self) -> None:
        """An OK and a silence after it are wanted."""
        dialogue = lost()
        self.assertEqual(_heard(dialogue, "AT\n\nOK\n"), [])
        self.assertEqual(dialogue.expire(1.0), [])
        self.assertEqual(dialogue.expire(2.0), [Ready()])

    def test_queue_waits(self) -> None:
        """What is enqueued before is written then, and not earlier."""
        dialogue = lost()
        dialogue.enqueue(commands.ECHO_OFF, 0.0)
        _heard(dialogue, "OK\n")
        self.assertEqual(dialogue.data_to_send(), b"")
        dialogue.expire(2.0)
        self.assertEqual(dialogue.data_to_send(), b"ATE0\r")

    def test_remains_of_others(self) -> None:
        """What the last user of the port left behind is no fault and no answer."""
        dialogue = lost()
        left = f"+CMGL: 3,1,,21\n{DELIVER}\nhalf a li\nOK\nOK\n"
        happened = _heard(dialogue, left)
        self.assertEqual(_faults(happened), [events.LATE_RESULT])
        self.assertEqual(dialogue.expire(2.0), [Ready()])

    def test_error_is_no_sign(self) -> None:
        """Only OK answers AT; an ERROR is somebody's late one."""
        dialogue = lost()
        self.assertEqual(_faults(_heard(dialogue, "ERROR\n")), [events.LATE_RESULT])
        self.assertIs(dialogue.state, State.LOST)


class QueueTests(SynchronousTestCase):
    """One command in flight, in the order of asking."""

    def test_one_at_a_time(self) -> None:
        """The next is written when the one before has its result."""
        dialogue = idle()
        first = dialogue.enqueue(commands.PDU_MODE, 1.0)
        second = dialogue.enqueue(commands.SERVICE, 1.0)
        self.assertEqual(dialogue.data_to_send(), b"AT+CMGF=0\r")
        happened = _heard(dialogue, "OK\n")
        self.assertEqual(happened, [Answered(first, (), OK)])
        self.assertEqual(dialogue.data_to_send(), b"AT+CSMS=1\r")
        happened = _heard(dialogue, "+CSMS: 1,1,1\n\nOK\n")
        self.assertEqual(happened, [Answered(second, ("+CSMS: 1,1,1",), OK)])
        self.assertIs(dialogue.state, State.IDLE)

    def test_two_results_at_once(self) -> None:
        """A second result in the same octets is the next command's."""
        dialogue = idle()
        tokens = [dialogue.enqueue(commands.PDU_MODE, 1.0) for _ in range(2)]
        happened = _heard(dialogue, "OK\nERROR\n")
        error = Result(Outcome.ERROR, "ERROR")
        expected = [Answered(tokens[0], (), OK), Answered(tokens[1], (), error)]
        self.assertEqual(happened, expected)

    def test_bad_command(self) -> None:
        """What is no command line is refused, and nothing is queued."""
        dialogue = idle()
        self.assertRaises(
            LocalProtocolError, dialogue.enqueue, Command("AT\rAT+CFUN=0"), 1.0
        )
        self.assertEqual(dialogue.data_to_send(), b"")
        self.assertEqual(dialogue.close("over"), [Closed("over")])

    def test_call(self) -> None:
        """What dials is answered by the result of its call."""
        (answered,) = spoken(Command("ATD*100#"), [b"\r\nNO CARRIER\r\n"])
        assert isinstance(answered, Answered)
        self.assertIs(answered.result.outcome, Outcome.CALL)


class PromptTests(SynchronousTestCase):
    """Commands with a body."""

    def test_body(self) -> None:
        """It is written after the prompt, ended by Ctrl-Z."""
        dialogue = prompting()
        self.assertEqual(_heard(dialogue, "\n> "), [])
        self.assertEqual(dialogue.data_to_send(), BODY + b"\x1a")
        happened = _heard(dialogue, "\n+CMGS: 5\n\nOK\n")
        self.assertEqual(happened, [Answered(1, ("+CMGS: 5",), OK)])

    def test_no_body_before_the_prompt(self) -> None:
        """Neither an echo nor an unsolicited line is a prompt."""
        dialogue = prompting()
        _heard(dialogue, "AT+CMGS=18\n\nRING\n")
        self.assertEqual(dialogue.data_to_send(), b"")

    def test_refused_before_the_prompt(self) -> None:
        """An error instead of the prompt answers, and no body is written."""
        dialogue = prompting()
        (answered,) = _heard(dialogue, "\n+CMS ERROR: 304\n")
        assert isinstance(answered, Answered)
        self.assertEqual(answered.result.code, 304)
        self.assertEqual(dialogue.data_to_send(), b"")

    def test_ok_before_the_prompt(self) -> None:
        """An OK cannot say that a message was sent which was not written."""
        dialogue = prompting()
        happened = _heard(dialogue, "\nOK\n")
        self.assertEqual(_faults(happened), [events.UNEXPECTED_RESULT])
        self.assertIs(dialogue.state, State.PROMPTING)

    def test_no_prompt(self) -> None:
        """Without one the command is lost, not written, and ESC comes first."""
        dialogue = prompting()
        happened = dialogue.expire(11.0)
        self.assertEqual(happened, [Lost(1, events.NO_PROMPT, False)])
        self.assertEqual(dialogue.data_to_send(), PROBE)

    def test_prompt_after_the_body(self) -> None:
        """A second prompt is told of; an ESC would cancel the message."""
        dialogue = prompting()
        _heard(dialogue, "\n> ")
        dialogue.data_to_send()
        happened = _heard(dialogue, "\n> \n+CMGS: 5\nOK\n")
        self.assertEqual(_faults(happened), [events.UNEXPECTED_PROMPT])
        self.assertEqual(happened[1:], [Answered(1, ("+CMGS: 5",), OK)])
        self.assertEqual(dialogue.data_to_send(), b"")

    def test_sign_without_a_blank(self) -> None:
        """Where no prompt is due it is none, but the beginning of some line."""
        for dialogue in (lost(), settling(), idle(), answering()):
            happened = _heard(dialogue, "\n>>> AT\n")
            self.assertNotIn(events.UNEXPECTED_PROMPT, _faults(happened))
            self.assertEqual(dialogue.data_to_send(), b"")

    def test_prompt_that_nobody_asked_for(self) -> None:
        """It is left by ESC, and the way back is found before anything is written."""
        dialogue = idle()
        self.assertEqual(_faults(_heard(dialogue, "\n> ")), [events.UNEXPECTED_PROMPT])
        dialogue.enqueue(commands.SIGNAL, 1.0)
        self.assertEqual(dialogue.data_to_send(), PROBE)

    def test_close_at_the_prompt(self) -> None:
        """The prompt is not left to the next user of the port."""
        dialogue = prompting()
        dialogue.close("over")
        self.assertEqual(dialogue.data_to_send(), b"\x1b")


class UnsolicitedTests(SynchronousTestCase):
    """What a modem says by itself."""

    def test_each(self) -> None:
        """While nothing is in flight each is told with its lines."""
        for octets, kind in UNSOLICITED:
            lines = tuple(octets.decode().split("\r\n")[:-1])
            happened = idle().receive(octets, 1.0)
            self.assertEqual(happened, [Unsolicited(kind, lines)])

    def test_in_every_state(self) -> None:
        """A hint of a new message is told at any time."""
        expected = [Unsolicited(Kind.MESSAGE_STORED, ('+CMTI: "SM",3',))]
        for dialogue in (lost(), settling(), idle(), prompting(), answering()):
            self.assertEqual(_heard(dialogue, '+CMTI: "SM",3\n'), expected)

    def test_registration(self) -> None:
        """+CREG is the answer's only with the number that AT+CREG? adds."""
        happened = spoken(commands.REGISTRATION, [b"+CREG: 2\r\n+CREG: 1,5\r\nOK\r\n"])
        expected = [
            Unsolicited(Kind.REGISTRATION, ("+CREG: 2",)),
            Answered(1, ("+CREG: 1,5",), OK),
        ]
        self.assertEqual(happened, expected)

    def test_missing_pdu(self) -> None:
        """A header whose PDU was lost takes no result for it."""
        happened = spoken(commands.PDU_MODE, [b"+CMT: ,21\r\n\r\nOK\r\n"])
        self.assertEqual(_faults(happened), [events.MISSING_PDU])
        self.assertEqual(happened[1:], [Answered(1, (), OK)])

    def test_missing_pdu_before_digits(self) -> None:
        """Nor an answer's line that is not as long as it said."""
        happened = spoken(commands.IMEI, [b"+CMT: ,21\r\n86123456789012\r\nOK\r\n"])
        self.assertEqual(_faults(happened), [events.MISSING_PDU])
        self.assertEqual(happened[1:], [Answered(1, ("86123456789012",), OK)])

    def test_pdu_of_another_length(self) -> None:
        """Where nothing else waits for one it is told, for the link to judge."""
        happened = _heard(idle(), f"+CMT: ,99\n{DELIVER}\n")
        self.assertEqual(happened, [Unsolicited(Kind.MESSAGE, ("+CMT: ,99", DELIVER))])

    def test_text_mode(self) -> None:
        """A text that reads OK is no result."""
        header = '+CMT: "+628110000001",,"26/01/19,10:14:28+28"'
        happened = spoken(commands.PDU_MODE, [header.encode() + b"\r\nOK\r\n"])
        self.assertEqual(happened, [Unsolicited(Kind.MESSAGE, (header, "OK"))])


class LineTests(SynchronousTestCase):
    """Lines that are an answer's, and lines that are nobody's."""

    def test_bad_slot(self) -> None:
        """What stands in place of a PDU is kept there, and hides no other slot."""
        octets = f"+CMGL: 1,1,,21\n???\n+CMGL: 2,1,,21\n{DELIVER}\nOK\n".encode()
        (answered,) = spoken(commands.LIST, [octets])
        assert isinstance(answered, Answered)
        expected = ("+CMGL: 1,1,,21", "???", "+CMGL: 2,1,,21", DELIVER)
        self.assertEqual(answered.lines, expected)

    def test_own_echo(self) -> None:
        """The command and its body coming back are no lines of the answer."""
        octets = b"AT+CMGS=18\r\r\n> " + BODY + b"\x1a\r\r\n+CMGS: 5\r\nOK\r\n"
        self.assertEqual(spoken(SEND, [octets]), [Answered(1, ("+CMGS: 5",), OK)])

    def test_foreign_echo(self) -> None:
        """Another program's command is told of, without its parameters."""
        for dialogue in (idle(), answering(), lost(), settling()):
            (fault,) = _heard(dialogue, 'AT+CPIN="4321"\n')
            self.assertEqual(fault, Fault(events.FOREIGN_ECHO, "AT+CPIN="))

    def test_late_echo(self) -> None:
        """A lost command's echo is ours."""
        dialogue = answering()
        dialogue.expire(1e3)
        self.assertEqual(_heard(dialogue, "AT+CSQ\nAT\n"), [])

    def test_unexpected(self) -> None:
        """A line that no one claims is told of, and what may be a text is not shown."""
        rows = (
            ("RUTAN TAHANAN 82 NAPI 54", "24 characters"),
            ("x" * 90, "90 characters"),
            (DELIVER, "58 characters"),
        )
        for line, detail in rows:
            for dialogue in (idle(), answering()):
                happened = _heard(dialogue, line + "\n")
                self.assertEqual(happened, [Fault(events.UNEXPECTED_LINE, detail)])

    def test_overlong(self) -> None:
        """A line without an end is passed over, and the answer goes on."""
        octets = b"x" * 3000 + b"\r\n+CSQ: 3,99\r\nOK\r\n"
        happened = spoken(commands.SIGNAL, [octets])
        self.assertEqual(_faults(happened), [events.LONG_LINE])
        self.assertEqual(happened[1:], [Answered(1, ("+CSQ: 3,99",), OK)])

    def test_endless_answer(self) -> None:
        """An answer of too many lines is given up."""
        dialogue = Dialogue(DialogueOptions(lines_most=3))
        dialogue.connect(0.0)
        _heard(dialogue, "OK\n")
        dialogue.expire(9.0)
        dialogue.enqueue(commands.SIGNAL, 9.0)
        happened = _heard(dialogue, "+CSQ: 3,99\n" * 5)
        self.assertEqual(_faults(happened), [events.LONG_ANSWER])
        self.assertEqual(happened[1:], [Lost(1, events.ENDLESS, True)])

    def test_result_without_a_command(self) -> None:
        """It is told of, and nothing takes it for its own."""
        happened = _heard(idle(), "OK\n")
        self.assertEqual(_faults(happened), [events.UNEXPECTED_RESULT])

    def test_hidden(self) -> None:
        """Neither an answer nor a report shows its lines."""
        report = UNSOLICITED[2][0]
        happened = spoken(commands.LIST, [b"+CMGL: 1,1,,21\r\n" + report + b"OK\r\n"])
        self.assertNotIn(REPORT, repr(happened))


class CloseTests(SynchronousTestCase):
    """The end of a dialogue."""

    def test_outcomes(self) -> None:
        """Each command gets one; only the one in flight may have acted."""
        dialogue = idle()
        tokens = [dialogue.enqueue(commands.delete(slot), 1.0) for slot in range(3)]
        happened = dialogue.close("the port is gone")
        expected: list[Event] = [
            Lost(token, "the port is gone", token == tokens[0]) for token in tokens
        ]
        self.assertEqual(happened, [*expected, Closed("the port is gone")])

    def test_body(self) -> None:
        """A message may have been sent once its body was written, and not before."""
        for octets, written in ((b"", False), (b"\r\n> ", True)):
            dialogue = prompting()
            dialogue.receive(octets, 1.0)
            self.assertEqual(dialogue.close("over")[0], Lost(1, "over", written))

    def test_nothing_after(self) -> None:
        """What comes later is passed over."""
        dialogue = answering()
        dialogue.close("over")
        self.assertEqual(_heard(dialogue, "+CSQ: 3,99\nOK\n"), [])
        self.assertEqual(dialogue.expire(1e6), [])
        self.assertEqual(dialogue.data_to_send(), b"")
