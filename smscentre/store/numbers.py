"""Changes of officers' numbers by an operator: a new SIM, invitations, PINs.

For the command line and the pages, each in the transaction of its caller. A running
service notices by the directory's version; all is written into the audit log.
"""

from __future__ import annotations

__all__ = [
    "NumbersError",
    "NumbersFault",
    "invite",
    "move_officer",
    "remove_pin",
    "revoke_invitation",
    "set_pin",
]

from collections.abc import Collection
from enum import Enum

from attrs import evolve

from smscentre.credentials import Invitation
from smscentre.directory import Officer, Right
from smscentre.errors import SMSCentreError
from smscentre.store import audit, notices, registration
from smscentre.store.changes import Signature
from smscentre.store.people import (
    changed,
    described,
    directory_to_change,
    named,
    put_officers,
)
from smscentre.store.transaction import Transaction


class NumbersFault(Enum):
    """Why a change of numbers is refused."""

    UNREGISTERED = "is not registered"
    INACTIVE = "is not active: there is nothing to move"
    TAKEN = "is registered and active"
    NO_UNIT = "is no unit"
    USED = "is no unused invitation"
    NO_PIN = "has no PIN"
    INPUT = "cannot be used"


class NumbersError(SMSCentreError):
    """A change of numbers that the directory does not allow; nothing was written."""

    def __init__(self, words: str, fault: NumbersFault = NumbersFault.INPUT) -> None:
        self.fault = fault
        super().__init__(words)


def move_officer(
    transaction: Transaction, old: str, new: str, signature: Signature, reason: str = ""
) -> Officer:
    """Give what a number has to another one; the old one becomes inactive.

    Unit or scope, name, rights, roles and PINs move, and reminders that wait; what it
    sent stays its own.

    :raises NumbersError: the numbers cannot be exchanged so
    """
    officers = directory_to_change(transaction).officers
    officer, there = officers.get(old), officers.get(new)
    if officer is None:
        raise NumbersError(f"{old} is not registered", NumbersFault.UNREGISTERED)
    if not officer.active:
        raise NumbersError(
            f"{old} is not active: there is nothing to move", NumbersFault.INACTIVE
        )
    if there is not None and there.active:
        raise NumbersError(
            f"{new} is registered and active, as {there.name}; move or "
            "deactivate it first",
            NumbersFault.TAKEN,
        )
    moved = evolve(officer, number=new)
    put_officers(transaction, [evolve(officer, active=False), moved])
    registration.move_pins(transaction, old, new)
    notices.forward(transaction, old, new)
    detail = f"to {new}: {described(moved)}"
    if reason:
        detail += f"; {reason}"
    _sign(transaction, signature, "officers.move", old, detail)
    return moved


def invite(
    transaction: Transaction,
    invitation: Invitation,
    code_hash: str,
    signature: Signature,
) -> Invitation:
    """Store an invitation; its id is given to it here.

    :raises NumbersError: there is no such unit
    """
    if invitation.unit not in directory_to_change(transaction).units:
        raise NumbersError(f"there is no unit {invitation.unit}", NumbersFault.NO_UNIT)
    numbers = [known.id for known in registration.all_invitations(transaction)]
    numbered = evolve(invitation, id=max(numbers, default=0) + 1)
    registration.add_invitation(transaction, numbered, code_hash)
    rights = named(numbered.rights)
    detail = f"unit {numbered.unit}, rights {rights}, name {numbered.name!r}"
    _sign(transaction, signature, "officers.invite", str(numbered.id), detail)
    return numbered


def revoke_invitation(
    transaction: Transaction, invitation: int, signature: Signature
) -> None:
    """Take an invitation back.

    :raises NumbersError: there is none, or it was used
    """
    if not registration.revoke(transaction, invitation, signature.at):
        raise NumbersError(
            f"there is no unused invitation {invitation}", NumbersFault.USED
        )
    _sign(transaction, signature, "officers.revoke", str(invitation), "")


def set_pin(
    transaction: Transaction,
    number: str,
    rights: Collection[Right],
    kept: str,
    signature: Signature,
) -> None:
    """Keep rights of an officer by a PIN, of which the hash is given.

    :raises NumbersError: the number is not registered
    """
    if number not in directory_to_change(transaction).officers:
        raise NumbersError(f"{number} is not registered", NumbersFault.UNREGISTERED)
    registration.put_pin(transaction, number, rights, kept, signature.at)
    changed(transaction)
    _sign(transaction, signature, "officers.pin", number, named(rights))


def remove_pin(
    transaction: Transaction,
    number: str,
    rights: Collection[Right],
    signature: Signature,
) -> None:
    """Let rights of an officer go without a PIN.

    :raises NumbersError: none of them has one
    """
    if not registration.remove_pins(transaction, number, rights):
        raise NumbersError(
            f"{number} has no PIN for {named(rights)}", NumbersFault.NO_PIN
        )
    changed(transaction)
    _sign(transaction, signature, "officers.pin.remove", number, named(rights))


def _sign(
    transaction: Transaction, signature: Signature, action: str, subject: str, more: str
) -> None:
    audit.record(transaction, signature.actor, action, subject, more, signature.at)
