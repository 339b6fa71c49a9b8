"""The drawing of the session's states is the one that its table gives."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from docs.session_diagram import FILE, render
from smscentre.smpp.states import TRANSITIONS, State


class DiagramTests(SynchronousTestCase):
    """docs/images/session.svg."""

    def test_it_is_up_to_date(self) -> None:
        """If not: make diagram."""
        self.assertEqual(FILE.read_text(encoding="utf-8"), render())

    def test_it_has_all(self) -> None:
        """Each state has a box, and each legal move a name on some arrow."""
        drawn = render()
        for state in State:
            self.assertEqual(drawn.count(f'"bold">{state.value}</text>'), 1)
        moves = sum(len(moves) for moves in TRANSITIONS.values())
        self.assertEqual(drawn.count('paint-order="stroke"'), moves)
