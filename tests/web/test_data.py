"""``/admin/data``: figures entered, corrected and taken back; months closed."""

from __future__ import annotations

import datetime
import re

from attrs import evolve

from smscentre.commands.forms import FORMS
from smscentre.interfaces import Report, Request
from smscentre.store.changes import Signature
from smscentre.store.months import close_month
from smscentre.store.people import put_units
from smscentre.store.tables import reports
from smscentre.store.transaction import Transaction
from smscentre.users import Role, User
from smscentre.web.reports import REPORTS
from tests.web.admincase import AMBON, ANI, CIPINANG, AdminCase, hidden_of
from tests.web.support import NOW, Answer, Browser, new_ledger, words_of

_HOME = "/admin/data"
_MONTHS = "/admin/data/bulan"
_DAY = datetime.date(2024, 5, 13)
_PAGE = "/admin/data/isi?upt=1203&formulir=rutan&tanggal=2024-05-13"
_SAVE = "/admin/data/isi"
_BACK = "/admin/data/tarik"
_FIGURES = ("tahanan_p", "tahanan_w", "napi_p", "napi_w")
_REASON = "Salah ketik, menurut Kalapas"


class DataCase(AdminCase):
    """A user who corrects figures."""

    def setUp(self) -> None:
        super().setUp()
        self.browser = Browser(self.site, Role.DATA)

    def text(self, *values: int, day: datetime.date = _DAY) -> None:
        """Have an officer report by SMS."""
        key = "1203", "RUTAN", day
        request = Request(ANI.number, "RUTAN ...", ANI, self.now, self.now)

        def store(transaction: Transaction) -> None:
            ledger = new_ledger(transaction)
            report = Report(*key, values, ledger.latest(key))
            ledger.record(report, request, 7)

        self.change_store(store)

    def correct(
        self,
        *values: int | str,
        page: str = _PAGE,
        reason: str = _REASON,
        more: tuple[tuple[str, str], ...] = (),
        browser: Browser | None = None,
    ) -> Answer:
        """Fill the form in."""
        pairs = [
            (name, str(value)) for name, value in zip(_FIGURES, values, strict=True)
        ]
        pairs += [("alasan", reason), *more]
        return self.fill(page, pairs, _SAVE, browser)

    def held(self, day: datetime.date = _DAY) -> dict[str, int]:
        """The figures that hold."""
        query = reports.select().where(reports.c.day == day, reports.c.form == "RUTAN")
        with self.engine.begin() as connection:
            return {row.field: row.value for row in connection.execute(query)}

    def close(self, day: datetime.date = datetime.date(2024, 4, 1)) -> None:
        """Close a month."""
        signature = Signature("web:admin", "", NOW)
        self.change_store(lambda t: close_month(t, day, signature))


