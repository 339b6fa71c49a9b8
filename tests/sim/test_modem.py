"""Tests for the simulated modem's answers that are not about messages."""

from __future__ import annotations

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.sim.modem.card import SimCard
from smscentre.sim.modem.general import GENERAL
from smscentre.sim.modem.messages import MESSAGES
from smscentre.sim.modem.state import ModemOptions
from tests.sim.modems import Desk, ModemTestCase


@frozen
class AnswerCase:
    """A command and the lines that it is answered with."""

    command: str
    lines: tuple[str, ...]


ANSWERS = (
    AnswerCase("AT", ("OK",)),
    AnswerCase("at+csq", ("+CSQ: 17,99", "OK")),
    AnswerCase("ATI", ("SIMULATED", "SMSCENTRE MODEM", "Revision: SIM R1", "OK")),
    AnswerCase("AT+CGMI", ("SIMULATED", "OK")),
    AnswerCase("AT+CGMM", ("SMSCENTRE MODEM", "OK")),
    AnswerCase("AT+CGMR", ("SIM R1", "OK")),
    AnswerCase("AT+CGSN", ("356938035643809", "OK")),
    AnswerCase("AT+CGSN=?", ("OK",)),
    AnswerCase("AT+CIMI", ("510109123456789", "OK")),
    AnswerCase("AT+CCID", ("+CCID: 8962109000005201234", "OK")),
    AnswerCase("AT^ICCID?", ("+CME ERROR: 100",)),
    AnswerCase("AT+CPIN?", ("+CPIN: READY", "OK")),
    AnswerCase("AT+CREG?", ("+CREG: 0,1", "OK")),
    AnswerCase("AT+CREG=2;+CREG?", ('+CREG: 2,1,"1A2B","00C3D4"', "OK")),
    AnswerCase("AT+CGREG?", ("+CGREG: 0,1", "OK")),
    AnswerCase("AT+COPS?", ('+COPS: 0,0,"SIMULASI"', "OK")),
    AnswerCase("AT+CSCA?", ('+CSCA: "+62811000000",145', "OK")),
    AnswerCase("AT+CSMS=1", ("+CSMS: 1,1,1", "OK")),
    AnswerCase("AT+CPMS?", ('+CPMS: "SM",0,20,"SM",0,20,"SM",0,20', "OK")),
    AnswerCase('AT+CPMS="MT","SM","MT"', ("+CPMS: 0,70,0,20,0,70", "OK")),
    AnswerCase('AT+CPMS="XX"', ("+CMS ERROR: 302",)),
    AnswerCase("AT+CNMI=2,1,0,2,0;+CNMI?", ("+CNMI: 2,1,0,2,0", "OK")),
    AnswerCase("AT+CNMI=3;+CNMI?", ("+CNMI: 3,1,0,2,0", "OK")),
    AnswerCase("AT+CNMI=2,9", ("+CMS ERROR: 303",)),
    AnswerCase("AT+CNMI=2,x", ("+CMS ERROR: 302",)),
    AnswerCase('AT+CLCK="SC",2', ("+CLCK: 0", "OK")),
    AnswerCase("AT+CCLK?", ('+CCLK: "27/01/15,15:00:00+28"', "OK")),
    AnswerCase("AT+CBC", ("+CBC: 0,100", "OK")),
    AnswerCase("AT+CSCS?", ('+CSCS: "GSM"', "OK")),
    AnswerCase('AT+CSCS="XX"', ("+CME ERROR: 3",)),
    AnswerCase("AT+CLIP=1;+CLIP?", ("+CLIP: 1,1", "OK")),
    AnswerCase("ATD123;", ("+CME ERROR: 3",)),
    AnswerCase("AT+CSQ;+NOPE;+CSQ", ("+CSQ: 17,99", "+CME ERROR: 100")),
    AnswerCase("AT+CMEE=2;+NOPE", ("+CME ERROR: unknown",)),
    AnswerCase("AT+CMGR=99", ("+CMS ERROR: invalid memory index",)),
    AnswerCase("AT+CMEE=0;+NOPE", ("ERROR",)),
    AnswerCase("AT+CMGR=99", ("+CMS ERROR: 321",)),
    AnswerCase("ATZ", ("OK",)),
)
"""In this order, at one modem."""


