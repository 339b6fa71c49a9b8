"""How often one may err at the login."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.web.tries import WINDOW_S, Tries


class TriesTests(SynchronousTestCase):
    """Counts by name, by address and by both."""

    def setUp(self) -> None:
        self.tries = Tries()

    def add(self, name: str, address: str, count: int, now: float = 0.0) -> None:
        """Fail so often."""
        for _ in range(count):
            self.tries.add(name, address, now)

    def test_name_and_address(self) -> None:
        """Ten make that address wait for that name, nobody else."""
        self.add("a", "1", 9)
        self.assertEqual(self.tries.wait_s("a", "1", 0.0), 0.0)
        self.add("a", "1", 1)
        self.assertEqual(self.tries.wait_s("a", "1", 0.0), WINDOW_S)
        self.assertEqual(self.tries.wait_s("b", "1", 0.0), 0.0)
        self.assertEqual(self.tries.wait_s("a", "2", 0.0), 0.0)

    def test_address(self) -> None:
        """Thirty of whatever names make an address wait for all of them."""
        for number in range(30):
            self.add(f"a{number}", "1", 1)
        self.assertGreater(self.tries.wait_s("new", "1", 0.0), 0.0)
        self.assertEqual(self.tries.wait_s("new", "2", 0.0), 0.0)

    def test_name(self) -> None:
        """Fifty from wherever make everybody wait for a name."""
        for number in range(50):
            self.add("a", f"1.{number}", 1)
        self.assertGreater(self.tries.wait_s("a", "new", 0.0), 0.0)

    def test_over_time(self) -> None:
        """Each failure counts for a quarter of an hour."""
        for second in range(10):
            self.add("a", "1", 1, now=float(second))
        self.assertEqual(self.tries.wait_s("a", "1", 100.0), WINDOW_S - 100.0)
        self.assertEqual(self.tries.wait_s("a", "1", WINDOW_S), 0.0)
        self.add("a", "1", 1, now=WINDOW_S)
        self.assertEqual(self.tries.wait_s("a", "1", WINDOW_S), 1.0)

    def test_failures_by_a_clock_that_was_ahead(self) -> None:
        """Nobody waits until that moment comes; those of a moment ahead count."""
        self.add("a", "1", 10, now=7 * 3600.0)
        self.assertEqual(self.tries.wait_s("a", "1", 0.0), 0.0)
        self.add("a", "1", 10, now=10.0)
        self.assertGreater(self.tries.wait_s("a", "1", 0.0), 0.0)

    def test_success(self) -> None:
        """It clears the name at its address; others keep their failures."""
        self.add("a", "1", 9)
        self.add("b", "1", 9)
        self.tries.add("a", "1", 0.0)
        self.tries.succeeded("a", "1")
        self.add("a", "1", 9)
        self.assertEqual(self.tries.wait_s("a", "1", 0.0), 0.0)
        self.add("b", "1", 1)
        self.assertGreater(self.tries.wait_s("b", "1", 0.0), 0.0)

    def test_bounded(self) -> None:
        """Whoever makes names up does not fill the memory."""
        for number in range(6000):
            self.add(f"a{number}", f"1.{number}", 1)
        self.assertLessEqual(len(self.tries._tried), 10_000)
