"""What a modem link has done for it: PINs from their file, the operator's program.

Beside `modem`, which asks; files are read and written in a thread, so that neither the
reactor nor the end of the process waits for a disk. It does not know when a PIN or a
program is wanted.
"""

from __future__ import annotations

__all__ = ["ModemHelper"]

from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.logger import Logger
from twisted.python.failure import Failure

from smscentre.links.hook import HookResult, run_hook
from smscentre.links.pinfile import (
    PinError,
    PinRefusedError,
    RefusedPins,
    read_pin,
)
from smscentre.tasks import attempt

_NOTE_S = 3.0
"""How long a stop waits until what a SIM said to its PIN is written down."""

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
        self._is_reading = False

    def pin_for(self, sim: str) -> Deferred[str]:
        """The PIN to give now, noted as tried.

        Fails with `PinError` where there is none, or it was refused before.
        """
        if self._pin_file is None:
            return fail(PinError("the SIM wants its PIN: set pin_file"))
        if self._is_reading:
            # Each of them would note a try, and the SIM has few.
            return fail(PinError(f"the PIN in {self._pin_file} is still being read"))
        self._is_reading = True
        asked = self._in_thread(self._next_pin, self._pin_file, sim)
        return asked.addBoth(self._has_read)

    def pin_tried(self, sim: str, pin: str, accepted: bool | None) -> None:
        """Note what the SIM said to a PIN; None if it did not get it."""
        notes = {
            True: self._refused.accepted,
            False: self._refused.refused,
            None: self._refused.untried,
        }
        noted = self._in_thread(notes[accepted], sim, pin)
        self._hold_stop(noted)
        noted.addErrback(self._log_failure)

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

    def _hold_stop(self, noted: Deferred[Any]) -> None:
        """Have a stop wait for a note, else the PIN would be tried once more.

        But not for ever: the lock may be another process's.
        """
        waiting: Deferred[None] = Deferred()
        stops: list[bool] = []

        def hold() -> Deferred[None]:
            stops.append(True)
            return waiting.addTimeout(_NOTE_S, self._reactor, lambda *late: None)

        at_stop = self._reactor.addSystemEventTrigger("before", "shutdown", hold)

        def release(result: Any) -> Any:
            if not stops:
                self._reactor.removeSystemEventTrigger(at_stop)
            if not waiting.called:
                waiting.callback(None)
            return result

        noted.addBoth(release)

    def _next_pin(self, path: Path, sim: str) -> str:
        pin = read_pin(path)
        if not self._refused.attempt(sim, pin):
            raise PinRefusedError(path, self._refused.path)
        return pin

    def _has_read(self, result: Any) -> Any:
        self._is_reading = False
        return result

    def _in_thread(self, function: Callable[..., Any], *args: Any) -> Deferred[Any]:
        """Run what blocks in a thread of its own, which keeps no process from ending.

        A stop would wait for those of the reactor's pool, and so for a lock that
        another process holds, or for a file that is none.
        """
        done: Deferred[Any] = Deferred()

        def run() -> None:
            found: list[Any] = []
            error = attempt(lambda: found.append(function(*args)))
            tell = done.errback if error is not None else done.callback
            self._reactor.callFromThread(tell, error or found[0])

        try:
            Thread(target=run, name="smscentre-pin", daemon=True).start()
        # Python's word for a system that has no room for a thread.
        except RuntimeError as error:
            return fail(PinError(f"no PIN is tried: {error}"))
        return done

    def _log_failure(self, failure: Failure) -> None:
        failure.trap(PinError)
        _log.error("{link}: {error}", link=self._link, error=failure.getErrorMessage())
