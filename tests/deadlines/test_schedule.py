"""Tests for `smscentre.deadlines.schedule` and `smscentre.deadlines.calendar`."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.deadlines.calendar import Calendar
from smscentre.deadlines.schedule import Purpose, Schedule
from smscentre.directory import ZONES

TEN, FOUR = datetime.time(10), datetime.time(16)
MONDAY = datetime.date(2008, 4, 28)
SUNDAY = datetime.date(2008, 4, 27)

SCHEDULE = Schedule(
    {"RUTAN": ("RUTAN", (FOUR, TEN)), "BAPAS": ("BAPAS", (TEN,))},
    Calendar(working_days_only=True),
)

_TIMES = st.times().map(lambda time: time.replace(second=0, microsecond=0))
_SCHEDULES = st.builds(
    Schedule,
    st.dictionaries(
        st.sampled_from(("RUTAN", "RUTAN PEG", "BAPAS")),
        st.tuples(st.just("RUTAN"), st.lists(_TIMES, min_size=1).map(tuple)),
    ),
    st.builds(
        Calendar,
        st.booleans(),
        st.frozensets(st.dates(datetime.date(2008, 4, 1), datetime.date(2008, 5, 31))),
    ),
    st.integers(1, 720).map(lambda minutes: minutes * 60.0),
    st.booleans(),
)
_MOMENTS = st.floats(1_207_000_000, 1_212_000_000)


def at(zone: str, hour: int, minute: int = 0, day: datetime.date = MONDAY) -> float:
    """A moment of a zone's own clock."""
    time = datetime.time(hour, minute)
    return datetime.datetime.combine(day, time, ZONES[zone]).timestamp()


class CalendarTests(SynchronousTestCase):
    """Days with deadlines."""

    def test_days(self) -> None:
        """Working days or all, never a holiday."""
        holiday = Calendar(False, frozenset({MONDAY}))
        for calendar, day, holds in (
            (Calendar(), MONDAY, True),
            (Calendar(), SUNDAY, False),
            (Calendar(), datetime.date(2008, 5, 2), True),
            (Calendar(), datetime.date(2008, 5, 3), False),
            (Calendar(False), SUNDAY, True),
            (holiday, MONDAY, False),
            (holiday, SUNDAY, True),
        ):
            self.assertIs(calendar.holds(day), holds, (calendar, day))


class DeadlineTests(SynchronousTestCase):
    """What is due by when."""

    def test_a_day(self) -> None:
        """Forms that share a time share a deadline."""
        ten, four = SCHEDULE.on("WIB", MONDAY)
        self.assertEqual([due.form for due in ten.forms], ["RUTAN", "BAPAS"])
        self.assertEqual([due.form for due in four.forms], ["RUTAN"])

    def test_a_report_counts_since_the_deadline_before(self) -> None:
        """The day's first deadline is met by any report for the day."""
        ten, four = SCHEDULE.on("WITA", MONDAY)
        self.assertEqual({due.since for due in ten.forms}, {0.0})
        self.assertEqual(four.forms[0].since, at("WITA", 10))

    def test_zones(self) -> None:
        """The same time is an hour earlier in the next zone to the east."""
        moments = [SCHEDULE.on(zone, MONDAY)[0].at for zone in ("WIB", "WITA", "WIT")]
        self.assertEqual(moments[0] - moments[1], 3600)
        self.assertEqual(moments[1] - moments[2], 3600)

    def test_no_deadlines(self) -> None:
        """A day without work has none."""
        self.assertEqual(SCHEDULE.on("WIB", SUNDAY), [])

    def test_a_lead_ends_at_midnight(self) -> None:
        """Nobody is reminded on the evening before of a report for the day."""
        early = Schedule({"RUTAN": ("RUTAN", (datetime.time(0, 10),))}, lead_s=3600)
        (deadline,) = early.on("WIB", MONDAY)
        self.assertEqual(deadline.remind_at, at("WIB", 0))

    def test_a_lead_ends_at_the_deadline_before(self) -> None:
        """What a unit sends until then does not count for this one."""
        schedule = Schedule({"RUTAN": ("RUTAN", (TEN, FOUR))}, lead_s=8 * 3600)
        first, second = schedule.on("WIB", MONDAY)
        self.assertEqual(first.remind_at, at("WIB", 2))
        self.assertEqual(second.remind_at, at("WIB", 10))

    def test_between_two_moments(self) -> None:
        """The later end is in, the earlier one is not."""
        for after, until, times in (
            (at("WIB", 9), at("WIB", 10), [TEN]),
            (at("WIB", 10), at("WIB", 15, 59), []),
            (at("WIB", 9, 59), at("WIB", 16), [TEN, FOUR]),
            (at("WIB", 16), at("WIB", 9, 59, datetime.date(2008, 4, 29)), []),
        ):
            found = SCHEDULE.due("WIB", after, until)
            self.assertEqual([deadline.time for deadline in found], times)

    def test_elsewhere(self) -> None:
        """The east comes first."""
        ten, _ = SCHEDULE.on("WITA", MONDAY)
        zones = [same.zone for same in SCHEDULE.elsewhere(ten)]
        self.assertEqual(zones, ["WIT", "WITA", "WIB"])


