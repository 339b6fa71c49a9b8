"""The campaign of outages: the database is locked or full while officers text on.

All the while the carrier asks whether the link lives. Nothing may be acknowledged
that is not stored, refusals come only after the patience of D5 and with the busy
status, and afterwards everything is stored and answered once.

    python -m tests.system.locked
"""

from __future__ import annotations

__all__ = ["PATIENCE_S", "Locked", "Outage", "Trial", "main"]

import argparse
import resource
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import Enum
from pathlib import Path

from attrs import define, field

from tests.system.crash_check import Finding, Kind, Token, judge, replies_to
from tests.system.history import Delivery
from tests.system.peer import SmscOptions
from tests.system.traffic import Traffic

PATIENCE_S = 10.0
"""How long a message may wait before it is refused."""

_BUSY = 0x08
_LATEST_S = 3.0
"""How much later than that a refusal may come."""

_RETRY_S = 2.0
_ALIVE_S = 1.0
_ENQUIRE_S = 0.25
_BEFORE_S = 0.5
_COMMITTED_S = 0.5
"""What was committed just before an outage is acknowledged so soon."""

_LEAST_DRAIN_S = 5.0
_FILE_OCTETS = 4096
"""What a file may grow to where the disk is full: less than any transaction."""


class Outage(Enum):
    """What keeps the centre from storing anything."""

    IMMEDIATE = "BEGIN IMMEDIATE"
    EXCLUSIVE = "BEGIN EXCLUSIVE"
    FULL = "no room in any file"


@define
class Trial:
    """One outage: what passed, what was wrong."""

    name: str
    tokens: list[Token[Delivery]] = field(factory=list)
    findings: list[Finding] = field(factory=list)
    refusals: int = 0
    slowest_enquiry_s: float = 0.0
    drain_s: float = 0.0

    def __str__(self) -> str:
        told = (
            f"{self.name}: {len(self.tokens)} messages, {self.refusals} refusals,"
            f" slowest enquire_link {self.slowest_enquiry_s * 1000:.0f} ms,"
            f" drained in {self.drain_s:.1f} s"
        )
        return "\n".join([told, *(f"  VIOLATION {found}" for found in self.findings)])