class ChooseTests(DataCase):
    """Which unit and day."""

    def test_what_holds(self) -> None:
        """Each form that the unit reports, with its figures for the day."""
        self.text(82, 54, 36, 39)
        words = self.browser.words(f"{_HOME}?upt=1203&tanggal=2024-05-13")
        figures = "Tahanan P 82, W 54; Narapidana P 36, W 39"
        self.assertIn(f"Tahanan dan napi (RUTAN) {figures} Perbaiki", words)
        self.assertIn("Klien Bapas (BAPAS) belum ada laporan Isi", words)
        self.assertNotIn("RUPBASAN", words)

    def test_by_name(self) -> None:
        """Any name of a unit will do; several are asked about."""
        self.assertIn("Lapas Salemba", self.browser.words(f"{_HOME}?upt=lp+salemba"))
        twins = [evolve(one, aliases=("KEMBAR",)) for one in (CIPINANG, AMBON)]
        self.change_store(lambda t: put_units(t, twins))
        words = self.browser.words(f"{_HOME}?upt=kembar")
        self.assertIn("UPT yang mana? 1203/LP_CIPINANG2/DKI", words)

    def test_by_part_of_a_name(self) -> None:
        """Words out of a name will do; what is too short for that is refused."""
        self.assertIn("Lapas Salemba", self.browser.words(f"{_HOME}?upt=salem"))
        words = self.browser.words(f"{_HOME}?upt=cipinang+lapas")
        self.assertIn("LP_CIPINANG2", words)
        self.assertEqual(self.browser.get(f"{_HOME}?upt=s").status, 422)
        browser = self.in_jakarta(Role.DATA)
        self.assertEqual(browser.get(f"{_HOME}?upt=ambon").status, 422)

    def test_many_of_a_name(self) -> None:
        """Not all of them are listed."""
        many = [
            evolve(CIPINANG, code=str(at), name=f"LP_BARU{at}", aliases=())
            for at in range(3000, 3033)
        ]
        self.change_store(lambda t: put_units(t, many))
        words = self.browser.words(f"{_HOME}?upt=baru")
        self.assertIn("3029/LP_BARU3029/DKI", words)
        self.assertNotIn("3030/LP_BARU3030/DKI", words)
        self.assertIn("dan 3 lagi", words)

    def test_faults(self) -> None:
        """A unit that is none, and a day that is none or to come."""
        for query, words in (
            ("upt=9999", "UPT itu tidak ada"),
            ("upt=1203&tanggal=kemarin", "Tanggal ditulis seperti"),
            ("upt=1203&tanggal=2024-05-16", "belum tiba"),
        ):
            answer = self.browser.get(f"{_HOME}?{query}")
            self.assertEqual(answer.status, 422, query)
            self.assertIn(words, answer.text)

    def test_a_scope(self) -> None:
        """Others' units are not there."""
        browser = self.in_jakarta(Role.DATA)
        self.assertEqual(browser.get(f"{_HOME}?upt=8101").status, 422)
        self.assertNotIn("RT_AMBON", browser.get(_HOME).text)

    def test_one_unit(self) -> None:
        """Who is for one unit need not choose it."""
        browser = self.browser_of(User("satu", Role.DATA, unit="1204"))
        self.assertIn("Lapas Salemba", browser.words(_HOME))


