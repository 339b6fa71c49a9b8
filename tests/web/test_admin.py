"""Administration: users and the audit log by their pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from sqlalchemy import text

from smscentre.directory import Unit
from smscentre.store.changes import Signature, import_units
from smscentre.store.engine import StoreError, writing_engine
from smscentre.store.patient import UncertainError
from smscentre.store.users import Account, account_named
from smscentre.users import Role, User
from tests.web.admincase import hidden_of
from tests.web.support import (
    NOW,
    TOKENS,
    Answer,
    Browser,
    FakeChanger,
    words_of,
)
from tests.web.test_login import LoginTestCase

_SHOWN = re.compile(r"([0-9a-f]{4}(?:-[0-9a-f]{4}){4})")

VALID = {"nama": "budi", "peran": "data", "wilayah": "semua"}


class AdminTestCase(LoginTestCase):
    """An administrator, and a unit that there is."""

    def setUp(self) -> None:
        super().setUp()
        unit = Unit("1203", "LP_CIPINANG2", "", "DKI", frozenset({"RUTAN"}))
        import_units(self.url, [unit], Signature("test", "", NOW))
        self.browser = Browser(self.site, Role.ADMIN)

    def account(self, name: str) -> Account | None:
        """What is stored of a user."""
        with self.engine.begin() as connection:
            return account_named(connection, name)

    def user(self, name: str) -> User | None:
        """A user as stored."""
        account = self.account(name)
        return account.user if account else None


class StartTests(AdminTestCase):
    """``/admin``."""

    def test_by_role(self) -> None:
        """Whoever may open one part goes there, an administrator sees everything."""
        for role, part in ((Role.DATA, "data"), (Role.OPERATOR, "tak-dikenal")):
            answer = Browser(self.site, role).get("/admin")
            self.assertEqual(answer.status, 303, role)
            self.assertEqual(answer.headers["location"], f"/admin/{part}")
        for words in ("Data laporan", "SMS tidak dikenali", "Pengguna web", "Token"):
            self.assertIn(words, self.browser.words("/admin"))

    def test_navigation(self) -> None:
        """The line at the top has it for whom it is, marked where one is."""
        page = self.browser.get("/admin/pengguna").text
        self.assertIn('<a href="/admin" aria-current="page">', page)
        self.assertNotIn('"/admin"', Browser(self.site, Role.VIEWER).get("/").text)


class ListTests(AdminTestCase):
    """``/admin/pengguna``."""

    def test_list(self) -> None:
        """Name, role, place, state and last login of each."""
        words = self.browser.words("/admin/pengguna")
        self.assertIn(
            "data petugas data seluruh Indonesia aktif 14 Mei 2024 08.15.30 Ubah",
            words,
        )
        self.assertIn("1–4 dari 4 pengguna", words)

    def test_search(self) -> None:
        """By letters of the name; what was looked for stays in its field."""
        page = self.browser.get("/admin/pengguna?cari=View")
        self.assertIn("1–1 dari 1 pengguna", words_of(page))
        self.assertIn('value="View"', page.text)
        words = self.browser.words("/admin/pengguna?cari=nobody")
        self.assertIn("Tidak ada pengguna yang cocok.", words)

    def test_escaped(self) -> None:
        """What was looked for is no markup."""
        page = self.browser.get("/admin/pengguna?cari=%22%3E%3Cb%3E").text
        self.assertNotIn("<b>", page.partition("<main")[2].partition("</form>")[0])


class AddTests(AdminTestCase):
    """A new user."""

    def add(self, **form: str) -> Answer:
        """Fill the form in and send it."""
        return self.browser.submit("/admin/pengguna/baru", {**VALID, **form})

    def test_added(self) -> None:
        """It has what was chosen; its password is shown and is right."""
        answer = self.add()
        self.assertEqual(answer.status, 200)
        self.assertEqual(self.user("budi"), User("budi", Role.DATA))
        found = _SHOWN.search(answer.text)
        assert found is not None
        self.assertEqual(Browser(self.site).log_in("budi", found[1]).status, 303)
        self.assertEqual(self.audited()[-2], ("web:admin", "users.add", "budi"))

    def test_places(self) -> None:
        """A unit, provinces or the country; what was not chosen does not count."""
        for name, form, unit, provinces in (
            ("satu", {"wilayah": "upt", "upt": "1203"}, "1203", ()),
            ("dua", {"wilayah": "provinsi", "provinsi": "DKI"}, None, ("DKI",)),
            ("tiga", {"upt": "1203", "provinsi": "DKI"}, None, ()),
        ):
            self.add(nama=name, **form)
            self.assertEqual(
                self.user(name), User(name, Role.DATA, unit, provinces), name
            )

    def test_several_provinces(self) -> None:
        """Every box that is ticked, each once however often it is sent."""
        chosen = {**VALID, "wilayah": "provinsi"}
        pairs = [
            ("csrf", self.browser.csrf("/admin/pengguna/baru")),
            *chosen.items(),
            ("provinsi", "DKI"),
            ("provinsi", "JABAR"),
            ("provinsi", "DKI"),
        ]
        kind = "application/x-www-form-urlencoded"
        self.browser.send("/admin/pengguna/baru", urlencode(pairs).encode(), kind)
        user = self.user("budi")
        assert user is not None
        self.assertEqual(user.provinces, ("DKI", "JABAR"))

    def test_refused(self) -> None:
        """Each fault at its field; nothing is stored, and nothing typed is lost."""
        cases: tuple[tuple[Mapping[str, str], str], ...] = (
            ({"nama": "B"}, "Dua sampai 32 karakter"),
            ({"nama": "<b>budi"}, "Dua sampai 32 karakter"),
            ({"nama": "viewer"}, "Nama itu sudah dipakai."),
            ({"peran": "root"}, "Pilih satu peran."),
            ({"wilayah": "upt", "upt": "9999"}, "Kode UPT itu tidak ada."),
            ({"wilayah": "upt"}, "Kode UPT itu tidak ada."),
            ({"wilayah": "provinsi"}, "Pilih paling sedikit satu provinsi."),
            ({"wilayah": "provinsi", "provinsi": "X"}, "Provinsi itu tidak ada."),
            ({"wilayah": "x"}, "Pilih wilayahnya."),
        )
        for form, words in cases:
            answer = self.add(**form)
            self.assertEqual(answer.status, 422, form)
            self.assertIn(words, words_of(answer))
            self.assertNotIn("<b>budi", answer.text)
        self.assertIsNone(self.user("budi"))
        self.assertIn('value="9999"', self.add(wilayah="upt", upt="9999").text)

    def test_database_away(self) -> None:
        """What cannot be stored is said so, and can be sent again."""
        form = {"csrf": self.browser.csrf("/admin/pengguna/baru"), **VALID}
        assert isinstance(self.means.changer, FakeChanger)
        for error, words in (
            (StoreError("disk full"), "Perubahan belum disimpan"),
            (UncertainError("disk full"), "Belum pasti apakah perubahan disimpan"),
        ):
            self.means.changer.error = error
            answer = self.browser.post("/admin/pengguna/baru", form)
            self.assertEqual(answer.status, 503)
            self.assertEqual(answer.headers["retry-after"], "15")
            self.assertIn(words, answer.text)
        self.means.changer.error = None
        self.assertEqual(self.browser.post("/admin/pengguna/baru", form).status, 200)


class ChangeTests(AdminTestCase):
    """A user that there is."""

    def save(self, name: str, **form: str) -> Answer:
        """Fill the form in and send it."""
        page = f"/admin/pengguna/ubah/{name}"
        given = {"peran": name, "wilayah": "semua", "aktif": "ya", **form}
        return self.browser.post(
            page, {**dict(hidden_of(self.browser.get(page))), **given}
        )

    def test_form(self) -> None:
        """It shows what holds now."""
        page = self.browser.get("/admin/pengguna/ubah/data").text
        self.assertIn('value="data" checked', page)
        self.assertIn('value="semua" checked', page)
        self.assertIn('name="aktif" value="ya" checked', page)

    def test_changed(self) -> None:
        """Role and place; the list says that it worked."""
        answer = self.save("data", peran="operator", wilayah="upt", upt="1203")
        self.assertEqual(answer.headers["location"], "/admin/pengguna")
        self.assertEqual(self.user("data"), User("data", Role.OPERATOR, "1203"))
        words = self.browser.words("/admin/pengguna")
        self.assertIn("Pengguna data sudah disimpan.", words)
        self.assertIn("operator gateway 1203/LP_CIPINANG2/DKI aktif", words)
        self.assertEqual(self.audited()[-1], ("web:admin", "users.change", "data"))

    def test_deactivated(self) -> None:
        """He is out at once."""
        other = Browser(self.site, Role.DATA)
        self.assertTrue(self.in_as(other))
        answer = self.save("data", aktif="")
        self.assertIn("Ia langsung keluar di semua perangkat", words_of(answer))
        self.assertTrue(self.in_as(other))
        self.browser.agree(answer)
        self.assertFalse(self.in_as(other))
        self.assertIn("nonaktif", self.browser.words("/admin/pengguna"))
        self.save("data")
        other.cookies.clear()
        self.assertEqual(other.log_in("data").status, 303)

    def test_overtaken(self) -> None:
        """A form that was opened before somebody else's change gives nothing back."""
        page = "/admin/pengguna/ubah/data"
        stale = dict(hidden_of(self.browser.get(page)))
        self.save("data", peran="viewer")
        wanted = {"peran": "data", "wilayah": "upt", "upt": "1203", "aktif": "ya"}
        answer = self.browser.post(page, {**stale, **wanted})
        self.assertEqual(answer.status, 422)
        self.assertIn("diubah orang lain sejak formulir dibuka", words_of(answer))
        self.assertEqual(self.user("data"), User("data", Role.VIEWER))
        self.browser.post(page, {**dict(hidden_of(answer)), **wanted})
        self.assertEqual(self.user("data"), User("data", Role.DATA, "1203"))

    def test_the_last_administrator(self) -> None:
        """Nobody can lock everybody out."""
        for form in ({"peran": "viewer"}, {"aktif": ""}):
            answer = self.save("admin", yakin="ya", **form)
            self.assertEqual(answer.status, 422)
            self.assertIn("Ini admin terakhir", words_of(answer))
        self.assertEqual(self.user("admin"), User("admin", Role.ADMIN))

    def test_unknown(self) -> None:
        """Nobody of that name, whatever it is."""
        form = {"csrf": self.browser.csrf("/admin/pengguna/baru")}
        for name in ("nobody", "%27%20OR%201=1", "a%2Fb", "%3Cb%3E"):
            for page in ("ubah", "sandi"):
                path = f"/admin/pengguna/{page}/{name}"
                self.assertEqual(self.browser.post(path, form).status, 404, path)
            path = f"/admin/pengguna/ubah/{name}"
            self.assertEqual(self.browser.get(path).status, 404, path)

    def test_reset(self) -> None:
        """The new password is right, the old one wrong, and every session ends."""
        other = Browser(self.site, Role.DATA)
        form = {"csrf": self.browser.csrf("/admin/pengguna/ubah/data")}
        answer = self.browser.post("/admin/pengguna/sandi/data", form)
        self.assertIn("Yang lama langsung tidak berlaku", words_of(answer))
        self.assertTrue(self.in_as(other))
        answer = self.browser.agree(answer)
        found = _SHOWN.search(answer.text)
        assert found is not None
        self.assertFalse(self.in_as(other))
        self.assertEqual(Browser(self.site).log_in("data").status, 403)
        self.assertEqual(Browser(self.site).log_in("data", found[1]).status, 303)


