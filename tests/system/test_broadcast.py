"""A broadcast by the command line, through the real process, killed in the middle."""

from __future__ import annotations

import re
from collections import Counter

from tests.system.case import OFFICER, ServiceTestCase
from tests.system.centre import CentreOptions, Officer
from tests.system.peer import SmscOptions

_COUNT = 120
_TEXT = "Rapat besok pukul 09.00 di Kanwil."
_FOUND_S = 20.0
"""Longer than the service takes to look for what another process put in."""


def _number(at: int) -> str:
    return f"62811130{at:04}"


class BroadcastTests(ServiceTestCase):
    """Many officers, a carrier, and an operator at the shell."""

    def setUp(self) -> None:
        super().setUp()
        self.run_centre(CentreOptions(window=10))
        self.centre.import_rows(
            "officers",
            [Officer(f"+{_number(at)}", "P", "5001") for at in range(_COUNT)],
        )

    def broadcast(self) -> str:
        """Send it; its id."""
        said = self.centre.command("broadcast", "--yes", "--unit", "5001", _TEXT)
        found = re.search(r"broadcast (\d+):", said)
        assert found is not None, said
        return found[1]

    def copies(self) -> Counter[str]:
        """How often the carrier saw the text for each number."""
        return Counter(
            submit.destination for submit in self.smsc.submits if submit.text == _TEXT
        )

    def uncertain(self) -> int:
        """How many parts nobody knows the fate of."""
        return self.states("outbox").count("uncertain")

    def settled(self) -> bool:
        """Whether nothing waits any more."""
        return not {"queued", "claimed", "in_doubt"} & set(self.states("outbox"))

    def test_everybody_gets_it_once(self) -> None:
        """The running service finds it; officers who text meanwhile are answered."""
        self.broadcast()
        self.wait(lambda: len(self.copies()) > 5, "the first", _FOUND_S)
        self.assertIn("berhasil", self.ask("RUTAN 1 2 3 4"))
        self.wait(lambda: len(self.copies()) > _COUNT, "all", _FOUND_S)
        self.wait(self.settled, "their answers")
        self.assertEqual(set(self.copies().values()), {1})
        self.assertIn(OFFICER, self.copies())

    def held(self) -> bool:
        """Hold answers back as soon as some have gone: later there may be none left."""
        self.smsc.holding = self.smsc.holding or len(self.copies()) > 20
        return self.smsc.holding

    def test_killed_in_the_middle(self) -> None:
        """What was in flight goes again only when the operator says so."""
        self.smsc.options = SmscOptions(window=50)
        number = self.broadcast()
        self.wait(self.held, "the first", _FOUND_S)
        self.wait(lambda: self.smsc.submits[-1].answered_at is None, "one in flight")
        self.centre.kill9()
        self.smsc.holding = False
        self.centre.start()
        self.wait(self.settled, "the rest", _FOUND_S)
        doubtful = self.uncertain()
        self.assertGreater(doubtful, 0)
        self.assertEqual(max(self.copies().values()), 1)
        sent = sum(self.copies().values())
        said = self.centre.command("broadcast", "--resend-uncertain", number)
        self.assertIn(f"{doubtful} SMS are sent once more", said)
        self.wait(
            lambda: sum(self.copies().values()) == sent + doubtful, "again", _FOUND_S
        )
        self.wait(self.settled, "their answers")
        self.assertEqual(self.uncertain(), 0)
        self.assertEqual(len(self.copies()), _COUNT + 1)
        self.assertLessEqual(max(self.copies().values()), 2)
        again = self.centre.command("broadcast", "--resend-uncertain", number)
        self.assertIn(" 0 SMS are sent once more", again)
