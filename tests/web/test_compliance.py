"""Who has reported: by deadline, of a month as a grid; and one unit's page."""

from __future__ import annotations

import datetime

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from smscentre.deadlines.calendar import Calendar
from smscentre.deadlines.schedule import Schedule
from smscentre.users import Role
from smscentre.web.means import Means
from smscentre.web.punctual import Deadlines, Mark, mark
from smscentre.web.site import site
from tests.texted import at, unit
from tests.web.figurepages import (
    DAY,
    MORNING,
    FigurePagesTestCase,
    csv_rows,
    xlsx_rows,
)
from tests.web.support import Browser

TEN, FOUR = datetime.time(10), datetime.time(16)
SCHEDULE = Schedule(
    {"RUTAN": ("RUTAN", (TEN, FOUR)), "BAPAS": ("BAPAS", (TEN,))}, Calendar()
)
YESTERDAY = MORNING - 86400


class MarkTests(SynchronousTestCase):
    """How reports stand to one deadline."""

    def test_table(self) -> None:
        """The first that counts decides; what comes later does not."""
        for times, since, now, expected in (
            ([], 0, 5, (Mark.AWAITED, None)),
            ([], 0, 10, (Mark.MISSING, None)),
            ([7], 0, 8, (Mark.IN_TIME, 7)),
            ([10], 0, 20, (Mark.IN_TIME, 10)),
            ([11], 0, 20, (Mark.LATE, 11)),
            ([7, 11], 0, 20, (Mark.IN_TIME, 7)),
            ([7], 7, 8, (Mark.AWAITED, None)),
            ([7, 9], 7, 20, (Mark.IN_TIME, 9)),
            ([11], 0, 10.5, (Mark.MISSING, None)),
        ):
            self.assertEqual(mark(times, since, 10, now), expected, (times, since, now))


class DeadlineTests(SynchronousTestCase):
    """The deadlines of a form, by the unit's own clock."""

    def test_zones(self) -> None:
        """Ten o'clock comes earlier in the east."""
        deadlines = Deadlines(SCHEDULE, "RUTAN")
        west, east = deadlines.on("WIB", DAY)[0], deadlines.on("WIT", DAY)[0]
        self.assertEqual((west.time, west.at - east.at), (TEN, 7200))

    def test_each_counts_from_the_one_before(self) -> None:
        """A morning's report is none for the afternoon."""
        first, second = Deadlines(SCHEDULE, "RUTAN").on("WIB", DAY)
        self.assertEqual((first.since, second.since), (0, first.at))

    def test_none(self) -> None:
        """A form without deadlines, and a day without them."""
        sunday = datetime.date(2024, 5, 12)
        self.assertEqual(Deadlines(SCHEDULE, "RUTAN").on("WIB", sunday), ())
        self.assertEqual(Deadlines(SCHEDULE, "RUTAN PEG").on("WIB", DAY), ())
        (one,) = Deadlines(SCHEDULE, "BASAN").standings("WIB", DAY, [5.0], 9.0)
        self.assertEqual((one.mark, one.at), (Mark.THERE, 5.0))


class CompliancePagesTestCase(FigurePagesTestCase):
    """Three prisons, one in the east; it is a quarter past ten in the capital."""

    units = (
        unit("101", name="LP_SATU"),
        unit("102", name="LP_DUA"),
        unit("103", name="LP_TIGA"),
        unit("801", "MALUKU", name="RT_AMBON", title="Rutan Kelas IIA Ambon"),
    )

    def make_means(self) -> Means:
        """With deadlines at ten and at four on working days."""
        return evolve(super().make_means(), schedule=SCHEDULE)

    def setUp(self) -> None:
        super().setUp()
        self.text("101", "RUTAN 1 1 1 1")
        self.text("102", "RUTAN 2 2 2 2", at("2024-05-14T10:05"))
        # A quarter past eight in Jakarta is after ten in Ambon.
        self.text("801", "RUTAN 3 3 3 3")
        self.text("103", "RUTAN 4 4 4 4", YESTERDAY)


