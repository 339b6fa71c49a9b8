"""What a refusal means: one table from command_status to when to try again.

The outbox acts on `refusal`, the link's reconnecting on `bind_refusal`; this
module only knows numbers. Names and meanings come from smpplib.

Source: SMPP 3.4 §5.1.3 (command_status).
"""

from __future__ import annotations

__all__ = ["STATUSES", "BindRefusal", "StatusMeaning", "bind_refusal", "refusal"]

from enum import Enum

from attrs import frozen
from smpplib import consts

from smscentre.messages import Rejected, Retry
from smscentre.smpp.codes import Status

_PREFIX = "SMPP_ESME_"

_LATER = {
    Status.RSYSERR,
    Status.RMSGQFUL,
    Status.RSUBMITFAIL,
    Status.RTHROTTLED,
    Status.RX_T_APPN,
    Status.RUNKNOWNERR,
}
"""What may pass by itself: the carrier's load, or a failure it does not explain."""

_AFTER_RECONNECT = {
    Status.RINVBNDSTS,
    Status.RALYBND,
    Status.RBINDFAIL,
    Status.RINVPASWD,
    Status.RINVSYSID,
}
"""The session is at fault, not the message: a new bind may mend it."""

_VENDOR = range(0x400, 0x500)
"""Reserved for the vendor of the SMSC, so the standard cannot say what is final.

They are tried again: a refused message was not sent, so another try makes no
second copy and its backing off and expiry bound the cost; giving up at once on
what was temporary would lose a reply.
"""

_OWN_WORDS = {0x07: "Invalid Registered Delivery Flag"}
"""Where smpplib has no description."""


@frozen
class StatusMeaning:
    """One row: the standard's name, its meaning, when to try again.

    ``throttled`` and ``queue_full`` are those of `Rejected`.
    """

    name: str
    meaning: str
    retry: Retry
    throttled: bool = False
    queue_full: bool = False


class BindRefusal(Enum):
    """Why a bind was refused, as far as it decides when to bind again."""

    WRONG_CREDENTIALS = "wrong_credentials"
    ALREADY_BOUND = "already_bound"
    OTHER = "other"


def _retry(status: int) -> Retry:
    if status in _LATER:
        return Retry.LATER
    if status in _AFTER_RECONNECT:
        return Retry.AFTER_RECONNECT
    return Retry.NEVER


def _table() -> dict[int, StatusMeaning]:
    """Join smpplib's names and descriptions with our own decisions."""
    table = {}
    for name, status in vars(consts).items():
        if name.startswith(_PREFIX) and status != Status.ROK:
            table[status] = StatusMeaning(
                name.removeprefix("SMPP_"),
                _OWN_WORDS.get(status, consts.DESCRIPTIONS[status]),
                _retry(status),
                throttled=status == Status.RTHROTTLED,
                queue_full=status == Status.RMSGQFUL,
            )
    return table


STATUSES: dict[int, StatusMeaning] = _table()
"""Every error status of the standard."""


def refusal(status: int) -> Rejected:
    """Turn the status of a submit_sm_resp or generic_nack into an outcome.

    A status that the table lacks is final, but for the vendor's own range.
    """
    row = STATUSES.get(status)
    if row is not None:
        return Rejected(
            status,
            f"{status:#x} {row.name}: {row.meaning}",
            row.retry,
            throttled=row.throttled,
            queue_full=row.queue_full,
        )
    if status in _VENDOR:
        return Rejected(status, f"{status:#x}, a vendor's own", Retry.LATER)
    return Rejected(status, f"{status:#x}, unknown", Retry.NEVER)


def bind_refusal(status: int) -> BindRefusal:
    """Tell what kind of refusal the status of a bind response is."""
    if status in (Status.RINVPASWD, Status.RINVSYSID):
        return BindRefusal.WRONG_CREDENTIALS
    if status == Status.RALYBND:
        return BindRefusal.ALREADY_BOUND
    return BindRefusal.OTHER
