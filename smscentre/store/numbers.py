"""Changes of officers' numbers by an operator: a new SIM, invitations, PINs.

For the command line: each is one transaction on the database beside a running
service, which notices by the directory's version, and is written into the audit log.
"""

from __future__ import annotations

__all__ = [
    "NumbersError",
    "invite",
    "move_officer",
    "remove_pin",
    "revoke_invitation",
    "set_pin",
    "stored_invitations",
]

from collections.abc import Collection

from attrs import evolve

from smscentre.credentials import Invitation
from smscentre.directory import Officer, Right
from smscentre.errors import SMSCentreError
from smscentre.store import audit, registration
from smscentre.store.beside import change_store
from smscentre.store.changes import Signature
from smscentre.store.people import (
    changed,
    described,
    load_directory,
    named,
    put_officers,
)
from smscentre.store.transaction import Transaction


class NumbersError(SMSCentreError):
    """A change of numbers that the directory does not allow."""


def move_officer(
    url: str, old: str, new: str, signature: Signature, reason: str = ""
) -> Officer:
    """Give what a number has to another one; the old one becomes inactive.

    Unit or scope, name, rights, roles and PINs move; what it sent stays its own.

    :raises NumbersError: the numbers cannot be exchanged so
    :raises StoreError: the database cannot be used
    """

    def work(transaction: Transaction) -> Officer:
        officers = load_directory(transaction).officers
        officer, there = officers.get(old), officers.get(new)
        if officer is None:
            raise NumbersError(f"{old} is not registered")
        if not officer.active:
            raise NumbersError(f"{old} is not active: there is nothing to move")
        if there is not None and there.active:
            raise NumbersError(
                f"{new} is registered and active, as {there.name}; move or "
                "deactivate it first"
            )
        moved = evolve(officer, number=new)
        put_officers(transaction, [evolve(officer, active=False), moved])
        registration.move_pins(transaction, old, new)
        detail = f"to {new}: {described(moved)}"
        if reason:
            detail += f"; {reason}"
        _sign(transaction, signature, "officers.move", old, detail)
        return moved

    return change_store(url, work)


def invite(
    url: str, invitation: Invitation, code_hash: str, signature: Signature
) -> Invitation:
    """Store an invitation; its id is given to it here.

    :raises NumbersError: there is no such unit
    :raises StoreError: the database cannot be used
    """

    def work(transaction: Transaction) -> Invitation:
        if invitation.unit not in load_directory(transaction).units:
            raise NumbersError(f"there is no unit {invitation.unit}")
        numbers = [known.id for known in registration.all_invitations(transaction)]
        numbered = evolve(invitation, id=max(numbers, default=0) + 1)
        registration.add_invitation(transaction, numbered, code_hash)
        rights = named(numbered.rights)
        detail = f"unit {numbered.unit}, rights {rights}, name {numbered.name!r}"
        _sign(transaction, signature, "officers.invite", str(numbered.id), detail)
        return numbered

    return change_store(url, work)


def stored_invitations(url: str) -> list[Invitation]:
    """Every invitation there was, the oldest first.

    :raises StoreError: the database cannot be used
    """
    return change_store(url, registration.all_invitations)


def revoke_invitation(url: str, invitation: int, signature: Signature) -> None:
    """Take an invitation back.

    :raises NumbersError: there is none, or it was used
    :raises StoreError: the database cannot be used
    """

    def work(transaction: Transaction) -> None:
        if not registration.revoke(transaction, invitation, signature.at):
            raise NumbersError(f"there is no unused invitation {invitation}")
        _sign(transaction, signature, "officers.revoke", str(invitation), "")

    change_store(url, work)


def set_pin(
    url: str, number: str, rights: Collection[Right], kept: str, signature: Signature
) -> None:
    """Keep rights of an officer by a PIN, of which the hash is given.

    :raises NumbersError: the number is not registered
    :raises StoreError: the database cannot be used
    """

    def work(transaction: Transaction) -> None:
        if number not in load_directory(transaction).officers:
            raise NumbersError(f"{number} is not registered")
        registration.put_pin(transaction, number, rights, kept, signature.at)
        changed(transaction)
        _sign(transaction, signature, "officers.pin", number, named(rights))

    change_store(url, work)


def remove_pin(
    url: str, number: str, rights: Collection[Right], signature: Signature
) -> None:
    """Let rights of an officer go without a PIN.

    :raises NumbersError: none of them has one
    :raises StoreError: the database cannot be used
    """

    def work(transaction: Transaction) -> None:
        if not registration.remove_pins(transaction, number, rights):
            raise NumbersError(f"{number} has no PIN for {named(rights)}")
        changed(transaction)
        _sign(transaction, signature, "officers.pin.remove", number, named(rights))

    change_store(url, work)


def _sign(
    transaction: Transaction, signature: Signature, action: str, subject: str, more: str
) -> None:
    audit.record(transaction, signature.actor, action, subject, more, signature.at)
