"""Runs one script at a time in a dialogue: its steps out, its answers in.

Between dialogue and session: it turns tokens and pauses into "the script is done" or
"its answer will never be known", and passes on all else that the modem says. It knows
no script's purpose.
"""

from __future__ import annotations

__all__ = ["Broken", "Done", "Failed", "Heard", "Runner"]

from collections.abc import Callable
from typing import Any

from attrs import define, frozen

from smscentre.at.commands import Command
from smscentre.at.dialogue import Dialogue, DialogueOptions, State
from smscentre.at.events import (
    Answered,
    Closed,
    Event,
    Fault,
    Lost,
    Ready,
    Unsolicited,
)
from smscentre.at.scripts import (
    LostError,
    Pause,
    PinAnswered,
    PinNeeded,
    Reply,
    Script,
    Step,
    UnusableError,
)


@frozen
class Done:
    """The script is over; ``value`` is what it returned."""

    value: Any


@frozen
class Broken:
    """The script gave up, since an answer will never be known."""

    error: LostError


@frozen
class Failed:
    """The script found that the modem cannot serve."""

    error: UnusableError


Heard = Done | Broken | Failed | PinNeeded | PinAnswered | Ready | Unsolicited | Fault


@define
class _Running:
    script: Script[Any]
    resume_at: float | None = None


class Runner:
    """A dialogue that follows scripts. Every script ends in one `Heard`."""

    def __init__(self, options: DialogueOptions) -> None:
        self._dialogue = Dialogue(options)
        self._running: _Running | None = None

    @property
    def free(self) -> bool:
        """Whether a script may be run: none is, and the modem answers."""
        return self._running is None and self._dialogue.state is State.IDLE

    @property
    def running(self) -> bool:
        """Whether a script is under way."""
        return self._running is not None

    def connect(self, now: float) -> None:
        """Ask whether a modem is there; `Ready` follows."""
        self._dialogue.connect(now)

    def run(self, script: Script[Any], now: float) -> None:
        """Begin a script, which says something before it ends."""
        self._running = _Running(script)
        self._proceed(lambda: script.send(None), now, [])

    def reply(self, reply: Reply, now: float) -> list[Heard]:
        """Answer a `PinNeeded`."""
        heard: list[Heard] = []
        self._resume(reply, now, heard)
        return heard

    def receive(self, data: bytes, now: float) -> list[Heard]:
        """Take octets from the modem, in any fragmentation."""
        return self._hear(self._dialogue.receive(data, now), now)

    def data_to_send(self) -> bytes:
        """Give what is to be written, and forget it."""
        return self._dialogue.data_to_send()

    def deadline(self) -> float | None:
        """Tell when `expire` is to be called."""
        due = self._dialogue.deadline()
        resume_at = None if self._running is None else self._running.resume_at
        if due is None or resume_at is None:
            return resume_at if due is None else due
        return min(due, resume_at)

    def expire(self, now: float) -> list[Heard]:
        """Act on what is due."""
        heard = self._hear(self._dialogue.expire(now), now)
        running = self._running
        if running and running.resume_at is not None and now >= running.resume_at:
            running.resume_at = None
            self._resume(None, now, heard)
        return heard

    def blurt(self, command: Command) -> None:
        """Write a command whose answer is nobody's."""
        self._dialogue.blurt(command)

    def close(self, reason: str) -> Broken | None:
        """End the dialogue; what became of the script under way, if one was."""
        written = any(
            event.written
            for event in self._dialogue.close(reason)
            if isinstance(event, Lost)
        )
        running, self._running = self._running, None
        return None if running is None else Broken(LostError(reason, written))

    def _hear(self, said: list[Event], now: float) -> list[Heard]:
        heard: list[Heard] = []
        for event in said:
            match event:
                case Answered():
                    self._resume(event, now, heard)
                case Lost(_, reason, written):
                    self._throw(LostError(reason, written), now, heard)
                case Closed():
                    pass
                case Ready() | Unsolicited() | Fault():
                    heard.append(event)
        return heard

    def _resume(self, reply: Reply, now: float, heard: list[Heard]) -> None:
        running = self._running
        if running is not None:
            self._proceed(lambda: running.script.send(reply), now, heard)

    def _throw(self, error: LostError, now: float, heard: list[Heard]) -> None:
        running = self._running
        if running is not None:
            self._proceed(lambda: running.script.throw(error), now, heard)

    def _proceed(
        self, move: Callable[[], Step], now: float, heard: list[Heard]
    ) -> None:
        """Let the script say its next step, or take how it ended."""
        running = self._running
        assert running is not None
        try:
            step = move()
            while isinstance(step, PinAnswered):
                heard.append(step)
                step = running.script.send(None)
        except StopIteration as stop:
            self._running = None
            heard.append(Done(stop.value))
        except LostError as error:
            self._running = None
            heard.append(Broken(error))
        except UnusableError as error:
            self._running = None
            heard.append(Failed(error))
        else:
            match step:
                case Command():
                    self._dialogue.enqueue(step, now)
                case Pause(seconds):
                    running.resume_at = now + seconds
                case PinNeeded():
                    heard.append(step)
