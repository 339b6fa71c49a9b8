"""What a modem is and what it was told: the values that its commands share.

Below every table of commands. It decides nothing and knows no octet of the line.
"""

from __future__ import annotations

__all__ = ["AtError", "Family", "ModemOptions", "ModemState", "Settings"]

from collections import deque
from collections.abc import Callable
from enum import Enum

from attrs import define, field, frozen

from smscentre.errors import SMSCentreError
from smscentre.sim.modem.card import CardState, SimCard
from smscentre.sim.modem.faults import ModemFaults
from smscentre.sim.modem.record import Delivery, Record
from smscentre.sim.modem.stores import Stores

_REGISTERED = (1, 5)
"""<stat> of +CREG: at home, roaming.

Source: 3GPP TS 27.007 §7.2.
"""


class Family(Enum):
    """Which of the results of errors a command gives."""

    PLAIN = "ERROR"
    CME = "+CME ERROR"
    CMS = "+CMS ERROR"


class AtError(SMSCentreError):
    """A command is not carried out; says how that is answered."""

    def __init__(self, family: Family = Family.PLAIN, code: int = 0) -> None:
        self.family = family
        self.code = code
        super().__init__(f"{family.value} {code}")


@frozen
class ModemOptions:
    """What kind of modem it is, and how its network behaves.

    ``notify_kinds`` and ``notify_reports`` are what +CNMI takes for <mt> and <ds>;
    ``iccid_commands`` the commands that tell the ICCID. ``report_status`` is TP-ST of
    every report, None if the network never sends one. A message brought with +CMT
    that is not acknowledged within ``acknowledge_s`` comes again after ``again_s``.
    """

    manufacturer: str = "SIMULATED"
    model: str = "SMSCENTRE MODEM"
    revision: str = "SIM R1"
    imei: str = "356938035643809"
    number: str = "+6281100000001"
    centre: str = "+62811000000"
    operator: str = "SIMULASI"
    sizes: dict[str, int] = field(factory=lambda: {"SM": 20, "ME": 50})
    first_index: int = 1
    store: str = "SM"
    notify_kinds: tuple[int, ...] = (0, 1, 2, 3)
    notify_reports: tuple[int, ...] = (0, 1, 2)
    iccid_commands: tuple[str, ...] = ("+CCID",)
    greeting: tuple[str, ...] = ("RDY", "+CFUN: 1")
    ready: tuple[str, ...] = ("Call Ready", "SMS Ready")
    restart_s: float = 1.0
    acknowledge_s: float = 15.0
    again_s: float = 5.0
    report_s: float = 0.5
    report_status: int | None = 0


@define
class Settings:
    """What a modem is told and forgets when it restarts; names as in the standards.

    Source: ITU-T V.250 §6; 3GPP TS 27.005 §3; TS 27.007 §7.2, §9.1.
    """

    memories: list[str]
    echo: bool = True
    verbose: bool = True
    quiet: bool = False
    error_codes: int = 0
    text_mode: bool = False
    notify: tuple[int, ...] = (0, 0, 0, 0, 0)
    service: int = 0
    charset: str = "GSM"
    text_details: bool = False
    text_parameters: tuple[int, ...] = (17, 167, 0, 0)
    modes: dict[str, str] = field(factory=dict)
    """What else was set and is read back, by command."""


@define
class ModemState:
    """One modem; ``now`` is the moment of the move that is being made.

    ``said`` are the lines that it has to say by itself, each with what follows it.
    ``awaited`` is the message whose +CNMA is expected, until ``awaited_until``.
    """

    options: ModemOptions
    wall_clock: Callable[[], float]
    card: SimCard
    faults: ModemFaults
    stores: Stores
    settings: Settings
    record: Record = field(factory=Record)
    registration: int = 1
    centre: str = ""
    now: float = 0.0
    last_reference: int = 255
    said: deque[tuple[str, ...]] = field(factory=deque)
    waiting: list[Delivery] = field(factory=list)
    awaited: Delivery | None = None
    awaited_until: float = 0.0
    restart_wanted: bool = False

    @classmethod
    def of(
        cls,
        options: ModemOptions,
        wall_clock: Callable[[], float],
        card: SimCard,
        faults: ModemFaults,
    ) -> ModemState:
        """A modem that was just switched on."""
        stores = Stores(options.sizes, options.first_index)
        settings = Settings([options.store] * 3)
        state = cls(options, wall_clock, card, faults, stores, settings)
        state.centre = options.centre
        return state

    @property
    def is_on_air(self) -> bool:
        """Whether the network can bring and take messages."""
        return self.registration in _REGISTERED and self.card.state is CardState.READY

    def forget(self) -> None:
        """Lose what a restart loses."""
        self.settings = Settings([self.options.store] * 3)
        self.said.clear()
        self.card.power_up()
        self.restart_wanted = False
