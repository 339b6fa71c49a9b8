"""Registration: a number that nobody knows sends the code that an admin gave out.

A code registers one number, once. Three wrong ones of a number close that way to it
for an hour: what it sends then gets no reply.
"""

from __future__ import annotations

__all__ = ["REGISTER", "SUBJECT", "Register"]

from collections.abc import Collection, Sequence
from typing import Final

from smscentre.commands.asker import Rules
from smscentre.commands.guard import time_of
from smscentre.commands.replies import AND, RIGHT_NAMES, compose, joined
from smscentre.directory import Officer, Right, Unit
from smscentre.interfaces import (
    Ledger,
    Outcome,
    Registration,
    Request,
    SubmissionKey,
    Tried,
)
from smscentre.values import frozen

REGISTER: Final = "DAFTAR"
"""The word that a code follows."""

SUBJECT: Final = "code"
"""What is tried by it."""


@frozen
class Register:
    """A number presents a code."""

    request: Request
    code: str
    rules: Rules

    @property
    def needs(self) -> Collection[Right]:
        """None: the code is all that it takes."""
        return ()

    def expects(self) -> Sequence[SubmissionKey]:
        """Nothing."""
        return ()

    def run(self, ledger: Ledger) -> Outcome:
        """Register the number, or refuse."""
        request = self.request
        now = request.arrived_at
        attempts = ledger.attempts(request.number, SUBJECT)
        if attempts.at(now).locked:
            return self._locked(attempts.until)
        invitation = ledger.invitation(self.code)
        unit = ledger.directory.units.get(invitation.unit) if invitation else None
        own = invitation is not None and invitation.number == request.number
        if own and invitation and unit and request.officer:
            # Sent again, since the first reply was late or lost.
            return Outcome("repeat", _welcome(unit, invitation.rights))
        if invitation is None or unit is None or not invitation.is_open(now):
            failed = attempts.failed(now)
            effects = (Tried(SUBJECT, failed),)
            if failed.locked:
                return self._locked(failed.until, *effects)
            return Outcome("bad_code", compose("bad_code"), effects)
        if request.officer is not None:
            # It is another's code, or an admin must first say what shall become of
            # the rights that this number has.
            return Outcome("has_number", compose("has_number"))
        officer = Officer(
            request.number,
            invitation.name or unit.title,
            unit.code,
            rights=invitation.rights,
        )
        reply = _welcome(unit, officer.rights)
        cleared = (Tried(SUBJECT, type(attempts)()),) if attempts.failures else ()
        effects = (Registration(invitation.id, officer), *cleared)
        return Outcome("registered", reply, effects)

    def _locked(self, until: float, *effects: Tried) -> Outcome:
        time = time_of(until, self.rules.timezone)
        return Outcome("code_locked", compose("code_locked", time=time), effects)


def _welcome(unit: Unit, rights: Collection[Right]) -> str:
    """What a number that is registered now may do."""
    names = [RIGHT_NAMES[each.value] for each in Right if each in rights]
    return compose("registered", unit=unit, rights=joined(names, AND))
