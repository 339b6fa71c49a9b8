"""The report pages: what they show, how they are asked for, who sees what."""

from __future__ import annotations

from io import BytesIO
from zoneinfo import ZoneInfo

import openpyxl
from attrs import evolve

from smscentre.sections import WebConfig
from smscentre.web.means import Means
from smscentre.web.site import site
from tests.texted import unit
from tests.web.figurepages import (
    MORNING,
    FigurePagesTestCase,
    Table,
    csv_rows,
    xlsx_rows,
)
from tests.web.support import Browser

YESTERDAY = MORNING - 86400
LONG = "Lembaga Pemasyarakatan Perempuan Kelas IIA Sungguminasa"


def units_of(table: Table) -> list[str]:
    """The units of a table, without the sums between them."""
    names = [row[0].split()[0] for row in table.body]
    return [name for name in names if name != "Jumlah"]


class ReportsTestCase(FigurePagesTestCase):
    """Three prisons in two provinces, of which two have reported."""

    units = (
        unit("101", name="LP_CIPINANG", title=LONG, capacity=100, city="Jakarta"),
        unit("102", name="RT_SALEMBA", capacity=10),
        unit("201", "JABAR", name="LP_BANCEUY", capacity=50),
    )

    def setUp(self) -> None:
        super().setUp()
        self.text("101", "RUTAN 1500 2 3 4")
        self.text("201", "RUTAN 20 0 30 0", MORNING + 3600)


