"""``smscentre sim modem``: the command line of the simulated modem.

Turns options into values and starts; all that they mean is in `state`, `card` and
`faults`.
"""

from __future__ import annotations

__all__ = ["modem"]

import time
from pathlib import Path

import click

from smscentre.sim.modem.card import SimCard
from smscentre.sim.modem.device import GsmModem
from smscentre.sim.modem.faults import Deed, Mishap, ModemFaults
from smscentre.sim.modem.state import ModemOptions
from smscentre.sim.modem.terminal import run_modem
from smscentre.sim.ranges import COUNT, SECONDS, SHARE
from smscentre.sim.terminal import read_password

_CODE = click.IntRange(1, 999)
_STATUS = click.IntRange(0, 255)


@click.command("modem")
@click.option(
    "--link",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The name under which the modem's terminal is found.",
)
@click.option(
    "--number", default="+6281100000001", show_default=True, help="The SIM's own."
)
@click.option("--slots", type=COUNT, default=20, show_default=True, help="Of the SIM.")
@click.option(
    "--pin-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The SIM asks for the PIN in this file.",
)
@click.option(
    "--report-status",
    type=_STATUS,
    default=0,
    show_default=True,
    help="TP-ST of status reports: 0 delivered, 70 failed.",
)
@click.option(
    "--reports/--no-reports",
    default=True,
    show_default=True,
    help="Whether status reports are sent.",
)
@click.option("--full", is_flag=True, help="Old messages take every slot of the SIM.")
@click.option(
    "--registration",
    type=click.IntRange(0, 5),
    default=1,
    show_default=True,
    help="Of +CREG: 1 at home, 2 searching, 3 denied, 5 roaming.",
)
@click.option("--mute", is_flag=True, help="It answers nothing.")
@click.option(
    "--delay",
    type=SECONDS,
    default=None,
    help="Seconds before each answer.",
)
@click.option("--octet-delay", type=SECONDS, help="Seconds before each octet.")
@click.option("--garbage", type=SHARE, default=0, help="Share of answers with garbage.")
@click.option(
    "--interrupt", type=SHARE, default=0, help="Share of lines with others after them."
)
@click.option(
    "--foreign", type=SHARE, default=0, help="Share of answers after another program's."
)
@click.option("--refuse-send", type=_CODE, help="+CMS ERROR of each message sent.")
@click.option("--refuse-share", type=SHARE, default=1, help="Only this share of them.")
@click.option("--refuse-delete", type=_CODE, help="+CMS ERROR of each deletion.")
@click.option("--seed", type=int, default=0, help="Repeats what chance decides.")
def modem(
    link: Path,
    number: str,
    slots: int,
    pin_file: Path | None,
    **given: float | None,
) -> None:
    """Be a GSM modem: lines NUMBER TEXT go in, replies are shown.

    The options from --full on make it a bad one. While it runs, lines such as
    "!mute on", "!lose +CMGS", "!unplug" and "!plug" switch faults.
    """
    status = int(given["report_status"] or 0) if given["reports"] else None
    options = ModemOptions(
        number=number, sizes={"SM": slots, "ME": slots}, report_status=status
    )
    card = SimCard()
    if pin_file is not None:
        card = SimCard(pin=read_password(pin_file), locked=True)
    gsm = GsmModem(time.time, options, card, _faults(given))
    gsm.state.registration = int(given["registration"] or 0)
    if given["full"]:
        gsm.fill()
    run_modem(gsm, link, click.echo)


def _faults(given: dict[str, float | None]) -> ModemFaults:
    mishaps = []
    if given["refuse_send"] is not None:
        share, code = given["refuse_share"] or 0, int(given["refuse_send"])
        mishaps.append(Mishap("+CMGS", Deed.REFUSE, 0, share, code))
    if given["refuse_delete"] is not None:
        code = int(given["refuse_delete"])
        mishaps.append(Mishap("+CMGD", Deed.REFUSE, 0, code=code))
    return ModemFaults(
        mute=bool(given["mute"]),
        delay_s=given["delay"] or 0,
        octet_s=given["octet_delay"] or 0,
        garbage=given["garbage"] or 0,
        interrupt=given["interrupt"] or 0,
        foreign=given["foreign"] or 0,
        mishaps=mishaps,
        seed=int(given["seed"] or 0),
    )
