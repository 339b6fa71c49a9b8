"""The playing of a morning: texts at their moments, replies against the count.

Service and simulator run under ``faketime``; here only the machine's clock is known,
and since when, and how much faster, theirs runs. `morning` is the program.
"""

from __future__ import annotations

__all__ = ["BEFORE_S", "RATE", "Figures", "Morning"]

import heapq
import re
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from queue import Empty
from types import TracebackType
from typing import Self

from attrs import define, field

from tests.system.centre import CentreOptions, RunningCentre, free_port
from tests.system.faketime import faster, sweep
from tests.system.morning_count import Count
from tests.system.morning_notices import Notices, moments
from tests.system.morning_plan import (
    DAY,
    Act,
    Deed,
    Plan,
)
from tests.system.simulator import Simulator

RATE = 100

BEFORE_S = 1200.0
"""So much earlier than the first deed the service starts, by its own clock."""

_GUARD_S, _LOOK_S = 150.0, 60.0
"""So near to a deadline or its reminders nobody texts, and so long before it the count
is looked at: it has to be sure."""

_START_S = 60.0
_STEP_S, _PATIENCE_S = 0.05, 20.0
"""How long, by the machine's clock, a start and a reply may take."""

_PROBES = 5
_DRIFT_S = 10.0
"""How far the service's clock may be from where it is taken to be: what a tenth of a
second makes of it."""

_LIMITS = {
    "sender_per_minute": 30,
    "sender_per_day": 300,
    "destination_per_hour": 60,
    "centre_per_day": 20000,
}
"""Those of the sample configuration."""

_SMPP: dict[str, object] = {"enquire_link_s": 3600, "response_s": 600}
"""What takes a tenth of a second would otherwise be late by its own clock."""

_COUNT_FORMS = ("RUTAN", "BAPAS", "RUPBASAN BASAN", "RUPBASAN BARAN")
_REPLY = re.compile(r"\+?(?P<number>\d+) <- \S+: (?P<text>.*)")
_UNREPORTED = re.compile(
    rf".+ {DAY:%d%m%y}: ((?P<n>\d+) dari|semua) (?P<of>\d+) UPT (sudah|belum) lapor"
)


@define
class _Open:
    """A text whose reply has not come: when it was sent, what the reply must be."""

    deed: Deed
    pattern: str
    sent: float
    unreported: tuple[int, int]
    under_way: int


@define
class Figures:
    """What a morning came to, for people; waits are by the machine's clock."""

    texts: int = 0
    left_out: int = 0
    busy: int = 0
    waits: list[float] = field(factory=list)
    clock_error_s: float = 0.0


