"""Figures from day to day: sums and totals, counts and staff, kept and read again."""

from __future__ import annotations

from sqlalchemy import event

from smscentre.store.courses import Span, day_sums, unit_days
from smscentre.store.figures import Place, Sum
from smscentre.store.settled import SettledDays
from tests.store.test_figures import (
    COUNTRY,
    DAY,
    JABAR,
    MORNING,
    ONE,
    RUTAN,
    STAFF,
    YESTERDAY,
    FigureTestCase,
)
from tests.texted import unit

WEEK = Span(DAY - 6 * ONE, DAY)
TWO = Span(DAY - ONE, DAY)


class SpanTests(FigureTestCase):
    """Days from a first one to a last one."""

    def test_days(self) -> None:
        """Both ends are in it."""
        self.assertEqual(list(TWO), [DAY - ONE, DAY])
        self.assertEqual((len(TWO), len(Span(DAY, DAY - ONE))), (2, 0))


class CountTests(FigureTestCase):
    """Counts hold for their day only."""

    def setUp(self) -> None:
        super().setUp()
        self.text("1", "RUTAN 1 2 3 4", YESTERDAY)
        self.text("1", "RUTAN 10 20 30 40")
        self.text("2", "RUTAN 1 1 1 1")
        self.text("3", "RUTAN 5 5 5 5")

    def test_sums(self) -> None:
        """By day and province."""
        found = day_sums(self.connection, RUTAN, COUNTRY, WEEK)
        expected = {
            DAY - ONE: {"DKI": Sum((1, 2, 3, 4), 1)},
            DAY: {"DKI": Sum((11, 21, 31, 41), 2), "JABAR": Sum((5, 5, 5, 5), 1)},
        }
        self.assertEqual(found, expected)

    def test_units_outside_their_time(self) -> None:
        """What a unit reported before it was closed stays in the sums of those days."""
        self.texted.put(unit("1", valid_until=DAY - ONE))
        self.connection.rollback()
        found = day_sums(self.connection, RUTAN, COUNTRY, WEEK)
        self.assertEqual(found[DAY - ONE], {"DKI": Sum((1, 2, 3, 4), 1)})
        self.assertEqual(found[DAY]["DKI"], Sum((1, 1, 1, 1), 1))

    def test_units(self) -> None:
        """The totals of some fields by unit and day."""
        fields = ("tahanan_p", "tahanan_w")
        found = unit_days(self.connection, RUTAN, fields, COUNTRY, WEEK)
        expected = {
            "1": {DAY - ONE: 3, DAY: 30},
            "2": {DAY: 2},
            "3": {DAY: 10},
        }
        self.assertEqual(found, expected)

    def test_units_of_a_place(self) -> None:
        """Only those of a place."""
        found = unit_days(self.connection, RUTAN, RUTAN.fields, JABAR, WEEK)
        self.assertEqual(found, {"3": {DAY: 20}})


class StaffTests(FigureTestCase):
    """Staff hold until the unit's next report, and while the unit is valid."""

    def setUp(self) -> None:
        super().setUp()
        self.text("1", "RUTAN PEG 9 9 9 9", MORNING - 6 * 86400)
        self.text("1", "RUTAN PEG 1 2 3 4", YESTERDAY)
        self.text("3", "RUTAN PEG 5 5 5 5")

    def test_sums(self) -> None:
        """What held before the first day holds on it."""
        found = day_sums(self.connection, STAFF, COUNTRY, Span(DAY - 2 * ONE, DAY))
        expected = {
            DAY - 2 * ONE: {"DKI": Sum((9, 9, 9, 9), 1)},
            DAY - ONE: {"DKI": Sum((1, 2, 3, 4), 1)},
            DAY: {"DKI": Sum((1, 2, 3, 4), 1), "JABAR": Sum((5, 5, 5, 5), 1)},
        }
        self.assertEqual(found, expected)

    def test_units(self) -> None:
        """A unit has a total on every day that its report holds."""
        found = unit_days(self.connection, STAFF, ("pam_p",), COUNTRY, TWO)
        self.assertEqual(found, {"1": {DAY - ONE: 1, DAY: 1}, "3": {DAY: 5}})

    def test_a_unit_that_was_closed(self) -> None:
        """Its staff do not count from the next day on."""
        self.texted.put(unit("1", valid_until=DAY - ONE))
        self.connection.rollback()
        found = day_sums(self.connection, STAFF, COUNTRY, TWO)
        self.assertEqual(found[DAY], {"JABAR": Sum((5, 5, 5, 5), 1)})


class SettledTests(FigureTestCase):
    """Days that are over are read once, unless something changes them."""

    LATER = MORNING + 30 * 86400

    def setUp(self) -> None:
        super().setUp()
        self.text("1", "RUTAN 1 2 3 4", YESTERDAY)
        self.text("3", "RUTAN 5 5 5 5")
        self.settled = SettledDays()
        self.reads: list[str] = []
        event.listen(self.connection, "before_cursor_execute", self._note)

    def _note(
        self, _connection: object, _cursor: object, statement: str, *_: object
    ) -> None:
        if "reports" in statement:
            self.reads.append(statement)

    def sums(self, place: Place = COUNTRY, now: float = LATER) -> object:
        """The sums of the week."""
        found = self.settled.sums(self.connection, RUTAN, place, WEEK, now)
        expected = day_sums(self.connection, RUTAN, place, WEEK)
        self.assertEqual(found, expected)
        self.reads.pop()
        return found

    def test_read_once(self) -> None:
        """The second time nothing is read; empty days are known, too."""
        self.sums()
        self.assertEqual(len(self.reads), 1)
        self.sums()
        self.sums(Place(provinces=("DKI", "JABAR", "BALI")))
        self.assertEqual(len(self.reads), 1)

    def test_days_that_are_not_over(self) -> None:
        """Today and the days before are read anew each time."""
        for _ in range(2):
            self.sums(now=MORNING)
        self.assertEqual(len(self.reads), 2)

    def test_a_late_change(self) -> None:
        """What changes a settled day is seen, as is the undo of that."""
        self.sums()
        late = MORNING + 5 * 86400
        self.text("1", "RUTAN 100 2 3 4 140524", late)
        self.sums()
        self.assertEqual(len(self.reads), 2)
        self.text("1", "BATAL", late + 60)
        self.sums()
        self.assertEqual(len(self.reads), 3)

    def test_a_unit_that_moves(self) -> None:
        """Sums by province are no longer what they were."""
        self.sums()
        self.texted.put(unit("3", "BALI"))
        self.connection.rollback()
        self.sums()
        self.assertEqual(len(self.reads), 2)

    def test_little_is_read_directly(self) -> None:
        """A unit, a province and staff are not worth keeping."""
        for place in (Place(unit="1"), JABAR):
            self.sums(place)
            self.sums(place)
        self.assertEqual(len(self.reads), 4)
        found = self.settled.sums(self.connection, STAFF, COUNTRY, WEEK, self.LATER)
        self.assertEqual(found, {})

    def test_usual_reports_are_not_late(self) -> None:
        """Only what comes days afterwards is marked."""
        self.text("1", "RUTAN 1 2 3 4 130524")
        self.assertEqual(self.rows("SELECT * FROM late_changes"), [])
        self.text("1", "RUTAN 9 2 3 4 130524", MORNING + 3 * 86400)
        ((form, day, _),) = self.rows("SELECT * FROM late_changes")
        self.assertEqual((form, str(day)), ("RUTAN", "2024-05-13"))
