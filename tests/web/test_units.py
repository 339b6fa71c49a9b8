"""``/admin/upt``: the list of units, the form of one, and files."""

from __future__ import annotations

import datetime

from attrs import evolve

from smscentre.directory import Unit
from smscentre.imports import RULES, read_units
from smscentre.store.drafts import KEPT_S
from smscentre.store.people import put_units
from smscentre.users import Role, User
from smscentre.web.faults import TEXTS
from tests.web.admincase import AMBON, CIPINANG, SALEMBA, AdminCase
from tests.web.support import Answer, Browser, words_of

_LIST = "/admin/upt"
_NEW = "/admin/upt/baru"
_EDIT = "/admin/upt/ubah/1203"
_IMPORT = "/admin/upt/impor"
_TODAY = datetime.date(2024, 5, 14)

_FORM = [
    ("kode", "1205"),
    ("nama", "RT_PONDOKBAMBU"),
    ("lengkap", "Rutan Pondok Bambu"),
    ("provinsi", "DKI"),
    ("jenis", "RUTAN"),
    ("jenis", "BAPAS"),
    ("kapasitas", "619"),
    ("kota", "Jakarta Timur"),
    ("lain", "PONDOK BAMBU, POBAM"),
    ("sejak", "2008-04-27"),
    ("sampai", ""),
]
_UNIT = Unit(
    "1205",
    "RT_PONDOKBAMBU",
    "Rutan Pondok Bambu",
    "DKI",
    frozenset({"RUTAN", "BAPAS"}),
    619,
    "Jakarta Timur",
    ("PONDOK BAMBU", "POBAM"),
    datetime.date(2008, 4, 27),
)
_HEADER = "code,name,title,province,kinds,capacity\n"
_ONE_MORE = f"{_HEADER}1205,RT_POBAM,Rutan,DKI,RUTAN,5\n"


