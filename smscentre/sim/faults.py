"""What a carrier does wrong on purpose: decisions only, seeded, so repeatable.

Beneath `smsc` and `wire`, which ask it at each step and act. It knows no
transport, no clock and no session; a carrier without faults asks it as well.
"""

from __future__ import annotations

__all__ = ["FaultOptions", "Faults", "Mute"]

from enum import Enum
from random import Random

from attrs import frozen

from smscentre.smpp.codes import ENQUIRE_LINK_RESP, RESPONSE, Status
from smscentre.smpp.framing import HEADER
from smscentre.smpp.pdus import BindMode

_GARBAGE_OCTETS = 64
_BIND_ANSWERS = frozenset(mode.value | RESPONSE for mode in BindMode)


class Mute(Enum):
    """Which answers a carrier owes and never gives; a bind is always answered."""

    NOTHING = "nothing"
    ENQUIRE_LINK = "enquire_link"
    ANSWERS = "answers"


@frozen
class FaultOptions:
    """Everything that can be wrong; by default nothing is.

    Shares are from 0 to 1, statuses 0 for none, counts 0 for never. ``throttle`` is
    the share of submit_sm that 0x58 refuses, ``throttle_first`` how many it refuses
    before any other. ``refuse_binds`` bounds the binds that ``refuse_bind`` refuses,
    0 for all of them. ``drop_after`` and ``garbage_after`` count the PDUs written in
    one connection. ``duplicate`` is how often each deliver_sm is sent.
    """

    throttle: float = 0.0
    throttle_first: int = 0
    refuse_submit: int = 0
    refuse_share: float = 1.0
    refuse_bind: int = 0
    refuse_binds: int = 0
    drop_after: int = 0
    drop_every_s: float = 0.0
    delay_s: float = 0.0
    duplicate: int = 1
    mute: Mute = Mute.NOTHING
    garbage_after: int = 0
    seed: int = 0


class Faults:
    """Decides, step by step; equal options and steps give equal decisions."""

    def __init__(self, options: FaultOptions) -> None:
        self.options = options
        self._random = Random(options.seed)
        self._submits = 0
        self._binds = 0

    def bind_status(self) -> int:
        """The status that refuses the next bind, 0 where it is judged as usual."""
        self._binds += 1
        bound = self.options.refuse_binds
        return 0 if bound and self._binds > bound else self.options.refuse_bind

    def submit_status(self) -> int:
        """The status that refuses the next submit_sm, 0 where it is accepted."""
        options = self.options
        self._submits += 1
        if self._submits <= options.throttle_first or self._hits(options.throttle):
            return int(Status.RTHROTTLED)
        if options.refuse_submit and self._hits(options.refuse_share):
            return options.refuse_submit
        return 0

    def is_muted(self, octets: bytes) -> bool:
        """Whether a PDU is never written."""
        match self.options.mute:
            case Mute.ANSWERS:
                return _is_answer(octets)
            case Mute.ENQUIRE_LINK:
                return _command(octets) == ENQUIRE_LINK_RESP
            case Mute.NOTHING:
                return False

    def is_late(self, octets: bytes) -> bool:
        """Whether a PDU is written after `FaultOptions.delay_s` only.

        The answer to a bind is not: no text may come before it.
        """
        return bool(self.options.delay_s) and _is_answer(octets)

    def garbage(self) -> bytes:
        """Octets that are no PDU, but by a very rare chance."""
        return self._random.randbytes(_GARBAGE_OCTETS)

    def _hits(self, share: float) -> bool:
        return self._random.random() < share


def _command(octets: bytes) -> int:
    command: int = HEADER.unpack_from(octets)[1]
    return command


def _is_answer(octets: bytes) -> bool:
    """Whether a PDU is an answer, but for that to a bind."""
    command = _command(octets)
    return bool(command & RESPONSE) and command not in _BIND_ANSWERS
