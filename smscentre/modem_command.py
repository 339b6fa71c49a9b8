"""``smscentre modem``: what an operator does with a modem at the shell.

Turns options into values, calls, and prints; looking is `probing`'s, and the words are
`probe_report`'s.
"""

from __future__ import annotations

__all__ = ["modem"]

from pathlib import Path

import click

from smscentre import config
from smscentre.errors import ConfigError
from smscentre.links.pinfile import RefusedPins
from smscentre.links.serialport import SerialLineError
from smscentre.probe_report import is_ready, report_json, report_lines
from smscentre.probing import (
    SPEEDS,
    Neighbour,
    PinSource,
    neighbours,
    probe,
    stable_name,
)

_NOT_READY = 1
_CANNOT_OPEN = 2


@click.group()
def modem() -> None:
    """GSM modems on serial lines."""


@modem.command("probe", short_help="Say what is on a serial line and what is wrong.")
@click.argument("device")
@click.option("--baud", type=click.IntRange(300, 4_000_000), help="This speed only.")
@click.option(
    "--pin-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Give the SIM this PIN if it wants one; one that it refused is not tried "
    "again. Needs the configuration, as its data_dir has the memory of that.",
)
@click.option(
    "--storage",
    type=click.Choice(["SM", "ME", "MT"]),
    default="MT",
    show_default=True,
    help="Where messages shall be kept.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def probe_command(
    ctx: click.Context,
    device: str,
    baud: int | None,
    pin_file: Path | None,
    storage: str,
    as_json: bool,
) -> None:
    """Say what is on the line DEVICE, whether it is ready, and what is wrong.

    Changes nothing: no message is listed or deleted, no PIN given unless asked for.
    The service must not use the device meanwhile. Ends with 0 if the modem is ready,
    1 if it is not, 2 if the device cannot be opened.
    """
    pins = None if pin_file is None else _pins(ctx, pin_file)
    others = neighbours(device)
    speeds = SPEEDS if baud is None else (baud,)

    def show(line: str) -> None:
        click.echo(line, err=True)

    try:
        probed = probe(device, speeds, pins, show)
    except SerialLineError as error:
        click.echo(f"Error: {error}", err=True)
        _show_lines(others)
        ctx.exit(_CANNOT_OPEN)
    if as_json:
        click.echo(report_json(probed, others, storage))
    else:
        for line in report_lines(probed, others, stable_name(device), storage):
            click.echo(line)
    ctx.exit(0 if is_ready(probed, storage) else _NOT_READY)


def _pins(ctx: click.Context, pin_file: Path) -> PinSource:
    path: Path = ctx.find_root().params["path"]
    try:
        data_dir = config.load(path).node.data_dir
    except ConfigError as error:
        raise click.UsageError(
            f"--pin-file needs the configuration, whose data_dir remembers refused "
            f"PINs: {error}"
        ) from error
    return PinSource(pin_file, RefusedPins(data_dir))


def _show_lines(others: list[Neighbour]) -> None:
    """Print the serial lines that are there, for whoever named another."""
    if not others:
        click.echo("no serial line of a USB device is there", err=True)
        return
    click.echo("serial lines that are there:", err=True)
    for other in others:
        click.echo(f"  {other.name} -> {other.tty}", err=True)
