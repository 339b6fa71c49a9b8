"""``smscentre officers``: new SIMs, registration codes and PINs at the shell.

Turns options into values, calls, and prints; what is done is the store's. A running
service notices by itself, with the next message.
"""

from __future__ import annotations

__all__ = ["add_commands"]

import datetime
import os
import sys
import time
from collections.abc import Callable, Collection
from typing import TypeVar

import click

from smscentre import config
from smscentre.actors import local_actor
from smscentre.config import Config
from smscentre.credentials import Invitation, code_hash, is_pin, new_code, pin_hash
from smscentre.csvfile import is_one_line
from smscentre.directory import Right
from smscentre.numbers import NumberError, parse_number
from smscentre.store.audit import LONGEST_REASON
from smscentre.store.beside import change_store
from smscentre.store.changes import Signature
from smscentre.store.numbers import (
    NumbersError,
    invite,
    move_officer,
    remove_pin,
    revoke_invitation,
    set_pin,
)
from smscentre.store.registration import all_invitations
from smscentre.store.transaction import Transaction

T = TypeVar("T")

_DAY_S = 24 * 3600
_ALL = "all"
_RIGHTS = [right.value for right in Right]


def add_commands(officers: click.Group) -> None:
    """Add what this module has to the group of officers' commands."""
    for command in (move, invite_command, invitations, revoke, pin):
        officers.add_command(command)


@click.command(short_help="Give all that a number has to a new one.")
@click.argument("old")
@click.argument("new")
@click.option("--reason", default="", help="Why, for the audit log.")
@click.pass_context
def move(ctx: click.Context, old: str, new: str, reason: str) -> None:
    """Give all that number OLD has to number NEW: an officer has a new SIM.

    NEW takes over unit or scope, name, rights, roles and PINs. OLD becomes inactive;
    what it sent stays its own.
    """
    if len(reason) > LONGEST_REASON or not is_one_line(reason):
        words = f"--reason: one line of at most {LONGEST_REASON} characters"
        raise click.ClickException(words)
    found = _config(ctx)
    number = _number(found, new, "NEW")
    if number in found.own_numbers:
        raise NumbersError(f"{number} is the centre's own number")
    before, signature = _number(found, old, "OLD"), _signature()
    officer = _change(
        ctx,
        lambda transaction: move_officer(
            transaction, before, number, signature, reason
        ),
    )
    click.echo(f"{officer.number} is now {officer.name}; the old number is inactive")


@click.command("invite", short_help="Print a code by which a number is registered.")
@click.option("--unit", required=True, help="The code of the unit.")
@click.option(
    "--rights",
    default="|".join(_RIGHTS),
    show_default=True,
    help="insert, query, or both with | between.",
)
@click.option("--name", default="", help="Of the officer; else the unit's.")
@click.option(
    "--valid-days",
    type=click.IntRange(1, 90),
    default=7,
    show_default=True,
    help="How many days the code is good for.",
)
@click.pass_context
def invite_command(
    ctx: click.Context, unit: str, rights: str, name: str, valid_days: int
) -> None:
    """Print a code: whoever first texts DAFTAR and the code is registered by it."""
    found = _config(ctx)
    code = new_code()
    signature = _signature()
    wanted = Invitation(
        0,
        unit.strip().upper(),
        _rights(rights),
        " ".join(name.split()),
        signature.at,
        signature.at + valid_days * _DAY_S,
    )
    invitation = _change(
        ctx,
        lambda transaction: invite(transaction, wanted, code_hash(code), signature),
    )
    until = _moment(found, invitation.expires_at)
    click.echo(f"DAFTAR {code}")
    click.echo(
        f"invitation {invitation.id}, unit {invitation.unit}, until {until}; "
        "the code is not shown again",
        err=True,
    )


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also those that are closed.")
@click.pass_context
def invitations(ctx: click.Context, everything: bool) -> None:
    """List the invitations that are open. Their codes are not kept."""
    found = _config(ctx)
    now = time.time()
    known = _change(ctx, all_invitations)
    shown = [each for each in known if everything or each.is_open(now)]
    for invitation in shown:
        click.echo(_line(found, invitation, now))
    if not shown:
        click.echo("no invitations" if everything else "no open invitations", err=True)


