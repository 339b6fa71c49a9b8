"""Charts as SVG, drawn on the server: the course of days, a small one, bars.

Numbers to shapes. Colours are classes of the style sheet, so that they are right in
the dark and on paper, and nothing needs a script or an inline style. What a chart shows
also stands in words or in a table beside it.
"""

from __future__ import annotations

__all__ = ["Point", "course", "sparkline"]

import datetime
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from math import ceil, floor, log10

from attrs import frozen
from markupsafe import Markup

from smscentre.web import figurewords, wording
from smscentre.web.inert import inert_html

_WIDTH, _HEIGHT = 860, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 14, 12, 52
_LANE = 12
"""The height of the lane below the days that shows how complete each is."""

_MOST_TICKS = 5
_MOST_LABELS = 8
_STEPS = (1, 2, 2.5, 5, 10)

_SPARK_WIDTH, _SPARK_HEIGHT = 120, 28


@frozen
class Point:
    """A day's figure, None where there is none, and how many units reported it."""

    day: datetime.date
    value: int | None
    reported: int = 0
    expected: int = 0


def course(name: str, title: str, points: Sequence[Point]) -> Markup:
    """How a figure went from day to day, with how complete each day is.

    A day without a figure is a gap. ``name`` is the chart's own within its page.
    """
    if not any(point.value is not None for point in points):
        return Markup()
    drawing = _Course(points)
    words = inert_html(_in_words(points))
    parts = [
        f'<svg class="course" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-labelledby="{name}-t {name}-d">',
        f'<title id="{name}-t">{inert_html(title)}</title>',
        f'<desc id="{name}-d">{words}</desc>',
        *drawing.grid(),
        *drawing.days(),
        *drawing.lane(),
        *drawing.line(),
        "</svg>",
    ]
    return Markup("".join(parts))


def sparkline(values: Sequence[int | None]) -> Markup:
    """The shape of a course without any words; what it says must stand beside it."""
    there = [value for value in values if value is not None]
    if len(there) < 2:
        return Markup()
    low, high = min(there), max(there)
    room = _SPARK_HEIGHT - 6

    def x(at: int) -> float:
        return 3 + at * (_SPARK_WIDTH - 6) / max(1, len(values) - 1)

    def y(value: int) -> float:
        return 3 + room * (1 - (value - low) / ((high - low) or 1))

    lines = "".join(_polylines(values, x, y))
    last = max(at for at, value in enumerate(values) if value is not None)
    end = values[last] or 0
    return Markup(
        f'<svg class="spark" viewBox="0 0 {_SPARK_WIDTH} {_SPARK_HEIGHT}" '
        f'width="{_SPARK_WIDTH}" height="{_SPARK_HEIGHT}" aria-hidden="true">'
        f'{lines}<circle class="dot" cx="{_at(x(last))}" cy="{_at(y(end))}" r="3"/>'
        "</svg>"
    )


class _Course:
    """The parts of a course, all in the coordinates of its view."""

    def __init__(self, points: Sequence[Point]) -> None:
        self._points = points
        there = [point.value for point in points if point.value is not None]
        self._ticks = _ticks(min(there), max(there))
        self._bottom = _HEIGHT - _BOTTOM

    def grid(self) -> Iterator[str]:
        """Lines across, each with its figure."""
        for tick in self._ticks:
            y = _at(self._y(tick))
            yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" '
            yield f'y1="{y}" y2="{y}"/>'
            yield f'<text class="tick" x="{_LEFT - 8}" y="{y}" dy=".35em" '
            yield f'text-anchor="end">{inert_html(wording.figure(tick))}</text>'

    def days(self) -> Iterator[str]:
        """Some days, or months where there are many, by name."""
        for at, words in _labels([point.day for point in self._points]):
            x = _at(self._x(at))
            yield f'<line class="grid" x1="{x}" x2="{x}" y1="{self._bottom}" '
            yield f'y2="{self._bottom + 4}"/>'
            yield f'<text class="tick" x="{x}" y="{self._bottom + 18}" '
            yield f'text-anchor="middle">{inert_html(words)}</text>'

    def lane(self) -> Iterator[str]:
        """For each day a bar as long as the share of units that reported."""
        if not any(point.expected for point in self._points):
            return
        width = max(1.0, (_WIDTH - _LEFT - _RIGHT) / len(self._points) - 1)
        bottom = _HEIGHT - 6
        yield f'<text class="tick" x="{_LEFT - 8}" y="{bottom}" '
        yield 'text-anchor="end">lapor</text>'
        for at, point in enumerate(self._points):
            share = point.reported / point.expected if point.expected else 0
            height = _LANE * share
            x = _at(self._x(at) - width / 2)
            kind = "all" if point.reported == point.expected else "part"
            yield f'<rect class="lane" x="{x}" y="{_at(bottom - _LANE)}" '
            yield f'width="{_at(width)}" height="{_LANE}"/>'
            yield f'<rect class="lane {kind}" x="{x}" y="{_at(bottom - height)}" '
            yield f'width="{_at(width)}" height="{_at(height)}"/>'

    def line(self) -> Iterator[str]:
        """The figures, with a dot and its figure at the last one."""
        values = [point.value for point in self._points]
        yield from _polylines(values, self._x, self._y)
        last = max(at for at, value in enumerate(values) if value is not None)
        x, y = self._x(last), self._y(values[last] or 0)
        anchor = "end" if x > _WIDTH / 2 else "start"
        yield f'<circle class="dot" cx="{_at(x)}" cy="{_at(y)}" r="4"/>'
        above = y - 10 if y > _TOP + 20 else y + 18
        yield f'<text class="value" x="{_at(x)}" y="{_at(above)}" '
        words = inert_html(_labelled(self._points[last]))
        yield f'text-anchor="{anchor}">{words}</text>'

    def _x(self, at: int) -> float:
        room = (_WIDTH - _LEFT - _RIGHT) / len(self._points)
        return _LEFT + room * (at + 0.5)

    def _y(self, value: float) -> float:
        low, high = self._ticks[0], self._ticks[-1]
        return _TOP + (self._bottom - _TOP) * (1 - (value - low) / ((high - low) or 1))


