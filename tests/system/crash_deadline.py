"""The campaign of deadlines: the centre ends within a second of one, and starts again.

Units report before, around and after the moment at which reminders or digests are due;
the process is stopped or killed at a random moment within a second on either side, by
its own wall clock, which ``faketime`` sets for each trial. Its link is slow, so that
reminders stand in a queue then. `deadline_check` says what must hold.

A reminder that a kill finds between its claim and the carrier's response may have left.
It is never sent again: at most once goes before none missing. The summary says how many
were in doubt so, and how many of them never came to the carrier; after a stop there are
none.

    python -m tests.system.crash_deadline --trials 50
"""

from __future__ import annotations

__all__ = ["Campaign", "Course", "Trial", "course", "main"]

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from random import Random
from threading import Event
from types import TracebackType
from typing import Self

from attrs import define, field, frozen

from tests.system.centre import CentreOptions, Officer, RunningCentre, Unit
from tests.system.deadline_check import Finding, Kind, Seen, judge, notices
from tests.system.faketime import MISSING, shifted, sweep
from tests.system.history import Delivery
from tests.system.morning_plan import LEAD_S, ZONES, local
from tests.system.peer import Smsc, SmscOptions

_HOUR = 10
_UNITS = 20
"""In each zone."""

_EARLY, _LATE = 0.3, 0.3
"""The shares of units that report before the critical seconds, and within them."""

_AROUND_S = 1.0
"""So near to its moment the process ends."""

_GAPS_S = (0.0, 0.3, 2.0)
"""For so long there is no process, but for the time that a start takes."""

_BEFORE_S, _LEAST_BEFORE_S = 6.0, 2.0
"""How long before its moment a trial begins, and when it must be under way."""

_RATE, _WINDOW = 20, 4
"""The link's parts a second, and its window: reminders wait for each other."""

_DRAIN_S = 60.0
_OPEN = "SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'claimed', 'in_doubt')"
_DONE = "SELECT COUNT(*) FROM rounds WHERE purpose = ? AND zone = ?"
_DOUBTFUL = """
SELECT outbox.number FROM outbox JOIN notices ON notices.outbox_id = outbox.id
WHERE outbox.state = 'uncertain'
"""

_CONFIG = f"""
[reminders]
enabled = true
days = "daily"
lead_minutes = {LEAD_S // 60}

[[deadline]]
form = "RUTAN"
times = ["{_HOUR}:00"]
"""

_NATIONAL = "628136000000"
_COUNTRY, _LAST_ZONE = "Indonesia", "WIB"


@frozen
class Course:
    """How one trial goes: around which moment the process ends, how and when.

    ``mute`` says that the carrier answers nothing in the critical seconds, so that the
    process dies with something in its hands.
    """

    zone: str
    reminds: bool
    kills: bool
    mute: bool
    offset_s: float
    gap_s: float

    @property
    def moment(self) -> float:
        """When the reminders, or the digests, are due."""
        return local(self.zone, _HOUR) - (LEAD_S if self.reminds else 0)

    def __str__(self) -> str:
        end = "killed" if self.kills else "stopped"
        end += " unanswered" if self.mute else ""
        what = "reminders" if self.reminds else "digests"
        return (
            f"{end} {self.offset_s:+.3f} s from the {what} of {self.zone},"
            f" again after {self.gap_s:g} s"
        )


def course(number: int, random: Random) -> Course:
    """The course of a trial: every other one kills."""
    kills = number % 2 == 0
    return Course(
        random.choice(tuple(ZONES)),
        random.random() < 0.5,
        kills,
        kills and random.random() < 0.5,
        random.uniform(-_AROUND_S, _AROUND_S),
        random.choice(_GAPS_S),
    )


@define
class Trial:
    """One end of the process around a deadline: what came of it.

    ``doubtful`` notices were in the hands of a process that was killed; ``lost`` are
    those of them that the carrier never got.
    """

    number: int
    course: Course
    findings: list[Finding] = field(factory=list)
    reminders: int = 0
    digests: int = 0
    reports: int = 0
    doubtful: int = 0
    lost: int = 0

    def __str__(self) -> str:
        told = (
            f"trial {self.number}, {self.course}: {self.reports} reports,"
            f" {self.reminders} reminders, {self.digests} digests,"
            f" {self.doubtful} in doubt, {self.lost} of them lost"
        )
        return "\n".join([told, *(f"  VIOLATION {found}" for found in self.findings)])


