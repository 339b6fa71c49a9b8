"""The drawings of the sessions' states are those that their tables give."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from docs.session_diagram import DRAWINGS, render


class DiagramTests(SynchronousTestCase):
    """docs/images/session.svg and modem-session.svg."""

    def test_they_are_up_to_date(self) -> None:
        """If not: make diagram."""
        for drawing in DRAWINGS:
            drawn = drawing.file.read_text(encoding="utf-8")
            self.assertEqual(drawn, render(drawing))

    def test_they_have_all(self) -> None:
        """Each state has a box, and each legal move a name on some arrow."""
        for drawing in DRAWINGS:
            drawn = render(drawing)
            for state in drawing.transitions:
                self.assertEqual(drawn.count(f'"bold">{state.value}</text>'), 1)
            moves = sum(len(moves) for moves in drawing.transitions.values())
            self.assertEqual(drawn.count('paint-order="stroke"'), moves)
