"""Small parts of the pages of figures: sheets, words, who is expected, sharing."""

from __future__ import annotations

import datetime

from attrs import evolve
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from smscentre.directory import Directory
from smscentre.store.courses import Span
from smscentre.store.figures import Place
from smscentre.store.people import DirectoryReader
from smscentre.web import figurewords as words
from smscentre.web.amounts import occupancy
from smscentre.web.expecting import expected_by_day
from smscentre.web.shared import SharedByKey
from smscentre.web.sheet import Cell, Column, Kind, Sheet, Tone
from tests.texted import JAKARTA, at, unit
from tests.web.figurepages import DAY, FigurePagesTestCase

ONE = datetime.timedelta(1)


class WordTests(SynchronousTestCase):
    """How days, hours, shares and differences are said."""

    def test_share(self) -> None:
        """A hundred is all of it, nought is none, and more than all is more."""
        for part, whole, expected in (
            (0, 0, 0),
            (0, 7, 0),
            (1, 1000, 1),
            (999, 1000, 99),
            (7, 7, 100),
            (1001, 1000, 101),
            (3, 2, 150),
        ):
            self.assertEqual(words.share(part, whole), expected, (part, whole))

    def test_change(self) -> None:
        """With its sign, a true minus; none is nought, and unknown is a dash."""
        found = [words.change(value) for value in (1500, -3, 0, None)]
        self.assertEqual(found, ["+1.500", "\N{MINUS SIGN}3", "0", "-"])

    def test_hour(self) -> None:
        """Only another day than the one that is understood is named."""
        moment = at("2024-05-14T08:05")
        for day, expected in (
            (None, "08.05"),
            (DAY, "08.05"),
            (DAY + ONE, "14 Mei 08.05"),
            (DAY.replace(year=2025), "14 Mei 2024 08.05"),
        ):
            self.assertEqual(words.hour(moment, JAKARTA, day), expected)

    def test_days(self) -> None:
        """Long and short."""
        self.assertEqual(words.short_date(DAY), "14 Mei 2024")
        self.assertEqual(words.month(DAY), "Mei 2024")
        self.assertEqual(words.short_month(DAY), "Mei")
        self.assertEqual(words.short_month(DAY.replace(month=1)), "Jan 2024")


class OccupancyTests(SynchronousTestCase):
    """How full something is."""

    def test_table(self) -> None:
        """Over, at and below; unknown says nothing."""
        for held, room, tone, share in (
            (101, 100, Tone.BAD, 101),
            (1001, 1000, Tone.BAD, 101),
            (100, 100, Tone.WARN, 100),
            (999, 1000, Tone.GOOD, 99),
            (0, 5, Tone.GOOD, 0),
            (None, 5, Tone.PLAIN, None),
            (5, None, Tone.PLAIN, None),
            (5, 0, Tone.PLAIN, None),
        ):
            cell = occupancy(held, room)
            self.assertEqual((cell.tone, cell.value), (tone, share), (held, room))
            self.assertEqual(bool(cell.word), share is not None)


class SheetTests(SynchronousTestCase):
    """Lines in the order of a column."""

    sheet = Sheet(
        "s",
        "S",
        (Column("a", Kind.TEXT, key="a"), Column("b", key="b"), Column("c")),
        (
            (Cell("Beta"), Cell(2), Cell(9)),
            (Cell("alfa"), Cell(None), Cell(8)),
            (Cell("gamma"), Cell(10), Cell(7)),
        ),
    )

    def order(self, key: str, descending: bool = False) -> list[object]:
        """The first cells, sorted."""
        return [line[0].value for line in self.sheet.sorted_by(key, descending)]

    def test_sorted(self) -> None:
        """Figures by size and words by letters; what is missing is last, always."""
        self.assertEqual(self.order("b"), ["Beta", "gamma", "alfa"])
        self.assertEqual(self.order("b", True), ["gamma", "Beta", "alfa"])
        self.assertEqual(self.order("a"), ["alfa", "Beta", "gamma"])

    def test_no_key(self) -> None:
        """What cannot be sorted by leaves all as it is."""
        for key in ("", "c", "x"):
            self.assertEqual(self.order(key), ["Beta", "alfa", "gamma"])

    def test_rank(self) -> None:
        """A cell may be sorted by something else than its value."""
        lines = tuple(
            (evolve(line[0], rank=float(at)), *line[1:])
            for at, line in enumerate(reversed(self.sheet.lines))
        )
        ranked = evolve(self.sheet, lines=lines).sorted_by("a", False)
        self.assertEqual([line[0].value for line in ranked], ["gamma", "alfa", "Beta"])


class ExpectedTests(SynchronousTestCase):
    """How many units count on each day."""

    def test_by_day(self) -> None:
        """From their first day to their last one, in a place, of a kind."""
        directory = Directory.of(
            (),
            [
                unit("1"),
                unit("2", valid_from=DAY),
                unit("3", "JABAR", valid_until=DAY - ONE),
                unit("4", kinds="BAPAS"),
                unit("5", valid_from=DAY + 9 * ONE),
            ],
        )
        span = Span(DAY - ONE, DAY + ONE)
        for place, expected in (
            (Place(), [2, 2, 2]),
            (Place(provinces=("DKI",)), [1, 2, 2]),
            (Place(provinces=("JABAR",)), [1, 0, 0]),
            (Place(unit="2"), [0, 1, 1]),
        ):
            found = expected_by_day(directory, "RUTAN", place, span)
            self.assertEqual(list(found.values()), expected, place)


class DirectoryReaderTests(FigurePagesTestCase):
    """The directory as readers see it."""

    units = (unit("1"),)

    def test_loaded_when_it_changes(self) -> None:
        """The same until something is different, also by another process."""
        reader = DirectoryReader()
        with self.engine.connect() as connection:
            first = reader.current(connection)
            self.assertIs(reader.current(connection), first)
            connection.rollback()
            self.texted.put(unit("2"))
            self.assertEqual(set(reader.current(connection).units), {"1", "2"})


class SharedByKeyTests(SynchronousTestCase):
    """One read for all who want the same."""

    def test_each_key_once(self) -> None:
        """Who asks for another key waits for another read."""
        reads: list[tuple[str, Deferred[str]]] = []

        def read(key: str) -> Deferred[str]:
            result: Deferred[str] = Deferred()
            reads.append((key, result))
            return result

        shared = SharedByKey(read, Clock(), 5.0)
        asked = [shared.get(key) for key in ("a", "a", "b")]
        self.assertEqual([key for key, _ in reads], ["a", "b"])
        for key, result in reads:
            result.callback(key.upper())
        self.assertEqual(
            [self.successResultOf(each) for each in asked], ["A", "A", "B"]
        )

    def test_few_are_kept(self) -> None:
        """However many keys are asked for."""
        shared: SharedByKey[int, str] = SharedByKey(
            lambda key: Deferred(), Clock(), 5.0
        )
        for key in range(1000):
            shared.get(key)
        self.assertLess(len(shared._known), 100)
