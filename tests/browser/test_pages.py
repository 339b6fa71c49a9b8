"""Every page that a user can come to, in a real browser."""

from __future__ import annotations

from unittest import TestCase, skipIf

from playwright.sync_api import Locator

from tests.browser.crawl import crawl
from tests.browser.house import MISSING, PHONE, House
from tests.browser.judge import judge
from tests.browser.sample import OFFICERS, TEXTS, UNITS

_MOST = 40
"""Every path once; ``make browser-states`` goes on to their queries."""


@skipIf(bool(MISSING), MISSING)
class PagesTests(TestCase):
    """What holds of all pages alike."""

    house: House

    @classmethod
    def setUpClass(cls) -> None:
        cls.house = House(UNITS, OFFICERS)
        cls.addClassCleanup(cls.house.close)
        cls.house.start()
        for number, text in TEXTS:
            cls.house.text(number, text)

    def test_administrators_pages(self) -> None:
        """No fault of accessibility, nothing wider than the window, small, our own."""
        faults = []
        with self.house.looking("kepala") as look:
            for path in crawl(look, "/", "/akun", "/masuk", most=_MOST):
                faults += [f"{path}: {each}" for each in judge(look)]
            faults += [f"asked for {url}" for url in look.foreign]
            faults += look.said + look.refused
        self.assertEqual(faults, [])

    def test_pages_of_each_role(self) -> None:
        """No link leads a user where he may not go, or where there is nothing."""
        # The administrator's links were gone along above.
        for name in ("melihat", "mendata", "jaga"):
            with self.house.looking(name) as look:
                for _ in crawl(look, "/"):
                    pass
                self.assertEqual(look.refused, [], name)

    def test_a_report_on_a_phone(self) -> None:
        """The sums of each line are seen at once; men and women are asked for."""
        with self.house.looking("melihat", PHONE) as look:
            look.open("/laporan/rutan?per=upt")
            heads = look.page.locator(".figures thead")
            men = heads.get_by_text("P", exact=True).first
            held = heads.get_by_text("Penghuni", exact=True)
            self.assertFalse(men.is_visible())
            self.assertLessEqual(_right(held), PHONE.width)
            look.page.get_by_label("Pria dan wanita").check()
            self.assertTrue(men.is_visible())
            self.assertGreater(_right(held), PHONE.width)
            self.assertEqual(look.violations(), [])

    def test_a_report_at_a_desk(self) -> None:
        """All columns are there, and nothing to choose."""
        with self.house.looking("melihat") as look:
            look.open("/laporan/rutan?per=upt")
            heads = look.page.locator(".figures thead")
            self.assertTrue(heads.get_by_text("P", exact=True).first.is_visible())
            self.assertFalse(look.page.get_by_label("Pria dan wanita").is_visible())

    def test_who_has_reported_at_a_desk(self) -> None:
        """An officer's name of any length is read without scrolling."""
        with self.house.looking("kepala") as look:
            look.open("/kepatuhan")
            self.assertIn("Yohanes Lembaga", look.page.inner_text(".figures"))
            box = look.page.locator(".scroll:has(> .figures)")
            wider = box.evaluate("each => each.scrollWidth - each.clientWidth")
            self.assertLessEqual(wider, 0)

    def test_without_a_login(self) -> None:
        """Who has not logged in sees the login, which has no fault."""
        with self.house.looking(size=PHONE) as look:
            look.open("/")
            self.assertIn("/masuk", look.page.url)
            self.assertEqual(look.violations(), [])

    def test_problem_page(self) -> None:
        """A page that says what is wrong has no fault either."""
        with self.house.looking("melihat", PHONE) as look:
            self.assertEqual(look.open("/tidak-ada").status, 404)
            self.assertEqual(look.violations(), [])
            self.assertEqual(look.open("/gateway").status, 403)
            self.assertEqual(look.violations(), [])


def _right(place: Locator) -> float:
    """Where something ends, in CSS pixels from the left of the window."""
    box = place.bounding_box()
    assert box is not None, "it is not shown"
    return box["x"] + box["width"]
