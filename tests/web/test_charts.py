"""Charts and the map of tiles: well-formed, in words too, without inline styles."""

from __future__ import annotations

import datetime
import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.provinces import load
from smscentre.web.charts import Point, course, sparkline
from smscentre.web.tilemap import PLACES, Tile, tile_map

FIRST = datetime.date(2024, 5, 1)
WESTERN = ["ACEH", "BANTEN", "DKI", "KALBAR", "BALI", "SULSEL"]
EASTERN = ["PAPUA", "DKI", "JATENG", "KALTIM", "NTB", "MALUKU"]
NORTHERN = ["SUMUT", "KALTARA", "SULUT", "KALSEL", "PAPUA"]
SOUTHERN = ["LAMPUNG", "KALSEL", "SULSEL", "JATENG", "PASEL"]

values = st.lists(st.none() | st.integers(0, 10_000_000), min_size=1, max_size=400)


def points(*figures: int | None, expected: int = 0) -> list[Point]:
    """A course from the first day on, as complete as it goes."""
    return [
        Point(FIRST + datetime.timedelta(at), figure, at, expected)
        for at, figure in enumerate(figures)
    ]


def drawn(figures: list[Point]) -> ElementTree.Element:
    """A course, as a program reads it."""
    return ElementTree.fromstring(str(course("c", "Judul <b>", figures)))


class CourseTests(SynchronousTestCase):
    """The course of days."""

    @given(values)
    def test_any_figures(self, figures: list[int | None]) -> None:
        """Everything lies within the view, whatever there is."""
        if all(figure is None for figure in figures):
            self.assertEqual(course("c", "", points(*figures)), "")
            return
        root = drawn(points(*figures, expected=9))
        width, height = map(float, root.attrib["viewBox"].split()[2:])
        for pair in _places(root):
            self.assertTrue(-1 <= pair[0] <= width + 1, pair)
            self.assertTrue(-1 <= pair[1] <= height + 1, pair)

    def test_gaps(self) -> None:
        """A day without a figure is a gap, not nought; a lone day is a dot."""
        svg = course("c", "", points(1, 2, None, 3, None, 4, 5))
        self.assertEqual(svg.count("<polyline"), 2)
        self.assertEqual(svg.count('class="lone"'), 1)

    def test_in_words(self) -> None:
        """First, last, lowest and highest, and how many days have any."""
        svg = course("c", "", points(5, None, 1200, 3))
        self.assertIn("Pertama 5 pada 1 Mei 2024, terakhir 3 pada 4 Mei 2024", svg)
        self.assertIn("terendah 3 pada 4 Mei 2024, tertinggi 1.200 pada 3 Mei", svg)
        self.assertIn("3 dari 4 hari ada datanya", svg)

    def test_names_are_escaped(self) -> None:
        """A title is text, and named as the label of the picture."""
        svg = course("c", "<script>", points(1, 2))
        self.assertIn('<title id="c-t">&lt;script&gt;</title>', svg)
        self.assertIn('role="img" aria-labelledby="c-t c-d"', svg)

    def test_incomplete(self) -> None:
        """The last figure says how many units are in it where some lack."""
        last = [*points(1, 2, expected=9)]
        self.assertIn("2 (1 dari 9 UPT)", course("c", "", last))

    def test_no_style(self) -> None:
        """Colours come from the style sheet: inline ones would not be applied."""
        svg = course("c", "", points(1, None, 3, expected=4)) + sparkline([1, 2])
        self.assertNotRegex(svg, r"style|#[0-9a-f]{3}|fill=|stroke=")

    def test_a_year_is_light(self) -> None:
        """It takes few octets."""
        year = points(*range(1000, 1366), expected=700)
        self.assertLess(len(course("c", "", year)), 70_000)


class SparklineTests(SynchronousTestCase):
    """The small course."""

    @given(values)
    def test_any_figures(self, figures: list[int | None]) -> None:
        """It is drawn where there are two figures, within its view."""
        svg = sparkline(figures)
        if len([figure for figure in figures if figure is not None]) < 2:
            self.assertEqual(svg, "")
            return
        for pair in _places(ElementTree.fromstring(svg)):
            self.assertTrue(0 <= pair[0] <= 120 and 0 <= pair[1] <= 28, pair)


class TileMapTests(SynchronousTestCase):
    """Indonesia as tiles."""

    def test_every_province_has_its_place(self) -> None:
        """None is missing and no two share one."""
        self.assertEqual(set(PLACES), {province.keyword for province in load()})
        self.assertEqual(len(set(PLACES.values())), len(PLACES))

    def test_west_is_left_and_north_is_above(self) -> None:
        """As everybody knows the country."""
        for west, east in zip(WESTERN, EASTERN, strict=True):
            self.assertLess(PLACES[west][0], PLACES[east][0], (west, east))
        for north, south in zip(NORTHERN, SOUTHERN, strict=True):
            self.assertLess(PLACES[north][1], PLACES[south][1], (north, south))

    def test_a_tile(self) -> None:
        """Its place and colour are classes; its words are there for who hears them."""
        tile = Tile("ACEH", "/?a=1&b=2", "level2", "67 %", "Aceh: <2 dari 3>")
        html = tile_map("Peta", [tile])
        self.assertIn('<li class="c1 r1 level2"><a href="/?a=1&amp;b=2"', html)
        self.assertIn("Aceh: &lt;2 dari 3&gt;</span>", html)

    def test_a_province_of_tomorrow(self) -> None:
        """One that has no place yet is on the list as well."""
        html = tile_map("Peta", [Tile("BARU", "/", "level0", "-", "Baru")])
        self.assertIn('<li class="level0">', html)


def _places(root: ElementTree.Element) -> list[tuple[float, float]]:
    """The corners of everything in a picture."""
    found: list[tuple[float, float]] = []
    for element in root.iter():
        names = element.attrib
        for x, y in (("x1", "y1"), ("x2", "y2"), ("cx", "cy"), ("x", "y")):
            if x in names and y in names:
                found.append((float(names[x]), float(names[y])))
        if "width" in names and "x" in names:
            right = float(names["x"]) + float(names["width"])
            found.append((right, float(names["y"]) + float(names["height"])))
        for pair in re.findall(r"([\d.-]+),([\d.-]+)", names.get("points", "")):
            found.append((float(pair[0]), float(pair[1])))
    return found
