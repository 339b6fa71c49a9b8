"""A morning and an afternoon of 700 units in three zones, on a `Clock`."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

from attrs import frozen

from smscentre.directory import Unit
from smscentre.messages import Priority
from tests.reminding.morning import ZONE_OF, MorningTestCase, local

_DIGEST = re.compile(
    r"^(?P<scope>.+) 280408: (?P<n>\d+) dari (?P<of>\d+) UPT sudah lapor\. "
)


@frozen
class Deed:
    """A report of a unit at a moment."""

    at: float
    unit: Unit
    form: str
    values: tuple[int, ...]


def _deeds(units: list[Unit], random: Random) -> list[Deed]:
    """What the units do: in time, late, twice, corrected, or never."""
    found = []
    for unit in units:
        zone = ZONE_OF[unit.province]
        for form in sorted(unit.kinds):
            for _ in range(random.choice((0, 1, 1, 2, 3))):
                minutes = random.uniform(5 * 60, 17 * 60)
                # Never at the very moment of a deadline or of its reminders.
                at = local(zone, 0) + int(minutes) * 60 + random.uniform(1, 58)
                values = tuple(random.randrange(1000) for _ in range(4))
                found.append(Deed(at, unit, form, values))
    return sorted(found, key=lambda deed: deed.at)


class MorningTests(MorningTestCase):
    """Everything that officers get, against a count of its own."""

    units = 700

    def test_a_day(self) -> None:
        """Reminders, digests and sums are those of an independent count."""
        deeds = _deeds(self.all_units, Random(7))
        self.start()
        for deed in deeds:
            self.wait_until(deed.at)
            reply = self.report(
                deed.unit, f"{deed.form} {' '.join(map(str, deed.values))}"
            )
            self.assertRegex(reply, "^(Insert|Update) Data")
        self.wait_until(local("WIB", 19))
        self.assertEqual(self.reminded(), self._expected_reminders(deeds))
        self.assertEqual(self._digests(), self._expected_digests(deeds))
        self.assertEqual(self._sums(), self._expected_sums(deeds))
        self._check_moments()
        self.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def _lacking(self, deeds: list[Deed], hour: int, at_minute: int) -> dict[str, Unit]:
        """The units that lack a form for a deadline, some minutes before it."""
        lacking = {}
        for unit in self.all_units:
            zone = ZONE_OF[unit.province]
            since = local(zone, 10) if hour == 16 else 0.0
            until = local(zone, hour) - at_minute * 60
            kinds = unit.kinds if hour == 10 else unit.kinds & {"RUTAN"}
            sent = {
                deed.form
                for deed in deeds
                if deed.unit is unit and since < deed.at <= until
            }
            if kinds - sent:
                lacking[unit.code] = unit
        return lacking

    def _expected_reminders(self, deeds: list[Deed]) -> Counter[tuple[str, str]]:
        return Counter(
            (code, f"{hour}.00")
            for hour in (10, 16)
            for code in self._lacking(deeds, hour, 30)
        )

    def _digests(self) -> Counter[tuple[str, str, str, str]]:
        found: Counter[tuple[str, str, str, str]] = Counter()
        for part in self.notices():
            digest = _DIGEST.match(part.text)
            if digest is not None:
                found[part.number, digest["scope"], digest["n"], digest["of"]] += 1
        return found

    def _expected_digests(
        self, deeds: list[Deed]
    ) -> Counter[tuple[str, str, str, str]]:
        found: Counter[tuple[str, str, str, str]] = Counter()
        for hour in (10, 16):
            lacking = self._lacking(deeds, hour, 0)
            for number, scope, provinces in (
                ("+628121000000", "DKI", ["DKI"]),
                ("+628121000001", "JABAR", ["JABAR"]),
                ("+628121000001", "BALI", ["BALI"]),
                ("+628121000002", "PAPUA, MALUKU", ["PAPUA", "MALUKU"]),
                ("+628139000000", "Indonesia", list(ZONE_OF)),
            ):
                counted = [
                    unit.code
                    for unit in self.all_units
                    if unit.province in provinces
                    and (hour == 10 or "RUTAN" in unit.kinds)
                ]
                # A deadline elsewhere is over when the country's digest is made, and
                # what came since counts as well; so does it here.
                missing = set(counted) & set(lacking)
                if scope == "Indonesia":
                    missing = self._lacking_at(deeds, hour, set(missing))
                key = (
                    number,
                    scope,
                    str(len(counted) - len(missing)),
                    str(len(counted)),
                )
                found[key] += 1
        return found

    def _lacking_at(self, deeds: list[Deed], hour: int, missing: set[str]) -> set[str]:
        """Those of some units that still lack something at the deadline in the west."""
        still = set()
        for unit in self.all_units:
            if unit.code not in missing:
                continue
            since = local(ZONE_OF[unit.province], 10) if hour == 16 else 0.0
            sent = {
                deed.form
                for deed in deeds
                if deed.unit is unit and since < deed.at <= local("WIB", hour)
            }
            kinds = unit.kinds if hour == 10 else unit.kinds & {"RUTAN"}
            if kinds - sent:
                still.add(unit.code)
        return still

    def _sums(self) -> dict[str, int]:
        query = "SELECT form, SUM(value) AS total FROM reports GROUP BY form"
        return {row.form: row.total for row in self.rows(query)}

    def _expected_sums(self, deeds: list[Deed]) -> dict[str, int]:
        last = {(deed.unit.code, deed.form): deed.values for deed in deeds}
        sums: Counter[str] = Counter()
        for (_, form), values in last.items():
            sums[form] += sum(values)
        return dict(sums)

    def _check_moments(self) -> None:
        """Reminders go half an hour before, digests at the deadline, neither later."""
        provinces = {unit.code: unit.province for unit in self.all_units}
        zones = {
            officer.number: ZONE_OF[provinces[officer.unit]]
            for officer in self.officers
            if officer.unit is not None
        }
        for at, part in self.sent:
            zone = zones.get(part.number)
            if part.priority != Priority.REMINDER or zone is None:
                continue
            hour = 10 if "Batas 10" in part.text else 16
            self.assertLess(abs(at - local(zone, hour) + 1800), 1)
            self.assertEqual(part.expires_at, local(zone, hour))