class DayTests(ReportsTestCase):
    """A report for a day."""

    def test_title_and_day(self) -> None:
        """The manual's title, the day, the place and when it was looked at."""
        words = self.browser.words("/laporan/rutan")
        self.assertIn("Jumlah Tahanan dan Narapidana LP", words)
        self.assertIn(
            "Selasa, 14 Mei 2024, seluruh Indonesia · Data per 10.15 WIB", words
        )

    def test_all_seven(self) -> None:
        """Each report has its page, with its abbreviations explained."""
        for slug, title, term in (
            ("rutan", "Jumlah Tahanan dan Narapidana LP", "W : Wanita"),
            ("rutan-peg", "Jumlah Pengaman dan Staff LP", "Pam : Pengamanan"),
            ("bapas", "Jumlah Klien Bapas", "CMB : Cuti Menjelang Bebas"),
            ("bapas-peg", "Jumlah Pegawai Bapas", "PK : Pembimbing Kemasyarakatan"),
            ("basan", "Jumlah Benda Sitaan Negara", "HWTBH : Hewan dan Tumbuhan"),
            ("baran", "Jumlah Barang Rampasan Negara", "BHY : Berbahaya"),
            ("rupbasan-peg", "Jumlah Pegawai Rupbasan", "Pml : Pemelihara"),
        ):
            words = self.browser.words(f"/laporan/{slug}")
            self.assertIn(title, words)
            self.assertIn(term, words)

    def test_provinces(self) -> None:
        """Sums by province with how many units are in them; the sum of all below."""
        table = self.table("/laporan/rutan")
        self.assertEqual(
            table.row("DKI Jakarta"),
            ["1.500", "2", "1.502", "3", "4", "7", "1.509", "110", "1.509 % melebihi",
             "1 dari 2"],
        )  # fmt: skip
        self.assertEqual(table.row("Jumlah")[-1], "2 dari 3")

    def test_units(self) -> None:
        """Names with codes and titles, when and by whom it was reported."""
        table = self.table("/laporan/rutan?per=upt")
        self.assertEqual(table.body[0][0], f"LP_CIPINANG 101 · {LONG}")
        self.assertEqual(table.row("LP_CIPINANG")[-1], "08.15 Petugas 101")
        self.assertEqual(table.row("LP_BANCEUY")[-1], "09.15 Petugas 201")

    def test_subtotals(self) -> None:
        """Each province's units are followed by their sum, unless sorted otherwise."""
        names = [row[0] for row in self.table("/laporan/rutan?per=upt").body]
        self.assertEqual(
            [names[2], names[4]], ["Jumlah DKI Jakarta", "Jumlah Jawa Barat"]
        )
        table = self.table("/laporan/rutan?per=upt&urut=jumlah")
        self.assertEqual(len(table.body), 3)
        self.assertEqual(len(self.table("/laporan/rutan?provinsi=DKI").body), 2)
        self.assertEqual(len(csv_rows(self.get("/laporan/rutan.csv?per=upt"))), 4)

    def test_not_reported(self) -> None:
        """It is a dash and not a nought, and it is said."""
        row = self.table("/laporan/rutan?per=upt").row("RT_SALEMBA")
        self.assertEqual(row[1:8], ["-"] * 7)
        self.assertEqual(row[-1], "belum lapor")

    def test_occupancy(self) -> None:
        """Red over, yellow at, green below: in colour and in a word."""
        self.text("102", "RUTAN 5 0 0 0", MORNING + 60)
        page = self.get("/laporan/rutan?per=upt").text
        self.assertIn('<span class="pill bad">1.509 % melebihi</span>', page)
        self.assertIn('<span class="pill warn">100 % penuh</span>', page)
        self.assertIn('<span class="pill good">50 % ada tempat</span>', page)

    def test_one_province(self) -> None:
        """A province shows its units; its name says so."""
        table = self.table("/laporan/rutan?provinsi=jabar")
        self.assertEqual([row[0].split()[0] for row in table.body], ["LP_BANCEUY"])
        words = self.browser.words("/laporan/rutan?provinsi=JABAR")
        self.assertIn("Provinsi Jawa Barat", words)

    def test_who_is_missing(self) -> None:
        """From how many units reported it is one step to those that did not."""
        link = "/kepatuhan?laporan=rutan&tanggal=2024-05-14&provinsi=DKI&keadaan=belum"
        page = self.get("/laporan/rutan?provinsi=DKI").text
        self.assertIn(f'<a href="{link.replace("&", "&amp;")}">1 belum</a>', page)
        self.assertIn("RT_SALEMBA", self.browser.words(link))
        for path in ("/laporan/rutan?provinsi=JABAR", "/laporan/rutan-peg"):
            self.assertNotIn(" belum</a>", self.get(path).text)
        anyone = Browser(site(self.means))
        self.assertNotIn("1 belum", anyone.words("/laporan/rutan?provinsi=DKI"))

    def test_links(self) -> None:
        """Provinces lead to their units, units to their pages, days to each other."""
        page = self.get("/laporan/rutan").text
        self.assertIn("/laporan/rutan?tanggal=2024-05-14&amp;provinsi=DKI", page)
        self.assertIn('href="/laporan/rutan?tanggal=2024-05-13"', page)
        self.assertNotIn("Hari berikutnya", page)
        before = self.get("/laporan/rutan?tanggal=2024-05-13&urut=-jumlah").text
        self.assertIn("/laporan/rutan?tanggal=2024-05-14&amp;urut=-jumlah", before)
        self.assertIn('href="/upt/101"', self.get("/laporan/rutan?per=upt").text)

    def test_staff_last(self) -> None:
        """Staff hold until the next report, whose day is named."""
        self.text("101", "RUTAN PEG 1 2 3 4", YESTERDAY)
        row = self.table("/laporan/rutan-peg?per=upt").row("LP_CIPINANG")
        self.assertEqual(row[1:], ["1", "2", "3", "3", "4", "7", "10",
                                   "13 Mei 08.15 Petugas 101"])  # fmt: skip

    def test_what_a_chart_shows_stands_in_words(self) -> None:
        """The course of a month, with a table beside it."""
        self.text("101", "RUTAN 10 0 0 0 130524", MORNING + 120)
        page = self.get("/laporan/rutan").text
        self.assertIn('<svg class="course"', page)
        self.assertIn("terakhir 1.559 pada 14 Mei 2024", page)
        self.assertIn("<td>10</td><td>1 dari 3</td>", page)


