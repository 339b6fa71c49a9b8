"""The modem in the foreground: lines typed go in, what it sends comes out.

The blocking shell around `device` for ``smscentre sim modem``: it owns the pseudo-
terminal and the time, and decides nothing.
"""

from __future__ import annotations

__all__ = ["run_modem"]

import os
import select
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from smscentre.errors import SMSCentreError
from smscentre.sim.modem.card import SimCard
from smscentre.sim.modem.device import GsmModem
from smscentre.sim.modem.faults import ModemFaults
from smscentre.sim.modem.port import ModemPort
from smscentre.sim.modem.state import ModemOptions

_STDIN = 0
_CHUNK_OCTETS = 4096
_TICK_S = 0.5

Show = Callable[[str], None]


def run_modem(
    link: Path, options: ModemOptions, card: SimCard, faults: ModemFaults, show: Show
) -> None:
    """Be plugged in behind a link until the process is told to stop.

    Lines ``NUMBER TEXT`` of the standard input are brought by the network; its end
    stops nothing.

    :raises SMSCentreError: the link cannot be made
    """
    port = ModemPort(link)
    try:
        port.plug()
    except OSError as error:
        raise SMSCentreError(f"no modem at {link}: {error}") from error
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    show(f"* the modem is plugged in at {link}")
    try:
        _Foreground(GsmModem(time.time, options, card, faults), port, show).run()
    except KeyboardInterrupt:
        pass
    finally:
        port.unplug()


class _Foreground:
    """Moves octets, time and lines between a modem, its port and a person."""

    def __init__(self, modem: GsmModem, port: ModemPort, show: Show) -> None:
        self._modem = modem
        self._port = port
        self._show = show
        self._unwritten = b""
        self._typed = b""
        self._has_input = True
        self._shown: Counter[str] = Counter()

    def run(self) -> None:
        """Run for ever."""
        while True:
            now = time.monotonic()
            self._modem.expire(now)
            self._unwritten += self._modem.data_to_send(now)
            self._show_sent()
            due = self._modem.deadline()
            wait_s = _TICK_S if due is None else max(0.0, min(_TICK_S, due - now))
            readers = [self._port.fileno(), *([_STDIN] if self._has_input else [])]
            full = [self._port.fileno()] if self._unwritten else []
            ready, free, _ = select.select(readers, full, [], wait_s)
            if free:
                written = os.write(self._port.fileno(), self._unwritten)
                self._unwritten = self._unwritten[written:]
            if self._port.fileno() in ready:
                heard = os.read(self._port.fileno(), _CHUNK_OCTETS)
                self._modem.receive(heard, time.monotonic())
            if _STDIN in ready:
                self._read_input()

    def _read_input(self) -> None:
        chunk = os.read(_STDIN, _CHUNK_OCTETS)
        self._has_input = bool(chunk)
        *lines, self._typed = (self._typed + chunk).split(b"\n")
        for line in lines:
            self._deliver(line.decode(errors="replace"))

    def _deliver(self, line: str) -> None:
        """Bring what a line ``NUMBER TEXT`` says; say what is wrong with another."""
        number, _, text = line.strip().partition(" ")
        text = text.strip()
        if not number:
            return
        if not number.removeprefix("+").isdecimal() or not text:
            self._show("* expected: NUMBER TEXT, as +628111203001 RUTAN 82 54 36 39")
            return
        try:
            self._modem.deliver(number, text, time.monotonic())
        except SMSCentreError as error:
            self._show(f"* {error}")
            return
        self._show(f"{number} -> {self._modem.state.options.number}: {text}")

    def _show_sent(self) -> None:
        """Show each message once, when its last part is sent."""
        record = self._modem.record
        for number in {submit.destination for submit in record.submits}:
            texts = record.texts(number)
            for text in texts[self._shown[number] :]:
                self._show(f"{number} <- {self._modem.state.options.number}: {text}")
            self._shown[number] = len(texts)
