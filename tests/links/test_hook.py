"""Tests for `smscentre.links.hook`, with real programs."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from smscentre.links.hook import HookResult, run_hook

DEVICE = "/dev/serial/by-id/usb-Modem-if00"


@frozen
class Case:
    """A program, and what is said of its end."""

    script: str
    words: str
    output: str = ""
    succeeded: bool = False


CASES = (
    Case("exit 0", "ended with status 0", succeeded=True),
    Case("exit 3", "ended with status 3"),
    Case("exit 127", "ended with status 127"),
    Case("kill -TERM $$", "was ended by SIGTERM"),
    Case("kill -KILL $$", "was ended by SIGKILL"),
    Case("echo on; echo off >&2", "ended with status 0", "on\noff\n", True),
    Case('echo "$#:$1:$2"', "ended with status 0", f"2:a b; $(c):{DEVICE}\n", True),
    Case("cat; echo read", "ended with status 0", "read\n", True),
    Case("printf '\\377'", "ended with status 0", "\ufffd", True),
    Case("kill -PIPE $$; echo ignored", "was ended by SIGPIPE"),
    Case("test -e /proc/$$/fd/3", "ended with status 1"),
)


async def until(condition: Callable[[], object]) -> None:
    """Let the reactor turn until something holds; the test's time limit ends it."""
    while not condition():
        await deferLater(reactor, 0.005, lambda: None)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that nobody has reaped does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


class HookTests(TestCase):
    """What a program does, and what is said of it."""

    timeout = 30  # seconds, a limit of trial's

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.noted = self.folder / "pid"

    def program(self, script: str, interpreter: str = "#!/bin/sh\n") -> Path:
        """A program that notes its process and does what a script says."""
        path = self.folder / "power-cycle"
        note = f"echo $$ > {self.noted}.new; mv {self.noted}.new {self.noted}\n"
        path.write_text(f"{interpreter}{note}{script}\n")
        path.chmod(0o755)
        return path

    def run_script(
        self, script: str, limit_s: float = 20, grace_s: float = 20
    ) -> Deferred[HookResult]:
        """Start a program that does what a script says."""
        arguments = ["a b; $(c)", DEVICE]
        program = self.program(script)
        return run_hook(reactor, program, arguments, limit_s, grace_s)

    async def process_noted(self, path: Path) -> int:
        """The process that a script has noted in a file, ended after the test."""
        await until(path.exists)
        return self.read_process(path)

    def read_process(self, path: Path) -> int:
        """What a file says."""
        pid = int(path.read_text())
        self.addCleanup(end, pid)
        return pid

    async def test_endings(self) -> None:
        """Status, signal, arguments, input and outputs."""
        for case in CASES:
            found = await self.run_script(case.script)
            expected = HookResult(case.succeeded, case.words, case.output)
            self.assertEqual(found, expected, case.script)

    async def test_the_end_of_much_output_is_kept(self) -> None:
        """The last 2,000 octets."""
        found = await self.run_script("seq 100000")
        self.assertEqual(len(found.output), 2000)
        self.assertTrue(found.output.endswith("\n99999\n100000\n"))

    async def test_what_may_not_be_run(self) -> None:
        """The words say how to mend it."""
        program = self.program("")
        program.chmod(0o644)
        found = await run_hook(reactor, program, [])
        self.assertEqual(found, HookResult(False, "may not be run: give it chmod +x"))

    async def test_what_is_not_there(self) -> None:
        """It may have been removed since the start; a folder is no program."""
        for path in (self.folder / "none", self.folder):
            found = await run_hook(reactor, path, [])
            self.assertEqual(found.words, "does not exist or is no file")

    async def test_what_cannot_be_started(self) -> None:
        """The system's reason is told apart from an end of the program's own."""
        for interpreter, words in (
            ("", "Exec format error"),
            ("#!/none/such\n", "No such file or directory"),
        ):
            program = self.program("", interpreter)
            found = await run_hook(reactor, program, [])
            self.assertEqual(found.words, f"could not be started: {words}")
            self.assertFalse(found.succeeded)

    async def test_an_argument_that_no_system_takes(self) -> None:
        """It is said, not raised."""
        found = await run_hook(reactor, self.program(""), ["a\0b"])
        self.assertIn("could not be started", found.words)

    async def test_the_limit(self) -> None:
        """The program is asked first, and may still put the power on."""
        script = "trap 'echo on; exit 0' TERM; echo off; sleep 60 & wait"
        found = await self.run_script(script, limit_s=0.5)
        self.assertEqual(found.words, "did not end within 0.5 s and was ended")
        self.assertEqual(found.output, "off\non\n")
        self.assertFalse(found.succeeded)

    async def test_a_program_that_will_not_end(self) -> None:
        """It is killed, and with it the child that holds its outputs."""
        child = self.folder / "child"
        running = self.run_script(
            f"trap '' TERM\nsleep 60 & echo $! > {child}.new; mv {child}.new {child}\n"
            "while :; do sleep 60; done",
            limit_s=0.5,
            grace_s=0.2,
        )
        pids = [await self.process_noted(path) for path in (self.noted, child)]
        found = await running
        self.assertEqual(found.words, "did not end within 0.5 s and was killed")
        await until(lambda: not any(map(is_alive, pids)))

    async def test_a_child_that_will_not_end(self) -> None:
        """It does not outlive a program that does, past the limit."""
        child = self.folder / "child"
        running = self.run_script(
            "(trap '' TERM; sleep 60 & wait; sleep 60) & "
            f"echo $! > {child}.new; mv {child}.new {child}; wait",
            limit_s=0.5,
        )
        pid = await self.process_noted(child)
        found = await running
        self.assertEqual(found.words, "did not end within 0.5 s and was ended")
        await until(lambda: not is_alive(pid))

    async def test_a_child_in_the_background(self) -> None:
        """Within the limit it is left alone, and not waited for."""
        child = self.folder / "child"
        found = await self.run_script(
            f"sleep 60 & echo $! > {child}.new; mv {child}.new {child}; echo done"
        )
        pid = await self.process_noted(child)
        self.assertEqual(found, HookResult(True, "ended with status 0", "done\n"))
        self.assertTrue(is_alive(pid))

    async def test_a_child_in_a_session_of_its_own(self) -> None:
        """It escapes the signals, but holds nothing up."""
        child = self.folder / "child"
        running = self.run_script(
            f"setsid sleep 60 & echo $! > {child}.new; mv {child}.new {child}; wait",
            limit_s=0.5,
        )
        await self.process_noted(child)
        found = await running
        self.assertEqual(found.words, "did not end within 0.5 s and was ended")

    async def test_a_stop(self) -> None:
        """Who gives up waiting asks the program to end, and gets a result at once."""
        running = self.run_script("sleep 60 & wait")
        pid = await self.process_noted(self.noted)
        running.cancel()
        found = await running
        self.assertIn("was stopped", found.words)
        await until(lambda: not is_alive(pid))

    async def test_a_stop_at_once(self) -> None:
        """Even a program that has not begun is asked."""
        running = self.run_script("sleep 60")
        running.cancel()
        found = await running
        self.assertIn("was stopped", found.words)
        await until(lambda: not children())


def end(pid: int) -> None:
    """End a process that a test has left."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def children() -> str:
    """The processes that this one has started and not yet reaped."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text()
