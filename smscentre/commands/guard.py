"""Asks for the PIN that keeps a right, before a command acts by that right.

Around each understood command. What a PIN is worth is read from the ledger; here is
decided what a missing or a wrong one costs.
"""

from __future__ import annotations

__all__ = ["Guarded", "guarded", "time_of"]

import datetime
from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

from attrs import evolve

from smscentre.commands.asker import Asker
from smscentre.commands.examples import MISSING
from smscentre.commands.normalise import commands_of
from smscentre.commands.replies import RIGHT_NAMES, compose
from smscentre.commands.words import is_digits
from smscentre.credentials import Proof, is_pin
from smscentre.directory import Right
from smscentre.interfaces import Command, Ledger, Outcome, SubmissionKey, Tried
from smscentre.values import frozen


@frozen
class Guarded:
    """A command of an officer who has a PIN."""

    asker: Asker
    command: Command

    @property
    def needs(self) -> Collection[Right]:
        """Those of the command itself."""
        return self.command.needs

    def expects(self) -> Sequence[SubmissionKey]:
        """What the command itself expects."""
        return self.command.expects()

    def run(self, ledger: Ledger) -> Outcome:
        """Do as the command does, unless a PIN is wanted and not there."""
        request = self.asker.request
        proved: list[Tried] = []
        for right in sorted(self.needs, key=lambda right: right.value):
            attempts = ledger.attempts(request.number, right.value)
            match ledger.proof(request, right):
                case Proof.UNASKED if request.pin and not is_pin(request.pin):
                    # A day or a command was taken for more of it.
                    return Outcome("pin", self._wanted())
                case Proof.LOCKED:
                    return self._locked(right, attempts.until)
                case Proof.MISSING:
                    # Whoever forgets it has guessed nothing.
                    return Outcome("pin", self._wanted())
                case Proof.WRONG:
                    now = attempts.failed(request.arrived_at)
                    failed = (Tried(right.value, now),)
                    if now.locked:
                        return evolve(self._locked(right, now.until), effects=failed)
                    return Outcome("pin", self._wanted(), failed)
                case Proof.RIGHT if attempts.failures:
                    proved.append(Tried(right.value, evolve(attempts, failures=0)))
        outcome = self.command.run(ledger)
        return evolve(outcome, effects=(*outcome.effects, *proved))

    def _wanted(self) -> str:
        commands = commands_of(self.asker.request.text)
        words = commands[0] if commands else [MISSING]
        plain = all(word.isalpha() or is_digits(word) for word in words)
        short = f"{words[0]} {MISSING}" if words[0].isalpha() else MISSING
        # Of several lines the first alone would be half of what was meant.
        whole = plain and len(commands) == 1
        return compose("pin", example=[" ".join(words), short] if whole else short)

    def _locked(self, right: Right, until: float) -> Outcome:
        zone = self.asker.now.tzinfo
        assert isinstance(zone, ZoneInfo)
        time = time_of(until, zone)
        text = compose("pin_locked", right=RIGHT_NAMES[right.value], time=time)
        return Outcome("pin_locked", text)


def guarded(asker: Asker, command: Command) -> Command:
    """A command, behind the PIN if its sender has one and it acts by a right.

    Also where what stood behind the word PIN is none, and was cut from the text.
    """
    typed = asker.request.pin
    odd = bool(typed) and not is_pin(typed)
    if command.needs and (odd or asker.directory.has_pin(asker.officer.number)):
        return Guarded(asker, command)
    return command


def time_of(moment: float, zone: ZoneInfo) -> str:
    """An hour and minute as officers read it, with the zone's name."""
    time = datetime.datetime.fromtimestamp(moment, zone)
    return f"{time:%H.%M} {time.tzname()}"
