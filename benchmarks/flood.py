"""One number floods the centre: what it costs, and what it costs the others.

    python -m benchmarks.flood [--messages N] [--seconds S] [--others N] [--rounds N]
                               [--even]

Officers report, with and without one of them sending thousands of reports beside them,
in turn. What is compared is the time from a report of the others to its answer. The
limits of replies are those of the sample configuration; by default the flood has ten
thousand messages in five rounds. A flood of more than can be stored goes as fast as its
window is acknowledged.

The others report at random moments, as people do. At an even pace (``--even``) no
report of theirs meets the commit of another: then any second sender, flooding or not,
makes the slowest hundredth wait for two commits instead of one.
"""

from __future__ import annotations

__all__ = ["Round", "even_moments", "main", "measure", "play", "random_moments"]

import argparse
import itertools
import socket
import statistics
import struct
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from attrs import define, field

from benchmarks.contenders import prepared_centre
from benchmarks.load import OFFICERS, Link, number_of, percentile

LIMITS = {"sender_per_minute": 30, "sender_per_day": 300, "destination_per_hour": 60}
"""Those of etc/smscentre.toml that hold for one number."""

MOST_REPLIES = min(LIMITS["destination_per_hour"], LIMITS["sender_per_day"])
MOST_DELAY = 1.2
"""How much longer than without the flood the others may wait, as a factor."""

_WINDOW = 50
_FLOODER = OFFICERS - 1
_SETTLE_S = 5.0
_STEP_S = 0.005
_FIRST = 1_000_000

_SUBMIT, _DELIVER, _DELIVER_RESP = 0x04, 0x05, 0x80000005


@define
class Round:
    """One stretch of traffic: when the others were answered, what the flood got."""

    waits: list[float] = field(factory=list)
    unanswered: int = 0
    flooded: int = 0
    flood_replies: int = 0

    @property
    def p99(self) -> float:
        """The others' wait in milliseconds, but for the slowest hundredth."""
        return percentile(self.waits, 0.99)


class _Carrier:
    """The carrier's side of one round, each message at its moment."""

    def __init__(self, link: Link, sequences: Iterator[int]) -> None:
        self.round = Round()
        self._reported = 0
        self._link = link
        self._sequences = sequences
        self._asked: dict[bytes, float] = {}
        self._in_flight: set[int] = set()

    def run(self, moments: Sequence[float], flood: int, seconds: float) -> Round:
        """Let the others report at their moments; wait for their answers."""
        began = time.perf_counter()
        due = deque(moments)
        while (passed := time.perf_counter() - began) < seconds:
            share = passed / seconds
            while due and due[0] < passed:
                self._next_report(due)
            while self.round.flooded < share * flood and self._has_room:
                self._report(_FLOODER)
                self.round.flooded += 1
            self._read(_STEP_S)
        while due:
            self._next_report(due)
        deadline = time.perf_counter() + _SETTLE_S
        while (self._asked or self._in_flight) and time.perf_counter() < deadline:
            if self.round.flooded < flood and self._has_room:
                self._report(_FLOODER)
                self.round.flooded += 1
            self._read(_STEP_S)
        self.round.unanswered = len(self._asked)
        return self.round

    def _next_report(self, due: deque[float]) -> None:
        """Let the next of the others report."""
        due.popleft()
        self._report(self._reported % _FLOODER)
        self._reported += 1

    @property
    def _has_room(self) -> bool:
        return len(self._in_flight) < _WINDOW

    def _report(self, officer: int) -> None:
        """Deliver a report that no other one is like."""
        sequence = next(self._sequences)
        text = b"RUTAN %d 54 36 39" % (_FIRST + sequence)
        number = number_of(officer).encode()
        body = b"".join(
            (
                b"\0\1\1" + number + b"\0\0\1" + b"02170252704\0",
                bytes(9),
                bytes([len(text)]) + text,
            )
        )
        self._link.out += struct.pack(">LLLL", 16 + len(body), _DELIVER, 0, sequence)
        self._link.out += body
        self._in_flight.add(sequence)
        if officer != _FLOODER:
            self._asked[b"P=%d," % (_FIRST + sequence)] = time.perf_counter()

    def _read(self, patience_s: float) -> None:
        try:
            frames = self._link.frames(patience_s)
        except TimeoutError:
            return
        now = time.perf_counter()
        for command, _, sequence, frame in frames:
            if command == _DELIVER_RESP:
                self._in_flight.discard(sequence)
            elif command == _SUBMIT:
                self._link.accept_submit(sequence)
                self._answered(frame, now)
            else:
                self._link.serve(command, sequence)
        self._link.flush()

    def _answered(self, frame: bytes, now: float) -> None:
        start = frame.find(b"P=", 16)
        asked = self._asked.pop(frame[start : frame.find(b",", start) + 1], None)
        if asked is not None:
            self.round.waits.append(now - asked)
        else:
            self.round.flood_replies += 1


