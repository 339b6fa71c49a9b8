"""BATAL and YA through the real process, killed between a report and its sequel."""

from __future__ import annotations

import re

from tests.system.case import OFFICER, ServiceTestCase
from tests.system.centre import CentreOptions


class CorrectionTests(ServiceTestCase):
    """What an officer may still do outlives the process."""

    def figures(self) -> list[int]:
        """The figures that hold."""
        rows = self.centre.rows("SELECT value FROM reports ORDER BY day, field")
        return [value for (value,) in rows]

    def restart(self) -> None:
        """Kill the process once all its replies are settled, start it again.

        One that is not would be sent again, and be taken for the next one's.
        """
        self.wait(lambda: set(self.states("outbox")) == {"sent"}, "the responses")
        self.centre.restart()
        self.wait(lambda: self.smsc.bound, "the bind")

    def test_undo_after_a_kill(self) -> None:
        """What was stored before the kill is taken back after it, and once only."""
        self.run_centre()
        self.ask("RUTAN 7 7 7 7")
        self.ask("RUTAN 8 8 8 8")
        self.restart()
        undone = self.ask("BATAL")
        self.assertTrue(undone.startswith("Dibatalkan: RUTAN "), undone)
        self.assertEqual(self.figures(), [7, 7, 7, 7])
        self.restart()
        # In other letters: an equal text would be the one before, come again.
        self.assertEqual(self.ask("batal"), undone)
        self.assertEqual(self.figures(), [7, 7, 7, 7])
        steps = self.centre.rows("SELECT count(*) FROM submissions")
        self.assertEqual(steps, [(3,)])

    def undos(self) -> int:
        """How often something was taken back."""
        query = "SELECT count(*) FROM submissions WHERE undoes IS NOT NULL"
        ((count,),) = self.centre.rows(query)
        return int(count)

    def undo_through_a_kill(self, figure: int, stored: bool) -> None:
        """Kill the process while it has a BATAL, once that is stored or before."""
        # Other texts each time: an equal one may be one that comes again.
        self.ask(f"RUTAN {figure} 7 7 7")
        self.ask(f"RUTAN {figure} 8 8 8")
        known, before = len(self.smsc.texts(OFFICER)), self.undos()
        delivery = self.smsc.deliver(OFFICER, f"BATAL{'.' * figure}")
        if stored:
            self.wait(lambda: self.undos() > before, "the undo")
        self.centre.restart()
        self.acknowledged(delivery)
        self.wait(lambda: len(self.smsc.texts(OFFICER)) > known, "a reply")
        self.assertEqual(self.figures(), [7, 7, figure, 7])
        self.assertEqual(self.undos(), before + 1)

    def test_undo_killed_on_its_way(self) -> None:
        """Killed as it comes and as soon as it is stored: it is done once."""
        self.run_centre()
        self.undo_through_a_kill(0, stored=False)
        self.undo_through_a_kill(1, stored=True)

    def test_yes_after_a_kill(self) -> None:
        """A code that was sent before the kill stores its report after it."""
        self.run_centre(CentreOptions(centre={"plausibility": "confirm"}))
        self.ask("RUTAN 82 54 36 39")
        question = self.ask("RUTAN 820 54 36 39")
        found = re.search("balas YA ([0-9]{4}) ", question)
        assert found is not None, question
        self.assertEqual(self.figures(), [36, 39, 82, 54])
        self.restart()
        stored = self.ask(f"YA {found[1]}")
        self.assertTrue(stored.startswith("Update Data"), stored)
        self.restart()
        self.assertEqual(self.ask(f"ya {found[1]}"), stored)
        self.assertEqual(self.figures(), [36, 39, 820, 54])
        steps = self.centre.rows("SELECT count(*) FROM submissions")
        self.assertEqual(steps, [(2,)])