@click.command()
@click.argument("invitation", metavar="ID", type=click.IntRange(1, 2**31))
@click.pass_context
def revoke(ctx: click.Context, invitation: int) -> None:
    """Take an invitation back: its code registers nobody any more."""
    signature = _signature()
    _change(
        ctx,
        lambda transaction: revoke_invitation(transaction, invitation, signature),
    )
    click.echo(f"invitation {invitation} is revoked")


@click.command(short_help="Set the PIN of an officer's right, or remove it.")
@click.argument("number")
@click.option(
    "--right",
    required=True,
    type=click.Choice([*_RIGHTS, _ALL]),
    help="Which commands must end with it.",
)
@click.option("--remove", is_flag=True, help="Ask for no PIN any more.")
@click.pass_context
def pin(ctx: click.Context, number: str, right: str, remove: bool) -> None:
    """Set the PIN by which NUMBER must prove itself, six digits read from stdin.

    From then on commands of that right end with PIN and the digits. It also ends a
    lock after three wrong ones.
    """
    found = _config(ctx)
    rights = [known for known in Right if right in (known.value, _ALL)]
    officer = _number(found, number, "NUMBER")
    signature = _signature()
    if remove:
        _change(
            ctx,
            lambda transaction: remove_pin(transaction, officer, rights, signature),
        )
        click.echo(f"{officer} needs no PIN for {right}")
        return
    kept = pin_hash(_read_pin())
    _change(
        ctx,
        lambda transaction: set_pin(transaction, officer, rights, kept, signature),
    )
    click.echo(f"{officer} needs a PIN for {right}")


def _read_pin() -> str:
    """Six digits, typed unseen and twice, or the line of a pipe."""
    typed: str
    if sys.stdin.isatty():
        typed = click.prompt("PIN", hide_input=True, confirmation_prompt=True)
    else:
        typed = sys.stdin.readline()
    if not is_pin(typed.strip()):
        # What was typed is not told: it may be nearly the PIN.
        raise NumbersError("a PIN has six digits and nothing else")
    return typed.strip()


def _rights(text: str) -> frozenset[Right]:
    words = [word.strip().lower() for word in text.split("|")]
    if not set(words) <= set(_RIGHTS):
        raise NumbersError(f"rights must be of {'|'.join(_RIGHTS)}, found {text!r}")
    return frozenset(Right(word) for word in words)


def _number(found: Config, text: str, name: str) -> str:
    try:
        return parse_number(text, found.centre.country)
    except NumberError as error:
        raise NumbersError(f"{name}: {error}") from error


def _line(found: Config, invitation: Invitation, now: float) -> str:
    rights = "|".join(_in_order(invitation.rights))
    return (
        f"{invitation.id}  unit {invitation.unit}  rights {rights}  "
        f"{_state(found, invitation, now)}  {invitation.name}".rstrip()
    )


def _state(found: Config, invitation: Invitation, now: float) -> str:
    if invitation.used_at is not None:
        used = _moment(found, invitation.used_at)
        return f"used by {invitation.number} on {used}"
    if invitation.revoked_at is not None:
        return f"revoked on {_moment(found, invitation.revoked_at)}"
    word = "open until" if invitation.is_open(now) else "expired on"
    return f"{word} {_moment(found, invitation.expires_at)}"


def _in_order(rights: Collection[Right]) -> list[str]:
    return [right.value for right in Right if right in rights]


def _moment(found: Config, moment: float) -> str:
    time_ = datetime.datetime.fromtimestamp(moment, found.centre.timezone)
    return f"{time_:%Y-%m-%d %H:%M %Z}"


def _signature() -> Signature:
    return Signature(local_actor(os.getuid()), "", time.time())


def _change(ctx: click.Context, work: Callable[[Transaction], T]) -> T:
    """Do something in a transaction on the database beside a running service."""
    return change_store(_config(ctx).database.url, work)


def _config(ctx: click.Context) -> Config:
    """The configuration that the command line names."""
    path = ctx.find_root().params["path"]
    return config.load(path)
