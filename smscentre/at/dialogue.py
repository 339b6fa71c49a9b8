"""One conversation with a modem as a pure machine: octets and time in, events out.

The shell in `links` owns port and timer; this core owns the queue of commands, one in
flight, and every timeout. It knows no order of commands, no retrying and no message.

An answer has no number by which it could be told from a late one. So when an answer
stays out the dialogue is *lost*: nothing of the queue is written, `AT` is, after an ESC
that leaves a prompt. The first OK may be the late one, so that only a silence after it
ends the loss; whatever else belongs to an answer begins the silence anew. A message
that was written has its outcome then: a late +CMGS tells that it was sent. A dialogue
begins lost, since nobody knows what the last user of the port has left behind.

Source: ITU-T V.250 §5 (command lines and result codes); 3GPP TS 27.005 §4.3 (prompt,
Ctrl-Z, ESC).
"""

from __future__ import annotations

__all__ = ["Dialogue", "DialogueOptions", "State"]

import re
from collections import deque

from attrs import frozen

from smscentre.at import events
from smscentre.at.commands import ATTENTION, Command
from smscentre.at.errors import LocalProtocolError
from smscentre.at.events import (
    Answered,
    Closed,
    Event,
    Fault,
    Lost,
    Ready,
    Unsolicited,
    shown,
)
from smscentre.at.lines import LINE_OCTETS_MOST, Line, LineReader, Overlong, Prompt
from smscentre.at.moves import advance
from smscentre.at.results import Outcome, Result, read_result
from smscentre.at.spoken import NOTHING, Spoken
from smscentre.at.states import TRANSITIONS, State, Step
from smscentre.at.unsolicited import fits, has_pdu, is_hex, kind_of, names_length

_ESC = b"\x1b"
_CTRL_Z = b"\x1a"
_ANY_ECHO = re.compile(r"AT(?:[+^$*%#&!\\].*|[A-Z][0-9]*)?", re.IGNORECASE)
_PARAMETERS = re.compile(r"=.*")
_SHOWN = 40
_TALKING = (State.PROMPTING, State.ANSWERING)


@frozen
class DialogueOptions:
    """The limits of a dialogue; times in seconds.

    ``probe_s`` is how long `AT` may take while lost, ``settle_s`` the silence that
    shows that nothing is left to come, ``restless_s`` how long to wait for it. An
    answer has at most ``lines_most`` lines.
    """

    probe_s: float = 5.0
    settle_s: float = 1.0
    restless_s: float = 30.0
    line_octets_most: int = LINE_OCTETS_MOST
    lines_most: int = 4096


_DEFAULTS = DialogueOptions()


