"""The modem of the system tests: its port, its thread, its command."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from smscentre.sim.modem.faults import Deed
from smscentre.sim.modem.record import Event
from smscentre.sim.modem.state import ModemOptions
from tests.system.centre import ROOT
from tests.system.modem import Modem

NUMBER = "+628111203001"
_PATIENCE_S = 10.0
_CHUNK_OCTETS = 4096


class Client:
    """A program that has the modem's port open."""

    def __init__(self, device: Path) -> None:
        self._port = os.open(device, os.O_RDWR | os.O_NOCTTY)

    def close(self) -> None:
        """Close the port."""
        os.close(self._port)

    def write(self, text: str) -> None:
        """Write to the modem."""
        os.write(self._port, text.encode())

    def read_until(self, end: str) -> str:
        """Read until something was heard.

        :raises AssertionError: it was not heard in time.
        :raises EOFError: the modem is gone.
        """
        heard = ""
        by = time.monotonic() + _PATIENCE_S
        while end not in heard:
            if not select.select([self._port], [], [], by - time.monotonic())[0]:
                raise AssertionError(f"expected {end!r}, heard {heard!r}")
            try:
                octets = os.read(self._port, _CHUNK_OCTETS)
            except OSError as error:
                raise EOFError from error
            if not octets:
                raise EOFError
            heard += octets.decode("latin-1")
        return heard

    def ask(self, command: str, end: str = "OK\r\n") -> str:
        """Write a command line and read up to the end of its answer."""
        self.write(f"{command}\r")
        return self.read_until(end)


class PortTests(SynchronousTestCase):
    """A modem on a pseudo-terminal."""

    def setUp(self) -> None:
        """Plug a modem in and open it."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.modem = Modem(Path(folder.name), ModemOptions(restart_s=0.2))
        self.modem.start()
        self.addCleanup(self.modem.stop)
        self.client = self.opened()

    def opened(self) -> Client:
        """Open the port; it is closed when the test ends."""
        client = Client(self.modem.device)
        self.addCleanup(client.close)
        return client

    def test_it_answers_and_tells_of_messages(self) -> None:
        """What it is asked and what happens is written down."""
        self.client.ask("ATE0;+CNMI=2,1")
        (delivery,) = self.modem.deliver(NUMBER, "HELP")
        self.client.read_until('+CMTI: "SM",1\r\n')
        self.client.ask("AT+CMGL=4")
        self.client.ask("AT+CMGD=1")
        self.modem.wait_for(lambda: delivery.is_taken, "the deletion")
        events = [event for _, event in delivery.history]
        self.assertEqual(
            events, [Event.HANDED_IN, Event.STORED, Event.SHOWN, Event.DELETED]
        )
        self.assertEqual([moved.index for moved in self.modem.listed], [1])
        self.assertEqual(len(self.modem.said("AT+CMGD")), 1)
        self.assertEqual(self.modem.used, 0)

    def test_it_goes_on_when_the_port_is_opened_again(self) -> None:
        """What was set stays, for the modem has not noticed."""
        self.client.ask("ATE0")
        self.assertEqual(self.opened().ask("AT"), "\r\nOK\r\n")

    def test_it_comes_back_under_another_name(self) -> None:
        """The link follows; it has forgotten what it was told."""
        self.client.ask("ATE0")
        before = self.modem.device.readlink()
        self.modem.unplug()
        self.assertRaises(EOFError, self.client.read_until, "never")
        self.assertFalse(self.modem.device.exists())
        # The old name is still in use here, so that the new one is another.
        self.modem.plug()
        self.assertNotEqual(self.modem.device.readlink(), before)
        client = self.opened()
        client.read_until("SMS Ready")
        self.assertIn("AT\r", client.ask("AT"))

    def test_it_is_pulled_out_in_the_middle_of_an_answer(self) -> None:
        """By what it is asked, so that a test needs no luck."""
        self.modem.befall("+CSQ", Deed.UNPLUG)
        self.client.write("AT+CSQ\r")
        self.assertRaises(EOFError, self.client.read_until, "OK")
        self.assertFalse(self.modem.is_plugged)

    def test_what_nobody_reads_stops_nothing(self) -> None:
        """A terminal that is full is written on when it was read."""
        self.modem.fill()
        lists = 40
        for _ in range(lists):
            self.client.write("AT+CMGL=4\r")
        self.modem.wait_for(lambda: len(self.modem.commands) == lists, "the lists")
        self.client.write("AT+CGMM\r")
        self.client.read_until("SMSCENTRE MODEM")


class CommandTests(SynchronousTestCase):
    """``smscentre sim modem`` as a process of its own."""

    def setUp(self) -> None:
        """Start it."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.link = Path(folder.name) / "modem"
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-c", "from smscentre.cli import main; main()"),
                *("sim", "modem", "--link", str(self.link), "--refuse-delete", "320"),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.addCleanup(self.end)
        self.shown()

    def end(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.communicate(timeout=_PATIENCE_S)

    def shown(self) -> str:
        """The next line that it shows."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def type(self, line: str) -> None:
        """Type a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")

    def opened(self) -> Client:
        """Open the modem's port."""
        client = Client(self.link)
        self.addCleanup(client.close)
        return client

    def test_texts_go_in_and_replies_are_shown(self) -> None:
        """As at the simulated carrier."""
        client = self.opened()
        client.ask("ATE0;+CNMI=2,1")
        self.type(f"{NUMBER} RUTAN 1 2 3 4")
        self.assertEqual(self.shown(), f"{NUMBER} -> +6281100000001: RUTAN 1 2 3 4")
        client.read_until('+CMTI: "SM",1\r\n')
        client.ask("AT+CMGF=1")
        client.ask(f'AT+CMGS="{NUMBER}"', "> ")
        client.write("Diterima\x1a")
        self.assertEqual(self.shown(), f"{NUMBER} <- +6281100000001: Diterima")

    def test_faults_are_options_and_lines(self) -> None:
        """Deletions fail from the start, the port goes when it is told to."""
        client = self.opened()
        client.ask("AT+CMGD=1", "+CMS ERROR: 320\r\n")
        self.type("!nonsense")
        self.assertIn("expected", self.shown())
        self.type("!unplug")
        self.assertRaises(EOFError, client.read_until, "never")
        self.assertEqual(self.shown(), "* the modem is unplugged")
        self.type("!plug")
        # It shows when it has done all that was typed before.
        self.type("!nonsense")
        self.shown()
        self.opened().read_until("SMS Ready")

    def test_the_link_is_gone_in_the_end(self) -> None:
        """Nobody opens a terminal that is somebody else's by then."""
        self.process.terminate()
        self.process.wait(_PATIENCE_S)
        self.assertFalse(self.link.is_symlink())
