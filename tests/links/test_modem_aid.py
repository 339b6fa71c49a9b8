"""Tests for `smscentre.links.modem_aid`, with real files and a real program."""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorThreads
from twisted.internet.task import deferLater
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from twisted.trial.unittest import TestCase
from zope.interface import implementer

from smscentre.links.modem_aid import ModemHelper
from smscentre.links.pinfile import PinError, RefusedPins

SIM = "8962109000005201234"


@implementer(ILogObserver)
class _Lines:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, event: LogEvent) -> None:
        self.lines.append(formatEvent(event))


class ModemHelperTests(TestCase):
    """PINs and the operator's program."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.pin_file = self.folder / "pin"
        self.pin_file.write_text("1234\n")
        self.pin_file.chmod(0o600)
        self.refused = RefusedPins(self.folder)
        self.log = _Lines()
        globalLogPublisher.addObserver(self.log)
        self.addCleanup(globalLogPublisher.removeObserver, self.log)

    def helper(
        self, pin_file: Path | None = None, hook: Path | None = None
    ) -> ModemHelper:
        """The aid of a modem."""
        return ModemHelper(
            reactor, "modem-1", "/dev/absent", pin_file, self.refused, hook
        )

    @contextmanager
    def held_lock(self) -> Iterator[None]:
        """Hold the lock of the refused PINs, as another process may."""
        with open(self.folder / "refused-pins.lock", "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    async def told(self, words: str) -> None:
        """Let the reactor turn until something is logged; the time limit ends it."""
        while not any(words in line for line in self.log.lines):
            await deferLater(reactor, 0.005)

    async def refusal(self, asked: Deferred[str]) -> str:
        """The words in which a PIN is refused."""
        error = await self.assertFailure(asked, PinError)
        return str(error)

    async def test_the_pin_of_the_file(self) -> None:
        """Noted as tried before it is given."""
        self.assertEqual(await self.helper(self.pin_file).pin_for(SIM), "1234")
        self.assertTrue(self.refused.path.exists())

    async def test_without_a_file(self) -> None:
        """What to set is said."""
        words = await self.refusal(self.helper().pin_for(SIM))
        self.assertIn("pin_file", words)

    async def test_a_refused_pin_is_not_given_again(self) -> None:
        """Not by another helper either, as after a restart; the PIN is not shown."""
        aid = self.helper(self.pin_file)
        pin = await aid.pin_for(SIM)
        before = self.refused.path.read_bytes()
        aid.pin_tried(SIM, pin, False)
        while self.refused.path.read_bytes() == before:
            await deferLater(reactor, 0.005)
        words = await self.refusal(self.helper(self.pin_file).pin_for(SIM))
        self.assertIn("is not tried", words)
        self.assertNotIn(pin, words)

    async def test_a_lock_that_is_held(self) -> None:
        """It holds up no thread of the reactor's pool, which a stop would wait for."""
        pool = IReactorThreads(reactor).getThreadPool()
        known = pool.workers
        with self.held_lock():
            asked = self.helper(self.pin_file).pin_for(SIM)
            self.assertEqual(pool.workers, known)
        self.assertEqual(await asked, "1234")

    async def test_one_request_at_a_time(self) -> None:
        """While one is held up another is refused, so that one try alone is noted."""
        aid = self.helper(self.pin_file)
        with self.held_lock():
            asked = aid.pin_for(SIM)
            words = await self.refusal(aid.pin_for(SIM))
        self.assertIn("still being read", words)
        self.assertEqual(await asked, "1234")
        self.assertEqual(await aid.pin_for(SIM), "1234")

    async def test_a_program_is_run(self) -> None:
        """With the link's name and the device; what it said is logged."""
        hook = self.folder / "hook"
        hook.write_text('#!/bin/sh\necho "switched $1 $2"\n')
        hook.chmod(0o755)
        self.helper(hook=hook).power_cycle()
        await self.told("switched modem-1 /dev/absent")

    async def test_without_a_program_a_person_is_asked(self) -> None:
        """By the log."""
        self.helper().power_cycle()
        await self.told("switch the modem off and on")