@contextmanager
def _bound_link(folder: Path) -> Iterator[Link]:
    """A centre with limits, bound to a carrier that is this process."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        centre = prepared_centre(folder, listener.getsockname()[1], LIMITS)
        try:
            centre.start(wait=False)
            connection, _ = listener.accept()
            with connection:
                link = Link(connection)
                link.wait_bound()
                centre.wait_ready()
                yield link
        finally:
            centre.close()


def even_moments(count: int, seconds: float) -> list[float]:
    """Moments at an even pace."""
    return [seconds * at / count for at in range(count)]


def random_moments(count: int, seconds: float) -> list[float]:
    """The same moments each time, of people who know nothing of each other."""
    random = Random(count)
    return sorted(random.uniform(0, seconds) for _ in range(count))


def play(
    moments: Sequence[float], flood: int, seconds: float, rounds: int
) -> list[list[Round]]:
    """Rounds without the flood and with it, in turn; the first one only warms up.

    :param moments: when the others report in each round
    """
    played: list[list[Round]] = [[], []]
    with tempfile.TemporaryDirectory() as folder, _bound_link(Path(folder)) as link:
        sequences = itertools.count(1)
        _Carrier(link, sequences).run(moments, 0, seconds)
        for _ in range(rounds):
            for kind, count in enumerate((0, flood)):
                carrier = _Carrier(link, sequences)
                played[kind].append(carrier.run(moments, count, seconds))
    return played


def measure(played: list[list[Round]]) -> list[str]:
    """What is wrong with what was played; nothing if it is as it should be."""
    quiet, loud = played
    found = []
    replies = sum(one.flood_replies for one in loud)
    if replies > MOST_REPLIES:
        found.append(f"the flood got {replies} replies, at most {MOST_REPLIES} are due")
    if any(one.unanswered for one in (*quiet, *loud)):
        found.append("reports of others were not answered")
    factor = _median(loud) / _median(quiet)
    if factor >= MOST_DELAY:
        found.append(f"the others waited {factor:.2f} times as long")
    return found


def _median(rounds: list[Round]) -> float:
    return statistics.median(one.p99 for one in rounds)


def main() -> None:
    """Play, print each round, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2_000, help="of each flood")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--others", type=int, default=1_200, help="reports a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--even", action="store_true", help="others at an even pace")
    options = parser.parse_args()
    pace = even_moments if options.even else random_moments
    moments = pace(options.others, options.seconds)
    played = play(moments, options.messages, options.seconds, options.rounds)
    for name, rounds in zip(("quiet", "flood"), played, strict=True):
        for one in rounds:
            print(
                f"{name}  p50 {percentile(one.waits, 0.5):6.2f} ms  p99 {one.p99:6.2f} "
                f"ms  others {len(one.waits)} answered, {one.unanswered} not; "
                f"flood {one.flooded} sent, {one.flood_replies} answered"
            )
    quiet, loud = (_median(rounds) for rounds in played)
    print(f"p99 {quiet:.2f} ms without, {loud:.2f} ms with: {loud / quiet:.2f} times")
    found = measure(played)
    for line in found:
        print(line)
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
