"""Nothing that others wrote is live: on no page, in no CSV, in no workbook.

Names of units, titles, cities, officers and the texts of SMS may hold HTML, formulas,
controls and marks of direction. Each is shown as text, and nothing of it is hidden.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from typing import Final
from zipfile import ZipFile

import openpyxl
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from twisted.trial.unittest import SynchronousTestCase

from smscentre.store.tables import officers, submissions
from smscentre.web.exports import csv_file, xlsx_file
from smscentre.web.figuretable import Order, figure_table
from smscentre.web.inert import inert
from smscentre.web.sheet import Cell, Column, Kind, Sheet
from tests.texted import unit
from tests.web.figurepages import MORNING, FigurePagesTestCase, csv_rows
from tests.web.support import Answer

HOSTILE: Final = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</td></tr></table><h1>x",
    "<!-- --><style>*{display:none}</style>",
    "{{ 7*7 }}{% raw %}",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "\t=1+1",
    " =1+1",
    "\r\n=1+1",
    "＝1+1",
    "＋1",
    "\u202egnp.exe",
    "\u2066x\u2069\u200f\u061c",
    "nol\u200blebar\ufeff",
    "bel\x07\x1b[31m\x08hapus",
    "baris\x85\u2028\u2029baru",
    "tag\U000e0041\U000e007f",
    "http://contoh.test/",
    "javascript:alert(1)",
    "a" * 500,
    "'; DROP TABLE units; --",
    "&lt;b&gt;&#60;",
)
"""Each is one field of somebody's."""

_HIDDEN: Final = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

texts = st.text(max_size=40) | st.sampled_from(HOSTILE)


def hidden(text: str) -> set[str]:
    """The characters of a text that nobody sees, but what ends lines of HTML."""
    return {
        letter
        for letter in text
        if unicodedata.category(letter) in _HIDDEN and letter not in "\r\n\t"
    }


