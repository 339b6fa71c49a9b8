"""What happened to one message, in the order of time.

Beside the path: turns what `store.trace` read into moments, which `tracing` shows. It
knows which octets are PDUs of SMPP and which are TPDUs of a modem; it reads no
database and decides nothing.
"""

from __future__ import annotations

__all__ = [
    "Form",
    "Moment",
    "Octets",
    "TraceStyle",
    "became",
    "moments",
    "printable",
    "reply_states",
    "time_words",
]

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum

from attrs import evolve, field, frozen

from smscentre.gsm.dump import type_of
from smscentre.smpp.codec import encode_deliver_sm_resp
from smscentre.smpp.dump import is_pdu
from smscentre.smpp.framing import HEADER
from smscentre.smpp.text import DefaultAlphabet
from smscentre.store.steps import OutboxState
from smscentre.store.trace import Arrived, Filed, Listed, Receipted, Sent, Story

_REBUILT = "not stored, rebuilt from sequence and status"
_BY_COMMAND = "AT+CMGD, or AT+CNMA if it was brought without being stored"
_NO_TPDU = "what the modem showed, which is no TPDU"


@frozen
class TraceStyle:
    """How to show: the zone of times, which links are modems, and ...

    ... what data_coding 0 means on each of the others.
    """

    zone: datetime.tzinfo
    alphabets: Mapping[str, DefaultAlphabet] = field(factory=dict)
    modems: frozenset[str] = frozenset()


class Form(Enum):
    """What octets are, by which their fields are read."""

    SMPP = "smpp"
    TPDU = "tpdu"
    LINE = "line"
    PLAIN = "plain"


@frozen
class Octets:
    """What went to or fro: a PDU, a TPDU after its service centre, a modem's line.

    A phone link has plain octets.
    """

    title: str
    link: str
    data: bytes
    form: Form


@frozen
class Moment:
    """Something that happened to a message, and what is known of it.

    ``at`` is in seconds since 1970; where it is not ``exact`` the time was not kept,
    and is that or later.
    """

    at: float
    what: str
    details: Mapping[str, str]
    octets: Sequence[Octets] = ()
    exact: bool = True


def moments(story: Story, style: TraceStyle) -> list[Moment]:
    """All that happened to a message, the earliest first.

    What holds now and has no time of its own comes last.
    """
    found: list[Moment] = []
    for arrival in story.arrivals:
        found += _of_arrival(arrival, story, style)
    found += [_of_report(filed) for filed in story.filed]
    for part in story.sent:
        found += _of_part(part, style)
    arrivals = {arrival.id for arrival in story.arrivals}
    for receipt in story.receipts:
        if receipt.inbox_id in arrivals:
            continue
        found += _of_receipt(receipt, style)
    # Python's sort is stable: what has one time stays in the order of the path.
    return sorted(found, key=lambda moment: (not moment.exact, moment.at))


def became(message: Arrived | Listed) -> str:
    words = message.state
    named = [word for word in (message.outcome, message.reason) if word]
    return f"{words}: {', '.join(map(printable, named))}" if named else words


def reply_states(states: Sequence[str]) -> str:
    """The states of the parts of a reply; how many where they differ."""
    counts = Counter(states)
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{count} {state}" for state, count in counts.items()) or "none"


def _of_arrival(arrival: Arrived, story: Story, style: TraceStyle) -> Iterator[Moment]:
    details = {
        "message": str(arrival.id),
        "arrival": arrival.arrival_id,
        "link": _bind(arrival.link, arrival.bind, story, style),
        "from": f"{arrival.source} ({arrival.number or 'no subscriber'})",
        "to": arrival.destination,
    }
    if arrival.sent_at is not None:
        details["handed in"] = time_words(arrival.sent_at, style)
    details["text"] = arrival.text
    what = "arrived"
    if arrival.redelivery_of is not None:
        what = f"arrived again: a redelivery of message {arrival.redelivery_of}"
    elif arrival.part is not None:
        what = f"arrived: part {arrival.part} of {arrival.total} of a long message"
    yield Moment(
        arrival.arrived_at,
        what,
        _cleaned(details),
        _octets("deliver_sm", arrival.link, arrival.raw, style),
    )
    for receipt in story.receipts:
        if receipt.inbox_id == arrival.id:
            yield Moment(
                arrival.arrived_at, f"was a receipt: {receipt.state}", _told_by(receipt)
            )
    yield Moment(arrival.arrived_at, f"became {became(arrival)}", {})
    yield _acknowledgement(arrival, style)


def _acknowledgement(came: Arrived | Receipted, style: TraceStyle) -> Moment:
    """Its answer to the carrier, or its leaving the modem."""
    is_modem = came.link in style.modems
    if came.acked_at is None:
        known = "deleted from the modem" if is_modem else "acknowledged"
        return Moment(came.arrived_at, f"not known to be {known}", {}, exact=False)
    if is_modem:
        return Moment(came.acked_at, "deleted from the modem", {"by": _BY_COMMAND})
    octets: list[Octets] = []
    if is_pdu(came.raw):
        sequence = HEADER.unpack_from(came.raw)[3]
        answer = encode_deliver_sm_resp(sequence)
        octets = [Octets(f"deliver_sm_resp ({_REBUILT})", "", answer, Form.SMPP)]
    return Moment(came.acked_at, "acknowledged", {}, octets)


