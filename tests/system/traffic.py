"""A centre, a carrier, and officers whose commands can each be told from the others.

What the campaigns share: `crash`, `again` and `locked` decide what goes wrong,
`crash_check` judges.
"""

from __future__ import annotations

__all__ = ["OFFICERS", "OPEN", "Traffic", "number_of", "prepare", "unit_of"]

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.system.centre import CentreOptions, Officer, RunningCentre, Unit
from tests.system.crash_check import Message, Token, replies_to
from tests.system.history import Delivery
from tests.system.peer import Smsc, SmscOptions

OFFICERS = 40
OPEN = "SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed', 'in_doubt')"
"""How much is still to leave."""


def prepare(centre: RunningCentre, kinds: str = "RUTAN") -> None:
    """Make the database with all officers, each of a unit of his own."""
    codes = [unit_of(officer) for officer in range(OFFICERS)]
    centre.prepare(
        [Unit(code, f"LP_{code}", f"Lapas {code}", kinds=kinds) for code in codes],
        [
            Officer(f"+{number_of(index)}", f"Petugas {code}", code)
            for index, code in enumerate(codes)
        ],
    )


def number_of(officer: int) -> str:
    """An officer's number, without a plus."""
    return f"62811{3_000_000 + officer}"


def unit_of(officer: int) -> str:
    """The code of an officer's unit."""
    return str(5001 + officer)


class Traffic:
    """A carrier, and a centre that is prepared in a folder but not started."""

    def __init__(
        self, folder: Path, smsc: SmscOptions, centre: CentreOptions | None = None
    ) -> None:
        self.smsc = Smsc(smsc)
        self.centre: RunningCentre
        self._folder = folder
        self._options = centre
        self._serials = count(1)

    def __enter__(self) -> Self:
        self.smsc.start()
        self.centre = RunningCentre(self._folder, self.smsc.port, self._options)
        prepare(self.centre)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.centre.close()
        self.smsc.stop()

    def begin(self) -> None:
        """Start a new process and forget what passed before.

        A new one, as the wait before the next bind grows with each loss.
        """
        if self.centre.running:
            self.centre.terminate()
        for seen in (self.smsc.submits, self.smsc.deliveries, self.smsc.faults):
            seen.clear()
        self.smsc.errors.clear()
        self.smsc.intercept, self.smsc.holding = None, False
        self.centre.start()
        self.smsc.wait_for(lambda: self.smsc.bound, "a bind")

    def text(
        self, officer: int | None = None, rest: Sequence[int] = (1, 2, 3)
    ) -> Token[Delivery]:
        """Let an officer, or the next one, text a command that is like no other."""
        return self.command(self.smsc.deliver, officer, rest)

    def command(
        self,
        deliver: Callable[[str, str], Delivery],
        officer: int | None = None,
        rest: Sequence[int] = (1, 2, 3),
    ) -> Token[Delivery]:
        """Hand a command that is like no other to whatever brings it; any thread."""
        serial = next(self._serials)
        if officer is None:
            officer = serial % OFFICERS
        first, second, third = rest
        values = (serial, first, second, third)
        text = "RUTAN " + " ".join(map(str, values))
        delivery = deliver(number_of(officer), text)
        return Token(serial, values, unit_of(officer), delivery)

    def drain(self, tokens: Sequence[Token[Message]], timeout_s: float) -> float:
        """Wait until both sides are quiet; the seconds it took, at most the limit.

        What never came is seen by the judge.
        """

        def quiet() -> bool:
            answered = replies_to(self.smsc.submits)
            return (
                all(token.delivery.settled for token in tokens)
                and all(token.serial in answered for token in tokens)
                and self.centre.rows(OPEN) == [(0,)]
            )

        try:
            return self.smsc.wait_for(quiet, "the end of all that was open", timeout_s)
        except AssertionError:
            return timeout_s
