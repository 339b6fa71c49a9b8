"""One message's life as programs get it."""

from __future__ import annotations

__all__ = ["Discretion", "MessageLife", "life_of"]

from typing import Annotated
from zoneinfo import ZoneInfo

from attrs import frozen
from msgspec import Meta

from smscentre.numbers import masked
from smscentre.store.trace import Arrived, Filed, Receipted, Sent, Story
from smscentre.web.api.shapes import Day, Moment, Number, Text, moment

_OWN_WORDS = ("done", "silent")
"""The states of arrivals whose reason is a word of ours: others may quote the text."""


@frozen
class ArrivalShown:
    """A message, a part of it, or one that came again."""

    id: int
    link: str
    bind: str
    number: Number
    text: Text
    state: str
    outcome: str
    reason: Annotated[
        str | None,
        Meta(
            description="Why there was no reply, or what is wrong; null where it may "
            "quote the text and the scope `texts` is missing."
        ),
    ]
    arrived_at: Moment
    sent_at: Annotated[Moment | None, Meta(description="By the carrier's clock.")]
    acknowledged_at: Moment | None
    redelivery_of: int | None
    part: Annotated[int | None, Meta(description="Of a long text.")]
    parts: int | None


@frozen
class FiledShown:
    """A report that it made, its figures in the order in which they are typed.

    One without new figures took the report back.
    """

    id: int
    unit: str
    form: str
    day: Day
    old: list[int]
    new: list[int]
    stored_at: Moment


@frozen
class SentShown:
    """A part that went out."""

    id: int
    in_reply_to: int | None
    link: str
    bind: str | None
    number: Number
    text: Text
    part: int
    parts: int
    state: str
    resent: bool
    attempts: int
    created_at: Moment
    due_at: Moment
    expires_at: Moment
    sent_at: Moment | None
    final_at: Moment | None
    carrier_id: str | None
    error: str | None


@frozen
class ReceiptShown:
    """What a carrier said of a part."""

    id: int
    sent_id: Annotated[int | None, Meta(description="The part that it is of.")]
    carrier_id: str
    state: str
    detail: Annotated[
        str | None,
        Meta(description="The carrier's words; null without the scope `texts`."),
    ]
    arrived_at: Moment


@frozen
class MessageLife:
    """All that is stored of one message."""

    id: int
    arrivals: list[ArrivalShown]
    reports: list[FiledShown]
    sent: list[SentShown]
    receipts: list[ReceiptShown]


@frozen
class Discretion:
    """What of numbers and texts a token gets to see."""

    whole_numbers: bool
    texts: bool

    def number(self, number: str) -> str:
        """A number, or as much of it as may be seen."""
        return number if self.whole_numbers else masked(number)

    def text(self, text: str | None) -> str | None:
        """A text, if it may be seen."""
        return text if self.texts else None


def life_of(
    row: int, story: Story, discretion: Discretion, zone: ZoneInfo
) -> MessageLife:
    """What a token gets to see of a message's life."""
    teller = _Teller(discretion, zone)
    return MessageLife(
        row,
        [teller.arrival(one) for one in story.arrivals],
        [teller.filed(one) for one in story.filed],
        [teller.sent(one) for one in story.sent],
        [teller.receipt(one) for one in story.receipts],
    )


@frozen
class _Teller:
    """Tells of each row what may be told."""

    discretion: Discretion
    zone: ZoneInfo

    def arrival(self, one: Arrived) -> ArrivalShown:
        """One arrival."""
        plain = one.reason if one.state in _OWN_WORDS else None
        return ArrivalShown(
            one.id,
            one.link,
            one.bind,
            self.discretion.number(one.number or one.source),
            self.discretion.text(one.text),
            one.state,
            one.outcome,
            self.discretion.text(one.reason) if plain is None else plain,
            moment(one.arrived_at, self.zone),
            moment(one.sent_at, self.zone),
            moment(one.acked_at, self.zone),
            one.redelivery_of,
            one.part,
            one.total,
        )

    def filed(self, one: Filed) -> FiledShown:
        """One report."""
        return FiledShown(
            one.id,
            one.unit,
            one.form,
            one.day,
            _figures(one.old_values),
            _figures(one.new_values),
            moment(one.stored_at, self.zone),
        )

    def sent(self, one: Sent) -> SentShown:
        """One part that went out."""
        return SentShown(
            one.id,
            one.inbox_id,
            one.link,
            one.bind,
            self.discretion.number(one.number),
            self.discretion.text(one.text),
            one.part_number,
            one.part_total,
            one.state,
            one.resent,
            one.attempts,
            moment(one.created_at, self.zone),
            moment(one.due_at, self.zone),
            moment(one.expires_at, self.zone),
            moment(one.sent_at, self.zone),
            moment(one.final_at, self.zone),
            one.smsc_id,
            one.error,
        )

    def receipt(self, one: Receipted) -> ReceiptShown:
        """One receipt."""
        return ReceiptShown(
            one.id,
            one.outbox_id,
            one.smsc_id,
            one.state,
            self.discretion.text(one.detail),
            moment(one.arrived_at, self.zone),
        )


def _figures(text: str | None) -> list[int]:
    return [*map(int, (text or "").split())]