class ListTests(ReportsTestCase):
    """Sorting, searching, paging."""

    def order(self, query: str) -> list[str]:
        """The names of the lines, from top to bottom."""
        table = self.table(f"/laporan/rutan?per=upt&{query}")
        return units_of(table)

    def test_sorted(self) -> None:
        """By a column, falling with a minus; what was not reported comes last."""
        rising = ["LP_BANCEUY", "LP_CIPINANG", "RT_SALEMBA"]
        self.assertEqual(self.order("urut=jumlah"), rising)
        falling = ["LP_CIPINANG", "LP_BANCEUY", "RT_SALEMBA"]
        self.assertEqual(self.order("urut=-jumlah"), falling)
        self.assertEqual(
            self.order("urut=-upt"), ["RT_SALEMBA", *falling[:1], *falling[1:2]]
        )

    def test_what_is_no_column(self) -> None:
        """It leaves the lines as they are."""
        plain = self.order("")
        for odd in ("urut=ada", "urut=%3Cb%3E", "urut=-"):
            self.assertEqual(self.order(odd), plain)

    def test_the_head_says_how_it_is_sorted(self) -> None:
        """For who does not see it."""
        page = self.get("/laporan/rutan?urut=-jumlah").text
        self.assertIn('aria-sort="descending"', page)

    def test_search(self) -> None:
        """By name, code, city or place, capitals or not; the sums stay."""
        table = self.table("/laporan/rutan?per=upt&cari=sungguMINASA")
        self.assertEqual([row[0].split()[0] for row in table.body], ["LP_CIPINANG"])
        self.assertEqual(table.row("Jumlah")[-1], "2 dari 3")
        words = self.browser.words("/laporan/rutan?per=upt&cari=tidakada")
        self.assertIn('Tidak ada baris yang cocok dengan "tidakada"', words)

    def test_a_long_list(self) -> None:
        """A hundred lines a page, or all of them for paper."""
        self.texted.put(*[unit(f"9{at:03}") for at in range(150)])
        self.assertEqual(len(self.order("")), 100)
        self.assertEqual(len(self.order("hal=2")), 53)
        self.assertEqual(len(self.order("semua=1")), 153)


