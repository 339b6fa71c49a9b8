"""Numbers, dates, ages and names as Indonesian readers expect them."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.at.answers import Registration
from smscentre.commands.replies import TEXTS
from smscentre.messages import ModemAlarm
from smscentre.web import wording
from tests.web.support import NOW, WIB


class FigureTests(SynchronousTestCase):
    """Figures."""

    def test_thousands(self) -> None:
        """Dots stand between thousands."""
        rows = [(0, "0"), (999, "999"), (1000, "1.000"), (9_999_999, "9.999.999")]
        for value, expected in rows:
            self.assertEqual(wording.figure(value), expected)

    def test_nothing(self) -> None:
        """What nobody reported is a dash, not zero."""
        self.assertEqual(wording.figure(None), "-")

    @given(st.integers(0, 10**9))
    def test_same_number(self, value: int) -> None:
        """Without its dots a figure is the number again."""
        self.assertEqual(int(wording.figure(value).replace(".", "")), value)


class TimeTests(SynchronousTestCase):
    """Days, moments and ages."""

    def test_long_date(self) -> None:
        """A day is named in words."""
        rows = [
            (datetime.date(2024, 5, 14), "Selasa, 14 Mei 2024"),
            (datetime.date(2008, 4, 27), "Minggu, 27 April 2008"),
            (datetime.date(2024, 12, 1), "Minggu, 1 Desember 2024"),
        ]
        for day, expected in rows:
            self.assertEqual(wording.long_date(day), expected)

    def test_moment(self) -> None:
        """A moment of today has no day, any other has."""
        midnight = NOW - (8 * 3600 + 15 * 60 + 30)
        rows = [
            (NOW, "08.15.30"),
            (midnight, "00.00.00"),
            (midnight - 1, "13 Mei 23.59"),
            (midnight + 86400, "15 Mei 00.00"),
        ]
        for at, expected in rows:
            self.assertEqual(wording.moment(at, NOW, WIB), expected)

    def test_age(self) -> None:
        """An age has at most two units, and is never negative."""
        rows = [
            (-3.0, "0 dtk"),
            (0.4, "0 dtk"),
            (59.9, "59 dtk"),
            (60.0, "1 mnt"),
            (61.0, "1 mnt 1 dtk"),
            (3600.0, "1 jam"),
            (3659.0, "1 jam"),
            (7500.0, "2 jam 5 mnt"),
            (90000.0, "1 hari 1 jam"),
        ]
        for seconds, expected in rows:
            self.assertEqual(wording.age(seconds), expected)


class ModemTests(SynchronousTestCase):
    """What modems tell of themselves."""

    def test_registrations(self) -> None:
        """Each that a modem may have is said in Indonesian, and differently."""
        said = {wording.registration(one.value) for one in Registration}
        self.assertEqual(len(said), len(Registration))
        self.assertFalse(said & {one.value for one in Registration})

    def test_no_registration(self) -> None:
        """One that was not told is a dash, one that is new shows as it is."""
        self.assertEqual(wording.registration(""), "-")
        self.assertEqual(wording.registration("elsewhere"), "elsewhere")

    def test_signal(self) -> None:
        """The number with a word, for who does not know the scale."""
        rows = [
            (None, "-"),
            (-51, "\u221251 dBm (kuat)"),
            (-85, "\u221285 dBm (kuat)"),
            (-87, "\u221287 dBm (cukup)"),
            (-100, "\u2212100 dBm (cukup)"),
            (-101, "\u2212101 dBm (lemah)"),
        ]
        for dbm, expected in rows:
            self.assertEqual(wording.signal(dbm), expected)


class NameTests(SynchronousTestCase):
    """States and outcomes."""

    def test_unknown_names(self) -> None:
        """A name that is new here is shown as it is."""
        self.assertEqual(wording.state("on_its_way"), "on its way")
        self.assertEqual(wording.outcome("new_thing"), "new thing")
        self.assertEqual(wording.kind_name("carrier pigeon"), "carrier pigeon")

    def test_alarms(self) -> None:
        """Each has words of its own."""
        words = {wording.alarm(alarm) for alarm in ModemAlarm}
        self.assertEqual(len(words), len(ModemAlarm))

    def test_refusals(self) -> None:
        """Each reply that a command may end in has a name here."""
        # Help and lists have an outcome in common; these are no answers by themselves.
        others = {"partial", "not_stored", "remind", "digest"}
        others |= {name for name in TEXTS if name.startswith(("help", "list"))}
        missing = [
            name
            for name in TEXTS
            if name not in others and wording.outcome(name) == name.replace("_", " ")
        ]
        self.assertEqual(missing, [])
