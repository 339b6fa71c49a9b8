"""One message from arrival to receipt, as lines or JSON for an operator.

Beside the path: turns what `store.trace` read into moments in the order of time,
and those into text. It shows numbers and texts whole, for that is what it is
asked for; it reads no database and decides nothing.
"""

from __future__ import annotations

__all__ = [
    "Moment",
    "TraceStyle",
    "list_json",
    "list_lines",
    "moments",
    "story_json",
    "story_lines",
]

import datetime
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import asdict, evolve, field, frozen

from smscentre.smpp.codec import encode_deliver_sm_resp
from smscentre.smpp.dump import Field, dump, is_pdu
from smscentre.smpp.framing import HEADER
from smscentre.smpp.text import DefaultAlphabet
from smscentre.store.steps import OutboxState
from smscentre.store.trace import Arrived, Filed, Listed, Receipted, Sent, Story

_OCTETS_A_LINE = 16
_HEX = re.compile(r"[0-9a-f]{2}( [0-9a-f]{2})*")
_HEX_LINE = re.compile(r"(?:[0-9a-f]{2} ?){1,16}")
_LIST_TEXT = 60
_REBUILT = "not stored, rebuilt from sequence and status"


@frozen
class TraceStyle:
    """How to show: the zone of times, what data_coding 0 means on each link."""

    zone: datetime.tzinfo
    alphabets: Mapping[str, DefaultAlphabet] = field(factory=dict)


@frozen
class Octets:
    """A PDU that went to or fro; a phone link has plain octets."""

    title: str
    link: str
    data: bytes


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
        found += _of_receipt(receipt)
    # Python's sort is stable: what has one time stays in the order of the path.
    return sorted(found, key=lambda moment: (not moment.exact, moment.at))


def story_lines(story: Story, style: TraceStyle) -> Iterator[str]:
    """A message's life for people."""
    yield _headline(story)
    for moment in moments(story, style):
        mark = "" if moment.exact else " or later"
        yield ""
        yield f"{_time(moment.at, style)}{mark}  {moment.what}"
        yield from _table(list(moment.details.items()), "    ")
        for octets in moment.octets:
            yield f"    {octets.title}, {len(octets.data)} octets"
            yield from _hex_lines(octets.data, "        ")
            named = [(one.name, one.value) for one in _fields(octets, style)]
            yield from _table(named, "        ")


def story_json(story: Story, style: TraceStyle) -> str:
    """A message's life for programs."""
    told = [
        {
            "at": _time(moment.at, style, iso=True),
            "exact": moment.exact,
            "what": moment.what,
            "details": dict(moment.details),
            "octets": [
                {
                    "title": octets.title,
                    "hex": octets.data.hex(),
                    "fields": [
                        {"name": one.name.strip(), "value": one.value}
                        for one in _fields(octets, style)
                    ],
                }
                for octets in moment.octets
            ],
        }
        for moment in moments(story, style)
    ]
    return _json({"message": _headline(story), "moments": told})