class PeriodTests(ReportsTestCase):
    """A period by day, with last, average and highest."""

    QUERY = "dari=2024-05-12&sampai=2024-05-14"

    def setUp(self) -> None:
        super().setUp()
        self.text("101", "RUTAN 1 1 1 1 130524", MORNING + 60)

    def test_provinces(self) -> None:
        """A column a day, and what sums it up."""
        table = self.table(f"/laporan/rutan?{self.QUERY}")
        self.assertEqual(
            table.row("DKI Jakarta"), ["-", "4", "1.509", "1.509", "757", "1.509"]
        )
        self.assertEqual(table.row("UPT lapor")[:3], ["0", "1", "2"])

    def test_units(self) -> None:
        """Units that sent nothing have a line as well."""
        table = self.table(f"/laporan/rutan?{self.QUERY}&per=upt")
        self.assertEqual(table.row("LP_BANCEUY")[1:4], ["-", "-", "50"])
        self.assertEqual(table.row("RT_SALEMBA")[1:], ["-"] * 6)

    def test_one_figure(self) -> None:
        """Instead of all, one group or column can be asked for."""
        table = self.table(f"/laporan/rutan?{self.QUERY}&isi=tahanan_t")
        self.assertEqual(table.row("DKI Jakarta")[:3], ["-", "2", "1.502"])

    def test_files(self) -> None:
        """Both have a column for each day by its date."""
        path = f"/laporan/rutan{{}}?{self.QUERY}&per=upt"
        (row, *_) = csv_rows(self.get(path.format(".csv")))
        self.assertEqual(
            [row[f"2024-05-{day}"] for day in (12, 13, 14)], ["", "4", "1509"]
        )
        (line, *_) = xlsx_rows(self.get(path.format(".xlsx")))
        # A day there is a day, and not a text that looks like one.
        self.assertEqual([line["2024-05-13 00:00:00"], line["Rata-rata"]], [4, 757])

    def test_what_a_file_has(self) -> None:
        """A workbook says which figure its days have; its tab has a whole name."""
        path = f"/laporan/rutan.xlsx?{self.QUERY}&per=upt"
        for shown, title in (
            ("", "Jumlah Tahanan dan Narapidana LP: Penghuni"),
            ("&isi=napi_w", "Jumlah Tahanan dan Narapidana LP: Narapidana wanita"),
        ):
            page = openpyxl.load_workbook(BytesIO(self.get(path + shown).body)).active
            self.assertEqual((page["A1"].value, page.title), (title, "rutan-upt"))

    def test_where_the_days_are(self) -> None:
        """A page of many units says above its table that the files have the days."""
        self.texted.put(*[unit(f"9{at:03}") for at in range(80)])
        page = self.get(f"/laporan/rutan?{self.QUERY}&per=upt").text
        words = "Kolom harian untuk semua UPT ada di berkas CSV dan XLSX"
        self.assertLess(page.index(words), page.index("<table"))

    def test_other_months(self) -> None:
        """From a month it is one step to the one before and the one after."""
        path = "/laporan/rutan?dari=2024-05-01&amp;sampai=2024-05-14"
        page = self.get("/laporan/rutan?dari=2024-04-01&sampai=2024-04-30").text
        self.assertIn(f'href="{path}" rel="next">Bulan berikutnya', page)
        path = "/laporan/rutan?dari=2024-04-01&amp;sampai=2024-04-30"
        page = self.get("/laporan/rutan?dari=2024-05-01&sampai=2024-05-14").text
        self.assertIn(f'href="{path}" rel="prev">Bulan sebelumnya', page)
        self.assertNotIn("Bulan berikutnya", page)
        self.assertNotIn("Bulan sebelumnya", self.browser.words(
            f"/laporan/rutan?{self.QUERY}"))  # fmt: skip

    def test_a_long_period(self) -> None:
        """It shows months, each by its last figure; a file has all days."""
        path = "/laporan/rutan{}?dari=2024-01-01&sampai=2024-05-14"
        table = self.table(path.format(""))
        self.assertEqual(table.head[0][1:6], ["Jan 2024", "Feb", "Mar", "Apr", "Mei"])
        self.assertEqual(table.row("DKI Jakarta")[3:5], ["-", "1.509"])
        self.assertEqual(len(csv_rows(self.get(path.format(".csv")))[0]), 1 + 135 + 3)

    def test_staff(self) -> None:
        """They hold on every day from their report on."""
        self.text("101", "RUTAN PEG 1 2 3 4 120524", MORNING + 120)
        table = self.table(f"/laporan/rutan-peg?{self.QUERY}&per=upt")
        self.assertEqual(table.row("LP_CIPINANG")[1:4], ["10", "10", "10"])


class OtherZoneTests(ReportsTestCase):
    """A centre by another clock than the country's."""

    def make_means(self) -> Means:
        """What the site works with, in a zone that has no name of ours."""
        return evolve(super().make_means(), zone=ZoneInfo("Asia/Singapore"))

    def test_a_day(self) -> None:
        """Days begin by that clock, and reports are shown by it."""
        words = self.browser.words("/laporan/rutan")
        self.assertIn("Selasa, 14 Mei 2024, seluruh Indonesia", words)
        self.assertIn("Data per 11.15 +08", words)

    def test_other_pages(self) -> None:
        """So are all that show figures."""
        for path in ("/", "/kepatuhan", "/kepatuhan?bulan=2024-05", "/upt/101"):
            self.get(path)