class DayTests(CompliancePagesTestCase):
    """The list of a day."""

    def test_states(self) -> None:
        """In time, late and missing, by each unit's own clock."""
        table = self.table("/kepatuhan")
        self.assertEqual(table.row("LP_SATU")[1], "tepat waktu pukul 08.15")
        self.assertEqual(table.row("LP_DUA")[1], "terlambat pukul 10.05")
        self.assertEqual(table.row("LP_TIGA")[1], "belum lapor")
        self.assertEqual(table.row("RT_AMBON")[1], "terlambat pukul 10.15")
        self.assertEqual(table.row("LP_SATU")[2], "ditunggu")

    def test_last_report(self) -> None:
        """Who has not reported shows when he did last, and whose number that is."""
        row = self.table("/kepatuhan").row("LP_TIGA")
        self.assertEqual(row[3], "untuk 13 Mei 2024 dikirim 08.15")
        self.assertEqual(row[4], "Petugas 103 +62811****103")
        page = self.get("/kepatuhan").text
        self.assertNotIn("+6281112000103", page)

    def test_sums(self) -> None:
        """How many of all stand how."""
        words = self.browser.words("/kepatuhan")
        self.assertIn(
            "Wajib lapor 4 UPT Sudah lapor 3 75 % Terlambat 2 Belum lapor 1", words
        )

    def test_only_some(self) -> None:
        """Those that are missing, of one province."""
        table = self.table("/kepatuhan?keadaan=belum&provinsi=DKI")
        self.assertEqual([row[0].split()[0] for row in table.body], ["LP_TIGA"])
        words = self.browser.words("/kepatuhan?keadaan=belum&provinsi=MALUKU")
        self.assertIn("Tidak ada UPT yang cocok", words)
        self.assertNotIn("Provinsi", table.head[0])
        self.assertIn("Provinsi", self.table("/kepatuhan").head[0])

    def test_missing_by_report(self) -> None:
        """Each report says how many units lack it, so that none is overlooked."""
        self.texted.put(unit("901", kinds="BAPAS", name="BAPAS_SATU"))
        words = self.browser.words("/kepatuhan")
        self.assertIn(
            "Tahanan dan napi (1 UPT belum lapor ) Pegawai LP "
            "Klien Bapas (1 UPT belum lapor ) Pegawai Bapas Basan Baran",
            words,
        )
        self.assertNotIn(
            "UPT belum lapor )", self.browser.words("/kepatuhan?bulan=2024-05")
        )

    def test_a_day_without_deadlines(self) -> None:
        """Who reported and who did not; nobody is late."""
        self.text("101", "RUTAN 9 9 9 9 120524", MORNING + 60)
        table = self.table("/kepatuhan?tanggal=2024-05-12")
        self.assertEqual(table.row("LP_SATU")[1], "sudah lapor pukul 14 Mei 08.16")
        self.assertEqual(table.row("LP_DUA")[1], "belum lapor")

    def test_an_afternoon_that_was_missed(self) -> None:
        """A day that is over wants all of its reports."""
        row = self.table("/kepatuhan?tanggal=2024-05-13").row("LP_TIGA")
        self.assertEqual(row[1:3], ["tepat waktu pukul 08.15", "belum lapor"])

    def test_files(self) -> None:
        """Both say the same."""
        for rows in (
            csv_rows(self.get("/kepatuhan.csv")),
            xlsx_rows(self.get("/kepatuhan.xlsx")),
        ):
            found = {row["Kode"]: row["Batas 10.00"] for row in rows}
            self.assertEqual(found["103"], "belum lapor")
            self.assertEqual(found["801"], "terlambat")

    def test_refused(self) -> None:
        """What makes no sense."""
        for query in ("tanggal=x", "tanggal=2024-06-01", "provinsi=X", "bulan=2024-13",
                      "bulan=2024-06"):  # fmt: skip
            self.assertEqual(self.browser.get(f"/kepatuhan?{query}").status, 400, query)
        self.assertEqual(self.browser.get("/kepatuhan?laporan=x").status, 404)

    def test_scope(self) -> None:
        """Only what is the reader's."""
        browser = self.scoped("MALUKU")
        self.assertNotIn("LP_SATU", browser.get("/kepatuhan").text)
        self.assertEqual(browser.get("/kepatuhan?provinsi=DKI").status, 400)


