"""The simulated modem and our own dialogue, which are each other's far end."""

from __future__ import annotations

from attrs import frozen

from smscentre.at import commands
from smscentre.at.answers import (
    entries,
    read_centre,
    read_identity,
    read_notify,
    read_reference,
    read_registration,
    read_signal,
    read_slot,
    read_storage,
)
from smscentre.at.commands import Command
from smscentre.at.dialogue import Dialogue
from smscentre.at.events import Answered, Event, Lost, Unsolicited
from smscentre.at.sim import SimState, read_sim_state
from smscentre.at.unsolicited import Kind
from smscentre.sim.modem.faults import Deed, Mishap, ModemFaults
from tests.sim.modems import Desk, ModemTestCase
from tests.sim.test_modem_messages import LONG, submit_pdu

TPDU = submit_pdu("Laporan diterima")

SAID = (
    commands.ECHO_OFF,
    commands.ERROR_CODES,
    commands.PIN_STATE,
    commands.set_storage("SM"),
    commands.PDU_MODE,
    commands.SERVICE,
    commands.NOTIFY_SET[0],
    commands.NOTIFY,
    commands.STORAGE,
    commands.CENTRE,
    commands.IMEI,
    commands.ICCID[0],
    commands.SIGNAL,
    commands.REGISTRATION,
    commands.LIST,
    commands.delete(1),
    commands.send(TPDU),
    commands.ATTENTION,
)
"""All that our link says, but for what acts on the modem's life."""


@frozen
class Outcome:
    """What became of all that was said: the answers, and everything that happened."""

    answers: dict[str, Answered]
    happened: list[Event]


class Table:
    """A modem and our dialogue, with time between them."""

    def __init__(self, faults: ModemFaults | None = None) -> None:
        self.desk = Desk(faults=faults)
        self.dialogue = Dialogue()
        self.dialogue.connect(0.0)

    def say(self, *said: Command, wait_s: float = 300.0) -> Outcome:
        """Say commands one after the other, and let time pass until all is over."""
        tokens = {self.dialogue.enqueue(each, self.desk.now): each for each in said}
        happened: list[Event] = []
        self._move(happened)
        end = self.desk.now + wait_s
        while (due := self._due()) <= end:
            self.desk.now = max(self.desk.now, due)
            self._move(happened)
        self.desk.now = end
        answers = {
            tokens[event.token].name: event
            for event in happened
            if isinstance(event, Answered)
        }
        return Outcome(answers, happened)

    def _due(self) -> float:
        moments = [self.dialogue.deadline(), self.desk.gsm.deadline()]
        return min((each for each in moments if each is not None), default=9e9)

    def _move(self, happened: list[Event]) -> None:
        """Let both do what is due until neither has anything to say."""
        now, gsm = self.desk.now, self.desk.gsm
        happened += self.dialogue.expire(now)
        gsm.expire(now)
        while True:
            to_modem = self.dialogue.data_to_send()
            gsm.receive(to_modem, now)
            to_us = gsm.data_to_send(now)
            happened += self.dialogue.receive(to_us, now)
            if not to_modem and not to_us:
                return


class DialogueTests(ModemTestCase):
    """Everything that our link says is understood, and its answers are read."""

    def check(self, faults: ModemFaults) -> Outcome:
        """Say everything to a modem with a long message, and read the answers."""
        table = Table(faults)
        table.desk.deliver(LONG)
        outcome = table.say(*SAID)
        answers = outcome.answers
        for name, answer in answers.items():
            self.assertTrue(answer.result.ok, name)
        self.assertEqual(len(answers), len({each.name for each in SAID}))
        read = {name: answer.lines for name, answer in answers.items()}
        options = table.desk.gsm.state.options
        self.assertIs(read_sim_state(read["AT+CPIN?"]), SimState.READY)
        self.assertEqual(read_notify(read["AT+CNMI?"]), (2, 1, 0, 2, 0))
        self.assertEqual(read_storage(read["AT+CPMS?"]).used, 2)
        self.assertEqual(read_centre(read["AT+CSCA?"]), options.centre)
        self.assertEqual(read_identity(read["AT+CGSN"]), options.imei)
        self.assertEqual(read_signal(read["AT+CSQ"]), -79)
        self.assertTrue(read_registration(read["AT+CREG?"][0]).registered)
        self.assertEqual(read_reference(read["AT+CMGS="]), 0)
        slots = [read_slot(entry) for entry in entries(read["AT+CMGL="])]
        self.assertEqual([slot.index for slot in slots], [1, 2])
        for slot in slots:
            slot.octets()
        self.assertEqual(table.desk.gsm.record.submits[0].octets, TPDU)
        return outcome

    def test_all_is_understood(self) -> None:
        """Nothing is left over."""
        outcome = self.check(ModemFaults())
        self.assertFalse([each for each in outcome.happened if isinstance(each, Lost)])

    def test_octets_may_come_one_by_one(self) -> None:
        """Slowly, and late."""
        self.check(ModemFaults(octet_s=0.001, delay_s=0.5))

    def test_lines_may_come_in_between(self) -> None:
        """Each is told of as what it is."""
        outcome = self.check(ModemFaults(interrupt=0.7, seed=3))
        kinds = {
            each.kind for each in outcome.happened if isinstance(each, Unsolicited)
        }
        self.assertLessEqual({Kind.CALL, Kind.MESSAGE_STORED, Kind.OTHER}, kinds)

    def test_a_lost_answer_is_given_up(self) -> None:
        """What is said after it has its own answer."""
        faults = ModemFaults(mishaps=[Mishap("+CMGS", Deed.LOSE)])
        table = Table(faults)
        table.say(commands.ECHO_OFF)
        outcome = table.say(commands.send(TPDU), commands.SIGNAL)
        (lost,) = [each for each in outcome.happened if isinstance(each, Lost)]
        self.assertTrue(lost.written)
        self.assertEqual(read_signal(outcome.answers["AT+CSQ"].lines), -79)
        self.assertEqual(len(table.desk.gsm.record.submits), 1)

    def test_a_restart_is_seen(self) -> None:
        """By its greeting, and by an answer that stays out."""
        table = Table(ModemFaults(mishaps=[Mishap("+CMGL", Deed.RESTART)]))
        table.desk.deliver(LONG)
        outcome = table.say(commands.LIST)
        kinds = [
            each.kind for each in outcome.happened if isinstance(each, Unsolicited)
        ]
        self.assertIn(Kind.RESTARTED, kinds)
        self.assertTrue([each for each in outcome.happened if isinstance(each, Lost)])
