"""Draws the states of sessions, in ``images/``, from their tables.

Run as ``python -m docs.session_diagram`` (or ``make diagram``) after a change of
`smscentre.smpp.states` or `smscentre.at.session_states`; a test compares the drawings
with the tables. It knows where the boxes stand, and nothing of what moves a session.
"""

from __future__ import annotations

__all__ = ["DRAWINGS", "Drawing", "render"]

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from attrs import frozen

from smscentre.at import session_states as modem
from smscentre.smpp import states as smpp

_IMAGES = Path(__file__).parent / "images"

_BOX = (110, 40)
_LINE = 16


@frozen
class Drawing:
    """A file, the table that it shows, and the middle of each state's box."""

    file: Path
    title: str
    size: tuple[int, int]
    transitions: Mapping[Any, Mapping[Any, Any]]
    places: Mapping[Any, tuple[int, int]]


DRAWINGS = (
    Drawing(
        _IMAGES / "session.svg",
        "The states of an SMPP session",
        (810, 330),
        smpp.TRANSITIONS,
        {
            smpp.State.OPEN: (90, 60),
            smpp.State.BINDING: (300, 60),
            smpp.State.BOUND: (510, 60),
            smpp.State.UNBINDING: (720, 60),
            smpp.State.CLOSED: (405, 280),
        },
    ),
    Drawing(
        _IMAGES / "modem-session.svg",
        "The states of a session with a modem",
        (980, 450),
        modem.TRANSITIONS,
        {
            modem.State.OPEN: (80, 80),
            modem.State.REACHING: (300, 80),
            modem.State.STARTING: (560, 80),
            modem.State.LOCKED: (560, 200),
            modem.State.SERVING: (900, 80),
            modem.State.LEAVING: (900, 400),
            modem.State.CLOSED: (300, 400),
        },
    ),
)

_HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}" \
font-family="sans-serif" font-size="13" text-anchor="middle">
<title>{title}</title>
<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" \
markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
<rect width="100%" height="100%" fill="white"/>
"""

_APART = 14
"""How far two ways between the same boxes are apart."""


def render(drawing: Drawing) -> str:
    """The drawing: a box for each state, an arrow for each way between two."""
    arrows = [
        _arrow(
            drawing,
            (state, following),
            [step for step in moves if moves[step] is following],
        )
        for state, moves in drawing.transitions.items()
        for following in dict.fromkeys(moves.values())
    ]
    boxes = [_box(state, drawing.places[state]) for state in drawing.transitions]
    head = _HEAD.format(size=drawing.size, title=escape(drawing.title))
    return head + "\n".join([*arrows, *boxes]) + "\n</svg>\n"


def _box(state: Enum, place: tuple[int, int]) -> str:
    x, y = place
    width, height = _BOX
    return (
        f'<rect x="{x - width // 2}" y="{y - height // 2}" width="{width}" '
        f'height="{height}" rx="6" fill="#eef" stroke="black"/>\n'
        f'<text x="{x}" y="{y + 5}" font-weight="bold">{escape(state.value)}</text>'
    )


def _arrow(drawing: Drawing, way: tuple[Enum, Enum], steps: list[Enum]) -> str:
    """A line from border to border, with the steps that lead along it."""
    start, end = (drawing.places[state] for state in way)
    (x1, y1), (x2, y2) = _border(start, end), _border(end, start)
    aside_x, aside_y = _aside(drawing, way)
    x1, y1, x2, y2 = x1 + aside_x, y1 + aside_y, x2 + aside_x, y2 + aside_y
    line = (
        f'<path d="M{x1:.0f} {y1:.0f} {x2:.0f} {y2:.0f}" stroke="black" '
        'marker-end="url(#head)"/>'
    )
    x = (x1 + x2) / 2 + 7 * aside_x
    y = (y1 + y2) / 2 - _LINE * (len(steps) - 1) / 2
    if y1 == y2:
        y += _LINE if aside_y > 0 else -_LINE / 2
    labels = [
        f'<text x="{x:.0f}" y="{y + row * _LINE:.0f}" stroke="white" '
        f'stroke-width="5" paint-order="stroke">{escape(step.value)}</text>'
        for row, step in enumerate(steps)
    ]
    return "\n".join([line, *labels])


def _aside(drawing: Drawing, way: tuple[Enum, Enum]) -> tuple[float, float]:
    """How far a line is moved because another one leads back."""
    start, end = way
    if start not in drawing.transitions[end].values():
        return 0, 0
    (x1, y1), (x2, y2) = drawing.places[start], drawing.places[end]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    half = _APART / 2
    return (y2 - y1) / length * half, (x1 - x2) / length * half


def _border(start: tuple[int, int], end: tuple[int, int]) -> tuple[float, float]:
    """Where the line between the middles of two boxes leaves the first one."""
    (x1, y1), (x2, y2) = start, end
    dx, dy = x2 - x1, y2 - y1
    width, height = _BOX
    share = min(
        width / 2 / abs(dx) if dx else 1,
        height / 2 / abs(dy) if dy else 1,
    )
    return x1 + dx * share, y1 + dy * share


if __name__ == "__main__":
    for each in DRAWINGS:
        each.file.write_text(render(each), encoding="utf-8")
