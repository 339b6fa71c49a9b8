"""``/admin/petugas``: officers, their numbers, PINs and registration codes."""

from __future__ import annotations

import re
from urllib.parse import quote

from attrs import evolve

from smscentre.credentials import Attempts, code_hash, matches
from smscentre.directory import Officer, Right
from smscentre.imports import read_officers
from smscentre.store.people import put_officers
from smscentre.store.registration import (
    all_invitations,
    find_invitation,
    put_attempts,
    put_pin,
)
from smscentre.users import Role, User
from tests.web.admincase import ANI, BUDI, AdminCase, Pairs, hidden_of
from tests.web.support import OWN_NUMBER, Answer, Browser, words_of

_LIST = "/admin/petugas"
_NEW = "/admin/petugas/baru"
_CHANGE = "/admin/petugas/ubah"
_CODES = "/admin/petugas/kode"
_SITI = "+628111203009"
_PIN = re.compile(r'<code class="great">([0-9]{6})</code>')
_CODE = re.compile(r'<code class="great">DAFTAR ([A-Z0-9-]{14})</code>')

_FORM = [
    ("nomor", "0811-1203-009"),
    ("nama", "Siti"),
    ("wilayah", "upt"),
    ("upt", "1203"),
    ("hak", "insert"),
    ("tugas", "kabapas, pk"),
]


def page_of(officer: Officer) -> str:
    """The address of an officer's page."""
    return f"{_CHANGE}?nomor={quote(officer.number)}"


