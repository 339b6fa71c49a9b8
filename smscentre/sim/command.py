"""``smscentre sim smsc``: the command line of the simulated carrier.

Turns options into values and starts; all that they mean is in `faults`, `texts`
and `smsc`.
"""

from __future__ import annotations

__all__ = ["smsc"]

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from attrs import fields

from smscentre.sim.faults import FaultOptions, Mute
from smscentre.sim.ranges import COUNT, SECONDS, SHARE
from smscentre.sim.smsc import SmscOptions
from smscentre.sim.terminal import read_password, run_smsc
from smscentre.sim.texts import ReceiptDialect

_LARGEST_STATUS = 0xFFFFFFFF
_COPIES_MOST = 5

_NEEDS = {"refuse_share": "refuse_submit", "refuse_binds": "refuse_bind"}
"""Options that mean nothing without another."""


def _status(text: str) -> int:
    """Read a command_status, as 0x58 or 88."""
    try:
        value = int(text, 0)
    except ValueError:
        value = 0
    if not 1 <= value <= _LARGEST_STATUS:
        raise click.BadParameter(f"expected a status as 0x58 or 88, found {text!r}")
    return value


_MUTES = click.Choice([mute.value for mute in Mute])


@click.command("smsc")
@click.option(
    "--listen",
    default="tcp:2775:interface=127.0.0.1",
    show_default=True,
    help="Where it waits for the service: a Twisted endpoint.",
)
@click.option(
    "--system-id", default="demo", show_default=True, help="The account that may bind."
)
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="Its password, of mode 0600.",
)
@click.option(
    "--number",
    default="02170252704",
    show_default=True,
    help="The number that is texted.",
)
@click.option(
    "--window",
    type=click.IntRange(1, 1000),
    default=10,
    show_default=True,
    help="Texts sent ahead of the service's answers.",
)
@click.option(
    "--receipts/--no-receipts",
    default=True,
    show_default=True,
    help="Whether delivery receipts are sent.",
)
@click.option(
    "--receipt-form",
    "form",
    type=click.Choice(["text", "tlv", "both"]),
    help="Where a receipt says what it is about.",
)
@click.option(
    "--receipt-ids",
    "id_form",
    type=click.Choice(["same", "hex-in-response", "hex-in-receipt"]),
    help="Where ids are in hexadecimal.",
)
@click.option(
    "--receipt-delay", "after_s", type=SECONDS, help="Seconds after the response."
)
@click.option("--receipt-first", "first", is_flag=True, help="Before the response.")
@click.option("--throttle", type=SHARE, help="Share of submit_sm refused with 0x58.")
@click.option("--throttle-first", type=COUNT, help="The first so many of them.")
@click.option(
    "--refuse-submit", type=_status, metavar="STATUS", help="Refuse submit_sm, as 0x0B."
)
@click.option("--refuse-share", type=SHARE, help="Only this share of them.")
@click.option(
    "--refuse-bind",
    type=_status,
    metavar="STATUS",
    help="0x05: already bound, 0x0D: bind failed, 0x0E: wrong password.",
)
@click.option("--refuse-binds", type=COUNT, help="Only the first so many.")
@click.option(
    "--drop-after",
    type=COUNT,
    help="Close after so many PDUs written, that to the bind too.",
)
@click.option("--drop-every", "drop_every_s", type=SECONDS, help="Close after seconds.")
@click.option(
    "--delay",
    "delay_s",
    type=SECONDS,
    help="Seconds before each answer but to a bind.",
)
@click.option(
    "--duplicate",
    type=click.IntRange(2, _COPIES_MOST),
    help="Send each deliver_sm so often.",
)
@click.option("--mute", type=_MUTES, help="Answers never given, but to a bind.")
@click.option("--garbage-after", type=COUNT, help="Random octets after so many PDUs.")
@click.option("--seed", type=int, help="Repeats what chance decides; 0 if not given.")
def smsc(password_file: Path, listen: str, **given: Any) -> None:
    """Be a carrier: lines NUMBER TEXT go in, replies are shown.

    The options from --throttle on make it a bad one; each fault is shown.
    """
    given = {name: value for name, value in given.items() if value is not None}
    for name, needed in _NEEDS.items():
        if name in given and needed not in given:
            raise click.UsageError(f"{_option(name)} needs {_option(needed)}")
    if "mute" in given:
        given["mute"] = Mute(given["mute"])
    options = SmscOptions(
        given["system_id"],
        read_password(password_file),
        given["number"],
        given["window"],
        given["receipts"],
        ReceiptDialect(**_of(ReceiptDialect, given)),
        FaultOptions(**_of(FaultOptions, given)),
    )
    run_smsc(options, listen, click.echo)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _of(options: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given of the fields of a class of options, which share no name."""
    names = {field.name for field in fields(options)}
    return {name: value for name, value in given.items() if name in names}
