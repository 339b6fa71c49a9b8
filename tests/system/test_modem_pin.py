"""A SIM that wants its PIN: given once, and never once too often."""

from __future__ import annotations

import os
from functools import partial

from smscentre.sim.modem.card import CardState, SimCard
from tests.system.centre import CentreOptions
from tests.system.modem import Modem
from tests.system.modem_case import OFFICER, ModemTestCase

_ALARM = 'smscentre_modem_alarm{link="modem-1"}'
_TRIES = 3


class PinTests(ModemTestCase):
    """One modem with a SIM that is locked, and a file with a PIN."""

    def setUp(self) -> None:
        super().setUp()
        self.card = SimCard(locked=True)

    def test_the_right_one(self) -> None:
        """The PIN opens the SIM; what waited on it is answered."""
        modem = self._begin(self.card.pin)
        modem.deliver(OFFICER, "RUTAN 1 2 3 4")
        self.wait(modem, modem.texts, "a reply")
        self.assertEqual(len(modem.said("AT+CPIN=")), 1)
        self.assertEqual(self.centre.metric(_ALARM), 0)

    def test_the_right_one_again(self) -> None:
        """It is given anew after each restart of the modem."""
        modem = self._begin(self.card.pin)
        self.ask(modem, "RUTAN 1 2 3 4")
        modem.restart()
        self.wait(modem, lambda: self.card.state is CardState.PIN, "the restart")
        self.assertIn("P=2,", self.ask(modem, "RUTAN 2 2 3 4"))
        self.assertEqual(self.card.tries, _TRIES)

    def test_a_wrong_one(self) -> None:
        """It is tried once only, also after the service was stopped or killed."""
        modem = self._begin("9999")
        self._logged(modem, "the PIN is wrong")
        for end in (self.centre.terminate, self.centre.kill9):
            end()
            known = self.centre.log(0).count("is not tried")
            self.centre.start()
            self.wait(modem, partial(self._has_refused, known), "a refusal")
        self.assertEqual(self.card.tries, _TRIES - 1)
        self.assertEqual(len(modem.said("AT+CPIN=")), 1)
        self.assertEqual(self.centre.metric(_ALARM), 1)

    def test_a_wrong_one_put_right(self) -> None:
        """Another PIN in the file is tried, and opens the SIM."""
        modem = self._begin("9999")
        self.wait(modem, lambda: self.card.tries < _TRIES, "the refusal")
        self.centre.terminate()
        self._write(self.card.pin)
        self.centre.start()
        self.assertIn("P=2,", self.ask(modem, "RUTAN 2 2 3 4"))
        self.assertEqual(self.card.tries, _TRIES)

    def test_a_blocked_one(self) -> None:
        """A SIM that wants its PUK is told of in words, and given nothing."""
        self.card.tries = 0
        modem = self._begin(self.card.pin)
        self._logged(modem, "PUK")
        self.assertEqual(modem.said("AT+CPIN="), [])
        self.assertEqual(self.centre.metric(_ALARM), 1)

    def test_none(self) -> None:
        """Without a file an alarm says what to do."""
        modem = self.add_modem(card=self.card)
        self.run_centre()
        self._logged(modem, "set pin_file")
        self.assertEqual(modem.said("AT+CPIN="), [])

    def test_a_stop_while_it_is_read(self) -> None:
        """A file of which the system never gives the content delays no stop."""
        modem = self.add_modem(card=self.card)
        self._write(self.card.pin)
        self.run_centre(CentreOptions(links=(), modem={"pin_file": "sim-pin"}))
        self.ask(modem, "RUTAN 1 2 3 4")
        (self.folder / "sim-pin").unlink()
        os.mkfifo(self.folder / "sim-pin", 0o600)
        asked = len(modem.said("AT+CCID"))
        modem.restart()
        self.wait(modem, lambda: len(modem.said("AT+CCID")) > asked, "the SIM's name")
        self.assertLess(self.centre.terminate(), 10)

    def _begin(self, pin: str) -> Modem:
        modem = self.add_modem(card=self.card)
        self._write(pin)
        self.run_centre(CentreOptions(links=(), modem={"pin_file": "sim-pin"}))
        return modem

    def _write(self, pin: str) -> None:
        path = self.folder / "sim-pin"
        path.write_text(f"{pin}\n")
        path.chmod(0o600)

    def _has_refused(self, known: int) -> bool:
        return self.centre.log(0).count("is not tried") > known

    def _logged(self, modem: Modem, words: str) -> None:
        self.wait(modem, lambda: words in self.centre.log(0), words)