class AnswerTests(ModemTestCase):
    """Commands and answers."""

    def test_commands_are_answered(self) -> None:
        """Each row as modems have it."""
        for case in ANSWERS:
            found = tuple(self.desk.lines(case.command))
            self.assertEqual(found, case.lines, case.command)

    def test_answers_stand_between_line_ends(self) -> None:
        """V.250's long form."""
        self.assertEqual(self.desk.ask("AT+CSQ"), "\r\n+CSQ: 17,99\r\n\r\nOK\r\n")

    def test_v0_answers_in_short(self) -> None:
        """Codes instead of words."""
        self.assertEqual(self.desk.ask("ATV0", "AT+CSQ"), "+CSQ: 17,99\r\n0\r")

    def test_q1_leaves_results_out(self) -> None:
        """Only what was asked for is said."""
        self.assertEqual(self.desk.ask("ATQ1", "AT+CSQ"), "\r\n+CSQ: 17,99\r\n")

    def test_echo_is_on_at_first(self) -> None:
        """The octets come back before the answer."""
        self.assertEqual(Desk().ask("AT"), "AT\r\r\nOK\r\n")

    def test_what_is_said_is_recorded(self) -> None:
        """Each line with its moment and its end."""
        self.desk.wait(3)
        self.desk.ask("AT+CSQ", "AT+NOPE")
        found = [(each.at, each.text, each.result) for each in self.record.commands]
        self.assertEqual(
            found[2:],
            [(3.0, "AT+CSQ", "OK"), (3.0, "AT+NOPE", "+CME ERROR: 100")],
        )


_PARAMETERS = st.one_of(
    st.integers(0, 300).map(str),
    st.text('"0123456789ABCDEFabc,x+ ', max_size=12),
    st.sampled_from(['"SM"', '"UCS2"', '"+62811"', '"SC"', '"ALL"', "1,1"]),
)
_COMMANDS = st.builds(
    "AT{}{}{}".format,
    st.sampled_from(sorted({*GENERAL, *MESSAGES})),
    st.sampled_from(["", "?", "=?", "="]),
    st.lists(_PARAMETERS, max_size=4).map(",".join),
)
_BODIES = st.binary(max_size=30).map(lambda octets: octets.hex() + "\x1a")


class RobustnessTests(SynchronousTestCase):
    """Whatever is written."""

    @given(st.lists(st.one_of(_COMMANDS, _BODIES, st.text(max_size=20)), max_size=12))
    def test_every_line_is_answered(self, lines: list[str]) -> None:
        """None raises, and none leaves the modem silent."""
        desk = Desk()
        desk.deliver("HELP")
        for line in lines:
            desk.write(line.encode("utf-8", "replace") + b"\r")
        desk.wait(30)
        answer = desk.write(b"\x1bATE1V1Q0\r")
        self.assertTrue(answer.endswith("OK\r\n"), answer)


class IccidTests(SynchronousTestCase):
    """The command that no standard has."""

    def test_modems_differ(self) -> None:
        """Each knows its own."""
        for known in ("+CCID", "^ICCID", "+QCCID", "+ICCID"):
            desk = Desk(ModemOptions(iccid_commands=(known,)))
            for command in ("AT+CCID", "AT^ICCID?", "AT+QCCID", "AT+ICCID"):
                is_known = command.removeprefix("AT").rstrip("?") == known
                answered = f"{known}: 8962" in desk.ask(command)
                self.assertEqual(answered, is_known, (known, command))


class RegistrationTests(ModemTestCase):
    """Without a network."""

    def test_the_state_is_told(self) -> None:
        """No signal, no operator."""
        self.gsm.state.registration = 2
        self.assertEqual(self.desk.lines("AT+CREG?"), ["+CREG: 0,2", "OK"])
        self.assertEqual(self.desk.lines("AT+CSQ"), ["+CSQ: 99,99", "OK"])
        self.assertEqual(self.desk.lines("AT+COPS?"), ["+COPS: 0", "OK"])


