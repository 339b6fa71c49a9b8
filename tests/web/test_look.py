"""The style sheet: contrast in light, in dark and on paper, and no requests."""

from __future__ import annotations

import re
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from smscentre.web import site

STATIC = Path(site.__file__).parent / "static"
STYLE = (STATIC / "style.css").read_text()
FIGURES = (STATIC / "figures.css").read_text()

TEXTS = (
    ("ink", "page"),
    ("ink", "card"),
    ("ink", "stripe"),
    ("ink", "head"),
    ("soft", "page"),
    ("soft", "card"),
    ("soft", "stripe"),
    ("soft", "head"),
    ("link", "page"),
    ("link", "card"),
    ("link", "stripe"),
    ("link", "head"),
    ("link", "info-page"),
    ("ink", "info-page"),
    ("on-act", "act"),
    ("good", "good-page"),
    ("warn", "warn-page"),
    ("bad", "bad-page"),
    ("info", "info-page"),
    ("good", "card"),
    ("bad", "card"),
)
"""What is read on what; WCAG 2.2 asks for 4.5 to 1 (1.4.3)."""

SHAPES = (
    ("edge", "card"),
    ("edge", "page"),
    ("focus", "card"),
    ("focus", "page"),
    ("act", "card"),
)
"""What has to be seen on what; WCAG 2.2 asks for 3 to 1 (1.4.11)."""

_VARIABLES = re.compile(r"--([a-z-]+): (#[0-9a-f]{3,6});")


def palettes() -> dict[str, dict[str, str]]:
    """The colours of each medium; what it does not name it has from the light one."""
    light, dark, paper = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    plain = dict(_VARIABLES.findall(light))
    return {
        "light": plain,
        "dark": plain | dict(_VARIABLES.findall(dark)),
        "paper": plain | dict(_VARIABLES.findall(paper)),
    }


def luminance(colour: str) -> float:
    """How light a colour is.

    Source: WCAG 2.2, "relative luminance".
    """
    digits = colour[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


class ContrastTests(SynchronousTestCase):
    """Everything can be read, in each medium."""

    def test_formula(self) -> None:
        """Black on white is the most there is."""
        self.assertAlmostEqual(contrast("#000", "#ffffff"), 21.0)
        self.assertAlmostEqual(contrast("#777777", "#fff"), 4.48, places=2)

    def test_texts(self) -> None:
        """What is read."""
        self.assert_contrast(TEXTS, 4.5)

    def test_shapes(self) -> None:
        """Borders of fields, buttons and the mark of what has the focus."""
        self.assert_contrast(SHAPES, 3.0)

    def assert_contrast(self, pairs: tuple[tuple[str, str], ...], least: float) -> None:
        """Each pair has it in each medium."""
        for medium, palette in palettes().items():
            for front, back in pairs:
                found = contrast(palette[front], palette[back])
                self.assertGreaterEqual(found, least, (medium, front, back))


class FigureTests(SynchronousTestCase):
    """The style sheet of figures: the colours of the map, and no requests."""

    def test_map(self) -> None:
        """What stands on each tile can be read, in light and in dark."""
        rule = r"\.([a-z0-9]+) \{ background: (#[0-9a-f]+); color: (#[0-9a-f]+); \}"
        found = re.findall(rule, FIGURES)
        self.assertEqual(len(found), 14)
        for name, back, front in found:
            self.assertGreaterEqual(contrast(front, back), 4.5, (name, back))

    def test_no_requests(self) -> None:
        """It asks for nothing else."""
        for word in ("url(", "@import", "@font-face", "http"):
            self.assertNotIn(word, FIGURES)

    def test_size(self) -> None:
        """It is light."""
        self.assertLess(len(FIGURES.encode()), 12_000)


class WeightTests(SynchronousTestCase):
    """What a page costs."""

    def test_no_requests(self) -> None:
        """The style sheet asks for nothing else, here or elsewhere."""
        for word in ("url(", "@import", "@font-face", "http"):
            self.assertNotIn(word, STYLE)

    def test_size(self) -> None:
        """It leaves most of a page's hundred kilobytes to the page."""
        self.assertLess(len(STYLE.encode()), 30_000)
