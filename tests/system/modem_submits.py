"""What a modem sent, in the words in which the judge of crashes knows it.

Each part of a long reply is shown with the whole text, so that every copy of it leads
back to its command.
"""

from __future__ import annotations

__all__ = ["submits_of"]

from collections.abc import Sequence

from smscentre.gsm.seams import join_parts
from smscentre.sim.modem.record import Submitted
from tests.system.history import Submit
from tests.system.pdus import Concatenation

_Key = tuple[str, int, int]


def submits_of(sent: Sequence[Submitted]) -> list[Submit]:
    """Everything that the network took; it answers at once, and never refuses."""
    texts: dict[_Key, dict[int, str]] = {}
    for each in sent:
        if each.part is not None:
            texts.setdefault(_key(each), {})[each.part.number] = each.text
    return [_submit(each, texts) for each in sent]


def _key(each: Submitted) -> _Key:
    assert each.part is not None
    return each.destination, each.part.reference, each.part.total


def _submit(each: Submitted, texts: dict[_Key, dict[int, str]]) -> Submit:
    part, text = None, each.text
    if each.part is not None:
        known = texts[_key(each)]
        text = join_parts(known[number] for number in sorted(known))
        part = Concatenation(each.part.reference, each.part.total, each.part.number)
    return Submit(
        bind=0,
        sequence=0,
        destination=each.destination,
        text=text,
        part=part,
        data_coding=0,
        registered_delivery=int(each.report_requested),
        received_at=each.at,
        smsc_id=str(each.reference),
        answered_at=each.at,
        status=0,
    )
