"""The fault campaign of the modems: unplugged, mute, full, without a network.

One centre has a carrier, a modem that is well, and several with which something is
wrong all the time, each with a trial of its own. Every modem must serve again soon,
nothing may be lost or doubled, and nobody else may notice.

    python -m tests.system.faults_modem
"""

from __future__ import annotations

__all__ = ["Campaign", "main"]

import argparse
import re
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from random import Random
from threading import Event, Thread
from types import TracebackType
from typing import Self

from tests.system.centre import ROOT, CentreOptions
from tests.system.crash_check import ENDS, Finding, Token, judge, replies_to
from tests.system.faults_bench import alarms
from tests.system.faults_modem_deeds import WRONGS
from tests.system.faults_modem_lane import Lane, Trial, Wrong
from tests.system.faults_pages import PageWatch, at_share
from tests.system.history import Delivery, Submit
from tests.system.modem import LINK_NAME
from tests.system.peer import SmscOptions
from tests.system.traffic import Traffic
from tests.system.webpages import logged_in

_MODEMS = 12
_CARRIERS_OFFICERS = 8
_CARRIER_EVERY_S = 0.2
_WELL_EVERY_S = 1.0
_SOON_S = 1.0
"""The most that a reply by the carrier, at p99, and any page may take."""

_REST_S = 60.0
_LOG_CHARACTERS = 200_000
_ENDS = (*ENDS, "uncertain")
"""A reply whose result twice could not be known is left there (D7)."""

_ALARMS = ("Unhandled", "Traceback", "#critical")
_RELUCTANT = Path(__file__).with_name("reluctant")
_TEXT = re.compile(r"RUTAN (\d+)")