class GridTests(CompliancePagesTestCase):
    """A month."""

    def test_units(self) -> None:
        """A letter a day, explained; days off are no fault."""
        table = self.table("/kepatuhan?bulan=2024-05&provinsi=DKI")
        row = table.row("LP_TIGA")
        # The 11th and 12th are a weekend.
        self.assertEqual(row[9:14], ["B", "", "", "T", "B"])
        self.assertEqual(row[-3:], ["1", "14", "7 %"])
        self.assertEqual(table.row("LP_DUA")[13], "X")
        words = self.browser.words("/kepatuhan?bulan=2024-05&provinsi=DKI")
        self.assertIn("T : tepat waktu", words)

    def test_provinces(self) -> None:
        """How many per cent have reported."""
        table = self.table("/kepatuhan?bulan=2024-05")
        self.assertEqual(table.row("DKI Jakarta")[12:14], ["33", "67"])
        self.assertEqual(table.row("Maluku")[-3:], ["1", "14", "7 %"])

    def test_staff(self) -> None:
        """Of staff the grid has when they were reported, not how long that holds."""
        self.text("101", "RUTAN PEG 1 2 3 4", YESTERDAY)
        table = self.table("/kepatuhan?bulan=2024-05&laporan=rutan-peg")
        self.assertEqual(table.row("DKI Jakarta")[11:14], ["0", "33", "0"])

    def test_files(self) -> None:
        """By date."""
        rows = csv_rows(self.get("/kepatuhan.csv?bulan=2024-05&provinsi=DKI"))
        self.assertEqual(rows[1]["2024-05-14"], "X")


class UnitPageTests(CompliancePagesTestCase):
    """``/upt/<code>``."""

    def test_figures(self) -> None:
        """What holds, when it was reported by the unit's own clock, and its course."""
        words = self.browser.words("/upt/801")
        self.assertIn("Rutan Kelas IIA Ambon", words)
        self.assertIn("Dilaporkan 10.15 WIT", words)
        self.assertIn("Tahanan 3 3 6 Narapidana 3 3 6 Penghuni 12", words)
        self.assertIn("Petugas 801 +62811****801", words)

    def test_any_day(self) -> None:
        """It can be asked for, and each report sent leads to its own."""
        page = self.get("/upt/103").text
        self.assertIn('name="tanggal" type="date" value="2024-05-14"', page)
        self.assertIn('<a href="/upt/103?tanggal=2024-05-13">13 Mei</a>', page)

    def test_to_correct_it(self) -> None:
        """Who may change figures has a button for it, others have none."""
        browser = Browser(site(self.means), Role.DATA)
        self.assertIn("Perbaiki angka Tahanan dan napi", browser.words("/upt/101"))
        self.assertIn("Isi angka Tahanan dan napi", browser.words("/upt/103"))
        self.assertNotIn("/admin/data", self.get("/upt/101").text)

    def test_not_reported(self) -> None:
        """It says so, and of what lasts since when."""
        self.text("103", "RUTAN PEG 1 2 3 4", YESTERDAY + 60)
        words = self.browser.words("/upt/103")
        self.assertIn("Belum dilaporkan untuk hari ini", words)
        self.assertIn("Laporan terakhir untuk 13 Mei 2024, dikirim 13 Mei 08.16", words)

    def test_history(self) -> None:
        """First reports, corrections and undos, with the words that were sent."""
        self.text("101", "RUTAN 1 1 1 99", MORNING + 60)
        self.text("101", "BATAL", MORNING + 120)
        words = self.browser.words("/upt/101")
        for expected in (
            "pembatalan Tahanan P 1, W 1; Narapidana P 1, W 1",
            "dibatalkan Tahanan P 1, W 1; Narapidana P 1, W 99 sebelumnya",
            "laporan pertama",
            "RUTAN 1 1 1 99",
            "BATAL",
        ):
            self.assertIn(expected, words)

    def test_a_long_history(self) -> None:
        """The last ten stand there, what came before them is folded in."""
        self.assertNotIn("kiriman sebelumnya", self.browser.words("/upt/101"))
        for turn in range(11):
            self.text("101", f"RUTAN 1 1 1 {20 + turn}", MORNING + 60 + turn)
        words = self.browser.words("/upt/101")
        recent, _, earlier = words.partition("2 kiriman sebelumnya")
        self.assertIn("RUTAN 1 1 1 30", recent)
        self.assertNotIn("RUTAN 1 1 1 20", recent)
        self.assertIn("RUTAN 1 1 1 20", earlier)

    def test_a_year(self) -> None:
        """The course over a year."""
        self.assertIn('class="course"', self.get("/upt/101?rentang=tahun").text)

    def test_not_there(self) -> None:
        """A unit that is none, or not the reader's, is no page."""
        for path in ("/upt/999", "/upt/%3Cb%3E", "/upt/..%2f"):
            self.assertEqual(self.browser.get(path).status, 404, path)
        browser = self.scoped("MALUKU")
        self.assertEqual(browser.get("/upt/101").status, 404)
        self.assertEqual(browser.get("/upt/801").status, 200)

    def test_before_it_was_there(self) -> None:
        """A day on which the unit did not count is a page that says so."""
        self.texted.put(unit("104", valid_from=DAY))
        words = self.browser.words("/upt/104?tanggal=2024-05-13")
        self.assertIn("tidak berlaku pada hari itu", words)


