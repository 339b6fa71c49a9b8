"""Tests for `smscentre.commands.notices`."""

from __future__ import annotations

import datetime

from twisted.trial.unittest import SynchronousTestCase

from smscentre.commands.forms import FORMS, KIND_OF
from smscentre.commands.notices import digest_text, reminder_text
from smscentre.commands.replies import LONGEST, is_own_reply, shortened
from smscentre.deadlines.schedule import Schedule
from smscentre.deadlines.standing import Digest, Reminder
from smscentre.directory import Officer, Unit
from smscentre.gsm.alphabet import septets

_TEN = datetime.time(10)
_SCHEDULE = Schedule({form.id: (KIND_OF[form.id], (_TEN,)) for form in FORMS})
(DEADLINE,) = _SCHEDULE.on("WITA", datetime.date(2008, 4, 28))
OFFICER = Officer("+628111203001", "Budi")
UNIT = Unit("1203", "LP_CIPINANG2", "", "DKI", frozenset())
LONG = Unit("123456", "LPKA_LABUHANBAT", "", "GORONTALO", frozenset())


class ReminderTests(SynchronousTestCase):
    """What a unit's officer reads."""

    def test_one_form(self) -> None:
        """Unit, form, day, time and what to type."""
        self.assertEqual(
            reminder_text(Reminder(OFFICER, UNIT, ("RUTAN",)), DEADLINE),
            "UPT 1203/LP_CIPINANG2/DKI belum lapor RUTAN hari ini 280408. "
            "Batas 10.00 WITA. Contoh: RUTAN ... ... ... ...",
        )

    def test_two_forms(self) -> None:
        """Both are named, the first one is shown."""
        text = reminder_text(Reminder(OFFICER, UNIT, ("RUTAN", "RUTAN PEG")), DEADLINE)
        self.assertIn("RUTAN dan RUTAN PEG hari ini", text)

    def test_any_forms_fit(self) -> None:
        """One SMS, whatever a unit lacks."""
        for first in range(len(FORMS)):
            for last in range(first + 1, len(FORMS) + 1):
                forms = tuple(form.id for form in FORMS[first:last])
                text = reminder_text(Reminder(OFFICER, LONG, forms), DEADLINE)
                self.assertLessEqual(septets(text), LONGEST, text)
                self.assertTrue(is_own_reply(text))


class DigestTests(SynchronousTestCase):
    """What an officer of a region or the country reads."""

    def text(self, provinces: tuple[str, ...], missing: tuple[Unit, ...]) -> str:
        """The digest of ten units."""
        digest = Digest(OFFICER, provinces, 10 - len(missing), 10, missing)
        return digest_text(digest, DEADLINE)

    def test_some_are_missing(self) -> None:
        """They are named."""
        self.assertEqual(
            self.text(("DKI",), (UNIT, LONG)),
            "DKI 280408: 8 dari 10 UPT sudah lapor. "
            "Belum: LP_CIPINANG2, LPKA_LABUHANBAT. Rincian di web.",
        )

    def test_none_is_missing(self) -> None:
        """It says so."""
        self.assertEqual(
            self.text((), ()),
            "Indonesia 280408: 10 dari 10 UPT sudah lapor. "
            "Belum: tidak ada. Rincian di web.",
        )

    def test_many_are_missing(self) -> None:
        """As many names as fit, and the number of the others."""
        provinces = tuple(f"PROVINSI{number}" for number in range(12))
        for count in (30, 700):
            digest = Digest(OFFICER, provinces, 0, count, (LONG,) * count)
            text = digest_text(digest, DEADLINE)
            self.assertLessEqual(septets(text), LONGEST, text)
            self.assertIn("12 provinsi", text)
            self.assertRegex(text, "LABUHANBAT dan [0-9]+ lain. Rincian")

    def test_shortened(self) -> None:
        """Every alternative accounts for every name."""
        self.assertEqual(
            shortened(["A", "B", "C"]), ["A, B, C", "A, B dan 1 lain", "A dan 2 lain"]
        )
