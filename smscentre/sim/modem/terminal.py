"""The modem on a reactor: its port is read and written, what it sends is shown.

The shell around `device` for ``smscentre sim modem`` and for the demo. It moves octets
and keeps one timer.
"""

from __future__ import annotations

__all__ = ["ModemTerminal", "run_modem"]

from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet import fdesc
from twisted.internet.abstract import FileDescriptor
from twisted.internet.interfaces import IDelayedCall

from smscentre.errors import SMSCentreError
from smscentre.sim.modem.device import GsmModem
from smscentre.sim.modem.port import ModemPort
from smscentre.sim.modem.steering import USAGE, steer
from smscentre.sim.terminal import read_input, read_line


class ModemTerminal:
    """A modem with its port; ``link`` is the stable name of its terminal.

    ``show`` gets lines for people: ``NUMBER -> CENTRE: TEXT`` when a text is brought,
    ``NUMBER <- CENTRE: TEXT`` when a whole message was sent.
    """

    def __init__(
        self, gsm: GsmModem, link: Path, reactor: Any, show: Callable[[str], None]
    ) -> None:
        self.gsm = gsm
        self._port = ModemPort(link)
        self._reactor = reactor
        self._show = show
        self._shown = 0
        self._master: _Master | None = None
        self._timer: IDelayedCall | None = None

    def start(self) -> None:
        """Plug the modem in.

        :raises SMSCentreError: the link cannot be made.
        """
        try:
            self._port.plug()
        except OSError as error:
            raise SMSCentreError(f"{self._port.link}: {error.strerror}") from error
        self._master = _Master(self._reactor, self._port.fileno(), self._received)
        self._master.startReading()
        self.move()

    def stop(self) -> None:
        """Pull it out for good; no timer is left."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._hang_up()

    def deliver(self, number: str, text: str) -> None:
        """Bring a text.

        :raises TooLongError: more parts than a message can have.
        """
        self.gsm.deliver(number, text, self._reactor.seconds())
        self._show(f"{number} -> {self.gsm.state.options.number}: {text}")
        self.move()

    def deliver_again(self) -> None:
        """Bring the last message once more, if there was one."""
        deliveries = self.gsm.record.deliveries
        if deliveries:
            self.gsm.deliver_again(deliveries[-1], self._reactor.seconds())
            self.move()

    def restart(self) -> None:
        """Let the modem start anew, its port staying."""
        self.gsm.restart(self._reactor.seconds())
        self.move()

    def unplug(self) -> None:
        """Pull the modem out."""
        self.gsm.pull()
        self.move()

    def plug(self) -> None:
        """Put it in again, if it was pulled out."""
        if self._master is None:
            self.gsm.plug(self._reactor.seconds())
            self.start()

    def move(self) -> None:
        """Do what is due, write what is to be written, wait for the rest."""
        now = self._reactor.seconds()
        self.gsm.expire(now)
        octets = self.gsm.data_to_send(now)
        if self._master is not None and octets:
            self._master.write(octets)
        if self.gsm.is_pulled and self._master is not None:
            self._hang_up()
            self._show("* the modem is unplugged")
        self._show_sent()
        self._wait(now)

    def _received(self, data: bytes) -> None:
        self.gsm.receive(data, self._reactor.seconds())
        self.move()

    def _wait(self, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self.gsm.deadline()
        if due is not None:
            self._timer = self._reactor.callLater(max(0.0, due - now), self._expired)

    def _expired(self) -> None:
        self._timer = None
        self.move()

    def _hang_up(self) -> None:
        if self._master is not None:
            # What is written by now goes out, as far as the terminal takes it.
            self._master.doWrite()
            self._master.stopReading()
            self._master.stopWriting()
            self._master = None
        self._port.unplug()

    def _show_sent(self) -> None:
        messages = self.gsm.record.messages()
        for number, text in messages[self._shown :]:
            self._show(f"{number} <- {self.gsm.state.options.number}: {text}")
        self._shown = len(messages)


class _Master(FileDescriptor):
    """The modem's end of a pseudo-terminal, which `port` opens and closes."""

    def __init__(
        self, reactor: Any, number: int, received: Callable[[bytes], None]
    ) -> None:
        super().__init__(reactor)
        self._number = number
        self._received = received
        self.connected = 1

    def fileno(self) -> int:
        """The descriptor, for the reactor."""
        return self._number

    def doRead(self) -> Any:
        """Read what there is."""
        return fdesc.readFromFD(self._number, self._received)

    def writeSomeData(self, data: bytes) -> Any:
        """Write what the terminal takes."""
        return fdesc.writeToFD(self._number, data)


def run_modem(gsm: GsmModem, link: Path, show: Callable[[str], None]) -> None:
    """Run a modem until the process is told to stop.

    Lines of the standard input are texts or switch faults, as `steering.USAGE` says.

    :raises SMSCentreError: the link cannot be made.
    """
    from twisted.internet import reactor

    loop: Any = reactor
    modem = ModemTerminal(gsm, link, loop, show)
    modem.start()

    def take(line: str) -> None:
        if not line.startswith("!"):
            read_line(modem, line, show)
            return
        try:
            steer(modem, line[1:])
        except (ValueError, IndexError):
            show(f"* {USAGE}")
        modem.move()

    loop.callWhenRunning(show, f"* the modem is at {link}")
    loop.callWhenRunning(read_input, loop, take)
    loop.addSystemEventTrigger("before", "shutdown", modem.stop)
    loop.run()
