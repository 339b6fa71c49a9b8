"""Pages without anything, with far too much, and where somebody erred: a part.

``make browser-states`` looks at all of them, and more closely.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar
from unittest import TestCase, skipIf

from tests.browser.house import MISSING, PHONE, USERS, Look
from tests.browser.states import Seen, State
from tests.browser.stores import crowded, empty
from tests.browser.wrong import ADDRESSES, FORMS

_EMPTY = {
    "kepala": (
        *("/", "/laporan/rutan?per=upt", "/kepatuhan", "/pesan", "/gateway"),
        *("/admin/upt", "/admin/petugas/kode", "/admin/token", "/admin/data"),
    ),
    "melihat": ("/", "/kepatuhan"),
}

_CROWDED = {
    "kepala": (
        *("/", "/laporan/rutan?per=upt&semua=1", "/kepatuhan", "/upt/{unit}"),
        *("/pesan", "/admin/upt", "/admin/upt/ubah/{unit}", "/admin/petugas"),
        *("/admin/petugas/kode", "/admin/token", "/admin/pengguna"),
        "/admin/data?upt={unit}&tanggal={day}",
    ),
    "jaga": ("/gateway", "/admin/tak-dikenal"),
    "mendata": ("/admin/data/bulan",),
    "melihat": ("/laporan/rutan?tanggal={day}",),
}

_AS_TEXT = ("/", "/laporan/rutan", "/kepatuhan", "/upt/{unit}", "/panduan")

_WITHOUT_A_FORM = "button:not(form button):visible, a:not([href]):visible"
"""What would need a script to do anything."""


def begun(tests: type[TestCase], make: Callable[[Path], None]) -> State:
    """A centre in a state, until the last test of a class."""
    state = State(make)
    tests.addClassCleanup(state.close)
    state.start()
    return state


@skipIf(bool(MISSING), MISSING)
class EmptyTests(TestCase):
    """A centre on its first day."""

    state: ClassVar[State]

    @classmethod
    def setUpClass(cls) -> None:
        cls.state = begun(cls, empty)

    def test_pages(self) -> None:
        """Nothing to show is no fault."""
        for name, paths in _EMPTY.items():
            seen = self.state.opened(name, paths, quick=True)
            self.assertEqual((seen.pages, seen.faults), (len(paths), []))


@skipIf(bool(MISSING), MISSING)
class CrowdedTests(TestCase):
    """A country of 700 units with the longest names, and their people."""

    state: ClassVar[State]

    @classmethod
    def setUpClass(cls) -> None:
        cls.state = begun(cls, crowded)
        cls.state.trouble()

    def none_of(self, seen: Seen, pages: int) -> None:
        """So many pages, and no fault."""
        self.assertEqual(seen.faults, [])
        self.assertEqual(seen.pages, pages)

    def test_pages_of_each_role(self) -> None:
        """Nothing is wider than the window, and axe is content."""
        self.assertEqual(set(_CROWDED), set(USERS))
        for name, paths in _CROWDED.items():
            self.none_of(self.state.opened(name, paths, quick=True), len(paths))

    def test_forms_sent_wrong(self) -> None:
        """Each says what is wrong with it, and is as readable as before."""
        forms = FORMS[::2]
        self.none_of(self.state.sent(forms, quick=True), len(forms))

    def test_asked_for_in_vain(self) -> None:
        """A page says so, and no more."""
        vain = ADDRESSES[::2]
        self.none_of(self.state.missed(vain, quick=True), len(vain))

    def test_problems(self) -> None:
        """Logged out meanwhile, and too many tries."""
        self.none_of(self.state.met(quick=True), 2)

    def test_same_words_without_script(self) -> None:
        """All that is read with a script is read without one."""
        with (
            self.state.house.looking("kepala", PHONE) as look,
            self.state.house.looking("kepala", PHONE, script=False) as plain,
        ):
            for path in map(self.state.address, _AS_TEXT):
                self.assertEqual(self.words(plain, path), self.words(look, path))
                self.assertEqual(plain.page.locator(_WITHOUT_A_FORM).count(), 0, path)
                self.assertEqual(plain.overflow(PHONE), 0, path)

    def words(self, look: Look, path: str) -> list[str]:
        """The words of a page, but for the moment when it was made."""
        look.open(path)
        words: list[str] = look.page.locator("body").inner_text().split("\n")
        return [line for line in words if not line.startswith("Keadaan pukul")]

    def test_phone_without_script(self) -> None:
        """Log in, see today's figures, go on by the menu, filter, and open a line."""
        with self.state.house.looking("kepala", PHONE, script=False) as look:
            page = look.page
            look.open("/")
            great = page.locator(".tiles dd:visible").first.inner_text()
            self.assertRegex(great, "[0-9]")
            menu = page.get_by_role("navigation", name="Halaman", exact=True)
            menu.get_by_role("link", name="Laporan").click()
            page.get_by_label("Provinsi").select_option("DKI")
            page.get_by_label("Baris").select_option("upt")
            page.get_by_role("button", name="Tampilkan").click()
            page.wait_for_url("**provinsi=DKI**")
            lines = page.locator(".figures tbody tr")
            self.assertGreater(lines.count(), 5)
            lines.get_by_role("link").first.click()
            page.wait_for_url("**/upt/**")
            menu.get_by_role("link", name="Kepatuhan").click()
            page.wait_for_url("**/kepatuhan")
            page.get_by_role("button", name="Keluar").click()
            page.wait_for_url("**/masuk**")
            self.assertEqual(look.said, [])

    def test_dark_without_script(self) -> None:
        """The scheme is the system's; nothing need be pressed."""
        shade = "() => getComputedStyle(document.body).backgroundColor"
        with self.state.house.looking(script=False) as look:
            look.open("/masuk")
            shades = set()
            for scheme in ("light", "dark"):
                look.page.emulate_media(color_scheme=scheme)
                shades.add(look.page.evaluate(shade))
            self.assertEqual(len(shades), 2)
