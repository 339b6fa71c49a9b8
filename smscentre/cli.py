"""The ``smscentre`` command: what an operator does at the shell.

Reads arguments, calls, and prints; what is done is done elsewhere. Errors that the
package raises on purpose end as one clean message: status 78 for a configuration
or database that must be mended first, 1 for everything else.
"""

from __future__ import annotations

__all__ = ["main"]

import datetime
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from attrs import define
from sqlalchemy import Connection

from smscentre import __version__, config, tracing
from smscentre.accounts import account
from smscentre.assembly import deadline_schedule
from smscentre.commands.forms import FIELDS
from smscentre.config import Config
from smscentre.demo import run_demo
from smscentre.errors import ConfigError, SMSCentreError
from smscentre.foresight import reminder_lines
from smscentre.imports import read_officers, read_units, write_officers, write_units
from smscentre.modem_command import modem
from smscentre.moments import TraceStyle
from smscentre.numbers import NumberError, parse_number
from smscentre.officers_command import add_commands
from smscentre.sections import masked_url
from smscentre.sim.command import smsc
from smscentre.sim.modem.command import modem as simulated_modem
from smscentre.store.changes import (
    Change,
    Signature,
    import_officers,
    import_units,
    stored_directory,
)
from smscentre.store.engine import StoreError, reading_engine
from smscentre.store.schema import check_schema, upgrade
from smscentre.store.trace import STATES, Listed, find_story, list_messages
from smscentre.texting import TextingError, phone_socket, send_text

T = TypeVar("T")

_DEFAULT_CONFIG = Path("/etc/smscentre/smscentre.toml")
_EX_CONFIG = 78
"""To mend before another try helps (sysexits.h)."""

_Limit = click.IntRange(1, 10_000)
"""How many messages a list may have: their ids go to the database in one question."""

_File = click.Path(exists=True, dir_okay=False, path_type=Path)


class _ToMend(click.ClickException):
    """A message about what must be mended before another try."""

    exit_code = _EX_CONFIG


class _Commands(click.Group):
    """A group whose commands end in a message where we raise on purpose."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SMSCentreError as error:
            mend = isinstance(error, ConfigError | StoreError)
            failure = _ToMend if mend else click.ClickException
            raise failure(str(error)) from error


@define
class _Context:
    """What the commands share; the configuration is read when first asked for."""

    path: Path

    def config(self) -> Config:
        return config.load(self.path)


_pass_context = click.make_pass_decorator(_Context)


@click.group(cls=_Commands)
@click.option(
    "--config",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=_DEFAULT_CONFIG,
    show_default=True,
    help="The configuration file.",
)
@click.pass_context
def main(ctx: click.Context, path: Path) -> None:
    """The SMS centre: check it, fill it, try it."""
    ctx.obj = _Context(path)


@main.command()
def version() -> None:
    """Print the version."""
    click.echo(f"smscentre {__version__}")


@main.command()
@_pass_context
def check(context: _Context) -> None:
    """Check configuration, secrets and database; change nothing.

    Every problem of the file is printed. Ends with 0 or 78.
    """
    found = context.config()
    _read(found, lambda connection: None)
    click.echo("ok")
    for line in _summary(found):
        click.echo(f"  {line}")


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@_pass_context
def db_upgrade(context: _Context) -> None:
    """Make the database, or bring it to this version's schema."""
    found = context.config()
    revision = upgrade(found.database.url)
    click.echo(f"{masked_url(found.database.url)} has schema {revision}")


@main.group()
def units() -> None:
    """The units (UPT)."""


@units.command("import")
@click.argument("file", type=_File)
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@click.option("--replace", is_flag=True, help="Close the units that FILE lacks.")
@_pass_context
def units_import(context: _Context, file: Path, dry_run: bool, replace: bool) -> None:
    """Add and update units from a CSV file, all or nothing."""
    found = context.config()
    url = found.database.url
    directory = stored_directory(url)
    change = import_units(
        url,
        read_units(file.read_bytes(), directory.provinces, str(file)),
        _signature(file),
        close_absent_on=_today(found) if replace else None,
        dry_run=dry_run,
    )
    _show_change("units", change, dry_run)


@units.command("export")
@_pass_context
def units_export(context: _Context) -> None:
    """Print all units as a CSV file that `import` takes."""
    directory = stored_directory(context.config().database.url)
    click.echo(write_units(directory.units.values()), nl=False)


@main.group()
def officers() -> None:
    """The officers."""


@officers.command("import")
@click.argument("file", type=_File)
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@click.option("--replace", is_flag=True, help="Deactivate officers that FILE lacks.")
@_pass_context
def officers_import(
    context: _Context, file: Path, dry_run: bool, replace: bool
) -> None:
    """Add and update officers from a CSV file, all or nothing."""
    found = context.config()
    url = found.database.url
    directory = stored_directory(url)
    given = read_officers(
        file.read_bytes(),
        directory.units,
        directory.provinces,
        found.centre.country,
        str(file),
    )
    change = import_officers(
        url, given, _signature(file), replace=replace, dry_run=dry_run
    )
    _show_change("officers", change, dry_run)


@officers.command("export")
@_pass_context
def officers_export(context: _Context) -> None:
    """Print all officers as a CSV file that `import` takes."""
    directory = stored_directory(context.config().database.url)
    click.echo(write_officers(directory.officers.values()), nl=False)


add_commands(officers)


