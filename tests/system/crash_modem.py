"""The crash campaign of a modem: its messages stay in it until they are safe.

Besides the failpoints, the process dies when the modem hears a command: it is carried
out and the answer is never read. Some messages are long, some have no valid time, some
are brought again by the network as the same TPDU, some replies take two parts.

    python -m tests.system.crash_modem --trials 50 --point-trials 10
"""

from __future__ import annotations

__all__ = ["ModemFront", "main"]

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self

from attrs import define, evolve, field

from smscentre.failpoints import POINTS
from smscentre.gsm.parts import split
from smscentre.gsm.timestamp import Timestamp
from smscentre.messages import Alphabet
from smscentre.sim.modem.record import Delivery
from smscentre.sim.modem.state import ModemOptions
from tests.system.campaign import Campaign, Trial, run
from tests.system.centre import CentreOptions, RunningCentre
from tests.system.crash_check import Finding, Kind, Message, Token, judge, replies_to
from tests.system.history import Submit
from tests.system.modem_submits import submits_of
from tests.system.modem_watch import MOMENTS, WatchfulModem
from tests.system.traffic import OFFICERS, OPEN, number_of, prepare, unit_of

_LONG_SHARE, _LONG_REPLY_SHARE = 0.15, 0.1
_NO_TIME_SHARE, _AGAIN_SHARE = 0.15, 0.15
_MOOD_SHARE = 0.1
"""At so many messages the modem begins or ends to take its time, ..."""

_SLOW_S = 0.03
"""... which is so long for each answer."""

_NO_TIME = Timestamp(bytes(7))
_BIG = 9_999_990
_PART_SEPTETS = 153
"""What a part of a long message holds."""

_SIZES = {"SM": 15, "ME": 15}
"""Slots: few, so that they are full now and then, and soon used again."""

_STORED, _BROUGHT = (0, 1, 2), (0, 1)
"""What the modem takes for <ds>: reports stored, or brought and to be confirmed."""


@define(eq=False)
class Brought:
    """A message that the network brought, in parts and perhaps again."""

    source: str
    text: str
    texts: tuple[str, ...]
    parts: list[Delivery]
    again: list[Delivery] = field(factory=list)

    @property
    def acknowledged(self) -> bool:
        """Whether every part was taken from the modem."""
        return all(part.is_taken for part in self.parts)

    @property
    def settled(self) -> bool:
        """Whether nothing of it is in the modem."""
        return all(each.is_taken for each in (*self.parts, *self.again))

    @property
    def times(self) -> int:
        """How often it was brought, at least some of its parts."""
        return 1 + len(self.again)