class Locked(Traffic):
    """A centre under traffic whose database is taken away for a while."""

    def __init__(self, folder: Path) -> None:
        # What is not answered comes again only after the refusal would have come.
        options = SmscOptions(window=4000, redeliver_after_s=60.0)
        super().__init__(folder, options)
        self.smsc.retry_after_s = _RETRY_S
        self.trials: list[Trial] = []

    def trial(self, outage: Outage, seconds: float, rate: float) -> Trial:
        """Let officers text at a rate, in messages a second, through an outage."""
        name = f"{outage.value} for {seconds:g} s at {rate:g} messages a second"
        trial = Trial(name)
        self.trials.append(trial)
        self.begin()
        enquiries = self._text(trial, _BEFORE_S, rate)
        with self._outage(outage):
            began = time.monotonic()
            enquiries |= self._text(trial, seconds, rate)
            ended = time.monotonic()
        trial.drain_s = self.drain(trial.tokens, 2 * seconds + 30)
        if trial.drain_s > max(2 * seconds, _LEAST_DRAIN_S):
            trial.findings.append(Finding(Kind.STUCK, f"for {trial.drain_s:.1f} s"))
        self._check_enquiries(trial, enquiries)
        self._check_answers(trial, began, ended)
        smsc = self.smsc
        trial.findings += judge(trial.tokens, smsc.submits, self.centre, [])
        trial.findings += [Finding(Kind.PEER, fault) for fault in smsc.faults]
        for serial, copies in replies_to(smsc.submits).items():
            if len(copies) > 1:
                trial.findings.append(Finding(Kind.NEEDLESS_COPY, f"{serial}"))
        if (
            len({copy.bind for token in trial.tokens for copy in token.delivery.copies})
            > 1
        ):
            trial.findings.append(Finding(Kind.PEER, "the bind was lost"))
        return trial

    def _text(self, trial: Trial, seconds: float, rate: float) -> dict[int, float]:
        """Text for a while; the moments of the enquiries by their sequences."""
        asked: dict[int, float] = {}
        began = time.monotonic()
        sent = 0
        while (passed := time.monotonic() - began) < seconds:
            if passed >= len(asked) * _ENQUIRE_S:
                moment = time.monotonic()
                asked[self.smsc.enquire()] = moment
            while sent < passed * rate:
                trial.tokens.append(self.text())
                sent += 1
            time.sleep(min(1 / rate, _ENQUIRE_S))
        return asked

    @contextmanager
    def _outage(self, outage: Outage) -> Iterator[None]:
        centre = self.centre
        if outage is Outage.FULL:
            _, most = resource.prlimit(centre.pid, resource.RLIMIT_FSIZE)
            limits = (_FILE_OCTETS, most)
            before = resource.prlimit(centre.pid, resource.RLIMIT_FSIZE, limits)
            try:
                yield
            finally:
                resource.prlimit(centre.pid, resource.RLIMIT_FSIZE, before)
            return
        with closing(sqlite3.connect(centre.database, timeout=10)) as holder:
            holder.isolation_level = None
            holder.execute(outage.value)
            yield
            holder.execute("ROLLBACK")

    def _check_enquiries(self, trial: Trial, asked: dict[int, float]) -> None:
        for sequence, moment in asked.items():
            answered = self.smsc.enquiries[sequence]
            took = float("inf") if answered is None else answered - moment
            trial.slowest_enquiry_s = max(trial.slowest_enquiry_s, took)
        if trial.slowest_enquiry_s > _ALIVE_S:
            detail = f"enquire_link after {trial.slowest_enquiry_s:.1f} s"
            trial.findings.append(Finding(Kind.PEER, detail))

    def _check_answers(self, trial: Trial, began: float, ended: float) -> None:
        """No acknowledgement in the outage; refusals as D5 has them."""
        for token in trial.tokens:
            for copy in token.delivery.copies:
                if copy.answered_at is None or copy.status is None:
                    continue
                name = token.delivery.text
                waited = copy.answered_at - copy.sent_at
                if copy.status:
                    trial.refusals += 1
                    patient = PATIENCE_S - 0.1 <= waited <= PATIENCE_S + _LATEST_S
                    if copy.status != _BUSY or not patient:
                        detail = f"{name}: {copy.status:#x} after {waited:.1f} s"
                        trial.findings.append(Finding(Kind.PEER, detail))
                elif began + _COMMITTED_S < copy.answered_at < ended:
                    trial.findings.append(Finding(Kind.LOST, f"{name}: in the outage"))


_LONG = (
    (Outage.IMMEDIATE, 1.0, 100.0),
    (Outage.EXCLUSIVE, 3.0, 100.0),
    (Outage.IMMEDIATE, 9.0, 50.0),
    (Outage.IMMEDIATE, 12.0, 50.0),
    (Outage.EXCLUSIVE, 30.0, 50.0),
    (Outage.IMMEDIATE, 60.0, 20.0),
    (Outage.EXCLUSIVE, 60.0, 100.0),
    (Outage.FULL, 3.0, 50.0),
    (Outage.FULL, 15.0, 50.0),
)


def main() -> int:
    """Run the campaign; 1 when anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, help="of each outage")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Locked(Path(folder)) as locked:
        for row in _LONG * options.rounds:
            trial = locked.trial(*row)
            print(trial, flush=True)
            if trial.findings:
                print(locked.centre.log(), flush=True)
    kinds = Counter(found.kind for trial in locked.trials for found in trial.findings)
    print("\n".join(f"{kind.value}: {kinds[kind]}" for kind in Kind))
    return int(any(trial.findings for trial in locked.trials))


if __name__ == "__main__":
    sys.exit(main())