class TodayTests(CompliancePagesTestCase):
    """``/``."""

    def test_changes(self) -> None:
        """Against yesterday, over the units that reported for both days."""
        self.text("103", "RUTAN 4 4 4 9", MORNING + 60)
        words = self.browser.words("/")
        self.assertIn("Tahanan 20 0 dari kemarin (1 UPT yang sama)", words)
        self.assertIn("Narapidana 25 +5 dari kemarin (1 UPT yang sama)", words)
        html = self.get("/").text
        for key in ("tahanan_t", "napi_t"):
            self.assertIn(f"urut=-selisih_{key}", html)

    def test_coverage(self) -> None:
        """How many have reported, by province in words and in colour."""
        page = self.get("/").text
        self.assertIn("DKI Jakarta: 2 dari 3 UPT sudah lapor, 67 %", page)
        self.assertIn('<li class="c5 r5 level2">', page)
        self.assertIn('<li class="c12 r3 level4">', page)

    def test_attention(self) -> None:
        """Who lacks, who has been silent, who is too full."""
        self.texted.put(unit("105", name="LP_PENUH", capacity=2))
        self.text("105", "RUTAN 3 0 0 0")
        words = self.browser.words("/")
        self.assertIn("1 UPT belum lengkap laporannya hari ini", words)
        self.assertIn("Yang belum lapor: Tahanan dan napi: 1 UPT", words)
        self.assertIn(
            'href="/kepatuhan?laporan=rutan&amp;keadaan=belum"', self.get("/").text
        )
        self.assertIn("LP_PENUH : 3 orang, kapasitas 2", words)
        self.texted.put(unit("106", name="LP_DIAM"))
        self.means.clock.advance(10)  # type: ignore[attr-defined]  # it is a Clock
        self.assertIn(
            "LP_DIAM (Tahanan dan napi), belum pernah", self.browser.words("/")
        )

    def test_occupancy_map(self) -> None:
        """The provinces by how full they are."""
        self.texted.put(unit("105", capacity=2))
        self.text("105", "RUTAN 3 0 0 0")
        page = self.get("/?peta=hunian").text
        self.assertIn("DKI Jakarta: hunian 150 %, melebihi", page)
        self.assertIn("Maluku: hunian belum diketahui", page)

    def test_scope(self) -> None:
        """Only what is the reader's, one after the other."""
        self.assertIn("seluruh Indonesia", self.browser.words("/"))
        self.assertIn("tilemap", self.get("/").text)
        browser = self.scoped("MALUKU")
        words = browser.words("/")
        self.assertIn("Selasa, 14 Mei 2024, Maluku", words)
        self.assertIn("Tahanan 6 ", words)
        # A map of one province would say nothing.
        self.assertNotIn("tilemap", browser.get("/").text)
        self.assertIn("LP_DUA", self.scoped(unit="102").words("/laporan/rutan"))

    def test_flagged(self) -> None:
        """Figures that look like a slip are named."""
        self.text("103", "RUTAN 4 4 4 999", MORNING + 60)
        self.assertIn("1 laporan tampak janggal: LP_TIGA", self.browser.words("/"))
        self.assertIn("tampak janggal", self.browser.words("/upt/103"))

    def test_before_anything(self) -> None:
        """A store without units is a page."""
        self.texted.put(*[evolve(each, valid_until=DAY.replace(day=1)) for each in
                          self.units])  # fmt: skip
        self.assertEqual(self.browser.get("/").status, 200)