class PinTests(SynchronousTestCase):
    """A SIM that asks for its PIN."""

    def setUp(self) -> None:
        """Switch a modem on with such a SIM."""
        self.card = SimCard(pin="4321", puk="87654321", locked=True)
        self.desk = Desk(card=self.card)
        self.desk.ask("ATE0", "AT+CMEE=1")

    def test_it_is_asked_for(self) -> None:
        """What needs the SIM is refused, in the words of its family."""
        self.assertEqual(self.desk.lines("AT+CPIN?"), ["+CPIN: SIM PIN", "OK"])
        self.assertEqual(self.desk.lines("AT+CIMI"), ["+CME ERROR: 11"])
        self.assertEqual(self.desk.lines("AT+CPMS?"), ["+CMS ERROR: 311"])
        self.assertEqual(self.desk.lines("AT+CGSN")[-1], "OK")

    def test_the_right_one_opens_the_sim(self) -> None:
        """The modem says so by itself, too."""
        self.assertEqual(
            self.desk.lines('AT+CPIN="4321"'),
            ["OK", "+CPIN: READY", "Call Ready", "SMS Ready"],
        )
        self.assertEqual(self.desk.lines("AT+CIMI")[-1], "OK")

    def test_three_wrong_ones_block_it(self) -> None:
        """Then the PUK and a new PIN open it."""
        for answer in ("+CME ERROR: 16", "+CME ERROR: 16", "+CME ERROR: 12"):
            self.assertEqual(self.desk.lines('AT+CPIN="0000"'), [answer])
        self.assertEqual(self.desk.lines("AT+CPIN?"), ["+CPIN: SIM PUK", "OK"])
        self.assertEqual(self.desk.lines('AT+CPIN="4321"'), ["+CME ERROR: 12"])
        self.assertEqual(self.desk.lines('AT+CPIN="87654321","1111"')[0], "OK")
        self.assertEqual(self.card.pin, "1111")

    def test_tries_outlive_a_restart(self) -> None:
        """The SIM counts, not the modem."""
        self.desk.ask('AT+CPIN="0000"', "AT+CFUN=1,1")
        self.desk.wait(5)
        self.assertEqual(self.card.tries, 2)

    def test_messages_wait_for_the_pin(self) -> None:
        """They come once the SIM is open."""
        self.desk.ask("AT+CNMI=2,1")
        self.desk.deliver("HELP")
        self.assertEqual(self.desk.heard(), "")
        self.desk.ask('AT+CPIN="4321"')
        self.assertEqual(self.desk.lines("AT+CMGL=4")[-1], "OK")
        self.assertEqual(len(self.desk.gsm.state.stores.taken("SM")), 1)

    def test_a_sim_may_be_missing(self) -> None:
        """Every question about it says so."""
        desk = Desk(card=SimCard(inserted=False))
        desk.ask("ATE0", "AT+CMEE=1")
        self.assertEqual(desk.lines("AT+CPIN?"), ["+CME ERROR: 10"])
        self.assertEqual(desk.lines("AT+CPMS?"), ["+CMS ERROR: 310"])
        self.assertEqual(desk.lines("AT+CCID"), ["+CME ERROR: 10"])


class RestartTests(ModemTestCase):
    """AT+CFUN=1,1 and failures."""

    options = ModemOptions(restart_s=2.0)

    def test_it_is_silent_and_greets(self) -> None:
        """What is written meanwhile is lost."""
        self.assertEqual(self.desk.lines("AT+CFUN=1,1"), ["OK"])
        self.assertEqual(self.desk.ask("AT"), "")
        self.assertEqual(self.desk.wait(1.9), "")
        greeting = self.desk.wait(0.1).split()
        self.assertEqual(greeting[0], "RDY")
        self.assertEqual(self.record.restarts, [0.0])

    def test_it_forgets_what_it_was_told(self) -> None:
        """Echo, PDU mode and indications begin anew; messages stay."""
        self.desk.ask("AT+CMGF=1", "AT+CNMI=2,1,0,2,0")
        self.desk.deliver("HELP")
        self.desk.ask("AT+CFUN=1,1")
        self.desk.wait(2)
        self.assertIn("AT+CNMI?\r", self.desk.ask("AT+CNMI?"))
        self.assertIn("+CNMI: 0,0,0,0,0", self.desk.ask("AT+CNMI?"))
        self.assertIn("+CMGF: 0", self.desk.ask("AT+CMGF?"))
        self.assertIn("+CMGL: 1,0,,", self.desk.ask("AT+CMGL=4"))
