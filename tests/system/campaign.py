"""The course of a crash campaign: kill the centre, start it again, look what is wrong.

Officers text commands that are each unique; the process dies at a random moment, at a
failpoint, or when its peer wants it to; the peer brings again what was not
acknowledged; then `crash_check` compares both sides. One folder and one database serve
a whole run, so every trial also starts from what the crashes before it left.

`crash` and `crash_modem` say what the peer is.
"""

from __future__ import annotations

__all__ = ["Campaign", "Front", "Trial", "run"]

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import chain
from pathlib import Path
from random import Random
from typing import Protocol, TypeVar

from attrs import define, field

from tests.system.centre import RunningCentre
from tests.system.crash_check import Finding, Kind, Message, Token, by_part
from tests.system.history import Submit

_EARLIEST_S, _LATEST_S = 0.05, 3.0
_POINT_PATIENCE_S = 15.0
_DRAIN_S = 30.0
_MOST_CLAIMS = 3


class Front(Protocol):
    """A centre under traffic, and what its peer knows of a trial."""

    @property
    def centre(self) -> RunningCentre:
        """The centre, prepared."""

    @property
    def pace_s(self) -> float:
        """The seconds between two messages."""

    @property
    def most_passages(self) -> int:
        """How often a point may be passed before the process dies there."""

    def wait_up(self) -> None:
        """Wait until the centre, which was just started, and the peer can talk."""

    def send(self, random: Random) -> Token[Message]:
        """Let some officer text a command; the peer may change its mood, too."""

    def recover(self) -> None:
        """Hear that the process is dead; the peer is well-behaved from now on."""

    def drain(self, tokens: Sequence[Token[Message]], timeout_s: float) -> float:
        """Wait until both sides are quiet; the seconds it took."""

    def judge(
        self, tokens: Sequence[Token[Message]], killed_at: Sequence[float]
    ) -> list[Finding]:
        """Everything that is wrong with a trial that has drained."""

    def replies(self) -> Mapping[int, Sequence[Submit]]:
        """The copies of each reply of the trial, by serial."""

    def forget(self) -> None:
        """Forget what passed; a long run stays quick."""


@define
class Trial:
    """One crash: how it came about, what passed, what was wrong."""

    name: str
    tokens: list[Token[Message]] = field(factory=list)
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


class Campaign:
    """A series of trials.

    Equal seeds give equal texts and moments; what the machine makes of them
    differs.
    """

    def __init__(self, front: Front, seed: int) -> None:
        self.trials: list[Trial] = []
        self._front = front
        self._seed = seed

    def random_trial(self) -> Trial:
        """Kill at a random moment of ordinary traffic."""
        trial, random = self._begin("random moment")
        if not self._front.centre.running:
            self._start()
        deadline = time.monotonic() + random.uniform(_EARLIEST_S, _LATEST_S)
        self._send_until(trial, random, deadline)
        return self._finish(trial)

    def point_trial(self, point: str) -> Trial:
        """Kill at a passage of a failpoint."""

        def start(count: int) -> None:
            self._end()
            env = {"SMSCENTRE_FAILPOINT": f"{point}:{count}"}
            # It may die before it is ready: a start passes some points, too.
            self._front.centre.start(env, wait=False)

        # Replies have to queue for a claim, which they do but now and then.
        most = _MOST_CLAIMS if "claim" in point else self._front.most_passages
        return self._dying_trial(point, most, start)

    def peer_trial(self, moment: str, arm: Callable[[int, int], None]) -> Trial:
        """Let the peer kill the process, given its id and at which passage.

        Every other time it is a new one, which dies soon after its start.
        """

        def start(count: int) -> None:
            if len(self.trials) % 2:
                self._end()
            if not self._front.centre.running:
                self._front.centre.start(wait=False)
            arm(self._front.centre.pid, count)

        return self._dying_trial(moment, self._front.most_passages, start)

    def _dying_trial(
        self, where: str, most: int, start: Callable[[int], None]
    ) -> Trial:
        trial, random = self._begin(where)
        count = random.randint(1, most)
        trial.name += f":{count}"
        start(count)
        deadline = time.monotonic() + _POINT_PATIENCE_S
        self._send_until(trial, random, deadline)
        trial.reached = not self._front.centre.running
        return self._finish(trial)

    def _begin(self, where: str) -> tuple[Trial, Random]:
        number = len(self.trials) + 1
        return Trial(f"trial {number}, {where}"), Random(f"{self._seed}:{number}")

    def _send_until(self, trial: Trial, random: Random, deadline: float) -> None:
        """Text commands until the deadline or the death of the process."""
        front = self._front
        while (left := deadline - time.monotonic()) > 0:
            trial.tokens.append(front.send(random))
            if front.centre.wait_exit(min(front.pace_s, left)):
                break

    def _finish(self, trial: Trial) -> Trial:
        """Let the process die, start it again, drain, judge."""
        front = self._front
        front.centre.kill9()
        front.recover()
        trial.killed_at.append(time.monotonic())
        trial.start_s = self._start()
        trial.drain_s = front.drain(trial.tokens, _DRAIN_S)
        trial.findings += front.judge(trial.tokens, trial.killed_at)
        copies = front.replies()
        for token in trial.tokens:
            trial.redelivered += token.delivery.times > 1
            parts = by_part(copies.get(token.serial, []))
            trial.copies += any(len(each) > 1 for each in parts)
        self.trials.append(trial)
        front.forget()
        return trial

    def _end(self) -> None:
        if self._front.centre.running:
            self._front.centre.terminate()

    def _start(self) -> float:
        took = self._front.centre.start()
        self._front.wait_up()
        return took


F = TypeVar("F", bound=Front)


def run(
    description: str | None,
    prepare: Callable[[Path], AbstractContextManager[F]],
    trials: Callable[[Campaign, F, int], Iterable[Callable[[], Trial]]],
) -> int:
    """Run a campaign as a program; 1 when anything was violated.

    :param trials: those that are not at random moments, so many of each kind; each
        is asked for when the one before it is over
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--point-trials", type=int, default=10, help="at each point")
    parser.add_argument("--seed", type=int, default=0, help="0: by the clock")
    options = parser.parse_args()
    seed = options.seed or int(time.time())
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder, prepare(Path(folder)) as front:
        campaign = Campaign(front, seed)
        at_random = [campaign.random_trial] * options.trials
        for perform in chain(at_random, trials(campaign, front, options.point_trials)):
            trial = perform()
            print(trial, flush=True)
            if trial.findings:
                print(front.centre.log(), flush=True)
    print(_summary(campaign.trials, seed))
    return int(any(trial.findings for trial in campaign.trials))


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
