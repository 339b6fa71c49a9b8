"""Tests for `smscentre.failpoints`, in processes that may be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from attrs import frozen
from twisted.trial.unittest import SynchronousTestCase

from smscentre import failpoints

_PASS = """
from smscentre import failpoints
for passage in range(3):
    print(passage, flush=True)
    failpoints.hit("after-commit")
"""
_SOON = """
from smscentre import failpoints
later = []
failpoints.hit_soon("after-write", lambda delay, action, *args: later.append(args))
print(later, flush=True)
"""


@frozen
class Run:
    """How a process ended, and what it printed."""

    status: int
    printed: str


def run(program: str, armed: str | None) -> Run:
    """Run a program with a failpoint armed."""
    environment = {key: value for key, value in os.environ.items() if key != _NAME}
    if armed is not None:
        environment[_NAME] = armed
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Run(done.returncode, done.stdout)


_NAME = "SMSCENTRE_FAILPOINT"


class FailpointTests(SynchronousTestCase):
    """Where a process dies, and where it does not."""

    def test_unarmed(self) -> None:
        """Nothing happens, as in production."""
        self.assertEqual(run(_PASS, None), Run(0, "0\n1\n2\n"))

    def test_another_point(self) -> None:
        """Only the armed one kills."""
        self.assertEqual(run(_PASS, "before-commit").status, 0)

    def test_the_first_passage(self) -> None:
        """A point without a count kills at once."""
        self.assertEqual(run(_PASS, "after-commit"), Run(-signal.SIGKILL, "0\n"))

    def test_a_later_passage(self) -> None:
        """A count says at which one."""
        self.assertEqual(
            run(_PASS, "after-commit:3"), Run(-signal.SIGKILL, "0\n1\n2\n")
        )

    def test_soon(self) -> None:
        """An armed point is passed in the reactor's next turn, another not at all."""
        self.assertEqual(run(_SOON, "after-write"), Run(0, "[('after-write',)]\n"))
        self.assertEqual(run(_SOON, "before-write"), Run(0, "[]\n"))

    def test_every_point_is_passed_somewhere(self) -> None:
        """The table of points and the sources agree."""
        used = set()
        for name in ("store/writer", "links/wire", "outbox/stage"):
            path = os.path.join(os.path.dirname(failpoints.__file__), f"{name}.py")
            with open(path, encoding="utf-8") as file:
                source = file.read()
            used |= {point for point in failpoints.POINTS if f'"{point}"' in source}
        self.assertEqual(used, set(failpoints.POINTS))
