"""A GSM modem as a pure machine: octets and time in, octets out.

The shells in `terminal` and in the system tests own the port and the timer; the
tables of `general` and `messages` own the commands. Here a line becomes an answer, and
here faults come about.

Source: ITU-T V.250 §5.2 (command lines), §5.7 (results); 3GPP TS 27.007 §9.1 (+CMEE);
TS 27.005 §3.2.5 (+CMS ERROR).
"""

from __future__ import annotations

__all__ = ["GsmModem"]

from collections.abc import Callable

from smscentre.at.results import ERRORS, Outcome
from smscentre.gsm.timestamp import Timestamp
from smscentre.sim.modem import network, receiving, voice
from smscentre.sim.modem.card import CardState, SimCard
from smscentre.sim.modem.faults import Deed, Mishap, ModemFaults
from smscentre.sim.modem.general import BEFORE_PIN, GENERAL
from smscentre.sim.modem.lines import (
    AtCommand,
    Body,
    Cancelled,
    CommandLine,
    LineReader,
    split,
)
from smscentre.sim.modem.messages import MESSAGES, PROMPTING, Prompt
from smscentre.sim.modem.outlet import Outlet
from smscentre.sim.modem.record import Delivery, Record, Spoken
from smscentre.sim.modem.state import AtError, Family, ModemOptions, ModemState
from smscentre.sim.modem.stores import Slot, Status

_OK, _ERROR = "OK", "ERROR"
_PROMPT = b"\r\n> "

_WANTED = {
    CardState.ABSENT: (10, 310),
    CardState.PIN: (11, 311),
    CardState.PUK: (12, 316),
}
"""The errors, of both families, of a command that needs the SIM."""
_BAD_PARAMETER = (50, 302)
_UNKNOWN = 100
_ATTENTION = AtCommand("AT")
_FRIEND = "+6281100000099"


