"""What a modem link has done for it: PINs from their file, the operator's program.

Beside `modem`, which asks; files are read and written in a thread, so that the reactor
never waits for a disk. It does not know when a PIN or a program is wanted.
"""

from __future__ import annotations

__all__ = ["ModemHelper"]

from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.failure import Failure

from smscentre.links.hook import HookResult, run_hook
from smscentre.links.pinfile import (
    PinError,
    PinRefusedError,
    RefusedPins,
    read_pin,
)

_log = Logger(namespace="smscentre.links.modem")


class ModemHelper:
    """Serves one modem; implements `smscentre.links.modem.ModemAid`."""

    def __init__(
        self,
        reactor: Any,
        link: str,
        device: str,
        pin_file: Path | None,
        refused: RefusedPins,
        hook: Path | None,
    ) -> None:
        self._reactor = reactor
        self._link = link
        self._device = device
        self._pin_file = pin_file
        self._refused = refused
        self._hook = hook
        self._at_stop: Any = None

    def pin_for(self, sim: str) -> Deferred[str]:
        """The PIN to give now, noted as tried.

        Fails with `PinError` where there is none, or it was refused before.
        """
        if self._pin_file is None:
            return fail(PinError("the SIM wants its PIN: set pin_file"))
        return self._in_thread(self._next_pin, self._pin_file, sim)

    def pin_tried(self, sim: str, pin: str, accepted: bool | None) -> None:
        """Note what the SIM said to a PIN; None if it did not get it."""
        notes = {
            True: self._refused.accepted,
            False: self._refused.refused,
            None: self._refused.untried,
        }
        self._in_thread(notes[accepted], sim, pin).addErrback(self._log_failure)

    def power_cycle(self) -> None:
        """Run the operator's program, if there is one, and tell how it ended."""
        if self._hook is None:
            _log.error(
                "{link}: switch the modem off and on; a program set as hook could",
                link=self._link,
            )
            return
        hook = self._hook
        _log.warn("{link}: runs {hook}", link=self._link, hook=str(hook))

        ran = run_hook(self._reactor, hook, [self._link, self._device])

        def end() -> None:
            # It is asked to, so that it can put the power on again.
            self._at_stop = None
            ran.cancel()

        def tell(result: HookResult) -> None:
            at_stop, self._at_stop = self._at_stop, None
            if at_stop is not None:
                self._reactor.removeSystemEventTrigger(at_stop)
            told = _log.warn if result.succeeded else _log.error
            told(
                "{link}: {hook} {words}: {output}",
                link=self._link,
                hook=str(hook),
                words=result.words,
                output=result.output,
            )

        self._at_stop = self._reactor.addSystemEventTrigger("before", "shutdown", end)
        ran.addCallback(tell)

    def _next_pin(self, path: Path, sim: str) -> str:
        pin = read_pin(path)
        if not self._refused.attempt(sim, pin):
            raise PinRefusedError(path, self._refused.path)
        return pin

    def _in_thread(self, function: Any, *args: Any) -> Deferred[Any]:
        pool = self._reactor.getThreadPool()
        return deferToThreadPool(self._reactor, pool, function, *args)

    def _log_failure(self, failure: Failure) -> None:
        failure.trap(PinError)
        _log.error("{link}: {error}", link=self._link, error=failure.getErrorMessage())
