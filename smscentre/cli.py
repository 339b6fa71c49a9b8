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
from pathlib import Path
from typing import Any

import click
from attrs import define

from smscentre import __version__, config
from smscentre.actors import local_actor
from smscentre.assembly import deadline_schedule
from smscentre.commands.forms import FIELDS
from smscentre.config import Config
from smscentre.demo import run_demo
from smscentre.errors import ConfigError, Problem, SMSCentreError
from smscentre.foresight import reminder_lines
from smscentre.imports import read_officers, read_units, write_officers, write_units
from smscentre.listening import listening_problems
from smscentre.locking import unusable
from smscentre.message_command import messages, trace
from smscentre.modem_command import modem
from smscentre.numbers import parse_number
from smscentre.officers_command import add_commands
from smscentre.plans import Plan
from smscentre.sections import masked_url
from smscentre.sending_command import broadcast, broadcasts, send
from smscentre.sim.command import smsc
from smscentre.sim.modem.command import modem as simulated_modem
from smscentre.store.beside import read_store
from smscentre.store.changes import (
    Signature,
    import_officers,
    import_units,
    stored_directory,
)
from smscentre.store.engine import StoreError
from smscentre.store.schema import upgrade
from smscentre.texting import TextingError, phone_socket, send_text
from smscentre.users_command import users

_DEFAULT_CONFIG = Path("/etc/smscentre/smscentre.toml")
_EX_CONFIG = 78
"""To mend before another try helps (sysexits.h)."""

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
        except UnicodeError as error:
            raise click.ClickException(_coding_fault(error)) from error


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
    type=click.Path(path_type=Path, readable=False),
    metavar="FILE",
    default=_DEFAULT_CONFIG,
    show_default=True,
    help="The configuration file.",
)
@click.pass_context
def main(ctx: click.Context, path: Path) -> None:
    """The SMS centre: check it, fill it, try it.

    The service itself is started by twistd, see docs/operating.rst. Most commands
    work beside it, on its configuration and database.

    \b
    Examples:
      smscentre --config centre.toml check
      smscentre officers import officers.csv --dry-run
      smscentre text +628111203001 "RUTAN 82 54 36 39"
      smscentre messages --state uncertain
      smscentre trace 0811-1203-001

    Ends with 0; with 1 if it failed, 2 if the command line was not understood, 78 if
    configuration or database must be mended first.
    """
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
    problems = [*_data_dir_problems(found.node.data_dir), *listening_problems(found)]
    if problems:
        raise ConfigError(str(found.path), problems)
    read_store(found.database.url, lambda connection: None)
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
        read_units(
            file.read_bytes(), directory.provinces, str(file), stored=directory.units
        ),
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
        directory,
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


@main.command(short_help="Text the running service as any number.")
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


for each in (trace, messages, broadcast, broadcasts, send, users):
    main.add_command(each)


@main.command("reminders", short_help="Show whom the deadlines of a day would remind.")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day.  [default: today]"
)
@_pass_context
def show_reminders(context: _Context, day: datetime.datetime | None) -> None:
    """Show whom the deadlines of a day would remind, as things stand; send nothing."""
    found = context.config()
    date = day.date() if day else _today(found)
    schedule = deadline_schedule(found)
    url = found.database.url
    lines = read_store(url, lambda db: [*reminder_lines(db, schedule, FIELDS, date)])
    click.echo("\n".join(lines) or f"{date} has no deadline")


@main.group()
def sim() -> None:
    """Simulators: peers for training and tests."""


sim.add_command(smsc)
sim.add_command(simulated_modem)


main.add_command(modem)


@main.command(short_help="Run a centre with simulators and sample data.")
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="Where its files are kept.",
)
@click.option("--reset", is_flag=True, help="Begin anew: forget what it stored.")
def demo(directory: Path, reset: bool) -> None:
    """Run a centre with sample units, officers and a simulated carrier."""
    run_demo(directory.absolute(), reset=reset, show=click.echo)


def _data_dir_problems(data_dir: Path) -> list[Problem]:
    why = unusable(data_dir)
    rule = f"cannot be used: {why}"
    return [Problem("node.data_dir", f'"{data_dir}"', rule)] if why else []


def _coding_fault(error: UnicodeError) -> str:
    """What to say of a text that cannot be read, or not be shown."""
    if isinstance(error, UnicodeEncodeError) and error.encoding != "utf-8":
        return (
            f"this terminal's {error.encoding} lacks a letter of what is to be shown; "
            "what was asked for may have been done: look, with LC_ALL=C.UTF-8"
        )
    # Arguments are taken as they are; what is stored has to be text.
    return "a text that was typed or piped is not UTF-8; nothing was done"


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
    if not (found.smpp or found.modem):
        lines.append("links     none: this node receives and sends no SMS")
    return lines


def _signature(file: Path) -> Signature:
    return Signature(local_actor(os.getuid()), str(file), time.time())


def _today(found: Config) -> datetime.date:
    return datetime.datetime.now(found.centre.timezone).date()


def _show_change(what: str, change: Plan[Any], dry_run: bool) -> None:
    for key in change.closed:
        click.echo(f"deactivated: {key}")
    click.echo(f"{what}: {change}{' (dry run: nothing changed)' if dry_run else ''}")


if __name__ == "__main__":
    main()
