"""The crash campaign: kill the centre, start it again, look for what is wrong.

Officers text commands that are each unique; the process dies at a random moment
or at a failpoint; the carrier delivers again what was not acknowledged; then
`crash_check` compares both sides. One folder and one database serve a whole run,
so every trial also starts from what the crashes before it left.

    python -m tests.system.crash --trials 50 --point-trials 10
"""

from __future__ import annotations

__all__ = ["Campaign", "Trial", "main"]

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from attrs import define, field

from smscentre.failpoints import POINTS
from tests.system.centre import CentreOptions
from tests.system.crash_check import Finding, Kind, Token, judge, replies_to
from tests.system.peer import SmscOptions
from tests.system.traffic import OFFICERS, Traffic

PACE_S = 0.05
"""Twenty messages a second."""

_EARLIEST_S, _LATEST_S = 0.05, 3.0
_POINT_PATIENCE_S = 8.0
_DRAIN_S = 30.0
_MOST_PASSAGES = 20
_MOST_CLAIMS = 3
_MOOD_SHARE = 0.1
"""At so many messages the carrier begins or ends to keep its responses back."""

_WINDOW = 4
"""The centre's window: small, so that replies sometimes queue for it."""


@define
class Trial:
    """One crash: how it came about, what passed, what was wrong."""

    name: str
    tokens: list[Token] = field(factory=list)
    killed_at: list[float] = field(factory=list)
    findings: list[Finding] = field(factory=list)
    reached: bool = True
    redelivered: int = 0
    copies: int = 0
    start_s: float = 0.0
    drain_s: float = 0.0

    def __str__(self) -> str:
        told = (
            f"{self.name}: {len(self.tokens)} messages,"
            f" {self.redelivered} delivered again, {self.copies} second copies,"
            f" start {self.start_s:.2f} s, drained in {self.drain_s:.2f} s"
        )
        if not self.reached:
            told += ", point not reached"
        return "\n".join([told, *(f"  VIOLATION {found}" for found in self.findings)])


class Campaign(Traffic):
    """A centre and a carrier for a series of trials.

    Equal seeds give equal texts and moments; what the machine makes of them
    differs.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        options = SmscOptions(redeliver_after_s=1.0)
        super().__init__(folder, options, CentreOptions(_WINDOW))
        self.trials: list[Trial] = []
        self._seed = seed

    def random_trial(self) -> Trial:
        """Kill at a random moment of ordinary traffic."""
        number = len(self.trials) + 1
        random = Random(f"{self._seed}:{number}")
        trial = Trial(f"trial {number}, random moment")
        if not self.centre.running:
            self._start()
        deadline = time.monotonic() + random.uniform(_EARLIEST_S, _LATEST_S)
        self._send_until(trial, random, deadline)
        return self._finish(trial)

    def point_trial(self, point: str) -> Trial:
        """Kill at a passage of a failpoint."""
        number = len(self.trials) + 1
        random = Random(f"{self._seed}:{number}")
        # Replies have to queue for a claim, which they do but now and then.
        count = random.randint(1, _MOST_CLAIMS if "claim" in point else _MOST_PASSAGES)
        trial = Trial(f"trial {number}, {point}:{count}")
        if self.centre.running:
            self.centre.terminate()
        # It may die before it is ready: a start passes some points, too.
        self.centre.start({"SMSCENTRE_FAILPOINT": f"{point}:{count}"}, wait=False)
        deadline = time.monotonic() + _POINT_PATIENCE_S
        self._send_until(trial, random, deadline)
        trial.reached = not self.centre.running
        return self._finish(trial)

    def _send_until(self, trial: Trial, random: Random, deadline: float) -> None:
        """Text commands until the deadline or the death of the process.

        Now and then the carrier keeps its responses back for a while, so that
        replies stand unanswered on the wire and others queue behind them.
        """
        while (left := deadline - time.monotonic()) > 0:
            if random.random() < _MOOD_SHARE:
                if self.smsc.holding:
                    self.smsc.release()
                else:
                    self.smsc.holding = True
            rest = tuple(random.randrange(1000) for _ in range(3))
            trial.tokens.append(self.text(random.randrange(OFFICERS), rest))
            if self.centre.wait_exit(min(PACE_S, left)):
                break

    def _finish(self, trial: Trial) -> Trial:
        """Let the process die, start it again, drain, judge."""
        self.centre.kill9()
        trial.killed_at.append(time.monotonic())
        self.smsc.release()
        trial.start_s = self._start()
        trial.drain_s = self.drain(trial.tokens, _DRAIN_S)
        submits = list(self.smsc.submits)
        trial.findings += judge(trial.tokens, submits, self.centre, trial.killed_at)
        trial.findings += [Finding(Kind.PEER, fault) for fault in self.smsc.faults]
        self.smsc.faults.clear()
        copies = replies_to(submits)
        for token in trial.tokens:
            trial.redelivered += len(token.delivery.copies) > 1
            trial.copies += len(copies.get(token.serial, [])) > 1
        self.trials.append(trial)
        # What was judged is not looked at again; a long run stays quick.
        self.smsc.submits.clear()
        self.smsc.deliveries.clear()
        return trial

    def _start(self) -> float:
        took = self.centre.start()
        self.smsc.wait_for(lambda: self.smsc.bound, "a bind after the start")
        return took


def _summary(trials: list[Trial], seed: int) -> str:
    kinds = Counter(finding.kind for trial in trials for finding in trial.findings)
    lines = [
        f"seed {seed}: {len(trials)} trials,"
        f" {sum(len(trial.tokens) for trial in trials)} messages,"
        f" {sum(trial.redelivered for trial in trials)} delivered again,"
        f" {sum(trial.copies for trial in trials)} second copies,"
        f" slowest start {max((trial.start_s for trial in trials), default=0):.2f} s,"
        f" points not reached {sum(not trial.reached for trial in trials)}"
    ]
    lines += [f"{kind.value}: {kinds[kind]}" for kind in Kind]
    return "\n".join(lines)


def main() -> int:
    """Run the campaign; 1 when anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--point-trials", type=int, default=10, help="at each point")
    parser.add_argument("--seed", type=int, default=0, help="0: by the clock")
    options = parser.parse_args()
    seed = options.seed or int(time.time())
    print(f"seed {seed}", flush=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        Campaign(Path(folder), seed) as campaign,
    ):
        points = [None] * options.trials
        for point in [*points, *POINTS * options.point_trials]:
            trial = (
                campaign.random_trial()
                if point is None
                else campaign.point_trial(point)
            )
            print(trial, flush=True)
            if trial.findings:
                print(campaign.centre.log(), flush=True)
    print(_summary(campaign.trials, seed))
    return int(any(trial.findings for trial in campaign.trials))


if __name__ == "__main__":
    sys.exit(main())
