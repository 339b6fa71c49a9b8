"""Who sent what when: corrections, undos, and the times of reports."""

from __future__ import annotations

from smscentre.store.courses import Span
from smscentre.store.figures import Place
from smscentre.store.revisions import Change, changes, stored_times
from tests.store.test_figures import (
    COUNTRY,
    DAY,
    JABAR,
    MORNING,
    ONE,
    RUTAN,
    YESTERDAY,
    FigureTestCase,
)
from tests.texted import COUNTED, officer

TODAY = Span(DAY, DAY)
UNIT = Place(unit="1")
FORMS = tuple(COUNTED.values())


class ChangeTests(FigureTestCase):
    """Everything that was sent for some days."""

    def changes(self, place: Place = UNIT, span: Span = TODAY) -> list[Change]:
        """What was sent, newest first."""
        return changes(self.connection, FORMS, place, span)

    def story(self) -> list[tuple[tuple[int, ...], tuple[int, ...], bool, bool]]:
        """Old and new figures, whether it undoes, whether it was undone."""
        return [
            (each.old[:1], each.new[:1], each.undoes is not None, each.undone)
            for each in self.changes()
        ]

    def test_corrections(self) -> None:
        """The newest first, each with what held before it."""
        for index, value in enumerate((1, 2, 3)):
            self.text("1", f"RUTAN {value} 0 0 0", MORNING + 60 * index)
        expected = [((2,), (3,)), ((1,), (2,)), ((), (1,))]
        self.assertEqual([each[:2] for each in self.story()], expected)

    def test_one(self) -> None:
        """With who sent it when, for which day, in which words."""
        self.text("1", "rutan 82 54 36 39 130524")
        (found,) = self.changes(span=Span(DAY - ONE, DAY))
        self.assertEqual(
            (found.unit, found.form, found.day, found.number, found.text, found.at),
            ("1", "RUTAN", DAY - ONE, officer("1").number, "rutan 82 54 36 39 130524",
             MORNING),
        )  # fmt: skip

    def test_an_undone_correction(self) -> None:
        """The undo, what it took back and what holds again are all there."""
        self.text("1", "RUTAN 1 0 0 0")
        self.text("1", "RUTAN 2 0 0 0", MORNING + 60)
        self.text("1", "BATAL", MORNING + 120)
        expected = [
            ((2,), (1,), True, False),
            ((1,), (2,), False, True),
            ((), (1,), False, False),
        ]
        self.assertEqual(self.story(), expected)

    def test_all_undone(self) -> None:
        """What left nothing behind is there as well."""
        self.text("1", "RUTAN 1 0 0 0")
        self.text("1", "BATAL", MORNING + 60)
        self.assertEqual(
            self.story(), [((1,), (), True, False), ((), (1,), False, True)]
        )
        self.text("1", "RUTAN 5 0 0 0", MORNING + 120)
        self.assertEqual(len(self.story()), 3)

    def test_places_and_days(self) -> None:
        """Only those of the place and the days."""
        self.text("1", "RUTAN 1 0 0 0", YESTERDAY)
        self.text("2", "RUTAN 2 0 0 0")
        self.text("2", "BAPAS 2 0 0 0")
        self.text("3", "RUTAN 3 0 0 0")
        found = self.changes(COUNTRY)
        self.assertEqual(
            sorted((each.unit, each.form) for each in found),
            [("2", "BAPAS"), ("2", "RUTAN"), ("3", "RUTAN")],
        )
        self.assertEqual([each.unit for each in self.changes(JABAR)], ["3"])
        only = changes(self.connection, [RUTAN], COUNTRY, TODAY)
        self.assertEqual({each.unit for each in only}, {"2", "3"})


class TimeTests(FigureTestCase):
    """When reports came."""

    def times(self) -> tuple[float, ...]:
        """Those of one unit for today, counted from the morning."""
        found = stored_times(self.connection, FORMS, COUNTRY, TODAY)
        times = found.get(("1", "RUTAN", DAY), ())
        return tuple(moment - MORNING for moment in times)

    def test_all_that_held(self) -> None:
        """The first report and every correction of it."""
        self.text("1", "RUTAN 1 0 0 0")
        self.text("1", "RUTAN 2 0 0 0", MORNING + 60)
        self.text("1", "RUTAN 3 0 0 0", MORNING + 120)
        self.assertEqual(self.times(), (0, 60, 120))

    def test_what_was_taken_back(self) -> None:
        """It is not there, nor is the undo."""
        self.text("1", "RUTAN 1 0 0 0")
        self.text("1", "RUTAN 2 0 0 0", MORNING + 60)
        self.text("1", "BATAL", MORNING + 120)
        self.assertEqual(self.times(), (0,))
        self.text("1", "RUTAN 3 0 0 0", MORNING + 180)
        self.assertEqual(self.times(), (0, 180))