class Campaign:
    """A centre, its carrier and its modems, from `__enter__` to `__exit__`."""

    def __init__(self, folder: Path, modems: int) -> None:
        names = ["well", *(f"modem-{number + 1}" for number in range(modems))]
        devices = {name: folder / name / LINK_NAME for name in names}
        for device in devices.values():
            device.parent.mkdir()
        self.traffic = Traffic(
            folder, SmscOptions(window=100), CentreOptions(modems=devices)
        )
        self._well, *self._lanes = [
            Lane(name, folder / name, self.traffic, _CARRIERS_OFFICERS + 2 * place)
            for place, name in enumerate(names)
        ]
        self.trials: list[Trial] = []
        self.findings: list[str] = []
        self._carried: list[Token[Delivery]] = []
        self._pages: PageWatch
        self._stopping = Event()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.enter_context(self.traffic)
            for lane in self._all:
                undo.enter_context(lane.modem)
            centre = self.traffic.centre
            centre.start({"PYTHONPATH": f"{_RELUCTANT}:{ROOT}"})
            self.traffic.smsc.wait_for(lambda: self.traffic.smsc.bound, "a bind")
            for lane in self._all:
                lane.served()
            self._open = undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    @property
    def _all(self) -> list[Lane]:
        return [self._well, *self._lanes]

    # What happens.

    def run(self, wrongs: Sequence[tuple[Wrong, float]]) -> None:
        """Run trials, as many at a time as there are modems, and judge them all."""
        waiting = deque(wrongs)
        centre = self.traffic.centre
        self._pages = PageWatch(
            [
                f"http://127.0.0.1:{centre.monitor_port}/livez",
                f"http://127.0.0.1:{centre.web_port}/gateway",
            ],
            logged_in(centre, "operator").cookie,
        )
        others = [Thread(target=self._text_by_carrier), Thread(target=self._text_well)]
        trying = [
            Thread(target=self._try, args=(lane, waiting)) for lane in self._lanes
        ]
        with self._pages:
            for thread in (*others, *trying):
                thread.start()
            for thread in trying:
                thread.join()
            self._stopping.set()
            for thread in others:
                thread.join()
        if len(self.trials) < len(wrongs):
            self.findings.append(f"{len(wrongs) - len(self.trials)} trials broken off")
        self._judge()

    def _try(self, lane: Lane, waiting: deque[tuple[Wrong, float]]) -> None:
        while True:
            try:
                wrong, part = waiting.popleft()
            except IndexError:
                return
            self.trials.append(lane.trial(wrong, part))

    def _text_by_carrier(self) -> None:
        officers = cycle(range(_CARRIERS_OFFICERS))
        while not self._stopping.wait(_CARRIER_EVERY_S):
            self._carried.append(self.traffic.text(next(officers)))

    def _text_well(self) -> None:
        while not self._stopping.wait(_WELL_EVERY_S):
            self._well.ask()
        self._well.drain()

    # What is found.

    def _judge(self) -> None:
        centre = self.traffic.centre
        self.traffic.drain(self._carried, _REST_S)
        tokens = [*self._carried, *(one for lane in self._all for one in lane.tokens())]
        # In this order: what is deleted meanwhile may not be among the rows.
        deleted = [it for lane in self._all for it in lane.deleted()]
        stored = {octets for (octets,) in centre.rows("SELECT raw FROM inbox")}
        self.findings += [
            f"deleted but not stored: {where}"
            for where, octets in deleted
            if octets not in stored
        ]
        self.findings += [it for trial in self.trials for it in trial.findings]
        self.findings += map(
            self._told, judge(tokens, self._submits(), centre, [], _ENDS)
        )
        self.findings += self.traffic.smsc.faults
        for lane in self._all:
            self.findings += [f"not taken: {text}" for text in lane.left()]
        self.findings += alarms(centre.log(0), _ALARMS)
        for name, limit, took_s in self._latencies():
            if took_s > limit:
                self.findings.append(f"{name} {took_s:.2f} s")

    def _submits(self) -> list[Submit]:
        found = [*self.traffic.smsc.submits]
        for lane in self._all:
            found += lane.submits()
        return sorted(found, key=lambda submit: submit.received_at)

    def _told(self, finding: Finding) -> str:
        """A finding with the trial of which its command was a part."""
        text = _TEXT.search(finding.detail)
        for trial in self.trials:
            serials = {question.token.serial for question in trial.questions}
            if text is not None and int(text[1]) in serials:
                return f"{finding} ({trial.wrong.name}, {trial.modem})"
        return str(finding)

    def _latencies(self) -> Iterator[tuple[str, float, float]]:
        """What may take how long at most, and took how long."""
        yield "carrier, p99", _SOON_S, at_share(self._carrier_s(), 0.99)
        for address, took_s in self._pages.took_s.items():
            yield f"{address.rpartition('/')[2]}, longest", _SOON_S, max(took_s)
        yield "the modem that is well, p99", _SOON_S, at_share(self._well_s(), 0.99)

    def _carrier_s(self) -> list[float]:
        replies = replies_to(self.traffic.smsc.submits)
        return [
            replies[token.serial][0].received_at - token.delivery.copies[0].sent_at
            for token in self._carried
            if token.serial in replies
        ]

    def _well_s(self) -> list[float]:
        replies = replies_to(self._well.submits())
        return [
            replies[question.token.serial][0].received_at
            - question.brought.history[0][0]
            # The first one came before the modem was ready.
            for question in self._well.questions[1:]
            if question.token.serial in replies
        ]

    def copies(self) -> Counter[str]:
        """How many replies went twice, by the names of faults."""
        serials = {
            question.token.serial: trial.wrong.name
            for trial in self.trials
            for question in trial.questions
        }
        found: Counter[str] = Counter()
        for serial, submits in replies_to(self._submits()).items():
            found[serials.get(serial, "")] += len(submits) > 1
        return found

    def __str__(self) -> str:
        """The table of all faults, the figures of the others, the violations."""
        copies = self.copies()
        lines = [f"{'fault':20} trials  back p50   longest  all done  twice"]
        for name in dict.fromkeys(trial.wrong.name for trial in self.trials):
            trials = [trial for trial in self.trials if trial.wrong.name == name]
            back_s = [trial.back_s for trial in trials]
            done_s = max(trial.done_s for trial in trials)
            lines.append(
                f"{name:20} {len(trials):6} {at_share(back_s, 0.5):7.1f} s"
                f" {max(back_s):7.1f} s {done_s:7.1f} s {copies[name]:6}"
            )
        lines += [
            f"{name}: {took * 1000:.0f} ms" for name, _, took in self._latencies()
        ]
        uncertain = self.traffic.centre.rows(
            "SELECT count(*) FROM outbox WHERE state = 'uncertain'"
        )
        lines += [
            f"by the carrier: {len(self._carried)} questions, longest"
            f" {max(self._carrier_s(), default=0) * 1000:.0f} ms",
            f"by modems: {sum(len(lane.questions) for lane in self._all)} questions,"
            f" {sum(copies.values())} answered twice, {uncertain[0][0]} uncertain",
            *(f"VIOLATION {finding}" for finding in self.findings),
        ]
        return "\n".join(lines)


def parts(wrongs: Sequence[Wrong], most: int) -> list[tuple[Wrong, float]]:
    """Every trial of the faults, at most so many of each."""
    found = []
    for wrong in wrongs:
        trials = min(most, wrong.trials)
        found += [(wrong, place / max(1, trials - 1)) for place in range(trials)]
    return found


def main() -> int:
    """Run the campaign; 1 when anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="0: by the clock")
    parser.add_argument("--modems", type=int, default=_MODEMS)
    parser.add_argument("--trials", type=int, default=1000, help="of each, at most")
    parser.add_argument("--only", default="", help="the names of faults, with commas")
    options = parser.parse_args()
    seed = options.seed or int(time.time())
    print(f"seed {seed}", flush=True)
    names = options.only.split(",")
    chosen = [one for one in WRONGS if not options.only or one.name in names]
    trials = parts(chosen, options.trials)
    Random(seed).shuffle(trials)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        Campaign(Path(folder), options.modems) as campaign,
    ):
        campaign.run(trials)
        if campaign.findings:
            print(campaign.traffic.centre.log(_LOG_CHARACTERS))
        print(campaign)
    print(f"{len(trials)} trials, {time.monotonic() - began:.0f} s")
    return int(bool(campaign.findings))


if __name__ == "__main__":
    sys.exit(main())