def list_lines(messages: Sequence[Listed], style: TraceStyle) -> Iterator[str]:
    """A line for each message."""
    rows = [("id", "arrived", "link", "from", "became", "reply", "text")]
    for one in messages:
        rows.append(
            (
                str(one.id),
                _time(one.arrived_at, style)[:19],
                one.link,
                _printable(one.number or one.source),
                _became(one),
                _replies(one.replies),
                _shortened(_printable(one.text)),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def list_json(messages: Sequence[Listed], style: TraceStyle) -> str:
    """The same for programs, with whole texts."""
    return _json(
        [
            asdict(one) | {"arrived_at": _time(one.arrived_at, style, iso=True)}
            for one in messages
        ]
    )


def _headline(story: Story) -> str:
    replies = _replies([part.state for part in story.sent])
    if not story.arrivals:
        part = story.sent[0]
        return f"part {part.id} to {part.number}, {replies}"
    # The last one is the one that was understood, if the text came in parts.
    own = [one for one in story.arrivals if one.redelivery_of is None]
    last = (own or story.arrivals)[-1]
    sender = _printable(last.number or last.source)
    return f"message {last.id} from {sender}, {_became(last)}; reply: {replies}"


def _became(message: Arrived | Listed) -> str:
    words = message.state
    named = [word for word in (message.outcome, message.reason) if word]
    return f"{words}: {', '.join(map(_printable, named))}" if named else words


def _replies(states: Sequence[str]) -> str:
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
        details["handed in"] = _time(arrival.sent_at, style)
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
        _octets("deliver_sm", arrival.link, arrival.raw),
    )
    for receipt in story.receipts:
        if receipt.inbox_id == arrival.id:
            yield Moment(
                arrival.arrived_at, f"was a receipt: {receipt.state}", _told_by(receipt)
            )
    yield Moment(arrival.arrived_at, f"became {_became(arrival)}", {})
    yield _acknowledgement(arrival.raw, arrival.arrived_at, arrival.acked_at)


def _acknowledgement(raw: bytes, arrived_at: float, acked_at: float | None) -> Moment:
    if acked_at is None:
        return Moment(arrived_at, "not known to be acknowledged", {}, exact=False)
    octets: list[Octets] = []
    if is_pdu(raw):
        sequence = HEADER.unpack_from(raw)[3]
        answer = encode_deliver_sm_resp(sequence)
        octets = [Octets(f"deliver_sm_resp ({_REBUILT})", "", answer)]
    return Moment(acked_at, "acknowledged", {}, octets)


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
        "expires": _time(part.expires_at, style),
    }
    yield Moment(part.created_at, f"{name} created", _cleaned(details))
    tries = {}
    if part.attempts:
        times = "once" if part.attempts == 1 else f"{part.attempts} times, last"
        tries["tried"] = f"{times} in bind {part.bind}"
    if part.resent:
        tries["copies"] = "was in doubt and sent once more"
    octets = _octets("submit_sm", part.link, part.submit_pdu)
    octets += _octets("answer", part.link, part.answer_pdu)
    if part.sent_at is not None:
        named = {"carrier's id": _printable(part.smsc_id or "(none)")}
        yield Moment(part.sent_at, f"{name} sent", tries | named, octets)
        tries, octets = {}, []
    if part.state == OutboxState.SENT:
        return
    if part.error:
        tries["error" if part.state == OutboxState.FAILED else "last error"] = (
            part.error
        )
    if part.state == OutboxState.QUEUED:
        tries["next try"] = f"not before {_time(part.due_at, style)}"
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


def _of_receipt(receipt: Receipted) -> Iterator[Moment]:
    yield Moment(
        receipt.arrived_at,
        f"receipt matched: {receipt.state}",
        _told_by(receipt),
        _octets("deliver_sm", "", receipt.raw),
    )
    yield evolve(
        _acknowledgement(receipt.raw, receipt.arrived_at, receipt.acked_at),
        what="receipt acknowledged" if receipt.acked_at else "receipt not acknowledged",
    )


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
    end = "stands" if known.ended_at is None else f"to {_time(known.ended_at, style)}"
    began = _time(known.began_at, style)
    return f"{link}, bind {bind} of node {known.node} ({began} {end})"


def _octets(title: str, link: str, data: bytes | None) -> list[Octets]:
    if not data:
        return []
    return [Octets(title if is_pdu(data) else "octets", link, data)]


def _fields(octets: Octets, style: TraceStyle) -> list[Field]:
    """What a PDU's octets mean, on the link that it went by."""
    return dump(octets.data, style.alphabets.get(octets.link, "gsm7"))


def _table(rows: Sequence[tuple[str, str]], indent: str) -> Iterator[str]:
    """Names and values in two columns; long octets take several lines."""
    width = max((len(name) for name, _ in rows), default=0)
    for name, value in rows:
        first, *others = _hex_cut(value)
        yield f"{indent}{name.ljust(width)}  {first}"
        for other in others:
            yield f"{indent}{' ' * width}  {other}"


def _hex_cut(value: str) -> list[str]:
    """A value, cut into lines if it is nothing but octets."""
    return _HEX_LINE.findall(value) if _HEX.fullmatch(value) else [value]


def _hex_lines(data: bytes, indent: str) -> Iterator[str]:
    for start in range(0, len(data), _OCTETS_A_LINE):
        line = data[start : start + _OCTETS_A_LINE]
        yield f"{indent}{start:04x}  {line.hex(' ')}"


def _time(at: float, style: TraceStyle, *, iso: bool = False) -> str:
    moment = datetime.datetime.fromtimestamp(at, style.zone)
    if iso:
        return moment.isoformat(timespec="milliseconds")
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03} {moment:%Z}"


def _cleaned(details: Mapping[str, str]) -> dict[str, str]:
    return {name: _printable(value) for name, value in details.items()}


def _printable(text: str) -> str:
    """A text that cannot steer a terminal: whoever sent it is not trusted."""
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _LIST_TEXT else f"{text[: _LIST_TEXT - 3]}..."


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
