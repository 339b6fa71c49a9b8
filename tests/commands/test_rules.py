"""Rules that need a history or a clock: days, updates, repetitions, sums."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from attrs import evolve, frozen
from twisted.trial.unittest import SynchronousTestCase

from smscentre.directory import Directory, Unit
from smscentre.interfaces import Report
from tests.commands.office import (
    DIRECTORY,
    MORNING,
    UNITS,
    Office,
    moment,
)

_TEXT = "RUTAN 82 54 36 39"
_DAY = datetime.date(2008, 4, 27)


class _Tests(SynchronousTestCase):
    """A fresh office for each test."""

    def setUp(self) -> None:
        self.office = Office()


class UpdateTests(_Tests):
    """The later submission of a day counts."""

    def test_update(self) -> None:
        """The first of a day is an insert, a later one an update."""
        first = self.office.ask(_TEXT)
        second = self.office.ask("RUTAN 83 54 36 39", at=MORNING + 60)
        self.assertEqual((first.name, second.name), ("insert", "update"))
        self.assertTrue(second.reply.startswith("Update Data UPT 1203/"))
        self.assertEqual(second.reply[6:], first.reply[6:].replace("82", "83"))

    def test_update_holds(self) -> None:
        """A query shows the later figures."""
        self.office.ask(_TEXT)
        self.office.ask("RUTAN 1 2 3 4", at=MORNING + 60)
        reply = self.office.ask("RUTAN GETUPT").reply
        self.assertIn("Tahanan P=1, W=2, T=3", reply)

    def test_previous(self) -> None:
        """The effect of an update carries the submission it replaces."""
        self.office.ask(_TEXT)
        (effect,) = self.office.ask("RUTAN 1 2 3 4", at=MORNING + 60).effects
        assert isinstance(effect, Report)
        self.assertEqual(effect.previous, self.office.ledger.history[0])

    def test_every_form(self) -> None:
        """A form of another name or day is a first submission of its own."""
        for text in (_TEXT, "RUTAN PEG 1 2 3 4", "BAPAS 1 2 3 4", f"{_TEXT} KEMARIN"):
            self.assertEqual(self.office.ask(text).name, "insert", text)


class RepeatTests(_Tests):
    """The same message again within ten minutes."""

    def test_same_reply(self) -> None:
        """It gets the same reply and stores nothing."""
        first = self.office.ask(_TEXT)
        second = self.office.ask(_TEXT, at=MORNING + 599)
        self.assertEqual(second.name, "repeat")
        self.assertEqual(second.reply, first.reply)
        self.assertEqual(second.effects, ())

    def test_of_an_update(self) -> None:
        """An update repeated is answered as an update."""
        self.office.ask("RUTAN 1 2 3 4")
        update = self.office.ask(_TEXT, at=MORNING + 5)
        repeat = self.office.ask(_TEXT, at=MORNING + 10)
        self.assertEqual(repeat.name, "repeat")
        self.assertEqual(repeat.reply, update.reply)

    def test_ten_minutes_later(self) -> None:
        """It is a submission again."""
        self.office.ask(_TEXT)
        self.assertEqual(self.office.ask(_TEXT, at=MORNING + 600).name, "update")

    def test_of_another_officer(self) -> None:
        """A colleague's message is a submission."""
        self.office.ask(_TEXT)
        self.assertEqual(self.office.ask(_TEXT, "reporter").name, "update")

    def test_after_another_text(self) -> None:
        """What was replaced in between is a submission again."""
        self.office.ask(_TEXT)
        self.office.ask("RUTAN 1 2 3 4", at=MORNING + 5)
        self.assertEqual(self.office.ask(_TEXT, at=MORNING + 10).name, "update")

    def test_by_arrival(self) -> None:
        """The ten minutes are those between arrivals."""
        self.office.ask(_TEXT, at=MORNING, arrived=MORNING + 3600)
        again = self.office.ask(_TEXT, at=MORNING + 1800, arrived=MORNING + 3660)
        self.assertEqual(again.name, "repeat")


@frozen
class DayCase:
    """A moment, who sends then, the day it counts for, whether that is named."""

    officer: str
    sent: float
    day: datetime.date
    named: bool
    delay_s: float = 0.0


_WIT = ZoneInfo("Asia/Jayapura")
_BEFORE = datetime.date(2008, 4, 26)

