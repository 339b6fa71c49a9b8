"""The national figures as tables."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.commands import forms
from smscentre.store.pages import Total
from smscentre.web.sheets import FORMS, HEADLINES, SECTIONS, FilledRow, fill, total

SHEETS = {sheet.form.id: sheet for section in SECTIONS for sheet in section.sheets}


class TableTests(SynchronousTestCase):
    """The table fits the forms that officers fill in."""

    def test_fields(self) -> None:
        """Every form is there with all its fields."""
        found = {form: sorted(sheet.fields) for form, sheet in SHEETS.items()}
        expected = {form: sorted(fields) for form, fields in forms.FIELDS.items()}
        self.assertEqual(found, expected)

    def test_kinds(self) -> None:
        """Every form belongs to the same kind of unit."""
        self.assertEqual({form.id: form.kind for form in FORMS}, forms.KIND_OF)

    def test_staff_lasts(self) -> None:
        """Those forms last that a query reads as staff."""
        found = {form.id for form in FORMS if form.lasts}
        self.assertEqual(found, {report.staff for report in forms.REPORTS})

    def test_columns(self) -> None:
        """Each row has a field for each column."""
        for sheet in SHEETS.values():
            for row in sheet.rows:
                self.assertEqual(len(row.fields), len(sheet.columns) or 1)


class FillTests(SynchronousTestCase):
    """Figures and sums."""

    def test_sums(self) -> None:
        """Rows, columns and the whole are summed."""
        values = {"tahanan_p": 82, "tahanan_w": 54, "napi_p": 36, "napi_w": 39}
        filled = fill(SHEETS["RUTAN"], Total(values, 3, 5))
        self.assertEqual(
            filled.rows,
            (
                FilledRow("Tahanan", (82, 54), 136),
                FilledRow("Narapidana", (36, 39), 75),
            ),
        )
        self.assertEqual(filled.sum, FilledRow("Jumlah", (118, 93), 211))
        self.assertEqual((filled.reported, filled.expected), (3, 5))

    def test_not_reported_is_not_zero(self) -> None:
        """What is missing stays missing; sums are of what is there."""
        filled = fill(SHEETS["RUTAN"], Total({"tahanan_p": 0}, 1, 5))
        self.assertEqual(
            filled.rows,
            (
                FilledRow("Tahanan", (0, None), 0),
                FilledRow("Narapidana", (None, None), None),
            ),
        )
        self.assertEqual(filled.sum, FilledRow("Jumlah", (0, None), 0))


class HeadlineTests(SynchronousTestCase):
    """The large figures."""

    def test_fields_exist(self) -> None:
        """Each names fields of its forms."""
        for headline in HEADLINES:
            for form, fields in headline.parts:
                self.assertLessEqual(set(fields), set(SHEETS[form].fields))

    def test_over_forms(self) -> None:
        """One may add up several forms."""
        totals = {form.id: Total({}, 0, 1) for form in FORMS}
        totals["RUPBASAN BASAN"] = Total({"um": 3, "bhg": 4}, 1, 1)
        totals["RUPBASAN BARAN"] = Total({"um": 5}, 1, 1)
        found = {one.label: total(one, totals) for one in HEADLINES}
        self.assertEqual(
            found,
            {
                "Tahanan": None,
                "Narapidana": None,
                "Klien Bapas": None,
                "Basan dan baran": 12,
            },
        )