class ModemFront:
    """A centre and a modem, as `campaign.Front` has it."""

    pace_s = 0.1
    """Ten messages a second, and a report for each reply."""

    def __init__(self, folder: Path, most_passages: int = 10) -> None:
        self.most_passages = most_passages
        modem_options = ModemOptions(sizes=_SIZES, notify_reports=_STORED)
        self.modem = WatchfulModem(folder, self._rows_of, modem_options)
        options = CentreOptions(links=(), modems={"modem-1": self.modem.device})
        self.centre = RunningCentre(folder, 1, options)
        self._serial = 0
        self._again: list[Token[Brought]] = []
        """What the network may bring again: only what has a time."""
        self._from_delivery = self._from_submit = 0
        self._since = time.time()

    def __enter__(self) -> Self:
        self.modem.start()
        prepare(self.centre, "RUTAN|RUPBASAN")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.centre.close()
        self.modem.stop()

    # What campaign.Front has.

    def wait_up(self) -> None:
        """Nothing has to be waited for: the modem keeps what comes."""

    def send(self, random: Random) -> Token[Brought]:
        """Let some officer text a command, in one of several ways."""
        if random.random() < _MOOD_SHARE:
            self.modem.faults.delay_s = _SLOW_S - self.modem.faults.delay_s
        if self._again and random.random() < _AGAIN_SHARE:
            brought = random.choice(self._again).delivery
            part = random.choice(brought.parts)
            brought.again.append(self.modem.deliver_again(part))
        self._serial += 1
        values, text, texts = self._words(random)
        sent = _NO_TIME if random.random() < _NO_TIME_SHARE else None
        officer = random.randrange(OFFICERS)
        source = f"+{number_of(officer)}"
        parts = self.modem.deliver(source, text, sent)
        brought = Brought(source, text, texts, parts)
        token = Token(self._serial, values, unit_of(officer), brought)
        if sent is None:
            self._again.append(token)
        return token

    def recover(self) -> None:
        """Let the modem read what the dead process wrote, and be quick again."""
        self.modem.faults.delay_s = 0.0
        self.modem.spare()
        self.modem.wait_for(lambda: self.modem.is_quiet, "the end of what was written")

    def drain(self, tokens: Sequence[Token[Message]], timeout_s: float) -> float:
        """Wait until the modem is empty and every reply is out."""

        def quiet() -> bool:
            answered = self.replies()
            return (
                all(each.is_taken for each in self._deliveries())
                and all(token.serial in answered for token in tokens)
                and self.centre.rows(OPEN) == [(0,)]
            )

        try:
            return self.modem.wait_for(quiet, "the end of all that was open", timeout_s)
        except AssertionError:
            return timeout_s

    def judge(
        self, tokens: Sequence[Token[Message]], killed_at: Sequence[float]
    ) -> list[Finding]:
        """What the rows say, and the modem."""
        found = judge(tokens, self._submits(), self.centre, killed_at)
        found += [Finding(Kind.EARLY, each) for each in self.modem.early]
        for delivery in self._deliveries():
            if not delivery.is_taken:
                found.append(Finding(Kind.LEFT, _told(delivery)))
            elif not self._rows_of(delivery.octets):
                found.append(Finding(Kind.LOST, _told(delivery)))
        return found

    def replies(self) -> Mapping[int, Sequence[Submit]]:
        """The copies of each reply, by serial."""
        return replies_to(self._submits())

    def forget(self) -> None:
        """Begin a new trial; the modem keeps its record, by which it counts parts."""
        record = self.modem.gsm.record
        self._from_delivery, self._from_submit = (
            len(record.deliveries),
            len(record.submits),
        )
        self._again.clear()
        self.modem.forget()
        self._since = time.time()

    # What is of modems alone.

    def report_by(self, *, brought: bool) -> None:
        """Choose how reports come; the centre is ended, the modem starts anew."""
        takes = _BROUGHT if brought else _STORED
        state = self.modem.gsm.state
        if state.options.notify_reports == takes:
            return
        if self.centre.running:
            self.centre.terminate()
        with self.modem.lock:
            state.options = evolve(state.options, notify_reports=takes)
            state.forget()

    def _words(self, random: Random) -> tuple[tuple[int, ...], str, tuple[str, ...]]:
        """The figures of a command, its text, and the texts of its parts."""
        serial, chance = self._serial, random.random()
        if chance < _LONG_SHARE:
            # Each part has the serial, so that each is like no other.
            third = serial, serial, serial, random.randrange(1000)
            pieces = (f"RUTAN {serial}", f"{serial}", f"{serial} {third[3]}")
            text = "".join(piece.ljust(_PART_SEPTETS) for piece in pieces)
            return third, text, tuple(split(text, Alphabet.GSM7))
        if chance < _LONG_SHARE + _LONG_REPLY_SHARE:
            many = serial, *(_BIG + random.randrange(10) for _ in range(7))
            text = "RUPBASAN PEG " + " ".join(map(str, many))
            return many, text, (text,)
        few = serial, *(random.randrange(1000) for _ in range(3))
        text = "RUTAN " + " ".join(map(str, few))
        return few, text, (text,)

    def _deliveries(self) -> list[Delivery]:
        return self.modem.gsm.record.deliveries[self._from_delivery :]

    def _submits(self) -> list[Submit]:
        return submits_of(self.modem.gsm.record.submits[self._from_submit :])

    def _rows_of(self, octets: bytes) -> int:
        query = "SELECT count(*) FROM inbox WHERE arrived_at >= ? AND raw = ?"
        ((count,),) = self.centre.rows(query, self._since, octets)
        return int(count)


def _told(delivery: Delivery) -> str:
    what = "report" if delivery.is_report else "message"
    history = ", ".join(event.value for _, event in delivery.history)
    return f"{what} {delivery.number}: {history}"


def _at_points(
    campaign: Campaign, front: ModemFront, times: int
) -> Iterable[Callable[[], Trial]]:
    """At every failpoint and every moment, with reports by either way."""
    for turn in range(times):
        brought = turn % 2 == 1
        front.report_by(brought=brought)
        for point in POINTS:
            yield partial(campaign.point_trial, point)
        for moment in MOMENTS:
            if moment == "confirm" and not brought:
                continue
            arm = partial(front.modem.kill_at, moment)
            yield partial(campaign.peer_trial, f"modem hears {moment}", arm)


def main() -> int:
    """Run the campaign; 1 when anything was violated."""
    return run(__doc__, ModemFront, _at_points)


if __name__ == "__main__":
    sys.exit(main())