DAYS = (
    DayCase("unit", moment(27, 9), _DAY, False),
    DayCase("unit", moment(27, 0), _DAY, True),
    DayCase("unit", moment(27, 3, 59), _DAY, True),
    DayCase("unit", moment(27, 4), _DAY, False),
    DayCase("unit", moment(26, 23, 59), _BEFORE, False),
    DayCase("unit", moment(26, 23, 59), _BEFORE, True, delay_s=120),
    DayCase("unit", moment(27, 9), _DAY, False, delay_s=3600),
    DayCase("ambon", moment(26, 22, 30), _DAY, True),
    DayCase("ambon", moment(27, 4, 0, _WIT), _DAY, False),
    DayCase("ambon", moment(26, 23, 59, _WIT), _BEFORE, False),
)


class DayTests(_Tests):
    """Which day an insert without a date is for."""

    def test_table(self) -> None:
        """The day is the unit's own; it is named where a reader could err."""
        for case in DAYS:
            with self.subTest(case=case):
                outcome = Office().ask(
                    _TEXT, case.officer, case.sent, case.sent + case.delay_s
                )
                (report,) = outcome.effects
                assert isinstance(report, Report)
                self.assertEqual(report.day, case.day)
                self.assertEqual(" tgl: " in outcome.reply, case.named)

    def test_named_in_every_form(self) -> None:
        """The day follows the unit, whatever the form."""
        for text in (
            "RUTAN 1 2 3 4",
            "RUTAN PEG 1 2 3 4",
            "BAPAS 1 2 3 4",
            "BAPAS PEG 1 2 3 4",
            "RUPBASAN BASAN 1 2 3 4 5",
            "RUPBASAN BARAN 1 2 3 4 5",
            "RUPBASAN PEG 1 2 3 4 5 6 7 8",
        ):
            reply = self.office.ask(f"{text} 260408").reply
            self.assertIn(" 1203/LP_CIPINANG2/DKI tgl: 260408 berhasil, ", reply)

    def test_zone_of_a_refusal(self) -> None:
        """A day that has not come yet is judged by the unit's clock."""
        early = moment(27, 23)
        self.assertEqual(self.office.ask(f"{_TEXT} 280408", at=early).name, "future")
        reply = self.office.ask(f"{_TEXT} 290408", "ambon", at=early).reply
        self.assertIn("(hari ini 280408 WIT)", reply)
        stored = self.office.ask(f"{_TEXT} 280408", "ambon", at=early)
        self.assertEqual(stored.name, "insert")

    def test_query_of_a_region(self) -> None:
        """A sender without a unit asks by the centre's clock."""
        reply = self.office.ask("RUTAN GETALL", "kaltim", moment(26, 23, 30)).reply
        self.assertIn("tgl 260408", reply)


class SumTests(_Tests):
    """What a query adds up."""

    def _report(self, unit: str, form: str, day: int, *values: int) -> None:
        date = datetime.date(2008, 4, day)
        self.office.stored(Report(unit, form, date, values))

    def test_province(self) -> None:
        """All units of the province are added; nothing follows when all are there."""
        self._report("1201", "RUTAN", 27, 1, 2, 3, 4)
        self._report("1203", "RUTAN", 27, 10, 20, 30, 40)
        self._report("1301", "RUTAN", 27, 100, 0, 0, 0)
        reply = self.office.ask("RUTAN GETPROV DKI").reply
        self.assertIn("Tahanan P=11, W=22, T=33 / Napi P=33, W=44, T=77", reply)
        self.assertNotIn("Lapor", reply)

    def test_partial(self) -> None:
        """Units that have not reported are told, of those valid on that day."""
        self._report("1201", "RUTAN", 19, 1, 2, 3, 4)
        self._report("1201", "RUTAN", 27, 1, 2, 3, 4)
        today = self.office.ask("RUTAN GETPROV DKI")
        before = self.office.ask("RUTAN GETPROV DKI 190408")
        self.assertTrue(today.reply.endswith(" Lapor 1/2 UPT."))
        self.assertTrue(before.reply.endswith(" Lapor 1/3 UPT."))

    def test_counts_hold_for_their_day(self) -> None:
        """Head counts of the day before are not shown."""
        self._report("1203", "RUTAN", 26, 1, 2, 3, 4)
        reply = self.office.ask("RUTAN GETUPT").reply
        self.assertTrue(reply.startswith("Belum ada data Rutan UPT1203 tgl 270408"))

    def test_staff_stay(self) -> None:
        """The last staff report up to the day is taken, not a later one."""
        self._report("1203", "RUTAN", 26, 1, 2, 3, 4)
        self._report("1203", "RUTAN PEG", 1, 5, 5, 5, 5)
        self._report("1203", "RUTAN PEG", 20, 6, 6, 6, 6)
        self._report("1203", "RUTAN PEG", 27, 7, 7, 7, 7)
        reply = self.office.ask("RUTAN GETUPT 260408").reply
        self.assertIn("Pam P=6, W=6, T=12 / Staf P=6, W=6, T=12", reply)

    def test_not_reported_is_not_zero(self) -> None:
        """What nobody reported is a dash, zero is zero."""
        self._report("1203", "BAPAS", 27, 0, 0, 0, 0)
        reply = self.office.ask("BAPAS GETUPT").reply
        self.assertIn("PB=0, CMB=0, CB=0, PIB=0, T=0 / PK P=-, W=-, T=-", reply)

    def test_staff_alone_is_no_data(self) -> None:
        """Staff without a head count is answered as nothing."""
        self._report("1203", "RUTAN PEG", 27, 1, 2, 3, 4)
        reply = self.office.ask("RUTAN GETUPT").reply
        self.assertIn("belum pernah ada sebelumnya", reply)

    def test_latest_day(self) -> None:
        """Nothing on a day names the latest day that has something."""
        self._report("1203", "BAPAS", 3, 1, 2, 3, 4)
        self._report("1203", "BAPAS", 5, 1, 2, 3, 4)
        reply = self.office.ask("BAPAS GETPROV").reply
        self.assertTrue(
            reply.endswith("Data terakhir: 050408. Kirim: BAPAS GETPROV DKI 050408")
        )

    def test_goods(self) -> None:
        """Both sorts of goods show the same staff."""
        self._report("1371", "RUPBASAN BASAN", 27, 1, 2, 3, 4, 5)
        self._report("1371", "RUPBASAN BARAN", 27, 5, 4, 3, 2, 1)
        self._report("1371", "RUPBASAN PEG", 27, 1, 1, 2, 2, 3, 3, 4, 4)
        staff = "/Pam P=1, W=1, T=2/Staf P=2, W=2, T=4/Pnl P=3, W=3, T=6/Pml P=4, W=4"
        for sort, goods in (("BASAN", "UM=1, BHG=2"), ("BARAN", "UM=5, BHG=4")):
            reply = self.office.ask(f"RUPBASAN {sort} GETPROV JABAR").reply
            self.assertTrue(reply.startswith(f"{sort.title()} JABAR 270408 {goods}"))
            self.assertIn(staff, reply)


