"""The operator's program that helps a modem when resets do not: a power switch.

Beneath a modem link, which decides when to run it and logs what came of it. The
program is bounded in time and in what is kept of its words, whatever it does.
"""

from __future__ import annotations

__all__ = ["HookResult", "run_hook"]

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ProcessDone, ProcessTerminated
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from smscentre.tasks import attempt

LIMIT_S = 60.0
GRACE_S = 5.0
"""Between the signal that asks and the one that does not."""

_KEPT_OCTETS = 2000
_REST_S = 1.0
"""After the program's end, for what it has written."""

_TROUBLE = 3
"""The descriptor on which the launcher tells why it could not start the program."""

_LAUNCHER = f"""
import os, signal, sys
os.set_inheritable({_TROUBLE}, False)
os.setsid()
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
try:
    os.execv(sys.argv[1], sys.argv[1:])
except OSError as error:
    os.write({_TROUBLE}, error.strerror.encode())
"""
"""Makes the program the head of a session, so that a signal reaches all it started.

Twisted cannot, and to do it from outside comes too late. What it is told comes as
arguments; there is no shell.
"""


@frozen
class HookResult:
    """What came of the program: in words that go on after its name.

    ``output`` is the end of what it wrote, on both its outputs.
    """

    succeeded: bool
    words: str
    output: str = ""


def run_hook(
    reactor: Any,
    program: Path,
    arguments: Sequence[str],
    limit_s: float = LIMIT_S,
    grace_s: float = GRACE_S,
) -> Deferred[HookResult]:
    """Run a program without shell and input; never fails.

    After ``limit_s`` it is asked to end, with all that it started, and after another
    ``grace_s`` made to. If the result is cancelled it is asked only, so that it can
    still put the power on again.
    """
    # Path.is_file raises where a folder above may not be searched.
    if not os.path.isfile(program):
        return succeed(HookResult(False, "does not exist or is no file"))
    if not os.access(program, os.X_OK):
        return succeed(HookResult(False, "may not be run: give it chmod +x"))
    hook = _Hook(reactor, limit_s, grace_s)
    launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER]
    try:
        reactor.spawnProcess(
            hook,
            sys.executable,
            [*launcher, str(program.absolute()), *arguments],
            env=None,
            childFDs={0: "w", 1: "r", 2: "r", _TROUBLE: "r"},
        )
    # Null characters and a system without room for a process.
    except (OSError, ValueError) as error:
        return succeed(HookResult(False, f"could not be started: {error}"))
    return hook.result


class _Hook(ProcessProtocol):
    """The running program."""

    def __init__(self, reactor: Any, limit_s: float, grace_s: float) -> None:
        self.result: Deferred[HookResult] = Deferred(self._cancelled)
        self._reactor = reactor
        self._limit_s = limit_s
        self._grace_s = grace_s
        self._group = 0
        self._output = b""
        self._trouble = b""
        self._words = ""
        self._succeeded = False
        self._timer: IDelayedCall | None = None

    def connectionMade(self) -> None:
        process = self._process()
        self._group = process.pid
        process.closeStdin()
        self._wait(self._limit_s, self._ask_to_end)

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        if childFD == _TROUBLE:
            self._trouble += data
        else:
            self._output = (self._output + data)[-_KEPT_OCTETS:]

    def _ask_to_end(self) -> None:
        self._words = f"did not end within {self._limit_s:g} s and was ended"
        self._signal(signal.SIGTERM)
        self._wait(self._grace_s, self._make_end)

    def _make_end(self) -> None:
        self._words = f"did not end within {self._limit_s:g} s and was killed"
        self._signal(signal.SIGKILL)
        # A program that runs as root, or hangs in the system, may outlive even this.
        self._wait(self._grace_s, self._finish)

    def processExited(self, reason: Failure) -> None:
        """The program is gone; what it started may be there and hold its outputs."""
        if self.result.called:
            return
        if self._words:
            self._signal(signal.SIGKILL)
        else:
            self._succeeded = reason.check(ProcessDone) is not None
            self._words = _ending(reason)
        self._wait(_REST_S, self._finish)

    def processEnded(self, reason: Failure) -> None:
        self._finish()

    def _finish(self) -> None:
        """Give the result; children that a program left behind are left alone."""
        self._stop_waiting()
        for descriptor in (1, 2, _TROUBLE):
            self._process().closeChildFD(descriptor)
        if self.result.called:
            return
        if self._trouble:
            self._succeeded = False
            self._words = f"could not be started: {_text(self._trouble)}"
        self.result.callback(
            HookResult(self._succeeded, self._words, _text(self._output))
        )

    def _cancelled(self, result: Deferred[HookResult]) -> None:
        self._words = "was stopped, for nobody waits for it any more"
        self._signal(signal.SIGTERM)
        self._finish()

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to the program and all that it started."""
        if attempt(os.killpg, self._group, number) is not None:
            # It is not the head of its group yet; or gone, or somebody else's.
            attempt(self._process().signalProcess, number)

    def _wait(self, delay_s: float, then: Any) -> None:
        self._stop_waiting()
        self._timer = self._reactor.callLater(delay_s, then)

    def _stop_waiting(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def _process(self) -> Any:
        return self.transport


def _ending(reason: Failure) -> str:
    """How a program ended, in words."""
    error = reason.value
    if not isinstance(error, ProcessTerminated):
        return "ended with status 0"
    if error.signal is not None:
        return f"was ended by {signal.Signals(error.signal).name}"
    return f"ended with status {error.exitCode}"


def _text(octets: bytes) -> str:
    return octets.decode(errors="replace")