class ComparisonTests(ReportsTestCase):
    """Two days beside each other."""

    QUERY = "tanggal=2024-05-14&banding=2024-05-13"

    def setUp(self) -> None:
        super().setUp()
        self.text("101", "RUTAN 1490 2 3 4 130524", MORNING + 60)
        self.text("102", "RUTAN 7 0 0 0 130524", MORNING + 120)

    def test_units(self) -> None:
        """Both figures and their difference, only where there are both."""
        table = self.table(f"/laporan/rutan?{self.QUERY}&per=upt")
        self.assertEqual(table.row("LP_CIPINANG")[1:4], ["1.499", "1.509", "+10"])
        self.assertEqual(table.row("LP_CIPINANG")[4:7], ["1.492", "1.502", "+10"])
        self.assertEqual(table.row("RT_SALEMBA")[1:4], ["7", "-", "-"])

    def test_sums(self) -> None:
        """The difference of a sum is that of the units which reported for both."""
        table = self.table(f"/laporan/rutan?{self.QUERY}")
        self.assertEqual(table.row("DKI Jakarta")[:3], ["1.506", "1.509", "+10"])

    def test_where_a_change_comes_from(self) -> None:
        """Units that reported for one day only change a sum as well, and are listed."""
        words = self.browser.words(f"/laporan/rutan?{self.QUERY}")
        self.assertIn(
            "Lapor untuk Penghuni Tahanan Narapidana "
            "13 Mei: 2 UPT 1.506 1.499 7 "
            "keduanya: 1 UPT +10 +10 0 "
            "hanya 13 Mei: 1 UPT \N{MINUS SIGN}7 \N{MINUS SIGN}7 0 "
            "hanya 14 Mei: 1 UPT +50 +20 +30 "
            "14 Mei: 2 UPT 1.559 1.522 37",
            words,
        )

    def test_the_units_of_one_day_only(self) -> None:
        """They can be put first, the greatest first."""
        self.text("102", "RUTAN 0 1 0 0 120524", MORNING + 180)
        path = f"/laporan/rutan?{self.QUERY}&per=upt"
        for sort, first in (("lapor_kini", "RT_SALEMBA"), ("lapor_dulu", "LP_BANCEUY")):
            link = f"{path}&urut=-{sort}".replace("&", "&amp;")
            self.assertIn(f'href="{link}"', self.get(path).text)
            table = self.table(f"{path}&urut=-{sort}")
            self.assertTrue(table.body[0][0].startswith(first), sort)

    def test_corrections(self) -> None:
        """What was changed after the first report is listed, to who may see it."""
        path = f"/laporan/rutan?{self.QUERY}"
        self.assertIn("masih seperti laporan pertamanya", self.browser.words(path))
        self.text("101", "RUTAN 1500 2 3 40", MORNING + 300)
        words = self.browser.words(path)
        self.assertIn(
            "08.20 LP_CIPINANG 14 Mei perbaikan Tahanan P 1.500, W 2; Narapidana "
            "P 3, W 40 sebelumnya Tahanan P 1.500, W 2; Narapidana P 3, W 4",
            words,
        )
        self.assertIn("1 perbaikan atau pembatalan untuk 14 Mei", words)
        self.assertNotIn("Perbaikan dan", Browser(site(self.means)).words(path))

    def test_sorted_by_change(self) -> None:
        """What changed most can be put first, whether it rose or fell."""
        self.text("201", "RUTAN 90 0 30 0 130524", MORNING + 180)
        query = f"{self.QUERY}&per=upt&urut=-selisih_jumlah"
        table = self.table(f"/laporan/rutan?{query}")
        self.assertEqual(units_of(table), ["LP_BANCEUY", "LP_CIPINANG", "RT_SALEMBA"])

    def test_files(self) -> None:
        """A difference is a number there."""
        path = f"/laporan/rutan{{}}?{self.QUERY}&per=upt"
        (row, *_) = csv_rows(self.get(path.format(".csv")))
        self.assertEqual(row["Penghuni Selisih"], "10")
        (line, *_) = xlsx_rows(self.get(path.format(".xlsx")))
        self.assertEqual(line["Penghuni Selisih"], 10)


