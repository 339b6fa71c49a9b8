"""What must hold around a deadline: the judge of reminders and digests.

Compares what came to the carrier with who had reported. Knows neither how the process
ended nor how it was started.
"""

from __future__ import annotations

__all__ = ["Finding", "Kind", "Notice", "Seen", "judge", "notices"]

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import Enum

from attrs import frozen

from tests.system.history import Delivery, Submit

_REMINDER = re.compile(r"UPT (?P<code>\w+)/.* belum lapor ")
_DIGEST = re.compile(
    r"(?P<scope>.+) \d{6}: (?P<n>\d+) dari (?P<of>\d+) UPT sudah lapor"
)


class Kind(Enum):
    """What can be wrong around a deadline."""

    TWICE = "told twice"
    MISSING = "not told"
    NEEDLESS = "reminded although its report was acknowledged"
    WRONG = "told other figures"
    DOUBT = "left in doubt by a stop"
    LOST = "a report was not acknowledged"
    PEER = "the carrier saw a fault"


@frozen
class Finding:
    """One violation: its kind and where it shows."""

    kind: Kind
    detail: str

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.detail}"


@frozen
class Notice:
    """A reminder of a unit, or a digest about a scope, that came to the carrier."""

    number: str
    about: str
    at: float
    reminds: bool
    reported: int = 0


@frozen
class Seen:
    """What passed in one trial.

    ``officers`` are the numbers of the units that have to report, by code; ``told``
    those whom a digest is due to, with what it is about. ``doubtful`` are the numbers
    of notices that may have left; ``moment`` is when digests are due, None where a
    trial ends before.
    """

    officers: Mapping[str, str]
    reports: Mapping[str, Delivery]
    notices: Collection[Notice]
    told: Mapping[str, str]
    doubtful: Collection[str]
    moment: float


def notices(submits: Iterable[Submit]) -> Iterator[Notice]:
    """The reminders and digests among what came to the carrier."""
    for submit in submits:
        number, at = submit.destination.lstrip("+"), submit.received_at
        if found := _REMINDER.match(submit.text):
            yield Notice(number, found["code"], at, reminds=True)
        elif found := _DIGEST.match(submit.text):
            yield Notice(number, found["scope"], at, False, int(found["n"]))


def judge(seen: Seen) -> Iterator[Finding]:
    """Find every violation."""
    copies = Counter((each.number, each.about) for each in seen.notices)
    for key, times in copies.items():
        if times > 1:
            yield Finding(Kind.TWICE, f"{key}: {times} times")
    yield from _missing(seen, copies)
    for notice in seen.notices:
        yield from _needless(seen, notice) if notice.reminds else _wrong(seen, notice)
    for code, report in seen.reports.items():
        if not report.acknowledged:
            yield Finding(Kind.LOST, code)


def _missing(seen: Seen, copies: Mapping[tuple[str, str], int]) -> Iterator[Finding]:
    """Whoever had to be told and was not, but for what was left in doubt."""
    silent = {
        number: code
        for code, number in seen.officers.items()
        if code not in seen.reports
    }
    for number, about in (*silent.items(), *seen.told.items()):
        if (number, about) not in copies and number not in seen.doubtful:
            yield Finding(Kind.MISSING, f"{number} about {about}")


def _needless(seen: Seen, notice: Notice) -> Iterator[Finding]:
    """A reminder may cross a report on its way, and not follow its acknowledgement."""
    report = seen.reports.get(notice.about)
    if report is not None and _acknowledged_at(report) < notice.at:
        late = notice.at - _acknowledged_at(report)
        yield Finding(Kind.NEEDLESS, f"{notice.about}: {late:.3f} s later")


def _wrong(seen: Seen, notice: Notice) -> Iterator[Finding]:
    """A digest counts what had been reported when it was made, at its time or later."""
    if notice.number not in seen.told:
        return
    reports = seen.reports.values()
    least = sum(_acknowledged_at(report) < seen.moment for report in reports)
    most = sum(report.copies[0].sent_at < notice.at for report in reports)
    if not least <= notice.reported <= most:
        detail = f"{notice.about}: {notice.reported}, not {least} to {most}"
        yield Finding(Kind.WRONG, detail)


def _acknowledged_at(report: Delivery) -> float:
    """When the carrier heard that a report is stored; never, where it did not."""
    answered = (copy.answered_at for copy in report.copies if copy.status == 0)
    return min((at for at in answered if at is not None), default=float("inf"))
