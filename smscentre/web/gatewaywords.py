"""How pages say things of the gateway: queues, SIMs, errors, how good a state is.

Beside `wording`, used by templates as filters as well. It decides nothing.
"""

from __future__ import annotations

__all__ = ["FILTERS", "duration", "error", "priority", "sim", "tone"]

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from smscentre.messages import ModemAlarm, Priority
from smscentre.store.interventions import CANCELLED
from smscentre.web.status import ModemStatus

_TONES: Final = {
    **dict.fromkeys(("done", "sent", "delivered"), "good"),
    **dict.fromkeys(("failed", "corrupt", "expired"), "bad"),
    **dict.fromkeys(("in_doubt", "uncertain", "unknown"), "warn"),
}

_PRIORITIES: Final = {
    Priority.REPLY: "balasan",
    Priority.REMINDER: "pengingat",
    Priority.BROADCAST: "siaran",
}

_SIM_ALARMS: Final = {
    ModemAlarm.PIN_WANTED: "menunggu PIN",
    ModemAlarm.PIN_REFUSED: "PIN ditolak",
    ModemAlarm.PUK: "terblokir",
    ModemAlarm.SIM_ABSENT: "tidak ada",
    ModemAlarm.SIM_LOCKED: "tidak cocok",
    ModemAlarm.SIM_FAILED: "rusak",
}


def tone(name: str) -> str:
    """Whether a state is ``good``, ``bad``, to be watched (``warn``) or none of it."""
    return _TONES.get(name, "")


def error(words: str) -> str:
    """Why a part was not sent: in the carrier's words, but for what we did."""
    if words.startswith(CANCELLED):
        return f"dibatalkan oleh {words.removeprefix(CANCELLED)}"
    return words


def sim(modem: ModemStatus) -> str:
    """How the SIM of a modem stands; ``-`` while nobody knows."""
    if modem.alarm is not None:
        return _SIM_ALARMS.get(modem.alarm, "perlu diperiksa")
    return "siap" if modem.health.registration else "-"


def priority(number: int) -> str:
    """What a text goes out as."""
    return _PRIORITIES[Priority(number)]


def duration(seconds: float) -> str:
    """A short time: ``8 md``, that is milliseconds, or seconds with a comma."""
    if seconds < 1:
        return f"{math.ceil(seconds * 1000)} md"
    return f"{seconds:.1f} dtk".replace(".", ",")


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "duration": duration,
    "error": error,
    "priority": priority,
    "sim": sim,
    "tone": tone,
}
"""By the names by which templates call them."""
