"""The reminders and digests of a morning: those that must come, and those that came.

The count is asked at the moments of the deadlines. Knows neither the process nor how
texts travel.
"""

from __future__ import annotations

__all__ = ["Moment", "Notices", "moments"]

import re
from collections import Counter
from collections.abc import Collection, Iterator

from attrs import define, field, frozen

from tests.system.centre import Unit
from tests.system.morning_count import Count
from tests.system.morning_plan import (
    DAY,
    LEAD_S,
    ZONES,
    Office,
    Plan,
    count_forms,
    local,
)

_REMINDER = re.compile(
    r"^UPT (?P<code>\w+)/.* belum lapor (?P<forms>.*) hari ini \d{6}\. "
    r"Batas (?P<hour>\d\d)\.00 (?P<zone>WI[BT]|WITA)\. "
)
_DIGEST = re.compile(
    rf"^(?P<scope>.+) {DAY:%d%m%y}: (?P<n>\d+) dari (?P<of>\d+) UPT sudah lapor\. "
)
_MORE = " lain"
"""Where not all forms or units can be named."""

_EARLIEST_S, _LATEST_S = 5.0, 120.0
"""How long before or after its moment a notice may come, by the service's clock."""

_COUNTRY = "Indonesia"


@frozen(order=True)
class Moment:
    """When reminders, or digests, of a deadline of a zone are due."""

    at: float
    zone: str
    hour: int
    reminds: bool


@frozen
class _Range:
    """How many units have reported, of how many: what cannot be told is between."""

    least: int
    most: int
    of: int


_Reminder = tuple[str, str, str, int]
"""Number, unit, zone and hour."""

_Digest = tuple[str, str, int]
"""Number, whom it is about, and hour."""


@define
class Notices:
    """What officers were told without having asked, and what they had to be."""

    office: Office
    findings: list[str] = field(factory=list)
    latest_s: float = 0.0
    reminders: Counter[_Reminder] = field(factory=Counter)
    digests: Counter[_Digest] = field(factory=Counter)
    unsure: int = 0
    _to_remind: dict[_Reminder, tuple[str, ...]] = field(factory=dict)
    _may_remind: set[_Reminder] = field(factory=set)
    _to_tell: dict[_Digest, tuple[_Range, float]] = field(factory=dict)

    def look(self, moment: Moment, count: Count, unsure: Collection[str]) -> None:
        """Note what will be due; from now until then nothing changes.

        :param unsure: units whose texts are under way
        """
        self.unsure += len(unsure)
        if moment.reminds:
            self._look_for_reminders(moment, count, unsure)
        else:
            self._look_for_digests(moment, count, unsure)

    def take(self, number: str, text: str, now: float) -> bool:
        """Take a text for a notice; False where it is none."""
        if found := _REMINDER.match(text):
            self._reminded(number, found, now)
        elif found := _DIGEST.match(text):
            self._told(number, found, now)
        else:
            return False
        return True

    def judge(self) -> list[str]:
        """All that is wrong with what came."""
        for key in self._to_remind.keys() | self.reminders.keys():
            came = self.reminders[key]
            due = int(key in self._to_remind)
            if came != due and not (came == 1 and key in self._may_remind):
                self.findings.append(f"reminder {key}: {came} came, {due} is due")
        for about in self._to_tell.keys() | self.digests.keys():
            came, due = self.digests[about], int(about in self._to_tell)
            if came != due:
                self.findings.append(f"digest {about}: {came} came, {due} is due")
        return self.findings

    def _look_for_reminders(
        self, moment: Moment, count: Count, unsure: Collection[str]
    ) -> None:
        lacking = count.lacking(moment.zone, moment.hour)
        for code in count.units:
            for number in self.office.of(code):
                key = number, code, moment.zone, moment.hour
                if code in unsure:
                    self._may_remind.add(key)
                elif code in lacking:
                    self._to_remind[key] = lacking[code]

    def _look_for_digests(
        self, moment: Moment, count: Count, unsure: Collection[str]
    ) -> None:
        lacking = count.lacking(moment.zone, moment.hour)
        expected = count.expected(moment.zone, moment.hour)
        for number, region in self.office.regional.items():
            there = [name for name in region if name in ZONES[moment.zone][1]]
            units = [unit for unit in expected if unit.province in there]
            if units:
                about = number, ", ".join(there), moment.hour
                self._to_tell[about] = _range(units, lacking, unsure), moment.at
        if moment.at == max(local(zone, moment.hour) for zone in ZONES):
            missing = [
                code for zone in ZONES for code in count.lacking(zone, moment.hour)
            ]
            everybody = [
                unit for zone in ZONES for unit in count.expected(zone, moment.hour)
            ]
            about = self.office.national, _COUNTRY, moment.hour
            self._to_tell[about] = _range(everybody, missing, unsure), moment.at

    def _reminded(self, number: str, found: re.Match[str], now: float) -> None:
        zone, hour = found["zone"], int(found["hour"])
        key = number, found["code"], zone, hour
        self.reminders[key] += 1
        self._note_time(local(zone, hour) - LEAD_S, f"reminder {key}", now)
        lacking = self._to_remind.get(key, ())
        unit = next(each for each in self.office.units if each.code == found["code"])
        named = [form for form in count_forms(unit) if form in found["forms"]]
        if lacking and named != [*lacking] and _MORE not in found["forms"]:
            self.findings.append(f"reminder {key} is about {named}, not {lacking}")

    def _told(self, number: str, found: re.Match[str], now: float) -> None:
        # The text does not say its hour: it is about the first that is still due.
        whom = number, found["scope"]
        due = [key for key in self._to_tell if key[:2] == whom]
        open_ = [key for key in due if not self.digests[key]]
        if not open_:
            self.findings.append(f"a digest too many to {whom}")
            return
        key = open_[0]
        self.digests[key] += 1
        expected, at = self._to_tell[key]
        self._note_time(at, f"digest {key}", now)
        n, of = int(found["n"]), int(found["of"])
        if not expected.least <= n <= expected.most or of != expected.of:
            self.findings.append(f"digest {key} says {n} of {of}, not {expected}")

    def _note_time(self, due_at: float, what: str, now: float) -> None:
        late = now - due_at
        self.latest_s = max(self.latest_s, late)
        if not -_EARLIEST_S < late < _LATEST_S:
            self.findings.append(f"{what} came {late:.0f} s after its time")


def moments(plan: Plan) -> Iterator[Moment]:
    """The moments of a plan's deadlines."""
    hours = {hour for hours in plan.deadlines.values() for hour in hours}
    for zone in ZONES:
        for hour in sorted(hours):
            at = local(zone, hour)
            yield Moment(at - LEAD_S, zone, hour, reminds=True)
            yield Moment(at, zone, hour, reminds=False)


def _range(
    units: list[Unit], missing: Collection[str], unsure: Collection[str]
) -> _Range:
    reported = {unit.code for unit in units} - set(missing)
    doubtful = {unit.code for unit in units} & set(unsure)
    return _Range(len(reported - doubtful), len(reported | doubtful), len(units))
