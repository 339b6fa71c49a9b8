"""``smscentre trace`` and ``messages``: what became of messages, at the shell.

Turns options into values, calls, and prints; what is read is `store.trace`'s, and the
words are `tracing`'s.
"""

from __future__ import annotations

__all__ = ["messages", "trace"]

import os
import time

import click

from smscentre import config, tracing
from smscentre.actors import local_actor
from smscentre.config import Config
from smscentre.errors import SMSCentreError
from smscentre.numbers import NumberError, parse_number
from smscentre.store.beside import change_store, read_store
from smscentre.store.pages import ReadConnection
from smscentre.store.recent import STATES, Listed, list_messages
from smscentre.store.tables import LARGEST_ID
from smscentre.store.trace import find_story
from smscentre.store.unread import mark_done

_Row = click.IntRange(1, LARGEST_ID)
_Limit = click.IntRange(1, 10_000)
"""How many messages a list may have: their ids go to the database in one question."""


@click.command(short_help="Show one message from arrival to receipt.")
@click.argument("key", metavar="ID|NUMBER")
@click.option(
    "--limit",
    type=_Limit,
    default=10,
    show_default=True,
    help="How many of a NUMBER.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def trace(ctx: click.Context, key: str, limit: int, as_json: bool) -> None:
    """Show one message from arrival to receipt, or the last ones of a NUMBER.

    ID is that of a message, of a reply's part, or of an arrival at a link. Shows
    numbers, texts and octets whole; changes nothing, and the service may run.
    """
    found = _config(ctx)
    url = found.database.url
    story = read_store(url, lambda connection: find_story(connection, key))
    if story is None:
        _show_list(found, _read_list(found, key, None, limit), key, None, as_json)
    elif as_json:
        click.echo(tracing.story_json(story, tracing.trace_style(found)))
    else:
        for line in tracing.story_lines(story, tracing.trace_style(found)):
            click.echo(line)


@click.group(
    invoke_without_command=True,
    short_help="List the last messages and what became of them.",
)
@click.option("--number", help="Of this sender: a number, a name or a short code.")
@click.option("--state", type=click.Choice(STATES), help="Of a message or its reply.")
@click.option(
    "--unrecognised",
    is_flag=True,
    help="Only what no command understood and nobody has marked as done.",
)
@click.option("--limit", type=_Limit, default=20, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="For programs, texts whole.")
@click.pass_context
def messages(
    ctx: click.Context,
    number: str | None,
    state: str | None,
    unrecognised: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List the last messages, the newest last; receipts only if asked for."""
    if ctx.invoked_subcommand is not None:
        return
    found = _config(ctx)
    listed = _read_list(found, number, state, limit, unread=unrecognised)
    _show_list(found, listed, number, state, as_json)
    if unrecognised and listed and not as_json:
        click.echo("when one is dealt with: smscentre messages done ID", err=True)


@messages.command(short_help="Take unrecognised messages off their list.")
@click.argument("ids", metavar="ID...", type=_Row, nargs=-1, required=True)
@click.pass_context
def done(ctx: click.Context, ids: tuple[int, ...]) -> None:
    """Take unrecognised messages off their list, all of them or none."""
    rows, actor, now = sorted(set(ids)), local_actor(os.getuid()), time.time()
    change_store(
        _config(ctx).database.url,
        lambda transaction: mark_done(transaction, rows, actor, now),
    )
    click.echo(f"{len(rows)} done")


def _config(ctx: click.Context) -> Config:
    return config.load(ctx.find_root().params["path"])


def _read_list(
    found: Config,
    sender: str | None,
    state: str | None,
    limit: int,
    *,
    unread: bool = False,
) -> list[Listed]:
    """The last messages, of one sender if it is given."""
    number = _number_or_name(found, sender)

    def read(connection: ReadConnection) -> list[Listed]:
        return list_messages(connection, number, state, limit, unread=unread)

    return read_store(found.database.url, read)


def _show_list(
    found: Config,
    listed: list[Listed],
    sender: str | None,
    state: str | None,
    as_json: bool,
) -> None:
    if as_json:
        click.echo(tracing.list_json(listed, tracing.trace_style(found)))
        return
    if sender and not listed:
        which = f" in state {state}" if state else ""
        raise SMSCentreError(f"nothing is stored of {sender}{which}")
    if not listed:
        click.echo("no messages", err=True)
        return
    for line in tracing.list_lines(listed, tracing.trace_style(found)):
        click.echo(line)
    click.echo("one of them whole: smscentre trace ID", err=True)


def _number_or_name(found: Config, sender: str | None) -> str | None:
    """A number as rows have it; what is none may be a name or a short code."""
    try:
        return sender and parse_number(sender, found.centre.country)
    except NumberError:
        return sender