class EnterTests(DataCase):
    """The form of one report."""

    def test_the_first_figures(self) -> None:
        """They hold, are in the history with who and why, and are audited."""
        answer = self.correct(82, 54, 36, 39)
        self.assertEqual((answer.status, answer.headers["location"]), (303, _PAGE))
        self.assertEqual([*self.held().values()], [36, 39, 82, 54])
        words = self.browser.words(_PAGE)
        self.assertIn("Angkanya sudah disimpan.", words)
        self.assertIn("web: data", words)
        self.assertIn(f"Alasan: {_REASON}", words)
        (detail,) = self.details("data.correct")
        self.assertEqual(detail, f"- -> 82 54 36 39; {_REASON}")

    def test_a_correction_beside_the_text(self) -> None:
        """The form begins with what was sent; both stand in the history."""
        self.text(82, 54, 36, 39)
        page = self.browser.get(_PAGE).text
        self.assertEqual(
            re.findall(r'value="(\d{2})" inputmode', page), ["82", "54", "36", "39"]
        )
        self.assertEqual(self.correct(83, 54, 36, 39).status, 303)
        words = self.browser.words(_PAGE)
        first = words.index("Tahanan P 83, W 54; Narapidana P 36, W 39 berlaku")
        self.assertLess(first, words.index("Ani +62811****001"))
        self.assertIn("SMS: RUTAN ...", words)

    def test_on_the_page_of_the_unit(self) -> None:
        """Who reads a unit's history sees the correction, by whom and why."""
        self.text(82, 54, 36, 39)
        self.correct(83, 54, 36, 39)
        words = Browser(self.site, Role.VIEWER).words("/upt/1203?tanggal=2024-05-13")
        self.assertIn("web: data", words)
        self.assertIn(_REASON, words)

    def test_on_the_report(self) -> None:
        """It has the corrected figures, and who they are from."""
        self.text(82, 54, 36, 39)
        self.correct(83, 54, 36, 39)
        reader = Browser(self.site, Role.ADMIN)
        words = reader.words("/laporan/rutan?tanggal=2024-05-13&per=upt")
        self.assertIn("web: data", words)
        self.assertIn("83 54 137", words)

    def test_faults_at_their_fields(self) -> None:
        """Each is named, and nothing that was typed is lost."""
        answer = self.correct("1.200", "", "99999999", "12", reason="")
        self.assertEqual(answer.status, 422)
        for name, words in (
            ("tahanan_p", "Isi angka saja"),
            ("tahanan_w", "Wajib diisi."),
            ("napi_p", "Paling besar 9.999.999."),
            ("alasan", "Tulis alasannya"),
        ):
            place = answer.text.partition(f'id="{name}-salah">')[2]
            self.assertTrue(place.startswith(words), (name, place[:60]))
        for value in ("1.200", "99999999", "12"):
            self.assertIn(f'value="{value}"', answer.text)
        self.assertEqual(self.held(), {})

    def test_other_digits(self) -> None:
        """Only those that everybody reads alike."""
        for text in ("٣", "+5", "5 5", "0x5", "5e3"):
            self.assertEqual(self.correct(text, 1, 1, 1).status, 422, text)

    def test_somebody_else_was_faster(self) -> None:
        """Nothing is overwritten unseen; what was typed is there, and goes then."""
        hidden = dict(hidden_of(self.browser.get(_PAGE)))
        self.text(82, 54, 36, 39)
        answer = self.correct(83, 54, 36, 39, more=(("jejak", hidden["jejak"]),))
        self.assertEqual(answer.status, 409)
        self.assertIn("berubah sejak halaman ini dibuka", answer.text)
        self.assertIn('value="83"', answer.text)
        self.assertEqual(self.held()["tahanan_p"], 82)
        seen = dict(hidden_of(answer))["jejak"]
        self.assertEqual(
            self.correct(83, 54, 36, 39, more=(("jejak", seen),)).status, 303
        )

    def test_sent_twice(self) -> None:
        """The second time changes nothing."""
        hidden = dict(hidden_of(self.browser.get(_PAGE)))
        twice = [
            self.correct(83, 54, 36, 39, more=(("jejak", hidden["jejak"]),))
            for _ in range(2)
        ]
        self.assertEqual([answer.status for answer in twice], [303, 409])
        answer = self.correct(83, 54, 36, 39)
        self.assertIn("Angka itu sudah berlaku", answer.text)

    def test_what_looks_like_a_slip(self) -> None:
        """It is asked about, and stored with a mark by who says that it is right."""
        self.text(82, 54, 36, 39, day=_DAY - datetime.timedelta(1))
        answer = self.correct(820, 54, 36, 39)
        self.assertEqual(answer.status, 422)
        self.assertIn("Tahanan pria terakhir 82, kini 820.", answer.text)
        self.assertIn('value="820"', answer.text)
        self.assertEqual(self.held(), {})
        answer = self.correct(820, 54, 36, 39, more=(("yakin", "ya"),))
        self.assertEqual(answer.status, 303)
        self.assertIn("tampak janggal", self.browser.words(_PAGE))

    def test_refused(self) -> None:
        """A day when the unit was not counted, and one of a closed month."""
        early = evolve(CIPINANG, valid_from=datetime.date(2024, 4, 1))
        self.change_store(lambda t: put_units(t, [early]))
        self.close()
        for day, words in (
            ("2024-03-31", "belum atau tidak lagi berlaku"),
            ("2024-04-30", "Bulan ini sudah ditutup"),
        ):
            page = _PAGE.replace("2024-05-13", day)
            self.assertIn(words, self.browser.get(page).text)
            self.assertNotIn('name="tahanan_p"', self.browser.get(page).text)

    def test_closed_while_the_form_was_open(self) -> None:
        """It is said, and nothing is stored."""
        page = _PAGE.replace("2024-05-13", "2024-04-30")
        form = hidden_of(self.browser.get(page))
        self.close()
        pairs = [*form, *[(name, "1") for name in _FIGURES], ("alasan", "x")]
        answer = self.fill(_HOME + "/bulan", pairs, _SAVE)
        self.assertEqual(answer.status, 422)
        self.assertIn("sudah ditutup", answer.text)
        self.assertEqual(self.held(datetime.date(2024, 4, 30)), {})

    def test_a_form_of_another_kind(self) -> None:
        """There is no page for it."""
        page = _PAGE.replace("upt=1203", "upt=1204").replace("rutan", "bapas")
        self.assertEqual(self.browser.get(page).status, 404)

    def test_a_scope(self) -> None:
        """Neither is there one for others' units, nor do they take figures."""
        browser = self.in_jakarta(Role.DATA)
        page = _PAGE.replace("1203", "8101")
        self.assertEqual(browser.get(page).status, 404)
        answer = self.correct(1, 2, 3, 4, more=(("upt", "8101"),), browser=browser)
        self.assertEqual(answer.status, 404)
        self.assertEqual(self.held(), {})
        self.assertEqual(self.correct(1, 2, 3, 4, browser=browser).status, 303)

    def test_hostile_reasons(self) -> None:
        """They are inert, or refused."""
        self.assertEqual(self.correct(1, 2, 3, 4, reason="x\u202ey").status, 422)
        self.assertEqual(self.correct(1, 2, 3, 4, reason="x" * 201).status, 422)
        self.correct(1, 2, 3, 4, reason="<script>x</script>")
        self.assertNotIn("<script>x", self.browser.get(_PAGE).text)

    def test_every_form(self) -> None:
        """Each has a field for every figure, by the name of the form's own."""
        unit = evolve(CIPINANG, kinds=frozenset({"RUTAN", "BAPAS", "RUPBASAN"}))
        self.change_store(lambda t: put_units(t, [unit]))
        fields = {form.id: form.fields for form in FORMS}
        for report in REPORTS:
            page = f"{_SAVE}?upt=1203&formulir={report.slug}&tanggal=2024-05-13"
            names = fields[report.form.id]
            pairs = [(name, str(at + 10)) for at, name in enumerate(names)]
            answer = self.fill(page, [*pairs, ("alasan", "x")], _SAVE)
            self.assertEqual(answer.status, 303, report.slug)
            shown = self.browser.get(page).text
            values = [
                int(re.findall(rf'name="{name}" type="text" value="(\d+)"', shown)[0])
                for name in names
            ]
            self.assertEqual(values, [at + 10 for at in range(len(names))])