def _of_report(filed: Filed) -> Moment:
    details = {
        "report": f"{filed.form} of unit {filed.unit} for {filed.day.isoformat()}",
        "old values": filed.old_values or "none",
        "new values": filed.new_values,
    }
    if filed.old_values is None:
        what = "the day's first report was stored"
    else:
        what = "a report was changed"
    return Moment(filed.stored_at, what, details)


def _of_part(part: Sent, style: TraceStyle) -> Iterator[Moment]:
    """A part's steps, as far as its row tells them: it keeps the last of a kind."""
    name = f"reply part {part.part_number} of {part.part_total}"
    details = {
        "part": str(part.id),
        "link": part.link,
        "to": part.number,
        "text": part.text,
        "expires": time_words(part.expires_at, style),
    }
    yield Moment(part.created_at, f"{name} created", _cleaned(details))
    tries = {}
    if part.attempts:
        times = "once" if part.attempts == 1 else f"{part.attempts} times, last"
        tries["tried"] = f"{times} in bind {part.bind}"
    if part.resent:
        tries["copies"] = "was in doubt and sent once more"
    octets = _octets("submit_sm", part.link, part.submit_pdu, style)
    octets += _answer(part, style)
    if part.sent_at is not None:
        id_name = "reference" if part.link in style.modems else "carrier's id"
        named = {id_name: printable(part.smsc_id or "(none)")}
        yield Moment(part.sent_at, f"{name} sent", tries | named, octets)
        tries, octets = {}, []
    if part.state == OutboxState.SENT:
        return
    if part.error:
        tries["error" if part.state == OutboxState.FAILED else "last error"] = (
            part.error
        )
    if part.state == OutboxState.QUEUED:
        tries["next try"] = f"not before {time_words(part.due_at, style)}"
    at = part.final_at or part.sent_at or part.created_at
    yield Moment(
        at,
        f"{name} {_ENDS.get(part.state, part.state)}",
        _cleaned(tries),
        octets,
        exact=part.final_at is not None,
    )


_ENDS = {
    OutboxState.QUEUED.value: "waits",
    OutboxState.CLAIMED.value: "claimed: on its way to the carrier, not answered yet",
    OutboxState.IN_DOUBT.value: "in doubt: written, and the answer never came",
    OutboxState.UNCERTAIN.value: "uncertain: in doubt for good, not sent again",
    OutboxState.UNKNOWN.value: "of unknown fate, says the carrier",
}


def _of_receipt(receipt: Receipted, style: TraceStyle) -> Iterator[Moment]:
    yield Moment(
        receipt.arrived_at,
        f"receipt matched: {receipt.state}",
        _told_by(receipt),
        _octets("deliver_sm", receipt.link, receipt.raw, style),
    )
    acknowledged = _acknowledgement(receipt, style)
    yield evolve(acknowledged, what=f"receipt {acknowledged.what}")


def _told_by(receipt: Receipted) -> dict[str, str]:
    part = receipt.outbox_id
    return _cleaned(
        {
            "of part": "none is known" if part is None else str(part),
            "came as": f"message {receipt.inbox_id}",
            "carrier's id": receipt.smsc_id,
            "carrier's words": receipt.detail,
        }
    )


def _bind(link: str, bind: str, story: Story, style: TraceStyle) -> str:
    known = story.binds.get(bind)
    if known is None:
        return f"{link}, bind {bind}"
    end = (
        "stands"
        if known.ended_at is None
        else f"to {time_words(known.ended_at, style)}"
    )
    began = time_words(known.began_at, style)
    return f"{link}, bind {bind} of node {known.node} ({began} {end})"


def _octets(
    title: str, link: str, data: bytes | None, style: TraceStyle
) -> list[Octets]:
    """What came or was sent, under the name of what it is."""
    if not data:
        return []
    if link in style.modems:
        kind = type_of(data)
        form = Form.TPDU if kind else Form.LINE
        return [Octets(kind or _NO_TPDU, link, data, form)]
    if is_pdu(data):
        return [Octets(title, link, data, Form.SMPP)]
    return [Octets("octets", link, data, Form.PLAIN)]


def _answer(part: Sent, style: TraceStyle) -> list[Octets]:
    """The carrier's answer, or the line of the modem."""
    if part.link in style.modems and part.answer_pdu:
        return [Octets("answer", part.link, part.answer_pdu, Form.LINE)]
    return _octets("answer", part.link, part.answer_pdu, style)


def time_words(at: float, style: TraceStyle, *, iso: bool = False) -> str:
    moment = datetime.datetime.fromtimestamp(at, style.zone)
    if iso:
        return moment.isoformat(timespec="milliseconds")
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03} {moment:%Z}"


def _cleaned(details: Mapping[str, str]) -> dict[str, str]:
    return {name: printable(value) for name, value in details.items()}


def printable(text: str) -> str:
    """A text that cannot steer a terminal: whoever sent it is not trusted."""
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
