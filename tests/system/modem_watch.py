"""A modem that watches the store: whether what it gives up had been committed.

It looks at the moment at which a slot is emptied, or a message confirmed, before its
answer is given. It can also kill the service in the middle of a command.
"""

from __future__ import annotations

__all__ = ["MOMENTS", "WatchfulModem"]

import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from attrs import define, field

from smscentre.sim.modem.record import Delivery, Record, What
from smscentre.sim.modem.state import ModemOptions
from tests.system.modem import Modem

MOMENTS = {
    "list": b"AT+CMGL",
    "delete": b"AT+CMGD",
    "confirm": b"AT+CNMA\r",
    "send": b"AT+CMGS",
    "body": b"\x1a",
}
"""What the modem hears at a moment at which the service may die.

The command is carried out, and its answer is never read.
"""

Committed = Callable[[bytes], int]
"""How many rows of the inbox hold these octets."""


@define
class _WatchfulRecord(Record):
    """Tells of each slot before it is emptied."""

    on_taken: Callable[[Delivery], None] = field(kw_only=True)

    def moved(
        self, at: float, what: What, place: tuple[str, int], of: int | None
    ) -> None:
        """Write down what was done with a slot, and so with its message."""
        if what is What.DELETED and of is not None:
            self.on_taken(self.deliveries[of])
        super().moved(at, what, place, of)


class WatchfulModem(Modem):
    """A modem whose every deletion is compared with the store."""

    def __init__(
        self, folder: Path, committed: Committed, options: ModemOptions | None = None
    ) -> None:
        super().__init__(folder, options)
        self.early: list[str] = []
        """What was taken from it before it was committed."""
        self._committed = committed
        self._taken: Counter[bytes] = Counter()
        self._victim: int | None = None
        self._words = b""
        self._left = 0
        self.gsm.state.record = _WatchfulRecord(on_taken=self._check)

    def kill_at(self, moment: str, pid: int, passage: int) -> None:
        """Kill a process when the modem hears something for the so-manyth time."""
        with self.lock:
            self._victim, self._words, self._left = pid, MOMENTS[moment], passage

    def spare(self) -> None:
        """Kill nobody any more."""
        with self.lock:
            self._victim = None

    def forget(self) -> None:
        """Begin to count anew, with an empty modem."""
        with self.lock:
            self.early.clear()
            self._taken.clear()

    def _read(self) -> bytes:
        heard = super()._read()
        awaited = self.gsm.state.awaited
        if MOMENTS["confirm"] in heard and awaited is not None:
            self._check(awaited)
        if self._victim is not None and self._words in heard:
            self._left -= 1
            if not self._left:
                os.kill(self._victim, signal.SIGKILL)
                self._victim = None
        return heard

    def _check(self, delivery: Delivery) -> None:
        """Each time that some octets are taken needs a row of its own."""
        self._taken[delivery.octets] += 1
        rows, taken = self._committed(delivery.octets), self._taken[delivery.octets]
        if rows < taken:
            self.early.append(
                f"{delivery.octets.hex()}: taken {taken} times, {rows} rows"
            )