class TakeBackTests(DataCase):
    """What does not count any more."""

    def take_back(self, reason: str = _REASON) -> Answer:
        """Fill the form in."""
        return self.fill(_PAGE, [("alasan", reason)], _BACK)

    def test_a_correction(self) -> None:
        """What the officer sent holds again."""
        self.text(82, 54, 36, 39)
        self.correct(83, 54, 36, 39)
        self.assertEqual(self.take_back().status, 303)
        self.assertEqual(self.held()["tahanan_p"], 82)
        words = self.browser.words(_PAGE)
        self.assertIn("yang sebelumnya berlaku lagi", words)
        self.assertIn("pembatalan", words)
        self.assertEqual(len(self.details("data.take_back")), 1)

    def test_all_there_is(self) -> None:
        """The day is empty, and the form too."""
        self.text(82, 54, 36, 39)
        self.take_back()
        self.assertEqual(self.held(), {})
        page = self.browser.get(_PAGE).text
        self.assertIn("hari itu kosong", page)
        self.assertNotIn("Tarik kembali</button>", page)

    def test_without_a_reason_and_overtaken(self) -> None:
        """To be asked for a reason is not to have seen what came meanwhile."""
        self.text(82, 54, 36, 39)
        hidden = hidden_of(self.browser.get(_PAGE))
        self.text(90, 54, 36, 39)
        answer = self.fill(_PAGE, [*hidden, ("alasan", "")], _BACK)
        self.assertEqual(dict(hidden_of(answer))["jejak"], dict(hidden)["jejak"])

    def test_without_a_reason(self) -> None:
        """It is asked for, at its field."""
        self.text(82, 54, 36, 39)
        answer = self.take_back("")
        self.assertEqual(answer.status, 422)
        self.assertIn('id="alasan-tarik-salah"', answer.text)
        self.assertEqual(self.held()["tahanan_p"], 82)

    def test_somebody_else_was_faster(self) -> None:
        """What was not seen is not taken back; the reason is there, and goes then."""
        self.text(82, 54, 36, 39)
        hidden = hidden_of(self.browser.get(_PAGE))
        self.text(90, 54, 36, 39)
        answer = self.fill(_PAGE, [*hidden, ("alasan", _REASON)], _BACK)
        self.assertIn(f'value="{_REASON}"', answer.text)
        self.assertEqual(answer.status, 409)
        self.assertEqual(self.held()["tahanan_p"], 90)


