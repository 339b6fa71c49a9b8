"""Tests for what goes wrong at the simulated modem when it is asked to."""

from __future__ import annotations

from smscentre.sim.modem.faults import Deed, Mishap, ModemFaults
from smscentre.sim.modem.record import What
from tests.sim.modems import Desk, ModemTestCase
from tests.sim.test_modem_messages import MessageTestCase, submit_pdu

_SHARE = 0.5
_TRIES = 40


class LineFaultTests(ModemTestCase):
    """Faults of everything that is said."""

    def test_a_mute_modem_says_nothing(self) -> None:
        """It hears nothing either; messages still reach the store."""
        self.desk.ask("AT+CNMI=2,1")
        self.faults.mute = True
        self.assertEqual(self.desk.ask("AT"), "")
        self.desk.deliver("HELP")
        self.assertEqual(self.desk.wait(60), "")
        self.faults.mute = False
        self.assertEqual(len(self.desk.lines("AT+CMGL=4")), 3)

    def test_answers_are_late(self) -> None:
        """In their order."""
        self.faults.delay_s = 2.0
        self.assertEqual(self.desk.ask("AT+CSQ", "AT"), "")
        self.assertEqual(self.desk.wait(1.9), "")
        self.assertEqual(self.desk.wait(0.1).split()[0], "+CSQ:")

    def test_octets_come_one_by_one(self) -> None:
        """Each after a while."""
        self.faults.octet_s = 0.1
        self.assertEqual(self.desk.ask("AT"), "")
        self.assertEqual(self.desk.wait(0.25), "\r\n")
        self.assertEqual(self.desk.wait(10), "OK\r\n")

    def test_garbage_stands_in_answers(self) -> None:
        """The answer itself is whole around it."""
        self.faults.garbage = 1.0
        answer = self.desk.ask("AT")
        self.assertGreater(len(answer), len("\r\nOK\r\n"))

    def test_lines_stand_between_those_of_an_answer(self) -> None:
        """Each line of the answer is still a line."""
        self.faults.interrupt = 1.0
        lines = self.desk.lines("AT+CSQ")
        self.assertEqual(len(lines), 4)
        self.assertEqual((lines[1], lines[3]), ("+CSQ: 17,99", "OK"))

    def test_another_program_is_heard(self) -> None:
        """Its command and its result come before our answer."""
        self.faults.foreign = 1.0
        answer = self.desk.ask("AT+CGSN")
        self.assertTrue(answer.startswith("AT"), answer)
        self.assertTrue(answer.endswith("356938035643809\r\n\r\nOK\r\n"), answer)

    def test_equal_seeds_give_equal_faults(self) -> None:
        """And others give others."""

        def heard(seed: int) -> list[str]:
            faults = ModemFaults(garbage=_SHARE, interrupt=_SHARE, seed=seed)
            desk = Desk(faults=faults)
            return [desk.ask("AT+CSQ") for _ in range(_TRIES)]

        self.assertEqual(heard(1), heard(1))
        self.assertNotEqual(heard(1), heard(2))

    def test_all_goes_well_again(self) -> None:
        """Every fault at once is switched off."""
        self.faults.mute = True
        self.faults.mishaps.append(Mishap("*", Deed.LOSE, 0))
        self.faults.delay_s = self.faults.garbage = self.faults.foreign = 1.0
        self.faults.clear()
        self.assertEqual(self.desk.ask("AT"), "\r\nOK\r\n")