class Campaign:
    """A series of trials, each with a database that has units and nothing more."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.trials: list[Trial] = []
        self.centre: RunningCentre
        self._folder = folder
        self._seed = seed
        self._before_s = _BEFORE_S
        self._figures = count(1)
        self._smsc = Smsc(SmscOptions(redeliver_after_s=1.0, window=50))
        self._pristine = b""
        self._units = {zone: _units_of(zone) for zone in ZONES}

    def __enter__(self) -> Self:
        self._smsc.start()
        options = CentreOptions(_WINDOW, smpp={"rate": _RATE})
        self.centre = RunningCentre(self._folder, self._smsc.port, options)
        units = [unit for units in self._units.values() for unit in units]
        self.centre.prepare(units, _officers(units))
        self._pristine = self.centre.database.read_bytes()
        with self.centre.config.open("a") as config:
            config.write(_CONFIG)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()
        self._smsc.stop()

    def perform(self) -> Trial:
        """Perform the next trial."""
        number = len(self.trials) + 1
        random = Random(f"{self._seed}:{number}")
        trial = Trial(number, course(number, random))
        self.trials.append(trial)
        units = [unit.code for unit in self._units[trial.course.zone]]
        random.shuffle(units)
        early = int(_EARLY * len(units))
        late = early + int(_LATE * len(units))
        moment, env = self._begin(trial.course)
        reports = {code: self._report(code) for code in units[:early]}
        self._end(trial.course, moment, units[early:late], reports, random)
        _wait_until(time.monotonic() + trial.course.gap_s)
        self._start(env)
        self._drain(trial.course, moment, reports)
        self._judge(trial, self._seen(trial.course, moment, reports))
        return trial

    # What a trial is made of.

    def _begin(self, course: Course) -> tuple[float, dict[str, str]]:
        """Start the process before its moment; that moment, and its environment.

        The moment is one of our monotonic clock.
        """
        for before_s in (self._before_s, 2 * self._before_s, 4 * self._before_s):
            self._forget()
            env = shifted(course.moment - before_s - time.time())
            began = time.monotonic()
            self.centre.start(env)
            self._smsc.wait_for(lambda: self._is_under_way(course), "a start", _DRAIN_S)
            took_s = time.monotonic() - began
            if took_s < before_s - _LEAST_BEFORE_S:
                self._before_s = max(_BEFORE_S, 2 * took_s + _LEAST_BEFORE_S)
                return began + before_s, env
        raise AssertionError(f"a start took {took_s:.0f} s")

    def _start(self, env: Mapping[str, str]) -> None:
        """Start the process, however slowly the machine does so."""
        self.centre.start(env, wait=False)
        self.centre.wait_ready(_DRAIN_S)

    def _is_under_way(self, course: Course) -> bool:
        """Whether all that is late already is done: before digests the reminders.

        A machine that is busy may start so slowly that no reminder is due any more.
        """
        done = self.centre.rows(_DONE, "digest", course.zone) == [(1,)]
        reminded = course.reminds or done or self._is_done("remind", course.zone)
        return self._smsc.bound and reminded

    def _forget(self) -> None:
        """Begin with a database that knows units and officers alone."""
        self._close()
        for path in self._folder.glob(f"{self.centre.database.name}-*"):
            path.unlink()
        self.centre.database.write_bytes(self._pristine)
        for seen in (self._smsc.submits, self._smsc.deliveries, self._smsc.faults):
            seen.clear()

    def _close(self) -> None:
        """Leave no process behind, nor what it left."""
        if self.centre.running:
            self.centre.close()
            sweep(self.centre.pid)

    def _report(self, code: str) -> Delivery:
        """Let a unit report figures that no other report has."""
        text = f"RUTAN {next(self._figures)} 1 2 3"
        return self._smsc.deliver(_number_of(code), text)

    def _end(
        self,
        course: Course,
        moment: float,
        codes: Sequence[str],
        reports: dict[str, Delivery],
        random: Random,
    ) -> None:
        """Let some units report around the moment, and end the process there."""
        ends_at = moment + course.offset_s
        planned = {code: random.uniform(-_AROUND_S, _AROUND_S) for code in codes}
        if course.mute:
            _wait_until(moment - _AROUND_S)
            self._smsc.holding = True
        for code in sorted(codes, key=planned.__getitem__):
            at = moment + planned[code]
            if at > ends_at and self.centre.running:
                self._end_at(course, ends_at)
            _wait_until(at)
            reports[code] = self._report(code)
        if self.centre.running:
            self._end_at(course, ends_at)

    def _end_at(self, course: Course, moment: float) -> None:
        _wait_until(moment)
        if course.kills:
            self.centre.kill9()
            sweep(self.centre.pid)
            self._smsc.release()
        else:
            self.centre.terminate()

    def _drain(
        self, course: Course, moment: float, reports: Mapping[str, Delivery]
    ) -> None:
        """Wait until the round is done and nothing waits; the judge sees the rest."""
        purpose = "remind" if course.reminds else "digest"

        def quiet() -> bool:
            return (
                time.monotonic() > moment
                and all(report.settled for report in reports.values())
                and self._is_done(purpose, course.zone)
            )

        try:
            self._smsc.wait_for(quiet, "the end of all that was open", _DRAIN_S)
        except AssertionError as error:
            self.trials[-1].findings.append(Finding(Kind.MISSING, str(error)))

    def _is_done(self, purpose: str, zone: str) -> bool:
        """Whether a round is done, and nothing waits any more."""
        done = self.centre.rows(_DONE, purpose, zone)
        return done == [(1,)] and self.centre.rows(_OPEN) == [(0,)]

    def _seen(
        self, course: Course, moment: float, reports: Mapping[str, Delivery]
    ) -> Seen:
        """What passed, once the process has ended."""
        self.centre.terminate()
        units = self._units[course.zone]
        told = {} if course.reminds else {_regional(course.zone): _scope(course.zone)}
        if told and course.zone == _LAST_ZONE:
            told[_NATIONAL] = _COUNTRY
        return Seen(
            {unit.code: _number_of(unit.code) for unit in units},
            reports,
            tuple(notices(self._smsc.submits)),
            told,
            {number.lstrip("+") for (number,) in self.centre.rows(_DOUBTFUL)},
            moment,
        )

    def _judge(self, trial: Trial, seen: Seen) -> None:
        trial.findings += judge(seen)
        trial.findings += [Finding(Kind.PEER, fault) for fault in self._smsc.faults]
        trial.reports = len(seen.reports)
        trial.reminders = sum(notice.reminds for notice in seen.notices)
        trial.digests = len(seen.notices) - trial.reminders
        trial.doubtful = len(seen.doubtful)
        trial.lost = len({*seen.doubtful} - {one.number for one in seen.notices})
        if seen.doubtful and not trial.course.kills:
            trial.findings.append(Finding(Kind.DOUBT, f"{seen.doubtful}"))


def _units_of(zone: str) -> tuple[Unit, ...]:
    """The units of a zone, all in its first province."""
    _, (province, *_) = ZONES[zone]
    first = 1000 * (1 + list(ZONES).index(zone))
    codes = [str(first + at) for at in range(_UNITS)]
    return tuple(Unit(code, f"U{code}", f"UPT {code}", province) for code in codes)


def _officers(units: Sequence[Unit]) -> list[Officer]:
    """An officer for each unit, one for each province, one for the country."""
    own = [Officer(f"+{_number_of(unit.code)}", unit.name, unit.code) for unit in units]
    regional = [
        Officer(f"+{_regional(zone)}", "Kanwil", _scope(zone), "query")
        for zone in ZONES
    ]
    national = Officer(f"+{_NATIONAL}", "Pusat", "ALL", "query", roles="ringkasan")
    return [*own, *regional, national]


def _number_of(code: str) -> str:
    return f"62811{4_000_000 + int(code)}"


def _regional(zone: str) -> str:
    return f"62812{5_000_000 + list(ZONES).index(zone)}"


def _scope(zone: str) -> str:
    _, (province, *_) = ZONES[zone]
    return province


def _wait_until(moment: float) -> None:
    """Let time pass, which nothing else tells of."""
    Event().wait(max(0.0, moment - time.monotonic()))


def _summary(trials: Sequence[Trial], seed: int) -> str:
    kinds = Counter(found.kind for trial in trials for found in trial.findings)
    kills = sum(trial.course.kills for trial in trials)
    lines = [
        f"seed {seed}: {len(trials)} trials, {kills} of them kills,"
        f" {sum(trial.reports for trial in trials)} reports,"
        f" {sum(trial.reminders for trial in trials)} reminders,"
        f" {sum(trial.digests for trial in trials)} digests,"
        f" {sum(trial.doubtful for trial in trials)} in doubt after a kill,"
        f" {sum(trial.lost for trial in trials)} of them lost"
    ]
    return "\n".join([*lines, *(f"{kind.value}: {kinds[kind]}" for kind in Kind)])


def main() -> int:
    """Run the campaign; 1 when anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0, help="0: by the clock")
    options = parser.parse_args()
    if MISSING:
        sys.exit(f"{MISSING}: apt-get install faketime")
    seed = options.seed or int(time.time())
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder, Campaign(Path(folder), seed) as made:
        for _ in range(options.trials):
            trial = made.perform()
            print(trial, flush=True)
            if trial.findings:
                print(made.centre.log(), flush=True)
    print(_summary(made.trials, seed))
    return int(any(trial.findings for trial in made.trials))


if __name__ == "__main__":
    sys.exit(main())