class AuditTests(AdminTestCase):
    """``/admin/audit``."""

    def test_newest_first(self) -> None:
        """Who did what to whom, in words."""
        page = "/admin/pengguna/ubah/data"
        form = {"peran": "viewer", "wilayah": "semua", "yakin": "ya"}
        self.browser.post(page, {**dict(hidden_of(self.browser.get(page))), **form})
        words = self.browser.words("/admin/audit")
        newest = "web:admin pengguna diubah data viewer for ALL, not active"
        self.assertIn(newest, words)
        self.assertLess(words.index(newest), words.index("UPT diimpor"))

    def test_search(self) -> None:
        """By words in any column, capital letters or not, and wildcards are none."""
        for asked, count in (("IMPORT", 1), ("web:data", 1), ("%25", 0), ("_ser", 0)):
            words = self.browser.words(f"/admin/audit?cari={asked}")
            expected = f"dari {count} catatan" if count else "Tidak ada catatan yang"
            self.assertIn(expected, words, asked)

    def test_days(self) -> None:
        """From a day to a day, both of them included."""
        total = len(self.audited())
        for days, count in (
            ("dari=2024-05-14&sampai=2024-05-14", total),
            ("dari=2024-05-15", 0),
            ("sampai=2024-05-13", 0),
            ("sampai=9999-12-31", total),
        ):
            words = self.browser.words(f"/admin/audit?{days}")
            expected = f"dari {count} catatan" if count else "Tidak ada catatan yang"
            self.assertIn(expected, words, days)

    def test_days_that_are_none(self) -> None:
        """Each is told at its field, and nothing is shown as if it were found."""
        for days, words in (
            ("dari=x", "Tulis tanggal sebagai tahun-bulan-tanggal"),
            ("sampai=2023-02-29", "Tulis tanggal sebagai tahun-bulan-tanggal"),
            ("dari=2024-05-14&sampai=2024-05-13", "Tanggal akhir lebih awal"),
        ):
            answer = self.browser.get(f"/admin/audit?{days}")
            self.assertEqual(answer.status, 422, days)
            self.assertIn(words, words_of(answer), days)
            self.assertNotIn("UPT diimpor", words_of(answer))

    def test_pages(self) -> None:
        """Fifty rows a page; beyond the last is the last."""
        for _ in range(60):
            Browser(self.site).log_in("viewer")
        total = len(self.audited())
        first = self.browser.get("/admin/audit?cari=")
        self.assertIn(f"1–50 dari {total} catatan", words_of(first))
        self.assertIn('href="/admin/audit?cari=&amp;hal=2"', first.text)
        for page in (2, 99):
            words = self.browser.words(f"/admin/audit?hal={page}")
            self.assertIn(f"51–{total} dari {total} catatan", words)

    def test_whole(self) -> None:
        """A check says that the chain is whole, and when it was found so."""
        self.assertNotIn("Rantai catatan", self.browser.words("/admin/audit"))
        answer = self.browser.submit("/admin/audit", {})
        self.assertIn("Rantai catatan utuh. Diperiksa 08.15.30.", words_of(answer))
        self.assertIn("Rantai catatan utuh.", self.browser.words("/admin/audit"))

    def test_broken(self) -> None:
        """A row that was changed behind the program's back is named."""
        engine = writing_engine(self.url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE audit SET actor = 'x' WHERE id = 3"))
        engine.dispose()
        answer = self.browser.submit("/admin/audit", {})
        self.assertIn("Rantai catatan putus pada baris 3", words_of(answer))

    def test_tokens(self) -> None:
        """No secret stands in it."""
        text_ = self.browser.get("/admin/audit").text
        for token in TOKENS.values():
            self.assertNotIn(token, text_)