def changed(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    """The form with other values."""
    names = {name for name, _ in pairs}
    return [*(pair for pair in _FORM if pair[0] not in names), *pairs]


class ListTests(AdminCase):
    """The units that are looked for."""

    def test_by_words(self) -> None:
        """Code, name, title, city or another name, however it is written."""
        for words, found in (
            ("1204", "LP_SALEMBA"),
            ("lp salemba", "LP_SALEMBA"),
            ("lapas sal", "LP_SALEMBA"),
        ):
            page = self.browser.get(f"{_LIST}?cari={words.replace(' ', '+')}")
            self.assertIn(found, page.text)
            self.assertIn("1–1 dari 1 UPT", words_of(page))

    def test_by_province_kind_and_state(self) -> None:
        """Each filter by itself."""
        closed = evolve(AMBON, valid_until=datetime.date(2024, 5, 13))
        self.change_store(lambda t: put_units(t, [closed]))
        for query, codes in (
            ("", {"1203", "1204"}),
            ("keadaan=semua", {"1203", "1204", "8101"}),
            ("keadaan=nonaktif", {"8101"}),
            ("keadaan=semua&provinsi=MALUKU", {"8101"}),
            ("jenis=BAPAS", {"1203"}),
        ):
            page = self.browser.get(f"{_LIST}?{query}").text
            found = {
                code for code in ("1203", "1204", "8101") if f"ubah/{code}" in page
            }
            self.assertEqual(found, codes, query)

    def test_nothing(self) -> None:
        """An empty list says so, and the words stay in their field."""
        page = self.browser.get(f"{_LIST}?cari=nowhere")
        self.assertIn("Tidak ada UPT yang cocok", page.text)
        self.assertIn('value="nowhere"', page.text)

    def test_700_units(self) -> None:
        """A page has some of them and is small."""
        many = [
            evolve(AMBON, code=f"A{at}", name=f"N{at}", title="x" * 60)
            for at in range(700)
        ]
        self.change_store(lambda t: put_units(t, many))
        page = self.browser.get(_LIST)
        self.assertIn("1–50 dari 703 UPT", words_of(page))
        self.assertLess(len(page.body), 100_000)

    def test_a_scope(self) -> None:
        """Others' units are not there, nor can they be opened."""
        browser = self.in_jakarta()
        page = browser.get(f"{_LIST}?keadaan=semua").text
        self.assertIn("LP_CIPINANG2", page)
        self.assertNotIn("RT_AMBON", page)
        self.assertNotIn('value="MALUKU"', page)
        self.assertEqual(browser.get("/admin/upt/ubah/8101").status, 404)


class FormTests(AdminCase):
    """One unit by its form."""

    def test_added(self) -> None:
        """With all that was filled in, and audited cell by cell."""
        answer = self.fill(_NEW, _FORM)
        self.assertEqual((answer.status, answer.headers["location"]), (303, _LIST))
        self.assertEqual(self.directory.units["1205"], _UNIT)
        (detail,) = self.details("units.add")
        self.assertIn("capacity: '' -> '619'", detail)
        self.assertIn("UPT 1205/RT_PONDOKBAMBU/DKI sudah", self.browser.words(_LIST))

    def test_faults_at_their_fields(self) -> None:
        """Each is named, and nothing that was typed is lost."""
        answer = self.fill(
            _NEW,
            changed(
                ("nama", "RT PONDOK"),
                ("lengkap", ""),
                ("provinsi", "X"),
                ("jenis", "LAPAS"),
                ("kapasitas", "1.200"),
                ("sampai", "2007-01-01"),
            ),
        )
        self.assertEqual(answer.status, 422)
        for name, words in (
            ("nama", "Isi 1 sampai 15 karakter"),
            ("lengkap", "Wajib diisi."),
            ("provinsi", "Provinsi tidak dikenal."),
            ("jenis", "Pilih dari RUTAN|BAPAS|RUPBASAN."),
            ("kapasitas", "Isi bilangan bulat"),
            ("sampai", "Tidak boleh sebelum Berlaku sejak."),
        ):
            place = answer.text.partition(f'id="{name}-salah">')[2]
            self.assertTrue(place.startswith(words), (name, place[:60]))
        for value in ("1.200", "RT PONDOK", "PONDOK BAMBU, POBAM", "2007-01-01"):
            self.assertIn(f'value="{value}"', answer.text)
        self.assertNotIn("1205", self.directory.units)

    def test_a_code_or_a_name_that_is_taken(self) -> None:
        """It is said by whom."""
        answer = self.fill(_NEW, changed(("kode", "1204")))
        self.assertIn("Kode ini sudah dipakai 1204/LP_SALEMBA/DKI.", answer.text)
        answer = self.fill(_NEW, changed(("nama", "LP_SALEMBA")))
        self.assertIn("Nama ini sudah dipakai UPT 1204/LP_SALEMBA/DKI.", answer.text)
        self.assertEqual(self.directory.units["1204"], SALEMBA)

    def edit(self, *pairs: tuple[str, str]) -> Answer:
        """Change the unit in Cipinang; the code cannot be."""
        form = [
            ("nama", "LP_CIPINANG2"),
            ("lengkap", "Lapas Cipinang"),
            ("provinsi", "DKI"),
            ("jenis", "RUTAN"),
            ("jenis", "BAPAS"),
            ("kapasitas", "900"),
        ]
        return self.fill(_EDIT, [*form, *pairs])

    def test_changed(self) -> None:
        """Only what is different is in the audit log."""
        self.assertEqual(self.edit(("kode", "9999")).status, 303)
        self.assertEqual(self.directory.units["1203"], evolve(CIPINANG, capacity=900))
        self.assertEqual(self.details("units.change"), ["capacity: '880' -> '900'"])

    def test_unchanged(self) -> None:
        """Nothing is written."""
        self.edit(("kapasitas", "880"))
        self.assertEqual(self.edit(("kapasitas", "880")).status, 303)

    def test_somebody_else_was_faster(self) -> None:
        """Nothing is overwritten unseen; what was typed is still there."""
        hidden = self.browser.get(_EDIT).text.partition('name="jejak" value="')[2][:64]
        other = evolve(CIPINANG, city="Jakarta")
        self.change_store(lambda t: put_units(t, [other]))
        answer = self.edit(("jejak", hidden))
        self.assertEqual(answer.status, 422)
        self.assertIn("diubah orang lain", answer.text)
        self.assertIn('value="900"', answer.text)
        self.assertEqual(self.directory.units["1203"], other)

    def test_a_scope(self) -> None:
        """Neither a unit elsewhere nor one that moves there."""
        browser = self.in_jakarta()
        answer = self.fill(_NEW, changed(("provinsi", "MALUKU")), browser=browser)
        self.assertIn("Di luar wilayah Anda.", answer.text)
        answer = self.fill(_NEW, changed(("kode", "8101")), browser=browser)
        self.assertIn("Di luar wilayah Anda.", answer.text)
        self.assertEqual(self.directory.units["8101"], AMBON)
        self.assertEqual(self.fill(_NEW, _FORM, browser=browser).status, 303)

    def test_one_unit(self) -> None:
        """An administrator of one unit changes that one and adds none."""
        browser = self.browser_of(User("satu", Role.ADMIN, unit="1203"))
        self.assertEqual(browser.get(_EDIT).status, 200)
        answer = self.fill(_NEW, _FORM, browser=browser)
        self.assertIn("Di luar wilayah Anda.", answer.text)

    def test_hostile_values(self) -> None:
        """They are shown and are no markup."""
        answer = self.fill(
            _NEW, changed(("lengkap", '"><script>x</script>'), ("kode", ""))
        )
        self.assertNotIn("<script>x", answer.text)
        self.fill(_NEW, changed(("lengkap", "<b>x</b>")))
        self.assertNotIn("<b>x", self.browser.get(_LIST).text)


class ImportTests(AdminCase):
    """Files: what would change, and then exactly that."""

    def preview(
        self, content: str, *pairs: tuple[str, str], browser: Browser | None = None
    ) -> str:
        """Upload a file that can be read; the address of its preview."""
        answer = self.upload(_IMPORT, content.encode(), pairs, browser)
        self.assertEqual(answer.status, 303, answer.text)
        return answer.headers["location"]

    def test_a_preview(self) -> None:
        """What is new, what changes from what to what, what is closed; nothing yet."""
        page = self.preview(
            _HEADER
            + "1203,LP_CIPINANG2,Lapas Cipinang,DKI,RUTAN|BAPAS,900\n"
            + "1205,RT_POBAM,Rutan Pondok Bambu,DKI,RUTAN,\n",
            ("ganti", "ya"),
        )
        words = self.browser.words(page)
        self.assertIn("Baru 1 Diubah 1 Dinonaktifkan 2 Tetap sama 0", words)
        self.assertIn("1203 LP_CIPINANG2 diubah Kapasitas: 880 → menjadi 900", words)
        self.assertIn("1205 RT_POBAM baru Kode: 1205 Nama: RT_POBAM", words)
        self.assertIn("Berlaku sampai: kosong → menjadi 2024-05-14", words)
        self.assertEqual(self.directory.units["1203"], CIPINANG)

    def test_the_yes(self) -> None:
        """All of it is written, with who did it and from which file."""
        page = self.preview(_ONE_MORE, ("ganti", "ya"))
        answer = self.fill(page, [("tindakan", "simpan")])
        self.assertEqual((answer.status, answer.headers["location"]), (303, _LIST))
        units = self.directory.units
        self.assertEqual(units["1205"].capacity, 5)
        self.assertEqual(units["8101"], evolve(AMBON, valid_until=_TODAY))
        self.assertEqual(
            self.details("units.import"),
            ["1 added, 0 updated, 0 unchanged, 3 deactivated: 1203 1204 8101"],
        )
        self.assertIn(
            "1 ditambah, 0 diubah, 3 dinonaktifkan", self.browser.words(_LIST)
        )
        self.assertEqual(self.browser.get(page).status, 404)

    def test_without_replacing(self) -> None:
        """Those absent stay as they are."""
        page = self.preview(_ONE_MORE)
        self.fill(page, [("tindakan", "simpan")])
        self.assertEqual(self.directory.units["8101"], AMBON)

    def test_a_change_in_between(self) -> None:
        """Nothing is written; what it would do now is shown, and can be said yes to."""
        page = self.preview(
            _HEADER + "1203,LP_CIPINANG2,Lapas Cipinang,DKI,RUTAN|BAPAS,900\n"
        )
        trace = self.browser.get(page).text.partition('name="jejak" value="')[2][:64]
        self.change_store(lambda t: put_units(t, [evolve(CIPINANG, capacity=890)]))
        answer = self.fill(page, [("tindakan", "simpan"), ("jejak", trace)])
        self.assertEqual(answer.status, 409)
        self.assertIn("Daftarnya berubah", answer.text)
        self.assertIn("890 → menjadi 900", words_of(answer))
        self.assertEqual(self.directory.units["1203"].capacity, 890)
        self.assertEqual(self.fill(page, [("tindakan", "simpan")]).status, 303)
        self.assertEqual(self.directory.units["1203"].capacity, 900)

    def test_a_change_that_does_not_matter(self) -> None:
        """Of what the file leaves alone it may change anything."""
        page = self.preview(_ONE_MORE)
        trace = self.browser.get(page).text.partition('name="jejak" value="')[2][:64]
        self.change_store(lambda t: put_units(t, [evolve(CIPINANG, capacity=890)]))
        answer = self.fill(page, [("tindakan", "simpan"), ("jejak", trace)])
        self.assertEqual(answer.status, 303)

    def test_no(self) -> None:
        """The file is forgotten."""
        page = self.preview(_ONE_MORE)
        self.assertEqual(self.fill(page, [("tindakan", "batal")]).status, 303)
        self.assertNotIn("1205", self.directory.units)
        self.assertEqual(self.browser.get(page).status, 404)

    def test_nothing_to_do(self) -> None:
        """It is said."""
        page = self.preview(_HEADER + "1204,LP_SALEMBA,Lapas Salemba,DKI,RUTAN,\n")
        self.assertIn("tidak mengubah apa-apa", self.browser.words(page))

    def test_bad_rows(self) -> None:
        """Every one by its line and column, in Indonesian; nothing is kept."""
        content = _HEADER + "1,A,,DKI,RUTAN,x\n2,B B,T,DKY,PASAR,1\n"
        answer = self.upload(_IMPORT, content.encode())
        self.assertEqual(answer.status, 422)
        words = words_of(answer)
        self.assertIn("5 kesalahan. Tidak ada yang diubah.", words)
        for expected in (
            "baris 2 title - Wajib diisi.",
            "baris 2 capacity x Isi bilangan bulat",
            "baris 3 name B B Isi 1 sampai 15 karakter",
            "baris 3 province DKY Provinsi tidak dikenal. Maksudnya DKI?",
            "baris 3 kinds PASAR Pilih dari RUTAN|BAPAS|RUPBASAN.",
        ):
            self.assertIn(expected, words)

    def test_a_name_of_another_unit(self) -> None:
        """A code that a spreadsheet has shortened does not make its unit twice."""
        content = _HEADER + "203,LP_CIPINANG2,Lapas Cipinang,DKI,RUTAN,900\n"
        answer = self.upload(_IMPORT, content.encode())
        self.assertEqual(answer.status, 422)
        self.assertIn("Nama ini sudah dipakai UPT 1203.", words_of(answer))

    def test_hostile_rows(self) -> None:
        """Markup and characters that turn the line about are inert."""
        evil = "<script>alert(1)</script>"
        content = f"{_HEADER}{evil}\u202e,A,T,DKI,RUTAN,\n"
        answer = self.upload(_IMPORT, content.encode())
        self.assertNotIn("<script>alert", answer.text)
        self.assertNotIn("\u202e", answer.text)
        page = self.preview(_HEADER + f"9,A,{evil},DKI,RUTAN,\n")
        self.assertNotIn("<script>alert", self.browser.get(page).text)

    def test_no_file(self) -> None:
        """It is asked for."""
        answer = self.upload(_IMPORT, b"")
        self.assertEqual(answer.status, 422)
        self.assertIn("Pilih berkasnya.", answer.text)

    def test_a_file_of_some_size(self) -> None:
        """One of more than a form may have, of which the preview shows a page."""
        rows = [f"A{at},N{at},{'x' * 100},DKI,RUTAN," for at in range(2000)]
        page = self.preview(_HEADER + "\n".join(rows))
        shown = self.browser.get(page)
        self.assertIn("1–100 dari 2.000 perubahan", words_of(shown))
        self.assertLess(len(shown.body), 100_000)

    def test_a_scope(self) -> None:
        """Rows of other places are bad ones; replacing leaves other places alone."""
        browser = self.in_jakarta()
        content = _HEADER + "8101,RT_AMBON,T,DKI,RUTAN,\n9,B,T,MALUKU,RUTAN,\n"
        answer = self.upload(_IMPORT, content.encode(), browser=browser)
        words = words_of(answer)
        self.assertIn("baris 2 code 8101 Di luar wilayah Anda.", words)
        self.assertIn("baris 3 province MALUKU Di luar wilayah Anda.", words)
        page = self.preview(
            _HEADER + "1204,LP_SALEMBA,Lapas Salemba,DKI,RUTAN,\n",
            ("ganti", "ya"),
            browser=browser,
        )
        self.fill(page, [("tindakan", "simpan")], browser=browser)
        self.assertEqual(self.directory.units["8101"], AMBON)
        self.assertEqual(self.directory.units["1203"].valid_until, _TODAY)

    def test_a_scope_that_shrank(self) -> None:
        """What waits for a yes is not there any more for who may not."""
        page = self.preview(_HEADER + "8101,RT_AMBON,T,MALUKU,RUTAN,\n")
        self.browser_of(User("lain", Role.ADMIN))
        self.change(User("admin", Role.ADMIN, provinces=("DKI",)))
        answer = self.browser.get(page)
        self.assertEqual(answer.status, 404)

    def test_others_files(self) -> None:
        """Only who sent a file sees it."""
        page = self.preview(_ONE_MORE)
        other = self.browser_of(User("lain", Role.ADMIN))
        self.assertEqual(other.get(page).status, 404)

    def test_an_old_file(self) -> None:
        """After an hour it is gone."""
        page = self.preview(_ONE_MORE)
        self.now += KEPT_S - 1
        self.assertEqual(self.browser.get(page).status, 200)
        self.now += 1
        self.assertEqual(self.browser.get(page).status, 404)


class ExportTests(AdminCase):
    """The list as a file."""

    def test_there_and_back(self) -> None:
        """What is exported can be imported, and is the same."""
        answer = self.browser.get(f"{_LIST}/ekspor")
        disposition = answer.headers["content-disposition"]
        self.assertEqual(disposition, 'attachment; filename="upt-2024-05-14.csv"')
        units = read_units(answer.body, self.directory.provinces)
        self.assertEqual(units, [CIPINANG, SALEMBA, AMBON])

    def test_a_formula(self) -> None:
        """A spreadsheet does not run it."""
        evil = evolve(AMBON, title="=1+1")
        self.change_store(lambda t: put_units(t, [evil]))
        self.assertIn("'=1+1", self.browser.get(f"{_LIST}/ekspor").text)

    def test_a_scope(self) -> None:
        """Others' units are not in it."""
        answer = self.in_jakarta().get(f"{_LIST}/ekspor")
        self.assertNotIn("AMBON", answer.text)


class FaultTests(AdminCase):
    """The words for what is wrong."""

    def test_every_rule_has_some(self) -> None:
        """The table of the command line and that of pages have the same names."""
        self.assertEqual(set(TEXTS), set(RULES))
