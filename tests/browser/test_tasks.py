"""What people do with the pages, from the login to the paper, in both widths."""

from __future__ import annotations

import re
from pathlib import Path
from unittest import TestCase, skipIf

from playwright.sync_api import FilePayload

from tests.browser.house import DESK, MISSING, PHONE, House, Look, Size
from tests.browser.sample import OFFICERS, UNITS

_A4_PORTRAIT = 703
"""What A4 leaves between margins of 12 mm, in CSS pixels."""

_UNIT = "code,name,title,province,kinds,capacity\n{},{},Lapas {},DKI,RUTAN,500\n"
_OFFICER = "number,name,unit,rights\n+6281112990{},Petugas Baru,{},insert|query\n"


@skipIf(bool(MISSING), MISSING)
class TaskTests(TestCase):
    """A day's work of an administrator."""

    house: House

    @classmethod
    def setUpClass(cls) -> None:
        cls.house = House(UNITS, OFFICERS)
        cls.addClassCleanup(cls.house.close)
        cls.house.start()

    def test_at_a_desk(self) -> None:
        """Import, text, look, correct, export, print."""
        self.work("1298", DESK)

    def test_by_phone(self) -> None:
        """The same in a narrow window."""
        self.work("1299", PHONE)

    def work(self, code: str, size: Size) -> None:
        """All of it, for a unit that is new."""
        with self.house.looking("kepala", size) as look:
            self.import_file(look, "upt", _UNIT.format(code, f"LP_{code}", code))
            self.import_file(look, "petugas", _OFFICER.format(code[-2:], code))
            self.text(look, f"081112990{code[-2:]}", "RUTAN 82 54 36 39")
            look.page.get_by_role("link", name="Lihat laporan").click()
            self.assertIn("82", self.row(look, code))
            self.correct(look, code)
            look.open("/laporan/rutan?per=upt&provinsi=DKI")
            row = self.row(look, code)
            self.assertIn("83", row)
            self.assertNotIn("82", row)
            self.export(look, code)
            self.print(look)
            self.assertEqual(look.said, [])

    def import_file(self, look: Look, kind: str, content: str) -> None:
        """Send a file, see what it would change, and say yes."""
        look.open(f"/admin/{kind}/impor")
        file = FilePayload(name="a.csv", mimeType="text/csv", buffer=content.encode())
        look.page.get_by_label("Berkas CSV").set_input_files(file)
        look.page.get_by_role("button", name="Periksa berkas").click()
        look.page.get_by_role(
            "button", name=re.compile("^(Simpan|Terapkan|Ya)")
        ).click()
        self.assertNotIn("/impor/", look.page.url)

    def text(self, look: Look, number: str, text: str) -> None:
        """Text the centre by the phone on the page."""
        look.open("/coba")
        look.page.get_by_label("Atau ketik nomor").fill(number)
        look.page.get_by_role("button", name="Pakai").click()
        look.page.get_by_label("SMS", exact=True).fill(text)
        look.page.get_by_role("button", name="Kirim").click()
        answer = look.page.locator(".answers").last.inner_text()
        self.assertIn("berhasil", answer)

    def row(self, look: Look, code: str) -> str:
        """The words of a unit's row, with all its columns."""
        parts = look.page.get_by_label("Pria dan wanita")
        if parts.is_visible():
            parts.check()
        return look.page.locator("tr", has_text=f"LP_{code}").first.inner_text()

    def correct(self, look: Look, code: str) -> None:
        """Put one figure right, with a reason."""
        look.open(f"/admin/data?upt={code}")
        look.page.get_by_role("link", name=re.compile("^Perbaiki")).first.click()
        look.page.get_by_label("Pria").first.fill("83")
        look.page.get_by_label("Alasan", exact=True).fill("Salah ketik")
        look.page.get_by_role("button", name="Simpan").click()
        look.page.get_by_text("Salah ketik").first.wait_for()

    def export(self, look: Look, code: str) -> None:
        """Take the report as a file."""
        for name, beginning in (("CSV", b"\xef\xbb\xbf"), ("XLSX", b"PK")):
            with look.page.expect_download() as waiting:
                look.page.get_by_role("link", name=name).first.click()
            content = Path(waiting.value.path()).read_bytes()
            self.assertTrue(content.startswith(beginning), name)
            if name == "CSV":
                self.assertIn(f"LP_{code}", content.decode("utf-8-sig"))

    def print(self, look: Look) -> None:
        """The paper is A4, and no column is cut."""
        paper = look.page.pdf(prefer_css_page_size=True)
        sizes = re.findall(rb"/MediaBox ?\[ ?0 0 ([0-9.]+) ([0-9.]+)", paper)
        self.assertTrue(sizes)
        for sides in sizes:
            self.assertEqual(sorted(round(float(side)) for side in sides), [595, 842])
        before = look.page.viewport_size
        look.page.emulate_media(media="print")
        self.assertLessEqual(look.overflow(Size(_A4_PORTRAIT, 1000)), 0)
        look.page.emulate_media(media="screen")
        if before is not None:
            look.page.set_viewport_size(before)
