"""Figures of a day: of units, by province and for the country; who sent them when."""

from __future__ import annotations

import datetime

from smscentre.store.figures import (
    Group,
    Place,
    Sum,
    UnitFigures,
    figures_of_units,
    sums,
)
from tests.storecase import StoreTestCase
from tests.texted import COUNTED, Texted, at, officer, unit

DAY = datetime.date(2024, 5, 14)
MORNING = at("2024-05-14T08:00")
YESTERDAY = MORNING - 86400

RUTAN, STAFF = COUNTED["RUTAN"], COUNTED["RUTAN PEG"]
COUNTRY = Place()
JABAR = Place(provinces=("JABAR",))
ONE = datetime.timedelta(1)


class FigureTestCase(StoreTestCase):
    """Two prisons in the capital, one elsewhere, and what was closed or is to come."""

    def setUp(self) -> None:
        super().setUp()
        units = [
            unit("1", capacity=100),
            unit("2", kinds="RUTAN BAPAS"),
            unit("3", "JABAR", capacity=50),
            unit("4", valid_until=DAY - ONE),
            unit("5", valid_from=DAY + ONE),
            unit("6", kinds="BAPAS"),
        ]
        self.texted = Texted(self.url, units)
        self.addCleanup(self.texted.close)
        self.connection = self.texted.connect()
        self.addCleanup(self.connection.close)

    def text(self, code: str, text: str, moment: float = MORNING) -> None:
        """Text something that is understood."""
        reply = self.texted.text(code, text, moment)
        self.assertRegex(reply, "^(Insert|Update|Dibatalkan)")
        # What a reader has seen stays for as long as its transaction.
        self.connection.rollback()


class UnitTests(FigureTestCase):
    """One row for each unit that is counted."""

    def figures(self, code: str, place: Place = COUNTRY) -> UnitFigures:
        """Those of one unit today."""
        found = figures_of_units(self.connection, RUTAN, place, DAY)
        return {each.unit: each for each in found}[code]

    def test_units_that_are_counted(self) -> None:
        """Those of the kind that are valid on the day, reported or not, by code."""
        found = figures_of_units(self.connection, RUTAN, COUNTRY, DAY)
        self.assertEqual([each.unit for each in found], ["1", "2", "3"])

    def test_places(self) -> None:
        """A place holds the units of its provinces, or one."""
        for place, codes in (
            (JABAR, ["3"]),
            (Place(provinces=("DKI", "JABAR")), ["1", "2", "3"]),
            (Place(provinces=()), []),
            (Place(unit="2"), ["2"]),
            (Place(("JABAR",), "2"), []),
        ):
            found = figures_of_units(self.connection, RUTAN, place, DAY)
            self.assertEqual([each.unit for each in found], codes, place)

    def test_what_was_reported(self) -> None:
        """The figures in the form's order, with who sent them when."""
        self.text("1", "RUTAN 82 54 36 39")
        expected = UnitFigures("1", (82, 54, 36, 39), DAY, MORNING, officer("1").number)
        self.assertEqual(self.figures("1"), expected)
        self.assertEqual(self.figures("1").total, 211)

    def test_what_was_not(self) -> None:
        """Nothing is not zero."""
        self.text("1", "RUTAN 0 0 0 0", YESTERDAY)
        self.assertEqual(self.figures("1"), UnitFigures("1", (None,) * 4))
        self.assertIsNone(self.figures("1").total)

    def test_an_undo_gives_back_who_and_when(self) -> None:
        """What holds again is of when it was sent, not of when the later one went."""
        self.text("1", "RUTAN 82 54 36 39")
        self.text("1", "RUTAN 82 54 36 93", MORNING + 60)
        self.text("1", "BATAL", MORNING + 120)
        found = self.figures("1")
        self.assertEqual((found.values, found.at), ((82, 54, 36, 39), MORNING))

    def test_staff_last(self) -> None:
        """A staff report holds until the next one, and says of which day it is."""
        self.text("1", "RUTAN PEG 1 2 3 4", YESTERDAY)
        (found, *_) = figures_of_units(self.connection, STAFF, COUNTRY, DAY)
        self.assertEqual((found.values, found.day), ((1, 2, 3, 4), DAY - ONE))
        (found, *_) = figures_of_units(self.connection, STAFF, COUNTRY, DAY - 2 * ONE)
        self.assertIsNone(found.day)


class SumTests(FigureTestCase):
    """Sums, and how much stands behind them."""

    def setUp(self) -> None:
        super().setUp()
        self.text("1", "RUTAN 60 0 50 0")
        self.text("2", "RUTAN 1 2 3 4")

    def test_by_province(self) -> None:
        """Provinces where nobody reported are there, without figures."""
        found = sums(self.connection, RUTAN, COUNTRY, DAY, Group.PROVINCE)
        expected = {
            "DKI": Sum((61, 2, 53, 4), 2, 2, 100, 100, 110),
            "JABAR": Sum((None,) * 4, 0, 1, 50, None, None),
        }
        self.assertEqual(found, expected)

    def test_country(self) -> None:
        """The country's sum is that of its provinces."""
        found = sums(self.connection, RUTAN, COUNTRY, DAY, Group.COUNTRY)
        self.assertEqual(found, {"": Sum((61, 2, 53, 4), 2, 3, 150, 100, 110)})

    def test_added_up(self) -> None:
        """Sums of provinces add up to that of the country."""
        provinces = sums(self.connection, RUTAN, COUNTRY, DAY, Group.PROVINCE)
        country = sums(self.connection, RUTAN, COUNTRY, DAY, Group.COUNTRY)
        self.assertEqual(provinces["DKI"] + provinces["JABAR"], country[""])

    def test_place(self) -> None:
        """Of one province there is one sum; of a place without units, none."""
        found = sums(self.connection, RUTAN, JABAR, DAY, Group.COUNTRY)
        self.assertEqual(found, {"": Sum((None,) * 4, 0, 1, 50, None, None)})
        nowhere = Place(provinces=())
        for group in Group:
            self.assertEqual(sums(self.connection, RUTAN, nowhere, DAY, group), {})

    def test_integers(self) -> None:
        """No database gives decimals."""
        (found,) = sums(self.connection, RUTAN, COUNTRY, DAY, Group.COUNTRY).values()
        figures = (*found.values, found.capacity, found.room, found.held)
        self.assertEqual({type(figure) for figure in figures}, {int})
