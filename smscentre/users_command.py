"""``smscentre users``: who may log in to the pages, at the shell.

Turns options into values, calls, and prints; what is done is the store's. A running
service sees it with the next page.
"""

from __future__ import annotations

__all__ = ["users"]

import datetime
import getpass
import os
import sys
import time
import warnings

import click
from attrs import evolve

from smscentre import config
from smscentre.actors import local_actor
from smscentre.config import Config
from smscentre.passwords import password_hash
from smscentre.store.beside import change_store, read_store
from smscentre.store.changes import Signature, stored_directory
from smscentre.store.users import (
    Account,
    UserFault,
    UsersError,
    account_named,
    add_user,
    all_accounts,
    change_user,
    set_hash,
)
from smscentre.users import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    NewUserError,
    Role,
    User,
    is_user_name,
    password_fault,
    user_place,
)

_FAULTS = {
    "short": f"a password has at least {SHORTEST_PASSWORD} characters",
    "long": f"a password has at most {LONGEST_PASSWORD} characters",
    "name": "a password is more than the name and a few characters",
}

_password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from a pipe."
)


@click.group()
def users() -> None:
    """Who may log in to the pages."""


@users.command()
@click.argument("name")
@click.option(
    "--role",
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What the user may do; docs/operating.rst has the table.",
)
@click.option(
    "--scope",
    default="ALL",
    show_default=True,
    help="A unit's code, provinces as KALTIM|KALTARA, or ALL.",
)
@_password_stdin
@click.pass_context
def add(
    ctx: click.Context, name: str, role: str, scope: str, password_stdin: bool
) -> None:
    """Add a user. The password is asked for, or read from a pipe."""
    url = _config(ctx).database.url
    if not is_user_name(name):
        raise NewUserError(
            "a name has 2 to 32 of small letters, digits, dots, hyphens and _, "
            f"found {name!r}"
        )
    unit, provinces = user_place(scope, stored_directory(url))
    user = User(name, Role(role), unit, provinces)
    kept = password_hash(_password(name, password_stdin))
    change_store(url, lambda store: add_user(store, user, kept, _signature()))
    click.echo(f"user {name} is added: {role} for {user.place}")


@users.command("list")
@click.pass_context
def list_users(ctx: click.Context) -> None:
    """List all users, those that are not active too."""
    found = _config(ctx)
    listed = read_store(found.database.url, all_accounts)
    for known in listed:
        click.echo(_line(found, known))
    if not listed:
        words = "no users; the first: smscentre users add NAME --role admin"
        click.echo(words, err=True)


@users.command()
@click.argument("name")
@_password_stdin
@click.pass_context
def password(ctx: click.Context, name: str, password_stdin: bool) -> None:
    """Give a user another password, which logs it out everywhere."""
    url = _config(ctx).database.url
    kept = password_hash(_password(name, password_stdin))
    change_store(url, lambda store: set_hash(store, name, kept, _signature()))
    click.echo(f"user {name} has another password")


@users.command()
@click.argument("name")
@click.pass_context
def deactivate(ctx: click.Context, name: str) -> None:
    """Let a user log in no more, and log it out everywhere."""
    url = _config(ctx).database.url
    known = read_store(url, lambda connection: account_named(connection, name))
    if known is None:
        raise UsersError(name, UserFault.MISSING)
    user = evolve(known.user, active=False)
    change_store(url, lambda store: change_user(store, user, _signature()))
    click.echo(f"user {name} can log in no more")


def _password(name: str, piped: bool) -> str:
    """A password, typed unseen and twice, or the line of a pipe."""
    try:
        typed = sys.stdin.readline().rstrip("\r\n") if piped else _unseen()
        # In some locales Python lets through what is no text.
        typed.encode()
    except UnicodeError:
        raise NewUserError("a password is text in UTF-8") from None
    fault = password_fault(typed, name)
    if fault is not None:
        raise NewUserError(_FAULTS[fault])
    return typed


def _unseen() -> str:
    """What is typed twice at a terminal; nothing is asked where there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            typed: str = click.prompt(
                "Password", hide_input=True, confirmation_prompt=True
            )
        except getpass.GetPassWarning as error:
            raise NewUserError(
                "a password is typed at a terminal, and here is none: send it "
                "through a pipe, with --password-stdin"
            ) from error
    return typed


def _line(found: Config, known: Account) -> str:
    user = known.user
    state = "active" if user.active else "not active"
    seen = "never logged in"
    if known.logged_in_at is not None:
        at = datetime.datetime.fromtimestamp(known.logged_in_at, found.centre.timezone)
        seen = f"logged in {at:%Y-%m-%d %H:%M %Z}"
    return f"{user.name}  {user.role.value}  {user.place}  {state}  {seen}"


def _signature() -> Signature:
    return Signature(local_actor(os.getuid()), "", time.time())


def _config(ctx: click.Context) -> Config:
    """The configuration that the command line names."""
    return config.load(ctx.find_root().params["path"])
