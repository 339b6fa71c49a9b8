"""``smscentre sim modem``: the command line of the simulated modem.

Turns options into values and starts; all that they mean is in `device` and beneath.
"""

from __future__ import annotations

__all__ = ["modem"]

from pathlib import Path

import click

from smscentre.sim.modem.card import SimCard
from smscentre.sim.modem.faults import ModemFaults
from smscentre.sim.modem.state import ModemOptions
from smscentre.sim.modem.terminal import run_modem

_DEFAULTS = ModemOptions()


@click.command("modem")
@click.option(
    "--device",
    type=click.Path(path_type=Path),
    required=True,
    help="The name that it gets, a link to its pseudo-terminal.",
)
@click.option("--number", default=_DEFAULTS.number, show_default=True)
@click.option("--slots", type=click.IntRange(1, 255), default=20, show_default=True)
@click.option("--pin", help="The SIM asks for this PIN; without it for none.")
@click.option("--no-sim", is_flag=True, help="There is no SIM in it.")
@click.option("--mute", is_flag=True, help="It answers nothing.")
def modem(
    device: Path, number: str, slots: int, pin: str | None, no_sim: bool, mute: bool
) -> None:
    """Be a GSM modem: lines NUMBER TEXT come in, what is sent is shown."""
    sizes = {**_DEFAULTS.sizes, "SM": slots}
    options = ModemOptions(number=number, sizes=sizes)
    card = SimCard(pin=pin or "0000", locked=pin is not None, inserted=not no_sim)
    run_modem(device, options, card, ModemFaults(mute=mute), click.echo)