class Morning:
    """One morning: `play` it, then read ``findings``."""

    def __init__(self, folder: Path, plan: Plan, rate: int = RATE) -> None:
        units = plan.office.units
        self.plan = plan
        self.findings: list[str] = []
        self.figures = Figures()
        self.count = Count({unit.code: unit for unit in units}, plan.deadlines)
        self.notices = Notices(plan.office)
        self._rate = rate
        self._moments = list(moments(plan))
        self._deeds: dict[str, deque[Deed]] = {}
        self._due: list[tuple[float, str]] = []
        self._open: dict[str, _Open] = {}
        self._clock_began = 0.0
        port = free_port()
        options = CentreOptions(limits=_LIMITS, smpp=_SMPP)
        self.centre = RunningCentre(folder, port, options)
        self.centre.prepare(units, plan.office.officers)
        with self.centre.config.open("a") as config:
            config.write(plan.config)
        self._env = faster(plan.begins - BEFORE_S, rate)
        self._simulator = Simulator(
            *("smsc", "--listen", f"tcp:{port}:interface=127.0.0.1"),
            *("--system-id", "smscentre"),
            *("--password-file", str(folder / "carrier-password")),
            env=self._env,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._simulator.close()
        if self.centre.running:
            self.centre.close()
            sweep(self.centre.pid)

    def play(self) -> None:
        """Play it to its end, and compare everything."""
        self._wait_listening()
        self.centre.start(self._env, wait=False)
        self.centre.wait_ready(_START_S)
        self._clock_began = self._clock_error()
        for deed in self.plan.deeds:
            self._deeds.setdefault(deed.place, deque()).append(deed)
        self._due = [(deeds[0].at, place) for place, deeds in self._deeds.items()]
        heapq.heapify(self._due)
        looks = deque(sorted(self._moments))
        while self._due or self._open or looks:
            now = self._now()
            while looks and looks[0].at - _LOOK_S <= now:
                self.notices.look(looks.popleft(), self.count, [*self._open])
            while self._due and self._due[0][0] <= now:
                self._act(heapq.heappop(self._due)[1])
            following = [each[0] for each in self._due[:1]]
            following += [each.at - _LOOK_S for each in [*looks][:1]]
            self._listen(min(following, default=now + self._rate))
        self._listen(self.plan.ends)
        self.figures.clock_error_s = self._clock_error()
        self._ask_for_sums()
        self._compare()

    def _wait_listening(self) -> None:
        """Wait until the carrier takes connections."""
        line = ""
        while not line.startswith("* the carrier listens"):
            line = self._simulator.lines.get(timeout=_START_S)

    # The clock.

    def _now(self) -> float:
        """The service's wall clock."""
        return self._clock_began + time.monotonic() * self._rate

    def _clock_error(self) -> float:
        """How far the service's clock is from `_now`, by the arrivals of questions.

        Of several the one that was answered soonest leaves the least room for error.
        """
        return min(self._probe() for _ in range(_PROBES))[1]

    def _probe(self) -> tuple[float, float]:
        """How long a question took, and how far its arrival is from the middle."""
        began = time.monotonic()
        self._ask(self.plan.office.national, "BANTUAN")
        took = time.monotonic() - began
        ((arrived,),) = self.centre.rows("SELECT MAX(arrived_at) FROM inbox")
        middle = self._clock_began + (began + took / 2) * self._rate
        return took, float(arrived) - middle

    def _free_at(self, now: float) -> float:
        """When texts may be sent again; the present where they may be sent now."""
        near = [each.at for each in self._moments if abs(each.at - now) < _GUARD_S]
        return max(near) + _GUARD_S if near else now

    # What officers do.

    def _act(self, place: str) -> None:
        """Send the next text of a place, unless that has to wait."""
        now = self._now()
        free_at = self._free_at(now)
        if free_at > now:
            heapq.heappush(self._due, (free_at, place))
            return
        deed = self._deeds[place].popleft()
        if deed.act is not Act.BELUM and not self.count.is_plain(deed, now):
            self.figures.left_out += 1
            self._go_on(place)
            return
        asks = deed.act is Act.BELUM
        self._open[place] = _Open(
            deed,
            "" if asks else self.count.expect(deed, now),
            time.monotonic(),
            self.count.unreported(self._region(deed)) if asks else (0, 0),
            len(self._open),
        )
        self.figures.texts += 1
        self._simulator.text(deed.number, deed.text)

    def _go_on(self, place: str) -> None:
        """Have the next text of a place sent when its time has come."""
        deeds = self._deeds[place]
        if deeds:
            heapq.heappush(self._due, (max(deeds[0].at, self._now()), place))

    def _listen(self, until: float) -> None:
        """Take what the carrier shows until a moment of the service's clock."""
        while True:
            left = (until - self._now()) / self._rate
            try:
                line = self._simulator.lines.get(timeout=max(left, 0.001))
            except Empty:
                break
            self._take(line)
            if self._due and self._due[0][0] < until:
                break
        self._give_up()

    def _take(self, line: str) -> None:
        """Take one line of the simulator."""
        if line.startswith("* "):
            self.figures.busy += "was refused" in line
            if "session ended" in line:
                self.findings.append(f"the carrier: {line}")
        found = _REPLY.match(line)
        if found is None or self.notices.take(
            found["number"], found["text"], self._now()
        ):
            return
        place = next(
            (
                place
                for place, one in self._open.items()
                if one.deed.number == found["number"]
            ),
            None,
        )
        if place is None:
            self.findings.append(f"a reply to no text: {line}")
        else:
            self._answered(self._open.pop(place), found["text"])
            self._go_on(place)

    def _answered(self, one: _Open, text: str) -> None:
        now, deed = self._now(), one.deed
        self.figures.waits.append(time.monotonic() - one.sent)
        if deed.act is Act.BELUM:
            right = self._is_right(one, text)
        else:
            right = re.search(one.pattern, text) is not None
        if not right:
            self.findings.append(f"{deed}: {text!r} is not {one.pattern!r}")
        self.count.done(deed, now, text)

    def _is_right(self, one: _Open, text: str) -> bool:
        """Whether an answer lies between the counts before and after it."""
        found = _UNREPORTED.match(text)
        after, of = self.count.unreported(self._region(one.deed))
        slack = max(one.under_way, len(self._open))
        least = min(one.unreported[0], after) - slack
        most = max(one.unreported[0], after) + slack
        return (
            found is not None
            and least <= int(found["n"] or 0) <= most
            and int(found["of"]) == of
        )

    def _give_up(self) -> None:
        """Stop waiting for what does not come."""
        long_ago = time.monotonic() - _PATIENCE_S
        for place, one in [*self._open.items()]:
            if one.sent < long_ago:
                self.findings.append(f"no reply: {one.deed}")
                del self._open[place]
                self._go_on(place)

    def _region(self, deed: Deed) -> Sequence[str]:
        return self.plan.office.regional.get(deed.number, ())

    # The end.

    def _ask(self, number: str, text: str) -> str:
        """Text something when nothing else is under way; the reply."""
        self._simulator.text(number, text)
        end = time.monotonic() + _PATIENCE_S
        while (left := end - time.monotonic()) > 0:
            try:
                found = _REPLY.match(self._simulator.lines.get(timeout=left))
            except Empty:
                break
            if found is not None and found["number"] == number:
                return found["text"]
        raise AssertionError(f"no reply to {text}\n{self.centre.log()}")

    def _ask_for_sums(self) -> None:
        """Ask for every report of every province and of the country."""
        office = self.plan.office
        asked = [
            (number, f"GETPROV {name}", self.count.within([name]), rf"\b{name}\b")
            for number, region in office.regional.items()
            for name in region
        ]
        asked.append((office.national, "GETALL", self.count.within(()), r"\bAll\b"))
        for form in _COUNT_FORMS:
            for number, scope, units, place in asked:
                reply = self._ask(number, f"{form} {scope}")
                pattern = self.count.answer(form, units, place)
                if not re.search(pattern, reply):
                    self.findings.append(f"{form} {scope}: {reply!r} is not {pattern}")

    def _unsent(self) -> int:
        """How many parts are not out, once none is on its way any more."""
        query = "SELECT COUNT(*) FROM outbox WHERE state NOT IN ('sent', 'delivered')"
        end = time.monotonic() + _PATIENCE_S
        while True:
            ((unsent,),) = self.centre.rows(query)
            if not unsent or time.monotonic() > end:
                return int(unsent)
            self._listen(self._now() + self._rate * _STEP_S)

    def _compare(self) -> None:
        """Compare the rows with the count, and judge the notices."""
        sums = dict(
            self.centre.rows("SELECT form, SUM(value) FROM reports GROUP BY form")
        )
        ((steps,),) = self.centre.rows("SELECT COUNT(*) FROM submissions")
        ((silent,),) = self.centre.rows(
            "SELECT COUNT(*) FROM inbox WHERE state IN ('silent', 'failed', 'corrupt')"
        )
        unsent = self._unsent()
        for what, found, due in (
            ("sums", sums, self.count.sums()),
            ("steps of the history", steps, self.count.steps),
            ("messages without a reply", silent, 0),
            ("replies that did not leave", unsent, 0),
        ):
            if found != due:
                self.findings.append(f"{what}: {found}, due are {due}")
        if abs(self.figures.clock_error_s) > _DRIFT_S:
            self.findings.append(f"the clock: {self.figures.clock_error_s:.1f} s")
        self.findings += self.notices.judge()