class Dialogue:
    """One opened port, from the first `AT` to its end.

    After every call the shell writes `data_to_send`; events come in order. Every
    command has exactly one `Answered` or `Lost`. Times are in seconds of one clock
    that never goes back.
    """

    def __init__(self, options: DialogueOptions = _DEFAULTS) -> None:
        self._options = options
        self._state = State.OPEN
        self._reader = LineReader(options.line_octets_most)
        self._out: list[bytes] = []
        self._queue: deque[tuple[int, Command]] = deque()
        self._tokens = 0
        self._spoken = NOTHING
        # An unsolicited line whose PDU is to come next; empty when none is.
        self._header = ""
        self._probes = 0
        self._due: float | None = None
        self._alive_at = 0.0

    @property
    def state(self) -> State:
        """Where the dialogue stands."""
        return self._state

    def connect(self, now: float) -> None:
        """Begin: ask whether a modem is there; `Ready` follows. Once, before all else.

        :raises LocalProtocolError: begun before, or closed.
        """
        self._advance(Step.CONNECT)
        self._probe(now)

    def enqueue(self, command: Command, now: float) -> int:
        """Put a command at the end of the queue and give its token.

        Its time begins to run when it is written: all before it have their outcome,
        and the dialogue is not lost.

        :raises LocalProtocolError: not begun, closed, or no command line.
        """
        if self._state in (State.OPEN, State.CLOSED):
            raise LocalProtocolError(f"{command.name} in state {self._state.value}")
        command.check()
        self._tokens += 1
        self._queue.append((self._tokens, command))
        self._next(now)
        return self._tokens

    def blurt(self, command: Command) -> None:
        """Write a command whatever the state; its answer is nobody's.

        For a modem that does not answer, before the port is closed.

        :raises LocalProtocolError: closed, or no command line.
        """
        if self._state is State.CLOSED:
            raise LocalProtocolError(f"{command.name} in state {self._state.value}")
        command.check()
        self._out.append(_ESC + command.text.encode("ascii") + b"\r")

    def receive(self, data: bytes, now: float) -> list[Event]:
        """Take octets from the modem, in any fragmentation."""
        happened: list[Event] = []
        if self._state is State.CLOSED:
            return happened
        self._reader.feed(data)
        while True:
            prompted = self._state is State.PROMPTING
            match self._reader.take(prompted=prompted):
                case Line(text):
                    self._on_line(text, now, happened)
                case Prompt():
                    self._on_prompt(now, happened)
                case Overlong(beginning):
                    happened.append(Fault(events.LONG_LINE, shown(beginning)))
                    self._stir(now, happened)
                case None:
                    return happened

    def data_to_send(self) -> bytes:
        """Give what is to be written, and forget it."""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def deadline(self) -> float | None:
        """Tell when `expire` is to be called, if nothing else happens before."""
        return self._due

    def expire(self, now: float) -> list[Event]:
        """Act on the deadline if it has passed; harmless when it has not."""
        happened: list[Event] = []
        if self._due is None or now < self._due:
            return happened
        match self._state:
            case State.LOST:
                detail = f"AT without an answer, {self._probes} in a row"
                happened.append(Fault(events.SILENT, detail))
                self._advance(Step.LOSE)
                self._probe(now)
            case State.SETTLING:
                self._advance(Step.SETTLED)
                happened += self._spoken.give_up()
                self._due, self._probes, self._spoken = None, 0, NOTHING
                happened.append(Ready())
                self._next(now)
            case State.PROMPTING:
                self._lose(events.NO_PROMPT, now, happened)
            case State.ANSWERING:
                self._lose(events.TIMED_OUT, now, happened)
            case State.OPEN | State.IDLE | State.CLOSED:
                pass
        return happened

    def close(self, reason: str) -> list[Event]:
        """End the dialogue; each command without an outcome is lost. Harmless twice."""
        happened: list[Event] = []
        if self._state is State.CLOSED:
            return happened
        happened += self._spoken.give_up()
        if self._state in _TALKING:
            happened.append(Lost(self._spoken.token, reason, self._is_written()))
        if self._state is State.PROMPTING:
            # Else the next user of the port would write a message.
            self._out.append(_ESC)
        self._advance(Step.CLOSE)
        happened += [Lost(token, reason, False) for token, _ in self._queue]
        happened.append(Closed(reason))
        self._queue.clear()
        self._spoken, self._header, self._due = NOTHING, "", None
        return happened

    def _on_line(self, line: str, now: float, happened: list[Event]) -> None:
        header, self._header = self._header, ""
        if header and self._belongs(header, line):
            self._tell((header, line), happened)
            return
        if header:
            happened.append(Fault(events.MISSING_PDU, header.partition(":")[0]))
        if self._state in _TALKING:
            self._on_line_talking(line, now, happened)
        else:
            self._on_line_between(line, now, happened)

    def _belongs(self, header: str, line: str) -> bool:
        """Tell whether a line is the second one of an unsolicited header.

        If its length is not the one named it may be an answer's, unless nobody waits
        for such a line.
        """
        if not names_length(header) or fits(header, line):
            return True
        spoken, talking = self._spoken, self._state in _TALKING
        wanted = talking and (spoken.pdu_due or spoken.command.claims(line))
        return is_hex(line) and not wanted

    def _on_line_talking(self, line: str, now: float, happened: list[Event]) -> None:
        """Tell an answer's lines from the others while a command is in flight."""
        spoken = self._spoken
        command = spoken.command
        if line in (command.text, command.body):
            return
        result = read_result(line, dials=command.dials)
        if result is not None:
            self._on_result(result, now, happened)
        elif command.claims(line):
            self._keep(line, command.pdus, now, happened)
        elif spoken.pdu_due and is_hex(line):
            self._keep(line, False, now, happened)
        elif self._is_unsolicited(line, happened):
            pass
        elif spoken.pdu_due:
            # Whatever it is, it stands where this slot's PDU should be.
            self._keep(line, False, now, happened)
        else:
            happened.append(_unexpected(line))

    def _on_line_between(self, line: str, now: float, happened: list[Event]) -> None:
        """Read a line that no command in flight can have caused."""
        is_lost = self._state in (State.LOST, State.SETTLING)
        command = self._spoken.command
        if is_lost and line in (command.text, command.body, ATTENTION.text):
            return
        result = read_result(line)
        if result is not None:
            self._on_stray_result(result, now, happened)
        elif is_lost and (command.claims(line) or is_hex(line)):
            happened += self._spoken.late(line)
            self._stir(now, happened)
        elif self._is_unsolicited(line, happened):
            pass
        elif is_lost and not _ANY_ECHO.fullmatch(line):
            self._stir(now, happened)
        else:
            happened.append(_unexpected(line))

    def _is_unsolicited(self, line: str, happened: list[Event]) -> bool:
        """Tell of a line that the modem said by itself, or keep it for its PDU."""
        if kind_of(line) is None:
            return False
        if has_pdu(line):
            self._header = line
        else:
            self._tell((line,), happened)
        return True

    def _tell(self, lines: tuple[str, ...], happened: list[Event]) -> None:
        kind = kind_of(lines[0])
        if kind is not None:
            happened.append(Unsolicited(kind, lines))

    def _keep(
        self, line: str, pdu_due: bool, now: float, happened: list[Event]
    ) -> None:
        """Add a line to the answer; one that never ends is given up."""
        spoken = self._spoken
        spoken.lines.append(line)
        spoken.pdu_due = pdu_due
        if len(spoken.lines) > self._options.lines_most:
            detail = f"{spoken.command.name}: {len(spoken.lines)} lines"
            happened.append(Fault(events.LONG_ANSWER, detail))
            self._lose(events.ENDLESS, now, happened)
        elif spoken.command.pdus:
            self._due = now + spoken.command.timeout_s

    def _on_result(self, result: Result, now: float, happened: list[Event]) -> None:
        if self._state is State.PROMPTING and result.ok:
            # Nothing was sent, so that this is no answer to it.
            happened.append(Fault(events.UNEXPECTED_RESULT, result.text))
            return
        spoken, self._spoken = self._spoken, NOTHING
        self._advance(Step.ANSWERED)
        self._due = None
        happened.append(Answered(spoken.token, tuple(spoken.lines), result))
        self._next(now)

    def _on_stray_result(
        self, result: Result, now: float, happened: list[Event]
    ) -> None:
        if self._state is State.LOST and result.outcome is Outcome.OK:
            self._alive_at = now
            self._settle(now)
            return
        is_late = self._state in (State.LOST, State.SETTLING)
        reason = events.LATE_RESULT if is_late else events.UNEXPECTED_RESULT
        happened.append(Fault(reason, result.text[:_SHOWN]))
        self._stir(now, happened)

    def _on_prompt(self, now: float, happened: list[Event]) -> None:
        command = self._spoken.command
        if self._state is State.PROMPTING:
            self._advance(Step.PROMPTED)
            self._out.append((command.body or "").encode("ascii") + _CTRL_Z)
            self._due = now + command.timeout_s
            return
        happened.append(Fault(events.UNEXPECTED_PROMPT, self._state.value))
        # An ESC now would cancel the message that we have just written.
        if self._state not in (State.OPEN, State.ANSWERING):
            self._advance(Step.LOSE)
            self._probe(now)

    def _next(self, now: float) -> None:
        """Write the next command, if it may be."""
        if self._state is not State.IDLE or not self._queue:
            return
        token, command = self._queue.popleft()
        self._spoken = Spoken(token, command)
        self._out.append(command.text.encode("ascii") + b"\r")
        if command.body is None:
            self._advance(Step.SEND)
            self._due = now + command.timeout_s
        else:
            self._advance(Step.ASK)
            self._due = now + command.prompt_s

    def _lose(self, reason: str, now: float, happened: list[Event]) -> None:
        """Give up the answer to the command in flight, and find the way back."""
        happened += self._spoken.lose(reason, written=self._is_written())
        self._advance(Step.LOSE)
        self._probe(now)

    def _is_written(self) -> bool:
        return self._spoken.command.body is None or self._state is State.ANSWERING

    def _probe(self, now: float) -> None:
        self._probes += 1
        self._out.append(_ESC + ATTENTION.text.encode("ascii") + b"\r")
        self._due = now + self._options.probe_s

    def _stir(self, now: float, happened: list[Event]) -> None:
        """Begin the silence anew, if one is waited for: something was left to come."""
        if self._state is not State.SETTLING:
            return
        if now < self._alive_at + self._options.restless_s:
            self._settle(now)
            return
        detail = f"no silence for {self._options.restless_s:g} s"
        happened.append(Fault(events.RESTLESS, detail))
        happened += self._spoken.give_up()
        self._advance(Step.LOSE)
        self._probe(now)

    def _settle(self, now: float) -> None:
        self._advance(Step.ALIVE)
        self._due = now + self._options.settle_s

    def _advance(self, step: Step) -> None:
        self._state = advance(TRANSITIONS, self._state, step)


def _unexpected(line: str) -> Fault:
    """Tell another program's command from a line that means nothing to us."""
    if _ANY_ECHO.fullmatch(line):
        return Fault(events.FOREIGN_ECHO, shown(_PARAMETERS.sub("=", line)))
    return Fault(events.UNEXPECTED_LINE, shown(line))