class MishapTests(MessageTestCase):
    """Things that happen to one command."""

    def befall(self, command: str, deed: Deed, times: int = 1, code: int = 500) -> None:
        """Let something happen."""
        self.faults.mishaps.append(Mishap(command, deed, times, code=code))

    def test_a_refused_message_is_not_sent(self) -> None:
        """So many times; the next is."""
        self.befall("+CMGS", Deed.REFUSE, 2, 38)
        found = [self.send(submit_pdu("x"))[-1] for _ in range(3)]
        self.assertEqual(found, ["38", "38", "OK"])
        self.assertEqual(len(self.record.submits), 1)

    def test_a_share_of_them_is_refused(self) -> None:
        """By chance, for ever."""
        mishap = Mishap("+CMGS", Deed.REFUSE, 0, share=_SHARE)
        self.faults.mishaps.append(mishap)
        for _ in range(_TRIES):
            self.send(submit_pdu("x"))
        self.assertEqual(len(self.record.submits) + mishap.done, _TRIES)
        self.assertTrue(0 < mishap.done < _TRIES)

    def test_a_refused_deletion_deletes_nothing(self) -> None:
        """The slot stays taken."""
        self.desk.deliver("HELP")
        self.befall("+CMGD", Deed.REFUSE, code=320)
        self.assertEqual(self.desk.lines("AT+CMGD=1"), ["+CMS ERROR: 320"])
        self.assertEqual(self.used(), [1])

    def test_other_commands_are_refused_in_their_words(self) -> None:
        """+CME ERROR, or ERROR for code 0."""
        self.befall("+CSQ", Deed.REFUSE, code=14)
        self.befall("+CSQ", Deed.REFUSE, code=0)
        self.assertEqual(self.desk.lines("AT+CSQ"), ["+CME ERROR: 14"])
        self.assertEqual(self.desk.lines("AT+CSQ"), ["ERROR"])

    def test_a_lost_answer_belongs_to_a_sent_message(self) -> None:
        """The client alone does not know."""
        self.befall("+CMGS", Deed.LOSE)
        self.assertEqual(self.send(submit_pdu("x")), [])
        self.assertEqual(len(self.record.submits), 1)
        self.assertEqual(self.record.commands[-1].result, "")

    def test_a_lost_answer_belongs_to_a_deleted_slot(self) -> None:
        """It is empty, and may be filled anew."""
        self.desk.deliver("HELP")
        self.befall("+CMGD", Deed.LOSE)
        self.assertEqual(self.desk.ask("AT+CMGD=1"), "")
        self.assertEqual(self.moved(What.DELETED), [("SM", 1)])

    def test_it_restarts_in_the_middle_of_an_answer(self) -> None:
        """Half a list, then the greeting."""
        self.desk.deliver("HELP")
        self.desk.ask("AT+CMGL=4")
        whole = self.desk.ask("AT+CMGL=4")
        self.befall("+CMGL", Deed.RESTART)
        half = self.desk.ask("AT+CMGL=4")
        self.assertEqual(half, whole[: len(whole) // 2])
        self.assertIn("RDY", self.desk.wait(2))

    def test_it_is_pulled_out_in_the_middle_of_an_answer(self) -> None:
        """Nothing is heard until it is put in again, as after a restart."""
        self.befall("+CMGS", Deed.UNPLUG)
        self.send(submit_pdu("x"))
        self.assertTrue(self.gsm.is_pulled)
        self.desk.deliver("HELP")
        self.assertEqual(self.desk.ask("AT") + self.desk.wait(60), "")
        self.assertEqual(self.used(), [])
        self.gsm.plug(self.desk.now)
        self.assertIn("RDY", self.desk.wait(2))
        self.assertEqual(self.used(), [1])

    def test_any_command_may_be_meant(self) -> None:
        """The star is each."""
        self.befall("*", Deed.LOSE)
        self.assertEqual(self.desk.ask("AT+CSQ"), "")
        self.assertEqual(self.desk.lines("AT+CSQ")[-1], "OK")

    def test_a_line_without_a_command_may_be_meant(self) -> None:
        """By its AT."""
        self.befall("AT", Deed.LOSE)
        self.assertEqual(self.desk.ask("AT+CSQ").count("OK"), 1)
        self.assertEqual(self.desk.ask("AT"), "")
        self.assertEqual(self.desk.lines("AT"), ["OK"])

    def test_it_happens_to_the_whole_line(self) -> None:
        """Whichever of its commands is meant."""
        self.befall("+CSQ", Deed.LOSE)
        self.assertEqual(self.desk.ask("AT+CSQ;+CGSN"), "")