class GsmModem:
    """A modem; ``state`` and ``faults`` may be changed while it runs.

    After every move `data_to_send` is to be written, and `deadline` says when
    `expire` is due. Once ``is_pulled`` is set, what `data_to_send` gives is the last,
    and the port is to be closed; `plug` follows when it is there again.
    """

    def __init__(
        self,
        wall_clock: Callable[[], float],
        options: ModemOptions | None = None,
        card: SimCard | None = None,
        faults: ModemFaults | None = None,
    ) -> None:
        self.state = ModemState.of(
            options or ModemOptions(),
            wall_clock,
            card or SimCard(),
            faults or ModemFaults(),
        )
        self.is_pulled = False
        self._reader = LineReader()
        self._outlet = Outlet()
        self._prompted: Prompt | None = None
        self._speaking = Spoken(0.0, "")
        self._command = _ATTENTION
        self._mishap: Mishap | None = None
        self._back_at: float | None = None

    @property
    def faults(self) -> ModemFaults:
        """What goes wrong."""
        return self.state.faults

    @property
    def record(self) -> Record:
        """What has happened."""
        return self.state.record

    # What the shell does.

    def receive(self, data: bytes, now: float) -> None:
        """Take octets from the line, in any fragmentation."""
        self.state.now = now
        for octet in data:
            if self._is_deaf:
                return
            self._take(octet)
        self._settle()

    def expire(self, now: float) -> None:
        """Do what is due."""
        self.state.now = now
        if self._back_at is not None and now >= self._back_at:
            self._back_at = None
            self._greet()
        if self._back_at is None and not self.is_pulled:
            receiving.expire(self.state)
        self._settle()

    def deadline(self) -> float | None:
        """When `expire` or `data_to_send` has something to do; None if never."""
        moments = [self._outlet.deadline(), self._back_at]
        if self._back_at is None and not self.is_pulled:
            moments.append(receiving.deadline(self.state))
        return min((each for each in moments if each is not None), default=None)

    def data_to_send(self, now: float) -> bytes:
        """Give what is to be written by now, and forget it."""
        return self._outlet.due(now)

    def plug(self, now: float) -> None:
        """Be switched on again, after a new port was made."""
        self.is_pulled = False
        self._outlet.clear()
        self.restart(now)

    def pull(self) -> None:
        """Be pulled out: nothing more is heard or said until `plug`."""
        self.is_pulled = True
        self._reader.reset()

    # What the network and a test do.

    def deliver(
        self, number: str, text: str, now: float, sent: Timestamp | None = None
    ) -> list[Delivery]:
        """Hand in a text from a number or a name; ``sent`` replaces its time.

        :raises TooLongError: more parts than a message can have.
        """
        self.state.now = now
        found = [
            network.hand_in(self.state, octets)
            for octets in network.written(self.state, number, text, sent)
        ]
        self._settle()
        return found

    def hand_in(self, octets: bytes, now: float) -> Delivery:
        """Hand in octets, with a service centre's address before the TPDU."""
        self.state.now = now
        delivery = network.hand_in(self.state, octets)
        self._settle()
        return delivery

    def deliver_again(self, delivery: Delivery, now: float) -> Delivery:
        """Hand in the same TPDU once more, as a network does that heard no answer."""
        return self.hand_in(delivery.octets, now)

    def fill(self, count: int | None = None) -> int:
        """Take free slots of the present store with messages of old; how many.

        Without a count all are taken.
        """
        old = network.written(self.state, _FRIEND, "Pesan lama")[0]
        filled = 0
        while filled != count:
            slot = Slot(old, Status.READ)
            if self.state.stores.put(self.state.settings.memories[2], slot) is None:
                break
            filled += 1
        return filled

    def say(self, *lines: str) -> None:
        """Say lines by itself, as soon as no answer is being given."""
        self.state.said.append(lines)
        self._settle()

    def restart(self, now: float) -> None:
        """Start anew: deaf for a while, then all that it was told is forgotten."""
        self.state.now = now
        self._restart()

    # From octets to answers.

    @property
    def _is_deaf(self) -> bool:
        return self.faults.mute or self._back_at is not None or self.is_pulled

    def _take(self, octet: int) -> None:
        if self.state.settings.echo:
            self._write(bytes((octet,)))
        match self._reader.take(octet):
            case CommandLine(text):
                self._on_line(text)
            case Body(octets):
                self._on_body(octets)
            case Cancelled():
                self._prompted = None
                self._answer([], _OK)
            case None:
                pass

    def _on_line(self, text: str) -> None:
        self._speaking = Spoken(self.state.now, f"AT{text}")
        self.record.commands.append(self._speaking)
        commands = split(text) or [_ATTENTION]
        self._mishap = None
        lines: list[str] = []
        for command in commands:
            self._command = command
            try:
                found = self._run(command)
            except AtError as error:
                self._answer(lines, self._words(error))
                return
            if isinstance(found, Prompt):
                self._prompt(found)
                return
            lines += found
        self._answer(lines, _OK)

    def _prompt(self, prompt: Prompt) -> None:
        self._prompted = prompt
        self._reader.in_body = True
        self._write(_PROMPT, self.faults.delay_s)

    def _on_body(self, octets: bytes) -> None:
        prompted, self._prompted = self._prompted, None
        self._speaking.body = octets.decode("latin-1")
        if prompted is None:
            return
        try:
            self._befall(self._command)
            lines = prompted.then(self.state, octets)
        except AtError as error:
            self._answer([], self._words(error))
            return
        self._answer(lines, _OK)

    def _run(self, command: AtCommand) -> list[str] | Prompt:
        """Carry out one command.

        :raises AtError: it is refused.
        """
        name = command.name
        run = MESSAGES.get(name) or GENERAL.get(name)
        if run is None:
            raise AtError(Family.CME, _UNKNOWN)
        card = self.state.card.state
        if card is not CardState.READY and name not in BEFORE_PIN:
            raise _error_of(name, _WANTED[card])
        if name not in PROMPTING:
            self._befall(command)
        try:
            return run(self.state, command)
        except (ValueError, IndexError):
            raise _error_of(name, _BAD_PARAMETER) from None

    def _befall(self, command: AtCommand) -> None:
        """Choose what happens to a command that would be carried out now.

        :raises AtError: it is refused.
        """
        mishap = self.faults.mishap(command.name)
        if mishap is None:
            return
        self._mishap = mishap
        if mishap.deed is Deed.REFUSE:
            if not mishap.code:
                raise AtError()
            raise _error_of(command.name, (mishap.code, mishap.code))

    def _answer(self, lines: list[str], result: str) -> None:
        """Write an answer, unless something happens to it; then what it entails."""
        mishap, self._mishap = self._mishap, None
        deed = None if mishap is None else mishap.deed
        if deed is not Deed.LOSE:
            octets = voice.answer(lines, result, self.state.settings, self.faults)
            if deed in (Deed.RESTART, Deed.UNPLUG):
                octets = octets[: len(octets) // 2]
            else:
                self._speaking.result = result
            self._write(voice.foreign(self.faults) + octets, self.faults.delay_s)
        if deed is Deed.UNPLUG:
            self.pull()
        elif deed is Deed.RESTART or self.state.restart_wanted:
            self._restart()

    def _settle(self) -> None:
        """Take what the network has, and say what is to be said between answers."""
        state = self.state
        if self._back_at is not None or self.is_pulled:
            return
        receiving.receive(state)
        while state.said and self._prompted is None:
            octets = voice.said(state.said.popleft())
            if not self.faults.mute:
                self._write(octets)

    def _write(self, octets: bytes, delay_s: float = 0.0) -> None:
        self._outlet.write(octets, self.state.now + delay_s, self.faults.octet_s)

    def _restart(self) -> None:
        state = self.state
        self.record.restarts.append(state.now)
        self._back_at = state.now + state.options.restart_s
        self._prompted = None
        self._reader.reset()
        receiving.give_back(state)
        state.forget()

    def _greet(self) -> None:
        """Say what modems say when they are there again."""
        options, card = self.state.options, self.state.card.state
        lines = [*options.greeting, f"+CPIN: {card.value}"]
        if card is CardState.READY:
            lines += options.ready
        self.state.said.extend((line,) for line in lines)

    def _words(self, error: AtError) -> str:
        """A refusal as +CMEE wants it; +CMS ERROR is said in any case."""
        mode = self.state.settings.error_codes
        if error.family is Family.PLAIN or (error.family is Family.CME and not mode):
            return _ERROR
        outcome = Outcome.CMS if error.family is Family.CMS else Outcome.CME
        meaning = ERRORS.get((outcome, error.code))
        words = meaning.meaning if mode == 2 and meaning else str(error.code)
        return f"{error.family.value}: {words}"


def _error_of(name: str, codes: tuple[int, int]) -> AtError:
    """The error of a command: the first code is +CME's, the second +CMS's."""
    if name in MESSAGES:
        return AtError(Family.CMS, codes[1])
    return AtError(Family.CME, codes[0])
