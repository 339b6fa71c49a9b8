"""Tests for `smscentre.deadlines.standing`."""

from __future__ import annotations

import datetime

from twisted.trial.unittest import SynchronousTestCase

from smscentre.deadlines.schedule import Deadline, Schedule
from smscentre.deadlines.standing import (
    Digest,
    Reported,
    Standing,
    digests,
    reminders,
)
from smscentre.directory import Directory, Officer, Right, Unit
from smscentre.provinces import load

DAY = datetime.date(2008, 4, 28)
SCHEDULE = Schedule(
    {
        "RUTAN": ("RUTAN", (datetime.time(10), datetime.time(16))),
        "RUTAN PEG": ("RUTAN", (datetime.time(10),)),
        "BAPAS": ("BAPAS", (datetime.time(10),)),
    }
)
TEN, FOUR = SCHEDULE.on("WIB", DAY)

_BOTH = frozenset(Right)


def _unit(
    code: str, province: str, kinds: str, valid_until: datetime.date | None = None
) -> Unit:
    kind_set = frozenset(kinds.split())
    return Unit(code, f"U{code}", code, province, kind_set, valid_until=valid_until)


UNITS = (
    _unit("1", "DKI", "RUTAN"),
    _unit("2", "DKI", "BAPAS RUTAN"),
    _unit("3", "JABAR", "RUPBASAN"),
    _unit("4", "MALUKU", "RUTAN"),
    _unit("5", "DKI", "RUTAN", datetime.date(2008, 4, 27)),
    _unit("6", "DKI", "RUTAN", DAY),
)
OFFICERS = (
    Officer("+1", "one", "1", rights=_BOTH),
    Officer("+2", "two", "2", rights=_BOTH),
    Officer("+22", "two more", "2", rights=frozenset({Right.INSERT})),
    Officer("+222", "asks only", "2", rights=frozenset({Right.QUERY})),
    Officer("+2222", "gone", "2", rights=_BOTH, active=False),
    Officer("+5", "closed", "5", rights=_BOTH),
    Officer("+80", "DKI", provinces=("DKI",), rights=_BOTH),
    Officer("+81", "east and west", provinces=("MALUKU", "DKI"), rights=_BOTH),
    Officer("+82", "no unit there", provinces=("BALI",), rights=_BOTH),
    Officer("+83", "powerless", provinces=("DKI",)),
    Officer("+90", "country", rights=_BOTH, roles=frozenset({"ringkasan"})),
    Officer("+91", "no role", rights=_BOTH),
)
DIRECTORY = Directory.of(load(), UNITS, OFFICERS)


def standing(deadline: Deadline, reported: Reported) -> Standing:
    """How the units of the sample stand."""
    return Standing.of(deadline, DIRECTORY, reported)


class StandingTests(SynchronousTestCase):
    """Who lacks what."""

    def test_nothing_reported(self) -> None:
        """Units of the zone and the day lack the forms of their kinds."""
        found = standing(TEN, {})
        self.assertEqual([unit.code for unit in found.expected], ["1", "2", "6"])
        self.assertEqual(
            found.missing,
            {
                "1": ("RUTAN", "RUTAN PEG"),
                "2": ("RUTAN", "RUTAN PEG", "BAPAS"),
                "6": ("RUTAN", "RUTAN PEG"),
            },
        )

    def test_some_reported(self) -> None:
        """What is there is not missing, and a unit with all is not named."""
        reported = {("2", "BAPAS"): 1.0, ("1", "RUTAN"): 1.0, ("1", "RUTAN PEG"): 1.0}
        found = standing(TEN, reported)
        self.assertEqual(set(found.missing), {"2", "6"})
        self.assertEqual(found.missing["2"], ("RUTAN", "RUTAN PEG"))

    def test_the_afternoon_needs_its_own(self) -> None:
        """A morning's report does not meet the afternoon's deadline; a later does."""
        for stored_at, missing in (
            (TEN.at - 1, True),
            (TEN.at, True),
            (TEN.at + 1, False),
        ):
            found = standing(FOUR, {("1", "RUTAN"): stored_at})
            self.assertIs("1" in found.missing, missing, stored_at - TEN.at)

    def test_kinds_without_a_deadline(self) -> None:
        """Nothing is expected of them."""
        self.assertNotIn("3", [unit.code for unit in standing(TEN, {}).expected])


class ReminderTests(SynchronousTestCase):
    """Whom to remind."""

    def test_officers(self) -> None:
        """Active ones of the unit with the right to insert, with all forms."""
        found = reminders(standing(TEN, {("1", "RUTAN"): 1.0}), DIRECTORY)
        self.assertEqual(
            [(each.officer.number, each.unit.code, each.forms) for each in found],
            [
                ("+1", "1", ("RUTAN PEG",)),
                ("+2", "2", ("RUTAN", "RUTAN PEG", "BAPAS")),
                ("+22", "2", ("RUTAN", "RUTAN PEG", "BAPAS")),
            ],
        )


class DigestTests(SynchronousTestCase):
    """Whom to tell."""

    def digests(self, zone: str, reported: Reported) -> dict[str, Digest]:
        """The digests of ten o'clock in a zone, by number."""
        ten = SCHEDULE.on(zone, DAY)[0]
        standings = [standing(same, reported) for same in SCHEDULE.elsewhere(ten)]
        found = digests(ten, standings, DIRECTORY, "ringkasan")
        by_number = {digest.officer.number: digest for digest in found}
        self.assertEqual(len(by_number), len(found))
        return by_number

    def test_the_east(self) -> None:
        """Only officers of provinces there, of those provinces."""
        found = self.digests("WIT", {})
        self.assertEqual(set(found), {"+81"})
        self.assertEqual(found["+81"].provinces, ("MALUKU",))
        self.assertEqual((found["+81"].reported, found["+81"].expected), (0, 1))

    def test_the_last_zone(self) -> None:
        """The country is told of all zones once the last has come."""
        found = self.digests("WIB", {("4", "RUTAN"): 1.0, ("4", "RUTAN PEG"): 1.0})
        self.assertEqual(set(found), {"+80", "+81", "+90"})
        self.assertEqual(found["+81"].provinces, ("DKI",))
        country = found["+90"]
        self.assertEqual((country.reported, country.expected), (1, 4))
        self.assertEqual([unit.code for unit in country.missing], ["1", "2", "6"])

    def test_a_zone_without_units(self) -> None:
        """Nobody is told."""
        self.assertEqual(self.digests("WITA", {}), {})