class _Tags(HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def sheet(*cells: str) -> Sheet:
    """A sheet whose every word is somebody's."""
    columns = tuple(Column(cell, Kind.TEXT, meaning=cell) for cell in cells)
    lines = (tuple(Cell(cell, note=cell) for cell in cells),)
    return Sheet("s", cells[0], columns, lines, lines, cells, cells, ((cells[0],) * 2,))


class SheetTests(SynchronousTestCase):
    """Whatever stands in a sheet."""

    @given(st.lists(texts, min_size=1, max_size=4))
    def test_csv(self, cells: list[str]) -> None:
        """No cell is a formula, none holds what is not seen."""
        text = csv_file(sheet(*cells)).decode("utf-8-sig")
        self.assertEqual(hidden(text), set())
        for cell in re.split(r"[,\r\n]+", text):
            self.assertFalse(cell.strip('"').startswith(_FORMULA), cell)

    @given(st.lists(texts, min_size=1, max_size=4))
    def test_xlsx(self, cells: list[str]) -> None:
        """Every cell is a text: no formula, no link, nothing that runs."""
        content = xlsx_file(sheet(*cells))
        for row in openpyxl.load_workbook(BytesIO(content)).active.iter_rows():
            for cell in row:
                self.assertIn(cell.data_type, ("s", "n"))
                self.assertIsNone(cell.hyperlink)
                self.assertEqual(hidden(str(cell.value or "")), set())
        names = ZipFile(BytesIO(content)).namelist()
        self.assertNotIn("vba", " ".join(names).lower())
        self.assertFalse([name for name in names if "externalLink" in name])

    @given(st.lists(texts, min_size=1, max_size=4))
    def test_html(self, cells: list[str]) -> None:
        """A table has the tags that it is made of, and text."""
        html = figure_table(
            sheet(*cells), sheet(*cells).lines, Order("", False, lambda *_: "")
        )
        tags = _Tags()
        tags.feed(html)
        known = {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "small", "abbr"}
        self.assertLessEqual({tag for tag, _ in tags.tags}, known)
        self.assertEqual(len([tag for tag, _ in tags.tags if tag == "tr"]), 3)

    @given(st.text())
    def test_inert(self, text: str) -> None:
        """Nothing hidden is left, and nothing that is seen is changed."""
        shown = inert(text)
        self.assertEqual(hidden(shown), set())
        self.assertEqual(len(shown), len(text))
        for before, after in zip(text, shown, strict=True):
            if unicodedata.category(before) not in {*_HIDDEN, "Mn", "Cn"}:
                self.assertEqual(after, before)


class PageTests(FigurePagesTestCase):
    """All pages and files of figures, with hostile names and texts in the store."""

    units = tuple(
        unit(f"1{at:02}", name=text, title=text, city=text, capacity=10)
        for at, text in enumerate(HOSTILE)
    )
    PAGES = (
        "/",
        "/?peta=hunian",
        "/laporan/rutan?per=upt",
        "/laporan/rutan?per=upt&tanggal=2024-05-14&banding=2024-05-13",
        "/laporan/rutan?per=upt&dari=2024-05-01&sampai=2024-05-14",
        "/laporan/rutan?cari=%3Cscript%3Ealert(1)%3C/script%3E%22%27&per=upt",
        "/kepatuhan",
        "/kepatuhan?bulan=2024-05&provinsi=DKI",
        *[f"/upt/1{at:02}" for at in range(len(HOSTILE))],
    )
    FILES = (
        "/laporan/rutan{}?per=upt",
        "/laporan/rutan{}?per=upt&tanggal=2024-05-14&banding=2024-05-13",
        "/laporan/rutan{}?per=upt&dari=2024-05-13&sampai=2024-05-14",
        "/kepatuhan{}",
        "/kepatuhan{}?bulan=2024-05&provinsi=DKI",
    )

    def setUp(self) -> None:
        super().setUp()
        for at, text in enumerate(HOSTILE):
            code = f"1{at:02}"
            self.text(code, "RUTAN 1 2 3 4")
            with self.texted.engine.begin() as connection:
                of_unit = submissions.c.unit == code
                connection.execute(update(submissions).where(of_unit).values(text=text))
                connection.execute(
                    update(officers).where(officers.c.unit == code).values(name=text)
                )
        self.texted.put(evolve(self.units[0], valid_from=None))

    def check(self, answer: Answer, path: str) -> None:
        """A page has our tags only and hides nothing."""
        self.assertEqual(answer.status, 200, path)
        self.assertEqual(hidden(unescape(answer.text)), set(), path)
        tags = _Tags()
        tags.feed(answer.text)
        for tag, attributes in tags.tags:
            self.assertNotIn(tag, ("img", "style", "iframe", "object"), path)
            self.assertFalse(
                [name for name in attributes if name.startswith("on")], path
            )
            self.assertNotIn("style", attributes, path)
            if tag == "script":
                self.assertTrue(str(attributes["src"]).startswith("/static/"), path)
            if tag == "a":
                self.assertRegex(str(attributes["href"]), r"^[/?#]", path)
        self.assertNotIn("49{%", answer.text)

    def test_pages(self) -> None:
        """Every page with figures."""
        for path in self.PAGES:
            self.check(self.browser.get(path), path)

    def test_csv(self) -> None:
        """Every file: no cell is a formula."""
        for path in self.FILES:
            rows = csv_rows(self.get(path.format(".csv")))
            self.assertGreaterEqual(len(rows), len(HOSTILE), path)
            for row in rows:
                for name, cell in row.items():
                    if not re.fullmatch(r"-?\d+", cell):
                        self.assertFalse(cell.startswith(_FORMULA), (path, name, cell))
                    self.assertEqual(hidden(cell), set(), path)

    def test_xlsx(self) -> None:
        """Every workbook: no cell is a formula."""
        for path in self.FILES:
            content = self.get(path.format(".xlsx")).body
            page = openpyxl.load_workbook(BytesIO(content)).active
            for row in page.iter_rows():
                for cell in row:
                    # Texts, numbers, and the days of a head.
                    self.assertIn(cell.data_type, ("s", "n", "d"), path)
                    self.assertEqual(hidden(str(cell.value or "")), set(), path)

    def test_what_is_shown(self) -> None:
        """A name is there as it was written, letter by letter."""
        page = self.get("/laporan/rutan?per=upt").text
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt;", page)
        self.assertIn("\ufffdgnp.exe", page)
        rows = csv_rows(self.get("/laporan/rutan.csv?per=upt"))
        self.assertIn("'=1+1", {row["UPT"] for row in rows})

    def test_the_history(self) -> None:
        """Texts of SMS, too."""
        page = self.get("/upt/100").text
        self.assertGreater(MORNING, 0)
        self.assertIn("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>", page)
