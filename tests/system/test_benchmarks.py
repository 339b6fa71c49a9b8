"""The benchmark's own parts: its load, its figures, its profile."""

from __future__ import annotations

import tempfile
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from benchmarks.contenders import LoadProcess, ProgramContender, memory_mib
from benchmarks.load import percentile
from benchmarks.run import Result, measure, table, top_functions

_PROFILE = """main;parse;split 6
main;parse 3
main;write 1
"""


class LoadTests(SynchronousTestCase):
    """The load against the small programs."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_every_program_answers_every_message(self) -> None:
        """A short run of each small program loses nothing and refuses nothing."""
        for name, module in (("ceiling", "ceiling"), ("serial", "serial_client")):
            with self.subTest(program=name):
                contender = ProgramContender(name, module, self.folder, {})
                result = measure(contender, {1: 20, 50: 500})
                self.assertEqual([phase.window for phase in result.phases], [1, 50])
                for phase in result.phases:
                    self.assertEqual((phase.refused, phase.other), (0, 0))
                    self.assertEqual(phase.sample, "")
                    self.assertGreater(phase.rate, 0)
                self.assertGreater(result.memory, 1)
                self.assertIn(name, table([result]))

    def test_the_load_says_where_it_listens(self) -> None:
        """A load that nobody connected to still ends when asked."""
        load = LoadProcess("1:1")
        self.assertGreater(load.port(), 0)
        self.assertGreater(memory_mib(load.pid), 1)
        load.stop()


class FigureTests(SynchronousTestCase):
    """What the table is made of."""

    def test_percentile(self) -> None:
        """Percentiles are in milliseconds and never beyond the largest value."""
        values = [thousandth / 1000 for thousandth in range(1, 101)]
        self.assertEqual(percentile(values, 0.5), 51)
        self.assertEqual(percentile(values, 1.0), 100)
        self.assertEqual(percentile([], 0.5), 0)

    def test_top_functions(self) -> None:
        """A function's share is counted alone and with what it calls."""
        lines = top_functions(_PROFILE).splitlines()
        self.assertIn("  60.0 %  split", lines)
        self.assertIn("  90.0 %  parse", lines)
        self.assertIn(" 100.0 %  main", lines)

    def test_an_empty_result_has_no_rate(self) -> None:
        """A window that was not measured has the rate 0."""
        self.assertEqual(Result("nothing").rate(1), 0)