class RoundTests(SynchronousTestCase):
    """What is to be done at a moment."""

    def purposes(self, now: float) -> list[tuple[str, str, str, str]]:
        """The keys of the rounds that are open."""
        return sorted(planned.key for planned in SCHEDULE.rounds(now))

    def test_a_morning_in_the_west(self) -> None:
        """Reminders from the lead to the deadline, the digest from then on."""
        day = MONDAY.isoformat()
        key = ("WIB", day, "10:00")
        far = [("digest", zone, day, "10:00") for zone in ("WIT", "WITA")]
        for now, mine in (
            (at("WIB", 9, 29), []),
            (at("WIB", 9, 30), [("remind", *key)]),
            (at("WIB", 10) - 0.001, [("remind", *key)]),
            (at("WIB", 10), [("digest", *key)]),
        ):
            found = [key for key in self.purposes(now) if key[1] == "WIB"]
            self.assertEqual(found, mine, now)
        self.assertEqual(
            [key for key in self.purposes(at("WIB", 9, 29)) if key[1] != "WIB"],
            [key for key in far if key[1] in ("WIT", "WITA")],
        )

    def test_no_digests(self) -> None:
        """They can be left out."""
        silent = Schedule({"RUTAN": ("RUTAN", (TEN,))}, digest=False)
        self.assertEqual(silent.rounds(at("WIB", 10)), [])

    @given(_SCHEDULES, _MOMENTS)
    def test_the_next_opening_is_not_missed(
        self, schedule: Schedule, now: float
    ) -> None:
        """Between now and the next opening nothing opens; at it something does."""
        opening = schedule.next_opening(now)
        until = now + 86_400 if opening is None else opening
        middle = (now + until) / 2
        if middle < until:
            opened = {planned.key for planned in schedule.rounds(middle)}
            before = {planned.key for planned in schedule.rounds(now)}
            self.assertLessEqual(opened, before)
        if opening is not None:
            self.assertIn(
                opening, [planned.opens_at for planned in schedule.rounds(opening)]
            )

    @given(_SCHEDULES, _MOMENTS)
    def test_reminders_come_before_and_digests_after(
        self, schedule: Schedule, now: float
    ) -> None:
        """No reminder is open when its deadline has passed, no digest before."""
        for planned in schedule.rounds(now):
            deadline = planned.deadline
            self.assertEqual(now < deadline.at, planned.purpose is Purpose.REMIND)
            self.assertTrue(schedule.calendar.holds(deadline.day))
            local = datetime.datetime.fromtimestamp(deadline.at, ZONES[deadline.zone])
            self.assertEqual(
                (local.date(), local.time()), (deadline.day, deadline.time)
            )

    @given(_SCHEDULES, _MOMENTS)
    def test_keys_are_unique(self, schedule: Schedule, now: float) -> None:
        """No two rounds that are open share a key."""
        keys = [planned.key for planned in schedule.rounds(now)]
        self.assertEqual(len(keys), len(set(keys)))
