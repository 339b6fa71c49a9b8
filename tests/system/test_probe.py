"""`smscentre modem probe` on a pseudo-terminal, as an operator runs it."""

from __future__ import annotations

import json
import os
import tempfile
import tty
from pathlib import Path
from threading import Thread

from click.testing import CliRunner, Result
from twisted.trial.unittest import SynchronousTestCase

from smscentre import config
from smscentre.cli import main
from smscentre.links.serialport import close_port, open_port
from smscentre.sim.modem.card import SimCard
from smscentre.sim.modem.faults import Deed, ModemFaults
from smscentre.sim.modem.state import ModemOptions
from tests.system.modem import Modem

_READY, _NOT_READY, _CANNOT_OPEN = 0, 1, 2


class _ProbeCase(SynchronousTestCase):
    """A folder for a modem's name, and the command."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def probe(self, device: Path | str, *options: str) -> Result:
        """Run the command; its standard output and error are told apart."""
        return CliRunner().invoke(main, [
            "--config", str(self.folder / "smscentre.toml"),
            "modem", "probe", str(device), *options,
        ])  # fmt: skip

    def modem(
        self,
        card: SimCard | None = None,
        faults: ModemFaults | None = None,
        options: ModemOptions | None = None,
    ) -> Modem:
        """A modem that is plugged in until the test ends."""
        modem = Modem(self.folder, options, card, faults)
        modem.start()
        self.addCleanup(modem.stop)
        return modem


class ModemTests(_ProbeCase):
    """A modem is there."""

    def test_ready(self) -> None:
        """Who it is, how it fares, and what goes into the configuration."""
        modem = self.modem()
        modem.deliver("+628111203001", "RUTAN 1 2 3 4")
        result = self.probe(modem.device)
        self.assertEqual(result.exit_code, _READY, result.output)
        for words in (
            "SIMULATED SMSCENTRE MODEM",
            "registered at home",
            "-79 dBm (strong)",
            "SM 1 of 20 taken",
            "\nREADY\n",
            f'device = "{modem.device}"',
            'number = "+6281100000001"',
        ):
            self.assertIn(words, result.stdout)
        self.assertEqual(modem.listed, [])
        self.assertEqual(modem.used, 1)

    def test_for_programs(self) -> None:
        """The same, and nothing else on the standard output."""
        told = json.loads(self.probe(self.modem().device, "--json").stdout)
        self.assertTrue(told["ready"])
        self.assertEqual(told["baud"], 115_200)
        self.assertEqual(told["modem"]["operator"], "SIMULASI")

    def test_the_section_is_one(self) -> None:
        """What is to be pasted is a configuration."""
        modem = self.modem()
        _, _, section = self.probe(modem.device).stdout.partition("[[modem]]")
        path = self.folder / "smscentre.toml"
        path.write_text(f'[centre]\nnumber = "02170252704"\n[[modem]]{section}')
        (found,) = config.load(path).modem
        self.assertEqual((found.device, found.baud), (str(modem.device), 115_200))

    def test_no_sim(self) -> None:
        """Said in words, with what to do."""
        result = self.probe(self.modem(SimCard(inserted=False)).device)
        self.assertEqual(result.exit_code, _NOT_READY)
        self.assertIn("NOT READY: no SIM is in the modem", result.stdout)
        self.assertIn("until it clicks", result.stdout)

    def test_a_full_sim(self) -> None:
        """It is no reason not to start, which clears it."""
        modem = self.modem()
        modem.fill()
        result = self.probe(modem.device)
        self.assertEqual(result.exit_code, _READY)
        self.assertIn("SM is full", result.stdout)

    def test_no_network(self) -> None:
        """With what to look at."""
        modem = self.modem()
        modem.register(3)
        result = self.probe(modem.device)
        self.assertEqual(result.exit_code, _NOT_READY)
        self.assertIn("no network: registration denied", result.stdout)

    def test_a_storage_that_it_lacks(self) -> None:
        """The section has one that it has."""
        modem = self.modem(options=ModemOptions(sizes={"SM": 20}))
        result = self.probe(modem.device, "--storage", "ME")
        self.assertIn("it has no storage ME", result.stdout)
        self.assertNotIn('storage = "ME"', result.stdout)

    def test_a_modem_that_goes_away(self) -> None:
        """As one that restarts when it is asked something, or has a loose plug."""
        modem = self.modem()
        modem.befall("+CSQ", Deed.UNPLUG)
        result = self.probe(modem.device)
        self.assertEqual(result.exit_code, _CANNOT_OPEN)
        self.assertIn("went away", result.stderr)


class PinTests(_ProbeCase):
    """A SIM that wants its PIN."""

    def setUp(self) -> None:
        super().setUp()
        self.card = SimCard(locked=True)
        self.device = self.modem(self.card).device
        (self.folder / "smscentre.toml").write_text(
            '[centre]\nnumber = "02170252704"\n[node]\ndata_dir = "."\n'
        )
        self.pin = self.folder / "pin"

    def give(self, pin: str) -> Result:
        """Probe with a PIN in a file."""
        self.pin.touch(mode=0o600)
        self.pin.write_text(f"{pin}\n")
        return self.probe(self.device, "--pin-file", str(self.pin))

    def test_it_is_not_given_unasked(self) -> None:
        """The report says how to."""
        result = self.probe(self.device)
        self.assertEqual(result.exit_code, _NOT_READY)
        self.assertIn("--pin-file", result.stdout)
        self.assertEqual(self.card.tries, 3)

    def test_the_right_one(self) -> None:
        """The modem is ready with it, and the section names a file."""
        result = self.give("1234")
        self.assertEqual(result.exit_code, _READY, result.output)
        self.assertIn(f'pin_file = "{self.pin}"', result.stdout)

    def test_a_wrong_one_is_never_repeated(self) -> None:
        """However often the command is run."""
        self.assertIn("the PIN is wrong", self.give("9999").stdout)
        again = self.give("9999")
        self.assertEqual(again.exit_code, _NOT_READY)
        self.assertIn("is not tried", again.stdout)
        self.assertEqual(self.card.tries, 2)

    def test_without_configuration(self) -> None:
        """Nothing is tried where it could not be remembered."""
        (self.folder / "smscentre.toml").unlink()
        result = self.give("1234")
        self.assertEqual(result.exit_code, _CANNOT_OPEN)
        self.assertIn("needs the configuration", result.stderr)
        self.assertEqual(self.card.tries, 3)


class OtherLineTests(_ProbeCase):
    """No modem answers, or the line cannot be had."""

    def line(self, *, answers: bytes = b"", echoes: bool = False) -> str:
        """A terminal that says something to whatever it hears."""
        master, slave = os.openpty()
        tty.setraw(slave)
        name = os.ttyname(slave)

        def run() -> None:
            try:
                while heard := os.read(master, 1024):
                    os.write(master, heard if echoes else answers)
            except OSError:
                pass

        thread = Thread(target=run, daemon=True)
        thread.start()

        def end() -> None:
            os.close(slave)
            thread.join()
            os.close(master)

        self.addCleanup(end)
        return name

    def told(self, device: Path | str) -> str:
        """What is said of a line on which no modem answers."""
        result = self.probe(device, "--baud", "9600")
        self.assertEqual(result.exit_code, _NOT_READY, result.output)
        return result.stdout

    def test_silence(self) -> None:
        """A modem that is mute, or a port of it that is for something else."""
        told = self.told(self.modem(faults=ModemFaults(mute=True)).device)
        self.assertIn("nothing answers", told)
        self.assertIn("try its others", told)

    def test_an_echo(self) -> None:
        """What comes back is only what was written."""
        self.assertIn("comes back as it was", self.told(self.line(echoes=True)))

    def test_noise(self) -> None:
        """As from a receiver of positions, or at the wrong speed."""
        told = self.told(self.line(answers=b"$GPGGA,,,,*56\r\n"))
        self.assertIn("no answer of a modem", told)

    def test_no_device(self) -> None:
        """Said before any speed is tried in vain."""
        result = self.probe(self.folder / "absent")
        self.assertEqual(result.exit_code, _CANNOT_OPEN)
        self.assertIn("does not exist", result.stderr)

    def test_no_serial_line(self) -> None:
        """A file is none."""
        path = self.folder / "file"
        path.touch()
        result = self.probe(path)
        self.assertEqual(result.exit_code, _CANNOT_OPEN)
        self.assertIn("is no serial line", result.stderr)

    def test_a_line_that_is_used(self) -> None:
        """As by the service, which keeps it for itself."""
        device = str(self.modem().device)
        port = open_port(device, 115_200)
        self.addCleanup(close_port, port, 0)
        result = self.probe(device)
        self.assertEqual(result.exit_code, _CANNOT_OPEN)
        self.assertIn("used by another process", result.stderr)