class ListTests(SynchronousTestCase):
    """Lists that are longer than a reply."""

    def test_units(self) -> None:
        """As many units as fit are shown, with the number of all."""
        units = [
            Unit(str(code), f"LP_NAMA_PANJANG{code % 10}", "", "DKI", frozenset())
            for code in range(1400, 1450)
        ]
        directory = Directory.of(DIRECTORY.provinces.values(), units)
        office = Office(evolve(directory, officers=DIRECTORY.officers))
        outcome = office.ask("UPT nama", "national")
        self.assertEqual(outcome.name, "list")
        self.assertTrue(outcome.reply.startswith("50 UPT: 1400 LP_NAMA_PANJANG0 (DKI)"))
        self.assertIn(" dan lain-lain.", outcome.reply)
        self.assertLessEqual(len(outcome.reply), 160)

    def test_all_provinces(self) -> None:
        """The pages hold every keyword once."""
        office, pages = Office(), ["PROV", "PROV 2"]
        replies = [office.ask(page, "national").reply for page in pages]
        words = " ".join(replies).replace(".", "").split()
        for keyword in DIRECTORY.provinces:
            self.assertEqual(words.count(keyword), 1, keyword)

    def test_page_beyond_the_last(self) -> None:
        """A page that is not there is the last one."""
        office = Office()
        last = office.ask("PROV 2").reply
        self.assertEqual(office.ask("PROV 99999999999").reply, last)
        self.assertEqual(office.ask("PROV 0").reply, office.ask("PROV").reply)


class CodeTests(SynchronousTestCase):
    """Codes of units that look like something else."""

    def setUp(self) -> None:
        units = [
            *UNITS,
            Unit("120304", "RT_ENAM", "", "DKI", frozenset({"RUTAN"})),
            Unit("12", "RT_DUA", "", "DKI", frozenset({"RUTAN"}), aliases=("1203",)),
        ]
        directory = Directory.of(DIRECTORY.provinces.values(), units)
        self.office = Office(evolve(directory, officers=DIRECTORY.officers))

    def test_code_that_is_a_day(self) -> None:
        """Alone it is the unit; behind a unit it is the day."""
        self.assertIn("UPT120304", self.office.ask("RUTAN GETUPT 120304").reply)
        reply = self.office.ask("RUTAN GETUPT 1201 120304").reply
        self.assertIn("UPT1201 tgl 120304", reply)

    def test_code_before_alias(self) -> None:
        """A code is that unit, though it be another's alias."""
        self.assertIn("UPT1203 ", self.office.ask("RUTAN GETUPT 1203").reply)
