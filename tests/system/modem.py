"""A GSM modem for the system tests: the simulated one, on a pty, in a thread.

The product opens `Modem.device` as it opens a real port. The test says what the
network brings and what goes wrong, and reads what happened; all may be done while the
modem runs.
"""

from __future__ import annotations

__all__ = ["LINK_NAME", "Modem"]

import os
import select
import time
from collections.abc import Callable
from pathlib import Path
from threading import Condition, Thread
from types import TracebackType
from typing import Self

from smscentre.gsm.timestamp import Timestamp
from smscentre.sim.modem.card import SimCard
from smscentre.sim.modem.device import GsmModem
from smscentre.sim.modem.faults import Deed, Mishap, ModemFaults
from smscentre.sim.modem.port import ModemPort
from smscentre.sim.modem.record import Delivery, Moved, Spoken, Submitted, What
from smscentre.sim.modem.state import ModemOptions

LINK_NAME = "usb-Simulated_Modem-if00-port0"
_TICK_S = 0.05
_CHUNK_OCTETS = 4096


class Modem:
    """The modem: plugged in from `start` to `stop`, with its link in a folder.

    ``gsm`` is the machine itself; under ``lock`` it may be changed in any way.
    """

    def __init__(
        self,
        folder: Path,
        options: ModemOptions | None = None,
        card: SimCard | None = None,
        faults: ModemFaults | None = None,
    ) -> None:
        self.gsm = GsmModem(time.time, options, card, faults)
        self.lock = Condition()
        self.device = folder / LINK_NAME
        self._port = ModemPort(self.device)
        self._unwritten = b""
        self._stopping = False
        self._woken, self._wake = os.pipe()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Plug the modem in; it answers from now on."""
        self._port.plug()
        self._thread.start()

    def stop(self) -> None:
        """Pull it out; nothing more is recorded."""
        self._stopping = True
        self._nudge()
        self._thread.join()
        self._port.unplug()
        os.close(self._woken)
        os.close(self._wake)

    # What a test says.

    @property
    def faults(self) -> ModemFaults:
        """What goes wrong; assign to its fields at any time."""
        return self.gsm.faults

    def befall(
        self,
        command: str,
        deed: Deed,
        times: int = 1,
        code: int = 500,
        share: float = 1.0,
    ) -> Mishap:
        """Let something happen to the next commands of a name, as ``+CMGS``."""
        mishap = Mishap(command, deed, times, share, code)
        with self.lock:
            self.faults.mishaps.append(mishap)
        return mishap

    def deliver(
        self, number: str, text: str, sent: Timestamp | None = None
    ) -> list[Delivery]:
        """Bring a text from a number or a name; one delivery for each part."""
        with self.lock:
            found = self.gsm.deliver(number, text, time.monotonic(), sent)
        self._nudge()
        return found

    def hand_in(self, octets: bytes) -> Delivery:
        """Bring octets: a service centre's address and a TPDU, valid or not."""
        with self.lock:
            delivery = self.gsm.hand_in(octets, time.monotonic())
        self._nudge()
        return delivery

    def deliver_again(self, delivery: Delivery) -> Delivery:
        """Bring the same TPDU once more, as a network that heard no answer."""
        return self.hand_in(delivery.octets)

    def fill(self, count: int | None = None) -> int:
        """Take free slots, or all, with old messages; how many."""
        with self.lock:
            return self.gsm.fill(count)

    def register(self, stat: int) -> None:
        """Change <stat> of +CREG: 1 at home, 2 searching, 3 denied, 5 roaming."""
        with self.lock:
            self.gsm.state.registration = stat
            self.gsm.say(f"+CREG: {stat}")
        self._nudge()

    def say(self, *lines: str) -> None:
        """Let the modem say lines by itself."""
        with self.lock:
            self.gsm.say(*lines)
        self._nudge()

    def restart(self) -> None:
        """Let the modem fail and start anew, its port staying."""
        with self.lock:
            self.gsm.restart(time.monotonic())
        self._nudge()

    def unplug(self) -> None:
        """Pull the modem out; its device is gone."""
        with self.lock:
            self._unplug()
        self._nudge()

    def plug(self) -> None:
        """Put it in again; the device leads to another terminal."""
        with self.lock:
            self._port.plug()
            self.gsm.plug(time.monotonic())
        self._nudge()

    # What a test asks.

    @property
    def is_plugged(self) -> bool:
        """Whether the device is there."""
        return self._port.is_plugged

    @property
    def is_quiet(self) -> bool:
        """Whether it has read all that was written to it."""
        with self.lock:
            if not self._port.is_plugged:
                return True
            readable, _, _ = select.select([self._port], [], [], 0)
            return not readable

    @property
    def commands(self) -> list[Spoken]:
        """Every command line, in order."""
        return list(self.gsm.record.commands)

    @property
    def submits(self) -> list[Submitted]:
        """Everything that the network took, in order."""
        return list(self.gsm.record.submits)

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything that the network has, or had, for us; reports too."""
        return list(self.gsm.record.deliveries)

    @property
    def deleted(self) -> list[Moved]:
        """Every slot that was emptied, in order."""
        return self._moved(What.DELETED)

    @property
    def listed(self) -> list[Moved]:
        """Every slot that was shown, in order."""
        return self._moved(What.LISTED, What.READ)

    @property
    def used(self) -> int:
        """How many slots hold a message now, in all storages."""
        return len(self.gsm.state.stores.taken("MT"))

    def texts(self, number: str | None = None) -> list[str]:
        """What was sent to a number (or to all), parts joined, in order."""
        with self.lock:
            return self.gsm.record.texts(number)

    def said(self, text: str) -> list[Spoken]:
        """Every command line that begins with a text, as ``AT+CMGD``."""
        return [spoken for spoken in self.commands if spoken.text.startswith(text)]

    def wait_for(
        self, predicate: Callable[[], object], what: str, timeout_s: float = 30.0
    ) -> float:
        """Wait until something holds; the seconds it took.

        :raises AssertionError: with ``what`` when it does not come to hold.
        """
        began = time.monotonic()
        with self.lock:
            while not predicate():
                waited = time.monotonic() - began
                if waited > timeout_s:
                    last = [spoken.text for spoken in self.commands[-5:]]
                    raise AssertionError(
                        f"not within {timeout_s:g} s: {what}; last said: {last}"
                    )
                # Some predicates look at files, which notify nobody.
                self.lock.wait(_TICK_S)
        return time.monotonic() - began

    def _moved(self, *kinds: What) -> list[Moved]:
        return [each for each in list(self.gsm.record.slots) if each.what in kinds]

    # What the thread does.

    def _run(self) -> None:
        while not self._stopping:
            with self.lock:
                self._move()
                self.lock.notify_all()
                wait_s = self._wait_s()
                port = [self._port.fileno()] if self._port.is_plugged else []
                full = port if self._unwritten else []
            try:
                ready, _, _ = select.select([self._woken, *port], full, [], wait_s)
            except OSError:
                continue  # The port was pulled out meanwhile.
            if self._woken in ready:
                os.read(self._woken, _CHUNK_OCTETS)

    def _move(self) -> None:
        """Read, do what is due, write."""
        now = time.monotonic()
        if self._port.is_plugged:
            self.gsm.receive(self._read(), now)
        self.gsm.expire(now)
        self._unwritten += self.gsm.data_to_send(now)
        if self._port.is_plugged:
            self._write()
        if self.gsm.is_pulled:
            self._unplug()

    def _wait_s(self) -> float:
        due = self.gsm.deadline()
        return _TICK_S if due is None else max(0, min(_TICK_S, due - time.monotonic()))

    def _read(self) -> bytes:
        try:
            return os.read(self._port.fileno(), _CHUNK_OCTETS)
        except BlockingIOError:
            return b""

    def _write(self) -> None:
        try:
            written = os.write(self._port.fileno(), self._unwritten)
        except BlockingIOError:
            return
        self._unwritten = self._unwritten[written:]

    def _unplug(self) -> None:
        self.gsm.pull()
        self._port.unplug()
        self._unwritten = b""

    def _nudge(self) -> None:
        os.write(self._wake, b"!")
