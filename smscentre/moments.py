"""What happened to one message, in the order of time.

Beside the path: turns what `store.trace` read into moments, which `tracing` and the
pages show, each in its language. It knows which octets are PDUs of SMPP and which are
TPDUs of a modem; it reads no database and decides nothing.
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
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum

from attrs import evolve, field, frozen

from smscentre.gsm.dump import type_of
from smscentre.smpp.codec import encode_deliver_sm_resp
from smscentre.smpp.dump import is_pdu
from smscentre.smpp.framing import HEADER
from smscentre.smpp.text import DefaultAlphabet
from smscentre.store.interventions import CANCELLED
from smscentre.store.recent import Listed
from smscentre.store.steps import OutboxState
from smscentre.store.trace import (
    Arrived,
    Filed,
    Receipted,
    Resent,
    Sent,
    Story,
)
from smscentre.telling import ENGLISH, Words


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


@frozen
class TraceStyle:
    """How to show: the zone of times, which links are modems, in which words, and ...

    ... what data_coding 0 means on each of the others. ``clean`` is done to all that
    came from outside.
    """

    zone: datetime.tzinfo
    alphabets: Mapping[str, DefaultAlphabet] = field(factory=dict)
    modems: frozenset[str] = frozenset()
    words: Words = ENGLISH
    clean: Callable[[str], str] = printable

    def time(self, at: float) -> str:
        """A moment, which is in seconds since 1970, in words."""
        return self.words.time(datetime.datetime.fromtimestamp(at, self.zone))


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
    and is that or later. ``phrase`` names what happened in any language.
    """

    at: float
    phrase: str
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
    found += [_of_report(filed, style) for filed in story.filed]
    found += [_of_resend(resent, style) for resent in story.resends]
    for part in story.sent:
        found += _of_part(part, style)
    arrivals = {arrival.id for arrival in story.arrivals}
    for receipt in story.receipts:
        if receipt.inbox_id in arrivals:
            continue
        found += _of_receipt(receipt, style)
    # Python's sort is stable: what has one time stays in the order of the path.
    return sorted(found, key=lambda moment: (not moment.exact, moment.at))


def became(message: Arrived | Listed, style: TraceStyle | None = None) -> str:
    """What became of an arrival: its state, then the outcome and the reason."""
    words = style.words if style else ENGLISH
    clean = style.clean if style else printable
    state = words.state(message.state)
    named = [words.outcome(message.outcome)] if message.outcome else []
    named += [words.reason(message.reason)] if message.reason else []
    return f"{state}: {', '.join(map(clean, named))}" if named else state


def reply_states(states: Sequence[str]) -> str:
    """The states of the parts of a reply; how many where they differ."""
    counts = Counter(states)
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{count} {state}" for state, count in counts.items()) or "none"


def _of_arrival(arrival: Arrived, story: Story, style: TraceStyle) -> Iterator[Moment]:
    say = style.words.say
    number = arrival.number or say("no_subscriber")
    details = {
        "message": str(arrival.id),
        "arrival": arrival.arrival_id,
        "link": _bind(arrival.link, arrival.bind, story, style),
        "from": say("sender", source=arrival.source, number=number),
        "to": arrival.destination,
    }
    if arrival.sent_at is not None:
        details["handed_in"] = style.time(arrival.sent_at)
    details["text"] = arrival.text
    phrase, values = "arrived", {}
    if arrival.redelivery_of is not None:
        phrase, values = "arrived_again", {"original": arrival.redelivery_of}
    elif arrival.part is not None and arrival.total is not None:
        phrase, values = "arrived_part", {"part": arrival.part, "total": arrival.total}
    octets = _octets("deliver_sm", arrival.link, arrival.raw, style)
    yield _moment(arrival.arrived_at, phrase, style, values, details, octets)
    for receipt in story.receipts:
        if receipt.inbox_id == arrival.id:
            state = {"state": style.words.state(receipt.state)}
            told = _told_by(receipt, style)
            yield _moment(arrival.arrived_at, "was_receipt", style, state, told)
    yield _moment(
        arrival.arrived_at, "became", style, {"became": became(arrival, style)}
    )
    yield _acknowledgement(arrival, style)


def _acknowledgement(
    came: Arrived | Receipted, style: TraceStyle, of_what: str = ""
) -> Moment:
    """Its answer to the carrier, or its leaving the modem."""
    is_modem = came.link in style.modems
    phrase = of_what + ("deleted" if is_modem else "acknowledged")
    if came.acked_at is None:
        unknown = _moment(came.arrived_at, f"{phrase}_not", style)
        return evolve(unknown, exact=False)
    if is_modem:
        by = {"by": style.words.say("by_command")}
        return _moment(came.acked_at, phrase, style, details=by)
    octets: list[Octets] = []
    if is_pdu(came.raw):
        sequence = HEADER.unpack_from(came.raw)[3]
        answer = encode_deliver_sm_resp(sequence)
        octets = [Octets(style.words.say("rebuilt"), "", answer, Form.SMPP)]
    return _moment(came.acked_at, phrase, style, octets=octets)


def _of_report(filed: Filed, style: TraceStyle) -> Moment:
    say = style.words.say
    day = filed.day.isoformat()
    details = {
        "report": say("report_of", form=filed.form, unit=filed.unit, day=day),
        "old_values": filed.old_values or say("none"),
        "new_values": filed.new_values,
    }
    phrase = "first_report" if filed.old_values is None else "changed_report"
    return _moment(filed.stored_at, phrase, style, details=details)