class MonthTests(DataCase):
    """Months that are closed and reopened."""

    def setUp(self) -> None:
        super().setUp()
        self.admin = Browser(self.site, Role.ADMIN)

    def change_month(
        self,
        deed: str,
        month: str = "2024-04",
        reason: str = "",
        who: Browser | None = None,
    ) -> Answer:
        """Fill a form in."""
        pairs = [("tindakan", deed), ("bulan", month), ("alasan", reason)]
        who = who or self.admin
        answer = self.fill(_MONTHS, pairs, browser=who)
        return who.agree(answer) if deed == "tutup" and answer.status == 200 else answer

    def test_closed_and_reopened(self) -> None:
        """By an administrator, with who did it and why."""
        self.assertEqual(self.change_month("tutup").status, 303)
        self.assertEqual(self.directory.closed, {datetime.date(2024, 4, 1)})
        words = self.browser.words(_MONTHS)
        self.assertIn("April 2024 web: admin 14 Mei 2024 08.15.30", words)
        self.assertEqual(self.change_month("buka", reason="Lupa").status, 303)
        self.assertEqual(self.directory.closed, frozenset())
        self.assertEqual(self.details("months.reopen"), ["Lupa"])

    def test_asked_before(self) -> None:
        """What closing a month does is said, and nothing is done yet."""
        pairs = [("tindakan", "tutup"), ("bulan", "2024-04"), ("alasan", "")]
        answer = self.fill(_MONTHS, pairs, browser=self.admin)
        self.assertIn("Tutup April 2024 untuk seluruh Indonesia?", words_of(answer))
        self.assertEqual(self.directory.closed, frozenset())

    def test_reopened_without_a_reason(self) -> None:
        """It is asked for."""
        self.close()
        answer = self.change_month("buka")
        self.assertEqual(answer.status, 422)
        self.assertIn("Tulis alasannya", answer.text)
        self.assertNotEqual(self.directory.closed, frozenset())

    def test_a_month_that_goes_on(self) -> None:
        """It cannot be closed, nor is it offered."""
        page = self.admin.get(_MONTHS).text
        self.assertIn('value="2024-04"', page)
        self.assertNotIn('value="2024-05"', page)
        for month in ("2024-05", "2025-01", "0", "2024-13"):
            answer = self.change_month("tutup", month)
            self.assertEqual(answer.status, 422, month)
            self.assertIn("Pilih bulan yang sudah berakhir", answer.text)

    def test_twice(self) -> None:
        """It is said."""
        self.change_month("tutup")
        self.change_month("tutup")
        words = self.admin.words(_MONTHS)
        self.assertIn("April 2024 sudah ditutup sebelumnya.", words)

    def test_who_may(self) -> None:
        """Administrators of the whole country; others see the list."""
        self.assertNotIn("Tutup bulan", self.browser.words(_MONTHS))
        local = self.in_jakarta()
        self.assertNotIn("Tutup bulan ini", local.words(_MONTHS))
        pairs = [("tindakan", "tutup"), ("bulan", "2024-04"), ("alasan", "")]
        for who in (self.browser, local):
            form = [("csrf", who.csrf(_MONTHS)), *pairs]
            self.assertEqual(who.post(_MONTHS, dict(form)).status, 403)
        self.assertEqual(self.directory.closed, frozenset())