def _polylines(
    values: Sequence[int | None],
    x: Callable[[int], float],
    y: Callable[[int], float],
) -> Iterator[str]:
    """A line for each stretch without a gap, a dot for a lone day."""
    numbered = enumerate(values)
    for known, stretch in groupby(numbered, key=lambda pair: pair[1] is not None):
        if not known:
            continue
        there = [(x(at), y(value or 0)) for at, value in stretch]
        if len(there) == 1:
            ((left, top),) = there
            yield f'<circle class="lone" cx="{_at(left)}" cy="{_at(top)}" r="2.5"/>'
            continue
        pairs = " ".join(f"{_at(left)},{_at(top)}" for left, top in there)
        yield f'<polyline class="line" points="{pairs}"/>'


def _labelled(point: Point) -> str:
    """A figure, with how many units are in it where some are not."""
    words = wording.figure(point.value)
    if point.reported == point.expected:
        return words
    return f"{words} ({point.reported} dari {point.expected} UPT)"


def _ticks(low: int, high: int) -> list[int]:
    """Round figures from below the lowest to above the highest."""
    if low == high:
        low, high = max(0, low - 1), high + 1
    # A scale that does not begin at nought shows changes, and may exaggerate them:
    # it begins there unless everything is far above.
    if low < (high - low) * 2:
        low = 0
    raw = (high - low) / (_MOST_TICKS - 1)
    unit = 10 ** floor(log10(raw)) if raw >= 1 else 1
    step = next(size * unit for size in _STEPS if size * unit >= raw)
    step = max(1, ceil(step))
    first = floor(low / step) * step
    count = ceil((high - first) / step)
    return [first + step * at for at in range(count + 1)]


def _labels(days: Sequence[datetime.date]) -> Iterator[tuple[int, str]]:
    """Which days are named below a chart, and how."""
    if len(days) > 62:
        firsts = [at for at, day in enumerate(days) if day.day == 1]
        every = ceil(len(firsts) / _MOST_LABELS / 1.5) or 1
        for at in firsts[::every]:
            day = days[at]
            yield at, figurewords.short_month(day)
        return
    every = ceil(len(days) / _MOST_LABELS)
    for at in range(len(days) - 1, -1, -every):
        yield at, figurewords.day_and_month(days[at])


def _in_words(points: Sequence[Point]) -> str:
    """What a chart shows: its first and last figure, its lowest and highest."""
    there = [point for point in points if point.value is not None]
    low = min(there, key=lambda point: point.value or 0)
    high = max(there, key=lambda point: point.value or 0)
    said = [
        f"{word} {wording.figure(point.value)} pada {figurewords.short_date(point.day)}"
        for word, point in (
            ("Pertama", there[0]),
            ("terakhir", there[-1]),
            ("terendah", low),
            ("tertinggi", high),
        )
    ]
    return f"{', '.join(said)}. {len(there)} dari {len(points)} hari ada datanya."


def _at(number: float) -> str:
    """A coordinate in few characters."""
    return f"{number:.1f}".removesuffix(".0")