def _of_resend(resent: Resent, style: TraceStyle) -> Moment:
    by = {"actor": resent.actor, "reason": style.clean(resent.reason)}
    return _moment(resent.at, "resent", style, by)


def _of_part(part: Sent, style: TraceStyle) -> Iterator[Moment]:
    """A part's steps, as far as its row tells them: it keeps the last of a kind."""
    place: dict[str, object] = {"part": part.part_number, "total": part.part_total}
    details = {
        "part": str(part.id),
        "link": part.link,
        "to": part.number,
        "text": part.text,
        "expires": style.time(part.expires_at),
    }
    yield _moment(part.created_at, "part_created", style, place, details)
    tries = _tries(part, style)
    octets = _octets("submit_sm", part.link, part.submit_pdu, style)
    octets += _answer(part, style)
    if part.sent_at is not None:
        id_name = "reference" if part.link in style.modems else "carriers_id"
        tries[id_name] = part.smsc_id or style.words.say("no_id")
        yield _moment(part.sent_at, "part_sent", style, place, tries, octets)
        tries, octets = {}, []
    if part.state == OutboxState.SENT:
        return
    if part.error:
        failed = part.state == OutboxState.FAILED
        tries["error" if failed else "last_error"] = part.error
    if part.state == OutboxState.QUEUED:
        due = style.time(part.due_at)
        tries["next_try"] = style.words.say("not_before", time=due)
    at = part.final_at or part.sent_at or part.created_at
    phrase, values = f"part_{part.state}", {**place}
    if part.error and part.error.startswith(CANCELLED):
        phrase, by = "part_cancelled", part.error.removeprefix(CANCELLED)
        values["by"], tries = style.clean(by), {}
    end = _moment(at, phrase, style, values, tries, octets)
    yield evolve(end, exact=part.final_at is not None)


def _tries(part: Sent, style: TraceStyle) -> dict[str, str]:
    """How often a part was tried, and whether it may have come twice."""
    say = style.words.say
    tries = {}
    if part.attempts == 1:
        tries["tried"] = say("tried_once", bind=part.bind)
    elif part.attempts:
        tries["tried"] = say("tried_often", times=part.attempts, bind=part.bind)
    if part.resent:
        tries["copies"] = say("was_in_doubt")
    return tries


def _of_receipt(receipt: Receipted, style: TraceStyle) -> Iterator[Moment]:
    state = {"state": style.words.state(receipt.state)}
    octets = _octets("deliver_sm", receipt.link, receipt.raw, style)
    told = _told_by(receipt, style)
    yield _moment(receipt.arrived_at, "receipt_matched", style, state, told, octets)
    yield _acknowledgement(receipt, style, "receipt_")


def _told_by(receipt: Receipted, style: TraceStyle) -> dict[str, str]:
    say, part = style.words.say, receipt.outbox_id
    return {
        "of_part": say("no_part") if part is None else str(part),
        "came_as": say("as_message", id=receipt.inbox_id),
        "carriers_id": receipt.smsc_id,
        "carriers_words": receipt.detail,
    }


def _bind(link: str, bind: str, story: Story, style: TraceStyle) -> str:
    say, known = style.words.say, story.binds.get(bind)
    if known is None:
        return say("bind", link=link, bind=bind)
    end = say("bind_stands")
    if known.ended_at is not None:
        end = say("bind_ended", time=style.time(known.ended_at))
    began = style.time(known.began_at)
    return say(
        "bind_known", link=link, bind=bind, node=known.node, began=began, end=end
    )


def _moment(
    at: float,
    phrase: str,
    style: TraceStyle,
    values: Mapping[str, object] | None = None,
    details: Mapping[str, str] | None = None,
    octets: Sequence[Octets] = (),
) -> Moment:
    """A moment in the words of a style."""
    say = style.words.say
    cleaned = {say(name): style.clean(told) for name, told in (details or {}).items()}
    return Moment(at, phrase, say(phrase, **(values or {})), cleaned, octets)


def _octets(
    title: str, link: str, data: bytes | None, style: TraceStyle
) -> list[Octets]:
    """What came or was sent, under the name of what it is."""
    if not data:
        return []
    if link in style.modems:
        kind = type_of(data)
        form = Form.TPDU if kind else Form.LINE
        return [Octets(kind or style.words.say("no_tpdu"), link, data, form)]
    if is_pdu(data):
        return [Octets(title, link, data, Form.SMPP)]
    return [Octets(style.words.say("octets"), link, data, Form.PLAIN)]


def _answer(part: Sent, style: TraceStyle) -> list[Octets]:
    """The carrier's answer, or the line of the modem."""
    title = style.words.say("answer")
    if part.link in style.modems and part.answer_pdu:
        return [Octets(title, part.link, part.answer_pdu, Form.LINE)]
    return _octets(title, part.link, part.answer_pdu, style)


def time_words(at: float, style: TraceStyle, *, iso: bool = False) -> str:
    """A moment in words, or as programs read it."""
    if iso:
        moment = datetime.datetime.fromtimestamp(at, style.zone)
        return moment.isoformat(timespec="milliseconds")
    return style.time(at)