def changed(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    """The form with other values."""
    names = {name for name, _ in pairs}
    return [*(pair for pair in _FORM if pair[0] not in names), *pairs]


class OfficersCase(AdminCase):
    """Officers of two provinces."""

    def add(self, *pairs: tuple[str, str], browser: Browser | None = None) -> Answer:
        """Add an officer."""
        return self.fill(_NEW, changed(*pairs), browser=browser)

    def edit(
        self,
        officer: Officer,
        pairs: Pairs,
        to: str = _CHANGE,
        browser: Browser | None = None,
    ) -> Answer:
        """Send a form of an officer's page."""
        return self.fill(page_of(officer), pairs, to, browser)

    def officer(self, number: str) -> Officer | None:
        """An officer as stored."""
        return self.directory.officers.get(number)


class ListTests(OfficersCase):
    """The officers that are looked for."""

    def test_by_words(self) -> None:
        """A number as it is dialled or in full, a name, a unit."""
        for words in ("08111203001", "+628111203001", "ani", "1203", "lapas cipinang"):
            page = self.browser.get(f"{_LIST}?cari={quote(words)}")
            self.assertIn("1–1 dari 1 petugas", words_of(page), words)
            self.assertIn(ANI.number, page.text)

    def test_by_province_and_state(self) -> None:
        """Officers of regions by each of theirs."""
        region = Officer(_SITI, "Siti", None, ("DKI", "MALUKU"), active=False)
        self.change_store(lambda t: put_officers(t, [region]))
        for query, count in (
            ("provinsi=DKI", 1),
            ("provinsi=DKI&keadaan=semua", 2),
            ("provinsi=MALUKU&keadaan=nonaktif", 1),
        ):
            words = self.browser.words(f"{_LIST}?{query}")
            self.assertIn(f"dari {count} petugas", words, query)

    def test_pins(self) -> None:
        """That one is set is shown, and never what it is."""
        kept = "00:ff"
        self.change_store(lambda t: put_pin(t, ANI.number, [Right.INSERT], kept, 0.0))
        page = self.browser.get(_LIST).text
        self.assertEqual(page.count("terpasang"), 1)
        self.assertNotIn(kept, page)

    def test_a_scope(self) -> None:
        """Officers elsewhere are neither listed nor opened."""
        browser = self.in_jakarta()
        page = browser.get(f"{_LIST}?keadaan=semua").text
        self.assertIn(ANI.number, page)
        self.assertNotIn(BUDI.number, page)
        self.assertEqual(browser.get(page_of(BUDI)).status, 404)

    def test_officers_of_wider_places(self) -> None:
        """They are not for who is responsible for a part of it."""
        wide = [
            Officer("+628120000001", "Wilayah", None, ("DKI", "MALUKU")),
            Officer("+628120000002", "Negara"),
            Officer("+628120000003", "Jakarta", None, ("DKI",)),
        ]
        self.change_store(lambda t: put_officers(t, wide))
        page = self.in_jakarta().get(_LIST).text
        for officer, there in zip(wide, (False, False, True), strict=True):
            self.assertEqual(officer.number in page, there, officer.name)


class FormTests(OfficersCase):
    """One officer by his form."""

    def test_added(self) -> None:
        """With his number in full, however it was written."""
        self.assertEqual(self.add().status, 303)
        self.assertEqual(
            self.officer(_SITI),
            Officer(
                _SITI,
                "Siti",
                "1203",
                (),
                frozenset({Right.INSERT}),
                frozenset({"kabapas", "pk"}),
            ),
        )
        self.assertEqual(len(self.details("officers.add")), 1)

    def test_places(self) -> None:
        """Provinces or the country; what was not chosen does not count."""
        self.add(("wilayah", "provinsi"), ("provinsi", "DKI"), ("provinsi", "MALUKU"))
        officer = self.officer(_SITI)
        assert officer is not None
        self.assertEqual((officer.unit, officer.provinces), (None, ("DKI", "MALUKU")))
        self.add(("nomor", "081200000001"), ("wilayah", "semua"), ("provinsi", "DKI"))
        officer = self.officer("+6281200000001")
        assert officer is not None
        self.assertEqual((officer.unit, officer.provinces), (None, ()))

    def test_faults_at_their_fields(self) -> None:
        """Each is named, and nothing that was typed is lost."""
        answer = self.add(
            ("nomor", "4321"), ("nama", ""), ("upt", "9999"), ("hak", "rahasia")
        )
        self.assertEqual(answer.status, 422)
        for name, words in (
            ("nomor", "Nomornya terlalu pendek."),
            ("nama", "Wajib diisi."),
            ("upt", "Kode UPT itu tidak ada."),
            ("hak", "Pilih dari insert|query"),
        ):
            place = answer.text.partition(f'id="{name}-salah">')[2]
            self.assertTrue(place.startswith(words), (name, place[:60]))
        self.assertIn('value="4321"', answer.text)
        self.assertIn('value="kabapas, pk"', answer.text)

    def test_no_place(self) -> None:
        """It has to be chosen."""
        answer = self.add(("wilayah", ""))
        self.assertIn("Pilih wilayahnya.", answer.text)
        answer = self.add(("wilayah", "provinsi"))
        self.assertIn("Pilih paling sedikit satu provinsi.", answer.text)

    def test_a_number_that_is_taken(self) -> None:
        """It is said by whom, unless that is not one's business."""
        answer = self.add(("nomor", ANI.number))
        self.assertIn("sudah terdaftar atas nama Ani", answer.text)
        browser = self.in_jakarta()
        answer = self.add(("nomor", BUDI.number), browser=browser)
        self.assertIn("sudah terdaftar atas nama orang lain", answer.text)
        self.assertEqual(self.officer(BUDI.number), BUDI)

    def test_the_centres_own_number(self) -> None:
        """It is nobody's."""
        self.assertIn("nomor pusat", self.add(("nomor", OWN_NUMBER)).text)

    def test_deactivated(self) -> None:
        """By a box that is not ticked; all else stays."""
        form = [("nama", "Ani"), ("wilayah", "upt"), ("upt", "1203")]
        form += [("hak", "insert"), ("hak", "query")]
        answer = self.edit(ANI, form)
        self.assertIn("Nonaktifkan Ani, +628111203001?", words_of(answer))
        self.assertEqual(self.officer(ANI.number), ANI)
        self.assertEqual(self.browser.agree(answer).status, 303)
        self.assertEqual(self.officer(ANI.number), evolve(ANI, active=False))
        self.assertEqual(self.details("officers.change"), ["active: '1' -> '0'"])

    def test_somebody_else_was_faster(self) -> None:
        """Nothing is overwritten unseen."""
        hidden = dict(hidden_of(self.browser.get(page_of(ANI))))
        other = evolve(ANI, name="Ani B.")
        self.change_store(lambda t: put_officers(t, [other]))
        form = [("nama", "Anisa"), ("wilayah", "upt"), ("upt", "1203"), ("aktif", "ya")]
        answer = self.edit(ANI, [*form, ("jejak", hidden["jejak"])])
        self.assertEqual(answer.status, 422)
        self.assertIn("diubah orang lain", answer.text)
        self.assertIn('value="Anisa"', answer.text)
        self.assertEqual(self.officer(ANI.number), other)

    def test_a_scope(self) -> None:
        """Nobody is given a place that is not one's own."""
        browser = self.in_jakarta()
        for pairs in (
            [("upt", "8101")],
            [("wilayah", "provinsi"), ("provinsi", "MALUKU")],
            [("wilayah", "semua")],
        ):
            answer = self.add(*pairs, browser=browser)
            self.assertIn("Di luar wilayah Anda.", answer.text)
        self.assertIsNone(self.officer(_SITI))
        form = [("nomor", BUDI.number), ("nama", "x"), ("wilayah", "upt")]
        answer = self.fill(_NEW, [*form, ("upt", "1203")], _CHANGE, browser)
        self.assertEqual(answer.status, 404)

    def test_hostile_names(self) -> None:
        """They are shown and are no markup."""
        answer = self.add(("nama", "x\u202e"))
        self.assertIn("tanpa karakter kendali", answer.text)
        self.add(("nama", "<script>x</script>"))
        self.assertNotIn("<script>x", self.browser.get(_LIST).text)

    def test_hostile_names_of_old(self) -> None:
        """Those that came another way are inert, too."""
        evil = Officer(_SITI, "<script>x</script>\u202e", "1203")
        self.change_store(lambda t: put_officers(t, [evil]))
        page = self.browser.get(_LIST).text
        self.assertNotIn("<script>x", page)
        self.assertNotIn("\u202e", page)


class MoveTests(OfficersCase):
    """A new SIM."""

    def move(
        self, officer: Officer, new: str, browser: Browser | None = None
    ) -> Answer:
        """Fill the form in."""
        pairs = [("baru", new), ("alasan", "SIM hilang")]
        return self.edit(officer, pairs, f"{_LIST}/pindah", browser)

    def test_moved(self) -> None:
        """The new number has all, the old one is inactive, the reason is audited."""
        self.assertEqual(self.move(ANI, "0811 1203 009").status, 303)
        self.assertEqual(self.officer(_SITI), evolve(ANI, number=_SITI))
        self.assertEqual(self.officer(ANI.number), evolve(ANI, active=False))
        (detail,) = self.details("officers.move")
        self.assertTrue(detail.endswith("; SIM hilang"))

    def test_refused(self) -> None:
        """At the field, with what was typed."""
        for new, words in (
            ("4321", "Nomornya terlalu pendek."),
            (BUDI.number, "sudah terdaftar dan aktif"),
            (OWN_NUMBER, "nomor pusat"),
        ):
            answer = self.move(ANI, new)
            self.assertEqual(answer.status, 422)
            place = answer.text.partition('id="baru-salah">')[2]
            self.assertIn(words, place[:80])
            self.assertIn('value="SIM hilang"', answer.text)
        self.assertEqual(self.officer(ANI.number), ANI)

    def test_a_reason_that_is_no_line(self) -> None:
        """The audit log takes none of any length, nor of several lines."""
        for reason in ("x" * 201, "hilang\nweb:admin officers.move", "a\u202eb"):
            pairs = [("baru", _SITI), ("alasan", reason)]
            answer = self.edit(ANI, pairs, f"{_LIST}/pindah")
            self.assertEqual(answer.status, 422)
            self.assertIn("Satu baris, paling panjang 200", answer.text)
        self.assertEqual(self.details("officers.move"), [])

    def test_a_scope(self) -> None:
        """Neither the old number nor the new one may be somebody's elsewhere."""
        gone = evolve(BUDI, active=False)
        self.change_store(lambda t: put_officers(t, [gone]))
        browser = self.in_jakarta()
        answer = self.move(ANI, BUDI.number, browser=browser)
        self.assertIn("Di luar wilayah Anda.", answer.text)
        pairs = [("nomor", BUDI.number), ("baru", _SITI)]
        answer = self.fill(page_of(ANI), pairs, f"{_LIST}/pindah", browser)
        self.assertEqual(answer.status, 404)
        self.assertEqual(self.officer(BUDI.number), gone)


class PinTests(OfficersCase):
    """PINs: set or not, never shown but once."""

    def pin(self, *pairs: tuple[str, str]) -> Answer:
        """Fill the form in."""
        answer = self.edit(ANI, pairs, f"{_LIST}/pin")
        return self.browser.agree(answer) if answer.status == 200 else answer

    def test_asked_before(self) -> None:
        """Whose PIN, for what, and what it does; nothing is done yet."""
        self.pin(("hak", "insert"), ("hak", "query"), ("tindakan", "pasang"))
        before = self.directory.pins
        for deed, words in (
            ("pasang", "Buat PIN baru untuk Ani, +628111203001: mengisi data?"),
            ("lepas", "Lepas PIN Ani, +628111203001: mengisi data?"),
        ):
            pairs = [("hak", "insert"), ("tindakan", deed)]
            answer = self.edit(ANI, pairs, f"{_LIST}/pin")
            self.assertIn(words, words_of(answer))
            self.assertEqual(self.directory.pins, before)

    def test_set(self) -> None:
        """The PIN that is shown is the right one, for the rights that were chosen."""
        answer = self.pin(("hak", "insert"), ("tindakan", "pasang"))
        found = _PIN.search(answer.text)
        assert found is not None
        pins = self.directory.pins
        self.assertEqual(set(pins), {(ANI.number, Right.INSERT)})
        self.assertTrue(matches(found[1], pins[ANI.number, Right.INSERT]))
        self.assertNotIn(found[1], self.browser.get(page_of(ANI)).text)
        self.assertEqual(self.details("officers.pin"), ["insert"])

    def test_removed(self) -> None:
        """For all rights that were chosen."""
        self.pin(("hak", "insert"), ("hak", "query"), ("tindakan", "pasang"))
        answer = self.pin(("hak", "insert"), ("hak", "query"), ("tindakan", "lepas"))
        self.assertEqual(answer.status, 303)
        self.assertEqual(self.directory.pins, {})

    def test_nothing_to_remove(self) -> None:
        """It is said."""
        answer = self.pin(("hak", "insert"), ("tindakan", "lepas"))
        self.assertIn("Tidak ada PIN yang terpasang.", answer.text)
        self.assertIn("Pilih paling sedikit satu.", self.pin().text)

    def test_a_lock(self) -> None:
        """Three wrong ones show, until another PIN is set."""
        self.pin(("hak", "insert"), ("tindakan", "pasang"))
        tried = Attempts(3, self.now)
        self.change_store(
            lambda t: put_attempts(t, ANI.number, "insert", tried, Attempts())
        )
        page = self.browser.words(page_of(ANI))
        self.assertIn("terpasang, diblokir sampai 09.15.30", page)
        self.pin(("hak", "insert"), ("tindakan", "pasang"))
        self.assertNotIn("diblokir sampai", self.browser.words(page_of(ANI)))

    def test_a_scope(self) -> None:
        """Nobody elsewhere gets a PIN or loses one."""
        browser = self.in_jakarta()
        pairs = [("nomor", BUDI.number), ("hak", "insert"), ("tindakan", "pasang")]
        answer = self.fill(page_of(ANI), pairs, f"{_LIST}/pin", browser)
        self.assertEqual(answer.status, 404)
        self.assertEqual(self.directory.pins, {})


class CodeTests(OfficersCase):
    """Registration codes."""

    def invite(self, *pairs: tuple[str, str], browser: Browser | None = None) -> Answer:
        """Make a code."""
        form = [("upt", "1203"), ("nama", "Siti"), ("hak", "insert"), ("hari", "7")]
        names = {name for name, _ in pairs}
        kept = [pair for pair in form if pair[0] not in names]
        return self.fill(_CODES, [*kept, *pairs], browser=browser)

    def test_made(self) -> None:
        """The code that is shown is the one by which a number registers."""
        found = _CODE.search(self.invite().text)
        assert found is not None
        code = found[1]
        kept = self.change_store(lambda t: find_invitation(t, code_hash(code)))
        assert kept is not None
        self.assertEqual((kept.unit, kept.name), ("1203", "Siti"))
        self.assertEqual(kept.expires_at - kept.created_at, 7 * 24 * 3600)
        self.assertEqual(len(self.details("officers.invite")), 1)

    def test_listed_without_it(self) -> None:
        """Unit, rights, name and until when."""
        found = _CODE.search(self.invite().text)
        assert found is not None
        page = self.browser.get(_CODES)
        self.assertNotIn(found[1], page.text)
        words = "1 1203/LP_CIPINANG2/DKI mengisi data Siti berlaku sampai 21 Mei"
        self.assertIn(words, words_of(page))

    def test_withdrawn(self) -> None:
        """It leaves the list of open ones, and stays among all."""
        self.invite()
        answer = self.fill(_CODES, [("kode", "1")], f"{_CODES}/cabut")
        words = "Cabut kode nomor 1 untuk 1203/LP_CIPINANG2/DKI, Siti?"
        self.assertIn(words, words_of(answer))
        (kept,) = self.change_store(all_invitations)
        self.assertIsNone(kept.revoked_at)
        self.browser.agree(answer)
        (kept,) = self.change_store(all_invitations)
        self.assertEqual(kept.revoked_at, self.now)
        self.assertIn("Tidak ada kode", self.browser.get(_CODES).text)
        self.assertIn("dicabut", self.browser.get(f"{_CODES}?semua=ya").text)
        answer = self.fill(_CODES, [("kode", "1"), ("yakin", "ya")], f"{_CODES}/cabut")
        self.assertIn("sudah dicabut", words_of(self.browser.get(_CODES)))
        self.assertEqual(answer.status, 303)
        self.assertEqual(len(self.details("officers.revoke")), 1)

    def test_faults_at_their_fields(self) -> None:
        """Unit, rights and days."""
        for pairs, words in (
            ([("upt", "9999")], "Kode UPT itu tidak ada."),
            ([("hak", "")], "Pilih paling sedikit satu hak."),
            ([("hari", "91")], "Isi 1 sampai 90."),
            ([("hari", "-1")], "Isi 1 sampai 90."),
        ):
            answer = self.invite(*pairs)
            self.assertEqual(answer.status, 422)
            self.assertIn(words, answer.text)
            self.assertIn('value="Siti"', answer.text)
        answer = self.invite(("nama", "N" * 81))
        self.assertIn("Paling panjang 80 karakter.", answer.text)
        self.assertEqual(self.change_store(all_invitations), [])

    def test_a_scope(self) -> None:
        """Codes for units elsewhere are neither made nor seen nor withdrawn."""
        self.invite(("upt", "8101"))
        browser = self.in_jakarta()
        self.assertNotIn("RT_AMBON", browser.get(f"{_CODES}?semua=ya").text)
        answer = self.invite(("upt", "8101"), browser=browser)
        self.assertIn("Di luar wilayah Anda.", answer.text)
        answer = self.fill(_CODES, [("kode", "1")], f"{_CODES}/cabut", browser)
        self.assertEqual(answer.status, 404)
        (kept,) = self.change_store(all_invitations)
        self.assertIsNone(kept.revoked_at)


class FileTests(OfficersCase):
    """Officers from files and into files; the rest is as with units."""

    def test_a_preview_and_a_yes(self) -> None:
        """Those absent are deactivated if that was asked for."""
        content = "number,name,unit,rights\n08111203001,Anisa,1203,insert|query\n"
        answer = self.upload(f"{_LIST}/impor", content.encode(), [("ganti", "ya")])
        page = answer.headers["location"]
        words = self.browser.words(page)
        self.assertIn("Nama: Ani → menjadi Anisa", words)
        self.assertIn("Aktif: 1 → menjadi 0", words)
        self.fill(page, [("tindakan", "simpan")])
        self.assertEqual(self.officer(ANI.number), evolve(ANI, name="Anisa"))
        self.assertEqual(self.officer(BUDI.number), evolve(BUDI, active=False))

    def test_a_scope(self) -> None:
        """Rows of other places are bad ones."""
        content = (
            "number,name,unit,rights\n"
            "08111203001,Ani,ALL,insert\n"
            f"{BUDI.number},Budi,1203,insert\n"
        )
        browser = self.in_jakarta()
        answer = self.upload(f"{_LIST}/impor", content.encode(), browser=browser)
        words = words_of(answer)
        self.assertIn("baris 2 unit ALL Di luar wilayah Anda.", words)
        self.assertIn(f"baris 3 number {BUDI.number} Di luar wilayah Anda.", words)

    def test_exported(self) -> None:
        """What is exported can be imported, and is the same."""
        answer = self.browser.get(f"{_LIST}/ekspor")
        officers = read_officers(answer.body, self.directory, "ID")
        self.assertEqual(officers, [ANI, BUDI])
        one = self.browser_of(User("satu", Role.ADMIN, unit="8101"))
        self.assertNotIn(ANI.number, one.get(f"{_LIST}/ekspor").text)