class AskedTests(ReportsTestCase):
    """What makes no sense is refused with what to write instead."""

    def test_refused(self) -> None:
        """A bad day, period, province, line or figure."""
        for query, advice in (
            ("tanggal=14-05-2024", "Tanggal ditulis seperti 2026-08-17"),
            ("tanggal=2024-02-30", "Tanggal ditulis seperti"),
            ("tanggal=0001-01-01", "Tanggal ditulis seperti"),
            ("tanggal=2024-05-20", "Senin, 20 Mei 2024 belum tiba."),
            ("dari=2024-05-14", "Isi kedua tanggal"),
            ("dari=2024-05-14&sampai=2024-05-01", "harus sebelum"),
            ("dari=2020-05-14&sampai=2024-05-01", "paling lama 366 hari"),
            ("banding=x", "Tanggal ditulis seperti"),
            ("provinsi=ATLANTIS", "Provinsi itu tidak ada"),
            ("per=kota", "per harus salah satu dari: upt, provinsi, indonesia"),
            ("dari=2024-05-01&sampai=2024-05-14&isi=x", "isi harus salah satu"),
        ):
            for ending in ("", ".csv", ".xlsx"):
                answer = self.browser.get(f"/laporan/rutan{ending}?{query}")
                self.assertEqual(answer.status, 400, query)
                self.assertIn(advice, answer.text)

    def test_no_such_report(self) -> None:
        """It is no page."""
        for path in ("/laporan/x", "/laporan/x.csv", "/laporan/rutan.pdf"):
            self.assertEqual(self.browser.get(path).status, 404, path)

    def test_the_first_report(self) -> None:
        """The address of all leads to the first."""
        self.assertEqual(
            self.browser.get("/laporan").headers["location"], "/laporan/rutan"
        )

    def test_before_anything(self) -> None:
        """Days and provinces without any unit or report are pages, too."""
        for query in (
            "tanggal=2001-01-01",
            "provinsi=BALI",
            "dari=2001-01-01&sampai=2001-12-31&per=upt",
            "tanggal=2001-01-02&banding=2001-01-01",
            "per=indonesia&provinsi=BALI",
        ):
            for slug in ("rutan", "rutan-peg", "basan"):
                for ending in ("", ".csv", ".xlsx"):
                    self.get(f"/laporan/{slug}{ending}?{query}")


class ScopeTests(ReportsTestCase):
    """Who sees what."""

    def names(self, browser: Browser, query: str = "per=upt") -> list[str]:
        """The units that a page shows."""
        return units_of(Table.of(browser.get(f"/laporan/rutan?{query}").text))

    def test_a_province(self) -> None:
        """Its units and sums only; others are refused."""
        browser = self.scoped("JABAR")
        self.assertEqual(self.names(browser, ""), ["LP_BANCEUY"])
        answer = browser.get("/laporan/rutan?provinsi=DKI")
        self.assertEqual(answer.status, 400)
        self.assertIn("di luar wilayah Anda", answer.text)
        self.assertIn("Jawa Barat", browser.words("/laporan/rutan"))

    def test_some_provinces(self) -> None:
        """Several, each of which can be looked at."""
        browser = self.scoped("JABAR|BALI")
        self.assertEqual(self.names(browser), ["LP_BANCEUY"])
        self.assertEqual(browser.get("/laporan/rutan?provinsi=BALI").status, 200)
        self.assertNotIn("DKI", browser.get("/laporan/rutan").text)

    def test_a_unit(self) -> None:
        """Itself only, whatever is asked for."""
        browser = self.scoped(unit="102")
        for query in ("", "provinsi=JABAR", "per=provinsi", "banding=2024-05-13"):
            self.assertEqual(self.names(browser, query), ["RT_SALEMBA"], query)

    def test_in_files(self) -> None:
        """The same holds for them."""
        browser = self.scoped("JABAR")
        rows = csv_rows(browser.get("/laporan/rutan.csv?per=upt"))
        self.assertEqual([row["Kode"] for row in rows], ["201", ""])

    def test_without_a_login(self) -> None:
        """Public reports do not say who reported."""
        page = Browser(site(self.means)).get("/laporan/rutan?per=upt")
        self.assertEqual(page.status, 200)
        self.assertNotIn("Petugas 101", page.text)
        rows = csv_rows(Browser(site(self.means)).get("/laporan/rutan.csv?per=upt"))
        self.assertNotIn("Pelapor", rows[0])


class PrivateTests(ReportsTestCase):
    """Reports that are not public."""

    def make_means(self) -> Means:
        """As it is unless the configuration says otherwise."""
        return evolve(super().make_means(), config=WebConfig())

    def test_need_a_login(self) -> None:
        """Pages and files alike."""
        browser = Browser(site(self.means))
        for path in ("/laporan/rutan", "/laporan/rutan.csv", "/laporan/rutan.xlsx"):
            answer = browser.get(path)
            self.assertEqual(answer.status, 303)
            self.assertIn("/masuk", answer.headers["location"])
