"""``smscentre broadcast``, ``broadcasts`` and ``send``: what operators send.

Turns options into values, asks, calls, and prints. The rows that it puts into the
outbox are found there by the running service, within seconds.
"""

from __future__ import annotations

__all__ = ["broadcast", "broadcasts", "send"]

import datetime
import os
import time
from collections.abc import Sequence

import click

from smscentre import config
from smscentre.actors import local_actor
from smscentre.assembly import part_styles, routes
from smscentre.broadcasting import Recipients, Selection, Shipment, plan, preview
from smscentre.commands.forms import KINDS
from smscentre.config import Config
from smscentre.moments import TraceStyle, printable, time_words
from smscentre.numbers import parse_number
from smscentre.store.beside import change_store, read_store
from smscentre.store.broadcasts import (
    Broadcast,
    Sender,
    list_broadcasts,
    put_broadcast,
    resend_uncertain,
)
from smscentre.store.changes import stored_directory
from smscentre.store.tables import LARGEST_ID

_SHOWN = 40


@click.command(short_help="Send a text to officers, or to some of them.")
@click.argument("text", required=False)
@click.option(
    "--province",
    "provinces",
    multiple=True,
    help="Officers of this province: keyword or name.",
)
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(KINDS, case_sensitive=False),
    multiple=True,
    help="Officers of units that report for it.",
)
@click.option(
    "--unit", "units", multiple=True, help="Officers of this unit: code or name."
)
@click.option("--dry-run", is_flag=True, help="Show what would go, send nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--resend-uncertain",
    "again",
    metavar="ID",
    type=click.IntRange(1, LARGEST_ID),
    help="Instead of a TEXT: send once more what of a broadcast may not have gone.",
)
@click.pass_context
def broadcast(
    ctx: click.Context,
    text: str | None,
    provinces: tuple[str, ...],
    kinds: tuple[str, ...],
    units: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    again: int | None,
) -> None:
    """Send TEXT to officers: all of them, or those that fit the options.

    Several of one option widen the choice, different ones narrow it. Shows whom it
    reaches and what it takes, and asks before anything is sent.
    """
    found = config.load(ctx.find_root().params["path"])
    selection = Selection(provinces, kinds, units)
    if (text is None) == (again is None):
        raise click.UsageError("give either a TEXT or --resend-uncertain ID")
    if again is not None:
        _send_again(found, again)
    elif text is not None:
        shipment = _to_officers(found, text, selection)
        _show(shipment)
        if dry_run:
            click.echo("dry run: nothing is sent")
            return
        if not yes:
            click.confirm(f"Send {shipment.parts} SMS?", abort=True)
            shipment = _as_shown(shipment, _to_officers(found, text, selection))
        _put(found, shipment, str(selection))


@click.command(short_help="List the last broadcasts and what became of them.")
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    help="How many.",
)
@click.pass_context
def broadcasts(ctx: click.Context, limit: int) -> None:
    """List the last broadcasts, the newest last, and what became of their SMS."""
    found = config.load(ctx.find_root().params["path"])
    listed = read_store(
        found.database.url, lambda connection: list_broadcasts(connection, limit)
    )
    for one in listed:
        click.echo(_line(one, found))
    if not listed:
        click.echo("no broadcasts", err=True)


@click.command()
@click.argument("number")
@click.argument("text")
@click.pass_context
def send(ctx: click.Context, number: str, text: str) -> None:
    """Send TEXT to any NUMBER. It is a broadcast to one, and listed among them."""
    found = config.load(ctx.find_root().params["path"])
    recipient = parse_number(number, found.centre.country)
    shipment = _plan(found, text, Recipients([recipient]))
    _put(found, shipment, f"the number {recipient}")


def _to_officers(found: Config, text: str, selection: Selection) -> Shipment:
    directory = stored_directory(found.database.url)
    today = datetime.datetime.now(found.centre.timezone).date()
    officers = [
        officer
        for officer in selection.officers(directory, today)
        if officer.number not in found.own_numbers
    ]
    return _plan(found, text, Recipients.of(officers, directory))


def _as_shown(shown: Shipment, now: Shipment) -> Shipment:
    """What goes now, if it goes to those who were shown.

    :raises click.ClickException: it does not
    """
    if {*now.recipients.numbers} != {*shown.recipients.numbers}:
        raise click.ClickException("others fit by now: nothing is sent, look again")
    return now


def _plan(found: Config, text: str, recipients: Recipients) -> Shipment:
    links = routes(found)
    return plan(
        text,
        recipients,
        lambda number: links.choose(number, ()),
        part_styles(found),
        time.time() + found.outbox.reply_expires_s,
    )


def _put(found: Config, shipment: Shipment, selection: str) -> None:
    sender = Sender(local_actor(os.getuid()), time.time(), selection)
    number = change_store(
        found.database.url,
        lambda transaction: put_broadcast(
            transaction, shipment.text, shipment.drafts, sender
        ),
    )
    click.echo(f"broadcast {number}: {shipment.parts} SMS wait in the outbox")
    click.echo("what becomes of them: smscentre broadcasts", err=True)


def _send_again(found: Config, number: int) -> None:
    now = time.time()
    sender = Sender(local_actor(os.getuid()), now, "")
    count = change_store(
        found.database.url,
        lambda transaction: resend_uncertain(
            transaction, number, sender, now + found.outbox.reply_expires_s
        ),
    )
    click.echo(f"broadcast {number}: {count} SMS are sent once more")


def _show(shipment: Shipment) -> None:
    for line in preview(shipment):
        click.echo(line)


def _line(one: Broadcast, found: Config) -> str:
    at = time_words(one.created_at, TraceStyle(found.centre.timezone))[:19]
    states: Sequence[str] = [f"{count} {state}" for state, count in one.states.items()]
    text = printable(one.text)
    if len(text) > _SHOWN:
        text = f"{text[: _SHOWN - 3]}..."
    return f"{one.id}  {at}  {one.numbers} numbers: {', '.join(states)}  {text}"