@main.command()
@click.argument("number")
@click.argument("text")
@click.option("--phone", "name", help="The [[phone]] to use, if there are several.")
@_pass_context
def text(context: _Context, number: str, text: str, name: str | None) -> None:
    """Send TEXT as NUMBER to the running service; print what it replies.

    Goes by a [[phone]] link, which is a dry run unless it has writes = true.
    """
    found = context.config()
    names = [phone.name for phone in found.phone]
    if not names:
        raise TextingError(f"{found.path} has no [[phone]] link to send by")
    if name is not None and name not in names:
        raise TextingError(f"no [[phone]] is called {name}; known: {', '.join(names)}")
    sender = parse_number(number, found.centre.country)
    path = phone_socket(found.node.data_dir, name or names[0])
    replies = send_text(path, sender, text)
    for reply in replies:
        click.echo(reply)
    if not replies:
        click.echo("(no reply)", err=True)


@main.command()
@click.argument("key", metavar="ID|NUMBER")
@click.option("--limit", type=_Limit, default=10, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@_pass_context
def trace(context: _Context, key: str, limit: int, as_json: bool) -> None:
    """Show one message from arrival to receipt, or the last ones of a NUMBER.

    ID is that of a message, of a reply's part, or of an arrival at a link. Shows
    numbers, texts and octets whole; changes nothing, and the service may run.
    """
    found = context.config()
    story = _read(found, lambda connection: find_story(connection, key))
    if story is None:
        _show_list(found, key, None, limit, as_json)
    elif as_json:
        click.echo(tracing.story_json(story, _style(found)))
    else:
        for line in tracing.story_lines(story, _style(found)):
            click.echo(line)


@main.command()
@click.option("--number", help="Of this sender: a number, a name or a short code.")
@click.option("--state", type=click.Choice(STATES), help="Of a message or its reply.")
@click.option("--limit", type=_Limit, default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For programs, texts whole.")
@_pass_context
def messages(
    context: _Context, number: str | None, state: str | None, limit: int, as_json: bool
) -> None:
    """List the last messages, the newest last; receipts only if asked for."""
    _show_list(context.config(), number, state, limit, as_json)


@main.command("reminders")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Default: today.")
@_pass_context
def show_reminders(context: _Context, day: datetime.datetime | None) -> None:
    """Show whom the deadlines of a day would remind, as things stand; send nothing."""
    found = context.config()
    date = day.date() if day else _today(found)
    schedule = deadline_schedule(found)
    lines = _read(found, lambda db: [*reminder_lines(db, schedule, FIELDS, date)])
    click.echo("\n".join(lines) or f"{date} has no deadline")


@main.group()
def sim() -> None:
    """Simulators: peers for training and tests."""


sim.add_command(smsc)
sim.add_command(simulated_modem)


main.add_command(modem)


@main.command()
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
)
@click.option("--reset", is_flag=True, help="Begin anew: forget what it stored.")
def demo(directory: Path, reset: bool) -> None:
    """Run a centre with sample units, officers and a simulated carrier."""
    run_demo(directory.absolute(), reset=reset, show=click.echo)


def _summary(found: Config) -> list[str]:
    """What a configuration says, in a few lines without secrets."""
    lines = [
        f"centre    {found.centre.number} ({found.centre.country})",
        f"node      {found.node.name} in {found.node.data_dir}",
        f"database  {masked_url(found.database.url)}",
        f"web       {found.web.listen}",
        f"monitor   {found.monitor.listen}",
    ]
    lines += [
        f"smpp      {link.name}: {link.system_id}@{link.host}:{link.port}"
        f"{' with TLS' if link.tls else ''}, {link.bind}, window {link.window}"
        for link in found.smpp
    ]
    lines += [
        f"modem     {link.name}: {link.device}, number {link.number}, "
        f"storage {link.storage}{', with a PIN' if link.pin_file else ''}"
        for link in found.modem
    ]
    lines += [
        f"phone     {link.name}: {'writes' if link.writes else 'dry run'}"
        for link in found.phone
    ]
    return lines


def _read(found: Config, action: Callable[[Connection], T]) -> T:
    """Read the database, which may be in use."""
    engine = reading_engine(found.database.url)
    try:
        check_schema(engine)
        with engine.begin() as connection:
            return action(connection)
    finally:
        engine.dispose()


def _style(found: Config) -> TraceStyle:
    alphabets = {link.name: link.alphabet for link in found.smpp}
    modems = frozenset(link.name for link in found.modem)
    return TraceStyle(found.centre.timezone, alphabets, modems)


def _show_list(
    found: Config, sender: str | None, state: str | None, limit: int, as_json: bool
) -> None:
    """Print the last messages, of one sender if it is given."""

    def read(connection: Connection) -> list[Listed]:
        return list_messages(connection, _number_or_name(found, sender), state, limit)

    listed = _read(found, read)
    if as_json:
        click.echo(tracing.list_json(listed, _style(found)))
        return
    if sender and not listed:
        which = f" in state {state}" if state else ""
        raise SMSCentreError(f"nothing is stored of {sender}{which}")
    for line in tracing.list_lines(listed, _style(found)):
        click.echo(line)
    click.echo("one of them whole: smscentre trace ID", err=True)


def _number_or_name(found: Config, sender: str | None) -> str | None:
    """A number as rows have it; what is none may be a name or a short code."""
    try:
        return sender and parse_number(sender, found.centre.country)
    except NumberError:
        return sender


def _signature(file: Path) -> Signature:
    return Signature(account(os.getuid()), str(file), time.time())


def _today(found: Config) -> datetime.date:
    return datetime.datetime.now(found.centre.timezone).date()


def _show_change(what: str, change: Change, dry_run: bool) -> None:
    for key in change.closed:
        click.echo(f"deactivated: {key}")
    click.echo(f"{what}: {change}{' (dry run: nothing changed)' if dry_run else ''}")


if __name__ == "__main__":
    main()
