"""Tests for `smscentre.at.probe`, against the simulated modem, on a clock of ours."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.at.answers import Registration, Storage
from smscentre.at.dialogue import DialogueOptions
from smscentre.at.events import Ready
from smscentre.at.probe import Findings, probe
from smscentre.at.runner import Heard, Runner
from smscentre.at.scripts import PinAnswered, PinNeeded
from smscentre.at.sim import SimState
from smscentre.sim.modem.card import SimCard
from smscentre.sim.modem.device import GsmModem
from smscentre.sim.modem.faults import Deed, Mishap
from smscentre.sim.modem.state import ModemOptions

_NOON = 1_226_725_200.0
_STEPS_MOST = 1000

_CHANGES = ("+CMGL", "+CMGR", "+CMGD", "+CMGS", "+CMGF=0", '+CPMS="', "+CNMI=2", "E0")
"""What the beginnings of commands have that flip a flag or change how it works."""


class _Bench:
    """A modem, and whatever asks it; ``pins`` are given one after another."""

    def __init__(
        self, card: SimCard | None = None, options: ModemOptions | None = None
    ) -> None:
        self.now = 0.0
        self.modem = GsmModem(lambda: _NOON, options, card)
        self.found = Findings()
        self.pins: list[str] = []
        self.sims: list[str] = []
        self.tried: list[bool | None] = []

    def run(self, *pins: str) -> Findings:
        """Ask everything; with a PIN, or an empty one, if the SIM may be unlocked."""
        self.pins = list(pins)
        runner = Runner(DialogueOptions())
        runner.connect(self.now)
        for _ in range(_STEPS_MOST):
            for heard in self._step(runner):
                if isinstance(heard, Ready) and not runner.running:
                    if self.found.is_complete:
                        return self.found
                    script = probe(self.found, may_unlock=bool(pins))
                    runner.run(script, self.now)
                self._take(runner, heard)
            if self.found.is_complete:
                return self.found
        raise AssertionError(f"no end within {_STEPS_MOST} steps")

    def said(self) -> list[str]:
        """Every command line."""
        return [spoken.text for spoken in self.modem.record.commands]

    def _step(self, runner: Runner) -> list[Heard]:
        to_modem = runner.data_to_send()
        self.modem.receive(to_modem, self.now)
        to_us = self.modem.data_to_send(self.now)
        if to_modem or to_us:
            return runner.receive(to_us, self.now)
        due = [runner.deadline(), self.modem.deadline()]
        self.now = max(self.now, min(at for at in due if at is not None))
        self.modem.expire(self.now)
        return runner.expire(self.now)

    def _take(self, runner: Runner, heard: Heard) -> None:
        if isinstance(heard, PinNeeded):
            self.sims.append(heard.sim)
            for each in runner.reply(self.pins.pop(0), self.now):
                self._take(runner, each)
        elif isinstance(heard, PinAnswered):
            self.tried.append(heard.accepted)


class ProbeTests(SynchronousTestCase):
    """What is asked and found."""

    def test_a_modem_that_is_ready(self) -> None:
        """Everything is known."""
        found = _Bench().run()
        self.assertEqual(found.manufacturer, "SIMULATED")
        self.assertEqual(found.model, "SMSCENTRE MODEM")
        self.assertEqual(found.revision, "SIM R1")
        self.assertEqual(found.imei, "356938035643809")
        self.assertEqual(found.sim, "8962109000005201234")
        self.assertIs(found.sim_state, SimState.READY)
        self.assertEqual(found.own_number, "+6281100000001")
        self.assertEqual(found.operator, "SIMULASI")
        self.assertIs(found.registration, Registration.HOME)
        self.assertEqual(found.signal_dbm, -79)
        self.assertEqual(found.storages, {"SM": Storage(0, 20)})
        self.assertEqual(found.storage_names, {"SM", "ME", "MT"})
        self.assertEqual(found.centre, "+62811000000")
        self.assertTrue(found.has_pdu_mode)
        self.assertTrue(found.notifies)
        self.assertEqual(found.unanswered, [])

    def test_it_leaves_no_trace(self) -> None:
        """No message is listed or deleted, and every setting is what it was."""
        bench = _Bench()
        bench.modem.deliver("+628111203001", "RUTAN 1 2 3 4", 0.0)
        state = bench.modem.state
        before = str(state.settings)
        bench.run()
        self.assertEqual(str(state.settings), before)
        self.assertEqual(len(state.stores.taken("MT")), 1)
        for said in bench.said():
            self.assertFalse(any(change in said for change in _CHANGES), said)

    def test_errors_in_words_stay(self) -> None:
        """A form of errors that tells what is wrong is left alone."""
        bench = _Bench()
        bench.modem.state.settings.error_codes = 2
        bench.run()
        self.assertFalse([said for said in bench.said() if "+CMEE=" in said])

    def test_no_sim(self) -> None:
        """It is said to be absent, which takes the form of errors with codes."""
        found = _Bench(SimCard(inserted=False)).run()
        self.assertIs(found.sim_state, SimState.ABSENT)
        self.assertEqual(found.sim, "")
        self.assertEqual(found.imei, "356938035643809")

    def test_a_pin_is_not_given_unasked(self) -> None:
        """The SIM's tries are all there afterwards."""
        bench = _Bench(SimCard(locked=True))
        found = bench.run()
        self.assertIs(found.sim_state, SimState.PIN)
        self.assertEqual(bench.sims, [])
        self.assertFalse([said for said in bench.said() if "+CPIN=" in said])

    def test_a_pin_that_is_given(self) -> None:
        """The rest is asked then."""
        bench = _Bench(SimCard(locked=True))
        found = bench.run("1234")
        self.assertEqual(bench.sims, ["8962109000005201234"])
        self.assertEqual(bench.tried, [True])
        self.assertIs(found.sim_state, SimState.READY)
        self.assertTrue(found.was_locked)
        self.assertTrue(found.storages)

    def test_a_wrong_pin(self) -> None:
        """It is tried once and the try is told of."""
        card = SimCard(locked=True)
        bench = _Bench(card)
        found = bench.run("9999", "9999")
        self.assertIs(found.sim_state, SimState.REFUSED)
        self.assertEqual(bench.tried, [False])
        self.assertEqual(card.tries, 2)

    def test_a_pin_that_nobody_has(self) -> None:
        """An empty one is not given."""
        card = SimCard(locked=True)
        found = _Bench(card).run("")
        self.assertIs(found.sim_state, SimState.PIN)
        self.assertEqual(card.tries, 3)

    def test_a_network_that_is_searched(self) -> None:
        """Its state is told; without an operator."""
        bench = _Bench()
        bench.modem.state.registration = 2
        found = bench.run()
        self.assertIs(found.registration, Registration.SEARCHING)
        self.assertEqual(found.operator, "")
        self.assertIsNone(found.signal_dbm)

    def test_an_answer_that_stays_out(self) -> None:
        """Its command is named, and the others are asked all the same."""
        bench = _Bench()
        bench.modem.faults.mishaps.append(Mishap("+COPS", Deed.LOSE))
        found = bench.run()
        self.assertEqual(found.unanswered, ["AT+COPS?"])
        self.assertEqual(found.signal_dbm, -79)

    def test_a_modem_that_tells_of_nothing(self) -> None:
        """Known by what +CNMI would take, without setting it."""
        found = _Bench(options=ModemOptions(notify_kinds=(0, 2))).run()
        self.assertIs(found.notifies, False)
