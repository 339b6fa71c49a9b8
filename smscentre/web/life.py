"""One message's life as a page shows it: texts, copies of the reply, steps, octets.

From what `store.trace` read, by `moments`, with the words of the pages. What may be
done to the message is decided by `store.interventions`; here it is put into words.
"""

from __future__ import annotations

__all__ = ["Copy", "Life", "OctetsShown", "Step", "life_of"]

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import evolve, frozen

from smscentre.gsm.dump import Field
from smscentre.moments import Moment, Octets, TraceStyle, became, moments
from smscentre.octets import fields_of, hex_lines
from smscentre.store.interventions import Resending, copies, may_resend
from smscentre.store.reach import Named
from smscentre.store.steps import OutboxState
from smscentre.store.trace import Arrived, Sent, Story
from smscentre.web.telling import INDONESIAN

_BAD: Final = {"part_failed", "part_expired", "part_cancelled"}
_WARN: Final = {
    "part_in_doubt",
    "part_uncertain",
    "part_unknown",
    "acknowledged_not",
    "deleted_not",
    "resent",
}
_GOOD: Final = {"part_delivered", "first_report", "changed_report"}


@frozen
class OctetsShown:
    """What went over the wire: digits, and field by field."""

    title: str
    length: int
    lines: Sequence[str]
    fields: Sequence[Field]


@frozen
class Step:
    """One moment; ``tone`` is good, bad, warn or nothing of these."""

    at: float
    exact: bool
    what: str
    tone: str
    details: Mapping[str, str]
    octets: Sequence[OctetsShown]


@frozen
class Copy:
    """One copy of the reply, or a text that nobody asked for."""

    parts: Sequence[Sent]

    @property
    def first_row(self) -> int:
        """By which it is known."""
        return self.parts[0].id

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(part.text for part in self.parts)

    @property
    def states(self) -> list[str]:
        """The different states of its parts, in their order."""
        return list(dict.fromkeys(part.state for part in self.parts))


@frozen
class Life:
    """All that a page shows of one message.

    ``id`` is that of the arrival that was understood, or of the first part of a text
    that nobody asked for. ``resending`` says whether the last copy may have another,
    None where there is none; ``waiting`` are the rows that can be stopped.
    """

    id: int
    number: str
    whose: Named | None
    at: float
    link: str
    arrived: Arrived | None
    became: str
    text: str
    copies: Sequence[Copy]
    steps: Sequence[Step]
    resending: Resending | None
    waiting: Sequence[int]

    @property
    def answers(self) -> int | None:
        """The arrival that its copies are replies to, if they are."""
        return self.copies[0].parts[0].inbox_id if self.copies else None


def life_of(story: Story, whose: Named | None, style: TraceStyle) -> Life:
    """The life of a message; ``style`` says how links' octets are read."""
    told = evolve(style, words=INDONESIAN, clean=str)
    replies = [Copy(copy) for copy in copies(story.sent)]
    own = [one for one in story.arrivals if one.redelivery_of is None]
    last = (own or story.arrivals)[-1] if story.arrivals else None
    is_reply = bool(replies) and replies[0].parts[0].inbox_id is not None
    return Life(
        id=last.id if last else story.sent[0].id,
        number=story.number or (last.source if last else ""),
        whose=whose,
        at=last.arrived_at if last else story.sent[0].created_at,
        link=last.link if last else story.sent[0].link,
        arrived=last,
        became=became(last, told) if last else "",
        text=_text(own),
        copies=replies,
        steps=[_step(moment, told) for moment in moments(story, told)],
        resending=may_resend(replies[-1].parts) if is_reply else None,
        waiting=[one.id for one in story.sent if one.state == OutboxState.QUEUED],
    )


def _text(own: Sequence[Arrived]) -> str:
    """The text that came, joined from its parts as far as they are there."""
    if any(one.part is not None for one in own):
        own = sorted(own, key=lambda one: one.part or 0)
    return "".join(one.text for one in own)


def _step(moment: Moment, style: TraceStyle) -> Step:
    tones = (("bad", _BAD), ("warn", _WARN), ("good", _GOOD))
    tone = next((name for name, some in tones if moment.phrase in some), "")
    shown = [_shown(octets, style) for octets in moment.octets]
    return Step(moment.at, moment.exact, moment.what, tone, moment.details, shown)


def _shown(octets: Octets, style: TraceStyle) -> OctetsShown:
    lines, fields = list(hex_lines(octets)), fields_of(octets, style)
    return OctetsShown(octets.title, len(octets.data), lines, fields)
