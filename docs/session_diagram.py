"""Draws ``images/session.svg``, the states of an SMPP session, from their table.

Run as ``python -m docs.session_diagram`` (or ``make diagram``) after a change of
`smscentre.smpp.states`; a test compares the drawing with the table. It knows where
the boxes stand, and nothing of what moves a session.
"""

from __future__ import annotations

__all__ = ["FILE", "render"]

from pathlib import Path
from xml.sax.saxutils import escape

from smscentre.smpp.states import TRANSITIONS, State, Step

FILE = Path(__file__).parent / "images" / "session.svg"

_PLACES = {
    State.OPEN: (90, 60),
    State.BINDING: (300, 60),
    State.BOUND: (510, 60),
    State.UNBINDING: (720, 60),
    State.CLOSED: (405, 280),
}
"""The middle of each box."""

_SIZE = (810, 330)
_BOX = (110, 40)
_LINE = 16

_HEAD = f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE[0]} {_SIZE[1]}" \
font-family="sans-serif" font-size="13" text-anchor="middle">
<title>The states of an SMPP session</title>
<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" \
markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
<rect width="100%" height="100%" fill="white"/>
"""


def render() -> str:
    """The drawing: a box for each state, an arrow for each way between two."""
    arrows = [
        _arrow(state, following, [step for step in moves if moves[step] is following])
        for state, moves in TRANSITIONS.items()
        for following in dict.fromkeys(moves.values())
    ]
    boxes = [_box(state) for state in TRANSITIONS]
    return _HEAD + "\n".join([*arrows, *boxes]) + "\n</svg>\n"


def _box(state: State) -> str:
    x, y = _PLACES[state]
    width, height = _BOX
    return (
        f'<rect x="{x - width // 2}" y="{y - height // 2}" width="{width}" '
        f'height="{height}" rx="6" fill="#eef" stroke="black"/>\n'
        f'<text x="{x}" y="{y + 5}" font-weight="bold">{escape(state.value)}</text>'
    )


def _arrow(start: State, end: State, steps: list[Step]) -> str:
    """A line from border to border, with the steps that lead along it."""
    x1, y1 = _border(start, end)
    x2, y2 = _border(end, start)
    line = (
        f'<path d="M{x1:.0f} {y1:.0f} {x2:.0f} {y2:.0f}" stroke="black" '
        'marker-end="url(#head)"/>'
    )
    x, y = (x1 + x2) / 2, (y1 + y2) / 2 - _LINE * (len(steps) - 1) / 2
    if y1 == y2:
        y -= _LINE / 2
    labels = [
        f'<text x="{x:.0f}" y="{y + row * _LINE:.0f}" stroke="white" '
        f'stroke-width="5" paint-order="stroke">{escape(step.value)}</text>'
        for row, step in enumerate(steps)
    ]
    return "\n".join([line, *labels])


def _border(start: State, end: State) -> tuple[float, float]:
    """Where the line between the middles of two boxes leaves the first one."""
    (x1, y1), (x2, y2) = _PLACES[start], _PLACES[end]
    dx, dy = x2 - x1, y2 - y1
    width, height = _BOX
    share = min(
        width / 2 / abs(dx) if dx else 1,
        height / 2 / abs(dy) if dy else 1,
    )
    return x1 + dx * share, y1 + dy * share


if __name__ == "__main__":
    FILE.write_text(render(), encoding="utf-8")
